//! Points, lengths and the local plane.
//!
//! Coordinates are integers of 10⁻⁷ degree (the unit of OpenStreetMap), lengths integer centimetres. The few
//! places that need floating point use only `+ - * /` and `sqrt`, which IEEE 754 defines exactly, so the same
//! input gives the same centimetres on every machine.

/// Mean radius of the earth in metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Metres in one degree of latitude on the sphere of [`EARTH_RADIUS_M`].
pub const METRES_PER_DEGREE: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// A place on earth in WGS-84, in 10⁻⁷ degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Point {
    /// Longitude × 10⁷, −1.8 × 10⁹ to 1.8 × 10⁹.
    pub lon: i32,
    /// Latitude × 10⁷, −0.9 × 10⁹ to 0.9 × 10⁹.
    pub lat: i32,
}

impl Point {
    /// From degrees; `None` outside ±180, ±90 or when not finite.
    #[must_use]
    pub fn from_degrees(lon: f64, lat: f64) -> Option<Self> {
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return None;
        }
        Some(Self { lon: (lon * 1e7).round() as i32, lat: (lat * 1e7).round() as i32 })
    }
    /// From 10⁻⁷ degrees; `None` outside the earth.
    #[must_use]
    pub fn from_e7(lon: i64, lat: i64) -> Option<Self> {
        if lon.unsigned_abs() > 1_800_000_000 || lat.unsigned_abs() > 900_000_000 {
            return None;
        }
        Some(Self { lon: lon as i32, lat: lat as i32 })
    }
    /// Longitude in degrees.
    #[must_use]
    pub fn lon_degrees(self) -> f64 {
        f64::from(self.lon) * 1e-7
    }
    /// Latitude in degrees.
    #[must_use]
    pub fn lat_degrees(self) -> f64 {
        f64::from(self.lat) * 1e-7
    }
}

/// Cosine of an angle in degrees (−90 to 90) by its series: the same bits on every machine, unlike `f64::cos`.
#[must_use]
pub fn cos_degrees(degrees: f64) -> f64 {
    let x = degrees * (std::f64::consts::PI / 180.0);
    let x2 = x * x;
    // Horner form of 1 − x²/2! + x⁴/4! − … to x²²: below 1e-16 for |x| ≤ π/2.
    let mut sum = 1.0;
    let mut n = 22.0;
    while n >= 2.0 {
        sum = 1.0 - sum * x2 / (n * (n - 1.0));
        n -= 2.0;
    }
    sum
}

/// Length of the straight line between two points in centimetres, rounded, on the sphere: equirectangular about
/// the middle latitude. Against the great circle it errs by less than 1 part in 10⁶ below 10 km.
#[must_use]
pub fn length_cm(p: Point, q: Point) -> u32 {
    let mid = (f64::from(p.lat) + f64::from(q.lat)) * 0.5e-7;
    let dx = (f64::from(p.lon) - f64::from(q.lon)) * 1e-7 * METRES_PER_DEGREE * cos_degrees(mid);
    let dy = (f64::from(p.lat) - f64::from(q.lat)) * 1e-7 * METRES_PER_DEGREE;
    ((dx * dx + dy * dy).sqrt() * 100.0 + 0.5) as u32
}

/// A flat plane in metres about an origin: good to centimetres over a city.
#[derive(Debug, Clone, Copy)]
pub struct Plane {
    origin: Point,
    /// Metres per 10⁻⁷ degree of longitude.
    kx: f64,
    /// Metres per 10⁻⁷ degree of latitude.
    ky: f64,
}

impl Plane {
    /// The plane touching the earth at `origin`.
    #[must_use]
    pub fn at(origin: Point) -> Self {
        let ky = METRES_PER_DEGREE * 1e-7;
        let kx = (ky * cos_degrees(origin.lat_degrees())).max(1e-9);
        Self { origin, kx, ky }
    }
    /// Metres east and north of the origin.
    #[must_use]
    pub fn to_metres(&self, p: Point) -> (f64, f64) {
        (
            (f64::from(p.lon) - f64::from(self.origin.lon)) * self.kx,
            (f64::from(p.lat) - f64::from(self.origin.lat)) * self.ky,
        )
    }
    /// The point at metres east and north of the origin, held within the earth.
    #[must_use]
    pub fn to_point(&self, x: f64, y: f64) -> Point {
        let lon = f64::from(self.origin.lon) + x / self.kx;
        let lat = f64::from(self.origin.lat) + y / self.ky;
        Point { lon: lon.round().clamp(-1.8e9, 1.8e9) as i32, lat: lat.round().clamp(-0.9e9, 0.9e9) as i32 }
    }
}

/// An upright rectangle of coordinates, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// South-west corner.
    pub min: Point,
    /// North-east corner.
    pub max: Point,
}

impl Bounds {
    /// The rectangle round all points; `None` when there are none.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut it = points.into_iter();
        let first = it.next()?;
        let mut b = Self { min: first, max: first };
        for p in it {
            b.min.lon = b.min.lon.min(p.lon);
            b.min.lat = b.min.lat.min(p.lat);
            b.max.lon = b.max.lon.max(p.lon);
            b.max.lat = b.max.lat.max(p.lat);
        }
        Some(b)
    }
    /// Whether the point lies inside or on the rim.
    #[must_use]
    pub fn contains(&self, p: Point) -> bool {
        p.lon >= self.min.lon && p.lon <= self.max.lon && p.lat >= self.min.lat && p.lat <= self.max.lat
    }
}

/// Where a point falls on a segment, in the plane: fraction along (0 to 1) and distance in metres.
#[must_use]
pub fn project(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let len2 = dx * dx + dy * dy;
    let t = if len2 > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / len2).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (a.0 + t * dx - p.0, a.1 + t * dy - p.1);
    (t, (ex * ex + ey * ey).sqrt())
}

/// Whether a point lies inside a ring (even-odd rule; the ring may or may not repeat its first point).
#[must_use]
pub fn in_ring(p: Point, ring: &[Point]) -> bool {
    in_ring_doubled(2 * i64::from(p.lon), 2 * i64::from(p.lat), ring)
}

/// As [`in_ring`], for a place in half units: the middle between two points, exactly.
#[must_use]
pub fn in_ring_doubled(lon2: i64, lat2: i64, ring: &[Point]) -> bool {
    let mut inside = false;
    let Some(mut prev) = ring.last().copied() else { return false };
    for &cur in ring {
        let (x, y) = (2 * i64::from(cur.lon), 2 * i64::from(cur.lat));
        let (u, v) = (2 * i64::from(prev.lon), 2 * i64::from(prev.lat));
        if (y > lat2) != (v > lat2) {
            // lon of the crossing compared without division: sign of (cross product) by the edge's direction
            let cross = i128::from(x - lon2) * i128::from(v - y) + i128::from(u - x) * i128::from(lat2 - y);
            if (cross > 0) == (v > y) && cross != 0 {
                inside = !inside;
            }
        }
        prev = cur;
    }
    inside
}

/// Position along a Hilbert curve of order 16 over the bounds: near on the curve is near on the ground.
#[must_use]
pub fn hilbert(p: Point, b: &Bounds) -> u32 {
    let scale = |v: i32, lo: i32, hi: i32| -> u32 {
        let span = (i64::from(hi) - i64::from(lo)).max(1);
        ((i64::from(v) - i64::from(lo)).clamp(0, span) * 65_535 / span) as u32
    };
    let mut x = scale(p.lon, b.min.lon, b.max.lon);
    let mut y = scale(p.lat, b.min.lat, b.max.lat);
    let mut d = 0u32;
    let mut s = 1u32 << 15;
    while s > 0 {
        let rx = u32::from(x & s > 0);
        let ry = u32::from(y & s > 0);
        d = d.wrapping_add(s.wrapping_mul(s).wrapping_mul((3 * rx) ^ ry));
        if ry == 0 {
            if rx == 1 {
                x = 65_535 - x;
                y = 65_535 - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_agrees_with_the_library() {
        for i in -90..=90 {
            let d = f64::from(i);
            assert!((cos_degrees(d) - d.to_radians().cos()).abs() < 1e-14, "{d}");
        }
    }

    #[test]
    fn one_degree_of_latitude() {
        let p = Point::from_degrees(113.3, 23.0).unwrap();
        let q = Point::from_degrees(113.3, 24.0).unwrap();
        assert_eq!(length_cm(p, q), 11_119_508);
    }

    #[test]
    fn ring_holds_its_middle_only() {
        let p = |x, y| Point { lon: x, lat: y };
        let ring = [p(0, 0), p(10, 0), p(10, 10), p(0, 10)];
        assert!(in_ring(p(5, 5), &ring));
        assert!(!in_ring(p(15, 5), &ring));
        assert!(!in_ring(p(-5, 5), &ring));
        assert!(!in_ring(p(5, 11), &ring));
    }
}
