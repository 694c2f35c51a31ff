//! A measured link against the network with the link built in.

use crate::common::{city, places};
use proptest::prelude::*;
use walk::access::Traits;
use walk::build::from_lines;
use walk::geo::length_cm;
use walk::links::{Linker, Need, propose, straight_link};
use walk::nearest::{Scratch, Table};
use walk::search::{NONE, cost_of};
use walk::{Door, Places, Point, Profile};

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_link_saves_what_rebuilding_saves(c in city(), u in any::<u32>(), v in any::<u32>()) {
        let one_way = Traits::FORWARD_ONLY | Traits::BACKWARD_ONLY;
        let lines: Vec<_> = c.lines.iter().map(|(l, t)| (l.clone(), Traits(t.0 & !one_way))).collect();
        let Ok(net) = from_lines(&c.points, &[], &lines, None) else { return Ok(()) };
        let profile = Profile::general();
        let costs = net.costs(&profile);
        let (u, v) = (u % net.nodes.len() as u32, v % net.nodes.len() as u32);
        if net.nodes[u as usize] == net.nodes[v as usize] {
            return Ok(());
        }
        let (from, to) = (net.door_of_node(u).unwrap(), net.door_of_node(v).unwrap());
        let (homes, facilities) = (places(&net, &c.homes), places(&net, &c.facilities));
        let s = &mut Scratch::default();
        let t = Table::compute(&net, &costs, &facilities, 1, c.limit, s);
        let nearest = t.answers(&net, &costs, &homes);
        let residents: Vec<u32> = (1..=homes.len() as u32).collect();
        let needs = [Need { table: &t, nearest: &nearest }];
        let link = straight_link(&net, from, to);
        let got = Linker::new(&net, &costs, &homes).measure(&net, &costs, &needs, &residents, &link);

        // the same junctions and edges as points and lines, with the link as one more line
        let mut points: Vec<Point> = net.nodes.clone();
        let mut lines: Vec<(Vec<u32>, Traits)> = Vec::new();
        let mut at: Vec<Vec<(u32, u32)>> = Vec::new(); // per edge: point and its centimetres
        for e in 0..net.edges.len() as u32 {
            let edge = net.edges[e as usize];
            let mut list = vec![(edge.a, 0)];
            for i in net.shape_range(e) {
                points.push(net.shape[i]);
                list.push((points.len() as u32 - 1, net.shape_cm[i]));
            }
            list.push((edge.b, edge.length_cm));
            lines.push((list.iter().map(|x| x.0).collect(), edge.traits));
            at.push(list);
        }
        lines.push((vec![u, v], Traits::default()));
        let built = from_lines(&points, &[], &lines, None).unwrap();
        let costs2 = built.costs(&profile);
        // where a door of the old network lies on the new one: by the segment's two points
        let mut place_of = std::collections::HashMap::new();
        for e in 0..built.edges.len() as u32 {
            let edge = built.edges[e as usize];
            let mut ids = vec![(built.node_ids[edge.a as usize], 0)];
            ids.extend(built.shape_range(e).map(|i| (built.shape_ids[i], built.shape_cm[i])));
            ids.push((built.node_ids[edge.b as usize], edge.length_cm));
            for w in ids.windows(2) {
                place_of.insert((w[0].0, w[1].0), (e, w[0].1, true));
                place_of.insert((w[1].0, w[0].0), (e, w[1].1, false));
            }
        }
        let moved = |p: &Places| {
            Places::single(p.doors.iter().map(|d| {
                let list = &at[d.edge as usize];
                let i = list.windows(2).position(|w| d.offset_cm <= w[1].1).unwrap();
                let (x, y) = (list[i], list[i + 1]);
                let (edge, base, up) = place_of[&(i64::from(x.0), i64::from(y.0))];
                let part = d.offset_cm - x.1;
                let offset_cm = if up { base + part } else { base - part };
                Door { edge, offset_cm, access_cm: d.access_cm }
            }).collect())
        };
        // parallel ways between the same two points make the map above ambiguous
        let mut pairs: Vec<(u32, u32)> =
            at.iter().flat_map(|l| l.windows(2)).map(|w| (w[0].0.min(w[1].0), w[0].0.max(w[1].0))).collect();
        pairs.push((u.min(v), u.max(v)));
        pairs.sort_unstable();
        if pairs.windows(2).any(|w| w[0] == w[1]) {
            return Ok(());
        }
        let t2 = Table::compute(&built, &costs2, &moved(&facilities), 1, c.limit, s);
        let after = t2.answers(&built, &costs2, &moved(&homes));
        let cost = |l: u64| if l == NONE { c.limit } else { cost_of(l) };
        let want: u64 = (0..homes.len())
            .map(|i| u64::from(residents[i]) * u64::from(cost(nearest[i]).saturating_sub(cost(after[i]))))
            .sum();
        // steps are allowed in the general profile, so lengths are plain and nothing rounds
        prop_assert_eq!(got.saved, want);
        prop_assert_eq!(link.cost, length_cm(net.nodes[u as usize], net.nodes[v as usize]).max(1));
        // and what is not proposed saves nothing
        let proposed = propose(&net, &costs, &needs, 1e5);
        if got.saved > 0 {
            let among = proposed.iter().any(|l| {
                let p = |d: Door| net.point_at(d.edge, d.offset_cm);
                let (a, b) = (p(l.from), p(l.to));
                let (x, y) = (net.nodes[u as usize], net.nodes[v as usize]);
                (a, b) == (x, y) || (a, b) == (y, x)
            });
            prop_assert!(among);
        }
    }
}
