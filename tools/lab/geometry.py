"""Where points lie, and how many there are."""
import numpy as np

from records import SURFACE

PLATE_DISTANCES = (5, 10, 15, 20, 30, 40, 50, 60, 80, 100)
PLATE_POINTS = {
    "vlp16": (637, 135, 93, 46, 15, 11, 9, 7, 5, 0),
    "hdl64e": (3150, 689, 315, 162, 85, 39, 33, 18, 14, 10),
    "vls128": (4275, 2444, 1302, 736, 315, 176, 108, 77, 40, 30),
    "os1_128": (1969, 540, 221, 130, 54, 28, 20, 15, 9, 6),
    "pandar64": (2639, 1395, 837, 460, 210, 110, 72, 49, 25, 20),
    "pandar128": (4882, 1890, 1147, 621, 270, 154, 99, 63, 35, 30),
    "xt32": (1313, 357, 165, 100, 34, 26, 11, 9, 0, 0),
}
RAYS = {"vlp16": 28928, "hdl64e": 133312, "vls128": 240128, "os1_128": 131072, "pandar64": 115200, "pandar128": 230400, "xt32": 64000}
VLP16_RINGS = (6.46, 7.49, 8.90, 10.92, 14.09, 19.77, 33.01, 99.11)


def rings(lab, verdicts):
    record, = lab.records("rings")
    for sensor, published in RAYS.items():
        sweep = next(record.sweeps(sensor))
        verdicts.compare("4", f"beams a turn, {sensor}", published, sweep.outcomes.size, 0, "firing cycles of the makers' drivers")
    worst = 0.0
    for sensor, lidar in record.lidars.items():
        p = next(record.sweeps(sensor)).points
        exact = 1.73 / np.sin(-lidar.elevation[p["ring"]])
        worst = max(worst, float(np.max(np.abs(p["range"] - exact) / exact)))
    verdicts.compare("1", "ranges on a plane against 1.73 m / sin, seven profiles, relative", 0, worst, 1e-5, "trigonometry")
    def radii(sensor):
        p = next(record.sweeps(sensor)).points
        return [float(np.hypot(p["x"], p["y"])[p["ring"] == ring].mean()) for ring in np.unique(p["ring"])]
    # 99.11 m lies 99.13 m along the beam: just within the sensor's range.
    verdicts.compare("1", "rings of a VLP-16 at 1.73 m", VLP16_RINGS, sorted(radii("vlp16"))[:8], 0.006, "trigonometry, rounded to 1 cm",
                     "m")
    xt32 = sorted(radii("xt32"))
    verdicts.compare("1", "nearest ring of an XT32", 6.02, xt32[0], 0.006, "trigonometry, rounded to 1 cm", "m")


def sphere(lab, verdicts):
    record, = lab.records("sphere")
    lidar = record.lidars["top"]
    p = next(record.sweeps("top")).points
    p = p[(p["instance"] == 1) & (p["cause"] == SURFACE)]
    direction = lidar.directions(p["ring"], p["column"])
    d, r = 8.0, 0.5
    across2 = 1 - direction[:, 0]**2
    inside = across2 * d * d < (0.98 * r)**2  # the rim's facets are edges
    exact = d * direction[:, 0] - np.sqrt(r * r - d * d * np.minimum(across2, (r / d)**2))
    # Facets lie up to r (1 - cos(pi / 64)) inside, more along a slanted beam.
    cosine = np.maximum(p["cosine"].astype(float), 0.1)
    allowed = 2 * r * (1 - np.cos(np.pi / 64)) / cosine + 1e-5 * d
    off = np.abs(p["range"] - exact) / allowed
    verdicts.state("2", f"ranges on a sphere of 128 facets around, {int(inside.sum())} beams", "d cos psi - sqrt(r² - d² sin² psi)",
                   f"off by {1e3 * np.abs(p['range'] - exact)[inside].max():.2g} mm at most", "what facets lie inside the sphere", "trigonometry",
                   inside.sum() > 100 and off[inside].max() < 1)


def plates(lab, verdicts, distances=PLATE_DISTANCES):
    counts = {sensor: {} for sensor in PLATE_POINTS}
    columns = {sensor: {} for sensor in PLATE_POINTS}
    for record in lab.records("plates"):
        d = round(record.parameters.get("distance", 20))
        for sensor in counts:
            p = next(record.sweeps(sensor)).points
            p = p[(p["instance"] == 1) & (p["cause"] == SURFACE)]
            counts[sensor][d] = len(p)
            columns[sensor][d] = len(np.unique(p["ring"]))  # what one column more or less is
    for sensor, published in PLATE_POINTS.items():
        table = dict(zip(PLATE_DISTANCES, published))
        off = {d: abs(counts[sensor][d] - table[d]) for d in distances}
        # One column of every ring that meets the plate; where none does, none.
        allowed = {d: max(columns[sensor][d], 1) for d in distances}
        worst = max(distances, key=lambda d: off[d] / allowed[d])
        verdicts.state("3", f"points on a plate of 1.6 m by 1.2 m, {sensor}, at {len(distances)} distances", " ".join(str(table[d]) for d in distances),
                       " ".join(str(counts[sensor][d]) for d in distances), "one column", "counted by hand from the makers' beam tables", off[worst] <= allowed[worst])
    if len(distances) == len(PLATE_DISTANCES):
        hdl = np.array([counts["hdl64e"][d] * d * d for d in distances[2:]])
        verdicts.state("3", "N d² of an HDL-64E, 15 m to 100 m", "6e4 … 10e4", f"{hdl.min():.2g} … {hdl.max():.2g}", "the band", "counted by hand from the makers' beam tables",
                       hdl.min() > 6e4 * 0.99 and hdl.max() < 10.5e4)
        lab.plot("plate_points", "Points on a plate of 1.6 m x 1.2 m", "distance, m", "points a turn", logx=True, logy=True,
                 lines=[(sensor, distances, [max(table, 0.5) for table in PLATE_POINTS[sensor]]) for sensor in PLATE_POINTS],
                 marks=[(sensor, distances, [max(counts[sensor][d], 0.5) for d in distances]) for sensor in PLATE_POINTS],
                 note="lines: published; marks: records")


def moving_sensor(lab, verdicts):
    record, = lab.records("moving_sensor")
    residuals, skews = [], []
    for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
        p = sweep.points
        velocity = np.array([20.0, 0, 0])
        rotation, origin = sweep.sensor_pose
        at = np.stack([p["x"], p["y"], p["z"]], -1).astype(float) @ rotation.T
        time = sweep.start + p["time_ns"] * 1e-9
        moved = at + origin + (time - sweep.reference)[:, None] * velocity
        ahead = p["instance"] == objects["ahead"].id
        beside = (p["instance"] == objects["beside"].id) & (np.abs(moved[:, 0] - 10) < 9.9)
        residuals += [np.abs(moved[ahead & (np.abs(moved[:, 1]) < 9.9), 0] - 39.9).max(), np.abs(moved[beside, 1] - 11.9).max()]
        still = at + origin
        skews.append(np.abs((still - moved)[ahead, 0] + (time - sweep.reference)[ahead] * 20).max())
    verdicts.compare("5", "walls seen from 20 m/s, residual after de-skewing, mm", 0, 1e3 * max(residuals), 1, "kinematics", "mm")
