// Schedulers distribute; what is written here tells them how many shards there are and which exit codes to try again.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/slurm.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
namespace {

using Values = std::map<std::string, std::string>;

/// For a shell, whatever is in it.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// Elements of a list in YAML and JSON. oneLine() has kept away what would need an escape.
std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "\"" : ", \"") + text + '"';
  return out;
}

std::string filled(std::string text, const Values& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "@" + name + "@";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

/// Line breaks would end a directive and begin another.
const std::string& oneLine(const std::string& text, const char* option) {
  if (text.find_first_of("\n\r\"\\") != std::string::npos)
    throw Error(ExitCode::kUsage, fmt::format("{} '{}': no line breaks, quotes or backslashes", option, text),
                "give one option at a time");
  return text;
}

uint32_t shardCount(const SubmitArguments& arguments, const Plan& plan, double hours) {
  const auto most =
      static_cast<uint32_t>(std::clamp<size_t>(plan.episodes.size(), 1, 10'000));  // AWS Batch has no more
  const auto count =
      arguments.shards ? std::min(*arguments.shards, most)
                       : static_cast<uint32_t>(std::clamp(std::ceil(hours / arguments.shardHours), 1.0, double(most)));
  return arguments.scheduler == "aws-batch" ? std::max(count, 2u) : count;  // its arrays begin at two
}

/// "8Gi", "512Mi": in MiB, as AWS Batch counts.
uint64_t memory_MiB(const std::string& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  if (error != std::errc{} || number == 0 || number > 1'000'000 || (unit != "Gi" && unit != "Mi"))
    throw Error(ExitCode::kUsage, fmt::format("--memory {}: not an amount of memory", text), "write 8Gi or 512Mi");
  return unit == "Gi" ? number * 1024 : number;
}

Values valuesFor(const SubmitArguments& arguments, const Plan& plan) {
  double cost_ms = 0;
  for (const PlannedEpisode& episode : plan.episodes) cost_ms += double(episode.cost_ms);
  const uint32_t shards = shardCount(arguments, plan, cost_ms / 3.6e6);
  const fs::path out = fs::absolute(arguments.out), file = fs::absolute(arguments.plan);
  const fs::path mount = oneLine(arguments.mount, "--mount");
  for (const auto& [text, option] : {std::pair(&arguments.image, "--image"), std::pair(&arguments.claim, "--claim")})
    oneLine(*text, option);
  oneLine(file.string(), "--plan");
  oneLine(out.string(), "--out");
  std::vector<std::string> command{"render",
                                   "--plan",
                                   (mount / file.filename()).string(),
                                   "--shard",
                                   "auto",
                                   "-o",
                                   (mount / out.filename()).string(),
                                   "--tries",
                                   std::to_string(arguments.tries)};
  std::string options, renderOptions;
  for (const std::string& option : arguments.options) options += "#SBATCH " + oneLine(option, "--option") + "\n";
  for (const std::string& option : arguments.render) {
    renderOptions += quoted(oneLine(option, "--render-option")) + " ";
    command.push_back(option);
  }
  return {
      {"EPISODES", std::to_string(plan.episodes.size())},
      {"SHARDS", std::to_string(shards)},
      {"LAST", std::to_string(shards - 1)},
      {"SHARD_MINUTES", fmt::format("{:.1f}", cost_ms / 6e4 / shards)},
      {"AT_ONCE", std::to_string(std::min(arguments.atOnce.value_or(shards), shards))},
      {"LIMIT", arguments.atOnce ? fmt::format("%{}", *arguments.atOnce) : ""},
      {"LOGS", (out / ".farm" / "logs").string()},
      {"OPTIONS", options},
      {"RENDER_OPTIONS", renderOptions},
      {"NIGHTFOG", quoted(fs::read_symlink("/proc/self/exe").string())},
      {"PLAN", quoted(file.string())},
      {"OUT", quoted(out.string())},
      {"COMMAND", listed(command)},
      {"TRIES", std::to_string(arguments.tries)},
      {"RESTARTS", std::to_string(arguments.restarts)},
      {"BATCH_ATTEMPTS", std::to_string(std::clamp(arguments.restarts + 1, 1u, 10u))},
      {"NAME", "nightfog-" + sha256Hex(toJsonLines(plan, file.parent_path())).substr(0, 8)},
      {"IMAGE", arguments.image},
      {"CLAIM", arguments.claim},
      {"MOUNT", arguments.mount},
      {"MEMORY", arguments.memory},
      {"CPUS", std::to_string(arguments.cpus)},
      {"MEMORY_MIB", std::to_string(memory_MiB(arguments.memory))},
      {"KUBERNETES_GPUS", arguments.gpus > 0 ? fmt::format(", nvidia.com/gpu: {}", arguments.gpus) : ""},
      {"BATCH_GPUS",
       arguments.gpus > 0 ? fmt::format(",\n        {{\"type\": \"GPU\", \"value\": \"{}\"}}", arguments.gpus) : ""},
      {"PLAN_PLAIN", file.string()},
      {"OUT_PLAIN", out.string()}};
}

std::string templateText(const char* name) {
  return readFile(lang::dataFolder() / "tools" / "farm" / "templates" / name);
}

ExitCode submitToSlurm(const SubmitArguments& arguments, const Values& values) {
  const std::string script = filled(templateText("slurm.sbatch"), values);
  if (arguments.dryRun) {
    fmt::print("{}", script);
    return ExitCode::kOk;
  }
  const fs::path farm = arguments.out / ".farm";
  std::error_code error;
  fs::create_directories(farm / "logs", error);
  if (error)
    throw Error(kCannotCreate, fmt::format("cannot create {}: {}", (farm / "logs").string(), error.message()),
                "choose a folder you may write with -o");
  writeFileAtomically(farm / kSlurmScript, script);
  fmt::print("{}\n", sbatch(farm / kSlurmScript));
  fmt::print(stderr, "{} episodes in {} shards; nightfog farm top {}\n", values.at("EPISODES"), values.at("SHARDS"),
             arguments.out.string());
  return ExitCode::kOk;
}

}  // namespace

std::string sbatch(const fs::path& script) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw IoError("cannot make a pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execlp("sbatch", "sbatch", "--parsable", script.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string job;
  char text[256];
  for (ssize_t got = 0; (got = ::read(ends[0], text, sizeof text)) > 0;) job.append(text, static_cast<size_t>(got));
  ::close(ends[0]);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
      throw Error(kNoInput, "sbatch is not installed here", "submit from a machine of the cluster, or see --dry-run");
    throw Error(ExitCode::kTryAgain, "sbatch refused the job", fmt::format("see its message, and {}", script.string()));
  }
  while (!job.empty() && (job.back() == '\n' || job.back() == ' ')) job.pop_back();
  return job;
}

ExitCode submit(const SubmitArguments& arguments) {
  const Plan plan = readPlan(arguments.plan);
  if (plan.episodes.empty()) throw Error(kBadData, fmt::format("{} has no episodes", arguments.plan.string()));
  const Values values = valuesFor(arguments, plan);
  if (arguments.scheduler == "slurm") return submitToSlurm(arguments, values);
  if (arguments.image.empty() && arguments.scheduler != "openjd")
    throw Error(ExitCode::kUsage, fmt::format("--{} wants --image", arguments.scheduler),
                "build one with tools/farm/Dockerfile and push it to your registry");
  const std::map<std::string, const char*> kTemplates{
      {"kubernetes", "kubernetes-job.yaml"}, {"aws-batch", "aws-batch.json"}, {"openjd", "openjd.template.yaml"}};
  fmt::print("{}", filled(templateText(kTemplates.at(arguments.scheduler)), values));
  return ExitCode::kOk;
}

}  // namespace nightfog::farm
