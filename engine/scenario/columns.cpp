#include "engine/scenario/columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/suggest.hpp"
#include "engine/core/files.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr size_t kMostRows = 100'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = std::min(line.find(',', begin), line.size());
    out.emplace_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  return out;
}

std::optional<std::vector<double>> parse(const std::string& text, const Node& file, const std::string& column,
                                         double toSi, Diagnostics& diagnostics) {
  std::vector<double> values;
  std::optional<size_t> index;
  size_t row = 0;
  for (size_t begin = 0; begin < text.size(); ++row) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    if (trimmed(line).empty()) continue;
    const std::vector<std::string> found = cells(line);
    if (!index) {
      const auto at = std::find(found.begin(), found.end(), column);
      if (at == found.end()) {
        diagnostics.error("E0421", file.place(), fmt::format("{} has no column '{}'", file.text, excerpt(column)))
            .withHelp(suggestionHelp(column, found));
        return std::nullopt;
      }
      index = static_cast<size_t>(at - found.begin());
      continue;
    }
    const auto number = *index < found.size() ? parseNumber(found[*index]) : std::nullopt;
    if (!number || values.size() >= kMostRows) {
      diagnostics
          .error("E0205", file.place(),
                 number
                     ? fmt::format("{} has more than {} rows", file.text, kMostRows)
                     : fmt::format("line {} of {} has no number in column '{}'", row + 1, file.text, excerpt(column)))
          .withHelp("the column holds decimal numbers, without units");
      return std::nullopt;
    }
    values.push_back(*number * toSi);
  }
  if (!values.empty()) return values;
  diagnostics.error("E0113", file.place(), fmt::format("{} holds no values", file.text))
      .withHelp("a header line, then numbers");
  return std::nullopt;
}

}  // namespace

ColumnReader columnReader(Roots roots, FileCache& cache) {
  return [roots = std::move(roots), &cache](const Node& file, const std::string& column, double toSi,
                                            Diagnostics& diagnostics) -> std::optional<std::vector<double>> {
    const auto found = FileFinder(roots, cache, diagnostics).find(file);
    if (!found) return std::nullopt;
    std::string text;
    try {
      text = readFile(found->canonical, kMaxFileBytes);
    } catch (const IoError& error) {
      diagnostics.error("E0114", file.place(), error.what())
          .withHelp("check the name; paths are relative to the file that mentions them");
      return std::nullopt;
    }
    return parse(text, file, column, toSi, diagnostics);
  };
}

}  // namespace nightfog::scenario
