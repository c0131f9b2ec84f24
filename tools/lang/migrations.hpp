// Every change of the language that older files can be carried over: one function each, kept for ever.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/document.hpp"

namespace nightfog::lang {

/// Bytes of the text and what replaces them.
struct TextEdit {
  uint32_t begin = 0;
  uint32_t end = 0;
  std::string text;
};

struct Migration {
  std::string_view format;  ///< of the files it looks at
  std::string_view what;    ///< for people
  void (*collect)(const config::Node& root, std::vector<TextEdit>& edits) = nullptr;
};

std::span<const Migration> migrations();
/// The text after every migration that applies, in order; unchanged where none does or it is no YAML.
std::string migrated(const std::string& text, std::vector<std::string>& applied);

}  // namespace nightfog::lang
