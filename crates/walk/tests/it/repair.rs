//! Repair equals recomputation, label by label, over random runs of changes.

use crate::common::{city, places};
use proptest::prelude::*;
use walk::build::from_lines;
use walk::nearest::{Prepared, Scratch, Table};
use walk::{Places, Profile};

#[derive(Debug, Clone)]
enum Change {
    Open(u32, u32, u32),
    Close(u32),
    Edge(u32, bool),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(f, e, o)| Change::Open(f, e, o)),
        any::<u32>().prop_map(Change::Close),
        (any::<u32>(), any::<bool>()).prop_map(|(e, shut)| Change::Edge(e, shut)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn repair_equals_recomputation(c in city(), changes in prop::collection::vec(change(), 1..12)) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        prop_assume!(!c.facilities.is_empty());
        let mut costs = net.costs(&Profile::all()[c.profile]);
        let homes = places(&net, &c.homes);
        let n = c.facilities.len() as u32;
        let mut doors: Vec<_> = {
            let p = places(&net, &c.facilities);
            (0..n).map(|f| p.doors(f).to_vec()).collect()
        };
        let mut open = vec![true; n as usize];
        let s = &mut Scratch::default();
        let mut t = Table::compute(&net, &costs, &Places::of(doors.clone()), c.k, c.limit, s);
        let mut answers = t.answers(&net, &costs, &homes);
        for change in &changes {
            let touched = match *change {
                Change::Open(f, e, o) => {
                    let f = f % n;
                    let edge = e % net.edges.len() as u32;
                    let offset_cm = o % (net.edges[edge as usize].length_cm + 1);
                    doors[f as usize] = vec![walk::Door { edge, offset_cm, access_cm: o % 500 }];
                    open[f as usize] = true;
                    t.open(&net, &costs, f, &doors[f as usize], s)
                }
                Change::Close(f) => {
                    open[(f % n) as usize] = false;
                    t.close(&net, &costs, f % n, s)
                }
                Change::Edge(e, shut) => {
                    let e = e % net.edges.len() as u32;
                    costs.set_closed(&net, e, shut);
                    t.edge_changed(&net, &costs, e, s)
                }
            };
            let fresh = Table::compute_open(&net, &costs, &Places::of(doors.clone()), &open, c.k, c.limit, s);
            for node in 0..net.nodes.len() as u32 {
                prop_assert_eq!(t.at_node(node), fresh.at_node(node), "{:?} at {}", change, node);
            }
            prop_assert_eq!(&t, &fresh);
            // and what it says it touched is enough to bring the answers up to date
            let edges = touched.all_edges(&net);
            for h in 0..homes.len() as u32 {
                if homes.doors(h).iter().any(|d| edges.binary_search(&d.edge).is_ok()) {
                    let slot = &mut answers[h as usize * c.k..(h as usize + 1) * c.k];
                    t.answer(&net, &costs, homes.doors(h), slot);
                }
            }
            prop_assert_eq!(&answers, &fresh.answers(&net, &costs, &homes));
            // the quick way for many places agrees with the plain one
            let mut quick = Vec::new();
            Prepared::new(&net, &costs, &homes).nearest(&net, &costs, &fresh, &mut quick);
            let firsts: Vec<_> = answers.iter().step_by(c.k).copied().collect();
            prop_assert_eq!(quick, firsts);
        }
    }
}

/// The same on whole streets: 600 changes in a synthetic city of several patches' breadth, one after the other.
#[test]
fn a_city_repaired_six_hundred_times_is_a_city_computed() {
    let town = walk::synth::city(&walk::synth::Plan::of_area(9, 1.5).unwrap()).unwrap();
    let (net, class) = (&town.net, town.class("shop").unwrap());
    let mut costs = net.costs(&Profile::elder());
    let limit = costs.profile.cost_of_minutes(15);
    let n = class.places.len() as u32;
    let mut doors: Vec<_> = (0..n).map(|f| class.places.doors(f).to_vec()).collect();
    let mut open = vec![true; n as usize];
    let s = &mut Scratch::default();
    let mut t = Table::compute(net, &costs, &class.places, 2, limit, s);
    let mut h = 1u64;
    let mut shut = std::collections::BTreeSet::new();
    for step in 0..600 {
        h = (h ^ step).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
        let (f, edge) = ((h % u64::from(n)) as u32, (h >> 20) as u32 % net.edges.len() as u32);
        match step % 5 {
            0 => {
                open[f as usize] = false;
                t.close(net, &costs, f, s);
            }
            1 | 2 => {
                let offset_cm = (h >> 40) as u32 % (net.edges[edge as usize].length_cm + 1);
                doors[f as usize] = vec![walk::Door { edge, offset_cm, access_cm: 100 }];
                open[f as usize] = true;
                t.open(net, &costs, f, &doors[f as usize], s);
            }
            3 => {
                shut.insert(edge);
                costs.set_closed(net, edge, true);
                t.edge_changed(net, &costs, edge, s);
            }
            _ => {
                let edge = shut.pop_first().unwrap_or(edge);
                costs.set_closed(net, edge, false);
                t.edge_changed(net, &costs, edge, s);
            }
        }
        if step % 20 == 19 {
            let fresh = Table::compute_open(net, &costs, &Places::of(doors.clone()), &open, 2, limit, s);
            assert!(t == fresh, "after {step} changes");
        }
    }
}

/// Many classes searched patch by patch give the tables that each gives alone.
#[test]
fn classes_together_are_classes_alone() {
    let town = walk::synth::city(&walk::synth::Plan::of_area(9, 1.5).unwrap()).unwrap();
    let costs = town.net.costs(&Profile::step_free());
    let s = &mut Scratch::default();
    let places: Vec<&Places> = town.classes.iter().map(|c| &c.places).collect();
    let together = Table::compute_all(&town.net, &costs, &places, 2, 60_000, s);
    for (t, p) in together.iter().zip(places) {
        assert!(*t == Table::compute(&town.net, &costs, p, 2, 60_000, s));
    }
}
