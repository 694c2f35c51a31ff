//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_catalogue::CatalogueError;
use linli_db::DbError;
use linli_rules::RuleError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum DraftingError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Rules(RuleError),
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    /// The item has another version than the draft was begun from.
    #[error("the item went on meanwhile")]
    Moved,
    /// The item is retired: it is brought back first.
    #[error("the item is retired")]
    Retired,
    /// Something in the document is wrong, or it asks for an abolished proof.
    #[error("the document is not sound")]
    Unsound,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
}

/// What the proposals of `rules` refuse is told like what this room refuses.
impl From<RuleError> for DraftingError {
    fn from(e: RuleError) -> Self {
        match e {
            RuleError::Db(e) => Self::Db(e),
            RuleError::Denied(e) => Self::Denied(e),
            RuleError::Missing => Self::Missing,
            RuleError::Changed => Self::Changed,
            RuleError::Wrong(fields) => Self::Wrong(fields),
            e @ RuleError::Stored => Self::Rules(e),
        }
    }
}

impl DraftingError {
    pub(crate) fn field(field: &str, kind: &'static str) -> Self {
        Self::Wrong(vec![FieldError::new(field, kind)])
    }
}

impl Problem for DraftingError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Catalogue(e) => e.code(),
            Self::Rules(e) => e.code(),
            Self::Missing => "not-found",
            Self::Changed | Self::Moved => "changed",
            Self::Retired => "item-retired",
            Self::Unsound | Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Catalogue(e) => e.status(),
            Self::Rules(e) => e.status(),
            Self::Missing => 404,
            Self::Changed | Self::Moved | Self::Retired => 409,
            Self::Unsound | Self::Wrong(_) => 422,
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
