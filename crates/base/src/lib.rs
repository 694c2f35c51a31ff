#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod chance;
pub mod docnum;
pub mod id;
pub mod money;
pub mod place;
pub mod problem;
pub mod text;
pub mod time;

pub use chance::Chance;
pub use id::IdGen;
pub use money::Fen;
pub use place::{Level, PlaceCode};
pub use problem::{FieldError, Problem};
pub use schemars;
pub use serde;
pub use time::{Clock, Day, Instant, ManualClock, SystemClock};
