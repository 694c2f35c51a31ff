//! Snapping: the nearest point of the network to any place, by a packed grid over its segments.

use crate::error::{Error, Result};
use crate::geo::{Bounds, Plane, Point, in_ring, length_cm, project};
use crate::network::{Door, Network, Places};

/// Cells of the grid are at least this wide, in metres.
const CELL_M: f64 = 60.0;
/// Most cells; the cell grows on larger maps.
const MAX_CELLS: f64 = 4_000_000.0;

/// One segment of an edge: two neighbouring points of its line.
#[derive(Debug, Clone, Copy)]
struct Segment {
    edge: u32,
    /// Centimetres from the edge's start to both ends.
    from_cm: u32,
    to_cm: u32,
    a: (f64, f64),
    b: (f64, f64),
}

/// A grid over all segments of a network, for finding the nearest.
#[derive(Debug)]
pub struct Index {
    plane: Plane,
    min: (f64, f64),
    cell: f64,
    columns: usize,
    rows: usize,
    first: Vec<u32>,
    list: Vec<u32>,
    segments: Vec<Segment>,
}

/// A nearest point found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// The place on the network, with the straight way to it.
    pub door: Door,
    /// Where on the edge.
    pub point: Point,
}

impl Index {
    /// Builds the grid. Needs about 50 bytes a segment.
    #[must_use]
    pub fn new(net: &Network) -> Self {
        let bounds = Bounds::around(net.nodes.iter().chain(&net.shape).copied())
            .unwrap_or(Bounds { min: Point::default(), max: Point::default() });
        let plane = Plane::at(Point {
            lon: bounds.min.lon.midpoint(bounds.max.lon),
            lat: bounds.min.lat.midpoint(bounds.max.lat),
        });
        let (min, max) = (plane.to_metres(bounds.min), plane.to_metres(bounds.max));
        let (w, h) = ((max.0 - min.0).max(1.0), (max.1 - min.1).max(1.0));
        let mut segments = Vec::with_capacity(net.edges.len() + net.shape.len());
        for e in 0..net.edges.len() as u32 {
            let mut prev: Option<((f64, f64), u32)> = None;
            for (p, cm) in net.line(e) {
                let (x, y) = plane.to_metres(p);
                let at = (x - min.0, y - min.1);
                if let Some((a, from_cm)) = prev {
                    segments.push(Segment { edge: e, from_cm, to_cm: cm, a, b: at });
                }
                prev = Some((at, cm));
            }
        }
        let mut index =
            Self { plane, min, cell: 0.0, columns: 0, rows: 0, first: vec![], list: vec![], segments };
        let mut cell = CELL_M.max((w * h / MAX_CELLS).sqrt());
        let mut first;
        loop {
            (index.columns, index.rows, index.cell) =
                ((w / cell) as usize + 1, (h / cell) as usize + 1, cell);
            first = vec![0u32; index.columns * index.rows + 1];
            let mut entries = 0u64;
            for s in &index.segments {
                index.cells_of(s, |c| {
                    first[c + 1] = first[c + 1].saturating_add(1);
                    entries += 1;
                });
            }
            // streets that cross hundreds of cells each are a mistake or an attack: wider cells, not more memory
            if entries <= 16 * index.segments.len() as u64 + (1 << 20) {
                break;
            }
            cell *= 2.0;
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut at = first.clone();
        let mut list = vec![0u32; first.last().copied().unwrap_or(0) as usize];
        for (i, s) in index.segments.iter().enumerate() {
            index.cells_of(s, |c| {
                list[at[c] as usize] = i as u32;
                at[c] += 1;
            });
        }
        index.first = first;
        index.list = list;
        index
    }

    /// Cells that a segment may touch: row by row, the columns it spans there.
    fn cells_of(&self, s: &Segment, mut f: impl FnMut(usize)) {
        let (ax, ay, bx, by) = (s.a.0, s.a.1, s.b.0, s.b.1);
        let clamp = |v: f64, n: usize| ((v / self.cell).max(0.0) as usize).min(n - 1);
        let (r0, r1) = (clamp(ay.min(by), self.rows), clamp(ay.max(by), self.rows));
        for r in r0..=r1 {
            // the part of the segment within this row, widened a little for rounding
            let (lo, hi) = (r as f64 * self.cell - 0.01, (r + 1) as f64 * self.cell + 0.01);
            let part = |y: f64| {
                if (by - ay).abs() < 1e-9 { 0.0 } else { ((y - ay) / (by - ay)).clamp(0.0, 1.0) }
            };
            let (t, u) = if r0 == r1 { (0.0, 1.0) } else { (part(lo), part(hi)) };
            let (x, y) = (ax + t * (bx - ax), ax + u * (bx - ax));
            for c in clamp(x.min(y) - 0.01, self.columns)..=clamp(x.max(y) + 0.01, self.columns) {
                f(r * self.columns + c);
            }
        }
    }

    /// The nearest point of the network within `max_m` metres for which `accept` says yes.
    pub fn nearest_where(&self, p: Point, max_m: f64, accept: impl Fn(u32, Point) -> bool) -> Option<Snap> {
        let (x, y) = self.plane.to_metres(p);
        let at = (x - self.min.0, y - self.min.1);
        let (cx, cy) = ((at.0 / self.cell).floor() as i64, (at.1 / self.cell).floor() as i64);
        // a plane about the map's middle stretches by less than a percent over a city
        let reach = ((max_m * 1.02) / self.cell).ceil() as i64 + 1;
        let mut best: Option<(f64, u32, f64)> = None;
        for ring in 0..=reach {
            if let Some((d, ..)) = best
                && d < (ring - 1) as f64 * self.cell
            {
                break;
            }
            if ring > 0 && self.outside(cx, cy, ring) {
                break;
            }
            for r in cy - ring..=cy + ring {
                let edge_row = r == cy - ring || r == cy + ring;
                let step = if edge_row || ring == 0 { 1 } else { 2 * ring };
                let mut c = cx - ring;
                while c <= cx + ring {
                    if r >= 0 && c >= 0 && (r as usize) < self.rows && (c as usize) < self.columns {
                        let cell = r as usize * self.columns + c as usize;
                        for &i in &self.list[self.first[cell] as usize..self.first[cell + 1] as usize] {
                            let s = &self.segments[i as usize];
                            let (t, d) = project(at, s.a, s.b);
                            let better = match best {
                                None => d <= max_m * 1.02,
                                Some((m, j, _)) => d < m || (d <= m && i < j),
                            };
                            if better && accept(s.edge, self.on(s, t)) {
                                best = Some((d, i, t));
                            }
                        }
                    }
                    c += step;
                }
            }
        }
        let (_, i, t) = best?;
        let s = &self.segments[i as usize];
        let point = self.on(s, t);
        let offset_cm = s.from_cm + (f64::from(s.to_cm - s.from_cm) * t + 0.5) as u32;
        let access_cm = length_cm(p, point);
        (f64::from(access_cm) <= max_m * 100.0)
            .then_some(Snap { door: Door { edge: s.edge, offset_cm, access_cm }, point })
    }

    /// Whether the square ring of cells lies wholly beyond the grid.
    fn outside(&self, cx: i64, cy: i64, ring: i64) -> bool {
        cx - ring < 0 && cy - ring < 0 && cx + ring >= self.columns as i64 && cy + ring >= self.rows as i64
    }

    fn on(&self, s: &Segment, t: f64) -> Point {
        let x = s.a.0 + t * (s.b.0 - s.a.0) + self.min.0;
        let y = s.a.1 + t * (s.b.1 - s.a.1) + self.min.1;
        self.plane.to_point(x, y)
    }

    /// The nearest point of the network within `max_m` metres.
    #[must_use]
    pub fn nearest(&self, p: Point, max_m: f64) -> Option<Snap> {
        self.nearest_where(p, max_m, |_, _| true)
    }

    /// Doors of a building: at each mapped entrance, else at the point of its wall nearest to the network.
    #[must_use]
    pub fn building_doors(&self, outline: &[Point], entrances: &[Point], max_m: f64) -> Vec<Door> {
        if !entrances.is_empty() {
            let mut doors: Vec<Door> =
                entrances.iter().filter_map(|&p| self.nearest(p, max_m)).map(|s| s.door).collect();
            doors.sort_unstable();
            doors.dedup();
            return doors;
        }
        let mut best: Option<Snap> = None;
        let mut keep = |s: Option<Snap>| {
            if let Some(s) = s
                && best.is_none_or(|b| s.door.access_cm < b.door.access_cm)
            {
                best = Some(s);
            }
        };
        for (i, &p) in outline.iter().enumerate() {
            keep(self.nearest(p, max_m));
            // along long walls also every few metres, since the nearest point may lie between corners
            let q = outline[(i + 1) % outline.len()];
            let parts = i64::from((length_cm(p, q) / 500).min(40));
            for k in 1..parts {
                let mix = |a: i32, b: i32| (i64::from(a) + (i64::from(b) - i64::from(a)) * k / parts) as i32;
                keep(self.nearest(Point { lon: mix(p.lon, q.lon), lat: mix(p.lat, q.lat) }, max_m));
            }
        }
        best.into_iter().map(|s| s.door).collect()
    }
}

/// A walled compound: its homes are left by its gates only.
#[derive(Debug, Clone, Default)]
pub struct Compound {
    /// Its wall.
    pub ring: Vec<Point>,
    /// Its gates.
    pub gates: Vec<Point>,
}

/// How far off the network a place may lie, and when a whole list is refused.
#[derive(Debug, Clone, Copy)]
pub struct SnapRules {
    /// Farthest straight way from a place to the network, in metres. Default 500.
    pub max_m: f64,
    /// A list is refused when more than this share (permille) lies farther than `far_m`. Default 200.
    pub refuse_permille: u32,
    /// Metres that count as "off the network" for the refusal. Default 200.
    pub far_m: u32,
}

impl Default for SnapRules {
    fn default() -> Self {
        Self { max_m: 500.0, refuse_permille: 200, far_m: 200 }
    }
}

/// Snaps a list of points; those beyond `rules.max_m` get no door. `datum` is named in the refusal.
///
/// # Errors
/// [`Error::OffNetwork`] when too many lie off the network, as they do in the wrong coordinate system.
pub fn snap_all(
    index: &Index,
    points: &[Point],
    compounds: &[Compound],
    rules: &SnapRules,
    datum: &'static str,
) -> Result<Places> {
    let mut off = 0;
    let boxes: Vec<Option<Bounds>> =
        compounds.iter().map(|c| Bounds::around(c.ring.iter().copied())).collect();
    let places = Places::of(points.iter().map(|&p| {
        let inside = compounds
            .iter()
            .zip(&boxes)
            .find(|(c, b)| b.is_some_and(|b| b.contains(p)) && in_ring(p, &c.ring))
            .map(|(c, _)| c);
        let doors = match inside {
            None => index.nearest(p, rules.max_m).map(|s| s.door).into_iter().collect(),
            Some(c) => compound_doors(index, p, c, rules.max_m),
        };
        if doors.iter().map(|d| d.access_cm).min().is_none_or(|a| a > rules.far_m * 100) {
            off += 1;
        }
        doors
    }));
    if points.len() >= 5 && off as u64 * 1_000 > points.len() as u64 * u64::from(rules.refuse_permille) {
        return Err(Error::OffNetwork { off, total: points.len(), metres: rules.far_m, datum });
    }
    Ok(places)
}

/// A home within a compound: the paths inside its wall when there are any, else straight to each gate.
fn compound_doors(index: &Index, p: Point, c: &Compound, max_m: f64) -> Vec<Door> {
    if let Some(s) = index.nearest_where(p, max_m, |_, at| in_ring(at, &c.ring)) {
        return vec![s.door];
    }
    let mut doors: Vec<Door> = c
        .gates
        .iter()
        .filter_map(|&g| {
            let s = index.nearest(g, 50.0)?;
            let access_cm = s.door.access_cm.saturating_add(length_cm(p, g));
            (f64::from(access_cm) <= max_m * 100.0).then_some(Door { access_cm, ..s.door })
        })
        .collect();
    doors.sort_unstable();
    doors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Traits;
    use crate::build::from_lines;
    use proptest::prelude::*;

    fn at(x: i32, y: i32) -> Point {
        Point { lon: 1_133_000_000 + x, lat: 231_000_000 + y }
    }

    proptest! {
        #[test]
        fn nearest_equals_a_look_at_every_segment(
            xy in prop::collection::vec((0i32..300_000, 0i32..300_000), 4..30),
            ways in prop::collection::vec((0usize..30, 0usize..30), 1..30),
            (x, y) in (-100_000i32..400_000, -100_000i32..400_000),
        ) {
            let points: Vec<Point> = xy.iter().map(|&(x, y)| at(x, y)).collect();
            let lines: Vec<(Vec<u32>, Traits)> = ways
                .iter()
                .map(|&(a, b)| (vec![(a % xy.len()) as u32, (b % xy.len()) as u32], Traits::default()))
                .collect();
            let Ok(net) = from_lines(&points, &[], &lines, None) else { return Ok(()) };
            let p = at(x, y);
            let plane = Plane::at(p);
            let mut want = f64::MAX;
            for e in 0..net.edges.len() as u32 {
                let line: Vec<_> = net.line(e).map(|(q, _)| plane.to_metres(q)).collect();
                for w in line.windows(2) {
                    want = want.min(project((0.0, 0.0), w[0], w[1]).1);
                }
            }
            let got = Index::new(&net).nearest(p, 1e6).unwrap();
            let found = f64::from(got.door.access_cm) / 100.0;
            prop_assert!((found - want).abs() < 0.02 + want * 1e-4, "{found} {want}");
            let there = net.point_at(got.door.edge, got.door.offset_cm);
            prop_assert!(length_cm(there, got.point) < 6);
        }
    }

    #[test]
    fn homes_of_a_compound_leave_by_its_gate() {
        // a street runs along the south wall and one along the north wall; the gate is in the north
        let net = from_lines(
            &[at(0, 0), at(20_000, 0), at(20_000, 12_000), at(0, 12_000)],
            &[],
            &[(vec![0, 1], Traits::default()), (vec![1, 2, 3], Traits::default())],
            None,
        )
        .unwrap();
        let wall = vec![at(1_000, 1_000), at(15_000, 1_000), at(15_000, 11_000), at(1_000, 11_000)];
        let c = Compound { ring: wall, gates: vec![at(8_000, 11_000)] };
        let index = Index::new(&net);
        let home = at(8_000, 2_000);
        let free = snap_all(&index, &[home], &[], &SnapRules::default(), "wgs84").unwrap();
        let gated = snap_all(&index, &[home], &[c], &SnapRules::default(), "wgs84").unwrap();
        assert!(free.doors(0)[0].access_cm < 3_000);
        assert!(gated.doors(0)[0].access_cm > 10_000);
    }

    #[test]
    fn places_off_the_network_in_bulk_are_refused() {
        let net =
            from_lines(&[at(0, 0), at(50_000, 0)], &[], &[(vec![0, 1], Traits::default())], None).unwrap();
        let points: Vec<Point> = (0..10).map(|i| at(i * 1_000, 40_000)).collect();
        let r = snap_all(&Index::new(&net), &points, &[], &SnapRules::default(), "gcj02");
        assert!(matches!(r, Err(Error::OffNetwork { off: 10, total: 10, datum: "gcj02", .. })));
    }
}
