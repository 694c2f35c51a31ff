//! The acts: one function each.

pub mod bulk;
pub mod filters;
pub mod remind;

use linli_acts::{Entry, Subject};
use linli_casework::CaseRow;

/// A log row about a case.
pub(crate) fn entry(case: &CaseRow, act: &'static str) -> Entry {
    Entry::new(Subject::new("case", case.id), act).person(case.person).place(case.place)
}

/// What an officer writes, if she has to: not empty, not endless.
pub(crate) fn reason(field: &str, text: &str) -> Result<(), crate::DeskError> {
    match text.chars().count() {
        0 => Err(crate::DeskError::field(field, "reason-empty")),
        n if n > 1_000 => Err(crate::DeskError::field(field, "reason-long")),
        _ => Ok(()),
    }
}
