"""Fog, wet ground, split beams, and what the image and the cloud say of the same air."""
import glob
import math
import os

import cv2
import numpy as np

import records
from records import FOG, SURFACE

HAHNER = {  # extinction: (largest response of the fog, cross-over in m)
    0.005: (4.568e-9, 259.8), 0.01: (4.493e-9, 150.6), 0.02: (4.347e-9, 86.5), 0.03: (4.206e-9, 62.4), 0.06: (3.816e-9, 35.6), 0.10: (3.362e-9, 23.6),
    0.12: (3.158e-9, 20.4), 0.15: (2.879e-9, 17.0), 0.20: (2.476e-9, 13.6)}
WET = {0: .962, 60: .893, 75: .644, 80: .453, 85: .193, 88: .045}  # of what 10 % returns dry, unpolarised
PULSE_M = 299792458 * 5e-9
AXIS_RAY = (1 - math.exp(-2 / 19)) / (1 - math.exp(-2))


def hahner(lab, verdicts):
    found = {}
    for record in lab.records("hahner"):
        alpha = min(HAHNER, key=lambda a: abs(a - math.log(20) / record.parameters["visibility"]))
        p = next(record.sweeps("top")).points
        p = p[p["ring"] == 0]
        lidar = record.lidars["top"]
        azimuth = lidar.azimuth(p["ring"], p["column"])
        ahead = (azimuth > 0) & (azimuth < math.pi / 2)
        p, wall = p[ahead], 10.0 / np.sin(azimuth[ahead])  # where each beam meets the wall
        order = np.argsort(wall)
        wall, is_fog = wall[order], (p["cause"] == FOG)[order]
        changes = np.flatnonzero(np.diff(is_fog.astype(int)) > 0)
        crossover = float(np.sqrt(wall[changes[-1]] * wall[changes[-1] + 1]))
        # i_soft = i R0² (beta / beta_0) I_max with i = rho cos / R0² here, 0.046 / MOR for beta and 1e-6 / pi for beta_0.
        fog = p[order][is_fog]
        far = wall[is_fog]
        beta = 0.046 * alpha / math.log(20)
        response = fog["intensity"].astype(float) * 2.55 / fog["true_range"].astype(float)**2 / (0.5 * 10.0 / far) * (1e-6 / math.pi) / beta
        beyond = far > crossover
        found[alpha] = (float(np.median(response[beyond])), crossover)
    chosen = [a for a in HAHNER if a in found]
    verdicts.compare("12", "Hahner's cross-over of fog and surface, 13.6 m to 259.8 m" if len(chosen) > 1 else "Hahner's cross-over, α 0.06",
                     [HAHNER[a][1] for a in chosen], [found[a][1] for a in chosen], 0.01, "Hahner et al. 2021, tables", "" if len(chosen) > 1 else "m", relative=True)
    verdicts.compare("12", "Hahner's largest response of fog, α 0.005 to 0.2" if len(chosen) > 1 else "Hahner's largest response of fog, α 0.06",
                     [HAHNER[a][0] for a in chosen], [found[a][0] for a in chosen], 0.01, "Hahner et al. 2021, tables", relative=True)


def wet_ground(lab, verdicts):
    signals = {}
    for record in lab.records("wet_ground"):
        p = next(record.sweeps("top")).points
        p = p[p["instance"] == 1]
        lidar = record.lidars["top"]
        incidence = np.rint(90 + np.degrees(lidar.elevation[p["ring"]])).astype(int)
        value = lidar.signal(p) * p["range"].astype(float)**2
        for angle in WET:
            signals[record.parameters["wetness"], angle] = float(np.median(value[incidence == angle])) if (incidence == angle).any() else math.nan
    ours = [signals[1, a] / signals[0, a] for a in WET if not math.isnan(signals[1, a])]
    verdicts.compare("15", f"wet ground over dry, {len(ours)} angles of incidence", [t for a, t in WET.items() if not math.isnan(signals[1, a])], ours, 1e-3,
                     "Fresnel; Hahner et al. 2022")
    reflected, through = [], []
    for angle in WET:
        s = math.sin(math.radians(angle)) * 1.0003 / 1.33
        ci, ct = math.cos(math.radians(angle)), math.sqrt(1 - s * s)
        rs = ((1.0003 * ci - 1.33 * ct) / (1.0003 * ci + 1.33 * ct))**2
        rp = ((1.33 * ci - 1.0003 * ct) / (1.33 * ci + 1.0003 * ct))**2
        t = [(1 - r)**2 / (1 - 0.1 * r) for r in (rs, rp)]
        through.append(sum(t) / 2)
        reflected.append(0.5 * (rs + rp))
    verdicts.compare("15", "the same by Fresnel's formulas", through, [signals[1, a] / signals[0, a] for a in WET], 1e-3, "n 1.33 under 1.0003")


def edge(lab, verdicts):
    record, = lab.records("edge")
    lidar = record.lidars["top"]
    p = next(record.sweeps("top")).points
    objects = next(record.objects("top"))
    shares_shown = []
    for step_cm in (15, 30, 70, 80, 120, 200):
        step = step_cm / 100
        near, far = objects[f"near_{step_cm}cm"].id, objects[f"far_{step_cm}cm"].id
        mine = p[(p["instance"] == near) | (p["instance"] == far)]
        # The edge is where near and far meet: the far panel's last pure beam and the near one's first.
        both = {}
        for point in mine:
            both.setdefault(int(point["column"]), []).append(point)
        normal_range = {}
        for column, found in both.items():
            for q in found:
                share = float(q["intensity"]) * 2.55 / 0.5 / float(q["cosine"])
                normal_range.setdefault(column, []).append((float(q["range"] * q["cosine"]), share, int(q["instance"])))
        middle = objects[f"near_{step_cm}cm"].pose
        edge_at = middle[1] - 2 * middle[0][:, 1]  # the near panel's right edge
        azimuth = math.atan2(edge_at[1], edge_at[0])
        columns = np.array(sorted(normal_range))
        off = np.mod(lidar.azimuth(np.zeros(len(columns), int), columns) - azimuth + np.pi, 2 * np.pi) - np.pi
        on_edge = columns[np.abs(off) < 0.0016]
        if step > PULSE_M / 2:
            split = [sorted(normal_range[c]) for c in on_edge if len(normal_range[c]) == 2]
            even = min(split, key=lambda s: abs(s[0][1] - s[1][1]))
            whole = [s[0][1] + s[1][1] for s in split]
            spacing = [abs(s[1][0] - s[0][0] - step) for s in split]
            # Past a pulse the echoes do not touch: what one lacks the other has.
            if step > PULSE_M:
                verdicts.compare("16", f"two echoes share the beam's power, step {step:g} m, {len(split)} beams", [1.0] * len(whole), whole, 2e-3, "conservation")
                verdicts.compare("16", f"their ranges, step {step:g} m", [0] * len(spacing), spacing, 2e-3, "geometry", "m")
            verdicts.compare("16", f"shares of the most even split of 19 rays, step {step:g} m", 0, abs(even[0][1] - even[1][1]), AXIS_RAY + 1e-4,
                             "of 19 rays the axis is on one side, and weighs (1 - exp(-2/19)) / (1 - exp(-2))")
        elif step < PULSE_M / 4:
            counts = {len(normal_range[c]) for c in on_edge}
            ranges = np.array([normal_range[c][0][0] for c in on_edge])
            between = (ranges > ranges.min() + 1e-3) & (ranges < ranges.max() - 1e-3)
            verdicts.state("16", f"one echo between the two where the step is {step:g} m (c τ / 4 is 0.375 m), {len(on_edge)} beams", "one",
                           f"{sorted(counts)}, {int(between.sum())} between", "exact", "sin² pulses", counts == {1} and between.sum() >= 4
                           and ranges.max() - ranges.min() < step + 2e-3)
        shares_shown.append((f"{step:g} m", [1e3 * o for o in off[np.abs(off) < 0.002]], [normal_range[c][0][0] - 19.99 for c in columns[np.abs(off) < 0.002]]))
    lab.plot("edge", "First return across an edge, by the step behind it", "beam's axis from the edge, mrad", "range beyond the near panel, m", marks=shares_shown)
    waveforms(lab)


def waveforms(lab):
    """What the receiver sees of a beam split evenly, by the step behind the edge: the sum of the two pulses."""
    r = np.linspace(-0.3, 3.2, 400)
    def pulse(at):
        return np.where((r >= at - 0.75) & (r <= at + PULSE_M - 0.75), np.sin(np.pi * (r - at + 0.75) / PULSE_M)**2, 0)
    lab.plot("edge_waveforms", "The waveform at an edge, half the beam on each side", "range beyond the near panel, m", "signal (1: the whole beam)",
             lines=[(f"{step:g} m", r, 0.5 * (pulse(0.0) + pulse(step))) for step in (0.3, 0.7, 0.8, 1.2, 2.0)], note="by the model: no records")


def _linear(image):
    """Scene-linear signal of the camera's bytes: sRGB, toe and shoulder undone, as engine/shared/tonemap.h states them."""
    x = np.linspace(0, 8, 200001)
    shoulder = np.clip(x * (1 + x / 64) / (1 + x), 0, 1)
    tone = shoulder**2 * 1.045 / (shoulder + 0.045)
    shown = np.arange(256) / 255
    display = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055)**2.4)
    return np.interp(display, tone, x)[image]


def two_witnesses(lab, verdicts):
    record, = lab.records("two_witnesses")
    objects = next(record.objects("front"))
    image = cv2.imdecode(np.frombuffer(record.image_file("front"), np.uint8), cv2.IMREAD_COLOR)
    linear = _linear(image).mean(axis=2)
    depth, instance = record.plane("front", "depth")[..., 0], record.plane("front", "instance")[..., 0]
    height, width = depth.shape
    v, u = np.mgrid[0:height, 0:width]
    ray = np.sqrt(1 + ((u - (width - 1) / 2) / 1400)**2 + ((v - (height - 1) / 2) / 1400)**2)
    kernel = np.ones((5, 5), np.uint8)
    patches = []  # (white or black, range, signal, weight)
    for d in (15, 22, 30, 40, 52, 66):
        for kind in ("white", "black"):
            mask = cv2.erode((instance == objects[f"{kind}_{d}m"].id).astype(np.uint8), kernel).astype(bool)
            patches.append((kind == "white", float((depth * ray)[mask].mean()), float(linear[mask].mean()), math.sqrt(mask.sum())))
    is_white, far, shown, weight = np.array(patches).T
    # Koschmieder: L = A + (L_0 - A) exp(-a R), one A, one L_0 of each kind.
    def koschmieder(extinction):
        left = np.exp(-extinction * far)
        design = np.stack([1 - left, left * is_white, left * (1 - is_white)], -1)
        found = np.linalg.lstsq(design * weight[:, None], shown * weight, rcond=None)[0]
        return float((((design @ found - shown) * weight)**2).sum()), found
    low, high = 0.02, 0.12
    while high - low > 1e-7:
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if koschmieder(a)[0] < koschmieder(b)[0] else (a, high)
    camera = 0.5 * (low + high)
    air, _, black = koschmieder(camera)[1]
    lidar = record.lidars["top"]
    p = next(record.sweeps("top")).points
    whites = np.array([objects[f"white_{d}m"].id for d in (15, 22, 30, 40, 52, 66)])
    p = p[np.isin(p["instance"], whites) & (p["cause"] == SURFACE) & (p["cosine"] > 0.7)]
    power = lidar.signal(p) * p["range"].astype(float)**2 / p["cosine"]
    cloud = -float(np.polyfit(p["range"].astype(float), np.log(power), 1)[0]) / 2
    stated = math.log(20) / 60
    verdicts.compare("W", "extinction from the cloud (Beer and Lambert), 1/m", stated, cloud, 0.02, "ln 20 / MOR", relative=True)
    verdicts.compare("W", "extinction from the image (Koschmieder), 1/m", stated, camera, 0.02, "ln 20 / MOR", relative=True)
    verdicts.compare("W", "one frame, two witnesses: image over cloud", 1, camera / cloud, 0.02, "the same air")
    grid = np.linspace(12, 70, 60)
    lab.plot("two_witnesses", "What fog of 60 m leaves of a contrast and of a pulse", "range, m", "share left (the pulse: one way)", logy=True,
             lines=[("exp(-a R)", grid, np.exp(-stated * grid))],
             marks=[("image", far[is_white == 0], (shown[is_white == 0] - air) / (black - air)), ("cloud", [float(np.median(p["range"][p["instance"] == w])) for w in whites],
                     [float(np.sqrt(np.median(power[p["instance"] == w]) / 0.9)) for w in whites])])


BANK = {"centre": (38.0, 0.5, 0.0), "drift": (0.0, 20.0, 0.0), "radius": (15.0, 20.0, 5.0), "heading": math.radians(10), "extinction": math.log(20) / 40, "edge": 0.6}


def _bank_depth(origin, places, times):
    """What the bank of two_witnesses_bank takes on straight ways: its extinction by engine/weather/README.md, summed in 2000 steps."""
    c, s = math.cos(BANK["heading"]), math.sin(BANK["heading"])
    way = places - origin
    depth = np.zeros(len(places))
    full = (1 - BANK["edge"])**2
    for k in range(2000):
        p = origin + way * ((k + 0.5) / 2000) - np.array(BANK["centre"]) - np.outer(times, BANK["drift"])
        q = ((p[:, 0] * c + p[:, 1] * s) / BANK["radius"][0])**2 + ((p[:, 1] * c - p[:, 0] * s) / BANK["radius"][1])**2 + (p[:, 2] / BANK["radius"][2])**2
        u = np.clip((q - full) / (1 - full), 0, 1)
        depth += 1 - u * u * (3 - 2 * u)
    return BANK["extinction"] * depth * np.linalg.norm(way, axis=1) / 2000


def two_witnesses_bank(lab, verdicts):
    """A bank drifts across the plates: depths from the image's contrasts and from the cloud's power, each over its own clear twin."""
    record, twin = _twin(lab, "two_witnesses_bank")
    eye = np.array([0, 0, 0.9])
    objects = next(record.objects("front"))
    instance, depth = record.plane("front", "instance")[..., 0], record.plane("front", "depth")[..., 0]
    shown = [_linear(cv2.imdecode(np.frombuffer(r.image_file("front"), np.uint8), cv2.IMREAD_COLOR)).mean(axis=2) for r in (record, twin)]
    height, width = depth.shape
    v, u = np.mgrid[0:height, 0:width]
    place = np.stack([depth, -(u - (width - 1) / 2) / 1400 * depth, -(v - (height - 1) / 2) / 1400 * depth], -1) + eye
    clouds = [next(r.sweeps("top")).points for r in (record, twin)]
    black, ways, cloud, cloud_exact = [], [], [], []
    for d in (15, 22, 30, 40, 52, 66):
        mask = cv2.erode((instance == objects[f"black_{d}m"].id).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        black.append([float(picture[mask].mean()) for picture in shown])
        ways.append(float(np.exp(-_bank_depth(eye, place[mask], np.full(mask.sum(), 0.5e-3))).mean()))
        foggy, clear = (p[p["instance"] == objects[f"white_{d}m"].id] for p in clouds)
        cloud.append(float(np.sqrt(foggy["intensity"].astype(float) / clear["intensity"].astype(float)).mean()))
        xyz = np.stack([foggy[a].astype(float) for a in "xyz"], -1)
        cloud_exact.append(float(np.exp(-_bank_depth(eye, xyz + eye, foggy["time_ns"] * 1e-9)).mean()))
    (in_fog, in_clear), ways = np.array(black).T, np.array(ways)
    in_clear = in_clear * in_fog[0] / in_clear[0]  # the camera meters each picture anew: the plate before the bank says by how much
    # Koschmieder, of the dark plates, which the fog around them lights least: L = A + (L_0 - A) exp(-depth), one A for all.
    far = ways < 0.95
    gain = 1 - ways[far]
    air = float((gain * (in_fog[far] - in_clear[far] * ways[far])).sum() / (gain**2).sum())
    image = (air - in_fog[far]) / (air - in_clear[far])
    depths = [-np.log(x) for x in (ways[far], image, np.array(cloud_exact)[far], np.array(cloud)[far])]
    verdicts.compare("W", "depth of a drifting bank from the cloud, against a sum of its extinction", depths[2], depths[3], 0.02, "Beer and Lambert", relative=True)
    verdicts.compare("W", "depth of a drifting bank from the image, against a sum of its extinction", depths[0], depths[1], 0.02, "Koschmieder", relative=True)
    verdicts.compare("W", "a drifting bank, two witnesses: image over cloud, each over the sum at its own time", [1] * int(far.sum()),
                     depths[1] / depths[0] / (depths[3] / depths[2]), 0.02, "the same air")


def _twin(lab, scenario):
    folder = lab.render(scenario, "--twin", "weather", name=scenario + "_twins")
    paths = glob.glob(os.path.join(folder, "*", "*", "record.mcap"))
    found = [records.Record(path) for path in sorted(paths, key=lambda path: "_clear" in path)]
    lab.account(scenario, found[0])
    return found


def twin_in_clear_air(lab, verdicts):
    """Where there is no weather, the run without it is the same, byte for byte."""
    record, twin = _twin(lab, "plate_50m")
    same = all(record.topics[topic] == twin.topics[topic] for topic in record.topics if topic not in ("/episode", "/metadata"))
    verdicts.state("T", "`plate_50m`, clear, beside its twin: every message", "byte for byte", "equal" if same else "differs", "exact", "identity", same)


def twin_in_fog(lab, verdicts):
    """The run again in clear air: it differs where fog took light or put its own return in, and there alone."""
    record, twin = _twin(lab, "two_witnesses")
    changed = unexplained = 0
    for one, other in zip(record.sweeps("top"), twin.sweeps("top")):
        key = [q["column"].astype(np.int64) * 65536 + q["ring"].astype(np.int64) * 4 + q["return"] for q in (one.points, other.points)]
        _, a, b = np.intersect1d(*key, return_indices=True)
        foggy, clear = one.points[a], other.points[b]
        surface = foggy["cause"] == SURFACE
        changed += int((foggy["intensity"] != clear["intensity"]).sum()) + abs(len(one.points) - len(other.points))
        for field in ("x", "y", "z", "range", "true_range", "time_ns", "cosine", "instance", "semantic", "material"):
            unexplained += int((foggy[field] != clear[field])[surface].sum())
        unexplained += int((foggy["intensity"] > clear["intensity"])[surface].sum())
        # What is no surface any more says that fog did it.
        unexplained += int((~surface & (foggy["cause"] != FOG)).sum())
    verdicts.state("T", "`two_witnesses`, in fog, beside its twin: points that differ though fog neither dimmed nor made them", 0,
                   f"{unexplained} of {changed} that changed", "exact", "fog takes light and adds its own", unexplained == 0 and changed > 100)
