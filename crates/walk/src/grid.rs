//! A grid over points: nearest in a straight line, and all within a distance.

use crate::geo::{Bounds, Plane, Point, length_cm};

/// Points by cell.
#[derive(Debug)]
pub struct PointGrid {
    plane: Plane,
    min: (f64, f64),
    cell: f64,
    columns: i64,
    rows: i64,
    first: Vec<u32>,
    list: Vec<u32>,
    points: Vec<Point>,
}

impl PointGrid {
    /// Lays out points in cells of about `cell_m` metres.
    #[must_use]
    pub fn new(points: &[Point], cell_m: f64) -> Self {
        let b = Bounds::around(points.iter().copied())
            .unwrap_or(Bounds { min: Point::default(), max: Point::default() });
        let plane =
            Plane::at(Point { lon: b.min.lon.midpoint(b.max.lon), lat: b.min.lat.midpoint(b.max.lat) });
        let (min, max) = (plane.to_metres(b.min), plane.to_metres(b.max));
        let (w, h) = (max.0 - min.0, max.1 - min.1);
        let cell = cell_m.max((w * h / 1e6).sqrt()).max((w + h) / 1e6).max(1.0);
        let (columns, rows) = ((w / cell) as i64 + 1, (h / cell) as i64 + 1);
        let mut g = Self {
            plane,
            min,
            cell,
            columns,
            rows,
            first: Vec::new(),
            list: Vec::new(),
            points: points.to_vec(),
        };
        let mut first = vec![0u32; (columns * rows) as usize + 1];
        let cells: Vec<usize> = points
            .iter()
            .map(|&p| {
                let (x, y) = g.cell_of(p);
                (y.clamp(0, rows - 1) * columns + x.clamp(0, columns - 1)) as usize
            })
            .collect();
        cells.iter().for_each(|&c| first[c + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut at = first.clone();
        g.list = vec![0; points.len()];
        for (i, &c) in cells.iter().enumerate() {
            g.list[at[c] as usize] = i as u32;
            at[c] += 1;
        }
        g.first = first;
        g
    }

    fn cell_of(&self, p: Point) -> (i64, i64) {
        let (x, y) = self.plane.to_metres(p);
        (((x - self.min.0) / self.cell).floor() as i64, ((y - self.min.1) / self.cell).floor() as i64)
    }

    fn in_cell(&self, x: i64, y: i64) -> &[u32] {
        if x < 0 || y < 0 || x >= self.columns || y >= self.rows {
            return &[];
        }
        let c = (y * self.columns + x) as usize;
        &self.list[self.first[c] as usize..self.first[c + 1] as usize]
    }

    /// The nearest point and its distance in centimetres, up to `max_m` metres; ties go to the lower number.
    #[must_use]
    pub fn nearest(&self, p: Point, max_m: f64) -> Option<(u32, u32)> {
        let (cx, cy) = self.cell_of(p);
        let reach = (max_m * 1.02 / self.cell).ceil() as i64 + 1;
        let far = [cx, cy, self.columns - 1 - cx, self.rows - 1 - cy].into_iter().max().unwrap_or(0);
        let mut best: Option<(u32, u32)> = None;
        for ring in 0..=reach.min(far.max(0)) {
            // the plane stretches by less than two percent over a city
            if best.is_some_and(|(d, _)| f64::from(d) / 100.0 < (ring - 1) as f64 * self.cell * 0.98) {
                break;
            }
            for y in cy - ring..=cy + ring {
                let step = if y == cy - ring || y == cy + ring || ring == 0 { 1 } else { 2 * ring };
                let mut x = cx - ring;
                while x <= cx + ring {
                    for &i in self.in_cell(x, y) {
                        let d = length_cm(p, self.points[i as usize]);
                        if best.is_none_or(|b| (d, i) < b) {
                            best = Some((d, i));
                        }
                    }
                    x += step;
                }
            }
        }
        best.filter(|(d, _)| f64::from(*d) <= max_m * 100.0).map(|(d, i)| (i, d))
    }

    /// All points within `max_m` metres, in order of their numbers.
    #[must_use]
    pub fn within(&self, p: Point, max_m: f64) -> Vec<(u32, u32)> {
        let (cx, cy) = self.cell_of(p);
        let reach = (max_m * 1.02 / self.cell).ceil() as i64;
        let mut out = Vec::new();
        for y in (cy - reach).max(0)..=(cy + reach).min(self.rows - 1) {
            for x in (cx - reach).max(0)..=(cx + reach).min(self.columns - 1) {
                for &i in self.in_cell(x, y) {
                    let d = length_cm(p, self.points[i as usize]);
                    if f64::from(d) <= max_m * 100.0 {
                        out.push((i, d));
                    }
                }
            }
        }
        out.sort_unstable();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_by_looking_at_every_point(
            xy in prop::collection::vec((0i32..900_000, 0i32..900_000), 1..60),
            (x, y) in (-300_000i32..1_200_000, -300_000i32..1_200_000),
            max_m in 1.0f64..20_000.0,
        ) {
            let at = |x, y| Point { lon: 1_133_000_000 + x, lat: 231_000_000 + y };
            let points: Vec<Point> = xy.iter().map(|&(x, y)| at(x, y)).collect();
            let (p, g) = (at(x, y), PointGrid::new(&points, 150.0));
            let all = (0..points.len() as u32).map(|i| (length_cm(p, points[i as usize]), i));
            let near = |d: u32| f64::from(d) <= max_m * 100.0;
            let want = all.clone().min().filter(|(d, _)| near(*d)).map(|(d, i)| (i, d));
            prop_assert_eq!(g.nearest(p, max_m), want);
            let want: Vec<(u32, u32)> = all.filter(|(d, _)| near(*d)).map(|(d, i)| (i, d)).collect();
            prop_assert_eq!(g.within(p, max_m), want);
        }
    }
}
