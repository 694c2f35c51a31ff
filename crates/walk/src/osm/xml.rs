//! The `.osm` (XML) reader: a small pull reader for the one shape that OpenStreetMap files have.
//!
//! No document types, no external entities, no namespaces. One tag is held at a time, at most 64 KiB.

use super::{Collector, Pass};
use crate::access;
use crate::error::{Error, Result};
use crate::geo::{Bounds, Point};
use std::io::BufRead;

const FORMAT: &str = "osm xml";
const MAX_TAG: u64 = 64 << 10;
/// Most references of one way; OpenStreetMap itself allows 2,000.
const MAX_REFS: usize = 1 << 20;

/// Reads up to and including `end`; false at the end of the file. At most [`MAX_TAG`] bytes.
fn until(input: &mut impl BufRead, end: u8, out: &mut Vec<u8>, at: &mut u64) -> Result<bool> {
    out.clear();
    let n = std::io::Read::take(&mut *input, MAX_TAG).read_until(end, out)? as u64;
    let start = *at;
    *at += n;
    if out.last() == Some(&end) {
        out.pop();
        Ok(true)
    } else if n >= MAX_TAG {
        Err(Error::damaged(FORMAT, start, "a tag longer than 64 KiB"))
    } else {
        Ok(false)
    }
}

/// Skips text up to the next `<`, however long, holding nothing.
fn skip_text(input: &mut impl BufRead, at: &mut u64) -> Result<bool> {
    loop {
        let buf = input.fill_buf()?;
        if buf.is_empty() {
            return Ok(false);
        }
        if let Some(i) = buf.iter().position(|&b| b == b'<') {
            input.consume(i + 1);
            *at += i as u64 + 1;
            return Ok(true);
        }
        let n = buf.len();
        input.consume(n);
        *at += n as u64;
    }
}

/// The next `name="value"` of a tag.
fn attribute<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let text = rest.trim_ascii_start();
    let eq = text.iter().position(|&b| b == b'=')?;
    let name = text.get(..eq)?.trim_ascii();
    let text = text.get(eq + 1..)?.trim_ascii_start();
    let quote = *text.first()?;
    if quote != b'"' && quote != b'\'' {
        return None;
    }
    let text = text.get(1..)?;
    let end = text.iter().position(|&b| b == quote)?;
    *rest = text.get(end + 1..)?;
    Some((name, text.get(..end)?))
}

/// Replaces the five named and the numeric character references.
fn unescape(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(i) = rest.iter().position(|&b| b == b'&') {
        let (before, tail) = rest.split_at(i);
        out.extend_from_slice(before);
        let end = tail.iter().take(12).position(|&b| b == b';');
        let name = end.and_then(|e| tail.get(1..e)).unwrap_or(b"");
        let one = match name {
            b"amp" => Some('&'),
            b"lt" => Some('<'),
            b"gt" => Some('>'),
            b"quot" => Some('"'),
            b"apos" => Some('\''),
            _ => std::str::from_utf8(name)
                .ok()
                .and_then(|n| n.strip_prefix('#'))
                .and_then(|n| match n.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => n.parse().ok(),
                })
                .and_then(char::from_u32),
        };
        match (one, end) {
            (Some(ch), Some(e)) => {
                out.extend_from_slice(ch.encode_utf8(&mut [0; 4]).as_bytes());
                rest = tail.get(e + 1..).unwrap_or(&[]);
            }
            _ => {
                out.push(b'&');
                rest = tail.get(1..).unwrap_or(&[]);
            }
        }
    }
    out.extend_from_slice(rest);
    out
}

fn parse<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// Degrees written in decimal to 10⁻⁷ degree, without passing through floating point.
fn degrees(value: &[u8]) -> Option<i64> {
    let value = value.trim_ascii();
    let (negative, digits) = match value.first()? {
        b'-' => (true, value.get(1..)?),
        b'+' => (false, value.get(1..)?),
        _ => (false, value),
    };
    if digits.iter().any(|b| !b.is_ascii_digit() && *b != b'.') {
        return parse::<f64>(value).filter(|v| v.abs() <= 360.0).map(|v| (v * 1e7).round() as i64);
    }
    let (mut out, mut places, mut dot, mut round) = (0i64, 0u32, false, None);
    for &b in digits {
        if b == b'.' {
            if dot {
                return None;
            }
            dot = true;
        } else if dot && places == 7 {
            round.get_or_insert(b >= b'5');
        } else {
            out = out.checked_mul(10)?.checked_add(i64::from(b - b'0'))?;
            places += u32::from(dot);
        }
    }
    out = out.checked_mul(10i64.pow(7 - places))?;
    if round == Some(true) {
        out += 1;
    }
    Some(if negative { -out } else { out })
}

#[derive(PartialEq, Clone, Copy)]
enum Open {
    Nothing,
    Node(Option<usize>),
    Way,
}

/// One pass over the file.
pub(crate) fn run(mut input: impl BufRead, c: &mut Collector) -> Result<()> {
    let mut at = 0u64;
    let mut tag = Vec::new();
    let mut open = Open::Nothing;
    let (mut id, mut point) = (0i64, None);
    let mut refs: Vec<i64> = Vec::new();
    let mut tags: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut seen_root = false;
    while skip_text(&mut input, &mut at)? {
        let start = at;
        if !until(&mut input, b'>', &mut tag, &mut at)? {
            return Err(Error::damaged(FORMAT, start, "a tag is cut off"));
        }
        if tag.starts_with(b"!--") {
            // a comment may hold '>' itself
            while !tag.ends_with(b"--") {
                if !until(&mut input, b'>', &mut tag, &mut at)? {
                    return Err(Error::damaged(FORMAT, start, "a comment is cut off"));
                }
            }
            continue;
        }
        if tag.first().is_none_or(|b| matches!(b, b'?' | b'!')) {
            continue;
        }
        let closed = tag.last() == Some(&b'/');
        let body = if closed { tag.get(..tag.len() - 1).unwrap_or(&[]) } else { &tag };
        let split = body.iter().position(u8::is_ascii_whitespace).unwrap_or(body.len());
        let (name, mut rest) = body.split_at(split);
        let mut finish = false;
        match name {
            b"osm" | b"/osm" => seen_root = true,
            _ if !seen_root => return Err(Error::damaged(FORMAT, start, "the root element is not <osm>")),
            b"bounds" => {
                let mut v = [None; 4];
                while let Some((k, val)) = attribute(&mut rest) {
                    let i = match k {
                        b"minlon" => 0,
                        b"minlat" => 1,
                        b"maxlon" => 2,
                        b"maxlat" => 3,
                        _ => continue,
                    };
                    if let Some(slot) = v.get_mut(i) {
                        *slot = degrees(val);
                    }
                }
                if let [Some(a), Some(b), Some(x), Some(y)] = v
                    && let (Some(min), Some(max)) = (Point::from_e7(a, b), Point::from_e7(x, y))
                    && min.lon < max.lon
                    && min.lat < max.lat
                {
                    c.bounds(Bounds { min, max });
                }
            }
            b"node" => {
                (id, point) = (0, None);
                tags.clear();
                let (mut lon, mut lat, mut wanted) = (None, None, None);
                while let Some((k, v)) = attribute(&mut rest) {
                    match k {
                        b"id" => {
                            id = parse(v)
                                .ok_or_else(|| Error::damaged(FORMAT, start, "a node without a number"))?
                        }
                        b"lon" => lon = degrees(v),
                        b"lat" => lat = degrees(v),
                        _ => {}
                    }
                }
                if c.pass == Pass::Nodes
                    && let Some(i) = c.wanted(id)
                {
                    wanted = Some(i);
                    point = lon.zip(lat).and_then(|(x, y)| Point::from_e7(x, y));
                    if point.is_none() {
                        return Err(Error::damaged(FORMAT, start, "a node off the earth"));
                    }
                }
                open = Open::Node(wanted);
                finish = closed;
            }
            b"way" => {
                id = 0;
                refs.clear();
                tags.clear();
                while let Some((k, v)) = attribute(&mut rest) {
                    if k == b"id" {
                        id = parse(v)
                            .ok_or_else(|| Error::damaged(FORMAT, start, "a way without a number"))?;
                    }
                }
                open = Open::Way;
                finish = closed;
            }
            b"nd" if open == Open::Way && c.pass == Pass::Ways => {
                while let Some((k, v)) = attribute(&mut rest) {
                    if k == b"ref" {
                        if refs.len() >= MAX_REFS {
                            return Err(Error::TooLarge {
                                what: "references of one way",
                                limit: MAX_REFS as u64,
                            });
                        }
                        refs.push(parse(v).ok_or_else(|| Error::damaged(FORMAT, start, "a bad reference"))?);
                    }
                }
            }
            b"tag" if open != Open::Nothing && tags.len() < 64 => {
                let (mut key, mut val) = (Vec::new(), Vec::new());
                while let Some((k, v)) = attribute(&mut rest) {
                    match k {
                        b"k" => key = unescape(v),
                        b"v" => val = unescape(v),
                        _ => {}
                    }
                }
                if access::reads(&key) {
                    tags.push((key, val));
                }
            }
            b"/node" | b"/way" => finish = true,
            _ => {}
        }
        if finish {
            let list: Vec<(&[u8], &[u8])> = tags.iter().map(|(k, v)| (k.as_slice(), v.as_slice())).collect();
            match open {
                Open::Node(Some(i)) => {
                    if let Some(p) = point {
                        c.node(i, p, &list);
                    }
                }
                Open::Way if c.pass == Pass::Ways => c.way(id, &list, &refs)?,
                _ => {}
            }
            open = Open::Nothing;
            tags.clear();
        }
    }
    if !seen_root {
        return Err(Error::damaged(FORMAT, 0, "no <osm> element"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_without_floats() {
        assert_eq!(degrees(b"113.3"), Some(1_133_000_000));
        assert_eq!(degrees(b"-8.68882494"), Some(-86_888_249));
        assert_eq!(degrees(b"-8.68882495"), Some(-86_888_250));
        assert_eq!(degrees(b"1e2"), Some(1_000_000_000));
        assert_eq!(degrees(b"x"), None);
        assert_eq!(degrees(b"1.2.3"), None);
    }

    #[test]
    fn references_of_characters() {
        assert_eq!(unescape(b"a&amp;b&#20013;&#x4e2d;&bad;"), "a&b中中&bad;".as_bytes());
    }
}
