#include "tools/viewer/script.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>

#include "engine/core/error.hpp"

namespace nightfog::viewer {
namespace {

constexpr size_t kAny = 99;
struct Arity {
  size_t least, most;
};

const std::map<std::string, Arity>& commands() {
  static const std::map<std::string, Arity> known{
      {"wait_frames", {1, 1}},  {"wait_ready", {0, 0}}, {"wait_judged", {0, 0}},  {"wait_rendered", {0, 0}},
      {"wait_picture", {0, 1}}, {"click", {1, 1}},      {"double_click", {1, 1}}, {"drag", {3, 3}},
      {"turn", {2, 2}},         {"key", {1, 1}},        {"type", {1, kAny}},      {"scrub", {1, 1}},
      {"wait_sweep", {0, 0}},   {"look", {1, 1}},       {"measure", {1, 1}},      {"screenshot", {1, 1}},
      {"save", {0, 0}},         {"quit", {0, 0}},       {"assert", {2, kAny}}};
  return known;
}

}  // namespace

std::vector<ScriptCommand> parseScript(const std::string& text) {
  std::vector<ScriptCommand> out;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::istringstream words(line);
    ScriptCommand command;
    command.line = number;
    if (!(words >> command.name) || command.name.front() == '#') continue;
    const size_t begin = line.find(command.name) + command.name.size();
    const size_t rest = line.find_first_not_of(' ', begin);
    command.rest = rest == std::string::npos ? "" : line.substr(rest);
    for (std::string word; words >> word;) command.words.push_back(word);
    const auto known = commands().find(command.name);
    if (known == commands().end()) {
      std::string names;
      for (const auto& [name, arity] : commands()) names += (names.empty() ? "" : ", ") + name;
      throw Error(ExitCode::kUsage, fmt::format("script line {}: there is no command '{}'", number, command.name),
                  "one of: " + names);
    }
    if (command.words.size() < known->second.least || command.words.size() > known->second.most)
      throw Error(ExitCode::kUsage,
                  fmt::format("script line {}: '{}' with {} words", number, command.name, command.words.size()),
                  "`nightfog view --help` and tools/viewer/README.md show each command");
    out.push_back(std::move(command));
  }
  return out;
}

Chord parseChord(const std::string& text) {
  // Numbers of GLFW 3, which are part of its interface.
  static const std::map<std::string, int> names{
      {"space", 32},    {"escape", 256},    {"enter", 257}, {"tab", 258},  {"backspace", 259},
      {"delete", 261},  {"right", 262},     {"left", 263},  {"down", 264}, {"up", 265},
      {"page_up", 266}, {"page_down", 267}, {"home", 268},  {"end", 269}};
  Chord chord;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '+');) {
    const bool isFunction =
        part.size() >= 2 && part[0] == 'f' && part.find_first_not_of("0123456789", 1) == std::string::npos;
    if (part == "ctrl") {
      chord.isCtrl = true;
    } else if (part == "shift") {
      chord.isShift = true;
    } else if (const auto named = names.find(part); named != names.end()) {
      chord.key = named->second;
    } else if (isFunction && std::stoi(part.substr(1, 2)) <= 12) {
      chord.key = 289 + std::stoi(part.substr(1, 2));
    } else if (part.size() == 1 && part[0] >= 'a' && part[0] <= 'z') {
      chord.key = part[0] - 'a' + 'A';
    } else if (part.size() == 1 && part[0] > ' ' && part[0] <= '9') {
      chord.key = part[0];
    } else {
      throw Error(ExitCode::kUsage, fmt::format("there is no key '{}'", part), "such as ctrl+z, space, left, f5");
    }
  }
  if (chord.key == 0) throw Error(ExitCode::kUsage, fmt::format("'{}' names no key", text), "such as ctrl+z");
  return chord;
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool isEscape = text[i] == '\\' && i + 1 < text.size();
    if (isEscape) ++i;
    out += isEscape && text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

}  // namespace nightfog::viewer
