//! Everything that can go wrong, as one enum.

use std::path::PathBuf;

/// Result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong. Texts are for the person at the command line; code matches on variants.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Reading stopped half way.
    #[error("reading: {0}")]
    Io(#[from] std::io::Error),
    /// The input is not what its format says: damaged, cut off or hostile.
    #[error("{format}, at byte {at}: {what}")]
    Damaged {
        /// The format that was expected.
        format: &'static str,
        /// Byte offset in the file (of the enclosing block, when compressed).
        at: u64,
        /// What was found.
        what: &'static str,
    },
    /// The input is well formed but uses something this reader does not know.
    #[error("{format}: not supported: {what}")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// What it asked for.
        what: String,
    },
    /// The input is larger than the limits given.
    #[error("too large: {what} exceeds the limit of {limit}")]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// The limit in force.
        limit: u64,
    },
    /// A record of a district file (GeoJSON, CSV) cannot be used.
    #[error("record {record}: {what}")]
    Record {
        /// Number of the record, from 1.
        record: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Most of the points lie off the network: very likely the wrong coordinate system.
    #[error(
        "{off} of {total} places lie more than {metres} m from any path; \
         are the coordinates really {datum}? (choose the system they were taken in)"
    )]
    OffNetwork {
        /// How many lie off.
        off: usize,
        /// How many were given.
        total: usize,
        /// The distance used.
        metres: u32,
        /// The coordinate system that was declared.
        datum: &'static str,
    },
    /// There is no walkable way in the input.
    #[error("no walkable way in the input")]
    EmptyNetwork,
    /// An argument is outside what the function accepts.
    #[error("{0}")]
    Argument(String),
}

impl Error {
    pub(crate) fn damaged(format: &'static str, at: u64, what: &'static str) -> Self {
        Self::Damaged { format, at, what }
    }
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
