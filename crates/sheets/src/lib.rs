#![doc = include_str!("../README.md")]

mod error;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use error::{Faults, RowFault, SheetError, fault_words, sheet_words};
pub use source::{Kind, Limits};
pub use table::{Column, Outcome, Row, parse_day, read};
pub use write::{csv, neutral, xlsx};

linli_words::include_words!();
