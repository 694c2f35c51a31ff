//! From bytes to rows of text. Knows the formats and nothing of columns.

use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetVisible, Xlsx};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

use crate::error::SheetError;

/// The format of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    /// By the first bytes, not by the name: names lie.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PK\x03\x04") { Self::Xlsx } else { Self::Csv }
    }
}

/// How much of a file is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The file as it is sent.
    pub bytes: usize,
    /// An XLSX unpacked.
    pub unpacked: u64,
    pub rows: u32,
    pub columns: usize,
    /// Characters in a cell.
    pub cell: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, unpacked: 256 << 20, rows: 200_000, columns: 200, cell: 2_000 }
    }
}

/// A cell as it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cell {
    #[default]
    Empty,
    Text(String),
    /// Something that must not be taken for content; the kind of its fault.
    Bad(&'static str),
}

/// Calls `each` with line and cells of every row that is not empty, until it returns an error.
pub(crate) fn rows(
    bytes: &[u8],
    limits: &Limits,
    mut each: impl FnMut(u32, &mut Vec<Cell>) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    if bytes.len() > limits.bytes {
        return Err(SheetError::TooLarge);
    }
    let mut count = 0;
    let mut counted = |line: u32, cells: &mut Vec<Cell>| {
        if cells.iter().all(|c| *c == Cell::Empty) {
            return Ok(());
        }
        count += 1;
        if count > limits.rows.saturating_add(1) {
            return Err(SheetError::TooManyRows(limits.rows));
        }
        each(line, cells)
    };
    match Kind::of(bytes) {
        Kind::Csv => csv_rows(bytes, limits, &mut counted),
        // The reader of a foreign format may meet what its author never saw.
        Kind::Xlsx => catch_unwind(AssertUnwindSafe(|| xlsx_rows(bytes, limits, &mut counted)))
            .unwrap_or(Err(SheetError::Unreadable)),
    }
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| SheetError::Encoding);
    }
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    let (encoding, rest) = match (wide, std::str::from_utf8(bytes)) {
        (Some(wide), _) => wide,
        (None, Ok(text)) => return Ok(Cow::Borrowed(text)),
        (None, Err(_)) => (GB18030, bytes),
    };
    encoding.decode_without_bom_handling_and_without_replacement(rest).ok_or(SheetError::Encoding)
}

fn csv_rows(
    bytes: &[u8],
    limits: &Limits,
    each: &mut impl FnMut(u32, &mut Vec<Cell>) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    let text = decoded(bytes)?;
    if text.contains('\0') {
        return Err(SheetError::Unreadable);
    }
    let head = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    let often = |c: char| head.chars().filter(|h| *h == c).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|d| often(char::from(*d))).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut cells = Vec::new();
    // The reader counts lines where it stopped, before the breaks that lead to the row: so they are counted here.
    let (mut line, mut from) = (1u32, 0usize);
    while reader.read_record(&mut record).map_err(|_| SheetError::Unreadable)? {
        let start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(from);
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let start = start + rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let between = text.as_bytes().get(from..start).unwrap_or_default();
        line = line.saturating_add(breaks(between));
        from = start;
        cells.clear();
        cells.extend(record.iter().take(limits.columns + 1).map(|c| text_cell(c, limits)));
        each(line, &mut cells)?;
    }
    Ok(())
}

/// Line breaks of any kind: CR LF, LF, CR.
fn breaks(bytes: &[u8]) -> u32 {
    let mut count = 0;
    let mut after_cr = false;
    for b in bytes {
        if *b == b'\r' || (*b == b'\n' && !after_cr) {
            count += 1;
        }
        after_cr = *b == b'\r';
    }
    count
}

fn text_cell(text: &str, limits: &Limits) -> Cell {
    if text.trim().is_empty() {
        Cell::Empty
    } else if text.chars().nth(limits.cell).is_some() {
        Cell::Bad("cell-too-long")
    } else {
        Cell::Text(crate::write::unmarked(text).to_owned())
    }
}

/// Unpacks everything once into nothing, so that no archive grows past the limit inside another reader.
fn unpacks_within(bytes: &[u8], limits: &Limits) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetError::Unreadable)?;
    if archive.len() > 2_000 {
        return Err(SheetError::TooLarge);
    }
    let mut left = limits.unpacked;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(|_| SheetError::Unreadable)?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|_| SheetError::Unreadable)?;
        left = left.checked_sub(read).ok_or(SheetError::TooLarge)?;
    }
    Ok(())
}

fn xlsx_rows(
    bytes: &[u8],
    limits: &Limits,
    each: &mut impl FnMut(u32, &mut Vec<Cell>) -> Result<(), SheetError>,
) -> Result<(), SheetError> {
    unpacks_within(bytes, limits)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetError::Unreadable)?;
    let first =
        book.sheets_metadata().iter().find(|s| s.visible == SheetVisible::Visible).map(|s| s.name.clone());
    let name = first.ok_or(SheetError::Empty)?;
    let mut reader = book.worksheet_cells_reader(&name).map_err(|_| SheetError::Unreadable)?;
    let mut cells: Vec<Cell> = Vec::new();
    let mut line = 0u32;
    while let Some(cell) = reader.next_cell().map_err(|_| SheetError::Unreadable)? {
        let (row, column) = cell.get_position();
        if row + 1 != line {
            if line > 0 {
                each(line, &mut cells)?;
            }
            if row + 1 < line {
                return Err(SheetError::Unreadable);
            }
            cells.clear();
            line = row + 1;
        }
        let value = xlsx_cell(cell.get_value(), limits);
        // A stray cell far to the right makes one fault, not a row of sixteen thousand.
        let at = usize::try_from(column).unwrap_or(usize::MAX).min(limits.columns);
        if value != Cell::Empty {
            if cells.len() <= at {
                cells.resize(at + 1, Cell::Empty);
            }
            if let Some(slot) = cells.get_mut(at) {
                *slot = value;
            }
        }
    }
    if line > 0 {
        each(line, &mut cells)?;
    }
    Ok(())
}

/// Excel keeps 15 digits of a number.
const EXACT: f64 = 1e15;

fn xlsx_cell(value: &DataRef<'_>, limits: &Limits) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(n) => Cell::Text(n.to_string()),
        DataRef::Float(n) if n.abs() >= EXACT || !n.is_finite() => Cell::Bad("lost-digits"),
        DataRef::Float(n) => Cell::Text(n.to_string()),
        DataRef::String(t) | DataRef::DateTimeIso(t) | DataRef::DurationIso(t) => text_cell(t, limits),
        DataRef::SharedString(t) => text_cell(t, limits),
        DataRef::Bool(b) => Cell::Text(if *b { "1" } else { "0" }.to_owned()),
        DataRef::DateTime(t) => {
            let (y, m, d, hour, minute, second, _) = t.to_ymd_hms_milli();
            Cell::Text(if (hour, minute, second) == (0, 0, 0) {
                format!("{y:04}-{m:02}-{d:02}")
            } else {
                format!("{y:04}-{m:02}-{d:02} {hour:02}:{minute:02}:{second:02}")
            })
        }
        DataRef::Error(_) => Cell::Bad("error-value"),
    }
}
