#include "tools/viewer/render_job.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "engine/core/files.hpp"
#include "tools/viewer/judge.hpp"

using namespace nightfog;
using namespace nightfog::viewer;
namespace fs = std::filesystem;

namespace {

/// A program of a few lines in place of nightfog, and a folder for it that goes with it.
struct Program {
  fs::path folder = fs::temp_directory_path() / fmt::format("nightfog_job_{}", static_cast<const void*>(this));
  fs::path path = folder / "program";
  explicit Program(const std::string& body) {
    fs::create_directories(folder);
    writeFileAtomically(path, "#!/bin/sh\n" + body);
    fs::permissions(path, fs::perms::owner_all);
  }
  ~Program() { fs::remove_all(folder); }
};

RenderJob::State whenEnded(const RenderJob& job) {
  for (int i = 0; i < 4000 && job.state().isRunning; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return job.state();
}

}  // namespace

TEST_CASE("A job is the command that a shell would be given, and says how far it is") {
  const Program program(
      "echo \"$@\" > \"$(dirname \"$0\")/arguments\"\n"
      "echo '{\"event\":\"frame\",\"episode\":\"a/r0000\",\"done\":1,\"count\":4,\"fraction\":0.25}'\n"
      "echo 'error: it broke' >&2\n"
      "echo '{\"event\":\"finished\",\"episode\":\"a/r0000\",\"frames\":4,\"seconds\":1}'\nexit 3\n");
  RenderOrder order{"my scene.scn.yaml", std::nullopt, "out"};
  order.labelsOnly = true;
  order.seed = 0;
  order.runs = 4;
  order.frames = {{2, 3}};
  CHECK(commandText(order) ==
        "nightfog render 'my scene.scn.yaml' -o out --labels-only --seed 0 --runs 4 --frames 2..3");
  const RenderJob job(order, program.path);
  const RenderJob::State state = whenEnded(job);
  CHECK(!state.isRunning);
  CHECK(state.exitCode == 3);
  CHECK(state.episode == "a/r0000");
  CHECK(state.finished == std::vector<std::string>{"a/r0000"});
  CHECK(state.complaint == "error: it broke\n");
  CHECK(readFile(program.folder / "arguments") ==
        "render my scene.scn.yaml -o out --labels-only --seed 0 --runs 4 --frames 2..3 --progress json\n");
}

TEST_CASE("A job that is called off ends at once, and the text it was given is gone") {
  const Program program("exec sleep 600\n");
  const fs::path text = program.folder / ".a.scn.yaml";
  RenderOrder order{text, "format: scenario/1\n", "out"};
  RenderJob job(order, program.path);
  CHECK(readFile(text) == "format: scenario/1\n");
  job.cancel();
  const RenderJob::State state = whenEnded(job);
  CHECK(!state.isRunning);
  CHECK(state.isCancelled);
  CHECK(!fs::exists(text));
}

TEST_CASE("A verdict tells the value that decided in the check's own unit") {
  const Program folder("");
  const fs::path json = folder.folder / "expect.json";
  writeFileAtomically(json,
                      R"({"passed":1,"failed":1,"skipped":0,"unmet":1,"expectations":[
    {"id":"seen","outcome":"failed","severity":"error","check":"eventually visible_fraction(front, a) >= 30 %",
     "reason":"it is never true","frames":4,"frame":2,"at_s":2.305,
     "values":[{"comparison":"visible_fraction(front, a) >= 30 %","value":0.125,"unit":""}]},
    {"id":"near","outcome":"passed","severity":"warn","check":"distance(a, b) < 10 m","frames":4,
     "values":[{"comparison":"distance(a, b) < 10 m","value":7.25,"unit":"m"}]}]})");
  const std::vector<Verdict> verdicts = readVerdicts(json);
  REQUIRE(verdicts.size() == 2);
  CHECK(verdicts[0].outcome == Verdict::Outcome::kFailed);
  CHECK(verdictText(verdicts[0]) == "12.5 %, at 2.31 s, it is never true");
  CHECK(verdicts[1].isWarning);
  CHECK(verdictText(verdicts[1]) == "7.25 m");
  writeFileAtomically(json, "{}");
  CHECK_THROWS_AS(readVerdicts(json), IoError);
}
