//! Scores and catchments against sums done by hand.

use crate::common::{city, places};
use proptest::prelude::*;
use walk::build::from_lines;
use walk::catchment::{Decay, two_step};
use walk::nearest::{Scratch, Table, Verdict, to_frontier, verdict};
use walk::score::{
    Counts, Measured, beside, by_area, complete_by_area, quantile_by_area, sensitivity, straight_lines,
};
use walk::search::{NONE, label};
use walk::{BARRED, Buildings, Class, Places, Point, Profile};

fn buildings(residents: &[u32], area: &[u32]) -> Buildings {
    Buildings {
        ids: residents.iter().map(|r| r.to_string()).collect(),
        points: (0i32..).take(residents.len()).map(|i| Point { lon: i * 10_000, lat: 0 }).collect(),
        places: Places::of(residents.iter().map(|_| Vec::new())),
        residents: residents.to_vec(),
        area: area.to_vec(),
    }
}

fn measured(costs: &[u32], frontier: &[u32], limit: u32) -> Measured {
    let nearest = costs.iter().map(|&c| if c == BARRED { NONE } else { label(c, 0) }).collect();
    Measured { nearest, frontier: frontier.to_vec(), limit, required: true }
}

#[test]
fn residents_are_counted_and_the_unknown_apart() {
    let b = buildings(&[10, 20, 30, 40], &[0, 0, 1, u32::MAX]);
    let m = measured(&[50, 150, BARRED, BARRED], &[BARRED, BARRED, 80, BARRED], 100);
    let c = by_area(&b, 2, &m);
    assert_eq!(c[0], Counts { within: 10, beyond: 20, unknown: 0 });
    assert_eq!(c[1], Counts { within: 0, beyond: 0, unknown: 30 });
    assert_eq!(c[2], Counts { within: 0, beyond: 40, unknown: 0 });
    assert_eq!(c[0].permille(), Some(333));
    assert!(c[0].reaches(333) && !c[0].reaches(334));
    assert_eq!(verdict(NONE, 80, 100), Verdict::Unknown);
    let all = measured(&[1, 1, 1, 1], &[BARRED; 4], 100);
    let both = complete_by_area(&b, 2, &[m.clone(), all]);
    assert_eq!(both[..2], c[..2]);
    assert_eq!(quantile_by_area(&b, 2, &m.nearest, 500)[0], Some(150));
    assert_eq!(quantile_by_area(&b, 2, &m.nearest, 333)[0], Some(50));
    assert_eq!(quantile_by_area(&b, 2, &m.nearest, 500)[1], None);
}

#[test]
fn beyond_the_edge_and_off_every_path_is_unknown_never_no() {
    let at = |x| Point { lon: 1_133_000_000 + x, lat: 231_000_000 };
    let t = walk::access::Traits::default();
    let bounds = walk::Bounds {
        min: Point { lat: 230_990_000, ..at(-1_000) },
        max: Point { lat: 231_010_000, ..at(100_000) },
    };
    let points: Vec<Point> = (0..=300).map(|i| at(i * 1_000)).collect();
    let net = from_lines(&points, &[], &[((0..=300).collect(), t)], Some(bounds)).unwrap();
    let costs = net.costs(&Profile::general());
    let door = |metres: u32| vec![walk::Door { edge: 0, offset_cm: metres * 100, access_cm: 0 }];
    // in the middle of the map, near its end, far beyond it, and without any path
    let homes = Places::of([door(100), door(950), door(2_800), Vec::new()]);
    let ends = to_frontier(&net, &costs, &homes, 30_000, &mut Scratch::default());
    let v: Vec<Verdict> = ends.iter().map(|&e| verdict(NONE, e, 30_000)).collect();
    assert_eq!(v, [Verdict::Beyond, Verdict::Unknown, Verdict::Unknown, Verdict::Unknown], "{ends:?}");
}

#[test]
fn the_count_moves_with_limit_and_share() {
    let b = buildings(&[90, 10, 50, 50], &[0, 0, 1, 1]);
    let m = measured(&[100, 130, 90, 210], &[BARRED; 4], 100);
    let t = sensitivity(&b, 2, &[m], &[800, 1_000, 1_300, 2_100], &[500, 900, 1_000]);
    assert_eq!(t.areas, 2);
    assert_eq!(t.complete, [vec![0, 0, 0], vec![2, 1, 0], vec![2, 1, 1], vec![2, 2, 2]]);
}

#[test]
fn straight_line_beside_network() {
    let b = buildings(&[10, 10], &[0, 0]);
    let straight = straight_lines(&b.points, &[b.points[0]], 10_000.0);
    assert_eq!(straight[0], Some(0));
    let far = straight[1].unwrap();
    let m = measured(&[0, far * 2], &[BARRED; 2], far);
    let s = beside(&b, 1, &m, &straight)[0];
    assert_eq!((s.residents, s.network, s.straight), (20, 10, 20));
    assert!(s.detour_permille().unwrap().abs_diff(2_000) < 20);
}

proptest! {
    #[test]
    fn two_steps_by_hand(c in city(), zones in any::<bool>()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let costs = net.costs(&Profile::all()[c.profile]);
        let (homes, facilities) = (places(&net, &c.homes), places(&net, &c.facilities));
        let (n, f) = (homes.len(), facilities.len());
        let mut b = buildings(&(1..=n as u32).collect::<Vec<_>>(), &vec![0; n]);
        b.places = homes.clone();
        let class = Class {
            name: "seats".into(),
            ids: vec![String::new(); f],
            points: vec![Point::default(); f],
            places: facilities.clone(),
            capacity: (0..f as u32).map(|i| 10 + i).collect(),
        };
        let limit = c.limit.min(100_000);
        let decay = if zones { Decay::Zones(vec![1.0, 0.68, 0.22]) } else { Decay::Gaussian };
        let got = two_step(&net, &costs, &b, &b.residents, &class, limit, &decay);
        let all = Table::compute(&net, &costs, &facilities, 16, limit, &mut Scratch::default());
        let answers = all.answers(&net, &costs, &homes);
        let cost = |h: usize, g: usize| {
            answers[h * 16..][..16].iter().find(|&&l| l != NONE && l as u32 == g as u32).map(|l| (l >> 32) as u32)
        };
        let weight = |h, g| cost(h, g).map_or(0.0, |c| decay.weight(c, limit));
        let ratio: Vec<f64> = (0..f)
            .map(|g| {
                let sum: f64 = (0..n).map(|h| f64::from(b.residents[h]) * weight(h, g)).sum();
                if sum > 0.0 { f64::from(class.capacity[g]) / sum } else { 0.0 }
            })
            .collect();
        for h in 0..n {
            let want: f64 = (0..f).map(|g| ratio[g] * weight(h, g)).sum();
            prop_assert!((got.access[h] - want).abs() < 1e-9 * (1.0 + want), "{} {want}", got.access[h]);
        }
    }

    #[test]
    fn where_the_map_ends_is_found_by_brute_force(c in city()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let costs = net.costs(&Profile::general());
        let homes = places(&net, &c.homes);
        let s = &mut Scratch::default();
        let got = to_frontier(&net, &costs, &homes, 400_000, s);
        for h in 0..homes.len() as u32 {
            let mut want = BARRED;
            for d in &net.frontier {
                let t = Table::compute(&net, &costs, &Places::single(vec![*d]), 1, 400_000, s);
                let mut one = [NONE];
                t.answer(&net, &costs, homes.doors(h), &mut one);
                want = want.min((one[0] >> 32) as u32);
            }
            let home = homes.doors(h)[0];
            if net.bounds.is_some_and(|b| !b.contains(net.point_at(home.edge, home.offset_cm))) {
                want = 0; // it stands beyond the edge itself
            }
            prop_assert_eq!(got[h as usize], want);
        }
    }
}
