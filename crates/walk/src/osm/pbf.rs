//! The `.osm.pbf` reader: blobs of at most 32 MiB, deflate or raw, checked varints, no generated code.
//!
//! Format: <https://wiki.openstreetmap.org/wiki/PBF_Format>.

use super::{Collector, Pass};
use crate::access;
use crate::error::{Error, Result};
use crate::geo::{Bounds, Point};
use std::io::{BufRead, Read};

const FORMAT: &str = "osm.pbf";
/// Largest blob, packed or unpacked, that the format allows.
const MAX_BLOB: usize = 32 << 20;
const MAX_HEADER: usize = 64 << 10;
/// Most strings in a block. Writers keep 8,000 elements in a block; a million is far beyond use.
const MAX_STRINGS: usize = 1 << 20;

/// A reader of protobuf fields over a slice.
struct Wire<'a> {
    rest: &'a [u8],
    at: u64,
}

/// A field's payload.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

impl<'a> Wire<'a> {
    fn new(bytes: &'a [u8], at: u64) -> Self {
        Self { rest: bytes, at }
    }
    fn bad(&self, what: &'static str) -> Error {
        Error::damaged(FORMAT, self.at, what)
    }
    #[inline]
    fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        let mut shift = 0u32;
        for (i, &byte) in self.rest.iter().enumerate() {
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                self.rest = self.rest.get(i + 1..).unwrap_or(&[]);
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(self.bad("a number longer than ten bytes"));
            }
        }
        Err(self.bad("a number is cut off"))
    }
    #[inline]
    fn signed(&mut self) -> Result<i64> {
        let v = self.varint()?;
        Ok(((v >> 1) as i64) ^ -((v & 1) as i64))
    }
    fn take(&mut self, n: u64) -> Result<&'a [u8]> {
        let n = usize::try_from(n).map_err(|_e| self.bad("a length beyond the block"))?;
        let Some((head, tail)) = self.rest.split_at_checked(n) else {
            return Err(self.bad("a length beyond the block"));
        };
        self.rest = tail;
        Ok(head)
    }
    fn field(&mut self) -> Result<Option<(u64, Field<'a>)>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => {
                self.take(8)?;
                Field::Other
            }
            2 => {
                let n = self.varint()?;
                Field::Bytes(self.take(n)?)
            }
            5 => {
                self.take(4)?;
                Field::Other
            }
            _ => return Err(self.bad("an unknown wire type")),
        };
        Ok(Some((key >> 3, field)))
    }
}

fn read_exact_vec(input: &mut impl BufRead, n: usize, at: u64, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    // grows with what really arrives, so that a false length allocates nothing
    let got = input.take(n as u64).read_to_end(out)?;
    if got == n { Ok(()) } else { Err(Error::damaged(FORMAT, at, "the file ends inside a block")) }
}

/// One pass over the file.
pub(crate) fn run(mut input: impl BufRead, c: &mut Collector) -> Result<()> {
    let (mut header, mut blob, mut data) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0u64;
    let mut seen_header = false;
    loop {
        let mut len = [0u8; 4];
        let mut have = 0;
        while let Some(buf) = len.get_mut(have..).filter(|b| !b.is_empty()) {
            let n = input.read(buf)?;
            if n == 0 {
                break;
            }
            have += n;
        }
        if have == 0 {
            return if seen_header { Ok(()) } else { Err(Error::damaged(FORMAT, 0, "the file is empty")) };
        }
        let header_len = u32::from_be_bytes(len) as usize;
        if have < 4 || header_len > MAX_HEADER {
            return Err(Error::damaged(FORMAT, at, "not a block header (is this an OpenStreetMap file?)"));
        }
        read_exact_vec(&mut input, header_len, at, &mut header)?;
        let (mut kind, mut size): (&[u8], usize) = (b"", 0);
        let mut w = Wire::new(&header, at);
        while let Some((id, field)) = w.field()? {
            match (id, field) {
                (1, Field::Bytes(b)) => kind = b,
                (3, Field::Number(n)) => size = usize::try_from(n).unwrap_or(usize::MAX),
                _ => {}
            }
        }
        if size > MAX_BLOB {
            return Err(Error::damaged(FORMAT, at, "a block larger than 32 MiB"));
        }
        let start = at;
        at += 4 + header_len as u64 + size as u64;
        read_exact_vec(&mut input, size, start, &mut blob)?;
        let known = matches!(kind, b"OSMHeader" | b"OSMData");
        if !known {
            continue;
        }
        unpack(&blob, start, &mut data)?;
        if kind == b"OSMHeader" {
            seen_header = true;
            head(&data, start, c)?;
        } else {
            if !seen_header {
                return Err(Error::damaged(FORMAT, start, "data before the header"));
            }
            block(&data, start, c)?;
        }
    }
}

fn unpack(blob: &[u8], at: u64, out: &mut Vec<u8>) -> Result<()> {
    let mut w = Wire::new(blob, at);
    let mut size = 0u64;
    let mut packed: Option<&[u8]> = None;
    let mut raw: Option<&[u8]> = None;
    while let Some((id, field)) = w.field()? {
        match (id, field) {
            (1, Field::Bytes(b)) => raw = Some(b),
            (2, Field::Number(n)) => size = n,
            (3, Field::Bytes(b)) => packed = Some(b),
            (4..=7, Field::Bytes(_)) => {
                return Err(Error::Unsupported {
                    format: FORMAT,
                    what: "blocks packed otherwise than by zlib".into(),
                });
            }
            _ => {}
        }
    }
    if let Some(b) = raw {
        out.clear();
        out.extend_from_slice(b);
        return Ok(());
    }
    let Some(packed) = packed else { return Err(w.bad("a block without data")) };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    // deflate cannot pack better than 1 : 1032, so a larger claim is false and must not allocate
    if size > MAX_BLOB || size / 1040 > packed.len() {
        return Err(w.bad("a block that claims an impossible size"));
    }
    out.clear();
    out.resize(size, 0);
    let mut inflater = Box::<miniz_oxide::inflate::core::DecompressorOxide>::default();
    let flags = miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, _, written) = miniz_oxide::inflate::core::decompress(&mut inflater, packed, out, 0, flags);
    if status != miniz_oxide::inflate::TINFLStatus::Done || written != size {
        return Err(w.bad("a block cannot be unpacked"));
    }
    Ok(())
}

fn head(data: &[u8], at: u64, c: &mut Collector) -> Result<()> {
    let mut w = Wire::new(data, at);
    while let Some((id, field)) = w.field()? {
        match (id, field) {
            (1, Field::Bytes(b)) => {
                let mut box_ = [0i64; 4];
                let mut w = Wire::new(b, at);
                while let Some((id, field)) = w.field()? {
                    if let Field::Number(v) = field
                        && let Some(slot) =
                            usize::try_from(id).ok().and_then(|i| box_.get_mut(i.wrapping_sub(1)))
                    {
                        *slot = (((v >> 1) as i64) ^ -((v & 1) as i64)) / 100;
                    }
                }
                let [left, right, top, bottom] = box_;
                if let (Some(min), Some(max)) = (Point::from_e7(left, bottom), Point::from_e7(right, top))
                    && min.lon < max.lon
                    && min.lat < max.lat
                {
                    c.bounds(Bounds { min, max });
                }
            }
            (4, Field::Bytes(b)) if !matches!(b, b"OsmSchema-V0.6" | b"DenseNodes") => {
                return Err(Error::Unsupported {
                    format: FORMAT,
                    what: String::from_utf8_lossy(b).into_owned(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

struct Block<'a> {
    strings: Vec<&'a [u8]>,
    /// Whether the string is a key that the rules read.
    read: Vec<bool>,
    granularity: i64,
    lat_offset: i64,
    lon_offset: i64,
    at: u64,
}

impl Block<'_> {
    fn point(&self, lon: i64, lat: i64) -> Option<Point> {
        let scale =
            |v: i64, offset: i64| v.checked_mul(self.granularity)?.checked_add(offset)?.checked_div(100);
        Point::from_e7(scale(lon, self.lon_offset)?, scale(lat, self.lat_offset)?)
    }
    fn string(&self, i: u64) -> &[u8] {
        usize::try_from(i).ok().and_then(|i| self.strings.get(i)).copied().unwrap_or(b"")
    }
    fn reads(&self, i: u64) -> bool {
        usize::try_from(i).ok().and_then(|i| self.read.get(i)).copied().unwrap_or(false)
    }
}

fn block(data: &[u8], at: u64, c: &mut Collector) -> Result<()> {
    let mut b =
        Block { strings: Vec::new(), read: Vec::new(), granularity: 100, lat_offset: 0, lon_offset: 0, at };
    let mut w = Wire::new(data, at);
    while let Some((id, field)) = w.field()? {
        match (id, field) {
            (1, Field::Bytes(table)) => {
                let mut w = Wire::new(table, at);
                while let Some((id, field)) = w.field()? {
                    if let (1, Field::Bytes(s)) = (id, field) {
                        if b.strings.len() >= MAX_STRINGS {
                            return Err(w.bad("a string table beyond a million entries"));
                        }
                        b.read.push(access::reads(s));
                        b.strings.push(s);
                    }
                }
            }
            (17, Field::Number(n)) => b.granularity = i64::from(n as i32),
            (19, Field::Number(n)) => b.lat_offset = n as i64,
            (20, Field::Number(n)) => b.lon_offset = n as i64,
            _ => {}
        }
    }
    let mut refs = Vec::new();
    let mut w = Wire::new(data, at);
    while let Some((id, field)) = w.field()? {
        let (2, Field::Bytes(group)) = (id, field) else { continue };
        let mut w = Wire::new(group, at);
        while let Some((id, field)) = w.field()? {
            match (id, field, c.pass) {
                (1, Field::Bytes(n), Pass::Nodes) => plain_node(n, &b, c)?,
                (2, Field::Bytes(n), Pass::Nodes) => dense(n, &b, c)?,
                (3, Field::Bytes(way), Pass::Ways) => one_way(way, &b, c, &mut refs)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Collects the tags that the rules read from packed keys and values.
fn tags<'a>(keys: &[u8], vals: &[u8], b: &'a Block<'a>, out: &mut Vec<(&'a [u8], &'a [u8])>) -> Result<()> {
    let (mut k, mut v) = (Wire::new(keys, b.at), Wire::new(vals, b.at));
    while !k.rest.is_empty() {
        let (key, val) = (k.varint()?, v.varint()?);
        if b.reads(key) && out.len() < 64 {
            out.push((b.string(key), b.string(val)));
        }
    }
    Ok(())
}

fn one_way(way: &[u8], b: &Block, c: &mut Collector, refs: &mut Vec<i64>) -> Result<()> {
    let (mut id, mut keys, mut vals, mut packed): (i64, &[u8], &[u8], &[u8]) = (0, b"", b"", b"");
    let mut w = Wire::new(way, b.at);
    while let Some((f, field)) = w.field()? {
        match (f, field) {
            (1, Field::Number(n)) => id = n as i64,
            (2, Field::Bytes(s)) => keys = s,
            (3, Field::Bytes(s)) => vals = s,
            (8, Field::Bytes(s)) => packed = s,
            _ => {}
        }
    }
    let mut list = Vec::new();
    tags(keys, vals, b, &mut list)?;
    if list.is_empty() {
        return Ok(());
    }
    refs.clear();
    let mut w = Wire::new(packed, b.at);
    let mut at = 0i64;
    while !w.rest.is_empty() {
        at = at.wrapping_add(w.signed()?);
        refs.push(at);
    }
    c.way(id, &list, refs)
}

fn plain_node(node: &[u8], b: &Block, c: &mut Collector) -> Result<()> {
    let (mut id, mut lat, mut lon, mut keys, mut vals): (i64, i64, i64, &[u8], &[u8]) = (0, 0, 0, b"", b"");
    let zig = |v: u64| ((v >> 1) as i64) ^ -((v & 1) as i64);
    let mut w = Wire::new(node, b.at);
    while let Some((f, field)) = w.field()? {
        match (f, field) {
            (1, Field::Number(n)) => id = zig(n),
            (2, Field::Bytes(s)) => keys = s,
            (3, Field::Bytes(s)) => vals = s,
            (8, Field::Number(n)) => lat = zig(n),
            (9, Field::Number(n)) => lon = zig(n),
            _ => {}
        }
    }
    if let Some(i) = c.wanted(id) {
        let point = b.point(lon, lat).ok_or_else(|| w.bad("a node off the earth"))?;
        let mut list = Vec::new();
        tags(keys, vals, b, &mut list)?;
        c.node(i, point, &list);
    }
    Ok(())
}

fn dense(dense: &[u8], b: &Block, c: &mut Collector) -> Result<()> {
    let (mut ids, mut lats, mut lons, mut kvs): (&[u8], &[u8], &[u8], &[u8]) = (b"", b"", b"", b"");
    let mut w = Wire::new(dense, b.at);
    while let Some((f, field)) = w.field()? {
        match (f, field) {
            (1, Field::Bytes(s)) => ids = s,
            (8, Field::Bytes(s)) => lats = s,
            (9, Field::Bytes(s)) => lons = s,
            (10, Field::Bytes(s)) => kvs = s,
            _ => {}
        }
    }
    let (mut ids, mut lats, mut lons, mut kvs) =
        (Wire::new(ids, b.at), Wire::new(lats, b.at), Wire::new(lons, b.at), Wire::new(kvs, b.at));
    let (mut id, mut lat, mut lon) = (0i64, 0i64, 0i64);
    let mut list: Vec<(&[u8], &[u8])> = Vec::new();
    while !ids.rest.is_empty() {
        id = id.wrapping_add(ids.signed()?);
        lat = lat.wrapping_add(lats.signed()?);
        lon = lon.wrapping_add(lons.signed()?);
        list.clear();
        while !kvs.rest.is_empty() {
            let key = kvs.varint()?;
            if key == 0 {
                break;
            }
            let val = kvs.varint()?;
            if b.reads(key) && list.len() < 64 {
                list.push((b.string(key), b.string(val)));
            }
        }
        if let Some(i) = c.wanted(id) {
            let point = b.point(lon, lat).ok_or_else(|| w.bad("a node off the earth"))?;
            c.node(i, point, &list);
        }
    }
    Ok(())
}
