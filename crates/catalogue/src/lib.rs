#![doc = include_str!("../README.md")]

pub mod abolished;
pub mod acts;
pub mod cards;
pub mod changes;
pub mod delivered;
pub mod domain;
mod figures;
mod kept;
pub mod offers;
mod pages;
pub mod search;
mod spelling;
mod store;
pub mod terms;

use linli_web::{Gate, Route};

pub use acts::CatalogueError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "catalogue",
    migrations: linli_db::migrations![1 => "0001_items.sql", 2 => "0002_cards.sql", 3 => "0003_editing.sql", 4 => "0004_terms.sql"],
};

/// Items that are written out whole: key and document. The rest of the catalogue: [`delivered`].
pub const DELIVERED: &[(&str, &str)] = &[
    ("insurance-proof", include_str!("../items/whole/insurance-proof.json")),
    ("disability-living-subsidy", include_str!("../items/whole/disability-living-subsidy.json")),
    ("flexible-employment-subsidy", include_str!("../items/whole/flexible-employment-subsidy.json")),
    ("marriage-registration", include_str!("../items/whole/marriage-registration.json")),
    ("maternity-allowance", include_str!("../items/whole/maternity-allowance.json")),
    ("newborn-medical-insurance", include_str!("../items/whole/newborn-medical-insurance.json")),
    ("newborn-registration", include_str!("../items/whole/newborn-registration.json")),
    ("old-age-allowance", include_str!("../items/whole/old-age-allowance.json")),
    ("pension-eligibility", include_str!("../items/whole/pension-eligibility.json")),
    ("primary-school-enrolment", include_str!("../items/whole/primary-school-enrolment.json")),
    ("residence-permit-endorsement", include_str!("../items/whole/residence-permit-endorsement.json")),
    ("school-transfer", include_str!("../items/whole/school-transfer.json")),
    ("senior-card", include_str!("../items/whole/senior-card.json")),
    ("suspension-of-schooling", include_str!("../items/whole/suspension-of-schooling.json")),
    ("unemployment-registration", include_str!("../items/whole/unemployment-registration.json")),
];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Gate::Public, pages::home::show),
        Route::get("/services", Gate::Public, pages::list::show),
        Route::get("/services/abolished", Gate::Public, pages::report::abolished),
        Route::get("/services/{key}", Gate::Public, pages::guide::show),
        Route::get("/services/{key}/print", Gate::Public, pages::guide::print),
        Route::get("/office/items", Gate::Staff, pages::report::show),
        Route::get("/api/v1/items", Gate::Public, pages::list::api).api(pages::list::described()),
        Route::get("/api/v1/items/{key}", Gate::Public, pages::guide::api).api(pages::guide::described()),
    ]
}
