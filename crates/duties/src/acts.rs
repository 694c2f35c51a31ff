//! The acts of the office.

use linli_acts::{
    Act, Actor, BodyId, Denied, DutyId, DutyKind, Entry, Event, House, StaffId, Subject, Who, duty_kinds,
};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::DbError;
use linli_vault::{Lookup, Place, token, totp};
use linli_web::SessionId;
use linli_web::session::{self, SessionKind};

use crate::domain::{
    BodyKind, BodyState, DeputyId, DutyState, LONGEST_TERM, MOST_WRONG, MOST_WRONG_NET, SETUP_SECONDS,
    StaffState, login, may_hold_beside,
};
use crate::error::OfficeError;
use crate::store::{self, StaffRow};
use crate::{ADMINISTRATOR, SECURITY};

fn body_subject(id: BodyId) -> Subject {
    Subject::new("body", id)
}
fn staff_subject(id: StaffId) -> Subject {
    Subject::new("staff", id)
}
fn duty_subject(id: DutyId) -> Subject {
    Subject::new("duty", id)
}

fn kind_of(key: &str) -> Option<&'static DutyKind> {
    duty_kinds().into_iter().find(|k| k.key == key)
}

/// The first administrator's token, if the office has nobody yet. Shown once, on the console; an earlier one is void.
///
/// # Errors
/// If the database fails.
pub async fn first_run_token(house: &House) -> Result<Option<String>, OfficeError> {
    house
        .act(&Actor::system(), |act| {
            if act.one(&store::COUNT_STAFF, ())?.0 > 0 {
                return Ok(None);
            }
            let (secret, id, now) = (token::new(act.vault().chance()), act.next_id::<i64>(), act.now());
            act.run(&store::VOID_TOKENS, (now,))?;
            act.run(&store::ADD_TOKEN, (id, token::digest(&secret), now))?;
            act.log(Entry::new(Subject::new("first_token", id), "duties.token_made"))?;
            Ok(Some(secret))
        })
        .await
}

/// What the first form tells.
#[derive(Clone)]
pub struct First {
    pub token: String,
    pub body_name: String,
    pub place: PlaceCode,
    pub name: String,
    pub login: String,
    pub password_hash: String,
    pub device: String,
}

/// Makes the first administrator and her body, and begins her session. The token is good once.
///
/// # Errors
/// If the token does not fit or somebody exists already.
pub fn make_first(act: &mut Act<'_, '_>, first: &First) -> Result<(SessionId, String), OfficeError> {
    let now = act.now();
    if act.one(&store::COUNT_STAFF, ())?.0 > 0
        || !act.run_one(&store::USE_TOKEN, (token::digest(&first.token), now))?
    {
        return Err(OfficeError::field("token", "token-wrong"));
    }
    let body = put_body(act, "OFFICE", BodyKind::Department, &first.body_name, "", first.place)?;
    let staff = put_staff(act, &first.login, &first.name, Some(&first.password_hash), None)?;
    put_duty(act, &ADMINISTRATOR, body, first.place, staff)?;
    new_factor(act, staff)?;
    begin(act, staff, &first.device)
}

fn begin(act: &mut Act<'_, '_>, staff: StaffId, device: &str) -> Result<(SessionId, String), OfficeError> {
    let begun = session::begin(act, SessionKind::Staff, staff.raw(), device)?;
    act.log(Entry::new(staff_subject(staff), "duties.signed_in"))?;
    Ok(begun)
}

/// A body, or the one that has this code already. No check of who asks: callers have it.
fn put_body(
    act: &mut Act<'_, '_>,
    code: &str,
    kind: BodyKind,
    zh: &str,
    en: &str,
    place: PlaceCode,
) -> Result<BodyId, OfficeError> {
    let zh = linli_base::text::tidy(zh);
    if !(2..=60).contains(&zh.chars().count()) {
        return Err(OfficeError::field("name_zh", "name-length"));
    }
    let id: BodyId = act.next_id();
    if act.opt(&store::ADD_BODY, (id, code, kind, &zh, en, place))?.is_none() {
        return Err(OfficeError::field("code", "code-taken"));
    }
    act.log(Entry::new(body_subject(id), "duties.body_made").state(BodyState::Open.word()).place(place))?;
    Ok(id)
}

fn put_staff(
    act: &mut Act<'_, '_>,
    typed: &str,
    name: &str,
    password: Option<&str>,
    setup: Option<(&str, Instant)>,
) -> Result<StaffId, OfficeError> {
    let login = login(typed).ok_or_else(|| OfficeError::field("login", "login-form"))?;
    let name = linli_base::text::tidy(name);
    if !(1..=40).contains(&name.chars().count()) {
        return Err(OfficeError::field("name", "name-length"));
    }
    let state = if password.is_some() { StaffState::Active } else { StaffState::Invited };
    let (id, now) = (act.next_id::<StaffId>(), act.now());
    let (digest, until) = (setup.map(|s| token::digest(s.0)), setup.map(|s| s.1));
    let args = (id, &login, &name, state, password, Option::<Vec<u8>>::None, digest, until, now);
    if act.opt(&store::ADD_STAFF, args)?.is_none() {
        return Err(OfficeError::field("login", "login-taken"));
    }
    act.log(Entry::new(staff_subject(id), "duties.staff_made").state(state.word()))?;
    Ok(id)
}

fn put_duty(
    act: &mut Act<'_, '_>,
    kind: &'static DutyKind,
    body: BodyId,
    place: PlaceCode,
    staff: StaffId,
) -> Result<DutyId, OfficeError> {
    let held: Vec<&DutyKind> =
        act.all(&store::HELD.sql, (staff,))?.iter().filter_map(|d| kind_of(&d.kind)).collect();
    if !may_hold_beside(kind, &held) {
        return Err(OfficeError::field("kind", "apart"));
    }
    let (id, now, by) = (act.next_id::<DutyId>(), act.now(), act.actor.officer().ok());
    if act.opt(&store::GIVE, (id, kind.key, body, place, staff, now, by))?.is_none() {
        return Err(OfficeError::field("kind", "held-already"));
    }
    act.log(
        Entry::new(duty_subject(id), "duties.given")
            .state(DutyState::Held.word())
            .place(place)
            .content(&serde_json::json!({ "kind": kind.key, "body": body, "staff": staff })),
    )?;
    Ok(id)
}

fn only_system(act: &Act<'_, '_>) -> Result<(), Denied> {
    if act.actor.who == Who::System { Ok(()) } else { Err(Denied::NotYours) }
}

/// A body of the sample district or of an import. The program alone; the same code twice is one.
///
/// # Errors
/// If the name does not fit.
pub fn deliver_body(
    act: &mut Act<'_, '_>,
    code: &str,
    kind: BodyKind,
    zh: &str,
    en: &str,
    place: PlaceCode,
) -> Result<BodyId, OfficeError> {
    only_system(act)?;
    match act.kept_opt(&store::BODY_BY_CODE, (code,))? {
        Some(body) => Ok(body.id),
        None => put_body(act, code, kind, zh, en, place),
    }
}

/// An account of the sample district with a password and a second factor of the sample's own. The program alone.
///
/// # Errors
/// If the login is taken.
pub fn deliver_staff(
    act: &mut Act<'_, '_>,
    login: &str,
    name: &str,
    password_hash: &str,
    secret: &[u8],
) -> Result<StaffId, OfficeError> {
    only_system(act)?;
    let id = put_staff(act, login, name, Some(password_hash), None)?;
    let sealed = act.vault().seal(Place::new("staff.totp", id), secret);
    act.run(&store::SET_TOTP, (id, sealed))?;
    let now = act.now();
    act.run(&store::PROVE_TOTP, (id, 0, now, 0))?;
    Ok(id)
}

/// A duty of the sample district. The program alone.
///
/// # Errors
/// If the powers must stand apart.
pub fn deliver_duty(
    act: &mut Act<'_, '_>,
    kind: &'static DutyKind,
    body: BodyId,
    place: PlaceCode,
    staff: StaffId,
) -> Result<DutyId, OfficeError> {
    only_system(act)?;
    put_duty(act, kind, body, place, staff)
}

/// Adds a body.
///
/// # Errors
/// If the actor is no administrator, or a field does not fit.
pub fn add_body(
    act: &mut Act<'_, '_>,
    code: &str,
    kind: BodyKind,
    zh: &str,
    en: &str,
    place: PlaceCode,
) -> Result<BodyId, OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    let code = linli_base::text::compact(code);
    if code.is_empty() || code.len() > 40 {
        return Err(OfficeError::field("code", "code-form"));
    }
    put_body(act, &code, kind, zh, &linli_base::text::tidy(en), place)
}

/// Renames, closes or opens a body.
///
/// # Errors
/// As [`add_body`]; `Changed` if somebody was quicker.
pub fn change_body(
    act: &mut Act<'_, '_>,
    id: BodyId,
    rev: i64,
    zh: &str,
    en: &str,
    state: BodyState,
) -> Result<(), OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    let old = act.kept_opt(&store::BODY, (id,))?.ok_or(OfficeError::Missing)?;
    let (zh, en) = (linli_base::text::tidy(zh), linli_base::text::tidy(en));
    if !(2..=60).contains(&zh.chars().count()) {
        return Err(OfficeError::field("name_zh", "name-length"));
    }
    if !act.run_one(&store::CHANGE_BODY, (id, rev, &zh, &en, state))? {
        return Err(OfficeError::Changed);
    }
    act.log(
        Entry::new(body_subject(id), "duties.body_changed")
            .state(state.word())
            .place(old.place)
            .content(&serde_json::json!({ "was": [old.name_zh, old.name_en] })),
    )?;
    Ok(())
}

/// Invites an officer; gives the token of the set-up link, shown once.
///
/// # Errors
/// If the actor is no administrator, or a field does not fit.
pub fn invite(
    act: &mut Act<'_, '_>,
    typed_login: &str,
    name: &str,
) -> Result<(StaffId, String), OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    let secret = token::new(act.vault().chance());
    let until = act.now().plus_seconds(SETUP_SECONDS);
    let id = put_staff(act, typed_login, name, None, Some((&secret, until)))?;
    Ok((id, secret))
}

/// A fresh set-up link: for one who did not use hers (administrator), or who lost phone or password (security officer). The old
/// second factor is void, all sessions end.
///
/// # Errors
/// If the actor is neither, asks for herself, or the account has left.
pub fn new_link(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<String, OfficeError> {
    let row = act.opt(&store::STAFF, (id,))?.ok_or(OfficeError::Missing)?;
    let kind = if row.state == StaffState::Invited { &ADMINISTRATOR } else { &SECURITY };
    act.on_any_duty(kind)?;
    if act.actor.officer()? == id {
        return Err(Denied::SamePerson.into());
    }
    if matches!(row.state, StaffState::Left | StaffState::Locked) {
        return Err(OfficeError::State);
    }
    let secret = token::new(act.vault().chance());
    let until = act.now().plus_seconds(SETUP_SECONDS);
    if !act.run_one(&store::SET_LINK, (id, rev, token::digest(&secret), until))? {
        return Err(OfficeError::Changed);
    }
    session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.link_made"))?;
    Ok(secret)
}

/// Who a set-up link is for; `None` if it is void.
///
/// # Errors
/// If the database fails.
pub(crate) fn of_link(read: &mut linli_db::Read<'_>, secret: &str) -> Result<Option<StaffRow>, DbError> {
    let now = read.now();
    let row = read.opt(&store::BY_SETUP, (token::digest(secret),))?;
    Ok(row.filter(|r| {
        r.setup_until.is_some_and(|u| u > now) && matches!(r.state, StaffState::Invited | StaffState::Active)
    }))
}

/// Sets a password by a set-up link and begins a session; the second factor comes next.
///
/// # Errors
/// If the link is void.
pub fn set_password(
    act: &mut Act<'_, '_>,
    secret: &str,
    password_hash: &str,
    device: &str,
) -> Result<(SessionId, String), OfficeError> {
    let row = of_link(act, secret)?.ok_or(OfficeError::Missing)?;
    if !act.run_one(&store::SET_PASSWORD, (row.id, row.rev, password_hash))? {
        return Err(OfficeError::Changed);
    }
    new_factor(act, row.id)?;
    act.log(Entry::new(staff_subject(row.id), "duties.password_set").state(StaffState::Active.word()))?;
    begin(act, row.id, device)
}

fn new_factor(act: &mut Act<'_, '_>, id: StaffId) -> Result<(), OfficeError> {
    let secret = totp::secret(act.vault().chance());
    let sealed = act.vault().seal(Place::new("staff.totp", id), &secret);
    act.run(&store::SET_TOTP, (id, sealed))?;
    Ok(())
}

fn turn(now: Instant) -> i64 {
    now.millis() / 900_000
}

fn keys(vault: &linli_vault::Vault, login: &str, net: &str) -> (Lookup, Lookup) {
    (vault.lookup("duties.login", login), vault.lookup("duties.net", net))
}

/// Whether tries are still taken; the same answer for logins that do not exist.
///
/// # Errors
/// If the database fails.
pub(crate) fn may_try(
    read: &mut linli_db::Read<'_>,
    vault: &linli_vault::Vault,
    login: &str,
    net: &str,
) -> Result<bool, DbError> {
    let (who, from) = keys(vault, login, net);
    let turn = turn(read.now());
    let by_login = read.one(&store::WRONG, (who, turn))?.0;
    let by_net = read.one(&store::WRONG, (from, turn))?.0;
    Ok(by_login < MOST_WRONG && by_net < MOST_WRONG_NET)
}

/// Notes a wrong try.
///
/// # Errors
/// If the database fails.
pub fn wrong(act: &mut Act<'_, '_>, login: &str, net: &str) -> Result<(), OfficeError> {
    let (who, from) = keys(act.vault(), login, net);
    let turn = turn(act.now());
    act.run(&store::COUNT_WRONG, (who, turn))?;
    act.run(&store::COUNT_WRONG, (from, turn))?;
    Ok(())
}

/// The password fitted: begins a session that may do nothing until the second factor is shown.
///
/// # Errors
/// If the account may not sign in.
pub fn signed_in(
    act: &mut Act<'_, '_>,
    id: StaffId,
    device: &str,
) -> Result<(SessionId, String), OfficeError> {
    let row = act.opt(&store::STAFF, (id,))?.ok_or(OfficeError::DoesNotFit)?;
    if row.state != StaffState::Active {
        return Err(OfficeError::DoesNotFit);
    }
    if row.totp.is_none() {
        new_factor(act, id)?;
    }
    begin(act, id, device)
}

/// The secret to be enrolled, while it is not proven.
///
/// # Errors
/// If it does not open.
pub(crate) fn enrolling(vault: &linli_vault::Vault, row: &StaffRow) -> Result<Option<Vec<u8>>, OfficeError> {
    if row.totp_proven_at.is_some() {
        return Ok(None);
    }
    let Some(sealed) = &row.totp else { return Ok(None) };
    Ok(Some(vault.open_sealed(Place::new("staff.totp", row.id), sealed)?.to_vec()))
}

/// Shows the second factor in a session; proves it the first time. `Ok(false)`: a wrong code, counted.
///
/// # Errors
/// [`OfficeError::DoesNotFit`] after too many tries.
pub fn show_factor(
    act: &mut Act<'_, '_>,
    session: SessionId,
    id: StaffId,
    typed: &str,
    net: &str,
) -> Result<bool, OfficeError> {
    let row = act.opt(&store::STAFF, (id,))?.ok_or(OfficeError::Missing)?;
    let house = act.house;
    if !may_try(act, house.vault(), &row.login, net)? || row.state != StaffState::Active {
        return Err(OfficeError::DoesNotFit);
    }
    let Some(sealed) = &row.totp else { return Err(OfficeError::State) };
    let secret = act.vault().open_sealed(Place::new("staff.totp", id), sealed)?;
    let now = act.now();
    let Some(step) = totp::accept(&secret, typed, now, row.totp_step) else {
        wrong(act, &row.login, net)?;
        return Ok(false);
    };
    if !act.run_one(&store::PROVE_TOTP, (id, row.totp_step, now, step))? {
        return Err(OfficeError::Changed);
    }
    session::second_factor_shown(act, session)?;
    act.log(Entry::new(staff_subject(id), "duties.factor_shown"))?;
    Ok(true)
}

/// Locks or unlocks an account; locking ends its sessions.
///
/// # Errors
/// If the actor is no security officer, or locks herself.
pub fn change_state(
    act: &mut Act<'_, '_>,
    id: StaffId,
    rev: i64,
    next: StaffState,
) -> Result<(), OfficeError> {
    act.on_any_duty(&SECURITY)?;
    if act.actor.officer()? == id {
        return Err(Denied::SamePerson.into());
    }
    let row = act.opt(&store::STAFF, (id,))?.ok_or(OfficeError::Missing)?;
    if !matches!(
        (row.state, next),
        (StaffState::Active, StaffState::Locked) | (StaffState::Locked, StaffState::Active)
    ) {
        return Err(OfficeError::State);
    }
    if !act.run_one(&store::SET_STATE, (id, rev, next))? {
        return Err(OfficeError::Changed);
    }
    if next == StaffState::Locked {
        session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    }
    act.log(Entry::new(staff_subject(id), "duties.state_changed").state(next.word()))?;
    Ok(())
}

/// An officer leaves: all her duties and sessions end; rooms hand her open work over when they hear of it.
///
/// # Errors
/// If the actor is no administrator, or it is herself.
pub fn leave(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<(), OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    if act.actor.officer()? == id {
        return Err(Denied::SamePerson.into());
    }
    let now = act.now();
    for duty in act.all(&store::HELD.sql, (id,))? {
        end(act, duty.id, duty.rev, now)?;
    }
    if !act.run_one(&store::SET_STATE, (id, rev, StaffState::Left))? {
        return Err(OfficeError::Changed);
    }
    session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.left").state(StaffState::Left.word()))?;
    act.tell(&Event::new("duties.left", staff_subject(id), &id))?;
    Ok(())
}

/// Gives a duty.
///
/// # Errors
/// If the actor is no administrator, gives it to herself, or the powers must stand apart.
pub fn give(
    act: &mut Act<'_, '_>,
    staff: StaffId,
    kind: &str,
    body: BodyId,
    place: PlaceCode,
) -> Result<DutyId, OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    if act.actor.officer()? == staff {
        return Err(Denied::SamePerson.into());
    }
    let kind = kind_of(kind).ok_or_else(|| OfficeError::field("kind", "kind-unknown"))?;
    let open = act.kept_opt(&store::BODY, (body,))?.is_some_and(|b| b.state == BodyState::Open);
    if !open {
        return Err(OfficeError::field("body", "body-closed"));
    }
    let today = act.now().day();
    if linli_places::offers::by_code(act, place, today)?.is_none() {
        return Err(OfficeError::field("place", "place-unknown"));
    }
    let account = act.opt(&store::STAFF, (staff,))?.ok_or(OfficeError::Missing)?;
    if account.state == StaffState::Left {
        return Err(OfficeError::State);
    }
    put_duty(act, kind, body, place, staff)
}

fn end(act: &mut Act<'_, '_>, id: DutyId, rev: i64, now: Instant) -> Result<(), OfficeError> {
    if !act.run_one(&store::END_DUTY, (id, rev, now))? {
        return Err(OfficeError::Changed);
    }
    act.run(&store::END_DEPUTIES, (id, now))?;
    session::end_tokens_of(act, id)?;
    act.log(Entry::new(duty_subject(id), "duties.ended").state(DutyState::Ended.word()))?;
    Ok(())
}

/// Ends a duty.
///
/// # Errors
/// If the actor is no administrator or somebody was quicker.
pub fn end_duty(act: &mut Act<'_, '_>, id: DutyId, rev: i64) -> Result<StaffId, OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    let row = act.opt(&store::DUTY, (id,))?.ok_or(OfficeError::Missing)?;
    let now = act.now();
    end(act, id, rev, now)?;
    Ok(row.staff)
}

/// Lets somebody do a duty in its holder's place, from one day to another.
///
/// # Errors
/// If the actor is no administrator, the days do not fit, or the powers must stand apart.
pub fn deputise(
    act: &mut Act<'_, '_>,
    id: DutyId,
    deputy: &str,
    from: Day,
    to: Day,
) -> Result<StaffId, OfficeError> {
    act.on_any_duty(&ADMINISTRATOR)?;
    let duty = act.opt(&store::DUTY, (id,))?.filter(|d| d.ended_at.is_none()).ok_or(OfficeError::Missing)?;
    let who = act
        .opt(&store::BY_LOGIN, (login(deputy).unwrap_or_default(),))?
        .filter(|s| s.state == StaffState::Active && s.id != duty.staff)
        .ok_or_else(|| OfficeError::field("deputy", "deputy-unknown"))?;
    if to < from || to < act.now().day() || to.days_since(from) > LONGEST_TERM {
        return Err(OfficeError::field("to", "term"));
    }
    if act.actor.officer()? == who.id {
        return Err(Denied::SamePerson.into());
    }
    let held: Vec<&DutyKind> =
        act.all(&store::HELD.sql, (who.id,))?.iter().filter_map(|d| kind_of(&d.kind)).collect();
    if !kind_of(&duty.kind).is_some_and(|k| may_hold_beside(k, &held)) {
        return Err(OfficeError::field("deputy", "apart"));
    }
    let term: DeputyId = act.next_id();
    act.run(&store::ADD_DEPUTY, (term, id, who.id, from, to))?;
    act.log(
        Entry::new(duty_subject(id), "duties.deputised")
            .content(&serde_json::json!({ "deputy": who.id, "from": from, "to": to })),
    )?;
    Ok(duty.staff)
}
