#include <fmt/format.h>

#include <algorithm>

#include "engine/config/diagnostics.hpp"

namespace nightfog::config {

namespace {

const char* severityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kLint:
      return "lint";
  }
  return "error";
}

std::string placeName(const Place& place) {
  return place.isWholeFile() ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

/// The source line and the marks under it. Tabs before the mark are kept so that it lands below its character.
std::string renderLine(const Place& place, char mark, const std::string& text, size_t gutter) {
  std::string under;
  int characters = 0;
  for (size_t i = 0; i < place.lineText.size() && characters < place.column - 1; ++i) {
    const auto c = static_cast<unsigned char>(place.lineText[i]);
    if ((c & 0xc0u) == 0x80u) continue;
    under += c == '\t' ? '\t' : ' ';
    ++characters;
  }
  const int shown = static_cast<int>(characterCount(place.lineText)) - (place.column - 1);
  under += std::string(static_cast<size_t>(std::clamp(place.length, 1, std::max(1, shown))), mark);
  if (!text.empty()) under += " " + text;
  return fmt::format("{:>{}} | {}\n{:>{}} | {}\n", place.line, gutter, place.lineText, "", gutter, under);
}

std::string escapeJson(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string jsonPlace(const Place& place) {
  return fmt::format(R"("file":"{}","line":{},"column":{},"length":{})", escapeJson(place.file), place.line,
                     place.column, place.length);
}

}  // namespace

std::string renderText(const Diagnostic& d) {
  std::string out = fmt::format("{}[{}]: {}\n", severityName(d.severity), d.code, d.message);
  int lastLine = d.place.line;
  for (const Annotation& a : d.related) lastLine = std::max(lastLine, a.place.line);
  const size_t gutter = std::to_string(lastLine).size();
  out += fmt::format("{:>{}}--> {}\n", "", gutter, placeName(d.place));
  if (!d.place.isWholeFile()) {
    out += fmt::format("{:>{}} |\n", "", gutter);
    out += renderLine(d.place, '^', d.label, gutter);
  }
  for (const Annotation& a : d.related) {
    out += fmt::format("{:>{}}::: {}\n", "", gutter, placeName(a.place));
    if (!a.place.isWholeFile()) out += renderLine(a.place, '-', a.text, gutter);
  }
  if (!d.note.empty()) out += fmt::format("{:>{}} = note: {}\n", "", gutter, d.note);
  if (!d.help.empty()) out += fmt::format("{:>{}} = help: {}\n", "", gutter, d.help);
  return out;
}

std::string renderText(const std::vector<Diagnostic>& diagnostics, size_t dropped) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    if (!out.empty()) out += '\n';
    out += renderText(d);
  }
  if (dropped > 0) out += fmt::format("\n… and {} more; mend these first\n", dropped);
  return out;
}

std::string renderJsonLines(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    out += fmt::format(R"({{"severity":"{}","code":"{}","message":"{}",{})", severityName(d.severity), d.code,
                       escapeJson(d.message), jsonPlace(d.place));
    if (!d.label.empty()) out += fmt::format(R"(,"label":"{}")", escapeJson(d.label));
    if (!d.note.empty()) out += fmt::format(R"(,"note":"{}")", escapeJson(d.note));
    if (!d.help.empty()) out += fmt::format(R"(,"help":"{}")", escapeJson(d.help));
    if (!d.related.empty()) {
      out += R"(,"related":[)";
      for (size_t i = 0; i < d.related.size(); ++i) {
        out += fmt::format(R"({}{{{},"text":"{}"}})", i == 0 ? "" : ",", jsonPlace(d.related[i].place),
                           escapeJson(d.related[i].text));
      }
      out += "]";
    }
    out += "}\n";
  }
  return out;
}

}  // namespace nightfog::config
