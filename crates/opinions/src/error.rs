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
    /// Reading or writing stopped half way.
    #[error("reading or writing: {0}")]
    Io(#[from] std::io::Error),
    /// The saved state is not what its format says: damaged, cut off or hostile.
    #[error("saved state, at byte {at}: {what}")]
    Damaged {
        /// Byte offset in the file.
        at: u64,
        /// What was found.
        what: &'static str,
    },
    /// The input is larger than the limits given.
    #[error("too large: more than {limit} {what}")]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// The limit in force.
        limit: u64,
    },
    /// A record of an export (CSV or JSON) cannot be used.
    #[error("{file}, record {record}: {what}")]
    Record {
        /// Which of the export's files.
        file: &'static str,
        /// Number of the record, from 1 (headings not counted); 0 for the headings or the file as a whole.
        record: u64,
        /// What is wrong with it.
        what: String,
    },
    /// An argument is outside what the function accepts.
    #[error("{0}")]
    Argument(String),
}

impl Error {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
    pub(crate) fn record(file: &'static str, record: u64, what: impl Into<String>) -> Self {
        Self::Record { file, record, what: what.into() }
    }
}
