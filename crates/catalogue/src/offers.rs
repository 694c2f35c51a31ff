//! What neighbours may call.

use linli_acts::{Actor, House};
use linli_db::Read;

pub use crate::acts::{CatalogueError, deliver};
pub use crate::domain::{Both, Condition, Guide, ItemId, Level};
pub use crate::form::{Field, FieldKind, Form, Grant, KnownFrom, Page, asked};
pub use crate::handling::{Begin, Handover, Identity, LinkOut, Persons};
pub use crate::kinds;
pub use crate::material::{Check, HandIn, Material, Need, Source, Way};
pub use crate::predicate::{Facts, Finding, Operand, Predicate, Value, Verdict};
use crate::store;

/// A live item: id, version, guide.
///
/// # Errors
/// If the database fails.
pub fn live(read: &mut Read<'_>, key: &str) -> Result<Option<(ItemId, i64, Guide)>, CatalogueError> {
    let row = read.opt(&store::BY_KEY, (key,))?;
    Ok(row.filter(|r| r.state == crate::domain::ItemState::Live).map(|r| (r.id, r.version, r.document.0)))
}

/// The version of an item that a case began with.
///
/// # Errors
/// If the database fails.
pub fn version(read: &mut Read<'_>, item: ItemId, version: i64) -> Result<Option<Guide>, CatalogueError> {
    Ok(read.opt(&store::VERSION, (item, version))?.map(|(document,)| document.0))
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
