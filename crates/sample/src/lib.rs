#![doc = include_str!("../README.md")]

mod cast;
mod insurance;
mod names;
mod people;

pub use cast::{Cast, cast};
pub use insurance::{Insurance, insurance};
pub use people::{BLOCK, CENSUS, Generator, SamplePerson};

use linli_base::PlaceCode;

/// `haizhu/divisions.csv`: code, name_zh, name_en, level, parent, valid_from, valid_to.
pub const DIVISIONS: &str = include_str!("../haizhu/divisions.csv");
/// `haizhu/bodies.csv`: code, kind, name_zh, name_en, short_zh.
pub const BODIES: &str = include_str!("../haizhu/bodies.csv");

/// `haizhu/publications.json`: a year of documents of the sample's bodies, written for it; each says that it is a sample.
pub const PUBLICATIONS: &str = include_str!("../haizhu/publications.json");

/// The communities that hold on the day of the letter, by code.
#[must_use]
pub fn communities() -> Vec<PlaceCode> {
    let mut all: Vec<PlaceCode> = DIVISIONS
        .lines()
        .skip(1)
        .filter(|l| l.contains(",community,") && l.contains(",2010-01-01,"))
        .filter_map(|l| l.split(',').next()?.parse().ok())
        .collect();
    all.sort_unstable();
    all
}
