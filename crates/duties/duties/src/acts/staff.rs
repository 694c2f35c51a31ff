//! Accounts of officers: opened by the administrator, guarded by the security officer.

use linli_acts::{Act, BodyId, Entry, Event, StaffId};
use linli_base::{FieldError, text};
use linli_vault::{Place, Sealed, token, totp};
use linli_web::session::{self, SessionKind};

use crate::acts::{duty_subject, may, may_either, staff_subject, wrong};
use crate::domain::{self, StaffState};
use crate::error::DutiesError;
use crate::store::{self, Staff};
use crate::{ADMINISTRATOR, SECURITY};

/// How long a set-up link works.
pub const LINK_SECONDS: i64 = 3 * 86_400;

/// An account to be opened.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub login: String,
    pub name: String,
    pub body: BodyId,
    /// May be empty.
    pub phone: String,
}

fn sealed_phone(act: &Act<'_, '_>, id: StaffId, typed: &str) -> Result<Option<Sealed>, FieldError> {
    let phone = text::tidy(typed);
    if phone.is_empty() {
        return Ok(None);
    }
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fits = (5..=20).contains(&digits) && phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+'));
    if !fits {
        return Err(FieldError::new("phone", "phone-form"));
    }
    Ok(Some(act.vault().seal_text(Place::new("staff.phone", id), &phone)))
}

fn body_stands(act: &mut Act<'_, '_>, body: BodyId) -> Result<bool, DutiesError> {
    let today = act.now().day();
    Ok(act.opt(&store::BODY, (body,))?.is_some_and(|b| b.holds_on(today)))
}

pub(crate) fn insert(act: &mut Act<'_, '_>, new: &NewStaff) -> Result<StaffId, DutiesError> {
    let login = domain::login_key(&new.login);
    let name = text::tidy(&new.name);
    let mut faults = wrong(&domain::name_wrong(&name).into_iter().collect::<Vec<_>>());
    if let Some(kind) = domain::login_wrong(&login) {
        faults.push(FieldError::new("login", kind));
    } else if act.opt(&store::STAFF_BY_LOGIN, (&login,))?.is_some() {
        faults.push(FieldError::new("login", "taken"));
    }
    if !body_stands(act, new.body)? {
        faults.push(FieldError::new("body", "choose"));
    }
    let id: StaffId = act.next_id();
    let phone = sealed_phone(act, id, &new.phone).unwrap_or_else(|e| {
        faults.push(e);
        None
    });
    if !faults.is_empty() {
        return Err(DutiesError::Wrong(faults));
    }
    let now = act.now();
    act.run(&store::INSERT_STAFF, (id, &login, &name, new.body, phone, now))?;
    act.log(Entry::new(staff_subject(id), "duties.staff_invited").state(StaffState::Invited.word()))?;
    Ok(id)
}

/// Opens an account; the officer sets password and second factor by the link, which is told this once.
///
/// # Errors
/// If a field does not fit or the login is taken.
pub fn invite(act: &mut Act<'_, '_>, new: &NewStaff) -> Result<(StaffId, String), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let id = insert(act, new)?;
    let link = make_link(act, id, LINK_SECONDS, false)?;
    Ok((id, link))
}

/// Ends earlier links and makes a new one.
pub(crate) fn make_link(
    act: &mut Act<'_, '_>,
    id: StaffId,
    seconds: i64,
    first: bool,
) -> Result<String, DutiesError> {
    let now = act.now();
    act.run(&store::END_LINKS, (id, now))?;
    let secret = token::new(act.vault().chance());
    let link: i64 = act.next_id();
    let by = act.actor.officer().ok();
    act.run(&store::INSERT_LINK, (link, token::digest(&secret), id, first, by, now, now.plus_seconds(seconds)))?;
    act.log(Entry::new(staff_subject(id), "duties.link_made"))?;
    Ok(secret)
}

/// A new set-up link. For an account that was never set up the administrator makes it; for one that was, the security officer
/// does, and the old password, second factor and sessions end at once.
///
/// # Errors
/// If the account has left or is locked, or it changed meanwhile.
pub fn renew_link(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<String, DutiesError> {
    let staff: Staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    match staff.state {
        StaffState::Invited => may_either(act, &ADMINISTRATOR, &SECURITY)?,
        StaffState::Active => {
            may(act, &SECURITY)?;
            // Whoever resets must not be able to take the account over and act as another of the three unseen: not himself.
            if act.actor.officer().ok() == Some(id) {
                return Err(DutiesError::Own);
            }
        }
        StaffState::Locked | StaffState::Left => return Err(DutiesError::State),
    }
    if !act.run_one(&store::TO_INVITED, (id, rev))? {
        return Err(DutiesError::Changed);
    }
    act.run(&store::SET_PASSWORD, (id, None::<String>))?;
    session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.sign_in_reset").state(StaffState::Invited.word()))?;
    make_link(act, id, LINK_SECONDS, false)
}

/// Puts name, body and phone number right.
///
/// # Errors
/// If it changed meanwhile, has left, or a field does not fit.
pub fn change(
    act: &mut Act<'_, '_>,
    id: StaffId,
    rev: i64,
    name: &str,
    body: BodyId,
    phone: &str,
) -> Result<(), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let old: Staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    if old.state == StaffState::Left {
        return Err(DutiesError::State);
    }
    let name = text::tidy(name);
    let mut faults = wrong(&domain::name_wrong(&name).into_iter().collect::<Vec<_>>());
    if !body_stands(act, body)? {
        faults.push(FieldError::new("body", "choose"));
    }
    let phone = sealed_phone(act, id, phone).unwrap_or_else(|e| {
        faults.push(e);
        None
    });
    if !faults.is_empty() {
        return Err(DutiesError::Wrong(faults));
    }
    if !act.run_one(&store::UPDATE_STAFF, (id, rev, &name, body, phone))? {
        return Err(DutiesError::Changed);
    }
    act.log(Entry::new(staff_subject(id), "duties.staff_changed").content(&(old.name, old.body)))?;
    Ok(())
}

/// Closes an account for now: its sessions end and its duties rest.
///
/// # Errors
/// If it changed meanwhile or is not active, or it is one's own.
pub fn lock(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<(), DutiesError> {
    may(act, &SECURITY)?;
    let staff: Staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    if staff.state != StaffState::Active {
        return Err(DutiesError::State);
    }
    if act.actor.officer().ok() == Some(id) {
        return Err(DutiesError::Own);
    }
    if !act.run_one(&store::SET_STATE, (id, rev, StaffState::Locked))? {
        return Err(DutiesError::Changed);
    }
    session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.staff_locked").state(StaffState::Locked.word()))?;
    Ok(())
}

/// Opens a locked account again, and forgets wrong tries at the door.
///
/// # Errors
/// If it changed meanwhile or is not locked.
pub fn unlock(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<(), DutiesError> {
    may(act, &SECURITY)?;
    let staff: Staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    if staff.state != StaffState::Locked {
        return Err(DutiesError::State);
    }
    if !act.run_one(&store::SET_STATE, (id, rev, StaffState::Active))? {
        return Err(DutiesError::Changed);
    }
    super::door::forget(act, &staff.login, id)?;
    act.log(Entry::new(staff_subject(id), "duties.staff_unlocked").state(StaffState::Active.word()))?;
    Ok(())
}

/// Ends every session of an officer.
///
/// # Errors
/// If there is no such account.
pub fn end_sessions(act: &mut Act<'_, '_>, id: StaffId) -> Result<u64, DutiesError> {
    may(act, &SECURITY)?;
    act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    let ended = session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.sessions_ended"))?;
    Ok(ended)
}

/// An officer leaves: duties, deputies and sessions end, password, second factor and phone number are erased, other rooms are
/// told so that open work is handed over.
///
/// # Errors
/// If it changed meanwhile, has left already, or is the last administrator.
pub fn leave(act: &mut Act<'_, '_>, id: StaffId, rev: i64) -> Result<(), DutiesError> {
    may(act, &ADMINISTRATOR)?;
    let staff: Staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    if staff.state == StaffState::Left {
        return Err(DutiesError::State);
    }
    let now = act.now();
    let held = act.all(&store::OPEN_OF, (id, now))?;
    if held.iter().any(|d| d.kind == ADMINISTRATOR.key) {
        super::duties::another_administrator(act, id)?;
    }
    for duty in &held {
        super::duties::end(act, duty, duty.rev)?;
    }
    for deputy in act.all(&store::DEPUTY_OPEN_OF, (id, now))? {
        act.run(&store::END_DEPUTY, (deputy.id, deputy.rev, now))?;
        act.log(Entry::new(duty_subject(deputy.duty), "duties.deputy_ended"))?;
    }
    if !act.run_one(&store::LEAVE, (id, rev, now))? {
        return Err(DutiesError::Changed);
    }
    act.run(&store::END_LINKS, (id, now))?;
    session::end_all(act, SessionKind::Staff, id.raw(), None)?;
    act.log(Entry::new(staff_subject(id), "duties.left").state(StaffState::Left.word()))?;
    act.tell(&Event::new("duties.left", staff_subject(id), &id))?;
    Ok(())
}

/// An account that is ready at once, with a password hash and a second factor's secret made outside of the act: the sample
/// district and tests. Only the program itself may.
///
/// # Errors
/// If a field does not fit or the login is taken.
pub fn seed(
    act: &mut Act<'_, '_>,
    new: &NewStaff,
    password_hash: &str,
    totp_secret: &[u8; 20],
) -> Result<StaffId, DutiesError> {
    if act.actor.who != linli_acts::Who::System {
        return Err(linli_acts::Denied::NotYours.into());
    }
    let id = insert(act, new)?;
    act.run(&store::SET_PASSWORD, (id, password_hash))?;
    set_factor(act, id, totp_secret, 0)?;
    act.log(Entry::new(staff_subject(id), "duties.staff_set_up").state(StaffState::Active.word()))?;
    Ok(id)
}

pub(crate) fn set_factor(act: &mut Act<'_, '_>, id: StaffId, secret: &[u8; 20], step: i64) -> Result<(), DutiesError> {
    let sealed = act.vault().seal(Place::new("staff.totp", id), secret);
    if act.run_one(&store::SET_FACTOR, (id, sealed, step))? { Ok(()) } else { Err(DutiesError::State) }
}

/// The secret that belongs to a link or a nonce, without storing it before it counts: derived under a key of the vault.
#[must_use]
pub(crate) fn pending_secret(vault: &linli_vault::Vault, of: &str) -> [u8; 20] {
    let mark = vault.lookup("duties.pending_factor", of).short();
    let more = vault.lookup("duties.pending_factor_2", of).short();
    let mut out = [0; 20];
    let digits: Vec<u8> = mark
        .as_bytes()
        .chunks(2)
        .chain(more.as_bytes().chunks(2))
        .filter_map(|p| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok())
        .collect();
    for (to, from) in out.iter_mut().zip(digits) {
        *to = from;
    }
    out
}

/// Whose link this is, if it still works.
///
/// # Errors
/// [`DutiesError::LinkOver`].
pub fn of_link(read: &mut linli_db::Read<'_>, secret: &str) -> Result<Staff, DutiesError> {
    Ok(link_of(read, secret)?.0)
}

/// Whose link, and whether it makes the first administrator.
fn link_of(read: &mut linli_db::Read<'_>, secret: &str) -> Result<(Staff, bool), DutiesError> {
    let now = read.now();
    let (id, first) = read.opt(&store::LINK, (token::digest(secret), now))?.ok_or(DutiesError::LinkOver)?;
    let staff = read.opt(&store::STAFF, (id,))?.filter(|s| s.state == StaffState::Invited);
    Ok((staff.ok_or(DutiesError::LinkOver)?, first))
}

/// First step of setting up: the password, hashed outside of the act.
///
/// # Errors
/// If the link is over.
pub fn set_up_password(act: &mut Act<'_, '_>, link: &str, hash: &str) -> Result<(), DutiesError> {
    let staff = of_link(act, link)?;
    act.run(&store::SET_PASSWORD, (staff.id, hash))?;
    act.log(Entry::new(staff_subject(staff.id), "duties.password_changed"))?;
    Ok(())
}

/// Whether the first step is done.
///
/// # Errors
/// If the database fails.
pub fn has_password(read: &mut linli_db::Read<'_>, id: StaffId) -> Result<bool, DutiesError> {
    Ok(read.opt(&store::SECRETS, (id,))?.is_some_and(|s| s.password.is_some()))
}

/// Second step: the code proves that the authenticator has the secret; from here on the account works, and its first session
/// begins. Gives the session's token.
///
/// # Errors
/// If the link is over or the code does not fit.
pub fn set_up_factor(act: &mut Act<'_, '_>, link: &str, code: &str, device: &str) -> Result<String, DutiesError> {
    let (staff, first) = link_of(act, link)?;
    if !has_password(act, staff.id)? {
        return Err(DutiesError::LinkOver);
    }
    let now = act.now();
    let secret = pending_secret(act.vault(), link);
    let step = totp::accept(&secret, &text::compact(code), now, 0).ok_or(DutiesError::field("code", "code-wrong"))?;
    set_factor(act, staff.id, &secret, step)?;
    act.run(&store::END_LINKS, (staff.id, now))?;
    if first {
        super::first::finish(act, staff.id)?;
    }
    let (session, token) = session::begin(act, SessionKind::Staff, staff.id.raw(), device)?;
    session::second_factor_shown(act, session)?;
    act.log(Entry::new(staff_subject(staff.id), "duties.staff_set_up").state(StaffState::Active.word()))?;
    Ok(token)
}
