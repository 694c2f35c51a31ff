//! Signing in: by a code alone where the phone is an account in use, by code and document where it is not.

use linli_acts::{Act, Entry, Event, Job, PersonId, Subject};
use linli_base::docnum::Phone;
use linli_db::Read;
use linli_people::offers::account::{self, Claim, Claimed};
use linli_people::offers::{Person, State, herself, person};
use linli_vault::Vault;
use linli_web::session::{self, SessionId, SessionKind};

use crate::acts::codes::{self, CodePurpose, CodeRow, Tried};
use crate::domain::{is_fresh, number_fits};
use crate::error::AccountError;
use crate::jobs::{CHECK, ToCheck};
use crate::seams::Verdict;

/// Signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub person: PersonId,
    pub session: SessionId,
    /// For the cookie.
    pub secret: String,
}

/// What follows a code.
#[derive(Clone, Debug)]
pub enum CodeStep {
    /// Wrong; so many tries are left.
    Wrong(i64),
    In(SignedIn),
    /// The phone is proved; now who is it? `known`: the register knows somebody with this phone, so her document number is
    /// asked; otherwise name and number.
    Who {
        token: String,
        known: bool,
    },
}

/// What follows a document number.
#[derive(Clone, Debug)]
pub enum WhoStep {
    Wrong(i64),
    In(SignedIn),
}

/// Tries the code of a sign-in.
///
/// # Errors
/// [`AccountError::CodeOver`], [`AccountError::Wait`].
pub fn try_code(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
    device: &str,
) -> Result<CodeStep, AccountError> {
    let (row, token) = match codes::try_code(act, CodePurpose::SignIn, secret, typed, net)? {
        Tried::Wrong(left) => return Ok(CodeStep::Wrong(left)),
        Tried::Right { row, token } => (row, token),
    };
    let now = act.now();
    match account::of_phone(act, row.phone_key)? {
        Some((id, state, seen_at)) if state.signs_in() && is_fresh(seen_at, now) => {
            codes::close(act, &row)?;
            Ok(CodeStep::In(begin(act, id, device)?))
        }
        _ => {
            let known = !account::with_phone(act, row.phone_key)?.is_empty();
            Ok(CodeStep::Who { token, known })
        }
    }
}

/// Whether the register knows somebody with the phone that was proved: for showing the page again.
///
/// # Errors
/// [`AccountError::CodeOver`].
pub fn is_known(read: &mut Read<'_>, vault: &Vault, token: &str) -> Result<bool, AccountError> {
    let phone = codes::proven_phone(read, vault, token)?;
    Ok(!account::with_phone(read, account::phone_key(vault, &phone))?.is_empty())
}

/// Somebody whom the register knows by this phone shows who she is by the last part or the whole of her document number.
///
/// # Errors
/// [`AccountError::CodeOver`].
pub fn by_document(
    act: &mut Act<'_, '_>,
    token: &str,
    typed: &str,
    device: &str,
) -> Result<WhoStep, AccountError> {
    let row = codes::proven(act, CodePurpose::SignIn, token)?;
    let house = act.house;
    let mut fitting = Vec::new();
    for id in account::with_phone(act, row.phone_key)? {
        let known = person(act, house.vault(), id)?.ok_or(AccountError::Missing)?;
        if known.document.as_ref().is_some_and(|d| number_fits(d, typed)) {
            fitting.push(known);
        }
    }
    let whole = linli_base::text::compact(typed);
    if fitting.len() > 1 {
        // The last part fits two of a family: only the whole number tells them apart.
        fitting.retain(|p| p.document.as_ref().is_some_and(|d| d.value() == whole));
    }
    // A claim and the record that it claims: the record.
    fitting.sort_by_key(|p| p.state == State::Unverified);
    let Some(known) = fitting.into_iter().next() else {
        return Ok(WhoStep::Wrong(codes::wrong_document(act, &row)?));
    };
    let phone = codes::phone_of(act, &row)?;
    Ok(WhoStep::In(finish(act, &row, known, &phone, false, device)?))
}

/// Somebody whom the register does not know by this phone says who she is. If the register knows her by the number with this
/// phone, or an identity check vouches for her, she is signed in as that person; otherwise as an unverified one, whether or
/// not the register knows the number: it is never told.
///
/// # Errors
/// [`AccountError::CodeOver`].
pub fn by_claim(
    act: &mut Act<'_, '_>,
    token: &str,
    claim: &Claim,
    verdict: Verdict,
    device: &str,
) -> Result<SignedIn, AccountError> {
    let row = codes::proven(act, CodePurpose::SignIn, token)?;
    let phone = codes::phone_of(act, &row)?;
    let Claimed { person, new, gives_up } = account::by_claim(act, claim, &phone, verdict == Verdict::Match)?;
    if new && verdict == Verdict::Unavailable {
        let due = act.now().plus_minutes(5);
        act.enqueue(Job::new(CHECK, &ToCheck { person: person.id }).due(due))?;
    }
    finish(act, &row, person, &phone, gives_up, device)
}

/// Binds the phone to the person where it is not yet, and signs her in. `gives_up`: whoever had the account before has lost
/// the phone itself, not only the account.
fn finish(
    act: &mut Act<'_, '_>,
    row: &CodeRow,
    mut known: Person,
    phone: &Phone,
    gives_up: bool,
    device: &str,
) -> Result<SignedIn, AccountError> {
    codes::close(act, row)?;
    account::bind(act, &mut known, phone, gives_up)?;
    begin(act, known.id, device)
}

fn begin(act: &mut Act<'_, '_>, person: PersonId, device: &str) -> Result<SignedIn, AccountError> {
    account::seen(act, person)?;
    let (session, secret) = session::begin(act, SessionKind::Person, person.raw(), device)?;
    act.log(Entry::new(Subject::new("person", person), "people.signed_in").person(person))?;
    Ok(SignedIn { person, session, secret })
}

/// Ends one of one's own sessions. False if it is none.
///
/// # Errors
/// If nobody is signed in.
pub fn end_session(act: &mut Act<'_, '_>, id: SessionId) -> Result<bool, AccountError> {
    let person = herself(act.actor)?;
    let ended = session::end(act, id, SessionKind::Person, person.raw())?;
    if ended {
        act.log(Entry::new(Subject::new("person", person), "people.session_ended").person(person))?;
    }
    Ok(ended)
}

/// Ends all of one's own sessions but one.
///
/// # Errors
/// If nobody is signed in.
pub fn end_other_sessions(act: &mut Act<'_, '_>, keep: SessionId) -> Result<u64, AccountError> {
    let person = herself(act.actor)?;
    let n = session::end_all(act, SessionKind::Person, person.raw(), Some(keep))?;
    if n > 0 {
        act.log(Entry::new(Subject::new("person", person), "people.session_ended").person(person))?;
    }
    Ok(n)
}

/// What became of a change of phone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhoneStep {
    Wrong(i64),
    Changed,
}

/// Tries the code that was sent to the new phone; if it is right, that phone is the account from now on. Sessions elsewhere
/// end.
///
/// # Errors
/// [`AccountError::CodeOver`], [`AccountError::Wait`].
pub fn change_phone(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
    keep: Option<SessionId>,
) -> Result<PhoneStep, AccountError> {
    let id = herself(act.actor)?;
    let row = match codes::try_code(act, CodePurpose::Phone, secret, typed, net)? {
        Tried::Wrong(left) => return Ok(PhoneStep::Wrong(left)),
        Tried::Right { row, .. } => row,
    };
    let house = act.house;
    let phone = codes::phone_of(act, &row)?;
    let mut known = person(act, house.vault(), id)?.ok_or(AccountError::Missing)?;
    codes::close(act, &row)?;
    account::bind(act, &mut known, &phone, true)?;
    account::seen(act, id)?;
    session::end_all(act, SessionKind::Person, id.raw(), keep)?;
    act.log(Entry::new(Subject::new("person", id), "people.phone_changed").person(id))?;
    act.tell(&Event::new("people.phone_changed", Subject::new("person", id), &id))?;
    Ok(PhoneStep::Changed)
}
