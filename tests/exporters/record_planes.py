"""Planes, boxes and points of a record, read with nothing but the .proto files' text and numpy."""
import struct
import zlib

import numpy as np

from mcap_messages import messages


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """(field number, value): integers, or bytes of whatever has a length or a fixed width."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                size, at = _varint(data, at)
            value = data[at:at + size]
            at += size
        yield key >> 3, value


WORDS = {1: (4, 1), 2: (2, 1), 3: (4, 1), 4: (2, 2), 5: (4, 2), 6: (1, 1)}  # by TruthPlane.Kind


def plane(message):
    """[height, width, words] of a nightfog.record.v1.TruthPlane."""
    m = dict(fields(message))
    height, width, kind, bits = m[5], m[4], m[6], m.get(10, 0)
    size, count = WORDS[kind]
    assert m[8] == b"gradient+shuffle+zlib"
    data = np.frombuffer(zlib.decompress(m[9]), np.uint8).reshape(count, size, height, width)
    word = {1: np.uint8, 2: np.uint16, 4: np.uint32}[size]
    folded = np.zeros((count, height, width), word)
    for b in range(size):
        folded |= data[:, b].astype(word) << word(8 * b)
    residual = (folded >> word(1)) ^ (word(0) - (folded & word(1)))
    # The inverse of the gradient prediction is a sum along both axes.
    values = np.cumsum(np.cumsum(residual, axis=1, dtype=word), axis=2, dtype=word)
    out = np.moveaxis(values, 0, 2)
    if kind in (1, 5):
        out = out.view(np.int32) / 2.0**bits if bits else np.ascontiguousarray(out).view(np.float32)
    return out


POINT = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("range", "<f4"), ("intensity", "<f4"), ("azimuth", "<f4"),
                  ("time_ns", "<i4"), ("true_range", "<f4"), ("cosine", "<f4"), ("v", "<f4", 3), ("instance", "<u4"),
                  ("semantic", "<u2"), ("material", "<u2"), ("ring", "<u2"), ("column", "<u2"), ("return", "u1"),
                  ("cause", "u1"), ("part", "<u2"), ("fill", "<f4"), ("seen_via", "<u4"), ("reflectance", "<f4"),
                  ("elongation", "<f4")])


def read(path):
    """{topic: [message bytes in order]}"""
    out = {}
    for topic, _, body in messages(path):
        out.setdefault(topic, []).append(body)
    return out


def points(message):
    return np.frombuffer(dict(fields(message))[6], POINT)


def sweep_start_ns(message):
    """Of a nightfog.record.v1.LidarSweep."""
    return dict(fields(message)).get(3, 0)


def calibration(message):
    """K and D of a foxglove.CameraCalibration."""
    m = dict(fields(message))
    return np.frombuffer(m[6], "<f8").reshape(3, 3), np.frombuffer(m[5], "<f8")


def visible_and_total(message):
    """{object id: (visible, total pixels)} of a nightfog.record.v1.CameraFrame."""
    found = {}
    for number, value in fields(message):
        if number == 12:
            v = dict(fields(value))
            found[v[1]] = (v.get(2, 0), v.get(3, 0))
    return found


assert struct.calcsize("<f") == 4 and POINT.itemsize == 80
