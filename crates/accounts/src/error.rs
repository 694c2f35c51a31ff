//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_people::offers::PeopleError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error("a sealed field does not open")]
    Sealed(#[from] VaultError),
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    /// Wrong input, told beside its field.
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
    /// Too often; again after so many seconds.
    #[error("wait {0} s")]
    Wait(i64),
    /// The code ran out, was used, or was tried too often.
    #[error("the code is over")]
    CodeOver,
}

impl AccountError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for AccountError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::Sealed(_) => "internal",
            Self::Denied(d) => d.code(),
            Self::People(e) => e.code(),
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::Wait(_) => "too-many",
            Self::CodeOver => "code-over",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(_) | Self::Sealed(_) => 500,
            Self::Denied(d) => d.status(),
            Self::People(e) => e.status(),
            Self::Missing => 404,
            Self::Changed => 409,
            Self::Wrong(_) => 422,
            Self::Wait(_) => 429,
            Self::CodeOver => 410,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::People(e) => e.fields(),
            _ => &[],
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Wait(seconds) => vec![("seconds", seconds.to_string())],
            Self::Denied(d) => d.facts(),
            Self::People(e) => e.facts(),
            _ => Vec::new(),
        }
    }
}
