//! Damages files by seeded mutation and reads them, for as long as asked: nothing may panic or hang, and nothing may
//! take much memory (run it under `ulimit -v`).
//!
//! ```sh
//! (ulimit -v 600000; cargo run --release -p walk --example mutate -- 600 1 bayfront.osm.pbf shanghai.osm small.walk)
//! ```
//!
//! Packed blocks of a `.osm.pbf` are unpacked first, since hardly a damaged byte passes the unpacking; the check sum
//! of a prepared file is made anew after the damage. What is still read is built, searched and drawn.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a tool of tests: indices are taken modulo lengths"
)]

use std::time::{Duration, Instant};
use walk::access::Traits;
use walk::isochrone::{Canvas, Drawing, polygons, reach};
use walk::local::Local;
use walk::nearest::{Scratch, Table};
use walk::osm::{Limits, ReadOptions, read_bytes};
use walk::raw::{ExtraPath, Gate};
use walk::{City, Datum, Network, Places, Profile};

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn varint(out: &mut Vec<u8>, mut v: usize) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

fn read_varint(b: &[u8], at: &mut usize) -> usize {
    let (mut v, mut shift) = (0, 0);
    while let Some(&x) = b.get(*at) {
        *at += 1;
        v |= usize::from(x & 0x7f) << shift;
        shift += 7;
        if x < 0x80 {
            break;
        }
    }
    v
}

/// The same file with its blocks stored unpacked.
fn unpacked(pbf: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at + 4 <= pbf.len() {
        let head = u32::from_be_bytes([pbf[at], pbf[at + 1], pbf[at + 2], pbf[at + 3]]) as usize;
        let header = &pbf[at + 4..at + 4 + head];
        let (mut i, mut kind, mut size) = (0, Vec::new(), 0);
        while i < header.len() {
            let key = read_varint(header, &mut i);
            let n = read_varint(header, &mut i);
            if key & 7 == 2 {
                if key >> 3 == 1 {
                    kind = header[i..i + n].to_vec();
                }
                i += n;
            } else if key >> 3 == 3 {
                size = n;
            }
        }
        let blob = &pbf[at + 4 + head..at + 4 + head + size];
        let (mut i, mut data) = (0, Vec::new());
        while i < blob.len() {
            let key = read_varint(blob, &mut i);
            let n = read_varint(blob, &mut i);
            if key & 7 == 2 {
                let body = &blob[i..i + n];
                data = match key >> 3 {
                    3 => miniz_oxide::inflate::decompress_to_vec_zlib(body).unwrap_or_default(),
                    _ => body.to_vec(),
                };
                i += n;
            }
        }
        let mut blob = vec![1 << 3 | 2];
        varint(&mut blob, data.len());
        blob.extend_from_slice(&data);
        let mut header = vec![1 << 3 | 2];
        varint(&mut header, kind.len());
        header.extend_from_slice(&kind);
        header.push(3 << 3);
        varint(&mut header, blob.len());
        out.extend_from_slice(&u32::to_be_bytes(header.len() as u32));
        out.extend_from_slice(&header);
        out.extend_from_slice(&blob);
        at += 4 + head + size;
    }
    out
}

const WORDS: [&[u8]; 16] = [
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x00\x00\x00\x80",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"<way id=\"1\">",
    b"</way>",
    b"<nd ref=\"9223372036854775807\"/>",
    b"<node id=\"-9223372036854775808\" lat=\"90\" lon=\"180\"/>",
    b"<tag k=\"highway\" v=\"footway\"/>",
    b"<!--",
    b"&#1114112;",
    b"lat=\"-90.0000001\"",
    b"lon=\"1e308\"",
    b"\"coordinates\":[[[",
    b"area",
];

fn damage(bytes: &mut Vec<u8>, c: &mut Chance) {
    for _ in 0..1 + c.below(8) {
        if bytes.is_empty() {
            return;
        }
        let at = c.below(bytes.len());
        match c.below(8) {
            0 => bytes[at] ^= 1 << c.below(8),
            1 => bytes[at] = c.next() as u8,
            2 => {
                let n = c.below(64).min(bytes.len() - at);
                bytes.drain(at..at + n);
            }
            3 => {
                let n = c.below(256).min(bytes.len() - at);
                let copy = bytes[at..at + n].to_vec();
                let to = c.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            4 => bytes.truncate(at),
            5 => {
                let w = WORDS[c.below(WORDS.len())];
                bytes.splice(at..at, w.iter().copied());
            }
            6 => {
                for (b, w) in bytes[at..].iter_mut().zip(WORDS[c.below(WORDS.len())]) {
                    *b = *w;
                }
            }
            _ => {
                let to = c.below(bytes.len());
                bytes.swap(at, to);
            }
        }
    }
}

/// Uses what was read: it must hold for the searches too.
fn exercise(net: Network, city: Option<&City>, c: &mut Chance) {
    if net.edges.is_empty() {
        return;
    }
    let mut costs = net.costs(&Profile::all()[c.below(4)]);
    let door = |c: &mut Chance| {
        let edge = c.below(net.edges.len()) as u32;
        let offset_cm = c.below(net.edges[edge as usize].length_cm as usize + 1) as u32;
        vec![walk::Door { edge, offset_cm, access_cm: c.below(1_000) as u32 }]
    };
    let facilities = match city.and_then(|x| x.classes.first()) {
        Some(class) => class.places.clone(),
        None => Places::of((0..4).map(|_| door(c))),
    };
    let mut s = Scratch::default();
    let mut t = Table::compute(&net, &costs, &facilities, 1 + c.below(3), 200_000, &mut s);
    std::hint::black_box(t.answers(&net, &costs, &net.all_nodes()));
    t.close(&net, &costs, 0, &mut s);
    let edge = c.below(net.edges.len()) as u32;
    costs.set_closed(&net, edge, true);
    t.edge_changed(&net, &costs, edge, &mut s);
    let home = door(c);
    let pieces = reach(&net, &costs, &home, false, 60_000, &mut Local::default());
    let drawn = polygons(&net, &pieces, &[20_000, 60_000], &Drawing::default(), &mut Canvas::default());
    std::hint::black_box(drawn.is_ok());
    let p = net.nodes[c.below(net.nodes.len())];
    std::hint::black_box(walk::index::Index::new(&net).nearest(p, 500.0));
}

fn main() {
    let mut args = std::env::args().skip(1);
    let seconds: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let seed: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut seeds: Vec<(String, Vec<u8>)> = Vec::new();
    for path in args {
        match std::fs::read(&path) {
            Ok(b) if path.ends_with(".pbf") => {
                seeds.push((path.clone(), unpacked(&b)));
                seeds.push((path, b));
            }
            Ok(b) => seeds.push((path, b)),
            Err(e) => eprintln!("{path}: {e}"),
        }
    }
    if seeds.is_empty() {
        eprintln!("mutate SECONDS SEED FILE…");
        return;
    }
    let mut c = Chance(seed);
    let limits = Limits { refs: 2_000_000, ways: 500_000, names: 100_000 };
    let options = ReadOptions { buildings: true, limits };
    let (start, mut runs, mut read, mut slowest) = (Instant::now(), 0u64, 0u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let (name, bytes) = &seeds[c.below(seeds.len())];
        let mut bytes = bytes.clone();
        let before = c.0;
        damage(&mut bytes, &mut c);
        let t = Instant::now();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if name.ends_with(".walk") {
                if bytes.len() > 32 && c.below(8) > 0 {
                    let (len, sum) = (bytes.len() as u64 - 32, walk::prepared::check_sum(&bytes[32..]));
                    bytes[..8].copy_from_slice(b"WALKPREP");
                    bytes[8..12].copy_from_slice(&walk::prepared::VERSION.to_le_bytes());
                    bytes[16..24].copy_from_slice(&sum.to_le_bytes());
                    bytes[24..32].copy_from_slice(&len.to_le_bytes());
                }
                let Ok(city) = walk::prepared::from_bytes(&bytes) else { return false };
                exercise(city.net.clone(), Some(&city), &mut c);
            } else if name.ends_with("json") || name.ends_with(".csv") {
                return walk::files::parse(&bytes, Datum::Bd09).is_ok();
            } else {
                let Ok(mut raw) = read_bytes(&bytes, &options) else { return false };
                // a district's path and gate between two points of the map
                let n = raw.points.len();
                let line: Vec<_> = (0..3).map(|_| raw.points[c.below(n)]).collect();
                let gates = [true, false].map(|open| Gate { point: line[usize::from(open)], open });
                let path = ExtraPath { line, traits: Traits(c.next() as u16), name: String::new() };
                if raw.add_paths(&[path], 500).is_err() || raw.add_gates(&gates, 500).is_err() {
                    return false;
                }
                let Ok(net) = walk::build::build(raw, None) else { return false };
                exercise(net, None, &mut c);
            }
            true
        }));
        slowest = slowest.max(t.elapsed());
        runs += 1;
        match outcome {
            Ok(ok) => read += u64::from(ok),
            Err(_) => {
                let path = std::env::temp_dir().join(format!("walk-crash-{before:x}"));
                if std::fs::write(&path, &bytes).is_ok() {
                    eprintln!("{name}: a crash; the bytes are in {}", path.display());
                }
                std::process::exit(1);
            }
        }
    }
    println!(
        "{runs} damaged files in {} s, {read} of them still read and searched, no crash; slowest {:.0} ms",
        start.elapsed().as_secs(),
        slowest.as_secs_f64() * 1e3
    );
}
