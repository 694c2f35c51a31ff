//! What neighbours may call.

use linli_acts::{Actor, House};
use linli_db::Read;

pub use crate::acts::{CatalogueError, deliver};
pub use crate::domain::{Both, Guide, ItemId, Way};
use crate::store;

/// A live item: id, version, guide.
///
/// # Errors
/// If the database fails.
pub fn live(read: &mut Read<'_>, key: &str) -> Result<Option<(ItemId, i64, Guide)>, CatalogueError> {
    let row = read.opt(&store::BY_KEY, (key,))?;
    Ok(row.filter(|r| r.state == crate::domain::ItemState::Live).map(|r| (r.id, r.version, r.document.0)))
}

/// Takes all items delivered with the program; the same twice changes nothing.
///
/// # Errors
/// If a document is wrong or the database fails.
pub async fn deliver_all(house: &House) -> Result<usize, CatalogueError> {
    let mut new = 0;
    for (key, json) in crate::DELIVERED {
        new += usize::from(house.act(&Actor::system(), move |act| deliver(act, key, json)).await?);
    }
    Ok(new)
}
