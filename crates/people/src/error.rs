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
    /// The record's state does not allow it.
    #[error("not in this state")]
    State,
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
            Self::State => "person-state",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(_) | Self::Sealed(_) | Self::Stored => 500,
            Self::Denied(d) => d.status(),
            Self::Missing => 404,
            Self::Changed | Self::State => 409,
            Self::Wrong(_) => 422,
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
            Self::Denied(d) => d.facts(),
            _ => Vec::new(),
        }
    }
}
