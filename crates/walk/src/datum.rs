//! Coordinate systems met in Chinese data, chosen by the caller and never guessed.
//!
//! Map services in mainland China publish GCJ-02 (a shift of 300–600 m) or BD-09 (another 600–1,000 m on top).
//! Surveyors use CGCS2000, which agrees with WGS-84 to a few centimetres and is taken as equal. The GCJ-02 formula
//! is the one published in the open `eviltransform` and `coordtransform` projects; it is inverted here by fixed-point
//! iteration to well below a centimetre. They use the platform's sine, so that the last digit (a centimetre) may differ
//! from one system to another.
//!
//! ```
//! use walk::Datum;
//! let tower = Datum::Gcj02.to_wgs84(113.3245, 23.1065).ok_or(walk::Error::EmptyNetwork)?;
//! assert_eq!((tower.lon / 10_000, tower.lat / 10_000), (113_319, 23_109)); // 500 m and 300 m away
//! assert!(Datum::from_name("utm").is_none());
//! # Ok::<(), walk::Error>(())
//! ```

use crate::geo::Point;

/// The system in which coordinates were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Datum {
    /// World Geodetic System 1984: GPS receivers, OpenStreetMap.
    #[default]
    Wgs84,
    /// China Geodetic Coordinate System 2000; equal to WGS-84 within centimetres.
    Cgcs2000,
    /// The shifted system of Amap, Tencent and Google China.
    Gcj02,
    /// The further shifted system of Baidu.
    Bd09,
}

const A: f64 = 6_378_245.0;
const EE: f64 = 0.006_693_421_622_965_943;
const X_PI: f64 = std::f64::consts::PI * 3000.0 / 180.0;

impl Datum {
    /// The name used on the command line and in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Cgcs2000 => "cgcs2000",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }
    /// The system of a name, in any case; `None` when unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Wgs84, Self::Cgcs2000, Self::Gcj02, Self::Bd09]
            .into_iter()
            .find(|d| d.name().eq_ignore_ascii_case(name))
    }
    /// Degrees in this system to a WGS-84 point; `None` off the earth or not finite.
    #[must_use]
    pub fn to_wgs84(self, lon: f64, lat: f64) -> Option<Point> {
        Point::from_degrees(lon, lat)?;
        let (lon, lat) = match self {
            Self::Wgs84 | Self::Cgcs2000 => (lon, lat),
            Self::Gcj02 => gcj_to_wgs(lon, lat),
            Self::Bd09 => {
                let (lon, lat) = bd_to_gcj(lon, lat);
                gcj_to_wgs(lon, lat)
            }
        };
        Point::from_degrees(lon, lat)
    }
    /// A WGS-84 point in degrees of this system, for writing files back.
    #[must_use]
    pub fn from_wgs84(self, p: Point) -> (f64, f64) {
        let (lon, lat) = (p.lon_degrees(), p.lat_degrees());
        match self {
            Self::Wgs84 | Self::Cgcs2000 => (lon, lat),
            Self::Gcj02 => wgs_to_gcj(lon, lat),
            Self::Bd09 => {
                let (lon, lat) = wgs_to_gcj(lon, lat);
                gcj_to_bd(lon, lat)
            }
        }
    }
}

/// GCJ-02 is applied only inside this rectangle, as the map services do.
fn in_china(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn shift(lon: f64, lat: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let dlat = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + wave
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let dlon = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + wave
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let rad = lat * PI / 180.0;
    let magic = 1.0 - EE * rad.sin() * rad.sin();
    let root = magic.sqrt();
    (dlon * 180.0 / (A / root * rad.cos() * PI), dlat * 180.0 / ((A * (1.0 - EE)) / (magic * root) * PI))
}

fn wgs_to_gcj(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (dx, dy) = shift(lon, lat);
    (lon + dx, lat + dy)
}

fn gcj_to_wgs(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (mut x, mut y) = (lon, lat);
    for _ in 0..8 {
        let (dx, dy) = shift(x, y);
        (x, y) = (lon - dx, lat - dy);
    }
    (x, y)
}

fn gcj_to_bd(lon: f64, lat: f64) -> (f64, f64) {
    let z = (lon * lon + lat * lat).sqrt() + 0.000_02 * (lat * X_PI).sin();
    let theta = lat.atan2(lon) + 0.000_003 * (lon * X_PI).cos();
    (z * theta.cos() + 0.0065, z * theta.sin() + 0.006)
}

fn bd_to_gcj(lon: f64, lat: f64) -> (f64, f64) {
    // The common inverse is good to a metre; a few rounds of correction make it exact to the last digit kept.
    let (mut x, mut y) = (lon - 0.0065, lat - 0.006);
    for _ in 0..8 {
        let (bx, by) = gcj_to_bd(x, y);
        x += lon - bx;
        y += lat - by;
    }
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::length_cm;

    #[test]
    fn there_and_back_within_two_centimetres() {
        for d in [Datum::Wgs84, Datum::Cgcs2000, Datum::Gcj02, Datum::Bd09] {
            for (lon, lat) in [(113.32, 23.09), (121.47, 31.23), (116.39, 39.91), (87.6, 43.8)] {
                let p = Point::from_degrees(lon, lat).unwrap();
                let (x, y) = d.from_wgs84(p);
                let q = d.to_wgs84(x, y).unwrap();
                assert!(length_cm(p, q) <= 2, "{d:?} {p:?} {q:?}");
            }
        }
    }

    #[test]
    fn as_another_program_converts() {
        // by coord-convert 0.2.1 (PyPI), which states the common formula; BD-09 there is good to a millimetre
        for (wgs, gcj, bd) in [
            ((116.377_817, 39.911_954), (116.384_047_22, 39.913_345_46), (116.390_454_71, 39.919_575_55)),
            ((121.527_210_6, 31.177_427_6), (121.531_541_86, 31.175_303_98), (121.538_015_69, 31.181_328_61)),
            ((113.912_316, 22.543_847), (113.917_176_48, 22.540_796_13), (113.923_684_73, 22.546_667_44)),
            ((113.32, 23.09), (113.325_410_86, 23.087_382_78), (113.331_972_91, 23.093_139_72)),
        ] {
            let p = Point::from_degrees(wgs.0, wgs.1).unwrap();
            for (d, want) in [(Datum::Gcj02, gcj), (Datum::Bd09, bd)] {
                let got = d.from_wgs84(p);
                assert!(
                    (got.0 - want.0).abs() < 2e-8 && (got.1 - want.1).abs() < 2e-8,
                    "{d:?} {got:?} {want:?}"
                );
                assert!(length_cm(d.to_wgs84(want.0, want.1).unwrap(), p) <= 2);
            }
        }
    }

    #[test]
    fn unknown_names_and_far_numbers_are_refused() {
        assert_eq!(Datum::from_name("GCJ02"), Some(Datum::Gcj02));
        assert_eq!(Datum::from_name("utm"), None);
        assert!(Datum::Bd09.to_wgs84(f64::NAN, 1.0).is_none());
        assert!(Datum::Gcj02.to_wgs84(1e9, 1.0).is_none());
    }
}
