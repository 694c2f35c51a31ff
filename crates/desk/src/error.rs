//! What can go wrong in this crate.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_casework::CaseError;
use linli_db::DbError;

/// An act of the desk was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Case(CaseError),
    #[error("a sealed field does not open")]
    Sealed,
    #[error("not found")]
    Missing,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

impl From<CaseError> for DeskError {
    fn from(e: CaseError) -> Self {
        match e {
            CaseError::Db(e) => Self::Db(e),
            CaseError::Denied(e) => Self::Denied(e),
            other => Self::Case(other),
        }
    }
}

impl DeskError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for DeskError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Case(e) => e.code(),
            Self::Sealed => "internal",
            Self::Missing => "not-found",
            Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Case(e) => e.status(),
            Self::Sealed => 500,
            Self::Missing => 404,
            Self::Wrong(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            Self::Case(e) => e.fields(),
            _ => &[],
        }
    }
}
