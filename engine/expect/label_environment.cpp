#include "engine/expect/label_environment.hpp"

#include <algorithm>
#include <cmath>

#include "engine/scenario/box_relations.hpp"

namespace nightfog::expect {

using expression::Value;

SensorFrames::SensorFrames(record::EpisodeReader& record, std::string sensor) {
  for (size_t i = 0; i < record.frameCount(sensor); ++i) {
    labels_.push_back(record.labels(sensor, i));
    times_.push_back(labels_.back().reference);
  }
}

std::optional<size_t> SensorFrames::nearest(SimTime at) const {
  if (times_.empty()) return std::nullopt;
  const auto after = std::lower_bound(times_.begin(), times_.end(), at);
  if (after == times_.begin()) return 0;
  const auto before = std::prev(after);
  const bool isBefore = after == times_.end() || at - *before <= *after - at;
  return static_cast<size_t>((isBefore ? before : after) - times_.begin());
}

LabelEnvironment::LabelEnvironment(const scenario::Scenario& scenario, const std::map<std::string, Span>& happenings,
                                   const std::map<std::string, SensorFrames>& sensors,
                                   const std::vector<record::CollisionEvent>& collisions, const std::string& sensor,
                                   size_t frame)
    : scenario_(scenario),
      happenings_(happenings),
      sensors_(sensors),
      collisions_(collisions),
      labels_(sensors.at(sensor).labels(frame)),
      now_(labels_.reference) {}

const record::ObjectTruth* LabelEnvironment::object(std::string_view name) const {
  const auto found = std::find_if(labels_.objects.begin(), labels_.objects.end(),
                                  [&](const record::ObjectTruth& truth) { return truth.name == name; });
  return found == labels_.objects.end() ? nullptr : &*found;
}

std::optional<ObjectId> LabelEnvironment::idOf(std::string_view name) const {
  for (const auto& [sensor, frames] : sensors_) {
    for (size_t i = 0; i < frames.count(); ++i) {
      for (const record::ObjectTruth& truth : frames.labels(i).objects) {
        if (truth.name == name) return truth.id;
      }
    }
  }
  return std::nullopt;
}

const record::FrameLabels* LabelEnvironment::labelsOf(std::string_view sensor) const {
  const auto frames = sensors_.find(std::string(sensor));
  if (frames == sensors_.end()) return nullptr;
  const auto index = frames->second.nearest(now_);
  return index ? &frames->second.labels(*index) : nullptr;
}

Value LabelEnvironment::name(std::string_view name) const {
  if (name == "time") return now_.seconds();
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto happening = happenings_.find(std::string(name.substr(0, dot)));
  if (happening == happenings_.end()) return {};
  const std::string_view what = name.substr(dot + 1);
  const Span& span = happening->second;
  if (what == "started") return span.start && *span.start <= now_;
  if (what == "ended") return span.end && *span.end <= now_;
  if (what == "start" && span.start) return span.start->seconds();
  if (what == "end" && span.end) return span.end->seconds();
  return {};
}

Value LabelEnvironment::ofSensor(std::string_view function, std::string_view sensor, std::string_view actor) const {
  const record::FrameLabels* labels = labelsOf(sensor);
  if (labels == nullptr) return {};
  const auto truth = std::find_if(labels->objects.begin(), labels->objects.end(),
                                  [&](const record::ObjectTruth& object) { return object.name == actor; });
  // Who has no label in the frame (it has not entered yet) has no points and no pixels.
  const bool isThere = truth != labels->objects.end();
  const auto nameOf = [&](ObjectId id) -> Value {
    for (const record::ObjectTruth& object : labels->objects) {
      if (object.id == id) return object.name;
    }
    return {};
  };
  if (function == "lidar_points") {
    for (const record::LidarObjectVisibility& seen : labels->lidar) {
      if (isThere && seen.object == truth->id) return static_cast<double>(seen.hits);
    }
    return isThere && labels->lidar.empty() ? Value() : Value(0.0);
  }
  const record::CameraObjectVisibility* seen = nullptr;
  for (const record::CameraObjectVisibility& entry : labels->camera) {
    if (isThere && entry.object == truth->id) seen = &entry;
  }
  if (labels->camera.empty() && isThere) return {};
  if (function == "visible_fraction") {
    if (seen == nullptr || seen->totalPixels == 0) return 0.0;
    return static_cast<double>(seen->visiblePixels) / seen->totalPixels;
  }
  if (function == "bbox_px")
    return seen == nullptr || seen->modalBox.isEmpty() ? 0.0 : seen->modalBox.bottom - seen->modalBox.top;
  if (seen == nullptr) return {};
  if (function == "truncation") return static_cast<double>(seen->truncation);
  if (function == "occluder") return seen->occluder.isObject() ? nameOf(seen->occluder) : Value();
  return {};
}

Value LabelEnvironment::call(std::string_view function, std::span<const expression::Argument> arguments) const {
  static constexpr std::string_view kOfSensor[] = {"lidar_points", "visible_fraction", "bbox_px", "occluder",
                                                   "truncation"};
  if (std::find(std::begin(kOfSensor), std::end(kOfSensor), function) != std::end(kOfSensor)) {
    return ofSensor(function, arguments[0].name, arguments[1].name);
  }
  if (function == "label_count") {
    return static_cast<double>(std::count_if(labels_.objects.begin(), labels_.objects.end(),
                                             [&](const auto& truth) { return truth.name == arguments[0].name; }));
  }
  if (function == "collided") {
    const auto a = idOf(arguments[0].name), b = idOf(arguments[1].name);
    if (!a || !b) return false;
    return std::any_of(collisions_.begin(), collisions_.end(), [&](const record::CollisionEvent& hit) {
      return hit.at <= now_ && ((hit.a == *a && hit.b == *b) || (hit.a == *b && hit.b == *a));
    });
  }
  const record::ObjectTruth* first = object(arguments[0].name);
  if (first == nullptr) return {};
  const scenario::BoxInMotion a{{first->worldFromBox, glm::dvec3(0), first->size}, first->velocity_mps};
  const record::ObjectTruth* second = arguments.size() > 1 ? object(arguments[1].name) : nullptr;
  std::optional<scenario::BoxInMotion> b;
  if (second != nullptr)
    b = scenario::BoxInMotion{{second->worldFromBox, glm::dvec3(0), second->size}, second->velocity_mps};
  return scenario::relation(scenario_, function, a, b, arguments.size() > 1 ? arguments[1].name : std::string_view());
}

}  // namespace nightfog::expect
