#include "engine/record/preview.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>

#include "engine/core/files.hpp"
#include "engine/record/thumbnails.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"
#include "tools/cli/run_folder.hpp"

namespace nightfog::cli {
namespace {

namespace fs = std::filesystem;
using View = record::PreviewRequest::View;

View viewByName(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, View>, 10> kViews{{{"sheet", View::kSheet},
                                                                      {"top", View::kTop},
                                                                      {"behind", View::kBehind},
                                                                      {"range", View::kRange},
                                                                      {"image", View::kImage},
                                                                      {"depth", View::kDepth},
                                                                      {"semantic", View::kSemantic},
                                                                      {"instance", View::kInstance},
                                                                      {"normal", View::kNormal},
                                                                      {"flow", View::kFlow}}};
  for (const auto& [known, view] : kViews) {
    if (known == name) return view;
  }
  throw Error(ExitCode::kUsage, fmt::format("there is no view '{}'", name), "`nightfog preview --help` lists them");
}

/// Of thumbnails, where a whole sheet would be too small to see.
record::PreviewRequest small(record::PreviewRequest request) {
  if (request.view == View::kSheet) request.view = View::kThumbnail;
  return request;
}

std::string momentText(const record::PreviewPicture& picture) {
  return fmt::format("{}, frame {}, t = {:.2f} s", picture.sensor, picture.frame, picture.reference.seconds());
}

/// One frame of every run, with what the sweep chose.
record::Image sheetOfRuns(const std::vector<RunFolder>& runs, const record::PreviewRequest& request,
                          std::optional<uint32_t> columns) {
  std::vector<record::Thumbnail> pictures;
  std::map<std::vector<std::pair<std::string, std::string>>, uint32_t> cells;
  std::string title;
  for (const RunFolder& run : runs) {
    if (!run.isWhole) continue;
    record::PreviewPicture picture = record::previewPicture(run.path / "record.mcap", request);
    std::string variant;
    for (const auto& [name, value] : run.variant)
      variant += fmt::format("{}{} {}", variant.empty() ? "" : ", ", name, value);
    pictures.push_back({std::move(picture.image), {variant.empty() ? run.run : variant, {}}});
    pictures.back().caption[1] = variant.empty()
                                     ? momentText(picture)
                                     : fmt::format("{}  |  t = {:.2f} s", run.run, picture.reference.seconds());
    ++cells[run.variant];
    if (title.find(run.scenario) == std::string::npos) title += (title.empty() ? "" : ", ") + run.scenario;
  }
  if (pictures.empty()) throw IoError("no run is whole", "render again to resume");
  // A row for each cell where all have as many draws; else one row, or nearly a square.
  const uint32_t draws = cells.begin()->second;
  const bool isEven = cells.size() > 1 && draws > 1 &&
                      std::all_of(cells.begin(), cells.end(), [&](const auto& c) { return c.second == draws; });
  const size_t count = pictures.size();
  const auto across =
      static_cast<uint32_t>(count <= 5 ? count : std::lround(std::ceil(std::sqrt(static_cast<double>(count)))));
  return record::thumbnailSheet(title, pictures, columns.value_or(isEven ? draws : across));
}

/// Several frames of one record.
record::Image sheetOfMoments(const fs::path& path, const PreviewArguments& arguments,
                             const record::PreviewRequest& request) {
  std::vector<record::Thumbnail> pictures;
  for (const uint32_t frame : arguments.frames) {
    record::PreviewRequest one = request;
    one.frame = frame;
    record::PreviewPicture picture = record::previewPicture(path, one);
    const std::string caption = momentText(picture);
    pictures.push_back({std::move(picture.image), {caption}});
  }
  const fs::path run = fs::weakly_canonical(path).parent_path();
  const auto three = static_cast<uint32_t>(std::min<size_t>(pictures.size(), 3));
  return record::thumbnailSheet(run.parent_path().filename().string() + "/" + run.filename().string(), pictures,
                                arguments.columns.value_or(three));
}

}  // namespace

ExitCode preview(const PreviewArguments& arguments) {
  record::PreviewRequest request;
  request.view = viewByName(arguments.view);
  if (const auto colour = record::colourByName(arguments.colour)) request.colour = *colour;
  request.reach_m = arguments.reach_m.value_or(0);
  request.width_px = arguments.width_px.value_or(0);
  request.sensor = arguments.sensor;
  request.frame = arguments.frame;
  std::error_code failed;
  const bool isOfRuns =
      fs::is_directory(arguments.record, failed) && !fs::exists(arguments.record / "record.mcap", failed);
  const std::vector<RunFolder> runs = isOfRuns ? findRuns(arguments.record) : std::vector<RunFolder>{};
  if (!runs.empty() && !arguments.frames.empty())
    throw Error(ExitCode::kUsage, "--frames of several runs", "name one run, or say --frame for a frame of each");
  const std::string png =
      !runs.empty() ? record::encodePng(sheetOfRuns(runs, small(request), arguments.columns))
      : !arguments.frames.empty()
          ? record::encodePng(sheetOfMoments(recordPath(arguments.record), arguments, small(request)))
          : record::previewPng(recordPath(arguments.record), request);
  writeFileAtomically(arguments.out, png);
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
