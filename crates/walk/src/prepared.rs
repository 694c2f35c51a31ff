//! The prepared file: a [`City`] as flat little-endian arrays, read back in a few milliseconds.
//!
//! The file is mapped, copied into the arrays of a [`City`], and the copy is checked: the map lives for the few
//! milliseconds of [`load`] only, so nothing that happens to the file afterwards can reach an answer. Arrays used in
//! the map itself would save the copying, a part of the time that `walk bench` tells (`bare_copy_processor_ms`), and
//! would leave every search at the mercy of whoever writes to the file.
//!
//! ```
//! let town = walk::synth::city(&walk::synth::Plan::of_area(42, 0.2)?)?;
//! let path = std::env::temp_dir().join(format!("walk-doc-{}.walk", std::process::id()));
//! walk::prepared::save(&town, &path)?;
//! assert_eq!(walk::prepared::load(&path)?, town);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), walk::Error>(())
//! ```
//!
//! Layout: 8 bytes `WALKPREP`; version (u32); number of sections (u32); check sum over everything behind it (u64);
//! length of everything behind it (u64); then each section as tag (u32), zero (u32), byte length (u64), bytes padded
//! with zeros to a multiple of 8. Everything is checked on reading: lengths against the file, the sum, and every
//! index against what it points into, so that no search can leave its arrays.

use crate::access::{Stop, Traits};
use crate::city::{Buildings, City, Class};
use crate::error::{Error, Result};
use crate::geo::{Bounds, Point};
use crate::map::Map;
use crate::network::{Door, Edge, Network, Places};
use std::io::Write;
use std::path::Path;

const FORMAT: &str = "prepared file";
const MAGIC: &[u8; 8] = b"WALKPREP";
/// Version of the format; a file of another version is refused, to be prepared anew.
pub const VERSION: u32 = 1;
/// Largest file that is read, 8 GiB.
const MAX_FILE: u64 = 8 << 30;

/// Check sum: four interleaved lanes of multiply-and-rotate over 8-byte words. It finds damage, not malice: malice
/// is met by checking every index.
#[must_use]
pub fn check_sum(bytes: &[u8]) -> u64 {
    const M: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes = [M, M.rotate_left(16), M.rotate_left(32), M.rotate_left(48)];
    let mix = |h: u64, w: u64| (h ^ w).wrapping_mul(M).rotate_left(29);
    let mut chunks = bytes.chunks_exact(32);
    for c in &mut chunks {
        for (lane, w) in lanes.iter_mut().zip(c.chunks_exact(8)) {
            *lane = mix(*lane, u64_of(w));
        }
    }
    let mut h = bytes.len() as u64;
    for l in lanes {
        h = mix(h, l);
    }
    for &b in chunks.remainder() {
        h = mix(h, u64::from(b) + 1);
    }
    h ^ (h >> 31)
}

fn u32_of(b: &[u8]) -> u32 {
    b.try_into().map_or(0, u32::from_le_bytes)
}
fn u64_of(b: &[u8]) -> u64 {
    b.try_into().map_or(0, u64::from_le_bytes)
}

/// Collects sections.
#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    sections: u32,
}

impl Writer {
    fn section(&mut self, tag: u32, bytes: &[u8]) {
        self.out.extend_from_slice(&tag.to_le_bytes());
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.out.extend_from_slice(bytes);
        self.out.resize(self.out.len().next_multiple_of(8), 0);
        self.sections += 1;
    }
    fn words(&mut self, tag: u32, words: impl Iterator<Item = u32>) {
        let mut bytes = Vec::new();
        words.for_each(|w| bytes.extend_from_slice(&w.to_le_bytes()));
        self.section(tag, &bytes);
    }
    fn points(&mut self, tag: u32, points: &[Point]) {
        self.words(tag, points.iter().flat_map(|p| [p.lon.cast_unsigned(), p.lat.cast_unsigned()]));
    }
    fn longs(&mut self, tag: u32, longs: &[i64]) {
        let bytes: Vec<u8> = longs.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.section(tag, &bytes);
    }
    fn strings(&mut self, tag: u32, strings: &[String]) {
        let mut bytes = Vec::new();
        for s in strings {
            bytes.extend_from_slice(&(s.len() as u32).to_le_bytes());
            bytes.extend_from_slice(s.as_bytes());
        }
        self.section(tag, &bytes);
    }
    fn doors(&mut self, tag: u32, doors: &[Door]) {
        self.words(tag, doors.iter().flat_map(|d| [d.edge, d.offset_cm, d.access_cm]));
    }
    fn places(&mut self, tag: u32, p: &Places) {
        self.words(tag, p.first.iter().copied());
        self.doors(tag + 1, &p.doors);
    }
}

/// Reads sections in order.
struct Reader<'a> {
    rest: &'a [u8],
    at: u64,
}

impl<'a> Reader<'a> {
    fn bad(&self, what: &'static str) -> Error {
        Error::damaged(FORMAT, self.at, what)
    }
    fn section(&mut self, tag: u32) -> Result<&'a [u8]> {
        let Some((head, tail)) = self.rest.split_at_checked(16) else {
            return Err(self.bad("the file ends before a section"));
        };
        if u32_of(&head[..4]) != tag {
            return Err(self.bad("an unexpected section"));
        }
        let len = u64_of(&head[8..16]);
        let padded = len.checked_next_multiple_of(8).and_then(|n| usize::try_from(n).ok());
        let Some((body, rest)) = padded.and_then(|n| tail.split_at_checked(n)) else {
            return Err(self.bad("a section longer than the file"));
        };
        self.rest = rest;
        self.at += 16 + body.len() as u64;
        Ok(&body[..len as usize])
    }
    fn words(&mut self, tag: u32) -> Result<Vec<u32>> {
        let b = self.section(tag)?;
        if b.len() % 4 != 0 {
            return Err(self.bad("a section of odd length"));
        }
        Ok(b.chunks_exact(4).map(u32_of).collect())
    }
    fn points(&mut self, tag: u32) -> Result<Vec<Point>> {
        let b = self.section(tag)?;
        if b.len() % 8 != 0 {
            return Err(self.bad("a section of odd length"));
        }
        let mut bad = false;
        let v = b
            .chunks_exact(8)
            .map(|c| {
                let p = Point { lon: u32_of(&c[..4]).cast_signed(), lat: u32_of(&c[4..]).cast_signed() };
                bad |= Point::from_e7(i64::from(p.lon), i64::from(p.lat)).is_none();
                p
            })
            .collect();
        if bad { Err(self.bad("a point off the earth")) } else { Ok(v) }
    }
    fn longs(&mut self, tag: u32) -> Result<Vec<i64>> {
        let b = self.section(tag)?;
        if b.len() % 8 != 0 {
            return Err(self.bad("a section of odd length"));
        }
        Ok(b.chunks_exact(8).map(|c| u64_of(c).cast_signed()).collect())
    }
    fn strings(&mut self, tag: u32) -> Result<Vec<String>> {
        let mut b = self.section(tag)?;
        let mut out = Vec::new();
        while !b.is_empty() {
            let Some((len, tail)) = b.split_at_checked(4) else { return Err(self.bad("a text is cut off")) };
            let Some((text, tail)) = tail.split_at_checked(u32_of(len) as usize) else {
                return Err(self.bad("a text is cut off"));
            };
            // copied before it is looked at, as everything here: the bytes may be those of a map
            out.push(String::from_utf8(text.to_vec()).map_err(|_e| self.bad("a text that is not UTF-8"))?);
            b = tail;
        }
        Ok(out)
    }
    fn doors(&mut self, tag: u32, net: &Network) -> Result<Vec<Door>> {
        let b = self.section(tag)?;
        if b.len() % 12 != 0 {
            return Err(self.bad("a section of odd length"));
        }
        let doors: Vec<Door> = b
            .chunks_exact(12)
            .map(|c| Door { edge: u32_of(&c[..4]), offset_cm: u32_of(&c[4..8]), access_cm: u32_of(&c[8..]) })
            .collect();
        let good = |d: &Door| net.edges.get(d.edge as usize).is_some_and(|e| d.offset_cm <= e.length_cm);
        if doors.iter().all(good) { Ok(doors) } else { Err(self.bad("a door on no edge")) }
    }
    fn places(&mut self, tag: u32, net: &Network) -> Result<Places> {
        let first = self.words(tag)?;
        let doors = self.doors(tag + 1, net)?;
        if first.is_empty() && doors.is_empty() {
            return Ok(Places::default());
        }
        if !is_offsets(&first, doors.len()) {
            return Err(self.bad("a bad list of offsets"));
        }
        Ok(Places { first, doors })
    }
    fn expect(&self, ok: bool, what: &'static str) -> Result<()> {
        if ok { Ok(()) } else { Err(self.bad(what)) }
    }
}

fn is_offsets(first: &[u32], end: usize) -> bool {
    first.first() == Some(&0) && first.last() == Some(&(end as u32)) && first.windows(2).all(|w| w[0] <= w[1])
}

/// The city as the bytes of a prepared file.
#[must_use]
pub fn to_bytes(city: &City) -> Vec<u8> {
    let mut w = Writer::default();
    let net = &city.net;
    w.points(1, &net.nodes);
    w.section(2, &net.stops.iter().map(|s| s.0).collect::<Vec<u8>>());
    w.longs(3, &net.node_ids);
    w.words(
        4,
        net.edges.iter().flat_map(|e| [e.a, e.b, e.length_cm, e.shape, e.name, u32::from(e.traits.0)]),
    );
    w.points(5, &net.shape);
    w.words(6, net.shape_cm.iter().copied());
    w.longs(7, &net.shape_ids);
    w.words(8, net.first.iter().copied());
    w.words(9, net.arcs.iter().copied());
    w.strings(10, &net.names);
    w.points(11, &net.bounds.map_or(Vec::new(), |b| vec![b.min, b.max]));
    w.doors(12, &net.frontier);
    let b = &city.buildings;
    w.strings(20, &b.ids);
    w.points(21, &b.points);
    w.places(22, &b.places);
    w.words(24, b.residents.iter().copied());
    w.words(25, b.area.iter().copied());
    w.strings(26, &city.areas);
    w.words(27, std::iter::once(city.classes.len() as u32));
    for c in &city.classes {
        w.strings(30, std::slice::from_ref(&c.name));
        w.strings(31, &c.ids);
        w.points(32, &c.points);
        w.places(33, &c.places);
        w.words(35, c.capacity.iter().copied());
    }
    let mut out = Vec::with_capacity(w.out.len() + 32);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&w.sections.to_le_bytes());
    out.extend_from_slice(&check_sum(&w.out).to_le_bytes());
    out.extend_from_slice(&(w.out.len() as u64).to_le_bytes());
    out.append(&mut w.out);
    out
}

/// Reads a prepared file from memory, checking everything.
///
/// # Errors
/// [`Error::Damaged`], and [`Error::Unsupported`] for another version.
pub fn from_bytes(bytes: &[u8]) -> Result<City> {
    let Some((head, body)) = bytes.split_at_checked(32) else {
        return Err(Error::damaged(FORMAT, 0, "shorter than its head"));
    };
    if &head[..8] != MAGIC {
        return Err(Error::damaged(FORMAT, 0, "not a prepared file"));
    }
    let version = u32_of(&head[8..12]);
    if version != VERSION {
        return Err(Error::Unsupported {
            format: FORMAT,
            what: format!("version {version}; this program reads {VERSION}: prepare the file anew"),
        });
    }
    if u64_of(&head[24..32]) != body.len() as u64 {
        return Err(Error::damaged(FORMAT, 24, "the length is not that of the file"));
    }
    if check_sum(body) != u64_of(&head[16..24]) {
        return Err(Error::damaged(FORMAT, 16, "the check sum does not agree: the file is damaged"));
    }
    parse(body)
}

/// Reads the sections. Kept apart so that the mutation run reaches it past the check sum.
pub(crate) fn parse(body: &[u8]) -> Result<City> {
    let mut r = Reader { rest: body, at: 32 };
    let net = network(&mut r)?;
    let b = Buildings {
        ids: r.strings(20)?,
        points: r.points(21)?,
        places: r.places(22, &net)?,
        residents: r.words(24)?,
        area: r.words(25)?,
    };
    let areas = r.strings(26)?;
    let n = b.points.len();
    r.expect(
        b.ids.len() == n && b.places.len() == n && b.residents.len() == n && b.area.len() == n,
        "lists of buildings of different lengths",
    )?;
    r.expect(b.area.iter().all(|&a| a == u32::MAX || (a as usize) < areas.len()), "a building in no area")?;
    let count = match r.words(27)?.as_slice() {
        [n] => *n,
        _ => return Err(r.bad("no number of classes")),
    };
    let mut classes = Vec::new();
    for _ in 0..count {
        let name = r.strings(30)?.pop().ok_or_else(|| r.bad("a class without a name"))?;
        let c = Class {
            name,
            ids: r.strings(31)?,
            points: r.points(32)?,
            places: r.places(33, &net)?,
            capacity: r.words(35)?,
        };
        let n = c.points.len();
        r.expect(
            c.ids.len() == n && c.places.len() == n && c.capacity.len() == n,
            "lists of facilities of different lengths",
        )?;
        classes.push(c);
    }
    r.expect(r.rest.is_empty(), "something behind the last section")?;
    Ok(City { net, buildings: b, classes, areas })
}

fn network(r: &mut Reader) -> Result<Network> {
    let nodes = r.points(1)?;
    let stops: Vec<Stop> = r.section(2)?.iter().map(|&b| Stop(b)).collect();
    let node_ids = r.longs(3)?;
    let e = r.section(4)?;
    r.expect(e.len().is_multiple_of(24), "a section of odd length")?;
    let edges: Vec<Edge> = e
        .chunks_exact(24)
        .map(|c| Edge {
            a: u32_of(&c[..4]),
            b: u32_of(&c[4..8]),
            length_cm: u32_of(&c[8..12]),
            shape: u32_of(&c[12..16]),
            name: u32_of(&c[16..20]),
            traits: Traits(u32_of(&c[20..]) as u16),
        })
        .collect();
    let mut net = Network {
        nodes,
        stops,
        node_ids,
        edges,
        shape: r.points(5)?,
        shape_cm: r.words(6)?,
        shape_ids: r.longs(7)?,
        first: r.words(8)?,
        arcs: r.words(9)?,
        names: r.strings(10)?,
        bounds: None,
        frontier: Vec::new(),
    };
    let n = net.nodes.len();
    r.expect(net.stops.len() == n && net.node_ids.len() == n, "lists of junctions of different lengths")?;
    r.expect(
        net.shape_cm.len() == net.shape.len() && net.shape_ids.len() == net.shape.len(),
        "lists of points of different lengths",
    )?;
    r.expect(net.first.len() == n + 1 && is_offsets(&net.first, net.arcs.len()), "a bad list of arcs")?;
    let mut shape = 0;
    for e in &net.edges {
        let good = (e.a as usize) < n
            && (e.b as usize) < n
            && (e.name as usize) < net.names.len()
            && e.length_cm > 0
            && e.length_cm <= crate::profile::MAX_COST
            && e.shape >= shape
            && e.shape as usize <= net.shape.len();
        r.expect(good, "an edge that points nowhere")?;
        shape = e.shape;
    }
    r.expect(net.edges.first().is_none_or(|e| e.shape == 0), "points before the first edge")?;
    for i in 0..net.edges.len() as u32 {
        let (mut last, end) = (0, net.edges[i as usize].length_cm);
        for &cm in &net.shape_cm[net.shape_range(i)] {
            r.expect(cm >= last && cm <= end, "points of an edge out of order")?;
            last = cm;
        }
    }
    for node in 0..n {
        for &arc in &net.arcs[net.first[node] as usize..net.first[node + 1] as usize] {
            let end = net.edges.get((arc >> 1) as usize).map(|e| if arc & 1 == 0 { e.a } else { e.b });
            r.expect(end == Some(node as u32), "an arc that does not start at its junction")?;
        }
    }
    net.bounds = match r.points(11)?.as_slice() {
        [] => None,
        [min, max] => Some(Bounds { min: *min, max: *max }),
        _ => return Err(r.bad("a bad rectangle")),
    };
    net.frontier = r.doors(12, &net)?;
    Ok(net)
}

/// Writes a prepared file: beside its place first, then renamed, so that readers never see half of it.
///
/// # Errors
/// [`Error::File`].
pub fn save(city: &City, path: &Path) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let bytes = to_bytes(city);
    let write = || -> std::io::Result<()> {
        let mut f = std::fs::File::create(&part)?;
        f.write_all(&bytes)?;
        f.sync_all()?;
        std::fs::rename(&part, path)
    };
    write().map_err(Error::file(path))
}

/// Reads a prepared file by memory map.
///
/// A file that is changed in place meanwhile is refused when its length or date shows it. One that is cut short in
/// place within these milliseconds ends the process (the system sends a bus error): replace files as [`save`] does, by
/// renaming, or read them with [`std::fs::read`] and [`from_bytes`].
///
/// # Errors
/// [`Error::File`], [`Error::TooLarge`], and those of [`from_bytes`].
pub fn load(path: &Path) -> Result<City> {
    let file = std::fs::File::open(path).map_err(Error::file(path))?;
    let state = || file.metadata().and_then(|m| Ok((m.len(), m.modified()?))).map_err(Error::file(path));
    let before = state()?;
    if before.0 > MAX_FILE {
        return Err(Error::TooLarge { what: "the prepared file", limit: MAX_FILE });
    }
    let city = from_bytes(&Map::of(&file).map_err(Error::file(path))?)?;
    if state()? != before {
        return Err(Error::damaged(FORMAT, 0, "the file was changed while it was read"));
    }
    Ok(city)
}

/// Whether a file begins like a prepared file.
///
/// # Errors
/// [`Error::File`].
pub fn is_prepared(path: &Path) -> Result<bool> {
    use std::io::Read;
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(Error::file(path))?;
    file.take(8).read_to_end(&mut head).map_err(Error::file(path))?;
    Ok(head == MAGIC)
}
