// The scene: the picture, the mouse on it, and dragging actors.
#include <fmt/format.h>
#include <imgui/imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"
#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kSnap_m = 0.05, kSnap_rad = kPi / 180;
constexpr double kTurnHandle_m = 1;  ///< ahead of the box
constexpr double kClear_px = 30;
constexpr float kHandle_px = 11;

glm::dvec2 sizeOf(const ScreenRect& rect) {
  return {rect.right - rect.left, rect.bottom - rect.top};
}

const scenario::Actor* actorNamed(const Session& session, const std::string& actor) {
  if (session.episode() == nullptr) return nullptr;
  for (const scenario::Actor& a : session.episode()->scenario().actors) {
    if (a.id == actor) return &a;
  }
  return nullptr;
}

std::optional<glm::dvec2> onScreen(const Session& session, const WindowState& state, const ScreenRect& rect,
                                   const glm::dvec3& world) {
  const auto at = project(shownCamera(session, state), sizeOf(rect), world);
  if (!at) return std::nullopt;
  return glm::dvec2(rect.left + at->x, rect.top + at->y);
}

void beginDrag(Session& session, WindowState& state, const std::string& actor, bool isTurn, const Pinhole& camera,
               const glm::dvec2& size, const glm::dvec2& at) {
  const scenario::Actor* self = actorNamed(session, actor);
  if (self == nullptr) return;
  const auto ground = onLevel(camera, rayThrough(camera, size, at), self->worldFromActor.translation.z);
  if (!ground) return;
  try {
    WindowState::Drag drag;
    drag.actor = actor;
    drag.isTurn = isTurn;
    drag.before = session.file().text();
    drag.grabbed = *ground;
    drag.pivot = self->worldFromActor.translation;
    drag.terms = placeTerms(drag.before, actor, session.episode()->scenario());
    drag.gesture = session.newGesture();
    state.drag = std::move(drag);
  } catch (const Error& error) {
    session.say(fmt::format("{}: {}", error.what(), error.help()), true);
  }
}

void goOnDragging(Session& session, WindowState& state, const Pinhole& camera, const glm::dvec2& size,
                  const glm::dvec2& at) {
  WindowState::Drag& drag = *state.drag;
  const auto ground = onLevel(camera, rayThrough(camera, size, at), drag.grabbed.z);
  if (!ground) return;
  const auto& parameters = session.episode()->scenario().parameters;
  if (drag.isTurn) {
    const glm::dvec3 from = drag.grabbed - drag.pivot, to = *ground - drag.pivot;
    const double turned = std::atan2(from.x * to.y - from.y * to.x, from.x * to.x + from.y * to.y);
    const double angle = std::round(turned / kSnap_rad) * kSnap_rad;
    if (angle == drag.angle_rad) return;
    drag.angle_rad = angle;
    session.edit(
        "turn " + drag.actor, [&](const std::string&) { return turnActor(drag.before, drag.actor, angle, parameters); },
        drag.gesture);
    return;
  }
  const glm::dvec2 by(ground->x - drag.grabbed.x, ground->y - drag.grabbed.y);
  const auto snapped = [](double metres) { return std::round(metres / kSnap_m) * kSnap_m; };
  const double along = snapped(glm::dot(by, drag.terms.along)), across = snapped(glm::dot(by, drag.terms.across));
  if (along == drag.along_m && across == drag.across_m) return;
  drag.along_m = along;
  drag.across_m = across;
  session.edit(
      "move " + drag.actor,
      [&](const std::string&) { return moveActor(drag.before, drag.actor, along, across, parameters); }, drag.gesture);
}

/// Which actor's handle lies under the mouse.
std::string handleUnder(const Session& session, const WindowState& state, const ScreenRect& rect, const ImVec2& mouse,
                        float reach) {
  if (session.episode() == nullptr) return {};
  for (const scenario::Actor& actor : session.episode()->scenario().actors) {
    const auto at = handleOf(session, state, rect, actor.id);
    if (at && std::hypot(at->x - mouse.x, at->y - mouse.y) < reach) {
      if (session.selected.id == actor.id || session.overlays.boxes) return actor.id;
    }
  }
  return {};
}

void moveEye(Session& session, const ImGuiIO& io, bool isHovered, float width) {
  const float perRadian = 0.005F;
  if (ImGui::IsMouseDragging(ImGuiMouseButton_Right, 1) || ImGui::IsMouseDragging(ImGuiMouseButton_Middle, 1)) {
    const bool isPan = ImGui::IsMouseDragging(ImGuiMouseButton_Middle, 1) || io.KeyShift;
    if (isPan)
      session.eye.pan(-io.MouseDelta.x / width, io.MouseDelta.y / width);
    else
      session.eye.turn(-io.MouseDelta.x * perRadian, -io.MouseDelta.y * perRadian);
  }
  if (isHovered && io.MouseWheel != 0) session.eye.zoom(io.MouseWheel);
  if (io.WantTextInput || io.KeyCtrl) return;
  const double step = 9.0 * std::min(io.DeltaTime, 0.1F) * (io.KeyShift ? 3 : 1);
  const auto held = [](char key) { return ImGui::IsKeyDown(key); };
  const glm::dvec3 fly{step * ((held('W') ? 1 : 0) - (held('S') ? 1 : 0)),
                       step * ((held('D') ? 1 : 0) - (held('A') ? 1 : 0)),
                       step * ((held('E') ? 1 : 0) - (held('Q') ? 1 : 0))};
  if (fly != glm::dvec3(0)) session.eye.fly(fly);
}

void hoverTip(Ui& ui, const Picked& picked) {
  ImGui::SetNextWindowSize({ui.px(330), 0});
  ImGui::BeginTooltip();
  ui.text(ui.colours.ink, picked.thing.id.empty() ? picked.semantic : picked.thing.id, ui.fonts.bold);
  if (!picked.thing.id.empty()) ui.row("class", picked.semantic);
  if (!picked.asset.empty()) ui.row("asset", picked.asset);
  if (picked.range_m > 0) ui.row("range", fmt::format("{:.2f} m", picked.range_m));
  ui.row("why", picked.why);
  ImGui::EndTooltip();
}

/// The beam whose point lies under the mouse; looked for only where the mouse has come to rest or clicks.
std::optional<WindowState::PickedBeam> beamUnder(const Ui& ui, const Session& session, const WindowState& state,
                                                 const Pinhole& camera, const glm::dvec2& size, const glm::dvec2& at) {
  const auto sweep = session.studio().sweep();
  if (!session.overlays.points || sweep == nullptr || sweep->episode != session.episode()) return std::nullopt;
  if (!ImGui::IsMouseClicked(ImGuiMouseButton_Left) && GImGui->HoveredIdTimer < 0.3F) return std::nullopt;
  const auto point = pointAt(*sweep, camera, size, at, ui.px(4), state.picture ? &*state.picture : nullptr);
  if (!point) return std::nullopt;
  return WindowState::PickedBeam{sweep, beamOf(sweep->sweep, sweep->sweep.points[*point])};
}

void beamTip(Ui& ui, const Session& session, const WindowState::PickedBeam& beam) {
  ImGui::SetNextWindowSize({ui.px(330), 0});
  ImGui::BeginTooltip();
  beamRows(ui, session, beam, true);
  ImGui::EndTooltip();
}

void emptyScene(Ui& ui, const Session& session, const ScreenRect& rect) {
  const std::string failure = session.rehearsed().error;
  const std::string words = !failure.empty() && !session.isRehearsing() ? failure : "Building the scene …";
  const ImVec2 size = ImGui::CalcTextSize(words.c_str());
  ImGui::GetWindowDrawList()->AddText({0.5F * (rect.left + rect.right - size.x), 0.5F * (rect.top + rect.bottom)},
                                      ui.colours.faint, words.c_str());
}

}  // namespace

ScreenRect pictureRect(const WindowState& state, const Session& session, const ScreenRect& scene) {
  if (!session.viewedSensor || !state.picture || state.picture->width == 0) return scene;
  const double aspect = static_cast<double>(state.picture->height) / state.picture->width;
  const glm::dvec2 size = sizeOf(scene);
  const double width = std::min(size.x, size.y / aspect), height = width * aspect;
  const auto left = static_cast<float>(scene.left + 0.5 * (size.x - width));
  const auto top = static_cast<float>(scene.top + 0.5 * (size.y - height));
  return {left, top, static_cast<float>(left + width), static_cast<float>(top + height)};
}

Pinhole shownCamera(const Session& session, const WindowState& state) {
  // A sensor's own view knows its camera when it is drawn; the eye's overlays go with the mouse at once.
  if (session.viewedSensor && state.picture) return state.picture->camera;
  return session.pinhole();
}

std::optional<glm::dvec2> handleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                   const std::string& actor) {
  const scenario::Actor* self = actorNamed(session, actor);
  return self == nullptr ? std::nullopt : onScreen(session, state, rect, self->worldFromActor.translation);
}

std::optional<glm::dvec2> turnHandleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                       const std::string& actor) {
  const scenario::Actor* self = actorNamed(session, actor);
  const catalog::AssetInfo* asset = self == nullptr ? nullptr : session.library().catalog().find(self->asset);
  if (asset == nullptr) return std::nullopt;
  double ahead_m = asset->boxCentre.x + 0.5 * asset->boxSize.x + kTurnHandle_m;
  const auto middle = onScreen(session, state, rect, self->worldFromActor.translation);
  auto at = onScreen(session, state, rect, self->worldFromActor * glm::dvec3(ahead_m, 0, 0));
  // From afar it stands clear of the other handle.
  for (int i = 0; i < 4 && middle && at; ++i) {
    const double apart = glm::distance(*middle, *at);
    if (apart > kClear_px) break;
    ahead_m *= std::clamp(1.1 * kClear_px / std::max(apart, 1.0), 1.0, 4.0);
    at = onScreen(session, state, rect, self->worldFromActor * glm::dvec3(ahead_m, 0, 0));
  }
  return at;
}

void scenePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  beginPanel("scene", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::PopStyleVar();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (session.viewedLidar) {
    lidarView(ui, session, state, rect);
    ImGui::End();
    return;
  }
  const bool isCovered = !session.viewedSensor && state.texture != nullptr && !state.texture->isEmpty();
  if (!isCovered) draw.AddRectFilled({rect.left, rect.top}, {rect.right, rect.bottom}, 0xff0a0c0e);
  ImGui::SetCursorScreenPos({rect.left, rect.top});
  ImGui::InvisibleButton(
      "picture", {rect.right - rect.left, rect.bottom - rect.top},
      ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight | ImGuiButtonFlags_MouseButtonMiddle);
  ui.mark("scene");
  const bool isHovered = ImGui::IsItemHovered(), isActive = ImGui::IsItemActive();
  if (state.texture == nullptr || state.texture->isEmpty()) {
    emptyScene(ui, session, rect);
    ImGui::End();
    return;
  }
  const ScreenRect shown = pictureRect(state, session, rect);
  const glm::dvec2 size = sizeOf(shown);
  draw.PushClipRect({rect.left, rect.top}, {rect.right, rect.bottom}, true);
  draw.AddImage(state.texture->id(), {shown.left, shown.top}, {shown.right, shown.bottom});
  const Pinhole camera = shownCamera(session, state);
  drawOverlays(ui, session, state, shown, camera);
  planeLegend(ui, state, shown);
  draw.PopClipRect();

  const ImGuiIO& io = ImGui::GetIO();
  const glm::dvec2 mouse = state.exactMouse.value_or(glm::dvec2(io.MousePos.x, io.MousePos.y));
  const glm::dvec2 at = mouse - glm::dvec2(shown.left, shown.top);
  if (!session.viewedSensor && (isActive || isHovered)) moveEye(session, io, isHovered, rect.right - rect.left);
  state.hovered.reset();
  if (isHovered && !state.drag && !state.sensorDrag && state.picture)
    state.hovered = session.pick(*state.picture, at.x / size.x, at.y / size.y);
  state.hoveredBeam =
      isHovered && !state.drag && !state.sensorDrag ? beamUnder(ui, session, state, camera, size, at) : std::nullopt;
  const bool isClicked = isHovered && ImGui::IsMouseClicked(ImGuiMouseButton_Left);
  if (isClicked && !session.viewedSensor && beginSensorDrag(session, state, shown, mouse, ui.px(kHandle_px))) {
    state.hovered.reset();
  } else if (isClicked) {
    const auto turnHandle = session.selected.kind == Thing::Kind::kActor
                                ? turnHandleOf(session, state, shown, session.selected.id)
                                : std::nullopt;
    const bool isTurn = turnHandle && !session.viewedSensor && glm::distance(*turnHandle, mouse) < ui.px(kHandle_px);
    const std::string handle =
        isTurn ? session.selected.id : handleUnder(session, state, shown, io.MousePos, ui.px(kHandle_px));
    std::string actor = handle;
    if (handle.empty() && state.hoveredBeam) {
      state.beam = state.hoveredBeam;
      state.tab = SideTab::kLidar;
    } else if (handle.empty() && state.hovered) {
      session.select(state.hovered->thing);
      if (state.hovered->thing.kind == Thing::Kind::kActor && session.time_s < 1e-9) actor = state.hovered->thing.id;
    } else if (!handle.empty()) {
      session.select({Thing::Kind::kActor, handle});
    }
    if (!actor.empty()) beginDrag(session, state, actor, isTurn, camera, size, at);
  }
  // Where it is let go counts, too: a slow frame sees the last move and the release at once.
  if (state.drag && (ImGui::IsMouseDown(ImGuiMouseButton_Left) || ImGui::IsMouseReleased(ImGuiMouseButton_Left)))
    goOnDragging(session, state, camera, size, at);
  if (state.drag && !ImGui::IsMouseDown(ImGuiMouseButton_Left)) state.drag.reset();
  if (state.sensorDrag && ImGui::IsMouseDown(ImGuiMouseButton_Left)) goOnWithSensor(session, state, shown, mouse);
  if (state.sensorDrag && !ImGui::IsMouseDown(ImGuiMouseButton_Left)) state.sensorDrag.reset();
  const bool isResting = isHovered && !isActive && io.MouseDelta.x == 0 && GImGui->HoveredIdTimer > 0.35F;
  if (isResting && state.hoveredBeam)
    beamTip(ui, session, *state.hoveredBeam);
  else if (isResting && state.hovered)
    hoverTip(ui, *state.hovered);
  ImGui::End();
}

}  // namespace nightfog::viewer
