"""Renders scenarios/lab and compares the records with what is published.

  /usr/bin/python3 tools/lab/lab.py NIGHTFOG SOURCE WORK [CHECK …] [--short] [--keep] [--report FILE]

--short: what takes seconds. --keep: what stands in WORK is not rendered again. --report writes the table with its plots beside it. Exit code 1 where a figure does not hold.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks  # noqa: E402
import plot  # noqa: E402
import records  # noqa: E402
from verdicts import Verdicts  # noqa: E402


class Lab:
    def __init__(self, nightfog, source, work, pictures, keep):
        self.nightfog, self.source, self.work, self.pictures, self.keep = nightfog, source, work, pictures, keep
        self.drawn = []
        self.outcomes = {}  # by scenario: beams, and how many of them are accounted for

    def render(self, scenario, *options, name=None):
        out = os.path.join(self.work, name or scenario)
        if not self.keep:
            shutil.rmtree(out, ignore_errors=True)
        path = os.path.join(self.source, "scenarios", "lab", scenario + ".scn.yaml")
        result = subprocess.run([self.nightfog, "render", path, "-o", out, "--progress", "none", *options], capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{scenario}: {result.stderr}")
        return out

    def records(self, scenario, *options, name=None):
        found = records.records(self.render(scenario, *options, name=name))
        for record in found:
            self.account(name or scenario, record)
        return found

    def account(self, scenario, record):
        """Every beam has one outcome, and as many say that they return as have a first point."""
        beams, wrong = self.outcomes.get(scenario, (0, 0))
        for sensor in record.lidars:
            for sweep in record.sweeps(sensor):
                returned = (sweep.outcomes > 0) & (sweep.outcomes < records.FIRST_LOSS)
                firsts = sweep.points[sweep.points["return"] == 0]
                matched = sweep.outcomes[firsts["column"], firsts["ring"]] == firsts["cause"]
                beams += sweep.outcomes.size
                wrong += int((sweep.outcomes == 0).sum()) + int((~matched).sum()) + abs(int(returned.sum()) - len(firsts))
                wrong += abs(sweep.outcomes.size - sweep.rings * sweep.columns)
        self.outcomes[scenario] = (beams, wrong)

    def sums(self):
        found = Verdicts()
        for scenario, (beams, wrong) in sorted(self.outcomes.items()):
            found.state("–", f"outcomes sum to beams, `{scenario}`", beams, beams - wrong, "exact", "conservation", beams > 0 and wrong == 0)
        return found

    def forget(self, scenario):
        """Large records are not kept."""
        shutil.rmtree(os.path.join(self.work, scenario), ignore_errors=True)

    def plot(self, name, title, *args, **options):
        if not self.pictures:
            return
        os.makedirs(self.pictures, exist_ok=True)
        plot.draw(os.path.join(self.pictures, name + ".png"), title, *args, **options)
        self.drawn.append((name, title))


HEADER = """# What the sensors were measured against

Written by `tools/validate lab`: it renders the scenarios of [scenarios/lab](../scenarios/lab) as anybody would, reads the records with nothing but
their documented format and numpy (`tools/lab`), and compares them with what is published. Items are numbered as the laboratory's list
of acceptance figures; a figure without a tolerance of its own is held to 1 %.

"""


def report(path, lab, verdicts):
    with open(path, "w") as file:
        file.write(HEADER + verdicts.table())
        for name, title in lab.drawn:
            file.write(f"\n{title}:\n\n![{title}](validation/{name}.png)\n")
        file.write("\n" + checks.NOTES)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nightfog")
    parser.add_argument("source")
    parser.add_argument("work")
    parser.add_argument("checks", nargs="*")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--report")
    arguments = parser.parse_args()
    pictures = os.path.join(os.path.dirname(os.path.abspath(arguments.report)), "validation") if arguments.report else None
    lab = Lab(arguments.nightfog, arguments.source, arguments.work, pictures, arguments.keep)
    verdicts = Verdicts()
    chosen = arguments.checks or (checks.SHORT if arguments.short else list(checks.ALL))
    for name in chosen:
        start = time.monotonic()
        before = len(verdicts)
        checks.ALL[name](lab, verdicts)
        fails = [v for v in verdicts[before:] if not v.holds]
        print(f"{name}: {len(verdicts) - before} figures, {len(fails)} fail, {time.monotonic() - start:.1f} s", flush=True)
        for v in fails:
            print(f"  {v.item} {v.what}: published {v.published}, ours {v.ours}, tolerance {v.tolerance}", flush=True)
        if arguments.report:
            report(arguments.report, lab, verdicts)  # what is known, should a later one take long or be stopped
    verdicts += lab.sums()
    if arguments.report:
        report(arguments.report, lab, verdicts)
    else:
        print(verdicts.table())
    sys.exit(0 if all(v.holds for v in verdicts) else 1)


if __name__ == "__main__":
    main()
