//! PostgreSQL: the synchronous client, off the async threads, SERIALIZABLE with retry. Connections are opened, used and
//! dropped on blocking threads only: the client panics elsewhere.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use linli_base::{Clock, IdGen};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};
use postgres::{Client, NoTls, Statement};
use tokio::sync::{Semaphore, watch};

use crate::error::{DbError, Kind};
use crate::sqlite::panicked;
use crate::tx::{Conn, Read, Tx};
use crate::value::Val;

/// With 2 cores 8 connections do nearly as well as 16 (measured).
const CONNECTIONS: usize = 12;
/// Tries of an act whose transaction the engine refused; pauses grow and are jittered.
const TRIES: u32 = 50;
/// A unique key that another transaction has just taken: the act is run again on a fresh snapshot and sees it.
const UNIQUE_TRIES: u32 = 3;

pub(crate) struct PgConn {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl PgConn {
    fn statement(&mut self, text: &str) -> Result<Statement, DbError> {
        if let Some(s) = self.statements.get(text) {
            return Ok(s.clone());
        }
        let s = self.client.prepare(text)?;
        self.statements.insert(text.to_owned(), s.clone());
        Ok(s)
    }

    pub(crate) fn query(&mut self, text: &str, vals: &[Val<'_>]) -> Result<Vec<postgres::Row>, DbError> {
        let s = self.statement(text)?;
        let args: Vec<&(dyn ToSql + Sync)> = vals.iter().map(|v| v as _).collect();
        Ok(self.client.query(&s, &args)?)
    }

    pub(crate) fn execute(&mut self, text: &str, vals: &[Val<'_>]) -> Result<u64, DbError> {
        let s = self.statement(text)?;
        let args: Vec<&(dyn ToSql + Sync)> = vals.iter().map(|v| v as _).collect();
        Ok(self.client.execute(&s, &args)?)
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<(), DbError> {
        Ok(self.client.batch_execute(text)?)
    }

    /// Parameter types and columns as the server inferred them.
    pub(crate) fn describe(&mut self, text: &str) -> Result<Statement, DbError> {
        Ok(self.client.prepare(text)?)
    }
}

pub(crate) struct Pg {
    url: String,
    schema: Option<String>,
    idle: Arc<Mutex<Vec<PgConn>>>,
    slots: Arc<Semaphore>,
    scans: Arc<Semaphore>,
    pub(crate) committed: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
    ids: Arc<IdGen>,
}

impl Pg {
    pub(crate) fn new(url: &str, schema: Option<String>, clock: Arc<dyn Clock>, ids: Arc<IdGen>) -> Self {
        Self {
            url: url.to_owned(),
            schema,
            idle: Arc::default(),
            slots: Arc::new(Semaphore::new(CONNECTIONS)),
            scans: Arc::new(Semaphore::new(3)),
            committed: watch::Sender::new(0),
            clock,
            ids,
        }
    }

    fn connect(&self) -> Result<PgConn, DbError> {
        let mut client = Client::connect(&self.url, NoTls)?;
        let collation: String = client
            .query_one("SELECT datcollate::text FROM pg_database WHERE datname = current_database()", &[])?
            .try_get(0)?;
        if !matches!(collation.as_str(), "C" | "C.UTF-8" | "C.utf8" | "POSIX") {
            return Err(DbError::new(
                Kind::Other,
                format!(
                    "the database sorts by {collation}; create it with LC_COLLATE 'C' so that text sorts as on SQLite"
                ),
            ));
        }
        client.batch_execute(
            "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC'",
        )?;
        if let Some(schema) = &self.schema {
            client.batch_execute(&format!(
                "CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path = {schema}"
            ))?;
        }
        Ok(PgConn { client, statements: HashMap::new() })
    }

    /// Runs `f` with a connection, on the calling (blocking) thread.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut PgConn) -> Result<T, DbError>) -> Result<T, DbError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = match idle {
            Some(conn) if !conn.client.is_closed() => conn,
            _ => self.connect()?,
        };
        let out = f(&mut conn);
        // After a lost connection or DDL by somebody else (0A000 comes as Retry) the cached plans are worth nothing.
        let keep = match &out {
            Ok(_) => true,
            Err(e) => e.kind != Kind::Lost && !e.what.starts_with("0A000"),
        };
        if keep && !conn.client.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
        out
    }

    pub(crate) async fn slot(&self) -> Result<tokio::sync::OwnedSemaphorePermit, DbError> {
        Arc::clone(&self.slots).acquire_owned().await.map_err(|_| DbError::lost("the database is closed"))
    }

    pub(crate) async fn scan_slot(&self) -> Result<tokio::sync::OwnedSemaphorePermit, DbError> {
        Arc::clone(&self.scans).acquire_owned().await.map_err(|_| DbError::lost("the database is closed"))
    }

    pub(crate) fn read<T>(&self, f: impl FnOnce(&mut Read<'_>) -> T) -> Result<T, DbError> {
        let now = self.clock.now();
        self.with(|conn| {
            conn.batch("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            let out = catch_unwind(AssertUnwindSafe(|| f(&mut Read::new(Conn::Pg(conn), now))));
            conn.batch("ROLLBACK")?;
            out.map_err(panicked)
        })
    }

    /// Runs an act until it is committed, refused, or its tries are used up. `act` returns its result and whether to keep.
    pub(crate) fn write<T, E: From<DbError>>(
        &self,
        key: Option<i64>,
        act: &dyn Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tries = 0;
        loop {
            tries += 1;
            let out = self.with(|conn| {
                if let Some(key) = key {
                    // Before BEGIN: the lock must come before the snapshot.
                    conn.execute("SELECT pg_advisory_lock($1)", &[Val::Int(key)])?;
                }
                let out = self.attempt(conn, act);
                if let Some(key) = key {
                    conn.execute("SELECT pg_advisory_unlock($1)", &[Val::Int(key)])?;
                }
                out
            });
            let error = match out {
                Ok(Attempt::Kept(value)) => return Ok(value),
                Ok(Attempt::Refused(e)) => return Err(e),
                Ok(Attempt::Failed(e, _)) | Err(e) if again(&e, tries) => e,
                Ok(Attempt::Failed(_, Some(own))) => return Err(own),
                Ok(Attempt::Failed(e, None)) | Err(e) => return Err(E::from(e)),
            };
            if error.kind == Kind::Retry {
                pause(tries);
            }
        }
    }

    fn attempt<T, E: From<DbError>>(
        &self,
        conn: &mut PgConn,
        act: &dyn Fn(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Attempt<T, E>, DbError> {
        conn.batch("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE")?;
        let mut tx = Tx::new(Conn::Pg(conn), self.clock.now(), &self.ids);
        let out = catch_unwind(AssertUnwindSafe(|| act(&mut tx)));
        let (failure, wake) = (tx.take_failure(), tx.wake);
        let refused = match (out, failure) {
            (Err(cause), _) => Attempt::Failed(panicked(cause), None),
            (Ok(Err(own)), Some(e)) => Attempt::Failed(e, Some(own)),
            (Ok(Ok(_)), Some(e)) => Attempt::Failed(e, None),
            (Ok(Err(own)), None) => Attempt::Refused(own),
            (Ok(Ok(value)), None) => {
                return match conn.batch("COMMIT") {
                    Ok(()) => {
                        if wake {
                            self.committed.send_modify(|n| *n += 1);
                        }
                        Ok(Attempt::Kept(value))
                    }
                    Err(e) => {
                        let _ = conn.batch("ROLLBACK");
                        Ok(Attempt::Failed(e, None))
                    }
                };
            }
        };
        conn.batch("ROLLBACK")?;
        Ok(refused)
    }

    pub(crate) fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        // The client must not be dropped on an async thread.
        let _ = std::thread::spawn(move || drop(idle)).join();
    }
}

impl Drop for Pg {
    fn drop(&mut self) {
        self.close();
    }
}

enum Attempt<T, E> {
    Kept(T),
    Refused(E),
    Failed(DbError, Option<E>),
}

fn again(e: &DbError, tries: u32) -> bool {
    match e.kind {
        Kind::Retry => tries < TRIES,
        Kind::Unique => tries < UNIQUE_TRIES,
        Kind::Lost => tries < 2,
        _ => false,
    }
}

#[expect(clippy::disallowed_methods, reason = "a blocking thread between two tries of a transaction")]
fn pause(tries: u32) {
    // Jitter from the address of a local and the time: fairness among waiters, not secrecy.
    let jitter = u64::from(std::time::Instant::now().elapsed().subsec_nanos() % 7 + tries % 5);
    std::thread::sleep(Duration::from_millis(u64::from(tries.min(20)) / 2 + jitter));
}

/// Values are encoded by the type that PostgreSQL itself inferred, so a NULL needs no type of its own.
impl ToSql for Val<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Val::Null, _) => Ok(IsNull::Yes),
            (Val::Int(n), &Type::INT8) => n.to_sql(ty, out),
            (Val::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Val::Int(n), &Type::BOOL) => (*n != 0).to_sql(ty, out),
            (Val::Text(t), &Type::TEXT | &Type::VARCHAR) => {
                if t.contains('\0') {
                    return Err("NUL in text".into());
                }
                t.as_ref().to_sql(ty, out)
            }
            (Val::Text(t), &Type::JSON) => {
                out.extend_from_slice(t.as_bytes());
                Ok(IsNull::No)
            }
            (Val::Blob(b), &Type::BYTEA) => b.as_ref().to_sql(ty, out),
            (val, ty) => Err(format!("{} for a parameter of type {ty}", val.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// A JSON column as the text that was stored.
pub(crate) struct JsonText(pub String);

impl<'a> FromSql<'a> for JsonText {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSON
    }
}
