//! Consent by purpose (个人信息保护法 §§13–15): given, looked up, withdrawn.

use linli_acts::{Act, BodyId, Channel, Entry, PersonId, StaffId, Subject};
use linli_base::Instant;
use linli_db::{DbError, Read, row, sql};
use linli_people::offers::records::on_reading_duty;

use crate::acts::helping::HELP;
use crate::error::PrivacyError;

linli_db::id! {
    /// A consent.
    pub struct ConsentId;
}

/// What data may be used for, declared once by the room that uses them: `consent_purpose! { … }`.
#[derive(Debug)]
pub struct ConsentPurpose {
    /// `room.purpose`.
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

linli_acts::inventory::collect!(&'static ConsentPurpose);

/// The purpose of a key.
#[must_use]
pub fn purpose(key: &str) -> Option<&'static ConsentPurpose> {
    linli_acts::inventory::iter::<&'static ConsentPurpose>().copied().find(|p| p.key == key)
}

/// Declares purposes of consent: `consent_purpose! { pub INSURANCE = "applications.insurance", "开具参保证明", "Insurance proof"; }`.
#[macro_export]
macro_rules! consent_purpose {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $key:literal, $zh:literal, $en:literal;)+) => { $(
        $(#[$meta])*
        $vis static $name: $crate::offers::ConsentPurpose =
            $crate::offers::ConsentPurpose { key: $key, zh: $zh, en: $en };
        $crate::inventory::submit! { &$name }
    )+ };
}

row! {
    /// A consent as given.
    #[derive(Clone, Debug)]
    pub struct Consent {
        pub id: ConsentId,
        pub person: PersonId,
        pub purpose: String,
        pub recipient: Option<BodyId>,
        pub source: Option<String>,
        pub given_at: Instant,
        pub channel: Channel,
        pub recorded_by: Option<StaffId>,
        pub ends_at: Option<Instant>,
        pub withdrawn_at: Option<Instant>,
    }
}

sql! {
    INSERT: () = "INSERT INTO consents (id, person, purpose, recipient, source, given_at, channel, recorded_by, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    STANDING: (i64,) = "SELECT count(*) FROM consents WHERE person = $1 AND purpose = $2
        AND recipient IS NOT DISTINCT FROM CAST($3 AS BIGINT) AND source IS NOT DISTINCT FROM CAST($4 AS TEXT)
        AND withdrawn_at IS NULL AND (ends_at IS NULL OR ends_at > $5)";
    BY_ID: Consent = "SELECT id, person, purpose, recipient, source, given_at, channel, recorded_by, ends_at, withdrawn_at
        FROM consents WHERE id = $1";
    OF: Consent = "SELECT id, person, purpose, recipient, source, given_at, channel, recorded_by, ends_at, withdrawn_at
        FROM consents WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    WITHDRAW: () = "UPDATE consents SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";
    MOVE: () = "UPDATE consents SET person = $2 WHERE person = $1";
    pub(crate) OVER: (PersonId,) = "SELECT DISTINCT person FROM consents WHERE purpose = $1 AND ends_at > $2 AND ends_at <= $3
        AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.person = consents.person AND c.purpose = $1 AND c.withdrawn_at IS NULL AND c.ends_at > $3)
        ORDER BY person LIMIT 1000";
    COUNT: (i64,) = "SELECT count(*) FROM consents WHERE person = $1";
    FORGET: () = "DELETE FROM consents WHERE person = $1";
    SWEEP: () = "DELETE FROM consents WHERE id IN (SELECT id FROM consents WHERE COALESCE(withdrawn_at, ends_at) < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "consents", days: 1095, "同意撤回或到期后保存三年，便于说明当时为何可以使用（民法典第一百八十八条，诉讼时效）。",
        "A consent is kept three years after its end, to show why a use was lawful (Civil Code §188).", sweep: SWEEP;
}

/// Gives consent: the person herself, or a helper whom she lets act. The same consent twice is one.
///
/// # Errors
/// If the actor is neither.
pub fn give(
    act: &mut Act<'_, '_>,
    person: PersonId,
    purpose: &'static ConsentPurpose,
    recipient: Option<BodyId>,
    source: Option<&str>,
    ends_at: Option<Instant>,
) -> Result<ConsentId, PrivacyError> {
    if act.actor.resident()? != person {
        return Err(linli_acts::Denied::NotYours.into());
    }
    write(act, person, purpose, recipient, source, ends_at, None)
}

/// An officer writes down that the person, before her at the counter or the door, consents. `evidence` says how she showed
/// it (a signed form's number, spoken before a witness) and is kept sealed.
///
/// # Errors
/// If the officer has no duty that opens personal records where the person lives.
pub fn record(
    act: &mut Act<'_, '_>,
    person: PersonId,
    purpose: &'static ConsentPurpose,
    ends_at: Option<Instant>,
    evidence: &str,
) -> Result<ConsentId, PrivacyError> {
    let body = on_reading_duty(act, person)?;
    if evidence.trim().is_empty() {
        return Err(PrivacyError::field("evidence", "empty"));
    }
    write(act, person, purpose, Some(body), None, ends_at, Some(evidence))
}

fn write(
    act: &mut Act<'_, '_>,
    person: PersonId,
    purpose: &'static ConsentPurpose,
    recipient: Option<BodyId>,
    source: Option<&str>,
    ends_at: Option<Instant>,
    evidence: Option<&str>,
) -> Result<ConsentId, PrivacyError> {
    let id: ConsentId = act.next_id();
    let (now, channel, by) = (act.now(), act.actor.channel, act.actor.officer().ok());
    act.run(&INSERT, (id, person, purpose.key, recipient, source, now, channel, by, ends_at))?;
    act.log(
        Entry::new(Subject::new("consent", id), "people.consented")
            .person(person)
            .content(&serde_json::json!({ "purpose": purpose.key, "evidence": evidence })),
    )?;
    Ok(id)
}

/// Whether the person allows this use now.
///
/// # Errors
/// If the database fails.
pub fn has(
    read: &mut Read<'_>,
    person: PersonId,
    purpose: &'static ConsentPurpose,
    recipient: Option<BodyId>,
    source: Option<&str>,
) -> Result<bool, DbError> {
    let now = read.now();
    Ok(read.one(&STANDING, (person, purpose.key, recipient, source, now))?.0 > 0)
}

/// The consents of a person, newest first, before one: at most `limit` (100).
///
/// # Errors
/// If the database fails.
pub fn of(
    read: &mut Read<'_>,
    person: PersonId,
    before: ConsentId,
    limit: u16,
) -> Result<Vec<Consent>, DbError> {
    read.all(&OF, (person, before, limit.min(100)))
}

/// Withdraws a consent: as easily as it was given. Withdrawing twice does nothing.
///
/// # Errors
/// If it is not the person's own.
pub fn withdraw(act: &mut Act<'_, '_>, id: ConsentId) -> Result<(), PrivacyError> {
    let consent = act.opt(&BY_ID, (id,))?.ok_or(PrivacyError::Missing)?;
    if act.actor.resident()? != consent.person {
        return Err(linli_acts::Denied::NotYours.into());
    }
    let now = act.now();
    if act.run_one(&WITHDRAW, (id, now))? {
        act.log(
            Entry::new(Subject::new("consent", id), "people.consent_withdrawn")
                .person(consent.person)
                .content(&serde_json::json!({ "purpose": consent.purpose })),
        )?;
        if consent.purpose == HELP.key {
            linli_web::session::end_serving(act, consent.person)?;
        }
        act.tell(&linli_acts::Event::new(
            "people.consent_withdrawn",
            Subject::new("person", consent.person),
            &id,
        ))?;
    }
    Ok(())
}

pub(crate) fn move_to(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<(), DbError> {
    act.run(&MOVE, (from, into))?;
    Ok(())
}

pub(crate) fn count(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&COUNT, (person,))?.0).unwrap_or(0))
}

pub(crate) fn forget(act: &mut Act<'_, '_>, person: PersonId) -> Result<u64, DbError> {
    act.run(&FORGET, (person,))
}
