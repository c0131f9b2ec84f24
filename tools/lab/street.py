"""Points on cars in a street, beside a real data set's.

Argoverse 2's 64 beams are two VLP-32C, the lower one upside down: that, and no other 64-beam sensor, is what its figures can be held against.
A car that nothing hides and whose every beam is detected gets fewer points by R^-1.7, not R^-2: rows 0.33 degrees apart lie about the horizon, coarse
ones below, so that near cars get few rows for their size. What hides a car and what is too dark or too slanted takes the rest.
"""
import numpy as np

VEHICLES = (32, 33)  # cars and vans: Argoverse 2's regular vehicles
RIG = ("up", "down")
AV2_SLOPE, AV2_AT_20 = -2.25, 256
AV2_LOGS = ((594, 249, 130, 48, 23, 16, 26, 10, 4), (601, 238, 116, 57, 32, 16, 11, 5, 5))  # mean points in a box, by 10 m from 10 m on
SOURCE = "Argoverse 2 (Wilson et al. 2021): 312 sweeps of two logs, two VLP-32C"
MIDDLES = np.arange(15, 100, 10)


def _aimed_at_box(origin, directions, pose, size):
    """How many beams meet a box, by slabs."""
    to = pose[1] - origin
    reach = np.linalg.norm(to)
    near = directions[directions @ to > np.sqrt(max(reach**2 - (size @ size) / 4, 0))]
    start, along = -to @ pose[0], near @ pose[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-size / 2 - start) / along, (size / 2 - start) / along
    return int(np.sum(np.fmax.reduce(np.fmin(a, b), 1) < np.fmin.reduce(np.fmax(a, b), 1)))


def _rows(lab):
    """Of every vehicle in every sweep of the rig: distance, points, points were nothing in the way, beams that meet its box."""
    rows = []
    for record in lab.records("cars_by_distance", "--runs", "24"):
        pairs = list(zip(*[list(record.sweeps(sensor)) for sensor in RIG]))
        for sweeps, objects in zip(pairs, record.objects(RIG[0])):
            rays = [(sweep.sensor_pose[1], record.lidars[sensor].directions(*sweep.beams()) @ sweep.sensor_pose[0].T)
                    for sensor, sweep in zip(RIG, sweeps)]
            for o in objects.values():
                distance = np.linalg.norm(o.pose[1][:2] - sweeps[0].vehicle_pose[1][:2])
                if o.class_id in VEHICLES and o.name != "ego" and 10 < distance < 100:
                    seen = np.sum([sweep.visibility.get(o.id, (0, 0, 0)) for sweep in sweeps], 0)
                    rows.append((distance, seen[0], seen[1], sum(_aimed_at_box(*ray, o.pose, o.size) for ray in rays)))
    return np.array(rows)


def _fit(rows, column):
    """Slope over single cars from 10 to 60 m, and points at 20 m."""
    chosen = (rows[:, 0] < 60) & (rows[:, column] > 0)
    fit = np.polyfit(np.log(rows[chosen, 0]), np.log(rows[chosen, column]), 1)
    return float(fit[0]), float(np.exp(np.polyval(fit, np.log(20))))


def _slope(means):
    """Through means of 10 m, from 10 to 60 m."""
    return float(np.polyfit(np.log(MIDDLES[:5]), np.log(means[:5]), 1)[0])


def cars_by_distance(lab, verdicts):
    rows = _rows(lab)
    means = [[rows[abs(rows[:, 0] - d) < 5, column].mean() for d in MIDDLES] for column in (1, 2)]
    (seen, at_20), (free, _), (box, _) = _fit(rows, 1), _fit(rows, 2), _fit(rows, 3)
    verdicts.compare("AV2", "points on a car against distance in the flagship's street, two VLP-32C: log-log slope over single cars, 10 to 60 m",
                     AV2_SLOPE, seen, 0.25, SOURCE)
    verdicts.compare("AV2", "the same through means of 10 m", _slope(np.mean(AV2_LOGS, 0)), _slope(means[0]), 0.25, SOURCE + ", from its means")
    verdicts.compare("AV2", "the same, were nothing in the way and everything bright", box, free, 0.1, "beams counted that meet the cars' boxes")
    print(f"  fitted points on a car at 20 m: {at_20:.0f}; in those two logs {AV2_AT_20}", flush=True)
    lab.plot("points_on_cars", "Points on a car in the flagship's street, two VLP-32C, means of 10 m", "distance, m", "points", logx=True, logy=True,
             lines=[(f"Argoverse 2, log {i + 1}", list(MIDDLES), list(log)) for i, log in enumerate(AV2_LOGS)],
             marks=[("records", list(MIDDLES), means[0]), ("nothing in the way", list(MIDDLES), means[1])])
