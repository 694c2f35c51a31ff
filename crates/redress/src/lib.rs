#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod error;
mod figures;
mod jobs;
mod pages;
mod personal;
mod store;

use linli_web::{Gate, Route};

pub use error::RedressError;
pub use jobs::{FOLLOW_PERSON, ON_REVIEW};
pub use store::{OrderId, OrderRow};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "redress", migrations: linli_db::migrations![1 => "0001_orders.sql"] };

linli_acts::duty_kind! {
    /// Looks into bad reviews, sees them mended, calls back (差评整改).
    pub OFFICER = "redress.officer", "差评核实整改", "Officer for bad reviews", personal: true, apart: Some("work");
}

linli_rules::rule! {
    /// Until what a bad review showed is mended.
    pub FIX_DAYS = "redress.fix_days", "差评整改期限", "Time to mend what a bad review showed",
        ("个工作日", "working days"), 15, 1..=60, Recalled, "参照公开的四川省政务服务“好差评”做法：15个工作日内整改反馈（待核）";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk/redress", Gate::Duty(&OFFICER), pages::list),
        Route::get("/desk/redress/{id}", Gate::Duty(&OFFICER), pages::show),
        Route::post("/desk/redress/{id}/verify", Gate::Duty(&OFFICER), pages::verify),
        Route::post("/desk/redress/{id}/fix", Gate::Duty(&OFFICER), pages::fix),
        Route::post("/desk/redress/{id}/call", Gate::Duty(&OFFICER), pages::call),
        Route::post("/desk/redress/{id}/close", Gate::Duty(&OFFICER), pages::close),
        Route::get("/my/redress/{id}", Gate::Resident, pages::mine),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        let by_key = ["state-", "verdict-", "call-", "step-"];
        let unused: Vec<String> = linli_words::unused_keys(env!("CARGO_MANIFEST_DIR"))
            .into_iter()
            .filter(|k| !by_key.iter().any(|p| k.starts_with(p)))
            .collect();
        assert_eq!(unused, Vec::<String>::new());
    }
}
