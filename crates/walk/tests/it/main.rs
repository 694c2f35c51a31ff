//! Tests of the engine against brute force and against itself.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "indices, counts and texts come from the small networks made here"
)]

mod brute;
mod cli;
mod common;
mod gaps;
mod joins;
mod links;
mod osm;
mod prepared;
mod reach;
mod repair;
mod score;
