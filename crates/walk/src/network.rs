//! The junction graph: crossings and ends as nodes, streets between them as edges that keep their shape.

use crate::access::{Stop, Traits};
use crate::geo::{Bounds, Point};
use crate::profile::{BARRED, Cost, MAX_COST, Profile};

/// An edge of the junction graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Junction at its start.
    pub a: u32,
    /// Junction at its end (may equal `a`).
    pub b: u32,
    /// Length in centimetres: the sum of its segments, each rounded, each at least 1.
    pub length_cm: u32,
    /// First inner point in [`Network::shape`]; the next edge's start ends it.
    pub shape: u32,
    /// Index in [`Network::names`].
    pub name: u32,
    /// What it is, seen from `a` to `b`.
    pub traits: Traits,
}

/// A place on an edge and the straight way to it from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Door {
    /// Edge.
    pub edge: u32,
    /// Centimetres from the edge's start `a`, 0 to its length.
    pub offset_cm: u32,
    /// Centimetres walked off the network to get there.
    pub access_cm: u32,
}

/// A pedestrian network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Junctions, in order of a Hilbert curve.
    pub nodes: Vec<Point>,
    /// What stands at each junction.
    pub stops: Vec<Stop>,
    /// Identifier of each junction in the source.
    pub node_ids: Vec<i64>,
    /// Edges, ordered by their start.
    pub edges: Vec<Edge>,
    /// Inner points of edges.
    pub shape: Vec<Point>,
    /// Centimetres from the edge's start to each inner point.
    pub shape_cm: Vec<u32>,
    /// Identifier of each inner point in the source.
    pub shape_ids: Vec<i64>,
    /// For each junction the first of its arcs; one more entry closes the last.
    pub first: Vec<u32>,
    /// Arcs: edge × 2, plus 1 when walked from `b` to `a`.
    pub arcs: Vec<u32>,
    /// Street names; the first is empty.
    pub names: Vec<String>,
    /// The rectangle within which the map is complete.
    pub bounds: Option<Bounds>,
    /// Where the map ends: beyond these places there may be more.
    pub frontier: Vec<Door>,
}

impl Network {
    /// Inner points of an edge, as a range in [`Network::shape`].
    #[must_use]
    pub fn shape_range(&self, edge: u32) -> std::ops::Range<usize> {
        let e = edge as usize;
        let end = self.edges.get(e + 1).map_or(self.shape.len(), |n| n.shape as usize);
        self.edges[e].shape as usize..end
    }
    /// All points of an edge with their centimetres from its start.
    pub fn line(&self, edge: u32) -> impl Iterator<Item = (Point, u32)> + '_ {
        let e = self.edges[edge as usize];
        let r = self.shape_range(edge);
        std::iter::once((self.nodes[e.a as usize], 0))
            .chain(self.shape[r.clone()].iter().copied().zip(self.shape_cm[r].iter().copied()))
            .chain(std::iter::once((self.nodes[e.b as usize], e.length_cm)))
    }
    /// The point at so many centimetres from an edge's start.
    #[must_use]
    pub fn point_at(&self, edge: u32, offset_cm: u32) -> Point {
        let mut prev: Option<(Point, u32)> = None;
        for (p, cm) in self.line(edge) {
            if cm >= offset_cm {
                let Some((q, from)) = prev else { return p };
                let span = i64::from(cm - from).max(1);
                let part = i64::from(offset_cm - from);
                let mix =
                    |a: i32, b: i32| (i64::from(a) + (i64::from(b) - i64::from(a)) * part / span) as i32;
                return Point { lon: mix(q.lon, p.lon), lat: mix(q.lat, p.lat) };
            }
            prev = Some((p, cm));
        }
        self.nodes[self.edges[edge as usize].b as usize]
    }
    /// Bytes held by the network.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.nodes.len() * 17
            + self.edges.len() * size_of::<Edge>()
            + self.shape.len() * 20
            + self.first.len() * 4
            + self.arcs.len() * 4
            + self.names.iter().map(|n| n.len() + 24).sum::<usize>()
            + self.frontier.len() * size_of::<Door>()
    }
    /// Number of nodes of the source: junctions and inner points.
    #[must_use]
    pub fn source_nodes(&self) -> usize {
        self.nodes.len() + self.shape.len()
    }
    /// A door at every source node: junctions first, then inner points.
    #[must_use]
    pub fn all_nodes(&self) -> Places {
        let mut doors = Vec::with_capacity(self.source_nodes());
        for n in 0..self.nodes.len() {
            doors.push(self.door_of_node(n as u32).unwrap_or(Door {
                edge: u32::MAX,
                offset_cm: 0,
                access_cm: 0,
            }));
        }
        for e in 0..self.edges.len() as u32 {
            for cm in &self.shape_cm[self.shape_range(e)] {
                doors.push(Door { edge: e, offset_cm: *cm, access_cm: 0 });
            }
        }
        Places::single(doors)
    }
    /// A door at a junction.
    #[must_use]
    pub fn door_of_node(&self, node: u32) -> Option<Door> {
        let arc = *self.arcs.get(*self.first.get(node as usize)? as usize)?;
        let e = self.edges[(arc >> 1) as usize];
        if arc >> 1 != u32::MAX && (e.a == node || e.b == node) {
            let offset_cm = if e.a == node { 0 } else { e.length_cm };
            return Some(Door { edge: arc >> 1, offset_cm, access_cm: 0 });
        }
        None
    }
    /// The costs of a profile over this network.
    #[must_use]
    pub fn costs(&self, profile: &Profile) -> Costs {
        Costs::new(self, profile)
    }
}

/// Places (buildings, facilities, posting spots), each with one or more doors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// For each place the first of its doors; one more entry closes the last.
    pub first: Vec<u32>,
    /// Doors of all places.
    pub doors: Vec<Door>,
}

impl Places {
    /// Places of one door each.
    #[must_use]
    pub fn single(doors: Vec<Door>) -> Self {
        Self { first: (0..=doors.len() as u32).collect(), doors }
    }
    /// Places of several doors each; one without doors is off the network.
    #[must_use]
    pub fn of(lists: impl IntoIterator<Item = Vec<Door>>) -> Self {
        let mut p = Self { first: vec![0], doors: Vec::new() };
        for l in lists {
            p.doors.extend(l);
            p.first.push(p.doors.len() as u32);
        }
        p
    }
    /// How many places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.first.len().saturating_sub(1)
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Doors of one place.
    #[must_use]
    pub fn doors(&self, place: u32) -> &[Door] {
        let i = place as usize;
        match (self.first.get(i), self.first.get(i + 1)) {
            (Some(&s), Some(&e)) => self.doors.get(s as usize..e as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
    /// Adds a place and returns its number.
    pub fn push(&mut self, doors: &[Door]) -> u32 {
        if self.first.is_empty() {
            self.first.push(0);
        }
        self.doors.extend_from_slice(doors);
        self.first.push(self.doors.len() as u32);
        self.len() as u32 - 1
    }
}

/// One arc as the searches read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arc {
    pub head: u32,
    pub cost: Cost,
}

/// The costs of one profile: the same topology, one weight per arc.
#[derive(Debug, Clone)]
pub struct Costs {
    /// The profile.
    pub profile: Profile,
    /// Walking from a junction outwards.
    pub(crate) out: Vec<Arc>,
    /// Walking towards a junction, where that differs.
    back: Option<Vec<Arc>>,
    closed: std::collections::BTreeSet<u32>,
}

impl Costs {
    fn new(net: &Network, profile: &Profile) -> Self {
        let mut c =
            Self { profile: profile.clone(), out: Vec::new(), back: None, closed: Default::default() };
        let directed =
            net.edges.iter().any(|e| e.traits.0 & (Traits::FORWARD_ONLY | Traits::BACKWARD_ONLY) != 0);
        let half: Vec<Cost> = net.stops.iter().map(|s| profile.half_stop(*s)).collect();
        c.out.reserve_exact(net.arcs.len());
        let mut back = Vec::new();
        for &arc in &net.arcs {
            let e = &net.edges[(arc >> 1) as usize];
            let head = if arc & 1 == 0 { e.b } else { e.a };
            let cost = match (c.scaled(e, e.length_cm), half[e.a as usize], half[e.b as usize]) {
                (BARRED, _, _) | (_, BARRED, _) | (_, _, BARRED) => BARRED,
                (len, x, y) => {
                    len.saturating_add(x + y + 2 * profile.half_fixed(e.traits)).clamp(1, MAX_COST)
                }
            };
            let (along, against) = if arc & 1 == 0 {
                (Traits::BACKWARD_ONLY, Traits::FORWARD_ONLY)
            } else {
                (Traits::FORWARD_ONLY, Traits::BACKWARD_ONLY)
            };
            c.out.push(Arc { head, cost: if e.traits.has(along) { BARRED } else { cost } });
            if directed {
                back.push(Arc { head, cost: if e.traits.has(against) { BARRED } else { cost } });
            }
        }
        c.back = directed.then_some(back);
        c
    }

    /// Arcs by which one walks **towards** a junction: what a search outward from facilities follows.
    pub(crate) fn towards(&self) -> &[Arc] {
        self.back.as_deref().unwrap_or(&self.out)
    }

    #[inline]
    pub(crate) fn scaled(&self, e: &Edge, cm: u32) -> Cost {
        match self.profile.pace(e.traits) {
            Some(1_000) => cm,
            Some(p) => ((u64::from(cm) * u64::from(p) + 500) / 1_000).min(u64::from(MAX_COST)) as Cost,
            None => BARRED,
        }
    }

    /// Whether the edge was closed by [`Costs::set_closed`].
    #[must_use]
    pub fn is_closed(&self, edge: u32) -> bool {
        !self.closed.is_empty() && self.closed.contains(&edge)
    }

    /// Closes or opens an edge (roadworks). Places on a closed edge are cut off by it,
    /// but for those at its very ends. Labels computed before are
    /// stale afterwards: see [`crate::repair`].
    pub fn set_closed(&mut self, net: &Network, edge: u32, closed: bool) {
        let Some(e) = net.edges.get(edge as usize) else { return };
        if closed {
            self.closed.insert(edge);
        } else {
            self.closed.remove(&edge);
        }
        let fresh = |dir: u32, towards: bool| -> Cost {
            let (x, y) = (
                self.profile.half_stop(net.stops[e.a as usize]),
                self.profile.half_stop(net.stops[e.b as usize]),
            );
            let against = if (dir == 0) ^ towards { Traits::BACKWARD_ONLY } else { Traits::FORWARD_ONLY };
            match (self.scaled(e, e.length_cm), x, y) {
                _ if closed || e.traits.has(against) => BARRED,
                (BARRED, _, _) | (_, BARRED, _) | (_, _, BARRED) => BARRED,
                (len, x, y) => {
                    len.saturating_add(x + y + 2 * self.profile.half_fixed(e.traits)).clamp(1, MAX_COST)
                }
            }
        };
        let new = [fresh(0, false), fresh(1, false), fresh(0, true), fresh(1, true)];
        for node in [e.a, e.b] {
            for i in net.first[node as usize] as usize..net.first[node as usize + 1] as usize {
                let arc = net.arcs[i];
                if arc >> 1 == edge {
                    let dir = (arc & 1) as usize;
                    self.out[i].cost = new[dir];
                    if let Some(b) = &mut self.back {
                        b[i].cost = new[2 + dir];
                    }
                }
            }
        }
    }

    /// Costs from a place on an edge to its two ends, then (when `towards`) from the ends to the place.
    #[must_use]
    pub fn ends(&self, net: &Network, door: &Door, towards: bool) -> (Cost, Cost) {
        let Some(e) = net.edges.get(door.edge as usize) else { return (BARRED, BARRED) };
        let (part, whole) = (self.scaled(e, door.offset_cm.min(e.length_cm)), self.scaled(e, e.length_cm));
        if whole == BARRED || self.is_closed(door.edge) {
            // nobody walks along it, but who stands at its very end stands at the junction
            let at = |there: bool, node: u32| {
                let passes = self.profile.half_stop(net.stops[node as usize]) != BARRED;
                if there && passes { door.access_cm.min(BARRED - 1) } else { BARRED }
            };
            return (at(door.offset_cm == 0, e.a), at(door.offset_cm >= e.length_cm, e.b));
        }
        let fixed = self.profile.half_fixed(e.traits);
        let one = |length: Cost, node: u32| match self.profile.half_stop(net.stops[node as usize]) {
            // nobody passes this node, but who stands exactly there has walked no further
            BARRED => BARRED,
            half => length.saturating_add(half + fixed).saturating_add(door.access_cm).min(BARRED - 1),
        };
        let mut a = one(part, e.a);
        let mut b = one(whole - part, e.b);
        if door.offset_cm == 0 && a != BARRED {
            a = door.access_cm;
        }
        if door.offset_cm >= e.length_cm && b != BARRED {
            b = door.access_cm;
        }
        let (bars_b, bars_a) = if towards {
            (Traits::FORWARD_ONLY, Traits::BACKWARD_ONLY)
        } else {
            (Traits::BACKWARD_ONLY, Traits::FORWARD_ONLY)
        };
        if e.traits.has(bars_b) && door.offset_cm < e.length_cm {
            b = BARRED;
        }
        if e.traits.has(bars_a) && door.offset_cm > 0 {
            a = BARRED;
        }
        (a, b)
    }

    /// Cost of walking along one edge from one door to another on it, off-network parts included.
    #[must_use]
    pub fn along(&self, net: &Network, from: &Door, to: &Door) -> Cost {
        if from.edge != to.edge || self.is_closed(from.edge) {
            return BARRED;
        }
        let Some(e) = net.edges.get(from.edge as usize) else { return BARRED };
        let (x, y) = (self.scaled(e, from.offset_cm), self.scaled(e, to.offset_cm));
        let wrong = match y.cmp(&x) {
            std::cmp::Ordering::Greater => e.traits.has(Traits::BACKWARD_ONLY),
            std::cmp::Ordering::Less => e.traits.has(Traits::FORWARD_ONLY),
            std::cmp::Ordering::Equal => false,
        };
        if x == BARRED || y == BARRED || wrong {
            return BARRED;
        }
        x.abs_diff(y).saturating_add(from.access_cm).saturating_add(to.access_cm).min(BARRED - 1)
    }
}
