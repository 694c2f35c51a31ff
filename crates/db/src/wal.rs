//! The write-ahead log of SQLite is checkpointed beside the writer, so that no commit waits for it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::DbError;

/// Pages from which a checkpoint is worth it: pages that are written often are moved once.
const WORTH: i64 = 6_000;
/// Pages from which the writer itself moves what is left; 64 MB. Only while nothing is added can the WAL begin anew at its front.
const FULL: i64 = 16_000;
/// How often it is looked at while acts are committed.
const EVERY: Duration = Duration::from_millis(200);

/// How long it is, and what its thread has to know.
#[derive(Default)]
pub(crate) struct Wal {
    /// As last seen.
    pages: AtomicI64,
    now: Mutex<Now>,
    wake: Condvar,
}

#[derive(Default)]
struct Now {
    written: bool,
    ended: bool,
}

/// Pages in the WAL, and how many of them are in the database already.
fn pages(conn: &Connection, pragma: &'static str) -> Result<(i64, i64), DbError> {
    // Busy, pages in the WAL, pages moved; -1 each if there is none.
    Ok(conn.prepare_cached(pragma)?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?)
}

const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
/// Moves what can be moved without anybody waiting.
const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";

impl Wal {
    /// The thread of the checkpoints, with a connection of its own.
    pub(crate) fn checkpointer(self: &Arc<Self>, conn: Connection) -> Result<JoinHandle<()>, DbError> {
        let wal = Arc::clone(self);
        std::thread::Builder::new()
            .name("linli-checkpoint".into())
            .spawn(move || wal.work(&conn))
            .map_err(|e| DbError::lost(format!("thread of the checkpoints: {e}")))
    }

    fn work(&self, conn: &Connection) {
        while self.wait() {
            // A fault is not the end of it: the WAL stays longer, and the writer meets the same fault in words of its own.
            if let Ok((all, moved)) = pages(conn, LOOK) {
                self.pages.store(all, Ordering::Relaxed);
                if all - moved >= WORTH {
                    let _ = pages(conn, MOVE);
                }
            }
        }
    }

    /// Waits until something was committed since it looked last, and a little longer; `false`: it is over.
    fn wait(&self) -> bool {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        while !now.written && !now.ended {
            now = self.wake.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        now.written = false;
        if !now.ended {
            now = self
                .wake
                .wait_timeout_while(now, EVERY, |now| !now.ended)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        !now.ended
    }

    /// Something was committed by the writer, who lends a hand if the WAL has become long.
    pub(crate) fn committed(&self, writer: &Connection) {
        {
            let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            if !now.written {
                now.written = true;
                self.wake.notify_all();
            }
        }
        if self.pages.load(Ordering::Relaxed) >= FULL
            && let Ok((all, moved)) = pages(writer, MOVE)
        {
            // What a reader still needs stays; then it is tried again at the next commit.
            self.pages.store(if moved == all { 0 } else { all }, Ordering::Relaxed);
        }
    }

    /// Ends the thread.
    pub(crate) fn end(&self) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.wake.notify_all();
    }
}
