//! Reminding: by a person, or by the program because of a day. What was told is kept; the light never is.

use linli_acts::{Act, BodyId, StaffId};
use linli_base::Day;
use linli_casework::offers::{self as casework, CaseId, State, TaskId};
use linli_casework::search::{self, CoDue};
use linli_casework::{CaseRow, DECIDER, HANDLER};

use super::entry;
use crate::SUPERVISOR;
use crate::error::DeskError;
use crate::store::{self, ReminderId, ReminderKind};

/// Of the case itself, at its body's desk.
fn add(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    kind: ReminderKind,
    due: Day,
    staff: Option<StaffId>,
) -> Result<bool, DeskError> {
    add_of(act, case, TaskId::from_raw(0), kind, due, case.body, staff)
}

fn add_of(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    task: TaskId,
    kind: ReminderKind,
    due: Day,
    body: BodyId,
    staff: Option<StaffId>,
) -> Result<bool, DeskError> {
    let id: ReminderId = act.next_id();
    let (now, by) = (act.now(), act.actor.officer().ok());
    let row = (id, case.id, task, kind, due, body, case.place, staff, by, now);
    Ok(act.opt(&store::ADD_REMINDER, row)?.is_some())
}

/// Urges whoever is at work on a case: its officer, its desk where nobody has taken it up, or the applicant while she is waited for.
///
/// # Errors
/// If the actor neither handles, decides nor supervises cases of its body and place, or nothing is left to do.
pub fn remind(act: &mut Act<'_, '_>, id: CaseId, words: &str) -> Result<(), DeskError> {
    let case = casework::case(act, id)?;
    let may =
        [&HANDLER, &DECIDER, &SUPERVISOR].into_iter().any(|d| act.on_duty(d, case.body, case.place).is_ok());
    if !may {
        return Err(DeskError::Missing);
    }
    if words.chars().count() > 1_000 {
        return Err(DeskError::field("why", "reason-long"));
    }
    if !case.state.is_open() {
        return Err(linli_casework::CaseError::State(case.state).into());
    }
    if case.state == State::Supplementing {
        casework::remind_applicant(act, id)?;
        act.log(entry(&case, "desk.applicant_reminded"))?;
        return Ok(());
    }
    add(act, &case, ReminderKind::Person, case.due, case.handler)?;
    act.log(
        entry(&case, "desk.reminded").content(&serde_json::json!({ "to": case.handler, "words": words })),
    )?;
    Ok(())
}

/// The program reminds of a last day that is near or past, once for each such day.
pub(crate) fn of_day(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    today: Day,
    escalate_before: Day,
) -> Result<(), DeskError> {
    let due = linli_casework::shown::due_of(case);
    if case.state == State::Supplementing {
        if add(act, case, ReminderKind::Applicant, due, None)? {
            casework::remind_applicant(act, case.id)?;
            act.log(entry(case, "desk.applicant_reminded"))?;
        }
        return Ok(());
    }
    let (kind, what) = if due < today {
        (ReminderKind::Late, "desk.reminded_late")
    } else {
        (ReminderKind::Soon, "desk.reminded_soon")
    };
    if add(act, case, kind, due, case.handler)? {
        act.log(entry(case, what))?;
    }
    if due < escalate_before && add(act, case, ReminderKind::Escalated, due, None)? {
        act.log(entry(case, "desk.escalated"))?;
    }
    Ok(())
}

/// The program reminds of the day of a co-handling body: the body before and after it, the lead after it, and the supervisors of both
/// once it is late enough.
pub(crate) fn of_co(
    act: &mut Act<'_, '_>,
    co: &CoDue,
    today: Day,
    escalate_before: Day,
) -> Result<(), DeskError> {
    let CoDue { task, case, body, due } = co;
    if *due >= today {
        if add_of(act, case, *task, ReminderKind::CoSoon, *due, *body, None)? {
            act.log(entry(case, "desk.co_reminded_soon"))?;
        }
        return Ok(());
    }
    if add_of(act, case, *task, ReminderKind::CoLate, *due, *body, None)? {
        add_of(act, case, *task, ReminderKind::CoLead, *due, case.body, case.handler)?;
        act.log(entry(case, "desk.co_reminded_late"))?;
    }
    if *due < escalate_before && add_of(act, case, *task, ReminderKind::CoAbove, *due, *body, None)? {
        add_of(act, case, *task, ReminderKind::CoLeadAbove, *due, case.body, None)?;
        act.log(entry(case, "desk.co_escalated"))?;
    }
    Ok(())
}

/// A supervisor of either body urges a co-handling body that is late.
///
/// # Errors
/// If the actor supervises neither, or it has been answered.
pub fn urge_co(act: &mut Act<'_, '_>, task: TaskId) -> Result<(), DeskError> {
    let co = search::co_open(act, task)?.ok_or(DeskError::Missing)?;
    let supervised = act.actor.held.iter().find(|h| h.kind == SUPERVISOR.key && h.body == co.body);
    match supervised.map(|h| h.place) {
        Some(place) => act.on_duty(&SUPERVISOR, co.body, place)?,
        None => act.on_duty(&SUPERVISOR, co.case.body, co.case.place).map_err(|_| DeskError::Missing)?,
    }
    add_of(act, &co.case, task, ReminderKind::Person, co.due, co.body, None)?;
    act.log(entry(&co.case, "desk.co_urged").content(&serde_json::json!({ "task": task, "body": co.body })))?;
    Ok(())
}

/// The program reminds the applicant of what is to follow, once for each day.
pub(crate) fn of_follow(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DeskError> {
    if add(act, case, ReminderKind::Follow, due, None)? {
        casework::remind_applicant(act, case.id)?;
        act.log(entry(case, "desk.applicant_reminded"))?;
    }
    Ok(())
}
