//! Nearest-k against brute force (Floyd–Warshall over every point of the network) on random networks.

use crate::common::{city, places};
use proptest::prelude::*;
use walk::access::Traits;
use walk::build::from_lines;
use walk::geo::length_cm;
use walk::nearest::{Scratch, Table, walk};
use walk::search::{NONE, cost_of, label};
use walk::{BARRED, Costs, Door, Network, Profile};

/// All-pairs costs between junctions, from the edges alone.
fn all_pairs(net: &Network, profile: &Profile) -> Vec<Vec<u64>> {
    let n = net.nodes.len();
    let far = u64::MAX / 4;
    let mut d = vec![vec![far; n]; n];
    for (i, row) in d.iter_mut().enumerate() {
        row[i] = 0;
    }
    for e in &net.edges {
        let Some(pace) = profile.pace(e.traits) else { continue };
        let (x, y) = (profile.half_stop(net.stops[e.a as usize]), profile.half_stop(net.stops[e.b as usize]));
        if x == BARRED || y == BARRED {
            continue;
        }
        let c = (u64::from(e.length_cm) * u64::from(pace) + 500) / 1_000
            + u64::from(x)
            + u64::from(y)
            + 2 * u64::from(profile.half_fixed(e.traits));
        let c = c.max(1);
        let (a, b) = (e.a as usize, e.b as usize);
        if a != b {
            if !e.traits.has(Traits::BACKWARD_ONLY) {
                d[a][b] = d[a][b].min(c);
            }
            if !e.traits.has(Traits::FORWARD_ONLY) {
                d[b][a] = d[b][a].min(c);
            }
        }
    }
    for m in 0..n {
        for i in 0..n {
            for j in 0..n {
                d[i][j] = d[i][j].min(d[i][m] + d[m][j]);
            }
        }
    }
    d
}

fn brute(net: &Network, costs: &Costs, d: &[Vec<u64>], home: &Door, facility: &Door) -> Option<u64> {
    let (e, g) = (&net.edges[home.edge as usize], &net.edges[facility.edge as usize]);
    let (ha, hb) = costs.ends(net, home, false);
    let (fa, fb) = costs.ends(net, facility, true);
    let mut best = u64::MAX / 8;
    for (u, x) in [(e.a, ha), (e.b, hb)] {
        for (v, y) in [(g.a, fa), (g.b, fb)] {
            if x != BARRED && y != BARRED {
                best = best.min(u64::from(x) + d[u as usize][v as usize] + u64::from(y));
            }
        }
    }
    let direct = costs.along(net, home, facility);
    if direct != BARRED {
        best = best.min(u64::from(direct));
    }
    (best < u64::MAX / 8).then_some(best)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn nearest_k_equals_brute_force(c in city()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let profile = &Profile::all()[c.profile];
        let costs = net.costs(profile);
        let (homes, facilities) = (places(&net, &c.homes), places(&net, &c.facilities));
        let t = Table::compute(&net, &costs, &facilities, c.k, c.limit, &mut Scratch::default());
        let got = t.answers(&net, &costs, &homes);
        let d = all_pairs(&net, profile);
        for h in 0..homes.len() as u32 {
            let door = &homes.doors(h)[0];
            let mut want: Vec<u64> = (0..facilities.len() as u32)
                .filter_map(|f| Some((brute(&net, &costs, &d, door, &facilities.doors(f)[0])?, f)))
                .filter(|(cost, _)| *cost <= u64::from(c.limit))
                .map(|(cost, f)| label(cost as u32, f))
                .collect();
            want.sort_unstable();
            want.resize(c.k.max(want.len()), NONE);
            want.truncate(c.k);
            let mine = &got[h as usize * c.k..(h as usize + 1) * c.k];
            prop_assert_eq!(mine, &want[..]);
            // each answer has a walk of exactly its cost
            for &l in mine.iter().filter(|&&l| l != NONE) {
                let w = walk(&net, &costs, &t, homes.doors(h), l);
                prop_assert!(w.is_some());
                prop_assert_eq!(w.map(|w| w.cost), Some(cost_of(l)));
            }
        }
    }

    #[test]
    fn contraction_keeps_every_length(c in city()) {
        let Ok(net) = from_lines(&c.points, &c.stops, &c.lines, None) else { return Ok(()) };
        let mut total = 0u64;
        for (line, _) in &c.lines {
            for w in line.windows(2).filter(|w| w[0] != w[1]) {
                total += u64::from(length_cm(c.points[w[0] as usize], c.points[w[1] as usize]).max(1));
            }
        }
        prop_assert_eq!(net.edges.iter().map(|e| u64::from(e.length_cm)).sum::<u64>(), total);
        for e in 0..net.edges.len() as u32 {
            let cms: Vec<u32> = net.line(e).map(|(_, cm)| cm).collect();
            prop_assert!(cms.windows(2).all(|w| w[0] < w[1]), "{:?}", cms);
        }
    }
}
