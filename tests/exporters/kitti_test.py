"""KITTI folders as a stranger reads them: by the format's description, with numpy and OpenCV, against the record's truth.

Usage: kitti_test.py NIGHTFOG SOURCE_DIR [TestCase.test …]
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

NIGHTFOG, SOURCE = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.join(SOURCE, "tests/cli"))

import cv2
import numpy as np
import record_planes

CROSSING = os.path.join(SOURCE, "tests/exporters/crossing.scn.yaml")
EMPTY = os.path.join(SOURCE, "tests/exporters/empty.scn.yaml")
RANGE_SIGMA_M = 0.02  # of the scanner's profile
SURFACE = 1  # shared/cause.h


def run(*arguments):
    return subprocess.run([NIGHTFOG, *arguments], capture_output=True, text=True, timeout=280)


class Kitti:
    """One frame of a KITTI object folder."""

    def __init__(self, root, name):
        self.points = np.fromfile(f"{root}/training/velodyne/{name}.bin", "<f4").reshape(-1, 4)
        self.image = cv2.imread(f"{root}/training/image_2/{name}.png")
        with open(f"{root}/training/calib/{name}.txt") as file:
            rows = {key: np.array(values.split(), float) for key, values in (line.split(":") for line in file)}
        self.P2 = rows["P2"].reshape(3, 4)
        self.R0 = np.eye(4)
        self.R0[:3, :3] = rows["R0_rect"].reshape(3, 3)
        self.Tr = np.vstack([rows["Tr_velo_to_cam"].reshape(3, 4), [0, 0, 0, 1]])
        with open(f"{root}/training/label_2/{name}.txt") as file:
            self.labels = [Label(line) for line in file]

    def rectified(self, velodyne):
        """Points of the LiDAR in the rectified camera's frame."""
        return (self.R0 @ self.Tr @ np.c_[velodyne[:, :3], np.ones(len(velodyne))].T).T[:, :3]

    def project(self, rectified):
        p = (self.P2 @ np.c_[rectified, np.ones(len(rectified))].T).T
        return p[:, :2] / p[:, 2:]


class Label:
    def __init__(self, line):
        words = line.split()
        assert len(words) == 15, line
        self.type = words[0]
        v = [float(w) for w in words[1:]]
        self.truncated, self.occluded, self.alpha = v[0], int(words[2]), v[2]
        self.box = np.array(v[3:7])
        self.h, self.w, self.l = v[7:10]
        self.location = np.array(v[10:13])
        self.ry = v[13]

    def rotation(self):
        c, s = np.cos(self.ry), np.sin(self.ry)
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])

    def corners(self):
        x = np.array([1, 1, -1, -1, 1, 1, -1, -1]) * self.l / 2
        y = np.array([0, 0, 0, 0, -1, -1, -1, -1]) * self.h
        z = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * self.w / 2
        return (self.rotation() @ np.array([x, y, z])).T + self.location

    def contains(self, rectified, margin):
        p = (rectified - self.location) @ self.rotation()  # transposed: into the box's axes
        return ((np.abs(p[:, 0]) <= self.l / 2 + margin) & (np.abs(p[:, 2]) <= self.w / 2 + margin) &
                (p[:, 1] <= margin) & (p[:, 1] >= -self.h - margin))


def iou(a, b):
    """Of boxes whose edges are first and last pixel."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    both = np.prod(np.maximum(high - low + 1, 0))
    return both / (np.prod(a[2:] - a[:2] + 1) + np.prod(b[2:] - b[:2] + 1) - both)


def mask_box(mask):
    ys, xs = np.nonzero(mask)
    return np.array([xs.min(), ys.min(), xs.max(), ys.max()], float)


def instance_masks(record, camera, frame, kitti):
    """The record's instance plane, resampled by OpenCV into the exported image's geometry."""
    ids = record_planes.plane(record[f"/camera/{camera}/truth/instance"][frame])[:, :, 0]
    K, D = record_planes.calibration(record[f"/camera/{camera}/calibration"][0])
    if not D.any():
        return ids
    size = (ids.shape[1], ids.shape[0])
    mapx, mapy = cv2.initUndistortRectifyMap(K, D, kitti.R0[:3, :3], kitti.P2[:, :3], size, cv2.CV_32FC1)
    x, y = np.rint(mapx).astype(int), np.rint(mapy).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < size[0]) & (y < size[1])
    return np.where(inside, ids[np.clip(y, 0, size[1] - 1), np.clip(x, 0, size[0] - 1)], 0)


class RoundTrip(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="nightfog_kitti_")
        result = run("render", CROSSING, "-o", cls.folder + "/a")
        assert result.returncode == 0, result.stderr
        (cls.episode,) = glob.glob(cls.folder + "/a/crossing/*/")
        cls.record = record_planes.read(cls.episode + "record.mcap")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def frames(self, name):
        root = self.episode + name
        with open(root + "/provenance.json") as file:
            provenance = json.load(file)
        self.assertIs(provenance["synthetic"], True)
        (record,) = provenance["records"]
        self.assertGreaterEqual(len(record["frames"]), 4)
        for frame in record["frames"]:
            yield frame, Kitti(root, frame["id"])

    def turn(self, frame):
        """The record's points that the frame is made of."""
        parts = []
        for part in frame["lidar"]:
            raw = record_planes.points(self.record["/lidar/top/points"][part["frame"]])
            at = record_planes.sweep_start_ns(self.record["/lidar/top/sweep"][part["frame"]]) + raw["time_ns"]
            parts.append(raw[(raw["return"] == 0) & (at >= part["from_ns"]) & (at < part["to_ns"])])
        return np.concatenate(parts)

    def objects(self, name):
        """Every labelled object that is wholly seen: its label, its mask, its id."""
        for frame, kitti in self.frames(name):
            ids = instance_masks(self.record, name, frame["camera_frame"], kitti)
            self.assertEqual(kitti.image.shape[:2], ids.shape)
            seen = record_planes.visible_and_total(self.record[f"/camera/{name}/frame"][frame["camera_frame"]])
            for label in kitti.labels:
                if label.type == "DontCare":
                    continue
                best = max((i for i in np.unique(ids) if i != 0), key=lambda i: iou(label.box, mask_box(ids == i)))
                yield frame, kitti, label, ids == best, int(best), seen[int(best)]

    def check_objects(self, name):
        whole = worst_iou = worst_inside = None
        for frame, kitti, label, mask, instance, (visible, total) in self.objects(name):
            # 0: at least 80 % of its pixels are seen, 1: at least 40 %, 2: fewer
            share = visible / total
            self.assertEqual(label.occluded, 0 if share >= 0.8 else 1 if share >= 0.4 else 2)
            self.assertAlmostEqual(np.cos(label.alpha - label.ry + np.arctan2(*label.location[[0, 2]])), 1, places=6)
            if label.truncated > 0 or visible != total:
                continue
            pixels = iou(label.box, mask_box(mask))
            hull = cv2.convexHull(kitti.project(label.corners()).astype(np.float32))
            inside = np.mean([cv2.pointPolygonTest(hull, (float(x), float(y)), True) >= -0.5 for y, x in np.argwhere(mask)])
            box3d = np.r_[hull.reshape(-1, 2).min(0), hull.reshape(-1, 2).max(0)]
            print(f"{name} {frame['id']} {label.type:10} id {instance}: box and mask box IoU {pixels:.4f}, "
                  f"{100 * inside:6.2f} % of {mask.sum()} px inside the 3D box's hull, hull box IoU {iou(box3d, mask_box(mask)):.3f}")
            whole = (whole or 0) + 1
            worst_iou = min(pixels, worst_iou or 1)
            worst_inside = min(inside, worst_inside or 1)
        print(f"{name}: {whole} wholly seen objects, worst IoU {worst_iou:.4f}, worst share inside {worst_inside:.4f}")
        self.assertGreaterEqual(whole, 6)
        self.assertGreaterEqual(worst_iou, 0.98)
        return worst_inside

    def test_a_labelled_object_covers_its_own_pixels(self):
        self.assertGreaterEqual(self.check_objects("plain"), 0.995)

    def test_a_labelled_object_of_the_rectified_twin_covers_its_own_pixels(self):
        self.assertGreaterEqual(self.check_objects("bent"), 0.995)

    def test_what_the_scanner_met_lies_in_the_boxes(self):
        for name, may_move in (("plain", False), ("bent", True)):
            checked = 0
            for frame, kitti, label, mask, instance, _ in self.objects(name):
                raw = self.turn(frame)
                self.assertEqual(len(raw), len(kitti.points))
                np.testing.assert_array_equal(raw["intensity"], kitti.points[:, 3])
                # What blooms or is mirrored names its object and lies elsewhere.
                on = (raw["instance"] == instance) & (raw["cause"] == SURFACE)
                moves = np.abs(raw["v"][on]).max() > 0.01 if on.any() else False
                if on.sum() < 20 or (moves and not may_move):
                    continue
                # Range noise of 3 sigma, and half a centimetre of tyre below the road.
                inside = label.contains(kitti.rectified(kitti.points[on]), 3 * RANGE_SIGMA_M).mean()
                print(f"{name} {frame['id']} {label.type:10} id {instance}: {100 * inside:6.2f} % of {on.sum()} points "
                      f"in the 3D box{', moving' if moves else ''}")
                checked += 1
                self.assertGreaterEqual(inside, 0.99)
            self.assertGreaterEqual(checked, 4)

    def test_points_on_what_stands_lie_at_the_images_own_depth(self):
        # The car drives at 10 m/s, and beams are up to 100 ms from the image: without compensation half a metre off.
        for frame, kitti in self.frames("plain"):
            depth = record_planes.plane(self.record["/camera/plain/truth/depth"][frame["camera_frame"]])[:, :, 0]
            ids = instance_masks(self.record, "plain", frame["camera_frame"], kitti)
            raw = self.turn(frame)
            points = kitti.rectified(kitti.points[raw["instance"] == 0])
            points = points[(points[:, 2] > 1) & (points[:, 2] < 60)]
            pixel = np.rint(kitti.project(points)).astype(int)
            inside = (pixel >= 1).all(1) & (pixel[:, 0] < depth.shape[1] - 1) & (pixel[:, 1] < depth.shape[0] - 1)
            points, (x, y) = points[inside], pixel[inside].T
            # Off silhouettes, and where the depth does not change by more than 3 % from pixel to pixel.
            around = np.stack([depth[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
            smooth = ((np.ptp(around, axis=0) < 0.03 * depth[y, x]) & (depth[y, x] > 0) & (ids[y, x] == 0))
            low, high = around.min(0)[smooth], around.max(0)[smooth]
            z = points[smooth, 2]
            good = (z > low - 3 * RANGE_SIGMA_M) & (z < high + 3 * RANGE_SIGMA_M)
            print(f"plain {frame['id']}: {100 * good.mean():.2f} % of {len(z)} points on what stands lie at the image's depth")
            self.assertGreater(len(z), 200)
            self.assertGreater(good.mean(), 0.97)

    def test_a_distorted_camera_is_refused_with_the_option_named_and_nothing_is_left(self):
        out = self.folder + "/refused"
        result = run("export", self.episode, "--format", "kitti", "--sensors", "top,bent", "-o", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("--rectify", result.stderr)
        self.assertIn("rectify: true", result.stderr)
        self.assertEqual(glob.glob(out + "*"), [])
        result = run("export", self.episode, "--format", "kitti", "-o", out)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("--sensors", result.stderr)

    def test_the_command_writes_the_bytes_that_render_wrote_and_resuming_does_too(self):
        out = self.folder + "/again"
        result = run("export", self.episode, "--format", "kitti", "--sensors", "top,plain", "-o", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(tree(out), tree(self.episode + "plain"))
        self.assertEqual(run("export", self.episode, "--format", "kitti", "--sensors", "top,plain", "-o", out).returncode, 2)
        # A render that was killed while it exported: a part, an old folder, no done.json.
        with open(self.folder + "/a/manifest-sha256.txt") as file:
            manifest = file.read()
        self.assertIn("/plain/training/label_2/000000.txt", manifest)
        os.remove(self.episode + "done.json")
        os.remove(self.episode + "plain/training/label_2/000000.txt")
        stale = f"{self.episode}bent.{os.uname().nodename.split('.')[0]}.999999999.0.part"
        os.makedirs(stale + "/training")
        result = run("render", CROSSING, "-o", self.folder + "/a")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(self.folder + "/a/manifest-sha256.txt") as file:
            self.assertEqual(file.read(), manifest)
        self.assertFalse(os.path.exists(stale))

    def test_a_rate_and_a_first_number_are_honoured(self):
        out = self.folder + "/slow"
        result = run("export", self.episode, self.episode, "--format", "kitti", "--sensors", "top,plain", "-o", out,
                     "--rate", "5", "--first-frame", "7481")
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(out + "/ImageSets/trainval.txt") as file:
            self.assertEqual(file.read().split(), [f"{i:06}" for i in range(7481, 7487)])

    def test_labels_alone_leave_the_folder_of_images_out_and_exporting_them_is_refused(self):
        result = run("render", CROSSING, "-o", self.folder + "/labels", "--labels-only", "--frames", "0..0")
        self.assertEqual(result.returncode, 0, result.stderr)
        (episode,) = glob.glob(self.folder + "/labels/*/*/done.json")
        self.assertEqual(glob.glob(self.folder + "/labels/*/*/plain*"), [])
        refused = run("export", os.path.dirname(episode), "--format", "kitti", "--sensors", "top,plain", "-o",
                      self.folder + "/no")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("--labels-only", refused.stderr)
        self.assertFalse(os.path.exists(self.folder + "/no"))


class Empty(unittest.TestCase):
    def test_an_empty_frame_exports_too(self):
        with tempfile.TemporaryDirectory(prefix="nightfog_kitti_") as folder:
            result = run("render", EMPTY, "-o", folder)
            self.assertEqual(result.returncode, 0, result.stderr)
            (root,) = glob.glob(folder + "/empty/*/kitti")
            frame = Kitti(root, "000000")
            self.assertEqual(frame.labels, [])
            self.assertEqual(os.path.getsize(root + "/training/label_2/000000.txt"), 0)
            self.assertGreater(len(frame.points), 1000)
            self.assertEqual(frame.image.shape, (90, 160, 3))


def tree(folder):
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:
                found[os.path.relpath(os.path.join(root, name), folder)] = file.read()
    return found


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
