//! Stopping and lengthening the handling clock.

use linli_acts::Act;
use linli_base::Day;

use super::{entry, for_decider, for_handler, next, one, reason};
use crate::domain::{CaseId, State, Step, Stop, StopKind, handling_due};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::{EXTEND_DAYS, PAUSE_DAYS, told};

/// The stops of a case so far.
pub(crate) fn stops(act: &mut linli_db::Read<'_>, id: CaseId) -> Result<Vec<Stop>, CaseError> {
    Ok(act.all(&store::STOPS, (id,))?.into_iter().map(|s| (s.from_day, s.ended)).collect())
}

/// Stops the clock for a special procedure that the law does not count (行政许可法 §45), at most for as long as the rule says.
/// Tomorrow is the first day that is not counted.
///
/// # Errors
/// If the case is not being handled, the reason is empty, or the day is out of range.
pub fn pause(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    kind: StopKind,
    until: Day,
    why: &str,
) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let state = next(&case, Step::Pause)?;
    reason("pause_why", why)?;
    let today = act.now().day();
    let longest = linli_rules::value(act, &PAUSE_DAYS, today)?.value;
    if until <= today || until.days_since(today) > longest {
        return Err(CaseError::field("until", "until-range"));
    }
    one(act.run_one(&store::WAIT, (id, rev, state, until))?)?;
    act.run(&store::STOP, (id, kind, today.plus_days(1), until))?;
    act.log(
        entry(&case, "casework.paused")
            .state(state.word())
            .content(&serde_json::json!({ "kind": kind, "until": until, "why": why })),
    )?;
    told::paused(act, &case, until)?;
    Ok(())
}

/// The procedure has ended: the clock runs again, and today counts.
///
/// # Errors
/// If the clock does not stand still.
pub fn resume(act: &mut Act<'_, '_>, id: CaseId, rev: i64) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    run_again(act, &case, rev)
}

/// A procedure took longer than it may: the clock runs again. Done by the program.
pub(crate) fn resume_overdue(act: &mut Act<'_, '_>, id: CaseId) -> Result<(), CaseError> {
    let case = store::load(act, id)?;
    if case.state != State::Paused || case.due >= act.now().day() {
        return Ok(());
    }
    let rev = case.rev;
    run_again(act, &case, rev)
}

fn run_again(act: &mut Act<'_, '_>, case: &CaseRow, rev: i64) -> Result<(), CaseError> {
    let state = next(case, Step::Resume)?;
    let now = act.now();
    let today = now.day();
    act.run(&store::STOP_ENDED, (case.id, today))?;
    let (due, legal) = dues(act, case, case.extended_days)?;
    one(act.run_one(&store::RUNS_AGAIN, (case.id, rev, due, legal, now))?)?;
    act.log(entry(case, "casework.resumed").state(state.word()))?;
    told::resumed(act, case, due)?;
    Ok(())
}

/// Promised and legal last day, with all stops and an extension.
fn dues(act: &mut Act<'_, '_>, case: &CaseRow, extended: u16) -> Result<(Day, Day), CaseError> {
    let from = case.accepted_on.unwrap_or(case.clock_from);
    let today = act.now().day();
    let stops = stops(act, case.id)?;
    let calendar = linli_rules::calendar_from(act, from)?;
    let last = |limit: u16| handling_due(&calendar, from, limit.saturating_add(extended), &stops, today).due;
    Ok((last(case.promised_days), last(case.legal_days)))
}

/// Lengthens the handling once, with the reason told to the applicant (行政许可法 §42). The one who decides may.
///
/// # Errors
/// If it was lengthened before, the days are out of range, or the reason is empty.
pub fn extend(act: &mut Act<'_, '_>, id: CaseId, rev: i64, days: u16, why: &str) -> Result<(), CaseError> {
    let case = for_decider(act, id)?;
    let state = next(&case, Step::Extend)?;
    if case.extended_days > 0 {
        return Err(CaseError::ExtendedBefore);
    }
    reason("extend_why", why)?;
    let today = act.now().day();
    let longest = linli_rules::value(act, &EXTEND_DAYS, today)?.value;
    if days == 0 || i64::from(days) > longest {
        return Err(CaseError::field("days", "days-range"));
    }
    let now = act.now();
    let (due, legal) = dues(act, &case, days)?;
    one(act.run_one(&store::EXTENDED, (id, rev, days, due, legal, now))?)?;
    act.log(
        entry(&case, "casework.extended")
            .state(state.word())
            .content(&serde_json::json!({ "days": days, "why": why })),
    )?;
    told::extended(act, &case, due)?;
    Ok(())
}
