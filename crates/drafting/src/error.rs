//! What can go wrong in this room.

use linli_acts::Denied;
use linli_base::{FieldError, Problem};
use linli_catalogue::CatalogueError;
use linli_db::DbError;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum DraftingError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error("not found")]
    Missing,
    #[error("changed meanwhile")]
    Changed,
    /// The item has another version than the draft was begun from.
    #[error("the item went on meanwhile")]
    Moved,
    /// Something in the document is wrong, or it asks for an abolished proof.
    #[error("the document is not sound")]
    Unsound,
    #[error("wrong input")]
    Wrong(Vec<FieldError>),
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
            Self::Missing => "not-found",
            Self::Changed | Self::Moved => "changed",
            Self::Unsound | Self::Wrong(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Catalogue(e) => e.status(),
            Self::Missing => 404,
            Self::Changed | Self::Moved => 409,
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
