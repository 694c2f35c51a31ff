//! Acts on items.

use linli_acts::{Act, Denied, Entry, Subject, Who};
use linli_base::Problem;
use linli_db::{DbError, Json};
use linli_guide::{BadGuide, Guide};
use sha2::{Digest, Sha256};

use crate::abolished;
use crate::cards::Card;
use crate::delivered::BadLine;
use crate::domain::{ItemId, ItemState};
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
    #[error(transparent)]
    Line(#[from] BadLine),
    #[error("changed meanwhile")]
    Changed,
    #[error("not found")]
    Missing,
    /// It stands on the list already.
    #[error("taken")]
    Taken,
}

impl Problem for CatalogueError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::Guide(_) | Self::Line(_) => "invalid",
            Self::Changed => "changed",
            Self::Missing => "not-found",
            Self::Taken => "taken",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::Guide(_) | Self::Line(_) => 422,
            Self::Changed => 409,
            Self::Missing => 404,
            Self::Taken => 409,
        }
    }
}

/// An item to be taken: key, guide, its document as stored, the digest of that.
#[derive(Clone, Debug)]
pub struct Arriving {
    pub key: String,
    pub guide: Guide,
    pub(crate) hash: Vec<u8>,
}

impl Arriving {
    /// # Errors
    /// If the guide cannot be written as JSON.
    pub fn new(key: String, guide: Guide) -> Result<Self, CatalogueError> {
        let json = serde_json::to_vec(&guide).map_err(|e| BadGuide::Form(e.to_string()))?;
        Ok(Self { key, guide, hash: Sha256::digest(&json).to_vec() })
    }
}

/// Takes items as delivered with the program: new ones, new versions, or nothing where they are the same. The program alone. At most
/// about 100 at once. Gives how many changed.
///
/// # Errors
/// If an item asks for an abolished proof, or the database fails.
pub fn deliver(act: &mut Act<'_, '_>, items: &[Arriving]) -> Result<usize, CatalogueError> {
    if act.actor.who != Who::System {
        return Err(Denied::NotYours.into());
    }
    let mut changed = 0;
    for item in items {
        changed += usize::from(deliver_one(act, item)?);
    }
    if changed > 0 {
        act.run(&store::RAISE_STAMP, ())?;
    }
    Ok(changed)
}

fn deliver_one(act: &mut Act<'_, '_>, item: &Arriving) -> Result<bool, CatalogueError> {
    let (id, version) = match act.opt(&store::HEAD, (item.key.as_str(),))? {
        Some((_, _, same, _)) if same == item.hash => return Ok(false),
        Some((id, _, _, 1)) => return offer_newer(act, id, item),
        Some((id, version, _, _)) => (id, version + 1),
        None => (act.next_id::<ItemId>(), 1),
    };
    if let Some(proof) = abolished::asked(act, &item.guide)? {
        return Err(BadGuide::Abolished(proof.words).into());
    }
    let now = act.now();
    if version == 1 {
        act.run(&store::ADD, (id, item.key.as_str(), 0i64))?;
    }
    act.run(&store::ADD_VERSION, (id, version, Json(&item.guide), item.hash.clone(), now))?;
    if version > 1 && !act.run_one(&store::RAISE, (id, version - 1, version))? {
        return Err(CatalogueError::Changed);
    }
    show(act, &Card::of(id, &item.key, &item.guide))?;
    log(act, id, "catalogue.delivered", ItemState::Live, version)?;
    Ok(true)
}

/// What an officer has changed is never written over: the other text is kept beside it until she has looked.
fn offer_newer(act: &mut Act<'_, '_>, id: ItemId, item: &Arriving) -> Result<bool, CatalogueError> {
    let known = act.opt(&store::WITH_HASH, (id, item.hash.clone()))?.is_some()
        || act.opt(&store::NEWER, (id,))?.is_some_and(|(_, hash, _, _)| hash == item.hash);
    if known {
        return Ok(false);
    }
    let now = act.now();
    act.run(&store::NEWER_CAME, (id, Json(&item.guide), item.hash.clone(), now))?;
    act.log(Entry::new(Subject::new("item", id), "catalogue.newer_came"))?;
    Ok(true)
}

pub(crate) fn log(
    act: &mut Act<'_, '_>,
    id: ItemId,
    what: &'static str,
    state: ItemState,
    version: i64,
) -> Result<(), CatalogueError> {
    act.log(
        Entry::new(Subject::new("item", id), what)
            .state(state.word())
            .content(&serde_json::json!({ "version": version })),
    )?;
    Ok(())
}

/// Puts the card of a version that is shown in the place of the one before.
pub(crate) fn show(act: &mut Act<'_, '_>, c: &Card) -> Result<(), CatalogueError> {
    act.run(&store::DROP_CARD, (c.item,))?;
    act.run(
        &store::ADD_CARD,
        (
            c.item,
            c.key.as_str(),
            c.name_zh.as_str(),
            c.name_en.as_str(),
            c.summary_zh.as_str(),
            c.summary_en.as_str(),
            c.words.as_str(),
            c.department.as_str(),
            c.department_zh.as_str(),
            c.department_en.as_str(),
            c.level.as_str(),
            c.persons.as_str(),
            c.events.as_str(),
            c.days,
            c.best,
            c.worst,
            c.declared,
            c.unchecked,
        ),
    )?;
    Ok(())
}
