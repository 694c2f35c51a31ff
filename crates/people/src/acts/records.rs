//! The officer's side: finding a person, opening her record, checking who she is, noting what became of her. Each look is an
//! act that she sees on her own page.

use linli_acts::{
    Act, Actor, BodyId, Denied, DutyId, DutyKind, Entry, Held, PersonId, StaffId, Subject, duty_kinds,
};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Instant, PlaceCode};
use linli_db::{DbError, Read, row, sql};
use linli_vault::Vault;

use crate::acts::register;
use crate::domain::{NewPerson, Person, State, Verified};
use crate::error::PeopleError;
use crate::offers::REGISTRAR;
use crate::store;

linli_db::id! {
    /// A record that an officer holds open.
    pub struct OpeningId;
}

linli_db::id! {
    /// A search that found nobody: a subject of its own in the log.
    pub struct SearchId;
}

linli_db::codes! {
    /// Why an officer opens a record.
    pub enum LookPurpose {
        Application = "application",
        Identity = "identity",
        Correction = "correction",
        Contact = "contact",
        Visit = "visit",
        Complaint = "complaint",
        /// Said in words.
        Other = "other",
    }
}

/// How long an opened record stays open.
pub const OPEN_SECONDS: i64 = 15 * 60;

row! {
    struct OpeningRow { person: PersonId, purpose: LookPurpose, duty: DutyId, ends_at: Instant }
}

sql! {
    OPEN: () = "INSERT INTO openings (id, staff, person, purpose, duty, at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OPENING: OpeningRow = "SELECT person, purpose, duty, ends_at FROM openings WHERE id = $1 AND staff = $2";
    SWEEP: () = "DELETE FROM openings WHERE id IN (SELECT id FROM openings WHERE at < $1 LIMIT 1000)";
    COUNT: (i64,) = "SELECT count(*) FROM openings WHERE person = $1";
}

linli_acts::retention! {
    "openings", days: 30, "打开资料的时限记录保存三十天；谁看过什么另记在办理记录里。",
        "That a record was held open is kept 30 days; who looked stands in the log.", sweep: SWEEP;
}

/// How often a person's record was held open lately.
///
/// # Errors
/// If the database fails.
pub fn count(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&COUNT, (person,))?.0).unwrap_or(0))
}

/// Why a record is looked at.
#[derive(Clone, Debug)]
pub struct Why {
    pub purpose: LookPurpose,
    /// In words; needed for [`LookPurpose::Other`]. Kept sealed, shown to the person.
    pub note: String,
}

impl Why {
    fn check(&self) -> Result<(), PeopleError> {
        if self.note.chars().count() > 200 {
            return Err(PeopleError::field("note", "too-long"));
        }
        if self.purpose == LookPurpose::Other && self.note.trim().is_empty() {
            return Err(PeopleError::field("note", "empty"));
        }
        Ok(())
    }
    fn content(&self) -> serde_json::Value {
        serde_json::json!({ "purpose": self.purpose, "note": self.note })
    }
}

fn kind_of(held: &Held) -> Option<&'static DutyKind> {
    duty_kinds().into_iter().find(|k| k.key == held.kind)
}

/// Whether any duty of the actor opens personal records somewhere.
#[must_use]
pub fn reads_personal(actor: &Actor) -> bool {
    actor.held.iter().any(|h| kind_of(h).is_some_and(|k| k.reads_personal))
}

/// The duty on which the actor may open a record in a place. Records without a place belong to every registrar.
fn reading_duty(actor: &Actor, place: Option<PlaceCode>) -> Option<(&'static DutyKind, &Held)> {
    actor.held.iter().find_map(|held| {
        let kind = kind_of(held).filter(|k| k.reads_personal)?;
        let covers = match place {
            Some(place) => held.place.contains(place),
            None => kind.key == REGISTRAR.key,
        };
        covers.then_some((kind, held))
    })
}

/// Demands a duty that opens the person's record, and acts on it from here; returns its body.
///
/// # Errors
/// If the officer holds none where the person lives.
pub fn on_reading_duty(act: &mut Act<'_, '_>, person: PersonId) -> Result<BodyId, PeopleError> {
    act.actor.officer()?;
    let (_, place, _) = act.opt(&store::STANDING, (person,))?.ok_or(PeopleError::Missing)?;
    let actor = act.actor;
    let (kind, held) = reading_duty(actor, place).ok_or(Denied::Duty(&REGISTRAR))?;
    act.on_duty(kind, held.body, held.place)?;
    Ok(held.body)
}

/// Demands the registrar's duty where the person lives, and acts on it from here.
///
/// # Errors
/// If the actor does not hold it.
pub fn on_registrar_duty(act: &mut Act<'_, '_>, place: Option<PlaceCode>) -> Result<(), PeopleError> {
    let actor = act.actor;
    let held = actor
        .held
        .iter()
        .find(|h| h.kind == REGISTRAR.key && place.is_none_or(|p| h.place.contains(p)))
        .ok_or_else(|| if actor.officer().is_ok() { Denied::Duty(&REGISTRAR) } else { Denied::SignIn })?;
    act.on_duty(&REGISTRAR, held.body, held.place)?;
    Ok(())
}

/// What an officer has of a person to find her by.
#[derive(Clone, Debug)]
pub enum Query {
    Document(DocumentNumber),
    Phone(Phone),
}

/// Somebody found: enough to choose, not more.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: PersonId,
    /// `梁**`.
    pub name: String,
    pub document: String,
    pub place: Option<PlaceCode>,
    pub state: State,
}

/// Looks for a person by the whole document number or phone. Only those whom a duty of the officer covers are told; but every
/// person looked for finds it on her page.
///
/// # Errors
/// If the officer has no duty that opens personal records.
pub fn find(act: &mut Act<'_, '_>, query: &Query, why: &Why) -> Result<Vec<Found>, PeopleError> {
    act.actor.officer()?;
    let actor = act.actor;
    let first = actor.held.iter().find_map(|h| kind_of(h).filter(|k| k.reads_personal).map(|k| (k, h)));
    let (kind, held) = first.ok_or(Denied::Duty(&REGISTRAR))?;
    act.on_duty(kind, held.body, held.place)?;
    why.check()?;
    let house = act.house;
    let ids: Vec<PersonId> = match query {
        Query::Document(number) => {
            let key = store::document_key(house.vault(), number);
            let mut ids: Vec<_> = act.opt(&store::BY_DOCUMENT, (key,))?.into_iter().map(|(id,)| id).collect();
            ids.extend(act.all(&store::BY_CLAIM, (key,))?.into_iter().map(|(id,)| id));
            ids
        }
        Query::Phone(phone) => {
            let key = store::phone_key(house.vault(), phone);
            act.all(&store::BY_PHONE, (key,))?.into_iter().map(|(id, _)| id).collect()
        }
    };
    let mut found = Vec::new();
    for id in ids {
        let person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        if matches!(person.state, State::Merged | State::Erased) {
            continue;
        }
        act.log(
            Entry::new(Subject::new("person", id), "people.looked_for").person(id).content(&why.content()),
        )?;
        if reading_duty(actor, person.place).is_none() {
            continue;
        }
        found.push(Found {
            id,
            name: person.name.as_ref().map(crate::domain::Name::masked).unwrap_or_default(),
            document: person.document.as_ref().map(DocumentNumber::masked).unwrap_or_default(),
            place: person.place,
            state: person.state,
        });
    }
    if found.is_empty() {
        let id: SearchId = act.next_id();
        act.log(Entry::new(Subject::new("search", id), "people.looked_for"))?;
    }
    Ok(found)
}

/// Opens a person's record for a purpose. She sees it on her page.
///
/// # Errors
/// If no duty of the officer covers where she lives.
pub fn open_record(act: &mut Act<'_, '_>, id: PersonId, why: &Why) -> Result<Person, PeopleError> {
    why.check()?;
    on_reading_duty(act, id)?;
    let house = act.house;
    let person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
    if matches!(person.state, State::Merged | State::Erased) {
        return Err(PeopleError::State);
    }
    act.log(Entry::new(Subject::new("person", id), "people.opened").person(id).content(&why.content()))?;
    Ok(person)
}

/// As [`open_record`], and keeps it open for [`OPEN_SECONDS`] for the pages that follow.
///
/// # Errors
/// As [`open_record`].
pub fn open_for_pages(act: &mut Act<'_, '_>, id: PersonId, why: &Why) -> Result<OpeningId, PeopleError> {
    open_record(act, id, why)?;
    let opening: OpeningId = act.next_id();
    let (now, staff) = (act.now(), act.actor.officer()?);
    let duty = act.duty().ok_or(Denied::Duty(&REGISTRAR))?;
    act.run(&OPEN, (opening, staff, id, why.purpose, duty, now, now.plus_seconds(OPEN_SECONDS)))?;
    Ok(opening)
}

/// A record that the officer holds open.
#[derive(Clone, Debug)]
pub struct Opened {
    pub person: Person,
    pub purpose: LookPurpose,
    pub ends_at: Instant,
}

/// The record of an opening, while it lasts and the duty on which it was opened is still held.
///
/// # Errors
/// [`PeopleError::Missing`] if it is none of hers or over.
pub fn opened(
    read: &mut Read<'_>,
    vault: &Vault,
    actor: &Actor,
    opening: OpeningId,
) -> Result<Opened, PeopleError> {
    let staff: StaffId = actor.officer()?;
    let now = read.now();
    let row = read.opt(&OPENING, (opening, staff))?.ok_or(PeopleError::Missing)?;
    if row.ends_at <= now || !actor.held.iter().any(|h| h.duty == row.duty) {
        return Err(PeopleError::Missing);
    }
    let person = store::load(read, vault, row.person)?.ok_or(PeopleError::Missing)?;
    Ok(Opened { person, purpose: row.purpose, ends_at: row.ends_at })
}

/// The registrar writes down a resident who stands before her with her document, and keeps the record open. The same request
/// twice writes one.
///
/// # Errors
/// [`PeopleError::Wrong`] at `number` if the number is somebody's already, at `place` if it is no community of today.
pub fn create_at_counter(
    act: &mut Act<'_, '_>,
    once: &str,
    new: &NewPerson,
) -> Result<OpeningId, PeopleError> {
    let place = new.place.ok_or_else(|| PeopleError::field("place", "place"))?;
    on_registrar_duty(act, Some(place))?;
    super::corrections::community_of_today(act, &place.to_string(), "place")?;
    let write = |act: &mut Act<'_, '_>| {
        let id = register::create(act, new)?.ok_or_else(|| PeopleError::field("number", "number-taken"))?;
        open_for_pages(act, id, &Why { purpose: LookPurpose::Identity, note: String::new() })
    };
    if once.is_empty() { write(act) } else { linli_acts::once(act, once, write) }
}

fn load_opened(act: &mut Act<'_, '_>, opening: OpeningId, rev: i64) -> Result<Person, PeopleError> {
    let (house, actor) = (act.house, act.actor);
    let person = opened(act, house.vault(), actor, opening)?.person;
    if person.rev == rev { Ok(person) } else { Err(PeopleError::Changed) }
}

/// The registrar has seen the document: the record is that of the person before her.
///
/// # Errors
/// [`PeopleError::State`] if it is checked already.
pub fn verify(act: &mut Act<'_, '_>, opening: OpeningId, rev: i64) -> Result<PersonId, PeopleError> {
    let person = load_opened(act, opening, rev)?;
    on_registrar_duty(act, person.place)?;
    register::make_active(act, person, Verified::Counter)
}

/// The registrar notes that somebody moved away, died, or is back.
///
/// # Errors
/// [`PeopleError::State`] if the record cannot go there.
pub fn change_state(
    act: &mut Act<'_, '_>,
    opening: OpeningId,
    rev: i64,
    next: State,
) -> Result<(), PeopleError> {
    let person = load_opened(act, opening, rev)?;
    on_registrar_duty(act, person.place)?;
    register::change_state(act, person, next)
}
