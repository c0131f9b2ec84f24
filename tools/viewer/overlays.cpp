// What is drawn over the picture: boxes, names, lanes, paths, frustums, LiDAR points, handles.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kLaneStep_m = 4, kLaneReach_m = 120;

/// Lines and texts of the world on the screen.
class Pen {
 public:
  Pen(const Pinhole& camera, const ScreenRect& rect)
      : camera_(camera), rect_(rect), size_(rect.right - rect.left, rect.bottom - rect.top) {}

  void line(const glm::dvec3& a, const glm::dvec3& b, uint32_t colour, float width) const {
    if (const auto ends = projectLine(camera_, size_, a, b))
      ImGui::GetWindowDrawList()->AddLine(screen(ends->first), screen(ends->second), colour, width);
  }
  void box(const RigidTransform& worldFromBox, const glm::dvec3& size, uint32_t colour, float width) const {
    std::array<glm::dvec3, 8> c;
    for (int i = 0; i < 8; ++i) {
      c[static_cast<size_t>(i)] =
          worldFromBox *
          glm::dvec3((i & 1 ? 0.5 : -0.5) * size.x, (i & 2 ? 0.5 : -0.5) * size.y, (i & 4 ? 0.5 : -0.5) * size.z);
    }
    constexpr std::array<std::pair<size_t, size_t>, 12> kEdges{
        {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6}, {5, 7}, {0, 4}, {1, 5}, {2, 6}, {3, 7}}};
    for (const auto& [a, b] : kEdges) line(c[a], c[b], colour, width);
  }
  std::optional<ImVec2> at(const glm::dvec3& world) const {
    const auto pixel = project(camera_, size_, world);
    if (!pixel || pixel->x < -50 || pixel->y < -50 || pixel->x > size_.x + 50 || pixel->y > size_.y + 50)
      return std::nullopt;
    return screen(*pixel);
  }

 private:
  ImVec2 screen(const glm::dvec2& pixel) const {
    return {rect_.left + static_cast<float>(pixel.x), rect_.top + static_cast<float>(pixel.y)};
  }
  const Pinhole& camera_;
  const ScreenRect& rect_;
  glm::dvec2 size_;
};

void label(const Ui& ui, const ImVec2& at, const std::string& text, uint32_t colour) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  ImFont& font = *ui.fonts.small;
  const ImVec2 size = font.CalcTextSizeA(font.FontSize, 1e4F, 0, text.c_str());
  const ImVec2 from{at.x - 0.5F * size.x, at.y - size.y - 4};
  draw.AddRectFilled({from.x - 4, from.y - 1}, {from.x + size.x + 4, from.y + size.y + 1}, 0xb0101317, 3);
  draw.AddText(&font, font.FontSize, from, colour, text.c_str());
}

void lanes(const Ui& ui, const Pen& pen, const scenario::Scenario& scenario, const glm::dvec3& around) {
  for (const std::string& name : scenario.map.laneNames()) {
    const auto lane = scenario.map.findLane(name);
    if (!lane) continue;
    const road::Road& road = scenario.map.road(lane->road);
    const auto here = scenario.map.locate(around);
    const double middle = here && here->road == lane->road ? here->s : 0.5 * road.length_m();
    const double from = std::max(0.0, middle - kLaneReach_m), to = std::min(road.length_m(), middle + kLaneReach_m);
    std::optional<glm::dvec3> before;
    for (double s = from; s <= to; s += kLaneStep_m) {
      if (!scenario.map.hasLane(*lane, s)) {
        before.reset();
        continue;
      }
      const glm::dvec3 at = scenario.map.laneCentre(*lane, s).worldFromLane.translation + glm::dvec3(0, 0, 0.03);
      if (before) pen.line(*before, at, faded(ui.colours.lane, 110), 1.5F);
      before = at;
    }
  }
}

void paths(const Ui& ui, const Pen& pen, const Session& session) {
  const PlayedEpisode& episode = *session.episode();
  const size_t played = episode.playedSteps();
  const size_t stride = std::max<size_t>(1, static_cast<size_t>(0.1 / episode.scenario().step.seconds()));
  std::map<std::string, glm::dvec3> last;
  for (size_t step = 0; step < played; step += stride) {
    const SnapshotPtr snapshot = episode.step(step);
    for (const content::SnapshotObject& object : snapshot->objects) {
      const glm::dvec3 at = object.worldFromObject.front().translation + glm::dvec3(0, 0, 0.05);
      const auto [entry, isNew] = last.try_emplace(object.name, at);
      if (isNew || glm::distance(entry->second, at) < 0.02) continue;
      const bool isSelected = session.selected.id == object.name;
      pen.line(entry->second, at, faded(ui.colours.actor, isSelected ? 255 : 90), isSelected ? 2.5F : 1.2F);
      entry->second = at;
    }
  }
}

/// What a camera sees: its pyramid; filled where it is selected.
void pyramid(const Pen& pen, const RigidTransform& worldFromSensor, const scenario::CameraSpec& spec, double length_m,
             uint32_t colour, bool isSelected) {
  std::array<glm::dvec3, 4> far;
  for (int i = 0; i < 4; ++i) {
    const double u = i == 1 || i == 2 ? spec.width - 0.5 : -0.5, v = i >= 2 ? spec.height - 0.5 : -0.5;
    far[static_cast<size_t>(i)] =
        worldFromSensor * (length_m * glm::dvec3(1, (spec.cx - u) / spec.fx, (spec.cy - v) / spec.fy));
  }
  for (size_t i = 0; i < 4; ++i) {
    pen.line(worldFromSensor.translation, far[i], colour, 1.2F);
    pen.line(far[i], far[(i + 1) % 4], colour, 1.2F);
  }
  if (!isSelected) return;
  // The cross of its axis, and its thirds: what lies where in the image.
  for (const double part : {1.0 / 3, 2.0 / 3}) {
    pen.line(glm::mix(far[0], far[1], part), glm::mix(far[3], far[2], part), faded(colour, 90), 1);
    pen.line(glm::mix(far[0], far[3], part), glm::mix(far[1], far[2], part), faded(colour, 90), 1);
  }
}

/// What a LiDAR sees: rims of its lowest and highest ring, and where the lowest meets the ground.
void fan(const Pen& pen, const RigidTransform& worldFromSensor, const scenario::LidarSpec& spec, double length_m,
         uint32_t colour, double groundBelow_m) {
  double low = 0, high = 0;
  for (const scenario::LidarChannel& channel : spec.profile.channels) {
    low = std::min(low, channel.elevation_rad);
    high = std::max(high, channel.elevation_rad);
  }
  const bool isWhole = spec.profile.scanner == scenario::LidarScanner::kRotating || spec.profile.fieldOfView_rad <= 0;
  const double span = isWhole ? 2 * kPi : spec.profile.fieldOfView_rad;
  constexpr int kSteps = 48;
  const auto at = [&](int i, double elevation, double reach_m) {
    const double a = -0.5 * span + span * i / kSteps;
    return worldFromSensor * (reach_m * glm::dvec3(std::cos(a) * std::cos(elevation), std::sin(a) * std::cos(elevation),
                                                   std::sin(elevation)));
  };
  const double blind_m = low < -0.02 ? groundBelow_m / std::sin(-low) : 0;
  for (int i = 0; i < kSteps; ++i) {
    pen.line(at(i, low, length_m), at(i + 1, low, length_m), colour, 1.2F);
    pen.line(at(i, high, length_m), at(i + 1, high, length_m), colour, 1.2F);
    if (blind_m > 0 && blind_m < 60) pen.line(at(i, low, blind_m), at(i + 1, low, blind_m), faded(colour, 120), 1.2F);
    if (i % 6 != 0) continue;
    pen.line(at(i, low, 0.3), at(i, low, length_m), faded(colour, 110), 1);
    pen.line(at(i, high, 0.3), at(i, high, length_m), faded(colour, 110), 1);
    pen.line(at(i, low, length_m), at(i, high, length_m), faded(colour, 110), 1);
  }
}

void fieldOfView(const Ui& ui, const Pen& pen, const Session& session, const WindowState& state,
                 const scenario::SensorMount& mount) {
  const auto carrier = carrierOf(session, mount);
  if (!carrier) return;
  const RigidTransform worldFromSensor = *carrier * heldMount(state, session, mount);
  const bool isSelected = session.selected.kind == Thing::Kind::kSensor && session.selected.id == mount.id;
  const uint32_t colour = faded(ui.colours.warn, isSelected ? 255 : 170);
  if (const auto* camera = std::get_if<scenario::CameraSpec>(&mount.spec)) {
    pyramid(pen, worldFromSensor, *camera, isSelected ? 8 : 2.5, colour, isSelected);
    return;
  }
  const auto& lidar = std::get<scenario::LidarSpec>(mount.spec);
  if (isSelected)
    fan(pen, worldFromSensor, lidar, 4, colour, heldMount(state, session, mount).translation.z);
  else
    fan(pen, worldFromSensor, lidar, 0.6, colour, 0);
}

void sensorHandle(const Ui& ui, const Session& session, const WindowState& state, const ScreenRect& rect) {
  if (session.selected.kind != Thing::Kind::kSensor) return;
  const auto at = sensorHandleOf(session, state, rect, session.selected.id, false);
  if (!at) return;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 centre(static_cast<float>(at->x), static_cast<float>(at->y));
  if (const auto knob = sensorHandleOf(session, state, rect, session.selected.id, true)) {
    const ImVec2 end(static_cast<float>(knob->x), static_cast<float>(knob->y));
    draw.AddLine(centre, end, faded(ui.colours.warn, 160), 1.5F);
    draw.AddCircleFilled(end, ui.px(5), ui.colours.warn);
    draw.AddCircle(end, ui.px(5), 0xffffffff, 0, 1.5F);
  }
  draw.AddCircleFilled(centre, ui.px(7), ui.colours.warn);
  draw.AddCircle(centre, ui.px(11), 0xffffffff, 0, 1.5F);
  if (!state.sensorDrag) {
    label(ui, {centre.x, centre.y - ui.px(12)}, session.selected.id, 0xffffffff);
    return;
  }
  const WindowState::SensorDrag& drag = *state.sensorDrag;
  const glm::dvec3 now = drag.mount.translation + drag.by_m;
  label(ui, {centre.x, centre.y - ui.px(14)},
        drag.isTurn ? fmt::format("{} turned {:+.0f}\u00b0", drag.sensor, drag.angle_rad * 180 / kPi)
                    : fmt::format("{}: x {:.2f}, y {:.2f}, z {:.2f} m", drag.sensor, now.x, now.y, now.z),
        0xffffffff);
}

void lidarPoints(const Session& session, WindowState& state, const ScreenRect& rect, const Pinhole& camera) {
  const auto sweep = session.studio().sweep();
  if (sweep == nullptr || sweep->episode != session.episode()) return;
  const auto width = static_cast<uint32_t>(rect.right - rect.left),
             height = static_cast<uint32_t>(rect.bottom - rect.top);
  if (width == 0 || height == 0) return;
  // What hides is known from the last picture, whatever camera drew it.
  WindowState::Cloud& cloud = state.cloud;
  const Picture* picture = state.picture ? &*state.picture : nullptr;
  const auto drawn = picture == nullptr ? std::chrono::steady_clock::time_point{} : picture->wished;
  const int level = picture == nullptr ? -1 : picture->level;
  if (cloud.texture == nullptr) cloud.texture = std::make_unique<ScreenTexture>();
  const bool isSame = cloud.sweep == sweep && cloud.by == session.pointColours && cloud.camera == camera &&
                      cloud.texture->width() == width && cloud.texture->height() == height && cloud.drawn == drawn &&
                      cloud.level == level;
  if (!isSame) {
    cloud.texture->setWithAlpha(width, height,
                                paintCloud(*sweep, session.pointColours, camera, width, height, picture));
    cloud.sweep = sweep;
    cloud.by = session.pointColours;
    cloud.camera = camera;
    cloud.drawn = drawn;
    cloud.level = level;
  }
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddImage(cloud.texture->id(), {rect.left, rect.top}, {rect.right, rect.bottom});
}

/// The beam that was picked: from the sensor to each of its returns.
void pickedBeam(const Ui& ui, const Session& session, const WindowState& state, const Pen& pen) {
  const auto sweep = session.studio().sweep();
  if (!state.beam || sweep == nullptr || sweep != state.beam->sweep) return;
  const auto [first, last] = returnsOf(sweep->sweep, state.beam->beam);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  for (size_t i = first; i < last; ++i) {
    if (i == first)
      pen.line(sweep->sweep.worldFromSensor.translation, sweep->world[i], faded(ui.colours.warn, 160), 1.2F);
    if (const auto at = pen.at(sweep->world[i])) {
      draw.AddCircle(*at, ui.px(6), 0xff000000, 0, 3.5F);
      draw.AddCircle(*at, ui.px(6), 0xffffffff, 0, 1.8F);
    }
  }
}

void handles(const Ui& ui, const Session& session, const WindowState& state, const ScreenRect& rect) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  for (const scenario::Actor& actor : session.episode()->scenario().actors) {
    const auto at = handleOf(session, state, rect, actor.id);
    if (!at) continue;
    const bool isSelected = session.selected.kind == Thing::Kind::kActor && session.selected.id == actor.id;
    const ImVec2 centre(static_cast<float>(at->x), static_cast<float>(at->y));
    draw.AddCircleFilled(centre, ui.px(isSelected ? 7 : 4), faded(ui.colours.actor, isSelected ? 255 : 160));
    if (!isSelected) continue;
    draw.AddCircle(centre, ui.px(11), 0xffffffff, 0, 1.5F);
    if (const auto knob = turnHandleOf(session, state, rect, actor.id)) {
      const ImVec2 end(static_cast<float>(knob->x), static_cast<float>(knob->y));
      draw.AddLine(centre, end, faded(ui.colours.actor, 160), 1.5F);
      draw.AddCircleFilled(end, ui.px(5), faded(ui.colours.actor, 255));
      draw.AddCircle(end, ui.px(5), 0xffffffff, 0, 1.5F);
    }
  }
}

void dragged(const Ui& ui, const Session& session, const WindowState& state, const ScreenRect& rect, const Pen& pen) {
  const WindowState::Drag& drag = *state.drag;
  for (const scenario::Actor& actor : session.episode()->scenario().actors) {
    if (actor.id != drag.actor) continue;
    const catalog::AssetInfo* asset = session.library().catalog().find(actor.asset);
    const glm::dvec2 by = drag.along_m * drag.terms.along + drag.across_m * drag.terms.across;
    // The episode may have caught up with the hand: then the actor stands there already.
    const bool isCurrent = session.isReady();
    const RigidTransform moved =
        RigidTransform::fromTranslation(isCurrent ? glm::dvec3(0) : glm::dvec3(by.x, by.y, 0)) * actor.worldFromActor;
    if (asset != nullptr)
      pen.box(moved * RigidTransform::fromTranslation(asset->boxCentre), asset->boxSize, 0xffffffff, 1.5F);
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (drag.isTurn) {
    label(ui, {mouse.x, std::max(mouse.y - 14, rect.top + 24)},
          fmt::format("turned {:+.0f}\u00b0", drag.angle_rad * 180 / kPi), 0xffffffff);
    return;
  }
  label(ui, {mouse.x, std::max(mouse.y - 14, rect.top + 24)},
        fmt::format("{}   {:+.2f} m along, {:+.2f} m across", drag.terms.words, drag.along_m, drag.across_m),
        0xffffffff);
}

}  // namespace

void drawOverlays(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect, const Pinhole& camera) {
  const SnapshotPtr now = session.snapshot();
  if (now == nullptr) return;
  const Pen pen(camera, rect);
  const scenario::Scenario& scenario = session.episode()->scenario();
  const bool isSensorView = session.viewedSensor.has_value();
  if (session.overlays.lanes && !scenario.map.isEmpty()) lanes(ui, pen, scenario, camera.worldFromCamera.translation);
  if (session.overlays.paths && !isSensorView) paths(ui, pen, session);
  if (session.overlays.points) lidarPoints(session, state, rect, camera);
  pickedBeam(ui, session, state, pen);
  for (const content::SnapshotObject& object : now->objects) {
    const bool isCarrier = isSensorView && scenario.sensors[*session.viewedSensor].actor == object.name;
    const bool isSelected = session.selected.id == object.name;
    if (isCarrier || !(session.overlays.boxes || isSelected)) continue;
    const RigidTransform box =
        now->objectPose(object, now->firstKey) * RigidTransform::fromTranslation(object.boxCentre);
    const bool isGuest = object.id.value > scenario.actors.size();
    const uint32_t colour = isGuest ? ui.colours.injector : ui.colours.actor;
    pen.box(box, object.boxSize, faded(colour, isSelected ? 255 : 130), isSelected ? 2.0F : 1.0F);
    if (!session.overlays.names && !isSelected) continue;
    if (const auto at = pen.at(box * glm::dvec3(0, 0, 0.5 * object.boxSize.z + 0.15)))
      label(ui, *at, object.name, isSelected ? 0xffffffff : colour);
  }
  if (session.overlays.frustums && !isSensorView) {
    for (const scenario::SensorMount& mount : scenario.sensors) fieldOfView(ui, pen, session, state, mount);
  }
  if (!isSensorView) sensorHandle(ui, session, state, rect);
  if (!isSensorView) handles(ui, session, state, rect);
  if (state.drag) dragged(ui, session, state, rect, pen);
}

}  // namespace nightfog::viewer
