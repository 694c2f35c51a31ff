//! The log: every act leaves a row in its own transaction. The content lies beside it, sealed, and can be erased; the row
//! holds only a salted digest, so the chain outlives the content.

use linli_base::{IdGen, Instant, PlaceCode};
use linli_db::{DbError, Read, row, sql};
use linli_vault::{Place, Sealed, Vault, VaultError};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::actor::{Channel, DutyId, PersonId, StaffId};
use crate::house::Act;

linli_db::id! {
    /// A row of the log.
    pub struct LogId;
}

/// What an act was done to: a kind such as `case` and the raw id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subject {
    pub kind: &'static str,
    pub id: i64,
}

impl Subject {
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<i64>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// A log row to be written.
#[derive(Debug)]
pub struct Entry {
    subject: Subject,
    act: &'static str,
    state: Option<&'static str>,
    person: Option<PersonId>,
    place: Option<PlaceCode>,
    content: Option<serde_json::Value>,
}

impl Entry {
    /// `act` is `room.done`, in the past tense: `casework.accepted`.
    #[must_use]
    pub fn new(subject: Subject, act: &'static str) -> Self {
        Self { subject, act, state: None, person: None, place: None, content: None }
    }
    /// The subject's state after the act. Must equal the status column that the act writes: `linli check` compares them.
    #[must_use]
    pub fn state(mut self, state: &'static str) -> Self {
        self.state = Some(state);
        self
    }
    /// Whom it concerns.
    #[must_use]
    pub fn person(mut self, person: impl Into<Option<PersonId>>) -> Self {
        self.person = person.into();
        self
    }
    #[must_use]
    pub fn place(mut self, place: PlaceCode) -> Self {
        self.place = Some(place);
        self
    }
    /// Reasons, former values: sealed beside the log, erasable.
    #[must_use]
    pub fn content(mut self, content: &impl Serialize) -> Self {
        // Only maps with keys that are not text fail here; nobody builds one.
        self.content = serde_json::to_value(content).ok();
        self
    }
}

row! {
    /// A log row as the chain hashes it and as timelines show it.
    #[derive(Clone, Debug)]
    pub struct LogRow {
        pub id: LogId,
        pub subject_kind: String,
        pub subject: i64,
        pub rev: i64,
        pub act: String,
        pub actor_kind: String,
        pub actor: Option<i64>,
        pub duty: Option<DutyId>,
        pub channel: Channel,
        pub for_person: Option<PersonId>,
        pub person: Option<PersonId>,
        pub place: Option<PlaceCode>,
        pub state: Option<String>,
        pub digest: Option<Vec<u8>>,
        pub at: Instant,
    }
}

sql! {
    INSERT: () = "INSERT INTO log (id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at)
        VALUES ($1, $2, $3, COALESCE((SELECT max(rev) FROM log WHERE subject_kind = $2 AND subject = $3), 0) + 1,
                $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    INSERT_CONTENT: () = "INSERT INTO log_contents (log, sealed) VALUES ($1, $2)";
    CONTENT: (Sealed,) = "SELECT sealed FROM log_contents WHERE log = $1";
    ERASE: () = "DELETE FROM log_contents WHERE log IN (SELECT id FROM log WHERE person = $1)";
    HISTORY: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE subject_kind = $1 AND subject = $2 AND rev > $3 ORDER BY rev LIMIT $4";
    CONCERNING: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    WINDOW: (Option<i64>, i64) = "SELECT min(w.id) AS low, count(*) AS n FROM (SELECT id FROM log WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $3) w";
    BROWSE: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE id < $1 AND id >= $2 AND (CAST($3 AS TEXT) IS NULL OR subject_kind = $3) AND (CAST($4 AS BIGINT) IS NULL OR subject = $4)
          AND (CAST($5 AS TEXT) IS NULL OR act = $5) AND (CAST($6 AS BIGINT) IS NULL OR (actor_kind = 'staff' AND actor = $6))
        ORDER BY id DESC LIMIT $7";
}

sql! {
    HIGHEST: (i64,) = "SELECT COALESCE(max(id), 0) AS highest FROM log";
}

pub(crate) fn highest(read: &mut Read<'_>) -> Result<i64, DbError> {
    read.one(&HIGHEST, ()).map(|(id,)| id)
}

pub(crate) fn write(act: &mut Act<'_, '_>, entry: Entry) -> Result<LogId, DbError> {
    let id: LogId = act.next_id();
    let now = act.now();
    let mut digest = None;
    let mut sealed = None;
    if let Some(content) = entry.content {
        // Salted, so that a short content cannot be guessed from its digest once it is erased.
        let mut salted = act.vault().chance().bytes::<16>().to_vec();
        salted.extend_from_slice(content.to_string().as_bytes());
        digest = Some(Sha256::digest(&salted).to_vec());
        sealed = Some(act.vault().seal(Place::new("log_contents.sealed", id), &salted));
    }
    let actor = act.actor;
    let duty = act.duty();
    act.run(
        &INSERT,
        (
            id,
            entry.subject.kind,
            entry.subject.id,
            entry.act,
            actor.who.kind(),
            actor.who.raw(),
            duty,
            actor.channel,
            actor.for_person,
            entry.person,
            entry.place,
            entry.state,
            digest,
            now,
        ),
    )?;
    if let Some(sealed) = sealed {
        act.run(&INSERT_CONTENT, (id, sealed))?;
    }
    Ok(id)
}

/// The acts on one subject after a revision, in order: at most 200.
///
/// # Errors
/// If the database fails.
pub fn history(read: &mut Read<'_>, subject: Subject, after_rev: i64) -> Result<Vec<LogRow>, DbError> {
    read.all(&HISTORY, (subject.kind, subject.id, after_rev, 200))
}

/// What concerned a person, newest first, before a row: "who looked at my data". `limit` at most 200.
///
/// # Errors
/// If the database fails.
pub fn concerning(
    read: &mut Read<'_>,
    person: PersonId,
    before: LogId,
    limit: u16,
) -> Result<Vec<LogRow>, DbError> {
    read.all(&CONCERNING, (person, before, limit.min(200)))
}

/// What an auditor looks for in the log; what is `None` is not asked.
#[derive(Clone, Debug, Default)]
pub struct Browse {
    pub subject_kind: Option<String>,
    pub subject: Option<i64>,
    pub act: Option<String>,
    pub staff: Option<StaffId>,
    /// Not before this instant.
    pub from: Option<Instant>,
    /// Before this instant.
    pub until: Option<Instant>,
}

/// Rows looked at in one turn, so that a rare act in a long log is looked for page by page and not in one long statement.
const BROWSE_WINDOW: u16 = 20_000;

/// Rows of the log, newest first, before a row (`None`: from the newest), at most `limit` (200); and where to go on, if there is
/// more to look at. A page may be empty and still lead on.
///
/// # Errors
/// If the database fails.
pub fn browse(
    read: &mut Read<'_>,
    ask: &Browse,
    before: Option<LogId>,
    limit: u16,
) -> Result<(Vec<LogRow>, Option<LogId>), DbError> {
    let limit = limit.min(200);
    let top = ask.until.map_or(i64::MAX, IdGen::floor_at);
    let top = before.map_or(top, |b| b.raw().min(top));
    let floor = ask.from.map_or(0, IdGen::floor_at);
    let (low, seen) = read.one(&WINDOW, (top, floor, BROWSE_WINDOW))?;
    let Some(low) = low else { return Ok((Vec::new(), None)) };
    let rows = read.all(
        &BROWSE,
        (top, low, ask.subject_kind.as_deref(), ask.subject, ask.act.as_deref(), ask.staff, limit),
    )?;
    let next = match rows.last() {
        Some(last) if rows.len() == usize::from(limit) => Some(last.id),
        _ if seen == i64::from(BROWSE_WINDOW) => Some(LogId::from_raw(low)),
        _ => None,
    };
    Ok((rows, next))
}

/// The content of a row; `None` if it had none or it was erased.
///
/// # Errors
/// If the database fails.
pub fn contents(read: &mut Read<'_>, vault: &Vault, id: LogId) -> Result<Option<serde_json::Value>, DbError> {
    let Some((sealed,)) = read.opt(&CONTENT, (id,))? else { return Ok(None) };
    let opened: Result<_, VaultError> = vault.open_sealed(Place::new("log_contents.sealed", id), &sealed);
    Ok(opened.ok().and_then(|salted| serde_json::from_slice(salted.get(16..)?).ok()))
}

/// Whether content still fits its digest: for `linli check log`.
pub(crate) fn content_fits(vault: &Vault, id: LogId, sealed: &Sealed, digest: &[u8]) -> bool {
    vault
        .open_sealed(Place::new("log_contents.sealed", id), sealed)
        .is_ok_and(|salted| Sha256::digest(&*salted).as_slice() == digest)
}

/// Erases the content of everything that concerns a person. The rows and the chain stay.
///
/// # Errors
/// If the database fails.
pub fn erase_contents(act: &mut Act<'_, '_>, person: PersonId) -> Result<u64, DbError> {
    act.run(&ERASE, (person,))
}
