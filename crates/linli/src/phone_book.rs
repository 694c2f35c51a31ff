//! Where a person is reached, told to `notices` by the rooms that know it.

use linli_acts::PersonId;
use linli_base::PlaceCode;
use linli_base::docnum::Phone;
use linli_db::{DbError, Kind, Read};
use linli_notices::offers::{Address, PhoneBook};
use linli_people::offers::{self as people, PeopleError};
use linli_places::offers as places;
use linli_vault::Vault;

/// Phones and addresses of the population register.
pub struct Register;

fn db(e: PeopleError) -> DbError {
    match e {
        PeopleError::Db(e) => e,
        e => DbError { kind: Kind::Other, what: e.to_string().into() },
    }
}

impl PhoneBook for Register {
    fn current(&self, read: &mut Read<'_>, person: PersonId) -> Result<PersonId, DbError> {
        people::current(read, person).map_err(db)
    }

    fn phone(&self, read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<Option<Phone>, DbError> {
        people::phone_for_notice(read, vault, person).map_err(db)
    }

    fn reach(&self, read: &mut Read<'_>, person: PersonId) -> Result<(PersonId, bool), DbError> {
        people::reach(read, person).map_err(db)
    }

    fn address(
        &self,
        read: &mut Read<'_>,
        vault: &Vault,
        person: PersonId,
    ) -> Result<Option<Address>, DbError> {
        let Some(known) = people::person(read, vault, person).map_err(db)? else { return Ok(None) };
        let Some(name) = known.name.filter(|_| known.state.signs_in()) else { return Ok(None) };
        let today = read.now().day();
        let mut lines = Vec::new();
        let place = match known.place {
            Some(place) => {
                let path = places::path(read, place, today)?;
                lines.push(path.iter().map(|d| d.names().0).collect::<String>());
                place
            }
            // Nobody knows where she lives: the district's postroom keeps the letter for her.
            None => match places::district(read, today)? {
                Some(district) => district.code,
                None => return Ok(None),
            },
        };
        if let Some(unit) = known.unit
            && let Some(unit) = places::unit(read, unit)?
        {
            lines.push(unit.line());
        }
        Ok(Some(Address { name: name.as_str().to_owned(), lines, place }))
    }

    fn place(&self, read: &mut Read<'_>, place: PlaceCode) -> Result<(String, String), DbError> {
        let today = read.now().day();
        places::name(read, place, today)
    }
}
