#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod error;
mod figures;
mod http_api;
mod jobs;
mod kind;
pub mod offers;
mod pages;
mod personal;
mod store;
mod told;
mod view;

use linli_web::{Gate, Route};

pub use error::CaseError;
pub use kind::{CaseKind, Group, Matter, Matters, kind};
pub use store::CaseRow;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "casework", migrations: linli_db::migrations![1 => "0001_cases.sql"] };

linli_acts::duty_kind! {
    /// Accepts cases, asks for supplements, handles and proposes (收件、受理、经办).
    pub HANDLER = "casework.handler", "办件经办", "Handler of cases", personal: true, apart: Some("work");
    /// Decides what another has proposed; lengthens time limits (审定).
    pub DECIDER = "casework.decider", "办件审定", "Decider of cases", personal: true, apart: Some("work");
}

/// Who works at the desk.
pub static DESK_DUTIES: &[&linli_acts::DutyKind] = &[&HANDLER, &DECIDER];

linli_rules::rule! {
    /// Until a case is accepted, refused or sent back for supplements.
    pub ACCEPT_DAYS = "casework.accept_days", "受理期限", "Time to accept an application",
        ("个工作日", "working days"), 5, 0..=30, Recalled, "《中华人民共和国行政许可法》第三十二条（条号凭记忆，待核）";
    /// Until the applicant has mended what was asked.
    pub SUPPLEMENT_DAYS = "casework.supplement_days", "申请人补正期限", "Time for the applicant to mend",
        ("个工作日", "working days"), 15, 1..=90, Ours, "本区设定；逾期视为撤回，可以再次申请";
    /// Longest time for which a special procedure may stop the clock.
    pub PAUSE_DAYS = "casework.pause_days", "特别程序最长时间", "Longest special procedure",
        ("天", "days"), 90, 1..=366, Ours, "《中华人民共和国行政许可法》第四十五条不限天数，本区设上限，到期自动恢复计时";
    /// Longest extension.
    pub EXTEND_DAYS = "casework.extend_days", "办理期限最多延长", "Longest extension",
        ("个工作日", "working days"), 10, 0..=30, Recalled, "《中华人民共和国行政许可法》第四十二条（条号凭记忆，待核）";
    /// From when on a case counts as near its last day.
    pub YELLOW_DAYS = "casework.yellow_days", "临近到期提醒", "Near the last day",
        ("个工作日", "working days"), 2, 0..=10, Ours, "本区设定";
    /// Until when an administrative review can be asked for.
    pub APPEAL_DAYS = "casework.appeal_days", "申请行政复议的期限", "Time to ask for administrative review",
        ("天", "days"), 60, 1..=366, Recalled, "《中华人民共和国行政复议法》（2023年修订）第二十条（条号凭记忆，待核）";
    /// Until when a suit can be brought.
    pub SUIT_MONTHS = "casework.suit_months", "提起行政诉讼的期限", "Time to bring a suit",
        ("个月", "months"), 6, 1..=24, Recalled, "《中华人民共和国行政诉讼法》第四十六条（条号凭记忆，待核）";
    /// How long after the end a case can be reviewed.
    pub REVIEW_DAYS = "casework.review_days", "评价期限", "Time to review",
        ("天", "days"), 30, 1..=366, Ours, "本区设定；没有评价的不计入满意率";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = vec![
        Route::get("/my", Gate::Resident, pages::mine::list),
        Route::get("/my/cases/{id}", Gate::Resident, pages::mine::show),
        Route::post("/my/cases/{id}/withdraw", Gate::Resident, pages::mine::withdraw),
        Route::post("/my/cases/{id}/review", Gate::Resident, pages::mine::review),
    ];
    all.extend([
        Route::get("/desk", Gate::Staff, pages::queue::show),
        Route::get("/desk/cases/{id}", Gate::AnyDuty(DESK_DUTIES), pages::case::show),
        Route::post("/desk/cases/{id}/accept", Gate::Duty(&HANDLER), pages::steps::accept),
        Route::post("/desk/cases/{id}/supplement", Gate::Duty(&HANDLER), pages::steps::supplement),
        Route::post("/desk/cases/{id}/refuse", Gate::Duty(&HANDLER), pages::steps::refuse),
        Route::post("/desk/cases/{id}/take", Gate::Duty(&HANDLER), pages::steps::take),
        Route::post("/desk/cases/{id}/pause", Gate::Duty(&HANDLER), pages::steps::pause),
        Route::post("/desk/cases/{id}/resume", Gate::Duty(&HANDLER), pages::steps::resume),
        Route::post("/desk/cases/{id}/propose", Gate::Duty(&HANDLER), pages::steps::propose),
        Route::post("/desk/cases/{id}/deliver", Gate::Duty(&HANDLER), pages::steps::deliver),
        Route::post("/desk/cases/{id}/decide", Gate::Duty(&DECIDER), pages::steps::decide),
        Route::post("/desk/cases/{id}/extend", Gate::Duty(&DECIDER), pages::steps::extend),
    ]);
    all.extend([
        Route::get("/api/v1/cases/{case}", Gate::Token(&HANDLER), http_api::show)
            .api(http_api::show_described()),
        Route::post("/api/v1/cases/{case}/assign", Gate::Token(&HANDLER), http_api::assign)
            .api(http_api::assign_described()),
        Route::post("/api/v1/cases/{case}/resolve", Gate::Token(&HANDLER), http_api::resolve)
            .api(http_api::resolve_described()),
    ]);
    all
}
