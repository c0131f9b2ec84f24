#include "tools/viewer/script_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

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

/// On standard output, at once: whoever started the script waits for it.
void say(const std::string& words) {
  std::fputs((words + "\n").c_str(), stdout);
  std::fflush(stdout);
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

void ScriptPlayer::fail(const ScriptCommand& command, const std::string& found) {
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
  const ScreenRect rect = pictureRect(context.state, context.session(), context.scene);
  context.session().select({Thing::Kind::kActor, actor});
  const auto handle = turnHandleOf(context.session(), context.state, rect, actor);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  const glm::dvec2 corner(rect.left, rect.top), size(rect.right - rect.left, rect.bottom - rect.top);
  const Pinhole camera = shownCamera(context.session(), context.state);
  for (const scenario::Actor& a : context.session().episode()->scenario().actors) {
    if (a.id != actor) continue;
    const glm::dvec3 middle = a.worldFromActor.translation;
    // A hand stands on whole pixels: it takes the handle on one, and goes as far out as it can, where one turns least.
    const glm::dvec2 grip = glm::round(*handle);
    const auto ground = onLevel(camera, rayThrough(camera, size, grip - corner), middle.z);
    if (!ground) fail(command, "the handle is not above the ground");
    std::optional<glm::dvec2> goal;
    for (const double out : {8.0, 6.0, 4.0, 3.0, 2.0, 1.0}) {
      goal = project(camera, size, RigidTransform::fromYawPitchRoll(middle, angle_rad, 0) * (out * (*ground - middle)));
      if (goal && isInside(rect, corner + *goal)) break;
    }
    if (!goal) fail(command, "the goal lies behind the camera");
    dragTo(grip, glm::round(corner + *goal));
  }
}

void ScriptPlayer::dragSensor(const ScriptCommand& command, const Context& context, const ScreenRect& rect,
                              const glm::dvec3& by_m) {
  const scenario::SensorMount& mount = *sensorNamed(context.session(), command.words[0]);
  context.session().select({Thing::Kind::kSensor, mount.id});
  const auto handle = sensorHandleOf(context.session(), context.state, rect, mount.id, false);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  const RigidTransform carrier = *carrierOf(context.session(), mount);
  const glm::dvec2 size(rect.right - rect.left, rect.bottom - rect.top);
  const auto goal = project(shownCamera(context.session(), context.state), size,
                            carrier * mount.vehicleFromSensor.translation + carrier.rotate(by_m));
  if (!goal) fail(command, "the goal lies behind the camera");
  dragTo(*handle, glm::dvec2(rect.left, rect.top) + *goal);
}

glm::dvec2 ScriptPlayer::goalOf(const ScriptCommand& command, const Context& context) {
  const std::string& actor = command.words[0];
  const double along = numberIn(command, command.words[1]), across = numberIn(command, command.words[2]);
  const ScreenRect rect = pictureRect(context.state, context.session(), context.scene);
  const scenario::Scenario& scenario = context.session().episode()->scenario();
  const PlaceTerms terms = placeTerms(context.session().file().text(), actor, scenario);
  const auto self = std::find_if(scenario.actors.begin(), scenario.actors.end(),
                                 [&](const scenario::Actor& candidate) { return candidate.id == actor; });
  if (self == scenario.actors.end()) fail(command, "there is no such actor");
  const glm::dvec2 by = along * terms.along + across * terms.across;
  const glm::dvec3 to = self->worldFromActor.translation + glm::dvec3(by.x, by.y, 0);
  const glm::dvec2 size(rect.right - rect.left, rect.bottom - rect.top);
  const auto target = project(shownCamera(context.session(), context.state), size, to);
  if (!target) fail(command, "the goal lies behind the camera");
  return {rect.left + target->x, rect.top + target->y};
}

void ScriptPlayer::dragActor(const ScriptCommand& command, const Context& context) {
  const std::string& actor = command.words[0];
  const ScreenRect rect = pictureRect(context.state, context.session(), context.scene);
  if (sensorNamed(context.session(), actor) != nullptr) {
    dragSensor(command, context, rect, {numberIn(command, command.words[1]), numberIn(command, command.words[2]), 0});
    return;
  }
  const auto handle = handleOf(context.session(), context.state, rect, actor);
  if (!handle || !isInside(rect, *handle)) fail(command, "its handle is not on the screen");
  context.session().select({Thing::Kind::kActor, actor});
  dragTo(*handle, goalOf(command, context));
}

FrameFigures ScriptPlayer::figuresOf(const Context& context) {
  return context.state.meter->figures(context.now_s);
}

std::string ScriptPlayer::objection(const ScriptCommand& command, const Context& context) {
  const std::string& what = command.words[0];
  const std::string value = command.rest.substr(command.rest.find(command.words[1], what.size()));
  const auto number = [&](size_t word) {
    if (command.words.size() <= word) fail(command, "a number is missing");
    return numberIn(command, command.words[word]);
  };
  if (what == "shows") return context.ui.places.count(value) == 0 ? "it is not on the screen" : "";
  if (what == "hides") return context.ui.places.count(value) != 0 ? "it is on the screen" : "";
  const Session& session = context.session();
  const std::string& text = context.session().file().text();
  if (what == "text")
    return text.find(unescaped(value)) == std::string::npos ? "the text holds no such thing:\n" + text.substr(0, 4000)
                                                            : "";
  if (what == "no_text") return text.find(unescaped(value)) != std::string::npos ? "the text holds it" : "";
  if (what == "dirty") {
    const bool isDirty = context.session().file().isDirty();
    return isDirty == (value == "true") ? "" : isDirty ? "it is changed" : "it is as saved";
  }
  if (what == "errors") {
    if (static_cast<double>(session.errorCount()) == number(1)) return {};
    std::string found = fmt::format("{} errors", session.errorCount());
    for (const auto& finding : session.rehearsed().findings) found += "; " + finding.message;
    return found + (session.rehearsed().error.empty() ? "" : "; " + session.rehearsed().error);
  }
  if (what == "time")
    return std::abs(session.time_s - number(1)) > 1e-6 ? fmt::format("{} s", session.time_s) : std::string();
  if (what == "selected") return session.selected.id == value ? "" : "selected is '" + session.selected.id + "'";
  if (what == "runs") {
    const size_t found = context.session().shelf().cards().size();
    return static_cast<double>(found) == number(1) ? std::string() : fmt::format("{} runs", found);
  }
  if (what == "verdict") {
    const Verdict* verdict = session.verdictOf(command.words[1]);
    constexpr const char* kNames[] = {"passed", "failed", "skipped", "not_evaluable"};
    const std::string found = verdict == nullptr ? "none" : kNames[static_cast<size_t>(verdict->outcome)];
    if (command.words.size() >= 3 && command.words[2] == found) return {};
    return found + (verdict == nullptr ? session.judge().failure() : "; " + verdictText(*verdict));
  }
  if (what == "at_least") {
    const double found = value.starts_with("fps")     ? figuresOf(context).picturesPerSecond()
                         : value.starts_with("width") ? (context.state.picture ? context.state.picture->width : 0)
                         : value.starts_with("steps") && session.episode() != nullptr
                             ? static_cast<double>(session.episode()->playedSteps())
                             : 0;
    return found < number(2) ? fmt::format("{:.1f}", found) : std::string();
  }
  if (what == "at_most") {
    const FrameFigures figures = figuresOf(context);
    const double found = value.starts_with("answer_ms")    ? figures.longestAnswer_ms
                         : value.starts_with("picture_ms") ? figures.longestPicture_ms
                         : value.starts_with("busy_ms")    ? figures.busiest_ms
                                                           : context.state.meter->firstPicture_s().value_or(1e9);
    return found > number(2) ? fmt::format("{:.1f}", found) : std::string();
  }
  throw Error(ExitCode::kUsage, fmt::format("script line {}: nobody can assert '{}'", command.line, what),
              "text, no_text, dirty, errors, time, selected, shows, hides, runs, verdict, at_least, at_most");
}

void ScriptPlayer::typeText(const std::string& text) {
  // A few letters a frame, as a fast typist's arrive.
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
}

/// What needs no file. nullopt: it is something else.
std::optional<bool> ScriptPlayer::beginAnywhere(const ScriptCommand& command, const Context& context) {
  const std::string& name = command.name;
  if (name == "open") {
    if (++waited_ == 1) context.state.toOpen = command.rest;
    if (context.state.toOpen) return false;
    if (context.opened == nullptr || context.session().file().path() != command.rest)
      fail(command, "it cannot be read");
    return context.session().isChecked();
  }
  if (name == "wait_frames") return ++waited_ >= numberIn(command, command.words[0]);
  if (name == "click" || name == "double_click") {
    const auto place = context.ui.places.find(command.words[0]);
    if (place == context.ui.places.end()) return false;
    if (context.ui.hidden.count(command.words[0]) != 0) {
      context.ui.scrollTo = command.words[0];
      return false;
    }
    const ScreenRect& r = place->second;
    moveTo(0.5F * (r.left + r.right), 0.5F * (r.top + r.bottom));
    press(name == "click" ? 1 : 2);
  } else if (name == "pull") {
    const auto place = context.ui.places.find(command.words[0]);
    if (place == context.ui.places.end()) return false;
    const ScreenRect& r = place->second;
    const glm::dvec2 from(0.5 * (r.left + r.right), 0.5 * (r.top + r.bottom));
    dragTo(from, from + glm::dvec2(numberIn(command, command.words[1]), numberIn(command, command.words[2])));
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
    typeText(unescaped(command.rest));
  } else if (name == "screenshot") {
    screenshot_ = command.words[0];
  } else if (name == "print") {
    say(command.rest);
  } else if (name == "quit") {
    context.state.wantsToQuit = true;
  } else {
    return std::nullopt;
  }
  return true;
}

bool ScriptPlayer::begin(const ScriptCommand& command, const Context& context) {
  if (const auto begun = beginAnywhere(command, context)) return *begun;
  const std::string& name = command.name;
  const bool isOfWindow = !command.words.empty() && (command.words[0] == "shows" || command.words[0] == "hides");
  if (context.opened == nullptr && !isOfWindow) fail(command, "no file is open");
  if (name == "assert" || name == "await") {
    const std::string found = objection(command, context);
    if (name == "assert" && !found.empty()) fail(command, found);
    return found.empty();
  }
  Session& session = context.session();
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
  if (name == "drag") {
    dragActor(command, context);
  } else if (name == "turn") {
    turnActor(command, context);
  } else if (name == "where") {
    const std::string& id = command.words[0];
    const auto place = context.ui.places.find(id);
    std::optional<glm::dvec2> at;
    if (command.words.size() == 3)
      at = goalOf(command, context);
    else if (place != context.ui.places.end())
      at = 0.5 * glm::dvec2(place->second.left + place->second.right, place->second.top + place->second.bottom);
    else
      at = handleOf(session, context.state, pictureRect(context.state, session, context.scene), id);
    if (!at) fail(command, "it is not on the screen");
    say(fmt::format("{} {:.0f} {:.0f}", id, at->x, at->y));
  } else if (name == "look") {
    lookUntil_s_ = context.now_s + numberIn(command, command.words[0]);
    looks_ = 0;
  } else if (name == "measure") {
    context.state.meter->begin(command.words[0], context.now_s);
  } else if (name == "scrub") {
    session.isPlaying = false;
    session.scrub(numberIn(command, command.words[0]));
  } else if (name == "save") {
    session.save();
  }
  return true;
}

void ScriptPlayer::play(Session* session, WindowState& state, Ui& ui, const ScreenRect& scene, double now_s,
                        PlayedInput& input) {
  input.isOn = !isForHands_;
  input.text.clear();
  if (!steps_.empty()) {
    isForHands_ = false;
    input.isOn = true;
    steps_.front()(input);
    steps_.pop_front();
    state.exactMouse = glm::dvec2(input.x, input.y);
    return;
  }
  if (lookUntil_s_ >= 0) {
    isForHands_ = false;
    input.isOn = true;
    if (now_s > lookUntil_s_) lookUntil_s_ = -1;
    lookAround(scene, input);
    state.exactMouse = glm::dvec2(input.x, input.y);
    return;
  }
  if (!screenshot_.empty() || at_ >= commands_.size()) return;
  const ScriptCommand& command = commands_[at_];
  if (since_s_ < 0) since_s_ = now_s;
  if (command.name == "await") {
    isForHands_ = true;
    state.exactMouse.reset();
  }
  if (begin(command, {session, state, ui, scene, now_s})) {
    ++at_;
    waited_ = 0;
    since_s_ = -1;
    return;
  }
  if (now_s - since_s_ > kPatience_s) {
    std::string why = session == nullptr ? "" : session->rehearsed().error;
    if (session != nullptr && !session->studio().failure().empty()) why = session->studio().failure();
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
