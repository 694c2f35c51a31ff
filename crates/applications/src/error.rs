//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_casework::offers::{CaseError, CaseId};
use linli_catalogue::offers::CatalogueError;
use linli_certificates::offers::CertificateError;
use linli_db::DbError;
use linli_files::offers::FileError;
use linli_people::offers::PeopleError;
use linli_vault::VaultError;

use crate::journey::Step;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("a sealed field does not open")]
    Sealed(#[from] VaultError),
    #[error("a stored value has another form")]
    Stored,
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
    /// The same item is under way for this person already.
    #[error("already under way as case {0}")]
    UnderWay(CaseId),
    /// The item was withdrawn, or is not applied for with a form.
    #[error("this item cannot be applied for here")]
    NotOpen,
    /// Nobody knows where the person lives, so no office can be found for her.
    #[error("no place is known")]
    NoPlace,
    /// Something is still to be answered or handed in.
    #[error("{0:?} is open")]
    Open(Step),
    /// The ways in which materials are met are no longer those that she saw: a certificate was revoked, the item has changed.
    #[error("the plan of materials has changed")]
    PlanChanged,
}

impl ApplicationError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for ApplicationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::People(p) => p.code(),
            Self::Case(c) => c.code(),
            Self::Catalogue(c) => c.code(),
            Self::Certificate(c) => c.code(),
            Self::File(f) => f.code(),
            Self::Sealed(_) | Self::Stored => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::UnderWay(_) => "under-way",
            Self::NotOpen => "item-not-open",
            Self::NoPlace => "no-place",
            Self::Open(_) => "application-incomplete",
            Self::PlanChanged => "plan-changed",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::People(p) => p.status(),
            Self::Case(c) => c.status(),
            Self::Catalogue(c) => c.status(),
            Self::Certificate(c) => c.status(),
            Self::File(f) => f.status(),
            Self::Sealed(_) | Self::Stored => 500,
            Self::Missing | Self::NotOpen => 404,
            Self::Changed | Self::UnderWay(_) | Self::NoPlace | Self::PlanChanged => 409,
            Self::Wrong(_) | Self::Open(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::People(p) => p.fields(),
            Self::Case(c) => c.fields(),
            Self::File(f) => f.fields(),
            _ => &[],
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnderWay(case) => vec![("case", case.to_string())],
            _ => Vec::new(),
        }
    }
}
