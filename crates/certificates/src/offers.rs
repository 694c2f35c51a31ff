//! What neighbours may call: all on the caller's transaction.

use std::collections::BTreeMap;

use linli_acts::{Act, Actor, House, PersonId};
use linli_base::Day;
use linli_db::{DbError, Read};
use linli_vault::Vault;
use linli_words::Lang;

pub use crate::domain::{CertificateId, Data, KindDocument, NewCertificate, Standing, standing};
pub use crate::error::CertificateError;
pub use crate::store::CertificateRow;
use crate::{acts, store};

/// Kinds that come with the program. Each is put in once; from then on its keeper changes it in the browser.
pub(crate) const DELIVERED: &str = include_str!("../kinds.json");

/// Puts the delivered kinds in.
///
/// # Errors
/// If a document is wrong or the database fails.
pub async fn deliver_kinds(house: &House) -> Result<usize, CertificateError> {
    let kinds: BTreeMap<String, KindDocument> =
        serde_json::from_str(DELIVERED).map_err(|_| CertificateError::Stored)?;
    house
        .act(&Actor::system(), move |act| {
            let mut new = 0;
            for (key, document) in &kinds {
                new += usize::from(acts::deliver_kind(act, key, document)?);
            }
            Ok(new)
        })
        .await
}

/// Key, Chinese and English name of every kind, as it is now.
///
/// # Errors
/// If the database fails.
pub fn kinds(read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError> {
    let all = read.all(&store::KINDS, ())?;
    Ok(all.into_iter().map(|(key, _, kind)| (key, kind.0.name.zh, kind.0.name.en)).collect())
}

/// A register outside delivers a certificate, or the sample has it.
///
/// # Errors
/// If the kind or the holder is unknown, or a value is wrong.
pub fn deliver(act: &mut Act<'_, '_>, new: &NewCertificate) -> Result<CertificateId, CertificateError> {
    acts::deliver(act, new)
}

/// Keys of the kinds of which somebody holds a good certificate on a day.
///
/// # Errors
/// If the database fails.
pub fn kinds_held(read: &mut Read<'_>, person: PersonId, day: Day) -> Result<Vec<String>, CertificateError> {
    Ok(read.all(&store::HELD_KINDS, (person, day))?.into_iter().map(|(kind,)| kind).collect())
}

/// The newest good certificate of a kind that somebody holds on a day, issued no longer ago than `within_days`.
///
/// # Errors
/// If the database fails.
pub fn held(
    read: &mut Read<'_>,
    person: PersonId,
    kind: &str,
    day: Day,
    within_days: Option<u16>,
) -> Result<Option<CertificateRow>, CertificateError> {
    let from = within_days.map_or_else(|| Day::new(1900, 1, 1), |n| Some(day.plus_days(-i64::from(n))));
    acts::held(read, person, kind, (day, from.unwrap_or(day)))
}

/// A certificate, as it stands now.
///
/// # Errors
/// If there is none.
pub fn certificate(read: &mut Read<'_>, id: CertificateId) -> Result<CertificateRow, CertificateError> {
    acts::one(read, id)
}

/// A certificate goes with a case: noted for its holder.
///
/// # Errors
/// If it is not the person's.
pub fn used(
    act: &mut Act<'_, '_>,
    id: CertificateId,
    person: PersonId,
    case: &str,
) -> Result<(), CertificateError> {
    let row = acts::one(act, id)?;
    if row.person != person {
        return Err(CertificateError::Missing);
    }
    act.log(acts::entry(&row, "certificates.used").content(&serde_json::json!({ "case": case })))?;
    Ok(())
}

/// What a certificate says, label and value, in a language. The caller has asked who may read it.
///
/// # Errors
/// If it was erased or does not open.
pub fn lines(
    read: &mut Read<'_>,
    vault: &Vault,
    row: &CertificateRow,
    lang: Lang,
) -> Result<Vec<(String, String)>, CertificateError> {
    let (kind, data) = (acts::kind_of(read, row)?, row.open(vault)?);
    Ok(crate::pages::values(&kind, &data, lang, &|_| true))
}

/// Name of a kind in a language; its key where it is unknown.
///
/// # Errors
/// If the database fails.
pub fn kind_name(read: &mut Read<'_>, key: &str, lang: Lang) -> Result<String, CertificateError> {
    Ok(match read.opt(&store::KIND, (key,))? {
        Some((_, kind)) => lang.pick(&kind.0.name.zh, &kind.0.name.en).into_owned(),
        None => key.to_owned(),
    })
}
