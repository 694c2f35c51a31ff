#![doc = include_str!("../README.md")]

pub mod acts;
mod calendar;
mod error;
mod pages;
mod registry;
mod store;

use linli_web::{Gate, Route};

pub use calendar::{calendar, calendar_at, calendar_from, deliver_calendar};
pub use error::RuleError;
pub use registry::{Certainty, Rule, Value, rules};
pub use store::value;

#[doc(hidden)]
pub use linli_acts::inventory;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "rules", migrations: linli_db::migrations![1 => "0001_rules.sql"] };

linli_acts::duty_kind! {
    /// Keeps limits, amounts and the working calendar of the district (规则维护).
    pub KEEPER = "rules.keeper", "规则和工作日历维护", "Keeper of rules and the calendar", personal: false, apart: Some("work");
}

linli_acts::act_words! {
    "rules.set" = "修改了一条规则", "Changed a rule";
    "rules.calendar_added" = "在工作日历中加入一段日期", "Added days to the working calendar";
    "rules.calendar_removed" = "从工作日历中删去一段日期", "Removed days from the working calendar";
    "rules.calendar_delivered" = "放入随程序带来的工作日历", "Put in the calendar that came with the program";
}

linli_acts::retention! {
    "rule_values", keep, "办件按当时的规则办理，历次规则长期保存。", "A case is handled by the rules of its day, so all are kept.";
    "calendar_stretches", keep, "期限按当时的工作日历计算，长期保存。", "Limits were computed with it, so it is kept.";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules", Gate::Public, pages::public),
        Route::get("/office/rules", Gate::Duty(&KEEPER), pages::list),
        Route::get("/office/rules/{key}", Gate::Duty(&KEEPER), pages::show),
        Route::post("/office/rules/{key}", Gate::Duty(&KEEPER), pages::set),
        Route::get("/office/calendar", Gate::Duty(&KEEPER), pages::calendar),
        Route::post("/office/calendar", Gate::Duty(&KEEPER), pages::add),
        Route::post("/office/calendar/{id}/remove", Gate::Duty(&KEEPER), pages::remove),
    ]
}
