//! One resident acts for another who lets her (民法典第一百六十五条): offered with a code, accepted, ended by either at any time. Nobody
//! learns from it whether somebody has an account.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_base::{Day, Instant};
use linli_db::{DbError, Json, Read, row, sql};
use linli_notices::{Notice, notice_kind, tell};
use linli_people::offers::{herself, standing};
use linli_web::SessionId;
use linli_web::session::{self, Scope};

use crate::error::AccountError;

linli_db::id! {
    /// That one may act for another.
    pub struct DelegationId;
}

linli_db::codes! {
    /// How it stands. Whether it has run out is computed from its last day.
    pub enum DelegationState {
        Offered = "offered",
        Active = "active",
        Ended = "ended",
    }
}

row! {
    /// A delegation as it stands.
    #[derive(Clone, Debug)]
    pub struct Delegation {
        pub id: DelegationId,
        pub person: PersonId,
        pub helper: Option<PersonId>,
        pub state: DelegationState,
        pub code_until: Instant,
        pub items: Option<Json<Vec<String>>>,
        pub until: Day,
        pub offered_at: Instant,
        pub accepted_at: Option<Instant>,
        pub ended_at: Option<Instant>,
        pub rev: i64,
    }
}

sql! {
    ADD: () = "INSERT INTO delegations (id, person, state, code_key, code_until, items, until, offered_at, rev) VALUES ($1, $2, 'offered', $3, $4, $5, $6, $7, 1)";
    BY_ID: Delegation = "SELECT id, person, helper, state, code_until, items, until, offered_at, accepted_at, ended_at, rev FROM delegations WHERE id = $1";
    BY_CODE: Delegation = "SELECT id, person, helper, state, code_until, items, until, offered_at, accepted_at, ended_at, rev FROM delegations WHERE code_key = $1";
    OF_PERSON: Delegation = "SELECT id, person, helper, state, code_until, items, until, offered_at, accepted_at, ended_at, rev FROM delegations WHERE person = $1 ORDER BY id DESC LIMIT 50";
    OF_HELPER: Delegation = "SELECT id, person, helper, state, code_until, items, until, offered_at, accepted_at, ended_at, rev FROM delegations WHERE helper = $1 ORDER BY id DESC LIMIT 50";
    BETWEEN: Delegation = "SELECT id, person, helper, state, code_until, items, until, offered_at, accepted_at, ended_at, rev FROM delegations
        WHERE helper = $1 AND person = $2 AND state = 'active' AND until >= $3 ORDER BY id DESC LIMIT 10";
    ACCEPT: () = "UPDATE delegations SET state = 'active', helper = $3, code_key = NULL, accepted_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'offered'";
    END: () = "UPDATE delegations SET state = 'ended', code_key = NULL, ended_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state <> 'ended'";
    MOVE_PERSON: () = "UPDATE delegations SET person = $2 WHERE person = $1";
    MOVE_HELPER: () = "UPDATE delegations SET helper = $2 WHERE helper = $1";
    STATES: (i64, Option<String>) = "SELECT id, state FROM delegations WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::retention! {
    "delegations", keep, "谁在何时可以代谁办理，随办理记录长期保存；不含内容。", "Who could act for whom is kept with the log; it holds no content.";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "delegation", page: &STATES } }

linli_acts::act_words! {
    "people.delegation_offered" = "请亲友代办", "Offered somebody to act for you";
    "people.delegation_accepted" = "亲友接受了代办", "Somebody accepted to act for you";
    "people.delegation_ended" = "结束了代办", "Acting for you was ended";
}

notice_kind! {
    ACCEPTED = "people.delegation_accepted",
        zh: "您请的亲友已接受代办，有效到{day}。您随时可以结束。",
        en: "Whom you asked has accepted to act for you until {day}. You can end it at any time.";
}

/// Longest time for which one may act for another.
pub const MOST_DAYS: i64 = 366;
/// A code is good for so long.
const CODE_SECONDS: i64 = 7 * 86_400;
/// Open at once.
const MOST: usize = 10;

fn entry(d: &Delegation, act: &'static str, state: DelegationState) -> Entry {
    Entry::new(Subject::new("delegation", d.id), act).person(d.person).state(state.word())
}

/// She lets somebody act for her, in all or in certain items, until a day. The code is shown to her alone, once.
///
/// # Errors
/// If the day is past or too far, no item is named where some were to be, or too many are open.
pub fn delegate(
    act: &mut Act<'_, '_>,
    items: Option<Vec<String>>,
    until: Day,
) -> Result<(DelegationId, String), AccountError> {
    let person = herself(act.actor)?;
    let (now, today) = (act.now(), act.now().day());
    if until < today || until.days_since(today) > MOST_DAYS {
        return Err(AccountError::field("until", "until-range"));
    }
    if items
        .as_ref()
        .is_some_and(|i| i.is_empty() || i.len() > 20 || i.iter().any(|k| k.is_empty() || k.len() > 80))
    {
        return Err(AccountError::field("items", "choose"));
    }
    let open = act.all(&OF_PERSON, (person,))?.into_iter().filter(|d| stands(d, today)).count();
    if open >= MOST {
        return Err(AccountError::field("until", "delegations-many"));
    }
    let id: DelegationId = act.next_id();
    let code = act.vault().chance().code(10);
    let key = act.vault().lookup("people.delegation", &code);
    act.run(&ADD, (id, person, key, now.plus_seconds(CODE_SECONDS), items.as_ref().map(Json), until, now))?;
    let row = act.opt(&BY_ID, (id,))?.ok_or(AccountError::Missing)?;
    act.log(
        entry(&row, "people.delegation_offered", DelegationState::Offered)
            .content(&serde_json::json!({ "items": items, "until": until })),
    )?;
    Ok((id, code))
}

fn stands(d: &Delegation, today: Day) -> bool {
    d.state != DelegationState::Ended && d.until >= today
}

/// The other accepts with the code that she was given.
///
/// # Errors
/// If no offer has this code any more, or it is her own.
pub fn accept(act: &mut Act<'_, '_>, code: &str) -> Result<DelegationId, AccountError> {
    let me = herself(act.actor)?;
    let (now, today) = (act.now(), act.now().day());
    let regular: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let key = act.vault().lookup("people.delegation", &regular);
    let wrong = || AccountError::field("code", "standing-code-wrong");
    let row =
        act.opt(&BY_CODE, (key,))?.filter(|d| d.code_until > now && stands(d, today)).ok_or_else(wrong)?;
    if row.person == me {
        return Err(AccountError::field("code", "standing-code-own"));
    }
    if !act.run_one(&ACCEPT, (row.id, row.rev, me, now))? {
        return Err(wrong());
    }
    act.log(
        entry(&row, "people.delegation_accepted", DelegationState::Active)
            .content(&serde_json::json!({ "helper": me })),
    )?;
    tell(
        act,
        &Notice::new(&ACCEPTED, row.person, Subject::new("delegation", row.id))
            .link("/me/standing")
            .arg_both("day", row.until.zh(), row.until.en()),
    )?;
    Ok(row.id)
}

/// Either ends it, at any time. What was begun stays hers.
///
/// # Errors
/// If it is neither's, or over.
pub fn end(act: &mut Act<'_, '_>, id: DelegationId) -> Result<(), AccountError> {
    let me = herself(act.actor)?;
    let row = act
        .opt(&BY_ID, (id,))?
        .filter(|d| d.person == me || d.helper == Some(me))
        .ok_or(AccountError::Missing)?;
    let now = act.now();
    if !act.run_one(&END, (id, row.rev, now))? {
        return Err(AccountError::Changed);
    }
    act.log(entry(&row, "people.delegation_ended", DelegationState::Ended))?;
    Ok(())
}

/// She begins to act for the other in this session.
///
/// # Errors
/// If it does not hold now.
pub fn begin(act: &mut Act<'_, '_>, session: SessionId, id: DelegationId) -> Result<(), AccountError> {
    let me = herself(act.actor)?;
    let (row, now) = (act.opt(&BY_ID, (id,))?.ok_or(AccountError::Missing)?, act.now());
    if row.helper != Some(me) || stands_for(act, me, row.person, now)?.is_none() {
        return Err(AccountError::Missing);
    }
    session::stand_for(act, session, Some(row.person))?;
    Ok(())
}

/// She acts for herself again.
///
/// # Errors
/// If the database fails.
pub fn stop(act: &mut Act<'_, '_>, session: SessionId) -> Result<(), AccountError> {
    herself(act.actor)?;
    session::stand_for(act, session, None)?;
    Ok(())
}

/// Whether one may act for another at an instant, and in what: the widest of what holds. Asked by the door at every request.
///
/// # Errors
/// If the database fails.
pub fn stands_for(
    read: &mut Read<'_>,
    helper: PersonId,
    person: PersonId,
    now: Instant,
) -> Result<Option<Scope>, DbError> {
    let mut items: Vec<String> = Vec::new();
    let all = read.all(&BETWEEN, (helper, person, now.day()))?;
    if all.is_empty() {
        return Ok(None);
    }
    // Neither the dead nor the erased are acted for, and nobody acts who is gone.
    for id in [helper, person] {
        if !standing(read, id)?.is_some_and(|(state, _)| state.signs_in()) {
            return Ok(None);
        }
    }
    for d in all {
        match d.items {
            None => return Ok(Some(Scope::All)),
            Some(Json(keys)) => items.extend(keys),
        }
    }
    Ok(Some(Scope::Items(items)))
}

/// Those whom she lets act for her, and those for whom she may; newest first.
///
/// # Errors
/// If the database fails.
pub fn both_sides(
    read: &mut Read<'_>,
    person: PersonId,
) -> Result<(Vec<Delegation>, Vec<Delegation>), DbError> {
    Ok((read.all(&OF_PERSON, (person,))?, read.all(&OF_HELPER, (person,))?))
}

/// What was of one record is of another, into which it was joined.
pub(crate) fn move_to(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<(), DbError> {
    act.run(&MOVE_PERSON, (from, into))?;
    act.run(&MOVE_HELPER, (from, into))?;
    Ok(())
}

/// An erased person acts for nobody, and nobody for her.
pub(crate) fn end_all(act: &mut Act<'_, '_>, person: PersonId) -> Result<(), DbError> {
    let now = act.now();
    let (own, others) = both_sides(act, person)?;
    for d in own.into_iter().chain(others) {
        if act.run_one(&END, (d.id, d.rev, now))? {
            act.log(entry(&d, "people.delegation_ended", DelegationState::Ended))?;
        }
    }
    Ok(())
}
