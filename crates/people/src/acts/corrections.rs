//! A field of the record is corrected by decision. How it was asked for and who decided is `privacy`'s business.

use linli_acts::{Act, Entry, Subject};
use linli_base::PlaceCode;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_db::Read;

use crate::domain::{Disability, Field, Name, Person, Sex, proposed};
use crate::error::PeopleError;
use crate::store;

/// Corrects a field; the former value stays sealed beside the log, with the number of the correction. What was corrected so, no
/// import overwrites. The caller has asked whether the actor may.
///
/// # Errors
/// If the value does not obey its rules of today or is another person's number, or the record was changed meanwhile.
pub fn correct(
    act: &mut Act<'_, '_>,
    mut person: Person,
    field: Field,
    value: &str,
    correction: &impl serde::Serialize,
) -> Result<(), PeopleError> {
    let house = act.house;
    let former = person.value(field);
    apply(act, &mut person, field, value)?;
    let day = act.now().day().to_string();
    let name = field.word().to_owned();
    person.sources.retain(|(f, _, _)| *f != name);
    person.sources.push((name, "correction".to_owned(), day));
    store::save(act, house.vault(), &person)?;
    let mut entry = Entry::new(Subject::new("person", person.id), "people.corrected")
        .state(person.state.word())
        .person(person.id)
        .content(&serde_json::json!({ "field": field, "former": former, "correction": correction }));
    if let Some(place) = person.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    Ok(())
}

/// A community that holds today; otherwise the field where it was typed is wrong.
///
/// # Errors
/// [`PeopleError::Wrong`] if it is none.
pub fn community_of_today(read: &mut Read<'_>, value: &str, at: &str) -> Result<PlaceCode, PeopleError> {
    let wrong = || PeopleError::field(at, "place");
    let code: PlaceCode = value.parse().map_err(|_| wrong())?;
    let today = read.now().day();
    if code.level() != linli_base::place::Level::Community
        || linli_places::offers::by_code(read, code, today)?.is_none()
    {
        return Err(wrong());
    }
    Ok(code)
}

fn apply(act: &mut Act<'_, '_>, person: &mut Person, field: Field, value: &str) -> Result<(), PeopleError> {
    let today = act.now().day();
    let value = proposed(field, value, today).map_err(|kind| PeopleError::field("value", kind))?;
    match field {
        Field::Name => {
            person.name = Some(Name::parse(&value).map_err(|e| PeopleError::field("value", e.kind()))?);
        }
        Field::Sex => person.sex = Sex::from_word(&value).unwrap_or(person.sex),
        Field::Birth => person.birth = value.parse().ok().or(person.birth),
        Field::Document => {
            let house = act.house;
            let number = value
                .split_once(':')
                .and_then(|(kind, n)| DocumentNumber::parse(DocumentKind::from_word(kind)?, n, today).ok())
                .ok_or_else(|| PeopleError::field("value", "choose"))?;
            let key = store::document_key(house.vault(), &number);
            if act.opt(&store::BY_DOCUMENT, (key,))?.is_some_and(|(other,)| other != person.id) {
                return Err(PeopleError::field("value", "number-taken"));
            }
            // The number tells birth day and sex: they go with it.
            person.birth = number.birth().or(person.birth);
            person.sex = match number.is_male() {
                Some(true) => Sex::Male,
                Some(false) => Sex::Female,
                None => person.sex,
            };
            person.document = Some(number);
        }
        Field::Place => {
            let code = community_of_today(act, &value, "value")?;
            if person.place != Some(code) {
                // Another community: the unit of before is not hers any more.
                person.unit = None;
            }
            person.place = Some(code);
        }
        Field::Hukou => person.hukou = value == "1",
        Field::Disability => person.disability = value.parse().ok().and_then(Disability::new),
    }
    Ok(())
}
