//! What neighbours and the door may call.

use linli_acts::{BodyId, DutyId, DutyKind, Held, StaffId};
use linli_base::Instant;
use linli_db::{DbError, Read};

pub use crate::acts::{deliver_body, deliver_duty, deliver_staff, first_run_token};
use crate::domain::StaffState;
pub use crate::domain::{BodyKind, BodyState};
pub use crate::store::Body;
use crate::store::{self, DutyRow};

fn held_of(row: &DutyRow, deputy: bool) -> Held {
    Held {
        duty: row.id,
        kind: row.kind.clone(),
        body: row.body,
        place: row.place,
        deputy_of: deputy.then_some(row.staff),
    }
}

/// The duties of an officer at an instant, those deputised to her included; none for one who is not active.
///
/// # Errors
/// If the database fails.
pub fn held(read: &mut Read<'_>, staff: StaffId, now: Instant) -> Result<Vec<Held>, DbError> {
    if read.kept_opt(&store::STANDING, (staff,))?.is_none_or(|(state, _)| state != StaffState::Active) {
        return Ok(Vec::new());
    }
    let own = read.kept(&store::HELD, (staff,))?;
    let lent = read.kept(&store::DEPUTISED, (staff, now.day()))?;
    Ok(own.iter().map(|d| held_of(d, false)).chain(lent.iter().map(|d| held_of(d, true))).collect())
}

/// An officer's name.
///
/// # Errors
/// If the database fails.
pub fn staff_name(read: &mut Read<'_>, staff: StaffId) -> Result<Option<String>, DbError> {
    Ok(read.kept_opt(&store::STANDING, (staff,))?.map(|(_, name)| name))
}

/// The account of a login.
///
/// # Errors
/// If the database fails.
pub fn staff_by_login(read: &mut Read<'_>, login: &str) -> Result<Option<StaffId>, DbError> {
    Ok(read.opt(&store::BY_LOGIN, (login,))?.map(|s| s.id))
}

/// A body.
///
/// # Errors
/// If the database fails.
pub fn body(read: &mut Read<'_>, id: BodyId) -> Result<Option<Body>, DbError> {
    read.kept_opt(&store::BODY, (id,))
}

/// A body by its code.
///
/// # Errors
/// If the database fails.
pub fn body_by_code(read: &mut Read<'_>, code: &str) -> Result<Option<Body>, DbError> {
    read.kept_opt(&store::BODY_BY_CODE, (code,))
}

/// Bodies that are open, departments first, to choose from: at most 500.
///
/// # Errors
/// If the database fails.
pub fn open_bodies(read: &mut Read<'_>) -> Result<Vec<Body>, DbError> {
    read.all(&store::OPEN_BODIES, ())
}

/// Kind, body and place of a duty, held or ended.
///
/// # Errors
/// If the database fails.
pub fn duty(read: &mut Read<'_>, id: DutyId) -> Result<Option<Held>, DbError> {
    Ok(read.opt(&store::DUTY, (id,))?.map(|d| held_of(&d, false)))
}

/// Bodies of which somebody holds a kind of duty now, with their names: at most 500.
///
/// # Errors
/// If the database fails.
pub fn bodies_with(read: &mut Read<'_>, kind: &DutyKind) -> Result<Vec<(BodyId, String, String)>, DbError> {
    read.all(&store::BODIES_WITH, (kind.key,))
}

/// Who holds a kind of duty for a body, at most 200.
///
/// # Errors
/// If the database fails.
pub fn holders(read: &mut Read<'_>, kind: &DutyKind, body: BodyId) -> Result<Vec<StaffId>, DbError> {
    Ok(read.all(&store::HOLDERS, (kind.key, body))?.into_iter().map(|(s,)| s).collect())
}
