//! Showing part of a certificate: to one body, for one purpose, for a short time. Whoever has the code sees what the holder chose and
//! nothing else; each look stands in the holder's log.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_base::{FieldError, Instant};
use linli_vault::Place;

use crate::LONGEST_SHOWING;
use crate::acts::{entry, kind_of, one, own};
use crate::domain::{About, CertificateId, Data, KindDocument, ShowingId, Standing, standing};
use crate::error::CertificateError;
use crate::store::{self, CertificateRow, ShowingRow};

/// Letters and digits of a code: nobody guesses one in the hours it is good.
const CODE: usize = 12;

/// What the holder decides.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub fields: Vec<String>,
    pub audience: String,
    pub purpose: String,
    pub minutes: i64,
}

fn within(text: &str) -> bool {
    (1..=40).contains(&text.chars().count())
}

/// The holder shows part of a good certificate.
///
/// # Errors
/// If it is not hers or not good, or to whom, what for, how long or which parts are missing.
pub(crate) fn show(
    act: &mut Act<'_, '_>,
    id: CertificateId,
    wish: &Wish,
) -> Result<ShowingId, CertificateError> {
    let row = own(act, id)?;
    let now = act.now();
    if standing(row.state, row.valid_until, now.day()) != Standing::Good {
        return Err(CertificateError::State);
    }
    let kind = kind_of(act, &row)?;
    let wrong: Vec<FieldError> =
        [(&wish.audience, "audience", "audience-empty"), (&wish.purpose, "purpose", "purpose-empty")]
            .into_iter()
            .filter(|(text, ..)| !within(text))
            .map(|(_, field, kind)| FieldError::new(field, kind))
            .collect();
    if !wrong.is_empty() {
        return Err(CertificateError::Wrong(wrong));
    }
    let fields: Vec<String> =
        kind.fields.iter().map(|f| f.key.clone()).filter(|key| wish.fields.contains(key)).collect();
    if fields.is_empty() {
        return Err(CertificateError::field("fields", "fields-none"));
    }
    let longest = linli_rules::value(act, &LONGEST_SHOWING, now.day())?.value;
    if !(1..=longest).contains(&wish.minutes) {
        return Err(CertificateError::field("minutes", "minutes-range"));
    }
    let code = act.vault().chance().code(CODE);
    let about =
        About { fields, audience: wish.audience.clone(), purpose: wish.purpose.clone(), code: code.clone() };
    let showing: ShowingId = act.next_id();
    let bytes = serde_json::to_vec(&about).map_err(|_| CertificateError::Stored)?;
    let sealed = act.vault().seal(Place::new("certificate_showings.about", showing), &bytes);
    let key = act.vault().lookup("certificates.showing", &code);
    let until = now.plus_minutes(wish.minutes);
    act.run(&store::ADD_SHOWING, (showing, id, row.person, key, sealed, now, until))?;
    act.log(entry(&row, "certificates.shown").content(&serde_json::json!({
        "audience": wish.audience, "purpose": wish.purpose, "until": until.rfc3339(),
    })))?;
    Ok(showing)
}

/// A showing of the resident who acts or reads.
pub(crate) fn own_showing(
    read: &mut linli_db::Read<'_>,
    person: PersonId,
    id: ShowingId,
) -> Result<ShowingRow, CertificateError> {
    read.opt(&store::SHOWING, (id,))?.filter(|s| s.person == person).ok_or(CertificateError::Missing)
}

/// The holder ends it early.
///
/// # Errors
/// If it is not hers.
pub(crate) fn end(act: &mut Act<'_, '_>, id: ShowingId) -> Result<(), CertificateError> {
    let person = act.actor.resident()?;
    let showing = own_showing(act, person, id)?;
    let now = act.now();
    if act.run_one(&store::END, (id, now))? {
        let row = one(act, showing.certificate)?;
        act.log(entry(&row, "certificates.showing_ended"))?;
    }
    Ok(())
}

/// What whoever has the code sees.
pub(crate) struct Shown {
    pub row: CertificateRow,
    pub kind: KindDocument,
    pub data: Data,
    pub about: About,
    pub until: Instant,
}

/// Somebody looks with a code. `None`: there is no such code, or it is over; which of both is not told.
///
/// # Errors
/// If the database fails.
pub(crate) fn look(act: &mut Act<'_, '_>, code: &str) -> Result<Option<Shown>, CertificateError> {
    let key = act.vault().lookup("certificates.showing", code);
    let now = act.now();
    let Some(showing) = act.opt(&store::SHOWING_BY_CODE, (key,))?.filter(|s| s.runs(now)) else {
        return Ok(None);
    };
    let row = one(act, showing.certificate)?;
    if row.data.is_none() {
        return Ok(None);
    }
    let house = act.house;
    let (about, data) = (showing.open(house.vault())?, row.open(house.vault())?);
    let kind = kind_of(act, &row)?;
    act.run(&store::LOOKED, (showing.id,))?;
    act.log(
        Entry::new(Subject::new("certificate", row.id), "certificates.looked")
            .person(row.person)
            .content(&serde_json::json!({ "audience": about.audience, "purpose": about.purpose })),
    )?;
    Ok(Some(Shown { row, kind, data, about, until: showing.until }))
}
