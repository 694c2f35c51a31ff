//! Bounded searches from one place, with memory that is used again: only what was touched is cleared.

use crate::network::{Arc, Costs, Door, Network};
use crate::profile::{BARRED, Cost};
use crate::search::{Buckets, cost_of, label};

/// Memory of searches from single places over one network.
#[derive(Debug, Default)]
pub struct Local {
    cost: Vec<Cost>,
    touched: Vec<u32>,
    q: Buckets,
}

impl Local {
    /// Searches from a place up to `limit`. With `towards`, costs are those of walking **to** the place (they
    /// differ only where walking is one-way or a wait is met at one side).
    pub fn run(&mut self, net: &Network, costs: &Costs, doors: &[Door], towards: bool, limit: Cost) {
        self.clear(net.nodes.len());
        for d in doors {
            let Some(e) = net.edges.get(d.edge as usize) else { continue };
            let (a, b) = costs.ends(net, d, towards);
            self.seed(&[(e.a, a), (e.b, b)], limit);
        }
        let arcs = if towards { costs.towards() } else { &costs.out };
        self.spread(&net.first, arcs, limit, |_| BARRED);
    }

    /// Searches from junctions with costs given, going on only where it stays below a bound.
    pub(crate) fn run_below(
        &mut self,
        net: &Network,
        arcs: &[Arc],
        seeds: &[(u32, Cost)],
        limit: Cost,
        bound: impl Fn(u32) -> Cost,
    ) {
        self.clear(net.nodes.len());
        for &(node, c) in seeds {
            if c < bound(node) {
                self.seed(&[(node, c)], limit);
            }
        }
        self.spread(&net.first, arcs, limit, bound);
    }

    fn clear(&mut self, nodes: usize) {
        if self.cost.len() == nodes {
            for &u in &self.touched {
                self.cost[u as usize] = BARRED;
            }
        } else {
            self.cost = vec![BARRED; nodes];
        }
        self.touched.clear();
        self.q.reset();
    }

    fn seed(&mut self, seeds: &[(u32, Cost)], limit: Cost) {
        for &(node, c) in seeds {
            let slot = &mut self.cost[node as usize];
            if c <= limit && c < *slot {
                if *slot == BARRED {
                    self.touched.push(node);
                }
                *slot = c;
                self.q.push(label(c, 0), node);
            }
        }
    }

    fn spread(&mut self, first: &[u32], arcs: &[Arc], limit: Cost, bound: impl Fn(u32) -> Cost) {
        while let Some((l, u)) = self.q.pop() {
            let c = cost_of(l);
            if self.cost[u as usize] != c {
                continue;
            }
            for arc in &arcs[first[u as usize] as usize..first[u as usize + 1] as usize] {
                let new = c.saturating_add(arc.cost);
                let slot = &mut self.cost[arc.head as usize];
                if new <= limit && new < *slot && new < bound(arc.head) {
                    if *slot == BARRED {
                        self.touched.push(arc.head);
                    }
                    *slot = new;
                    self.q.push(label(new, 0), arc.head);
                }
            }
        }
    }

    /// Cost of a junction; [`BARRED`] beyond the limit.
    #[must_use]
    pub fn cost(&self, node: u32) -> Cost {
        self.cost.get(node as usize).copied().unwrap_or(BARRED)
    }
    /// Junctions within the limit, in no order.
    #[must_use]
    pub fn reached(&self) -> &[u32] {
        &self.touched
    }
}
