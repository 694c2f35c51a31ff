//! Signing in: by a code alone where the phone is an account in use, by code and document where it is not.

use linli_acts::{Act, Actor, Entry, Event, Job, PersonId, Subject, Who};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Day, PlaceCode};
use linli_db::Read;
use linli_web::session::{self, SessionId, SessionKind};

use crate::acts::codes::{self, CodePurpose, CodeRow, Tried};
use crate::acts::register;
use crate::domain::{Name, Person, Sex, Source, State, Verified, is_fresh, number_fits};
use crate::error::PeopleError;
use crate::seams::Verdict;
use crate::store;

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

/// Who somebody says she is.
#[derive(Clone, Debug)]
pub struct Claim {
    pub name: Name,
    pub document: DocumentNumber,
    /// Of the document where it tells, else as typed.
    pub birth: Day,
    pub place: Option<PlaceCode>,
}

/// Tries the code of a sign-in.
///
/// # Errors
/// [`PeopleError::CodeOver`], [`PeopleError::Wait`].
pub fn try_code(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
    device: &str,
) -> Result<CodeStep, PeopleError> {
    let (row, token) = match codes::try_code(act, CodePurpose::SignIn, secret, typed, net)? {
        Tried::Wrong(left) => return Ok(CodeStep::Wrong(left)),
        Tried::Right { row, token } => (row, token),
    };
    let now = act.now();
    match act.opt(&store::BY_ACCOUNT, (row.phone_key,))? {
        Some((id, state, seen_at)) if state.signs_in() && is_fresh(seen_at, now) => {
            codes::close(act, &row)?;
            Ok(CodeStep::In(begin(act, id, device)?))
        }
        _ => {
            let known = act.all(&store::BY_PHONE, (row.phone_key,))?.iter().any(|(_, s)| s.signs_in());
            Ok(CodeStep::Who { token, known })
        }
    }
}

/// Whether the register knows somebody with the phone that was proved: for showing the page again.
///
/// # Errors
/// [`PeopleError::CodeOver`].
pub fn is_known(read: &mut Read<'_>, vault: &linli_vault::Vault, token: &str) -> Result<bool, PeopleError> {
    let phone = codes::proven_phone(read, vault, token)?;
    let key = store::phone_key(vault, &phone);
    Ok(read.all(&store::BY_PHONE, (key,))?.iter().any(|(_, s)| s.signs_in()))
}

/// Somebody whom the register knows by this phone shows who she is by the last part or the whole of her document number.
///
/// # Errors
/// [`PeopleError::CodeOver`].
pub fn by_document(
    act: &mut Act<'_, '_>,
    token: &str,
    typed: &str,
    device: &str,
) -> Result<WhoStep, PeopleError> {
    let row = codes::proven(act, CodePurpose::SignIn, token)?;
    let house = act.house;
    let mut fitting = Vec::new();
    for (id, state) in act.all(&store::BY_PHONE, (row.phone_key,))? {
        if !state.signs_in() {
            continue;
        }
        let person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        if person.document.as_ref().is_some_and(|d| number_fits(d, typed)) {
            fitting.push(person);
        }
    }
    let whole = linli_base::text::compact(typed);
    if fitting.len() > 1 {
        // The last part fits two of a family: only the whole number tells them apart.
        fitting.retain(|p| p.document.as_ref().is_some_and(|d| d.value() == whole));
    }
    // A claim and the record that it claims: the record.
    fitting.sort_by_key(|p| p.state == State::Unverified);
    let Some(person) = fitting.into_iter().next() else {
        return Ok(WhoStep::Wrong(codes::wrong_document(act, &row)?));
    };
    let phone = codes::phone_of(act, &row)?;
    Ok(WhoStep::In(finish(act, &row, person, &phone, false, device)?))
}

/// Somebody whom the register does not know by this phone says who she is. If the register knows her by the number with this
/// phone, or an identity check vouches for her, she is signed in as that person; otherwise as an unverified one, whether or
/// not the register knows the number: it is never told.
///
/// # Errors
/// [`PeopleError::CodeOver`].
pub fn by_claim(
    act: &mut Act<'_, '_>,
    token: &str,
    claim: &Claim,
    verdict: Verdict,
    device: &str,
) -> Result<SignedIn, PeopleError> {
    let row = codes::proven(act, CodePurpose::SignIn, token)?;
    let phone = codes::phone_of(act, &row)?;
    let house = act.house;
    let key = store::document_key(house.vault(), &claim.document);
    let vouched = verdict == Verdict::Match;
    let mut registered = None;
    if let Some((id,)) = act.opt(&store::BY_DOCUMENT, (key,))? {
        let known = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        let same = known.name.as_ref() == Some(&claim.name);
        let hers = known.phone.as_ref() == Some(&phone);
        if known.state.signs_in() && same && (hers || vouched) {
            return finish(act, &row, known, &phone, !hers, device);
        }
        registered = Some(id);
    }
    for (id,) in act.all(&store::BY_CLAIM, (key,))? {
        let earlier = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        if earlier.state == State::Unverified
            && earlier.name.as_ref() == Some(&claim.name)
            && earlier.phone.as_ref() == Some(&phone)
        {
            return finish(act, &row, earlier, &phone, false, device);
        }
    }
    let now = act.now();
    let verified = vouched && registered.is_none();
    let id: PersonId = act.next_id();
    let person = Person {
        id,
        state: if verified { State::Active } else { State::Unverified },
        name: Some(claim.name.clone()),
        sex: match claim.document.is_male() {
            Some(true) => Sex::Male,
            Some(false) => Sex::Female,
            None => Sex::Unknown,
        },
        birth: Some(claim.birth),
        document: Some(claim.document.clone()),
        phone: None,
        account: false,
        place: claim.place,
        unit: None,
        household: None,
        role: None,
        hukou: false,
        disability: None,
        source: Source::Own,
        source_day: now.day(),
        sources: Vec::new(),
        verified_at: verified.then_some(now),
        verified_how: verified.then_some(Verified::Check),
        rev: 1,
    };
    if !store::insert(act, house.vault(), &person, now)? {
        return Err(PeopleError::Changed);
    }
    let entry =
        Entry::new(Subject::new("person", id), "people.registered").state(person.state.word()).person(id);
    act.log(entry)?;
    if verdict == Verdict::Unavailable {
        act.enqueue(Job::new(register::CHECK, &register::ToCheck { person: id }).due(now.plus_minutes(5)))?;
    }
    finish(act, &row, person, &phone, true, device)
}

/// Binds the phone to the person where it is not yet, and signs her in. `gives_up`: whoever had the account before has lost
/// the phone itself, not only the account.
fn finish(
    act: &mut Act<'_, '_>,
    row: &CodeRow,
    mut person: Person,
    phone: &Phone,
    gives_up: bool,
    device: &str,
) -> Result<SignedIn, PeopleError> {
    codes::close(act, row)?;
    bind(act, &mut person, phone, gives_up)?;
    begin(act, person.id, device)
}

/// Makes a phone that was proved the account of a person.
pub(crate) fn bind(
    act: &mut Act<'_, '_>,
    person: &mut Person,
    phone: &Phone,
    gives_up: bool,
) -> Result<(), PeopleError> {
    if person.account && person.phone.as_ref() == Some(phone) {
        return Ok(());
    }
    let house = act.house;
    let key = store::phone_key(house.vault(), phone);
    if let Some((other, _, _)) = act.opt(&store::BY_ACCOUNT, (key,))?
        && other != person.id
    {
        release(act, other, gives_up)?;
    }
    let old = person.phone.replace(phone.clone());
    person.account = true;
    if old.as_ref() != Some(phone) {
        let day = act.now().day().to_string();
        person.sources.retain(|(f, _, _)| f != "phone");
        person.sources.push(("phone".to_owned(), "code".to_owned(), day));
    }
    store::save(act, house.vault(), person)?;
    person.rev += 1;
    act.log(
        Entry::new(Subject::new("person", person.id), "people.account_bound")
            .state(person.state.word())
            .person(person.id)
            .content(&serde_json::json!({ "former": old.as_ref().map(Phone::value) })),
    )?;
    Ok(())
}

/// Takes the account, and the phone with it if it is somebody else's now, from who had it before; her sessions end.
pub(crate) fn release(act: &mut Act<'_, '_>, id: PersonId, phone_too: bool) -> Result<(), PeopleError> {
    let house = act.house;
    let mut person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
    let former = person.phone.clone();
    person.account = false;
    if phone_too {
        person.phone = None;
        person.sources.retain(|(f, _, _)| f != "phone");
    }
    store::save(act, house.vault(), &person)?;
    session::end_all(act, SessionKind::Person, id.raw(), None)?;
    act.log(
        Entry::new(Subject::new("person", id), "people.account_released")
            .state(person.state.word())
            .person(id)
            .content(&serde_json::json!({ "former": former.as_ref().map(Phone::value) })),
    )?;
    act.tell(&Event::new("people.account_released", Subject::new("person", id), &id))?;
    Ok(())
}

fn begin(act: &mut Act<'_, '_>, person: PersonId, device: &str) -> Result<SignedIn, PeopleError> {
    let now = act.now();
    act.run(&store::SEEN, (person, now))?;
    let (session, secret) = session::begin(act, SessionKind::Person, person.raw(), device)?;
    act.log(Entry::new(Subject::new("person", person), "people.signed_in").person(person))?;
    Ok(SignedIn { person, session, secret })
}

/// Ends one of one's own sessions. False if it is none.
///
/// # Errors
/// If nobody is signed in.
pub fn end_session(act: &mut Act<'_, '_>, id: SessionId) -> Result<bool, PeopleError> {
    let person = own(act.actor)?;
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
pub fn end_other_sessions(act: &mut Act<'_, '_>, keep: SessionId) -> Result<u64, PeopleError> {
    let person = own(act.actor)?;
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
/// [`PeopleError::CodeOver`], [`PeopleError::Wait`].
pub fn change_phone(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
    keep: Option<SessionId>,
) -> Result<PhoneStep, PeopleError> {
    let id = own(act.actor)?;
    let row = match codes::try_code(act, CodePurpose::Phone, secret, typed, net)? {
        Tried::Wrong(left) => return Ok(PhoneStep::Wrong(left)),
        Tried::Right { row, .. } => row,
    };
    let house = act.house;
    let phone = codes::phone_of(act, &row)?;
    let mut person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
    codes::close(act, &row)?;
    bind(act, &mut person, &phone, true)?;
    let now = act.now();
    act.run(&store::SEEN, (id, now))?;
    session::end_all(act, SessionKind::Person, id.raw(), keep)?;
    act.log(Entry::new(Subject::new("person", id), "people.phone_changed").person(id))?;
    act.tell(&Event::new("people.phone_changed", Subject::new("person", id), &id))?;
    Ok(PhoneStep::Changed)
}

/// The person herself: what touches her account no helper does for her.
pub(crate) fn own(actor: &Actor) -> Result<PersonId, PeopleError> {
    match actor.who {
        Who::Person(id) => Ok(id),
        Who::Anyone => Err(linli_acts::Denied::SignIn.into()),
        _ => Err(linli_acts::Denied::NotYours.into()),
    }
}
