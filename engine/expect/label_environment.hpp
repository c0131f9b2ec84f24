// What the language's functions mean over the labels of a record.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/expect/evaluate.hpp"
#include "engine/expression/evaluate.hpp"

namespace nightfog::expect {

/// A sensor's frames in the record, labels read when first asked for.
class SensorFrames {
 public:
  SensorFrames(record::EpisodeReader& record, std::string sensor);
  size_t count() const { return times_.size(); }
  SimTime time(size_t index) const { return times_[index]; }
  const record::FrameLabels& labels(size_t index) const { return labels_[index]; }
  /// Index of the frame nearest to an instant; nullopt without frames.
  std::optional<size_t> nearest(SimTime at) const;

 private:
  std::vector<record::FrameLabels> labels_;
  std::vector<SimTime> times_;
};

/// At one frame of one sensor. Functions: scenario/functions.hpp, those of Where::kExpectation.
class LabelEnvironment final : public expression::Environment {
 public:
  LabelEnvironment(const scenario::Scenario& scenario, const std::map<std::string, Span>& happenings,
                   const std::map<std::string, SensorFrames>& sensors,
                   const std::vector<record::CollisionEvent>& collisions, const std::string& sensor, size_t frame);

  expression::Value name(std::string_view name) const override;
  expression::Value call(std::string_view function, std::span<const expression::Argument> arguments) const override;

 private:
  const record::ObjectTruth* object(std::string_view name) const;
  const record::FrameLabels* labelsOf(std::string_view sensor) const;
  expression::Value ofSensor(std::string_view function, std::string_view sensor, std::string_view actor) const;
  std::optional<ObjectId> idOf(std::string_view name) const;

  const scenario::Scenario& scenario_;
  const std::map<std::string, Span>& happenings_;
  const std::map<std::string, SensorFrames>& sensors_;
  const std::vector<record::CollisionEvent>& collisions_;
  const record::FrameLabels& labels_;
  SimTime now_;
};

}  // namespace nightfog::expect
