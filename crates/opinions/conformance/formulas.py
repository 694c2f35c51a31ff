"""A result of `opinions compute`, computed again from the votes with numpy: written from the formulas, sharing no code.

    pip install numpy
    python formulas.py OPINIONS FOLDER…

For each folder (votes.csv, comments.csv of Polis' export) it takes the result of a cold start and checks who is in,
centre, components (against numpy's eigenvectors), base clusters and groups (k-means run again in Python), silhouettes,
counts, tests and lists, consensus, group-aware consensus and priorities. Ends with status 1 on any difference.
"""
import csv, json, os, subprocess, sys

import numpy as np

Z = 1.2816


def read(folder):
    votes, out, tids = {}, set(), set()
    rows = list(csv.DictReader(open(os.path.join(folder, "votes.csv"))))
    for r in sorted(rows, key=lambda r: int(r["timestamp"])):
        votes[int(r["voter-id"]), int(r["comment-id"])] = -int(r["vote"])
        tids.add(int(r["comment-id"]))
    path = os.path.join(folder, "comments.csv")
    if os.path.exists(path):
        for r in csv.DictReader(open(path)):
            tids.add(int(r["comment-id"]))
            if r["moderated"] == "-1":
                out.add(int(r["comment-id"]))
    return votes, sorted(tids), out


def kmeans(points, weights, k, rounds):
    centres = []
    for p in points:
        if len(centres) < k and not any((p == c).all() for c in centres):
            centres.append(p)
    centres = np.array(centres)
    for n in range(rounds):
        owner = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        kept = [c for c in range(len(centres)) if (owner == c).any()]
        moved = np.array([np.average(points[owner == c], axis=0, weights=weights[owner == c]) for c in kept])
        a, b = (np.array(sorted(map(tuple, x))) for x in (centres, moved))
        if len(a) == len(b) and (np.hypot(*(a - b).T) < 0.01).all() or n + 1 == rounds:
            return [np.where(owner == c)[0] for c in kept]
        centres = moved


def silhouette(points, clusters):
    if len(clusters) < 2:
        return 0.0
    d = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    total = 0.0
    for i, own in enumerate(clusters):
        for p in own:
            if len(own) > 1:
                a = d[p, own].sum() / (len(own) - 1)
                b = min(d[p, c].mean() for j, c in enumerate(clusters) if j != i)
                total += (b - a) / max(a, b) if max(a, b) > 0 else 0
    return total / len(points)


share = lambda s, n: (s + 1) / (n + 2)
test = lambda s, n: 2 * (n + 1) ** 0.5 * ((s + 1) / (n + 1) - 0.5)


def two(s1, n1, s2, n2):
    s1, n1, s2, n2 = s1 + 1, n1 + 1, s2 + 1, n2 + 1
    p = (s1 + s2) / (n1 + n2)
    return 0 if p == 1 else (s1 / n1 - s2 / n2) / (p * (1 - p) * (1 / n1 + 1 / n2)) ** 0.5


def measures(own, rest):
    (a, d, s), (ra, rd, rs) = own, rest
    return dict(na=a, nd=d, ns=s, pa=share(a, s), pd=share(d, s), pat=test(a, s), pdt=test(d, s),
                ra=share(a, s) / share(ra, rs), rd=share(d, s) / share(rd, rs), rat=two(a, s, ra, rs), rdt=two(d, s, rd, rs))


def representative(ms):
    best = by_test = None
    enough = []
    for tid, m in ms:
        agree, no = m["rat"] > Z and m["pat"] > Z, m["rdt"] > Z and m["pdt"] > Z
        side = "agree" if m["rat"] > m["rdt"] else "disagree"
        x = "a" if side == "agree" else "d"
        if agree or no:
            enough.append((m["r" + x] * m["r" + x + "t"] * m["p" + x] * m["p" + x + "t"], tid, side))
        if by_test is None or max(m["rat"], m["rdt"]) > by_test[0]:
            by_test = max(m["rat"], m["rdt"]), tid, side
        if m["na"] or m["nd"]:
            if best is None:
                better = m["pat"] > Z or (m["ra"] > 1 and m["pa"] > 0.5)
            elif best[1]["ra"] > 1:
                better = np.prod([m[k] for k in ("ra", "rat", "pa", "pat")]) > np.prod([best[1][k] for k in ("ra", "rat", "pa", "pat")])
            else:
                better = m["pa"] * m["pat"] > best[1]["pa"] * best[1]["pat"]
            if better:
                best = tid, m
    if not enough:
        return [(best[0], "agree")] if best else [by_test[1:]] if by_test else []
    rest = [(t, s) for _, t, s in sorted(enough, key=lambda e: -e[0]) if not best or t != best[0]]
    return sorted((([(best[0], "agree")] if best else []) + rest)[:5], key=lambda e: e[1] == "disagree")


def check(opinions, folder):
    r = json.loads(subprocess.run([opinions, "compute", folder, "-o", "-"], check=True, capture_output=True).stdout)
    votes, tids, out = read(folder)
    people = sorted({p for p, _ in votes})
    row, col = {p: i for i, p in enumerate(people)}, {t: i for i, t in enumerate(tids)}
    raw = np.full((len(people), len(tids)), np.nan)
    for (p, t), v in votes.items():
        raw[row[p], col[t]] = v
    m = raw.copy()
    m[:, [col[t] for t in out]] = 0
    faults = []
    same = lambda what, ok: ok or faults.append(what)
    near = lambda what, a, b: same(what, np.abs(np.asarray(a) - np.asarray(b)).max(initial=0) < 1e-9)
    same("tids", r["tids"] == tids)
    with np.errstate(all="ignore"):
        centre = np.nan_to_num(np.nansum(m, 0) / (~np.isnan(m)).sum(0))
    near("centre", r["pca"]["center"], centre)
    x = np.where(np.isnan(m), 0, m - centre)
    values, vectors = np.linalg.eigh(x.T @ x)
    comps = np.array(r["pca"]["comps"])
    for k in (0, 1):
        v = vectors[:, -1 - k]
        near(f"component {k}", comps[k] * np.sign(comps[k] @ v), v)
    place = x @ comps.T * np.sqrt(len(tids) / np.maximum((~np.isnan(m)).sum(1), 1))[:, None]
    # who is in
    counts = (~np.isnan(raw)).sum(1)
    inside = {i for i in range(len(people)) if counts[i] >= min(7, len(tids))}
    for i in sorted(set(range(len(people))) - inside, key=lambda i: (-counts[i], i)):
        if len(inside) < 15:
            inside.add(i)
    inside = sorted(inside)
    same("who is in", r["in-conv"] == [people[i] for i in inside])
    # base clusters and groups
    base = kmeans(place[inside], np.ones(len(inside)), 100, 100)
    theirs = [sorted(b) for b in r["base-clusters"]["members"]]
    same("base clusters", [sorted(people[inside[i]] for i in b) for b in base] == theirs)
    at = np.array([place[[row[p] for p in b]].mean(0) for b in theirs])
    near("base places", at, np.array([r["base-clusters"]["x"], r["base-clusters"]["y"]]).T)
    weights = np.array([len(b) for b in theirs], float)
    tried = {k: kmeans(at, weights, k, 20) for k in range(2, min(5, 2 + len(at) // 12) + 1)}
    fit = {k: silhouette(at, c) for k, c in tried.items()}
    near("silhouettes", [c["silhouette"] for c in r["computation"]["groups"]["candidates"]], list(fit.values()))
    k = max(fit, key=lambda k: (fit[k], -k))
    ids = r["base-clusters"]["id"]
    groups = [sorted(ids[b] for b in c) for c in tried[k]]
    same("groups", groups == [g["members"] for g in r["group-clusters"]])
    # counts, lists
    of = lambda rows: np.array([(rows == -1).sum(0), (rows == 1).sum(0), (~np.isnan(rows)).sum(0)]).T
    index = {b: i for i, b in enumerate(ids)}
    said = [of(raw[[row[p] for b in g["members"] for p in theirs[index[b]]]]) for g in r["group-clusters"]]
    for g, own in zip(r["group-clusters"], said):
        rest = sum(said) - own
        name = str(g["id"])
        v = r["group-votes"][name]["votes"]
        same("counts", all([v[str(t)][x] for x in "ADS"] == list(own[col[t]]) for t in tids))
        ms = [(t, measures(own[col[t]].tolist(), rest[col[t]].tolist())) for t in tids if t not in out]
        same(f"list {name}", representative(ms) == [(e["tid"], e["repful-for"]) for e in r["repness"][name]])
    everybody = of(raw)
    for i, side in enumerate(("agree", "disagree")):
        c = [(share(e[i], e[2]), test(e[i], e[2]), t) for t, e in zip(tids, everybody) if t not in out]
        c = sorted((e for e in c if e[0] > 0.5 and e[1] > Z), key=lambda e: -e[0] * e[1])[:5]
        same("consensus", [e[2] for e in c] == [e["tid"] for e in r["consensus"][side]])
    near("group-aware consensus", [r["group-aware-consensus"][str(t)] for t in tids],
         np.prod([share(g[:, 0], g[:, 2]) for g in said], axis=0))
    a, d, s = sum(said).T
    stand = np.sqrt(len(tids)) * (-1 - centre) * comps
    e = np.hypot(*stand)
    near("extremity", r["pca"]["comment-extremity"], e)
    near("priorities", [r["comment-priorities"][str(t)] for t in tids],
         ((1 - share(s - a - d, s)) * (e + 1) * share(a, s) * (1 + 8 * 2.0 ** (-s / 5))) ** 2)
    print(f"{folder}: {len(people)} x {len(tids)}, {len(votes)} votes, {len(base)} base clusters, {len(groups)} groups: "
          + (f"DIFFER: {', '.join(faults)}" if faults else "no difference"))
    return bool(faults)


sys.exit(any([check(sys.argv[1], folder) for folder in sys.argv[2:]]))
