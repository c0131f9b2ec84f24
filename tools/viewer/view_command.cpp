#include "tools/viewer/view_command.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <thread>
#include <utility>

#include "engine/config/document.hpp"
#include "engine/core/files.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/catalogue.hpp"
#include "tools/viewer/panels.hpp"
#include "tools/viewer/proofreader.hpp"
#include "tools/viewer/script_player.hpp"
#include "tools/viewer/source_edit.hpp"

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
  if (!picture || session.episode() == nullptr) return;  // of a file that was open before
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

const config::Document* WindowState::documentOf(const EditedFile& file) {
  if (documentRevision_ != file.revision()) document_ = parseSource(file.text());
  documentRevision_ = file.revision();
  return document_.get();
}

void WindowState::forgetFile() {
  documentRevision_ = ~uint64_t{0};
  picture.reset();
  texture.reset();
  unrolled = {};
  unrolledWhole = {};
  cloud = {};
  beam.reset();
  hoveredBeam.reset();
  cardTextures.clear();
  runOrder.clear();
  hovered.reset();
  drag.reset();
  editedRevision = ~uint64_t{0};
  typing = 0;
  typedPath.clear();
  gotoLine = 0;
  ImGui::SetWindowFocus(nullptr);  // a field that is being typed in belongs to the file, too
}

namespace {

/// The window with what is open in it.
class Viewer {
 public:
  explicit Viewer(const ViewArguments& arguments);
  ExitCode run();

 private:
  void open(const std::filesystem::path& file, std::optional<uint64_t> seed, uint32_t run);
  void openWanted();
  void frame(double now_s);
  void takeLooks();
  void remember();

  const ViewArguments& arguments_;
  std::optional<ScriptPlayer> script_;
  std::filesystem::path config_;  ///< empty: nothing is remembered
  Settings kept_;                 ///< on the disk
  Window window_;
  FrameMeter meter_;
  StatsAtTheEnd stats_;
  lang::InstalledLibrary library_;
  Studio studio_;
  Scratch scratch_;
  Catalogue catalogue_;
  Proofreader proofreader_;
  Ui ui_;
  WindowState state_;
  std::unique_ptr<Session> session_;
  std::optional<std::string> left_;
  PlayedInput input_;
  double last_s_ = 0, lastPicture_s_ = 0;
  int quiet_ = 0;  ///< frames since an input
};

Settings settingsFor(const ViewArguments& arguments, const std::filesystem::path& config) {
  Settings out = readSettings(config);
  if (arguments.scale) out.scale = *arguments.scale;
  if (arguments.isLight) out.isLight = true;
  return out;
}

std::filesystem::path configOf(const ViewArguments& arguments) {
  if (arguments.config) return *arguments.config;
  return arguments.script.empty() ? settingsFolder() : std::filesystem::path();
}

Viewer::Viewer(const ViewArguments& arguments)
    : arguments_(arguments),
      config_(configOf(arguments)),
      kept_(settingsFor(arguments, config_)),
      window_("nightfog", sizeFrom(arguments.size).first, sizeFrom(arguments.size).second,
              static_cast<float>(kept_.scale)),
      meter_(Window::now_s()),
      stats_(arguments.stats, meter_),
      library_(lang::dataFolder()),
      studio_({arguments.device, trace::tracerKindFromName(arguments.tracer), arguments.threads, arguments.validation,
               arguments.cacheFolder, library_.dataFolder() / "assets", [] { Window::wake(); }},
              library_.catalog()),
      catalogue_(library_),
      proofreader_(library_) {
  if (!arguments.script.empty()) script_.emplace(parseScript(readFile(arguments.script, config::kMaxFileBytes)));
  state_.settings = kept_;
  state_.catalogue = &catalogue_;
  state_.proofreader = &proofreader_;
  state_.meter = &meter_;
  ui_.fonts = window_.fonts();
  ui_.scale = static_cast<float>(kept_.scale);
  ui_.isDark = !kept_.isLight;
  ui_.colours = applyTheme(ui_.isDark, ui_.scale);
  if (!arguments.scenario.empty()) open(arguments.scenario, arguments.seed, arguments.run);
  last_s_ = lastPicture_s_ = Window::now_s();
}

void Viewer::open(const std::filesystem::path& file, std::optional<uint64_t> seed, uint32_t run) {
  (void)readFile(file, config::kMaxFileBytes);  // what is open stays open where this cannot be
  if (session_ != nullptr) session_->file().autosave();
  state_.forgetFile();
  session_.reset();  // the studio plays one episode at a time
  session_ =
      std::make_unique<Session>(file, seed, run, studio_, library_,
                                Workplace{scratch_.path(), arguments_.out, arguments_.device, arguments_.threads});
  left_ = session_->file().leftBehind();
  window_.setTitle("nightfog: " + file.filename().string());
  state_.openFailure.clear();
  state_.settings.remember(file);
  if (!config_.empty() && !state_.settings.hasSeenTour) state_.tourStop = 0;
}

void Viewer::openWanted() {
  if (!state_.toOpen) return;
  try {
    open(*std::exchange(state_.toOpen, std::nullopt), std::nullopt, 0);
  } catch (const Error& error) {
    state_.openFailure = error.what();
    if (session_ != nullptr) session_->say(error.what(), true);
  }
}

/// Fonts and colours as the settings want them.
void Viewer::takeLooks() {
  const auto scale = static_cast<float>(state_.settings.scale);
  if (scale == ui_.scale && ui_.isDark != state_.settings.isLight) return;
  if (scale != ui_.scale) window_.setScale(scale);
  ui_.fonts = window_.fonts();
  ui_.scale = scale;
  ui_.isDark = !state_.settings.isLight;
  ui_.colours = applyTheme(ui_.isDark, ui_.scale);
}

void Viewer::remember() {
  if (state_.settings == kept_) return;
  kept_ = state_.settings;
  writeSettings(kept_, config_);
}

void Viewer::frame(double now_s) {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const Layout layout = layoutFor(size.x, size.y, ui_.scale);
  ui_.places.clear();
  ui_.hidden.clear();
  if (session_ != nullptr) {
    session_->update(now_s, now_s - last_s_);
    takePicture(*session_, state_, now_s, lastPicture_s_);
    drawPanels(ui_, *session_, state_, layout);
    openDialog(ui_, state_, session_->file().path().parent_path());
    offerLeftBehind(ui_, *session_, left_);
    if (!left_) tour(ui_, state_, layout);
    shortcuts(actions(*session_, state_, ui_));
  } else {
    welcomePanel(ui_, state_, {0, 0, size.x, size.y});
    openDialog(ui_, state_, state_.settings.recent.empty() ? "" : state_.settings.recent.front().parent_path());
    shortcuts(windowActions(state_));
  }
  last_s_ = now_s;
  window_.end(ui_.colours.background_rgb);
  meter_.shown(Window::now_s());
  if (script_) script_->afterFrame(window_);
  if (session_ != nullptr && session_->episode() != nullptr) studio_.look(lookOf(*session_, state_, layout.scene));
  if (!studio_.failure().empty() && script_) throw Error(ExitCode::kNoDevice, studio_.failure());
}

ExitCode Viewer::run() {
  while (!state_.wantsToQuit && !window_.wantsToClose()) {
    takeLooks();
    const double now_s = Window::now_s();
    if (script_) {
      if (script_->isDone()) break;
      const ImVec2 size = ImGui::GetIO().DisplaySize;
      script_->play(session_.get(), state_, ui_, layoutFor(size.x, size.y, ui_.scale).scene, now_s, input_);
    }
    const double early_s = kFrame_s - (Window::now_s() - last_s_);
    if (early_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(early_s));
    const bool isLively = quiet_ < kLively || (session_ != nullptr && session_->isPlaying);
    const double patience_s = script_    ? script_->isWaiting() ? kScriptPatience_s : 0
                              : isLively ? kPatience_s
                                         : kIdlePatience_s;
    const double asked_s = Window::now_s();
    window_.begin(patience_s, input_);
    const double waited_s = Window::now_s() - asked_s;
    quiet_ = waited_s < 0.9 * patience_s ? 0 : quiet_ + 1;
    meter_.polled(Window::now_s(), std::min(waited_s, patience_s));
    frame(now_s);
    openWanted();
    remember();
  }
  if (session_ != nullptr) session_->file().autosave();
  return ExitCode::kOk;
}

}  // namespace

ExitCode view(const ViewArguments& arguments) {
  // Before a window is opened for nothing.
  if (!arguments.scenario.empty()) (void)readFile(arguments.scenario, config::kMaxFileBytes);
  if (!arguments.script.empty()) (void)parseScript(readFile(arguments.script, config::kMaxFileBytes));
  return Viewer(arguments).run();
}

}  // namespace nightfog::viewer
