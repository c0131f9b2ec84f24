"""How well two shards side by side do beside raw Embree side by side, on the same two cores in the same minutes.

Usage: scaling.py NIGHTFOG SOURCE_DIR
Each process is held to one core, so that threads beside the frames count as what they are. One figure each way: the
work that two get done in a second, over the work that one gets done. The issue's line is ours / Embree's >= 0.9.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]
SCENARIO = os.path.join(SOURCE, "scenarios/urban/parked_van_dartout/fog.scn.yaml")
EPISODES = 8
ROUNDS = 3


def start(core, *arguments):
    return subprocess.Popen(["taskset", "-c", str(core), NIGHTFOG, *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)


def must(process):
    text = process.communicate()[0]
    assert process.returncode in (0, 3), f"exit {process.returncode}"
    return text


def embree_rate(processes):
    """Closest hits a second, of one process or the sum of several."""
    benches = [start(core, "bench", "--json", "--threads", "1", "--repeat", "3") for core in range(processes)]
    rates = []
    for bench in benches:
        result = json.loads(must(bench))
        embree = next(t for t in result["tracers"] if t["name"] == "raw Embree, two levels")
        rates.append(result["rays"] / embree["closest_s"])
    return sum(rates)


def shard_rate(plan, folder, shards):
    """Episodes a second, start-up and all."""
    begun = time.monotonic()
    renders = [start(core, "render", "--plan", plan, "-o", os.path.join(folder, f"out{core}of{shards}"), "--threads", "1",
                     "--shard", f"{core}/{shards}") for core in range(shards)]
    for render in renders:
        must(render)
    seconds = time.monotonic() - begun
    for core in range(shards):
        shutil.rmtree(os.path.join(folder, f"out{core}of{shards}"))
    return EPISODES / seconds


def main():
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # no waiting for the disk
    folder = tempfile.mkdtemp(prefix="nightfog_scaling_", dir=memory)
    try:
        plan = os.path.join(folder, "plan.jsonl")
        subprocess.run([NIGHTFOG, "plan", SCENARIO, "--runs", str(EPISODES), "--frames", "0..9", "-o", plan], check=True)
        best = {}
        for _ in range(ROUNDS):  # in turn, so that a slow minute is everybody's; the best of each counts
            for name, rate in (("embree 1", lambda: embree_rate(1)), ("embree 2", lambda: embree_rate(2)),
                               ("shards 1", lambda: shard_rate(plan, folder, 1)),
                               ("shards 2", lambda: shard_rate(plan, folder, 2))):
                best[name] = max(best.get(name, 0), rate())
        embree = best["embree 2"] / best["embree 1"]
        shards = best["shards 2"] / best["shards 1"]
        print(f"two on two cores over one on one: raw Embree {embree:.2f}, shards {shards:.2f}; ratio {shards / embree:.2f}")
        return 0 if shards / embree >= 0.9 else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
