//! One binary for all integration tests.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod edges;
mod log;
mod office;
mod proof;
mod routes;
mod seam;
mod statements;
