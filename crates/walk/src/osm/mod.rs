//! Reading OpenStreetMap files: `.osm.pbf` and `.osm` (XML), without dependencies on their schema compilers.
//!
//! Both readers run twice over the input: ways first, then only the nodes that those ways need. Memory follows
//! what is kept, plus one block. Every length and count found in the file is checked before it is believed.
//!
//! ```
//! let xml = br#"<osm><node id="1" lon="113.30" lat="23.1"/><node id="2" lon="113.31" lat="23.1"/>
//!     <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>"#;
//! let raw = walk::osm::read_bytes(xml, &Default::default())?;
//! let net = walk::build::build(raw, None)?;
//! assert_eq!((net.nodes.len(), net.edges[0].length_cm), (2, 102_280));
//! # Ok::<(), walk::Error>(())
//! ```

pub mod pbf;
pub mod xml;

use crate::access::{self, Stop, Tags, Traits};
use crate::error::{Error, Result};
use crate::geo::{Bounds, Point};
use crate::raw::{Raw, RawBuilding, RawWay};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// Ceilings that keep hostile input within bounded memory: about 100 bytes a reference at the worst moment of reading
/// and building, so some 4 GiB with these defaults (Porto, a city region, needs 0.9 million references).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most references of kept ways, in all (8 bytes each while reading). Default 40 million.
    pub refs: usize,
    /// Most kept ways. Default 5 million.
    pub ways: usize,
    /// Most distinct street names. Default 1 million.
    pub names: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { refs: 40_000_000, ways: 5_000_000, names: 1_000_000 }
    }
}

/// What to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// Also read buildings (closed ways tagged `building`), for places without a register of their own.
    pub buildings: bool,
    /// Ceilings.
    pub limits: Limits,
}

/// Which elements a pass wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    Ways,
    Nodes,
}

/// Collects what the readers find.
pub(crate) struct Collector {
    options: ReadOptions,
    pub(crate) pass: Pass,
    ways: Vec<(u32, u32, Traits, u32, bool)>,
    buildings: Vec<(i64, u32, u32)>,
    refs: Vec<i64>,
    names: HashMap<Vec<u8>, u32>,
    name_list: Vec<String>,
    wanted: Vec<i64>,
    points: Vec<Point>,
    stops: Vec<Stop>,
    entrance: Vec<bool>,
    found: Vec<bool>,
    cursor: usize,
    bounds: Option<Bounds>,
}

impl Collector {
    fn new(options: ReadOptions) -> Self {
        Self {
            options,
            pass: Pass::Ways,
            ways: Vec::new(),
            buildings: Vec::new(),
            refs: Vec::new(),
            names: HashMap::new(),
            name_list: vec![String::new()],
            wanted: Vec::new(),
            points: Vec::new(),
            stops: Vec::new(),
            entrance: Vec::new(),
            found: Vec::new(),
            cursor: 0,
            bounds: None,
        }
    }

    pub(crate) fn bounds(&mut self, b: Bounds) {
        self.bounds = Some(b);
    }

    /// One way with its references.
    pub(crate) fn way(&mut self, id: i64, tags: &Tags, refs: &[i64]) -> Result<()> {
        if refs.len() < 2 {
            return Ok(());
        }
        let limits = self.options.limits;
        let traits = access::way(tags);
        let building = traits.is_none()
            && self.options.buildings
            && refs.len() >= 4
            && refs.first() == refs.last()
            && tags.iter().any(|(k, v)| *k == b"building" && *v != b"no");
        if traits.is_none() && !building {
            return Ok(());
        }
        if self.refs.len() + refs.len() > limits.refs {
            return Err(Error::TooLarge { what: "references of ways", limit: limits.refs as u64 });
        }
        if self.ways.len() + self.buildings.len() >= limits.ways {
            return Err(Error::TooLarge { what: "ways", limit: limits.ways as u64 });
        }
        let start = self.refs.len() as u32;
        self.refs.extend_from_slice(refs);
        let end = self.refs.len() as u32;
        if let Some(traits) = traits {
            let name = match tags.iter().find(|(k, _)| *k == b"name") {
                Some((_, v)) => self.name(v)?,
                None => 0,
            };
            let square = access::is_square(tags) && refs.first() == refs.last();
            self.ways.push((start, end, traits, name, square));
        } else {
            self.buildings.push((id, start, end));
        }
        Ok(())
    }

    fn name(&mut self, bytes: &[u8]) -> Result<u32> {
        if let Some(&i) = self.names.get(bytes) {
            return Ok(i);
        }
        if self.name_list.len() >= self.options.limits.names {
            return Err(Error::TooLarge { what: "street names", limit: self.options.limits.names as u64 });
        }
        let i = self.name_list.len() as u32;
        self.name_list
            .push(String::from_utf8_lossy(bytes.get(..bytes.len().min(400)).unwrap_or(bytes)).into_owned());
        self.names.insert(bytes.to_vec(), i);
        Ok(i)
    }

    fn begin_nodes(&mut self) {
        self.pass = Pass::Nodes;
        self.wanted = self.refs.clone();
        self.wanted.sort_unstable();
        self.wanted.dedup();
        let n = self.wanted.len();
        self.points = vec![Point::default(); n];
        self.stops = vec![Stop::default(); n];
        self.entrance = vec![false; n];
        self.found = vec![false; n];
    }

    /// Index of a wanted node. Files list nodes by rising id, so a cursor nearly always suffices.
    pub(crate) fn wanted(&mut self, id: i64) -> Option<usize> {
        let mut c = self.cursor;
        if self.wanted.get(c).is_none_or(|&w| w > id) {
            if c > 0 && self.wanted.get(c - 1).is_some_and(|&w| w < id) {
                return None;
            }
            c = self.wanted.partition_point(|&w| w < id);
        }
        let mut step = 1;
        while self.wanted.get(c + step).is_some_and(|&w| w <= id) {
            c += step;
            step *= 2;
        }
        while self.wanted.get(c).is_some_and(|&w| w < id) {
            c += 1;
            let ahead = self.wanted.get(c..).unwrap_or(&[]);
            if ahead.len() > 8 && ahead.get(8).is_some_and(|&w| w < id) {
                c += ahead.partition_point(|&w| w < id);
            }
        }
        self.cursor = c;
        (self.wanted.get(c) == Some(&id)).then_some(c)
    }

    /// Stores a wanted node; the first of several with one id counts.
    pub(crate) fn node(&mut self, index: usize, point: Point, tags: &Tags) {
        if self.found.get(index).copied().unwrap_or(true) {
            return;
        }
        self.found[index] = true;
        self.points[index] = point;
        if !tags.is_empty() {
            self.stops[index] = access::node(tags);
            self.entrance[index] = tags.iter().any(|(k, v)| *k == b"entrance" && *v != b"no");
        }
    }

    fn finish(self) -> Result<Raw> {
        let mut raw = Raw { bounds: self.bounds, names: self.name_list, ..Raw::default() };
        let lookup = |id: i64| -> Option<u32> {
            let i = self.wanted.binary_search(&id).ok()?;
            self.found[i].then_some(i as u32)
        };
        raw.refs.reserve(self.refs.len());
        let mut cut = vec![false; self.points.len()];
        for &(start, end, traits, name, square) in &self.ways {
            // a missing node cuts the way: the map ends there
            let mut begin = raw.refs.len();
            let mut whole = true;
            let mut gap = false;
            for &id in &self.refs[start as usize..end as usize] {
                match lookup(id) {
                    Some(i) => {
                        if gap {
                            cut[i as usize] = true;
                            gap = false;
                        }
                        raw.refs.push(i);
                    }
                    None => {
                        whole = false;
                        gap = true;
                        if let Some(&last) = raw.refs.get(begin..).and_then(<[u32]>::last) {
                            cut[last as usize] = true;
                        }
                        raw.push_way(begin, traits, name, false);
                        begin = raw.refs.len();
                    }
                }
            }
            raw.push_way(begin, traits, name, square && whole);
        }
        for &(id, start, end) in &self.buildings {
            let ring: Vec<u32> =
                self.refs[start as usize..end as usize].iter().filter_map(|&r| lookup(r)).collect();
            let entrances =
                ring.iter().filter(|&&i| self.entrance[i as usize]).map(|&i| self.points[i as usize]);
            let entrances: Vec<Point> = entrances.collect();
            let outline: Vec<Point> = ring.iter().map(|&i| self.points[i as usize]).collect();
            if outline.len() >= 3 {
                raw.buildings.push(RawBuilding { id: format!("way/{id}"), outline, entrances, residents: 0 });
            }
        }
        raw.cut = cut;
        raw.points = self.points;
        raw.ids = self.wanted;
        raw.stops = self.stops;
        if raw.ways.is_empty() {
            return Err(Error::EmptyNetwork);
        }
        Ok(raw)
    }
}

impl Raw {
    fn push_way(&mut self, begin: usize, traits: Traits, name: u32, square: bool) {
        if self.refs.len() >= begin + 2 {
            self.ways.push(RawWay { start: begin as u32, end: self.refs.len() as u32, traits, name, square });
        } else {
            self.refs.truncate(begin);
        }
    }
}

/// Reads an OpenStreetMap file; the format is told by its first bytes, not its name.
///
/// # Errors
/// [`Error::File`], [`Error::Damaged`], [`Error::Unsupported`], [`Error::TooLarge`], [`Error::EmptyNetwork`].
pub fn read_file(path: &Path, options: &ReadOptions) -> Result<Raw> {
    let open = || std::fs::File::open(path).map_err(Error::file(path));
    let mut head = [0u8; 16];
    let n = open()?.read(&mut head).map_err(Error::file(path))?;
    let is_xml =
        head.get(..n).unwrap_or(&[]).iter().find(|c| !c.is_ascii_whitespace() && **c < 0x80) == Some(&b'<');
    read(|| open().map(std::io::BufReader::new), is_xml, options)
}

/// Reads OpenStreetMap data from memory.
///
/// # Errors
/// As [`read_file`].
pub fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Raw> {
    let is_xml = bytes.iter().find(|c| !c.is_ascii_whitespace() && **c < 0x80) == Some(&b'<');
    read(|| Ok(bytes), is_xml, options)
}

fn read<R: std::io::BufRead>(
    mut open: impl FnMut() -> Result<R>,
    is_xml: bool,
    options: &ReadOptions,
) -> Result<Raw> {
    let mut c = Collector::new(*options);
    let mut one = |c: &mut Collector| -> Result<()> {
        let input = open()?;
        if is_xml { xml::run(input, c) } else { pbf::run(input, c) }
    };
    one(&mut c)?;
    c.begin_nodes();
    one(&mut c)?;
    c.finish()
}
