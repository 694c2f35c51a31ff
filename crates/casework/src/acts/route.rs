//! A case goes to another body, or back: its clock goes on, and where it was is told.

use linli_acts::{Act, BodyId, StaffId};
use linli_base::Instant;
use linli_db::{Read, row, sql};
use linli_vault::Sealed;
use linli_web::DirectoryService;

use super::{entry, for_handler, one, reason, seal};
use crate::domain::{CaseId, State};
use crate::error::CaseError;
use crate::{HANDLER, told};

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct RouteRow {
        pub id: i64,
        pub from_body: BodyId,
        pub to_body: BodyId,
        pub by_staff: Option<StaffId>,
        pub at: Instant,
        pub why: Sealed,
    }
}

sql! {
    pub(crate) ROUTES: RouteRow = "SELECT id, from_body, to_body, by_staff, at, why FROM case_routes WHERE case_id = $1 ORDER BY id LIMIT 50";
    ADD: () = "INSERT INTO case_routes (id, case_id, from_body, to_body, by_staff, at, why) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    MOVE: () = "UPDATE cases SET body = $3, handler = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2";
}

/// Whether somebody at a body handles cases of a place: a case must not go where nobody sees it.
pub(crate) fn somebody_there(
    act: &mut Act<'_, '_>,
    body: BodyId,
    place: linli_base::PlaceCode,
) -> Result<bool, CaseError> {
    let directory = act.house.service::<DirectoryService>();
    let now = act.now();
    for (staff, _) in directory.0.holders(act, &HANDLER, body)? {
        let held = directory.0.held(act, staff, now)?;
        if held.iter().any(|h| h.kind == HANDLER.key && h.body == body && h.place.contains(place)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Hands the case on to another body with the reason (改派). While it is proposed or decided it stays where that was done.
///
/// # Errors
/// If it is the same body, nobody there handles cases of its place, the reason is empty, or it is too far on.
pub fn reroute(act: &mut Act<'_, '_>, id: CaseId, rev: i64, to: BodyId, why: &str) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    if !matches!(case.state, State::Submitted | State::Supplementing | State::Accepted | State::Paused) {
        return Err(CaseError::State(case.state));
    }
    reason("route_why", why)?;
    if to == case.body || !somebody_there(act, to, case.place)? {
        return Err(CaseError::field("to_body", "nobody-there"));
    }
    let (now, by) = (act.now(), act.actor.officer().ok());
    let row: i64 = act.next_id();
    let sealed = seal(act.vault(), "case_routes.why", row, &why)?;
    one(act.run_one(&MOVE, (id, rev, to))?)?;
    act.run(&ADD, (row, id, case.body, to, by, now, sealed))?;
    act.log(
        entry(&case, "casework.rerouted")
            .content(&serde_json::json!({ "from": case.body, "to": to, "why": why })),
    )?;
    told::rerouted(act, &case)?;
    Ok(())
}

/// The body from which a case came to where it is now.
pub fn came_from(read: &mut Read<'_>, id: CaseId, body: BodyId) -> Result<Option<BodyId>, CaseError> {
    let last = read.all(&ROUTES, (id,))?.pop();
    Ok(last.filter(|r| r.to_body == body).map(|r| r.from_body))
}

/// Back to the body from which it came, with the reason (退回).
///
/// # Errors
/// As [`reroute`], or if it came from nowhere.
pub fn send_home(act: &mut Act<'_, '_>, id: CaseId, rev: i64, why: &str) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let home = came_from(act, id, case.body)?.ok_or(CaseError::Missing)?;
    reroute(act, id, rev, home, why)
}
