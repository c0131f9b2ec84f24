#include "tools/viewer/view_command.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <thread>

#include "engine/config/document.hpp"
#include "engine/core/files.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/script_player.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kFrame_s = 0.025;          ///< that a frame takes at least: what is left is the scene's
constexpr double kPatience_s = 0.02;        ///< that a frame waits for input
constexpr double kIdlePatience_s = 0.1;     ///< likewise, when nothing has come for some frames
constexpr double kScriptPatience_s = 0.05;  ///< likewise, of a script that waits itself
constexpr int kLively = 5;                  ///< frames after an input: what it opened settles

std::pair<int, int> sizeFrom(const std::string& text) {
  int width = 0, height = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &rest) != 2 || width < 640 || height < 400 ||
      width > 16384 || height > 16384)
    throw Error(ExitCode::kUsage, fmt::format("--size {}: not a window's size", text),
                "such as 1280x720; at least 640x400");
  return {width, height};
}

Look lookOf(const Session& session, const WindowState& state, const ScreenRect& scene) {
  Look look;
  look.episode = session.episode();
  look.step = session.episode()->stepAt(session.time_s);
  look.sensor = session.viewedSensor;
  look.camera = session.pinhole();
  look.width_px = static_cast<uint32_t>(scene.right - scene.left);
  look.height_px = static_cast<uint32_t>(scene.bottom - scene.top);
  look.clearAir = session.clearAir;
  look.daylight = session.daylight;
  look.flow = state.plane == TruthPlane::kFlow;
  look.normals = state.plane == TruthPlane::kNormals;
  if (state.tab == SideTab::kLidar || session.overlays.points || session.viewedLidar) look.lidar = session.shownLidar;
  return look;
}

void takePicture(Session& session, WindowState& state, double now_s, double& last_s) {
  std::optional<Picture> picture = session.studio().takePicture();
  if (!picture && state.picture && state.plane != state.shownPlane) {
    state.texture->set(state.picture->width, state.picture->height, withPlane(*state.picture, state.plane));
    state.shownPlane = state.plane;
  }
  if (!picture) return;
  if (state.texture == nullptr) state.texture = std::make_unique<ScreenTexture>();
  state.texture->set(picture->width, picture->height, withPlane(*picture, state.plane));
  state.shownPlane = state.plane;
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - picture->wished;
  state.meter->pictureTaken(waited.count(), picture->level == 0);
  if (picture->level == 0) {
    const double since = now_s - last_s;
    if (since < 1) state.pictureRate_hz += 0.2 * (1 / std::max(since, 1e-3) - state.pictureRate_hz);
    last_s = now_s;
  }
  state.picture = std::move(picture);
}

/// What a session that ended badly left: offered before anything else.
void offerLeftBehind(Ui& ui, Session& session, std::optional<std::string>& left) {
  if (!left) return;
  ImGui::OpenPopup("Unsaved changes");
  const ImVec2 room = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0.5F * room.x, 0.4F * room.y}, ImGuiCond_Always, {0.5F, 0.5F});
  if (!ImGui::BeginPopupModal("Unsaved changes", nullptr, ImGuiWindowFlags_AlwaysAutoResize)) return;
  ui.text(ui.colours.ink, "A session ended without saving. Its text was kept beside the file.");
  if (ui.button("left.restore", "Take it up again", "Can be undone")) {
    session.file().edit(*left, "take up unsaved changes");
    left.reset();
    ImGui::CloseCurrentPopup();
  }
  ImGui::SameLine();
  if (ui.button("left.forget", "Forget it", "Removes the copy")) {
    session.file().forgetLeftBehind();
    left.reset();
    ImGui::CloseCurrentPopup();
  }
  ImGui::EndPopup();
}

/// The figures are written however a session ends.
class StatsAtTheEnd {
 public:
  StatsAtTheEnd(std::filesystem::path file, const FrameMeter& meter) : file_(std::move(file)), meter_(meter) {}
  ~StatsAtTheEnd() {
    if (file_.empty()) return;
    try {
      writeFileAtomically(file_, meter_.json(Window::now_s()));
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}: {}\n", file_.string(), error.what());
    }
  }
  StatsAtTheEnd(const StatsAtTheEnd&) = delete;
  StatsAtTheEnd& operator=(const StatsAtTheEnd&) = delete;

 private:
  std::filesystem::path file_;
  const FrameMeter& meter_;
};

/// A folder of this session's own, gone afterwards.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() / fmt::format("nightfog-view-{}", static_cast<long>(::getpid()))) {
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Layout layoutFor(float width, float height, float scale) {
  const float toolbar = 44 * scale, left = 216 * scale, right = 348 * scale, below = 192 * scale, status = 24 * scale;
  const float bottom = height - status, middle = bottom - below;
  return {{0, 0, width, toolbar},
          {0, toolbar, left, middle},
          {left, toolbar, width - right, middle},
          {width - right, toolbar, width, bottom},
          {0, middle, width - right, bottom},
          {0, bottom, width, height}};
}

ExitCode view(const ViewArguments& arguments) {
  const auto [width, height] = sizeFrom(arguments.size);
  std::optional<ScriptPlayer> script;
  if (!arguments.script.empty()) script.emplace(parseScript(readFile(arguments.script, config::kMaxFileBytes)));
  const trace::TracerKind tracer = trace::tracerKindFromName(arguments.tracer);
  (void)readFile(arguments.scenario, config::kMaxFileBytes);  // before a window is opened for nothing
  const auto scale = static_cast<float>(arguments.scale);
  Window window("nightfog: " + arguments.scenario.filename().string(), width, height, scale);
  FrameMeter meter(Window::now_s());
  const StatsAtTheEnd stats(arguments.stats, meter);
  const lang::InstalledLibrary library(lang::dataFolder());
  Studio studio({arguments.device, tracer, arguments.threads, arguments.validation, arguments.cacheFolder,
                 library.dataFolder() / "assets", [] { Window::wake(); }},
                library.catalog());
  const Scratch scratch;
  Session session(arguments.scenario, arguments.seed, arguments.run, studio, library,
                  {scratch.path(), arguments.out, arguments.device, arguments.threads});
  const Catalogue catalogue(library);
  Ui ui{window.fonts(), applyTheme(!arguments.isLight, scale), scale, !arguments.isLight};
  WindowState state;
  state.catalogue = &catalogue;
  state.meter = &meter;
  PlayedInput input;
  std::optional<std::string> left = session.file().leftBehind();
  double last_s = Window::now_s(), lastPicture_s = last_s;
  int quiet = 0;  ///< frames since an input
  while (!state.wantsToQuit && !window.wantsToClose()) {
    const double now_s = Window::now_s();
    const ImVec2 before = ImGui::GetIO().DisplaySize;
    Layout layout = layoutFor(before.x, before.y, scale);
    if (script) {
      if (script->isDone()) break;
      script->play(session, state, ui, layout.scene, now_s, input);
    }
    const double early_s = kFrame_s - (Window::now_s() - last_s);
    if (early_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(early_s));
    const double patience_s = script                                 ? script->isWaiting() ? kScriptPatience_s : 0
                              : session.isPlaying || quiet < kLively ? kPatience_s
                                                                     : kIdlePatience_s;
    const double asked_s = Window::now_s();
    window.begin(patience_s, input);
    const double waited_s = Window::now_s() - asked_s;
    quiet = waited_s < 0.9 * patience_s ? 0 : quiet + 1;
    meter.polled(Window::now_s(), std::min(waited_s, patience_s));
    session.update(now_s, now_s - last_s);
    last_s = now_s;
    layout = layoutFor(ImGui::GetIO().DisplaySize.x, ImGui::GetIO().DisplaySize.y, scale);
    takePicture(session, state, now_s, lastPicture_s);
    ui.places.clear();
    toolbarPanel(ui, session, state, layout.toolbar);
    outlinePanel(ui, session, state, layout.outline);
    scenePanel(ui, session, state, layout.scene);
    sidePanel(ui, session, state, layout.side);
    timelinePanel(ui, session, state, layout.timeline);
    statusPanel(ui, session, state, layout.status);
    commandPalette(ui, session, state);
    cataloguePopup(ui, session, state);
    offerLeftBehind(ui, session, left);
    shortcuts(ui, session, state);
    window.end(ui.colours.background_rgb);
    meter.shown(Window::now_s());
    if (script) script->afterFrame(window);
    if (session.episode() != nullptr) studio.look(lookOf(session, state, layout.scene));
    if (!studio.failure().empty() && script) throw Error(ExitCode::kNoDevice, studio.failure());
  }
  session.file().autosave();
  return ExitCode::kOk;
}

}  // namespace nightfog::viewer
