#![doc = include_str!("../README.md")]

mod days;
mod figures;
mod pages;

use linli_web::{Gate, Route};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "performance", migrations: linli_db::migrations![1 => "0001_days.sql"] };

linli_rules::rule! {
    /// Below so many, a body's figure is not shown: nobody may be told from it.
    pub MIN_GROUP = "performance.min_group", "公开比率的最少件数", "Fewest cases of which a share is shown",
        ("件", "cases"), 10, 3..=100, Ours, "本区设定；件数太少时不公开，避免推知个人";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/performance", Gate::Public, pages::list),
        Route::get("/performance/{body}", Gate::Public, pages::show),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}
