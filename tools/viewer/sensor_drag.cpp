#include "tools/viewer/sensor_drag.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "engine/config/quantity.hpp"
#include "tools/viewer/actor_drag.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

using config::Node;

constexpr double kLeastMove_m = 5e-4, kLeastTurn_rad = 1e-4;

std::string metres(double value) {
  return config::formatNumber(std::round(value * 1e3) / 1e3) + " m";
}

std::string degrees(double angle_rad) {
  return config::formatNumber(std::round(angle_rad * 1800 / kPi) / 10) + " deg";
}

std::string xyzText(const glm::dvec3& at) {
  return fmt::format("xyz: [{}, {}, {}]", metres(at.x), metres(at.y), metres(at.z));
}

/// Where a sensor's words are, and the maps on the way to them that are there.
struct Mount {
  std::string use;     ///< the rig's entry; empty: the sensor stands in the text itself
  std::string sensor;  ///< the map that holds, or would hold, `mount`
  bool hasOverrides = false, hasSensor = false, hasMount = false;
};

Mount mountOf(const config::Document& document, const std::string& sensor) {
  const Node* sensors = document.root().find("sensors");
  if (sensors == nullptr || !sensors->isMap())
    refuseEdit(fmt::format("sensor '{}' is of a file that this one extends", sensor));
  Mount out;
  if (const Node* self = sensors->find(sensor); self != nullptr && self->isMap() && self->find("kind") != nullptr) {
    out.sensor = pathTo(*self);
    out.hasSensor = true;
    out.hasMount = self->find("mount") != nullptr;
    return out;
  }
  std::vector<const Node*> rigs;
  for (const Node* entry : sensors->children) {
    if (!entry->isMap() || entry->find("use") == nullptr) continue;
    const Node* overrides = entry->find("override");
    if (overrides != nullptr && overrides->isMap() && overrides->find(sensor) != nullptr) {
      rigs = {entry};
      break;
    }
    rigs.push_back(entry);
  }
  if (rigs.empty()) refuseEdit(fmt::format("sensor '{}' is of a file that this one extends", sensor));
  if (rigs.size() > 1)
    refuseEdit(fmt::format("'{}' may be of any of {} rigs: begin its `override:` by hand", sensor, rigs.size()));
  out.use = pathTo(*rigs.front());
  out.sensor = fmt::format("{}/override/{}", out.use, sensor);
  const Node* overrides = rigs.front()->find("override");
  out.hasOverrides = overrides != nullptr && overrides->isMap();
  const Node* self = out.hasOverrides ? overrides->find(sensor) : nullptr;
  out.hasSensor = self != nullptr && self->isMap();
  out.hasMount = out.hasSensor && self->find("mount") != nullptr;
  return out;
}

/// The text with a mount where there was none.
std::string withMount(const std::string& text, const Mount& where, const std::string& sensor,
                      const std::string& mount) {
  if (where.hasSensor) return addEntry(text, where.sensor, "mount", {fmt::format("{{{}}}", mount)});
  const std::string self = fmt::format("{{mount: {{{}}}}}", mount);
  if (where.hasOverrides) return addEntry(text, where.use + "/override", sensor, {self});
  return addEntry(text, where.use, "override", {fmt::format("{{{}: {}}}", sensor, self)});
}

}  // namespace

std::string moveSensor(const std::string& text, const std::string& sensor, const RigidTransform& mount,
                       const glm::dvec3& by_m, const std::map<std::string, double>& parameters) {
  if (glm::length(by_m) < kLeastMove_m) return text;
  const Mount where = mountOf(*soundSource(text), sensor);
  if (!where.hasMount) return withMount(text, where, sensor, xyzText(mount.translation + by_m));
  std::string out = text;
  for (int axis = 0; axis < 3; ++axis) {
    if (std::abs(by_m[axis]) >= kLeastMove_m)
      out = shiftValue(out, fmt::format("{}/mount/xyz/{}", where.sensor, axis), by_m[axis], config::Dimension::kLength,
                       parameters);
  }
  return out;
}

std::string turnSensor(const std::string& text, const std::string& sensor, const RigidTransform& mount,
                       double angle_rad, const std::map<std::string, double>& parameters) {
  if (std::abs(angle_rad) < kLeastTurn_rad) return text;
  const auto document = soundSource(text);
  const Mount where = mountOf(*document, sensor);
  const std::string yaw = degrees(mount.yaw_rad() + angle_rad);
  if (!where.hasMount)
    return withMount(text, where, sensor, fmt::format("{}, yaw: {}", xyzText(mount.translation), yaw));
  if (findNode(document->root(), where.sensor + "/mount/yaw") == nullptr)
    return addEntry(text, where.sensor + "/mount", "yaw", {yaw});
  return shiftValue(text, where.sensor + "/mount/yaw", angle_rad, config::Dimension::kAngle, parameters);
}

}  // namespace nightfog::viewer
