//! What changes seldom and is read with every act (rules, texts, divisions, who holds what), kept in memory between the changes. SQLite
//! only: there every change of this file passes one writer, which sees the tables that it changes. Another process that writes the
//! same file is seen after a second.
//!
//! Kept rows belong to a generation. The writer begins a new one with the commit of a change of a watched table, before the caller is
//! answered; from the change to that commit its own acts read the tables themselves. A reader takes the generation before its snapshot,
//! so what it keeps is at least as new as the generation says.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant as Timer;

use crate::error::DbError;
use crate::registry::entries;
use crate::value::Val;

/// Answers that are kept; beyond it all are forgotten.
const MOST: usize = 8_192;

/// What a caller made of the rows.
type Made = Arc<dyn Any + Send + Sync>;

/// What one process keeps of one database.
pub(crate) struct Keeper {
    generation: AtomicU64,
    /// Whole seconds since `start` at which the generation was looked at last.
    looked: AtomicU64,
    start: Timer,
    /// The writer's open transaction has changed a watched table.
    changed: AtomicBool,
    kept: RwLock<HashMap<Vec<u8>, (u64, Made)>>,
}

impl Keeper {
    pub(crate) fn new() -> Self {
        Self {
            generation: AtomicU64::new(0),
            looked: AtomicU64::new(0),
            start: Timer::now(),
            changed: AtomicBool::new(false),
            kept: RwLock::default(),
        }
    }

    /// Tells the keeper of every change that this connection makes to a watched table.
    pub(crate) fn watch(self: &Arc<Self>, conn: &mut rusqlite::Connection) -> Result<(), DbError> {
        let watched: HashSet<&'static str> = entries().flat_map(|e| e.kept).copied().collect();
        let keeper = Arc::clone(self);
        conn.update_hook(Some(move |_, _: &str, table: &str, _| {
            if watched.contains(table) {
                keeper.changed.store(true, Ordering::SeqCst);
            }
        }))?;
        Ok(())
    }

    /// The generation from which a transaction that begins now may take, and to which it may add.
    pub(crate) fn generation(&self) -> u64 {
        let second = self.start.elapsed().as_secs();
        if self.looked.swap(second, Ordering::SeqCst) == second {
            self.generation.load(Ordering::SeqCst)
        } else {
            self.generation.fetch_add(1, Ordering::SeqCst) + 1
        }
    }

    /// Whether the writer's open transaction must read the tables themselves.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    /// The writer's transaction has ended.
    pub(crate) fn ended(&self, committed: bool) {
        if self.changed.swap(false, Ordering::SeqCst) && committed {
            self.generation.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self, key: &[u8], generation: u64) -> Option<Arc<T>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let (_, found) = kept.get(key).filter(|(of, _)| *of == generation)?;
        Arc::clone(found).downcast().ok()
    }

    pub(crate) fn put<T: Send + Sync + 'static>(&self, key: Vec<u8>, generation: u64, value: Arc<T>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        // One that read longer ago does not take the place of what is newer.
        if kept.get(&key).is_none_or(|(of, _)| *of <= generation) {
            kept.insert(key, (generation, value));
        }
    }
}

/// Statement and values in one.
pub(crate) fn key(text: &'static str, vals: &[Val<'_>]) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    key.extend_from_slice(&text.as_ptr().addr().to_ne_bytes());
    key.extend_from_slice(&text.len().to_ne_bytes());
    for val in vals {
        let (kind, bytes): (u8, &[u8]) = match val {
            Val::Null => (0, &[]),
            Val::Int(n) => (1, &n.to_ne_bytes()),
            Val::Text(t) => (2, t.as_bytes()),
            Val::Blob(b) => (3, b),
        };
        key.push(kind);
        key.extend_from_slice(&bytes.len().to_ne_bytes());
        key.extend_from_slice(bytes);
    }
    key
}
