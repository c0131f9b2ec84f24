#!/usr/bin/env python3
"""Writes the maps of several roads: python3 scenarios/maps/make_networks.py. Streets between nodes, junctions at the nodes."""
import math
import os
import random

from make_maps import BROKEN, NONE, SOLID, cubics, hermite, integrate, lane, section

HERE = os.path.dirname(os.path.abspath(__file__))


class Profile:
    """Half of a street, from the line outwards: (kind, width, mark on its outer border). Both halves are alike."""

    def __init__(self, lanes, speed, centre=BROKEN):
        self.lanes, self.speed, self.centre = lanes, speed, centre

    @property
    def driving(self):
        return self.lanes[0][1]

    @property
    def beside(self):
        """Paved, between the driving lane and the kerb."""
        return sum(w for kind, w, _ in self.lanes[1:] if kind != 'sidewalk')

    @property
    def walk(self):
        return sum(w for kind, w, _ in self.lanes if kind == 'sidewalk')

    @property
    def kerb(self):
        return self.driving + self.beside

    def side(self, sign):
        out = []
        for i, (kind, width, mark) in enumerate(self.lanes):
            number = sign * (i + 1)
            out.append(lane(number, kind, width, [(0, mark)], height=0.12 if kind == 'sidewalk' else None,
                            speed=self.speed if kind == 'driving' else None))
        return list(reversed(out)) if sign > 0 else out


MAIN = Profile([('driving', 3.25, BROKEN), ('biking', 1.75, NONE), ('sidewalk', 2.75, NONE)], 50)
SIDE = Profile([('driving', 3.0, NONE), ('parking', 2.1, NONE), ('sidewalk', 2.4, NONE)], 30, NONE)
AISLE = Profile([('driving', 3.0, NONE)], 10, NONE)


def number(value):
    return f'{value:.12g}'


class Road:
    def __init__(self, name, identity, junction=-1):
        self.name, self.id, self.junction = name, identity, junction
        self.plan, self.s = [], 0.0
        self.links, self.sections, self.objects, self.signals, self.references, self.tunnels = [], [], [], [], [], []
        self.kind, self.speed, self.elevation, self.superelevation, self.offset = 'town', 50, None, None, None

    def geometry(self, x, y, heading, length, shape):
        self.plan.append(f'<geometry s="{number(self.s)}" x="{number(x)}" y="{number(y)}" hdg="{number(heading)}" '
                         f'length="{number(length)}">{shape}</geometry>')
        self.s += length

    def text(self):
        out = [f'  <road name="{self.name}" id="{self.id}" length="{number(self.s)}" junction="{self.junction}" rule="RHT">']
        if self.links:
            out.append('    <link>' + ''.join(self.links) + '</link>')
        out.append(f'    <type s="0" type="{self.kind}"><speed max="{self.speed}" unit="km/h"/></type>')
        out += ['    <planView>'] + ['      ' + p for p in self.plan] + ['    </planView>']
        if self.elevation:
            out += ['    <elevationProfile>'] + ['      ' + c for c in cubics('elevation', 's', self.elevation)] + ['    </elevationProfile>']
        out.append('    <lanes>')
        if self.offset:
            out += ['      ' + c for c in cubics('laneOffset', 's', self.offset)]
        out += [x for part in self.sections for x in part] + ['    </lanes>']
        if self.objects or self.tunnels:
            out += ['    <objects>'] + ['      ' + o for o in self.objects + self.tunnels] + ['    </objects>']
        if self.signals or self.references:
            out += ['    <signals>'] + ['      ' + x for x in self.signals + self.references] + ['    </signals>']
        return out + ['  </road>']


def link(which, kind, identity, contact=None):
    tail = f' contactPoint="{contact}"' if contact else ''
    return f'<{which} elementType="{kind}" elementId="{identity}"{tail}/>'


def write(name, title, roads, junctions=(), controllers=(), geo=''):
    head = f'  <header revMajor="1" revMinor="7" name="{title}" version="1.00" vendor="nightfog">'
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<OpenDRIVE>', head]
    if geo:
        out.append(f'    <geoReference><![CDATA[{geo}]]></geoReference>')
    out.append('  </header>')
    for road in roads:
        out += road.text()
    out += list(controllers) + list(junctions) + ['</OpenDRIVE>', '']
    with open(os.path.join(HERE, name), 'w') as file:
        file.write('\n'.join(out))


def bezier_way(road, start, start_heading, end, end_heading):
    """A parametric cubic from pose to pose."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    c, s = math.cos(start_heading), math.sin(start_heading)
    u1, v1 = c * dx + s * dy, -s * dx + c * dy
    turn = end_heading - start_heading
    reach = 1.1 * math.hypot(dx, dy)
    tu, tv = reach * math.cos(turn), reach * math.sin(turn)
    u = (0, reach, 3 * u1 - 2 * reach - tu, reach + tu - 2 * u1)
    v = (0, 0, 3 * v1 - tv, tv - 2 * v1)
    steps = 20000
    length = sum(math.hypot(u[1] + 2 * u[2] * p + 3 * u[3] * p * p, v[1] + 2 * v[2] * p + 3 * v[3] * p * p)
                 for p in ((i + 0.5) / steps for i in range(steps))) / steps
    shape = ''.join(f' {k}{a}="{number(x)}"' for a, co in (('U', u), ('V', v)) for k, x in zip('abcd', co))
    road.geometry(start[0], start[1], start_heading, length, f'<paramPoly3 pRange="normalized"{shape}/>')


class Network:
    """Straight streets between nodes; where more than one meets a node, a junction with a way from each to each."""

    def __init__(self, seed=0):
        self.nodes, self.edges, self.random = {}, [], random.Random(seed)
        self.roads, self.junctions, self.controllers, self.signal = [], [], [], 0

    def node(self, key, x, y, control='right'):
        self.nodes[key] = {'at': (x, y), 'control': control, 'arms': []}

    def street(self, a, b, profile, name=None):
        self.edges.append({'ends': (a, b), 'profile': profile, 'name': name or f'{a}_{b}', 'road': None})
        for k, key in enumerate((a, b)):
            self.nodes[key]['arms'].append((len(self.edges) - 1, k))

    def direction(self, edge, end):
        a, b = (self.nodes[k]['at'] for k in self.edges[edge]['ends'])
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        return angle if end == 0 else angle + math.pi

    def build(self):
        for node in self.nodes.values():
            node['arms'].sort(key=lambda arm: self.direction(*arm) % (2 * math.pi))
            arms = node['arms']
            reach = 0.0
            for i, arm in enumerate(arms):
                if len(arms) < 2:
                    break
                right = arms[(i + 1) % len(arms)]
                gap = (self.direction(*right) - self.direction(*arm)) % (2 * math.pi)
                turn = math.pi - gap
                width = max(self.edges[e]['profile'].kerb + self.edges[e]['profile'].walk for e, _ in (arm, right))
                if turn > 0:
                    reach = max(reach, (width + (4.5 if width > 5 else 3.0)) * math.tan(turn / 2))
            node['reach'] = max(reach, 6.0) if len(arms) > 1 else 0.0
        for i, edge in enumerate(self.edges):
            a, b = (self.nodes[k] for k in edge['ends'])
            heading = self.direction(i, 0)
            whole = math.dist(a['at'], b['at'])
            road = Road(edge['name'], i + 1)
            road.speed = edge['profile'].speed
            start = (a['at'][0] + a['reach'] * math.cos(heading), a['at'][1] + a['reach'] * math.sin(heading))
            road.geometry(*start, heading, whole - a['reach'] - b['reach'], '<line/>')
            profile = edge['profile']
            road.sections = [section(0, profile.side(1), lane(0, 'none', 0, [(0, profile.centre)]), profile.side(-1))]
            edge['road'], edge['heading'], edge['start'] = road, heading, start
            self.roads.append(road)
        for index, node in enumerate(self.nodes.values()):
            if len(node['arms']) > 1:
                self.junction(index, node)

    def end_pose(self, arm):
        """Where an arm's line meets its junction, and the heading out of the junction."""
        edge = self.edges[arm[0]]
        heading = edge['heading']
        if arm[1] == 0:
            return edge['start'], heading
        length = edge['road'].s
        return (edge['start'][0] + length * math.cos(heading), edge['start'][1] + length * math.sin(heading)), heading + math.pi

    def junction(self, index, node):
        identity = 100000 + index
        arms = node['arms']
        connections = []
        ways = {}
        for e, end in arms:
            self.edges[e]['road'].links.append(link('predecessor' if end == 0 else 'successor', 'junction', identity))
        for i, come in enumerate(arms):
            for j, go in enumerate(arms):
                if i == j:
                    continue
                way = self.way(identity, come, go, carries_walk=j == (i + 1) % len(arms))
                ways[(i, j)] = way.id
                side = '1' if come[1] == 0 else '-1'
                connections.append(f'    <connection id="{len(connections)}" incomingRoad="{come[0] + 1}" connectingRoad="{way.id}" '
                                   f'contactPoint="start"><laneLink from="{side}" to="-1"/></connection>')
        out = [f'  <junction id="{identity}" name="" type="default">'] + connections
        out += [f'    <controller id="{c}" type="0" sequence="{k}"/>' for k, c in enumerate(self.control(identity, node))]
        self.junctions += out + ['  </junction>']

    def way(self, junction, come, go, carries_walk):
        road = Road('', 1000 + len([r for r in self.roads if r.junction != -1]), junction)
        (a, out_a), (b, out_b) = self.end_pose(come), self.end_pose(go)
        heading, onwards = out_a + math.pi, out_b
        turn = math.remainder(onwards - heading, 2 * math.pi)
        road.links = [link('predecessor', 'road', come[0] + 1, 'start' if come[1] == 0 else 'end'),
                      link('successor', 'road', go[0] + 1, 'start' if go[1] == 0 else 'end')]
        if abs(turn) < 1e-9:
            road.geometry(*a, heading, math.dist(a, b), '<line/>')
        else:
            # Both ends are as far from the node: one arc touches both lines.
            chord = math.dist(a, b)
            radius = 0.5 * chord / math.sin(0.5 * abs(turn))
            road.geometry(*a, heading, radius * abs(turn), f'<arc curvature="{number(math.copysign(1 / radius, turn))}"/>')
        first, last = self.edges[come[0]]['profile'], self.edges[go[0]]['profile']
        road.speed = min(first.speed, last.speed)

        def width(from_m, to_m):
            return hermite([(0, from_m, 0), (road.s, to_m, 0)])

        def ends(at_start, at_end):
            found = {}
            if at_start:
                found['predecessor'] = at_start
            if at_end:
                found['successor'] = at_end
            return found
        sign_in, sign_out = (1 if come[1] == 0 else -1), (-1 if go[1] == 0 else 1)
        lanes = [lane(-1, 'driving', width(first.driving, last.driving), [(0, NONE)], link=ends(sign_in, sign_out), speed=road.speed)]
        if carries_walk and (first.beside or last.beside):
            lanes.append(lane(-2, 'shoulder', width(first.beside, last.beside), [(0, NONE)]))
        if carries_walk and first.walk and last.walk:
            n = len(lanes) + 1
            lanes.append(lane(-n, 'sidewalk', width(first.walk, last.walk), [(0, NONE)], height=0.12,
                              link=ends(sign_in * len(first.lanes), sign_out * len(last.lanes))))
        road.sections = [section(0, [], lane(0, 'none', 0, [(0, NONE)]), lanes)]
        self.roads.append(road)
        return road

    # -- what stands at a junction

    def sign(self, arm, kind, before, extra='', above=2.2, size=0.9, aside=0.5, dynamic='no', country='DE'):
        """Beside the way into the junction, `before` metres from its end."""
        e, end = arm
        road, profile = self.edges[e]['road'], self.edges[e]['profile']
        self.signal += 1
        s, t = (before, profile.kerb + aside) if end == 0 else (road.s - before, -(profile.kerb + aside))
        lanes = ('1', '1') if end == 0 else ('-1', '-1')
        road.signals.append(f'<signal id="{self.signal}" name="" s="{number(s)}" t="{number(t)}" zOffset="{above}" dynamic="{dynamic}" '
                            f'orientation="{"-" if end == 0 else "+"}" country="{country}" type="{kind}" subtype="-1" height="{size}" '
                            f'width="{0.35 if dynamic == "yes" else size}"{extra}><validity fromLane="{lanes[0]}" toLane="{lanes[1]}"/></signal>')
        return self.signal

    def painted(self, arm, kind, before, width):
        e, end = arm
        road, profile = self.edges[e]['road'], self.edges[e]['profile']
        self.signal += 1
        s, t = (before, 0.5 * profile.driving) if end == 0 else (road.s - before, -0.5 * profile.driving)
        road.signals.append(f'<signal id="{self.signal}" name="" s="{number(s)}" t="{number(t)}" zOffset="0" dynamic="no" '
                            f'orientation="{"-" if end == 0 else "+"}" country="DE" type="{kind}" subtype="-1" height="0.5" '
                            f'width="{number(width)}"/>')

    def crosswalk(self, arm, near, far):
        e, end = arm
        road, profile = self.edges[e]['road'], self.edges[e]['profile']
        s = (near, far) if end == 0 else (road.s - far, road.s - near)
        k = profile.kerb
        corners = [(s[0], -k), (s[1], -k), (s[1], k), (s[0], k)]
        outline = ''.join(f'<cornerRoad s="{number(a)}" t="{number(b)}" dz="0" height="0" id="{i}"/>' for i, (a, b) in enumerate(corners))
        road.objects.append(f'<object type="crosswalk" id="c{e}_{end}" s="{number(0.5 * sum(s))}" t="0" zOffset="0" orientation="none" '
                            f'length="{number(2 * k)}" width="{number(far - near)}" hdg="1.5707963267948966" pitch="0" roll="0">'
                            f'<outlines><outline id="0" closed="true">{outline}</outline></outlines></object>')

    def control(self, identity, node):
        arms, control = node['arms'], node['control']
        if self.edges[arms[0][0]]['profile'] is AISLE:
            return []
        if control == 'signals':
            groups = []
            for i, arm in enumerate(arms):
                home = None
                for group in groups:
                    apart = abs(math.remainder(self.direction(*arm) - self.direction(*arms[group[0]]) - math.pi, 2 * math.pi))
                    if apart < 0.8 and len(group) == 1:
                        home = group
                if home is None:
                    groups.append([i])
                else:
                    home.append(i)
            names = []
            for k, group in enumerate(groups):
                ids = []
                for i in group:
                    ids.append(self.sign(arms[i], 1000001, 5.5, above=2.4, size=0.9, dynamic='yes', country='OpenDRIVE'))
                    self.painted(arms[i], 294, 5.5, self.edges[arms[i][0]]['profile'].driving)
                    self.crosswalk(arms[i], 1.0, 4.0)
                name = identity * 10 + k
                self.controllers += [f'  <controller id="{name}" name="" sequence="{k}">'] + \
                    [f'    <control signalId="{i}" type="0"/>' for i in ids] + ['  </controller>']
                names.append(name)
            return names
        profiles = [self.edges[e]['profile'] for e, _ in arms]
        if MAIN in profiles and SIDE in profiles:
            for arm, profile in zip(arms, profiles):
                self.sign(arm, 306 if profile is MAIN else 205, 3.0)
                if profile is SIDE:
                    self.painted(arm, 341, 1.0, profile.driving)
        return []

    def write(self, name, title, geo=''):
        write(name, title, self.roads, self.junctions, self.controllers, geo)


GEO = '+proj=tmerc +lat_0=48.78 +lon_0=9.18 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs'


def signalled_junction():
    net = Network()
    net.node('centre', 0, 0, 'signals')
    for name, x, y in (('east', 150, 0), ('north', 0, 150), ('west', -150, 0), ('south', 0, -150)):
        net.node(name, x, y)
        net.street(name, 'centre', MAIN, name)
    net.build()
    net.write('signalled_junction.xodr', 'signalled junction', GEO)


def town():
    """Nine by nine nodes 130 m apart, moved by up to 7 m; every third street is a main one, some of the others are left out."""
    net = Network(7)
    n, apart = 9, 130.0
    for r in range(n):
        for c in range(n):
            is_main = (r % 3 == 1, c % 3 == 1)
            wobble = 0.0 if any(is_main) else 7.0
            x = (c - (n - 1) / 2) * apart + net.random.uniform(-wobble, wobble)
            y = (r - (n - 1) / 2) * apart + net.random.uniform(-wobble, wobble)
            net.node(f'n{r}{c}', x, y, 'signals' if all(is_main) else 'right')
    for r in range(n):
        for c in range(n):
            for dr, dc in ((0, 1), (1, 0)):
                if r + dr >= n or c + dc >= n:
                    continue
                is_main = (r % 3 == 1) if dc else (c % 3 == 1)
                inner = 0 < r < n - 1 and 0 < c < n - 1 and r + dr < n - 1 and c + dc < n - 1
                # One side street in eight is missing; no node is left with one arm.
                if not is_main and inner and (3 * r + 5 * c + dr) % 8 == 0:
                    continue
                net.street(f'n{r}{c}', f'n{r + dr}{c + dc}', MAIN if is_main else SIDE)
    net.build()
    # Trees along the main streets, lamps everywhere, a limit where a side street begins.
    for edge in net.edges:
        road, profile = edge['road'], edge['profile']
        for side in (1, -1):
            t = side * (profile.kerb + profile.walk - 0.4)
            road.objects.append(f'<object type="streetLamp" name="lamp" id="l{road.id}_{side}" s="{15 + 8 * (side < 0)}" t="{number(t)}" zOffset="0" '
                                f'orientation="none" height="6" radius="0.08" hdg="{number(-side * math.pi / 2)}"><repeat s="{15 + 8 * (side < 0)}" '
                                f'length="{number(road.s - 30)}" distance="32" tStart="{number(t)}" tEnd="{number(t)}"/></object>')
        if profile is SIDE:
            net.signal += 1
            road.signals.append(f'<signal id="{net.signal}" name="" s="12" t="{number(-(profile.kerb + 0.5))}" zOffset="2.2" dynamic="no" orientation="+" '
                                'country="DE" type="274" subtype="30" value="30" unit="km/h" height="0.6" width="0.6"/>')
    net.write('town.xodr', 'small town', GEO)


def car_park():
    net = Network()
    for i in range(4):
        net.node(f'a{i}', 0, -20.0 * i)
        net.node(f'b{i}', 80, -20.0 * i)
    net.node('gate', -60, 0)
    for i in range(4):
        net.street(f'a{i}', f'b{i}', AISLE, f'aisle_{i}')
    for side in 'ab':
        for i in range(3):
            net.street(f'{side}{i}', f'{side}{i + 1}', AISLE, f'{side}_{i}')
    net.street('gate', 'a0', AISLE, 'drive')
    net.build()
    # Bays of 2.5 m by 5 m, across, on both sides of the aisles.
    for edge in net.edges:
        road = edge['road']
        if not road.name.startswith('aisle'):
            continue
        for side in (1, -1):
            corners = [(0, 0), (2.5, 0), (2.5, side * 5.0), (0, side * 5.0)]
            outline = ''.join(f'<cornerLocal u="{u}" v="{v}" z="0" height="0" id="{i}"/>' for i, (u, v) in enumerate(corners))
            t = number(side * 3.0)
            count = int((road.s - 4) // 2.5)
            road.objects.append(f'<object type="parkingSpace" name="bay" id="p{road.id}_{side}" s="2" t="{t}" zOffset="0" orientation="none" hdg="0" '
                                f'length="2.5" width="5" height="0"><repeat s="2" length="{number(2.5 * (count - 1))}" distance="2.5" tStart="{t}" tEnd="{t}"/>'
                                f'<outlines><outline id="0" closed="true">{outline}</outline></outlines><parkingSpace access="all"/></object>')
        wide = [lane(s * 2, 'restricted', 5.0, [(0, NONE)]) for s in (1, -1)]
        road.sections = [section(0, [wide[0]] + AISLE.side(1), lane(0, 'none', 0, [(0, NONE)]), AISLE.side(-1) + [wide[1]])]
    net.write('car_park.xodr', 'car park', GEO)


def roundabout():
    """A ring of 14 m inner radius, driven counter-clockwise; four arms that give way."""
    inner, wide, entry, alpha = 14.0, 5.0, 34.0, math.radians(33)
    roads, junctions, signal = [], [], 0
    names = ('east', 'north', 'west', 'south')

    def ring_pose(angle):
        return (inner * math.cos(angle), inner * math.sin(angle)), angle + math.pi / 2
    for k, name in enumerate(names):
        angle = k * math.pi / 2
        arm = Road(name, k + 1)
        far = entry + 140
        arm.geometry(far * math.cos(angle), far * math.sin(angle), angle + math.pi, 140, '<line/>')
        arm.sections = [section(0, MAIN.side(1), lane(0, 'none', 0, [(0, BROKEN)]), MAIN.side(-1))]
        arm.links = [link('successor', 'junction', 100 + k)]
        signal += 2
        for i, kind, above in ((signal - 1, 205, 2.2), (signal, 215, 3.1)):
            arm.signals.append(f'<signal id="{i}" name="" s="137" t="{-(MAIN.kerb + 0.5)}" zOffset="{above}" dynamic="no" orientation="+" country="DE" '
                               f'type="{kind}" subtype="-1" height="0.7" width="0.7"><validity fromLane="-1" toLane="-1"/></signal>')
        roads.append(arm)
    for k in range(4):
        ring = Road(f'ring {names[k]}', 11 + k)
        start, heading = ring_pose(k * math.pi / 2 + alpha)
        ring.geometry(*start, heading, inner * (math.pi / 2 - 2 * alpha), f'<arc curvature="{number(1 / inner)}"/>')
        ring.sections = [section(0, [], lane(0, 'none', 0, [(0, SOLID)]),
                                 [lane(-1, 'driving', wide, [(0, NONE)], speed=30), lane(-2, 'sidewalk', MAIN.walk, [(0, NONE)], height=0.12)])]
        ring.links = [link('predecessor', 'junction', 100 + k), link('successor', 'junction', 100 + (k + 1) % 4)]
        ring.speed = 30
        roads.append(ring)
    for k in range(4):
        angle = k * math.pi / 2
        before, after = 11 + (k + 3) % 4, 11 + k
        edge = (entry * math.cos(angle), entry * math.sin(angle))
        (from_ring, from_heading), (to_ring, to_heading) = ring_pose(angle - alpha), ring_pose(angle + alpha)

        def way(identity, start, start_heading, end, end_heading, links, first, last, ids, beside=None, walk=None, walk_ids=None, arc=False):
            road = Road('', identity, 100 + k)
            if arc:
                road.geometry(*start, start_heading, inner * 2 * alpha, f'<arc curvature="{number(1 / inner)}"/>')
            else:
                bezier_way(road, start, start_heading, end, end_heading)
            road.links, road.speed = links, 30
            lanes = [lane(-1, 'driving', hermite([(0, first, 0), (road.s, last, 0)]), [(0, NONE)],
                          link={'predecessor': ids[0], 'successor': ids[1]}, speed=30)]
            if walk:  # the pavement goes all around; the cycle lane ends at the ring
                lanes.append(lane(-2, 'shoulder', hermite([(0, beside[0], 0), (road.s, beside[1], 0)]), [(0, NONE)]))
                lanes.append(lane(-3, 'sidewalk', hermite([(0, walk[0], 0), (road.s, walk[1], 0)]), [(0, NONE)], height=0.12,
                                  link={'predecessor': walk_ids[0], 'successor': walk_ids[1]}))
            road.sections = [section(0, [], lane(0, 'none', 0, [(0, NONE)]), lanes)]
            roads.append(road)
        w = MAIN.driving
        way(21 + 3 * k, from_ring, from_heading, to_ring, to_heading,
            [link('predecessor', 'road', before, 'end'), link('successor', 'road', after, 'start')], wide, wide, (-1, -1), arc=True)
        way(22 + 3 * k, from_ring, from_heading, edge, angle,
            [link('predecessor', 'road', before, 'end'), link('successor', 'road', k + 1, 'end')], wide, w, (-1, 1),
            (0, MAIN.beside), (MAIN.walk, MAIN.walk), (-2, 3))
        way(23 + 3 * k, edge, angle + math.pi, to_ring, to_heading + (2 * math.pi if to_heading < angle + math.pi - math.pi else 0),
            [link('predecessor', 'road', k + 1, 'end'), link('successor', 'road', after, 'start')], w, wide, (-1, -1),
            (MAIN.beside, 0), (MAIN.walk, MAIN.walk), (-3, -2))
        junctions += [f'  <junction id="{100 + k}" name="{names[k]}" type="default">',
                      f'    <connection id="0" incomingRoad="{before}" connectingRoad="{21 + 3 * k}" contactPoint="start"><laneLink from="-1" to="-1"/></connection>',
                      f'    <connection id="1" incomingRoad="{before}" connectingRoad="{22 + 3 * k}" contactPoint="start"><laneLink from="-1" to="-1"/></connection>',
                      f'    <connection id="2" incomingRoad="{k + 1}" connectingRoad="{23 + 3 * k}" contactPoint="start"><laneLink from="-1" to="-1"/></connection>',
                      f'    <priority high="{21 + 3 * k}" low="{23 + 3 * k}"/>', '  </junction>']
    write('roundabout.xodr', 'roundabout', roads, junctions, geo=GEO)


def shift_shape(length, aside):
    """Length and text of a cubic that ends `aside` to the left over `length` ahead."""
    steps = 20000
    arc = sum(math.hypot(length, aside * 6 * p * (1 - p)) for p in ((i + 0.5) / steps for i in range(steps))) / steps
    return arc, (f'<paramPoly3 pRange="normalized" aU="0" bU="{number(length)}" cU="0" dU="0" aV="0" bV="0" cV="{number(3 * aside)}" '
                 f'dV="{number(-2 * aside)}"/>')


def motorway_ramp():
    """A motorway with a rest area: an exit lane, ramps, a service road, an entry lane; direct junctions."""
    hard, fast, kerb = 2.5, 3.75, 1.5
    before, out, along, after = 700.0, 150.0, 200.0, 700.0
    left = [('median', 2.0, NONE), ('shoulder', 0.75, SOLID), ('driving', fast, BROKEN), ('driving', fast, SOLID), ('shoulder', hard, NONE), ('none', kerb, NONE)]

    def lefts(links):
        return list(reversed([lane(i + 1, k, w, [(0, m)], link={a: i + 1 for a in links}, speed=130 if k == 'driving' else None)
                              for i, (k, w, m) in enumerate(left)]))

    def rights(extra, outer, link_of):
        kinds = [('median', 2.0, NONE), ('shoulder', 0.75, SOLID), ('driving', fast, BROKEN), ('driving', fast, BROKEN if extra else SOLID)]
        kinds += [extra] if extra else []
        kinds += [('shoulder', outer, NONE), ('none', kerb, NONE)]
        return [lane(-i - 1, k, w, [(0, m)], link=link_of(-i - 1), speed=130 if k in ('driving', 'entry', 'exit') else None)
                for i, (k, w, m) in enumerate(kinds)]
    centre = lane(0, 'none', 0, [(0, NONE)])
    edge = 2.75 + 2 * fast

    def motorway(name, identity, x, length):
        road = Road(name, identity)
        road.kind, road.speed = 'motorway', 130
        road.geometry(x, 0, 0, length, '<line/>')
        return road
    m1, m2, m3 = motorway('before', 1, 0, before), motorway('beside', 2, before, 2 * out + along), motorway('after', 3, before + 2 * out + along, after)
    opens = before - 310
    grow = hermite([(0, 0, 0), (60, 3.5, 0)]) + [(60, 3.5, 0, 0, 0)]
    m1.sections = [section(0, lefts(['successor']), centre, rights(None, hard, lambda n: {'successor': n if n >= -4 else n - 1})),
                   section(opens, lefts(['predecessor', 'successor']), centre,
                           rights(('exit', grow, SOLID), hard, lambda n: dict([('successor', n)] if n >= -4 else [], **({'predecessor': n} if n >= -4 else {'predecessor': n + 1} if n < -5 else {}))))]
    # Beside the ramps the hard shoulder begins anew, and ends where the entry lane comes.
    reach = 2 * out + along
    anew = hermite([(0, 0, 0), (80, hard, 0), (reach - 80, hard, 0), (reach, 0, 0)])
    m2.sections = [section(0, lefts(['predecessor', 'successor']), centre, rights(None, anew, lambda n: {'predecessor': n, 'successor': n} if n >= -4 else {}))]
    shrink = [(0, 3.5, 0, 0, 0)] + [(250 + s, a, b, c, d) for s, a, b, c, d in hermite([(0, 3.5, 0), (60, 0, 0)])]
    m3.sections = [section(0, lefts(['predecessor', 'successor']), centre,
                           rights(('entry', shrink, SOLID), hard, lambda n: dict({'successor': n if n >= -4 else n + 1} if n != -5 else {}, **({'predecessor': n} if n >= -4 else {})))),
                   section(310, lefts(['predecessor']), centre, rights(None, hard, lambda n: {'predecessor': n if n >= -4 else n - 1}))]
    m1.links = [link('successor', 'junction', 100)]
    m2.links = [link('predecessor', 'junction', 100), link('successor', 'junction', 101)]
    m3.links = [link('predecessor', 'junction', 101)]

    def ramp(name, identity, x, y, aside, kind):
        road = Road(name, identity)
        road.kind, road.speed = 'motorway', 60
        length, shape = shift_shape(out, aside)
        road.geometry(x, y, 0, length, shape)
        road.sections = [section(0, [], lane(0, 'none', 0, [(0, SOLID)]),
                                 [lane(-1, kind, 3.5, [(0, SOLID)], link={'predecessor': -1, 'successor': -1}, speed=60), lane(-2, 'shoulder', hard, [(0, NONE)]),
                                  lane(-3, 'none', kerb, [(0, NONE)])])]
        return road
    aside = -24.0
    off, on = ramp('exit', 4, before, -edge, aside, 'offRamp'), ramp('entry', 6, before + out + along, -edge + aside, -aside, 'onRamp')
    rest = Road('rest area', 5)
    rest.kind, rest.speed = 'lowSpeed', 30
    rest.geometry(before + out, -edge + aside, 0, along, '<line/>')
    rest.sections = [section(0, [], lane(0, 'none', 0, [(0, SOLID)]),
                             [lane(-1, 'driving', 3.5, [(0, NONE)], link={'predecessor': -1, 'successor': -1}, speed=30),
                              lane(-2, 'parking', 3.0, [(0, NONE)]), lane(-3, 'sidewalk', 3.0, [(0, NONE)], height=0.12)])]
    off.links = [link('predecessor', 'junction', 100), link('successor', 'road', 5, 'start')]
    rest.links = [link('predecessor', 'road', 4, 'end'), link('successor', 'road', 6, 'start')]
    on.links = [link('predecessor', 'road', 5, 'end'), link('successor', 'junction', 101)]
    through = ''.join(f'<laneLink from="{n}" to="{n}"/>' for n in (4, 3, -3, -4))
    junctions = ['  <junction id="100" name="exit" type="direct">',
                 f'    <connection id="0" incomingRoad="1" linkedRoad="2" contactPoint="start">{through}</connection>',
                 '    <connection id="1" incomingRoad="1" linkedRoad="4" contactPoint="start"><laneLink from="-5" to="-1"/></connection>', '  </junction>',
                 '  <junction id="101" name="entry" type="direct">',
                 f'    <connection id="0" incomingRoad="2" linkedRoad="3" contactPoint="start">{through}</connection>',
                 '    <connection id="1" incomingRoad="6" linkedRoad="3" contactPoint="start"><laneLink from="-1" to="-5"/></connection>', '  </junction>']
    rail = edge + 3.5 + hard + 0.8
    for road, name in ((m1, 'a'), (m3, 'b')):
        road.objects.append(f'<object type="barrier" name="guard rail" id="{name}" s="0" t="{number(-rail)}" zOffset="0.35" orientation="none" height="0.4" width="0.1">'
                            f'<repeat s="0" length="{number(road.s)}" distance="0" tStart="{number(-rail)}" tEnd="{number(-rail)}" heightStart="0.4" heightEnd="0.4" '
                            'widthStart="0.1" widthEnd="0.1" zOffsetStart="0.35" zOffsetEnd="0.35"/></object>')
    m1.objects.append(f'<object type="guide-post" name="post" id="g" s="10" t="{number(-rail - 0.5)}" zOffset="0" orientation="none" height="1" width="0.12" length="0.1">'
                      f'<repeat s="10" length="{number(before - 20)}" distance="50" tStart="{number(-rail - 0.5)}" tEnd="{number(-rail - 0.5)}"/></object>')
    write('motorway_ramp.xodr', 'motorway with a rest area', [m1, m2, m3, off, rest, on], junctions, geo=GEO)


def tunnel():
    """A country road of 900 m that dips under a hill: 300 m of lit tunnel in a gentle bend."""
    road = Road('main', 1)
    road.kind, road.speed = 'rural', 70
    x, y, heading = 0.0, 0.0, 0.0
    for length, k0, k1 in ((250, 0, 0), (60, 0, 1 / 500), (280, 1 / 500, 1 / 500), (60, 1 / 500, 0), (250, 0, 0)):
        shape = '<line/>' if k0 == k1 == 0 else f'<arc curvature="{number(k0)}"/>' if k0 == k1 else f'<spiral curvStart="{number(k0)}" curvEnd="{number(k1)}"/>'
        road.geometry(x, y, heading, length, shape)
        dx, dy, turn = integrate(k0, k1, length)
        x, y = x + math.cos(heading) * dx - math.sin(heading) * dy, y + math.sin(heading) * dx + math.cos(heading) * dy
        heading += turn
    road.elevation = hermite([(0, 0, 0), (280, -5, -0.005), (450, -5, 0.005), (road.s, 2, 0)])
    half = [('driving', 3.5, SOLID), ('shoulder', 0.5, NONE), ('sidewalk', 1.0, NONE)]

    def side(sign):
        return [lane(sign * (i + 1), k, w, [(0, m)], height=0.12 if k == 'sidewalk' else None, speed=70 if k == 'driving' else None)
                for i, (k, w, m) in enumerate(half)]
    road.sections = [section(0, list(reversed(side(1))), lane(0, 'none', 0, [(0, BROKEN), (280, SOLID), (640, BROKEN)]), side(-1))]
    road.tunnels = ['<tunnel s="300" length="300" name="hill" id="t1" type="standard" lighting="0.6" daylight="0.1"/>']
    for i, (s, t, direction) in enumerate(((280, -5.6, '+'), (620, 5.6, '-'))):
        road.signals.append(f'<signal id="{i + 1}" name="" s="{s}" t="{t}" zOffset="2.2" dynamic="no" orientation="{direction}" country="DE" type="327" subtype="-1" '
                            'height="0.84" width="0.84"/>')
    write('tunnel.xodr', 'tunnel', [road], geo=GEO)


if __name__ == '__main__':
    signalled_junction()
    roundabout()
    motorway_ramp()
    tunnel()
    car_park()
    town()
