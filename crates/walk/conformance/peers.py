"""The same questions put to others' programs, with their times beside ours: all on one thread, in processor seconds.

    python peers.py WALK MAP FACILITIES

Needs osmium, numpy, scipy, pandas and pandana from PyPI. Reading and the graph are those of nearest.py, in Python, so
`read` measures a script as people write it and not libosmium. pandana answers per node, without ties or owners' paths.
"""
import csv, json, os, subprocess, sys, time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import pandana
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from nearest import Reader, cm, squares


def timed(name, f):
    t = time.process_time()
    out = f()
    print(f"{name:44} {(time.process_time() - t) * 1e3:10.0f} ms", flush=True)
    return out


def main():
    walk, path, facilities = sys.argv[1:4]
    r = Reader()

    def read():
        r.apply_file(path)
        pairs = [p for refs, _, _ in r.ways for p in zip(refs, refs[1:]) if p[0] != p[1]] + list(squares(r))
        pairs = [(a, b) for a, b in pairs if a in r.where and b in r.where and a not in r.shut and b not in r.shut]
        ids = sorted({n for p in pairs for n in p})
        number = {n: i for i, n in enumerate(ids)}
        a = np.array([number[x] for x, _ in pairs])
        b = np.array([number[y] for _, y in pairs])
        return ids, number, a, b, np.array([cm(r.where[x], r.where[y]) for x, y in pairs], dtype=np.float64)

    ids, number, a, b, w = timed("read the map with pyosmium, make a graph", read)
    at = {r.where[n]: number[n] for n in ids}
    classes = {}
    for s in csv.DictReader(open(facilities)):
        n = at.get((round(float(s["lon"]) * 1e7), round(float(s["lat"]) * 1e7)))
        if n is not None:
            classes.setdefault(s["class"], []).append(n)
    print(f"{len(ids)} nodes, {len(w)} edges, {len(classes)} classes")
    order = np.lexsort((w, b, a))
    a, b, w = a[order], b[order], w[order]
    graph = csr_matrix((w, (a, b)), (len(ids), len(ids)))
    for limit in (99_000, np.inf):
        timed(f"scipy, {len(classes)} classes, limit {limit / 100} m",
              lambda: [dijkstra(graph, directed=False, indices=v, min_only=True, limit=limit) for v in classes.values()])
    x = pd.Series([r.where[n][0] * 1e-7 for n in ids])
    y = pd.Series([r.where[n][1] * 1e-7 for n in ids])
    net = timed("pandana, contraction", lambda: pandana.Network(
        x, y, pd.Series(a), pd.Series(b), pd.DataFrame({"m": w / 100}), twoway=True))

    def ask(limit):
        for name, nodes in classes.items():
            net.set_pois(name, limit, 1, x.iloc[nodes], y.iloc[nodes])
            net.nearest_pois(limit, name, num_pois=1)

    timed(f"pandana, {len(classes)} classes, limit 990 m", lambda: ask(990))
    out = subprocess.run([walk, "bench", "--json", "--map", path, "--facilities", facilities], check=True,
                         capture_output=True, text=True).stdout
    for f in json.loads(out)["figures"]:
        print(f"walk {f['name']:39} {f['processor_ms']:10.2f} ms (worst {f['processor_worst_ms']:.2f}), {f['peak_mib']} MiB")


if __name__ == "__main__":
    main()
