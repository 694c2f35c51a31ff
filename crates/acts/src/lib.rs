#![doc = include_str!("../README.md")]

mod actor;
mod chain;
mod check;
mod house;
mod idempotency;
mod jobs;
#[cfg(test)]
mod jobs_tests;
mod log;
mod personal;
mod retention;

pub use actor::{
    Actor, BodyId, Channel, Denied, DutyId, DutyKind, Held, PersonId, StaffId, TokenId, Who, duty_kinds,
};
pub use chain::{Checkpoint, SEAL_LIMIT, latest_checkpoint, publish_checkpoint, seal_once};
pub use check::{ChainReport, Fault, StateProof, StateReport, check_against, check_chain, check_states};
pub use house::{Act, House, Services};
pub use idempotency::once;
pub use jobs::{Event, INSIDE, Job, JobError, JobKind, JobRow, Pool, Recurring, TRIES};
pub use log::{Browse, Entry, LogId, LogRow, Subject, browse, concerning, contents, erase_contents, history};
pub use personal::{ActWords, Holding, Kept, PersonalData, act_words, personal_data};
pub use retention::{Retention, retentions, sweep_retention};

#[doc(hidden)]
pub use inventory;

/// Tables of this crate.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "acts",
    migrations: linli_db::migrations![1 => "0001_log_and_jobs.sql", 2 => "0002_pools.sql"],
};
