//! Isochrones: what can be reached on foot within given costs, as pieces of street and as polygons with holes.
//!
//! One bounded search gives the reach to the centimetre along every edge. Each piece of street is stamped once, with
//! a buffer, into a raster of distances; the outline of a band is the contour of the least distance over all bands
//! up to it. A river or a wall without a passage stays a hole, as it would not in a hull.
//!
//! ```
//! use walk::isochrone::{Canvas, Drawing, polygons, reach};
//! let town = walk::synth::city(&walk::synth::Plan::of_area(42, 0.5)?)?;
//! let costs = town.net.costs(&walk::Profile::elder());
//! let limits = [5, 10, 15].map(|minutes| costs.profile.cost_of_minutes(minutes));
//! let home = town.buildings.places.doors(0);
//! let pieces = reach(&town.net, &costs, home, false, limits[2], &mut Default::default());
//! let bands = polygons(&town.net, &pieces, &limits, &Drawing::default(), &mut Canvas::default())?;
//! assert_eq!(bands.len(), 3);
//! println!("{}", walk::export::multi_polygon(&bands[2]));
//! # Ok::<(), walk::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::geo::{Bounds, Plane, Point};
use crate::local::Local;
use crate::network::{Costs, Door, Network};
use crate::profile::{BARRED, Cost};

/// A piece of an edge that is reached, walked from `from_cm` to `to_cm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Edge.
    pub edge: u32,
    /// Where it is entered, in centimetres from the edge's start.
    pub from_cm: u32,
    /// How far one gets (may be less than `from_cm` when walked backwards).
    pub to_cm: u32,
    /// Cost at `from_cm`.
    pub cost: Cost,
    /// Thousandths of time per metre along the piece.
    pub pace: u32,
}

impl Piece {
    /// Cost at its far end.
    #[must_use]
    pub fn end_cost(&self) -> Cost {
        let part = u64::from(self.from_cm.abs_diff(self.to_cm)) * u64::from(self.pace) / 1_000;
        self.cost.saturating_add(part.min(u64::from(u32::MAX)) as u32)
    }
}

/// A polygon with its holes. Rings are not closed by repetition; outer rings run counter-clockwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polygon {
    /// Outline.
    pub outer: Vec<Point>,
    /// Holes, clockwise.
    pub holes: Vec<Vec<Point>>,
}

/// How isochrones are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Drawing {
    /// How far to both sides of a street counts as reached, in metres, 5 to 200. Default 25.
    pub buffer_m: f32,
    /// Width of the raster, in metres, 2 to 100. Default 10.
    pub cell_m: f32,
    /// Farthest that simplifying moves an outline, in metres. Default 1; above a tenth of `cell_m` outlines may cross
    /// themselves.
    pub tolerance_m: f64,
    /// Holes smaller than this are filled, in square metres. Default 400.
    pub min_hole_m2: f64,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { buffer_m: 25.0, cell_m: 10.0, tolerance_m: 1.0, min_hole_m2: 400.0 }
    }
}

/// Most cells of the raster; a wider reach is drawn more coarsely.
const MAX_CELLS: f32 = 4_000_000.0;

/// Every piece of street within `limit` of a place; with `towards`, from where the place is reached within it.
#[must_use]
pub fn reach(
    net: &Network,
    costs: &Costs,
    doors: &[Door],
    towards: bool,
    limit: Cost,
    local: &mut Local,
) -> Vec<Piece> {
    local.run(net, costs, doors, towards, limit);
    let mut out = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    for &u in local.reached() {
        for &arc in &net.arcs[net.first[u as usize] as usize..net.first[u as usize + 1] as usize] {
            seen.push(arc >> 1);
        }
    }
    for d in doors {
        seen.push(d.edge);
    }
    seen.sort_unstable();
    seen.dedup();
    for edge in seen {
        let Some(e) = net.edges.get(edge as usize) else { continue };
        let Some(pace) = costs.profile.pace(e.traits) else { continue };
        if costs.is_closed(edge) {
            continue;
        }
        // starts on this edge: its two ends, and the place itself
        let mut starts: Vec<(u32, Cost, bool, bool)> = Vec::new();
        for d in doors.iter().filter(|d| d.edge == edge) {
            starts.push((d.offset_cm.min(e.length_cm), d.access_cm, true, true));
        }
        for (node, at, up) in [(e.a, 0, true), (e.b, e.length_cm, false)] {
            let half = costs.profile.half_stop(net.stops[node as usize]);
            let c = local.cost(node);
            if c != BARRED && half != BARRED {
                let c = c.saturating_add(half).saturating_add(costs.profile.half_fixed(e.traits));
                starts.push((at, c, up, !up));
            }
        }
        let (no_up, no_down) = if towards {
            (crate::access::Traits::FORWARD_ONLY, crate::access::Traits::BACKWARD_ONLY)
        } else {
            (crate::access::Traits::BACKWARD_ONLY, crate::access::Traits::FORWARD_ONLY)
        };
        let (can_up, can_down) = (!e.traits.has(no_up), !e.traits.has(no_down));
        starts.retain(|s| s.1 <= limit);
        starts.sort_unstable();
        for (i, &(at, c, up, down)) in starts.iter().enumerate() {
            let far = (u64::from(limit - c) * 1_000 / u64::from(pace)).min(u64::from(e.length_cm)) as u32;
            // two neighbours that walk towards each other meet where their costs agree
            let meet = |other: Option<&(u32, Cost, bool, bool)>| -> u32 {
                let Some(&(o, oc, ..)) = other else { return far };
                let gap = i64::from(at.abs_diff(o)) * i64::from(pace) / 1_000;
                let mine = (i64::from(oc) - i64::from(c) + gap) / 2 * 1_000 / i64::from(pace);
                // rounded up on both sides: a centimetre walked twice rather than not at all
                far.min((mine.max(0) + 1).min(i64::from(at.abs_diff(o))) as u32)
            };
            if up && can_up {
                let next = starts.get(i + 1).filter(|s| s.3 && can_down);
                let to = at.saturating_add(meet(next)).min(e.length_cm);
                if to > at {
                    out.push(Piece { edge, from_cm: at, to_cm: to, cost: c, pace });
                }
            }
            if down && can_down {
                let prev = i.checked_sub(1).and_then(|i| starts.get(i)).filter(|s| s.2 && can_up);
                let to = at.saturating_sub(meet(prev));
                if to < at {
                    out.push(Piece { edge, from_cm: at, to_cm: to, cost: c, pace });
                }
            }
        }
    }
    out
}

/// The line of a piece, in order of walking, with the centimetres from the edge's start.
#[must_use]
pub fn piece_line(net: &Network, p: &Piece) -> Vec<(Point, u32)> {
    let (lo, hi) = (p.from_cm.min(p.to_cm), p.from_cm.max(p.to_cm));
    let mut line = vec![(net.point_at(p.edge, lo), lo)];
    line.extend(net.line(p.edge).filter(|(_, cm)| *cm > lo && *cm < hi));
    line.push((net.point_at(p.edge, hi), hi));
    if p.from_cm > p.to_cm {
        line.reverse();
    }
    line
}

/// Memory for drawing, to be used again.
#[derive(Debug, Default)]
pub struct Canvas {
    layers: Vec<Vec<f32>>,
    next: Vec<u32>,
}

/// Polygons of what is reached within each of `limits` (rising), from the pieces of the largest.
///
/// # Errors
/// [`Error::Argument`] when limits do not rise, or a measure of the drawing is outside its range.
pub fn polygons(
    net: &Network,
    pieces: &[Piece],
    limits: &[Cost],
    drawing: &Drawing,
    canvas: &mut Canvas,
) -> Result<Vec<Vec<Polygon>>> {
    if limits.is_empty() || limits.windows(2).any(|w| w[0] >= w[1]) {
        return Err(Error::Argument("the limits of bands must rise".into()));
    }
    if !(5.0..=200.0).contains(&drawing.buffer_m)
        || !(2.0..=100.0).contains(&drawing.cell_m)
        || !(0.0..=100.0).contains(&drawing.tolerance_m)
    {
        return Err(Error::Argument(
            "buffer must be 5 to 200 m, cell 2 to 100 m, tolerance at most 100 m".into(),
        ));
    }
    let lines: Vec<Vec<(Point, u32)>> = pieces.iter().map(|p| piece_line(net, p)).collect();
    let Some(b) = Bounds::around(lines.iter().flatten().map(|(p, _)| *p)) else {
        return Ok(vec![Vec::new(); limits.len()]);
    };
    let plane = Plane::at(Point { lon: b.min.lon.midpoint(b.max.lon), lat: b.min.lat.midpoint(b.max.lat) });
    let raster = Raster::new(&plane, &b, drawing);
    let empty = raster.cap * raster.cap;
    canvas.layers.resize_with(limits.len(), Vec::new);
    for l in &mut canvas.layers {
        l.clear();
        l.resize(raster.w * raster.h, empty);
    }
    for (p, line) in pieces.iter().zip(&lines) {
        stamp_piece(p, line, limits, &plane, &raster, &mut canvas.layers);
    }
    let mut out = Vec::with_capacity(limits.len());
    for i in 0..limits.len() {
        if i > 0 {
            let (before, this) = canvas.layers.split_at_mut(i);
            for (x, y) in this[0].iter_mut().zip(&before[i - 1]) {
                *x = x.min(*y);
            }
        }
        out.push(raster.contour(&canvas.layers[i], &mut canvas.next, &plane, drawing));
    }
    Ok(out)
}

/// Stamps a piece, cut where it passes from one band to the next.
fn stamp_piece(
    p: &Piece,
    line: &[(Point, u32)],
    limits: &[Cost],
    plane: &Plane,
    raster: &Raster,
    layers: &mut [Vec<f32>],
) {
    let cost = |cm: u32| u64::from(p.cost) + u64::from(cm.abs_diff(p.from_cm)) * u64::from(p.pace) / 1_000;
    for w in line.windows(2) {
        let ((mut q, mut at), (r, end)) = (w[0], w[1]);
        let mut done = false;
        while !done {
            let Some(band) = limits.iter().position(|&l| cost(at) <= u64::from(l)) else { break };
            let last = u64::from(limits[band]);
            let (mut to, mut stop) = (r, end);
            if cost(end) <= last {
                done = true;
            } else {
                let room = ((last - cost(at)) * 1_000 / u64::from(p.pace)) as u32;
                // at least a centimetre further, so that the loop ends
                let room = (room + 1).min(at.abs_diff(end));
                stop = if end >= at { at + room } else { at - room };
                let span = f64::from(at.abs_diff(end)).max(1.0);
                let t = f64::from(room) / span;
                let mix = |a: i32, b: i32| (f64::from(a) + (f64::from(b) - f64::from(a)) * t) as i32;
                to = Point { lon: mix(q.lon, r.lon), lat: mix(q.lat, r.lat) };
                done = stop == end;
            }
            raster.stamp(plane.to_metres(q), plane.to_metres(to), &mut layers[band]);
            (q, at) = (to, stop);
        }
    }
}

struct Raster {
    w: usize,
    h: usize,
    x0: f32,
    y0: f32,
    cell: f32,
    buffer: f32,
    /// Distances are kept up to here.
    cap: f32,
    /// Metres of every column: a table, so that the inner loop runs over plain lanes.
    xs: Vec<f32>,
}

const NO: u32 = u32::MAX;

impl Raster {
    fn new(plane: &Plane, b: &Bounds, d: &Drawing) -> Self {
        let ((ax, ay), (bx, by)) = (plane.to_metres(b.min), plane.to_metres(b.max));
        let (w, h) = ((bx - ax) as f32 + 4.0 * d.buffer_m, (by - ay) as f32 + 4.0 * d.buffer_m);
        let cell = d.cell_m.max((w * h / MAX_CELLS).sqrt());
        let cap = d.buffer_m + 1.5 * cell;
        let margin = cap + cell;
        let w = ((bx - ax) as f32 + 2.0 * margin).div_euclid(cell) as usize + 2;
        Self {
            w,
            xs: (0..w).map(|i| i as f32 * cell).collect(),
            h: ((by - ay) as f32 + 2.0 * margin).div_euclid(cell) as usize + 2,
            x0: ax as f32 - margin,
            y0: ay as f32 - margin,
            cell,
            buffer: d.buffer_m,
            cap,
        }
    }

    /// Lowers the squared distances of cells near a line.
    fn stamp(&self, a: (f64, f64), b: (f64, f64), layer: &mut [f32]) {
        let (ax, ay) = (a.0 as f32 - self.x0, a.1 as f32 - self.y0);
        let (dx, dy) = ((b.0 - a.0) as f32, (b.1 - a.1) as f32);
        let len2 = dx * dx + dy * dy;
        let inv = if len2 > 0.0 { 1.0 / len2 } else { 0.0 };
        let r = self.cap;
        let (lo, hi) = (ay.min(ay + dy) - r, ay.max(ay + dy) + r);
        let y_first = (lo / self.cell).ceil().max(0.0) as usize;
        let y_last = ((hi / self.cell) as usize).min(self.h - 1);
        for j in y_first..=y_last {
            let y = j as f32 * self.cell;
            // the part of the line within reach of this row bounds the columns
            let (t0, t1) = if dy == 0.0 {
                (0.0, 1.0)
            } else {
                let (s, u) = ((y - r - ay) / dy, (y + r - ay) / dy);
                (s.min(u).clamp(0.0, 1.0), s.max(u).clamp(0.0, 1.0))
            };
            let (x_lo, x_hi) = ((ax + t0 * dx).min(ax + t1 * dx) - r, (ax + t0 * dx).max(ax + t1 * dx) + r);
            let i_first = (x_lo / self.cell).ceil().max(0.0) as usize;
            let i_last = ((x_hi / self.cell).max(0.0) as usize).min(self.w - 1);
            let py = y - ay;
            if i_first > i_last {
                continue;
            }
            let row = &mut layer[j * self.w + i_first..=j * self.w + i_last];
            for (x, slot) in self.xs[i_first..=i_last].iter().zip(row) {
                let px = x - ax;
                let t = ((px * dx + py * dy) * inv).clamp(0.0, 1.0);
                let (ex, ey) = (px - t * dx, py - t * dy);
                *slot = slot.min(ex * ex + ey * ey);
            }
        }
    }

    /// Contour of the buffer by marching squares; rings keep the reached side on their left.
    fn contour(&self, layer: &[f32], next: &mut Vec<u32>, plane: &Plane, d: &Drawing) -> Vec<Polygon> {
        let (w, h) = (self.w, self.h);
        let limit = self.buffer * self.buffer;
        next.clear();
        next.resize(2 * w * h, NO);
        let across = |x: usize, y: usize| (y * w + x) as u32; // between (x, y) and (x + 1, y)
        let up = |x: usize, y: usize| (w * h + y * w + x) as u32; // between (x, y) and (x, y + 1)
        let mut starts = Vec::new();
        for y in 0..h - 1 {
            let (below, above) = (&layer[y * w..][..w], &layer[(y + 1) * w..][..w]);
            let (mut left, mut left_up) = (below[0] < limit, above[0] < limit);
            for x in 0..w - 1 {
                let (right, right_up) = (below[x + 1] < limit, above[x + 1] < limit);
                let case =
                    u8::from(left) | u8::from(right) << 1 | u8::from(right_up) << 2 | u8::from(left_up) << 3;
                (left, left_up) = (right, right_up);
                if case == 0 || case == 15 {
                    continue;
                }
                let (s, e, n, o) = (across(x, y), up(x + 1, y), across(x, y + 1), up(x, y));
                let mut go = |from: u32, to: u32| {
                    next[from as usize] = to;
                    starts.push(from);
                };
                match case {
                    1 => go(s, o),
                    2 => go(e, s),
                    3 => go(e, o),
                    4 => go(n, e),
                    5 => {
                        go(s, o);
                        go(n, e);
                    }
                    6 => go(n, s),
                    7 => go(n, o),
                    8 => go(o, n),
                    9 => go(s, n),
                    10 => {
                        go(o, n);
                        go(e, s);
                    }
                    11 => go(e, n),
                    12 => go(o, e),
                    13 => go(s, e),
                    _ => go(o, s),
                }
            }
        }
        let mut rings: Vec<Vec<(f64, f64)>> = Vec::new();
        for s in starts {
            let mut ring = Vec::new();
            let mut at = s;
            while next[at as usize] != NO {
                ring.push(self.crossing(layer, at));
                at = std::mem::replace(&mut next[at as usize], NO);
            }
            if ring.len() >= 3 {
                rings.push(ring);
            }
        }
        assemble(rings, plane, d)
    }

    /// Where the contour crosses an edge of the raster, by the distances at its ends.
    fn crossing(&self, layer: &[f32], id: u32) -> (f64, f64) {
        let (w, n) = (self.w, self.w * self.h);
        let id = id as usize;
        let (i, dx, dy) = if id < n { (id, 1.0, 0.0) } else { (id - n, 0.0, 1.0) };
        let j = if id < n { i + 1 } else { i + w };
        let (p, q) = (layer[i].sqrt(), layer[j].sqrt());
        // well off the corners: strands stay 0.21 cells apart, so that simplifying by a tenth cannot cross them
        let t = ((self.buffer - p) / (q - p)).clamp(0.15, 0.85);
        let (x, y) = ((i % w) as f32 + t * dx, (i / w) as f32 + t * dy);
        (f64::from(self.x0 + x * self.cell), f64::from(self.y0 + y * self.cell))
    }
}

fn area(ring: &[(f64, f64)]) -> f64 {
    let mut sum = 0.0;
    for (i, p) in ring.iter().enumerate() {
        let q = ring[(i + 1) % ring.len()];
        sum += p.0 * q.1 - q.0 * p.1;
    }
    sum / 2.0
}

fn inside(p: (f64, f64), ring: &[(f64, f64)]) -> bool {
    let mut yes = false;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        if (a.1 > p.1) != (b.1 > p.1) && p.0 < (b.0 - a.0) * (p.1 - a.1) / (b.1 - a.1) + a.0 {
            yes = !yes;
        }
    }
    yes
}

/// Gives every hole to the smallest outline round it.
fn assemble(rings: Vec<Vec<(f64, f64)>>, plane: &Plane, d: &Drawing) -> Vec<Polygon> {
    let (mut outers, mut holes) = (Vec::new(), Vec::new());
    for r in rings {
        let a = area(&r);
        if a > 0.0 {
            outers.push((a, r, Vec::new()));
        } else if -a >= d.min_hole_m2 {
            holes.push(r);
        }
    }
    outers.sort_by(|x, y| x.0.total_cmp(&y.0));
    for h in holes {
        if let Some(o) = outers.iter_mut().find(|o| inside(h[0], &o.1)) {
            o.2.push(h);
        }
    }
    let points = |r: &[(f64, f64)]| -> Vec<Point> {
        simplify(r, d.tolerance_m).into_iter().map(|(x, y)| plane.to_point(x, y)).collect()
    };
    outers
        .iter()
        .rev()
        .map(|(_, r, holes)| Polygon { outer: points(r), holes: holes.iter().map(|h| points(h)).collect() })
        .collect()
}

/// Douglas–Peucker on a ring, between its two most distant corners of a first look.
fn simplify(ring: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    if ring.len() < 5 || tolerance <= 0.0 {
        return ring.to_vec();
    }
    let far = |from: (f64, f64)| {
        let d = |p: &(f64, f64)| (p.0 - from.0).powi(2) + (p.1 - from.1).powi(2);
        (0..ring.len()).max_by(|&i, &j| d(&ring[i]).total_cmp(&d(&ring[j]))).unwrap_or(0)
    };
    let i = far(ring[0]);
    let turned: Vec<(f64, f64)> = ring[i..].iter().chain(&ring[..=i]).copied().collect();
    let middle = {
        let d = |p: &(f64, f64)| (p.0 - turned[0].0).powi(2) + (p.1 - turned[0].1).powi(2);
        (0..turned.len()).max_by(|&i, &j| d(&turned[i]).total_cmp(&d(&turned[j]))).unwrap_or(0)
    };
    let mut keep = vec![false; turned.len()];
    keep[0] = true;
    keep[middle] = true;
    let mut stack = vec![(0, middle), (middle, turned.len() - 1)];
    while let Some((a, b)) = stack.pop() {
        let mut worst = (tolerance, 0);
        for k in a + 1..b {
            let (_, dist) = crate::geo::project(turned[k], turned[a], turned[b]);
            if dist > worst.0 {
                worst = (dist, k);
            }
        }
        if worst.1 > 0 {
            keep[worst.1] = true;
            stack.push((a, worst.1));
            stack.push((worst.1, b));
        }
    }
    let out: Vec<(f64, f64)> =
        turned.iter().zip(&keep).take(turned.len() - 1).filter(|(_, k)| **k).map(|(p, _)| *p).collect();
    if out.len() >= 3 { out } else { ring.to_vec() }
}
