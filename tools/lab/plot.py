"""Plots without a plotting library: axes, lines, marks, bars, drawn by OpenCV."""
import math

import cv2
import numpy as np

PALETTE = [(0x2F, 0x6F, 0xC0), (0xC0, 0x50, 0x30), (0x38, 0x8E, 0x4A), (0x8A, 0x52, 0xA8), (0xB8, 0x8A, 0x1E), (0x20, 0x90, 0x98), (0x70, 0x70, 0x70),
           (0xB0, 0x3A, 0x70)]
WIDTH, HEIGHT = 760, 500
LEFT, RIGHT, TOP, BOTTOM = 74, 190, 40, 56
SCALE = 2  # drawn twice as large, then shrunk


def _ticks(low, high, log):
    if log:
        found = []
        decade = math.floor(math.log10(low))
        while 10.0**decade <= high * 1.0001:
            found += [m * 10.0**decade for m in (1, 2, 5) if low * 0.9999 <= m * 10.0**decade <= high * 1.0001]
            decade += 1
        return found
    step = 10.0**math.floor(math.log10((high - low) / 4))
    step = min((m * step for m in (1, 2, 5, 10)), key=lambda s: abs((high - low) / s - 6))
    return [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


class _Axis:
    def __init__(self, values, log, begin, end):
        finite = [v for v in values if v is not None and math.isfinite(v) and (v > 0 or not log)]
        low, high = min(finite), max(finite)
        if log:
            low, high = low / 1.15, high * 1.15
        else:
            pad = 0.04 * (high - low or 1)
            low, high = low - pad, high + pad
        self.low, self.high, self.log, self.begin, self.end = low, high, log, begin, end

    def at(self, value):
        if self.log:
            share = math.log(max(value, 1e-30) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)


def _text(image, text, x, y, size=0.42, colour=(40, 40, 40), anchor=0.0):
    width = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size * SCALE, SCALE)[0][0]
    cv2.putText(image, text, (int(x * SCALE - anchor * width), int(y * SCALE)), cv2.FONT_HERSHEY_SIMPLEX, size * SCALE, colour, SCALE, cv2.LINE_AA)


def draw(path, title, xlabel, ylabel, lines=(), marks=(), logx=False, logy=False, note=""):
    """lines, marks: (name, x, y); those of one name have one colour."""
    image = np.full((HEIGHT * SCALE, WIDTH * SCALE, 3), 255, np.uint8)
    everything = list(lines) + list(marks)
    x = _Axis([v for _, xs, _ in everything for v in xs], logx, LEFT, WIDTH - RIGHT)
    y = _Axis([v for _, _, ys in everything for v in ys], logy, HEIGHT - BOTTOM, TOP)
    for value in _ticks(x.low, x.high, logx):
        at = int(x.at(value) * SCALE)
        cv2.line(image, (at, TOP * SCALE), (at, (HEIGHT - BOTTOM) * SCALE), (228, 228, 228), SCALE)
        _text(image, f"{value:g}", x.at(value), HEIGHT - BOTTOM + 17, anchor=0.5)
    for value in _ticks(y.low, y.high, logy):
        at = int(y.at(value) * SCALE)
        cv2.line(image, (LEFT * SCALE, at), ((WIDTH - RIGHT) * SCALE, at), (228, 228, 228), SCALE)
        _text(image, f"{value:g}", LEFT - 6, y.at(value) + 5, anchor=1)
    cv2.rectangle(image, (LEFT * SCALE, TOP * SCALE), ((WIDTH - RIGHT) * SCALE, (HEIGHT - BOTTOM) * SCALE), (90, 90, 90), SCALE)
    names = list(dict.fromkeys(name for name, _, _ in everything))
    colours = {name: PALETTE[i % len(PALETTE)][::-1] for i, name in enumerate(names)}
    for name, xs, ys in lines:
        ends = [(x.at(a), y.at(b)) for a, b in zip(xs, ys) if math.isfinite(b)]
        points = np.array(ends) * SCALE * 16
        cv2.polylines(image, [points.round().astype(np.int32)], False, colours[name], 2 * SCALE, cv2.LINE_AA, 4)
    for name, xs, ys in marks:
        for a, b in zip(xs, ys):
            if math.isfinite(b):
                cv2.circle(image, (int(x.at(a) * SCALE), int(y.at(b) * SCALE)), int(3.2 * SCALE), colours[name], -1, cv2.LINE_AA)
    for i, name in enumerate(names):
        at = TOP + 14 + 19 * i
        cv2.line(image, (int((WIDTH - RIGHT + 10) * SCALE), int((at - 4) * SCALE)), (int((WIDTH - RIGHT + 28) * SCALE), int((at - 4) * SCALE)), colours[name],
                 3 * SCALE, cv2.LINE_AA)
        _text(image, name, WIDTH - RIGHT + 34, at)
    _text(image, title, LEFT, 24, size=0.52)
    _text(image, xlabel, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, anchor=0.5)
    label = np.full((22 * SCALE, (HEIGHT - TOP - BOTTOM) * SCALE, 3), 255, np.uint8)
    _text(label, ylabel, (HEIGHT - TOP - BOTTOM) / 2, 15, anchor=0.5)
    image[TOP * SCALE:(HEIGHT - BOTTOM) * SCALE, 2 * SCALE:24 * SCALE] = cv2.rotate(label, cv2.ROTATE_90_COUNTERCLOCKWISE)
    if note:
        _text(image, note, WIDTH - RIGHT + 10, HEIGHT - BOTTOM, size=0.36, colour=(110, 110, 110))
    cv2.imwrite(path, cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), [cv2.IMWRITE_PNG_COMPRESSION, 9])
