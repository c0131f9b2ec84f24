// The tags of an XML file of any size, one after the other: what SUMO writes and no more. No document type, no entities
// but XML's five and characters by number. Private to this module.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::fcd {

struct Tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  /// nullptr: it has none of this name.
  const std::string* find(std::string_view attribute) const;
};

/// Fills the buffer with up to so many bytes; 0 at the end. May throw.
using ReadBytes = std::function<size_t(char* to, size_t size)>;

class XmlStream {
 public:
  /// `name` stands in messages.
  XmlStream(std::string name, ReadBytes read);

  /// The next tag that opens, closed at once or not; false at the end of a whole file. Throws Error, with the line, for
  /// what is no XML or more than is allowed: 64 KiB a tag, 64 attributes, 32 levels, 16 GiB.
  bool next(Tag& tag);
  size_t line() const { return line_; }
  const std::string& name() const { return name_; }
  [[noreturn]] void fail(const std::string& what, std::string help = {}) const;

 private:
  int peek();
  int get();
  void skipUntil(std::string_view end);
  void skipSpace();
  std::string readName();
  std::string readValue();
  void appendEntity(std::string& out);

  std::string name_;
  ReadBytes read_;
  std::vector<char> buffer_;
  size_t at_ = 0, end_ = 0;
  size_t total_ = 0;
  size_t line_ = 1;
  size_t tagBytes_ = 0;
  std::vector<std::string> open_;
  bool hadRoot_ = false;
};

}  // namespace nightfog::fcd
