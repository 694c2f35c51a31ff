//! What can go wrong with files.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;
use linli_web::Fault;

use crate::domain::Refusal;

/// An act was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("a sealed block does not open")]
    Sealed(#[from] VaultError),
    #[error("not found")]
    Missing,
    /// The connection broke.
    #[error("the file did not come in whole")]
    Cut,
    /// Not taken, with what she can do about it.
    #[error("refused: {0:?}")]
    Refused(Refusal, [FieldError; 1]),
    #[error("the scanner found something in it")]
    Infected,
    #[error("a stored value has another form")]
    Stored,
}

impl From<Refusal> for FileError {
    fn from(why: Refusal) -> Self {
        Self::Refused(why, [FieldError::new("file", why.word())])
    }
}

impl FileError {
    /// What a connection that broke or an upload beyond the route's limit means here.
    pub(crate) fn from_door(fault: &Fault) -> Self {
        if fault.code() == "too-large" { Refusal::Large.into() } else { Self::Cut }
    }
}

impl Problem for FileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Sealed(_) | Self::Stored => "internal",
            Self::Missing => "not-found",
            Self::Cut => "malformed",
            Self::Refused(..) => "invalid",
            Self::Infected => "file-infected",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Sealed(_) | Self::Stored => 500,
            Self::Missing => 404,
            Self::Cut => 400,
            Self::Refused(..) => 422,
            Self::Infected => 409,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Refused(_, fields) => fields,
            _ => &[],
        }
    }
}
