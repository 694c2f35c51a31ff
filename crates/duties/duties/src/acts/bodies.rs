//! Bodies.

use linli_acts::{Act, BodyId, Entry, Subject};
use linli_base::{Day, FieldError};

use crate::acts::{may, wrong};
use crate::domain::NewBody;
use crate::error::DutiesError;
use crate::store::{self, Body};
use crate::ADMINISTRATOR;

fn content(b: &NewBody) -> impl serde::Serialize + use<> {
    let b = b.clone();
    (b.code, b.kind, b.name_zh, b.name_en, b.short_zh, b.short_en, b.place)
}

/// Makes a body that exists from a day on.
///
/// # Errors
/// If a field does not fit or the code is taken.
pub fn create(act: &mut Act<'_, '_>, new: NewBody, from: Day) -> Result<BodyId, DutiesError> {
    may(act, &ADMINISTRATOR)?;
    insert(act, new, from)
}

/// As [`create`], for whoever has asked already.
pub(crate) fn insert(act: &mut Act<'_, '_>, new: NewBody, from: Day) -> Result<BodyId, DutiesError> {
    let (new, faults) = new.checked();
    let mut faults = wrong(&faults);
    if act.opt(&store::BODY_BY_CODE, (&new.code,))?.is_some() {
        faults.push(FieldError::new("code", "taken"));
    }
    if !faults.is_empty() {
        return Err(DutiesError::Wrong(faults));
    }
    let id: BodyId = act.next_id();
    act.run(
        &store::INSERT_BODY,
        (id, &new.code, new.kind, &new.name_zh, &new.name_en, &new.short_zh, &new.short_en, new.place, from),
    )?;
    act.log(Entry::new(Subject::new("body", id), "duties.body_made").place(new.place).content(&content(&new)))?;
    Ok(id)
}

/// Changes a body's facts; the former ones stay in the log.
///
/// # Errors
/// If it changed meanwhile, a field does not fit, or the code is taken.
pub fn change(act: &mut Act<'_, '_>, id: BodyId, rev: i64, new: NewBody) -> Result<(), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let old: Body = act.opt(&store::BODY, (id,))?.ok_or(DutiesError::Missing)?;
    let (new, faults) = new.checked();
    let mut faults = wrong(&faults);
    if act.opt(&store::BODY_BY_CODE, (&new.code,))?.is_some_and(|b| b.id != id) {
        faults.push(FieldError::new("code", "taken"));
    }
    if !faults.is_empty() {
        return Err(DutiesError::Wrong(faults));
    }
    let args = (id, rev, &new.code, new.kind, &new.name_zh, &new.name_en, &new.short_zh, &new.short_en, new.place);
    if !act.run_one(&store::UPDATE_BODY, args)? {
        return Err(DutiesError::Changed);
    }
    let former = NewBody {
        code: old.code,
        kind: old.kind,
        name_zh: old.name_zh,
        name_en: old.name_en,
        short_zh: old.short_zh,
        short_en: old.short_en,
        place: old.place,
    };
    act.log(Entry::new(Subject::new("body", id), "duties.body_changed").place(new.place).content(&content(&former)))?;
    Ok(())
}

/// Ends a body on a day. Its duties must have been withdrawn or given elsewhere first, so that no matter is left with nobody.
///
/// # Errors
/// If it changed meanwhile, has ended, the day is not after its beginning, or duties are still held for it.
pub fn close(act: &mut Act<'_, '_>, id: BodyId, rev: i64, day: Day) -> Result<(), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let old: Body = act.opt(&store::BODY, (id,))?.ok_or(DutiesError::Missing)?;
    if old.valid_to.is_some() {
        return Err(DutiesError::State);
    }
    if day <= old.valid_from {
        return Err(DutiesError::field("day", "day-early"));
    }
    let now = act.now();
    if act.one(&store::BODY_IN_USE, (id, now))?.0 > 0 {
        return Err(DutiesError::InUse);
    }
    if !act.run_one(&store::CLOSE_BODY, (id, rev, day))? {
        return Err(DutiesError::Changed);
    }
    act.log(Entry::new(Subject::new("body", id), "duties.body_closed").place(old.place).content(&day))?;
    Ok(())
}
