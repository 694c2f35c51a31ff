//! Ways and nodes as read, before they become a network: the stage at which a district's own paths and gates join.

use crate::access::{Stop, Traits};
use crate::error::{Error, Result};
use crate::geo::{Bounds, Plane, Point, in_ring_doubled, project};
use std::collections::HashMap;

/// One walkable way.
#[derive(Debug, Clone, Copy)]
pub struct RawWay {
    /// First reference in [`Raw::refs`].
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// What it is.
    pub traits: Traits,
    /// Index in [`Raw::names`]; 0 is "without a name".
    pub name: u32,
    /// A closed ring that may be crossed in any direction.
    pub square: bool,
}

/// A building found in the map.
#[derive(Debug, Clone)]
pub struct RawBuilding {
    /// Its identifier.
    pub id: String,
    /// Its wall.
    pub outline: Vec<Point>,
    /// Mapped entrances; may be empty.
    pub entrances: Vec<Point>,
    /// People living there, when known.
    pub residents: u32,
}

/// Ways and nodes as read.
#[derive(Debug, Clone, Default)]
pub struct Raw {
    /// Coordinates of points.
    pub points: Vec<Point>,
    /// Identifier of each point (OpenStreetMap's, or negative for points added here).
    pub ids: Vec<i64>,
    /// What stands at each point.
    pub stops: Vec<Stop>,
    /// Points where the file cuts a way off.
    pub cut: Vec<bool>,
    /// Ways.
    pub ways: Vec<RawWay>,
    /// Point indices of all ways.
    pub refs: Vec<u32>,
    /// Street names; the first is empty.
    pub names: Vec<String>,
    /// The rectangle for which the file says it is complete.
    pub bounds: Option<Bounds>,
    /// Buildings, when asked for.
    pub buildings: Vec<RawBuilding>,
}

/// A gate of a district file.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Where.
    pub point: Point,
    /// Whether people may pass.
    pub open: bool,
}

/// A path drawn by the district.
#[derive(Debug, Clone)]
pub struct ExtraPath {
    /// Its line, at least two points.
    pub line: Vec<Point>,
    /// What it is; [`Traits::ADDED`] is set when it joins.
    pub traits: Traits,
    /// Its name; may be empty.
    pub name: String,
}

/// Squares with more entrances than this are walked round their rim only.
pub const MAX_SQUARE_ENTRANCES: usize = 64;

/// Most pairs of entrances that are looked at, over all squares; a whole country has about a hundredth of them.
const MAX_LOOKS: u64 = 5_000_000;

impl Raw {
    fn add_point(&mut self, p: Point) -> u32 {
        let i = self.points.len() as u32;
        self.points.push(p);
        self.ids.push(-i64::from(i) - 1);
        self.stops.push(Stop::default());
        self.cut.push(false);
        i
    }

    fn add_way(&mut self, refs: &[u32], traits: Traits, name: u32) {
        let start = self.refs.len() as u32;
        self.refs.extend_from_slice(refs);
        self.ways.push(RawWay { start, end: self.refs.len() as u32, traits, name, square: false });
    }

    /// Joins paths drawn by the district: every vertex within `tolerance_cm` of an existing way is tied to it.
    /// Lines that only cross between their vertices are not joined, so that a footbridge stays a footbridge.
    ///
    /// Returns for each path how many of its vertices were tied.
    ///
    /// # Errors
    /// [`Error::Argument`] when a path has fewer than two points.
    pub fn add_paths(&mut self, paths: &[ExtraPath], tolerance_cm: u32) -> Result<Vec<usize>> {
        let mut ties = Vec::with_capacity(paths.len());
        let mut grid = SegmentGrid::build(self, tolerance_cm)?;
        for path in paths {
            if path.line.len() < 2 {
                return Err(Error::Argument("a path needs at least two points".into()));
            }
            let mut refs = Vec::with_capacity(path.line.len());
            let mut tied = 0;
            for &p in &path.line {
                match grid.nearest(self, p, tolerance_cm) {
                    Some(hit) => {
                        refs.push(self.tie(&mut grid, hit));
                        tied += 1;
                    }
                    None => refs.push(self.add_point(p)),
                }
            }
            refs.dedup();
            let name = if path.name.is_empty() {
                0
            } else {
                self.names.push(path.name.clone());
                self.names.len() as u32 - 1
            };
            if refs.len() >= 2 {
                self.add_way(&refs, Traits(path.traits.0 | Traits::ADDED), name);
                let way = self.ways.len() as u32 - 1;
                refs.windows(2).for_each(|w| grid.add(self, (way, w[0], w[1])));
            }
            ties.push(tied);
        }
        Ok(ties)
    }

    /// Applies gates: a closed one cuts the way within `tolerance_cm`, an open one opens the mapped gates there.
    /// Returns how many lay near no way.
    ///
    /// # Errors
    /// [`Error::TooLarge`] on a map of absurd lines.
    pub fn add_gates(&mut self, gates: &[Gate], tolerance_cm: u32) -> Result<usize> {
        let mut grid = SegmentGrid::build(self, tolerance_cm)?;
        let mut locked: Vec<usize> =
            (0..self.points.len()).filter(|&i| self.stops[i].has(Stop::LOCKED)).collect();
        let mut lost = 0;
        for gate in gates {
            let Some(hit) = grid.nearest(self, gate.point, tolerance_cm) else {
                lost += 1;
                continue;
            };
            let i = self.tie(&mut grid, hit) as usize;
            if gate.open {
                self.stops[i] = Stop(Stop::GATE);
                // a mapped barrier beside the given point is the same gate
                locked.retain(|&j| {
                    let same = crate::geo::length_cm(self.points[j], gate.point) <= tolerance_cm;
                    if same {
                        self.stops[j] = Stop(Stop::GATE);
                    }
                    !same
                });
            } else {
                self.stops[i] = Stop(Stop::GATE | Stop::LOCKED);
                locked.push(i);
            }
        }
        Ok(lost)
    }

    /// Makes a hit on a segment into a point of that way.
    fn tie(&mut self, grid: &mut SegmentGrid, hit: Hit) -> u32 {
        let way = self.ways[hit.way as usize];
        let refs = &self.refs[way.start as usize..way.end as usize];
        let at = refs.windows(2).position(|w| w == [hit.u, hit.v]);
        if hit.t <= 0.0 {
            return hit.u;
        }
        if hit.t >= 1.0 {
            return hit.v;
        }
        let Some(at) = at else { return if hit.t < 0.5 { hit.u } else { hit.v } };
        let mut new: Vec<u32> = refs.to_vec();
        let p = self.add_point(hit.point);
        new.insert(at + 1, p);
        let start = self.refs.len() as u32;
        self.refs.extend_from_slice(&new);
        let w = &mut self.ways[hit.way as usize];
        w.start = start;
        w.end = start + new.len() as u32;
        grid.split(self, (hit.way, hit.u, hit.v), p);
        p
    }

    /// Draws lines of sight across squares, between the places where other ways meet their rim.
    ///
    /// # Errors
    /// [`Error::TooLarge`] on a map that consists of squares.
    pub fn cross_squares(&mut self) -> Result<()> {
        let mut looks = 0u64;
        let mut uses = vec![0u8; self.points.len()];
        for w in &self.ways {
            for &r in &self.refs[w.start as usize..w.end as usize] {
                uses[r as usize] = uses[r as usize].saturating_add(1);
            }
        }
        let squares: Vec<RawWay> = self.ways.iter().filter(|w| w.square).copied().collect();
        let mut found: Vec<(u32, Vec<u32>, Vec<usize>)> = Vec::new();
        for w in squares {
            let mut ring: Vec<u32> = self.refs[w.start as usize..w.end as usize].to_vec();
            if ring.first() == ring.last() {
                if let Some(&f) = ring.first() {
                    uses[f as usize] = uses[f as usize].saturating_sub(1);
                }
                ring.pop();
            }
            if ring.len() < 4 || ring.len() > 1_000 {
                continue;
            }
            let doors: Vec<usize> = (0..ring.len()).filter(|&i| uses[ring[i] as usize] > 1).collect();
            if doors.len() > MAX_SQUARE_ENTRANCES {
                continue;
            }
            looks += (doors.len() * doors.len() / 2) as u64;
            if looks > MAX_LOOKS {
                return Err(Error::TooLarge { what: "lines of sight across squares", limit: MAX_LOOKS });
            }
            found.push((w.name, ring, doors));
        }
        for (name, ring, doors) in found {
            let outline: Vec<Point> = ring.iter().map(|&r| self.points[r as usize]).collect();
            let mut sight = Vec::new();
            for (x, &i) in doors.iter().enumerate() {
                for &j in doors.get(x + 1..).unwrap_or(&[]) {
                    let apart = j - i;
                    if apart > 1 && apart + 1 < ring.len() && sees(&outline, i, j) {
                        sight.push((ring[i], ring[j]));
                    }
                }
            }
            for (a, b) in sight {
                self.add_way(&[a, b], Traits(Traits::SQUARE), name);
            }
        }
        Ok(())
    }
}

/// Whether two corners of a ring see each other inside it.
fn sees(ring: &[Point], i: usize, j: usize) -> bool {
    let (a, b) = (ring[i], ring[j]);
    // in half units: rounding the middle would let it fall over a thin ring's rim
    let (x, y) = (i64::from(a.lon) + i64::from(b.lon), i64::from(a.lat) + i64::from(b.lat));
    if !in_ring_doubled(x, y, ring) {
        return false;
    }
    let cross = |o: Point, p: Point, q: Point| -> i128 {
        (i128::from(p.lon) - i128::from(o.lon)) * (i128::from(q.lat) - i128::from(o.lat))
            - (i128::from(p.lat) - i128::from(o.lat)) * (i128::from(q.lon) - i128::from(o.lon))
    };
    (0..ring.len()).all(|k| {
        let (p, q) = (ring[k], ring[(k + 1) % ring.len()]);
        if p == a || p == b || q == a || q == b {
            return true;
        }
        let (d1, d2) = (cross(a, b, p).signum(), cross(a, b, q).signum());
        let (d3, d4) = (cross(p, q, a).signum(), cross(p, q, b).signum());
        d1 * d2 > 0 || d3 * d4 > 0
    })
}

/// A point on a raw segment.
#[derive(Debug, Clone, Copy)]
struct Hit {
    way: u32,
    u: u32,
    v: u32,
    t: f64,
    point: Point,
}

/// A segment of a way: the way and both ends.
type Piece = (u32, u32, u32);

/// Longest segment that paths and gates join, in 1e-7 degree (about 100 km); longer ones are left out of the network.
const MAX_SPAN: i64 = 9_000_000;
/// Most entries of the grid, 12 bytes each.
const MAX_ENTRIES: usize = 100_000_000;

/// Raw segments by grid cell, for the joins of a district's files.
struct SegmentGrid {
    cell: i64,
    cells: HashMap<(i32, i32), Vec<Piece>>,
    entries: usize,
}

impl SegmentGrid {
    fn build(raw: &Raw, tolerance_cm: u32) -> Result<Self> {
        // a cell of at least 200 m, in 1e-7 degree of latitude (about 1.11 cm)
        let cell = i64::from(tolerance_cm).max(20_000);
        let mut grid = Self { cell, cells: HashMap::new(), entries: 0 };
        for (w, way) in (0u32..).zip(&raw.ways) {
            for pair in raw.refs[way.start as usize..way.end as usize].windows(2) {
                grid.add(raw, (w, pair[0], pair[1]));
                if grid.entries > MAX_ENTRIES {
                    return Err(Error::TooLarge { what: "cells that ways cross", limit: MAX_ENTRIES as u64 });
                }
            }
        }
        Ok(grid)
    }

    /// Cells that a segment may touch: row by row, the columns it spans there.
    fn cells_of(&self, raw: &Raw, (_, u, v): Piece) -> Vec<(i32, i32)> {
        let (p, q) = (raw.points[u as usize], raw.points[v as usize]);
        let (p, q) = if p.lat <= q.lat { (p, q) } else { (q, p) };
        let (px, py, qx, qy) = (i64::from(p.lon), i64::from(p.lat), i64::from(q.lon), i64::from(q.lat));
        if (qx - px).abs() > MAX_SPAN || qy - py > MAX_SPAN {
            return Vec::new();
        }
        let mut out = Vec::new();
        for row in py.div_euclid(self.cell)..=qy.div_euclid(self.cell) {
            let at = |y: i64| if qy == py { px } else { px + (qx - px) * (y.clamp(py, qy) - py) / (qy - py) };
            let (a, b) = if qy == py { (px, qx) } else { (at(row * self.cell), at((row + 1) * self.cell)) };
            // whole division may fall one unit short
            for column in (a.min(b) - 1).div_euclid(self.cell)..=(a.max(b) + 1).div_euclid(self.cell) {
                out.push((column as i32, row as i32));
            }
        }
        out
    }

    fn add(&mut self, raw: &Raw, s: Piece) {
        for c in self.cells_of(raw, s) {
            self.cells.entry(c).or_default().push(s);
            self.entries += 1;
        }
    }

    /// A new point `p` divides a segment.
    fn split(&mut self, raw: &Raw, s: Piece, p: u32) {
        for c in self.cells_of(raw, s) {
            if let Some(list) = self.cells.get_mut(&c) {
                list.retain(|x| *x != s);
            }
        }
        self.add(raw, (s.0, s.1, p));
        self.add(raw, (s.0, p, s.2));
    }

    fn nearest(&self, raw: &Raw, p: Point, tolerance_cm: u32) -> Option<Hit> {
        let plane = Plane::at(p);
        let (cx, cy) =
            (i64::from(p.lon).div_euclid(self.cell) as i32, i64::from(p.lat).div_euclid(self.cell) as i32);
        let mut best: Option<(f64, Hit)> = None;
        for x in cx.saturating_sub(2)..=cx.saturating_add(2) {
            for y in cy.saturating_sub(1)..=cy.saturating_add(1) {
                for &(way, u, v) in self.cells.get(&(x, y)).into_iter().flatten() {
                    let (a, b) =
                        (plane.to_metres(raw.points[u as usize]), plane.to_metres(raw.points[v as usize]));
                    let (t, d) = project((0.0, 0.0), a, b);
                    if d * 100.0 <= f64::from(tolerance_cm) && best.as_ref().is_none_or(|(m, _)| d < *m) {
                        // an end within the tolerance is taken rather than a new point beside it
                        let length = ((b.0 - a.0).powi(2) + (b.1 - a.1).powi(2)).sqrt();
                        let near = (f64::from(tolerance_cm) / 100.0 / 3.0).min(length / 3.0);
                        let t = if t * length <= near {
                            0.0
                        } else if (1.0 - t) * length <= near {
                            1.0
                        } else {
                            t
                        };
                        let point = plane.to_point(a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
                        best = Some((d, Hit { way, u, v, t, point }));
                    }
                }
            }
        }
        best.map(|(_, h)| h)
    }
}
