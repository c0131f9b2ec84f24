"""Points on cars in a street, beside a real data set's."""
import numpy as np

VEHICLES = (32, 33)  # cars and vans: Argoverse 2's regular vehicles
AV2_SLOPE, AV2_AT_20 = -2.25, 256
AV2_MEANS = ((15, 597), (25, 243), (35, 123), (45, 52), (55, 27), (65, 16), (75, 18), (85, 7), (95, 4))  # of two logs


def _fit(rows, column):
    chosen = (rows[:, 0] > 10) & (rows[:, 0] < 60) & (rows[:, column] > 0)
    fit = np.polyfit(np.log(rows[chosen, 0]), np.log(rows[chosen, column]), 1)
    return float(fit[0]), float(np.exp(np.polyval(fit, np.log(20))))


def cars_by_distance(lab, verdicts):
    rows = []
    for record in lab.records("cars_by_distance", "--runs", "6"):
        for sweep, objects in zip(record.sweeps("top"), record.objects("top")):
            for o in objects.values():
                if o.class_id in VEHICLES and o.name != "ego":
                    hits, possible, _ = sweep.visibility.get(o.id, (0, 0, 0))
                    rows.append((np.linalg.norm(o.pose[1][:2] - sweep.vehicle_pose[1][:2]), hits, possible))
    rows = np.array(rows)
    (seen, at_20), (free, _) = _fit(rows, 1), _fit(rows, 2)
    verdicts.compare("AV2", "points on a car against distance in the flagship's street, log-log slope, Pandar64", AV2_SLOPE, seen, 0.25,
                     "Argoverse 2 (Wilson et al. 2021): 312 sweeps of two logs, 64 lasers, cars with points, 10 to 60 m")
    verdicts.compare("AV2", "the same, were nothing in the way", -2, free, 0.25, "solid angle")
    print(f"  points on a car at 20 m: {at_20:.0f}; in those two logs {AV2_AT_20}", flush=True)
    ends = list(range(10, 100, 10))
    means = [[rows[(rows[:, 0] >= a) & (rows[:, 0] < a + 10), column].mean() for a in ends] for column in (1, 2)]
    lab.plot("points_on_cars", "Points on a car in the flagship's street, means of 10 m", "distance, m", "points", logx=True, logy=True,
             lines=[("Argoverse 2", [d for d, _ in AV2_MEANS], [n for _, n in AV2_MEANS])],
             marks=[("records", [a + 5 for a in ends], means[0]), ("nothing in the way", [a + 5 for a in ends], means[1])])
