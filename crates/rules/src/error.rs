//! What can go wrong here.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;

/// An act of this crate was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("no such rule or stretch of days")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    #[error("a stored value has another form")]
    Stored,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

impl RuleError {
    /// Wrong fields, each with its word.
    #[must_use]
    pub fn wrong_fields(wrong: &[(&str, &'static str)]) -> Self {
        Self::Wrong(wrong.iter().map(|(field, kind)| FieldError::new(field, kind)).collect())
    }

    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for RuleError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Stored => "internal",
            Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Missing => 404,
            Self::Changed => 409,
            Self::Stored => 500,
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
