//! SQLite: one writer thread that runs waiting acts each in its own savepoint and commits them together; readers on
//! snapshots. Nobody is answered before the commit that holds his act is on the disk (`synchronous=FULL`).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Timer};

use linli_base::{Clock, IdGen};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use tokio::sync::{mpsc, watch};

use crate::error::DbError;
use crate::tx::{Conn, Read, Tx, Watch};
use crate::value::Val;

/// More than the registry will ever hold: without its cached plan a statement costs twice as much.
const STATEMENTS: usize = 2_048;
/// A batch ends at this many acts …
const BATCH: usize = 256;
/// … or after this long, whichever comes first.
const BATCH_TIME: Duration = Duration::from_millis(5);
/// Acts that may wait for the writer; beyond it callers wait to be let in.
const QUEUE: usize = 1_024;

/// Runs an act; tells whether to keep it, and how to answer its caller once the commit's fate is known.
pub(crate) type Job = Box<dyn FnOnce(&mut Tx<'_>) -> Done + Send>;
pub(crate) struct Done {
    pub keep: bool,
    pub answer: Box<dyn FnOnce(Result<(), DbError>) + Send>,
}

/// What starts a job when no transaction could be had.
pub(crate) struct Queued {
    pub job: Job,
    pub refuse: Box<dyn FnOnce(DbError) + Send>,
}

pub(crate) struct Lite {
    path: PathBuf,
    queue: Mutex<Option<mpsc::Sender<Queued>>>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Mutex<Vec<Connection>>,
    pub(crate) committed: watch::Sender<u64>,
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
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // INSERT OR REPLACE would walk past the append-only triggers without it.
    conn.pragma_update(None, "recursive_triggers", true)?;
    conn.pragma_update(None, "cache_size", if write { -65_536 } else { -8_192 })?;
    conn.pragma_update(None, "mmap_size", 268_435_456)?;
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
        let conn = open(path, true)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let committed = watch::Sender::new(0);
        let told = committed.clone();
        let writer_clock = Arc::clone(&clock);
        let writer = std::thread::Builder::new()
            .name("linli-writer".into())
            .spawn(move || write_loop(&conn, waiting, &*writer_clock, &ids, &told, watch.as_ref()))
            .map_err(|e| DbError::lost(format!("writer thread: {e}")))?;
        Ok(Self {
            path: path.to_owned(),
            queue: Mutex::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            committed,
            clock,
        })
    }

    pub(crate) async fn submit(&self, queued: Queued) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match queue {
            Some(queue) => {
                if let Err(back) = queue.send(queued).await {
                    (back.0.refuse)(DbError::lost("the writer has stopped"));
                }
            }
            None => (queued.refuse)(DbError::lost("the database is closed")),
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
        conn.prepare_cached("BEGIN")?.raw_execute()?;
        let out = catch_unwind(AssertUnwindSafe(|| f(&mut Read::new(Conn::Lite(&conn), self.clock.now()))));
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

fn write_loop(
    conn: &Connection,
    mut waiting: mpsc::Receiver<Queued>,
    clock: &dyn Clock,
    ids: &IdGen,
    committed: &watch::Sender<u64>,
    watch: Option<&Watch>,
) {
    while let Some(first) = waiting.blocking_recv() {
        if let Err(e) = exec(conn, "BEGIN IMMEDIATE") {
            (first.refuse)(e);
            continue;
        }
        let start = Timer::now();
        let mut answers = Vec::new();
        let mut next = Some(first);
        let mut wake = false;
        let mut lost = None;
        while let Some(queued) = next.take() {
            match run_in_savepoint(conn, queued.job, clock, ids, watch) {
                Ok((answer, woke)) => {
                    answers.push(answer);
                    wake |= woke;
                }
                Err(e) => {
                    (queued.refuse)(e.clone());
                    lost = Some(e);
                    break;
                }
            }
            if conn.is_autocommit() {
                // The engine threw the whole transaction away (disk full, I/O error): nothing of the batch is stored.
                lost = Some(DbError::lost("the engine ended the transaction"));
                break;
            }
            if answers.len() < BATCH && start.elapsed() < BATCH_TIME {
                next = waiting.try_recv().ok();
            }
        }
        let fate = match lost {
            None => exec(conn, "COMMIT"),
            Some(e) => Err(e),
        };
        if fate.is_err() && !conn.is_autocommit() {
            // A COMMIT that fails leaves the transaction open.
            let _ = exec(conn, "ROLLBACK");
        }
        for answer in answers {
            answer(fate.clone());
        }
        if wake && fate.is_ok() {
            committed.send_modify(|n| *n += 1);
        }
    }
}

type Answer = Box<dyn FnOnce(Result<(), DbError>) + Send>;

fn run_in_savepoint(
    conn: &Connection,
    job: Job,
    clock: &dyn Clock,
    ids: &IdGen,
    watch: Option<&Watch>,
) -> Result<(Answer, bool), DbError> {
    exec(conn, "SAVEPOINT act")?;
    let mut tx = Tx::new(Conn::Lite(conn), clock.now(), ids).watched(watch);
    let done = job(&mut tx);
    let wake = tx.wake && done.keep;
    if !conn.is_autocommit() {
        if !done.keep {
            exec(conn, "ROLLBACK TO act")?;
        }
        exec(conn, "RELEASE act")?;
    }
    Ok((done.answer, wake))
}

fn exec(conn: &Connection, text: &str) -> Result<(), DbError> {
    conn.prepare_cached(text)?.raw_execute()?;
    Ok(())
}

/// Binds by the number in the parameter's name: SQLite numbers `$n` by first appearance.
pub(crate) fn lite_params(stmt: &mut CachedStatement<'_>, vals: &[Val<'_>]) -> Result<(), DbError> {
    let count = stmt.parameter_count();
    if count != vals.len() {
        return Err(DbError::shape(format!("{count} parameters, {} arguments", vals.len())));
    }
    for index in 1..=count {
        let number = stmt
            .parameter_name(index)
            .and_then(|n| n.strip_prefix('$'))
            .and_then(|n| n.parse::<usize>().ok());
        let val = number
            .and_then(|n| vals.get(n.wrapping_sub(1)))
            .ok_or_else(|| DbError::shape("a parameter that is not $n"))?;
        match val {
            Val::Null => stmt.raw_bind_parameter(index, rusqlite::types::Null)?,
            Val::Int(n) => stmt.raw_bind_parameter(index, n)?,
            Val::Text(t) if t.contains('\0') => return Err(DbError::shape("NUL in text")),
            Val::Text(t) => stmt.raw_bind_parameter(index, &**t)?,
            Val::Blob(b) => stmt.raw_bind_parameter(index, &**b)?,
        }
    }
    Ok(())
}
