"""Every node's nearest facility of every class, against scipy and networkx.

    python nearest.py WALK MAP [FACILITIES]

WALK is the built program, MAP an OpenStreetMap file. Needs osmium, numpy, scipy and networkx from PyPI. The map is
read here with osmium and the rules of access written down anew from the wiki's tag pages, so that a fault of the
reader or of the contraction shows as well as one of the search. Without FACILITIES, 8 x 50 seeded nodes are used.
Ends with status 1 when any node differs by more than 1 cm.
"""
import csv, math, random, subprocess, sys, tempfile, time

import networkx as nx
import numpy as np
import osmium
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

ALWAYS = {"footway", "pedestrian", "path", "corridor", "crossing", "platform", "bridleway", "elevator", "steps",
          "living_street", "residential", "unclassified", "service", "track", "tertiary", "tertiary_link", "secondary",
          "secondary_link", "primary", "primary_link", "road"}
YES = {"yes", "designated", "permissive", "destination", "customers", "official"}
NO = {"no", "private", "use_sidepath", "agricultural", "forestry", "military"}


def walkable(t):
    h, foot = t.get("highway"), t.get("foot")
    if t.get("area") == "yes" and h not in ("pedestrian", "footway"):
        return False
    if h in ALWAYS:
        ok = True
    elif h in ("trunk", "trunk_link", "busway"):
        ok = foot in YES or t.get("sidewalk") in ("both", "left", "right", "yes")
    elif h in ("cycleway", "motorway", "motorway_link"):
        ok = foot in YES
    elif h is None:
        ok = "platform" in (t.get("railway"), t.get("public_transport"))
        ok = ok or (t.get("man_made") == "pier" and foot not in NO)
    else:
        ok = False
    return ok and foot not in NO and (t.get("access") not in NO or foot in YES)


def locked(t):
    b, foot, access = t.get("barrier"), t.get("foot"), t.get("access")
    if b in ("gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "entrance"):
        return (foot in NO or access in NO or t.get("locked") == "yes") and foot not in YES
    if b in ("wall", "fence", "block_wall", "debris"):
        return foot not in YES and access not in YES
    if b in ("stile", "turnstile", "full-height_turnstile", "kissing_gate", "cycle_barrier", "log"):
        return foot in NO
    return False


class Reader(osmium.SimpleHandler):
    def __init__(self):
        super().__init__()
        self.ways, self.where, self.shut = [], {}, set()

    def node(self, n):
        if n.location.valid():
            self.where[n.id] = (n.location.x, n.location.y)
        if locked(n.tags):
            self.shut.add(n.id)

    def way(self, w):
        t = {x.k: x.v for x in w.tags}
        if len(w.nodes) >= 2 and walkable(t):
            square = t.get("area") == "yes" and t.get("highway") in ("pedestrian", "footway")
            refs = [n.ref for n in w.nodes]
            self.ways.append((refs, square and refs[0] == refs[-1], t.get("oneway:foot")))


def cm(p, q):
    m = 6_371_008.8 * math.pi / 180
    mid = math.radians((p[1] + q[1]) * 0.5e-7)
    return max(1, math.floor(math.hypot((p[0] - q[0]) * 1e-7 * m * math.cos(mid), (p[1] - q[1]) * 1e-7 * m) * 100 + 0.5))


def inside(x, y, ring):
    """Whether (x, y) / 2 lies in the ring, in whole numbers: many squares share their rims."""
    yes, prev = False, ring[-1]
    for cur in ring:
        (a, b), (u, v) = (2 * cur[0], 2 * cur[1]), (2 * prev[0], 2 * prev[1])
        if (b > y) != (v > y):
            cross = (a - x) * (v - b) + (u - a) * (y - b)
            if cross and (cross > 0) == (v > b):
                yes = not yes
        prev = cur
    return yes


def sees(ring, i, j):
    a, b = ring[i], ring[j]
    if not inside(a[0] + b[0], a[1] + b[1], ring):
        return False
    cross = lambda o, p, q: (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0])
    sign = lambda v: (v > 0) - (v < 0)
    for k, p in enumerate(ring):
        q = ring[(k + 1) % len(ring)]
        if p in (a, b) or q in (a, b):
            continue
        if not (sign(cross(a, b, p)) * sign(cross(a, b, q)) > 0 or sign(cross(p, q, a)) * sign(cross(p, q, b)) > 0):
            return False
    return True


def squares(r):
    uses = {}
    for refs, _, _ in r.ways:
        for n in refs:
            uses[n] = uses.get(n, 0) + 1
    for refs, square, _ in [w for w in r.ways if w[1]]:
        if any(n not in r.where for n in refs):
            continue
        uses[refs[0]] -= 1
        ring = refs[:-1]
        if not 4 <= len(ring) <= 1000:
            continue
        doors = [i for i, n in enumerate(ring) if uses[n] > 1]
        if len(doors) > 64:
            continue
        line = [r.where[n] for n in ring]
        for x, i in enumerate(doors):
            for j in doors[x + 1:]:
                if 1 < j - i < len(ring) - 1 and sees(line, i, j):
                    yield ring[i], ring[j]


def main():
    walk, path = sys.argv[1:3]
    r = Reader()
    r.apply_file(path)
    pieces = []
    for refs, _, oneway in r.ways:
        for a, b in zip(refs, refs[1:]):
            if a != b and a in r.where and b in r.where:
                pieces.append((a, b, oneway))
    pieces += [(a, b, None) for a, b in squares(r)]
    ids = sorted({n for a, b, _ in pieces for n in (a, b)})
    number = {n: i for i, n in enumerate(ids)}
    if len(sys.argv) > 3:
        spots = list(csv.DictReader(open(sys.argv[3])))
    else:
        chance = random.Random(1)
        names = [f"class{i}" for i in range(8) for _ in range(50)]
        picks = [chance.choice(ids) for _ in names]
        spots = [dict(**{"class": c}, lon=r.where[n][0] / 1e7, lat=r.where[n][1] / 1e7) for c, n in zip(names, picks)]
    # where two nodes lie on one spot, or none does, the facility's node is not the same by necessity: left out on both
    # sides, and told
    at = {}
    for n in ids:
        at.setdefault(r.where[n], []).append(n)
    here = lambda s: (round(float(s["lon"]) * 1e7), round(float(s["lat"]) * 1e7))
    given = len(spots)
    spots = [s for s in spots if len(at.get(here(s), [])) == 1]
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, newline="") as f:
        w = csv.DictWriter(f, ["class", "lon", "lat"])
        w.writeheader()
        w.writerows(spots)
    source = f.name

    out = subprocess.run([walk, "nearest", path, "--facilities", source, "--nodes", "--within", "5000000m"],
                         check=True, capture_output=True, text=True).stdout
    got = {}
    for row in csv.DictReader(out.splitlines()):
        metres = row["paced_metres"]
        whole, _, rest = metres.partition(".")
        got[(int(row["id"]), row["class"])] = int(whole) * 100 + int(rest) if metres else None

    best = {}
    for a, b, oneway in pieces:
        if a in r.shut or b in r.shut:
            continue
        d = cm(r.where[a], r.where[b])
        i, j = number[a], number[b]
        # searched from the facility, so an edge is followed against its direction
        if oneway not in ("yes", "1"):
            best[(i, j)] = min(d, best.get((i, j), d))
        if oneway != "-1":
            best[(j, i)] = min(d, best.get((j, i), d))
    keys = list(best)
    graph = csr_matrix(([best[k] for k in keys], ([k[0] for k in keys], [k[1] for k in keys])), (len(ids),) * 2)
    compared = worst = differing = 0
    spent = 0.0
    for name in sorted({s["class"] for s in spots}):
        seeds = [number[at[here(s)][0]] for s in spots if s["class"] == name]
        t = time.process_time()
        want = dijkstra(graph, indices=seeds, min_only=True)
        spent += time.process_time() - t
        for i, n in enumerate(ids):
            if n in r.shut:
                continue
            mine, theirs = got.get((n, name)), want[i]
            compared += 1
            if mine is None and np.isinf(theirs):
                continue
            d = math.inf if mine is None or np.isinf(theirs) else abs(mine - theirs)
            worst = max(worst, d)
            if d > 1:
                differing += 1
                if differing < 6:
                    print("differs", n, name, mine, theirs)
    print(f"{path}: {len(ids)} nodes, {compared} answers compared with scipy ({spent:.2f} s of its search), "
          f"{differing} differ by more than 1 cm, worst {worst} cm, {given - len(spots)} of {given} facilities left out as ambiguous")
    # networkx on a small map, the second independent engine
    if len(ids) < 30_000:
        g = nx.DiGraph()
        g.add_nodes_from(range(len(ids)))
        g.add_weighted_edges_from((i, j, d) for (i, j), d in best.items())
        name = sorted({s["class"] for s in spots})[0]
        seeds = {number[at[here(s)][0]] for s in spots if s["class"] == name}
        want = nx.multi_source_dijkstra_path_length(g, seeds)
        bad = sum(1 for i, n in enumerate(ids) if n not in r.shut
                  and got.get((n, name)) != want.get(i) and (got.get((n, name)) is None or i not in want
                                                              or abs(got[(n, name)] - want[i]) > 1))
        print(f"networkx: {len(ids)} answers of {name}, {bad} differ by more than 1 cm")
        differing += bad
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()
