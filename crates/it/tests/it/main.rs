//! One binary for all integration tests.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod cases;
mod catalogue;
mod crawl;
mod durability;
mod edges;
mod gateway;
mod journeys;
mod log;
mod notices;
mod office;
mod openapi;
mod pictures;
mod proof;
mod routes;
mod rules;
mod seam;
mod statements;
