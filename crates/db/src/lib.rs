#![doc = include_str!("../README.md")]

mod codes;
mod ddl;
mod engine;
mod error;
mod kept;
mod migrate;
mod postgres;
mod registry;
mod row;
mod sqlite;
mod sync;
mod tx;
mod value;
mod wal;

pub use engine::{Db, Engine, LockKey, Options};
pub use error::{DbError, Kind};
pub use migrate::{Migration, Room};
pub use registry::{Entry, Kept, Sql, entries, numbered};
pub use row::{Row, RowRef};
pub use tx::{Read, Seen, Tx, Watch};
pub use value::{Args, IdSet, Json, Put, Take, Val};

#[doc(hidden)]
pub use inventory;
#[doc(hidden)]
pub use linli_base;
#[doc(hidden)]
pub use linli_base::schemars;
#[doc(hidden)]
pub use serde;

/// For the crate's own tests and the statement test in `linli`: what an engine says of a statement without running it.
pub mod inspect {
    pub use crate::engine::{Described, describe, plan};
}
