//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
    /// Login, password or code do not fit, or there were too many tries: told alike.
    #[error("does not fit")]
    DoesNotFit,
    #[error("not in this state")]
    State,
}

impl OfficeError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for OfficeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Vault(_) => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::DoesNotFit => "does-not-fit",
            Self::State => "office-state",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Vault(_) => 500,
            Self::Missing => 404,
            Self::Changed | Self::State => 409,
            Self::Wrong(_) | Self::DoesNotFit => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        if let Self::Wrong(fields) = self { fields } else { &[] }
    }
}
