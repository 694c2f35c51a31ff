//! What an act holds: a transaction of either engine, with the clock and the ids.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use linli_base::{IdGen, Instant};

use crate::error::{DbError, Kind};
use crate::kept::{self, Keeper};
use crate::postgres::PgConn;
use crate::registry::{Kept, Sql};
use crate::row::{Row, RowRef};
use crate::sqlite::lite_params;
use crate::value::{Args, Val};

pub(crate) enum Conn<'c> {
    Lite(&'c rusqlite::Connection),
    Pg(&'c mut PgConn),
}

/// What an act does to SQLite, told to a [`Watch`] on the writer's thread.
pub enum Seen<'a> {
    /// An act begins.
    Act,
    /// A statement with its values in the order of their numbers, about to be run.
    Statement(&'static str, &'a [Val<'a>]),
}

/// Told of everything that acts run: for measuring and for finding what is slow. See [`crate::Db::open_watched`].
pub type Watch = Arc<dyn Fn(Seen<'_>) + Send + Sync>;

/// A snapshot to read from. A statement that fails makes the whole transaction failed, on both engines: every later
/// statement fails with the same error and nothing is stored, so only `?` gets an act out.
pub struct Read<'c> {
    pub(crate) conn: Conn<'c>,
    pub(crate) failed: Option<DbError>,
    now: Instant,
    watch: Option<&'c Watch>,
    /// And the generation from which this transaction takes.
    keeper: Option<(&'c Keeper, u64)>,
    /// What the writer changes itself is not yet in any generation.
    writes: bool,
}

impl<'c> Read<'c> {
    pub(crate) fn new(conn: Conn<'c>, now: Instant) -> Self {
        Self { conn, failed: None, now, watch: None, keeper: None, writes: false }
    }

    /// The same, with what is kept at a generation that was taken before the snapshot.
    pub(crate) fn keeping(mut self, keeper: &'c Keeper, generation: u64) -> Self {
        self.keeper = Some((keeper, generation));
        self
    }

    /// The present, as this transaction sees it from begin to end.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    fn guard<T>(&mut self, run: impl FnOnce(&mut Conn<'c>) -> Result<T, DbError>) -> Result<T, DbError> {
        if let Some(e) = &self.failed {
            return Err(e.clone());
        }
        let out = run(&mut self.conn);
        if let Err(e) = &out {
            self.failed = Some(e.clone());
        }
        out
    }

    /// Calls `each` for every row. The rows cannot be read while other statements run; collect what is needed.
    ///
    /// # Errors
    /// If the statement fails or a row has another form.
    pub fn each<R: Row>(
        &mut self,
        sql: &Sql<R>,
        args: impl Args,
        mut each: impl FnMut(R) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let watch = self.watch;
        self.guard(|conn| match conn {
            Conn::Lite(conn) => {
                let mut stmt = conn.prepare_cached(sql.lite)?;
                let vals = args.vals();
                tell(watch, sql.lite, &vals);
                lite_params(&mut stmt, &vals)?;
                let mut rows = stmt.raw_query();
                while let Some(row) = rows.next()? {
                    each(R::read(&RowRef::Lite(row))?)?;
                }
                Ok(())
            }
            Conn::Pg(conn) => {
                for row in conn.query(sql.text, &args.vals())? {
                    each(R::read(&RowRef::Pg(&row))?)?;
                }
                Ok(())
            }
        })
        .map_err(|e| named(e, sql.name))
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`Read::each`].
    pub fn all<R: Row>(&mut self, sql: &Sql<R>, args: impl Args) -> Result<Vec<R>, DbError> {
        let mut out = Vec::new();
        self.each(sql, args, |row| {
            out.push(row);
            Ok(())
        })?;
        Ok(out)
    }

    /// One row or none; a second row is an error.
    ///
    /// # Errors
    /// As [`Read::each`], and if there is more than one row.
    pub fn opt<R: Row>(&mut self, sql: &Sql<R>, args: impl Args) -> Result<Option<R>, DbError> {
        let mut out = None;
        self.each(sql, args, |row| {
            if out.is_some() {
                return Err(DbError::shape("more than one row"));
            }
            out = Some(row);
            Ok(())
        })?;
        Ok(out)
    }

    /// All rows of a statement over tables that change seldom, made into what the caller needs; it is made anew when one of the tables
    /// has changed. One statement is always made into the same thing.
    ///
    /// # Errors
    /// As [`Read::each`].
    pub fn kept_as<R: Row, T: Send + Sync + 'static>(
        &mut self,
        kept: &Kept<R>,
        args: impl Args,
        make: impl FnOnce(Vec<R>) -> T,
    ) -> Result<Arc<T>, DbError> {
        let keeper = self.keeper.filter(|(keeper, _)| !(self.writes && keeper.is_changed()));
        let Some((keeper, generation)) = keeper.filter(|_| self.failed.is_none()) else {
            return Ok(Arc::new(make(self.all(&kept.sql, args)?)));
        };
        let key = kept::key(kept.sql.lite, &args.vals());
        if let Some(found) = keeper.get(&key, generation) {
            return Ok(found);
        }
        let made = Arc::new(make(self.all(&kept.sql, args)?));
        keeper.put(key, generation, Arc::clone(&made));
        Ok(made)
    }

    /// As [`Read::kept_as`]: the rows themselves.
    ///
    /// # Errors
    /// As [`Read::each`].
    pub fn kept<R: Row + Send + Sync + 'static>(
        &mut self,
        kept: &Kept<R>,
        args: impl Args,
    ) -> Result<Arc<Vec<R>>, DbError> {
        self.kept_as(kept, args, |rows| rows)
    }

    /// As [`Read::kept`]: the first row, if there is one.
    ///
    /// # Errors
    /// As [`Read::each`].
    pub fn kept_opt<R: Row + Clone + Send + Sync + 'static>(
        &mut self,
        kept: &Kept<R>,
        args: impl Args,
    ) -> Result<Option<R>, DbError> {
        Ok(self.kept(kept, args)?.first().cloned())
    }

    /// Exactly one row.
    ///
    /// # Errors
    /// As [`Read::opt`], and if there is none.
    pub fn one<R: Row>(&mut self, sql: &Sql<R>, args: impl Args) -> Result<R, DbError> {
        let row = self.opt(sql, args)?;
        row.ok_or_else(|| {
            let e = named(DbError::shape("no row"), sql.name);
            self.failed = Some(e.clone());
            e
        })
    }
}

fn tell(watch: Option<&Watch>, text: &'static str, vals: &[Val<'_>]) {
    if let Some(watch) = watch {
        watch(Seen::Statement(text, vals));
    }
}

fn named(e: DbError, name: &'static str) -> DbError {
    if e.what.contains(name) { e } else { DbError::new(e.kind, format!("{} [{name}]", e.what)) }
}

/// A transaction that may write. Made by [`crate::Db::write`] only, and ended by it: an act can neither commit nor roll back
/// but by its result.
pub struct Tx<'c> {
    read: Read<'c>,
    ids: &'c IdGen,
    pub(crate) wake: bool,
    /// A statement that changes something was begun.
    pub(crate) wrote: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: Conn<'c>, now: Instant, ids: &'c IdGen) -> Self {
        Self { read: Read::new(conn, now), ids, wake: false, wrote: false }
    }

    /// The same, with every statement told.
    pub(crate) fn watched(mut self, watch: Option<&'c Watch>) -> Self {
        if let Some(watch) = watch {
            watch(Seen::Act);
        }
        self.read.watch = watch;
        self
    }

    /// As [`Read::keeping`], for the only writer.
    pub(crate) fn keeping(mut self, keeper: &'c Keeper) -> Self {
        self.read = self.read.keeping(keeper, keeper.generation());
        self.read.writes = true;
        self
    }

    /// Runs a statement that gives no rows; returns how many rows it changed.
    ///
    /// # Errors
    /// If the statement fails.
    pub fn run(&mut self, sql: &Sql<()>, args: impl Args) -> Result<u64, DbError> {
        let watch = self.read.watch;
        self.wrote = true;
        self.read
            .guard(|conn| match conn {
                Conn::Lite(conn) => {
                    let mut stmt = conn.prepare_cached(sql.lite)?;
                    let vals = args.vals();
                    tell(watch, sql.lite, &vals);
                    lite_params(&mut stmt, &vals)?;
                    Ok(u64::try_from(stmt.raw_execute()?).unwrap_or(u64::MAX))
                }
                Conn::Pg(conn) => conn.execute(sql.text, &args.vals()),
            })
            .map_err(|e| named(e, sql.name))
    }

    /// Runs a statement that must change exactly one row: the check of `rev` against lost updates.
    ///
    /// # Errors
    /// If the statement fails. `Ok(false)` if no row was changed; more than one is an error.
    pub fn run_one(&mut self, sql: &Sql<()>, args: impl Args) -> Result<bool, DbError> {
        match self.run(sql, args)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => {
                let e = named(DbError::new(Kind::Shape, "more than one row changed"), sql.name);
                self.read.failed = Some(e.clone());
                Err(e)
            }
        }
    }

    /// A new id.
    #[must_use]
    pub fn next_id<I: From<i64>>(&mut self) -> I {
        I::from(self.ids.next(self.read.now))
    }

    /// Tells whoever waits on [`crate::Db::committed`] that this transaction left work to do.
    pub fn wake(&mut self) {
        self.wake = true;
    }

    pub(crate) fn take_failure(&mut self) -> Option<DbError> {
        self.read.failed.take()
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Read<'c>;
    fn deref(&self) -> &Read<'c> {
        &self.read
    }
}

impl<'c> DerefMut for Tx<'c> {
    fn deref_mut(&mut self) -> &mut Read<'c> {
        &mut self.read
    }
}
