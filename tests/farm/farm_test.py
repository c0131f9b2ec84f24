"""The farm as an operator meets it: plan, render in shards, merge; kills, full disks, poison; the same root digest.

Usage: farm_test.py NIGHTFOG SOURCE_DIR [TestCase.test …]
NIGHTFOG_KILLS and NIGHTFOG_EPISODES make the proof of kills longer: tools/validate farm.
"""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]
BALL = os.path.join(SOURCE, "tests/farm/ball.scn.yaml")
SEED = 20261121


def run(*arguments, env=None, timeout=280, **options):
    return subprocess.run([NIGHTFOG, *arguments], capture_output=True, text=True, timeout=timeout,
                          env={**os.environ, **(env or {})}, **options)


def must(result, code=0):
    assert result.returncode == code, f"exit {result.returncode}, not {code}: {result.stderr}"
    return result


def text_of(path):
    with open(path) as file:
        return file.read()


def names_below(folder):
    return sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)


def parts_below(folder):
    return [name for name in names_below(folder) if name.endswith(".part")]


class Fixture(unittest.TestCase):
    def setUp(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # no waiting for the disk
        self.folder = tempfile.mkdtemp(prefix="nightfog_farm_", dir=memory)

        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def at(self, name):
        return os.path.join(self.folder, name)

    def plan(self, runs, scenario=BALL, name="plan.jsonl"):
        must(run("plan", scenario, "--runs", str(runs), "-o", self.at(name)))
        return self.at(name)

    def render(self, plan, out, *more, code=0, **options):
        return must(run("render", "--plan", plan, "-o", out, *more, **options), code)

    def merge(self, out, *more):
        """The root digest."""
        return must(run("merge", out, *more)).stdout.strip()

    def mounted(self, size, *options):
        """A small file system in memory, which only root may make."""
        mount = self.at("mount")
        os.makedirs(mount, exist_ok=True)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(["size=" + size, *options]), "none",
                                                mount], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("mounting a small file system needs root")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", mount], check=False))
        return mount

    def undisturbed(self, plan):
        out = self.at("undisturbed")
        self.render(plan, out)
        return self.merge(out)


def episodes_of(plan):
    with open(plan) as file:
        return [json.loads(line) for line in file][1:]


class Plans(Fixture):
    def test_any_number_of_shards_in_any_order_on_any_threads_merges_to_the_same_root(self):
        plan = self.plan(5)
        self.assertEqual(text_of(plan), text_of(self.plan(5, name="again.jsonl")))
        root = self.undisturbed(plan)
        chance = random.Random(SEED)
        for count in (2, 7):
            out = self.at(f"out{count}")
            shards = list(range(count))
            chance.shuffle(shards)
            for i in shards:
                self.render(plan, out, "--shard", f"{i}/{count}", "--threads", str(1 + i % 2))
            self.assertEqual(self.merge(out), root)
            self.assertEqual(self.merge(out), root, "merged again")
        manifest = os.path.join(out, "manifest-sha256.txt")
        check = subprocess.run(["sha256sum", "-c", "--quiet", manifest], cwd=out)
        self.assertEqual(check.returncode, 0)
        self.assertIn(root, subprocess.run(["sha256sum", manifest], capture_output=True, text=True).stdout)
        dataset = json.loads(text_of(os.path.join(out, "dataset.json")))
        self.assertEqual((dataset["episodes"], dataset["frames"], dataset["complete"]), (5, 5, True))
        self.assertEqual([e["episode"] for e in dataset["list"]], sorted(e["episode"] for e in episodes_of(plan)))

    def test_folders_of_machines_without_a_common_disk_are_joined(self):
        plan = self.plan(4)
        root = self.undisturbed(plan)
        for i in range(3):
            self.render(plan, self.at(f"machine{i}"), "--shard", "auto", env={"JOB_COMPLETION_INDEX": str(i), "JOB_COMPLETIONS": "3"})
        incomplete = run("merge", self.at("machine1"))
        self.assertEqual(incomplete.returncode, 65)
        self.assertEqual(self.merge(self.at("machine1"), self.at("machine2"), self.at("machine0")), root)

    def test_a_street_kept_for_the_next_episode_gives_the_same_bytes_as_one_built_anew(self):
        street = self.at("street.scn.yaml")
        with open(street, "w") as file:
            file.write("format: scenario/1\nid: street\nextends: short_street.scn.yaml\nworld: {duration: 200 ms}\n"
                       "sweep: {grid: {ego_speed: [8 m/s, 12 m/s]}}\n")
        text = text_of(os.path.join(SOURCE, "tests/cli/short_street.scn.yaml"))
        with open(self.at("short_street.scn.yaml"), "w") as file:
            file.write(text.replace("../../scenarios/rigs/", "std/rigs/"))
        must(run("plan", street, "-o", self.at("plan.jsonl")))
        root = self.undisturbed(self.at("plan.jsonl"))  # both in one process: the second finds the first one's street
        for i in range(2):
            self.render(self.at("plan.jsonl"), self.at("apart"), "--shard", f"{i}/2")
        self.assertEqual(self.merge(self.at("apart")), root)

    def test_several_devices_and_little_memory_give_the_same_bytes(self):
        camera = self.at("camera.scn.yaml")
        with open(camera, "w") as file:
            file.write(text_of(BALL).replace("100 ms", "200 ms").replace("1.9 m]}}}", "1.9 m]}}, front: {kind: camera, "
                       "rate: 10 Hz, mount: {xyz: [1.2 m, 0 m, 1.5 m]}, "
                       "lens: {fx: 100}, image: {width: 160, height: 800}}}"))
        plan = self.plan(2, scenario=camera)
        root = self.undisturbed(plan)
        first = episodes_of(plan)[0]
        peak = json.loads(text_of(self.at(f"undisturbed/{first['scenario']}/{first['run']}/run.log.json")))
        less = int(peak["peak_device_bytes"] / 2**20 * 0.8)  # no frame fits whole
        for name, more in (("two", ["--device", "0,0"]), ("little", ["--device", "all", "--memory-mib", str(less)])):
            self.render(plan, self.at(name), *more)
            self.assertEqual(self.merge(self.at(name)), root, name)
        tight = run("render", "--plan", plan, "-o", self.at("tight"), "--memory-mib", "1")
        self.assertEqual(tight.returncode, 69)
        self.assertIn("--memory-mib", tight.stderr)
        wrong = run("render", "--plan", plan, "-o", self.at("wrong"), "--device", "0,,1")
        self.assertEqual(wrong.returncode, 64)
        self.assertIn("--device 0,1", wrong.stderr)

    def test_a_render_by_hand_and_a_plan_give_the_same_episodes(self):
        plan = self.plan(2)
        self.undisturbed(plan)
        must(run("render", BALL, "--runs", "2", "-o", self.at("hand")))
        manifests = [text_of(self.at(f"{name}/manifest-sha256.txt")) for name in ("hand", "undisturbed")]
        self.assertEqual(*manifests)

    def test_what_is_missing_or_damaged_is_listed_and_mended_by_rendering_again(self):
        plan = self.plan(3)
        root = self.undisturbed(plan)
        out = self.at("undisturbed")
        first, second, _ = episodes_of(plan)
        record = os.path.join(out, first["scenario"], first["run"], "record.mcap")
        with open(record, "r+b") as file:  # one bit, the same size
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        shutil.rmtree(os.path.join(out, second["scenario"], second["run"]))
        result = must(run("merge", out), 65)
        self.assertIn("2 of 3 episodes are not whole", result.stderr)
        self.assertRegex(result.stderr, first["episode"][:16] + ".*damaged")
        self.assertRegex(result.stderr, second["episode"][:16] + ".*missing")
        partial = self.merge(out, "--allow-partial")
        self.assertNotEqual(partial, root)
        self.render(plan, out, "--verify")
        self.assertEqual(self.merge(out), root)

    def test_a_plan_is_bound_to_the_build_the_scenarios_and_the_folder(self):
        scenario = self.at("ball.scn.yaml")
        shutil.copy(BALL, scenario)
        plan = self.plan(1, scenario)
        text = text_of(plan)
        (episode,) = episodes_of(plan)
        # Comments and layout do not matter; what is drawn does.
        with open(scenario, "a") as file:
            file.write("# a comment\n")
        self.render(plan, self.at("a"))
        changed = text_of(scenario).replace("25 m", "26 m")
        with open(scenario, "w") as file:
            file.write(changed)
        result = self.render(plan, self.at("b"), code=65)
        self.assertIn("no longer what was planned", result.stderr)
        os.remove(scenario)
        self.assertIn("ball.scn.yaml is not there", self.render(plan, self.at("b2"), code=66).stderr)
        with open(plan, "w") as file:
            file.write(text.replace(json.loads(text.splitlines()[0])["program"], "0" * 64))
        self.assertIn("another build", self.render(plan, self.at("c"), code=65).stderr)
        other = self.plan(2)
        self.assertIn("another plan", self.render(other, self.at("a"), code=65).stderr)
        self.assertIn(episode["episode"], text_of(other))  # the same content in another file has the same name

    def test_wrong_usage_exits_64_and_what_is_not_there_66(self):
        plan = self.plan(1)
        for arguments in (["plan", BALL], ["plan", BALL, "-o", "x", "--frames", "5..3"], ["merge"], ["farm"],
                          ["render", "--plan", plan, "-o", "x", "--shard", "2/2"],
                          ["render", "--plan", plan, "-o", "x", "--seed", "4"],
                          ["render", "--plan", plan, "-o", "x", "--episode", "zz"],
                          ["merge", self.folder, "--formats", "nonsense", "--plan", plan]):
            result = run(*arguments, cwd=self.folder)
            self.assertEqual(result.returncode, 64, arguments)
            self.assertNotEqual(result.stderr + result.stdout, "")
        for arguments in (["plan", "absent.scn.yaml", "-o", "x"], ["merge", "absent"],
                          ["merge", self.folder, "--plan", "absent"], ["render", "--plan", "absent", "-o", "x"]):
            self.assertEqual(run(*arguments, cwd=self.folder).returncode, 66, arguments)
        self.assertEqual(run("render", "--plan", BALL, "-o", self.at("x")).returncode, 65)


class Kills(Fixture):
    def test_after_kills_at_random_instants_nothing_is_lost_doubled_or_different(self):
        kills_wanted = int(os.environ.get("NIGHTFOG_KILLS", "8"))
        count = int(os.environ.get("NIGHTFOG_EPISODES", "8"))
        plan = self.plan(count)
        start = time.monotonic()
        root = self.undisturbed(plan)
        whole = time.monotonic() - start
        out = self.at("killed")
        chance = random.Random(SEED)
        print(f"kill instants from seed {SEED}")
        kills = rounds = 0
        # Two workers each round, on shards that overlap. What a kill leaves is the next round's beginning, but for some
        # episodes that are lost on purpose, so that there is work for every kill.
        while kills < kills_wanted:
            rounds += 1
            self.assertLess(rounds, 20 * kills_wanted)
            done = [name for name in names_below(out) if name.endswith("done.json")]
            if len(done) > count // 2:
                shutil.rmtree(os.path.dirname(chance.choice(done)))
            shards = [f"{chance.randrange(3)}/3", "0/1"]
            workers = [subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--shard", shard, "--tries",
                                         "1000"], stderr=subprocess.DEVNULL) for shard in shards]
            deadline = time.monotonic() + chance.uniform(0.02, 0.6) * min(whole, 3)
            while time.monotonic() < deadline and any(worker.poll() is None for worker in workers):
                time.sleep(0.005)
            for worker in workers:
                if worker.poll() is None:
                    worker.send_signal(signal.SIGKILL)
                    kills += 1
                worker.wait()
            for name in names_below(out):
                if name.endswith(".mcap"):  # whatever has its final name is whole: MCAP's magic at both ends
                    with open(name, "rb") as file:
                        content = file.read()
                    self.assertEqual(content[:8], b"\x89MCAP0\r\n")
                    self.assertEqual(content[-8:], b"\x89MCAP0\r\n")
        shards = [0, 1, 2]
        chance.shuffle(shards)
        for shard in shards:
            self.render(plan, out, "--shard", f"{shard}/3", "--tries", "1000")
        self.assertEqual(self.merge(out), root)
        self.assertEqual(parts_below(out), [])
        runs = os.listdir(os.path.join(out, "ball"))
        self.assertEqual(sorted(runs), sorted(e["run"] for e in episodes_of(plan)))
        print(f"{kills} kills in {rounds} rounds over {count} episodes: nothing lost, doubled or different; root {root}")

    def test_workers_on_the_same_shard_at_the_same_time_do_no_harm(self):
        plan = self.plan(4)
        root = self.undisturbed(plan)
        out = self.at("doubled")
        workers = [subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--threads", "1"],
                                    stderr=subprocess.PIPE, text=True) for _ in range(3)]
        for worker in workers:
            _, said = worker.communicate(timeout=120)
            self.assertEqual(worker.returncode, 0, said)
        self.assertEqual(self.merge(out), root)
        self.assertEqual(parts_below(out), [])


class Soak(Fixture):
    """Not a test of ctest's: tools/validate farm."""

    def test_thousands_of_episodes_in_one_process_grow_it_by_less_than_a_mebibyte_per_thousand(self):
        count = int(os.environ.get("NIGHTFOG_SOAK", "2000"))
        plan, out = self.plan(count), self.at("out")
        process = subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--threads", "2"])
        resident = {}  # KiB, by episodes done
        while process.poll() is None:
            time.sleep(0.2)
            try:
                done = len(os.listdir(os.path.join(out, "ball")))
                with open(f"/proc/{process.pid}/status") as file:
                    resident[done] = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
            except (OSError, StopIteration):
                continue
            for name in os.listdir(os.path.join(out, "ball"))[:-4]:  # what is done would fill the memory disk
                record = os.path.join(out, "ball", name, "record.mcap")
                if os.path.exists(os.path.join(out, "ball", name, "done.json")) and os.path.exists(record):
                    os.remove(record)
        self.assertEqual(process.returncode, 0)
        # A least-squares line over all but the first tenth: caches fill, allocators settle. Of each twentieth the least
        # counts: what episodes under way hold at the moment (up to 12 MiB more or less) is no growth, a leak lifts all.
        series = [(done, kib) for done, kib in sorted(resident.items()) if done > count // 10]
        parts = [series[i * len(series) // 20:(i + 1) * len(series) // 20] for i in range(20)]
        points = [min(part, key=lambda point: point[1]) for part in parts if part]
        x_mean = sum(x for x, _ in points) / len(points)
        y_mean = sum(y for _, y in points) / len(points)
        slope = sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)
        print(f"{count} episodes: {points[0][1]} KiB at {points[0][0]}, {points[-1][1]} KiB at {points[-1][0]}; "
              f"{slope * 1000 / 1024:.2f} MiB per 1,000")
        self.assertLess(slope * 1000 / 1024, 1.0)


class Trouble(Fixture):
    def test_sigterm_and_sigusr1_finish_the_frame_and_ask_to_try_again(self):
        plan = self.plan(40)
        for wanted in (signal.SIGTERM, signal.SIGUSR1):
            out = self.at(wanted.name)
            process = subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--progress", "json"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            process.stdout.readline()
            process.send_signal(wanted)
            _, said = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 75, said)
            self.assertIn("it resumes", said)
            self.assertEqual(parts_below(out), [])
            state = json.loads(text_of(os.path.join(out, ".farm/shards/0-of-1.json")))
            self.assertEqual(state["state"], "stopped")
            self.assertEqual(os.listdir(os.path.join(out, ".farm/tries")), [], "a stop is no failure")

    def test_a_full_disk_exits_74_and_with_more_space_the_plan_is_completed(self):
        plan = self.plan(4)
        root = self.undisturbed(plan)
        mount = self.mounted("2200k")  # two episodes and a half
        out = os.path.join(mount, "out")
        for _ in range(2):
            result = self.render(plan, out, code=74)
            self.assertIn("No space left", result.stderr)
            self.assertIn("free some space", result.stderr)
            self.assertEqual(parts_below(out), [])
        self.assertIn("are not whole", must(run("merge", out), 65).stderr)
        subprocess.run(["mount", "-o", "remount,size=20m", mount], check=True)
        self.render(plan, out)
        self.assertEqual(self.merge(out), root)

    def test_a_folder_that_cannot_be_written_exits_73(self):
        plan = self.plan(1)
        for out in ("/proc/nightfog", plan + "/below"):
            result = self.render(plan, out, code=73)
            self.assertIn("help:", result.stderr)
        mount = self.mounted("1m", "ro")
        self.assertIn("Read-only", self.render(plan, os.path.join(mount, "out"), code=73).stderr)
        self.assertIn("Read-only", self.render(plan, mount, code=73).stderr)
        self.assertEqual(run("plan", BALL, "-o", os.path.join(mount, "plan.jsonl")).returncode, 73)

    def test_without_a_device_it_exits_69(self):
        none = {"VK_ICD_FILENAMES": "/nonexistent.json", "VK_DRIVER_FILES": "/nonexistent.json"}
        result = self.render(self.plan(1), self.at("out"), code=69, env=none)
        self.assertIn("mesa-vulkan-drivers", result.stderr)

    def test_exhausted_memory_exits_75_and_says_what_to_do(self):
        plan = self.plan(1)
        # Of address space: enough for the device's driver to begin, and not for Embree. From 380 to 600 MiB it always
        # comes to this; around it the driver crashes, where it gets none while it compiles kernels.
        limit = 500 << 20
        result = self.render(plan, self.at("out"), code=75,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertRegex(result.stderr, "memory")

    def test_an_episode_that_crashes_is_set_aside_and_the_others_are_rendered(self):
        longer = self.at("longer.scn.yaml")  # so that the signal comes while the episode is rendered
        with open(longer, "w") as file:
            file.write(text_of(BALL).replace("duration: 100 ms", "duration: 2 s"))
        plan = self.plan(3, scenario=longer)
        root = self.undisturbed(plan)
        out = self.at("poisoned")
        poison = episodes_of(plan)[1]
        for _ in range(3):
            process = subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--progress", "json"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "frame" and event["episode"].endswith(poison["run"]):
                    process.send_signal(signal.SIGSEGV)
                    break
            process.communicate()
            self.assertEqual(process.returncode, -signal.SIGSEGV)
        result = self.render(plan, out, code=65)
        command = f"nightfog render --plan {plan} --episode {poison['episode'][:16]} -o repro"
        self.assertIn(f"reproduce: {command}", result.stderr)
        listed = must(run("merge", out), 65).stderr
        self.assertIn("1 of 3 episodes are not whole", listed)
        self.assertRegex(listed, "set aside after 3 tries: crashed signal 11")
        # The command as printed, elsewhere, renders that episode and no other.
        must(run(*command.split()[1:], cwd=self.folder))
        self.assertEqual(os.listdir(self.at("repro/ball")), [poison["run"]])
        self.assertEqual(self.merge(out, self.at("repro")), root)

    def test_an_episode_of_wrong_data_is_set_aside_and_the_others_are_rendered(self):
        data = self.at("data")  # an installation of one's own, to break an asset in
        os.makedirs(data)
        for name in ("assets", "scenarios", "sensors"):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(data, name),
                            ignore=shutil.ignore_patterns("*.cpp", "*.hpp", "*.comp", "*.png"))
        with open(os.path.join(data, "assets/broken.asset.yaml"), "w") as file:
            file.write("format: asset/1\nclass: obstacle.tyre\nlicence: Apache-2.0\norigin: made for a test\nassets:\n"
                       "  debris.broken:\n    title: A mesh that is none\n"
                       "    box: {size: [1 m, 1 m, 1 m], centre: [0 m, 0 m, 0.5 m]}\n    mass: 1 kg\n"
                       "    mesh: {file: broken.glb, axes: {forward: +x, up: +z}, scale: 1}\n")
        with open(os.path.join(data, "assets/broken.glb"), "wb") as file:
            file.write(b"glTF" + bytes(range(200)))
        text = text_of(BALL)
        broken = self.at("broken.scn.yaml")
        with open(broken, "w") as file:
            file.write(text.replace("id: ball", "id: broken").replace("lab.sphere", "debris.broken"))
        env = {"NIGHTFOG_DATA": data}
        plan = self.at("plan.jsonl")
        must(run("plan", broken, BALL, "-o", plan, env=env))
        result = self.render(plan, self.at("out"), code=65, env=env)
        self.assertIn("set aside after 3 tries: broken/", result.stderr)
        self.assertIn("broken.glb", result.stderr)
        self.assertEqual(len([n for n in names_below(self.at("out/ball")) if n.endswith("done.json")]), 1)
        # Its content is in the episode's name: another mesh, another plan.
        with open(os.path.join(data, "assets/broken.glb"), "ab") as file:
            file.write(b"more")
        must(run("plan", broken, BALL, "-o", self.at("changed.jsonl"), env=env))
        before, after = ([e["episode"] for e in episodes_of(p)] for p in (plan, self.at("changed.jsonl")))
        self.assertNotEqual(before[0], after[0])
        self.assertEqual(before[1], after[1])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
