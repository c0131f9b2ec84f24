"""Records of the laboratory, read with the .proto files' text and numpy: nothing of nightfog's own reader."""
import dataclasses
import glob
import os
import struct
import sys

import numpy as np

_TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests")
sys.path[:0] = [os.path.join(_TESTS, "cli"), os.path.join(_TESTS, "exporters")]

from mcap_messages import messages  # noqa: E402
from record_planes import fields, plane, points  # noqa: E402

# shared/cause.h
SURFACE, GHOST, FOG, RAIN, SNOW, SPRAY, DUST, NOISE, SUN, CROSSTALK, BLOOM = range(1, 12)
OUT_OF_RANGE, BELOW_THRESHOLD, SPECULAR_AWAY, BLOCKED = range(64, 68)
FIRST_LOSS = 64


def first(message, number, default=0):
    for found, value in fields(message):
        if found == number:
            return value
    return default


def real(value):
    return struct.unpack("<d", value)[0] if value else 0.0


def reals(message, number):
    return np.frombuffer(first(message, number, b""), "<f8")


def vector(message):
    return np.array([real(first(message, i, b"")) for i in (1, 2, 3)])


def transform(message):
    """(3 x 3 rotation, translation)."""
    rotation = first(message, 2, b"")
    w, x, y, z = [real(first(rotation, i, b"")) for i in (1, 2, 3, 4)] if rotation else (1, 0, 0, 0)
    matrix = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                       [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                       [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])
    return matrix, vector(first(message, 1, b""))


@dataclasses.dataclass
class Lidar:
    id: str
    elevation: np.ndarray  # rad, by ring
    azimuth_offset: np.ndarray
    firing_offset: np.ndarray  # s
    rate: float
    cycle: float
    turns: float  # -1 clockwise
    range10: float

    def azimuth(self, ring, column):
        """Of beams in the sensor's frame, from the calibration alone."""
        at = column * self.cycle + self.firing_offset[ring]
        return np.mod(self.turns * 2 * np.pi * self.rate * at + self.azimuth_offset[ring] + np.pi, 2 * np.pi) - np.pi

    def directions(self, ring, column):
        azimuth, elevation = self.azimuth(ring, column), self.elevation[ring]
        return np.stack([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)], -1)

    def signal(self, points, scale=1.0):
        """Amplitude of points without noise, in units of what reflectance 1 head-on at 1 m in clear air gives."""
        return points["intensity"].astype(float) * 2.55 / points["true_range"].astype(float)**2 * scale


@dataclasses.dataclass
class Sweep:
    frame: int
    start: float  # s
    reference: float
    rings: int
    columns: int
    outcomes: np.ndarray  # [column, ring]
    points: np.ndarray
    sensor_pose: tuple  # world from sensor at the reference
    vehicle_pose: tuple
    visibility: dict  # object id: (hits, possible hits, occluded)

    def beams(self):
        """(ring, column) of every beam, as outcomes are laid out."""
        column, ring = np.divmod(np.arange(self.rings * self.columns), self.rings)
        return ring, column


@dataclasses.dataclass
class Object:
    id: int
    name: str
    asset: str
    class_id: int
    pose: tuple  # world from box
    size: np.ndarray
    velocity: np.ndarray


class Record:
    def __init__(self, path):
        self.path = path
        self.topics = {}
        for topic, _, body in messages(path):
            self.topics.setdefault(topic, []).append(body)
        episode = self.topics["/episode"][0]
        self.parameters = {}
        self.lidars = {}
        for number, value in fields(episode):
            if number == 7:
                self.parameters[first(value, 1).decode()] = real(first(value, 2, b""))
            if number == 13 and first(value, 4, b""):
                self._lidar(first(value, 1).decode(), first(value, 4))

    def _lidar(self, sensor, message):
        self.lidars[sensor] = Lidar(sensor, reals(message, 18), reals(message, 19), reals(message, 20), real(first(message, 5, b"")),
                                    real(first(message, 6, b"")), -1.0 if first(message, 8) else 1.0, real(first(message, 11, b"")))

    def sweeps(self, sensor):
        for cloud, body in zip(self.topics[f"/lidar/{sensor}/points"], self.topics[f"/lidar/{sensor}/sweep"]):
            seen = {}
            for number, value in fields(body):
                if number == 12:
                    seen[first(value, 1)] = (first(value, 2), first(value, 3), first(value, 5))
            rings, columns = first(body, 6), first(body, 7)
            yield Sweep(first(body, 2), first(body, 3) * 1e-9, first(body, 5) * 1e-9, rings, columns,
                        np.frombuffer(first(body, 11), np.uint8).reshape(columns, rings), points(cloud),
                        transform(first(body, 8, b"")), transform(first(body, 9, b"")), seen)

    def objects(self, sensor):
        """By frame: {name: Object}."""
        for body in self.topics[f"/truth/{sensor}/objects"]:
            found = {}
            for number, value in fields(body):
                if number == 4:
                    name = first(value, 2, b"").decode()
                    found[name] = Object(first(value, 1), name, first(value, 3, b"").decode(), first(value, 4),
                                         transform(first(value, 5, b"")), vector(first(value, 6, b"")), vector(first(value, 7, b"")))
            yield found

    def plane(self, sensor, name, frame=0):
        return plane(self.topics[f"/camera/{sensor}/truth/{name}"][frame])

    def image_file(self, sensor, frame=0):
        """Bytes of the image's file: a foxglove.CompressedImage's data."""
        return first(self.topics[f"/camera/{sensor}/image"][frame], 2)


def records(folder):
    """Every record below a folder, by the runs' order; twins left out."""
    paths = sorted(glob.glob(os.path.join(folder, "*", "*", "record.mcap")))
    return [Record(path) for path in paths if not os.path.dirname(path).endswith("_clear")]
