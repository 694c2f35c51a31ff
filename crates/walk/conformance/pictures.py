"""Draws what the program answers, for people to look at.

    python pictures.py WALK CITY FOLDER [LON,LAT] [CLASS]

CITY is a prepared file with buildings. Streets come out of the vector tiles, reach out of the GeoJSON, times out of the
CSV, so that the three kinds of output lie on one picture and a fault of one shows. Needs matplotlib and
mapbox-vector-tile from PyPI. Writes walk-isochrone.png, walk-score.png and walk-district.png.
"""
import csv, io, json, math, pathlib, subprocess, sys, tempfile

import mapbox_vector_tile
import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path

KINDS = {"street": ("#8a8f98", 0.5), "path": ("#b9a26b", 0.35), "steps": ("#d62718", 1.2), "bridge": ("#1f4e79", 1.6)}
Z, EXTENT = 15, 4096


def run(*args):
    return subprocess.run([str(a) for a in args], check=True, capture_output=True, text=True).stdout


def streets(walk, city):
    """Lines of every street by kind, in degrees, out of the tiles."""
    folder = pathlib.Path(tempfile.mkdtemp())
    run(walk, "tiles", city, "-o", folder, "--from", Z, "--to", Z)
    lines = {k: [] for k in KINDS}
    n = 2 ** Z

    def degrees(x, y, p):
        gx, gy = (x + p[0] / EXTENT) / n, (y + 1 - p[1] / EXTENT) / n
        return gx * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * gy))))

    for f in folder.glob("*/*/*.mvt"):
        x, y = int(f.parent.name), int(f.stem)
        for feature in mapbox_vector_tile.decode(f.read_bytes()).get("streets", {}).get("features", []):
            g = feature["geometry"]
            parts = [g["coordinates"]] if g["type"] == "LineString" else g["coordinates"]
            lines[feature["properties"]["kind"]] += [[degrees(x, y, p) for p in part] for part in parts]
    return lines


def page(width, height, lat):
    fig, ax = plt.subplots(figsize=(width, height))
    ax.set_aspect(1 / math.cos(math.radians(lat)))
    ax.set_axis_off()
    fig.subplots_adjust(0.01, 0.01, 0.99, 0.94)
    return fig, ax


def draw_streets(ax, lines, thin=1.0):
    for kind, (colour, width) in KINDS.items():
        ax.add_collection(LineCollection(lines[kind], colors=colour, linewidths=width * thin))


def bar(ax, lat, km):
    """A scale bar in the lower left."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    length = km / (111.195 * math.cos(math.radians(lat)))
    x, y = x0 + 0.03 * (x1 - x0), y0 + 0.03 * (y1 - y0)
    ax.plot([x, x + length], [y, y], color="black", linewidth=2)
    ax.text(x, y + 0.012 * (y1 - y0), f"{km} km", fontsize=7)


def save(fig, folder, name, dpi):
    out = io.BytesIO()
    fig.savefig(out, dpi=dpi)
    from PIL import Image
    image = Image.open(out).convert("RGB")
    image.quantize(40, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(folder / name, optimize=True)
    print(name, (folder / name).stat().st_size // 1024, "kB")


def main():
    walk, city, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    at = sys.argv[4] if len(sys.argv) > 4 else "113.32,23.09"
    name = sys.argv[5] if len(sys.argv) > 5 else "market"
    lon, lat = map(float, at.split(","))
    lines = streets(walk, city)

    bands = json.loads(run(walk, "isochrone", city, f"--at={at}"))["features"]
    fig, ax = page(6.4, 5.6, lat)
    everything = []
    for f in bands:
        if "minutes" not in f["properties"]:
            continue
        colour = {15: "#fde2b5", 10: "#f6b26b", 5: "#d9622b"}[f["properties"]["minutes"]]
        for rings in f["geometry"]["coordinates"]:
            everything += rings[0]
            path = Path.make_compound_path(*[Path(np.array(r), closed=True) for r in rings])
            ax.add_collection(PathCollection([path], facecolors=colour, edgecolors="#7a3d12", linewidths=0.4))
    draw_streets(ax, lines, 1.3)
    ax.plot([lon], [lat], "o", color="black", markersize=5)
    xs, ys = [p[0] for p in everything], [p[1] for p in everything]
    ax.set_xlim(min(xs) - 0.002, max(xs) + 0.002)
    ax.set_ylim(min(ys) - 0.002, max(ys) + 0.002)
    bar(ax, lat, 0.5)
    ax.set_title("5, 10 and 15 minutes on foot (synthetic city)", fontsize=9)
    save(fig, folder, "walk-isochrone.png", 110)

    rows = list(csv.DictReader(run(walk, "score", city, "--rule", f"{name}=10min", "--by-building").splitlines()))
    fig, ax = page(8, 5.6, lat)
    draw_streets(ax, lines, 0.35)
    x = np.array([float(r["lon"]) for r in rows])
    y = np.array([float(r["lat"]) for r in rows])
    t = np.array([float(r[name]) if r[name] else np.nan for r in rows])
    for low, high, colour in [(0, 5, "#1a7f5a"), (5, 10, "#8cc084"), (10, 15, "#f2c14e"), (15, 20, "#e07a3f")]:
        m = (t > low) & (t <= high) | ((t == 0) & (low == 0))
        ax.plot(x[m], y[m], ",", color=colour)
        ax.plot([], [], "s", color=colour, markersize=5, label=f"{low} to {high} min")
    m = np.isnan(t)
    ax.plot(x[m], y[m], ",", color="#7d1d2b")
    ax.plot([], [], "s", color="#7d1d2b", markersize=5, label="over 20 min")
    ax.legend(loc="lower right", fontsize=6)
    ax.autoscale_view()
    bar(ax, lat, 2)
    ax.set_title(f"minutes from each of {len(rows):,} buildings to the nearest {name} (synthetic district)", fontsize=9)
    save(fig, folder, "walk-score.png", 120)

    fig, ax = page(8, 5.6, lat)
    draw_streets(ax, lines, 0.5)
    ax.autoscale_view()
    bar(ax, lat, 2)
    for kind, (colour, _) in KINDS.items():
        ax.plot([], [], color=colour, label=kind)
    ax.legend(loc="lower right", fontsize=6)
    ax.set_title("streets of a synthetic district of 93.6 km² with its ring of 1.5 km", fontsize=9)
    save(fig, folder, "walk-district.png", 120)


if __name__ == "__main__":
    main()
