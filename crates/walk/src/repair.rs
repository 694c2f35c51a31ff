//! Repair of a [`Table`] after one change, touching only what changes.
//!
//! Labels are unique (the least cost, then the lower owner), so a repaired table equals a fresh one bit by bit.
//! A facility opened spreads from its doors and stops where it no longer wins. One closed gives up its cell; the
//! cell is filled again from its rim. An edge made dearer takes away the labels that hung on it, in order of cost
//! (after Ramalingam and Reps, 1996), and fills the hole the same way.

use crate::nearest::{Scratch, Table};
use crate::network::{Costs, Door, Network};
use crate::profile::BARRED;
use crate::search::{Label, NONE, cost_of, improve, label, owner_of, spread_telling};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What a repair touched: answers of places on these edges, and on the edges at these junctions, may have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Junctions, in order, each once.
    pub nodes: Vec<u32>,
    /// Edges on which a facility came or went, or that were closed or opened.
    pub edges: Vec<u32>,
}

impl Touched {
    fn finish(mut self) -> Self {
        self.nodes.sort_unstable();
        self.nodes.dedup();
        self.edges.sort_unstable();
        self.edges.dedup();
        self
    }

    /// Every edge whose places may have new answers, each once.
    #[must_use]
    pub fn all_edges(&self, net: &Network) -> Vec<u32> {
        let mut edges = self.edges.clone();
        for &n in &self.nodes {
            let at = net.first[n as usize] as usize..net.first[n as usize + 1] as usize;
            edges.extend(net.arcs[at].iter().map(|a| a >> 1));
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

impl Table {
    /// A facility opens at these doors (one that is open already is moved there).
    pub fn open(&mut self, net: &Network, costs: &Costs, f: u32, doors: &[Door], s: &mut Scratch) -> Touched {
        let mut touched = if self.is_open(f) { self.close(net, costs, f, s) } else { Touched::default() };
        for d in doors {
            touched.edges.push(d.edge);
            if let Some(e) = net.edges.get(d.edge as usize) {
                touched.nodes.extend([e.a, e.b]);
            }
        }
        s.q.reset();
        self.enter(net, costs, f, doors, |l, node| s.q.push(l, node));
        self.spread(net, costs, s, &mut touched);
        touched.finish()
    }

    /// Whether the facility is open.
    #[must_use]
    pub fn is_open(&self, f: u32) -> bool {
        self.open.get(f as usize).copied().unwrap_or(false)
    }

    /// A facility closes.
    pub fn close(&mut self, net: &Network, costs: &Costs, f: u32, s: &mut Scratch) -> Touched {
        let mut touched = Touched::default();
        if !self.is_open(f) {
            return touched;
        }
        self.open[f as usize] = false;
        touched.edges = self.edges_of.remove(&f).unwrap_or_default();
        for edge in &touched.edges {
            if let Some(list) = self.by_edge.get_mut(edge) {
                list.retain(|(g, _)| *g != f);
                if list.is_empty() {
                    self.by_edge.remove(edge);
                }
            }
        }
        // its cell hangs together: walk over it, taking its label away
        let mut stack: Vec<u32> = Vec::new();
        for e in touched.edges.iter().filter_map(|&e| net.edges.get(e as usize)) {
            stack.extend([e.a, e.b]);
        }
        let arcs = costs.towards();
        while let Some(u) = stack.pop() {
            let at = u as usize * self.k;
            let slots = &mut self.labels[at..at + self.k];
            let Some(i) = slots.iter().position(|&l| l != NONE && owner_of(l) == f) else { continue };
            take_out(slots, i);
            touched.nodes.push(u);
            let range = net.first[u as usize] as usize..net.first[u as usize + 1] as usize;
            stack.extend(arcs[range].iter().map(|a| a.head));
        }
        self.fill(net, costs, s, &mut touched);
        touched.finish()
    }

    /// An edge was closed or opened ([`Costs::set_closed`] has been called).
    pub fn edge_changed(&mut self, net: &Network, costs: &Costs, edge: u32, s: &mut Scratch) -> Touched {
        let Some(e) = net.edges.get(edge as usize) else { return Touched::default() };
        let mut touched = Touched { nodes: Vec::new(), edges: vec![edge] };
        let mut heap: BinaryHeap<Reverse<(Label, u32)>> = BinaryHeap::new();
        for node in [e.a, e.b] {
            heap.extend(self.at_node(node).iter().filter(|&&l| l != NONE).map(|&l| Reverse((l, node))));
        }
        let arcs = costs.towards();
        // by rising cost: when a label is looked at, all that it could rest on have been decided
        while let Some(Reverse((l, v))) = heap.pop() {
            let at = v as usize * self.k;
            let Some(i) = self.labels[at..at + self.k].iter().position(|&x| x == l) else { continue };
            if self.rests(net, costs, v, l) {
                continue;
            }
            take_out(&mut self.labels[at..at + self.k], i);
            touched.nodes.push(v);
            for arc in &arcs[net.first[v as usize] as usize..net.first[v as usize + 1] as usize] {
                let next = l.saturating_add(u64::from(arc.cost) << 32);
                if arc.cost != BARRED && self.at_node(arc.head).contains(&next) {
                    heap.push(Reverse((next, arc.head)));
                }
            }
        }
        touched.nodes.extend([e.a, e.b]);
        self.fill(net, costs, s, &mut touched);
        touched.finish()
    }

    /// Whether a label still has something to rest on: a neighbour's label, or the facility itself.
    fn rests(&self, net: &Network, costs: &Costs, v: u32, l: Label) -> bool {
        let (c, owner) = (cost_of(l), owner_of(l));
        let range = net.first[v as usize] as usize..net.first[v as usize + 1] as usize;
        range.into_iter().any(|i| {
            let arc = costs.out[i];
            let by_arc = c
                .checked_sub(arc.cost)
                .is_some_and(|rest| self.at_node(arc.head).contains(&label(rest, owner)));
            by_arc || self.seeds_at(net, costs, net.arcs[i] >> 1, v).any(|s| s == l)
        })
    }

    /// Labels that the facilities on an edge give to one of its ends.
    fn seeds_at<'a>(
        &'a self,
        net: &'a Network,
        costs: &'a Costs,
        edge: u32,
        node: u32,
    ) -> impl Iterator<Item = Label> + 'a {
        let e = net.edges[edge as usize];
        let ends = move |d: &Door| {
            let (a, b) = costs.ends(net, d, true);
            let at = |end: u32, c| if end == node { c } else { BARRED };
            at(e.a, a).min(at(e.b, b))
        };
        let list = self.by_edge.get(&edge).into_iter().flatten();
        list.map(move |(f, d)| (ends(d), *f)).filter(|(c, _)| *c != BARRED).map(|(c, f)| label(c, f))
    }

    /// Fills the labels of touched junctions again from their neighbours and from facilities on their edges.
    fn fill(&mut self, net: &Network, costs: &Costs, s: &mut Scratch, touched: &mut Touched) {
        s.q.reset();
        let top = label(self.limit, u32::MAX);
        let mut found: Vec<Label> = Vec::new();
        for &v in &touched.nodes {
            found.clear();
            for i in net.first[v as usize] as usize..net.first[v as usize + 1] as usize {
                let arc = costs.out[i];
                if arc.cost != BARRED {
                    let step = u64::from(arc.cost) << 32;
                    found.extend(
                        self.at_node(arc.head).iter().filter(|&&l| l != NONE).map(|l| l.saturating_add(step)),
                    );
                }
                found.extend(self.seeds_at(net, costs, net.arcs[i] >> 1, v));
            }
            let at = v as usize * self.k;
            for &l in found.iter().filter(|&&l| l <= top) {
                if improve(&mut self.labels[at..at + self.k], l) {
                    s.q.push(l, v);
                }
            }
        }
        self.spread(net, costs, s, touched);
    }

    fn spread(&mut self, net: &Network, costs: &Costs, s: &mut Scratch, touched: &mut Touched) {
        let nodes = &mut touched.nodes;
        spread_telling(&net.first, costs.towards(), self.limit, self.k, &mut self.labels, &mut s.q, |n| {
            nodes.push(n);
        });
    }
}

fn take_out(slots: &mut [Label], i: usize) {
    slots.copy_within(i + 1.., i);
    if let Some(last) = slots.last_mut() {
        *last = NONE;
    }
}
