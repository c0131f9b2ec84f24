#!/usr/bin/env python3
"""The viewer's window on a virtual display: scripts that play mouse and keyboard, and what they leave behind.

window_test.py NIGHTFOG SOURCE_FOLDER. Exit code 77 (skipped): there is no Xvfb.
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]
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


def fail(text):
    print("FAILED:", text)
    sys.exit(1)


def expect(condition, text):
    if not condition:
        fail(text)


def pixels(path):
    """Rows of an 8-bit RGB PNG."""
    data = open(path, "rb").read()
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += 12 + size
    raw, rows, before = zlib.decompress(packed), [], bytearray(3 * width)
    for y in range(height):
        begin = y * (3 * width + 1)
        kind, row = raw[begin], bytearray(raw[begin + 1:begin + 1 + 3 * width])
        for i in range(3 * width):
            a, b, c = (row[i - 3] if i >= 3 else 0), before[i], (before[i - 3] if i >= 3 else 0)
            if kind == 1:
                row[i] = (row[i] + a) & 255
            elif kind == 2:
                row[i] = (row[i] + b) & 255
            elif kind == 3:
                row[i] = (row[i] + (a + b) // 2) & 255
            elif kind == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
                row[i] = (row[i] + near) & 255
        rows.append(row)
        before = row
    return width, height, rows


def differing(a, b, left, top, right, bottom):
    """Share of a rectangle's pixels that differ by more than noise."""
    count = 0
    for y in range(top, bottom, 4):
        for x in range(left, right, 4):
            count += max(abs(a[y][3 * x + k] - b[y][3 * x + k]) for k in range(3)) > 24
    return count / (((bottom - top) // 4) * ((right - left) // 4))


def run(display, folder, script, file, expected=0):
    path = os.path.join(folder, "script.txt")
    open(path, "w").write(script)
    environment = dict(os.environ, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1")
    done = subprocess.run([NIGHTFOG, "view", file, "--script", path], cwd=folder, env=environment, capture_output=True,
                          text=True, timeout=600)
    expect(done.returncode == expected, f"exit code {done.returncode}, not {expected}: {done.stderr}")
    return done.stderr


def main():
    if shutil.which("Xvfb") is None:
        print("SKIPPED: Xvfb is not installed (tools/setup test)")
        return 77
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    display = ":" + os.read(read, 16).decode().strip()
    try:
        with tempfile.TemporaryDirectory() as folder:
            tests(display, folder)
    finally:
        server.terminate()
        server.wait()
    print("all held")
    return 0


def tests(display, folder):
    file = os.path.join(folder, "a.scn.yaml")
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
key ctrl+p
wait_frames 3
type add weather
wait_frames 2
key enter
wait_ready
assert text weather:\\n  - at: 0 s\\n    fog: {visibility: 60 m}
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
