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

/// What a room tells of a case, in a language or on a day, on the caller's transaction.
pub type OfCase<In, Out> = fn(&mut Read<'_>, &Vault, CaseId, In) -> Result<Vec<Out>, CaseError>;

/// A kind of case, declared once by its room: `inventory::submit! { CaseKind { … } }`.
pub struct CaseKind {
    /// Stored with each case: `application`.
    pub key: &'static str,
    /// What the applicant told and what was found, for her and for the officer who opened the case.
    pub told: OfCase<Lang, Group>,
    /// What can be asked to be mended: key and words.
    pub points: OfCase<Lang, (String, String)>,
    /// Where the applicant mends it.
    pub mend: fn(CaseId) -> String,
    /// What would be granted if it were decided on this day, by the rules of that day.
    pub result: OfCase<Day, ResultLine>,
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

/// One such thing.
#[derive(Clone, Debug)]
pub struct Matter {
    pub title: String,
    /// Where it is seen: a path of ours.
    pub href: String,
    pub detail: String,
}

/// Something else that a resident has under way or has had, from a room that files no cases, for "my matters".
pub struct Matters {
    /// The newest, at most 30.
    pub of: fn(&mut Read<'_>, PersonId, Lang) -> Result<Vec<Matter>, CaseError>,
}

linli_acts::inventory::collect!(Matters);
