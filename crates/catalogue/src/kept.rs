//! Guides as read. What a version says never changes, so one process reads its document once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use linli_db::{DbError, Read};
use linli_guide::Guide;

use crate::domain::ItemId;
use crate::store;

/// Guides that one process keeps: all live ones and as many old ones that cases began with. About 20 kB each at most.
const MOST: usize = 4_096;

/// By digest of the document: two houses in one process may give one id to different items, but not one digest.
static KEPT: LazyLock<Mutex<HashMap<Vec<u8>, Arc<Guide>>>> = LazyLock::new(Mutex::default);

/// What a version says; `None` if there is no such version.
///
/// # Errors
/// If the database fails.
pub(crate) fn guide(
    read: &mut Read<'_>,
    item: ItemId,
    version: i64,
    hash: &[u8],
) -> Result<Option<Arc<Guide>>, DbError> {
    if let Some(guide) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(hash) {
        return Ok(Some(Arc::clone(guide)));
    }
    let Some((document,)) = read.opt(&store::VERSION, (item, version))? else { return Ok(None) };
    let guide = Arc::new(document.0);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST {
        kept.clear();
    }
    kept.insert(hash.to_vec(), Arc::clone(&guide));
    Ok(Some(guide))
}
