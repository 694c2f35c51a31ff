//! The WeChat account to which a resident's notices go: bound by herself through the gateway, let go by herself, or when the
//! account leaves.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_base::Instant;
use linli_db::{DbError, Read, row, sql};
use linli_vault::{Lookup, Place, Sealed, Vault, token};
use zeroize::Zeroizing;

use crate::error::NoticeError;

/// A ticket that was not shown by then is void.
const TICKET_SECONDS: i64 = 15 * 60;
/// Longest name that a gateway gives an account.
const LONGEST_OPEN_ID: usize = 128;

row! {
    pub(crate) struct BindingRow {
        pub open_id: Sealed,
        pub bound_at: Instant,
    }
}

sql! {
    BINDING: BindingRow = "SELECT open_id, bound_at FROM wechat_bindings WHERE person = $1";
    BIND: () = "INSERT INTO wechat_bindings (person, open_id, open_key, bound_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (person) DO UPDATE SET open_id = excluded.open_id, open_key = excluded.open_key, bound_at = excluded.bound_at";
    pub(crate) UNBIND: () = "DELETE FROM wechat_bindings WHERE person = $1";
    OF_KEY: (PersonId,) = "SELECT person FROM wechat_bindings WHERE open_key = $1 ORDER BY person LIMIT 100";
    ADD_TICKET: () = "INSERT INTO wechat_tickets (digest, person, made_at) VALUES ($1, $2, $3)";
    USE_TICKET: (PersonId,) = "UPDATE wechat_tickets SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND made_at > $3 RETURNING person";
    pub(crate) FORGET_TICKETS: () = "DELETE FROM wechat_tickets WHERE person = $1";
    SWEEP_TICKETS: () = "DELETE FROM wechat_tickets WHERE digest IN (SELECT digest FROM wechat_tickets WHERE made_at < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "wechat_bindings", keep, "绑定由本人随时解除，随本人资料删除。", "A binding ends when the person says so, and goes with her data.";
    "wechat_tickets", days: 1, "绑定用的一次性票据只存摘要，一天后删除。", "Digests of the tickets for binding are kept a day.", sweep: SWEEP_TICKETS;
}

fn subject(person: PersonId) -> Subject {
    Subject::new("person", person)
}

fn place(person: PersonId) -> Place {
    Place::new("wechat_bindings.open_id", person)
}

fn key(vault: &Vault, open_id: &str) -> Lookup {
    vault.lookup("notices.wechat", open_id)
}

/// When a person bound her account; `None` if she has not.
///
/// # Errors
/// If the database fails.
pub(crate) fn bound_at(read: &mut Read<'_>, person: PersonId) -> Result<Option<Instant>, DbError> {
    Ok(read.opt(&BINDING, (person,))?.map(|b| b.bound_at))
}

/// The gateway's name of her account.
///
/// # Errors
/// If it does not open.
pub(crate) fn open_id(
    read: &mut Read<'_>,
    vault: &Vault,
    person: PersonId,
) -> Result<Option<Zeroizing<String>>, NoticeError> {
    let Some(row) = read.opt(&BINDING, (person,))? else { return Ok(None) };
    Ok(Some(Zeroizing::new(vault.open_text(place(person), &row.open_id)?)))
}

/// A ticket for the resident who acts: whoever shows it to the gateway in WeChat binds that account to her.
///
/// # Errors
/// If nobody is signed in.
pub(crate) fn ask(act: &mut Act<'_, '_>) -> Result<String, NoticeError> {
    let person = act.actor.resident()?;
    let secret = token::new(act.vault().chance());
    let now = act.now();
    act.run(&ADD_TICKET, (token::digest(&secret), person, now))?;
    act.log(Entry::new(subject(person), "notices.wechat_asked").person(person))?;
    Ok(secret)
}

/// The gateway says which account showed a ticket. A void ticket changes nothing.
///
/// # Errors
/// If the database fails.
pub(crate) fn bound(act: &mut Act<'_, '_>, ticket: &str, open_id: &str) -> Result<bool, NoticeError> {
    if open_id.is_empty() || open_id.len() > LONGEST_OPEN_ID {
        return Ok(false);
    }
    let now = act.now();
    let oldest = now.plus_seconds(-TICKET_SECONDS);
    let Some((person,)) = act.opt(&USE_TICKET, (token::digest(ticket), now, oldest))? else {
        return Ok(false);
    };
    let sealed = act.vault().seal_text(place(person), open_id);
    let key = key(act.vault(), open_id);
    act.run(&BIND, (person, sealed, key, now))?;
    act.log(Entry::new(subject(person), "notices.wechat_bound").person(person))?;
    Ok(true)
}

/// The resident who acts lets her account go.
///
/// # Errors
/// If nobody is signed in.
pub(crate) fn unbind(act: &mut Act<'_, '_>) -> Result<(), NoticeError> {
    let person = act.actor.resident()?;
    if act.run_one(&UNBIND, (person,))? {
        act.log(Entry::new(subject(person), "notices.wechat_unbound").person(person))?;
    }
    Ok(())
}

/// The gateway says that an account does not follow the district any more: nobody is told through it.
///
/// # Errors
/// If the database fails.
pub(crate) fn left(act: &mut Act<'_, '_>, open_id: &str) -> Result<(), NoticeError> {
    let key = key(act.vault(), open_id);
    for (person,) in act.all(&OF_KEY, (key,))? {
        act.run(&UNBIND, (person,))?;
        act.log(Entry::new(subject(person), "notices.wechat_unbound").person(person))?;
    }
    Ok(())
}

/// The account of a record that was joined to another goes over, unless that one has its own.
///
/// # Errors
/// If the database fails or the name does not open.
pub(crate) fn follow(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<(), NoticeError> {
    let house = act.house;
    let Some(open_id) = open_id(act, house.vault(), from)? else { return Ok(()) };
    if bound_at(act, into)?.is_none() {
        let now = act.now();
        let sealed = act.vault().seal_text(place(into), &open_id);
        let key = key(act.vault(), &open_id);
        act.run(&BIND, (into, sealed, key, now))?;
        act.log(Entry::new(subject(into), "notices.wechat_bound").person(into))?;
    }
    act.run(&UNBIND, (from,))?;
    Ok(())
}
