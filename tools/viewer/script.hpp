// Scripts that play a session with mouse and keyboard: one command a line, `#` begins a comment.
//
//   wait_frames N | wait_ready | wait_judged | wait_rendered | wait_picture [coarse|half|whole|finest]
//   wait_sweep
//   click ID | double_click ID | drag ACTOR DS DT | turn ACTOR DEGREES | key CHORD | type TEXT | scrub T
//   look SECONDS | measure NAME | screenshot FILE | save | quit
//   assert text TEXT | assert no_text TEXT | assert dirty true | assert errors N | assert time T | assert selected ID
//   assert shows ID | assert runs N | assert verdict ID passed|failed|skipped|none
//   assert at_least fps|width|steps N | assert at_most answer_ms|picture_ms|busy_ms|first_picture_s N
//
// `drag` moves an actor's handle by metres along and across, in the terms of its place, or a sensor's ahead and to the
// left of its carrier; `turn` moves the handle that
// turns it, to the left. `type` understands \n. `look` turns the camera to and fro with the right button. Figures (fps
// and what may be at most) are of the stretch since the last `measure`: frame_meter.hpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nightfog::viewer {

struct ScriptCommand {
  int line = 0;
  std::string name;
  std::vector<std::string> words;  ///< after the name
  std::string rest;                ///< all of them as one, blanks and escapes as written
};

/// Throws Error (usage) with the line for a command that there is not, or with the wrong number of words.
std::vector<ScriptCommand> parseScript(const std::string& text);

/// "ctrl+shift+z", "space", "f5": keys as GLFW numbers them.
struct Chord {
  int key = 0;
  bool isCtrl = false, isShift = false;
};
/// Throws Error (usage) for what is no key.
Chord parseChord(const std::string& text);
/// `\n` and `\\` as what they stand for.
std::string unescaped(const std::string& text);

}  // namespace nightfog::viewer
