"""How strong a return is, and whether it is found."""
import math

import numpy as np

from records import BLOOM, NOISE, SURFACE

THRESHOLD, SNR_AT_RANGE10 = 4.753424, 6.034976  # P_fa = 1e-6; and P_d = 0.9 there
REFLECTANCES = (0.05, 0.10, 0.20, 0.50, 0.90)
FOG_RANGES = {  # visibility: range at 5, 10, 20, 50, 90 % for a sensor that sees 10 % at 200 m
    1000: (103.7, 133.9, 170.0, 226.7, 268.4), 500: (85.0, 106.0, 129.9, 165.7, 191.0), 200: (58.7, 70.0, 82.4, 100.0, 112.0),
    100: (41.2, 47.8, 54.8, 64.6, 71.2), 50: (27.4, 31.1, 34.9, 40.2, 43.7), 30: (19.7, 22.1, 24.5, 27.8, 30.0), 20: (15.0, 16.6, 18.3, 20.6, 22.1)}


def normal_cdf(x):
    return 0.5 * np.array([math.erfc(-v / math.sqrt(2)) for v in np.ravel(x)]).reshape(np.shape(x))


def slope(x, y):
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def lambert_w(x):
    w = np.log1p(x)
    for _ in range(60):
        e = np.exp(w)
        w = w - (w * e - x) / (e * (w + 1))
    return w


def power_law(lab, verdicts):
    record, = lab.records("power_law")
    lidar = record.lidars["top"]
    p = next(record.sweeps("top")).points
    p = p[p["instance"] > 0]
    signal = lidar.signal(p) / p["cosine"]  # of what faces the beam
    verdicts.compare("6", "slope of log P over log R, filled beam", -2, slope(p["range"], signal), 0.001, "lidar equation")
    verdicts.compare("6", "P R² of 50 % head-on, all beams", [0.5], [float((signal * p["range"].astype(float)**2).max())], 1e-5, "lidar equation")


def lambert(lab, verdicts):
    record, = lab.records("lambert")
    lidar = record.lidars["top"]
    p = next(record.sweeps("top")).points
    objects = next(record.objects("top"))
    angles, worst, shown = [], 0.0, []
    for tilt in range(0, 90, 10):
        target = objects[f"turned_{tilt}deg"]
        q = p[p["instance"] == target.id]
        normal = target.pose[0][:, 0]
        # The beam's own angle with the panel, from its pose and the calibration; edges of 2 cm left out.
        cosine = np.abs(lidar.directions(q["ring"], q["column"]) @ normal)
        front = np.abs(cosine - np.abs(q["cosine"])) < 1e-4
        assert front.mean() > 0.9
        reflectance = lidar.signal(q)[front] * q["range"][front].astype(float)**2
        worst = max(worst, float(np.abs(reflectance / (0.5 * cosine[front]) - 1).max()))
        angles.append(tilt)
        shown.append(float(np.median(reflectance / 0.5)))
    verdicts.compare("7", "P against cos θ, 0° to 80°, relative", 0, worst, 1e-4, "Lambert")
    grid = list(range(0, 90))
    lab.plot("lambert", "Received power against incidence", "degrees", "P(θ) / P(0)".replace("θ", "a"), lines=[("cosine", grid, [math.cos(math.radians(a)) for a in grid])],
             marks=[("records", angles, shown)])


def _law(lab, name, inner, per_column):
    """(ranges, mean power there) of a receding target, over every beam that points at it within `inner` rad."""
    record, = lab.records(name)
    lidar = record.lidars["top"]
    found = []
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        ring, column = sweep.beams()
        azimuth = lidar.azimuth(ring, column)
        here = np.abs(azimuth) < inner
        p = sweep.points
        p = p[(p["instance"] == objects["target"].id) & (np.abs(p["azimuth"]) < inner)]
        if not len(p):
            continue
        # What is met at an edge of its own is as near as the target; its middle's range is the frame's.
        beams = len(np.unique(column[here])) if per_column else int(here.sum())
        found.append((float(p["range"].mean()), float(lidar.signal(p).sum()) / beams))
    return np.array(found).T


def small_target(lab, verdicts):
    r, power = _law(lab, "small_target", 0.004, False)
    verdicts.compare("6", "slope of log P over log R, a ball smaller than the beam", -4, slope(r, power), 0.05, "lidar equation; the ball meets 50 to 450 rays a turn")
    wire_r, wire_power = _law(lab, "wire", 0.03, True)
    verdicts.compare("6", "slope of log P over log R, a wire thinner than the beam", -3, slope(wire_r, wire_power), 0.05, "lidar equation; rays on it as above")
    lab.plot("power_laws", "Power of what does not fill the beam", "range, m", "mean power (1: a white wall at 1 m)", logx=True, logy=True,
             lines=[("R^-4", r, power[0] * (r / r[0])**-4.0), ("R^-3", wire_r, wire_power[0] * (wire_r / wire_r[0])**-3.0)],
             marks=[("ball of 8 cm", r, power), ("wire of 5 mm", wire_r, wire_power)])


def _probit(x, hit, weight):
    """Maximum likelihood of P(hit) = Phi(a + b x + c x²)."""
    design = np.stack([np.ones_like(x), x, x * x], -1)
    beta = np.zeros(3)
    beta[0] = 1.0
    for _ in range(80):
        eta = np.clip(design @ beta, -6, 6)
        p = np.clip(normal_cdf(eta), 1e-9, 1 - 1e-9)
        density = np.exp(-0.5 * eta * eta) / math.sqrt(2 * math.pi)
        score = design.T @ (weight * (hit - p) * density / (p * (1 - p)))
        information = (design * (weight * density**2 / (p * (1 - p)))[:, None]).T @ design
        step = np.linalg.solve(information + 1e-9 * np.eye(3), score)
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return beta


def _detections(record):
    """By reflectance: per frame (range, beams, detections, mean of 1 / cos over the beams)."""
    lidar = record.lidars["top"]
    tables = {rho: [] for rho in REFLECTANCES}
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        ring, column = sweep.beams()
        direction = lidar.directions(ring, column)
        time = sweep.start + column * lidar.cycle
        outcome = sweep.outcomes.reshape(-1)
        hits = np.zeros(outcome.size, np.uint32)
        p = sweep.points[sweep.points["return"] == 0]
        is_surface = p["cause"] == SURFACE
        hits[p["column"].astype(int)[is_surface] * sweep.rings + p["ring"][is_surface]] = p["instance"][is_surface]
        for rho in REFLECTANCES:
            target = objects[f"reflects_{round(100 * rho):02d}"]
            rotation, centre = target.pose
            normal = rotation[:, 0]
            near = np.abs(np.cross(direction[:, :2], centre[:2] / np.linalg.norm(centre[:2]))) * np.linalg.norm(centre[:2]) < 1.9
            near &= direction[:, :2] @ centre[:2] > 0
            near &= np.arcsin(np.clip(np.abs(np.cross(direction[:, :2], centre[:2] / np.linalg.norm(centre[:2]))), 0, 1)) < math.radians(2)
            moved = centre + (time[near] - sweep.reference)[:, None] * target.velocity
            towards = direction[near] @ normal
            distance = ((moved - sweep.sensor_pose[1]) @ normal - math.copysign(0.01, towards.mean())) / towards
            height = sweep.sensor_pose[1][2] + distance * direction[near, 2]
            inside = np.abs(height - 1.73) < 1.45
            if inside.sum() < 8:
                continue
            cosine = np.abs(towards[inside])
            tables[rho].append((distance[inside].mean(), inside.sum(), (hits[near][inside] == target.id).sum(), cosine.mean()))
    return {rho: np.array(rows) for rho, rows in tables.items()}


def _range90(rows):
    r, n, k = rows[:, 0], rows[:, 1], rows[:, 2]
    share = k / n
    fading = (share > 0.15) & (share < 0.9995)
    middle = np.median(r[fading])
    chosen = (r > middle / 1.45) & (r < middle * 1.2)
    x = np.log(r[chosen] / middle)
    a, b, c = _probit(x, share[chosen], n[chosen])
    grid = np.linspace(x.min(), x.max(), 4001)
    p = normal_cdf(a + b * grid + c * grid * grid)
    beyond = np.flatnonzero(p < 0.9)
    return middle * math.exp(grid[beyond[0]])


def ranges(lab, verdicts):
    measured, signals = {}, []
    for record in lab.records("range"):
        visibility = round(record.parameters["visibility"])
        tables = _detections(record)
        measured[visibility] = [_range90(tables[rho]) for rho in REFLECTANCES]
        air = math.log(20) / visibility
        for rho, rows in tables.items():
            snr = SNR_AT_RANGE10 * (200 / rows[:, 0])**2 * rho / 0.1 * rows[:, 3] * np.exp(-2 * air * rows[:, 0])
            signals.append(np.stack([snr, rows[:, 1], rows[:, 2]], -1))
    lab.forget("range")
    # What fog of 100 km leaves, as the law itself says.
    alpha = math.log(20) / 100000
    expected = [float(lambert_w(alpha * 200 * math.sqrt(rho / 0.1)) / alpha) for rho in REFLECTANCES]
    verdicts.compare("8", "range at P_d = 0.9, clear air (MOR 100 km), five reflectances: R10 √(ρ / 0.1) = 141 … 600 m", expected, measured[100000], 0.01,
                     "lidar equation; R10 = 200 m", relative=True)
    for visibility, published in FOG_RANGES.items():
        verdicts.compare("9", f"range at P_d = 0.9 in fog of {visibility} m, five reflectances", published, measured[visibility], 0.02, "W(α R) / α, Lambert's W",
                         relative=True)
    grid = np.geomspace(18, 1100, 60)
    lines = [(f"{round(100 * rho)} %", grid, lambert_w(np.log(20) / grid * 200 * math.sqrt(rho / 0.1)) * grid / np.log(20)) for rho in REFLECTANCES]
    marks = [(f"{round(100 * rho)} %", list(FOG_RANGES), [measured[v][i] for v in FOG_RANGES]) for i, rho in enumerate(REFLECTANCES)]
    lab.plot("range_against_mor", "Range at P_d = 0.9 against visibility (10 % at 200 m in clear air)", "meteorological optical range, m", "range, m", logx=True,
             logy=True, lines=lines, marks=marks, note="lines: W(a R) / a")
    _detection(lab, verdicts, np.concatenate(signals))


def _detection(lab, verdicts, rows):
    """rows: (expected SNR, beams, detections), a panel and frame each, clear and foggy."""
    snr, n, k = rows.T
    shown = []
    for low in np.arange(3.0, 7.0, 1.0):
        here = (snr >= low) & (snr < low + 1.0)
        beams = n[here].sum()
        p = n[here] @ normal_cdf(snr[here] - THRESHOLD) / beams
        shown.append((float(n[here] @ snr[here] / beams), k[here].sum() / beams, p, math.sqrt(p * (1 - p) / beams)))
    shown = np.array(shown)
    off = np.abs(shown[:, 1] - shown[:, 2])
    verdicts.state("11", f"P_d against SNR, 3 to 7 in steps of 1, {int(n[(snr > 3) & (snr < 7)].sum())} beams, clear and in fog", "Φ(SNR - 4.753)",
                   f"off by {off.max():.2g} at most", "± 0.01", f"Gaussian noise; P_fa 1e-6 (one sigma of the beams: {shown[:, 3].max():.2g} at most)", off.max() < 0.01)
    grid = np.linspace(3, 8, 80)
    lab.plot("detection", "Probability of detection", "signal to noise", "P_d", lines=[("normal", grid, normal_cdf(grid - THRESHOLD))],
             marks=[("records", shown[:, 0], shown[:, 1])])


def averaging(lab, verdicts):
    record, = lab.records("averaging")
    lidar = record.lidars["top"]
    values = {}
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        names = {o.id: name for name, o in objects.items()}
        for id in np.unique(sweep.points["instance"]):
            if id == 0:
                continue
            p = sweep.points[sweep.points["instance"] == id]
            p = p[p["cosine"] > 0.99]
            values.setdefault(names[id], []).append(p["intensity"].astype(float) * 255)
    measured = []
    for name, parts in values.items():
        counts = np.concatenate(parts)
        # Sheppard: rounding to whole counts adds a twelfth.
        measured.append((float(name[3:-1].replace("_", ".")), counts.mean() / math.sqrt(counts.var() - 1 / 12), len(counts)))
    r, snr, n = np.array(sorted(measured)).T
    # N shots averaged have sqrt(N) times the SNR of one: how much further away is it the same as before?
    falls, at_1m = np.polyfit(np.log(r), np.log(snr), 1)
    for shots, published in ((0.25, 0.71), (0.5, 0.841), (2, 1.19), (3, 1.32)):
        verdicts.compare("10", f"range of {shots:g} times the shots", published, float(shots**(-0.5 / falls)), 0.01, "N^(1/4); Ouster, sensor performance", relative=True)
    verdicts.compare("10", "SNR of one shot at the range of 10 %", SNR_AT_RANGE10, float(np.exp(at_1m + falls * math.log(100))), 0.01, "T + Φ⁻¹(0.9)", relative=True)


def detection(lab, verdicts):
    """P_d of panels at stated signals, and how often noise crosses the threshold by itself."""
    record, = lab.records("detection")
    lidar = record.lidars["top"]
    found = {}
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        ring, column = sweep.beams()
        direction = lidar.directions(ring, column)
        outcome = sweep.outcomes.reshape(-1)
        for name, target in objects.items():
            if not name.endswith(("_a", "_b")):
                continue
            centre = target.pose[1][:2]
            distance = np.linalg.norm(centre)
            # Well within the panel of 4 m by 3 m, whose middle the middle ring meets.
            here = (np.abs(direction[:, 0] * centre[1] - direction[:, 1] * centre[0]) < 1.8) & (direction[:, :2] @ centre > 0)
            here &= np.abs(direction[:, 2]) * distance < 1.2
            n, k = found.get(name[:-2], (0, 0))
            found[name[:-2]] = (n + int(here.sum()), k + int((outcome[here] == SURFACE).sum()))
    for name, what, published in (("threshold", "SNR at the threshold", 0.5), ("above_1", "SNR 1 above it", 0.841), ("above_2", "SNR 2 above it", 0.977),
                                  ("below_1", "SNR 1 below it", 0.159), ("range_10", "10 % at range_10_percent", 0.9)):
        n, k = found[name]
        verdicts.compare("11", f"P_d, {what}, {n} beams", published, k / n, 0.01, "Q(T - SNR)")
    sky = record.lidars["sky"]
    chances = crossings = 0
    for sweep in record.sweeps("sky"):
        # Noise forgets itself in half a pulse of 1 ns.
        chances += sweep.outcomes.size * (1000 - 1) / (0.5 * 299792458 * 1e-9)
        crossings += int((sweep.outcomes == NOISE).sum())
    verdicts.compare("11", f"P_fa at that threshold, {crossings} false alarms in {chances:.2g} chances", 1e-6, crossings / chances, 0.01, "Q(T), T = 4.753",
                     relative=True)
    assert sky.range10 > 0


def bloom(lab, verdicts):
    """How far beside a sign of rho_eq 300 at 50 m its light in the receiver's tail is detected."""
    share, angle = 1e-3, math.radians(0.5)
    record, = lab.records("bloom")
    lidar = record.lidars["top"]
    counts = None
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        sign = objects["sign"]
        ring, column = sweep.beams()
        if counts is None:
            counts = np.zeros((sweep.columns, sweep.rings), int)
            frames = 0
        frames += 1
        p = sweep.points[sweep.points["cause"] == BLOOM]
        assert (p["instance"] == sign.id).all() and np.abs(p["range"] - 50).max() < 0.5
        np.add.at(counts, (p["column"], p["ring"]), 1)
    half = np.arctan(np.array([sign.size[1], sign.size[2]]) / 2 / 50)
    direction = lidar.directions(ring, column)
    near = np.hypot(direction[:, 1], direction[:, 2]) < math.radians(4)
    near &= direction[:, 0] > 0
    at = np.arctan(direction[near, 1:] / direction[near, :1])
    grid = (np.arange(200) + 0.5) / 100 - 1
    u, v = np.meshgrid(grid * half[0], grid * half[1])
    # The tail's share of what the sign sends back, beam by beam: its kernel over the sign's solid angle.
    seen = np.array([share * angle**2 / math.pi * (((u - a)**2 + (v - b)**2 + angle**2)**-2.0).mean() for a, b in at]) * 4 * half[0] * half[1]
    snr = seen * 300 * SNR_AT_RANGE10 * 10  # R10 is 50 m: 100 % gives ten times the SNR of 10 % there
    off = np.hypot(*(np.maximum(np.abs(at) - half, 0)).T)
    beside = off > 1e-6
    expected = normal_cdf(snr - THRESHOLD)[beside] * frames
    k = counts.reshape(-1)[near][beside]
    sigma = math.sqrt((expected * (1 - expected / frames)).sum())
    verdicts.compare("17", f"beams beside the sign that see it, {frames} turns", expected.sum(), k.sum(), max(0.01, 3 * sigma / expected.sum()),
                     "K · 300 over the sign's solid angle against the threshold; 3 sigma of the count", relative=True)
    edges = np.arange(0, 1.3, 0.1)
    level = np.abs(at[beside][:, 1]) < half[1] * 0.8
    degrees = np.degrees(off[beside])
    shown = [(0.5 * (a + b), k[here].mean() / frames, expected[here].mean() / frames) for a, b in zip(edges, edges[1:])
             if (here := level & (degrees >= a) & (degrees < b)).any()]
    x, ours, law = np.array(shown).T
    reach = [float(np.interp(-0.5, -values, x)) for values in (law, ours)]
    verdicts.compare("17", "how far beside it every other beam does", reach[0], reach[1], 0.02, "K · 300 = threshold there", "deg")
    lab.plot("bloom", "Beams that see a sign of 1.6 m they pass beside", "beside its edge, degrees", "share that returns", lines=[("K 300 against the threshold", x, law)],
             marks=[("records", x, ours)])
