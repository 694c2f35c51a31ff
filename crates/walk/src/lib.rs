#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "an engine over dense integer arrays: indices come from the arrays themselves, counts are capped on reading"
)]

pub mod access;
pub mod around;
pub mod build;
pub mod catchment;
pub mod city;
pub mod datum;
pub mod error;
pub mod export;
pub mod files;
pub mod gaps;
pub mod geo;
pub mod grid;
pub mod index;
pub mod isochrone;
pub mod links;
pub mod local;
mod map;
pub mod nearest;
pub mod network;
pub mod osm;
pub mod prepared;
pub mod profile;
pub mod raw;
pub mod repair;
pub mod report;
pub mod score;
pub mod search;
pub mod synth;
pub mod tiles;

pub use city::{Buildings, City, Class};
pub use datum::Datum;
pub use error::{Error, Result};
pub use geo::{Bounds, Point};
pub use network::{Costs, Door, Edge, Network, Places};
pub use profile::{BARRED, Cost, Profile};
