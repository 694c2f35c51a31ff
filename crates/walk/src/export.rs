//! GeoJSON and CSV of results, streamed.

use crate::error::Result;
use crate::geo::Point;
use crate::isochrone::Polygon;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Coordinates as GeoJSON wants them, to seven places.
#[must_use]
pub fn position(p: Point) -> Value {
    json!([p.lon_degrees(), p.lat_degrees()].map(|v| (v * 1e7).round() / 1e7))
}

fn ring(points: &[Point]) -> Value {
    points.iter().chain(points.first()).map(|&p| position(p)).collect()
}

/// A point.
#[must_use]
pub fn point(p: Point) -> Value {
    json!({"type": "Point", "coordinates": position(p)})
}

/// A line.
#[must_use]
pub fn line(points: &[Point]) -> Value {
    json!({"type": "LineString", "coordinates": points.iter().map(|&p| position(p)).collect::<Value>()})
}

/// Polygons with holes, as one MultiPolygon.
#[must_use]
pub fn multi_polygon(polygons: &[Polygon]) -> Value {
    let one = |g: &Polygon| -> Value { std::iter::once(&g.outer).chain(&g.holes).map(|r| ring(r)).collect() };
    json!({"type": "MultiPolygon", "coordinates": polygons.iter().map(one).collect::<Value>()})
}

/// Writes a FeatureCollection feature by feature.
#[derive(Debug)]
pub struct Collection<W: Write> {
    out: W,
    first: bool,
}

impl<W: Write> Collection<W> {
    /// Begins; `about` (source, date, licence) is put beside the features.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(mut out: W, about: &Map<String, Value>) -> Result<Self> {
        out.write_all(b"{\"type\":\"FeatureCollection\",")?;
        for (k, v) in about {
            write!(out, "{}:{v},", Value::from(k.as_str()))?;
        }
        out.write_all(b"\"features\":[\n")?;
        Ok(Self { out, first: true })
    }
    /// Adds a feature.
    ///
    /// # Errors
    /// When writing fails.
    pub fn feature(&mut self, geometry: &Value, properties: &Value) -> Result<()> {
        if !std::mem::take(&mut self.first) {
            self.out.write_all(b",\n")?;
        }
        write!(self.out, "{{\"type\":\"Feature\",\"geometry\":{geometry},\"properties\":{properties}}}")?;
        Ok(())
    }
    /// Ends.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self) -> Result<W> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
#[must_use]
pub fn cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Writes a table as CSV.
///
/// # Errors
/// When writing fails.
pub fn csv<W: Write>(out: W, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    let mut w = csv::Writer::from_writer(out);
    let io = |e: csv::Error| -> crate::error::Error {
        match e.into_kind() {
            csv::ErrorKind::Io(e) => e.into(),
            other => std::io::Error::other(format!("{other:?}")).into(),
        }
    };
    w.write_record(head).map_err(io)?;
    for row in rows {
        w.write_record(row.iter().map(|c| cell(c))).map_err(io)?;
    }
    w.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_do_not_leave() {
        let mut out = Vec::new();
        let rows = [vec!["=1+1".to_owned(), "-3.5".to_owned(), "@x".to_owned()]];
        csv(&mut out, &["a", "b", "c"], rows.into_iter()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a,b,c\n'=1+1,-3.5,'@x\n");
    }

    #[test]
    fn a_collection_is_json() {
        let p = Point::from_degrees(113.3, 23.1).unwrap();
        let mut about = Map::new();
        about.insert("source".into(), "a \"test\"".into());
        let mut c = Collection::new(Vec::new(), &about).unwrap();
        c.feature(&point(p), &json!({"n": 1})).unwrap();
        c.feature(&line(&[p, p]), &json!({})).unwrap();
        let v: Value = serde_json::from_slice(&c.finish().unwrap()).unwrap();
        assert_eq!(v["features"][0]["geometry"]["coordinates"], json!([113.3, 23.1]));
        assert_eq!(v["source"], "a \"test\"");
    }
}
