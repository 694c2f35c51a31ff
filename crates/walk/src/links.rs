//! The best new link: which gate or footbridge, opened, would save the most resident-minutes.
//!
//! [`propose`] names every pair of junctions whose link could save anything to anybody, and [`Linker::measure`] tells
//! exactly how much; the best of all measured is therefore the best link between two junctions. Links that would end
//! between junctions are not proposed, and savings of several links do not add up: after one is built, measure anew.
//!
//! ```
//! use walk::links::{Linker, Need, propose};
//! use walk::nearest::{Scratch, Table};
//! let town = walk::synth::city(&walk::synth::Plan::of_area(42, 0.5)?)?;
//! let costs = town.net.costs(&walk::Profile::general());
//! let (net, homes) = (&town.net, &town.buildings);
//! let market = town.class("market").ok_or(walk::Error::EmptyNetwork)?;
//! let table = Table::compute(net, &costs, &market.places, 1, 99_000, &mut Scratch::default());
//! let nearest = table.answers(net, &costs, &homes.places);
//! let needs = [Need { table: &table, nearest: &nearest }];
//! let mut linker = Linker::new(net, &costs, &homes.places);
//! let links = propose(net, &costs, &needs, 100.0);
//! let measured = links.iter().map(|l| linker.measure(net, &costs, &needs, &homes.residents, l));
//! assert!(measured.max_by_key(|s| s.saved).is_some());
//! # Ok::<(), walk::Error>(())
//! ```

use crate::around::Around;
use crate::geo::length_cm;
use crate::grid::PointGrid;
use crate::local::Local;
use crate::nearest::Table;
use crate::network::{Costs, Door, Network, Places};
use crate::profile::{BARRED, Cost};
use crate::search::{Label, NONE, cost_of};

/// A link that could be made between two places on the network, walkable both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// One end.
    pub from: Door,
    /// The other.
    pub to: Door,
    /// Its cost in paced centimetres.
    pub cost: Cost,
}

/// A link with what it would save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saving {
    /// The link.
    pub link: Link,
    /// Sum over residents and classes of paced centimetres saved. Who reached none before is counted as having
    /// walked the limit.
    pub saved: u64,
    /// Residents (counted once per class) who gain a class within the limit.
    pub gained: u64,
}

/// One class of the comparison.
#[derive(Debug)]
pub struct Need<'a> {
    /// Labels of the class.
    pub table: &'a Table,
    /// Nearest facility of every place, from the same table.
    pub nearest: &'a [Label],
}

/// Measures links against the present state.
#[derive(Debug)]
pub struct Linker {
    around: Around,
    local: Local,
}

impl Linker {
    /// Lays out the places.
    #[must_use]
    pub fn new(net: &Network, costs: &Costs, places: &Places) -> Self {
        Self { around: Around::new(net, costs, places), local: Local::default() }
    }

    /// What one link would save. Exact: a shortest walk uses a new link at most once, so it is the best of the old
    /// walk and of a walk to one end, over the link, and on by the old labels from the other.
    pub fn measure(
        &mut self,
        net: &Network,
        costs: &Costs,
        needs: &[Need],
        residents: &[u32],
        link: &Link,
    ) -> Saving {
        let mut out = Saving { link: *link, saved: 0, gained: 0 };
        let mut slot = vec![NONE; 16];
        for need in needs {
            let limit = need.table.limit();
            self.around.forget();
            let mut seeds: Vec<(u32, Cost)> = Vec::new();
            let mut direct: Vec<(Door, Cost)> = Vec::new();
            for (here, there) in [(link.from, link.to), (link.to, link.from)] {
                need.table.answer(net, costs, std::slice::from_ref(&there), &mut slot);
                let Some(&best) = slot.first().filter(|&&l| l != NONE) else { continue };
                // both doors' own accesses belong to the link's cost
                let over = cost_of(best).saturating_add(link.cost);
                let Some(e) = net.edges.get(here.edge as usize) else { continue };
                let (a, b) = costs.ends(net, &here, true);
                for (node, c) in [(e.a, a), (e.b, b)] {
                    if c != BARRED {
                        seeds.push((node, c.saturating_add(over)));
                    }
                }
                direct.push((here, over));
            }
            let bound = |node: u32| need.table.at_node(node).first().map_or(BARRED, |&l| (l >> 32) as Cost);
            self.local.run_below(net, costs.towards(), &seeds, limit, bound);
            self.around.collect(&self.local, limit);
            for (door, over) in direct {
                self.around.same_edge(net, costs, &door, over, limit);
            }
            for &p in self.around.found() {
                let old = need.nearest.get(p as usize).copied().unwrap_or(NONE);
                let before = if old == NONE { limit } else { cost_of(old) };
                let r = u64::from(residents.get(p as usize).copied().unwrap_or(0));
                let now = self.around.cost(p);
                if now < before {
                    out.saved += r * u64::from(before - now);
                }
                if old == NONE {
                    out.gained += r;
                }
            }
        }
        out
    }
}

/// Pairs of junctions at most `max_m` metres apart in a straight line whose labels differ by more than the link
/// would cost, for some class: all others save nothing to anybody. Best prospects first.
#[must_use]
pub fn propose(net: &Network, costs: &Costs, needs: &[Need], max_m: f64) -> Vec<Link> {
    let grid = PointGrid::new(&net.nodes, max_m.max(10.0));
    let mut out: Vec<(u64, Link)> = Vec::new();
    for u in 0..net.nodes.len() as u32 {
        for (v, cm) in grid.within(net.nodes[u as usize], max_m) {
            if v <= u {
                continue;
            }
            let cost = cm.max(1);
            let mut promise = 0u64;
            for need in needs {
                let limit = need.table.limit();
                let at = |n: u32| {
                    need.table.at_node(n).first().filter(|&&l| l != NONE).map_or(limit, |&l| cost_of(l))
                };
                promise += u64::from(at(u).abs_diff(at(v)).saturating_sub(cost));
            }
            if promise == 0 {
                continue;
            }
            if let (Some(from), Some(to)) = (open_door(net, costs, u), open_door(net, costs, v)) {
                out.push((promise, Link { from, to, cost }));
            }
        }
    }
    out.sort_by_key(|(promise, l)| (std::cmp::Reverse(*promise), l.from, l.to));
    out.into_iter().map(|(_, l)| l).collect()
}

/// A door at a junction, on an edge that this profile can walk.
fn open_door(net: &Network, costs: &Costs, node: u32) -> Option<Door> {
    let range = net.first[node as usize] as usize..net.first[node as usize + 1] as usize;
    net.arcs[range].iter().find_map(|&arc| {
        let e = net.edges[(arc >> 1) as usize];
        let offset_cm = if arc & 1 == 0 { 0 } else { e.length_cm };
        let d = Door { edge: arc >> 1, offset_cm, access_cm: 0 };
        let (a, b) = costs.ends(net, &d, false);
        (a != BARRED || b != BARRED).then_some(d)
    })
}

/// A straight link between two doors, at the pace of level ground.
#[must_use]
pub fn straight_link(net: &Network, from: Door, to: Door) -> Link {
    let cost = length_cm(net.point_at(from.edge, from.offset_cm), net.point_at(to.edge, to.offset_cm)).max(1);
    Link { from, to, cost }
}
