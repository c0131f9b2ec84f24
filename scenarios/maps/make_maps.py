#!/usr/bin/env python3
"""Writes the maps of this folder: python3 scenarios/maps/make_maps.py. The .xodr files are committed; this says where they come from."""
import math
import os


def integrate(k0, k1, length, steps=2000):
    """End of a clothoid in its start's frame, by Simpson's rule."""
    def f(s):
        phase = k0 * s + 0.5 * (k1 - k0) / length * s * s
        return math.cos(phase), math.sin(phase)
    x = y = 0.0
    for i in range(steps + 1):
        w = 1 if i in (0, steps) else 4 if i % 2 else 2
        c, s = f(length * i / steps)
        x += w * c
        y += w * s
    return x * length / steps / 3, y * length / steps / 3, 0.5 * (k0 + k1) * length


class Line:
    """A reference line: pieces appended one after the other."""

    def __init__(self, x=0.0, y=0.0, heading=0.0):
        self.x, self.y, self.heading, self.s, self.out = x, y, heading, 0.0, []

    def _add(self, length, shape, dx, dy, turn):
        self.out.append(f'      <geometry s="{self.s:.9f}" x="{self.x:.12g}" y="{self.y:.12g}" hdg="{self.heading:.15g}" '
                        f'length="{length:.9f}">{shape}</geometry>')
        c, s = math.cos(self.heading), math.sin(self.heading)
        self.x += c * dx - s * dy
        self.y += s * dx + c * dy
        self.heading += turn
        self.s += length
        return self

    def straight(self, length):
        return self._add(length, '<line/>', length, 0, 0)

    def arc(self, length, radius):
        return self._add(length, f'<arc curvature="{1 / radius:.15g}"/>', *integrate(1 / radius, 1 / radius, length))

    def spiral(self, length, k0, k1):
        return self._add(length, f'<spiral curvStart="{k0:.15g}" curvEnd="{k1:.15g}"/>', *integrate(k0, k1, length))

    def bend(self, radius, angle_deg, transition):
        """Clothoid in, arc, clothoid out; the radius is left positive, the angle that of the whole bend."""
        k = 1 / radius
        turn = math.copysign(math.radians(angle_deg), radius) - k * transition
        assert turn * radius > 0, 'the transitions turn more than the bend'
        self.spiral(transition, 0, k)
        self.arc(turn * radius, radius)
        return self.spiral(transition, k, 0)

    def wiggle(self, length, aside):
        """A parametric cubic that ends `aside` to the left, heading as it began."""
        # v = aside (3 p^2 - 2 p^3), u = p * reach; the reach that makes the curve `length` long.
        def measured(reach):
            n, total = 4000, 0.0
            for i in range(n):
                p = (i + 0.5) / n
                total += math.hypot(reach, aside * 6 * p * (1 - p)) / n
            return total
        low, high = 0.5 * length, length
        for _ in range(100):
            mid = 0.5 * (low + high)
            low, high = (mid, high) if measured(mid) < length else (low, mid)
        shape = (f'<paramPoly3 pRange="normalized" aU="0" bU="{low:.12g}" cU="0" dU="0" aV="0" bV="0" cV="{3 * aside:.12g}" '
                 f'dV="{-2 * aside:.12g}"/>')
        return self._add(length, shape, low, aside, 0)


def hermite(points):
    """Cubic pieces through (s, value, slope)."""
    pieces = []
    for (s0, v0, m0), (s1, v1, m1) in zip(points, points[1:]):
        h = s1 - s0
        pieces.append((s0, v0, m0, (3 * (v1 - v0) / h - 2 * m0 - m1) / h, (m0 + m1 - 2 * (v1 - v0) / h) / (h * h)))
    return pieces


def cubics(tag, place, pieces):
    return [f'<{tag} {place}="{s:.9g}" a="{a:.12g}" b="{b:.12g}" c="{c:.12g}" d="{d:.12g}"/>' for s, a, b, c, d in pieces]


def lane(number, kind, width, marks=(), height=None, link=None, speed=None):
    out = [f'          <lane id="{number}" type="{kind}" level="false">']
    if link is not None:
        out.append('            <link>' + ''.join(f'<{k} id="{v}"/>' for k, v in link.items()) + '</link>')
    if number != 0:
        pieces = width if isinstance(width, list) else [(0, width, 0, 0, 0)]
        out += ['            ' + c for c in cubics('width', 'sOffset', pieces)]
    for offset, text in marks:
        out.append(f'            <roadMark sOffset="{offset:g}" {text}/>')
    if speed:
        out.append(f'            <speed sOffset="0" max="{speed}" unit="km/h"/>')
    if height:
        out.append(f'            <height sOffset="0" inner="{height}" outer="{height}"/>')
    return out + ['          </lane>']


def section(s, left, centre, right):
    out = [f'      <laneSection s="{s:.9g}">']
    for name, lanes in (('left', left), ('center', [centre]), ('right', right)):
        if lanes:
            out += [f'        <{name}>'] + [line for item in lanes for line in item] + [f'        </{name}>']
    return out + ['      </laneSection>']


def write(name, title, line, kind, speed, sections, elevation=None, superelevation=None):
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<OpenDRIVE>',
           f'  <header revMajor="1" revMinor="7" name="{title}" version="1.00" vendor="nightfog"/>',
           f'  <road name="main" id="1" length="{line.s:.9f}" junction="-1" rule="RHT">',
           f'    <type s="0" type="{kind}"><speed max="{speed}" unit="km/h"/></type>', '    <planView>'] + line.out + ['    </planView>']
    if elevation:
        out += ['    <elevationProfile>'] + ['      ' + c for c in cubics('elevation', 's', elevation)] + ['    </elevationProfile>']
    if superelevation:
        out += ['    <lateralProfile>'] + ['      ' + c for c in cubics('superelevation', 's', superelevation)] + ['    </lateralProfile>']
    out += ['    <lanes>'] + [x for part in sections for x in part] + ['    </lanes>', '  </road>', '</OpenDRIVE>', '']
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), 'w') as file:
        file.write('\n'.join(out))


SOLID, BROKEN = 'type="solid" weight="standard" color="standard"', 'type="broken" weight="standard" color="standard"'
DOUBLE, NONE = 'type="solid solid" weight="standard" color="standard"', 'type="none"'
SOLID_BROKEN, BROKEN_SOLID = 'type="solid broken" color="standard"', 'type="broken solid" color="standard"'


def urban_straight():
    def side(sign):
        return [lane(sign * 1, 'driving', 3.25, [(0, SOLID)], speed=50), lane(sign * 2, 'parking', 2.2, [(0, NONE)]),
                lane(sign * 3, 'sidewalk', 2.6, [(0, NONE)], height=0.12)]
    write('urban_straight.xodr', 'urban straight', Line().straight(400), 'town', 50,
          [section(0, list(reversed(side(1))), lane(0, 'none', 0, [(0, BROKEN)]), side(-1))])


def rural_hills():
    line = Line().straight(120).bend(180, 55, 60).straight(60).bend(-120, 70, 50).wiggle(120, 12).bend(250, 40, 70).straight(100)
    line.bend(-90, 60, 45).straight(140)
    s = line.s
    hills = hermite([(0, 0, 0), (0.14 * s, 6, 0.05), (0.3 * s, 16, 0), (0.46 * s, 7, -0.055), (0.58 * s, 2, 0),
                     (0.76 * s, 13, 0.04), (0.88 * s, 16, 0), (s, 14, -0.01)])
    # The bends lean inwards, up to 4 %: a right bend (negative curvature) has its left side high.
    bank = hermite([(0, 0, 0), (120, 0, 0), (180, -0.04, 0), (290, -0.04, 0), (353, 0, 0), (413, 0, 0), (463, 0.04, 0),
                    (560, 0.04, 0), (610, 0, 0), (s, 0, 0)])
    # No overtaking in the bends and over the crests.
    centre = lane(0, 'none', 0, [(0, BROKEN), (80, SOLID_BROKEN), (140, DOUBLE), (350, BROKEN), (380, BROKEN_SOLID), (420, DOUBLE),
                                 (620, BROKEN), (740, DOUBLE), (960, BROKEN), (1060, SOLID)])

    def side(sign):
        return [lane(sign * 1, 'driving', 3.25, [(0, SOLID)], speed=100), lane(sign * 2, 'shoulder', 0.5, [(0, NONE)]),
                lane(sign * 3, 'none', 1.5, [(0, NONE)])]
    write('rural_hills.xodr', 'rural curves with hills', line, 'rural', 100, [section(0, list(reversed(side(1))), centre, side(-1))],
          hills, bank)


def motorway():
    line = Line().straight(300).bend(900, 25, 150).straight(200).bend(-1200, 22, 150).straight(300)
    s = line.s
    hills = hermite([(0, 0, 0), (0.35 * s, 9, 0.02), (0.65 * s, 9, -0.02), (s, 0, 0)])
    # From s = 500 m a third lane opens on the right over 120 m; from 1,100 m it closes again. Traffic on the left side keeps two.
    opens, closes, taper = 500.0, 1100.0, 120.0
    grow, shrink = hermite([(0, 0, 0), (taper, 3.5, 0)]), hermite([(0, 3.5, 0), (taper, 0, 0)])
    grow.append((taper, 3.5, 0, 0, 0))
    shrink.append((taper, 0, 0, 0, 0))

    def left(link):
        kinds = [('median', 1.5, NONE), ('shoulder', 0.75, SOLID), ('driving', 3.5, BROKEN), ('driving', 3.75, SOLID), ('shoulder', 2.5, NONE),
                 ('none', 1.5, NONE)]
        lanes = [lane(i + 1, k, w, [(0, m)], link={a: i + 1 for a in link}, height=0.12 if k == 'median' else None)
                 for i, (k, w, m) in enumerate(kinds)]
        return list(reversed(lanes))

    def right(middle, link_of):
        kinds = [('median', 1.5, NONE), ('shoulder', 0.75, SOLID), ('driving', 3.5, BROKEN)]
        kinds += [('driving', 3.75, BROKEN), ('driving', middle, SOLID)] if middle else [('driving', 3.75, SOLID)]
        kinds += [('shoulder', 2.5, NONE), ('none', 1.5, NONE)]
        return [lane(-i - 1, k, w, [(0, m)], link=link_of(-i - 1), height=0.12 if k == 'median' else None)
                for i, (k, w, m) in enumerate(kinds)]

    def outwards(number):  # lane of a two-lane section beside the third lane's place
        return number if number >= -4 else number - 1

    def inwards(number):
        return number if number >= -4 else number + 1
    first = right(None, lambda n: {'successor': outwards(n)})
    second = right(grow, lambda n: dict(([('predecessor', inwards(n))] if n != -5 else []) + [('successor', n)]))
    third = right(shrink, lambda n: dict([('predecessor', n)] + ([('successor', inwards(n))] if n != -5 else [])))
    fourth = right(None, lambda n: {'predecessor': outwards(n)})
    centre = lane(0, 'none', 0, [(0, NONE)])
    write('motorway.xodr', 'motorway', line, 'motorway', 130,
          [section(0, left(['successor']), centre, first), section(opens, left(['predecessor', 'successor']), centre, second),
           section(closes, left(['predecessor', 'successor']), centre, third), section(closes + taper, left(['predecessor']), centre, fourth)],
          hills)


if __name__ == '__main__':
    urban_straight()
    rural_hills()
    motorway()
