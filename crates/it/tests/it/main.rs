//! One binary for all integration tests.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod cases;
mod catalogue;
mod certificates;
mod crawl;
mod desk;
mod drafting;
mod drafting_pages;
mod drafts;
mod durability;
mod edges;
mod files;
mod gateway;
mod journeys;
mod log;
mod machine;
mod materials;
mod notices;
mod office;
mod openapi;
mod people;
mod pictures;
mod proof;
mod publications;
mod routes;
mod rules;
mod seam;
mod sound;
mod sound_items;
mod statements;
mod tamper;
