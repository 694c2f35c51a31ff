//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;

use crate::domain::Apart;

/// An act of the office was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum DutiesError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("a sealed field does not open")]
    Sealed(#[from] VaultError),
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    /// Wrong input, told beside its field.
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
    /// Login, password or code do not fit, or there were too many tries: never told which.
    #[error("not let in")]
    NotLetIn,
    /// Too many wrong codes or passwords of somebody who is known already.
    #[error("too many tries")]
    TooMany,
    /// The link or token ran out or was used.
    #[error("the link is over")]
    LinkOver,
    /// Two duties that one person may not hold together.
    #[error("{}", .0.kind())]
    Apart(Apart),
    /// Nobody gives or takes duties of the three officers to or from himself.
    #[error("one's own duty")]
    Own,
    /// There must be an administrator.
    #[error("the last administrator")]
    Last,
    /// The body still has duties.
    #[error("the body is in use")]
    InUse,
    /// The account's state does not allow it.
    #[error("not in this state")]
    State,
}

impl DutiesError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl From<Apart> for DutiesError {
    fn from(apart: Apart) -> Self {
        Self::Apart(apart)
    }
}

impl Problem for DutiesError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::Sealed(_) => "internal",
            Self::Denied(d) => d.code(),
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::Wrong(_) => "invalid",
            Self::NotLetIn => "not-let-in",
            Self::TooMany => "too-many",
            Self::LinkOver => "link-over",
            Self::Apart(apart) => apart.kind(),
            Self::Own => "own-duty",
            Self::Last => "last-administrator",
            Self::InUse => "body-in-use",
            Self::State => "staff-state",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(_) | Self::Sealed(_) => 500,
            Self::Denied(d) => d.status(),
            Self::Missing => 404,
            Self::Changed | Self::Last | Self::InUse | Self::State => 409,
            Self::Wrong(_) | Self::NotLetIn | Self::Apart(_) => 422,
            Self::TooMany => 429,
            Self::LinkOver => 410,
            Self::Own => 403,
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
