#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod error;
mod figures;
mod http_api;
pub mod jobs;
mod kind;
mod pages;
mod personal;
pub mod profile;
mod show;
mod store;

use linli_web::{Gate, Route};

pub use error::ApplicationError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "applications", migrations: linli_db::migrations![1 => "0001_applications.sql"] };

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
}

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
        Route::get("/my/cases/{id}/mend", Gate::Resident, pages::mend::show).delegable(),
        Route::post("/my/cases/{id}/mend", Gate::Resident, pages::mend::send).delegable(),
        Route::post("/api/v1/applications", Gate::Token(&linli_casework::HANDLER), http_api::file)
            .api(http_api::described()),
    ]
}
