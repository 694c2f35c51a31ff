//! Filing and acceptance: what happens before the handling clock runs.

use linli_acts::{Act, BodyId, Event, PersonId, StaffId};
use linli_base::{Day, PlaceCode};
use linli_web::DirectoryService;

use super::{entry, for_handler, next, one, reason, seal, subject};
use crate::domain::{CaseId, Handover, Limits, Point, State, Step, handling_due};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::{ACCEPT_DAYS, HANDLER, SUPPLEMENT_DAYS, told};

/// What a room files.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// Key of the room's `CaseKind`.
    pub kind: &'static str,
    /// Key of the item, where the room has items; empty where not.
    pub item: String,
    /// Nothing personal: it stands in lists and notices.
    pub title_zh: String,
    pub title_en: String,
    pub person: PersonId,
    /// Who handles it, and for which place.
    pub body: BodyId,
    pub place: PlaceCode,
    pub promised_days: u16,
    pub legal_days: u16,
    /// One proposes, another decides.
    pub two_persons: bool,
    pub handover: Handover,
    /// When a paper application was received, if not today: from then on the clock of acceptance runs.
    pub received: Option<Day>,
}

/// Files a case. The room has made sure that the actor may, and stores what was told under the id in the same act.
///
/// # Errors
/// If the database fails.
pub fn file(act: &mut Act<'_, '_>, new: &NewCase) -> Result<CaseId, CaseError> {
    let id: CaseId = act.next_id();
    let now = act.now();
    let day = now.day();
    let (serial,) = act.one(&store::NEXT_SERIAL, (day,))?;
    let number = number(day, serial);
    let accept = working_days(linli_rules::value(act, &ACCEPT_DAYS, day)?.value);
    let limits = Limits { accept, promised: new.promised_days, legal: new.legal_days.max(new.promised_days) };
    let received = new.received.filter(|d| *d != day);
    let from = received.unwrap_or(day);
    let due = linli_rules::calendar_from(act, from)?.due(from, accept).due;
    let house = act.house;
    let name = house.service::<DirectoryService>().0.person_name(act, house.vault(), new.person)?;
    let name_key = name.map(|n| crate::search::name_key(house.vault(), &n));
    let channel = act.actor.channel;
    act.run(
        &store::ADD,
        (
            id,
            &number,
            day,
            serial,
            new.kind,
            &new.title_zh,
            &new.title_en,
            new.person,
            new.body,
            new.place,
            channel,
            i64::from(new.two_persons),
            new.handover,
            limits.accept,
            limits.promised,
            limits.legal,
            due,
            now,
            &new.item,
            name_key,
            received,
        ),
    )?;
    let case = store::load(act, id)?;
    let mut row = entry(&case, "casework.filed").state(State::Submitted.word());
    if let Some(received) = received {
        row = row.content(&serde_json::json!({ "received": received }));
    }
    act.log(row)?;
    told::filed(act, &case)?;
    Ok(id)
}

/// As printed and spoken: day and serial.
fn number(day: Day, serial: i64) -> String {
    format!("{:04}{:02}{:02}-{serial:06}", day.year(), day.month(), day.day_of_month())
}

pub(crate) fn working_days(value: i64) -> u16 {
    u16::try_from(value.max(0)).unwrap_or(u16::MAX)
}

/// The window accepts the case: the handling clock begins.
///
/// # Errors
/// If the actor does not handle cases of that body and place, or it is not waiting for acceptance.
pub fn accept(act: &mut Act<'_, '_>, id: CaseId, rev: i64) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let by = act.actor.officer().ok();
    let today = act.now().day();
    accepted_on(act, &case, rev, today, by, "casework.accepted")
}

/// Nobody told the applicant anything in time: the case counts as accepted from the day it was received (行政许可法 §32 第一款
/// 第四项, recalled). Done by the program.
pub(crate) fn deem_accepted(act: &mut Act<'_, '_>, id: CaseId) -> Result<(), CaseError> {
    let case = store::load(act, id)?;
    if case.state != State::Submitted || case.due >= act.now().day() {
        return Ok(());
    }
    let (rev, from) = (case.rev, case.clock_from);
    accepted_on(act, &case, rev, from, None, "casework.deemed_accepted")
}

fn accepted_on(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    rev: i64,
    from: Day,
    by: Option<StaffId>,
    what: &'static str,
) -> Result<(), CaseError> {
    let state = next(case, Step::Accept)?;
    let now = act.now();
    let calendar = linli_rules::calendar_from(act, from)?;
    let due = handling_due(&calendar, from, case.promised_days, &[], now.day()).due;
    let legal = handling_due(&calendar, from, case.legal_days, &[], now.day()).due;
    one(act.run_one(&store::ACCEPTED, (case.id, rev, from, due, legal, now, by))?)?;
    act.log(entry(case, what).state(state.word()))?;
    told::accepted(act, case, due)?;
    act.tell(&Event::new("casework.accepted", subject(case.id), &case.id))?;
    Ok(())
}

/// Tells the applicant once, and all together, what has to be mended. Asked again only for facts that were not there before.
///
/// # Errors
/// If nothing is asked, a point is no point of this case, or it was asked before and `new_facts` is empty.
pub fn ask_supplement(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    points: &[Point],
    new_facts: &str,
) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let state = next(&case, Step::AskSupplement)?;
    check_points(act, &case, points)?;
    let before = act.all(&store::SUPPLEMENTS, (id,))?;
    if !before.is_empty() && new_facts.is_empty() {
        return Err(CaseError::AskedBefore);
    }
    let round = i64::try_from(before.len()).unwrap_or(i64::MAX) + 1;
    let now = act.now();
    let days = working_days(linli_rules::value(act, &SUPPLEMENT_DAYS, now.day())?.value);
    let due = linli_rules::calendar_from(act, now.day())?.due(now.day(), days).due;
    let by = act.actor.officer().ok();
    let row: i64 = act.next_id();
    let sealed = seal(act.vault(), "supplements.points", row, &points)?;
    one(act.run_one(&store::WAIT, (id, rev, state, due))?)?;
    act.run(&store::ASK, (row, id, round, now, by, due, sealed))?;
    act.log(
        entry(&case, "casework.supplement_asked")
            .state(state.word())
            .content(&serde_json::json!({ "points": points, "new_facts": new_facts })),
    )?;
    told::supplement_asked(act, &case, due)?;
    Ok(())
}

/// Whether points are points of this case, each with words.
pub(crate) fn check_points(act: &mut Act<'_, '_>, case: &CaseRow, points: &[Point]) -> Result<(), CaseError> {
    if points.is_empty() {
        return Err(CaseError::field("points", "points-none"));
    }
    for point in points {
        reason(&point.key, &point.what)?;
    }
    let house = act.house;
    let known = (crate::kind(&case.kind)?.points)(act, house.vault(), case.id, linli_words::Lang::ZhHans)?;
    if points.iter().any(|p| !known.iter().any(|(key, _)| *key == p.key)) {
        return Err(CaseError::field("points", "points-unknown"));
    }
    Ok(())
}

/// The applicant has mended what was asked: the acceptance clock begins anew. Or she brought what was to follow. Called by the room that took the parts.
///
/// # Errors
/// If nothing was asked.
pub fn supplied(act: &mut Act<'_, '_>, id: CaseId) -> Result<(), CaseError> {
    let case = store::load(act, id)?;
    if case.state != State::Supplementing && super::tasks::later_supplied(act, &case)? {
        return Ok(());
    }
    let state = next(&case, Step::Supply)?;
    let now = act.now();
    let today = now.day();
    let due = linli_rules::calendar_from(act, today)?.due(today, case.accept_days).due;
    one(act.run_one(&store::SUBMITTED_AGAIN, (id, case.rev, today, due, now))?)?;
    act.run(&store::SUPPLIED, (id, now))?;
    act.log(entry(&case, "casework.supplied").state(state.word()))?;
    Ok(())
}

/// The window does not accept it, with the reason; the way to appeal is told with it.
///
/// # Errors
/// If the reason is empty or the case is not waiting for acceptance.
pub fn refuse(act: &mut Act<'_, '_>, id: CaseId, rev: i64, why: &str) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let state = next(&case, Step::Refuse)?;
    reason("why", why)?;
    let now = act.now();
    one(act.run_one(&store::ENDED, (id, rev, state, now))?)?;
    act.log(
        entry(&case, "casework.refused").state(state.word()).content(&serde_json::json!({ "why": why })),
    )?;
    super::tasks::cancel_open(act, &case)?;
    told::refused(act, &case)?;
    act.tell(&Event::new("casework.ended", subject(id), &id))?;
    Ok(())
}

/// Gives the case to an officer who handles cases of its body and place; `None` takes it oneself.
///
/// # Errors
/// If the actor or the officer may not handle it, or nothing is left to do.
pub fn assign(act: &mut Act<'_, '_>, id: CaseId, rev: i64, to: Option<StaffId>) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    if !case.state.is_open() {
        return Err(CaseError::State(case.state));
    }
    let to = match to {
        Some(to) => {
            let directory = act.house.service::<DirectoryService>();
            let now = act.now();
            let held = directory.0.held(act, to, now)?;
            let may = held
                .iter()
                .any(|h| h.kind == HANDLER.key && h.body == case.body && h.place.contains(case.place));
            if !may {
                return Err(CaseError::field("to", "to-may-not"));
            }
            to
        }
        None => act.actor.officer()?,
    };
    one(act.run_one(&store::HANDLER, (id, rev, to))?)?;
    act.log(entry(&case, "casework.assigned").content(&serde_json::json!({ "to": to })))?;
    Ok(())
}
