#include "tools/viewer/view_command.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "engine/config/document.hpp"
#include "engine/core/files.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/script_player.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kPatience_s = 0.02;        ///< that a frame waits for input
constexpr double kScriptPatience_s = 0.05;  ///< likewise, of a script that waits itself

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
  if (state.tab == SideTab::kLidar || session.overlays.points) look.lidar = session.shownLidar;
  return look;
}

void takePicture(Session& session, WindowState& state, double now_s, double& last_s) {
  std::optional<Picture> picture = session.studio().takePicture();
  if (!picture && state.picture && state.plane != state.shownPlane) {
    state.texture->set(state.picture->width, state.picture->height, withPlane(*state.picture, state.plane));
    state.shownPlane = state.plane;
  }
  if (!picture || session.episode() == nullptr) return;  // of a file that was open before
  if (state.texture == nullptr) state.texture = std::make_unique<ScreenTexture>();
  state.texture->set(picture->width, picture->height, withPlane(*picture, state.plane));
  state.shownPlane = state.plane;
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

void drawPanels(Ui& ui, Session& session, WindowState& state, const Layout& layout) {
  toolbarPanel(ui, session, state, layout.toolbar);
  outlinePanel(ui, session, state, layout.outline);
  scenePanel(ui, session, state, layout.scene);
  sidePanel(ui, session, state, layout.side);
  timelinePanel(ui, session, state, layout.timeline);
  statusPanel(ui, session, state, layout.status);
  commandPalette(ui, session, state);
  cataloguePopup(ui, session, state);
}

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

void WindowState::forgetFile() {
  picture.reset();
  texture.reset();
  sweepShown.reset();
  cardTextures.clear();
  runOrder.clear();
  hovered.reset();
  drag.reset();
  editedRevision = ~uint64_t{0};
  typing = 0;
  gotoLine = 0;
  ImGui::SetWindowFocus(nullptr);  // a field that is being typed in belongs to the file, too
}

ExitCode view(const ViewArguments& arguments) {
  const auto [width, height] = sizeFrom(arguments.size);
  std::optional<ScriptPlayer> script;
  if (!arguments.script.empty()) script.emplace(parseScript(readFile(arguments.script, config::kMaxFileBytes)));
  const trace::TracerKind tracer = trace::tracerKindFromName(arguments.tracer);
  (void)readFile(arguments.scenario, config::kMaxFileBytes);  // before a window is opened for nothing
  const auto scale = static_cast<float>(arguments.scale);
  Window window("nightfog", width, height, scale);
  const lang::InstalledLibrary library(lang::dataFolder());
  Studio studio({arguments.device, tracer, arguments.threads, arguments.validation, arguments.cacheFolder,
                 library.dataFolder() / "assets"},
                library.catalog());
  const Scratch scratch;
  const Catalogue catalogue(library);
  Ui ui{window.fonts(), applyTheme(!arguments.isLight, scale), scale, !arguments.isLight};
  WindowState state;
  state.catalogue = &catalogue;
  std::unique_ptr<Session> session;
  std::optional<std::string> left;
  const auto open = [&](const std::filesystem::path& file, std::optional<uint64_t> seed, uint32_t run) {
    (void)readFile(file, config::kMaxFileBytes);  // what is open stays open where this cannot be
    if (session != nullptr) session->file().autosave();
    state.forgetFile();
    session.reset();  // the studio plays one episode at a time
    session = std::make_unique<Session>(file, seed, run, studio, library,
                                        Workplace{scratch.path(), arguments.out, arguments.device, arguments.threads});
    left = session->file().leftBehind();
    window.setTitle("nightfog: " + file.filename().string());
  };
  open(arguments.scenario, arguments.seed, arguments.run);
  PlayedInput input;
  double last_s = Window::now_s(), lastPicture_s = last_s;
  while (!state.wantsToQuit && !window.wantsToClose()) {
    const double now_s = Window::now_s();
    const ImVec2 before = ImGui::GetIO().DisplaySize;
    Layout layout = layoutFor(before.x, before.y, scale);
    if (script) {
      if (script->isDone()) break;
      script->play(session.get(), state, ui, layout.scene, now_s, input);
    }
    window.begin(!script ? kPatience_s : script->isWaiting() ? kScriptPatience_s : 0.002, input);
    session->update(now_s, now_s - last_s);
    last_s = now_s;
    layout = layoutFor(ImGui::GetIO().DisplaySize.x, ImGui::GetIO().DisplaySize.y, scale);
    takePicture(*session, state, now_s, lastPicture_s);
    ui.places.clear();
    drawPanels(ui, *session, state, layout);
    offerLeftBehind(ui, *session, left);
    shortcuts(ui, *session, state);
    window.end(ui.colours.background_rgb);
    if (script) script->afterFrame(window);
    if (session->episode() != nullptr) studio.look(lookOf(*session, state, layout.scene));
    if (!studio.failure().empty() && script) throw Error(ExitCode::kNoDevice, studio.failure());
    if (!state.toOpen) continue;
    try {
      open(*std::exchange(state.toOpen, std::nullopt), std::nullopt, 0);
    } catch (const Error& error) {
      session->say(error.what(), true);
    }
  }
  session->file().autosave();
  return ExitCode::kOk;
}

}  // namespace nightfog::viewer
