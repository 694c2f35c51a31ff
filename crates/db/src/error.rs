//! One error for both engines. It never carries values of a row: those may be personal.

use std::borrow::Cow;

/// What kind of failure it was; callers decide by this alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A unique key exists already. Use `ON CONFLICT … DO NOTHING RETURNING id` where this is expected.
    Unique,
    /// A CHECK, NOT NULL or foreign key refused the row.
    Constraint,
    /// The engine asks to run the act again; the seam has done so until its tries ran out.
    Retry,
    /// The connection or the whole transaction went away. Nothing was stored.
    Lost,
    /// Rows came in another number or form than the code expects: a bug.
    Shape,
    /// The act panicked; it was undone.
    Panic,
    /// A statement took longer than it may.
    Deadline,
    /// Anything else: disk full, a broken statement.
    Other,
}

/// A database failure.
#[derive(Clone, Debug, thiserror::Error)]
#[error("database: {kind:?}: {what}")]
pub struct DbError {
    pub kind: Kind,
    /// For the engineer: constraint or statement name, the engine's own code. No values.
    pub what: Cow<'static, str>,
}

impl DbError {
    pub(crate) fn new(kind: Kind, what: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, what: what.into() }
    }
    pub(crate) fn shape(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Shape, what)
    }
    pub(crate) fn lost(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Lost, what)
    }
}

impl linli_base::Problem for DbError {
    fn code(&self) -> &'static str {
        match self.kind {
            Kind::Retry | Kind::Lost | Kind::Deadline => "busy",
            _ => "internal",
        }
    }
    fn status(&self) -> u16 {
        match self.kind {
            Kind::Retry | Kind::Lost | Kind::Deadline => 503,
            _ => 500,
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let rusqlite::Error::SqliteFailure(code, message) = &e else {
            return Self::new(Kind::Other, e.to_string());
        };
        let kind = match (code.code, code.extended_code) {
            (Code::ConstraintViolation, 2067 | 1555) => Kind::Unique,
            (Code::ConstraintViolation, _) => Kind::Constraint,
            (Code::DatabaseBusy | Code::DatabaseLocked, _) => Kind::Retry,
            (Code::OperationInterrupted, _) => Kind::Deadline,
            _ => Kind::Other,
        };
        // SQLite's messages name tables and columns, never values.
        Self::new(kind, message.clone().unwrap_or_else(|| code.to_string()))
    }
}

impl From<postgres::Error> for DbError {
    fn from(e: postgres::Error) -> Self {
        let Some(db) = e.as_db_error() else {
            let kind = if e.is_closed() { Kind::Lost } else { Kind::Other };
            return Self::new(kind, e.to_string());
        };
        let code = db.code().code();
        let kind = match code {
            "40001" | "40P01" | "0A000" => Kind::Retry,
            "23505" => Kind::Unique,
            "57014" => Kind::Deadline,
            "25P03" | "57P01" | "57P02" | "57P03" => Kind::Lost,
            c if c.starts_with("23") => Kind::Constraint,
            c if c.starts_with("08") => Kind::Lost,
            _ => Kind::Other,
        };
        // The detail of a PostgreSQL error quotes values, so only the code, the constraint and the short message are kept.
        Self::new(kind, format!("{code} {} {}", db.constraint().unwrap_or(""), db.message()))
    }
}
