#include "engine/road/furniture.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/road/network.hpp"

namespace nightfog::road {
namespace {

constexpr size_t kMostPlaced = 1'000'000;
/// A piece without gaps bends with its road: corners this near.
constexpr double kStripStep_m = 2;
constexpr double kLeastRepeat_m = 0.1;

RigidTransform uprightAt(const Road& road, double s, double t, double above_m, double heading_rad) {
  glm::dvec3 place = road.surfacePoint(s, t);
  place.z += above_m;
  const double along = road.plan(std::clamp(s, 0.0, road.length_m())).heading_rad;
  return RigidTransform::fromYawPitchRoll(place, along + heading_rad);
}

class Placer {
 public:
  Placer(const RoadNetwork& map, std::vector<PlacedObject>& out) : map_(map), out_(out) {}

  void place(size_t index) {
    const MapObject& object = map_.furniture().objects[index];
    const Road& road = map_.road(object.road);
    if (object.repeats.empty()) {
      PlacedObject placed = sized(index, object);
      placed.worldFromObject = uprightAt(road, object.s, object.t, object.above_m, object.heading_rad);
      addOutlines(object, road, object.s, placed);
      add(std::move(placed));
      return;
    }
    for (const MapObject::Repeat& repeat : object.repeats) {
      if (repeat.distance_m > 0) {
        repeatEvery(index, object, road, repeat);
      } else {
        strip(index, object, road, repeat);
      }
    }
  }

 private:
  static PlacedObject sized(size_t index, const MapObject& object) {
    PlacedObject placed;
    placed.object = index;
    placed.length_m = object.length_m;
    placed.width_m = object.width_m;
    placed.height_m = object.height_m;
    placed.radius_m = object.radius_m;
    return placed;
  }

  static PlacedObject sizedAt(size_t index, const MapObject& object, const MapObject::Repeat& repeat, double share) {
    PlacedObject placed = sized(index, object);
    const auto between = [&](double first, double last, double& own) {
      const double value = glm::mix(first, last, share);
      if (value > 0) own = value;
    };
    between(repeat.firstHeight_m, repeat.lastHeight_m, placed.height_m);
    between(repeat.firstWidth_m, repeat.lastWidth_m, placed.width_m);
    between(repeat.firstLength_m, repeat.lastLength_m, placed.length_m);
    return placed;
  }

  void add(PlacedObject placed) {
    if (out_.size() >= kMostPlaced) {
      throw Error(ExitCode::kDiagnostics, "The map's objects repeat more than a million times.",
                  "Repeat them at longer distances.");
    }
    out_.push_back(std::move(placed));
  }

  void repeatEvery(size_t index, const MapObject& object, const Road& road, const MapObject::Repeat& repeat) {
    const double step = std::max(repeat.distance_m, kLeastRepeat_m);
    for (int i = 0;; ++i) {
      const double along = i * step;
      if (along > repeat.length_m + 1e-9) break;
      const double s = repeat.s + along;
      if (s > road.length_m() + 1e-9) break;
      const double share = repeat.length_m > 0 ? along / repeat.length_m : 0;
      PlacedObject placed = sizedAt(index, object, repeat, share);
      placed.worldFromObject = uprightAt(road, s, glm::mix(repeat.firstT, repeat.lastT, share),
                                         glm::mix(repeat.firstAbove_m, repeat.lastAbove_m, share), object.heading_rad);
      addOutlines(object, road, s, placed);
      add(std::move(placed));
    }
  }

  void strip(size_t index, const MapObject& object, const Road& road, const MapObject::Repeat& repeat) {
    PlacedObject placed = sizedAt(index, object, repeat, 0);
    placed.isStrip = true;
    placed.worldFromObject = uprightAt(road, repeat.s, repeat.firstT, repeat.firstAbove_m, 0);
    const double length = std::min(repeat.length_m, road.length_m() - repeat.s);
    if (!(length > 0)) return;
    const int count = std::max(1, static_cast<int>(std::ceil(length / kStripStep_m)));
    std::vector<OutlineCorner> line;
    for (int i = 0; i <= count; ++i) {
      const double share = repeat.length_m > 0 ? length * i / count / repeat.length_m : 0;
      const PlacedObject here = sizedAt(index, object, repeat, share);
      const double above = glm::mix(repeat.firstAbove_m, repeat.lastAbove_m, share);
      glm::dvec3 base = road.surfacePoint(repeat.s + length * i / count, glm::mix(repeat.firstT, repeat.lastT, share));
      base.z += above;
      line.push_back({base, here.height_m});
    }
    corners_ += line.size();
    if (corners_ > 4 * kMostPlaced) {
      throw Error(ExitCode::kDiagnostics, "The map's objects have more than 4 million corners.", "Cut the map up.");
    }
    placed.outlines.push_back(std::move(line));
    add(std::move(placed));
  }

  void addOutlines(const MapObject& object, const Road& road, double s, PlacedObject& placed) {
    for (const MapObject::Outline& outline : object.outlines) {
      std::vector<OutlineCorner> corners;
      for (const MapObject::Corner& corner : outline.corners) {
        glm::dvec3 base{0};
        if (corner.isRoad) {
          base = road.surfacePoint(corner.a + s - object.s, corner.b);
          base.z += corner.above_m;
        } else {
          base = placed.worldFromObject * glm::dvec3(corner.a, corner.b, corner.above_m);
        }
        corners.push_back({base, corner.height_m});
      }
      corners_ += corners.size();
      if (corners_ > 4 * kMostPlaced) {
        throw Error(ExitCode::kDiagnostics, "The map's objects have more than 4 million corners.", "Cut the map up.");
      }
      if (outline.isClosed && !corners.empty()) corners.push_back(corners.front());
      placed.outlines.push_back(std::move(corners));
    }
  }

  const RoadNetwork& map_;
  std::vector<PlacedObject>& out_;
  size_t corners_ = 0;
};

}  // namespace

bool isPainted(SignalKind kind) {
  return kind == SignalKind::kStopLine || kind == SignalKind::kWaitLine || kind == SignalKind::kCrosswalkMark ||
         kind == SignalKind::kArrowMark;
}

RigidTransform signalPose(const RoadNetwork& map, const Signal& signal) {
  const SignalPlace& place = signal.places.front();
  const double facing = place.direction == SignalDirection::kAgainstS ? 0 : kPi;
  return uprightAt(map.road(place.road), place.s, place.t, 0, facing + signal.heading_rad);
}

std::vector<PlacedObject> placedObjects(const RoadNetwork& map) {
  std::vector<PlacedObject> placed;
  Placer placer(map, placed);
  for (size_t i = 0; i < map.furniture().objects.size(); ++i) placer.place(i);
  return placed;
}

}  // namespace nightfog::road
