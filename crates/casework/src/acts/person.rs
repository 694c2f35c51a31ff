//! What the applicant does with her case, and what is noted when an officer looks into it.

use linli_acts::{Act, Denied, Event, PersonId};

use super::{entry, next, one, seal, subject};
use crate::domain::{CaseId, State, Step};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::{DECIDER, HANDLER, REVIEW_DAYS};

/// A second look within so long is the same look.
const LOOK_SECONDS: i64 = 15 * 60;

/// Loads a case of the person who acts or is served. Another's is answered like none.
pub(crate) fn own(act: &mut Act<'_, '_>, id: CaseId) -> Result<CaseRow, CaseError> {
    let person = act.actor.resident()?;
    let case = store::load(act, id)?;
    // One who acts for her in certain items alone sees no other.
    if case.person == person && act.actor.resident_for(&case.item).is_ok() {
        Ok(case)
    } else {
        Err(CaseError::Missing)
    }
}

/// The applicant takes it back.
///
/// # Errors
/// If it was decided already.
pub fn withdraw(act: &mut Act<'_, '_>, id: CaseId, rev: i64) -> Result<(), CaseError> {
    let case = own(act, id)?;
    let state = next(&case, Step::Withdraw)?;
    let now = act.now();
    one(act.run_one(&store::ENDED, (id, rev, state, now))?)?;
    super::tasks::cancel_open(act, &case)?;
    act.log(entry(&case, "casework.withdrawn").state(state.word()))?;
    act.tell(&Event::new("casework.ended", subject(id), &id))?;
    Ok(())
}

/// What was asked was not mended in time: counts as withdrawn. Done by the program, after a reminder.
pub(crate) fn lapse(act: &mut Act<'_, '_>, id: CaseId) -> Result<(), CaseError> {
    let case = store::load(act, id)?;
    if case.state != State::Supplementing || case.due >= act.now().day() {
        return Ok(());
    }
    let state = next(&case, Step::Lapse)?;
    let now = act.now();
    one(act.run_one(&store::ENDED, (id, case.rev, state, now))?)?;
    super::tasks::cancel_open(act, &case)?;
    act.log(entry(&case, "casework.lapsed").state(state.word()))?;
    crate::told::lapsed(act, &case)?;
    act.tell(&Event::new("casework.ended", subject(id), &id))?;
    Ok(())
}

/// The applicant reviews how she was served: once, 1 (very bad) to 5 (very good), within the days of the rule.
///
/// # Errors
/// If it has not ended, was reviewed before, or the time is over.
pub fn review(act: &mut Act<'_, '_>, id: CaseId, level: u8, comment: &str) -> Result<(), CaseError> {
    let case = own(act, id)?;
    if !(1..=5).contains(&level) {
        return Err(CaseError::field("level", "level-none"));
    }
    if comment.chars().count() > 500 {
        return Err(CaseError::field("comment", "comment-long"));
    }
    let now = act.now();
    let days = linli_rules::value(act, &REVIEW_DAYS, now.day())?.value;
    match (case.state, case.closed_at) {
        (State::Closed | State::Refused, Some(at)) if now.day().days_since(at.day()) <= days => {}
        (state, _) => return Err(CaseError::State(state)),
    }
    let sealed = if comment.is_empty() {
        None
    } else {
        Some(seal(act.vault(), "case_reviews.comment", id.raw(), &comment)?)
    };
    let channel = act.actor.channel;
    let added = act.opt(&store::ADD_REVIEW, (id, case.body, level, channel, sealed, now))?;
    if added.is_none() {
        return Err(CaseError::State(case.state));
    }
    act.log(entry(&case, "casework.reviewed").content(&serde_json::json!({ "level": level })))?;
    act.tell(&Event::new("casework.reviewed", subject(id), &(id, level)))?;
    Ok(())
}

/// An officer looks into a case: she must handle or decide cases of its body and place, and the applicant sees it.
///
/// # Errors
/// If she does neither.
pub fn look(act: &mut Act<'_, '_>, id: CaseId) -> Result<CaseRow, CaseError> {
    let case = store::load(act, id)?;
    if act.on_duty(&HANDLER, case.body, case.place).is_err() {
        // A case of another body is answered like none: that it exists is nobody's business.
        match act.on_duty(&DECIDER, case.body, case.place) {
            Ok(()) => {}
            Err(Denied::Duty(_)) => return Err(CaseError::Missing),
            Err(other) => return Err(other.into()),
        }
    }
    note_look(act, &case)?;
    Ok(case)
}

/// Notes that an officer looks, once in a quarter of an hour: the applicant sees it, and so do colleagues.
pub(crate) fn note_look(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), CaseError> {
    let Ok(staff) = act.actor.officer() else { return Ok(()) };
    let now = act.now();
    let last = act.opt(&store::LOOKED, (case.id, staff))?;
    if last.is_none_or(|(at,)| now.seconds_since(at) > LOOK_SECONDS) {
        act.run(&store::LOOK, (case.id, staff, now))?;
        act.log(entry(case, "casework.looked"))?;
    }
    Ok(())
}

/// Who else has it open: looked within the last quarter of an hour. Nobody is kept out by it; the revision decides.
pub(crate) fn others_here(
    read: &mut linli_db::Read<'_>,
    id: CaseId,
    me: Option<linli_acts::StaffId>,
) -> Result<Vec<(linli_acts::StaffId, linli_base::Instant)>, CaseError> {
    let since = read.now().plus_seconds(-LOOK_SECONDS);
    Ok(read.all(&store::HERE, (id, since))?.into_iter().filter(|(staff, _)| Some(*staff) != me).collect())
}

/// Two records of a person were joined: her cases follow.
///
/// # Errors
/// If the database fails.
pub fn follow_person(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<(), CaseError> {
    act.run(&store::FOLLOW_PERSON, (from, into))?;
    Ok(())
}

/// Reminds the applicant of what she has to mend or to bring; false if nothing is waited for. Whoever calls it has asked whether the
/// actor may.
///
/// # Errors
/// If the database fails.
pub fn remind_applicant(act: &mut Act<'_, '_>, id: CaseId) -> Result<bool, CaseError> {
    let case = store::load(act, id)?;
    if case.state == State::Supplementing {
        crate::told::supplement_reminder(act, &case, case.due)?;
        return Ok(true);
    }
    let later = super::tasks::later_of(act, id)?;
    if let Some(task) = later.filter(|t| t.state == super::tasks::TaskState::Open) {
        crate::told::later_reminder(act, &case, task.due)?;
        return Ok(true);
    }
    Ok(false)
}
