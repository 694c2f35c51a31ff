//! The acts: one function each. The officer's are bound to body and place; the applicant's to her own cases.

pub mod decide;
pub mod delivery;
pub mod intake;
pub mod person;
pub mod route;
pub mod slips;
pub mod tasks;
pub mod time;

use linli_acts::{Act, Entry, Subject};
use linli_vault::{Place, Sealed, Vault};

use crate::domain::{CaseId, State, Step};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::{DECIDER, HANDLER};

pub(crate) fn subject(id: CaseId) -> Subject {
    Subject::new("case", id)
}

/// A log row about a case.
#[must_use]
pub fn entry(case: &CaseRow, act: &'static str) -> Entry {
    Entry::new(subject(case.id), act).person(case.person).place(case.place)
}

/// Loads a case for one who handles cases of its body and place.
pub(crate) fn for_handler(act: &mut Act<'_, '_>, id: CaseId) -> Result<CaseRow, CaseError> {
    let case = store::load(act, id)?;
    act.on_duty(&HANDLER, case.body, case.place)?;
    Ok(case)
}

/// Loads a case for one who decides cases of its body and place.
pub(crate) fn for_decider(act: &mut Act<'_, '_>, id: CaseId) -> Result<CaseRow, CaseError> {
    let case = store::load(act, id)?;
    act.on_duty(&DECIDER, case.body, case.place)?;
    Ok(case)
}

/// Where a step leads from here.
pub(crate) fn next(case: &CaseRow, step: Step) -> Result<State, CaseError> {
    case.state.after(step, case.two_persons()).ok_or(CaseError::State(case.state))
}

/// Somebody else was quicker.
pub(crate) fn one(changed: bool) -> Result<(), CaseError> {
    if changed { Ok(()) } else { Err(CaseError::Changed) }
}

/// What an officer writes: not empty, not endless.
pub(crate) fn reason(field: &str, text: &str) -> Result<(), CaseError> {
    match text.chars().count() {
        0 => Err(CaseError::field(field, "reason-empty")),
        n if n > 1_000 => Err(CaseError::field(field, "reason-long")),
        _ => Ok(()),
    }
}

/// Seals what is said about a case at one row.
pub(crate) fn seal<T: serde::Serialize>(
    vault: &Vault,
    column: &'static str,
    row: i64,
    content: &T,
) -> Result<Sealed, CaseError> {
    let bytes = serde_json::to_vec(content).map_err(|_| CaseError::Stored)?;
    Ok(vault.seal(Place::new(column, row), &bytes))
}

/// Opens what [`seal`] sealed.
pub(crate) fn open<T: serde::de::DeserializeOwned>(
    vault: &Vault,
    column: &'static str,
    row: i64,
    sealed: &Sealed,
) -> Result<T, CaseError> {
    let bytes = vault.open_sealed(Place::new(column, row), sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| CaseError::Stored)
}
