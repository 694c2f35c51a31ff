//! What neighbours may call: all on the caller's transaction.

use linli_acts::{Act, DutyKind, PersonId};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Day, PlaceCode};
use linli_db::Read;
use linli_places::UnitId;
use linli_vault::{Place, Vault};

pub use crate::acts::records::{LookPurpose, Why, open_record};
pub use crate::acts::register::{CHUNK, Merged, bulk_insert, create, household};
pub use crate::domain::{
    Disability, HouseholdId, Name, NameError, NewPerson, Person, Role, Sex, Source, State, Verified,
};
pub use crate::error::PeopleError;
pub use crate::seams::{
    CodeChannel, CodeChannelService, IdentityCheck, IdentityCheckService, NoCheck, ShownCodes,
    SimulatedCheck, Verdict,
};
use crate::store;

/// Consent by purpose: `consent::has(read, person, &PURPOSE, recipient, source)`.
pub mod consent {
    pub use crate::acts::consents::{
        Consent, ConsentId, ConsentPurpose, HELP, give, has, of, purpose, record, withdraw,
    };
}

/// Acting for family and friends.
pub mod delegation {
    pub use crate::acts::delegations::{
        Delegation, DelegationId, accept, begin, both_sides, delegate, end, stands_for, stop,
    };
}

linli_acts::duty_kind! {
    /// Keeps the register of persons: checks identities, decides corrections (人口信息管理).
    pub REGISTRAR = "people.registrar", "人口信息管理", "Population register", personal: true, apart: Some("work");
}

/// Compiles only if the kind is what gates expect.
const _: &DutyKind = &REGISTRAR;

/// A person with her fields opened, for acts in her own name and for jobs. An officer's act calls [`open_record`] instead.
///
/// # Errors
/// If the database fails or a field does not open.
pub fn person(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<Option<Person>, PeopleError> {
    store::load(read, vault, id)
}

/// Her name; `None` if there is no such person or she was erased.
///
/// # Errors
/// If the database fails or the field does not open.
pub fn name_of(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<Option<String>, PeopleError> {
    let Some((Some(sealed),)) = read.opt(&store::NAME, (id,))? else { return Ok(None) };
    Ok(Some(vault.open_text(Place::new("persons.name", id), &sealed)?))
}

/// Whole years on a day.
///
/// # Errors
/// If the database fails or a field does not open.
pub fn age(read: &mut Read<'_>, vault: &Vault, id: PersonId, day: Day) -> Result<Option<i32>, PeopleError> {
    Ok(store::load(read, vault, id)?.and_then(|p| p.age(day)))
}

/// How a person stands, and in which community.
///
/// # Errors
/// If the database fails.
pub fn standing(
    read: &mut Read<'_>,
    id: PersonId,
) -> Result<Option<(State, Option<PlaceCode>)>, PeopleError> {
    Ok(read.opt(&store::STANDING, (id,))?.map(|(state, place, _)| (state, place)))
}

/// The phone to which notices go; `None` for one without a phone, dead or erased.
///
/// # Errors
/// If the database fails or a field does not open.
pub fn phone_for_notice(
    read: &mut Read<'_>,
    vault: &Vault,
    id: PersonId,
) -> Result<Option<Phone>, PeopleError> {
    Ok(store::load(read, vault, id)?.filter(|p| p.state.signs_in()).and_then(|p| p.phone))
}

/// The record into which this one was joined, or itself, and whether she can be told something by phone. Nothing is opened for it.
///
/// # Errors
/// If the database fails.
pub fn reach(read: &mut Read<'_>, id: PersonId) -> Result<(PersonId, bool), PeopleError> {
    let mut at = id;
    // What was joined is joined to a whole record; a second look is the end of it.
    for _ in 0..2 {
        match read.opt(&store::REACH, (at,))? {
            Some((Some(into), ..)) => at = into,
            Some((None, state, phone)) => return Ok((at, phone && state.signs_in())),
            None => break,
        }
    }
    Ok((at, false))
}

/// The person whose number it is, by the register. Looking for somebody is not opening her record, but an officer's act that
/// shows what it found logs it.
///
/// # Errors
/// If the database fails.
pub fn find_by_document(
    read: &mut Read<'_>,
    vault: &Vault,
    number: &DocumentNumber,
) -> Result<Option<PersonId>, PeopleError> {
    let key = store::document_key(vault, number);
    Ok(read.opt(&store::BY_DOCUMENT, (key,))?.map(|(id,)| id))
}

/// The record into which an unverified one was joined; the id itself if it was not.
///
/// # Errors
/// If the database fails.
pub fn current(read: &mut Read<'_>, id: PersonId) -> Result<PersonId, PeopleError> {
    Ok(read.opt(&store::MERGED_INTO, (id,))?.and_then(|(into,)| into).unwrap_or(id))
}

/// Members of a household who are present, at most 50.
///
/// # Errors
/// If the database fails.
pub fn members(read: &mut Read<'_>, household: HouseholdId) -> Result<Vec<PersonId>, PeopleError> {
    Ok(read.all(&store::HOUSEHOLD, (household,))?.into_iter().map(|(id,)| id).collect())
}

/// Who lives in a unit, by id, after one: at most `limit` (200).
///
/// # Errors
/// If the database fails.
pub fn in_unit(
    read: &mut Read<'_>,
    unit: UnitId,
    after: PersonId,
    limit: u16,
) -> Result<Vec<PersonId>, PeopleError> {
    Ok(read.all(&store::IN_UNIT, (unit, after, limit.min(200)))?.into_iter().map(|(id,)| id).collect())
}

/// Persons in a place who were born in these years, with the year, by id, after one: at most `limit` (1,000). The day of
/// birth is sealed: open the person to know it.
///
/// # Errors
/// If the database fails.
pub fn born(
    read: &mut Read<'_>,
    place: PlaceCode,
    years: (i16, i16),
    after: PersonId,
    limit: u16,
) -> Result<Vec<(PersonId, i64)>, PeopleError> {
    let (first, last) = place.range();
    Ok(read.all(&store::BORN, (first, last, years.0, years.1, after, limit.min(1_000)))?)
}

/// How many persons are present in a place.
///
/// # Errors
/// If the database fails.
pub fn count_in(read: &mut Read<'_>, place: PlaceCode) -> Result<u64, PeopleError> {
    let (first, last) = place.range();
    Ok(u64::try_from(read.one(&store::COUNT_IN, (first, last))?.0).unwrap_or(0))
}

/// Deletes of a person what no law keeps; for the sample district's lived-in year as for her own page.
pub use crate::acts::erasure::{RoomPart, outlook};

/// Whether an act may serve this person at all: known and not gone.
///
/// # Errors
/// [`PeopleError::State`] if not.
pub fn present(act: &mut Act<'_, '_>, id: PersonId) -> Result<(), PeopleError> {
    match act.opt(&store::STANDING, (id,))? {
        Some((state, _, _)) if state.signs_in() => Ok(()),
        Some(_) => Err(PeopleError::State),
        None => Err(PeopleError::Missing),
    }
}
