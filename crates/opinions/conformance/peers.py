"""The same votes through red-dwarf, the Python implementation of Polis' pipeline, and through this engine.

    pip install red-dwarf
    opinions bench --write FOLDER          # 20,000 people, 500 statements, 1.2 million votes; or any export of Polis
    python peers.py OPINIONS FOLDER

Each runs in a process and a thread of its own; told are seconds by the clock and of the processor from the votes in
memory to groups and lists (for this engine: the whole command, reading the file too), the peak of memory, how far apart
the people's places are (up to the free signs), and the agreement of groups (ARI; the two start k-means elsewhere, and
red-dwarf has no base clusters). Ends with status 1 if the places differ by more than 0.01: above 500 people or statements
scikit-learn's components are by default those of a randomised method, so they are not exact (formulas.py compares ours
with numpy's eigenvectors, to 1e-9).
"""
import csv, json, os, resource, subprocess, sys, tempfile, time

ONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def votes_of(folder):
    with open(os.path.join(folder, "votes.csv")) as f:
        return [
            {"participant_id": int(r["voter-id"]), "statement_id": int(r["comment-id"]), "vote": int(r["vote"]),
             "modified": int(r["timestamp"])}
            for r in csv.DictReader(f)
        ]


def mod_out(folder):
    path = os.path.join(folder, "comments.csv")
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return [int(r["comment-id"]) for r in csv.DictReader(f) if r["moderated"] == "-1"]


def theirs(folder, to):
    from reddwarf.implementations.polis import run_pipeline
    # red-dwarf does not take a pair twice: it gets the last vote of each
    last = {(v["participant_id"], v["statement_id"]): v for v in sorted(votes_of(folder), key=lambda v: v["modified"])}
    votes, out = list(last.values()), mod_out(folder)
    clock, used = time.time(), time.process_time()
    r = run_pipeline(votes=votes, mod_out_statement_ids=out, random_state=1)
    clock, used = time.time() - clock, time.process_time() - used
    groups = r.participants_df["cluster_id"].dropna()
    json.dump({"clock": clock, "used": used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
               "places": {int(k): list(map(float, v)) for k, v in r.participant_projections.items()},
               "groups": {int(k): int(v) for k, v in groups.items()}}, open(to, "w"))


def ours(opinions, folder, to):
    clock = time.time()
    subprocess.run([opinions, "compute", folder, "-o", to], check=True, stdout=subprocess.DEVNULL)
    clock = time.time() - clock
    u = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"clock": clock, "used": u.ru_utime + u.ru_stime, "peak": u.ru_maxrss * 1024 / 1e6}


def ari(a, b):
    from sklearn.metrics import adjusted_rand_score
    both = sorted(set(a) & set(b))
    return adjusted_rand_score([a[p] for p in both], [b[p] for p in both]), len(both)


def main():
    if sys.argv[1] == "--theirs":
        return theirs(sys.argv[2], sys.argv[3])
    opinions, folder = sys.argv[1:3]
    tmp = tempfile.mkdtemp()
    mine = ours(opinions, folder, os.path.join(tmp, "ours.json"))
    subprocess.run([sys.executable, "-W", "ignore", __file__, "--theirs", folder, os.path.join(tmp, "theirs.json")],
                   check=True, env={**os.environ, **ONE}, stderr=subprocess.DEVNULL)
    r, t = (json.load(open(os.path.join(tmp, n))) for n in ("ours.json", "theirs.json"))
    for name, x in (("opinions", mine), ("red-dwarf", t)):
        print(f"{name:10} {x['clock']:8.2f} s by the clock {x['used']:8.2f} s of the processor {x['peak']:8.0f} MB")
    # places of people from votes, centre and components as published, in Polis' sign
    at = {tid: i for i, tid in enumerate(r["tids"])}
    centre, comps = r["pca"]["center"], r["pca"]["comps"]
    out = {tid for tid in r["mod-out"]}
    last = {}
    for v in sorted(votes_of(folder), key=lambda v: v["modified"]):
        last[v["participant_id"], v["statement_id"]] = -v["vote"]
    sums, seen = {}, {}
    for (p, s), v in last.items():
        x = sums.setdefault(p, [0.0, 0.0])
        if s not in out:
            seen[p] = seen.get(p, 0) + 1
            for k in (0, 1):
                x[k] += (v - centre[at[s]]) * comps[k][at[s]]
    worst = []
    for k in (0, 1):
        differences = {1: 0.0, -1: 0.0}
        for p, x in sums.items():
            place = x[k] * (len(at) / max(seen.get(p, 0) + len(out), 1)) ** 0.5
            for sign in differences:
                differences[sign] = max(differences[sign], abs(place - sign * t["places"][str(p)][k]))
        worst.append(min(differences.values()))
    base = {b: m for b, m in zip(r["base-clusters"]["id"], r["base-clusters"]["members"])}
    groups = {p: g["id"] for g in r["group-clusters"] for b in g["members"] for p in base[b]}
    score, n = ari(groups, {int(k): v for k, v in t["groups"].items()})
    k = len(r["group-clusters"]), len(set(t["groups"].values()))
    print(f"places differ by at most {worst[0]:.1e} and {worst[1]:.1e}; groups {k[0]} and {k[1]}, ARI {score:.3f} over {n} people")
    sys.exit(max(worst) > 0.01)


main()
