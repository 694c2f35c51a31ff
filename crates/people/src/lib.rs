#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod error;
pub mod form;
pub mod import;
pub mod offers;
mod pages;
mod personal;
pub mod shown;
mod store;

pub use error::PeopleError;
pub use offers::REGISTRAR;
pub use pages::routes;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "people", migrations: linli_db::migrations![1 => "0001_people.sql"] };

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}
