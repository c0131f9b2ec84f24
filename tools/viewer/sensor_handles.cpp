// Sensors in the scene: the handle of the selected one, pulled over the level it sits on, up and down with shift,
// turned by the small one ahead of it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/sensor_drag.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kSnap_m = 0.01, kSnap_rad = kPi / 180;
constexpr double kKnob_m = 0.8;  ///< ahead of the sensor
constexpr double kNearKnob_px = 30;

glm::dvec2 extentOf(const ScreenRect& rect) {
  return {rect.right - rect.left, rect.bottom - rect.top};
}

/// Where a ray meets the upright plane through a place that faces the camera.
std::optional<double> heightOn(const Pinhole& camera, const glm::dvec3& ray, const glm::dvec3& place) {
  const glm::dvec3& eye = camera.worldFromCamera.translation;
  const glm::dvec2 towards(place - eye);
  const double along = glm::dot(glm::dvec2(ray), towards);
  if (along < 1e-6) return std::nullopt;
  return eye.z + ray.z * glm::dot(towards, towards) / along;
}

}  // namespace

const scenario::SensorMount* sensorNamed(const Session& session, const std::string& id) {
  if (session.episode() == nullptr) return nullptr;
  for (const scenario::SensorMount& mount : session.episode()->scenario().sensors) {
    if (mount.id == id) return &mount;
  }
  return nullptr;
}

std::optional<RigidTransform> carrierOf(const Session& session, const scenario::SensorMount& mount) {
  return mount.actor.empty() ? std::optional<RigidTransform>(RigidTransform{}) : session.poseOf(mount.actor);
}

RigidTransform heldMount(const WindowState& state, const Session& session, const scenario::SensorMount& mount) {
  // The episode may have caught up with the hand: then the sensor sits there already.
  if (!state.sensorDrag || state.sensorDrag->sensor != mount.id || session.isReady()) return mount.vehicleFromSensor;
  const WindowState::SensorDrag& drag = *state.sensorDrag;
  RigidTransform out = drag.mount;
  out.rotation = RigidTransform::fromYawPitchRoll({}, drag.angle_rad, 0).rotation * out.rotation;
  out.translation += drag.by_m;
  return out;
}

std::optional<glm::dvec2> sensorHandleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                         const std::string& sensor, bool isKnob) {
  const scenario::SensorMount* mount = sensorNamed(session, sensor);
  const auto carrier = mount == nullptr ? std::nullopt : carrierOf(session, *mount);
  if (!carrier) return std::nullopt;
  const Pinhole camera = shownCamera(session, state);
  const RigidTransform held = *carrier * heldMount(state, session, *mount);
  const glm::dvec2 corner(rect.left, rect.top);
  const auto middle = project(camera, extentOf(rect), held.translation);
  if (!middle) return std::nullopt;
  if (!isKnob) return corner + *middle;
  double ahead_m = kKnob_m;
  auto knob = project(camera, extentOf(rect), held * glm::dvec3(ahead_m, 0, 0));
  for (int i = 0; i < 4 && knob && glm::distance(*knob, *middle) < kNearKnob_px; ++i) {
    ahead_m *= std::clamp(1.1 * kNearKnob_px / std::max(glm::distance(*knob, *middle), 1.0), 1.0, 4.0);
    knob = project(camera, extentOf(rect), held * glm::dvec3(ahead_m, 0, 0));
  }
  return knob ? std::optional(corner + *knob) : std::nullopt;
}

bool beginSensorDrag(Session& session, WindowState& state, const ScreenRect& rect, const glm::dvec2& mouse,
                     double reach_px) {
  if (session.selected.kind != Thing::Kind::kSensor) return false;
  const scenario::SensorMount* mount = sensorNamed(session, session.selected.id);
  if (mount == nullptr) return false;
  const auto handle = sensorHandleOf(session, state, rect, mount->id, false);
  const auto knob = sensorHandleOf(session, state, rect, mount->id, true);
  const bool isTurn = knob && glm::distance(*knob, mouse) < reach_px;
  if (!isTurn && (!handle || glm::distance(*handle, mouse) >= reach_px)) return false;
  WindowState::SensorDrag drag;
  drag.sensor = mount->id;
  drag.before = session.file().text();
  drag.mount = mount->vehicleFromSensor;
  drag.worldFromCarrier = *carrierOf(session, *mount);
  drag.isTurn = isTurn;
  drag.isUpright = !isTurn && ImGui::GetIO().KeyShift;
  const Pinhole camera = shownCamera(session, state);
  const glm::dvec3 place = drag.worldFromCarrier * drag.mount.translation;
  const glm::dvec3 ray = rayThrough(camera, extentOf(rect), mouse - glm::dvec2(rect.left, rect.top));
  if (drag.isUpright) {
    const auto height = heightOn(camera, ray, place);
    if (!height) return false;
    drag.grabbed = {place.x, place.y, *height};
  } else {
    const auto level = onLevel(camera, ray, place.z);
    if (!level) return false;
    drag.grabbed = *level;
  }
  drag.gesture = session.newGesture();
  state.sensorDrag = std::move(drag);
  return true;
}

void goOnWithSensor(Session& session, WindowState& state, const ScreenRect& rect, const glm::dvec2& mouse) {
  WindowState::SensorDrag& drag = *state.sensorDrag;
  const Pinhole camera = shownCamera(session, state);
  const glm::dvec3 ray = rayThrough(camera, extentOf(rect), mouse - glm::dvec2(rect.left, rect.top));
  const glm::dvec3 place = drag.worldFromCarrier * drag.mount.translation;
  const auto& parameters = session.episode()->scenario().parameters;
  const auto snapped = [](double value, double step) { return std::round(value / step) * step; };
  if (drag.isTurn) {
    const auto level = onLevel(camera, ray, place.z);
    if (!level) return;
    const glm::dvec2 from(drag.grabbed - place), to(*level - place);
    const double angle = snapped(std::atan2(from.x * to.y - from.y * to.x, glm::dot(from, to)), kSnap_rad);
    if (angle == drag.angle_rad) return;
    drag.angle_rad = angle;
    session.edit(
        "turn " + drag.sensor,
        [&](const std::string&) { return turnSensor(drag.before, drag.sensor, drag.mount, angle, parameters); },
        drag.gesture);
    return;
  }
  glm::dvec3 by(0);
  if (drag.isUpright) {
    const auto height = heightOn(camera, ray, place);
    if (!height) return;
    by.z = snapped(*height - drag.grabbed.z, kSnap_m);
  } else {
    const auto level = onLevel(camera, ray, drag.grabbed.z);
    if (!level) return;
    // The carrier leans a little where the road does: what is pulled on the level changes no height.
    const glm::dvec3 inCarrier = drag.worldFromCarrier.inverse().rotate(*level - drag.grabbed);
    by = {snapped(inCarrier.x, kSnap_m), snapped(inCarrier.y, kSnap_m), 0};
  }
  if (by == drag.by_m) return;
  drag.by_m = by;
  session.edit(
      "move " + drag.sensor,
      [&](const std::string&) { return moveSensor(drag.before, drag.sensor, drag.mount, by, parameters); },
      drag.gesture);
}

}  // namespace nightfog::viewer
