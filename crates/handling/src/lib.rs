#![doc = include_str!("../README.md")]

mod pages;

use linli_casework::{DECIDER, DESK_DUTIES, HANDLER};
use linli_web::{Gate, Route};

linli_words::include_words!();

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk/cases/{id}", Gate::AnyDuty(DESK_DUTIES), pages::case::show),
        Route::post("/desk/cases/{id}/accept", Gate::Duty(&HANDLER), pages::steps::accept),
        Route::post("/desk/cases/{id}/supplement", Gate::Duty(&HANDLER), pages::steps::supplement),
        Route::post("/desk/cases/{id}/refuse", Gate::Duty(&HANDLER), pages::steps::refuse),
        Route::post("/desk/cases/{id}/take", Gate::Duty(&HANDLER), pages::steps::take),
        Route::post("/desk/cases/{id}/pause", Gate::Duty(&HANDLER), pages::steps::pause),
        Route::post("/desk/cases/{id}/resume", Gate::Duty(&HANDLER), pages::steps::resume),
        Route::post("/desk/cases/{id}/propose", Gate::Duty(&HANDLER), pages::steps::propose),
        Route::post("/desk/cases/{id}/deliver", Gate::Duty(&HANDLER), pages::handing::deliver),
        Route::post("/desk/cases/{id}/post", Gate::Duty(&HANDLER), pages::handing::posted),
        Route::post("/desk/cases/{id}/accept-later", Gate::Duty(&HANDLER), pages::together::accept_later),
        Route::post("/desk/cases/{id}/settle-later", Gate::Duty(&HANDLER), pages::together::settle_later),
        Route::post("/desk/cases/{id}/ask-later", Gate::Duty(&HANDLER), pages::together::ask_later),
        Route::post("/desk/cases/{id}/co", Gate::Duty(&HANDLER), pages::together::request_co),
        Route::post("/desk/cases/{id}/reroute", Gate::Duty(&HANDLER), pages::together::reroute),
        Route::post("/desk/cases/{id}/send-home", Gate::Duty(&HANDLER), pages::together::send_home),
        Route::post("/desk/cases/{id}/assign", Gate::Duty(&HANDLER), pages::together::assign),
        Route::post("/desk/cases/{id}/correct", Gate::AnyDuty(DESK_DUTIES), pages::handing::correct),
        Route::get("/desk/tasks", Gate::Duty(&HANDLER), pages::tasks::list),
        Route::get("/desk/tasks/{id}", Gate::Duty(&HANDLER), pages::tasks::show),
        Route::post("/desk/tasks/{id}", Gate::Duty(&HANDLER), pages::tasks::answer),
        Route::post("/desk/cases/{id}/decide", Gate::Duty(&DECIDER), pages::steps::decide),
        Route::post("/desk/cases/{id}/extend", Gate::Duty(&DECIDER), pages::steps::extend),
    ]
}

#[cfg(test)]
mod words_test {
    #[test]
    fn every_word_is_used() {
        // By the word of a special procedure or a channel.
        let by_key = ["stop-", "channel-"];
        let unused: Vec<String> = linli_words::unused_keys(env!("CARGO_MANIFEST_DIR"))
            .into_iter()
            .filter(|k| !by_key.iter().any(|p| k.starts_with(p)))
            .collect();
        assert_eq!(unused, Vec::<String>::new());
    }
}
