//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("a sealed field does not open")]
    Sealed(#[from] VaultError),
    #[error("a stored field breaks the rules of today")]
    Stored,
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
    /// The record's state does not allow it.
    #[error("not in this state")]
    State,
    #[error("the same is open already")]
    OpenAlready,
}

impl PeopleError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for PeopleError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::Sealed(_) | Self::Stored => "internal",
            Self::Denied(d) => d.code(),
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::Wait(_) => "too-many",
            Self::CodeOver => "code-over",
            Self::State => "person-state",
            Self::OpenAlready => "open-already",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(_) | Self::Sealed(_) | Self::Stored => 500,
            Self::Denied(d) => d.status(),
            Self::Missing => 404,
            Self::Changed | Self::State | Self::OpenAlready => 409,
            Self::Wrong(_) => 422,
            Self::Wait(_) => 429,
            Self::CodeOver => 410,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            _ => &[],
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Wait(seconds) => vec![("seconds", seconds.to_string())],
            Self::Denied(d) => d.facts(),
            _ => Vec::new(),
        }
    }
}
