//! Rows by named columns.

use std::str::FromStr;

use linli_base::{Day, text};

use crate::error::{Faults, RowFault, SheetError};
use crate::source::{self, Cell, Limits};

/// A column that the reader looks for.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// How the code calls it.
    pub key: &'static str,
    /// How headers call it; the first one is how we call it to people.
    pub names: &'static [&'static str],
    /// Without it the file is refused.
    pub need: bool,
}

impl Column {
    /// A column that must be there.
    #[must_use]
    pub const fn need(key: &'static str, names: &'static [&'static str]) -> Self {
        Self { key, names, need: true }
    }
    /// A column that may be there.
    #[must_use]
    pub const fn may(key: &'static str, names: &'static [&'static str]) -> Self {
        Self { key, names, need: false }
    }
}

/// What was found besides the rows.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Rows below the header that are not empty.
    pub rows: u32,
    pub faults: Faults,
    /// Columns that nobody asked for, as the file calls them.
    pub ignored: Vec<String>,
}

struct Found {
    key: &'static str,
    at: usize,
    called: String,
}

/// One row.
pub struct Row<'a> {
    line: u32,
    cells: &'a [Cell],
    columns: &'a [Found],
    faults: &'a mut Faults,
    bad: bool,
}

impl Row<'_> {
    /// As the spreadsheet numbers it.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether the file has this column.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.columns.iter().any(|c| c.key == key)
    }

    /// Whether a fault was noted for this row.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.bad
    }

    /// Notes a fault of this row.
    pub fn fault(&mut self, key: &str, kind: &str, args: &[&dyn std::fmt::Display]) {
        let called =
            self.columns.iter().find(|c| c.key == key).map_or_else(|| key.to_owned(), |c| c.called.clone());
        self.note(called, kind, args.iter().map(ToString::to_string).collect());
    }

    fn note(&mut self, column: String, kind: &str, args: Vec<String>) {
        self.bad = true;
        self.faults.push(RowFault { line: self.line, column, kind: kind.to_owned(), args });
    }

    /// One line of text, tidied; empty if there is none. A cell that cannot be taken is empty too: its fault is noted already.
    pub fn text(&self, key: &str) -> String {
        text::tidy(self.raw(key))
    }

    fn raw(&self, key: &str) -> &str {
        let cell = self.columns.iter().find(|c| c.key == key).and_then(|c| self.cells.get(c.at));
        match cell {
            Some(Cell::Text(t)) => t,
            _ => "",
        }
    }

    fn cell_is_bad(&self, key: &str) -> bool {
        let cell = self.columns.iter().find(|c| c.key == key).and_then(|c| self.cells.get(c.at));
        matches!(cell, Some(Cell::Bad(_)))
    }

    /// Text that must be there, of at most `max` characters.
    pub fn need(&mut self, key: &str, max: usize) -> Option<String> {
        let value = self.may(key, max)?;
        if value.is_empty() {
            self.fault(key, "missing", &[]);
            return None;
        }
        Some(value)
    }

    /// Text of at most `max` characters, that may be empty. `None`: a fault was noted.
    pub fn may(&mut self, key: &str, max: usize) -> Option<String> {
        if self.cell_is_bad(key) {
            return None;
        }
        let value = self.text(key);
        if value.chars().count() > max {
            self.fault(key, "cell-too-long", &[&max]);
            return None;
        }
        Some(value)
    }

    /// As [`Row::may`], with its line breaks.
    pub fn may_lines(&mut self, key: &str, max: usize) -> Option<String> {
        self.may(key, max)?;
        Some(text::tidy_lines(self.raw(key)))
    }

    /// A value that must be there and be of this type; `kind` is the fault if it is not.
    pub fn parse<T: FromStr>(&mut self, key: &str, kind: &str) -> Option<T> {
        let value = self.need(key, usize::MAX)?;
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.fault(key, kind, &[]);
        }
        parsed
    }

    /// A value that may be absent (`Some(None)`); `None`: a fault was noted.
    pub fn parse_may<T: FromStr>(&mut self, key: &str, kind: &str) -> Option<Option<T>> {
        let value = self.may(key, usize::MAX)?;
        if value.is_empty() {
            return Some(None);
        }
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.fault(key, kind, &[]);
        }
        parsed.map(Some)
    }

    /// A day that must be there, in any of the forms people write.
    pub fn day(&mut self, key: &str) -> Option<Day> {
        match self.day_may(key)? {
            Some(day) => Some(day),
            None => {
                self.fault(key, "missing", &[]);
                None
            }
        }
    }

    /// A day that may be absent (`Some(None)`); `None`: a fault was noted.
    pub fn day_may(&mut self, key: &str) -> Option<Option<Day>> {
        let value = self.may(key, usize::MAX)?;
        if value.is_empty() {
            return Some(None);
        }
        let day = parse_day(&value);
        if day.is_none() {
            self.fault(key, "not-a-day", &[]);
        }
        day.map(Some)
    }
}

/// A day as people write it: `2026-11-24`, `2026/11/24`, `2026.11.24`, `2026年11月24日`, `20261124`.
#[must_use]
pub fn parse_day(typed: &str) -> Option<Day> {
    let parts: Vec<&str> = typed.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let wrong = |c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | '年' | '月' | '日' | ' '));
    if typed.chars().any(wrong) {
        return None;
    }
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => {
            Day::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
        }
        [whole] if whole.len() == 8 => {
            let n: u32 = whole.parse().ok()?;
            let part = |n: u32| i8::try_from(n).ok();
            Day::new(i16::try_from(n / 10_000).ok()?, part(n / 100 % 100)?, part(n % 100)?)
        }
        _ => None,
    }
}

/// A header as it is compared: tidied, capitals small, without blanks, marks of need and underscores.
fn header_key(cell: &str) -> String {
    text::tidy(cell).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find_columns(cells: &[Cell], columns: &[Column]) -> Result<(Vec<Found>, Vec<String>), SheetError> {
    let mut found: Vec<Found> = Vec::new();
    let mut ignored = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        let Cell::Text(called) = cell else { continue };
        let called = text::cut(&text::tidy(called), 40);
        let key = header_key(&called);
        match columns.iter().find(|c| c.names.iter().any(|n| header_key(n) == key)) {
            Some(column) if found.iter().any(|f| f.key == column.key) => {
                return Err(SheetError::DoubledColumn(called));
            }
            Some(column) => found.push(Found { key: column.key, at, called }),
            None => ignored.push(called),
        }
    }
    let missing: Vec<String> = columns
        .iter()
        .filter(|c| c.need && !found.iter().any(|f| f.key == c.key))
        .map(|c| c.names.first().copied().unwrap_or(c.key).to_owned())
        .collect();
    if missing.is_empty() { Ok((found, ignored)) } else { Err(SheetError::MissingColumns(missing)) }
}

/// Reads CSV or XLSX (told by the bytes). The first row that is not empty is the header; `each` gets every further one.
///
/// # Errors
/// If the file as a whole cannot be taken.
pub fn read(
    bytes: &[u8],
    limits: &Limits,
    columns: &[Column],
    mut each: impl FnMut(&mut Row<'_>),
) -> Result<Outcome, SheetError> {
    let mut header: Option<Vec<Found>> = None;
    let mut outcome = Outcome::default();
    source::rows(bytes, limits, |line, cells| {
        let Some(found) = &header else {
            let (found, ignored) = find_columns(cells, columns)?;
            outcome.ignored = ignored;
            header = Some(found);
            return Ok(());
        };
        outcome.rows += 1;
        let mut row = Row { line, cells: &*cells, columns: found, faults: &mut outcome.faults, bad: false };
        for column in found {
            if let Some(Cell::Bad(kind)) = row.cells.get(column.at) {
                let args = if *kind == "cell-too-long" { vec![limits.cell.to_string()] } else { Vec::new() };
                row.note(column.called.clone(), kind, args);
            }
        }
        if row.cells.len() > limits.columns {
            row.note(String::new(), "too-many-columns", Vec::new());
        }
        each(&mut row);
        Ok(())
    })?;
    if header.is_none() { Err(SheetError::Empty) } else { Ok(outcome) }
}
