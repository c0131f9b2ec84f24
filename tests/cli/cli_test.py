"""The command line as a user and a farm meet it: same bytes, kills, shards, wrong input, exit codes.

Usage: cli_test.py NIGHTFOG SOURCE_DIR [TestCase.test …]
"""
import collections
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from mcap_messages import messages

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]
STREET = os.path.join(SOURCE, "tests/cli/short_street.scn.yaml")


def run(*arguments, env=None, timeout=280, **options):
    return subprocess.run([NIGHTFOG, *arguments], capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, **(env or {})}, **options)


def render(out, *more, **options):
    result = run("render", STREET, "-o", out, *more, **options)
    assert result.returncode == 0, result.stderr
    return manifest(out)


def manifest(out):
    with open(os.path.join(out, "manifest-sha256.txt")) as file:
        return file.read()


def names_below(folder):
    return sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)


class Fixture(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="nightfog_cli_")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def out(self, name):
        return os.path.join(self.folder, name)


class SameBytes(Fixture):
    def test_two_renders_threads_and_shards_give_the_same_manifest(self):
        reference = render(self.out("a"), "--runs", "2")
        self.assertIn("record.mcap", reference)
        self.assertEqual(reference, render(self.out("b"), "--runs", "2"), "a second render")
        self.assertEqual(reference, render(self.out("c"), "--runs", "2", "--threads", "1"), "one thread")
        render(self.out("d"), "--runs", "2", "--shard", "1/2")
        self.assertEqual(reference, render(self.out("d"), "--runs", "2", "--shard", "0/2"), "two shards")
        check = subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=self.out("a"))
        self.assertEqual(check.returncode, 0)

    def test_some_frames_are_the_same_messages_as_in_the_whole_run(self):
        render(self.out("whole"))
        render(self.out("part"), "--frames", "1..2")
        (whole,) = glob.glob(self.out("whole/*/*/record.mcap"))
        (part,) = glob.glob(self.out("part/*/*/record.mcap"))
        of_run, of_part = messages(whole), messages(part)
        self.assertGreater(len(of_part), 0)
        by_place = {(topic, at): body for topic, at, body in of_run}
        for topic, at, body in of_part:
            self.assertEqual(by_place[(topic, at)], body, f"{topic} at {at}")
        sweeps = [m for m in of_part if m[0].endswith("/points")]
        self.assertEqual(len(sweeps), 2)

    def test_a_run_killed_at_random_and_resumed_gives_the_same_bytes(self):
        reference = render(self.out("undisturbed"), "--runs", "3")
        out = self.out("killed")
        seed = 20261121
        chance = random.Random(seed)
        print(f"kill instants from seed {seed}")
        start = time.monotonic()
        render(self.out("timing"), "--runs", "3")
        whole = time.monotonic() - start
        kills = 0
        for _ in range(5):
            process = subprocess.Popen([NIGHTFOG, "render", STREET, "-o", out, "--runs", "3"], stderr=subprocess.DEVNULL)
            try:
                process.wait(timeout=chance.uniform(0.05, 0.6) * whole)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            for name in names_below(out):
                if os.path.basename(name) == "record.mcap":
                    messages(name)  # whatever carries the final name is whole
        self.assertGreaterEqual(kills, 1)
        self.assertEqual(reference, render(out, "--runs", "3"))
        self.assertEqual([n for n in names_below(out) if n.endswith(".part")], [])

    def test_sigterm_finishes_the_frame_and_asks_to_try_again(self):
        out = self.out("terminated")
        process = subprocess.Popen([NIGHTFOG, "render", STREET, "-o", out, "--runs", "50", "--progress", "json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75)
        self.assertEqual([n for n in names_below(out) if n.endswith(".part")], [])


class Trouble(Fixture):
    def test_every_wrong_scenario_exits_1_and_writes_nothing(self):
        wrong = sorted(glob.glob(os.path.join(SOURCE, "tests/scenario/wrong/*.scn.yaml")))
        self.assertGreaterEqual(len(wrong), 20)
        for path in wrong:
            out = self.out("none")
            result = run("render", path, "-o", out)
            self.assertEqual(result.returncode, 1, f"{path}: {result.stderr}")
            self.assertRegex(result.stderr, r"error\[E\d{4}\]", path)
            self.assertIn("tests/scenario/wrong/", result.stderr, path)  # the file, or one it imports
            self.assertFalse(os.path.exists(out), path)
            self.assertEqual(run("check", path).returncode, 1, path)

    def test_without_a_device_it_exits_69_and_names_the_package(self):
        none = {"VK_ICD_FILENAMES": "/nonexistent.json", "VK_DRIVER_FILES": "/nonexistent.json"}
        result = run("render", STREET, "-o", self.out("x"), env=none)
        self.assertEqual(result.returncode, 69, result.stderr)
        self.assertIn("mesa-vulkan-drivers", result.stderr)
        self.assertEqual(run("check", STREET, env=none).returncode, 0)

    def test_inspecting_what_is_not_there_exits_74_and_says_what_to_give(self):
        for options in ([], ["--trace"]):
            result = run("inspect", self.out("nothing"), *options)
            self.assertEqual(result.returncode, 74, options)
            self.assertIn("help:", result.stderr, options)

    def test_a_full_disk_exits_74_and_leaves_nothing_that_passes_for_whole(self):
        mount = self.out("small")
        os.makedirs(mount)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", mount],
                                               stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("mounting a small file system needs root")
        try:
            result = run("render", STREET, "-o", mount)
            self.assertEqual(result.returncode, 74, result.stderr)
            self.assertIn("No space left", result.stderr)
            left = [os.path.basename(n) for n in names_below(mount)]
            self.assertNotIn("record.mcap", left)
            self.assertNotIn("done.json", left)
            self.assertEqual([n for n in left if n.endswith(".part")], [])
        finally:
            subprocess.run(["umount", mount], check=True)

    def test_wrong_usage_exits_2_and_says_what_is_right(self):
        for arguments in (["render", STREET], ["render", STREET, "-o", "x", "--frames", "5..3"],
                          ["render", STREET, "-o", "x", "--shard", "2/2"], ["nonsense"], ["list", "nothing"]):
            result = run(*arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertNotEqual(result.stderr + result.stdout, "")
        self.assertEqual(names_below(self.folder), [])

    def test_a_missing_file_says_so(self):
        result = run("render", "absent.scn.yaml", "-o", self.out("x"))
        self.assertIn(result.returncode, (1, 74))
        self.assertIn("absent.scn.yaml", result.stderr)


class Reading(Fixture):
    def test_inspect_and_preview_read_what_render_wrote(self):
        render(self.out("a"))
        (record,) = glob.glob(self.out("a/*/*/record.mcap"))
        seen = json.loads(run("inspect", record, "--json").stdout)
        (sensor,) = seen["sensors"]
        self.assertEqual(len(sensor["frames"]), 4)
        for frame in sensor["frames"]:
            self.assertEqual(sum(frame["outcomes"].values()), frame["rings"] * frame["columns"])
            self.assertGreater(frame["outcomes"]["surface"], 1000)
        picture = self.out("frame.png")
        result = run("preview", record, "-o", picture)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(picture, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")

    def test_inspect_prints_the_labels_of_a_frame_as_a_table_and_as_json(self):
        render(self.out("a"))
        (episode,) = glob.glob(self.out("a/*/*/"))
        table = run("inspect", episode, "--frame", "2").stdout
        seen = json.loads(run("inspect", episode, "--frame", "2", "--json").stdout)
        (sensor,) = seen["sensors"]
        (frame,) = sensor["frames"]
        self.assertEqual(frame["frame"], 2)
        self.assertGreater(len(frame["objects"]), 0)
        for label in frame["objects"]:
            self.assertIn(label["name"], table)
            self.assertEqual(len(label["centre_in_vehicle_m"]), 3)
        missing = run("inspect", episode, "--frame", "99")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("0 to 3", missing.stderr)
        self.assertEqual(run("inspect", episode, "--frame", "2", "--sensor", "nobody").returncode, 2)
        self.assertEqual(run("inspect", episode, "--sensor", "nobody").returncode, 2)

    def test_resolve_prints_a_scenario_that_gives_the_same_record(self):
        reference = render(self.out("a"), "--seed", "5")
        resolved = self.out("resolved.scn.yaml")
        with open(resolved, "w") as file:
            file.write(run("resolve", STREET, "--seed", "5").stdout)
        self.assertEqual(run("check", resolved).returncode, 0)
        result = run("render", resolved, "-o", self.out("b"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(reference, manifest(self.out("b")))

    def test_every_command_has_help_with_an_example(self):
        for command in ("render", "check", "resolve", "export", "inspect", "preview", "doctor", "list", "bench"):
            result = run(command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Example", result.stdout, command)

    def test_lists_are_json_where_a_machine_reads_them(self):
        for what in ("sensors", "injectors", "faults", "weather", "exporters", "assets", "materials", "devices", "classes", "causes"):
            result = run("list", what, "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertGreater(len(json.loads(result.stdout)), 0, what)
        self.assertEqual(run("doctor").returncode, 0)
        self.assertTrue(json.loads(run("doctor", "--json").stdout)["devices"])

    def test_lists_of_injectors_have_parameters_units_and_priors(self):
        injectors = {row["id"]: row for row in json.loads(run("list", "injectors", "--json").stdout)}
        mass = next(p for p in injectors["debris.rolling_tyre"]["params"] if p["name"] == "mass")
        self.assertEqual(mass["unit"], "kg")
        self.assertEqual(mass["default"], "9.5 kg")
        self.assertIn("lognormal", mass["prior"])
        faults = {row["id"] for row in json.loads(run("list", "faults", "--json").stdout)}
        self.assertIn("sensor.lens_dirt", faults)
        self.assertNotIn("vru.dart_out", faults)
        page = run("list", "injectors").stdout
        self.assertIn("debris.rolling_tyre", page)
        self.assertIn("prior {lognormal: {median: 10 kg, sigma: 0.35}}", page)
        self.assertIn("fog_dense", {row["id"] for row in json.loads(run("list", "weather", "--json").stdout)})


class Sweeps(Fixture):
    def test_a_trigger_that_no_run_fires_is_told_with_the_nearest_it_came(self):
        scenario = os.path.join(SOURCE, "tests/cli/never_fires.scn.yaml")
        result = run("render", scenario, "-o", self.out("a"))
        self.assertEqual(result.returncode, 0, result.stderr)
        said = result.stderr[result.stderr.index("warning[W0510]"):]
        said = re.sub(r"r\d{4}-[0-9a-f]{12}", "RUN", said.replace(SOURCE + "/", ""))
        with open(os.path.join(SOURCE, "tests/lang/golden/W0510.txt")) as golden:
            self.assertEqual(said, golden.read())
        # Finished runs are looked at too; a part of the runs says nothing.
        self.assertIn("W0510", run("render", scenario, "-o", self.out("a")).stderr)
        self.assertNotIn("W0510", run("render", scenario, "-o", self.out("b"), "--shard", "0/3").stderr)
        # The trace says it run by run.
        trace = run("inspect", self.out("a"), "--trace").stdout
        self.assertEqual(trace.count("never fired"), 3)
        self.assertIn("distance(ego, ball) < 10 m: nearest", trace)
        traces = json.loads(run("inspect", self.out("a"), "--trace", "--json").stdout)
        self.assertEqual(len(traces), 3)
        self.assertEqual(traces[0]["trace"][0]["id"], "near")

    def test_a_renders_folder_lists_its_runs_and_has_a_sheet_of_thumbnails(self):
        scenario = os.path.join(SOURCE, "tests/cli/never_fires.scn.yaml")
        run("render", scenario, "-o", self.out("a"))
        runs = json.loads(run("inspect", self.out("a"), "--json").stdout)
        self.assertEqual([r["variant"]["ahead"] for r in runs], ["12 m", "20 m", "30 m"])
        self.assertTrue(all(r["whole"] and r["frames"] == 2 for r in runs))
        table = run("inspect", self.out("a")).stdout
        self.assertIn("never_fires: 3 runs", table)
        for entry in runs:
            self.assertIn(entry["run"], table)
        for arguments in ([self.out("a")], [runs[0]["path"], "--frames", "0,1"]):
            result = run("preview", *arguments, "-o", self.out("sheet.png"))
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(self.out("sheet.png"), "rb") as file:
                head = file.read(24)
            self.assertEqual(int.from_bytes(head[16:20], "big"), 1600)
        self.assertEqual(run("inspect", self.folder + "/nothing").returncode, 74)
        os.makedirs(self.out("empty"))
        self.assertEqual(run("inspect", self.out("empty")).returncode, 74)

    def test_a_run_of_a_sweep_resolved_gives_the_same_files_and_seed_0_is_a_seed(self):
        scenario = os.path.join(SOURCE, "tests/cli/never_fires.scn.yaml")
        resolved = self.out("one.scn.yaml")
        for seed in ("0", "3"):
            whole, alone = self.out("whole" + seed), self.out("alone" + seed)
            run("render", scenario, "-o", whole, "--seed", seed)
            text = run("resolve", scenario, "--run", "1", "--seed", seed).stdout
            self.assertIn(f"seed: {seed}\n", text)
            with open(resolved, "w") as file:
                file.write(text)
            run("render", resolved, "-o", alone)
            self.assertGreater(len(manifest(alone)), 0)
            self.assertLess(set(manifest(alone).splitlines()), set(manifest(whole).splitlines()), seed)

    def test_comments_and_layout_of_the_file_change_no_byte(self):
        scenario = os.path.join(SOURCE, "tests/cli/never_fires.scn.yaml")
        run("render", scenario, "-o", self.out("a"))
        with open(scenario) as file:
            text = file.read()
        with open(self.out("never_fires.scn.yaml"), "w") as file:
            file.write("# one line more\n" + text.replace("events:", "events:   # and a comment"))
        run("render", self.out("never_fires.scn.yaml"), "-o", self.out("b"))
        self.assertEqual(manifest(self.out("a")), manifest(self.out("b")))

    def test_a_suite_renders_the_runs_it_pins(self):
        shutil.copy(os.path.join(SOURCE, "tests/cli/never_fires.scn.yaml"), self.folder)
        ids = [r["run"] for r in json.loads(run("expand", self.out("never_fires.scn.yaml"), "--json").stdout)]
        suite = self.out("two.suite.yaml")
        with open(suite, "w") as file:
            file.write(f"format: suite/1\nid: two\nscenarios: [never_fires.scn.yaml]\nruns: {{never_fires: [{ids[2]}, {ids[0]}]}}\n")
        self.assertEqual(run("check", suite).returncode, 0)
        listed = [r["run"] for r in json.loads(run("expand", suite, "--json").stdout)]
        self.assertEqual(listed, [ids[2], ids[0]])
        result = run("render", suite, "-o", self.out("a"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(os.listdir(self.out("a/never_fires"))), sorted(listed))
        with open(suite, "a") as file:
            file.write("select: {tags: {layers: [L9]}}\n")
        wrong = run("check", suite)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("E0423", wrong.stderr + wrong.stdout)


class Flagship(Fixture):
    """All 15 runs: `--labels-only` writes boxes, visibility and LiDAR, which is all that its expectations ask for."""

    def test_every_run_of_the_flagship_meets_its_expectations(self):
        out = self.out("a")
        result = run("render", os.path.join(SOURCE, "tests/cli/flagship_small.scn.yaml"), "-o", out, "--labels-only",
                     timeout=880)  # a minute on two cores that are free
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr.count("the export 'kitti' (kitti) holds images"), 1)
        runs = json.loads(run("inspect", out, "--json").stdout)
        self.assertEqual(len(runs), 15)
        cells = collections.Counter(r["variant"]["fog_visibility"] for r in runs)
        self.assertEqual(cells, {"40 m": 5, "80 m": 5, "200 m": 5})
        for entry in runs:
            name = f"{entry['variant']} {entry['run']}"
            verdicts = entry["expectations"]
            for wanted in ("hidden_first", "seen_in_time", "tyre_crosses", "one_label"):
                self.assertEqual(verdicts[wanted], "passed", f"{wanted} of {name}")
            in_dense_fog = entry["variant"]["fog_visibility"] == "40 m"
            self.assertEqual(verdicts["lidar_hits"], "skipped" if in_dense_fog else "passed", name)
            self.assertEqual(entry["unmet"], 0, name)
        # What starts the events is in the trace of every run: the tyre at 0.6 s, the person at the instant solved.
        for entry in json.loads(run("inspect", out, "--trace", "--json").stdout):
            fired = {item["id"]: item["fired_s"] for item in entry["trace"]}
            self.assertEqual(fired["tyre"], [0.6])
            self.assertTrue(1.5 <= fired["dart"][0] <= 2.3, fired)
            for item in entry["trace"]:
                self.assertTrue(all(claim["holds"] for claim in item.get("claims", [])), item)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
