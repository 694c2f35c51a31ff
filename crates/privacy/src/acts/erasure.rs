//! A copy of everything, and erasure (个人信息保护法 §§45, 47). Every room tells what it holds and erases its part; the log's
//! contents go; rows and chain stay, about nobody any more.

use linli_accounts::offers::{CodePurpose, Tried, try_code};
use linli_acts::{Act, Entry, Event, Holding, PersonId, PersonalData, Subject, personal_data};
use linli_base::Instant;
use linli_db::{DbError, Json, Read, row, sql};
use linli_people::offers::records::{OpeningId, on_registrar_duty, opened};
use linli_people::offers::{PeopleError, State, forget, herself, person};
use linli_vault::token;
use linli_web::session::{self, SessionKind};
use serde::{Deserialize, Serialize};

use crate::error::PrivacyError;

linli_db::id! {
    /// An erasure that was done.
    pub struct ErasureId;
}

/// One room's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPart {
    pub room: String,
    pub zh: String,
    pub en: String,
    pub holdings: Vec<Holding>,
}

row! {
    /// What an erasure did.
    #[derive(Debug)]
    pub struct Receipt {
        pub report: Json<Vec<RoomPart>>,
        pub at: Instant,
    }
}

sql! {
    INSERT: () = "INSERT INTO erasures (id, person, receipt, report, at) VALUES ($1, $2, $3, $4, $5)";
    BY_RECEIPT: Receipt = "SELECT report, at FROM erasures WHERE receipt = $1";
    SWEEP: () = "DELETE FROM erasures WHERE id IN (SELECT id FROM erasures WHERE at < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "erasures", days: 1095, "删除的回执不含个人资料，保存三年，凭回执号可查。",
        "The receipt of an erasure holds no personal data and is kept three years.", sweep: SWEEP;
}

/// What every room would erase and keep.
///
/// # Errors
/// If the database fails.
pub fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<RoomPart>, DbError> {
    let mut out = Vec::new();
    for room in personal_data() {
        out.push(part(room, (room.outlook)(read, person)?));
    }
    Ok(out)
}

fn part(room: &PersonalData, holdings: Vec<Holding>) -> RoomPart {
    let holdings = holdings.into_iter().filter(|h| h.rows > 0).collect();
    RoomPart { room: room.room.to_owned(), zh: room.zh.to_owned(), en: room.en.to_owned(), holdings }
}

/// Everything that every room holds of a person. Taking a copy is an act: it stands in her log.
///
/// # Errors
/// If the database fails.
pub fn copy(act: &mut Act<'_, '_>) -> Result<serde_json::Value, PrivacyError> {
    let person = act.actor.resident()?;
    let house = act.house;
    let mut rooms = serde_json::Map::new();
    for room in personal_data() {
        let data = (room.export)(act, house.vault(), person)?;
        if !data.is_null() {
            rooms.insert(room.room.to_owned(), data);
        }
    }
    act.log(Entry::new(Subject::new("person", person), "people.copied").person(person))?;
    Ok(serde_json::json!({ "person": person, "at": act.now().rfc3339(), "rooms": rooms }))
}

/// What became of the request.
#[derive(Clone, Debug)]
pub enum EraseStep {
    Wrong(i64),
    /// Done; the receipt number, shown once.
    Erased(String),
}

/// Tries the code that was sent to her phone; if it is right, everything that no law keeps is erased in this act, and her
/// sessions end.
///
/// # Errors
/// [`PrivacyError::CodeOver`], [`PrivacyError::Wait`].
pub fn erase_own(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
) -> Result<EraseStep, PrivacyError> {
    let id = herself(act.actor)?;
    match try_code(act, CodePurpose::Erase, secret, typed, net)? {
        Tried::Wrong(left) => Ok(EraseStep::Wrong(left)),
        Tried::Right { .. } => Ok(EraseStep::Erased(erase(act, id)?)),
    }
}

/// The registrar does it for the person before her, whose document she has seen.
///
/// # Errors
/// If the duty or the revision is wrong.
pub fn erase_at_counter(act: &mut Act<'_, '_>, opening: OpeningId, rev: i64) -> Result<String, PrivacyError> {
    let (house, actor) = (act.house, act.actor);
    let person = opened(act, house.vault(), actor, opening)?.person;
    if person.rev != rev {
        return Err(PrivacyError::Changed);
    }
    on_registrar_duty(act, person.place)?;
    erase(act, person.id)
}

fn erase(act: &mut Act<'_, '_>, id: PersonId) -> Result<String, PrivacyError> {
    let house = act.house;
    let person = person(act, house.vault(), id)?.ok_or(PrivacyError::Missing)?;
    if !person.state.may_become(State::Erased) {
        return Err(PeopleError::State.into());
    }
    let mut report = Vec::new();
    for room in personal_data() {
        let holdings = (room.erase)(act, id)?;
        report.push(part(room, holdings));
    }
    let now = act.now();
    // The record itself goes last, for other rooms read it above.
    forget(act, &person)?;
    session::end_all(act, SessionKind::Person, id.raw(), None)?;
    session::end_serving(act, id)?;
    linli_acts::erase_contents(act, id)?;
    act.log(Entry::new(Subject::new("person", id), "people.erased").state(State::Erased.word()).person(id))?;
    let receipt = act.vault().chance().code(16);
    let erasure: ErasureId = act.next_id();
    act.run(&INSERT, (erasure, id, token::digest(&receipt), Json(report), now))?;
    act.tell(&Event::new("people.erased", Subject::new("person", id), &id))?;
    Ok(receipt)
}

/// What an erasure did, by its receipt number.
///
/// # Errors
/// If the database fails.
pub fn receipt(read: &mut Read<'_>, number: &str) -> Result<Option<Receipt>, DbError> {
    read.opt(&BY_RECEIPT, (token::digest(&linli_base::text::compact(number)),))
}
