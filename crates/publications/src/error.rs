//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
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
    /// The days in which objections are taken are over, or the kind takes none.
    #[error("no objection is taken any more")]
    Over,
    #[error("too many")]
    TooMany,
}

impl PublicationError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for PublicationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Sealed(_) | Self::Stored => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::Over => "objections-over",
            Self::TooMany => "too-many",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Sealed(_) | Self::Stored => 500,
            Self::Missing => 404,
            Self::Changed | Self::Over => 409,
            Self::Wrong(_) => 422,
            Self::TooMany => 429,
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
