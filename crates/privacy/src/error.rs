//! What can go wrong in this room.

use linli_accounts::offers::AccountError;
use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_people::offers::PeopleError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Account(#[from] AccountError),
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
    #[error("the same is open already")]
    OpenAlready,
}

impl PrivacyError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for PrivacyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::Sealed(_) | Self::Stored => "internal",
            Self::Denied(d) => d.code(),
            Self::People(e) => e.code(),
            Self::Account(e) => e.code(),
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::OpenAlready => "open-already",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(_) | Self::Sealed(_) | Self::Stored => 500,
            Self::Denied(d) => d.status(),
            Self::People(e) => e.status(),
            Self::Account(e) => e.status(),
            Self::Missing => 404,
            Self::Changed | Self::OpenAlready => 409,
            Self::Wrong(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::People(e) => e.fields(),
            Self::Account(e) => e.fields(),
            _ => &[],
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Denied(d) => d.facts(),
            Self::People(e) => e.facts(),
            Self::Account(e) => e.facts(),
            _ => Vec::new(),
        }
    }
}
