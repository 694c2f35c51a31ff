#![doc = include_str!("../README.md")]

pub mod acts;
mod error;
mod jobs;
pub mod offers;
mod pages;
mod personal;

pub use error::PrivacyError;
pub use pages::routes;

linli_words::include_words!();

#[doc(hidden)]
pub use linli_acts::inventory;

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "privacy", migrations: linli_db::migrations![1 => "0001_privacy.sql"] };

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}
