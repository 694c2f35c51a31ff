//! The door: composition of the rooms, configuration, commands. No rule lives here.

pub mod bench;
pub mod check;
pub mod compose;
pub mod config;
pub mod demo;
mod demo_cases;
pub mod demo_items;
mod demo_pages;
mod demo_publications;
pub mod district;
pub mod gateway;
mod holdings;
pub mod import;
mod papers;
mod phone_book;
pub mod serve;
pub mod simulators;
