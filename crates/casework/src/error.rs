//! What can go wrong in this crate.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_db::DbError;
use linli_vault::VaultError;

use crate::domain::State;

/// An act on a case was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
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
    #[error("not possible while {}", .0.word())]
    State(State),
    /// Supplements are asked once and all together (一次性告知); again only for new facts.
    #[error("supplements were asked before")]
    AskedBefore,
    /// The law lets a handling be extended once.
    #[error("extended before")]
    ExtendedBefore,
    /// What may follow later has not been brought: nothing is handed over before.
    #[error("something is still to follow")]
    StillToFollow,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
    /// The room that filed the case could not tell what it holds.
    #[error("room: {0}")]
    Room(String),
}

impl CaseError {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for CaseError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Sealed(_) | Self::Stored | Self::Room(_) => "internal",
            Self::Missing => "not-found",
            Self::Changed => "changed",
            Self::State(_) => "case-state",
            Self::AskedBefore => "asked-before",
            Self::ExtendedBefore => "extended-before",
            Self::StillToFollow => "still-to-follow",
            Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Sealed(_) | Self::Stored | Self::Room(_) => 500,
            Self::Missing => 404,
            Self::Changed
            | Self::State(_)
            | Self::AskedBefore
            | Self::ExtendedBefore
            | Self::StillToFollow => 409,
            Self::Wrong(_) => 422,
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
            Self::State(state) => vec![("state", state.word().to_owned())],
            _ => Vec::new(),
        }
    }
}
