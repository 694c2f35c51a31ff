#![doc = include_str!("../README.md")]

mod pages;

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_web::{Gate, Route};

linli_words::include_words!();

#[doc(hidden)]
pub use inventory;

/// One record behind a figure.
#[derive(Clone, Debug)]
pub struct FigureRow {
    /// Key of the record, rising within the figure: the cursor of the list.
    pub key: i64,
    pub zh: String,
    pub en: String,
    /// Where the record can be seen; empty if nowhere public.
    pub href: String,
}

/// A registered figure.
pub struct Figure {
    /// Stable, `subject.what`.
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit_zh: &'static str,
    pub unit_en: &'static str,
    /// What is counted, and what is not.
    pub what_zh: &'static str,
    pub what_en: &'static str,
    /// The value at the end of a day.
    pub value: fn(&mut Read<'_>, Day) -> Result<i64, DbError>,
    /// Rows with a key above the given one, in order, at most 100.
    pub rows: fn(&mut Read<'_>, Day, i64) -> Result<Vec<FigureRow>, DbError>,
}

inventory::collect!(Figure);

/// Every figure of every room, by key.
#[must_use]
pub fn all() -> Vec<&'static Figure> {
    let mut all: Vec<_> = inventory::iter::<Figure>().collect();
    all.sort_by_key(|f| f.key);
    all
}

/// A figure by its key.
#[must_use]
pub fn find(key: &str) -> Option<&'static Figure> {
    inventory::iter::<Figure>().find(|f| f.key == key)
}

/// Declares a figure.
#[macro_export]
macro_rules! figure {
    (key: $key:literal, zh: $zh:literal, en: $en:literal, unit: ($uz:literal, $ue:literal), what: ($wz:literal, $we:literal), value: $value:path, rows: $rows:path $(,)?) => {
        $crate::inventory::submit! {
            $crate::Figure {
                key: $key, zh: $zh, en: $en, unit_zh: $uz, unit_en: $ue, what_zh: $wz, what_en: $we, value: $value, rows: $rows,
            }
        }
    };
}

/// Pages and API.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/figures", Gate::Public, pages::list),
        Route::get("/figures/{key}", Gate::Public, pages::show),
        Route::get("/api/v1/figures/{key}", Gate::Public, pages::api).api(pages::described()),
    ]
}
