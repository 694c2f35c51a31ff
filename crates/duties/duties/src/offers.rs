//! What neighbours may call: all on the caller's transaction.

use linli_acts::{BodyId, DutyId, DutyKind, Held, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{DbError, IdSet, Read};

use crate::domain::{BodyKind, StaffState};
use crate::store::{self, Duty};

pub use crate::acts::bodies::create as create_body;
pub use crate::acts::duties::{DutyEvent, NewDuty, give as give_duty};
pub use crate::acts::first::{reopen as reopen_first_run, token as first_run_token};
pub use crate::acts::staff::{NewStaff, seed as seed_staff};
pub use crate::domain::NewBody;
pub use crate::store::{Body, Staff};

/// The duties that an officer holds at an instant, those included in which he stands in for somebody. Empty for one who is not
/// active.
///
/// # Errors
/// If the database fails.
pub fn held(read: &mut Read<'_>, staff: StaffId, at: Instant) -> Result<Vec<Held>, DbError> {
    let rows = read.all(&store::HELD, (staff, at))?;
    Ok(rows
        .into_iter()
        .map(|h| Held { duty: h.duty, kind: h.kind, body: h.body, place: h.place, deputy_of: h.deputy_of })
        .collect())
}

/// A duty as it was given; also one that is over. For pages that tell on which duty something was done.
///
/// # Errors
/// If the database fails.
pub fn duty(read: &mut Read<'_>, id: DutyId) -> Result<Option<Held>, DbError> {
    let row: Option<Duty> = read.opt(&store::DUTY, (id,))?;
    Ok(row.map(|d| Held { duty: d.id, kind: d.kind, body: d.body, place: d.place, deputy_of: None }))
}

/// A body, also one that has ended.
///
/// # Errors
/// If the database fails.
pub fn body(read: &mut Read<'_>, id: BodyId) -> Result<Option<Body>, DbError> {
    read.opt(&store::BODY, (id,))
}

/// Chinese and English name of a body.
///
/// # Errors
/// If the database fails.
pub fn body_name(read: &mut Read<'_>, id: BodyId) -> Result<Option<(String, String)>, DbError> {
    let body: Option<Body> = read.opt(&store::BODY, (id,))?;
    Ok(body.map(|b| {
        let en = if b.name_en.is_empty() { b.name_zh.clone() } else { b.name_en };
        (b.name_zh, en)
    }))
}

/// The body of a code.
///
/// # Errors
/// If the database fails.
pub fn body_by_code(read: &mut Read<'_>, code: &str) -> Result<Option<Body>, DbError> {
    read.opt(&store::BODY_BY_CODE, (code,))
}

/// Bodies that exist on a day (all ever, if none is told), of a kind (of every kind), by id, after one: at most `limit` (500).
///
/// # Errors
/// If the database fails.
pub fn bodies(
    read: &mut Read<'_>,
    kind: Option<BodyKind>,
    day: Option<Day>,
    after: BodyId,
    limit: u16,
) -> Result<Vec<Body>, DbError> {
    read.all(&store::BODIES, (after, kind, day, limit.min(500)))
}

/// The bodies of a kind that work for exactly this place: the office of a street, the committee of a community.
///
/// # Errors
/// If the database fails.
pub fn bodies_at(read: &mut Read<'_>, place: PlaceCode, kind: BodyKind, day: Day) -> Result<Vec<Body>, DbError> {
    read.all(&store::BODIES_AT, (place, kind, day))
}

/// The place and all that contain it.
fn up(place: PlaceCode) -> IdSet {
    let mut all = Vec::new();
    let mut at = Some(place);
    while let Some(p) = at {
        all.push(p.raw());
        at = p.parent();
    }
    IdSet::new(all)
}

/// Who holds a duty of this kind for a body and a place now, deputies included, by id: at most 200. Whoever gives out work asks
/// this.
///
/// # Errors
/// If the database fails.
pub fn holders(
    read: &mut Read<'_>,
    kind: &'static DutyKind,
    body: BodyId,
    place: PlaceCode,
) -> Result<Vec<StaffId>, DbError> {
    let now = read.now();
    let rows = read.all(&store::HOLDERS, (kind.key, body, up(place), now))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The bodies for which somebody holds a duty of this kind that covers a place: at most 100.
///
/// # Errors
/// If the database fails.
pub fn bodies_with(
    read: &mut Read<'_>,
    kind: &'static DutyKind,
    place: PlaceCode,
) -> Result<Vec<BodyId>, DbError> {
    let now = read.now();
    let rows = read.all(&store::BODIES_WITH, (kind.key, up(place), now))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An officer's account; also of one who has left.
///
/// # Errors
/// If the database fails.
pub fn staff(read: &mut Read<'_>, id: StaffId) -> Result<Option<Staff>, DbError> {
    read.opt(&store::STAFF, (id,))
}

/// The account of a login name.
///
/// # Errors
/// If the database fails.
pub fn staff_by_login(read: &mut Read<'_>, login: &str) -> Result<Option<Staff>, DbError> {
    read.opt(&store::STAFF_BY_LOGIN, (crate::domain::login_key(login),))
}

/// An officer's name, as it is shown with what he did; also of one who has left.
///
/// # Errors
/// If the database fails.
pub fn staff_name(read: &mut Read<'_>, id: StaffId) -> Result<Option<String>, DbError> {
    let staff: Option<Staff> = read.opt(&store::STAFF, (id,))?;
    Ok(staff.map(|s| s.name))
}

/// Whether an officer can be given work now.
///
/// # Errors
/// If the database fails.
pub fn is_active(read: &mut Read<'_>, id: StaffId) -> Result<bool, DbError> {
    let staff: Option<Staff> = read.opt(&store::STAFF, (id,))?;
    Ok(staff.is_some_and(|s| s.state == StaffState::Active))
}
