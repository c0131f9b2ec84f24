#!/usr/bin/env python3
"""What takes the viewer's window too long for tools/test: `tools/validate viewer`.

long_test.py NIGHTFOG SOURCE_FOLDER [corpora|library|kills]…
"""
import os
import random
import re
import shutil
import sys
import tempfile
import time

import yaml

from display import SOURCE, Running, expect, run, virtual_display

PLAIN = """format: scenario/1
id: plain
seed: 1
world:
  road:
    line: [{straight: 200 m}]
    lanes:
      right: [{name: ego_lane, width: 3.25 m}]
  duration: 0.2 s
actors:
  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 30 m}}
"""


def plain(folder):
    file = os.path.join(folder, "plain.scn.yaml")
    open(file, "w").write(PLAIN)
    return file


def corpora(display, folder):
    """Every file that a fuzzer has found is opened by one window, and drawn. Maps are built, too."""
    at = os.path.join(SOURCE, "tests/fuzz/corpus")
    script, files, maps = "", 0, 0
    for path in sorted(os.path.join(at, name) for at, _, names in os.walk(at) for name in names):
        script += f"print {path}\nopen {path}\nwait_frames 1\n"
        files += 1
        if "/opendrive/" not in path:
            continue
        shutil.copy(path, os.path.join(folder, f"{maps}.xodr"))
        file = os.path.join(folder, f"map{maps}.scn.yaml")
        open(file, "w").write(f"format: scenario/1\nid: map\nworld: {{map: {maps}.xodr, duration: 0.1 s}}\n")
        script += f"print {file}\nopen {file}\nwait_frames 1\n"
        maps += 1
    run(display, folder, script, plain(folder), "--size", "640x400")
    return f"{files} files and {maps} maps opened"


def draggable(file):
    """Actors that a file places itself, by words that a drag moves; the ego first."""
    actors = (yaml.safe_load(open(file)) or {}).get("actors") or {}
    places = {name: actor.get("place") for name, actor in actors.items() if isinstance(actor, dict)}
    return sorted((name for name, place in places.items() if isinstance(place, dict)), key=lambda name: name != "ego")


def library(display, folder):
    """In every scenario of the library: drag, save, undo, save leaves it byte for byte; drag, save, one place's lines."""
    script, copies = "", []
    for kind in ("undone", "dragged"):
        top = os.path.join(folder, kind)
        shutil.copytree(os.path.join(SOURCE, "scenarios"), top)
        os.mkdir(os.path.join(top, ".git"))  # imports reach as far as a repository does
        for path in sorted(os.path.join(at, name) for at, _, names in os.walk(top) for name in names):
            actors = draggable(path) if path.endswith(".scn.yaml") else []
            if not actors:
                continue
            copies.append((kind, path, actors[0]))
            script += (f"print {path}\nopen {path}\nwait_picture coarse\nclick outline.{actors[0]}\nkey g\n"
                       f"click eye.top\nwait_frames 2\nwait_picture coarse\ndrag {actors[0]} 1.25 0.1\nsave\n")
            if kind == "undone":
                script += "key ctrl+z\nsave\nassert dirty false\n"
    run(display, folder, script, plain(folder))
    changed = 0
    for kind, path, actor in copies:
        original = open(os.path.join(SOURCE, "scenarios", os.path.relpath(path, os.path.join(folder, kind)))).read()
        text = open(path).read()
        if kind == "undone":
            expect(text == original, f"{path}: something was left of a drag of {actor}")
            continue
        before, after = original.splitlines(), text.splitlines()
        begin = next(i for i, line in enumerate(before) if re.match(rf"  {actor}:", line))
        end = next((i for i in range(begin + 1, len(before)) if re.match(r" {0,2}\S", before[i])), len(before))
        added = len(after) - len(before)
        expect(0 <= added <= 1 and before[:begin] == after[:begin] and before[end:] == after[end + added:],
               f"{path}: more than {actor} changed")
        changed += text != original
    expect(changed > 25, f"only {changed} could be dragged")
    return f"{len(copies) // 2} scenarios opened, in {changed} an actor was dragged"


def kills(display, folder, count=8):
    """However it is killed while somebody edits, nothing older than ten seconds is lost."""
    file, chance, oldest = plain(folder), random.Random(1), 0
    copy = os.path.join(folder, ".plain.scn.yaml.nightfog-autosave")
    edits = "".join(f"double_click field.actors/ego/place/s\nkey ctrl+a\ntype {30 + i / 100:.2f} m\\n\nwait_frames 4\n"
                    f"assert text s: {30 + i / 100:.2f} m\nprint {i}\n" for i in range(1, 3000))
    for _ in range(count):
        window = Running(display, folder, "wait_ready\nclick outline.ego\nwait_frames 2\n" + edits, file)
        made, until = {}, None
        while until is None or time.monotonic() < until:
            made[int(window.line()[0])] = time.monotonic()
            until = until or time.monotonic() + chance.uniform(11, 20)
        killed = time.monotonic()
        window.kill()
        kept = re.search(r"s: ([0-9.]+) m}", open(copy).read())
        expect(kept, "nothing was kept")
        lost = [killed - at for i, at in made.items() if 30 + i / 100 > float(kept[1]) + 1e-6]
        oldest = max([oldest] + lost)
        expect(oldest < 10, f"an edit of {oldest:.1f} s before the kill is lost")
        os.remove(copy)
    return f"{count} kills, the oldest edit lost was made {oldest:.1f} s before the kill"


def main():
    proofs = {"corpora": corpora, "library": library, "kills": kills}
    for name in sys.argv[3:] or proofs:
        with virtual_display() as display, tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            said = proofs[name](display, folder)
            print(f"{name}: {said}; {time.monotonic() - began:.0f} s", flush=True)


main()
