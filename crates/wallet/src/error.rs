//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_documents::DocumentError;
use linli_people::offers::PeopleError;
use linli_privacy::offers::PrivacyError;
use linli_vault::VaultError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum WalletError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Privacy(#[from] PrivacyError),
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
    /// No official allows this kind of proof just now.
    #[error("no standing authorisation")]
    NotAuthorised,
    /// The seal is suspended or ended.
    #[error("the seal is not active")]
    SealNotActive,
    /// The proof is not in a state that allows it.
    #[error("not in this state")]
    State,
    #[error("too many tries")]
    TooMany,
    #[error("paper: {0}")]
    Paper(#[from] DocumentError),
}

impl WalletError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for WalletError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::People(p) => p.code(),
            Self::Privacy(p) => p.code(),
            Self::Sealed(_) | Self::Stored | Self::Paper(_) => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::NotAuthorised => "proof-not-authorised",
            Self::SealNotActive => "seal-not-active",
            Self::State => "proof-state",
            Self::TooMany => "too-many",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::People(p) => p.status(),
            Self::Privacy(p) => p.status(),
            Self::Sealed(_) | Self::Stored | Self::Paper(_) => 500,
            Self::Missing => 404,
            Self::Changed | Self::NotAuthorised | Self::SealNotActive | Self::State => 409,
            Self::Wrong(_) => 422,
            Self::TooMany => 429,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::People(p) => p.fields(),
            _ => &[],
        }
    }
}
