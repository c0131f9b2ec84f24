"""A virtual display, the window's program on it, and pictures of it."""
import contextlib
import os
import shutil
import struct
import subprocess
import sys
import zlib

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]


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


def environment(display):
    return dict(os.environ, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1")


def command(folder, script, file, *options):
    path = os.path.join(folder, "script.txt")
    open(path, "w").write(script)
    return [NIGHTFOG, "view"] + ([file] if file else []) + ["--script", path] + list(options)


def run(display, folder, script, file, *options, expected=0):
    done = subprocess.run(command(folder, script, file, *options), cwd=folder, env=environment(display), text=True,
                          capture_output=True, timeout=1800)
    said = done.stdout.splitlines()
    expect(done.returncode == expected,
           f"exit code {done.returncode}, not {expected}: {done.stderr} {said[-1] if said else ''}")
    return done.stderr


class Running:
    """A window that goes on while something else is done to it."""

    def __init__(self, display, folder, script, file, *options):
        self.display = display
        self.errors = open(os.path.join(folder, "errors.txt"), "w+")
        self.process = subprocess.Popen(command(folder, script, file, *options), cwd=folder, env=environment(display),
                                        text=True, stdout=subprocess.PIPE, stderr=self.errors)

    def line(self):
        """What its script prints next."""
        said = self.process.stdout.readline()
        if not said:
            self.errors.seek(0)
            fail("it ended: " + self.errors.read())
        return said.split()

    def hands(self, *words):
        """Mouse and keyboard of the X server."""
        done = subprocess.run(["xdotool"] + [str(word) for word in words], env=environment(self.display),
                              capture_output=True, text=True)
        expect(done.returncode == 0, f"xdotool {words}: {done.stderr}")

    def drag(self, start, goal):
        middle = [(a + b) // 2 for a, b in zip(start, goal)]
        self.hands("mousemove", *start, "sleep", 0.1, "mousedown", 1, "sleep", 0.1, "mousemove", *middle, "sleep", 0.1,
                   "mousemove", *goal, "sleep", 0.1, "mouseup", 1)

    def end(self):
        expect(self.process.wait(timeout=60) == 0, "it ended badly")

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def virtual_display():
    """Its name; nothing is there: exit code 77."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            print(f"SKIPPED: {program} is not installed (tools/setup test)")
            sys.exit(77)
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        yield ":" + os.read(read, 16).decode().strip()
    finally:
        server.terminate()
        server.wait()
