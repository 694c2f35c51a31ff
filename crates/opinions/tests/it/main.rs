//! Tests of the engine against published results, against hand-made cases and against itself.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unwrap_used,
    reason = "tests of small known data"
)]

mod command;
mod formats;
mod oracle;
mod properties;
mod rules;
