//! The handle that every room holds: `write`, `read`, `scan`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use linli_base::{Clock, IdGen, Instant, SystemClock};
use tokio::sync::{oneshot, watch};

use crate::error::{DbError, Kind};
use crate::postgres::Pg;
use crate::sqlite::{Lite, Queued, panicked};
use crate::tx::{Read, Tx, Watch};

/// Which engine answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Serialises the few acts that many people want at once (a booking rush). SQLite has one writer and ignores it.
#[derive(Clone, Copy, Debug)]
pub struct LockKey(pub i64);

/// How to open a database.
pub struct Options {
    pub clock: Arc<dyn Clock>,
    /// Tells processes on one database apart, 0–63.
    pub node: u8,
    /// PostgreSQL only: work inside this schema (tests). Letters, digits and underscores.
    pub schema: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), node: 0, schema: None }
    }
}

/// A database of either engine. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Either,
    ids: Arc<IdGen>,
    clock: Arc<dyn Clock>,
    scans: tokio::sync::Semaphore,
}

enum Either {
    Lite(Lite),
    Pg(Pg),
}

/// How long one scan (export, report) may run.
const SCAN_DEADLINE: Duration = Duration::from_secs(120);

impl Db {
    /// Opens `sqlite:PATH` (or a bare path) or `postgres://…`.
    ///
    /// # Errors
    /// If the file or server cannot be reached.
    pub async fn open(url: &str, options: Options) -> Result<Self, DbError> {
        Self::open_with(url, options, None).await
    }

    /// As [`Db::open`], and `watch` is told of every statement of every act (SQLite). It runs on the writer's thread: what it
    /// does, all acts wait for.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_watched(url: &str, options: Options, watch: Watch) -> Result<Self, DbError> {
        Self::open_with(url, options, Some(watch)).await
    }

    async fn open_with(url: &str, options: Options, watch: Option<Watch>) -> Result<Self, DbError> {
        let ids = Arc::new(IdGen::new(options.node));
        let clock = options.clock;
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if options
                .schema
                .as_ref()
                .is_some_and(|s| !s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            {
                return Err(DbError::new(Kind::Other, "schema name"));
            }
            Either::Pg(Pg::new(url, options.schema, Arc::clone(&clock), Arc::clone(&ids)))
        } else {
            let path = Path::new(url.strip_prefix("sqlite:").unwrap_or(url));
            Either::Lite(Lite::open(path, Arc::clone(&clock), Arc::clone(&ids), watch)?)
        };
        let db = Self(Arc::new(Inner { engine, ids, clock, scans: tokio::sync::Semaphore::new(3) }));
        if db.engine() == Engine::Postgres {
            db.check_clock().await?;
        }
        Ok(db)
    }

    /// Ids of several processes must be close in time: a clock far from the database's is refused at the start.
    async fn check_clock(&self) -> Result<(), DbError> {
        crate::sql! {
            SERVER_TIME: (i64,) = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now";
        }
        let server = self.read(|r| r.one(&SERVER_TIME, ()).map(|row| row.0)).await?;
        let here = SystemClock.now().millis();
        if (server - here).abs() > 5_000 {
            return Err(DbError::new(
                Kind::Other,
                format!("this clock is {} ms from the database's", here - server),
            ));
        }
        Ok(())
    }

    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.engine {
            Either::Lite(_) => Engine::Sqlite,
            Either::Pg(_) => Engine::Postgres,
        }
    }

    #[must_use]
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// Runs an act in a transaction of its own and answers when it is durable. The act may be run again (PostgreSQL), so it
    /// is `Fn` and touches nothing but the transaction. A caller that goes away does not undo it.
    ///
    /// # Errors
    /// What the act refused with, or the database's failure. Nothing is stored then.
    pub async fn write<T, E>(
        &self,
        act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_with(None, act).await
    }

    /// As [`Db::write`], one at a time for each key.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_keyed<T, E>(
        &self,
        key: LockKey,
        act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.write_with(Some(key.0), act).await
    }

    async fn write_with<T, E>(
        &self,
        key: Option<i64>,
        act: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.engine {
            Either::Lite(lite) => {
                let (send, answered) = oneshot::channel::<Result<T, E>>();
                // Where an act leaves its outcome until the commit's fate is known. Run anew, it leaves another.
                let left: Arc<Mutex<Option<Result<T, E>>>> = Arc::default();
                let taken = Arc::clone(&left);
                let run = Box::new(move |tx: &mut Tx<'_>| {
                    let out = catch_unwind(AssertUnwindSafe(|| act(tx)));
                    let out = match (out, tx.take_failure()) {
                        (Err(cause), _) => Err(E::from(panicked(cause))),
                        (Ok(Ok(_)), Some(e)) => Err(E::from(e)),
                        (Ok(out), _) => out,
                    };
                    let keep = out.is_ok();
                    *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(out);
                    keep
                });
                let answer = Box::new(move |fate: Result<(), DbError>| {
                    let out = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let lost = || Err(E::from(DbError::lost("the act was not run")));
                    // Refusals wait for the commit too: they may rest on a neighbour's row of the same batch. The caller may have
                    // gone away; his act stands all the same.
                    let _ = send.send(match fate {
                        Ok(()) => out.unwrap_or_else(lost),
                        Err(e) => Err(E::from(e)),
                    });
                });
                lite.submit(Queued { run, answer }).await;
                answered.await.unwrap_or_else(|_| Err(E::from(DbError::lost("the writer went away"))))
            }
            Either::Pg(pg) => {
                let slot = pg.slot().await.map_err(E::from)?;
                let inner = Arc::clone(&self.0);
                let work = move || {
                    let Either::Pg(pg) = &inner.engine else {
                        return Err(E::from(DbError::lost("another engine")));
                    };
                    let out = pg.write(key, &act);
                    drop(slot);
                    out
                };
                tokio::task::spawn_blocking(work)
                    .await
                    .unwrap_or_else(|e| Err(E::from(DbError::lost(format!("blocking thread: {e}")))))
            }
        }
    }

    /// Reads on one snapshot. Bounded reads only: it runs in place on SQLite.
    ///
    /// # Errors
    /// What the closure refused with, or the database's failure.
    pub async fn read<T, E>(&self, f: impl Fn(&mut Read<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.engine {
            Either::Lite(lite) => lite.read(f, None).unwrap_or_else(|e| Err(E::from(e))),
            Either::Pg(pg) => {
                let slot = pg.slot().await.map_err(E::from)?;
                self.pg_read(slot, f).await
            }
        }
    }

    /// Waits until all that could be read up to this moment is on the disk. Whoever tells somebody outside what [`Db::read`] gave waits
    /// for it first, once, however often he read; the answer of [`Db::write`] has waited already. On PostgreSQL nothing can be read
    /// before it is on the disk.
    pub async fn settled(&self) {
        if let Either::Lite(lite) = &self.0.engine {
            lite.synced.settled().await;
        }
    }

    /// Long reads (exports, checks): apart from the others, at most three at a time, each with a deadline, paged by key by
    /// the caller so that no snapshot is held for long.
    ///
    /// # Errors
    /// As [`Db::read`]; `Deadline` after two minutes.
    pub async fn scan<T, E>(&self, f: impl Fn(&mut Read<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0.engine {
            Either::Lite(lite) => {
                let closed = |_| E::from(DbError::lost("the database is closed"));
                let _slot = self.0.scans.acquire().await.map_err(closed)?;
                let inner = Arc::clone(&self.0);
                let work = move || match &inner.engine {
                    Either::Lite(lite) => {
                        lite.read(f, Some(SCAN_DEADLINE)).unwrap_or_else(|e| Err(E::from(e)))
                    }
                    Either::Pg(_) => Err(E::from(DbError::lost("another engine"))),
                };
                let out = tokio::task::spawn_blocking(work)
                    .await
                    .unwrap_or_else(|e| Err(E::from(DbError::lost(format!("blocking thread: {e}")))));
                lite.synced.settled().await;
                out
            }
            Either::Pg(pg) => {
                let slot = pg.scan_slot().await.map_err(E::from)?;
                self.pg_read(slot, f).await
            }
        }
    }

    async fn pg_read<T, E>(
        &self,
        slot: tokio::sync::OwnedSemaphorePermit,
        f: impl Fn(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let work = move || {
            let Either::Pg(pg) = &inner.engine else {
                return Err(E::from(DbError::lost("another engine")));
            };
            let out = pg.read(f).unwrap_or_else(|e| Err(E::from(e)));
            drop(slot);
            out
        };
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|e| Err(E::from(DbError::lost(format!("blocking thread: {e}")))))
    }

    /// Changes whenever a transaction that called [`Tx::wake`] is committed by this process. Others are found by looking
    /// once a second.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<u64> {
        match &self.0.engine {
            Either::Lite(lite) => lite.committed.subscribe(),
            Either::Pg(pg) => pg.committed.subscribe(),
        }
    }

    /// A consistent copy of an SQLite database, made while serving. PostgreSQL has its own tools (`pg_dump`).
    ///
    /// # Errors
    /// If the target exists or cannot be written, or the engine is PostgreSQL.
    pub async fn copy_to(&self, target: PathBuf) -> Result<(), DbError> {
        if target.exists() {
            return Err(DbError::new(Kind::Other, "the target exists already"));
        }
        let inner = Arc::clone(&self.0);
        let work = move || match &inner.engine {
            Either::Lite(lite) => lite.copy_to(&target),
            Either::Pg(_) => Err(DbError::new(Kind::Other, "use pg_dump for PostgreSQL")),
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| DbError::lost(format!("blocking thread: {e}")))?
    }

    /// Takes no more acts, finishes those that wait, closes the file.
    pub async fn close(&self) {
        let inner = Arc::clone(&self.0);
        let work = move || match &inner.engine {
            Either::Lite(lite) => lite.close(),
            Either::Pg(pg) => pg.close(),
        };
        let _ = tokio::task::spawn_blocking(work).await;
    }

    /// Ids made from here on are higher than `id`.
    pub fn raise_ids(&self, id: i64) {
        self.0.ids.raise(id);
    }

    /// Runs a script of DDL in one transaction of its own, outside of any act. Migrations only.
    pub(crate) async fn script(&self, text: String, then: Option<MigrationMark>) -> Result<(), DbError> {
        match &self.0.engine {
            Either::Lite(_) => {
                self.write(move |tx| {
                    // What it defines is counted nowhere.
                    tx.wrote = true;
                    if let crate::tx::Conn::Lite(conn) = &tx.conn {
                        conn.execute_batch(&text)?;
                    }
                    mark(tx, then.as_ref())
                })
                .await
            }
            Either::Pg(_) => {
                self.write_keyed(LockKey(0x11_4c_19), move |tx| {
                    if let crate::tx::Conn::Pg(conn) = &mut tx.conn {
                        conn.batch(&text)?;
                    }
                    mark(tx, then.as_ref())
                })
                .await
            }
        }
    }
}

/// What is written down when a migration was applied.
#[derive(Clone)]
pub(crate) struct MigrationMark {
    pub room: &'static str,
    pub number: u32,
    pub hash: Vec<u8>,
}

fn mark(tx: &mut Tx<'_>, then: Option<&MigrationMark>) -> Result<(), DbError> {
    if let Some(m) = then {
        let now = tx.now();
        tx.run(&crate::migrate::MARK, (m.room, m.number, &m.hash, now))?;
    }
    Ok(())
}

/// What an engine says of a statement without running it.
#[derive(Debug)]
pub struct Described {
    pub parameters: usize,
    pub columns: Vec<String>,
    /// PostgreSQL only: names of parameter and column types.
    pub parameter_types: Vec<String>,
    pub column_types: Vec<String>,
}

/// How SQLite would run a statement, a line for each table that it reads; nothing on PostgreSQL, whose plans depend on what is there.
///
/// # Errors
/// If the engine refuses it.
pub async fn plan(db: &Db, text: &'static str) -> Result<Vec<String>, DbError> {
    db.read(move |r| match &r.conn {
        crate::tx::Conn::Lite(conn) => {
            let mut s = conn.prepare(&format!("EXPLAIN QUERY PLAN {text}"))?;
            let mut rows = s.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push(row.get(3)?);
            }
            Ok(out)
        }
        crate::tx::Conn::Pg(_) => Ok(Vec::new()),
    })
    .await
}

/// Prepares a statement on a migrated database and tells its form.
///
/// # Errors
/// If the engine refuses it.
pub async fn describe(db: &Db, text: &'static str) -> Result<Described, DbError> {
    db.read(move |r| match &mut r.conn {
        crate::tx::Conn::Lite(conn) => {
            let s = conn.prepare(text)?;
            Ok(Described {
                parameters: s.parameter_count(),
                columns: s.column_names().map(str::to_owned).collect(),
                parameter_types: Vec::new(),
                column_types: Vec::new(),
            })
        }
        crate::tx::Conn::Pg(conn) => {
            let s = conn.describe(text)?;
            Ok(Described {
                parameters: s.params().len(),
                columns: s.columns().iter().map(|c| c.name().to_owned()).collect(),
                parameter_types: s.params().iter().map(|t| t.name().to_owned()).collect(),
                column_types: s.columns().iter().map(|c| c.type_().name().to_owned()).collect(),
            })
        }
    })
    .await
}
