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

}  // namespace

void addCommands(CLI::App& app, std::function<ExitCode()>& chosen) {
  addPlan(app, chosen);
  addMerge(app, chosen);
}

}  // namespace nightfog::farm
