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
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

impl RuleError {
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
            Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Missing => 404,
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
