//! What people should mend in the map: islands, ends that nearly touch, houses far from any path.

use crate::city::City;
use crate::geo::Point;
use crate::index::Index;
use crate::network::Network;

/// A part of the network without a way to the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Island {
    /// Junctions and inner points of it.
    pub nodes: u32,
    /// One of its junctions.
    pub at: Point,
}

/// A dead end beside another way, most likely drawn without joining it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The dead end.
    pub at: Point,
    /// Identifier in the source.
    pub node_id: i64,
    /// Centimetres to the other way.
    pub gap_cm: u32,
}

/// The whole report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Parts of fewer than 200 nodes apart from the rest, largest first.
    pub islands: Vec<Island>,
    /// Dead ends within 3 m of another way.
    pub near_misses: Vec<NearMiss>,
    /// Buildings with their centimetres to the nearest path, when more than 100 m (`None`: none within 1 km).
    pub far_buildings: Vec<(u32, Option<u32>)>,
}

/// Parts smaller than this are islands.
pub const ISLAND_NODES: u32 = 200;
/// Dead ends nearer than this to another way are told, in metres.
pub const NEAR_MISS_M: f64 = 3.0;
/// Buildings farther than this from a path are told, in centimetres.
pub const FAR_CM: u32 = 10_000;

/// Number of the connected part of every junction, and the nodes (junctions and inner points) of each part.
#[must_use]
pub fn parts(net: &Network) -> (Vec<u32>, Vec<u32>) {
    let mut part = vec![u32::MAX; net.nodes.len()];
    let mut sizes = Vec::new();
    let mut stack = Vec::new();
    for start in 0..net.nodes.len() as u32 {
        if part[start as usize] != u32::MAX {
            continue;
        }
        let number = sizes.len() as u32;
        sizes.push(0);
        part[start as usize] = number;
        stack.push(start);
        while let Some(u) = stack.pop() {
            sizes[number as usize] += 1;
            for &arc in &net.arcs[net.first[u as usize] as usize..net.first[u as usize + 1] as usize] {
                let e = &net.edges[(arc >> 1) as usize];
                let head = if arc & 1 == 0 { e.b } else { e.a };
                if arc & 1 == 0 {
                    sizes[number as usize] += net.shape_range(arc >> 1).len() as u32;
                }
                if part[head as usize] == u32::MAX {
                    part[head as usize] = number;
                    stack.push(head);
                }
            }
        }
    }
    (part, sizes)
}

/// Looks at a city.
#[must_use]
pub fn report(city: &City) -> Report {
    let net = &city.net;
    let mut out = Report::default();
    let (part, sizes) = parts(net);
    let mut at: Vec<Option<Point>> = vec![None; sizes.len()];
    for (n, &p) in part.iter().enumerate() {
        at[p as usize].get_or_insert(net.nodes[n]);
    }
    for (&nodes, at) in sizes.iter().zip(at) {
        if nodes < ISLAND_NODES
            && let Some(at) = at
        {
            out.islands.push(Island { nodes, at });
        }
    }
    out.islands.sort_by_key(|i| std::cmp::Reverse(i.nodes));
    let index = Index::new(net);
    for n in 0..net.nodes.len() as u32 {
        let arcs = &net.arcs[net.first[n as usize] as usize..net.first[n as usize + 1] as usize];
        let [arc] = arcs else { continue };
        let at = net.nodes[n as usize];
        // ways that end here anyway lie at distance 0 along their own line: leave the own edge out
        let other = index.nearest_where(at, NEAR_MISS_M, |edge, _| edge != arc >> 1);
        if let Some(s) = other
            && !(s.door.access_cm == 0 && net.door_of_node(n).is_some_and(|d| d.edge == s.door.edge))
        {
            out.near_misses.push(NearMiss {
                at,
                node_id: net.node_ids[n as usize],
                gap_cm: s.door.access_cm,
            });
        }
    }
    for b in 0..city.buildings.len() as u32 {
        let near = city.buildings.places.doors(b).iter().map(|d| d.access_cm).min();
        if near.is_none_or(|cm| cm > FAR_CM) {
            let p = city.buildings.points[b as usize];
            let found = near.or_else(|| index.nearest(p, 1_000.0).map(|s| s.door.access_cm));
            out.far_buildings.push((b, found));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Traits;
    use crate::build::from_lines;
    use crate::city::Buildings;
    use crate::network::Places;

    #[test]
    fn islands_near_misses_and_far_houses() {
        let at = |x, y| Point { lon: 1_133_000_000 + x, lat: 231_000_000 + y };
        // a street, a path that stops 2 m short of it, a path far away
        let points = [
            at(0, 0),
            at(40_000, 0),
            at(20_000, 180),
            at(20_000, 9_000),
            at(90_000, 90_000),
            at(95_000, 90_000),
        ];
        let t = Traits::default();
        let net =
            from_lines(&points, &[], &[(vec![0, 1], t), (vec![2, 3], t), (vec![4, 5], t)], None).unwrap();
        let house = at(20_000, 25_000);
        let places = crate::index::snap_all(
            &Index::new(&net),
            &[house],
            &[],
            &crate::index::SnapRules::default(),
            "wgs84",
        )
        .unwrap();
        assert_eq!(Places::len(&places), 1);
        let b = Buildings {
            ids: vec!["h".into()],
            points: vec![house],
            places,
            residents: vec![3],
            area: vec![u32::MAX],
        };
        let r = report(&City { net, buildings: b, ..City::default() });
        assert_eq!(r.islands.len(), 3);
        assert_eq!(r.near_misses.len(), 1);
        assert!((150..250).contains(&r.near_misses[0].gap_cm), "{}", r.near_misses[0].gap_cm);
        assert_eq!(r.near_misses[0].node_id, 2);
        assert_eq!(r.far_buildings.len(), 1);
        assert!(r.far_buildings[0].1.is_some_and(|cm| (16_000..19_000).contains(&cm)));
    }
}
