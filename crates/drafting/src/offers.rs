//! What the door may call: acts and rows, for the sample district.

pub use crate::acts::{approve, begin, open, propose, send_back, write};
