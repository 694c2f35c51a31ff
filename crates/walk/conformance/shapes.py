"""Isochrones and vector tiles, read by others' libraries.

    python shapes.py WALK CITY [COUNT]

CITY is a prepared file with buildings. Every isochrone polygon must be valid for shapely and wider bands must hold
narrower ones; every tile must be read by mapbox-vector-tile (PyPI). Ends with status 1 otherwise.
"""
import csv, json, pathlib, random, subprocess, sys, tempfile

import mapbox_vector_tile
from shapely.geometry import Point, shape
from shapely.validation import explain_validity


def main():
    walk, city = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    folder = pathlib.Path(tempfile.mkdtemp())
    lines = subprocess.run([walk, "score", city, "--by-building", "-o", folder / "b.csv"], check=True,
                           capture_output=True)
    homes = random.Random(3).sample(list(csv.DictReader(open(folder / "b.csv"))), count)
    bad = apart = drawn = 0
    for h in homes:
        r = subprocess.run([walk, "isochrone", city, f"--at={h['lon']},{h['lat']}"], capture_output=True, text=True)
        if r.returncode:
            continue
        bands = [shape(f["geometry"]) for f in json.loads(r.stdout)["features"] if "minutes" in f["properties"]]
        for g in bands:
            drawn += 1
            if not g.is_valid:
                bad += 1
                print(explain_validity(g))
        for wide, narrow in zip(bands, bands[1:]):
            if wide.is_valid and narrow.is_valid and narrow.difference(wide.buffer(3e-5)).area > 1e-12:
                apart += 1
    subprocess.run([walk, "tiles", city, "-o", folder / "t", "--from", "13", "--to", "15", "--class", "market",
                    f"--at={homes[0]['lon']},{homes[0]['lat']}"], check=True, capture_output=True)
    tiles = features = invalid = 0
    layers_seen, reach_bad = set(), 0
    for p in folder.glob("t/*/*/*.mvt"):
        layers = mapbox_vector_tile.decode(p.read_bytes())
        tiles += 1
        layers_seen |= set(layers)
        reach_bad += sum(not shape(f["geometry"]).is_valid for f in layers.get("reach", {}).get("features", []))
        for layer in layers.values():
            for f in layer["features"]:
                features += 1
                invalid += f["geometry"]["type"] == "Invalid"
    print(f"{drawn} polygons, {bad} invalid, {apart} bands not within the next; {tiles} tiles with {features} features read, "
          f"{invalid} invalid; layers {sorted(layers_seen)}, {reach_bad} reach polygons invalid within a tile")
    sys.exit(bad + apart + invalid > 0 or layers_seen != {"streets", "buildings", "facilities", "reach"})


if __name__ == "__main__":
    main()
