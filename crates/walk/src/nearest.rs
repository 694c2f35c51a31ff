//! For every place the exact walk to the nearest `k` facilities of one class.
//!
//! One bounded search from all facilities labels the junctions; the answer of a place is the least over its doors
//! of (cost to an end of its edge + label there) and of the facilities on the same edge. No preprocessing.

use crate::network::{Costs, Door, Network, Places};
use crate::profile::{BARRED, Cost, MAX_COST};
use crate::search::{Buckets, Label, NONE, cost_of, improve, label, owner_of, spread_k};
use std::collections::BTreeMap;

/// Most facilities per place that a table keeps.
pub const MAX_K: usize = 16;

/// Two to this power junctions are searched together.
const PATCH_BITS: u32 = 15;
/// Farther than this (4 km) a wave would flood its neighbour patches too often: then there is one wave for all.
const PATCH_REACH: Cost = 400_000;

/// What is known about reaching a class within a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Reached within the limit.
    Within,
    /// Not within the limit, and the map is complete that far.
    Beyond,
    /// Not within the limit on this map, but the map ends sooner: unknown, never "no".
    Unknown,
}

/// Scratch memory of searches, to be used again.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) q: Buckets,
    /// Patch, class, junction, label.
    seeds: Vec<(u32, u32, u32, Label)>,
}

/// Labels of one class over the junctions of one profile: kept, so that it can be repaired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub(crate) k: usize,
    pub(crate) limit: Cost,
    pub(crate) labels: Vec<Label>,
    /// Doors of open facilities by edge.
    pub(crate) by_edge: BTreeMap<u32, Vec<(u32, Door)>>,
    /// Edges on which each open facility has doors.
    pub(crate) edges_of: BTreeMap<u32, Vec<u32>>,
    pub(crate) open: Vec<bool>,
}

impl Table {
    /// Searches from all facilities at once, up to `limit` paced centimetres, keeping `k` per junction.
    ///
    /// `k` is held between 1 and [`MAX_K`], `limit` at most [`MAX_COST`].
    #[must_use]
    pub fn compute(
        net: &Network,
        costs: &Costs,
        facilities: &Places,
        k: usize,
        limit: Cost,
        s: &mut Scratch,
    ) -> Self {
        Self::compute_all(net, costs, &[facilities], k, limit, s).pop().unwrap_or_default()
    }

    /// As [`Table::compute`], with only those facilities whose flag is set.
    #[must_use]
    pub fn compute_open(
        net: &Network,
        costs: &Costs,
        facilities: &Places,
        open: &[bool],
        k: usize,
        limit: Cost,
        s: &mut Scratch,
    ) -> Self {
        let is_open = |f: u32| open.get(f as usize).copied().unwrap_or(false);
        Self::search(net, costs, &[facilities], is_open, k, limit, s).pop().unwrap_or_default()
    }

    /// A table for each of several classes, as by [`Table::compute`] but quicker on a city too large for the
    /// processor's cache: each patch of streets is fetched once and searched for all classes.
    #[must_use]
    pub fn compute_all(
        net: &Network,
        costs: &Costs,
        classes: &[&Places],
        k: usize,
        limit: Cost,
        s: &mut Scratch,
    ) -> Vec<Self> {
        Self::search(net, costs, classes, |_| true, k, limit, s)
    }

    fn search(
        net: &Network,
        costs: &Costs,
        classes: &[&Places],
        is_open: impl Fn(u32) -> bool,
        k: usize,
        limit: Cost,
        s: &mut Scratch,
    ) -> Vec<Self> {
        let k = k.clamp(1, MAX_K);
        let limit = limit.min(MAX_COST);
        s.seeds.clear();
        let mut tables: Vec<Self> = Vec::with_capacity(classes.len());
        for (class, facilities) in (0u32..).zip(classes) {
            let mut t = Self { k, limit, labels: vec![NONE; net.nodes.len() * k], ..Self::default() };
            t.open = vec![false; facilities.len()];
            for f in (0..facilities.len() as u32).filter(|&f| is_open(f)) {
                t.enter(net, costs, f, facilities.doors(f), |l, node| {
                    let patch = if limit <= PATCH_REACH { node >> PATCH_BITS } else { 0 };
                    s.seeds.push((patch, class, node, l));
                });
            }
            tables.push(t);
        }
        // One wave over a large city would visit all of it once per bucket and find nothing in the cache. Junctions
        // lie along a Hilbert curve, so equal upper bits of their numbers are neighbours: each such patch is
        // searched by itself. A later wave lowers what an earlier one left too high; the least labels are unique.
        s.seeds.sort_unstable();
        for wave in s.seeds.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            s.q.reset();
            wave.iter().for_each(|&(_, _, node, l)| s.q.push(l, node));
            let labels = &mut tables[wave[0].1 as usize].labels;
            spread_k(&net.first, costs.towards(), limit, k, labels, &mut s.q);
        }
        tables
    }

    /// Takes a facility in and labels the ends of its edges; the caller queues them.
    pub(crate) fn enter(
        &mut self,
        net: &Network,
        costs: &Costs,
        f: u32,
        doors: &[Door],
        mut queue: impl FnMut(Label, u32),
    ) {
        if self.open.len() <= f as usize {
            self.open.resize(f as usize + 1, false);
        }
        self.open[f as usize] = true;
        for d in doors {
            let list = self.by_edge.entry(d.edge).or_default();
            let at = list.partition_point(|(g, _)| *g <= f);
            list.insert(at, (f, *d));
            self.edges_of.entry(f).or_default().push(d.edge);
            self.seed(net, costs, f, d, &mut queue);
        }
    }

    /// Labels both ends of a facility's edge and queues them.
    fn seed(&mut self, net: &Network, costs: &Costs, f: u32, d: &Door, mut queue: impl FnMut(Label, u32)) {
        let Some(e) = net.edges.get(d.edge as usize) else { return };
        let (to_a, to_b) = costs.ends(net, d, true);
        for (node, cost) in [(e.a, to_a), (e.b, to_b)] {
            if cost <= self.limit {
                let at = node as usize * self.k;
                let l = label(cost, f);
                if improve(&mut self.labels[at..at + self.k], l) {
                    queue(l, node);
                }
            }
        }
    }

    /// How many facilities are kept per place.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }
    /// The limit in paced centimetres.
    #[must_use]
    pub fn limit(&self) -> Cost {
        self.limit
    }
    /// Labels of a junction, best first; [`NONE`] fills up.
    #[must_use]
    pub fn at_node(&self, node: u32) -> &[Label] {
        let at = node as usize * self.k;
        self.labels.get(at..at + self.k).unwrap_or(&[])
    }

    /// Writes a place's `k` best labels into `out` (its first `k` entries), best first.
    pub fn answer(&self, net: &Network, costs: &Costs, doors: &[Door], out: &mut [Label]) {
        let Some(out) = out.get_mut(..self.k) else { return };
        out.fill(NONE);
        let top = label(self.limit, u32::MAX);
        for d in doors {
            let Some(e) = net.edges.get(d.edge as usize) else { continue };
            let (a, b) = costs.ends(net, d, false);
            for (node, c) in [(e.a, a), (e.b, b)] {
                if c == BARRED {
                    continue;
                }
                for &l in self.at_node(node) {
                    let new = l.saturating_add(u64::from(c) << 32);
                    if new > top || !improve(out, new) && self.k == 1 {
                        break;
                    }
                }
            }
            for (f, g) in self.by_edge.get(&d.edge).into_iter().flatten() {
                let c = costs.along(net, d, g);
                if c <= self.limit {
                    improve(out, label(c, *f));
                }
            }
        }
    }

    /// Answers of all places, `k` labels each.
    #[must_use]
    pub fn answers(&self, net: &Network, costs: &Costs, places: &Places) -> Vec<Label> {
        let mut out = vec![NONE; places.len() * self.k];
        for (i, slot) in out.chunks_exact_mut(self.k).enumerate() {
            self.answer(net, costs, places.doors(i as u32), slot);
        }
        out
    }
}

/// Places made ready for many classes of one profile: costs to both ends laid out in one row per door.
#[derive(Debug, Clone)]
pub struct Prepared {
    rows: Vec<Row>,
    doors: Vec<Door>,
    places: usize,
    /// Doors by edge, for facilities on the same edge.
    by_edge_first: Vec<u32>,
    by_edge: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    a: u32,
    b: u32,
    to_a: Cost,
    to_b: Cost,
    place: u32,
}

impl Prepared {
    /// Prepares places for a profile.
    #[must_use]
    pub fn new(net: &Network, costs: &Costs, places: &Places) -> Self {
        let mut rows = Vec::with_capacity(places.doors.len());
        let mut doors = Vec::with_capacity(places.doors.len());
        for p in 0..places.len() as u32 {
            for d in places.doors(p) {
                if let Some(e) = net.edges.get(d.edge as usize) {
                    let (to_a, to_b) = costs.ends(net, d, false);
                    rows.push(Row { a: e.a, b: e.b, to_a, to_b, place: p });
                    doors.push(*d);
                }
            }
        }
        let mut first = vec![0u32; net.edges.len() + 1];
        for d in &doors {
            first[d.edge as usize + 1] += 1;
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut at = first.clone();
        let mut list = vec![0u32; rows.len()];
        for (i, d) in doors.iter().enumerate() {
            let slot = &mut at[d.edge as usize];
            list[*slot as usize] = i as u32;
            *slot += 1;
        }
        Self { rows, doors, places: places.len(), by_edge_first: first, by_edge: list }
    }

    /// How many places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places == 0
    }

    /// Places with a door on an edge (a place with two doors there comes twice).
    pub fn on_edge(&self, edge: u32) -> impl Iterator<Item = u32> + '_ {
        let e = edge as usize;
        let range = match (self.by_edge_first.get(e), self.by_edge_first.get(e + 1)) {
            (Some(&s), Some(&t)) => s as usize..t as usize,
            _ => 0..0,
        };
        self.by_edge[range].iter().map(|&i| self.rows[i as usize].place)
    }

    /// The nearest facility of every place (the first label of [`Table::answers`]), written into `out`.
    pub fn nearest(&self, net: &Network, costs: &Costs, t: &Table, out: &mut Vec<Label>) {
        out.clear();
        out.resize(self.places, NONE);
        let top = label(t.limit, u32::MAX);
        let k = t.k;
        for r in &self.rows {
            let a = t.labels[r.a as usize * k].saturating_add(u64::from(r.to_a) << 32);
            let b = t.labels[r.b as usize * k].saturating_add(u64::from(r.to_b) << 32);
            let best = a.min(b);
            let slot = &mut out[r.place as usize];
            if best < *slot && best <= top {
                *slot = best;
            }
        }
        for (edge, list) in &t.by_edge {
            let e = *edge as usize;
            let (Some(&s), Some(&u)) = (self.by_edge_first.get(e), self.by_edge_first.get(e + 1)) else {
                continue;
            };
            for &i in &self.by_edge[s as usize..u as usize] {
                for (f, d) in list {
                    let c = costs.along(net, &self.doors[i as usize], d);
                    if c <= t.limit {
                        let slot = &mut out[self.rows[i as usize].place as usize];
                        *slot = (*slot).min(label(c, *f));
                    }
                }
            }
        }
    }
}

/// Cost from every place to where the map ends, up to `limit`; [`BARRED`] when the map is complete that far. It is
/// 0 for a place that lies beyond the map's edge or that no path of the map leads to: of these the map says nothing.
#[must_use]
pub fn to_frontier(net: &Network, costs: &Costs, places: &Places, limit: Cost, s: &mut Scratch) -> Vec<Cost> {
    let ends = Places::single(net.frontier.clone());
    let t = Table::compute(net, costs, &ends, 1, limit, s);
    let mut out = Vec::new();
    Prepared::new(net, costs, places).nearest(net, costs, &t, &mut out);
    let inside = |d: &Door| net.bounds.is_none_or(|b| b.contains(net.point_at(d.edge, d.offset_cm)));
    (0u32..)
        .zip(out)
        .map(|(p, l)| match places.doors(p) {
            doors if !doors.iter().any(inside) => 0,
            _ if l == NONE => BARRED,
            _ => cost_of(l),
        })
        .collect()
}

/// The verdict for one place, class and limit: its nearest label, and its cost to where the map ends.
#[must_use]
pub fn verdict(nearest: Label, frontier: Cost, limit: Cost) -> Verdict {
    if nearest != NONE && cost_of(nearest) <= limit {
        Verdict::Within
    } else if frontier <= limit {
        Verdict::Unknown
    } else {
        Verdict::Beyond
    }
}

/// One part of a path: an edge walked from one offset to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Edge.
    pub edge: u32,
    /// From centimetres along the edge.
    pub from_cm: u32,
    /// To centimetres along the edge.
    pub to_cm: u32,
}

/// A walk from a place to a facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The facility.
    pub owner: u32,
    /// Its cost; equals the table's.
    pub cost: Cost,
    /// Off-network centimetres at both ends together.
    pub access_cm: u32,
    /// Parts in order.
    pub legs: Vec<Leg>,
}

/// The walk behind one answer of a table: found by following labels downhill, so nothing extra is stored.
/// `None` when the label is not one of this place's.
#[must_use]
pub fn walk(net: &Network, costs: &Costs, t: &Table, doors: &[Door], answer: Label) -> Option<Walk> {
    if answer == NONE {
        return None;
    }
    let owner = owner_of(answer);
    let total = cost_of(answer);
    for d in doors {
        let e = net.edges.get(d.edge as usize)?;
        for (f, g) in t.by_edge.get(&d.edge).into_iter().flatten() {
            if *f == owner && costs.along(net, d, g) == total {
                let legs = vec![Leg { edge: d.edge, from_cm: d.offset_cm, to_cm: g.offset_cm }];
                return Some(Walk { owner, cost: total, access_cm: d.access_cm + g.access_cm, legs });
            }
        }
        let (a, b) = costs.ends(net, d, false);
        for (node, c, end) in [(e.a, a, 0), (e.b, b, e.length_cm)] {
            if c == BARRED || c > total || !t.at_node(node).contains(&label(total - c, owner)) {
                continue;
            }
            let mut legs = vec![Leg { edge: d.edge, from_cm: d.offset_cm, to_cm: end }];
            if let Some(access) = downhill(net, costs, t, node, label(total - c, owner), &mut legs) {
                legs.retain(|l| l.from_cm != l.to_cm);
                return Some(Walk { owner, cost: total, access_cm: d.access_cm + access, legs });
            }
        }
    }
    None
}

/// Follows an owner's labels from a junction to the facility; returns the facility's own access.
fn downhill(
    net: &Network,
    costs: &Costs,
    t: &Table,
    mut node: u32,
    mut l: Label,
    legs: &mut Vec<Leg>,
) -> Option<u32> {
    let owner = owner_of(l);
    loop {
        // the facility itself, on an edge of this junction?
        for i in net.first[node as usize] as usize..net.first[node as usize + 1] as usize {
            let edge = net.arcs[i] >> 1;
            let e = &net.edges[edge as usize];
            for (f, d) in t.by_edge.get(&edge).into_iter().flatten().filter(|(f, _)| *f == owner) {
                let (a, b) = costs.ends(net, d, true);
                for (end, cost, at) in [(e.a, a, 0), (e.b, b, e.length_cm)] {
                    if end == node && label(cost, *f) == l {
                        legs.push(Leg { edge, from_cm: at, to_cm: d.offset_cm });
                        return Some(d.access_cm);
                    }
                }
            }
        }
        let arcs = net.first[node as usize] as usize..net.first[node as usize + 1] as usize;
        let step = arcs.clone().find_map(|i| {
            let arc = costs.out[i];
            let rest = cost_of(l).checked_sub(arc.cost)?;
            let next = label(rest, owner);
            t.at_node(arc.head).contains(&next).then_some((i, arc.head, next))
        })?;
        let arc = net.arcs[step.0];
        let len = net.edges[(arc >> 1) as usize].length_cm;
        let (from_cm, to_cm) = if arc & 1 == 0 { (0, len) } else { (len, 0) };
        legs.push(Leg { edge: arc >> 1, from_cm, to_cm });
        (node, l) = (step.1, step.2);
    }
}
