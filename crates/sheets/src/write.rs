//! CSV and XLSX out.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Workbook};

use crate::error::SheetError;

/// Whether a spreadsheet would take a cell of a CSV for a formula. Plain numbers are none.
pub(crate) fn is_formula(cell: &str) -> bool {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    risky && !(number && cell.starts_with('-'))
}

/// Whether a cell looks as [`neutral`] would have written it, so that it takes one mark more to be read back as it is.
fn is_marked(cell: &str) -> bool {
    cell.strip_prefix('\'').is_some_and(|rest| is_formula(rest) || is_marked(rest))
}

/// A cell without the mark that [`neutral`] put in front when we wrote it.
pub(crate) fn unmarked(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|_| is_marked(cell)).unwrap_or(cell)
}

/// The cell so that no spreadsheet runs it (OWASP, "CSV injection").
#[must_use]
pub fn neutral(cell: &str) -> String {
    if is_formula(cell) || is_marked(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A CSV in UTF-8 with a mark, as every spreadsheet opens it.
pub fn csv<R>(header: &[&str], rows: impl IntoIterator<Item = R>) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: AsRef<str>,
{
    let mut out =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    // Writing into memory does not fail.
    let _ = out.write_record(header);
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|c| neutral(c.as_ref())).collect();
        let _ = out.write_record(&cells);
    }
    out.into_inner().unwrap_or_default()
}

/// An XLSX with one sheet. Every cell is text: nothing is run, and no long number loses digits.
///
/// # Errors
/// If there are more rows than a sheet holds.
pub fn xlsx<R>(name: &str, header: &[&str], rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, SheetError>
where
    R: IntoIterator,
    R::Item: AsRef<str>,
{
    let failed = |_| SheetError::TooManyRows(1_048_575);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // A name that Excel does not allow leaves the sheet's own.
    let _ = sheet.set_name(name);
    let bold = Format::new().set_bold();
    let column = |i: usize| u16::try_from(i).unwrap_or(u16::MAX);
    for (i, cell) in header.iter().enumerate() {
        sheet.write_string_with_format(0, column(i), *cell, &bold).map_err(failed)?;
    }
    for (line, row) in (1u32..).zip(rows) {
        for (i, cell) in row.into_iter().enumerate() {
            // No text of a sheet is run: only what would be read back as marked takes a mark.
            let cell = cell.as_ref();
            let cell = if is_marked(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) };
            sheet.write_string(line, column(i), cell).map_err(failed)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}
