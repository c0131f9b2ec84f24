#include "tools/lang/format_text.hpp"

#include <algorithm>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"

namespace nightfog::lang {

using config::Node;
using config::ScalarStyle;

namespace {

struct Span {
  size_t begin = 0;
  size_t end = 0;
};

/// What must not be touched: scalars and keys, and lines of block text.
void collect(const Node& node, std::vector<const Node*>& scalars, std::vector<Span>& keys) {
  if (!node.keyRange.isEmpty()) keys.push_back({node.keyRange.begin, node.keyRange.end});
  if (node.isScalar()) scalars.push_back(&node);
  for (const Node* child : node.children) collect(*child, scalars, keys);
}

/// Number, then a unit: where the number ends; npos when the text is no quantity.
size_t numberEnd(const std::string& text) {
  size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  const size_t digits = i;
  while (i < text.size() && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.')) ++i;
  if (i == digits) return std::string::npos;
  if (i + 1 < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    size_t j = i + 1;
    if (text[j] == '-' || text[j] == '+') ++j;
    const size_t exponent = j;
    while (j < text.size() && text[j] >= '0' && text[j] <= '9') ++j;
    if (j > exponent) i = j;
  }
  return i;
}

/// `30km/h` as `30 km/h`; anything else as it is.
std::string spaced(const std::string& text) {
  const size_t end = numberEnd(text);
  if (end == std::string::npos || end >= text.size()) return text;
  const size_t unit = text.find_first_not_of(' ', end);
  if (unit == std::string::npos) return text;
  return config::findUnit(std::string_view(text).substr(unit)) == nullptr
             ? text
             : text.substr(0, end) + " " + text.substr(unit);
}

/// The tree as text, quantities spaced: equal for texts of equal meaning.
void meaning(const Node& node, std::string& out) {
  out += '(';
  out += node.key;
  out += static_cast<char>('0' + static_cast<int>(node.kind));
  if (node.isScalar()) {
    const bool isPlain = node.style == ScalarStyle::kPlain;
    out += isPlain ? spaced(node.text) : node.text;
    out += isPlain ? '.' : '"';
  }
  for (const Node* child : node.children) meaning(*child, out);
  out += ')';
}

std::string meaningOf(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument(text, "text", diagnostics);
  if (document == nullptr || diagnostics.hasErrors()) return {};
  std::string out;
  meaning(document->root(), out);
  return out;
}

/// Walks the text outside of scalars and keys.
class Formatter {
 public:
  explicit Formatter(const config::Document& document) : text_(document.source().text()) {
    std::vector<const Node*> scalars;
    std::vector<Span> keys;
    collect(document.root(), scalars, keys);
    for (const Node* node : scalars) {
      if (node->style == ScalarStyle::kBlock) {
        addBlock(*node);
      } else {
        fixed_.push_back({{node->range.begin, node->range.end},
                          node->style == ScalarStyle::kPlain ? spaced(node->text) : raw(node->range)});
      }
    }
    for (const Span& key : keys) fixed_.push_back({key, std::string(text_.substr(key.begin, key.end - key.begin))});
    std::sort(fixed_.begin(), fixed_.end(), [](const Fixed& a, const Fixed& b) { return a.span.begin < b.span.begin; });
  }

  std::string run() {
    size_t next = 0;
    for (size_t i = 0; i < text_.size();) {
      while (next < fixed_.size() && fixed_[next].span.begin < i) ++next;
      if (next < fixed_.size() && fixed_[next].span.begin == i) {
        pendSpace();
        out_ += fixed_[next].text;
        i = std::max(i + 1, fixed_[next].span.end);
        isLineStart_ = false;
        continue;
      }
      i = step(i);
    }
    while (!out_.empty() && (out_.back() == '\n' || out_.back() == ' ')) out_.pop_back();
    return out_ + "\n";
  }

 private:
  struct Fixed {
    Span span;
    std::string text;
  };

  std::string raw(config::TextRange range) const {
    return std::string(text_.substr(range.begin, range.end - range.begin));
  }

  /// A block's lines: up to the first line that is indented no deeper than the one the block's key stands in.
  void addBlock(const Node& node) {
    const size_t lineBegin =
        text_.rfind('\n', node.range.begin) == std::string_view::npos ? 0 : text_.rfind('\n', node.range.begin) + 1;
    const size_t indent = text_.find_first_not_of(" -", lineBegin) - lineBegin;
    size_t end = std::min(text_.find('\n', node.range.begin), text_.size());
    size_t lastFull = end;
    while (end < text_.size()) {
      const size_t begin = end + 1;
      const size_t stop = std::min(text_.find('\n', begin), text_.size());
      const size_t first = text_.find_first_not_of(" \r", begin);
      const bool isBlank = first == std::string_view::npos || first >= stop;
      if (!isBlank && first - begin <= indent && first - begin < node.keyRange.begin - lineBegin + 1) break;
      end = stop;
      if (!isBlank) lastFull = stop;
    }
    std::string block(text_.substr(node.range.begin, lastFull - node.range.begin));
    block.erase(std::remove(block.begin(), block.end(), '\r'), block.end());
    fixed_.push_back({{node.range.begin, lastFull}, std::move(block)});
  }

  void pendSpace() {
    if (isLineStart_) {
      out_.append(spaces_, ' ');
    } else if (spaces_ > 0) {
      const char last = out_.empty() ? '\n' : out_.back();
      const bool isAfterOpening = depth_ > 0 && (last == '{' || last == '[');
      out_.append(isAfterOpening ? 0 : depth_ > 0 ? 1 : spaces_, ' ');
    }
    spaces_ = 0;
    isLineStart_ = false;
  }

  size_t step(size_t i) {
    const char c = text_[i];
    if (c == '\r') return i + 1;
    if (c == ' ') {
      ++spaces_;
      return i + 1;
    }
    if (c == '\n') {
      newline();
      return i + 1;
    }
    if (c == '#') return comment(i);
    if (c == ',' && depth_ > 0) {
      spaces_ = isLineStart_ ? spaces_ : 0;
      pendSpace();
      out_ += ',';
      spaces_ = std::max<size_t>(spaces_, followsOnLine(i) ? 1 : 0);
      return i + 1;
    }
    if ((c == '}' || c == ']') && depth_ > 0) {
      if (!isLineStart_) spaces_ = 0;
      pendSpace();
      out_ += c;
      --depth_;
      return i + 1;
    }
    if (c == ':') {
      spaces_ = isLineStart_ ? spaces_ : 0;
      pendSpace();
      out_ += ':';
      return i + 1;
    }
    pendSpace();
    if (c == '{' || c == '[') ++depth_;
    out_ += c;
    return i + 1;
  }

  bool followsOnLine(size_t comma) const {
    const size_t at = text_.find_first_not_of(" \r", comma + 1);
    return at != std::string_view::npos && text_[at] != '\n' && text_[at] != '#';
  }

  void newline() {
    spaces_ = 0;
    isLineStart_ = true;
    const bool isThirdInARow = out_.size() >= 2 && out_[out_.size() - 1] == '\n' && out_[out_.size() - 2] == '\n';
    if (!out_.empty() && !isThirdInARow) out_ += '\n';
  }

  size_t comment(size_t i) {
    // Before a comment at the end of a line its blanks align it with others: they stay, two at least.
    if (!isLineStart_) spaces_ = std::max<size_t>(spaces_, 2);
    out_.append(spaces_, ' ');
    spaces_ = 0;
    isLineStart_ = false;
    const size_t end = std::min(text_.find('\n', i), text_.size());
    std::string text(text_.substr(i, end - i));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.pop_back();
    if (text.size() > 1 && text[1] != ' ' && text[1] != '#' && text[1] != '!') text.insert(1, " ");
    out_ += text;
    return end;
  }

  std::string_view text_;
  std::vector<Fixed> fixed_;
  std::string out_;
  size_t spaces_ = 0;
  size_t depth_ = 0;  ///< of open brackets
  bool isLineStart_ = true;
};

}  // namespace

std::string formatText(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument(text, "text", diagnostics);
  if (document == nullptr || diagnostics.hasErrors()) return text;
  std::string out = Formatter(*document).run();
  const std::string before = meaningOf(text);
  return !before.empty() && meaningOf(out) == before ? out : text;
}

}  // namespace nightfog::lang
