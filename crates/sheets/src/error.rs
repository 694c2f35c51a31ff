//! What is wrong with a file or a row.

use linli_base::Problem;
use linli_words::Lang;
use serde::{Deserialize, Serialize};

use crate::Words;

/// The file as a whole cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("the file is too large")]
    TooLarge,
    #[error("more than {0} rows")]
    TooManyRows(u32),
    #[error("neither CSV nor XLSX")]
    Unreadable,
    #[error("unknown character encoding")]
    Encoding,
    #[error("the file is empty")]
    Empty,
    /// Columns as they are called, first name each.
    #[error("missing columns")]
    MissingColumns(Vec<String>),
    #[error("a column stands twice")]
    DoubledColumn(String),
}

impl Problem for SheetError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "sheet-too-large",
            Self::TooManyRows(_) => "sheet-too-many-rows",
            Self::Unreadable => "sheet-unreadable",
            Self::Encoding => "sheet-encoding",
            Self::Empty => "sheet-empty",
            Self::MissingColumns(_) => "sheet-missing-columns",
            Self::DoubledColumn(_) => "sheet-doubled-column",
        }
    }
    fn status(&self) -> u16 {
        422
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::MissingColumns(columns) => vec![("columns", columns.join("、"))],
            Self::DoubledColumn(column) => vec![("column", column.clone())],
            _ => Vec::new(),
        }
    }
}

/// What is wrong with one cell or row. Holds no content of the cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// As the spreadsheet numbers it: the header is usually line 1.
    pub line: u32,
    /// As the file's header calls it; empty: the whole row.
    pub column: String,
    /// Word key, of this crate (see [`fault_words`]) or of the room that imports.
    pub kind: String,
    pub args: Vec<String>,
}

/// Faults of a file: the first thousand, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub list: Vec<RowFault>,
    /// All, also those beyond the list.
    pub total: u32,
    /// Rows with at least one fault. Faults come in the order of rows.
    pub bad_rows: u32,
    last_line: u32,
}

const MOST: usize = 1_000;

impl Faults {
    pub fn push(&mut self, fault: RowFault) {
        self.total += 1;
        if fault.line != self.last_line {
            self.last_line = fault.line;
            self.bad_rows += 1;
        }
        if self.list.len() < MOST {
            self.list.push(fault);
        }
    }
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// The words of a fault of this crate; `None` if it is one of the room's.
#[must_use]
pub fn fault_words(fault: &RowFault, lang: Lang) -> Option<String> {
    let w = Words(lang);
    let first = fault.args.first().map_or("", String::as_str);
    Some(match fault.kind.as_str() {
        "missing" => w.fault_missing().to_owned(),
        "cell-too-long" => w.fault_cell_too_long(&first),
        "lost-digits" => w.fault_lost_digits().to_owned(),
        "error-value" => w.fault_error_value().to_owned(),
        "not-a-day" => w.fault_not_a_day().to_owned(),
        "too-many-columns" => w.fault_too_many_columns().to_owned(),
        "doubled" => w.fault_doubled(&first),
        "other" => w.fault_other().to_owned(),
        _ => return None,
    })
}

/// The words of an error of the whole file.
#[must_use]
pub fn sheet_words(error: &SheetError, lang: Lang) -> String {
    let w = Words(lang);
    match error {
        SheetError::TooLarge => w.sheet_too_large().to_owned(),
        SheetError::TooManyRows(_) => w.sheet_too_many_rows().to_owned(),
        SheetError::Unreadable => w.sheet_unreadable().to_owned(),
        SheetError::Encoding => w.sheet_encoding().to_owned(),
        SheetError::Empty => w.sheet_empty().to_owned(),
        SheetError::MissingColumns(columns) => w.sheet_missing_columns(&columns.join("、")),
        SheetError::DoubledColumn(column) => w.sheet_doubled_column(column),
    }
}
