//! Sessions: who is signed in where; listed and ended anywhere. And bearer tokens of other systems.

use linli_acts::{
    Act, Actor, BodyId, Channel, DutyId, DutyKind, Entry, Held, House, PersonId, StaffId, Subject, TokenId,
    Who,
};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{DbError, Read, row, sql};
use linli_vault::{Vault, token};

linli_db::id! {
    /// A session.
    pub struct SessionId;
}

linli_db::codes! {
    /// Whose session it is.
    pub enum SessionKind {
        Person = "person",
        Staff = "staff",
    }
}

/// Residents stay signed in for 30 days, unless they are away for 14.
const PERSON_SECONDS: i64 = 30 * 86_400;
const PERSON_IDLE_SECONDS: i64 = 14 * 86_400;
/// Officers for 12 hours, unless they are away for two.
const STAFF_SECONDS: i64 = 12 * 3_600;
const STAFF_IDLE_SECONDS: i64 = 2 * 3_600;
/// `seen_at` is written at most this often.
const SEEN_EVERY_SECONDS: i64 = 300;

row! {
    struct SessionRow {
        id: SessionId,
        kind: SessionKind,
        subject: i64,
        device: String,
        created_at: Instant,
        seen_at: Instant,
        expires_at: Instant,
        second_factor_at: Option<Instant>,
        for_person: Option<PersonId>,
        channel: Channel,
    }
}

row! {
    #[derive(Clone)]
    struct TokenRow { id: TokenId, duty: DutyId, duty_kind: String, body: BodyId, place: PlaceCode }
}

sql! {
    BY_DIGEST: SessionRow = "SELECT id, kind, subject, device, created_at, seen_at, expires_at, second_factor_at, for_person, channel
        FROM sessions WHERE digest = $1 AND ended_at IS NULL";
    OF_SUBJECT: SessionRow = "SELECT id, kind, subject, device, created_at, seen_at, expires_at, second_factor_at, for_person, channel
        FROM sessions WHERE kind = $1 AND subject = $2 AND ended_at IS NULL AND expires_at > $3 ORDER BY id DESC LIMIT 50";
    INSERT: () = "INSERT INTO sessions (id, digest, kind, subject, device, created_at, seen_at, expires_at, second_factor_at, for_person, channel)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7, NULL, NULL, 'page')";
    SEEN: () = "UPDATE sessions SET seen_at = $2 WHERE id = $1";
    SECOND_FACTOR: () = "UPDATE sessions SET second_factor_at = $2 WHERE id = $1 AND ended_at IS NULL";
    SERVE: () = "UPDATE sessions SET for_person = $2, channel = $3 WHERE id = $1 AND ended_at IS NULL";
    END_SERVING: () = "UPDATE sessions SET for_person = NULL, channel = 'page' WHERE for_person = $1";
    END_ONE: () = "UPDATE sessions SET ended_at = $4 WHERE id = $1 AND kind = $2 AND subject = $3 AND ended_at IS NULL";
    END_ALL: () = "UPDATE sessions SET ended_at = $3 WHERE kind = $1 AND subject = $2 AND ended_at IS NULL AND id <> $4";
    SWEEP: () = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT 1000)";
    ADD_TOKEN: () = "INSERT INTO api_tokens (id, digest, name, duty, duty_kind, body, place, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    TOKENS: TokenInfo = "SELECT id, name, duty, duty_kind, body, created_by, created_at, ended_at FROM api_tokens WHERE id < $1 ORDER BY id DESC LIMIT $2";
    TOKENS_OF: (TokenId,) = "SELECT id FROM api_tokens WHERE duty = $1 AND ended_at IS NULL ORDER BY id LIMIT 200";
    END_TOKEN: () = "UPDATE api_tokens SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
}

linli_db::kept! {
    TOKEN of ["api_tokens"]: TokenRow = "SELECT id, duty, duty_kind, body, place FROM api_tokens WHERE digest = $1 AND ended_at IS NULL";
}

linli_acts::retention! {
    "sessions", days: 30, "登录记录到期后保存三十天。", "Sessions are kept 30 days after they run out.", sweep: SWEEP;
    "api_tokens", keep, "接口凭证停用后保留，便于追溯。", "Tokens are kept after their end, for tracing.";
}

/// A session that stands.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub kind: SessionKind,
    pub subject: i64,
    pub device: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub second_factor_at: Option<Instant>,
    pub for_person: Option<PersonId>,
    pub channel: Channel,
    /// What forms of this session carry.
    pub(crate) csrf: String,
}

impl Session {
    fn from_row(row: SessionRow, csrf: String) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            device: row.device,
            created_at: row.created_at,
            seen_at: row.seen_at,
            second_factor_at: row.second_factor_at,
            for_person: row.for_person,
            channel: row.channel,
            csrf,
        }
    }
    pub(crate) fn needs_seen(&self, now: Instant) -> bool {
        now.seconds_since(self.seen_at) > SEEN_EVERY_SECONDS
    }
}

/// In what one resident may act for another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    All,
    /// Keys of items.
    Items(Vec<String>),
}

/// What the rooms above tell the door about people: names and duties. Put into the services by `linli`.
pub trait Directory: Send + Sync + 'static {
    /// Duties that the officer holds at an instant, deputised ones included; empty for one who has left.
    ///
    /// # Errors
    /// If the database fails.
    fn held(&self, read: &mut Read<'_>, staff: StaffId, now: Instant) -> Result<Vec<Held>, DbError>;
    /// # Errors
    /// If the database fails.
    fn staff_name(&self, read: &mut Read<'_>, staff: StaffId) -> Result<Option<String>, DbError>;
    /// # Errors
    /// If the database fails.
    fn person_name(
        &self,
        read: &mut Read<'_>,
        vault: &Vault,
        person: PersonId,
    ) -> Result<Option<String>, DbError>;
    /// # Errors
    /// If the database fails.
    fn body_name(&self, read: &mut Read<'_>, body: BodyId) -> Result<Option<(String, String)>, DbError>;
    /// Kind, body and place of a duty, for pages that tell on which duty something was done.
    ///
    /// # Errors
    /// If the database fails.
    fn duty(&self, read: &mut Read<'_>, duty: DutyId) -> Result<Option<Held>, DbError>;
    /// What a division is called on a day, Chinese and English; `None` where the house keeps no divisions.
    ///
    /// # Errors
    /// If the database fails.
    fn place_name(
        &self,
        read: &mut Read<'_>,
        place: PlaceCode,
        day: Day,
    ) -> Result<Option<(String, String)>, DbError> {
        let _ = (read, place, day);
        Ok(None)
    }
    /// Officers who hold a duty for a body now, with their names: at most 200.
    ///
    /// # Errors
    /// If the database fails.
    fn holders(
        &self,
        read: &mut Read<'_>,
        kind: &DutyKind,
        body: BodyId,
    ) -> Result<Vec<(StaffId, String)>, DbError> {
        let _ = (read, kind, body);
        Ok(Vec::new())
    }
    /// Bodies of which somebody holds a duty now, with their names: at most 500.
    ///
    /// # Errors
    /// If the database fails.
    fn bodies_with(
        &self,
        read: &mut Read<'_>,
        kind: &DutyKind,
    ) -> Result<Vec<(BodyId, String, String)>, DbError> {
        let _ = (read, kind);
        Ok(Vec::new())
    }
    /// Items that can be applied for here, with their names: at most 500.
    ///
    /// # Errors
    /// If the database fails.
    fn items(&self, read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError> {
        let _ = read;
        Ok(Vec::new())
    }
    /// Whether one resident may act for another now, and in what.
    ///
    /// # Errors
    /// If the database fails.
    fn stands_for(
        &self,
        read: &mut Read<'_>,
        who: PersonId,
        for_person: PersonId,
        now: Instant,
    ) -> Result<Option<Scope>, DbError> {
        let _ = (read, who, for_person, now);
        Ok(None)
    }
}

/// The directory as a service.
pub struct DirectoryService(pub Box<dyn Directory>);

/// Begins a session; returns the token for the cookie. Called inside the act of signing in.
///
/// # Errors
/// If the database fails.
pub fn begin(
    act: &mut Act<'_, '_>,
    kind: SessionKind,
    subject: i64,
    device: &str,
) -> Result<(SessionId, String), DbError> {
    let secret = token::new(act.vault().chance());
    let id: SessionId = act.next_id();
    let now = act.now();
    let life = match kind {
        SessionKind::Person => PERSON_SECONDS,
        SessionKind::Staff => STAFF_SECONDS,
    };
    let device = linli_base::text::cut(device, 60);
    act.run(&INSERT, (id, token::digest(&secret), kind, subject, device, now, now.plus_seconds(life)))?;
    Ok((id, secret))
}

/// The second factor was shown.
///
/// # Errors
/// If the database fails.
pub fn second_factor_shown(act: &mut Act<'_, '_>, id: SessionId) -> Result<(), DbError> {
    let now = act.now();
    act.run(&SECOND_FACTOR, (id, now))?;
    Ok(())
}

/// An officer serves a person at the counter or the door (`Some`) or is done (`None`). Consent is recorded by the caller.
///
/// # Errors
/// If the database fails.
pub fn serve(
    act: &mut Act<'_, '_>,
    id: SessionId,
    person: Option<PersonId>,
    channel: Channel,
) -> Result<(), DbError> {
    act.run(&SERVE, (id, person, channel))?;
    act.log(
        Entry::new(Subject::new("session", id), if person.is_some() { "web.serving" } else { "web.served" })
            .person(person),
    )?;
    Ok(())
}

/// A resident acts for another (`Some`), whose standing consent the door asks for at every request, or for herself again.
///
/// # Errors
/// If the database fails.
pub fn stand_for(act: &mut Act<'_, '_>, id: SessionId, person: Option<PersonId>) -> Result<(), DbError> {
    act.run(&SERVE, (id, person, Channel::Page))?;
    let what = if person.is_some() { "web.stands_for" } else { "web.stands_down" };
    act.log(Entry::new(Subject::new("session", id), what).person(person))?;
    Ok(())
}

/// Nobody serves this person any more: her consent is over or withdrawn, or she is gone.
///
/// # Errors
/// If the database fails.
pub fn end_serving(act: &mut Act<'_, '_>, person: PersonId) -> Result<u64, DbError> {
    let ended = act.run(&END_SERVING, (person,))?;
    if ended > 0 {
        act.log(Entry::new(Subject::new("person", person), "web.served").person(person))?;
    }
    Ok(ended)
}

/// Sessions of somebody, newest first, at most 50.
///
/// # Errors
/// If the database fails.
pub fn of_subject(read: &mut Read<'_>, kind: SessionKind, subject: i64) -> Result<Vec<Session>, DbError> {
    let now = read.now();
    Ok(read
        .all(&OF_SUBJECT, (kind, subject, now))?
        .into_iter()
        .map(|r| Session::from_row(r, String::new()))
        .collect())
}

/// Ends one session of its owner. False if it is none of his.
///
/// # Errors
/// If the database fails.
pub fn end(act: &mut Act<'_, '_>, id: SessionId, kind: SessionKind, subject: i64) -> Result<bool, DbError> {
    let now = act.now();
    act.run_one(&END_ONE, (id, kind, subject, now))
}

/// Ends every session of somebody, but for one.
///
/// # Errors
/// If the database fails.
pub fn end_all(
    act: &mut Act<'_, '_>,
    kind: SessionKind,
    subject: i64,
    keep: Option<SessionId>,
) -> Result<u64, DbError> {
    let now = act.now();
    act.run(&END_ALL, (kind, subject, now, keep.map_or(0, SessionId::raw)))
}

/// Makes a bearer token for another system; shown once.
///
/// # Errors
/// If the database fails.
pub fn make_token(act: &mut Act<'_, '_>, name: &str, held: &Held) -> Result<(TokenId, String), DbError> {
    let secret = token::new(act.vault().chance());
    let id: TokenId = act.next_id();
    let now = act.now();
    let by = act.actor.officer().ok();
    act.run(
        &ADD_TOKEN,
        (id, token::digest(&secret), name, held.duty, &held.kind, held.body, held.place, by, now),
    )?;
    act.log(Entry::new(Subject::new("token", id), "web.token_made"))?;
    Ok((id, secret))
}

row! {
    /// A bearer token as it is listed; the secret itself is nowhere.
    #[derive(Clone, Debug)]
    pub struct TokenInfo {
        pub id: TokenId,
        pub name: String,
        pub duty: DutyId,
        pub duty_kind: String,
        pub body: BodyId,
        pub created_by: Option<StaffId>,
        pub created_at: Instant,
        pub ended_at: Option<Instant>,
    }
}

/// Bearer tokens before one, newest first.
///
/// # Errors
/// If the database fails.
pub fn tokens(read: &mut Read<'_>, before: TokenId, limit: u16) -> Result<Vec<TokenInfo>, DbError> {
    read.all(&TOKENS, (before, limit))
}

/// The tokens of a duty end with it.
///
/// # Errors
/// If the database fails.
pub fn end_tokens_of(act: &mut Act<'_, '_>, duty: DutyId) -> Result<(), DbError> {
    for (id,) in act.all(&TOKENS_OF, (duty,))? {
        end_token(act, id)?;
    }
    Ok(())
}

/// Ends a bearer token.
///
/// # Errors
/// If the database fails.
pub fn end_token(act: &mut Act<'_, '_>, id: TokenId) -> Result<bool, DbError> {
    let now = act.now();
    let ended = act.run_one(&END_TOKEN, (id, now))?;
    act.log(Entry::new(Subject::new("token", id), "web.token_ended"))?;
    Ok(ended)
}

/// Who a request comes from.
pub(crate) struct Identified {
    pub actor: Actor,
    pub session: Option<Session>,
    pub name: Option<String>,
    /// Name of the person for whom another resident acts.
    pub stands_for: Option<String>,
}

impl Identified {
    fn nobody() -> Self {
        Self { actor: Actor::anyone(), session: None, name: None, stands_for: None }
    }

    /// At a page that is nobody's but her own, one who acts for another is herself.
    pub(crate) fn herself(&mut self) {
        if matches!(self.actor.who, Who::Person(_)) {
            self.actor.for_person = None;
            self.actor.items = None;
            self.stands_for = None;
        }
    }
}

/// Finds the session of a cookie.
pub(crate) async fn identify(house: &House, secret: Option<String>) -> Result<Identified, DbError> {
    let Some(secret) = secret else { return Ok(Identified::nobody()) };
    let digest = token::digest(&secret);
    let inside = house.clone();
    house
        .read(move |r| {
            let now = r.now();
            let Some(row) = r.opt(&BY_DIGEST, (digest,))? else { return Ok(Identified::nobody()) };
            let idle = match row.kind {
                SessionKind::Person => PERSON_IDLE_SECONDS,
                SessionKind::Staff => STAFF_IDLE_SECONDS,
            };
            if row.expires_at <= now || now.seconds_since(row.seen_at) > idle {
                return Ok(Identified::nobody());
            }
            let directory = inside.service::<DirectoryService>();
            let (mut actor, name) = match row.kind {
                SessionKind::Person => {
                    let person = PersonId::from_raw(row.subject);
                    (Actor::person(person), directory.0.person_name(r, inside.vault(), person)?)
                }
                SessionKind::Staff => {
                    let staff = StaffId::from_raw(row.subject);
                    let held = if row.second_factor_at.is_some() {
                        directory.0.held(r, staff, now)?
                    } else {
                        Vec::new()
                    };
                    (Actor::staff(staff, held), directory.0.staff_name(r, staff)?)
                }
            };
            let mut stands_for = None;
            match (actor.who, row.for_person) {
                (Who::Person(me), Some(other)) => {
                    // Asked at every request: it ends the moment she, or the day, ends it.
                    if let Some(scope) = directory.0.stands_for(r, me, other, now)? {
                        actor.for_person = Some(other);
                        actor.items = match scope {
                            Scope::All => None,
                            Scope::Items(keys) => Some(keys.into()),
                        };
                        stands_for = directory.0.person_name(r, inside.vault(), other)?;
                    }
                }
                (_, served) => actor.for_person = served,
            }
            actor.channel = row.channel;
            let csrf = csrf_of(inside.vault(), &secret);
            Ok(Identified { actor, session: Some(Session::from_row(row, csrf)), name, stands_for })
        })
        .await
}

fn csrf_of(vault: &Vault, secret: &str) -> String {
    // Bound to the session's token, so it needs no storage.
    let digest = vault.lookup("web.csrf", secret);
    digest.short()
}

/// Finds the token of an `Authorization: Bearer` header.
pub(crate) async fn identify_token(house: &House, secret: &str) -> Result<Option<Actor>, DbError> {
    let digest = token::digest(secret);
    let row = house.read(move |r| r.kept_opt(&TOKEN, (digest,))).await?;
    Ok(row.map(|t| Actor {
        who: Who::Token(t.id),
        channel: Channel::Api,
        for_person: None,
        items: None,
        held: [Held { duty: t.duty, kind: t.duty_kind, body: t.body, place: t.place, deputy_of: None }]
            .into(),
    }))
}

/// Notes that a session is in use.
pub(crate) async fn seen(house: &House, id: SessionId) -> Result<(), DbError> {
    house
        .db()
        .write(move |tx| {
            let now = tx.now();
            tx.run(&SEEN, (id, now))?;
            Ok(())
        })
        .await
}
