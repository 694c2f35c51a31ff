//! What can go wrong here.

use linli_acts::Denied;
use linli_base::Problem;
use linli_db::DbError;
use linli_vault::VaultError;

use crate::webhook::Forged;

/// An act of this crate was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
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
    #[error(transparent)]
    Forged(#[from] Forged),
}

impl Problem for NoticeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Sealed(_) | Self::Stored => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Forged(_) => "forged",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Sealed(_) | Self::Stored => 500,
            Self::Missing => 404,
            Self::Changed => 409,
            Self::Forged(_) => 401,
        }
    }
}
