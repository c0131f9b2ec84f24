"""A plan as a Slurm array, on a Slurm of our own: kills, requeues and doubled workers change nothing.

Usage: slurm_test.py NIGHTFOG SOURCE_DIR [TestCase.test …]
"""
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import farm_test
import private_slurm
from farm_test import SEED, Fixture, must, parts_below, text_of

NIGHTFOG = farm_test.NIGHTFOG


class Slurm(Fixture):
    def run_with(self, slurm, *arguments):
        return must(subprocess.run([NIGHTFOG, *arguments], capture_output=True, text=True, env=slurm.env, timeout=120))

    def status(self, slurm, out):
        return json.loads(self.run_with(slurm, "farm", "status", out, "--json").stdout)

    def shards_running(self, out):
        """Process numbers of nightfog, from the shards' signs of life."""
        folder = os.path.join(out, ".farm/shards")
        states = [json.loads(text_of(os.path.join(folder, n))) for n in os.listdir(folder) if n.endswith(".json")] \
            if os.path.isdir(folder) else []
        return [s["process"] for s in states if s["state"] in ("starting", "rendering")]

    def shard_logs(self, out):
        folder = os.path.join(out, ".farm/logs")
        return "".join(f"--- {name}\n{text_of(os.path.join(folder, name))}\n" for name in sorted(os.listdir(folder)))

    def test_an_array_with_kills_requeues_a_full_disk_and_doubled_workers_merges_to_the_undisturbed_root(self):
        plan = self.plan(24)
        root = self.undisturbed(plan)
        mount = self.mounted("12m")  # two thirds of what the plan takes
        out = os.path.join(mount, "out")
        chance = random.Random(SEED)
        with private_slurm.PrivateSlurm() as slurm:
            job = self.run_with(slurm, "farm", "submit", "--slurm", "--plan", plan, "-o", out, "--shards", "3", "--tries",
                                "100", "--option=--nice=0").stdout.strip()
            slurm.wait_for(lambda: self.shards_running(out), "a shard that runs")
            killed = requeued = 0
            wasFull = False
            waiting = {}
            # Some processes are killed outright, some tasks are requeued as a preemption would; a worker of nobody's
            # renders the same episodes meanwhile.
            extra = subprocess.Popen([NIGHTFOG, "render", "--plan", plan, "-o", out, "--shard", "1/2"],
                                     stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 100
            while slurm.tasks(job) and time.monotonic() < deadline:
                tasks = slurm.tasks(job)
                running = [task for task, state in tasks.items() if state == "RUNNING"]
                if killed < 2 and self.shards_running(out):
                    victim = chance.choice(self.shards_running(out))
                    if victim != extra.pid:
                        try:
                            os.kill(victim, signal.SIGKILL)
                            killed += 1
                        except ProcessLookupError:
                            pass
                elif requeued < 1 and running:
                    slurm.ask("scontrol", "requeue", f"{job}_{chance.choice(running)}")
                    requeued += 1
                if not wasFull and os.statvfs(mount).f_bavail * os.statvfs(mount).f_frsize < 1 << 20:
                    time.sleep(2)  # full: every shard ends with 74 and is requeued
                    subprocess.run(["mount", "-o", "remount,size=100m", mount], check=True)
                    wasFull = True
                # Slurm waits two minutes before it starts a requeued task; a test does not. Within the second in which
                # the task was ended, slurmd would take the new start for the old one and refuse it, for good.
                waiting = {task: waiting.get(task, time.monotonic()) for task, state in tasks.items() if state == "PENDING"}
                for task, since in waiting.items():
                    if time.monotonic() - since > 2.5:
                        slurm.ask("scontrol", "update", f"JobId={job}_{task}", "StartTime=now")
                time.sleep(0.3)
            self.assertEqual(slurm.tasks(job), {}, slurm.logs())
            extra.wait(timeout=60)  # it may have met the full disk: 74
            seen = self.status(slurm, out)
            logs = self.run_with(slurm, "farm", "logs", out).stdout
            story = slurm.logs() + self.shard_logs(out)  # told when something is missing
        self.assertGreaterEqual(killed, 1)
        self.assertTrue(wasFull)
        self.assertEqual((seen["done"], seen["episodes"], seen["running"], seen["set_aside"]), (24, 24, 0, 0), story)
        self.assertEqual(seen["seconds_left"], 0)
        self.assertIn("episode finished", logs)
        self.assertEqual(self.merge(out), root)
        self.assertEqual(parts_below(out), [])
        print(f"{killed} processes killed, {requeued} tasks requeued, the disk full once, a worker doubled: root {root}")


if __name__ == "__main__":
    why = private_slurm.missing()
    if why:
        print(f"skipped: {why}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
