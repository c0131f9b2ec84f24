#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "engine/core/files.hpp"
#include "engine/core/random.hpp"
#include "tests/temporary_folder.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/shard.hpp"
#include "tools/farm/tries.hpp"

using namespace nightfog;
using nightfog::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

farm::Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string shardText(const std::string& text, const farm::Environment& variables) {
  return farm::shardFromText(text, variables).text();
}

farm::Plan smallPlan(const fs::path& folder) {
  farm::Plan plan{std::string(64, 'a'), true, simulation::FrameRange{1, 4}, 7, {}};
  plan.episodes.push_back(
      {std::string(64, '1'), "street", "r0000-abc", (folder / "s" / "street.scn.yaml").string(), 0, 10, 200});
  plan.episodes.push_back({std::string(64, '2'), "street", "r0001-def", "data:scenarios/x.scn.yaml", 1, 10, 300});
  return plan;
}

}  // namespace

TEST_CASE("Shards cover every episode once, keep neighbours together, and differ in cost by less than two episodes") {
  // The statement is proved on random costs; the sum over shards and the order are checked by counting.
  for (uint64_t round = 0; round < 200; ++round) {
    RandomSource random(20261121, round, "shards");
    std::vector<uint64_t> costs(1 + random.below(60));
    for (auto& cost : costs) cost = 1 + random.below(1000);
    const auto count = static_cast<uint32_t>(1 + random.below(12));
    const auto shards = farm::shardOfEach(costs, count);
    REQUIRE(shards.size() == costs.size());
    CHECK(std::is_sorted(shards.begin(), shards.end()));
    CHECK(shards.back() < count);
    const uint64_t most = *std::max_element(costs.begin(), costs.end());
    std::vector<uint64_t> sums(count, 0);
    for (size_t i = 0; i < costs.size(); ++i) sums[shards[i]] += costs[i];
    const auto [least, greatest] = std::minmax_element(sums.begin(), sums.end());
    CHECK(*greatest - *least < 2 * most);
  }
  CHECK(farm::shardOfEach({}, 3).empty());
  CHECK(farm::shardOfEach({0, 0}, 2) == std::vector<uint32_t>{0, 1});
  const uint64_t huge = UINT64_MAX / 2;
  CHECK(farm::shardOfEach({huge, huge, huge, huge}, 4) == std::vector<uint32_t>{0, 1, 2, 3});
}

TEST_CASE("A shard is read from its text, or from the variables of Slurm, Kubernetes and AWS Batch") {
  CHECK(shardText("2/5", environment({})) == "2-of-5");
  CHECK(shardText("auto", environment({})) == "0-of-1");
  const std::map<std::string, std::string> slurm{{"SLURM_ARRAY_TASK_ID", "14"},
                                                 {"SLURM_ARRAY_TASK_MIN", "2"},
                                                 {"SLURM_ARRAY_TASK_STEP", "4"},
                                                 {"SLURM_ARRAY_TASK_COUNT", "6"},
                                                 {"JOB_COMPLETION_INDEX", "0"}};
  CHECK(shardText("auto", environment(slurm)) == "3-of-6");
  CHECK(shardText("1/2", environment(slurm)) == "1-of-2");  // what is said counts before what is found
  CHECK(shardText("auto", environment({{"JOB_COMPLETION_INDEX", "7"}, {"JOB_COMPLETIONS", "8"}})) == "7-of-8");
  CHECK(shardText("auto", environment({{"AWS_BATCH_JOB_ARRAY_INDEX", "0"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "2"}})) ==
        "0-of-2");
}

TEST_CASE("What is no shard is refused with a way out, an array's index without its size too") {
  const auto refused = [](const std::string& text, const farm::Environment& variables) {
    try {
      farm::shardFromText(text, variables);
      return false;
    } catch (const Error& error) {
      return error.code() == ExitCode::kUsage && !error.help().empty();
    }
  };
  for (const char* text : {"", "1", "/", "2/2", "-1/2", "1/0", "a/b", "1/2/3", "99999999999/2", " 0/1"})
    CHECK_MESSAGE(refused(text, environment({})), text);
  CHECK(refused("auto", environment({{"JOB_COMPLETION_INDEX", "0"}})));
  CHECK(refused("auto", environment({{"AWS_BATCH_JOB_ARRAY_INDEX", "3"}, {"AWS_BATCH_JOB_ARRAY_SIZE", "3"}})));
  CHECK(refused("auto", environment({{"SLURM_ARRAY_TASK_ID", "x"}})));
}

TEST_CASE("A plan is read as it was written, and its scenarios move with it") {
  TemporaryFolder folder("farm");
  const farm::Plan plan = smallPlan(folder.path);
  const std::string text = farm::toJsonLines(plan, folder.path);
  CHECK(text.find(folder.path.string()) == std::string::npos);
  fs::create_directories(folder.path / "moved");
  writeFileAtomically(folder.path / "moved" / "plan.jsonl", text);
  const farm::Plan read = farm::readPlan(folder.path / "moved" / "plan.jsonl");
  CHECK(read.program == plan.program);
  CHECK(read.labelsOnly);
  CHECK(read.seed == plan.seed);
  CHECK(read.frames->last == 4);
  REQUIRE(read.episodes.size() == 2);
  CHECK(read.episodes[0].file == (fs::canonical(folder.path) / "moved" / "s" / "street.scn.yaml").string());
  CHECK(read.episodes[1].file == "data:scenarios/x.scn.yaml");
  CHECK(farm::toJsonLines(read, folder.path / "moved") == text);
}

TEST_CASE("A plan that is cut short anywhere, or says what no plan says, is bad data with file and line") {
  TemporaryFolder folder("farm");
  const fs::path file = folder.path / "plan.jsonl";
  const std::string text = farm::toJsonLines(smallPlan(folder.path), folder.path);
  const auto codeOf = [&](const std::string& content) {
    std::ofstream(file, std::ios::trunc | std::ios::binary) << content;
    try {
      farm::readPlan(file);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("plan.jsonl") != std::string::npos);
      return error.code();
    }
    return ExitCode::kOk;
  };
  CHECK(codeOf(text) == ExitCode::kOk);
  for (size_t length = 0; length + 1 < text.size(); ++length) CHECK(codeOf(text.substr(0, length)) == farm::kBadData);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return codeOf(changed);
  };
  CHECK(with("\"street\"", "\"../..\"") == farm::kBadData);
  CHECK(with("\"r0000-abc\"", "\".farm\"") == farm::kBadData);
  CHECK(with("nightfog.plan/1", "nightfog.plan/9") == farm::kBadData);
  CHECK(with(std::string(64, '2'), std::string(64, '1')) == farm::kBadData);
  CHECK(with(std::string(64, '1'), "1/../") == farm::kBadData);
  CHECK(with("\"index\":0", "\"index\":-1.5e99") != ExitCode::kInternal);
  CHECK_THROWS_AS(farm::readPlan(folder.path / "absent"), Error);
}

TEST_CASE(
    "An episode is set aside when its failures are used up; what vanished counts a quarter, what lives not at all") {
  TemporaryFolder folder("farm");
  const farm::Tries tries(folder.path, 3);
  const std::string episode(64, 'e');
  const auto isSpent = [&] { return tries.isSpent(episode, "street", "r0000-abc", "nightfog render …"); };
  {
    const auto stopped = tries.begin(episode);
    CHECK(tries.count(episode).vanished == 0);  // this process lives
  }
  CHECK(tries.count(episode).failed == 0);
  for (int i = 0; i < 2; ++i) tries.begin(episode)->fail("the mesh is broken");
  CHECK_FALSE(isSpent());
  tries.begin(episode)->succeed();
  CHECK(tries.count(episode).failed == 0);

  const fs::path notes = folder.path / ".farm" / "tries" / episode.substr(0, 16);
  fs::create_directories(notes);
  for (int i = 0; i < 11; ++i) std::ofstream(notes / (hostName() + ".2147483646." + std::to_string(i)));
  CHECK(tries.count(episode).vanished == 11);
  CHECK_FALSE(isSpent());
  std::ofstream(notes / ("another-host.1." + std::to_string(1)));  // its sign of life is fresh
  CHECK_FALSE(isSpent());
  std::ofstream(notes / (hostName() + ".2147483646.11"));
  CHECK(isSpent());
  CHECK(tries.setAside().size() == 1);
  CHECK(tries.setAside()[0].command == "nightfog render …");
  tries.forget(episode);
  CHECK_FALSE(isSpent());
  for (int i = 0; i < 3; ++i) tries.begin(episode)->fail("the mesh is broken");
  CHECK(isSpent());
  CHECK(tries.setAside()[0].reason == "the mesh is broken");
}

TEST_CASE("Commands of the farm end with sysexits, the others with their own") {
  const char* plan[] = {"nightfog", "plan"};
  const char* sharded[] = {"nightfog", "render", "-o", "x", "--plan=p"};
  const char* byHand[] = {"nightfog", "render", "plan"};
  CHECK(farm::speaksSysexits(2, plan));
  CHECK(farm::speaksSysexits(5, sharded));
  CHECK_FALSE(farm::speaksSysexits(3, byHand));
  CHECK(farm::exitCodeFor(1, true) == 65);
  CHECK(farm::exitCodeFor(2, true) == 64);
  CHECK(farm::exitCodeFor(74, true) == 74);
  CHECK(farm::exitCodeFor(65, false) == 1);
  CHECK(farm::exitCodeFor(66, false) == 74);
  CHECK(farm::exitCodeFor(75, false) == 75);
}
