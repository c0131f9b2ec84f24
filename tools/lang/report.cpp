#include "tools/lang/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/config/codes.hpp"
#include "engine/core/files.hpp"
#include "engine/core/version.hpp"

namespace nightfog::lang {

using config::Diagnostic;
using config::Severity;
using Json = nlohmann::ordered_json;

namespace {

const char* sarifLevel(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kLint:
      return "note";
  }
  return "error";
}

std::string wholeMessage(const Diagnostic& d) {
  std::string out = d.message;
  if (!d.label.empty()) out += " (" + d.label + ")";
  if (!d.note.empty()) out += ". Note: " + d.note;
  if (!d.help.empty()) out += ". Help: " + d.help;
  return out;
}

Json location(const config::Place& place) {
  Json physical{{"artifactLocation", {{"uri", place.file}}}};
  if (!place.isWholeFile())
    physical["region"] = {{"startLine", place.line},
                          {"startColumn", place.column},
                          {"endLine", place.line},
                          {"endColumn", place.column + place.length}};
  return {{"physicalLocation", std::move(physical)}};
}

/// As the workflow commands of GitHub want it.
std::string escaped(const std::string& text, bool isProperty) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\n') {
      out += "%0A";
    } else if (c == '\r') {
      out += "%0D";
    } else if (isProperty && c == ':') {
      out += "%3A";
    } else if (isProperty && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

bool allows(const std::string& line, const std::string& code) {
  const size_t at = line.find("# lint: allow ");
  return at != std::string::npos && line.compare(at + 14, code.size(), code) == 0;
}

}  // namespace

std::string renderSarif(const std::vector<Diagnostic>& findings) {
  Json rules = Json::array(), results = Json::array();
  std::set<std::string> known;
  for (const Diagnostic& d : findings) {
    if (known.insert(d.code).second) {
      const config::CodeInfo* info = config::findCode(d.code);
      rules.push_back({{"id", d.code},
                       {"shortDescription", {{"text", info != nullptr ? std::string(info->title) : d.code}}},
                       {"fullDescription", {{"text", info != nullptr ? std::string(info->explanation) : d.code}}}});
    }
    Json result{{"ruleId", d.code},
                {"level", sarifLevel(d.severity)},
                {"message", {{"text", wholeMessage(d)}}},
                {"locations", Json::array({location(d.place)})}};
    for (const auto& related : d.related) {
      Json at = location(related.place);
      at["message"] = {{"text", related.text}};
      result["relatedLocations"].push_back(std::move(at));
    }
    if (d.fix) {
      Json region{{"startLine", d.place.line},
                  {"startColumn", d.place.column},
                  {"endLine", d.place.line},
                  {"endColumn", d.place.column + d.place.length}};
      result["fixes"] = Json::array(
          {{{"description", {{"text", "write '" + *d.fix + "'"}}},
            {"artifactChanges",
             Json::array({{{"artifactLocation", {{"uri", d.place.file}}},
                           {"replacements",
                            Json::array({{{"deletedRegion", region}, {"insertedContent", {{"text", *d.fix}}}}})}}})}}});
    }
    results.push_back(std::move(result));
  }
  const Json driver{{"name", "nightfog-lang"}, {"version", std::string(engineVersion())}, {"rules", rules}};
  const Json run{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  const Json document{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return document.dump(1) + "\n";
}

std::string renderGithub(const std::vector<Diagnostic>& findings) {
  std::string out;
  for (const Diagnostic& d : findings) {
    const char* kind = d.severity == Severity::kError     ? "error"
                       : d.severity == Severity::kWarning ? "warning"
                                                          : "notice";
    out += fmt::format("::{} file={}", kind, escaped(d.place.file, true));
    if (!d.place.isWholeFile())
      out += fmt::format(",line={},col={},endColumn={}", d.place.line, d.place.column, d.place.column + d.place.length);
    out += fmt::format(",title={}::{}\n", d.code, escaped(wholeMessage(d), false));
  }
  return out;
}

void printFindings(const std::vector<Diagnostic>& findings, ReportFormat format) {
  switch (format) {
    case ReportFormat::kText:
      fmt::print(stderr, "{}", config::renderText(findings));
      return;
    case ReportFormat::kJson:
      fmt::print("{}", config::renderJsonLines(findings));
      return;
    case ReportFormat::kSarif:
      fmt::print("{}", renderSarif(findings));
      return;
    case ReportFormat::kGithub:
      fmt::print("{}", renderGithub(findings));
      return;
  }
}

std::vector<Diagnostic> withoutAllowed(const std::vector<Diagnostic>& findings) {
  std::map<std::string, std::vector<std::string>> lines;
  const auto lineBefore = [&](const config::Place& place) -> std::string {
    const auto [at, isNew] = lines.try_emplace(place.file);
    if (isNew) {
      try {
        const std::string text = readFile(place.file);
        for (size_t begin = 0; begin < text.size();) {
          const size_t end = std::min(text.find('\n', begin), text.size());
          at->second.push_back(text.substr(begin, end - begin));
          begin = end + 1;
        }
      } catch (const IoError&) {  // the finding itself says what is wrong with the file
      }
    }
    const auto index = static_cast<size_t>(place.line) - 2;
    if (place.line < 2 || index >= at->second.size()) return {};
    const std::string& line = at->second[index];
    const size_t first = line.find_first_not_of(' ');
    return first != std::string::npos && line[first] == '#' ? line : std::string();
  };
  std::vector<Diagnostic> kept;
  for (const Diagnostic& d : findings) {
    const bool isAllowed =
        d.severity != Severity::kError && (allows(d.place.lineText, d.code) || allows(lineBefore(d.place), d.code));
    if (!isAllowed) kept.push_back(d);
  }
  return kept;
}

std::string applyFixes(const std::string& text, const std::string& file, const std::vector<Diagnostic>& findings,
                       size_t& count) {
  // Places count bytes after a byte-order mark.
  const size_t shift = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  std::vector<const Diagnostic*> fixes;
  for (const Diagnostic& d : findings) {
    if (d.fix && d.place.file == file && !d.place.isWholeFile()) fixes.push_back(&d);
  }
  std::sort(fixes.begin(), fixes.end(),
            [](const Diagnostic* a, const Diagnostic* b) { return a->place.bytes.begin > b->place.bytes.begin; });
  std::string out = text;
  size_t limit = out.size();
  count = 0;
  for (const Diagnostic* d : fixes) {
    const size_t begin = d->place.bytes.begin + shift, end = d->place.bytes.end + shift;
    if (end > limit || begin > end) continue;  // overlaps one that was applied
    out.replace(begin, end - begin, *d->fix);
    limit = begin;
    ++count;
  }
  return out;
}

}  // namespace nightfog::lang
