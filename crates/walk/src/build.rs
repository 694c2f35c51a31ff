//! From ways to the junction graph: chains of plain points between junctions become one edge each.

use crate::access::{Stop, Traits};
use crate::error::{Error, Result};
use crate::geo::{Bounds, Point, hilbert, length_cm};
use crate::network::{Door, Edge, Network};
use crate::profile::MAX_COST;
use crate::raw::Raw;

/// Longest single segment, 100 km: longer ones are mistakes of the map and are left out.
const MAX_SEGMENT_CM: u32 = 10_000_000;

/// One piece between two neighbouring points of a way.
#[derive(Clone, Copy)]
struct Segment {
    u: u32,
    v: u32,
    cm: u32,
    way: u32,
}

const NONE: u32 = u32::MAX;

/// Makes the network of what was read. The rectangle within which the map is complete is taken from `bounds`, else
/// from the file, else drawn round the data.
///
/// # Errors
/// [`Error::EmptyNetwork`] when no segment remains, [`Error::TooLarge`] on a map that consists of squares.
pub fn build(mut raw: Raw, bounds: Option<Bounds>) -> Result<Network> {
    raw.cross_squares()?;
    let segments = segments(&raw);
    if segments.is_empty() {
        return Err(Error::EmptyNetwork);
    }
    let (first, incident) = incidence(&raw, &segments);
    let around = |p: u32| &incident[first[p as usize] as usize..first[p as usize + 1] as usize];
    let merges = |p: u32| -> bool {
        let [s, t] = around(p) else { return false };
        if s == t || raw.stops[p as usize].0 != 0 || raw.cut[p as usize] {
            return false;
        }
        let (s, t) = (segments[*s as usize], segments[*t as usize]);
        let (w, x) = (&raw.ways[s.way as usize], &raw.ways[t.way as usize]);
        let directed = w.traits.0 & (Traits::FORWARD_ONLY | Traits::BACKWARD_ONLY) != 0;
        w.traits == x.traits
            && w.name == x.name
            && (!directed || (s.way == t.way && s.v == t.u || t.v == s.u))
    };
    // which points are junctions; rings without one get their first point
    let mut is_node: Vec<bool> =
        (0..raw.points.len() as u32).map(|p| !around(p).is_empty() && !merges(p)).collect();
    let mut used = vec![false; segments.len()];
    let mut chains: Vec<(u32, u32, u32, Traits, u32)> = Vec::new(); // start, end in `inner`, way-name
    let mut inner: Vec<(u32, u32)> = Vec::new();
    let mut ranges: Vec<(u32, u32, u32)> = Vec::new();
    for round in 0..2 {
        for p in 0..raw.points.len() as u32 {
            if round == 0 && !is_node[p as usize] {
                continue;
            }
            for &s in around(p) {
                if used[s as usize] {
                    continue;
                }
                if round == 1 {
                    is_node[p as usize] = true;
                }
                let begin = inner.len() as u32;
                let seg = segments[s as usize];
                let way = &raw.ways[seg.way as usize];
                let traits = if seg.u == p { way.traits } else { way.traits.reversed() };
                let (mut cur, mut via, mut cm) = (p, s, 0u64);
                let end = loop {
                    used[via as usize] = true;
                    let seg = segments[via as usize];
                    cm += u64::from(seg.cm);
                    cur = if seg.u == cur { seg.v } else { seg.u };
                    if is_node[cur as usize] {
                        break cur;
                    }
                    inner.push((cur, cm.min(u64::from(MAX_COST)) as u32));
                    via = match around(cur) {
                        [x, y] if *x == via => *y,
                        [x, _] => *x,
                        _ => break cur,
                    };
                };
                chains.push((p, end, cm.min(u64::from(MAX_COST)) as u32, traits, way.name));
                ranges.push((begin, inner.len() as u32, chains.len() as u32 - 1));
            }
        }
    }
    Ok(assemble(raw, bounds, &is_node, &chains, &ranges, &inner))
}

fn segments(raw: &Raw) -> Vec<Segment> {
    let mut out = Vec::with_capacity(raw.refs.len());
    for (w, way) in raw.ways.iter().enumerate() {
        for pair in raw.refs[way.start as usize..way.end as usize].windows(2) {
            let (u, v) = (pair[0], pair[1]);
            if u == v {
                continue;
            }
            let cm = length_cm(raw.points[u as usize], raw.points[v as usize]).max(1);
            if cm <= MAX_SEGMENT_CM {
                out.push(Segment { u, v, cm, way: w as u32 });
            }
        }
    }
    out
}

/// For each point its segments, as offsets into one list.
fn incidence(raw: &Raw, segments: &[Segment]) -> (Vec<u32>, Vec<u32>) {
    let mut first = vec![0u32; raw.points.len() + 1];
    for s in segments {
        first[s.u as usize + 1] += 1;
        first[s.v as usize + 1] += 1;
    }
    for i in 1..first.len() {
        first[i] += first[i - 1];
    }
    let mut at = first.clone();
    let mut list = vec![0u32; segments.len() * 2];
    for (i, s) in segments.iter().enumerate() {
        for p in [s.u, s.v] {
            list[at[p as usize] as usize] = i as u32;
            at[p as usize] += 1;
        }
    }
    (first, list)
}

fn assemble(
    raw: Raw,
    bounds: Option<Bounds>,
    is_node: &[bool],
    chains: &[(u32, u32, u32, Traits, u32)],
    ranges: &[(u32, u32, u32)],
    inner: &[(u32, u32)],
) -> Network {
    let mut order: Vec<u32> = (0..raw.points.len() as u32).filter(|&p| is_node[p as usize]).collect();
    let all = Bounds::around(order.iter().map(|&p| raw.points[p as usize]));
    if let Some(b) = &all {
        order.sort_by_cached_key(|&p| (hilbert(raw.points[p as usize], b), p));
    }
    let mut number = vec![NONE; raw.points.len()];
    for (i, &p) in order.iter().enumerate() {
        number[p as usize] = i as u32;
    }
    // an edge starts at its lower junction; edges lie in order of their start
    let mut edges: Vec<(u32, u32, bool, usize)> = chains
        .iter()
        .enumerate()
        .map(|(i, &(a, b, ..))| {
            let (a, b) = (number[a as usize], number[b as usize]);
            if a <= b { (a, b, false, i) } else { (b, a, true, i) }
        })
        .collect();
    edges.sort_unstable();
    let complete = bounds.or(raw.bounds).or(all).map(|b| shrink(&b));
    let mut net = Network {
        nodes: order.iter().map(|&p| raw.points[p as usize]).collect(),
        stops: order.iter().map(|&p| raw.stops[p as usize]).collect(),
        node_ids: order.iter().map(|&p| raw.ids[p as usize]).collect(),
        bounds: complete,
        ..Network::default()
    };
    net.shape.reserve(inner.len());
    net.shape_cm.reserve(inner.len());
    net.shape_ids.reserve(inner.len());
    for &(a, b, flipped, i) in &edges {
        let (_, _, length_cm, traits, name) = chains[i];
        let (begin, end, _) = ranges[i];
        let shape = net.shape.len() as u32;
        let points = &inner[begin as usize..end as usize];
        let mut push = |&(p, cm): &(u32, u32)| {
            net.shape.push(raw.points[p as usize]);
            net.shape_ids.push(raw.ids[p as usize]);
            net.shape_cm.push(if flipped { length_cm - cm } else { cm });
        };
        if flipped {
            points.iter().rev().for_each(&mut push);
        } else {
            points.iter().for_each(&mut push);
        }
        let traits = if flipped { traits.reversed() } else { traits };
        net.edges.push(Edge { a, b, length_cm, shape, name, traits });
    }
    net.names = raw.names;
    if net.names.is_empty() {
        net.names.push(String::new());
    }
    index_arcs(&mut net);
    find_frontier(&mut net, &order, &raw.cut);
    net
}

/// Fills `first` and `arcs` from the edges.
pub(crate) fn index_arcs(net: &mut Network) {
    let n = net.nodes.len();
    let mut first = vec![0u32; n + 1];
    for e in &net.edges {
        first[e.a as usize + 1] += 1;
        if e.a != e.b {
            first[e.b as usize + 1] += 1;
        }
    }
    for i in 1..=n {
        first[i] += first[i - 1];
    }
    let mut at = first.clone();
    net.arcs = vec![0; first[n] as usize];
    for (i, e) in net.edges.iter().enumerate() {
        net.arcs[at[e.a as usize] as usize] = (i as u32) << 1;
        at[e.a as usize] += 1;
        if e.a != e.b {
            net.arcs[at[e.b as usize] as usize] = (i as u32) << 1 | 1;
            at[e.b as usize] += 1;
        }
    }
    net.first = first;
}

/// Five metres inwards, so that files clipped exactly at their rectangle count as ending there.
fn shrink(b: &Bounds) -> Bounds {
    let by = |lo: i32, hi: i32| (500).min((hi - lo) / 4).max(0);
    let (dx, dy) = (by(b.min.lon, b.max.lon), by(b.min.lat, b.max.lat));
    Bounds {
        min: Point { lon: b.min.lon + dx, lat: b.min.lat + dy },
        max: Point { lon: b.max.lon - dx, lat: b.max.lat - dy },
    }
}

/// Places where the map ends: ways cut by the file, and where an edge leaves the rectangle of completeness.
fn find_frontier(net: &mut Network, order: &[u32], cut: &[bool]) {
    let mut found = Vec::new();
    for (i, &p) in order.iter().enumerate() {
        if cut.get(p as usize).copied().unwrap_or(false)
            && let Some(d) = net.door_of_node(i as u32)
        {
            found.push(d);
        }
    }
    if let Some(b) = net.bounds {
        for e in 0..net.edges.len() as u32 {
            let mut inside: Option<bool> = None;
            let mut last = 0;
            for (p, cm) in net.line(e) {
                let now = b.contains(p);
                match inside {
                    Some(true) if !now => found.push(Door { edge: e, offset_cm: cm, access_cm: 0 }),
                    Some(false) if now => found.push(Door { edge: e, offset_cm: last, access_cm: 0 }),
                    _ => {}
                }
                inside = Some(now);
                last = cm;
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    net.frontier = found;
}

/// Makes a network directly from junctions and straight edges: for tests and generators.
///
/// # Errors
/// [`Error::EmptyNetwork`] without edges; [`Error::Argument`] when an edge names a node that does not exist.
pub fn from_lines(
    points: &[Point],
    stops: &[Stop],
    lines: &[(Vec<u32>, Traits)],
    bounds: Option<Bounds>,
) -> Result<Network> {
    let mut raw = Raw {
        points: points.to_vec(),
        ids: (0..points.len() as i64).collect(),
        stops: (0..points.len()).map(|i| stops.get(i).copied().unwrap_or_default()).collect(),
        cut: vec![false; points.len()],
        names: vec![String::new()],
        ..Raw::default()
    };
    for (line, traits) in lines {
        if line.iter().any(|&p| p as usize >= points.len()) {
            return Err(Error::Argument("a line names a point that does not exist".into()));
        }
        let start = raw.refs.len() as u32;
        raw.refs.extend_from_slice(line);
        let end = raw.refs.len() as u32;
        raw.ways.push(crate::raw::RawWay { start, end, traits: *traits, name: 0, square: false });
    }
    build(raw, bounds)
}
