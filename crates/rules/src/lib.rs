#![doc = include_str!("../README.md")]

mod acts;
mod calendar;
mod error;
pub mod exchange;
mod exchange_pages;
mod kinds;
mod pages;
mod proposal_pages;
pub mod proposals;
mod registry;
mod store;
mod year_page;

use linli_web::{Gate, Route};

pub use calendar::{calendar, calendar_at, calendar_from, deliver_calendar};
pub use error::RuleError;
pub use kinds::RULE;
pub use registry::{Certainty, Rule, Value, rules};
pub use store::{edition, value};

#[doc(hidden)]
pub use linli_acts::inventory;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "rules",
    migrations: linli_db::migrations![1 => "0001_rules.sql", 2 => "0002_proposals.sql"],
};

linli_acts::duty_kind! {
    /// Keeps limits, amounts and the working calendar of the district (规则维护).
    pub KEEPER = "rules.keeper", "规则和工作日历维护", "Keeper of rules and the calendar", personal: false, apart: Some("work");
    /// Approves what a keeper proposes (规则审批).
    pub APPROVER = "rules.approver", "规则、日历、通知文本和证照目录审批", "Approves rules, calendar, notice texts and kinds of certificate", personal: false, apart: Some("work");
}

/// Who comes to the editors.
pub static EDITORS: &[&linli_acts::DutyKind] = &[&KEEPER, &APPROVER];

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

/// A table of rules or days: far more than any has.
pub const FILE_LIMIT: usize = 2 * 1024 * 1024;

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let (editors, keeper) = (Gate::AnyDuty(EDITORS), Gate::Duty(&KEEPER));
    vec![
        Route::get("/rules", Gate::Public, pages::public),
        Route::get("/office/rules", editors, pages::list),
        Route::get("/office/rules/export", editors, exchange_pages::rules_out),
        Route::get("/office/rules/import", keeper, pages::import_form),
        Route::post("/office/rules/import", keeper, exchange_pages::rules_in).body_limit(FILE_LIMIT),
        Route::get("/office/rules/{key}", editors, pages::show),
        Route::post("/office/rules/{key}", keeper, pages::set),
        Route::get("/office/calendar", editors, pages::calendar),
        Route::post("/office/calendar", keeper, pages::add),
        Route::get("/office/calendar/export", editors, exchange_pages::days_out),
        Route::get("/office/calendar/import", keeper, pages::import_form),
        Route::post("/office/calendar/import", keeper, exchange_pages::days_in).body_limit(FILE_LIMIT),
        Route::get("/office/calendar/{year}", editors, year_page::show),
        Route::post("/office/calendar/{id}/remove", keeper, pages::remove),
        // Whoever may propose such a thing, and whoever approves.
        Route::get("/office/proposals", Gate::Staff, proposal_pages::list),
        Route::get("/office/proposals/{id}", Gate::Staff, proposal_pages::show),
        Route::post("/office/proposals/{id}", Gate::Staff, proposal_pages::decide),
    ]
}
