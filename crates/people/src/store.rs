//! The table of persons: statements, sealing and opening.

use std::collections::BTreeMap;

use linli_acts::PersonId;
use linli_base::docnum::{DocumentKind, DocumentNumber, Phone};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{Args, DbError, Json, Put, Read, Val, row, sql};
use linli_places::UnitId;
use linli_vault::{Lookup, Place, Sealed, Vault};

use crate::domain::{HouseholdId, Name, Person, Role, Sex, Source, State, Verified, details, read_details};
use crate::error::PeopleError;

row! {
    /// A person as stored.
    pub(crate) struct PersonRow {
        id: PersonId,
        state: State,
        name: Option<Sealed>,
        sex: Option<Sex>,
        details: Option<Sealed>,
        document_kind: Option<String>,
        document: Option<Sealed>,
        phone: Option<Sealed>,
        account: bool,
        place: Option<PlaceCode>,
        unit: Option<UnitId>,
        household: Option<HouseholdId>,
        role: Option<Role>,
        hukou: Option<bool>,
        source: Source,
        source_day: Day,
        sources: Option<Json<BTreeMap<String, (String, String)>>>,
        verified_at: Option<Instant>,
        verified_how: Option<Verified>,
        rev: i64,
    }
}

sql! {
    pub(crate) BY_ID: PersonRow = "SELECT id, state, name, sex, details, document_kind, document, phone, account_key IS NOT NULL AS account,
            place, unit, household, role, hukou, source, source_day, sources, verified_at, verified_how, rev
        FROM persons WHERE id = $1";
    pub(crate) NAME: (Option<Sealed>,) = "SELECT name FROM persons WHERE id = $1";
    pub(crate) STANDING: (State, Option<PlaceCode>, i64) = "SELECT state, place, rev FROM persons WHERE id = $1";
    pub(crate) REACH: (Option<PersonId>, State, bool) = "SELECT merged_into, state, phone IS NOT NULL AS phone FROM persons WHERE id = $1";
    pub(crate) MERGED_INTO: (Option<PersonId>,) = "SELECT merged_into FROM persons WHERE id = $1";
    pub(crate) BY_DOCUMENT: (PersonId,) = "SELECT id FROM persons WHERE document_key = $1";
    pub(crate) BY_CLAIM: (PersonId,) = "SELECT id FROM persons WHERE claim_key = $1 ORDER BY id LIMIT 20";
    pub(crate) BY_PHONE: (PersonId, State) = "SELECT id, state FROM persons WHERE phone_key = $1 ORDER BY id LIMIT 20";
    pub(crate) BY_ACCOUNT: (PersonId, State, Option<Instant>) = "SELECT id, state, seen_at FROM persons WHERE account_key = $1";
    pub(crate) PHONE_OF: (Option<Lookup>,) = "SELECT phone_key FROM persons WHERE id = $1";
    pub(crate) HOUSEHOLD: (PersonId,) = "SELECT id FROM persons WHERE household = $1 AND state IN ('active', 'unverified') ORDER BY id LIMIT 50";
    pub(crate) IN_UNIT: (PersonId,) = "SELECT id FROM persons WHERE unit = $1 AND state = 'active' AND id > $2 ORDER BY id LIMIT $3";
    pub(crate) BORN: (PersonId, i64) = "SELECT id, birth_year FROM persons
        WHERE place BETWEEN $1 AND $2 AND birth_year BETWEEN $3 AND $4 AND state = 'active' AND id > $5 ORDER BY id LIMIT $6";
    pub(crate) COUNT_IN: (i64,) = "SELECT count(*) FROM persons WHERE place BETWEEN $1 AND $2 AND state = 'active'";
    INSERT: (PersonId,) = "INSERT INTO persons (id, state, name, sex, details, birth_year, document_kind, document, document_key, claim_key,
            phone, phone_key, account_key, place, unit, household, role, hukou, source, source_day, sources, verified_at, verified_how, created_at, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, 1)
        ON CONFLICT (document_key) DO NOTHING RETURNING id";
    SAVE: () = "UPDATE persons SET state = $2, name = $3, sex = $4, details = $5, birth_year = $6, document_kind = $7, document = $8,
            document_key = $9, claim_key = $10, phone = $11, phone_key = $12, account_key = $13, place = $14, unit = $15, household = $16,
            role = $17, hukou = $18, source = $19, source_day = $20, sources = $21, verified_at = $22, verified_how = $23, rev = rev + 1
        WHERE id = $1 AND rev = $24";
    pub(crate) SEEN: () = "UPDATE persons SET seen_at = $2 WHERE id = $1";
    pub(crate) MERGE: () = "UPDATE persons SET state = 'merged', merged_into = $2, account_key = NULL, phone = NULL, phone_key = NULL,
            rev = rev + 1 WHERE id = $1 AND state = 'unverified'";
    pub(crate) ERASE: () = "UPDATE persons SET state = 'erased', name = NULL, sex = NULL, details = NULL, birth_year = NULL,
            document_kind = NULL, document = NULL, document_key = NULL, claim_key = NULL, phone = NULL, phone_key = NULL, account_key = NULL,
            seen_at = NULL, place = NULL, unit = NULL, household = NULL, role = NULL, hukou = NULL, sources = NULL, verified_at = NULL,
            verified_how = NULL, erased_at = $3, rev = rev + 1
        WHERE id = $1 AND rev = $2";
    pub(crate) FOLLOW: () = "UPDATE persons SET place = $2, rev = rev + 1
        WHERE unit IN (SELECT CAST(key AS BIGINT) FROM json_each($1)) AND place IS DISTINCT FROM $2";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM persons WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) FIND_HOUSEHOLD: (HouseholdId,) = "SELECT id FROM households WHERE number_key = $1";
    pub(crate) ADD_HOUSEHOLD: () = "INSERT INTO households (id, number, number_key, place, created_at) VALUES ($1, $2, $3, $4, $5)";
    pub(crate) FORGET_HOUSEHOLD: () = "DELETE FROM households WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM persons WHERE household = $1)";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "person", page: &STATES } }

/// Arguments beyond the tuples' number.
struct Vals<'a>(Vec<Val<'a>>);

impl Args for Vals<'_> {
    fn vals(&self) -> Vec<Val<'_>> {
        self.0.clone()
    }
}

/// Digest by which a document number is found.
pub(crate) fn document_key(vault: &Vault, number: &DocumentNumber) -> Lookup {
    vault.lookup("people.document", &format!("{}:{}", number.kind().word(), number.value()))
}

/// Digest by which a phone is found.
#[must_use]
pub fn phone_key(vault: &Vault, phone: &Phone) -> Lookup {
    vault.lookup("people.phone", phone.value())
}

/// A phone from its regular form.
///
/// # Errors
/// If it has none.
pub fn stored_phone(text: &str) -> Result<Phone, PeopleError> {
    Phone::parse(text).map_err(|_| PeopleError::Stored)
}

impl PersonRow {
    pub(crate) fn open(self, vault: &Vault, today: Day) -> Result<Person, PeopleError> {
        let text = |column: &'static str, sealed: Option<&Sealed>| {
            sealed.map(|s| vault.open_text(Place::new(column, self.id), s)).transpose()
        };
        let name = text("persons.name", self.name.as_ref())?.map(Name::stored);
        let details = match text("persons.details", self.details.as_ref())? {
            Some(t) => Some(read_details(&t).ok_or(PeopleError::Stored)?),
            None => None,
        };
        let kind = self.document_kind.as_deref().and_then(DocumentKind::from_word);
        let document = match (kind, text("persons.document", self.document.as_ref())?) {
            (Some(kind), Some(t)) => {
                Some(DocumentNumber::parse(kind, &t, today).map_err(|_| PeopleError::Stored)?)
            }
            _ => None,
        };
        let phone = text("persons.phone", self.phone.as_ref())?.map(|t| stored_phone(&t)).transpose()?;
        let sources = self.sources.map(|s| s.0).unwrap_or_default();
        Ok(Person {
            id: self.id,
            state: self.state,
            name,
            sex: self.sex.unwrap_or(Sex::Unknown),
            birth: details.map(|d| d.0),
            document,
            phone,
            account: self.account,
            place: self.place,
            unit: self.unit,
            household: self.household,
            role: self.role,
            hukou: self.hukou.unwrap_or(false),
            disability: details.and_then(|d| d.1),
            source: self.source,
            source_day: self.source_day,
            sources: sources.into_iter().map(|(field, (source, day))| (field, source, day)).collect(),
            verified_at: self.verified_at,
            verified_how: self.verified_how,
            rev: self.rev,
        })
    }
}

/// A person, opened.
pub(crate) fn load(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<Option<Person>, PeopleError> {
    let today = read.now().day();
    read.opt(&BY_ID, (id,))?.map(|row| row.open(vault, today)).transpose()
}

/// The columns that are made of the opened fields.
struct Made {
    name: Option<Sealed>,
    details: Option<Sealed>,
    birth_year: Option<i16>,
    document_kind: Option<&'static str>,
    document: Option<Sealed>,
    document_key: Option<Lookup>,
    claim_key: Option<Lookup>,
    phone: Option<Sealed>,
    phone_key: Option<Lookup>,
    account_key: Option<Lookup>,
    sources: Option<Json<BTreeMap<String, (String, String)>>>,
}

fn make(vault: &Vault, p: &Person) -> Made {
    let seal = |column: &'static str, text: &str| vault.seal_text(Place::new(column, p.id), text);
    let key = p.document.as_ref().map(|d| document_key(vault, d));
    let claimed = matches!(p.state, State::Unverified | State::Merged);
    let phone_key = p.phone.as_ref().map(|t| phone_key(vault, t));
    let sources: BTreeMap<_, _> =
        p.sources.iter().map(|(f, s, d)| (f.clone(), (s.clone(), d.clone()))).collect();
    Made {
        name: p.name.as_ref().map(|n| seal("persons.name", n.as_str())),
        details: p.birth.map(|b| seal("persons.details", &details(b, p.disability))),
        birth_year: p.birth.map(Day::year),
        document_kind: p.document.as_ref().map(|d| d.kind().word()),
        document: p.document.as_ref().map(|d| seal("persons.document", d.value())),
        document_key: key.filter(|_| !claimed),
        claim_key: key.filter(|_| claimed),
        phone: p.phone.as_ref().map(|t| seal("persons.phone", t.value())),
        phone_key,
        account_key: phone_key.filter(|_| p.account),
        sources: (!sources.is_empty()).then_some(Json(sources)),
    }
}

fn vals<'a>(p: &'a Person, m: &'a Made, last: Val<'a>) -> Vals<'a> {
    Vals(vec![
        p.id.put(),
        p.state.put(),
        m.name.put(),
        p.sex.put(),
        m.details.put(),
        m.birth_year.put(),
        m.document_kind.put(),
        m.document.put(),
        m.document_key.put(),
        m.claim_key.put(),
        m.phone.put(),
        m.phone_key.put(),
        m.account_key.put(),
        p.place.put(),
        p.unit.put(),
        p.household.put(),
        p.role.put(),
        p.hukou.put(),
        p.source.put(),
        p.source_day.put(),
        m.sources.put(),
        p.verified_at.put(),
        p.verified_how.put(),
        last,
    ])
}

/// Writes a new row; false if the document number is somebody's already.
pub(crate) fn insert(
    tx: &mut linli_db::Tx<'_>,
    vault: &Vault,
    p: &Person,
    now: Instant,
) -> Result<bool, DbError> {
    let made = make(vault, p);
    Ok(tx.opt(&INSERT, vals(p, &made, now.put()))?.is_some())
}

/// Writes the opened fields back if nobody changed them meanwhile.
pub(crate) fn save(tx: &mut linli_db::Tx<'_>, vault: &Vault, p: &Person) -> Result<(), PeopleError> {
    let made = make(vault, p);
    if tx.run_one(&SAVE, vals(p, &made, p.rev.put()))? { Ok(()) } else { Err(PeopleError::Changed) }
}
