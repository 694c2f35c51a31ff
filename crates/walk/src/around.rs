//! All places within a cost of one place: the sweep behind catchments, the gap finder and links.

use crate::local::Local;
use crate::network::{Costs, Door, Network, Places};
use crate::profile::{BARRED, Cost};

/// Places laid out by junction and by edge, for one profile.
#[derive(Debug)]
pub struct Around {
    /// By junction: entries of `near`.
    first: Vec<u32>,
    /// Place, and its cost to the junction.
    near: Vec<(u32, Cost)>,
    /// By edge: entries of `on`.
    edge_first: Vec<u32>,
    on: Vec<(u32, Door)>,
    best: Vec<Cost>,
    found: Vec<u32>,
}

impl Around {
    /// Lays out places. Costs are those of walking from the places outwards.
    #[must_use]
    pub fn new(net: &Network, costs: &Costs, places: &Places) -> Self {
        let mut by_node: Vec<(u32, u32, Cost)> = Vec::with_capacity(places.doors.len() * 2);
        let mut by_edge: Vec<(u32, u32, Door)> = Vec::with_capacity(places.doors.len());
        for p in 0..places.len() as u32 {
            for d in places.doors(p) {
                let Some(e) = net.edges.get(d.edge as usize) else { continue };
                let (a, b) = costs.ends(net, d, false);
                for (node, c) in [(e.a, a), (e.b, b)] {
                    if c != BARRED {
                        by_node.push((node, p, c));
                    }
                }
                by_edge.push((d.edge, p, *d));
            }
        }
        by_node.sort_unstable();
        by_edge.sort_unstable();
        let offsets = |n: usize, keys: &mut dyn Iterator<Item = u32>| {
            let mut first = vec![0u32; n + 1];
            keys.for_each(|k| first[k as usize + 1] += 1);
            for i in 1..first.len() {
                first[i] += first[i - 1];
            }
            first
        };
        Self {
            first: offsets(net.nodes.len(), &mut by_node.iter().map(|x| x.0)),
            near: by_node.iter().map(|x| (x.1, x.2)).collect(),
            edge_first: offsets(net.edges.len(), &mut by_edge.iter().map(|x| x.0)),
            on: by_edge.iter().map(|x| (x.1, x.2)).collect(),
            best: vec![BARRED; places.len()],
            found: Vec::new(),
        }
    }

    /// Finds every place from which one of the doors is reached within `limit`.
    pub fn gather(&mut self, net: &Network, costs: &Costs, doors: &[Door], limit: Cost, local: &mut Local) {
        local.run(net, costs, doors, true, limit);
        self.forget();
        self.collect(local, limit);
        for d in doors {
            self.same_edge(net, costs, d, 0, limit);
        }
    }

    /// Clears what was found before.
    pub(crate) fn forget(&mut self) {
        for &p in &self.found {
            self.best[p as usize] = BARRED;
        }
        self.found.clear();
    }

    /// Takes in the places at the junctions that a search reached.
    pub(crate) fn collect(&mut self, local: &Local, limit: Cost) {
        for &u in local.reached() {
            let c = local.cost(u);
            let range = self.first[u as usize] as usize..self.first[u as usize + 1] as usize;
            for &(place, extra) in &self.near[range] {
                let slot = &mut self.best[place as usize];
                let new = c.saturating_add(extra);
                if new <= limit && new < *slot {
                    if *slot == BARRED {
                        self.found.push(place);
                    }
                    *slot = new;
                }
            }
        }
    }

    /// Takes in the places on the door's own edge that walk along it, with `more` cost behind the door.
    pub(crate) fn same_edge(&mut self, net: &Network, costs: &Costs, d: &Door, more: Cost, limit: Cost) {
        let e = d.edge as usize;
        let (Some(&s), Some(&t)) = (self.edge_first.get(e), self.edge_first.get(e + 1)) else { return };
        for i in s as usize..t as usize {
            let (place, door) = self.on[i];
            let new = costs.along(net, &door, d).saturating_add(more);
            let slot = &mut self.best[place as usize];
            if new <= limit && new < *slot {
                if *slot == BARRED {
                    self.found.push(place);
                }
                *slot = new;
            }
        }
    }

    /// Places found, in no order.
    #[must_use]
    pub fn found(&self) -> &[u32] {
        &self.found
    }
    /// Cost of a place found; [`BARRED`] for others.
    #[must_use]
    pub fn cost(&self, place: u32) -> Cost {
        self.best.get(place as usize).copied().unwrap_or(BARRED)
    }
}
