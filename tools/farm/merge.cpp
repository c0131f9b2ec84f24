// Verifies, joins and exports. What it writes is a function of the plan and the episodes' bytes: merging again, or with
// the folders in another order, changes nothing.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/jobs.hpp"
#include "engine/core/version.hpp"
#include "exporters/builtin.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/tries.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

enum class Found { kWhole, kElsewhere, kMissing, kDamaged };

struct Verdict {
  Found found = Found::kMissing;
  size_t from = 0;  ///< of kElsewhere: which folder
};

Verdict lookFor(const simulation::EpisodeIdentity& episode, const simulation::EpisodeStore& out,
                const std::vector<simulation::EpisodeStore>& others) {
  if (out.isComplete(episode, true)) return {Found::kWhole};
  for (size_t i = 0; i < others.size(); ++i) {
    if (others[i].isComplete(episode, true)) return {Found::kElsewhere, i};
  }
  std::error_code error;
  return {fs::exists(out.folder(episode) / "done.json", error) ? Found::kDamaged : Found::kMissing};
}

/// Brings a whole episode into `to`: by link where both are on one file system. done.json comes last.
void bring(const simulation::EpisodeIdentity& episode, const simulation::EpisodeStore& from,
           const simulation::EpisodeStore& to) {
  const fs::path source = from.folder(episode), target = to.begin(episode);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    if (entry.is_regular_file() && entry.path().extension() != ".part" && entry.path() != source / "done.json")
      files.push_back(entry.path());
  }
  files.push_back(source / "done.json");
  for (const fs::path& file : files) {
    const fs::path place = target / file.lexically_relative(source);
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    fs::remove(place, error);
    fs::create_hard_link(file, place, error);
    if (error) writeFileAtomically(place, readFile(file));
  }
  syncFolder(target);
}

/// One line an episode that is not there, and what to do.
std::string listMissing(const Plan& plan, const std::vector<Verdict>& verdicts, const Tries& tries) {
  std::map<std::string, SetAside> setAside;
  for (SetAside& given : tries.setAside()) setAside[given.episode] = std::move(given);
  std::string text;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    const PlannedEpisode& episode = plan.episodes[i];
    if (verdicts[i].found == Found::kWhole) continue;
    const auto given = setAside.find(episode.id);
    const std::string why = given != setAside.end()
                                ? fmt::format("set aside after {} tries: {}\n    reproduce: {}", given->second.tries,
                                              given->second.reason, given->second.command)
                            : verdicts[i].found == Found::kDamaged ? "damaged: its files are not what done.json says"
                                                                   : "missing";
    text += fmt::format("  {}  {}/{}  {}\n", episode.id.substr(0, 16), episode.scenario, episode.run, why);
  }
  return text;
}

uint64_t unmetExpectations(const fs::path& folder) {
  std::error_code error;
  const fs::path file = folder / "expect.json";
  if (!fs::exists(file, error)) return 0;
  const Json json = Json::parse(readFile(file), nullptr, false);
  return json.is_object() ? json.value("unmet", uint64_t{0}) : 0;
}

std::vector<std::pair<std::string, std::string>> exportAll(const MergeArguments& arguments, const Plan& plan,
                                                           const std::vector<size_t>& episodes,
                                                           const simulation::EpisodeStore& store) {
  std::vector<fs::path> records;
  for (const size_t i : episodes) records.push_back(store.folder(identityOf(plan, plan.episodes[i])) / "record.mcap");
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& format : arguments.formats) {
    for (const std::string& name :
         exporters::exportRecords(format, records, arguments.out / format,
                                  {arguments.sensors, arguments.rate_hz, arguments.rectify, arguments.carryMoving, 0},
                                  exporters::Existing::kReplace)) {
      files.emplace_back(format + "/" + name, sha256HexOfFile(arguments.out / format / name));
    }
  }
  return files;
}

Json datasetJson(const Plan& plan, const std::vector<size_t>& episodes, const simulation::EpisodeStore& store,
                 const MergeArguments& arguments, const std::string& root, bool isComplete) {
  uint64_t frames = 0, bytes = 0, unmet = 0;
  std::map<std::string, uint64_t> madeWith;
  Json list = Json::array();
  for (const size_t i : episodes) {
    const PlannedEpisode& episode = plan.episodes[i];
    const auto identity = identityOf(plan, episode);
    const simulation::EpisodeSummary summary = store.summary(identity).value();
    frames += summary.frames;
    bytes += summary.bytes;
    unmet += unmetExpectations(store.folder(identity));
    ++madeWith[fmt::format("{}; {}; {}", summary.device, summary.driver, summary.tracer)];
    list.push_back({{"episode", episode.id},
                    {"scenario", episode.scenario},
                    {"run", episode.run},
                    {"frames", summary.frames},
                    {"bytes", summary.bytes}});
  }
  return {{"format", "nightfog.dataset/1"},
          {"root_sha256", root},
          {"complete", isComplete},
          {"engine_version", engineVersion()},
          {"program", plan.program},
          {"episodes", episodes.size()},
          {"frames", frames},
          {"bytes", bytes},
          {"unmet_expectations", unmet},
          {"made_with", madeWith},
          {"exports", arguments.formats},
          {"list", std::move(list)}};
}

void refuseFormats(const MergeArguments& arguments, const Plan& plan) {
  for (const std::string& format : arguments.formats) {
    if (exporters::findExporter(format) == nullptr)
      throw Error(ExitCode::kUsage, fmt::format("--formats {}: there is no such format", format),
                  "see `nightfog list exporters`");
    for (const PlannedEpisode& episode : plan.episodes) {
      if (episode.scenario == format)
        throw Error(ExitCode::kUsage, fmt::format("the scenario '{}' has the format's folder", format),
                    "export it with `nightfog export -o` elsewhere");
    }
  }
}

}  // namespace

ExitCode merge(const MergeArguments& arguments) {
  std::error_code error;
  if (!fs::is_directory(arguments.out, error))
    throw Error(kNoInput, fmt::format("there is no folder {}", arguments.out.string()),
                "give the folder that `nightfog render --plan … -o` wrote");
  for (const fs::path& from : arguments.from) {
    if (!fs::is_directory(from, error)) throw Error(kNoInput, fmt::format("there is no folder {}", from.string()));
  }
  const Plan plan = readPlan(arguments.plan.empty() ? arguments.out / kPlanName : arguments.plan);
  refuseFormats(arguments, plan);
  const simulation::EpisodeStore store(arguments.out);
  std::vector<simulation::EpisodeStore> others;
  for (const fs::path& from : arguments.from) others.emplace_back(from);

  // Hashing is most of the work: every byte is read once.
  std::vector<Verdict> verdicts(plan.episodes.size());
  Jobs jobs(arguments.threads);
  jobs.parallelFor(verdicts.size(), 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) verdicts[i] = lookFor(identityOf(plan, plan.episodes[i]), store, others);
  });
  std::vector<size_t> whole;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].found == Found::kElsewhere) {
      bring(identityOf(plan, plan.episodes[i]), others[verdicts[i].from], store);
      verdicts[i].found = Found::kWhole;
    }
    if (verdicts[i].found == Found::kWhole) whole.push_back(i);
  }
  const bool isComplete = whole.size() == plan.episodes.size();
  if (!isComplete) {
    fmt::print(stderr, "{} of {} episodes are not whole:\n{}", plan.episodes.size() - whole.size(),
               plan.episodes.size(), listMissing(plan, verdicts, Tries(arguments.out, 1)));
    if (!arguments.allowPartial) {
      fmt::print(stderr, "render the plan again: what is whole is kept. --allow-partial merges what there is.\n");
      return kBadData;
    }
  }
  std::sort(whole.begin(), whole.end(), [&](size_t a, size_t b) { return plan.episodes[a].id < plan.episodes[b].id; });
  const auto exported = exportAll(arguments, plan, whole, store);
  std::vector<simulation::EpisodeIdentity> identities;
  for (const size_t i : whole) {
    identities.push_back(identityOf(plan, plan.episodes[i]));
    store.sweep(identities.back());
  }
  const std::string root = store.writeManifest(identities, exported);
  const Json dataset = datasetJson(plan, whole, store, arguments, root, isComplete);
  writeFileAtomically(arguments.out / "dataset.json", dataset.dump(1) + "\n");
  fmt::print(stderr, "{} episodes, {} frames, {:.1f} MB", whole.size(), dataset.at("frames").get<uint64_t>(),
             dataset.at("bytes").get<double>() / 1e6);
  if (const auto unmet = dataset.at("unmet_expectations").get<uint64_t>(); unmet > 0)
    fmt::print(stderr, ", {} expectations not met", unmet);
  fmt::print(stderr, "\n");
  if (dataset.at("made_with").size() > 1) {
    fmt::print(stderr, "warning: made with {} devices or drivers; labels are equal across them, bytes are not\n",
               dataset.at("made_with").size());
  }
  fmt::print("{}\n", root);
  return ExitCode::kOk;
}

}  // namespace nightfog::farm
