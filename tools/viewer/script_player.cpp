#include "tools/viewer/script_player.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/image.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kPatience_s = 240;

double numberIn(const ScriptCommand& command, const std::string& word) {
  double value = 0;
  const auto end = std::from_chars(word.data(), word.data() + word.size(), value);
  if (end.ec != std::errc() || end.ptr != word.data() + word.size())
    throw Error(ExitCode::kUsage, fmt::format("script line {}: '{}' is no number", command.line, word));
  return value;
}

bool isInside(const ScreenRect& rect, const glm::dvec2& at) {
  return at.x >= rect.left && at.x <= rect.right && at.y >= rect.top && at.y <= rect.bottom;
}

int levelNamed(const ScriptCommand& command) {
  if (command.words.empty() || command.words[0] == "coarse") return 0;
  if (command.words[0] == "half") return 1;
  if (command.words[0] == "whole") return 2;
  if (command.words[0] == "finest") return Studio::kFinest;
  throw Error(ExitCode::kUsage, fmt::format("script line {}: '{}' is no picture", command.line, command.words[0]),
              "coarse, half, whole, finest");
}

}  // namespace

void ScriptPlayer::fail(const ScriptCommand& command, const std::string& found) const {
  throw Error(ExitCode::kDiagnostics,
              fmt::format("script line {}: {} {}: {}", command.line, command.name, command.rest, found));
}

void ScriptPlayer::moveTo(float x, float y) {
  steps_.push_back([x, y](PlayedInput& input) {
    input.x = x;
    input.y = y;
  });
}

void ScriptPlayer::press(int clicks) {
  for (int i = 0; i < clicks; ++i) {
    steps_.push_back([](PlayedInput& input) { input.isDown[0] = true; });
    steps_.push_back([](PlayedInput& input) { input.isDown[0] = false; });
  }
}

void ScriptPlayer::dragTo(const glm::dvec2& from, const glm::dvec2& to) {
  moveTo(static_cast<float>(from.x), static_cast<float>(from.y));
  moveTo(static_cast<float>(from.x), static_cast<float>(from.y));
  steps_.push_back([](PlayedInput& input) { input.isDown[0] = true; });
  for (const double part : {0.5, 1.0}) {
    const glm::dvec2 at = from + part * (to - from);
    moveTo(static_cast<float>(at.x), static_cast<float>(at.y));
  }
  steps_.push_back([](PlayedInput& input) { input.isDown[0] = false; });
}

void ScriptPlayer::lookAround(const ScreenRect& scene, PlayedInput& input) {
  // To and fro in steps that a hand makes between two frames.
  constexpr int kSteps = 40;
  constexpr float kStep_px = 4;
  const int at = looks_++ % (2 * kSteps);
  const auto by = kStep_px * static_cast<float>(std::min(at, 2 * kSteps - at));
  input.x = 0.5F * (scene.left + scene.right - kSteps * kStep_px) + by;
  input.y = 0.5F * (scene.top + scene.bottom);
  input.isDown[1] = lookUntil_s_ >= 0;
}

void ScriptPlayer::turnActor(const ScriptCommand& command, const Context& context) {
  const std::string& actor = command.words[0];
  const double angle_rad = numberIn(command, command.words[1]) * kPi / 180;
  const ScreenRect rect = pictureRect(context.state, context.session, context.scene);
  context.session.select({Thing::Kind::kActor, actor});
  const auto handle = turnHandleOf(context.session, context.state, rect, actor);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  const glm::dvec2 corner(rect.left, rect.top), size(rect.right - rect.left, rect.bottom - rect.top);
  const Pinhole camera = shownCamera(context.session, context.state);
  for (const scenario::Actor& a : context.session.episode()->scenario().actors) {
    if (a.id != actor) continue;
    const glm::dvec3 middle = a.worldFromActor.translation;
    const auto ground = onLevel(camera, rayThrough(camera, size, *handle - corner), middle.z);
    if (!ground) fail(command, "the handle is not above the ground");
    const glm::dvec3 to = RigidTransform::fromYawPitchRoll(middle, angle_rad, 0) * (*ground - middle);
    const auto goal = project(camera, size, to);
    if (!goal) fail(command, "the goal lies behind the camera");
    dragTo(*handle, corner + *goal);
  }
}

void ScriptPlayer::dragSensor(const ScriptCommand& command, const Context& context, const ScreenRect& rect,
                              const glm::dvec3& by_m) {
  const scenario::SensorMount& mount = *sensorNamed(context.session, command.words[0]);
  context.session.select({Thing::Kind::kSensor, mount.id});
  const auto handle = sensorHandleOf(context.session, context.state, rect, mount.id, false);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  const RigidTransform carrier = *carrierOf(context.session, mount);
  const glm::dvec2 size(rect.right - rect.left, rect.bottom - rect.top);
  const auto goal = project(shownCamera(context.session, context.state), size,
                            carrier * mount.vehicleFromSensor.translation + carrier.rotate(by_m));
  if (!goal) fail(command, "the goal lies behind the camera");
  dragTo(*handle, glm::dvec2(rect.left, rect.top) + *goal);
}

void ScriptPlayer::dragActor(const ScriptCommand& command, const Context& context) {
  const std::string& actor = command.words[0];
  const double along = numberIn(command, command.words[1]), across = numberIn(command, command.words[2]);
  const ScreenRect rect = pictureRect(context.state, context.session, context.scene);
  if (sensorNamed(context.session, actor) != nullptr) {
    dragSensor(command, context, rect, {along, across, 0});
    return;
  }
  const auto handle = handleOf(context.session, context.state, rect, actor);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  context.session.select({Thing::Kind::kActor, actor});
  const PlaceTerms terms = placeTerms(context.session.file().text(), actor, context.session.episode()->scenario());
  for (const scenario::Actor& a : context.session.episode()->scenario().actors) {
    if (a.id != actor) continue;
    const glm::dvec2 by = along * terms.along + across * terms.across;
    const glm::dvec3 to = a.worldFromActor.translation + glm::dvec3(by.x, by.y, 0);
    const glm::dvec2 size(rect.right - rect.left, rect.bottom - rect.top);
    const auto target = project(shownCamera(context.session, context.state), size, to);
    if (!target) fail(command, "the goal lies behind the camera");
    const glm::dvec2 goal(rect.left + target->x, rect.top + target->y);
    dragTo(*handle, goal);
    return;
  }
}

FrameFigures ScriptPlayer::figuresOf(const Context& context) {
  return context.state.meter->figures(context.now_s);
}

void ScriptPlayer::check(const ScriptCommand& command, const Context& context) const {
  const Session& session = context.session;
  const std::string& what = command.words[0];
  const std::string value = command.rest.substr(command.rest.find(command.words[1], what.size()));
  const std::string& text = context.session.file().text();
  const auto number = [&](size_t word) {
    if (command.words.size() <= word) fail(command, "a number is missing");
    return numberIn(command, command.words[word]);
  };
  if (what == "text") {
    if (text.find(unescaped(value)) == std::string::npos) fail(command, "the text holds no such thing");
  } else if (what == "no_text") {
    if (text.find(unescaped(value)) != std::string::npos) fail(command, "the text holds it");
  } else if (what == "dirty") {
    const bool isDirty = context.session.file().isDirty();
    if (isDirty != (value == "true")) fail(command, isDirty ? "it is changed" : "it is as saved");
  } else if (what == "errors") {
    if (static_cast<double>(session.errorCount()) != number(1)) {
      std::string found = fmt::format("{} errors", session.errorCount());
      for (const auto& finding : session.rehearsed().findings) found += "; " + finding.message;
      fail(command, found + (session.rehearsed().error.empty() ? "" : "; " + session.rehearsed().error));
    }
  } else if (what == "time") {
    if (std::abs(session.time_s - number(1)) > 1e-6) fail(command, fmt::format("{} s", session.time_s));
  } else if (what == "selected") {
    if (session.selected.id != value) fail(command, "selected is '" + session.selected.id + "'");
  } else if (what == "shows") {
    if (context.ui.places.count(value) == 0) fail(command, "it is not on the screen");
  } else if (what == "runs") {
    const size_t found = context.session.shelf().cards().size();
    if (static_cast<double>(found) != number(1)) fail(command, fmt::format("{} runs", found));
  } else if (what == "verdict") {
    const Verdict* verdict = session.verdictOf(command.words[1]);
    constexpr const char* kNames[] = {"passed", "failed", "skipped", "not_evaluable"};
    const std::string found = verdict == nullptr ? "none" : kNames[static_cast<size_t>(verdict->outcome)];
    if (command.words.size() < 3 || command.words[2] != found)
      fail(command, found + (verdict == nullptr ? session.judge().failure() : "; " + verdictText(*verdict)));
  } else if (what == "at_least") {
    const double found = value.starts_with("fps")     ? figuresOf(context).picturesPerSecond()
                         : value.starts_with("width") ? (context.state.picture ? context.state.picture->width : 0)
                         : value.starts_with("steps") && session.episode() != nullptr
                             ? static_cast<double>(session.episode()->playedSteps())
                             : 0;
    if (found < number(2)) fail(command, fmt::format("{:.1f}", found));
  } else if (what == "at_most") {
    const FrameFigures figures = figuresOf(context);
    const double found = value.starts_with("answer_ms")    ? figures.longestAnswer_ms
                         : value.starts_with("picture_ms") ? figures.longestPicture_ms
                         : value.starts_with("busy_ms")    ? figures.busiest_ms
                                                           : context.state.meter->firstPicture_s().value_or(1e9);
    if (found > number(2)) fail(command, fmt::format("{:.1f}", found));
  } else {
    throw Error(ExitCode::kUsage, fmt::format("script line {}: nobody can assert '{}'", command.line, what),
                "text, no_text, dirty, errors, time, selected, shows, runs, verdict, at_least, at_most");
  }
}

bool ScriptPlayer::begin(const ScriptCommand& command, const Context& context) {
  const std::string& name = command.name;
  Session& session = context.session;
  if (name == "wait_frames") return ++waited_ >= numberIn(command, command.words[0]);
  if (name == "wait_ready")
    return session.isReady() && (!session.rehearsed().isCurrent || session.episode()->isWhole());
  if (name == "wait_judged")
    return session.isReady() && (session.verdicts() != nullptr || !session.judge().failure().empty());
  if (name == "wait_rendered")
    return (session.renderJob() == nullptr || !session.renderJob()->state().isRunning) && !session.shelf().isLooking();
  if (name == "wait_sweep") {
    const auto sweep = session.studio().sweep();
    return sweep != nullptr && sweep->episode == session.episode() && session.shownLidar == sweep->sensor &&
           sweep->frame == session.episode()->frameAt(sweep->sensor, session.time_s);
  }
  if (name == "wait_picture") {
    if (session.isReady() && !session.rehearsed().isCurrent)
      fail(command, "nothing can be drawn: " + session.rehearsed().error);
    if (!context.state.picture || session.episode() == nullptr) return false;
    const Look& drawn = context.state.picture->look;
    return drawn.episode == session.episode() && context.state.picture->level >= levelNamed(command) &&
           drawn.step == session.episode()->stepAt(session.time_s) && drawn.sensor == session.viewedSensor &&
           drawn.clearAir == session.clearAir && drawn.daylight == session.daylight &&
           drawn.flow == (context.state.plane == TruthPlane::kFlow) &&
           drawn.normals == (context.state.plane == TruthPlane::kNormals) &&
           (drawn.sensor || drawn.camera == session.pinhole());
  }
  if (name == "click" || name == "double_click") {
    const auto place = context.ui.places.find(command.words[0]);
    if (place == context.ui.places.end()) return false;
    const ScreenRect& r = place->second;
    moveTo(0.5F * (r.left + r.right), 0.5F * (r.top + r.bottom));
    press(name == "click" ? 1 : 2);
  } else if (name == "drag") {
    dragActor(command, context);
  } else if (name == "turn") {
    turnActor(command, context);
  } else if (name == "key") {
    const Chord chord = parseChord(command.words[0]);
    steps_.push_back([chord](PlayedInput& input) {
      input.keys = {chord.key};
      input.isCtrl = chord.isCtrl;
      input.isShift = chord.isShift;
    });
    steps_.push_back([](PlayedInput& input) {
      input.keys.clear();
      input.isCtrl = input.isShift = false;
    });
  } else if (name == "type") {
    // A few letters a frame, as a fast typist's arrive.
    const std::string text = unescaped(command.rest);
    for (size_t at = 0; at < text.size();) {
      if (text[at] == '\n') {
        ++at;
        steps_.push_back([](PlayedInput& input) { input.keys = {257}; });
        steps_.push_back([](PlayedInput& input) { input.keys.clear(); });
        continue;
      }
      const std::string letters = text.substr(at, std::min({text.find('\n', at) - at, size_t{4}, text.size() - at}));
      at += letters.size();
      steps_.push_back([letters](PlayedInput& input) { input.text = letters; });
    }
  } else if (name == "look") {
    lookUntil_s_ = context.now_s + numberIn(command, command.words[0]);
    looks_ = 0;
  } else if (name == "measure") {
    context.state.meter->begin(command.words[0], context.now_s);
  } else if (name == "scrub") {
    session.isPlaying = false;
    session.scrub(numberIn(command, command.words[0]));
  } else if (name == "screenshot") {
    screenshot_ = command.words[0];
  } else if (name == "save") {
    session.save();
  } else if (name == "quit") {
    context.state.wantsToQuit = true;
  } else if (name == "assert") {
    check(command, context);
  }
  return true;
}

void ScriptPlayer::play(Session& session, WindowState& state, const Ui& ui, const ScreenRect& scene, double now_s,
                        PlayedInput& input) {
  input.isOn = true;
  input.text.clear();
  if (!steps_.empty()) {
    steps_.front()(input);
    steps_.pop_front();
    state.exactMouse = glm::dvec2(input.x, input.y);
    return;
  }
  if (lookUntil_s_ >= 0) {
    if (now_s > lookUntil_s_) lookUntil_s_ = -1;
    lookAround(scene, input);
    state.exactMouse = glm::dvec2(input.x, input.y);
    return;
  }
  if (!screenshot_.empty() || at_ >= commands_.size()) return;
  const ScriptCommand& command = commands_[at_];
  if (since_s_ < 0) since_s_ = now_s;
  if (begin(command, {session, state, ui, scene, now_s})) {
    ++at_;
    waited_ = 0;
    since_s_ = -1;
    return;
  }
  if (now_s - since_s_ > kPatience_s) {
    std::string why = session.rehearsed().error;
    if (!session.studio().failure().empty()) why = session.studio().failure();
    fail(command, fmt::format("it never came ({} s){}{}", kPatience_s, why.empty() ? "" : ": ", why));
  }
}

void ScriptPlayer::afterFrame(const Window& window) {
  if (screenshot_.empty()) return;
  uint32_t width = 0, height = 0;
  const std::vector<uint8_t> rgb = window.pixels(width, height);
  writeFileAtomically(screenshot_, record::encodePng(width, height, rgb, 6));
  screenshot_.clear();
}

}  // namespace nightfog::viewer
