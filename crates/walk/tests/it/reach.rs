//! Reach along every edge against the nearest search, and polygons against the reach.

use crate::common::{city, places};
use proptest::prelude::*;
use walk::build::from_lines;
use walk::geo::in_ring;
use walk::isochrone::{Canvas, Drawing, piece_line, polygons, reach};
use walk::local::Local;
use walk::nearest::{Scratch, Table};
use walk::search::{NONE, cost_of};
use walk::{Door, Places, Profile};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn reach_is_exact_along_every_edge(c in city(), towards in any::<bool>()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let costs = net.costs(&Profile::all()[c.profile]);
        let home = places(&net, &c.homes[..1]);
        let limit = c.limit.min(300_000);
        let pieces = reach(&net, &costs, home.doors(0), towards, limit, &mut Local::default());
        for edge in 0..net.edges.len() as u32 {
            let len = net.edges[edge as usize].length_cm;
            for part in 1..8u64 {
                let offset_cm = (u64::from(len) * part / 8) as u32;
                let here = Places::single(vec![Door { edge, offset_cm, access_cm: 0 }]);
                let (from, to) = if towards { (&here, &home) } else { (&home, &here) };
                let t = Table::compute(&net, &costs, to, 1, limit + 2_000, &mut Scratch::default());
                let want = t.answers(&net, &costs, from)[0];
                let covering = pieces
                    .iter()
                    .filter(|p| p.edge == edge)
                    .filter(|p| (p.from_cm.min(p.to_cm)..=p.from_cm.max(p.to_cm)).contains(&offset_cm));
                let got = covering
                    .map(|p| {
                        let part = u64::from(p.from_cm.abs_diff(offset_cm)) * u64::from(p.pace) / 1_000;
                        u64::from(p.cost) + part
                    })
                    .min();
                // rounding of paces may differ by a few centimetres at the rim and where two walks meet
                match (want, got) {
                    (NONE, None) => {}
                    (w, None) => prop_assert!(cost_of(w) + 8 > limit, "{} missed at {}", cost_of(w), edge),
                    (NONE, Some(g)) => prop_assert!(g > u64::from(limit), "{g} invented"),
                    (w, Some(g)) => prop_assert!(g.abs_diff(u64::from(cost_of(w))) <= 8, "{g} {}", cost_of(w)),
                }
            }
        }
    }

    #[test]
    fn polygons_hold_what_is_reached_and_bands_nest(c in city()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let costs = net.costs(&Profile::general());
        let home = places(&net, &c.homes[..1]);
        let limits = [10_000, 20_000, 40_000];
        let pieces = reach(&net, &costs, home.doors(0), false, limits[2], &mut Local::default());
        let bands = polygons(&net, &pieces, &limits, &Drawing::default(), &mut Canvas::default()).unwrap();
        let holds = |band: usize, p| {
            bands[band].iter().any(|g| in_ring(p, &g.outer) && !g.holes.iter().any(|h| in_ring(p, h)))
        };
        for p in &pieces {
            for (at, cm) in piece_line(&net, p) {
                let cost = p.cost + cm.abs_diff(p.from_cm);
                for (band, &limit) in limits.iter().enumerate() {
                    if cost <= limit {
                        prop_assert!(holds(band, at), "a reached point lies outside band {band}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_far_from_every_reached_street_lies_outside(c in city(), x in 0i32..60_000, y in 0i32..60_000) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let costs = net.costs(&Profile::general());
        let home = places(&net, &c.homes[..1]);
        let pieces = reach(&net, &costs, home.doors(0), false, 20_000, &mut Local::default());
        let drawing = Drawing { min_hole_m2: 0.0, ..Drawing::default() };
        let bands = polygons(&net, &pieces, &[20_000], &drawing, &mut Canvas::default()).unwrap();
        let p = walk::Point { lon: 1_132_990_000 + x, lat: 230_990_000 + y };
        let plane = walk::geo::Plane::at(p);
        let mut nearest = f64::MAX;
        for piece in &pieces {
            let line: Vec<_> = piece_line(&net, piece).iter().map(|(q, _)| plane.to_metres(*q)).collect();
            for w in line.windows(2) {
                nearest = nearest.min(walk::geo::project((0.0, 0.0), w[0], w[1]).1);
            }
        }
        let held = bands[0].iter().any(|g| in_ring(p, &g.outer) && !g.holes.iter().any(|h| in_ring(p, h)));
        // buffer 25 m, half a raster cell, tolerance 1 m, crossings held off the corners
        if nearest > 33.0 {
            prop_assert!(!held, "{nearest} m away but inside");
        }
        if nearest < 17.0 {
            prop_assert!(held, "{nearest} m away but outside");
        }
    }
}
