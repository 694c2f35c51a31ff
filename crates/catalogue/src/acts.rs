//! Acts on items.

use linli_acts::{Act, Denied, Entry, Subject, Who};
use linli_base::Problem;
use linli_db::{DbError, Json};
use sha2::{Digest, Sha256};

use crate::domain::{BadGuide, Guide, ItemId, ItemState};
use crate::store;

/// An act of this room was refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("the item's document: {0}")]
    Guide(#[from] BadGuide),
    #[error("changed meanwhile")]
    Changed,
}

impl Problem for CatalogueError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Guide(_) => "invalid",
            Self::Changed => "changed",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Guide(_) => 422,
            Self::Changed => 409,
        }
    }
}

/// Takes an item as delivered with the program: a new one, a new version, or nothing if it is the same. The program alone.
///
/// # Errors
/// If the document is wrong.
pub fn deliver(act: &mut Act<'_, '_>, key: &str, json: &str) -> Result<bool, CatalogueError> {
    if act.actor.who != Who::System {
        return Err(Denied::NotYours.into());
    }
    let guide = Guide::read(json)?;
    let hash = Sha256::digest(json).to_vec();
    let now = act.now();
    let (id, version) = match act.opt(&store::HEAD, (key,))? {
        Some((_, _, same)) if same == hash => return Ok(false),
        Some((id, version, _)) => {
            act.run(&store::ADD_VERSION, (id, version + 1, Json(&guide), hash, now))?;
            if !act.run_one(&store::RAISE, (id, version, version + 1))? {
                return Err(CatalogueError::Changed);
            }
            (id, version + 1)
        }
        None => {
            let id: ItemId = act.next_id();
            act.run(&store::ADD, (id, key))?;
            act.run(&store::ADD_VERSION, (id, 1, Json(&guide), hash, now))?;
            (id, 1)
        }
    };
    act.log(
        Entry::new(Subject::new("item", id), "catalogue.delivered")
            .state(ItemState::Live.word())
            .content(&serde_json::json!({ "version": version })),
    )?;
    Ok(true)
}
