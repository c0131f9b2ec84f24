#include "tools/viewer/run_shelf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "engine/config/document.hpp"
#include "engine/core/error.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/thumbnails.hpp"
#include "engine/scenario/template.hpp"
#include "tools/viewer/judge.hpp"

namespace nightfog::viewer {
namespace {

namespace fs = std::filesystem;
constexpr uint32_t kThumbnail_px = 320;
constexpr uint32_t kMostRuns = 200;  ///< that are named by the scenario in hand

struct Range {
  double least = std::numeric_limits<double>::infinity(), most = 0, sum = 0;
  void add(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
    sum += value;
  }
};

std::string variantOf(const fs::path& resolved) {
  config::Diagnostics ignored;
  std::string out;
  const auto document = config::loadDocument(resolved, ignored);
  const config::Node* variant = document == nullptr ? nullptr : document->root().find("variant");
  if (variant == nullptr || !variant->isMap()) return out;
  for (const config::Node* value : variant->children)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", value->key, value->text);
  return out;
}

/// The frame of the first sensor that stands nearest to an instant.
std::optional<uint32_t> frameNear(const fs::path& file, double time_s) {
  record::EpisodeReader reader(file);
  const auto& sensors = reader.episode().sensors;
  const auto camera = std::find_if(sensors.begin(), sensors.end(), [](const auto& s) { return s.camera.has_value(); });
  const auto& shown = camera == sensors.end() ? sensors.begin() : camera;
  if (shown == sensors.end()) return std::nullopt;
  const size_t count = reader.frameCount(shown->id);
  std::optional<uint32_t> best;
  double nearest = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < count; ++i) {
    const double apart = std::abs(reader.labels(shown->id, i).reference.seconds() - time_s);
    if (apart >= nearest) break;  // frames ascend
    nearest = apart;
    best = reader.frameNumbers(shown->id)[i];
  }
  return best;
}

std::shared_ptr<const RunCard> cardOf(const fs::path& folder, double time_s) {
  auto card = std::make_shared<RunCard>();
  card->folder = folder;
  card->run = folder.filename().string();
  card->variant = variantOf(folder / "resolved.scn.yaml");
  std::error_code failed;
  if (fs::exists(folder / "expect.json", failed)) {
    for (const Verdict& verdict : readVerdicts(folder / "expect.json")) {
      const bool isHeld = verdict.outcome == Verdict::Outcome::kPassed || verdict.outcome == Verdict::Outcome::kSkipped;
      ++(isHeld || verdict.isWarning ? card->held : card->unmet);
    }
  }
  const fs::path file = folder / "record.mcap";
  card->statistics = labelStatistics(file);
  card->statistics["expectations unmet"] = static_cast<double>(card->unmet);
  record::PreviewRequest request;
  request.view = record::PreviewRequest::View::kThumbnail;
  request.frame = frameNear(file, time_s);
  card->thumbnail = std::make_shared<const record::Image>(
      record::reduced(record::previewPicture(file, request).image, kThumbnail_px, record::Reduce::kMean));
  return card;
}

/// Which run of the text is called what.
std::map<std::string, uint32_t> indicesOf(const Manuscript& manuscript, const lang::InstalledLibrary& library,
                                          const std::atomic<bool>& isCalledOff) {
  std::map<std::string, uint32_t> out;
  try {
    const auto chosen =
        scenario::parseScenarioTemplate(manuscript.text, manuscript.file, library.forFile(manuscript.file));
    const auto count = static_cast<uint32_t>(chosen.isSweep() ? std::min<uint64_t>(chosen.runCount(), kMostRuns)
                                                              : uint64_t{manuscript.run} + 1);
    for (uint32_t run = 0; run < count && !isCalledOff; ++run)
      out[scenario::sample(chosen, manuscript.seed, run).runId()] = run;
  } catch (const std::exception&) {
    return out;  // a text with errors has no runs
  }
  return out;
}

}  // namespace

std::map<std::string, double> labelStatistics(const fs::path& record) {
  std::map<std::string, double> out;
  record::EpisodeReader reader(record);
  for (const record::SensorInfo& sensor : reader.episode().sensors) {
    std::map<std::string, Range> ranges;
    const size_t count = reader.frameCount(sensor.id);
    for (size_t i = 0; i < count; ++i) {
      const record::FrameLabels labels = reader.labels(sensor.id, i);
      const auto nameOf = [&](ObjectId id) -> std::string {
        for (const record::ObjectTruth& truth : labels.objects) {
          if (truth.id == id) return truth.name;
        }
        return {};
      };
      for (const record::LidarObjectVisibility& seen : labels.lidar)
        ranges[fmt::format("{}: points on {}", sensor.id, nameOf(seen.object))].add(seen.hits);
      for (const record::CameraObjectVisibility& seen : labels.camera) {
        if (seen.totalPixels == 0) continue;
        ranges[fmt::format("{}: visible part of {}", sensor.id, nameOf(seen.object))].add(
            static_cast<double>(seen.visiblePixels) / seen.totalPixels);
      }
    }
    for (const auto& [name, range] : ranges) {
      out[name + ", most"] = range.most;
      out[name + ", least"] = range.least;
      out[name + ", mean"] = range.sum / static_cast<double>(std::max<size_t>(count, 1));
    }
  }
  out["collisions"] = static_cast<double>(reader.collisions().size());
  return out;
}

RunShelf::~RunShelf() {
  stop();
}

void RunShelf::stop() {
  isCalledOff_ = true;
  if (thread_.joinable()) thread_.join();
  isCalledOff_ = false;
}

void RunShelf::look(const fs::path& folder, double time_s, Manuscript manuscript, bool forget) {
  stop();
  if (forget) {
    const std::lock_guard lock(mutex_);
    cards_.clear();
  }
  isLooking_ = true;
  thread_ = std::thread([this, folder, time_s, manuscript = std::move(manuscript)] {
    try {
      read(folder, time_s, manuscript);
    } catch (const std::exception&) {
      // What cannot be read is not shown: `inspect` says why.
    }
    isLooking_ = false;
  });
}

void RunShelf::read(const fs::path& folder, double time_s, const Manuscript& manuscript) {
  const std::map<std::string, uint32_t> indices = indicesOf(manuscript, library_, isCalledOff_);
  std::set<fs::path> folders;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (fs::exists(entry.path() / "done.json", failed)) folders.insert(fs::absolute(entry.path()));
  }
  std::vector<std::shared_ptr<const RunCard>> known = cards();
  std::vector<std::shared_ptr<const RunCard>> found;
  for (const fs::path& run : folders) {
    if (isCalledOff_) return;
    const auto old = std::find_if(known.begin(), known.end(), [&](const auto& card) { return card->folder == run; });
    std::shared_ptr<RunCard> card;
    try {
      card = std::make_shared<RunCard>(old == known.end() ? *cardOf(run, time_s) : **old);
    } catch (const Error&) {
      continue;
    }
    const auto index = indices.find(card->run);
    card->index = index == indices.end() ? std::nullopt : std::optional<uint32_t>(index->second);
    found.push_back(std::move(card));
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a->index.value_or(~0U) < b->index.value_or(~0U); });
    const std::lock_guard lock(mutex_);
    cards_ = found;
  }
  const std::lock_guard lock(mutex_);
  cards_ = std::move(found);
}

std::vector<std::shared_ptr<const RunCard>> RunShelf::cards() const {
  const std::lock_guard lock(mutex_);
  return cards_;
}

std::vector<std::string> RunShelf::statistics() const {
  std::set<std::string> names;
  for (const auto& card : cards()) {
    for (const auto& [name, value] : card->statistics) names.insert(name);
  }
  return {names.begin(), names.end()};
}

}  // namespace nightfog::viewer
