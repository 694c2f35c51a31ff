//! A resident says what is wrong in her record (个人信息保护法 §46); the registrar where she lives decides. The former value
//! stays sealed beside the log.

use linli_acts::{Act, Entry, Event, PersonId, Subject};
use linli_base::{Instant, PlaceCode};
use linli_db::{DbError, Read, row, sql};
use linli_people::domain::proposed;
use linli_people::offers::records::{LookPurpose, OpeningId, Why, on_registrar_duty, open_for_pages};
use linli_people::offers::{Field, PeopleError, REGISTRAR, State, community_of_today, correct, person};
use linli_vault::{Place, Sealed, Vault};

use crate::error::PrivacyError;

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
    COUNT: (i64,) = "SELECT count(*) FROM corrections WHERE person = $1";
    FORGET: () = "DELETE FROM corrections WHERE person = $1";
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
    fn open(self, vault: &Vault) -> Result<Correction, PrivacyError> {
        let text = |column, sealed: &Sealed| vault.open_text(Place::new(column, self.id), sealed);
        Ok(Correction {
            id: self.id,
            person: self.person,
            field: Field::from_word(&self.field).ok_or(PrivacyError::Stored)?,
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
/// [`PrivacyError::Wrong`] for what breaks the field's rules or is what stands there already; [`PrivacyError::OpenAlready`].
pub fn ask(
    act: &mut Act<'_, '_>,
    field: Field,
    typed: &str,
    reason: &str,
) -> Result<CorrectionId, PrivacyError> {
    let me = act.actor.resident()?;
    let house = act.house;
    let known = person(act, house.vault(), me)?.ok_or(PrivacyError::Missing)?;
    if !known.state.signs_in() {
        return Err(PeopleError::State.into());
    }
    let today = act.now().day();
    let value = proposed(field, typed, today).map_err(|kind| PrivacyError::field("value", kind))?;
    if value == known.value(field) {
        return Err(PrivacyError::field("value", "same"));
    }
    if field == Field::Place {
        community_of_today(act, &value, "value")?;
    }
    if reason.trim().is_empty() {
        return Err(PrivacyError::field("reason", "empty"));
    }
    if reason.chars().count() > MOST {
        return Err(PrivacyError::field("reason", "too-long"));
    }
    let id: CorrectionId = act.next_id();
    let now = act.now();
    let sealed_value = act.vault().seal_text(Place::new("corrections.proposed", id), &value);
    let sealed_reason = act.vault().seal_text(Place::new("corrections.reason", id), reason);
    let added = act.opt(&INSERT, (id, me, field.word(), sealed_value, sealed_reason, known.place, now))?;
    if added.is_none() {
        return Err(PrivacyError::OpenAlready);
    }
    let mut entry =
        Entry::new(Subject::new("correction", id), "people.correction_asked").state("open").person(me);
    if let Some(place) = known.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    act.tell(&Event::new("people.correction_asked", Subject::new("correction", id), &id))?;
    Ok(id)
}

/// Takes back a request that is still open.
///
/// # Errors
/// If it is not one's own or decided already.
pub fn withdraw(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64) -> Result<(), PrivacyError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PrivacyError::Missing)?;
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
) -> Result<(), PrivacyError> {
    let now = act.now();
    let sealed = answer.map(|a| act.vault().seal_text(Place::new("corrections.answer", id), a));
    if !act.run_one(&DECIDE, (id, rev, state, sealed, now))? {
        return Err(PrivacyError::Changed);
    }
    act.log(Entry::new(Subject::new("correction", id), word).state(state.word()).person(person))?;
    Ok(())
}

/// The registrar refuses, with a reason that the person reads.
///
/// # Errors
/// If the duty, the reason or the revision is wrong.
pub fn refuse(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64, answer: &str) -> Result<(), PrivacyError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PrivacyError::Missing)?;
    on_registrar_duty(act, row.place)?;
    if answer.trim().is_empty() {
        return Err(PrivacyError::field("answer", "empty"));
    }
    if answer.chars().count() > MOST {
        return Err(PrivacyError::field("answer", "too-long"));
    }
    decide(act, id, rev, CorrectionState::Refused, Some(answer), row.person, "people.correction_refused")?;
    act.tell(&Event::new("people.correction_decided", Subject::new("correction", id), &id))?;
    Ok(())
}

/// The registrar accepts: the record is corrected in the same act; the former value stays sealed beside the log.
///
/// # Errors
/// If the duty or the revision is wrong, or the value no longer obeys its rules or is another person's number.
pub fn accept(act: &mut Act<'_, '_>, id: CorrectionId, rev: i64) -> Result<(), PrivacyError> {
    let house = act.house;
    let row = act.opt(&BY_ID, (id,))?.ok_or(PrivacyError::Missing)?;
    on_registrar_duty(act, row.place)?;
    let asked = row.open(house.vault())?;
    let person = person(act, house.vault(), asked.person)?.ok_or(PrivacyError::Missing)?;
    if matches!(person.state, State::Erased | State::Merged) {
        return Err(PeopleError::State.into());
    }
    decide(act, id, rev, CorrectionState::Accepted, None, person.id, "people.correction_accepted")?;
    correct(act, person, asked.field, &asked.proposed, &id)?;
    act.tell(&Event::new("people.correction_decided", Subject::new("correction", id), &id))?;
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
) -> Result<Vec<Correction>, PrivacyError> {
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
) -> Result<Vec<Waiting>, PrivacyError> {
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
///
/// # Errors
/// If the database fails or a field does not open.
pub fn by_id(
    read: &mut Read<'_>,
    vault: &Vault,
    id: CorrectionId,
) -> Result<Option<Correction>, PrivacyError> {
    read.opt(&BY_ID, (id,))?.map(|row| row.open(vault)).transpose()
}

/// Opens the record of the person who asked, for its decision: she sees it. Returns what holds it open for the pages.
///
/// # Errors
/// If the duty is wrong.
pub fn look(act: &mut Act<'_, '_>, id: CorrectionId) -> Result<OpeningId, PrivacyError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(PrivacyError::Missing)?;
    on_registrar_duty(act, row.place)?;
    let why = Why { purpose: LookPurpose::Correction, note: String::new() };
    Ok(open_for_pages(act, row.person, &why)?)
}

pub(crate) fn count(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&COUNT, (person,))?.0).unwrap_or(0))
}

pub(crate) fn forget(act: &mut Act<'_, '_>, person: PersonId) -> Result<u64, DbError> {
    act.run(&FORGET, (person,))
}
