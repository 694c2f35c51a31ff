#![doc = include_str!("../README.md")]

mod acts;
mod desk_objections;
mod desk_pages;
mod domain;
mod error;
mod feed;
mod figures;
mod http_api;
mod jobs;
mod listing;
mod names;
mod objection_pages;
mod objections;
pub mod offers;
mod pages;
mod personal;
mod store;
mod subscriptions;

use linli_web::{Fault, Gate, Route};

use crate::error::PublicationError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "publications", migrations: linli_db::migrations![1 => "0001_publications.sql"] };

linli_acts::duty_kind! {
    /// Writes what a body publishes and answers objections to it (信息公开).
    pub PUBLISHER = "publications.publisher", "信息公开", "Publishes documents", personal: true, apart: Some("work");
    /// Approves what somebody else has written, withdraws (信息公开审批).
    pub APPROVER = "publications.approver", "信息公开审批", "Approves documents", personal: false, apart: Some("work");
}

linli_rules::rule! {
    /// How long objections to a public notice are taken.
    pub NOTICE_DAYS = "publications.objection_days_notice", "公示期（可以提出异议的天数）", "Days for objections to a public notice",
        ("工作日", "working days"), 5, 0..=60, Recalled, "公示期一般不少于5个工作日，各类公示以其专门规定为准（待核）";
    /// To a plan.
    pub PLAN_DAYS = "publications.objection_days_plan", "计划和方案可以提出异议的天数", "Days for objections to a plan",
        ("工作日", "working days"), 0, 0..=60, Ours, "计划和方案公布后一般不设异议期；需要征求意见的，先发公示";
    /// To a result.
    pub RESULT_DAYS = "publications.objection_days_result", "结果公布后可以提出异议的天数", "Days for objections to a result",
        ("工作日", "working days"), 7, 0..=60, Ours, "结果公布后留出异议期，便于纠错";
    /// How long the body may take to answer.
    pub ANSWER_DAYS = "publications.answer_days", "答复异议的期限", "Days to answer an objection",
        ("工作日", "working days"), 15, 1..=60, Ours, "收到异议之日起15个工作日内答复";
}

/// Who comes to the desk of documents.
static DESK: &[&linli_acts::DutyKind] = &[&PUBLISHER, &APPROVER];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let desk = Gate::AnyDuty(DESK);
    let publisher = Gate::Duty(&PUBLISHER);
    vec![
        Route::get("/publications", Gate::Public, pages::list),
        Route::get("/publications/feed.atom", Gate::Public, feed::atom),
        Route::get("/publications/feed.json", Gate::Public, feed::json),
        Route::get("/publications/objection", Gate::Public, objection_pages::look),
        Route::post("/publications/objection", Gate::Public, objection_pages::look_up),
        Route::get("/publications/{id}", Gate::Public, pages::show),
        Route::get("/publications/{id}/print", Gate::Public, pages::print),
        Route::get("/publications/{id}/versions/{n}", Gate::Public, pages::version),
        Route::get("/publications/{id}/object", Gate::Public, objection_pages::ask),
        Route::post("/publications/{id}/object", Gate::Public, objection_pages::object),
        Route::get("/my/objections", Gate::Resident, objection_pages::mine),
        Route::get("/my/objections/{id}", Gate::Resident, objection_pages::show_mine),
        Route::get("/me/subscriptions", Gate::Resident, pages::subscriptions),
        Route::post("/me/subscriptions", Gate::Resident, pages::subscribe),
        Route::post("/me/subscriptions/end", Gate::Resident, pages::unsubscribe),
        Route::get("/desk/publications", desk, desk_pages::list),
        Route::post("/desk/publications", publisher, desk_pages::begin),
        Route::get("/desk/publications/new", publisher, desk_pages::begin_form),
        Route::get("/desk/publications/{id}", desk, desk_pages::show),
        Route::get("/desk/publications/{id}/write", publisher, desk_pages::write_form),
        Route::post("/desk/publications/{id}/write", publisher, desk_pages::write),
        Route::post("/desk/publications/{id}/{act}", desk, desk_pages::act),
        Route::get("/desk/objections", publisher, desk_objections::list),
        Route::get("/desk/objections/{id}", publisher, desk_objections::show),
        Route::post("/desk/objections/{id}/answer", publisher, desk_objections::answer),
        Route::get("/api/v1/publications", Gate::Public, http_api::list).api(http_api::list_described()),
        Route::get("/api/v1/publications/{id}", Gate::Public, http_api::show).api(http_api::show_described()),
    ]
}

/// Wrong fields in words; anything else is a fault of the whole page.
fn told(w: &Words, e: PublicationError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        PublicationError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| {
                let words = match (e.kind, e.args.first()) {
                    ("wrong-long", Some(most)) => w.wrong_longer(most),
                    (kind, _) => w.by_key(kind).unwrap_or_else(|| w.wrong_long()).to_owned(),
                };
                (e.field, words)
            })
            .collect()),
        e => Err(e.into()),
    }
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}
