#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod door_pages;
mod error;
mod figures;
pub mod offers;
mod pages;
mod store;
mod token_pages;

use linli_web::{Gate, Route};

pub use error::OfficeError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "duties", migrations: linli_db::migrations![1 => "0001_office.sql"] };

linli_acts::duty_kind! {
    /// Keeps bodies, accounts and duties (系统管理员).
    pub ADMINISTRATOR = "duties.administrator", "系统管理员", "Administrator", personal: false, apart: Some("administrator");
    /// Locks, unlocks, resets second factors (安全管理员).
    pub SECURITY = "duties.security", "安全管理员", "Security officer", personal: false, apart: Some("security");
    /// Reads the log (审计员).
    pub AUDITOR = "duties.auditor", "审计员", "Auditor", personal: false, apart: Some("auditor");
}

/// Who may look at accounts.
static OFFICE: &[&linli_acts::DutyKind] = &[&ADMINISTRATOR, &SECURITY];

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let admin = Gate::Duty(&ADMINISTRATOR);
    let security = Gate::Duty(&SECURITY);
    vec![
        Route::get("/office/first", Gate::Public, door_pages::first),
        Route::post("/office/first", Gate::Public, door_pages::make_first),
        Route::get("/office/sign-in", Gate::Public, door_pages::sign_in),
        Route::post("/office/sign-in", Gate::Public, door_pages::try_password),
        Route::get("/office/second-factor", Gate::Public, door_pages::second_factor),
        Route::post("/office/second-factor", Gate::Public, door_pages::try_code),
        Route::get("/office/setup/{token}", Gate::Public, door_pages::setup),
        Route::post("/office/setup/{token}", Gate::Public, door_pages::set_password),
        Route::post("/office/sign-out", Gate::Public, door_pages::sign_out),
        Route::get("/office/me", Gate::Staff, pages::me),
        Route::post("/office/me/sessions/{id}/end", Gate::Staff, pages::end_session),
        Route::get("/office/bodies", admin, pages::bodies),
        Route::post("/office/bodies", admin, pages::add_body),
        Route::post("/office/bodies/{id}", admin, pages::change_body),
        Route::get("/office/staff", Gate::AnyDuty(OFFICE), pages::staff),
        Route::post("/office/staff", admin, pages::invite),
        Route::get("/office/staff/{id}", Gate::AnyDuty(OFFICE), pages::member),
        Route::post("/office/staff/{id}/state", security, pages::change_state),
        Route::post("/office/staff/{id}/leave", admin, pages::leave),
        Route::post("/office/staff/{id}/link", Gate::AnyDuty(OFFICE), pages::new_link),
        Route::post("/office/staff/{id}/duties", admin, pages::give),
        Route::post("/office/duties/{id}/end", admin, pages::end_duty),
        Route::post("/office/duties/{id}/deputy", admin, pages::deputise),
        Route::get("/office/tokens", security, token_pages::list),
        Route::post("/office/duties/{id}/token", security, token_pages::make_one),
        Route::post("/office/tokens/{id}/end", security, token_pages::end),
        Route::get("/office/log", Gate::Duty(&AUDITOR), pages::log),
    ]
}
