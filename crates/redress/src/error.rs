//! What can go wrong in this crate.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;

/// An act on an order was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum RedressError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Case(#[from] linli_casework::CaseError),
    #[error("a sealed field does not open")]
    Sealed,
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

impl RedressError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for RedressError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Case(e) => e.code(),
            Self::Sealed => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
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
            Self::Changed => 409,
            Self::Wrong(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Wrong(fields) => fields,
            _ => &[],
        }
    }
}
