//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_people::offers::PeopleError;
use linli_rules::RuleError;
use linli_vault::VaultError;
use linli_wallet::offers::WalletError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Seal(#[from] WalletError),
    #[error(transparent)]
    Proposal(#[from] RuleError),
    #[error("a sealed field does not open")]
    Sealed(#[from] VaultError),
    #[error("a stored value has another form")]
    Stored,
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    #[error("not in this state")]
    State,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

impl CertificateError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for CertificateError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::People(p) => p.code(),
            Self::Seal(e) => e.code(),
            Self::Proposal(e) => e.code(),
            Self::Sealed(_) | Self::Stored => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::State => "certificate-state",
            Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::People(p) => p.status(),
            Self::Seal(e) => e.status(),
            Self::Proposal(e) => e.status(),
            Self::Sealed(_) | Self::Stored => 500,
            Self::Missing => 404,
            Self::Changed | Self::State => 409,
            Self::Wrong(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::People(p) => p.fields(),
            Self::Proposal(e) => e.fields(),
            _ => &[],
        }
    }
}
