//! What neighbours may call: all on the caller's transaction.

use linli_acts::{Act, PersonId};
use linli_db::Read;

pub use crate::acts::decide::{decide, deliver, propose, resolve, send_back};
pub use crate::acts::intake::{NewCase, accept, ask_supplement, assign, file, refuse, supplied};
pub use crate::acts::person::{look, review, withdraw};
pub use crate::domain::{CaseId, Handover, Limits, Outcome, Point, ResultLine, State};
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

/// The points that were asked to be mended and are still waited for; empty if nothing is.
///
/// # Errors
/// If the database fails or they do not open.
pub fn asked(read: &mut Read<'_>, vault: &linli_vault::Vault, id: CaseId) -> Result<Vec<Point>, CaseError> {
    let last = read.all(&store::SUPPLEMENTS, (id,))?.pop();
    match last.filter(|s| s.supplied_at.is_none()) {
        Some(s) => crate::acts::open(vault, "supplements.points", s.id, &s.points),
        None => Ok(Vec::new()),
    }
}
