//! Vector tiles (Mapbox Vector Tile 2.1, protobuf) of streets, buildings, facilities and reach.
//!
//! Specification: <https://github.com/mapbox/vector-tile-spec/tree/master/2.1>. The few messages are written by
//! hand: a schema compiler would weigh more than they do.
//!
//! ```
//! use walk::tiles::{TileId, Tiles};
//! let town = walk::synth::city(&walk::synth::Plan::of_area(42, 0.2)?)?;
//! let id = TileId::holding(town.net.nodes[0], 15);
//! let tile = Tiles::new(&town).tile(id, |_building| None, &[]);
//! assert!(tile.windows(7).any(|w| w == b"streets"));
//! # Ok::<(), walk::Error>(())
//! ```

use crate::access::Traits;
use crate::city::City;
use crate::geo::{Bounds, Point};
use crate::isochrone::Polygon;
use std::collections::HashMap;

/// Units across a tile.
pub const EXTENT: i32 = 4_096;
/// Units drawn beyond the rim, so that lines join.
const BUFFER: f64 = 64.0;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileId {
    /// Zoom, 0 to 22.
    pub z: u8,
    /// Column from the west.
    pub x: u32,
    /// Row from the north.
    pub y: u32,
}

/// Web-Mercator position as a share of the world, from the north-west.
fn mercator(p: Point) -> (f64, f64) {
    let x = p.lon_degrees() / 360.0 + 0.5;
    let lat = p.lat_degrees().clamp(-85.051_128, 85.051_128).to_radians();
    (x, 0.5 - lat.tan().asinh() / (2.0 * std::f64::consts::PI))
}

impl TileId {
    /// The tile that holds a point.
    #[must_use]
    pub fn holding(p: Point, z: u8) -> Self {
        let n = f64::from(1u32 << z.min(22));
        let (x, y) = mercator(p);
        let cut = |v: f64| ((v * n).max(0.0) as u32).min((1u32 << z.min(22)) - 1);
        Self { z: z.min(22), x: cut(x), y: cut(y) }
    }
    /// All tiles of a zoom over a rectangle.
    pub fn over(b: &Bounds, z: u8) -> impl Iterator<Item = Self> {
        let (a, c) = (Self::holding(b.min, z), Self::holding(b.max, z));
        (c.y..=a.y).flat_map(move |y| (a.x..=c.x).map(move |x| Self { z: a.z, x, y }))
    }
    fn place(self, p: Point) -> (f64, f64) {
        let n = f64::from(1u32 << self.z);
        let (x, y) = mercator(p);
        ((x * n - f64::from(self.x)) * f64::from(EXTENT), (y * n - f64::from(self.y)) * f64::from(EXTENT))
    }
}

/// A value of a feature's property.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text.
    Text(String),
    /// Whole number.
    Number(u64),
}

/// A layer being written.
#[derive(Debug)]
struct Layer {
    name: &'static str,
    features: Vec<u8>,
    keys: Vec<&'static str>,
    values: Vec<Value>,
    known: HashMap<Value, u32>,
    count: usize,
}

fn varint(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

fn bytes_field(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn packed(out: &mut Vec<u8>, field: u64, words: &[u32]) {
    let mut body = Vec::with_capacity(words.len() * 2);
    words.iter().for_each(|&w| varint(&mut body, u64::from(w)));
    bytes_field(out, field, &body);
}

impl Layer {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            features: Vec::new(),
            keys: Vec::new(),
            values: Vec::new(),
            known: HashMap::new(),
            count: 0,
        }
    }
    fn feature(&mut self, kind: u64, geometry: &[u32], properties: &[(&'static str, Value)]) {
        let mut tags = Vec::with_capacity(properties.len() * 2);
        for (k, v) in properties {
            let key = self.keys.iter().position(|x| x == k).unwrap_or_else(|| {
                self.keys.push(k);
                self.keys.len() - 1
            });
            tags.push(key as u32);
            let next = self.values.len() as u32;
            let at = *self.known.entry(v.clone()).or_insert(next);
            if at == next {
                self.values.push(v.clone());
            }
            tags.push(at);
        }
        let mut f = Vec::new();
        packed(&mut f, 2, &tags);
        varint(&mut f, 3 << 3);
        varint(&mut f, kind);
        packed(&mut f, 4, geometry);
        bytes_field(&mut self.features, 2, &f);
        self.count += 1;
    }
    fn finish(self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut out = Vec::new();
        varint(&mut out, 15 << 3);
        varint(&mut out, 2);
        bytes_field(&mut out, 1, self.name.as_bytes());
        out.extend_from_slice(&self.features);
        for k in &self.keys {
            bytes_field(&mut out, 3, k.as_bytes());
        }
        for v in &self.values {
            let mut body = Vec::new();
            match v {
                Value::Text(t) => bytes_field(&mut body, 1, t.as_bytes()),
                Value::Number(n) => {
                    varint(&mut body, 5 << 3);
                    varint(&mut body, *n);
                }
            }
            bytes_field(&mut out, 4, &body);
        }
        varint(&mut out, 5 << 3);
        varint(&mut out, u64::from(EXTENT.unsigned_abs()));
        bytes_field(tile, 3, &out);
    }
}

/// Commands of a geometry with a moving pen.
#[derive(Default)]
struct Pen {
    out: Vec<u32>,
    at: (i32, i32),
}

impl Pen {
    fn go(&mut self, p: (i32, i32)) {
        let zig = |v: i32| ((v << 1) ^ (v >> 31)).cast_unsigned();
        self.out.push(zig(p.0 - self.at.0));
        self.out.push(zig(p.1 - self.at.1));
        self.at = p;
    }
    /// A line or, when `close`, a ring.
    fn line(&mut self, points: &[(i32, i32)], close: bool) {
        let (Some(&first), rest) = (points.first(), points.get(1..).unwrap_or(&[])) else { return };
        self.out.push(1 << 3 | 1);
        self.go(first);
        if !rest.is_empty() {
            self.out.push((rest.len() as u32) << 3 | 2);
            rest.iter().for_each(|&p| self.go(p));
        }
        if close {
            self.out.push(1 << 3 | 7);
        }
    }
}

fn round(p: (f64, f64)) -> (i32, i32) {
    (p.0.round() as i32, p.1.round() as i32)
}

const LOW: f64 = -BUFFER;
const HIGH: f64 = EXTENT as f64 + BUFFER;

/// The part of a segment inside the tile (Liang–Barsky).
fn clip(a: (f64, f64), b: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut t0, mut t1) = (0.0f64, 1.0f64);
    for (p, q) in [(-dx, a.0 - LOW), (dx, HIGH - a.0), (-dy, a.1 - LOW), (dy, HIGH - a.1)] {
        if p.abs() < 1e-12 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            t0 = t0.max(q / p);
        } else {
            t1 = t1.min(q / p);
        }
    }
    (t0 <= t1).then_some(((a.0 + t0 * dx, a.1 + t0 * dy), (a.0 + t1 * dx, a.1 + t1 * dy)))
}

/// A ring cut to the tile (Sutherland–Hodgman).
fn clip_ring(ring: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let mut points = ring.to_vec();
    for side in 0..4 {
        let inside = |p: &(f64, f64)| match side {
            0 => p.0 >= LOW,
            1 => p.0 <= HIGH,
            2 => p.1 >= LOW,
            _ => p.1 <= HIGH,
        };
        let cross = |a: (f64, f64), b: (f64, f64)| {
            let edge = if side % 2 == 0 { LOW } else { HIGH };
            let t = if side < 2 { (edge - a.0) / (b.0 - a.0) } else { (edge - a.1) / (b.1 - a.1) };
            (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
        };
        let mut out = Vec::with_capacity(points.len());
        for (i, &p) in points.iter().enumerate() {
            let q = points[(i + points.len() - 1) % points.len()];
            match (inside(&q), inside(&p)) {
                (true, true) => out.push(p),
                (true, false) => out.push(cross(q, p)),
                (false, true) => {
                    out.push(cross(q, p));
                    out.push(p);
                }
                (false, false) => {}
            }
        }
        points = out;
    }
    let mut out: Vec<(i32, i32)> = points.into_iter().map(round).collect();
    out.dedup();
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    out
}

/// Twice the signed area in tile units; positive is clockwise on the screen, as outer rings must be.
fn area(ring: &[(i32, i32)]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let (p, q) = (ring[i], ring[(i + 1) % ring.len()]);
            i64::from(p.0) * i64::from(q.1) - i64::from(q.0) * i64::from(p.1)
        })
        .sum()
}

/// Makes tiles of one city.
#[derive(Debug)]
pub struct Tiles<'a> {
    city: &'a City,
    boxes: Vec<Bounds>,
}

impl<'a> Tiles<'a> {
    /// Measures the edges once.
    #[must_use]
    pub fn new(city: &'a City) -> Self {
        let around = |e| Bounds::around(city.net.line(e).map(|(p, _)| p));
        let boxes = (0..city.net.edges.len() as u32).filter_map(around).collect();
        Self { city, boxes }
    }

    /// One tile. `minutes` may give each building a number to be coloured by; `reach` are bands with their minutes.
    /// Below zoom 13 only streets for cars are drawn, below zoom 14 no buildings.
    #[must_use]
    pub fn tile(
        &self,
        id: TileId,
        minutes: impl Fn(u32) -> Option<u32>,
        reach: &[(u32, Vec<Polygon>)],
    ) -> Vec<u8> {
        let mut tile = Vec::new();
        let seen = |p: (f64, f64)| p.0 >= LOW && p.0 <= HIGH && p.1 >= LOW && p.1 <= HIGH;
        let mut layer = Layer::new("reach");
        for (band, polygons) in reach {
            for g in polygons {
                if let Some(geometry) = polygon(id, g) {
                    layer.feature(3, &geometry, &[("minutes", Value::Number(u64::from(*band)))]);
                }
            }
        }
        layer.finish(&mut tile);
        let mut layer = Layer::new("streets");
        for (e, b) in (0u32..).zip(&self.boxes) {
            let edge = self.city.net.edges[e as usize];
            let ((x0, y1), (x1, y0)) = (id.place(b.min), id.place(b.max));
            if x1 < LOW
                || x0 > HIGH
                || y1 < LOW
                || y0 > HIGH
                || (id.z < 13 && !edge.traits.has(Traits::STREET))
            {
                continue;
            }
            let line: Vec<(f64, f64)> = self.city.net.line(e).map(|(p, _)| id.place(p)).collect();
            let mut pen = Pen::default();
            let mut run: Vec<(i32, i32)> = Vec::new();
            for w in line.windows(2) {
                let Some((a, b)) = clip(w[0], w[1]) else { continue };
                let (a, b) = (round(a), round(b));
                if run.last() != Some(&a) {
                    if run.len() > 1 {
                        pen.line(&run, false);
                    }
                    run = vec![a];
                }
                if a != b {
                    run.push(b);
                }
            }
            if run.len() > 1 {
                pen.line(&run, false);
            }
            if pen.out.is_empty() {
                continue;
            }
            let kind = if edge.traits.has(Traits::STEPS) {
                "steps"
            } else if edge.traits.has(Traits::BRIDGE) {
                "bridge"
            } else if edge.traits.has(Traits::STREET) {
                "street"
            } else {
                "path"
            };
            let mut properties = vec![("kind", Value::Text(kind.into()))];
            let name = &self.city.net.names[edge.name as usize];
            if !name.is_empty() {
                properties.push(("name", Value::Text(name.clone())));
            }
            layer.feature(2, &pen.out, &properties);
        }
        layer.finish(&mut tile);
        let mut layer = Layer::new("buildings");
        if id.z >= 14 {
            for (b, &p) in (0u32..).zip(&self.city.buildings.points) {
                let at = id.place(p);
                if seen(at) {
                    let mut pen = Pen::default();
                    pen.line(&[round(at)], false);
                    let residents = u64::from(self.city.buildings.residents[b as usize]);
                    let mut properties = vec![("residents", Value::Number(residents))];
                    if let Some(m) = minutes(b) {
                        properties.push(("minutes", Value::Number(u64::from(m))));
                    }
                    layer.feature(1, &pen.out, &properties);
                }
            }
        }
        layer.finish(&mut tile);
        let mut layer = Layer::new("facilities");
        for c in &self.city.classes {
            for (i, &p) in c.points.iter().enumerate() {
                let at = id.place(p);
                if seen(at) {
                    let mut pen = Pen::default();
                    pen.line(&[round(at)], false);
                    let properties =
                        [("class", Value::Text(c.name.clone())), ("id", Value::Text(c.ids[i].clone()))];
                    layer.feature(1, &pen.out, &properties);
                }
            }
        }
        layer.finish(&mut tile);
        tile
    }
}

fn polygon(id: TileId, g: &Polygon) -> Option<Vec<u32>> {
    let mut pen = Pen::default();
    for (i, ring) in std::iter::once(&g.outer).chain(&g.holes).enumerate() {
        let placed: Vec<(f64, f64)> = ring.iter().map(|&p| id.place(p)).collect();
        let mut cut = clip_ring(&placed);
        let a = area(&cut);
        if cut.len() < 3 || a == 0 {
            if i == 0 {
                return None;
            }
            continue;
        }
        if (a > 0) != (i == 0) {
            cut.reverse();
        }
        pen.line(&cut, true);
    }
    Some(pen.out)
}
