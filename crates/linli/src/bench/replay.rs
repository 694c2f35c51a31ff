//! The peer of `durable-acts`: the very statements that the acts ran, with the very values, run again by a bare rusqlite loop: one
//! thread, one connection with the same settings, a commit for every batch; no channel, no callers, no savepoint, no sealing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use linli_db::{Seen, Val, Watch};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;

type Statement = (&'static str, Vec<Value>);

/// What acts ran, in their order.
#[derive(Default)]
pub struct Recorded {
    acts: Vec<Vec<Statement>>,
}

/// Something that records, for `Db::open_watched`, and what it records.
pub fn recorder() -> (Watch, Arc<Mutex<Recorded>>) {
    let recorded: Arc<Mutex<Recorded>> = Arc::default();
    let to = Arc::clone(&recorded);
    let watch: Watch = Arc::new(move |seen| {
        let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
        match seen {
            Seen::Act => to.acts.push(Vec::new()),
            Seen::Statement(text, vals) => {
                if let Some(act) = to.acts.last_mut() {
                    act.push((text, vals.iter().map(owned).collect()));
                }
            }
        }
    });
    (watch, recorded)
}

fn owned(val: &Val<'_>) -> Value {
    match val {
        Val::Null => Value::Null,
        Val::Int(n) => Value::Integer(*n),
        Val::Text(t) => Value::Text(t.to_string()),
        Val::Blob(b) => Value::Blob(b.to_vec()),
    }
}

impl Recorded {
    /// Forgets what was recorded so far.
    pub fn clear(&mut self) {
        self.acts.clear();
    }

    #[must_use]
    pub fn acts(&self) -> usize {
        self.acts.len()
    }

    #[must_use]
    pub fn statements(&self) -> usize {
        self.acts.iter().map(Vec::len).sum()
    }

    /// Runs all of it on a database as it was before, a commit for every `batch` acts; returns the seconds that it took.
    ///
    /// # Errors
    /// If a statement fails: then the database is not as it was.
    pub fn replay(&self, file: &Path, batch: usize) -> anyhow::Result<f64> {
        let conn = Connection::open(file)?;
        conn.set_prepared_statement_cache_capacity(2_048);
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        conn.pragma_update(None, "recursive_triggers", true)?;
        conn.pragma_update(None, "cache_size", -65_536)?;
        conn.pragma_update(None, "mmap_size", 268_435_456)?;
        let begin = Instant::now();
        for acts in self.acts.chunks(batch) {
            conn.prepare_cached("BEGIN IMMEDIATE")?.raw_execute()?;
            for (text, values) in acts.iter().flatten() {
                let mut statement = conn.prepare_cached(text)?;
                for (n, value) in values.iter().enumerate() {
                    statement.raw_bind_parameter(n + 1, value)?;
                }
                let mut rows = statement.raw_query();
                while rows.next().with_context(|| format!("replaying {text}"))?.is_some() {}
            }
            conn.prepare_cached("COMMIT")?.raw_execute()?;
        }
        Ok(begin.elapsed().as_secs_f64())
    }
}
