#include <CLI/CLI.hpp>
#include <memory>

#include "tools/farm/farm_commands.hpp"

namespace nightfog::farm {
namespace {

template <class Arguments>
CLI::App* add(CLI::App& app, std::function<ExitCode()>& chosen, const char* name, const char* what, const char* footer,
              ExitCode (*run)(const Arguments&), const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(footer);
  command->callback([arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
  return command;
}

void addPlan(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto a = std::make_shared<PlanArguments>();
  auto* command = add(app, chosen, "plan", "Write down every episode of a data set, for many machines to render",
                      "Example:\n  nightfog plan scenarios/*.scn.yaml --runs 100 -o plan.jsonl\n\n"
                      "Exit codes: 0 done, 64 usage, 65 a scenario is wrong, 66 one is not there, 73 cannot write.",
                      plan, a);
  command->add_option("SCENARIO", a->scenarios, "Scenario files (*.scn.yaml), or suites (*.suite.yaml)")->required();
  command->add_option("-o,--out", a->out, "Plan to write, one JSON object a line")->required();
  command->add_option("--seed", a->seed, "Root seed instead of the files'");
  command->add_option("--runs", a->runs, "Runs of each scenario without a sweep")->check(CLI::Range(1u, 1'000'000u));
  command->add_option("--frames", a->frames, "A..B, both included: only these frames of the reference sensor");
  command->add_flag("--labels-only", a->labelsOnly, "Cameras write ground truth without images");
}

void addMerge(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto a = std::make_shared<MergeArguments>();
  auto* command = add(app, chosen, "merge", "Verify what the shards of a plan wrote, and make one data set of it",
                      "Example:\n  nightfog merge out --formats kitti\n\n"
                      "Writes OUT/manifest-sha256.txt, OUT/dataset.json and OUT/<format>/; prints the root digest.\n"
                      "Exit codes: 0 complete, 64 usage, 65 incomplete (the list is printed), 66 no plan, 74 I/O.",
                      merge, a);
  command->add_option("OUT", a->out, "Folder that `render --plan` wrote")->required();
  command->add_option("FROM", a->from,
                      "Folders of other machines, with episodes of the same plan; they are joined into OUT");
  command->add_option("--plan", a->plan, "Plan, if not OUT/plan.jsonl");
  command->add_option("--formats", a->formats, "Formats to export to as well: see `nightfog list exporters`")
      ->delimiter(',');
  command->add_option("--sensors", a->sensors, "Of the exports: sensor ids, such as top,front")->delimiter(',');
  command->add_option("--rate", a->rate_hz, "Of the exports: frames a second of simulated time")
      ->check(CLI::PositiveNumber);
  command->add_flag("--rectify", a->rectify,
                    "Of the exports: images as an ideal, level pinhole camera would have them");
  command->add_flag("--carry-moving", a->carryMoving, "Of the exports: points on moving things at the image's time");
  command->add_flag("--allow-partial", a->allowPartial, "Merge what there is");
  command->add_option("--threads", a->threads, "CPU threads that verify, 0: all");
}

void addSubmit(CLI::App& farm, std::function<ExitCode()>& chosen) {
  auto a = std::make_shared<SubmitArguments>();
  auto* command =
      add(farm, chosen, "submit", "Give a plan to a scheduler, as an array of shards of equal cost",
          "Example:\n  nightfog farm submit --slurm --plan plan.jsonl -o out --option=--partition=gpu\n"
          "  nightfog farm submit --kubernetes --image registry/nightfog --plan plan.jsonl -o out | kubectl "
          "apply -f -\n\n"
          "--slurm submits; the others print what their own tools take.",
          submit, a);
  auto* schedulers = command->add_option_group("scheduler");
  for (const char* name : {"slurm", "kubernetes", "aws-batch", "openjd"}) {
    schedulers->add_flag_callback(
        std::string("--") + name, [a, name] { a->scheduler = name; }, std::string("For ") + name);
  }
  schedulers->require_option(1);
  command->add_option("--plan", a->plan, "Plan to render")->required();
  command->add_option("-o,--out", a->out, "Output folder, on a disk that every machine sees")->required();
  auto* shards = command->add_option("--shards", a->shards, "How many; else as many as --shard-hours makes")
                     ->check(CLI::Range(1u, 10'000u));
  command->add_option("--shard-hours", a->shardHours, "Hours of the reference machine a shard")
      ->capture_default_str()
      ->check(CLI::PositiveNumber)
      ->excludes(shards);
  command->add_option("--at-once", a->atOnce, "Shards that may run at the same time")->check(CLI::Range(1u, 10'000u));
  command->add_option("--restarts", a->restarts, "Of a shard that was killed, stopped, or had no device or space")
      ->capture_default_str();
  command->add_option("--tries", a->tries, "Failures after which an episode is set aside")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1000u));
  command->add_option("--option", a->options, "Of Slurm: a further option of sbatch, such as --option=--time=04:00:00");
  command->add_option("--render-option", a->render, "A further option of render, such as --render-option=--threads=8");
  command->add_option("--image", a->image, "Of containers: image that holds nightfog");
  command->add_option("--claim", a->claim, "Of Kubernetes: volume claim that holds plan and OUT")
      ->capture_default_str();
  command->add_option("--mount", a->mount, "Of containers: where plan and OUT are found, side by side")
      ->capture_default_str();
  command->add_option("--memory", a->memory, "Of containers: memory of a shard")->capture_default_str();
  command->add_option("--cpus", a->cpus, "Cores of a shard")->capture_default_str()->check(CLI::Range(1u, 1024u));
  command->add_option("--gpus", a->gpus, "Of containers: GPUs of a shard")
      ->capture_default_str()
      ->check(CLI::Range(0u, 16u));
  command->add_flag("--dry-run", a->dryRun, "Print what would be submitted");
}

void addWatching(CLI::App& farm, std::function<ExitCode()>& chosen) {
  {
    auto a = std::make_shared<StatusArguments>();
    auto* command = add(farm, chosen, "status", "Done, running, failed, frames a second, time left: over all shards",
                        "Example:\n  nightfog farm status out --json | jq .done", status, a);
    command->add_option("OUT", a->out, "Folder that shards write")->required();
    command->add_flag("--json", a->json, "JSON on stdout");
  }
  {
    auto a = std::make_shared<StatusArguments>();
    auto* command = add(farm, chosen, "top", "status, again and again", "Example:\n  nightfog farm top out", top, a);
    command->add_option("OUT", a->out, "Folder that shards write")->required();
    command->add_option("--every", a->every_s, "Seconds")->capture_default_str()->check(CLI::Range(0.1, 3600.0));
  }
  {
    auto a = std::make_shared<LogsArguments>();
    auto* command = add(farm, chosen, "logs", "What began, ended and failed, over all shards in the order of time",
                        "Example:\n  nightfog farm logs out --failed", logs, a);
    command->add_option("OUT", a->out, "Folder that shards write")->required();
    command->add_option("--shard", a->shard, "Only of this one, such as 3-of-16");
    command->add_flag("--failed", a->failed, "Only what failed or was set aside");
    command->add_option("-n,--last", a->last, "Lines, 0: all")->capture_default_str();
    command->add_flag("--json", a->json, "JSON lines on stdout");
  }
  {
    auto a = std::make_shared<RetryArguments>();
    auto* command =
        add(farm, chosen, "retry", "Forget the tries of episodes that were set aside; render the plan again",
            "Example:\n  nightfog farm retry out --slurm", retry, a);
    command->add_option("OUT", a->out, "Folder that shards write")->required();
    command->add_option("EPISODE", a->episodes, "As their ids begin; else all that are set aside");
    command->add_flag("--slurm", a->slurm, "Submit the array again");
  }
}

}  // namespace

void addCommands(CLI::App& app, std::function<ExitCode()>& chosen) {
  addPlan(app, chosen);
  addMerge(app, chosen);
  auto* farm = app.add_subcommand("farm", "Submit a plan to a scheduler, watch it, mend it");
  farm->require_subcommand(1);
  farm->footer("Manual: tools/farm/README.md\nExample:\n  nightfog farm status out");
  addSubmit(*farm, chosen);
  addWatching(*farm, chosen);
}

}  // namespace nightfog::farm
