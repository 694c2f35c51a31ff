"""The gap finder against HiGHS on instances that it can solve.

    python gaps.py WALK [SEEDS]

Makes synthetic cities, asks `walk gaps` for k sites, writes the same coverage as a mixed integer programme and solves
it with highspy (PyPI). The coverage comes from `walk nearest`, class by class of one candidate, so that the two are
told apart by more than the optimiser. Ends with status 1 when a proved optimum differs, or a bound lies below it.
"""
import csv, re, subprocess, sys, tempfile, pathlib, random

import highspy


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True)


def solve(sets, weights, k):
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    n, m = len(sets), len(weights)
    inf = highspy.kHighsInf
    for _ in range(n):
        h.addVar(0, 1)
    for w in weights:
        h.addVar(0, 1)
    for i in range(n):
        h.changeColIntegrality(i, highspy.HighsVarType.kInteger)
    for j, w in enumerate(weights):
        h.changeColCost(n + j, float(w))
    h.changeObjectiveSense(highspy.ObjSense.kMaximize)
    h.addRow(0, float(k), n, list(range(n)), [1.0] * n)
    by_item = [[] for _ in range(m)]
    for i, s in enumerate(sets):
        for j in s:
            by_item[j].append(i)
    for j, cover in enumerate(by_item):
        h.addRow(-inf, 0.0, 1 + len(cover), [n + j] + cover, [1.0] + [-1.0] * len(cover))
    h.run()
    assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(h.getInfo().objective_function_value)


def main():
    walk = sys.argv[1]
    folder = pathlib.Path(tempfile.mkdtemp())
    faults = 0
    worst = 1.0
    done = proved = 0
    for seed in range(1, 1 + int(sys.argv[2] if len(sys.argv) > 2 else 12)):
        chance = random.Random(seed)
        city, homes = folder / "c.walk", folder / "b.csv"
        run(walk, "synth", "--seed", str(seed), "--km2", "6", "-o", city, "--buildings", homes)
        buildings = list(csv.DictReader(open(homes)))
        sites = folder / "sites.csv"
        picked = chance.sample(buildings, 60)
        with open(sites, "w", newline="") as f:
            w = csv.writer(f)
            w.writerow(["class", "id", "lon", "lat"])
            for i, b in enumerate(picked):
                w.writerow(["site", i, b["lon"], b["lat"]])
        none = folder / "none.csv"
        none.write_text(f"class,lon,lat\nlacking,{buildings[0]['lon']},{buildings[0]['lat']}\n")
        metres = chance.choice([300, 500, 800])
        got = run(walk, "nearest", city, "--facilities", none, "--within", f"{metres}m").stdout
        served = {r["id"] for r in csv.DictReader(got.splitlines()) if r["verdict"] == "within"}
        people = [int(b["residents"]) if b["id"] not in served else 0 for b in buildings]
        number = {b["id"]: i for i, b in enumerate(buildings)}
        # which buildings reach which site: each site a class of its own
        alone = folder / "alone.csv"
        rows = list(csv.DictReader(open(sites)))
        with open(alone, "w", newline="") as f:
            w = csv.writer(f)
            w.writerow(["class", "lon", "lat"])
            for i, s in enumerate(rows):
                w.writerow([f"s{i}", s["lon"], s["lat"]])
        out = run(walk, "nearest", city, "--facilities", alone, "--within", f"{metres}m").stdout
        sets = [[] for _ in rows]
        for r in csv.DictReader(out.splitlines()):
            if r["verdict"] == "within":
                sets[int(r["class"][1:])].append(number[r["id"]])
        for k in (3, 6, 10):
            want = solve(sets, people, k)
            for exact in (False, True):
                args = [walk, "gaps", city, "--facilities", none, "--candidates", sites, "-k", str(k),
                        "--within", f"{metres}m"] + (["--exact", "2000000"] if exact else [])
                told = run(*args).stderr
                covered, bound = map(int, re.search(r"reach (\d+) of .* more than (\d+)", told).groups())
                done += 1
                proved += covered == bound
                worst = min(worst, covered / max(want, 1))
                if covered > want or bound < want or (covered == bound and covered != want):
                    faults += 1
                    print(f"seed {seed} k {k} exact {exact}: covered {covered} bound {bound}, HiGHS {want}")
                if exact and covered != want:
                    print(f"seed {seed} k {k}: cut short at {covered} of {want}")
    print(f"{done} plans against HiGHS: {faults} faults, {proved} proved optimal, the least {worst:.4f} of the optimum")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
