#![doc = include_str!("../README.md")]

pub mod acts;
pub mod daily;
pub mod domain;
mod error;
mod http_api;
mod jobs;
mod kind;
pub mod offers;
mod personal;
pub mod search;
pub mod shown;
mod store;
mod told;
pub mod view;

use linli_web::{Gate, Route};

pub use error::CaseError;
pub use kind::{CaseKind, Group, Matter, Matters, kind};
pub use store::CaseRow;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "casework",
    migrations: linli_db::migrations![1 => "0001_cases.sql", 2 => "0002_together.sql", 3 => "0003_turn.sql"],
};

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
    /// Longest time that a co-handling body is given.
    pub CO_DAYS = "casework.co_days", "会办答复最长时间", "Longest time for a co-handling body to answer",
        ("天", "days"), 30, 1..=180, Ours, "本区设定；会办不停止主办的期限";
    /// Longest time for a material that may follow.
    pub LATER_DAYS = "casework.later_days", "容缺后补最长时间", "Longest time for what may follow later",
        ("天", "days"), 60, 1..=366, Ours, "本区设定；补齐以前不送达结果";
    /// Until a result that has to be handed over is handed over.
    pub DELIVER_DAYS = "casework.deliver_days", "送达期限", "Time to hand over the result",
        ("个工作日", "working days"), 10, 1..=60, Recalled, "《中华人民共和国行政许可法》第四十四条（条号凭记忆，待核）";
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

/// Addresses of the API; the pages are `handling`'s and `matters`'.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/cases/{case}", Gate::Token(&HANDLER), http_api::show)
            .api(http_api::show_described()),
        Route::post("/api/v1/cases/{case}/assign", Gate::Token(&HANDLER), http_api::assign)
            .api(http_api::assign_described()),
        Route::post("/api/v1/cases/{case}/resolve", Gate::Token(&HANDLER), http_api::resolve)
            .api(http_api::resolve_described()),
        Route::post("/api/v1/cases/{case}/deliver", Gate::Token(&HANDLER), http_api::deliver)
            .api(http_api::deliver_described()),
    ]
}
