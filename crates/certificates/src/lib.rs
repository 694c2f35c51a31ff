#![doc = include_str!("../README.md")]

mod acts;
pub mod domain;
mod error;
mod figures;
mod jobs;
pub mod offers;
mod pages;
mod personal;
mod proposals;
mod showing;
mod store;

use linli_web::{Gate, Route};

pub use error::CertificateError;
pub use jobs::FOLLOW_PERSON;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "certificates",
    migrations: linli_db::migrations![1 => "0001_certificates.sql", 2 => "0002_indexes.sql"],
};

linli_acts::duty_kind! {
    /// Issues, suspends, revokes and replaces the certificates of a body (证照签发).
    pub ISSUER = "certificates.issuer", "电子证照签发", "Issues certificates", personal: true, apart: Some("work");
    /// Says what certificates of a kind hold (证照目录维护).
    pub KEEPER = "certificates.keeper", "电子证照目录维护", "Keeper of kinds of certificate", personal: false, apart: Some("work");
}

linli_rules::rule! {
    /// Longest time for which part of a certificate is shown.
    pub LONGEST_SHOWING = "certificates.longest_showing_minutes", "出示电子证照的最长时间", "Longest showing of a certificate",
        ("分钟", "minutes"), 1440, 5..=10080, Ours, "够对方核对即可，越短越安全";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/my/wallet", Gate::Resident, pages::mine::list),
        Route::get("/my/wallet/{id}", Gate::Resident, pages::mine::one),
        Route::get("/my/wallet/{id}/paper", Gate::Resident, pages::mine::paper),
        Route::get("/my/wallet/{id}/show", Gate::Resident, pages::show::form),
        Route::post("/my/wallet/{id}/show", Gate::Resident, pages::show::make),
        Route::get("/my/showings/{id}", Gate::Resident, pages::show::made),
        Route::post("/my/showings/{id}/end", Gate::Resident, pages::show::end),
        Route::get("/shown", Gate::Public, pages::show::look),
        Route::post("/shown", Gate::Public, pages::show::look),
        Route::get("/office/certificates", Gate::Duty(&ISSUER), pages::office::find_form),
        Route::post("/office/certificates", Gate::Duty(&ISSUER), pages::office::find),
        Route::get("/office/certificates/of/{person}", Gate::Duty(&ISSUER), pages::office::person),
        Route::get("/office/certificates/of/{person}/{kind}", Gate::Duty(&ISSUER), pages::office::issue_form),
        Route::post("/office/certificates/of/{person}/{kind}", Gate::Duty(&ISSUER), pages::office::issue),
        Route::post("/office/certificates/{id}/state", Gate::Duty(&ISSUER), pages::office::change),
        Route::get("/office/certificate-kinds", Gate::Duty(&KEEPER), pages::kinds::list),
        Route::get("/office/certificate-kinds/new", Gate::Duty(&KEEPER), pages::kinds::new),
        Route::post("/office/certificate-kinds/new", Gate::Duty(&KEEPER), pages::kinds::add),
        Route::get("/office/certificate-kinds/{key}", Gate::Duty(&KEEPER), pages::kinds::one),
        Route::post("/office/certificate-kinds/{key}", Gate::Duty(&KEEPER), pages::kinds::save),
    ]
}
