//! A synthetic city: main roads, gated estates, urban villages, ordinary blocks, river arms with few bridges, and
//! what stands there. The same seed and size give the same city on every machine: everything is drawn from a hash
//! of its place, and lengths use only exact arithmetic.

use crate::access::{Stop, Traits};
use crate::build::build;
use crate::city::{Buildings, City, Class};
use crate::error::{Error, Result};
use crate::geo::{Bounds, Plane, Point, in_ring};
use crate::index::{Index, SnapRules, snap_all};
use crate::raw::{Raw, RawWay};
use std::collections::HashMap;

/// What to build.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// The outline; buildings stand inside, streets go on a little beyond.
    pub outline: Vec<Point>,
    /// Number of river arms, 0 to 8.
    pub rivers: u32,
}

/// Classes of facilities with how many stand on a square kilometre, in hundredths, and their usual capacity.
pub const CLASSES: [(&str, u32, u32); 25] = [
    ("bank", 150, 0),
    ("bus", 600, 0),
    ("canteen", 80, 90),
    ("committee", 280, 0),
    ("eldercare", 90, 40),
    ("hairdresser", 500, 0),
    ("health-centre", 25, 60),
    ("health-station", 120, 12),
    ("justice", 19, 0),
    ("kindergarten", 180, 270),
    ("library", 40, 60),
    ("market", 110, 0),
    ("metro", 45, 0),
    ("middle-school", 50, 1200),
    ("nursery", 70, 60),
    ("parcel", 400, 0),
    ("park", 160, 0),
    ("pharmacy", 350, 0),
    ("plaza", 200, 0),
    ("police", 20, 0),
    ("primary-school", 100, 1100),
    ("shop", 900, 0),
    ("social-work", 19, 0),
    ("sport", 120, 0),
    ("toilet", 200, 0),
];

/// Distance between main roads, in metres.
const STEP: f64 = 500.0;
/// Streets go on for about so many metres beyond the outline.
const RING_M: f64 = 1_500.0;
/// Side of a community in metres: 265 of them on 93.6 km².
const COMMUNITY_M: f64 = 594.0;
/// Largest city: a hundred districts and some.
const MAX_KM2: f64 = 12_000.0;

impl Plan {
    /// A round-cornered outline of so many square kilometres about the middle of Guangzhou.
    ///
    /// # Errors
    /// [`Error::Argument`] outside 0.1 to 12,000 km².
    pub fn of_area(seed: u64, km2: f64) -> Result<Self> {
        if !(0.1..=MAX_KM2).contains(&km2) {
            return Err(Error::Argument(format!("the area must be 0.1 to {MAX_KM2} square kilometres")));
        }
        let plane = Plane::at(Point { lon: 1_133_200_000, lat: 230_900_000 });
        // an octagon three wide and two high; its area is 0.875 of its rectangle's
        let h = (km2 * 1e6 / (0.875 * 1.5)).sqrt() / 2.0;
        let w = 1.5 * h;
        let corners = [
            (-1.0, -0.5),
            (-0.5, -1.0),
            (0.5, -1.0),
            (1.0, -0.5),
            (1.0, 0.5),
            (0.5, 1.0),
            (-0.5, 1.0),
            (-1.0, 0.5),
        ];
        let outline = corners.iter().map(|(x, y)| plane.to_point(x * w, y * h)).collect();
        Ok(Self { seed, outline, rivers: if km2 < 3.0 { 0 } else { 2 } })
    }
}

fn hash(words: &[u64]) -> u64 {
    let mut h = 0x243f_6a88_85a3_08d3u64;
    for &w in words {
        h = (h ^ w).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        h ^= h >> 29;
        h = h.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        h ^= h >> 32;
    }
    h
}

/// A number in 0 to 1.
fn part(h: u64) -> f64 {
    (h >> 11) as f64 / (1u64 << 53) as f64
}

/// A river arm: knots every kilometre, and half its width.
struct River {
    along_x: bool,
    start: f64,
    knots: Vec<f64>,
    half: f64,
}

impl River {
    fn holds(&self, p: (f64, f64)) -> bool {
        let (s, t) = if self.along_x { p } else { (p.1, p.0) };
        let at = ((s - self.start) / 1_000.0).max(0.0);
        let i = (at as usize).min(self.knots.len().saturating_sub(2));
        let (Some(a), Some(b)) = (self.knots.get(i), self.knots.get(i + 1)) else { return false };
        let middle = a + (b - a) * (at - i as f64).min(1.0);
        (t - middle).abs() < self.half
    }
}

/// A building drawn.
struct House {
    point: Point,
    residents: u32,
    area: u32,
}

struct Builder<'a> {
    plan: &'a Plan,
    plane: Plane,
    outer: Vec<Point>,
    rivers: Vec<River>,
    raw: Raw,
    made: HashMap<(i64, i64), u32>,
    houses: Vec<House>,
    areas: HashMap<(i64, i64), u32>,
    area_names: Vec<String>,
}

/// Builds the city.
///
/// # Errors
/// [`Error::Argument`] when the outline is no ring or too large; [`Error::EmptyNetwork`] when all of it is water.
pub fn city(plan: &Plan) -> Result<City> {
    city_telling(plan, |_| {})
}

/// As [`city`], telling how far it is, in percent: a hundred districts take half a minute.
///
/// # Errors
/// As [`city`].
pub fn city_telling(plan: &Plan, mut tell: impl FnMut(usize)) -> Result<City> {
    let (raw, houses, area_names) = draw(plan, |part| tell(part * 40 / 100))?;
    let bounds = Bounds::around(plan.outline.iter().copied());
    let net = build(raw, bounds)?;
    let index = Index::new(&net);
    tell(60);
    let rules = SnapRules { refuse_permille: 1_000, ..SnapRules::default() };
    let points: Vec<Point> = houses.iter().map(|h| h.point).collect();
    let buildings = Buildings {
        ids: (0..houses.len()).map(|i| format!("b{i}")).collect(),
        places: snap_all(&index, &points, &[], &rules, "wgs84")?,
        points,
        residents: houses.iter().map(|h| h.residents).collect(),
        area: houses.iter().map(|h| h.area).collect(),
    };
    let mut classes = Vec::new();
    tell(80);
    for (c, &(name, per_km2, capacity)) in CLASSES.iter().enumerate() {
        let points = facility_points(plan, &houses, c as u64, per_km2);
        let grown = |i: usize| {
            let h = hash(&[plan.seed, 77, c as u64, i as u64]);
            (f64::from(capacity) * (0.5 + part(h))) as u32
        };
        classes.push(Class {
            name: name.into(),
            ids: (0..points.len()).map(|i| format!("{name}-{i}")).collect(),
            places: snap_all(&index, &points, &[], &rules, "wgs84")?,
            capacity: (0..points.len()).map(grown).collect(),
            points,
        });
    }
    Ok(City { net, buildings, classes, areas: area_names })
}

/// The streets alone, before they become a network, for writing as an OpenStreetMap file.
///
/// # Errors
/// As [`city`].
pub fn streets(plan: &Plan) -> Result<Raw> {
    draw(plan, |_| {}).map(|d| d.0)
}

type Drawn = (Raw, Vec<House>, Vec<String>);

fn draw(plan: &Plan, mut tell: impl FnMut(usize)) -> Result<Drawn> {
    let b = Bounds::around(plan.outline.iter().copied())
        .filter(|_| plan.outline.len() >= 3)
        .ok_or_else(|| Error::Argument("the outline needs at least three corners".into()))?;
    let plane = Plane::at(Point { lon: b.min.lon.midpoint(b.max.lon), lat: b.min.lat.midpoint(b.max.lat) });
    let (lo, hi) = (plane.to_metres(b.min), plane.to_metres(b.max));
    let (w, h) = (hi.0 - lo.0, hi.1 - lo.1);
    if w * h > MAX_KM2 * 1e6 * 1.5 || w <= 0.0 || h <= 0.0 {
        return Err(Error::Argument(format!("the outline must enclose 0.1 to {MAX_KM2} square kilometres")));
    }
    let grow = |v: f64, size: f64| v * (1.0 + 2.0 * RING_M / size.max(1.0));
    let outer = plan.outline.iter().map(|&p| {
        let (x, y) = plane.to_metres(p);
        plane.to_point(grow(x, w), grow(y, h))
    });
    let rivers = (0..u64::from(plan.rivers.min(8)))
        .map(|r| {
            let along_x = r % 3 != 2;
            let (length, breadth) = if along_x { (w, h) } else { (h, w) };
            let n = (length / 1_000.0) as usize + 8;
            let mut t = (part(hash(&[plan.seed, 1, r])) - 0.5) * breadth * 0.7;
            let knots = (0..n as u64).map(|k| {
                t += (part(hash(&[plan.seed, 2, r, k])) - 0.5) * 500.0;
                t
            });
            let half = 60.0 + 120.0 * part(hash(&[plan.seed, 3, r]));
            River { along_x, start: -length / 2.0 - 2.0 * RING_M, knots: knots.collect(), half }
        })
        .collect();
    let mut s = Builder {
        plan,
        plane,
        outer: outer.collect(),
        rivers,
        raw: Raw { names: vec![String::new()], ..Raw::default() },
        made: HashMap::new(),
        houses: Vec::new(),
        areas: HashMap::new(),
        area_names: Vec::new(),
    };
    let reach = |v: f64| ((v / 2.0 + RING_M) / STEP) as i64 + 1;
    for j in -reach(h)..=reach(h) {
        tell(((j + reach(h)) * 100 / (2 * reach(h) + 1)) as usize);
        for i in -reach(w)..=reach(w) {
            s.main_roads(i, j);
            s.block(i, j);
        }
    }
    if s.raw.ways.is_empty() {
        return Err(Error::EmptyNetwork);
    }
    Ok((s.raw, s.houses, s.area_names))
}

fn facility_points(plan: &Plan, houses: &[House], class: u64, per_km2: u32) -> Vec<Point> {
    if houses.is_empty() {
        return Vec::new();
    }
    // 640 buildings stand on a square kilometre
    let n = (houses.len() as u64 * u64::from(per_km2)).div_ceil(64_000).max(1);
    (0..n)
        .map(|k| {
            let h = hash(&[plan.seed, 88, class, k]);
            let at = houses[(h % houses.len() as u64) as usize].point;
            let off = |salt| ((part(hash(&[h, salt])) - 0.5) * 9_000.0) as i32;
            Point { lon: at.lon + off(1), lat: at.lat + off(2) }
        })
        .collect()
}

impl Builder<'_> {
    fn h(&self, words: &[i64]) -> u64 {
        let mut all = vec![self.plan.seed];
        all.extend(words.iter().map(|w| w.cast_unsigned()));
        hash(&all)
    }
    /// Where main roads `i` and `j` cross.
    fn corner(&self, i: i64, j: i64) -> (f64, f64) {
        let jitter = |salt| (part(self.h(&[10, salt, i, j])) - 0.5) * 160.0;
        (i as f64 * STEP + jitter(0), j as f64 * STEP + jitter(1))
    }
    /// A place within a block, by its share of both sides.
    fn within(&self, i: i64, j: i64, u: f64, v: f64) -> (f64, f64) {
        let mix = |a: (f64, f64), b: (f64, f64), t: f64| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
        let south = mix(self.corner(i, j), self.corner(i + 1, j), u);
        let north = mix(self.corner(i, j + 1), self.corner(i + 1, j + 1), u);
        mix(south, north, v)
    }
    fn wet(&self, p: (f64, f64)) -> bool {
        self.rivers.iter().any(|r| r.holds(p))
    }
    fn wet_between(&self, a: (f64, f64), b: (f64, f64)) -> bool {
        let n = (((b.0 - a.0).abs() + (b.1 - a.1).abs()) / 40.0) as u32 + 1;
        (0..=n).any(|k| {
            let t = f64::from(k) / f64::from(n);
            self.wet((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t))
        })
    }
    fn dry_land(&self, p: (f64, f64)) -> bool {
        !self.wet(p) && in_ring(self.plane.to_point(p.0, p.1), &self.outer)
    }
    fn point(&mut self, p: (f64, f64)) -> u32 {
        // decimetres tell points apart, so that roads and blocks meet in the same ones
        let key = ((p.0 * 10.0).round() as i64, (p.1 * 10.0).round() as i64);
        if let Some(&i) = self.made.get(&key) {
            return i;
        }
        let i = self.raw.points.len() as u32;
        self.raw.points.push(self.plane.to_point(p.0, p.1));
        self.raw.ids.push(i64::from(i) + 1);
        self.raw.stops.push(Stop::default());
        self.raw.cut.push(false);
        self.made.insert(key, i);
        i
    }
    fn way(&mut self, line: &[(f64, f64)], traits: u16, name: &str) {
        let start = self.raw.refs.len() as u32;
        for &p in line {
            let i = self.point(p);
            self.raw.refs.push(i);
        }
        let name = if name.is_empty() {
            0
        } else {
            self.raw.names.push(name.to_owned());
            self.raw.names.len() as u32 - 1
        };
        let end = self.raw.refs.len() as u32;
        self.raw.ways.push(RawWay { start, end, traits: Traits(traits), name, square: false });
    }
    /// A way of single pieces, leaving out those in the water or beyond the city.
    fn street(&mut self, line: &[(f64, f64)], traits: u16, name: &str) {
        let mut run: Vec<(f64, f64)> = Vec::new();
        for &p in line {
            let joined = run.last().is_none_or(|&q| !self.wet_between(q, p));
            if !self.dry_land(p) || !joined {
                if run.len() > 1 {
                    self.way(&run, traits, name);
                }
                run.clear();
            }
            if self.dry_land(p) {
                run.push(p);
            }
        }
        if run.len() > 1 {
            self.way(&run, traits, name);
        }
    }

    fn main_roads(&mut self, i: i64, j: i64) {
        for (east, salt) in [(true, 20), (false, 21)] {
            let (di, dj) = if east { (1, 0) } else { (0, 1) };
            let a = self.corner(i, j);
            let b = self.corner(i + di, j + dj);
            let line: Vec<(f64, f64)> = (0..=8)
                .map(|k| {
                    let t = f64::from(k) / 8.0;
                    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
                })
                .collect();
            let name = if east { format!("横{j}路") } else { format!("纵{i}路") };
            if !self.wet_between(a, b) {
                self.street(&line, Traits::STREET, &name);
                continue;
            }
            self.street(&line, Traits::STREET, &name);
            // over the water: a bridge at one crossing in four, from bank to bank
            let far = if self.wet(b) { self.corner(i + 2 * di, j + 2 * dj) } else { b };
            let bank = |from: (f64, f64), line: &[(f64, f64)]| {
                line.iter().take_while(|&&p| !self.wet(p)).last().copied().unwrap_or(from)
            };
            if self.dry_land(a) && self.dry_land(far) && self.h(&[salt, i, j]).is_multiple_of(4) {
                let from = bank(a, &line);
                self.way(&[from, far], Traits::STREET | Traits::BRIDGE, &name);
            }
        }
    }

    fn house(&mut self, p: (f64, f64), residents: u32) {
        let point = self.plane.to_point(p.0, p.1);
        if self.wet(p) || !in_ring(point, &self.plan.outline) {
            return;
        }
        let key = ((p.0 / COMMUNITY_M).floor() as i64, (p.1 / COMMUNITY_M).floor() as i64);
        let area = if let Some(&a) = self.areas.get(&key) {
            a
        } else {
            let a = self.area_names.len() as u32;
            self.area_names.push(format!("社区{:04}", a + 1));
            self.areas.insert(key, a);
            a
        };
        self.houses.push(House { point, residents, area });
    }

    fn block(&mut self, i: i64, j: i64) {
        match self.h(&[30, i, j]) % 100 {
            0..35 => self.estates(i, j),
            35..70 => self.ordinary(i, j),
            70..85 => self.village(i, j),
            _ => self.park(i, j),
        }
    }

    /// Streets every eighth or quarter, some missing, houses along them.
    fn ordinary(&mut self, i: i64, j: i64) {
        for k in 1..4i64 {
            for across in [true, false] {
                let mut line = Vec::new();
                for m in 0..=8i64 {
                    let (u, v) = (m as f64 / 8.0, k as f64 / 4.0);
                    let p = if across { self.within(i, j, u, v) } else { self.within(i, j, v, u) };
                    if self.h(&[31, i, j, k, m / 2, i64::from(across)]) % 100 < 12 {
                        self.street(&line, Traits::STREET, "");
                        line.clear();
                    }
                    line.push(p);
                }
                self.street(&line, Traits::STREET, "");
            }
        }
        for n in 0..128i64 {
            let h = self.h(&[32, i, j, n]);
            let (u, v) = (part(h), part(hash(&[h])));
            let p = self.within(i, j, u, v);
            self.house(p, 8 + (h % 36) as u32);
        }
    }

    /// Four walled estates, each with an inner ring and one or two gates; some gates are locked.
    fn estates(&mut self, i: i64, j: i64) {
        for across in [true, false] {
            let line: Vec<(f64, f64)> = (0..=8)
                .map(|m| {
                    let t = f64::from(m) / 8.0;
                    if across { self.within(i, j, t, 0.5) } else { self.within(i, j, 0.5, t) }
                })
                .collect();
            self.street(&line, Traits::STREET, "");
        }
        for q in 0..4i64 {
            let (u0, v0) = (if q % 2 == 0 { 0.0 } else { 0.5 }, if q < 2 { 0.0 } else { 0.5 });
            let at = |s: f64, t: f64| self.within(i, j, u0 + s * 0.5, v0 + t * 0.5);
            let ring: Vec<(f64, f64)> = [
                (0.25, 0.25),
                (0.5, 0.2),
                (0.75, 0.25),
                (0.8, 0.5),
                (0.75, 0.75),
                (0.5, 0.8),
                (0.25, 0.75),
                (0.2, 0.5),
                (0.25, 0.25),
            ]
            .iter()
            .map(|&(s, t)| at(s, t))
            .collect();
            let h = self.h(&[40, i, j, q]);
            // from the ring to the street at the middle of a side; the gate stands between
            let ways = [
                [at(0.5, 0.2), at(0.5, 0.08), at(0.5, 0.0)],
                [at(0.8, 0.5), at(0.92, 0.5), at(1.0, 0.5)],
                [at(0.5, 0.8), at(0.5, 0.92), at(0.5, 1.0)],
                [at(0.2, 0.5), at(0.08, 0.5), at(0.0, 0.5)],
            ];
            let cross = [at(0.5, 0.2), at(0.5, 0.5), at(0.5, 0.8)];
            let houses: Vec<(f64, f64)> = (0..30)
                .map(|n| {
                    let g = hash(&[h, n]);
                    at(0.12 + 0.76 * part(g), 0.12 + 0.76 * part(hash(&[g])))
                })
                .collect();
            self.street(&ring, 0, "");
            self.street(&cross, if h % 100 < 15 { Traits::STEPS } else { 0 }, "");
            for (side, way) in (0u64..).zip(&ways) {
                let open = side == h % 4 || (hash(&[h, 50 + side]) % 100 < 30);
                let locked = !open && hash(&[h, 60 + side]) % 100 < 40;
                if !open && !locked {
                    continue;
                }
                self.street(way, 0, "");
                if way.iter().all(|&p| self.dry_land(p)) {
                    let gate = self.point(way[1]) as usize;
                    self.raw.stops[gate] = Stop(Stop::GATE | if locked { Stop::LOCKED } else { 0 });
                }
            }
            for (n, p) in (0u64..).zip(houses) {
                self.house(p, 30 + (hash(&[h, 70, n]) % 81) as u32);
            }
        }
    }

    /// A dense mesh of alleys with gaps.
    fn village(&mut self, i: i64, j: i64) {
        let n = 16i64;
        let at = |s: &Self, a: i64, b: i64| {
            let rim = |v: i64| v == 0 || v == n;
            let shake = |salt| {
                if rim(a) || rim(b) { 0.0 } else { (part(s.h(&[51, salt, i, j, a, b])) - 0.5) * 0.03 }
            };
            s.within(i, j, a as f64 / n as f64 + shake(0), b as f64 / n as f64 + shake(1))
        };
        for a in 1..n {
            for b in 0..n {
                for across in [true, false] {
                    let h = self.h(&[52, i, j, a, b, i64::from(across)]);
                    // alleys meet the main roads only at the points these have, every eighth
                    let joins = (b == 0 || b == n - 1) && a % 2 == 1;
                    if h % 100 < 22 || joins {
                        continue;
                    }
                    let (p, q) = if across {
                        (at(self, b, a), at(self, b + 1, a))
                    } else {
                        (at(self, a, b), at(self, a, b + 1))
                    };
                    let traits = match h / 100 % 100 {
                        0..4 => Traits::STEPS,
                        4..20 => Traits::NARROW,
                        _ => 0,
                    };
                    self.street(&[p, q], traits, "");
                }
            }
        }
        for n in 0..500i64 {
            let h = self.h(&[53, i, j, n]);
            let p = self.within(i, j, 0.02 + 0.96 * part(h), 0.02 + 0.96 * part(hash(&[h])));
            self.house(p, 3 + (h % 15) as u32);
        }
    }

    /// A park: two paths and nobody.
    fn park(&mut self, i: i64, j: i64) {
        for swap in [false, true] {
            let line: Vec<(f64, f64)> = (0..=8)
                .map(|m| {
                    let t = f64::from(m) / 8.0;
                    let s = if swap { 1.0 - t } else { t };
                    self.within(i, j, t, s)
                })
                .collect();
            self.street(&line, 0, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepared::{check_sum, to_bytes};

    #[test]
    fn one_seed_gives_one_city() {
        let a = city(&Plan::of_area(7, 3.0).unwrap()).unwrap();
        let b = city(&Plan::of_area(7, 3.0).unwrap()).unwrap();
        assert_eq!(a, b);
        let c = city(&Plan::of_area(8, 3.0).unwrap()).unwrap();
        assert_ne!(a.net.nodes, c.net.nodes);
    }

    #[test]
    fn size_and_density_are_as_promised() {
        let c = city(&Plan::of_area(1, 12.0).unwrap()).unwrap();
        let per_km2 = c.buildings.len() as f64 / 12.0;
        assert!((450.0..850.0).contains(&per_km2), "{per_km2} buildings per square kilometre");
        let people = c.buildings.total_residents() as f64 / 12.0;
        assert!((12_000.0..28_000.0).contains(&people), "{people} residents per square kilometre");
        let housed =
            (0..c.buildings.len() as u32).filter(|&b| !c.buildings.places.doors(b).is_empty()).count();
        assert!(housed * 100 >= c.buildings.len() * 99);
        assert_eq!(c.classes.len(), CLASSES.len());
    }

    #[test]
    fn the_same_on_any_machine() {
        // were this sum to change, cities of this seed would no longer be those of earlier versions
        let c = city(&Plan::of_area(42, 1.0).unwrap()).unwrap();
        assert_eq!(check_sum(&to_bytes(&c)), SUM_OF_42, "{:#x}", check_sum(&to_bytes(&c)));
    }
    const SUM_OF_42: u64 = 0x80c8_534c_d015_663f;
}
