//! Somebody says who she is by name and number, with a phone that was proved: whose record is that? Nothing of it is told to her.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Day, PlaceCode};

use crate::domain::{Name, Person, Sex, Source, State, Verified};
use crate::error::PeopleError;
use crate::store;

/// Who somebody says she is.
#[derive(Clone, Debug)]
pub struct Claim {
    pub name: Name,
    pub document: DocumentNumber,
    /// Of the document where it tells, else as typed.
    pub birth: Day,
    pub place: Option<PlaceCode>,
}

/// Whose record a claim is.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub person: Person,
    /// Written down just now.
    pub new: bool,
    /// Whoever had the phone as her account before has lost the phone itself.
    pub gives_up: bool,
}

/// The record that the register knows by the number, if the phone is hers there or an identity check vouches for her; otherwise
/// an unverified one of its own, whether or not the register knows the number: it is never told. The same claim again from the
/// same phone is the same record.
///
/// # Errors
/// If the record was changed meanwhile, or the database fails.
pub fn by_claim(
    act: &mut Act<'_, '_>,
    claim: &Claim,
    phone: &Phone,
    vouched: bool,
) -> Result<Claimed, PeopleError> {
    let house = act.house;
    let key = store::document_key(house.vault(), &claim.document);
    let mut registered = None;
    if let Some((id,)) = act.opt(&store::BY_DOCUMENT, (key,))? {
        let known = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        let same = known.name.as_ref() == Some(&claim.name);
        let hers = known.phone.as_ref() == Some(phone);
        if known.state.signs_in() && same && (hers || vouched) {
            return Ok(Claimed { person: known, new: false, gives_up: !hers });
        }
        registered = Some(id);
    }
    for (id,) in act.all(&store::BY_CLAIM, (key,))? {
        let earlier = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
        if earlier.state == State::Unverified
            && earlier.name.as_ref() == Some(&claim.name)
            && earlier.phone.as_ref() == Some(phone)
        {
            return Ok(Claimed { person: earlier, new: false, gives_up: false });
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
    Ok(Claimed { person, new: true, gives_up: true })
}
