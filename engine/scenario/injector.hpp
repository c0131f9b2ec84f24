// A rare event as a scenario asks for it: which one, when, with which values. engine/events carries it out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "engine/core/transform.hpp"
#include "engine/scenario/meeting.hpp"
#include "engine/scenario/trigger.hpp"

namespace nightfog::scenario {

/// A free vector that an injector is given; in the frame the file named it in.
struct InjectorVector {
  enum class Frame { kWorld, kRoad, kBody };
  Frame frame = Frame::kWorld;
  glm::dvec3 value{0};  ///< SI, as written: kRoad is (s, t, up), kBody (forward, left, up)
  glm::dvec3 world{0};  ///< turned into world axes at the place of the injector's `from` (kRoad, kBody), at t = 0
};

/// A place that an injector is given.
struct InjectorPlace {
  RigidTransform worldFromPlace;  ///< x along the lane's driving direction, or the heading given
  std::string lane;               ///< empty: not on a named lane
};

/// The name of an actor, sensor, lane or point of the scenario, or a word of a closed set.
struct InjectorName {
  std::string value;
};

/// Quantities are SI.
using InjectorValue = std::variant<double, bool, InjectorName, InjectorVector, InjectorPlace, Meeting>;

/// `use: inj.debris.rolling_tyre`. Exposes `id.start`, `id.end` (instants), `id.started`, `id.ended` (truths).
struct Injector {
  std::string id;      ///< "tyre"; also the actor's id where it brings one
  std::string type;    ///< catalogue id without the import's alias: "debris.rolling_tyre"
  uint32_t major = 1;  ///< of the library it was taken from
  Trigger trigger;     ///< when it starts; where a Meeting is among the values and no `when` is given, `time >= t`
                       ///< with the solved instant
  std::optional<Trigger> until;                     ///< when it ends, if before it does so by itself
  double severity = 1;                              ///< 0: identity, the episode is as without it
  std::map<std::string, InjectorValue> parameters;  ///< by name; what the file left open has the library's default
  /// ln of the prior density of the values under the library's priors, SI units; 0 where there are none.
  double logPrior = 0;
  /// ln(prior / what the scenario drew from) over the parameters that were drawn: exp() is the run's importance weight.
  double logImportanceWeight = 0;
  config::Place place;  ///< of its key, for the trigger trace
};

}  // namespace nightfog::scenario
