//! The readers: one small map written as XML and as PBF, and what hostile files meet.

use std::fmt::Write;
use walk::access::{Stop, Traits};
use walk::build::build;
use walk::nearest::{Scratch, Table};
use walk::osm::{Limits, ReadOptions, read_bytes};
use walk::raw::Raw;
use walk::search::{NONE, cost_of};
use walk::{Door, Error, Network, Places, Profile};

type Tagged = Vec<(&'static str, &'static str)>;

struct Map {
    nodes: Vec<(i64, i64, i64, Tagged)>,
    ways: Vec<(i64, Vec<i64>, Tagged)>,
}

/// A street west to east, a parallel one north of it, and every way to get from one to the other.
fn town() -> Map {
    let node = |id: i64, x: i64, y: i64| (id, 1_133_000_000 + x * 10_000, 231_000_000 + y * 10_000, vec![]);
    let mut nodes: Vec<_> =
        (0..8).map(|i| node(1 + i, i, 0)).chain((0..8).map(|i| node(11 + i, i, 2))).collect();
    nodes.extend([node(21, 0, 1), node(22, 1, 1), node(23, 2, 1), node(24, 6, 1), node(30, 1, 1)]);
    let mut tag =
        |id: i64, t: Tagged| nodes.iter_mut().filter(|n| n.0 == id).for_each(|n| n.3.clone_from(&t));
    tag(21, vec![("barrier", "gate"), ("access", "private")]);
    tag(22, vec![("highway", "elevator")]);
    tag(24, vec![("highway", "crossing"), ("crossing", "traffic_signals")]);
    let street = |name| vec![("highway", "residential"), ("name", name)];
    let foot = |more: Tagged| [vec![("highway", "footway")], more].concat();
    let square = vec![("highway", "pedestrian"), ("area", "yes")];
    Map {
        nodes,
        ways: vec![
            (1, (1..=8).collect(), street("南路")),
            (2, (11..=18).collect(), street("北路")),
            (3, vec![1, 21, 11], foot(vec![])), // through the locked gate
            (4, vec![2, 22, 12], foot(vec![])), // by the lift
            (5, vec![3, 23, 13], vec![("highway", "steps")]), // by stairs
            (6, vec![4, 14], foot(vec![("bridge", "yes"), ("layer", "1")])), // a footbridge over way 9
            (7, vec![5, 6, 16, 15, 5], square), // a square: sight lines 5–16 and 6–15
            (8, vec![7, 24, 17], foot(vec![("footway", "crossing")])), // over a crossing with signals
            (9, vec![30, 24], foot(vec![])),    // under the bridge, joined only to the crossing
            (10, vec![8, 99], street("出图")),  // leaves the file
            (11, vec![1, 8], vec![("highway", "motorway")]),
        ],
    }
}

fn xml(m: &Map) -> Vec<u8> {
    let mut s = String::from("<?xml version='1.0'?>\n<osm version='0.6'><!-- > a comment -->\n");
    let degrees = |v: i64| format!("{}.{:07}", v / 10_000_000, v % 10_000_000);
    let tags = |s: &mut String, t: &Tagged| {
        t.iter().for_each(|(k, v)| write!(s, "<tag k=\"{k}\" v='{v}' />").unwrap());
    };
    for (id, lon, lat, t) in &m.nodes {
        write!(s, "<node id=\"{id}\" lat=\"{}\" lon=\"{}\">", degrees(*lat), degrees(*lon)).unwrap();
        tags(&mut s, t);
        s += "</node>\n";
    }
    for (id, refs, t) in &m.ways {
        write!(s, "<way id=\"{id}\">").unwrap();
        refs.iter().for_each(|r| write!(s, "<nd ref=\"{r}\"/>").unwrap());
        tags(&mut s, t);
        s += "</way>\n";
    }
    (s + "</osm>\n").into_bytes()
}

fn varint(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push((v & 0x7f) as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}
fn zig(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)).cast_unsigned()
}
fn bytes(out: &mut Vec<u8>, field: u64, b: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, b.len() as u64);
    out.extend_from_slice(b);
}
fn number(out: &mut Vec<u8>, field: u64, v: u64) {
    varint(out, field << 3);
    varint(out, v);
}
fn packed(values: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut out = Vec::new();
    values.into_iter().for_each(|v| varint(&mut out, v));
    out
}

fn block(kind: &str, data: &[u8], packed: bool) -> Vec<u8> {
    let mut blob = Vec::new();
    if packed {
        number(&mut blob, 2, data.len() as u64);
        bytes(&mut blob, 3, &miniz_oxide::deflate::compress_to_vec_zlib(data, 6));
    } else {
        bytes(&mut blob, 1, data);
    }
    let mut header = Vec::new();
    bytes(&mut header, 1, kind.as_bytes());
    number(&mut header, 3, blob.len() as u64);
    let mut out = (header.len() as u32).to_be_bytes().to_vec();
    out.extend(header);
    out.extend(blob);
    out
}

fn head() -> Vec<u8> {
    let mut h = Vec::new();
    bytes(&mut h, 4, b"OsmSchema-V0.6");
    bytes(&mut h, 4, b"DenseNodes");
    block("OSMHeader", &h, false)
}

fn pbf(m: &Map, pack: bool) -> Vec<u8> {
    let mut strings: Vec<&str> = vec![""];
    let mut number_of = |s: &'static str| {
        strings.iter().position(|x| *x == s).unwrap_or_else(|| {
            strings.push(s);
            strings.len() - 1
        }) as u64
    };
    let delta = |values: Vec<i64>| {
        let before = std::iter::once(0).chain(values.clone());
        packed(values.iter().zip(before).map(|(v, b)| zig(v - b)).collect::<Vec<_>>())
    };
    let mut dense = Vec::new();
    bytes(&mut dense, 1, &delta(m.nodes.iter().map(|n| n.0).collect()));
    bytes(&mut dense, 8, &delta(m.nodes.iter().map(|n| n.2).collect()));
    bytes(&mut dense, 9, &delta(m.nodes.iter().map(|n| n.1).collect()));
    let mut kvs = Vec::new();
    for n in &m.nodes {
        n.3.iter().for_each(|(k, v)| kvs.extend([number_of(k), number_of(v)]));
        kvs.push(0);
    }
    bytes(&mut dense, 10, &packed(kvs));
    let (mut nodes, mut ways) = (Vec::new(), Vec::new());
    bytes(&mut nodes, 2, &dense);
    for (id, refs, tags) in &m.ways {
        let mut w = Vec::new();
        number(&mut w, 1, id.cast_unsigned());
        bytes(&mut w, 2, &packed(tags.iter().map(|t| number_of(t.0)).collect::<Vec<_>>()));
        bytes(&mut w, 3, &packed(tags.iter().map(|t| number_of(t.1)).collect::<Vec<_>>()));
        bytes(&mut w, 8, &delta(refs.clone()));
        bytes(&mut ways, 3, &w);
    }
    let mut table = Vec::new();
    strings.iter().for_each(|s| bytes(&mut table, 1, s.as_bytes()));
    let mut data = Vec::new();
    bytes(&mut data, 1, &table);
    bytes(&mut data, 2, &nodes);
    bytes(&mut data, 2, &ways);
    [head(), block("OSMData", &data, pack)].concat()
}

fn read(bytes: &[u8]) -> walk::Result<Raw> {
    read_bytes(bytes, &ReadOptions::default())
}
fn net() -> Network {
    build(read(&xml(&town())).unwrap(), None).unwrap()
}

/// Cost between two nodes of the source.
fn between(net: &Network, profile: &Profile, from: i64, to: i64) -> Option<u32> {
    let costs = net.costs(profile);
    let ids: Vec<i64> = net.node_ids.iter().chain(&net.shape_ids).copied().collect();
    let all = net.all_nodes();
    let door = |id: i64| -> Door { all.doors(ids.iter().position(|i| *i == id).unwrap() as u32)[0] };
    let t =
        Table::compute(net, &costs, &Places::single(vec![door(to)]), 1, 10_000_000, &mut Scratch::default());
    let l = t.answers(net, &costs, &Places::single(vec![door(from)]))[0];
    (l != NONE).then(|| cost_of(l))
}

#[test]
fn both_formats_read_the_same() {
    let want = net();
    for pack in [false, true] {
        assert_eq!(build(read(&pbf(&town(), pack)).unwrap(), None).unwrap(), want);
    }
}

#[test]
fn stairs_lifts_gates_bridges_squares_and_crossings() {
    let net = net();
    let general = Profile::general();
    let has = |bit: u16| net.edges.iter().filter(|e| e.traits.has(bit)).count();
    assert_eq!(has(Traits::SQUARE), 2);
    assert!(has(Traits::STEPS) > 0 && has(Traits::BRIDGE) > 0 && has(Traits::CROSSING) > 0);
    assert!(net.stops.iter().any(|s| s.has(Stop::LIFT)) && net.stops.iter().any(|s| s.has(Stop::SIGNAL)));
    // the locked gate: to its other side one walks round by the lift
    let (gate, lift) = (between(&net, &general, 1, 11).unwrap(), between(&net, &general, 2, 12).unwrap());
    assert!(gate > lift + 20_000, "{gate} {lift}");
    // stairs: 2.5 times for the old, barred for a wheelchair, which goes round
    let steps = between(&net, &general, 3, 13).unwrap();
    assert_eq!(steps, lift);
    let elder = between(&net, &Profile::elder(), 3, 13).unwrap();
    let round = between(&net, &Profile::step_free(), 3, 13).unwrap();
    assert!(elder > steps && round > steps + 19_000, "{steps} {elder} {round}");
    // a wait at the lift (30 s at 0.8 m/s) and at the signals (15 s)
    assert_eq!(between(&net, &Profile::elder(), 2, 12).unwrap(), lift + 2_400);
    assert_eq!(
        between(&net, &Profile::elder(), 7, 17).unwrap(),
        between(&net, &general, 7, 17).unwrap() + 1_200
    );
    // the square is crossed in a straight line
    assert!(between(&net, &general, 5, 16).unwrap() < lift + 5_000);
    // way 9 passes under the bridge of way 6 and is joined only at its end
    assert!(between(&net, &general, 30, 4).unwrap() > 60_000);
    // the street that leaves the file ends at the map's edge; the motorway is not walked
    assert!(!net.frontier.is_empty());
    assert!(net.edges.iter().all(|e| net.names[e.name as usize] != "出图"));
    assert!(net.names.iter().any(|n| n == "南路"));
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_a_smaller_map() {
    for whole in [xml(&town()), pbf(&town(), false), pbf(&town(), true)] {
        for end in 0..whole.len() {
            if let Ok(raw) = read(&whole[..end]) {
                let _ = build(raw, None);
            }
        }
    }
}

#[test]
fn hostile_files_meet_an_error_before_memory() {
    let damaged = |b: &[u8]| matches!(read(b), Err(Error::Damaged { .. }));
    // a block of a few bytes that claims to unpack to 32 MiB, one that claims 2^60, a header of 4 GiB
    for claim in [32u64 << 20, 1 << 60] {
        let mut blob = Vec::new();
        number(&mut blob, 2, claim);
        bytes(&mut blob, 3, &miniz_oxide::deflate::compress_to_vec_zlib(b"x", 6));
        let mut header = Vec::new();
        bytes(&mut header, 1, b"OSMData");
        number(&mut header, 3, blob.len() as u64);
        let file = [head(), (header.len() as u32).to_be_bytes().to_vec(), header, blob].concat();
        assert!(damaged(&file));
    }
    assert!(damaged(&[0xff; 64]));
    assert!(damaged(b"<osm><way id='1'><nd ref='x'/></way></osm>"));
    assert!(damaged(b"<html></html>"));
    assert!(damaged(&[b"<osm><tag k='".to_vec(), vec![b'a'; 1 << 20]].concat()));
    // nested entities are never expanded
    let laughs =
        b"<!DOCTYPE osm [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><osm><way id='1'>&b;</way></osm>";
    assert!(read(laughs).is_err());
    // the ceilings
    for limits in [
        Limits { refs: 10, ..Limits::default() },
        Limits { ways: 2, ..Limits::default() },
        Limits { names: 1, ..Limits::default() },
    ] {
        let r = read_bytes(&xml(&town()), &ReadOptions { buildings: false, limits });
        assert!(matches!(r, Err(Error::TooLarge { .. })), "{limits:?}");
    }
    assert!(matches!(read(b"<osm></osm>"), Err(Error::EmptyNetwork)));
    let mut odd = Vec::new();
    bytes(&mut odd, 4, b"HistoricalInformation");
    assert!(matches!(read(&block("OSMHeader", &odd, false)), Err(Error::Unsupported { .. })));
}

#[test]
fn a_map_of_squares_is_refused() {
    // one ring of 64 corners, said three thousand times: six million pairs of corners
    let corner = |i: i64| {
        let a = i as f64 / 64.0 * std::f64::consts::TAU;
        (i + 1, 1_133_000_000 + (a.cos() * 1e5) as i64, 231_000_000 + (a.sin() * 1e5) as i64, vec![])
    };
    let ring: Vec<i64> = (1..=64).chain([1]).collect();
    let square = || vec![("highway", "pedestrian"), ("area", "yes")];
    let m = Map {
        nodes: (0..64).map(corner).collect(),
        ways: (1..=3_000).map(|id| (id, ring.clone(), square())).collect(),
    };
    let refused = build(read(&pbf(&m, true)).unwrap(), None);
    assert!(matches!(refused, Err(Error::TooLarge { .. })));
}

/// The extracts that lie beside the repository, when told where: what was counted once stays.
#[test]
fn extracts_read_as_counted() {
    let Some(folder) = std::env::var_os("LINLI_CONFORMANCE_DATA") else { return };
    for (file, junctions, edges, nodes) in [
        ("bayfront-singapore.osm.pbf", 342, 459, 1_122),
        ("helsinki.osm.pbf", 3_031, 5_202, 6_535),
        ("shanghai-small.osm", 528, 899, 1_864),
        ("porto.osm.pbf", 70_752, 108_617, 322_760),
    ] {
        let path = std::path::Path::new(&folder).join("osm").join(file);
        let net = build(walk::osm::read_file(&path, &ReadOptions::default()).unwrap(), None).unwrap();
        assert_eq!(
            (net.nodes.len(), net.edges.len(), net.source_nodes()),
            (junctions, edges, nodes),
            "{file}"
        );
    }
}
