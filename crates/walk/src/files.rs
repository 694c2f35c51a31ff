//! A district's own files: buildings, facilities, candidates, gates, paths and compounds as CSV or GeoJSON.
//!
//! CSV needs columns `lon` and `lat`, GeoJSON a FeatureCollection; other columns and properties are found by name.
//! The coordinate system is stated by the caller and never guessed.

use crate::access::Traits;
use crate::city::{Buildings, Class};
use crate::datum::Datum;
use crate::error::{Error, Result};
use crate::geo::Point;
use crate::index::{Compound, Index, SnapRules, snap_all};
use crate::raw::{ExtraPath, Gate};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Largest file read, 512 MiB.
pub const MAX_FILE: u64 = 512 << 20;
/// Largest GeoJSON file read, 256 MiB: parsed, it takes up to 16 times as much.
pub const MAX_JSON: u64 = 256 << 20;
/// Most records of one file: a hundred districts have six million buildings.
pub const MAX_RECORDS: u64 = 8_000_000;

/// Fields that are read; others are passed over, so that a file of many columns takes no memory for them.
const FIELDS: [&str; 11] =
    ["id", "residents", "area", "class", "capacity", "cost", "weight", "name", "kind", "open", "compound"];

/// Shared by the parts of one record.
type Fields = Arc<[(&'static str, Box<str>)]>;

/// Longest field, in bytes.
const MAX_FIELD: usize = 300;
const LONG: &str = "a field longer than 300 bytes";

fn field(name: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|f| f.eq_ignore_ascii_case(name.trim()))
}

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A point.
    Point(Point),
    /// A line of at least two points.
    Line(Vec<Point>),
    /// A ring of at least three points (holes are not needed here and are left out).
    Ring(Vec<Point>),
}

impl Shape {
    /// A point for it: itself, or the mean of its corners.
    #[must_use]
    pub fn middle(&self) -> Point {
        match self {
            Self::Point(p) => *p,
            Self::Line(l) | Self::Ring(l) => {
                let n = (l.len() as i64).max(1);
                let mean = |f: fn(&Point) -> i32| (l.iter().map(|p| i64::from(f(p))).sum::<i64>() / n) as i32;
                Point { lon: mean(|p| p.lon), lat: mean(|p| p.lat) }
            }
        }
    }
}

/// One record of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Where it lies.
    pub shape: Shape,
    fields: Fields,
}

impl Record {
    /// A field by name, without blanks round it; empty when absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(k, _)| *k == name).map_or("", |(_, v)| v.trim())
    }
    /// A whole number; 0 when absent.
    ///
    /// # Errors
    /// [`Error::Record`] when it is there but is no whole number.
    pub fn number(&self, name: &str) -> Result<u32> {
        let t = self.text(name);
        if t.is_empty() {
            return Ok(0);
        }
        t.parse().map_err(|_e| self.bad(&format!("{name} is not a whole number: {t:.40}")))
    }
    fn bad(&self, what: &str) -> Error {
        Error::Record { record: self.number, what: what.to_owned() }
    }
    fn id(&self) -> String {
        let id = self.text("id");
        if id.is_empty() { self.number.to_string() } else { id.to_owned() }
    }
}

/// Reads records; GeoJSON when the first character is `{`, else CSV.
///
/// # Errors
/// [`Error::File`], [`Error::TooLarge`], [`Error::Damaged`], [`Error::Record`].
pub fn read(path: &Path, datum: Datum) -> Result<Vec<Record>> {
    let len = std::fs::metadata(path).map_err(Error::file(path))?.len();
    if len > MAX_FILE {
        return Err(Error::TooLarge { what: "the file", limit: MAX_FILE });
    }
    parse(&std::fs::read(path).map_err(Error::file(path))?, datum)
}

/// As [`read`], from memory.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], datum: Datum) -> Result<Vec<Record>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().first() == Some(&b'{') { geojson(bytes, datum) } else { csv(bytes, datum) }
}

fn csv(bytes: &[u8], datum: Datum) -> Result<Vec<Record>> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_reader(bytes);
    let bad = |record: u64, what: String| Error::Record { record, what };
    let heads = reader.headers().map_err(|e| bad(0, e.to_string()))?.clone();
    let column = |name: &str| heads.iter().position(|h| h.eq_ignore_ascii_case(name));
    let (Some(lon), Some(lat)) = (column("lon"), column("lat")) else {
        return Err(bad(0, "the first line must name the columns lon and lat".into()));
    };
    let columns: Vec<(&'static str, usize)> =
        heads.iter().enumerate().filter_map(|(i, h)| Some((field(h)?, i))).collect();
    let mut out = Vec::new();
    for row in reader.records() {
        let number = out.len() as u64 + 1;
        if number > MAX_RECORDS {
            return Err(Error::TooLarge { what: "records", limit: MAX_RECORDS });
        }
        let row = row.map_err(|e| bad(number, e.to_string()))?;
        let degrees = |i: usize| row.get(i).and_then(|v| v.parse::<f64>().ok());
        let point = degrees(lon)
            .zip(degrees(lat))
            .and_then(|(x, y)| datum.to_wgs84(x, y))
            .ok_or_else(|| bad(number, "lon and lat are not a place on earth".into()))?;
        let fields =
            columns.iter().filter_map(|&(k, i)| row.get(i).filter(|v| !v.is_empty()).map(|v| (k, v.into())));
        let fields: Fields = fields.collect();
        if fields.iter().any(|(_, v)| v.len() > MAX_FIELD) {
            return Err(bad(number, LONG.into()));
        }
        out.push(Record { number, shape: Shape::Point(point), fields });
    }
    Ok(out)
}

fn geojson(bytes: &[u8], datum: Datum) -> Result<Vec<Record>> {
    if bytes.len() as u64 > MAX_JSON {
        return Err(Error::TooLarge { what: "a GeoJSON file", limit: MAX_JSON });
    }
    let v: Value = serde_json::from_slice(bytes).map_err(|_e| Error::damaged("geojson", 0, "not JSON"))?;
    let features: Vec<&Value> = match v.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => {
            v.get("features").and_then(Value::as_array).map(|a| a.iter().collect()).unwrap_or_default()
        }
        Some("Feature") => vec![&v],
        _ => return Err(Error::damaged("geojson", 0, "neither a FeatureCollection nor a Feature")),
    };
    let mut out = Vec::new();
    for (number, f) in (1u64..).zip(features) {
        let bad = |what: &str| Error::Record { record: number, what: what.to_owned() };
        let g = f.get("geometry").ok_or_else(|| bad("no geometry"))?;
        let fields: Fields = f
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(_, v)| !v.is_null())
            .filter_map(|(k, v)| {
                Some((field(k)?, v.as_str().map_or_else(|| v.to_string().into(), Into::into)))
            })
            .collect();
        let c = g.get("coordinates").ok_or_else(|| bad("no coordinates"))?;
        let shapes =
            shapes(g.get("type").and_then(Value::as_str).unwrap_or(""), c, datum).ok_or_else(|| {
                bad("a geometry that cannot be used (Point, LineString, Polygon and Multi… can)")
            })?;
        if fields.iter().any(|(_, v)| v.len() > MAX_FIELD) {
            return Err(bad(LONG));
        }
        if (out.len() + shapes.len()) as u64 > MAX_RECORDS {
            return Err(Error::TooLarge { what: "records", limit: MAX_RECORDS });
        }
        for shape in shapes {
            out.push(Record { number, shape, fields: fields.clone() });
        }
    }
    Ok(out)
}

fn shapes(kind: &str, c: &Value, datum: Datum) -> Option<Vec<Shape>> {
    let point = |v: &Value| -> Option<Point> {
        let a = v.as_array()?;
        datum.to_wgs84(a.first()?.as_f64()?, a.get(1)?.as_f64()?)
    };
    let line = |v: &Value| -> Option<Vec<Point>> { v.as_array()?.iter().map(point).collect() };
    let ring = |v: &Value| -> Option<Shape> {
        let mut r = line(v.as_array()?.first()?)?;
        if r.len() > 1 && r.first() == r.last() {
            r.pop();
        }
        (r.len() >= 3).then_some(Shape::Ring(r))
    };
    let path = |v: &Value| line(v).filter(|l| l.len() >= 2).map(Shape::Line);
    match kind {
        "Point" => Some(vec![Shape::Point(point(c)?)]),
        "MultiPoint" => c.as_array()?.iter().map(|v| point(v).map(Shape::Point)).collect(),
        "LineString" => Some(vec![path(c)?]),
        "MultiLineString" => c.as_array()?.iter().map(path).collect(),
        "Polygon" => Some(vec![ring(c)?]),
        "MultiPolygon" => c.as_array()?.iter().map(ring).collect(),
        _ => None,
    }
}

/// Buildings (fields `id`, `residents`, `area`), snapped; returns them with the names of areas. Rings are snapped
/// from the nearest point of their wall unless they lie in a compound.
///
/// # Errors
/// [`Error::Record`], [`Error::OffNetwork`].
pub fn buildings(
    records: &[Record],
    index: &Index,
    compounds: &[Compound],
    rules: &SnapRules,
    datum: Datum,
) -> Result<(Buildings, Vec<String>)> {
    let mut b = Buildings::default();
    let mut areas: BTreeMap<&str, u32> =
        records.iter().map(|r| r.text("area")).filter(|a| !a.is_empty()).map(|a| (a, 0)).collect();
    for (i, n) in areas.values_mut().enumerate() {
        *n = i as u32;
    }
    for r in records {
        b.ids.push(r.id());
        b.points.push(r.shape.middle());
        b.residents.push(r.number("residents")?);
        b.area.push(areas.get(r.text("area")).copied().unwrap_or(u32::MAX));
    }
    b.places = snap_all(index, &b.points, compounds, rules, datum.name())?;
    for (i, r) in records.iter().enumerate() {
        if let Shape::Ring(ring) = &r.shape
            && !compounds.iter().any(|c| crate::geo::in_ring(b.points[i], &c.ring))
        {
            let doors = index.building_doors(ring, &[], rules.max_m);
            let (s, e) = (b.places.first[i] as usize, b.places.first[i + 1] as usize);
            // one door for one: the lists keep their lengths
            if let (1, [d]) = (e - s, doors.as_slice()) {
                b.places.doors[s] = *d;
            }
        }
    }
    Ok((b, areas.keys().map(|a| (*a).to_owned()).collect()))
}

/// Facilities (fields `class`, `id`, `capacity`) by class in order of name, snapped; `only` stands in where the
/// file has no `class`.
///
/// # Errors
/// [`Error::Record`], [`Error::OffNetwork`].
pub fn facilities(
    records: &[Record],
    only: &str,
    index: &Index,
    rules: &SnapRules,
    datum: Datum,
) -> Result<Vec<Class>> {
    let points: Vec<Point> = records.iter().map(|r| r.shape.middle()).collect();
    // the refusal looks at all classes together: one far-off class alone may well be right
    let places = snap_all(index, &points, &[], rules, datum.name())?;
    let mut classes: BTreeMap<&str, Class> = BTreeMap::new();
    for (i, r) in records.iter().enumerate() {
        let name = if r.text("class").is_empty() { only } else { r.text("class") };
        let c = classes.entry(name).or_default();
        c.ids.push(r.id());
        c.points.push(points[i]);
        c.places.push(places.doors(i as u32));
        c.capacity.push(r.number("capacity")?);
    }
    Ok(classes.into_iter().map(|(name, c)| Class { name: name.to_owned(), ..c }).collect())
}

/// Gates (points; field `open`, `no` for closed).
///
/// # Errors
/// [`Error::Record`] when a record is not a point.
pub fn gates(records: &[Record]) -> Result<Vec<Gate>> {
    records
        .iter()
        .map(|r| match r.shape {
            Shape::Point(point) => {
                Ok(Gate { point, open: !matches!(r.text("open"), "no" | "false" | "0" | "否") })
            }
            _ => Err(r.bad("a gate must be a point")),
        })
        .collect()
}

/// Paths (lines; fields `name` and `kind`: `steps`, `ramp`, `bridge`, `lift`).
///
/// # Errors
/// [`Error::Record`] when a record is not a line or its kind is unknown.
pub fn paths(records: &[Record]) -> Result<Vec<ExtraPath>> {
    records
        .iter()
        .map(|r| {
            let Shape::Line(line) = &r.shape else { return Err(r.bad("a path must be a line")) };
            let traits = match r.text("kind") {
                "" | "path" => 0,
                "steps" => Traits::STEPS,
                "ramp" => Traits::STEPS | Traits::RAMP,
                "bridge" => Traits::BRIDGE,
                "lift" => Traits::LIFT,
                other => return Err(r.bad(&format!("unknown kind of path: {other:.40}"))),
            };
            Ok(ExtraPath { line: line.clone(), traits: Traits(traits), name: r.text("name").to_owned() })
        })
        .collect()
}

/// Compounds: rings are walls, and points are gates of the ring with the same `compound` (or that hold them within
/// 30 m of their wall when it is empty).
#[must_use]
pub fn compounds(records: &[Record]) -> Vec<Compound> {
    let mut out: Vec<(String, Compound)> = Vec::new();
    for r in records {
        if let Shape::Ring(ring) = &r.shape {
            out.push((r.text("compound").to_owned(), Compound { ring: ring.clone(), gates: Vec::new() }));
        }
    }
    for r in records {
        let Shape::Point(p) = r.shape else { continue };
        let plane = crate::geo::Plane::at(p);
        let name = r.text("compound");
        for (own, c) in &mut out {
            let near = || {
                (0..c.ring.len()).any(|i| {
                    let (a, b) = (c.ring[i], c.ring[(i + 1) % c.ring.len()]);
                    crate::geo::project((0.0, 0.0), plane.to_metres(a), plane.to_metres(b)).1 <= 30.0
                })
            };
            if if name.is_empty() { near() } else { name == own } {
                c.gates.push(p);
            }
        }
    }
    out.into_iter().map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_and_geojson_say_the_same() {
        let a = parse("ID,lon,lat,residents\n甲, 113.32,23.09,12\n".as_bytes(), Datum::Wgs84).unwrap();
        let b = parse(
            br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"\u7532","residents":12},
            "geometry":{"type":"Point","coordinates":[113.32,23.09]}}]}"#,
            Datum::Wgs84,
        )
        .unwrap();
        assert_eq!(a[0].shape, b[0].shape);
        for r in [&a[0], &b[0]] {
            assert_eq!((r.text("id"), r.number("residents").unwrap()), ("甲", 12));
        }
        let shifted = parse("lon,lat\n113.32,23.09\n".as_bytes(), Datum::Gcj02).unwrap();
        let apart = crate::geo::length_cm(shifted[0].shape.middle(), a[0].shape.middle());
        assert!((30_000..80_000).contains(&apart), "{apart}");
    }

    #[test]
    fn bad_records_are_named() {
        for (text, record) in [
            ("lon,lat\n113,23\n200,23\n", 2),
            ("lon,lat\n113\n", 1),
            ("x,y\n1,2\n", 0),
            ("lon,lat\nNaN,23\n", 1),
        ] {
            match parse(text.as_bytes(), Datum::Wgs84) {
                Err(Error::Record { record: r, .. }) => assert_eq!(r, record, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let r = parse(b"lon,lat,residents\n113,23,many\n", Datum::Wgs84).unwrap();
        assert!(matches!(r[0].number("residents"), Err(Error::Record { record: 1, .. })));
        assert!(parse(br#"{"type":"Topology"}"#, Datum::Wgs84).is_err());
    }
}
