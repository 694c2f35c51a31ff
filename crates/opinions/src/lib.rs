#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "an engine over dense arrays: indices come from the arrays themselves, counts are capped on reading"
)]

pub mod chance;
pub mod compute;
pub mod error;
pub mod explain;
pub mod groups;
pub mod history;
pub mod kmeans;
pub mod lanczos;
pub mod lists;
pub mod live;
pub mod open;
pub mod pairs;
pub mod pca;
pub mod polis;
pub mod ratings;
pub mod raw;
pub mod result;
pub mod state;
pub mod stats;
pub mod svg;
pub mod synth;
pub mod vote;

pub use compute::{Picture, compute, compute_with_base};
pub use error::{Error, Result};
pub use groups::Params;
pub use history::History;
pub use live::Live;
pub use ratings::{Limits, Ratings};
pub use vote::{Cast, Moderation, PersonId, Statement, StatementId, Tally, Vote};
