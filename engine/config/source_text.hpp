// The text of one file and places in it: byte ranges inside, line and column (counted in characters, from 1) outside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::config {

/// Half-open byte range of a source text.
struct TextRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool isEmpty() const { return end <= begin; }
};

/// A place that outlives the file it was found in: all a message needs, by value.
struct Place {
  std::string file;
  int line = 0;    ///< from 1; 0: the file as a whole
  int column = 0;  ///< from 1, counted in UTF-8 characters
  int length = 1;  ///< characters to underline, on that line
  TextRange bytes;
  std::string lineText;  ///< without its line break; long lines are cut

  bool isWholeFile() const { return line == 0; }
};

/// A file's name and text, with its lines found.
class SourceText {
 public:
  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  /// Byte offset to the place; ranges over several lines are underlined to the end of their first.
  Place place(TextRange range) const;
  /// The bytes of the line (from 0) without its break.
  TextRange line(size_t index) const;
  size_t lineOf(uint32_t offset) const;
  size_t lineCount() const { return lineStarts_.size(); }

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> lineStarts_;
};

/// The beginning of user text for a message: at most about 60 bytes, cut between characters.
std::string excerpt(std::string_view utf8);
/// Characters (code points) of valid UTF-8.
size_t characterCount(std::string_view utf8);
/// Byte offset of the first thing that is not UTF-8; npos: all is well.
size_t findInvalidUtf8(std::string_view text);

}  // namespace nightfog::config
