//! How a result that does not lie on her page reaches the applicant: its way, its state, its own clock (送达).

use linli_acts::{Act, StaffId};
use linli_base::Instant;
use linli_db::{Read, row, sql};
use linli_vault::Sealed;

use super::{entry, for_handler, one, reason, seal};
use crate::DELIVER_DAYS;
use crate::domain::{CaseId, Handover, State};
use crate::error::CaseError;
use crate::store::CaseRow;
use crate::told;

linli_db::codes! {
    /// The way by which a result goes.
    pub enum Way {
        Download = "download",
        Wallet = "wallet",
        Post = "post",
        PickUp = "pickup",
        /// Collected by somebody whom she sends.
        Proxy = "proxy",
    }
}

linli_db::codes! {
    /// How a delivery stands.
    pub enum DeliveryState {
        Ready = "ready",
        /// In the post.
        Sent = "sent",
        /// The post brought it back.
        Back = "back",
        Done = "done",
    }
}

row! {
    /// A delivery as it stands.
    #[derive(Clone, Debug)]
    pub struct DeliveryRow {
        pub id: i64,
        pub way: Way,
        pub state: DeliveryState,
        pub by_staff: Option<StaffId>,
        pub at: Instant,
        pub note: Option<Sealed>,
        pub rev: i64,
    }
}

sql! {
    DELIVERY: DeliveryRow = "SELECT id, way, state, by_staff, at, note, rev FROM case_deliveries WHERE case_id = $1";
    ADD: () = "INSERT INTO case_deliveries (id, case_id, way, state, at, rev) VALUES ($1, $2, $3, 'ready', $4, 1)";
    DUE: () = "UPDATE cases SET delivery_due = $2 WHERE id = $1";
    CHOOSE: () = "UPDATE case_deliveries SET way = $3, at = $4, rev = rev + 1 WHERE case_id = $1 AND rev = $2 AND state IN ('ready', 'back')";
    SET: () = "UPDATE case_deliveries SET way = $3, state = $4, by_staff = $5, at = $6, note = $7, rev = rev + 1 WHERE case_id = $1 AND rev = $2";
}

/// The delivery of a decided case; `None` where it lies on her page.
pub(crate) fn of(read: &mut Read<'_>, case: CaseId) -> Result<Option<DeliveryRow>, CaseError> {
    Ok(read.opt(&DELIVERY, (case,))?)
}

/// The way by which a result was handed over; `None`: it lay on her page, or has not reached her.
///
/// # Errors
/// If the database fails.
pub fn handed_over(read: &mut Read<'_>, case: CaseId) -> Result<Option<Way>, CaseError> {
    Ok(of(read, case)?.filter(|d| d.state == DeliveryState::Done).map(|d| d.way))
}

/// Something was decided that has to be handed over: the delivery clock begins.
pub(crate) fn begin(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), CaseError> {
    let way = match case.handover {
        Handover::Page => return Ok(()),
        Handover::Counter => Way::PickUp,
        Handover::Post => Way::Post,
    };
    let now = act.now();
    let days = super::intake::working_days(linli_rules::value(act, &DELIVER_DAYS, now.day())?.value);
    let due = linli_rules::calendar(act)?.due(now.day(), days).due;
    let row: i64 = act.next_id();
    act.run(&ADD, (row, case.id, way, now))?;
    act.run(&DUE, (case.id, due))?;
    Ok(())
}

/// The applicant chooses another way while nothing is on its way.
///
/// # Errors
/// If it is not hers or is under way.
pub fn choose_way(act: &mut Act<'_, '_>, id: CaseId, way: Way) -> Result<(), CaseError> {
    let case = super::person::own(act, id)?;
    if case.state != State::Decided {
        return Err(CaseError::State(case.state));
    }
    if !matches!(way, Way::Post | Way::PickUp | Way::Proxy) {
        return Err(CaseError::field("way", "choose"));
    }
    let row = of(act, id)?.ok_or(CaseError::Changed)?;
    let now = act.now();
    one(act.run_one(&CHOOSE, (id, row.rev, way, now))?)?;
    act.log(entry(&case, "casework.way_chosen").content(&serde_json::json!({ "way": way })))?;
    Ok(())
}

/// It went into the post (`back`: the post brought it back), with the number of the letter.
///
/// # Errors
/// If nothing has to be posted, something is still to follow from the applicant, or the number is missing.
pub fn posted(act: &mut Act<'_, '_>, id: CaseId, rev: i64, note: &str, back: bool) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let row = due_for(act, &case, rev)?;
    reason("note", note)?;
    let (now, by) = (act.now(), act.actor.officer().ok());
    let sealed = seal(act.vault(), "case_deliveries.note", row.id, &note)?;
    let state = if back { DeliveryState::Back } else { DeliveryState::Sent };
    one(act.run_one(&SET, (id, row.rev, Way::Post, state, by, now, sealed))?)?;
    let what = if back { "casework.post_back" } else { "casework.posted" };
    act.log(entry(&case, what).content(&serde_json::json!({ "note": note })))?;
    if !back {
        told::posted(act, &case)?;
    }
    Ok(())
}

/// It reached her: at the counter, by whoever she sent (`note` says who, and which document was shown), by post.
///
/// # Errors
/// If nothing was decided, it lies on her page, something is still to follow, or a proxy is not named.
pub fn deliver(act: &mut Act<'_, '_>, id: CaseId, rev: i64, way: Way, note: &str) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let row = due_for(act, &case, rev)?;
    if way == Way::Proxy || !note.is_empty() {
        reason("note", note)?;
    }
    let (now, by) = (act.now(), act.actor.officer().ok());
    let sealed =
        if note.is_empty() { None } else { Some(seal(act.vault(), "case_deliveries.note", row.id, &note)?) };
    one(act.run_one(&SET, (id, row.rev, way, DeliveryState::Done, by, now, sealed))?)?;
    super::decide::delivered(act, &case)
}

/// The delivery of a case from which nothing is awaited any more.
fn due_for(act: &mut Act<'_, '_>, case: &CaseRow, rev: i64) -> Result<DeliveryRow, CaseError> {
    if case.rev != rev {
        return Err(CaseError::Changed);
    }
    if case.state != State::Decided {
        return Err(CaseError::State(case.state));
    }
    if super::tasks::later_of(act, case.id)?.is_some() {
        return Err(CaseError::StillToFollow);
    }
    of(act, case.id)?.ok_or(CaseError::Changed)
}
