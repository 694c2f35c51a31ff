//! One binary for all integration tests.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod cases;
mod crawl;
mod desk;
mod durability;
mod edges;
mod gateway;
mod journeys;
mod log;
mod machine;
mod notices;
mod office;
mod openapi;
mod pictures;
mod proof;
mod publications;
mod routes;
mod rules;
mod seam;
mod statements;
