#![doc = include_str!("../README.md")]

pub mod acts;
mod error;
mod export;
mod filter;
mod jobs;
mod pages;
mod store;

use linli_web::{Gate, Route};

pub use error::DeskError;
pub use export::export;
pub use filter::{Filter, LightAsk, WhoAsk, reach};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "desk",
    migrations: linli_db::migrations![1 => "0001_desk.sql", 2 => "0002_tasks.sql"],
};

linli_acts::duty_kind! {
    /// Sees what is overdue in a body and urges (督办). Opens no case.
    pub SUPERVISOR = "desk.supervisor", "办件督办", "Supervisor of time limits", personal: false, apart: Some("work");
}

/// Who can do one thing to many cases.
static BULK_DUTIES: &[&linli_acts::DutyKind] =
    &[&linli_casework::HANDLER, &linli_casework::DECIDER, &SUPERVISOR];

linli_rules::rule! {
    /// How many cases one act may be done to at once.
    pub BULK_MOST = "desk.bulk_most", "一次批量处理最多件数", "Most cases of one act on many",
        ("件", "cases"), 500, 1..=900, Ours, "本区设定；更多的请先缩小范围";
    /// How late a case is when its supervisor is told.
    pub ESCALATE_DAYS = "desk.escalate_days", "逾期几个工作日后报督办", "Working days late until the supervisor is told",
        ("个工作日", "working days"), 1, 0..=30, Ours, "本区设定";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk", Gate::Staff, pages::queue::show),
        Route::post("/desk/bulk", Gate::AnyDuty(BULK_DUTIES), pages::bulk::begin),
        Route::get("/desk/bulk/{id}", Gate::AnyDuty(BULK_DUTIES), pages::bulk::show),
        Route::post("/desk/filters", Gate::AnyDuty(linli_casework::DESK_DUTIES), pages::filters::save),
        Route::post(
            "/desk/filters/{id}/delete",
            Gate::AnyDuty(linli_casework::DESK_DUTIES),
            pages::filters::delete,
        ),
        Route::post("/desk/reminders", Gate::AnyDuty(BULK_DUTIES), pages::filters::seen),
        Route::get("/desk/export.csv", Gate::AnyDuty(linli_casework::DESK_DUTIES), pages::filters::export),
        Route::get("/desk/overdue", Gate::Duty(&SUPERVISOR), pages::overdue::show),
        Route::post("/desk/overdue/tasks/{id}", Gate::Duty(&SUPERVISOR), pages::overdue::urge),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        // Told by what casework calls the obstacle, or by the word of a state.
        let by_key = ["bulk-", "result-", "light-", "remind-", "to-may-not", "nobody-there"];
        let unused: Vec<String> = linli_words::unused_keys(env!("CARGO_MANIFEST_DIR"))
            .into_iter()
            .filter(|k| !by_key.iter().any(|p| k.starts_with(p)))
            .collect();
        assert_eq!(unused, Vec::<String>::new());
    }
}
