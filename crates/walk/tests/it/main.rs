//! Tests of the engine against brute force and against itself.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "indices and counts come from the small networks made here"
)]

mod brute;
mod common;
mod gaps;
mod links;
mod reach;
mod repair;
mod score;
