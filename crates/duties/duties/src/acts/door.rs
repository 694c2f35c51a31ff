//! The door of the office: login and password, then the code. Hashing is done by the caller, outside of any act.

use linli_acts::{Act, Entry, StaffId};
use linli_base::text;
use linli_db::DbError;
use linli_vault::{Place, totp};
use linli_web::session::{self, SessionId, SessionKind};

use crate::acts::{staff, staff_subject};
use crate::domain::{self, Guard, StaffState};
use crate::error::DutiesError;
use crate::store;

/// Tries of one login name in a quarter of an hour.
pub const LOGIN_TRIES: u32 = 5;
/// Wrong tries from one address: an office has one address for many officers.
pub const NET_TRIES: u32 = 100;
/// Wrong codes of one officer.
pub const CODE_TRIES: u32 = 5;

/// Counts a try. `Ok(false)`: held back.
fn count(act: &mut Act<'_, '_>, kind: &'static str, mark: &str, limit: u32) -> Result<bool, DbError> {
    let mark = act.vault().lookup("duties.door", mark);
    let now = act.now();
    let known = act
        .opt(&store::GUARD, (kind, mark))?
        .map(|g| Guard { tries: g.tries, since: g.since, until: g.until });
    let (guard, may) = match Guard::count(known, limit, now) {
        Ok(g) => (g, true),
        Err(g) => (g, false),
    };
    if Some(guard) != known {
        act.run(&store::KEEP_GUARD, (kind, mark, guard.tries, guard.since, guard.until))?;
    }
    Ok(may)
}

fn drop_guard(act: &mut Act<'_, '_>, kind: &'static str, mark: &str) -> Result<(), DbError> {
    let mark = act.vault().lookup("duties.door", mark);
    act.run(&store::DROP_GUARD, (kind, mark))?;
    Ok(())
}

/// Takes a count back: the try was right.
fn uncount(act: &mut Act<'_, '_>, kind: &'static str, mark: &str) -> Result<(), DbError> {
    let mark = act.vault().lookup("duties.door", mark);
    if let Some(g) = act.opt(&store::GUARD, (kind, mark))? {
        act.run(&store::KEEP_GUARD, (kind, mark, g.tries.saturating_sub(1), g.since, g.until))?;
    }
    Ok(())
}

/// Forgets wrong tries of an account.
pub(crate) fn forget(act: &mut Act<'_, '_>, login: &str, id: StaffId) -> Result<(), DbError> {
    drop_guard(act, "login", login)?;
    drop_guard(act, "code", &id.to_string())?;
    drop_guard(act, "password", &id.to_string())
}

/// What is compared with a typed password: made by [`knock`].
#[derive(Clone, Debug)]
pub struct Knock {
    pub staff: Option<StaffId>,
    /// `None` when there is no such account, it is not active, or it is held back: comparing takes as long.
    pub hash: Option<String>,
}

/// Counts a try at the door and gives what the password is compared with. Whether the account exists, is locked, or is held
/// back makes no difference to anybody outside.
///
/// # Errors
/// If the database fails.
pub fn knock(act: &mut Act<'_, '_>, login: &str, net: &str) -> Result<Knock, DutiesError> {
    let login = domain::login_key(login);
    let by_net = count(act, "net", net, NET_TRIES)?;
    let by_login = count(act, "login", &login, LOGIN_TRIES)?;
    let found = act.opt(&store::SECRETS_BY_LOGIN, (&login,))?.filter(|s| s.state == StaffState::Active);
    let Some(found) = found else { return Ok(Knock { staff: None, hash: None }) };
    if !by_login {
        act.log(Entry::new(staff_subject(found.id), "duties.held_back"))?;
    }
    let hash = found.password.filter(|_| by_net && by_login);
    Ok(Knock { staff: Some(found.id), hash })
}

/// The password fitted: a session begins that may do nothing before the code is shown.
///
/// # Errors
/// If the account changed between [`knock`] and this.
pub fn password_fitted(
    act: &mut Act<'_, '_>,
    knock: &Knock,
    net: &str,
    device: &str,
) -> Result<String, DutiesError> {
    let (Some(id), Some(hash)) = (knock.staff, knock.hash.as_ref()) else { return Err(DutiesError::NotLetIn) };
    let found = act.opt(&store::SECRETS, (id,))?.ok_or(DutiesError::NotLetIn)?;
    if found.state != StaffState::Active || found.password.as_ref() != Some(hash) {
        return Err(DutiesError::NotLetIn);
    }
    drop_guard(act, "login", &found.login)?;
    uncount(act, "net", net)?;
    let (session, token) = session::begin(act, SessionKind::Staff, id.raw(), device)?;
    // Logged although nothing may be done yet: somebody knows the password.
    act.log(Entry::new(linli_acts::Subject::new("session", session), "duties.password_fitted"))?;
    Ok(token)
}

/// How a code was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeAnswer {
    Fits,
    Wrong,
    /// Too many wrong ones: the session has ended.
    Over,
}

/// The second factor of a session that has shown the password. Each code is taken once.
///
/// # Errors
/// If the account is not active.
pub fn show_code(act: &mut Act<'_, '_>, session: SessionId, code: &str) -> Result<CodeAnswer, DutiesError> {
    let id = act.actor.officer()?;
    if !count(act, "code", &id.to_string(), CODE_TRIES)? {
        session::end(act, session, SessionKind::Staff, id.raw())?;
        act.log(Entry::new(staff_subject(id), "duties.held_back"))?;
        return Ok(CodeAnswer::Over);
    }
    if take_code(act, id, code)? {
        drop_guard(act, "code", &id.to_string())?;
        session::second_factor_shown(act, session)?;
        act.log(Entry::new(staff_subject(id), "duties.signed_in"))?;
        Ok(CodeAnswer::Fits)
    } else {
        Ok(CodeAnswer::Wrong)
    }
}

fn take_code(act: &mut Act<'_, '_>, id: StaffId, code: &str) -> Result<bool, DutiesError> {
    let found = act.opt(&store::SECRETS, (id,))?.filter(|s| s.state == StaffState::Active).ok_or(DutiesError::State)?;
    let Some(sealed) = found.totp else { return Ok(false) };
    let secret = act.vault().open_sealed(Place::new("staff.totp", found.id), &sealed)?;
    let now = act.now();
    let Some(step) = totp::accept(&secret, &text::compact(code), now, found.totp_step) else { return Ok(false) };
    // Two requests with the same code: the second finds the step taken.
    Ok(act.run_one(&store::STEP, (id, step))?)
}

/// Ends the officer's own session.
///
/// # Errors
/// If the database fails.
pub fn sign_out(act: &mut Act<'_, '_>, session: SessionId) -> Result<(), DutiesError> {
    let id = act.actor.officer()?;
    if session::end(act, session, SessionKind::Staff, id.raw())? {
        act.log(Entry::new(staff_subject(id), "duties.signed_out"))?;
    }
    Ok(())
}

/// Ends another of the officer's own sessions.
///
/// # Errors
/// If it is none of his.
pub fn end_session(act: &mut Act<'_, '_>, session: SessionId) -> Result<(), DutiesError> {
    let id = act.actor.officer()?;
    if !session::end(act, session, SessionKind::Staff, id.raw())? {
        return Err(DutiesError::Missing);
    }
    act.log(Entry::new(staff_subject(id), "duties.sessions_ended"))?;
    Ok(())
}

/// Ends all of the officer's own sessions but this one.
///
/// # Errors
/// If the database fails.
pub fn end_other_sessions(act: &mut Act<'_, '_>, keep: SessionId) -> Result<u64, DutiesError> {
    let id = act.actor.officer()?;
    let ended = session::end_all(act, SessionKind::Staff, id.raw(), Some(keep))?;
    act.log(Entry::new(staff_subject(id), "duties.sessions_ended"))?;
    Ok(ended)
}

/// What an officer's own present password is compared with when he changes something about himself. Counts the try; `None`:
/// too many.
///
/// # Errors
/// If the database fails.
pub fn own_hash(act: &mut Act<'_, '_>) -> Result<Option<String>, DutiesError> {
    let id = act.actor.officer()?;
    if !count(act, "password", &id.to_string(), LOGIN_TRIES)? {
        // Not an error: the count must be stored.
        return Ok(None);
    }
    Ok(act.opt(&store::SECRETS, (id,))?.and_then(|s| s.password))
}

/// Sets a new password; `old` is what the present one was compared with. Other sessions end.
///
/// # Errors
/// If it changed meanwhile.
pub fn change_password(
    act: &mut Act<'_, '_>,
    old: &str,
    new: &str,
    keep: SessionId,
) -> Result<(), DutiesError> {
    let id = act.actor.officer()?;
    let found = act.opt(&store::SECRETS, (id,))?.ok_or(DutiesError::Missing)?;
    if found.password.as_deref() != Some(old) {
        return Err(DutiesError::Changed);
    }
    act.run(&store::SET_PASSWORD, (id, new))?;
    drop_guard(act, "password", &id.to_string())?;
    session::end_all(act, SessionKind::Staff, id.raw(), Some(keep))?;
    act.log(Entry::new(staff_subject(id), "duties.password_changed"))?;
    Ok(())
}

/// Replaces the second factor by the one that belongs to `nonce`, proven by its code. The password was compared by the caller
/// (`old`). Other sessions end.
///
/// # Errors
/// If the code does not fit or the password changed meanwhile.
pub fn change_factor(
    act: &mut Act<'_, '_>,
    old: &str,
    nonce: &str,
    code: &str,
    keep: SessionId,
) -> Result<(), DutiesError> {
    let id = act.actor.officer()?;
    let found = act.opt(&store::SECRETS, (id,))?.ok_or(DutiesError::Missing)?;
    if found.password.as_deref() != Some(old) || found.state != StaffState::Active {
        return Err(DutiesError::Changed);
    }
    let secret = own_pending_secret(act.vault(), id, nonce);
    let now = act.now();
    let step = totp::accept(&secret, &text::compact(code), now, 0).ok_or(DutiesError::field("code", "code-wrong"))?;
    staff::set_factor(act, id, &secret, step)?;
    drop_guard(act, "password", &id.to_string())?;
    session::end_all(act, SessionKind::Staff, id.raw(), Some(keep))?;
    act.log(Entry::new(staff_subject(id), "duties.factor_changed").state(StaffState::Active.word()))?;
    Ok(())
}

/// The secret shown on the page "second factor" before it counts.
#[must_use]
pub fn own_pending_secret(vault: &linli_vault::Vault, id: StaffId, nonce: &str) -> [u8; 20] {
    staff::pending_secret(vault, &format!("{id}/{nonce}"))
}
