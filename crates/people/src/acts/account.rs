//! The phone with which a person signs in: one account for each phone. How she signs in is `accounts`' business; whose the phone
//! is stands in her record.

use linli_acts::{Act, Entry, Event, PersonId, Subject};
use linli_base::docnum::Phone;
use linli_web::session::{self, SessionKind};

use crate::domain::Person;
use crate::error::PeopleError;
use crate::store;

/// Makes a phone that was proved the account of a person. `gives_up`: whoever had the account before has lost the phone itself,
/// not only the account.
///
/// # Errors
/// If the record was changed meanwhile, or the database fails.
pub fn bind(
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
fn release(act: &mut Act<'_, '_>, id: PersonId, phone_too: bool) -> Result<(), PeopleError> {
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

/// She was here now: her phone alone is enough for a while.
///
/// # Errors
/// If the database fails.
pub fn seen(act: &mut Act<'_, '_>, id: PersonId) -> Result<(), PeopleError> {
    let now = act.now();
    act.run(&store::SEEN, (id, now))?;
    Ok(())
}
