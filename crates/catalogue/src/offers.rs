//! What neighbours may call.

use std::sync::Arc;

use linli_acts::{Actor, House, PersonId};
use linli_db::{DbError, Read};
use linli_guide::{Guide, Papers};
use linli_vault::Vault;

pub use crate::acts::{Arriving, CatalogueError, deliver};
pub use crate::cards::{Card, Finder};
pub use crate::changes::{
    Counts, Standing, asking_for, counts, newer, newer_open, newer_seen, page, put_live, reinstate, retire,
    retired, standing, versions,
};
pub use crate::domain::{ItemId, ItemState};
pub use crate::pages::guide::preview;
pub use crate::terms::{
    Synonym, TermId, TermState, add_proof, add_synonym, remove_proof, remove_synonym, synonyms,
};
use crate::{delivered, kept, store};

/// A live item: id, version, guide.
///
/// # Errors
/// If the database fails.
pub fn live(read: &mut Read<'_>, key: &str) -> Result<Option<(ItemId, i64, Arc<Guide>)>, CatalogueError> {
    let Some(head) = read.kept_opt(&store::LIVE, (key,))? else { return Ok(None) };
    let (id, version, hash) = head;
    Ok(kept::guide(read, id, version, &hash)?.map(|guide| (id, version, guide)))
}

/// Live items for persons that a department has checked, with their names: what somebody may be trusted with. At most 500.
///
/// # Errors
/// If the database fails.
pub fn names(read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError> {
    let rows = read.all(&store::CHECKED_NAMES, ())?;
    Ok(rows.into_iter().map(|r| (r.key, r.name_zh, r.name_en)).collect())
}

/// The version of an item that a case began with.
///
/// # Errors
/// If the database fails.
pub fn version(
    read: &mut Read<'_>,
    item: ItemId,
    version: i64,
) -> Result<Option<Arc<Guide>>, CatalogueError> {
    let Some((hash,)) = read.opt(&store::HASH, (item, version))? else { return Ok(None) };
    Ok(kept::guide(read, item, version, &hash)?)
}

/// What a person holds, told by whoever keeps certificates and checked papers.
pub trait Inventory: Send + Sync + 'static {
    /// The kinds of paper ([`Papers`]) of which she holds a valid one; `None`: nobody keeps such things here.
    ///
    /// # Errors
    /// If the database fails.
    fn holds(
        &self,
        read: &mut Read<'_>,
        vault: &Vault,
        person: PersonId,
    ) -> Result<Option<Vec<String>>, DbError>;

    /// Key, Chinese and English name of every kind of paper that officers keep.
    ///
    /// # Errors
    /// If the database fails.
    fn kinds(&self, read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError>;
}

/// Every kind of paper that items may name, as it is now.
///
/// # Errors
/// If the database fails.
pub fn papers(read: &mut Read<'_>, house: &House) -> Result<Papers, DbError> {
    Ok(Papers::with(house.service::<InventoryService>().0.kinds(read)?))
}

/// The inventory as a service.
pub struct InventoryService(pub Box<dyn Inventory>);

/// How often applicants of an item really came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experienced {
    /// At least half of the cases took no more.
    pub visits: i64,
    /// Of how many cases.
    pub cases: i64,
}

/// What happened to those who applied, told by whoever keeps applications.
pub trait Experience: Send + Sync + 'static {
    /// How often they came in the last year; `None`: too few to tell.
    ///
    /// # Errors
    /// If the database fails.
    fn of(&self, read: &mut Read<'_>, item: &str) -> Result<Option<Experienced>, DbError>;
}

/// The experience as a service.
pub struct ExperienceService(pub Box<dyn Experience>);

/// Pages of guides that are kept are made anew: something that they show has changed.
///
/// # Errors
/// If the database fails.
pub fn raise_stamp(act: &mut linli_acts::Act<'_, '_>) -> Result<(), DbError> {
    act.run(&store::RAISE_STAMP, ()).map(drop)
}

/// Items in one act: each writes about five rows.
const AT_ONCE: usize = 100;

/// Takes the items that are written out whole. A fresh house has them from the start.
///
/// # Errors
/// If a document is wrong or the database fails.
pub async fn deliver_written(house: &House) -> Result<usize, CatalogueError> {
    take(house, "written", delivered::written).await
}

/// Takes the whole catalogue that comes with the program. The same twice is one look at a digest.
///
/// # Errors
/// If a line is wrong or the database fails.
pub async fn deliver_all(house: &House) -> Result<usize, CatalogueError> {
    take(house, "all", delivered::items).await
}

async fn take(
    house: &House,
    set: &'static str,
    items: fn() -> delivered::Items,
) -> Result<usize, CatalogueError> {
    crate::terms::deliver(house).await?;
    let digest = delivered::digest();
    let known = house.read(move |r| r.opt(&store::DIGEST, (set,))).await?;
    if known.is_some_and(|(d,)| d.as_ref() == Some(&digest)) {
        return Ok(0);
    }
    let mut arriving = Vec::new();
    for (key, guide) in items()? {
        arriving.push(Arriving::new(key, guide)?);
    }
    let mut changed = 0;
    let last = arriving.len().div_ceil(AT_ONCE);
    for (n, chunk) in arriving.chunks(AT_ONCE).enumerate() {
        let (chunk, digest) = (chunk.to_vec(), digest.clone());
        changed += house
            .act(&Actor::system(), move |act| {
                let changed = deliver(act, &chunk)?;
                // With the last of them, so that a start that was cut off goes on at the next.
                if n + 1 == last {
                    act.run(&store::SET_DIGEST, (set, digest.clone()))?;
                }
                Ok::<_, CatalogueError>(changed)
            })
            .await?;
    }
    Ok(changed)
}
