//! What neighbours may call: all on the caller's transaction.

use linli_acts::{Act, Actor, Denied, PersonId, Who};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Day, PlaceCode};
use linli_db::{DbError, Read};
use linli_places::UnitId;
use linli_vault::{Place, Vault};

pub use crate::acts::corrections::{community_of_today, correct};
pub use crate::acts::register::{CHUNK, Merged, bulk_insert, create, household, make_active};
pub use crate::domain::{
    Disability, Field, HouseholdId, Name, NameError, NewPerson, Person, Role, Sex, Source, State, Verified,
};
pub use crate::error::PeopleError;
pub use crate::personal::forget;
use crate::store;

/// The officer's side: on which duty she may open a record, and the records that she holds open.
pub mod records {
    pub use crate::acts::records::{
        LookPurpose, Opened, OpeningId, Why, count, on_reading_duty, on_registrar_duty, open_for_pages,
        open_record, opened,
    };
}

/// Phones and the accounts that are signed in with, found by keyed digests.
pub mod account {
    use linli_acts::PersonId;
    use linli_base::Instant;
    use linli_db::{DbError, Read};
    use linli_vault::Lookup;

    pub use crate::acts::account::{bind, seen};
    pub use crate::acts::claims::{Claim, Claimed, by_claim};
    use crate::domain::State;
    use crate::store;
    pub use crate::store::{phone_key, stored_phone};

    /// Whose account a phone is, and when she last signed in.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of_phone(
        read: &mut Read<'_>,
        phone: Lookup,
    ) -> Result<Option<(PersonId, State, Option<Instant>)>, DbError> {
        read.opt(&store::BY_ACCOUNT, (phone,))
    }

    /// Those who may sign in and have this phone: at most 20, for families share one.
    ///
    /// # Errors
    /// If the database fails.
    pub fn with_phone(read: &mut Read<'_>, phone: Lookup) -> Result<Vec<PersonId>, DbError> {
        let all = read.all(&store::BY_PHONE, (phone,))?;
        Ok(all.into_iter().filter(|(_, state)| state.signs_in()).map(|(id, _)| id).collect())
    }

    /// The digest of a person's phone.
    ///
    /// # Errors
    /// If the database fails.
    pub fn phone_of(read: &mut Read<'_>, id: PersonId) -> Result<Option<Lookup>, DbError> {
        Ok(read.opt(&store::PHONE_OF, (id,))?.and_then(|(phone,)| phone))
    }
}

linli_acts::duty_kind! {
    /// Keeps the register of persons: checks identities, decides corrections (人口信息管理).
    pub REGISTRAR = "people.registrar", "人口信息管理", "Population register", personal: true, apart: Some("work");
}

/// The person herself: what touches her account no helper does for her.
///
/// # Errors
/// If somebody else acts, or nobody is signed in.
pub fn herself(actor: &Actor) -> Result<PersonId, Denied> {
    match actor.who {
        Who::Person(id) => Ok(id),
        Who::Anyone => Err(Denied::SignIn),
        _ => Err(Denied::NotYours),
    }
}

/// A person with her fields opened, for acts in her own name and for jobs. An officer's act calls [`records::open_record`] instead.
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
pub fn standing(read: &mut Read<'_>, id: PersonId) -> Result<Option<(State, Option<PlaceCode>)>, DbError> {
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
