"""What is handed to schedulers: valid by their schemas, and of one mind with the shards and the exit codes.

Usage: templates_test.py NIGHTFOG SOURCE_DIR [TestCase.test …]
"""
import json
import os
import re
import shlex
import subprocess
import sys
import unittest

import jsonschema
import yaml

from farm_test import SOURCE, Fixture, must, run, text_of

FINAL = {64, 65, 66, 70, 73}  # tools/farm/README.md: what another try cannot mend


def schema(name):
    with open(os.path.join(SOURCE, "tests/farm/schemas", name)) as file:
        return json.load(file)


class Templates(Fixture):
    def submit(self, *arguments):
        plan = self.plan(6)
        return must(run("farm", "submit", "--plan", plan, "-o", self.at("out"), "--shards", "3", *arguments)).stdout

    def validate(self, document, name):
        jsonschema.Draft7Validator(schema(name)).validate(document)
        self.assertNotRegex(json.dumps(document), "@[A-Z_]+@", "a mark was not filled in")

    def test_the_kubernetes_job_is_valid_and_fails_an_index_for_what_another_try_cannot_mend(self):
        for more in ([], ["--gpus", "1", "--at-once", "2", "--render-option=--threads=8"]):
            job = yaml.safe_load(self.submit("--kubernetes", "--image", "registry.example/nightfog:1", *more))
            self.validate(job, "kubernetes-job.schema.json")
            self.assertEqual(job["spec"]["completions"], 3)
            (container,) = job["spec"]["template"]["spec"]["containers"]
            self.assertEqual({e["name"]: e["value"] for e in container["env"]}["JOB_COMPLETIONS"], "3")
            self.assertEqual(container["args"][:6], ["render", "--plan", "/data/plan.jsonl", "--shard", "auto", "-o"])
            rules = job["spec"]["podFailurePolicy"]["rules"]
            self.assertEqual(set(next(r for r in rules if r["action"] == "FailIndex")["onExitCodes"]["values"]), FINAL)
            self.assertEqual(container["resources"]["limits"].get("nvidia.com/gpu"), 1 if more else None)
        self.assertEqual(job["spec"]["parallelism"], 2)

    def test_the_aws_batch_job_is_valid_and_exits_for_what_another_try_cannot_mend(self):
        for more in ([], ["--gpus", "1", "--memory", "512Mi"]):
            job = json.loads(self.submit("--aws-batch", "--image", "registry.example/nightfog:1", "--claim", "fs-1", *more))
            self.validate(job, "aws-batch.schema.json")
        exits = {int(rule["onExitCode"]) for rule in job["registerJobDefinition"]["retryStrategy"]["evaluateOnExit"]}
        self.assertEqual(exits, FINAL)
        self.assertEqual(job["submitJob"]["arrayProperties"]["size"], 3)
        needs = {r["type"]: r["value"] for r in job["registerJobDefinition"]["containerProperties"]["resourceRequirements"]}
        self.assertEqual(needs, {"VCPU": "2", "MEMORY": "512", "GPU": "1"})
        # An array of AWS Batch has two members at least.
        self.plan(1, name="one.jsonl")
        one = must(run("farm", "submit", "--aws-batch", "--image", "x", "--plan", self.at("one.jsonl"), "-o", self.at("out")))
        self.validate(json.loads(one.stdout), "aws-batch.schema.json")

    def test_the_open_job_description_template_is_valid_and_has_a_task_a_shard_and_a_merge(self):
        job = yaml.safe_load(self.submit("--openjd"))
        self.validate(job, "openjd.schema.json")
        render, merge = job["steps"]
        self.assertEqual(render["parameterSpace"]["taskParameterDefinitions"][0]["range"], "0-2")
        self.assertEqual(merge["dependencies"], [{"dependsOn": "Render"}])

    def test_the_open_job_description_commands_run_as_written_and_report_as_it_wants(self):
        job = yaml.safe_load(self.submit("--openjd"))
        values = {"Param." + p["name"]: p["default"] for p in job["parameterDefinitions"]}
        for step in job["steps"]:
            action = step["script"]["actions"]["onRun"]
            for task in range(3 if "parameterSpace" in step else 1):
                values["Task.Param.Shard"] = str(task)
                args = [re.sub(r"{{(.*?)}}", lambda m: values[m.group(1)], a) for a in action["args"]]
                said = must(run(*args)).stdout
                if step["name"] == "Render":
                    for line in said.splitlines():
                        self.assertRegex(line, r"^openjd_(progress: [0-9.]+|status: .*)$")
                    self.assertIn("openjd_progress: 100\n", said)
        self.assertTrue(os.path.exists(self.at("out/manifest-sha256.txt")))

    def test_the_slurm_script_is_a_shell_script_whatever_the_paths_and_sizes_shards_by_cost(self):
        folder = self.at("it's a 'path'")
        os.makedirs(folder)
        plan = os.path.join(folder, "plan.jsonl")
        must(run("plan", os.path.join(SOURCE, "tests/farm/ball.scn.yaml"), "--runs", "6", "-o", plan))
        cost_ms = json.loads(text_of(plan).splitlines()[0])["cost_ms"]
        script = must(run("farm", "submit", "--slurm", "--dry-run", "--plan", plan, "-o", self.at("out"), "--shard-hours",
                          str(cost_ms / 3.6e6 / 2), "--at-once", "1", "--option=--time=01:00:00")).stdout
        self.assertEqual(subprocess.run(["bash", "-n"], input=script, text=True).returncode, 0)
        self.assertIn("#SBATCH --array=0-1%1\n", script)
        self.assertIn("#SBATCH --requeue\n", script)
        self.assertIn("#SBATCH --time=01:00:00\n", script)
        self.assertNotRegex(script, "@[A-Z_]+@")
        (line,) = [line for line in script.splitlines() if " render --plan " in line]
        self.assertIn(plan, shlex.split(line))

    def test_what_would_break_a_template_is_refused(self):
        plan = self.plan(1)
        for more in (["--slurm", "--dry-run", "--option=--x\n#SBATCH --y"], ["--kubernetes"], ["--slurm", "--openjd"], [],
                     ["--kubernetes", "--image", 'a"b'], ["--aws-batch", "--image", "x", "--memory", "lots"]):
            self.assertEqual(run("farm", "submit", "--plan", plan, "-o", self.at("out"), *more).returncode, 64, more)

    def test_the_image_is_built_by_the_steps_of_setup_and_does_not_run_as_root(self):
        lines = text_of(os.path.join(SOURCE, "tools/farm/Dockerfile")).replace("\\\n", " ").splitlines()
        steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
        froms = [i for i, (word, _) in enumerate(steps) if word == "FROM"]
        self.assertEqual(len(froms), 2)
        first, last = steps[froms[0]:froms[1]], steps[froms[1]:]
        self.assertTrue(any(word == "RUN" and "tools/setup lang engine" in what for word, what in first))
        users = [what for word, what in last if word == "USER"]
        self.assertRegex(users[-1], r"^[1-9]\d*:[1-9]\d*$")
        self.assertFalse(any("g++" in what or "tools/setup" in what for _, what in last), "a compiler in the last stage")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
