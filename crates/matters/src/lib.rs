#![doc = include_str!("../README.md")]

pub mod acts;
mod pages;

use linli_web::{Gate, Route};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "matters", migrations: linli_db::migrations![1 => "0001_matters.sql"] };

linli_rules::rule! {
    /// How many of the phone's last digits are asked for to look a case up; 11: the whole.
    pub TRACK_DIGITS = "casework.track_digits", "凭编号查询时要填的手机号位数", "Digits of the phone to look a case up by number",
        ("位", "digits"), 4, 4..=11, Ours, "本区设定；11位即要求填写完整手机号";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/track", Gate::Public, pages::track::show),
        Route::post("/track", Gate::Public, pages::track::look),
        Route::get("/my", Gate::Resident, pages::mine::list).delegable(),
        Route::get("/my/cases/{id}", Gate::Resident, pages::mine::show).delegable(),
        Route::post("/my/cases/{id}/withdraw", Gate::Resident, pages::mine::withdraw).delegable(),
        Route::post("/my/cases/{id}/review", Gate::Resident, pages::mine::review).delegable(),
        Route::post("/my/cases/{id}/correction", Gate::Resident, pages::mine_more::ask_correction)
            .delegable(),
        Route::post("/my/cases/{id}/way", Gate::Resident, pages::mine_more::choose_way).delegable(),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
    }
}
