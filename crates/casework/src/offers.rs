//! What neighbours may call: all on the caller's transaction.

use linli_acts::{Act, BodyId, PersonId};
use linli_base::Day;
use linli_db::Read;

pub use crate::acts::decide::{decide, propose, resolve, send_back};
pub use crate::acts::delivery::{DeliveryState, Way, choose_way, deliver, handed_over, posted};
pub use crate::acts::intake::{NewCase, accept, ask_supplement, assign, file, refuse, supplied};
pub use crate::acts::person::{look, remind_applicant, review, withdraw};
pub use crate::acts::route::{came_from, reroute, send_home};
pub use crate::acts::slips::{SlipState, ask_correction, correct, reject_correction};
use crate::acts::tasks;
pub use crate::acts::tasks::{
    TaskId, TaskKind, TaskRow, TaskState, accept_with_later, answer_co, ask_later_again, look_co, request_co,
    settle_later,
};
pub use crate::acts::time::{extend, pause, resume};
pub use crate::domain::{CaseId, Handover, Limits, Outcome, Point, ResultLine, State, Step, StopKind};
pub use crate::error::CaseError;
pub use crate::jobs::FOLLOW_PERSON;
pub use crate::kind::{CaseKind, Group, Matter, Matters};
use crate::store::{self, CaseRow};

/// A case.
///
/// # Errors
/// If there is none.
pub fn case(read: &mut Read<'_>, id: CaseId) -> Result<CaseRow, CaseError> {
    store::load(read, id)
}

/// The case of a number.
///
/// # Errors
/// If the database fails.
pub fn by_number(read: &mut Read<'_>, number: &str) -> Result<Option<CaseRow>, CaseError> {
    Ok(read.opt(&store::BY_NUMBER, (number,))?)
}

/// The cases in which a person has something to mend, by day; at most 20.
///
/// # Errors
/// If the database fails.
pub fn to_mend(read: &mut Read<'_>, person: PersonId) -> Result<Vec<CaseRow>, CaseError> {
    Ok(read.all(&store::WAITING_OF_PERSON, (person,))?)
}

/// The cases for which something of a person is to follow, each with its day; at most 50.
///
/// # Errors
/// If the database fails.
pub fn to_follow(read: &mut Read<'_>, person: PersonId) -> Result<Vec<(CaseRow, Day)>, CaseError> {
    let tasks = read.all(&tasks::OF_PERSON, (person,))?;
    tasks.into_iter().map(|task| Ok((store::load(read, task.case_id)?, task.due))).collect()
}

/// What a co-handling body is asked and has not answered, by day, after one.
///
/// # Errors
/// If the database fails.
pub fn asked_of_body(
    read: &mut Read<'_>,
    body: BodyId,
    after: (Day, TaskId),
    limit: u16,
) -> Result<Vec<TaskRow>, CaseError> {
    Ok(read.all(&tasks::OF_BODY, (body, after.0, after.1, limit))?)
}

/// Whether a case is still under way; only its state is read.
///
/// # Errors
/// If there is none.
pub fn is_open(read: &mut Read<'_>, id: CaseId) -> Result<bool, CaseError> {
    Ok(read.opt(&store::STATE, (id,))?.ok_or(CaseError::Missing)?.0.is_open())
}

/// A case of the person who acts or is served.
///
/// # Errors
/// If there is none, or it is another's.
pub fn own(act: &mut Act<'_, '_>, id: CaseId) -> Result<CaseRow, CaseError> {
    crate::acts::person::own(act, id)
}

/// The newest cases of a person before one, at most `limit` (100).
///
/// # Errors
/// If the database fails.
pub fn of_person(
    read: &mut Read<'_>,
    person: PersonId,
    before: CaseId,
    limit: u16,
) -> Result<Vec<CaseRow>, CaseError> {
    Ok(read.all(&store::OF_PERSON, (person, before, limit.min(100)))?)
}

/// The points that were asked to be mended, or are to follow, and are still waited for; empty if nothing is.
///
/// # Errors
/// If the database fails or they do not open.
pub fn asked(read: &mut Read<'_>, vault: &linli_vault::Vault, id: CaseId) -> Result<Vec<Point>, CaseError> {
    let last = read.all(&store::SUPPLEMENTS, (id,))?.pop();
    match last.filter(|s| s.supplied_at.is_none()) {
        Some(s) => crate::acts::open(vault, "supplements.points", s.id, &s.points),
        None => tasks::later_points(read, vault, id),
    }
}

/// Level and words of the review of a case; `None` if there is none.
///
/// # Errors
/// If the database fails.
pub fn review_of(
    read: &mut Read<'_>,
    vault: &linli_vault::Vault,
    id: CaseId,
) -> Result<Option<(i64, String)>, CaseError> {
    let Some(row) = read.opt(&store::REVIEW, (id,))? else { return Ok(None) };
    let words: Option<String> =
        row.comment.as_ref().and_then(|c| crate::acts::open(vault, "case_reviews.comment", id.raw(), c).ok());
    Ok(Some((row.level, words.unwrap_or_default())))
}
