//! SQLite: one writer thread that runs waiting acts one after another and commits them together; readers on snapshots. Nobody is
//! answered before the commit that holds his act is on the disk (`sync.rs`).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Timer};

use linli_base::{Clock, IdGen};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use tokio::sync::{mpsc, watch};

use crate::error::DbError;
use crate::kept::Keeper;
use crate::sync::{Batch, Synced};
use crate::tx::{Conn, Read, Tx, Watch};
use crate::value::Val;
use crate::wal::Wal;

/// More than the registry will ever hold: without its cached plan a statement costs twice as much.
const STATEMENTS: usize = 2_048;
/// A batch ends at this many acts …
const BATCH: usize = 256;
/// … or after this long, whichever comes first.
const BATCH_TIME: Duration = Duration::from_millis(20);
/// Longest that a batch is kept open for callers who are expected.
const PATIENCE: Duration = Duration::from_micros(300);
/// Longest that it is kept open for the disk.
const LONGEST: Duration = Duration::from_millis(10);
/// How often it is looked whether somebody came meanwhile.
const GLANCE: Duration = Duration::from_micros(40);
/// Acts that may wait for the writer; beyond it callers wait to be let in.
const QUEUE: usize = 1_024;

/// An act that waits for the writer.
pub(crate) struct Queued {
    /// Runs it, from the beginning each time; tells whether to keep what it did.
    pub run: Box<dyn FnMut(&mut Tx<'_>) -> bool + Send>,
    /// Answers its caller once the fate of its commit is known, or that no transaction could be had.
    pub answer: Box<dyn FnOnce(Result<(), DbError>) + Send>,
}

pub(crate) struct Lite {
    path: PathBuf,
    queue: Mutex<Option<mpsc::Sender<Queued>>>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
    pub(crate) committed: watch::Sender<u64>,
    pub(crate) synced: Arc<Synced>,
    keeper: Arc<Keeper>,
    clock: Arc<dyn Clock>,
}

fn open(path: &Path, write: bool) -> Result<Connection, DbError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.busy_timeout(Duration::from_secs(10))?;
    // "x" in double quotes would be a string here and a column on PostgreSQL.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // A plan is made once, from the statement alone. Without it a statement whose parameter was held against a partial index is
    // parsed and planned anew each time it is given another value.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // COMMIT itself does not sync, `sync.rs` does; a checkpoint syncs.
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // INSERT OR REPLACE would walk past the append-only triggers without it.
    conn.pragma_update(None, "recursive_triggers", true)?;
    // Pages that the writer changes must be here; what is read lies in the system's memory and is mapped, as far as SQLite maps.
    conn.pragma_update(None, "cache_size", if write { -262_144 } else { -8_192 })?;
    conn.pragma_update(None, "mmap_size", 2_147_418_112_i64)?;
    // `wal.rs` does.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    // What a page was before a savepoint would go into a temporary file.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    if !write {
        conn.pragma_update(None, "query_only", true)?;
    }
    Ok(conn)
}

impl Lite {
    pub(crate) fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<IdGen>,
        watch: Option<Watch>,
    ) -> Result<Self, DbError> {
        let mut conn = open(path, true)?;
        let keeper = Arc::new(Keeper::new());
        keeper.watch(&mut conn)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let committed = watch::Sender::new(0);
        let writer_clock = Arc::clone(&clock);
        let synced = Arc::new(Synced::default());
        let (hand, syncer) = synced.start(path, committed.clone())?;
        let seen = Arc::clone(&synced);
        let kept = Arc::clone(&keeper);
        let wal = Arc::new(Wal::default());
        let checkpointer = wal.checkpointer(open(path, true)?)?;
        let writer = std::thread::Builder::new()
            .name("linli-writer".into())
            .spawn(move || {
                let writer = Writer {
                    conn: &conn,
                    clock: &*writer_clock,
                    ids: &ids,
                    watch: watch.as_ref(),
                    wal: &wal,
                    synced: &synced,
                    keeper: &kept,
                };
                write_loop(&writer, waiting, &hand);
                drop(hand);
                wal.end();
                let _ = syncer.join();
                // Closing the last connection moves the rest of the WAL.
                let _ = checkpointer.join();
            })
            .map_err(|e| DbError::lost(format!("writer thread: {e}")))?;
        Ok(Self {
            path: path.to_owned(),
            queue: Mutex::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            committed,
            synced: seen,
            keeper,
            clock,
        })
    }

    pub(crate) async fn submit(&self, queued: Queued) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match queue {
            Some(queue) => {
                if let Err(back) = queue.send(queued).await {
                    (back.0.answer)(Err(DbError::lost("the writer has stopped")));
                }
            }
            None => (queued.answer)(Err(DbError::lost("the database is closed"))),
        }
    }

    /// Runs `f` on a snapshot, in place. Bounded by itself: a connection is held only while it runs.
    pub(crate) fn read<T>(
        &self,
        f: impl FnOnce(&mut Read<'_>) -> T,
        deadline: Option<Duration>,
    ) -> Result<T, DbError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => open(&self.path, false)?,
        };
        if let Some(limit) = deadline {
            let start = Timer::now();
            conn.progress_handler(10_000, Some(move || start.elapsed() > limit))?;
        }
        let generation = self.keeper.generation();
        conn.prepare_cached("BEGIN")?.raw_execute()?;
        let mut read = Read::new(Conn::Lite(&conn), self.clock.now()).keeping(&self.keeper, generation);
        let out = catch_unwind(AssertUnwindSafe(|| f(&mut read)));
        if deadline.is_some() {
            conn.progress_handler(0, None::<fn() -> bool>)?;
        }
        let ended = conn.prepare_cached("COMMIT").and_then(|mut s| s.raw_execute());
        if ended.is_ok() {
            self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
        out.map_err(panicked)
    }

    /// A consistent copy while serving. The target must not exist.
    pub(crate) fn copy_to(&self, target: &Path) -> Result<(), DbError> {
        let from = open(&self.path, false)?;
        let mut to = Connection::open(target)?;
        let backup = rusqlite::backup::Backup::new(&from, &mut to)?;
        // -1: all pages in one step, one snapshot, so that writers meanwhile cannot make it start again. In WAL mode
        // they are not kept waiting by it.
        while !matches!(backup.step(-1)?, rusqlite::backup::StepResult::Done) {}
        drop(backup);
        to.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(())
    }

    pub(crate) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A writer that panicked has already failed its callers; there is nobody left to tell.
            let _ = writer.join();
        }
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> DbError {
    let what = cause
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    DbError::new(crate::Kind::Panic, what)
}

fn write_loop(writer: &Writer<'_>, mut waiting: mpsc::Receiver<Queued>, syncer: &SyncSender<Batch>) {
    let mut crowd = Crowd::default();
    while let Some(first) = waiting.blocking_recv() {
        let (mut acts, mut wake) = (Vec::new(), false);
        let done = writer.gather(first, &mut waiting, &crowd, &mut acts, &mut wake);
        let number = writer.synced.begin();
        let fate = done.and_then(|()| writer.exec("COMMIT"));
        crowd.committed(acts.len());
        if fate.is_err() && !writer.conn.is_autocommit() {
            // A COMMIT that fails leaves the transaction open.
            let _ = writer.exec("ROLLBACK");
        }
        writer.keeper.ended(fate.is_ok());
        if let Err(back) = syncer.send(Batch { number, acts, fate, wake }) {
            for queued in back.0.acts {
                (queued.answer)(Err(DbError::lost("nobody syncs any more")));
            }
        }
        writer.wal.committed(writer.conn);
    }
}

/// What the writer thread holds.
struct Writer<'c> {
    conn: &'c Connection,
    clock: &'c dyn Clock,
    ids: &'c IdGen,
    watch: Option<&'c Watch>,
    wal: &'c Wal,
    synced: &'c Synced,
    keeper: &'c Keeper,
}

/// What became of an act in an open transaction.
struct Ran {
    keep: bool,
    wake: bool,
    /// It wrote something, or may have.
    wrote: bool,
}

impl Writer<'_> {
    /// Opens a transaction and runs the first act and those that wait beside it. Only an act that fails after it has written has to be
    /// undone by itself, and that is rare: so none has a savepoint, which would copy every page before it is changed, and if one fails
    /// so, all begin anew with savepoints.
    fn gather(
        &self,
        first: Queued,
        waiting: &mut mpsc::Receiver<Queued>,
        crowd: &Crowd,
        batch: &mut Vec<Queued>,
        wake: &mut bool,
    ) -> Result<(), DbError> {
        let start = Timer::now();
        if let Err(e) = self.exec("BEGIN IMMEDIATE") {
            batch.push(first);
            return Err(e);
        }
        let mut next = Some(first);
        while let Some(mut queued) = next.take() {
            let ran = self.run(&mut queued);
            batch.push(queued);
            self.still_open()?;
            if !ran.keep && ran.wrote {
                return self.one_by_one(batch, wake);
            }
            *wake |= ran.wake;
            if batch.len() < BATCH && start.elapsed() < BATCH_TIME {
                next = crowd.next(waiting, batch.len(), self.synced);
            }
        }
        Ok(())
    }

    /// Begins a batch anew, each act in a savepoint of its own. One that was alone leaves nothing to begin anew.
    fn one_by_one(&self, batch: &mut [Queued], wake: &mut bool) -> Result<(), DbError> {
        self.exec("ROLLBACK")?;
        self.keeper.ended(false);
        self.exec("BEGIN IMMEDIATE")?;
        *wake = false;
        if batch.len() == 1 {
            return Ok(());
        }
        for queued in batch {
            self.exec("SAVEPOINT act")?;
            let ran = self.run(queued);
            self.still_open()?;
            if !ran.keep {
                self.exec("ROLLBACK TO act")?;
            }
            self.exec("RELEASE act")?;
            *wake |= ran.wake;
        }
        Ok(())
    }

    fn run(&self, queued: &mut Queued) -> Ran {
        let before = self.conn.total_changes();
        let mut tx = Tx::new(Conn::Lite(self.conn), self.clock.now(), self.ids)
            .watched(self.watch)
            .keeping(self.keeper);
        let keep = (queued.run)(&mut tx);
        Ran { keep, wake: keep && tx.wake, wrote: tx.wrote || self.conn.total_changes() != before }
    }

    fn still_open(&self) -> Result<(), DbError> {
        // The engine threw the whole transaction away (disk full, I/O error): nothing of the batch is stored.
        if self.conn.is_autocommit() {
            return Err(DbError::lost("the engine ended the transaction"));
        }
        Ok(())
    }

    fn exec(&self, text: &str) -> Result<(), DbError> {
        self.conn.prepare_cached(text)?.raw_execute()?;
        Ok(())
    }
}

/// How many acts the last batches held. Callers who were answered together ask again at about the same time: a batch that closes at the
/// first gap between them pays a commit for a few of them, and the rest wait for it.
#[derive(Default)]
struct Crowd {
    acts: usize,
}

impl Crowd {
    /// The next act that waits. While the batch before is on its way to the disk nobody gains by closing this one; after that those who
    /// are expected are waited for a little. A lone caller waits for nobody.
    fn next(&self, waiting: &mut mpsc::Receiver<Queued>, so_far: usize, synced: &Synced) -> Option<Queued> {
        let start = Timer::now();
        loop {
            match waiting.try_recv() {
                Ok(queued) => return Some(queued),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
                Err(mpsc::error::TryRecvError::Empty) => {}
            }
            let waited = start.elapsed();
            if synced.is_busy() && waited < LONGEST {
                std::thread::park_timeout(GLANCE);
            } else if so_far < self.acts && waited < PATIENCE {
                std::thread::yield_now();
            } else {
                return None;
            }
        }
    }

    fn committed(&mut self, acts: usize) {
        // One that was small by chance does not make the next ones small.
        self.acts = acts.max(self.acts.saturating_sub(self.acts.div_ceil(8)));
    }
}

/// Binds the values of a [`crate::Sql::lite`] text: the n-th is `?n`.
pub(crate) fn lite_params(stmt: &mut CachedStatement<'_>, vals: &[Val<'_>]) -> Result<(), DbError> {
    let count = stmt.parameter_count();
    if count != vals.len() {
        return Err(DbError::shape(format!("{count} parameters, {} arguments", vals.len())));
    }
    for (n, val) in vals.iter().enumerate() {
        match val {
            Val::Null => stmt.raw_bind_parameter(n + 1, rusqlite::types::Null)?,
            Val::Int(i) => stmt.raw_bind_parameter(n + 1, i)?,
            Val::Text(t) if t.contains('\0') => return Err(DbError::shape("NUL in text")),
            Val::Text(t) => stmt.raw_bind_parameter(n + 1, &**t)?,
            Val::Blob(b) => stmt.raw_bind_parameter(n + 1, &**b)?,
        }
    }
    Ok(())
}
