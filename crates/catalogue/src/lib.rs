#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod figures;
pub mod form;
pub mod handling;
pub mod kinds;
pub mod material;
pub mod offers;
mod pages;
pub mod predicate;
mod store;
pub mod visits;

use linli_web::{Gate, Route};

pub use acts::CatalogueError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "catalogue", migrations: linli_db::migrations![1 => "0001_items.sql"] };

/// Items as delivered: key and document. Others come by import and, later, by the editor.
pub const DELIVERED: &[(&str, &str)] = &[
    ("insurance-proof", include_str!("../items/whole/insurance-proof.json")),
    ("old-age-allowance", include_str!("../items/whole/old-age-allowance.json")),
    ("senior-card", include_str!("../items/whole/senior-card.json")),
];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Gate::Public, pages::home),
        Route::get("/services", Gate::Public, pages::list),
        Route::get("/services/{key}", Gate::Public, pages::guide),
        Route::get("/api/v1/items/{key}", Gate::Public, pages::api).api(pages::described()),
    ]
}

#[cfg(test)]
mod testing {
    /// A sound guide to start from.
    pub(crate) fn guide() -> crate::domain::Guide {
        let mut guide = crate::domain::Guide::read(crate::DELIVERED[0].1).expect("a sound guide");
        guide.materials.clear();
        guide.handover.clear();
        guide
    }
}
