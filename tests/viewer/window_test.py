#!/usr/bin/env python3
"""The viewer's window on a virtual display: scripts that play mouse and keyboard, and what they leave behind.

window_test.py NIGHTFOG SOURCE_FOLDER. Exit code 77 (skipped): there is no Xvfb or no xdotool.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

from display import NIGHTFOG, SOURCE, Running, differing, expect, pixels, run, virtual_display

SCENARIO = """format: scenario/1
id: window_test
seed: 3
world:
  road:
    line: [{straight: 120 m}]
    lanes:
      right: [{name: ego_lane, width: 3.25 m}, {name: kerbside, kind: parking, width: 2.2 m}]
  time_of_day: "15:30"
  duration: 1 s
actors:   # who plays
  ego: {asset: vehicle.sedan, place: {lane: ego_lane, s: 30 m}, behavior: {follow_lane: {speed: 30 km/h}}}
  van: {asset: vehicle.van.white, place: {lane: kerbside, s: 42 m}}   # parked
"""


def main():
    with virtual_display() as display, tempfile.TemporaryDirectory() as folder:
        tests(display, folder)
    print("all held")


def hands(display, folder, file):
    """Mouse and keyboard of the X server do what a script's do; what is not saved outlives kill -9."""
    window = Running(display, folder, """
wait_ready
wait_picture half
where van
where van 6 0
where van 7 0
await dirty true
print dragged
await dirty false
print undone
await dirty true
print redone
await text what it is for
""", file)
    (_, *start), (_, *goal), (_, *further) = [[word if i == 0 else int(word) for i, word in enumerate(window.line())]
                                              for _ in range(3)]
    window.hands("mousemove", 640, 10, "search", "--name", "nightfog", "windowfocus")
    window.drag(start, goal)
    expect(window.line() == ["dragged"], "not dragged")
    window.hands("key", "ctrl+z")
    expect(window.line() == ["undone"], "not undone")
    window.hands("key", "ctrl+shift+z")
    expect(window.line() == ["redone"], "not redone")
    copy = os.path.join(folder, ".a.scn.yaml.nightfog-autosave")
    began = time.monotonic()
    while not os.path.exists(copy):
        expect(time.monotonic() - began < 60, "nothing is kept")
        time.sleep(0.1)
    print(f"kept {time.monotonic() - began:.1f} s after the edit")
    window.kill()
    kept = open(copy).read()
    expect(open(file).read() == SCENARIO, "the file itself was written")
    dragged = re.search(r"lane: kerbside, s: ([0-9.]+) m", kept)
    expect(dragged and kept == SCENARIO.replace("s: 42 m", f"s: {dragged[1]} m"), "kept:\n" + kept)
    # The screen's hand stands on whole pixels, and a drag goes in steps of 5 cm.
    pixel_m = 1 / max(abs(a - b) for a, b in zip(further, goal))
    expect(abs(float(dragged[1]) - 48) < 1.5 * pixel_m + 0.05, f"s: {dragged[1]} m, a pixel is {pixel_m:.2f} m")

    # It is offered, and taken. Then every thirtieth file that a fuzzer has found is opened in the same window.
    corpora = os.path.join(SOURCE, "tests/fuzz/corpus")
    found = sorted(os.path.join(at, name) for at, _, names in os.walk(corpora) for name in names)
    expect(len(found) > 500, "where are the corpora?")
    run(display, folder, f"""
wait_frames 3
assert no_text s: {dragged[1]} m
click left.restore
wait_frames 2
assert text s: {dragged[1]} m
save
assert dirty false
""" + "".join(f"print {path}\nopen {path}\n" for path in found[::30]) + f"open {file}\nassert text s: {dragged[1]} m\n",
        file)
    expect(not os.path.exists(copy), "the copy is still there")
    expect(open(file).read() == kept, "what was taken up was not saved")


def comfort(display, folder):
    """Without a file one is chosen; looks and files are remembered; a file that is extended is read again."""
    base, file, settings = (os.path.join(folder, name) for name in ("base.scn.yaml", "child.scn.yaml", "settings"))
    open(base, "w").write(SCENARIO)
    open(file, "w").write("format: scenario/1\nextends: base.scn.yaml\nid: child\n")
    window = Running(display, folder, """
wait_frames 3
click welcome.open
wait_frames 2
type child
wait_frames 2
key enter
wait_frames 2
wait_ready
assert errors 0
assert shows tour.next
click tour.skip
wait_frames 2
assert hides tour.next
key ctrl+plus
wait_frames 2
assert shows outline.van
assert hides outline.lorry
print opened
await shows outline.lorry
assert errors 0
assert dirty false
""", None, "--config", settings)
    expect(window.line() == ["opened"], "not opened")
    open(base, "w").write(SCENARIO.replace("van:", "lorry:"))
    window.end()
    kept = json.load(open(os.path.join(settings, "viewer.json")))
    expect(kept["recent"] == [file] and kept["tour_seen"] and kept["scale"] > 1, f"kept: {kept}")


def tests(display, folder):
    file = os.path.join(folder, "a.scn.yaml")
    open(file, "w").write(SCENARIO)
    hands(display, folder, file)
    open(file, "w").write(SCENARIO)

    # One session: a drag is one line, undo takes it back, the scene shows it, saving writes just that.
    run(display, folder, """
wait_ready
wait_picture half
assert errors 0
assert dirty false
assert at_least steps 101
screenshot before.png
drag van 6 0
wait_ready
assert selected van
assert text {lane: kerbside, s: 48 m}}   # parked
wait_picture half
screenshot after.png
key ctrl+z
assert dirty false
key ctrl+shift+z
assert dirty true
scrub 0.5
wait_picture coarse
assert time 0.5
key left
assert time 0.49
click time.start
assert time 0
click tab.text
wait_frames 2
assert shows text
save
assert dirty false
quit
""", file)
    text = open(file).read()
    expect(text == SCENARIO.replace("s: 42 m", "s: 48 m"), "saved:\n" + text)
    width, height, before = pixels(os.path.join(folder, "before.png"))
    _, _, after = pixels(os.path.join(folder, "after.png"))
    expect((width, height) == (1280, 720), f"{width} x {height}")
    moved = differing(before, after, 216, 44, 932, 528)
    expect(0.005 < moved < 0.6, f"{moved:.3f} of the scene changed with the van")
    expect(differing(before, after, 0, 44, 216, 300) < 0.2, "the outline changed too")
    lit = sum(max(before[y][3 * x:3 * x + 3]) > 60 for y in range(44, 528, 8) for x in range(216, 932, 8))
    expect(lit > 0.5 * (484 // 8) * (716 // 8), "the scene is dark by day")

    # Typing and the palette change the same text; mistakes are counted while they are there.
    run(display, folder, """
wait_ready
click outline.van
assert selected van
double_click field.actors/van/place/s
key ctrl+a
type 50 m\\n
wait_ready
assert text s: 50 m}}   # parked
double_click field.actors/van/place/s
key ctrl+a
type 50 kg\\n
wait_ready
assert errors 1
key ctrl+z
wait_ready
assert errors 0
double_click field.actors/van/place/s
key ctrl+a
type 50 kg
await shows mistake.actors/van/place/s
assert errors 0
key escape
wait_frames 2
assert hides mistake.actors/van/place/s
double_click field.actors/van/place/s
key ctrl+a
type {uniform: [44 m, 52 m]}\\n
wait_ready
assert shows plot.actors/van/place/s
double_click field.actors/van/place/s/uniform/0
key ctrl+a
type 48\\n
wait_ready
assert text s: {uniform: [48 m, 52 m]}}}   # parked
assert errors 0
key ctrl+p
wait_frames 3
type add weather
wait_frames 2
key enter
wait_ready
assert text weather:\\n  - at: 0 s\\n    fog: {visibility: 60 m}
assert errors 0
click weather.add
scrub 0.5
click weather.add
wait_ready
assert text   - at: 0.5 s\\n    fog: {visibility: 60 m}
pull knot.1 60 0
wait_ready
assert no_text   - at: 0.5 s
assert text     fog: {visibility: 60 m}
assert errors 0
key delete
wait_ready
assert no_text visibility: 60 m}\\n  - at
assert errors 0
save
""", file)
    checked = subprocess.run([NIGHTFOG, "check", file], capture_output=True, text=True)
    expect(checked.returncode == 0, checked.stderr)

    # From the empty template to data: built by mouse and keyboard, sound, formatted, and it comes out as expected.
    built = os.path.join(folder, "dartout.scn.yaml")
    done = subprocess.run([NIGHTFOG, "new", "dartout", "-o", built], capture_output=True, text=True)
    expect(done.returncode == 0, done.stderr)
    run(display, folder, open(os.path.join(SOURCE, "tests/viewer/dartout.view")).read(), built)
    for command in (["check", built], ["fmt", "--check", built],
                    ["render", built, "--labels-only", "-o", os.path.join(folder, "out")]):
        done = subprocess.run([NIGHTFOG] + command, capture_output=True, text=True)
        expect(done.returncode == 0, f"{command}: {done.stdout}{done.stderr}")
    expect(done.stderr.count("passed") == 5, done.stderr)

    # What was rendered is found, is not rendered again, and makes a sheet; the camera's time stays with the run.
    run(display, folder, """
wait_ready
scrub 2.5
click tab.runs
wait_frames 3
wait_rendered
assert runs 1
click render.labels
click render.run
wait_rendered
assert runs 1
assert shows card.r0000.0
click card.r0000.0
wait_ready
assert time 2.5
click runs.sheet
click render.frame
wait_frames 2
assert shows render.cancel
click render.cancel
wait_rendered
assert dirty false
""", built)
    expect(os.path.exists(os.path.join(folder, "out/dartout/sheet.png")), "no contact sheet")
    expect(not [name for name in os.listdir(folder) if name.startswith(".dartout")], "something was left beside the file")

    comfort(display, folder)

    # What does not hold ends the script with its line; a text with errors still opens.
    said = run(display, folder, "wait_ready\nassert selected nobody\n", file, expected=1)
    expect("script line 2" in said, said)
    broken = os.path.join(folder, "broken.scn.yaml")
    open(broken, "w").write("format: scenario/1\nid: [\n")
    run(display, folder, "wait_ready\nassert at_least width 0\nassert no_text actors\nwait_frames 5\n", broken)

    # Without a display: said, with a way out.
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([NIGHTFOG, "view", file], env=environment, capture_output=True, text=True)
    expect(done.returncode == 69 and "xvfb-run" in done.stderr, f"{done.returncode}: {done.stderr}")


sys.exit(main())
