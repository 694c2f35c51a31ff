//! A resident says what is wrong in her record (个人信息保护法 §46); the registrar where she lives decides. The former value
//! stays sealed beside the log.

use linli_acts::{Act, Entry, Event, PersonId, Subject};
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_base::{Instant, PlaceCode};
use linli_db::{DbError, Read, row, sql};
use linli_vault::{Place, Sealed, Vault};

use crate::acts::records::on_registrar_duty;
use crate::domain::{Disability, Field, Name, Person, Sex, State, proposed};
use crate::error::PeopleError;
use crate::offers::REGISTRAR;
use crate::store;

linli_db::id! {
    /// A correction that was asked for.
    pub struct CorrectionId;
}

linli_db::codes! {
    /// How a correction stands.
    pub enum CorrectionState {
        Open = "open",
        Accepted = "accepted",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

row! {
    struct CorrectionRow {
        id: CorrectionId,
        person: PersonId,
        field: String,
        proposed: Sealed,
        reason: Sealed,
        answer: Option<Sealed>,
        place: Option<PlaceCode>,
        state: CorrectionState,
        asked_at: Instant,
        decided_at: Option<Instant>,
        rev: i64,
    }
}

sql! {
    INSERT: (CorrectionId,) = "INSERT INTO corrections (id, person, field, proposed, reason, place, state, asked_at, rev)
        VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, 1) ON CONFLICT (person, field) WHERE state = 'open' DO NOTHING RETURNING id";
    BY_ID: CorrectionRow = "SELECT id, person, field, proposed, reason, answer, place, state, asked_at, decided_at, rev FROM corrections WHERE id = $1";
    OF: CorrectionRow = "SELECT id, person, field, proposed, reason, answer, place, state, asked_at, decided_at, rev
        FROM corrections WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    OPEN: CorrectionRow = "SELECT id, person, field, proposed, reason, answer, place, state, asked_at, decided_at, rev
        FROM corrections WHERE state = 'open' AND id > $1 ORDER BY id LIMIT $2";
    DECIDE: () = "UPDATE corrections SET state = $3, answer = $4, decided_at = $5, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'open'";
    STATES: (i64, Option<String>) = "SELECT id, state FROM corrections WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) COUNT: (i64,) = "SELECT count(*) FROM corrections WHERE person = $1";
    pub(crate) FORGET: () = "DELETE FROM corrections WHERE person = $1";
    SWEEP: () = "DELETE FROM corrections WHERE id IN (SELECT id FROM corrections WHERE decided_at < $1 LIMIT 1000)";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "correction", page: &STATES } }

linli_acts::retention! {
    "corrections", days: 1095, "更正申请办结后保存三年，便于说明资料为何这样改。",
        "A correction is kept three years after its decision, to show why a record was changed.", sweep: SWEEP;
}

/// A correction, opened.
#[derive(Clone, Debug)]
pub struct Correction {
    pub id: CorrectionId,
    pub person: PersonId,
    pub field: Field,
    pub proposed: String,
    pub reason: String,
    pub answer: String,
    pub place: Option<PlaceCode>,
    pub state: CorrectionState,
    pub asked_at: Instant,
    pub decided_at: Option<Instant>,
    pub rev: i64,
}

impl CorrectionRow {
    fn open(self, vault: &Vault) -> Result<Correction, PeopleError> {
        let text = |column, sealed: &Sealed| vault.open_text(Place::new(column, self.id), sealed);
        Ok(Correction {
            id: self.id,
            person: self.person,
            field: Field::from_word(&self.field).ok_or(PeopleError::Stored)?,
            proposed: text("corrections.proposed", &self.proposed)?,
            reason: text("corrections.reason", &self.reason)?,
            answer: match &self.answer {
                Some(sealed) => text("corrections.answer", sealed)?,
                None => String::new(),
            },
            place: self.place,
            state: self.state,
            asked_at: self.asked_at,
            decided_at: self.decided_at,
            rev: self.rev,
        })
    }
}

/// The greatest length of reasons and answers.
pub const MOST: usize = 500;

/// Asks for a field to be corrected; one open request for each field.
///
/// # Errors
/// [`PeopleError::Wrong`] for what breaks the field's rules or is what stands there already; [`PeopleError::OpenAlready`].
pub fn ask(
    act: &mut Act<'_, '_>,
    field: Field,
    typed: &str,
    reason: &str,
) -> Result<CorrectionId, PeopleError> {
    let person = act.actor.resident()?;
    let house = act.house;
    let known = store::load(act, house.vault(), person)?.ok_or(PeopleError::Missing)?;
    if !known.state.signs_in() {
        return Err(PeopleError::State);
    }
    let today = act.now().day();
    let value = proposed(field, typed, today).map_err(|kind| PeopleError::field("value", kind))?;
    if value == known.value(field) {
        return Err(PeopleError::field("value", "same"));
    }
    if field == Field::Place {
        check_place(act, &value)?;
    }
    if reason.trim().is_empty() {
        return Err(PeopleError::field("reason", "empty"));
    }
    if reason.chars().count() > MOST {
        return Err(PeopleError::field("reason", "too-long"));
    }
    let id: CorrectionId = act.next_id();
    let now = act.now();
    let sealed_value = act.vault().seal_text(Place::new("corrections.proposed", id), &value);
    let sealed_reason = act.vault().seal_text(Place::new("corrections.reason", id), reason);
    let added =
        act.opt(&INSERT, (id, person, field.word(), sealed_value, sealed_reason, known.place, now))?;
    if added.is_none() {
        return Err(PeopleError::OpenAlready);
    }
    let mut entry =
        Entry::new(Subject::new("correction", id), "people.correction_asked").state("open").person(person);
    if let Some(place) = known.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    act.tell(&Event::new("people.correction_asked", Subject::new("correction", id), &id))?;
    Ok(id)
}

/// A place must be a community that holds today.
pub(crate) fn check_place(read: &mut Read<'_>, value: &str) -> Result<PlaceCode, PeopleError> {
    let wrong = || PeopleError::field("value", "place");
    let code: PlaceCode = value.parse().map_err(|_| wrong())?;
    let today = read.now().day();
    if code.level() != linli_base::place::Level::Community
        || linli_places::offers::by_code(read, code, today)?.is_none()
    {
        return Err(wrong());
    }
    Ok(code)
}

/// Takes back a request that is still open.
///
/// # Errors
/// If it is not one's own or decided already.
pub fn withdraw(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64) -> Result<(), PeopleError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PeopleError::Missing)?;
    if act.actor.resident()? != row.person {
        return Err(linli_acts::Denied::NotYours.into());
    }
    decide(act, id, rev, CorrectionState::Withdrawn, None, row.person, "people.correction_withdrawn")
}

fn decide(
    act: &mut Act<'_, '_>,
    id: CorrectionId,
    rev: i64,
    state: CorrectionState,
    answer: Option<&str>,
    person: PersonId,
    word: &'static str,
) -> Result<(), PeopleError> {
    let now = act.now();
    let sealed = answer.map(|a| act.vault().seal_text(Place::new("corrections.answer", id), a));
    if !act.run_one(&DECIDE, (id, rev, state, sealed, now))? {
        return Err(PeopleError::Changed);
    }
    act.log(Entry::new(Subject::new("correction", id), word).state(state.word()).person(person))?;
    Ok(())
}

/// The registrar refuses, with a reason that the person reads.
///
/// # Errors
/// If the duty, the reason or the revision is wrong.
pub fn refuse(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64, answer: &str) -> Result<(), PeopleError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PeopleError::Missing)?;
    on_registrar_duty(act, row.place)?;
    if answer.trim().is_empty() {
        return Err(PeopleError::field("answer", "empty"));
    }
    if answer.chars().count() > MOST {
        return Err(PeopleError::field("answer", "too-long"));
    }
    decide(act, id, rev, CorrectionState::Refused, Some(answer), row.person, "people.correction_refused")?;
    act.tell(&Event::new("people.correction_decided", Subject::new("correction", id), &id))?;
    Ok(())
}

/// The registrar accepts: the record is corrected in the same act; the former value stays sealed beside the log.
///
/// # Errors
/// If the duty or the revision is wrong, or the value no longer obeys its rules or is another person's number.
pub fn accept(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64) -> Result<(), PeopleError> {
    let house = act.house;
    let row = act.opt(&BY_ID, (id,))?.ok_or(PeopleError::Missing)?;
    on_registrar_duty(act, row.place)?;
    let asked = row.open(house.vault())?;
    let mut person = store::load(act, house.vault(), asked.person)?.ok_or(PeopleError::Missing)?;
    if matches!(person.state, State::Erased | State::Merged) {
        return Err(PeopleError::State);
    }
    decide(act, id, rev, CorrectionState::Accepted, None, person.id, "people.correction_accepted")?;
    let former = person.value(asked.field);
    apply(act, &mut person, asked.field, &asked.proposed)?;
    let day = act.now().day().to_string();
    let name = asked.field.word().to_owned();
    person.sources.retain(|(f, _, _)| *f != name);
    person.sources.push((name, "correction".to_owned(), day));
    store::save(act, house.vault(), &person)?;
    let mut entry = Entry::new(Subject::new("person", person.id), "people.corrected")
        .state(person.state.word())
        .person(person.id)
        .content(&serde_json::json!({ "field": asked.field, "former": former, "correction": id }));
    if let Some(place) = person.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    act.tell(&Event::new("people.correction_decided", Subject::new("correction", id), &id))?;
    Ok(())
}

fn apply(act: &mut Act<'_, '_>, person: &mut Person, field: Field, value: &str) -> Result<(), PeopleError> {
    let today = act.now().day();
    let value = proposed(field, value, today).map_err(|kind| PeopleError::field("value", kind))?;
    match field {
        Field::Name => {
            person.name = Some(Name::parse(&value).map_err(|e| PeopleError::field("value", e.kind()))?);
        }
        Field::Sex => person.sex = Sex::from_word(&value).unwrap_or(person.sex),
        Field::Birth => person.birth = value.parse().ok().or(person.birth),
        Field::Document => {
            let house = act.house;
            let number = value
                .split_once(':')
                .and_then(|(kind, n)| DocumentNumber::parse(DocumentKind::from_word(kind)?, n, today).ok())
                .ok_or_else(|| PeopleError::field("value", "choose"))?;
            let key = store::document_key(house.vault(), &number);
            if act.opt(&store::BY_DOCUMENT, (key,))?.is_some_and(|(other,)| other != person.id) {
                return Err(PeopleError::field("value", "number-taken"));
            }
            // The number tells birth day and sex: they go with it.
            person.birth = number.birth().or(person.birth);
            person.sex = match number.is_male() {
                Some(true) => Sex::Male,
                Some(false) => Sex::Female,
                None => person.sex,
            };
            person.document = Some(number);
        }
        Field::Place => {
            let code = check_place(act, &value)?;
            if person.place != Some(code) {
                // Another community: the unit of before is not hers any more.
                person.unit = None;
            }
            person.place = Some(code);
        }
        Field::Hukou => person.hukou = value == "1",
        Field::Disability => person.disability = value.parse().ok().and_then(Disability::new),
    }
    Ok(())
}

/// The corrections that a person asked for, newest first, before one: at most `limit` (50).
///
/// # Errors
/// If the database fails.
pub fn of(
    read: &mut Read<'_>,
    vault: &Vault,
    person: PersonId,
    before: CorrectionId,
    limit: u16,
) -> Result<Vec<Correction>, PeopleError> {
    read.all(&OF, (person, before, limit.min(50)))?.into_iter().map(|r| r.open(vault)).collect()
}

/// A correction that waits, with nothing of its content.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub id: CorrectionId,
    pub field: Field,
    pub place: Option<PlaceCode>,
    pub asked_at: Instant,
}

/// What waits for a decision by this officer, oldest first, after one: at most `limit` (50). Contents stay sealed; the record
/// is opened, and logged, when one is looked at.
///
/// # Errors
/// If the database fails.
pub fn waiting(
    read: &mut Read<'_>,
    actor: &linli_acts::Actor,
    after: CorrectionId,
    limit: u16,
) -> Result<Vec<Waiting>, PeopleError> {
    let covers = |place: Option<PlaceCode>| {
        actor.held.iter().any(|h| h.kind == REGISTRAR.key && place.is_none_or(|p| h.place.contains(p)))
    };
    let limit = usize::from(limit.min(50));
    let (mut out, mut after) = (Vec::new(), after);
    // Registrars of one place skip what is open elsewhere; at most 20 pages of it.
    for _ in 0..20 {
        let page = read.all(&OPEN, (after, 100))?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page.into_iter().filter(|r| covers(r.place)) {
            if let Some(field) = Field::from_word(&row.field) {
                out.push(Waiting { id: row.id, field, place: row.place, asked_at: row.asked_at });
            }
            if out.len() == limit {
                return Ok(out);
            }
        }
    }
    Ok(out)
}

/// A correction, opened. For officers only with the person's record opened.
pub(crate) fn by_id(
    read: &mut Read<'_>,
    vault: &Vault,
    id: CorrectionId,
) -> Result<Option<Correction>, PeopleError> {
    read.opt(&BY_ID, (id,))?.map(|row| row.open(vault)).transpose()
}

/// Opens the record of the person who asked, for its decision: she sees it. Returns what holds it open for the pages.
///
/// # Errors
/// If the duty is wrong.
pub fn look(act: &mut Act<'_, '_>, id: CorrectionId) -> Result<super::records::OpeningId, PeopleError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PeopleError::Missing)?;
    on_registrar_duty(act, row.place)?;
    let why = super::records::Why { purpose: super::records::LookPurpose::Correction, note: String::new() };
    super::records::open_for_pages(act, row.person, &why)
}

pub(crate) fn count(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&COUNT, (person,))?.0).unwrap_or(0))
}

pub(crate) fn forget(act: &mut Act<'_, '_>, person: PersonId) -> Result<u64, DbError> {
    act.run(&FORGET, (person,))
}
