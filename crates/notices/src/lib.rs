#![doc = include_str!("../README.md")]

mod acts;
mod deliver;
mod desk_pages;
mod domain;
mod error;
mod http_api;
mod jobs;
mod kind;
pub mod offers;
mod pages;
mod personal;
mod post;
mod seams;
mod store;
mod webhook;

use linli_web::{Gate, Route};

pub use acts::tell;
pub use domain::{Channel, DeliveryId, DeliveryState, NoticeId};
pub use error::NoticeError;
pub use jobs::FOLLOW;
pub use kind::{Notice, NoticeKind, notice_kinds, placeholders};

#[doc(hidden)]
pub use linli_acts::inventory;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "notices", migrations: linli_db::migrations![1 => "0001_notices.sql"] };

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/notices", Gate::Resident, pages::list),
        Route::post("/me/notices/read", Gate::Resident, pages::read_all),
        Route::get("/me/notices/settings", Gate::Resident, pages::settings),
        Route::post("/me/notices/settings", Gate::Resident, pages::set),
        Route::get("/me/notices/{id}", Gate::Resident, pages::show),
        Route::get("/desk/letters", Gate::Duty(&POSTROOM), desk_pages::list),
        Route::get("/desk/letters/print", Gate::Duty(&POSTROOM), desk_pages::print),
        Route::post("/desk/letters/posted", Gate::Duty(&POSTROOM), desk_pages::posted),
        Route::post("/desk/letters/{id}/returned", Gate::Duty(&POSTROOM), desk_pages::returned),
        Route::post("/api/v1/sms/reports", Gate::Public, http_api::report).api(http_api::described()),
    ]
}

linli_acts::duty_kind! {
    /// Prints and posts the letters to those whom no message reaches (信函寄送).
    pub POSTROOM = "notices.postroom", "信函打印和寄送", "Postroom", personal: true, apart: Some("work");
}

linli_rules::rule! {
    /// Beginning of the hours in which no message goes out.
    pub QUIET_FROM = "notices.quiet_from_minute", "短信免打扰从几点开始", "Beginning of the hours without messages",
        ("分钟（从零点算起）", "minutes after midnight"), 1320, 0..=1439, Ours, "夜间不打扰居民：22:00 起";
    /// Their end.
    pub QUIET_UNTIL = "notices.quiet_until_minute", "短信免打扰到几点结束", "End of the hours without messages",
        ("分钟（从零点算起）", "minutes after midnight"), 480, 0..=1439, Ours, "夜间不打扰居民：8:00 止";
    /// How long a message is tried.
    pub GIVE_UP_HOURS = "notices.sms_give_up_hours", "短信发不出去时最多重试多久", "How long a message is tried before it is given up",
        ("小时", "hours"), 48, 1..=90, Ours, "两天发不出去就改用信件，以免误事";
    /// Whether a letter takes over.
    pub LETTER_AFTER_FAILURE = "notices.letter_after_failure", "短信没有送到时是否改寄信件", "Whether a letter follows a message that did not arrive",
        ("1 是，0 否", "1 yes, 0 no"), 1, 0..=1, Ours, "不让任何人因为收不到短信而错过";
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}

#[cfg(test)]
mod tests;
