//! Writing persons down: one, many, from a counter or an import; checking who they are; moving away, dying, coming back.

use linli_acts::{Act, Actor, Entry, Event, House, JobError, JobRow, PersonId, Subject};
use linli_base::PlaceCode;
use linli_vault::Place;
use linli_web::session::{self, SessionKind};
use serde::{Deserialize, Serialize};

use crate::acts::account;
use crate::domain::{HouseholdId, NewPerson, Person, Source, State, Verified};
use crate::error::PeopleError;
use crate::store;

/// The most that [`bulk_insert`] takes.
pub const CHUNK: usize = 500;

pub(crate) fn fresh(id: PersonId, new: &NewPerson, now: linli_base::Instant) -> Person {
    let (state, how) = match new.source {
        Source::Register | Source::Sample => (State::Active, Some(Verified::Register)),
        Source::Counter => (State::Active, Some(Verified::Counter)),
        Source::Own => (State::Unverified, None),
    };
    Person {
        id,
        state,
        name: Some(new.name.clone()),
        sex: new.sex,
        birth: Some(new.birth),
        document: Some(new.document.clone()),
        phone: new.phone.clone(),
        account: false,
        place: new.place,
        unit: new.unit,
        household: new.household,
        role: new.role,
        hukou: new.hukou,
        disability: new.disability,
        source: new.source,
        source_day: now.day(),
        sources: Vec::new(),
        verified_at: how.map(|_| now),
        verified_how: how,
        rev: 1,
    }
}

/// Writes one person down. `None` if the document number is somebody's already. The caller has asked whether the actor may.
///
/// # Errors
/// If the database fails.
pub fn create(act: &mut Act<'_, '_>, new: &NewPerson) -> Result<Option<PersonId>, PeopleError> {
    let house = act.house;
    let now = act.now();
    let id: PersonId = act.next_id();
    let person = fresh(id, new, now);
    if !store::insert(act, house.vault(), &person, now)? {
        return Ok(None);
    }
    let word = if new.source == Source::Counter { "people.created" } else { "people.imported" };
    let mut entry = Entry::new(Subject::new("person", id), word).state(person.state.word()).person(id);
    if let Some(place) = new.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    Ok(Some(id))
}

/// Writes up to [`CHUNK`] persons down in one act, each with her row in the log. In the order given; `None` where the document
/// number is somebody's already. For imports and the sample district.
///
/// # Errors
/// [`PeopleError::Wrong`] if there are more.
pub fn bulk_insert(act: &mut Act<'_, '_>, new: &[NewPerson]) -> Result<Vec<Option<PersonId>>, PeopleError> {
    if new.len() > CHUNK {
        return Err(PeopleError::field("rows", "too-many"));
    }
    new.iter().map(|p| create(act, p)).collect()
}

/// A household: the one of this number (户号) if it is known, else a new one.
///
/// # Errors
/// If the database fails.
pub fn household(
    act: &mut Act<'_, '_>,
    number: Option<&str>,
    place: Option<PlaceCode>,
) -> Result<HouseholdId, PeopleError> {
    let key = number.map(|n| act.vault().lookup("people.household", n));
    if let Some(key) = key
        && let Some((id,)) = act.opt(&store::FIND_HOUSEHOLD, (key,))?
    {
        return Ok(id);
    }
    let id: HouseholdId = act.next_id();
    let now = act.now();
    let sealed = number.map(|n| act.vault().seal_text(Place::new("households.number", id), n));
    act.run(&store::ADD_HOUSEHOLD, (id, sealed, key, place, now))?;
    Ok(id)
}

/// It was checked that she is who she says: an unverified record becomes active; if the register knows the number already,
/// phone and account go to that record, which is returned. The caller has asked whether the actor may.
///
/// # Errors
/// [`PeopleError::State`] if it is checked already or the other record is gone.
pub fn make_active(
    act: &mut Act<'_, '_>,
    mut person: Person,
    how: Verified,
) -> Result<PersonId, PeopleError> {
    if person.state != State::Unverified {
        return Err(PeopleError::State);
    }
    let house = act.house;
    let now = act.now();
    let key =
        person.document.as_ref().map(|d| store::document_key(house.vault(), d)).ok_or(PeopleError::Stored)?;
    if let Some((into,)) = act.opt(&store::BY_DOCUMENT, (key,))? {
        return merge(act, &person, into, how);
    }
    person.state = State::Active;
    person.verified_at = Some(now);
    person.verified_how = Some(how);
    store::save(act, house.vault(), &person)?;
    act.log(
        Entry::new(Subject::new("person", person.id), "people.verified")
            .state(State::Active.word())
            .person(person.id)
            .content(&serde_json::json!({ "how": how })),
    )?;
    act.tell(&Event::new("people.verified", Subject::new("person", person.id), &person.id))?;
    Ok(person.id)
}

/// Payload of the event `people.merged`: rooms move what they hold from one to the other.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Merged {
    pub from: PersonId,
    pub into: PersonId,
}

fn merge(
    act: &mut Act<'_, '_>,
    from: &Person,
    into: PersonId,
    how: Verified,
) -> Result<PersonId, PeopleError> {
    let house = act.house;
    let mut known = store::load(act, house.vault(), into)?.ok_or(PeopleError::Missing)?;
    if !known.state.signs_in() {
        return Err(PeopleError::State);
    }
    if !act.run_one(&store::MERGE, (from.id, into))? {
        return Err(PeopleError::Changed);
    }
    session::end_all(act, SessionKind::Person, from.id.raw(), None)?;
    act.log(
        Entry::new(Subject::new("person", from.id), "people.merged").state(State::Merged.word()).person(into),
    )?;
    if let (true, Some(phone)) = (from.account, &from.phone) {
        // Whoever had the older phone's account is signed out: the document is here, the phone is proved.
        session::end_all(act, SessionKind::Person, into.raw(), None)?;
        account::bind(act, &mut known, phone, true)?;
    }
    act.log(
        Entry::new(Subject::new("person", into), "people.verified")
            .person(into)
            .content(&serde_json::json!({ "how": how })),
    )?;
    act.tell(&Event::new("people.merged", Subject::new("person", from.id), &Merged { from: from.id, into }))?;
    Ok(into)
}

/// Notes that somebody moved away, died, or is back.
pub(crate) fn change_state(
    act: &mut Act<'_, '_>,
    mut person: Person,
    next: State,
) -> Result<(), PeopleError> {
    if !person.state.may_become(next) {
        return Err(PeopleError::State);
    }
    let word = match next {
        State::Moved => "people.moved",
        State::Dead => "people.died",
        State::Active => "people.returned",
        State::Unverified | State::Merged | State::Erased => return Err(PeopleError::State),
    };
    // A claim that was never checked does not become a checked record by dying and coming back.
    if person.state == State::Unverified && next != State::Dead {
        return Err(PeopleError::State);
    }
    let house = act.house;
    if next == State::Dead {
        person.account = false;
        session::end_all(act, SessionKind::Person, person.id.raw(), None)?;
        session::end_serving(act, person.id)?;
    }
    person.state = next;
    store::save(act, house.vault(), &person)?;
    act.log(Entry::new(Subject::new("person", person.id), word).state(next.word()).person(person.id))?;
    act.tell(&Event::new(word, Subject::new("person", person.id), &person.id))?;
    Ok(())
}

/// The job that runs on `places.building_moved`: who lives in the building lives in the other community.
pub const FOLLOW_BUILDING: &str = "people.follow_building";

async fn follow_building(house: House, job: JobRow) -> Result<(), JobError> {
    let (building, community): (linli_places::BuildingId, PlaceCode) = job.read()?;
    let mut after = linli_places::UnitId::from_raw(0);
    loop {
        let from = after;
        let followed: Result<_, PeopleError> = house
            .act(&Actor::system(), move |act| {
                let units = linli_places::offers::units_in(act, building, from, 200)?;
                let Some(last) = units.last().map(|u| u.id) else { return Ok(None) };
                let ids = linli_db::IdSet::new(units.iter().map(|u| u.id));
                let moved = act.run(&store::FOLLOW, (ids, community))?;
                if moved > 0 {
                    act.log(
                        Entry::new(Subject::new("building", building), "people.followed_building")
                            .place(community)
                            .content(&serde_json::json!({ "persons": moved })),
                    )?;
                }
                Ok(Some(last))
            })
            .await;
        match followed {
            Ok(Some(last)) => after = last,
            Ok(None) => return Ok(()),
            Err(PeopleError::Db(e)) => return Err(e.into()),
            Err(e) => return Err(JobError::Fail(e.to_string())),
        }
    }
}

linli_acts::job! { FOLLOW_BUILDING => follow_building; }
