#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod drafts;
mod error;
mod figures;
mod http_api;
pub mod jobs;
pub mod journey;
mod kind;
mod material_acts;
pub mod materials;
pub mod offers;
mod pages;
mod personal;
pub mod profile;
mod show;
mod situation;
mod store;
mod supplements;
#[cfg(test)]
mod tamper;
mod visits_made;

use linli_web::{Gate, Route};

pub use error::ApplicationError;
pub use visits_made::VisitsMade;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "applications",
    migrations: linli_db::migrations![1 => "0001_applications.sql", 2 => "0002_materials.sql", 3 => "0003_told.sql", 4 => "0004_visits.sql", 5 => "0005_filed.sql"],
};

/// Key of this room's kind of case.
pub const KIND: &str = "application";

linli_rules::rule! {
    /// From which age the old-age allowance is paid.
    pub OLD_AGE_FROM = "applications.old_age_from", "高龄津贴起领年龄", "Age from which the old-age allowance is paid",
        ("周岁", "years"), 70, 60..=100, Recalled, "广州市高龄老年人津贴（长寿保健金）办法，凭记忆，待民政部门核对";
    /// Amount from that age on.
    pub OLD_AGE_70 = "applications.old_age_70", "高龄津贴：70至79周岁", "Old-age allowance, 70 to 79",
        ("元/月", "yuan a month"), 30, 0..=5000, Recalled, "广州市高龄老年人津贴（长寿保健金）办法，凭记忆，待民政部门核对";
    /// Amount from 80 on.
    pub OLD_AGE_80 = "applications.old_age_80", "高龄津贴：80至89周岁", "Old-age allowance, 80 to 89",
        ("元/月", "yuan a month"), 100, 0..=5000, Recalled, "广州市高龄老年人津贴（长寿保健金）办法，凭记忆，待民政部门核对";
    /// Amount from 90 on.
    pub OLD_AGE_90 = "applications.old_age_90", "高龄津贴：90至99周岁", "Old-age allowance, 90 to 99",
        ("元/月", "yuan a month"), 200, 0..=5000, Recalled, "广州市高龄老年人津贴（长寿保健金）办法，凭记忆，待民政部门核对";
    /// Amount from 100 on.
    pub OLD_AGE_100 = "applications.old_age_100", "高龄津贴：100周岁以上", "Old-age allowance, 100 and above",
        ("元/月", "yuan a month"), 300, 0..=5000, Recalled, "广州市高龄老年人津贴（长寿保健金）办法，凭记忆，待民政部门核对";
    /// How long ago a paper application may have been received that is typed in today.
    pub PAPER_DAYS = "applications.paper_days", "纸质申请补录最长天数", "Longest time to type in a paper application",
        ("天", "days"), 30, 0..=366, Ours, "本区设定；受理期限从收到之日起算";
    /// From which age the senior card is given.
    pub SENIOR_CARD_FROM = "applications.senior_card_from", "老年人优待卡起领年龄", "Age from which the senior card is given",
        ("周岁", "years"), 60, 50..=100, Recalled, "广州市老年人优待办法，凭记忆，待民政部门核对";
    /// How long a copy that a counter has checked may be used again.
    pub REUSE_DAYS = "applications.reuse_days", "窗口核验过的材料可以再次使用的时间", "How long a checked copy may be used again",
        ("天", "days"), 1095, 30..=3660, Ours, "国办函〔2016〕108号：B 类材料核验后可复用，期限由本区定";
    /// How long before a draft goes its owner is told.
    pub DRAFT_TOLD_DAYS = "applications.draft_told_days", "草稿删除前多久提醒", "How long before a draft goes its owner is told",
        ("天", "days"), 14, 1..=90, Ours, "本区设定；草稿半年不动即删除";
    /// Of how many cases the visits that were really made are told.
    pub VISITS_LEAST = "applications.visits_least", "公开实际跑动次数的最少件数", "Fewest cases of which the visits made are told",
        ("件", "cases"), 10, 3..=1000, Ours, "本区设定；件数太少说明不了什么";
    /// How long files stay after a case has ended.
    pub FILES_KEPT = "applications.files_kept_days", "办结后上传文件的保存时间", "How long uploads stay after a case has ended",
        ("天", "days"), 1095, 180..=36600, Ours, "政务服务电子档案保管期限，由本区档案部门核定";
}

/// Who may look at what came with a case.
static LOOKERS: &[&linli_acts::DutyKind] = &[&linli_casework::HANDLER, &linli_casework::DECIDER];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/apply/{item}", Gate::Resident, pages::start::show).delegable(),
        Route::post("/apply/{item}", Gate::Resident, pages::start::begin).delegable(),
        Route::get("/apply/{item}/check", Gate::Resident, pages::check::show).delegable(),
        Route::post("/apply/{item}/check", Gate::Resident, pages::check::file).delegable(),
        Route::get("/apply/{item}/{page}", Gate::Resident, pages::form::show).delegable(),
        Route::post("/apply/{item}/{page}", Gate::Resident, pages::form::save).delegable(),
        Route::post("/apply/{item}/{page}/keep", Gate::Resident, pages::form::keep).delegable(),
        Route::get("/apply/{item}/materials/{key}", Gate::Resident, pages::material::show).delegable(),
        Route::post("/apply/{item}/materials/{key}", Gate::Resident, pages::material::choose).delegable(),
        Route::post("/apply/{item}/materials/{key}/file", Gate::Resident, pages::material::send)
            .streams(linli_files::ROUTE_LIMIT)
            .delegable(),
        Route::post("/apply/{item}/materials/{key}/drop", Gate::Resident, pages::material::drop_file)
            .delegable(),
        Route::get("/my/cases/{id}/receipt", Gate::Resident, pages::receipt::show).delegable(),
        Route::get("/my/cases/{id}/materials", Gate::Resident, pages::case_materials::mine).delegable(),
        Route::get("/my/cases/{id}/mend", Gate::Resident, pages::mend::show).delegable(),
        Route::post("/my/cases/{id}/mend", Gate::Resident, pages::mend::send).delegable(),
        Route::get("/my/cases/{id}/mend/{key}", Gate::Resident, pages::mend_file::show).delegable(),
        Route::post("/my/cases/{id}/mend/{key}", Gate::Resident, pages::mend_file::send)
            .streams(linli_files::ROUTE_LIMIT)
            .delegable(),
        Route::post("/my/cases/{id}/mend/{key}/drop", Gate::Resident, pages::mend_file::drop_file)
            .delegable(),
        Route::get("/desk/cases/{id}/materials", Gate::AnyDuty(LOOKERS), pages::case_materials::desk),
        Route::get("/desk/cases/{id}/files/{file}", Gate::AnyDuty(LOOKERS), pages::case_materials::download),
        Route::post(
            "/desk/cases/{id}/files/{file}/checked",
            Gate::Duty(&linli_casework::HANDLER),
            pages::case_materials::checked,
        ),
        Route::post("/api/v1/applications", Gate::Token(&linli_casework::HANDLER), http_api::file)
            .api(http_api::described()),
    ]
}
