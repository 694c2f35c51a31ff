//! What a room tells of the cases that it files, so that one desk can show them all without knowing any room.

use linli_acts::PersonId;
use linli_base::Day;
use linli_db::Read;
use linli_vault::Vault;
use linli_web::ui::Fact;
use linli_words::Lang;

use crate::domain::{CaseId, ResultLine};
use crate::error::CaseError;

/// Facts under one heading.
#[derive(Clone, Debug)]
pub struct Group {
    pub title: String,
    pub facts: Vec<Fact>,
}

/// A kind of case, declared once by its room: `inventory::submit! { CaseKind { … } }`.
pub struct CaseKind {
    /// Stored with each case: `application`.
    pub key: &'static str,
    /// What the applicant told and what was found, for her and for the officer who opened the case.
    pub told: fn(&mut Read<'_>, &Vault, CaseId, Lang) -> Result<Vec<Group>, CaseError>,
    /// What can be asked to be mended: key and words.
    pub points: fn(&mut Read<'_>, &Vault, CaseId, Lang) -> Result<Vec<(String, String)>, CaseError>,
    /// Where the applicant mends it.
    pub mend: fn(CaseId) -> String,
    /// What would be granted if it were decided on this day, by the rules of that day.
    pub result: fn(&mut Read<'_>, &Vault, CaseId, Day) -> Result<Vec<ResultLine>, CaseError>,
}

linli_acts::inventory::collect!(CaseKind);

/// The kind of a case.
///
/// # Errors
/// If the program no longer has the room that filed it.
pub fn kind(key: &str) -> Result<&'static CaseKind, CaseError> {
    linli_acts::inventory::iter::<CaseKind>()
        .find(|k| k.key == key)
        .ok_or_else(|| CaseError::Room(format!("unknown kind {key}")))
}

/// Something else that a resident has under way or has had, from a room that files no cases, for "my matters".
pub struct Matters {
    /// Title, path and detail of the newest, at most 30.
    pub of: fn(&mut Read<'_>, PersonId, Lang) -> Result<Vec<(String, String, String)>, CaseError>,
}

linli_acts::inventory::collect!(Matters);
