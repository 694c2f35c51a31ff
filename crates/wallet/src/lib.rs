#![doc = include_str!("../README.md")]

pub mod acts;
mod check_pages;
pub mod domain;
pub mod errand;
mod error;
mod figures;
mod matters;
pub mod offers;
mod office_pages;
mod pages;
mod personal;
pub mod register;
mod store;

use linli_web::{Gate, Route};

pub use error::WalletError;

linli_words::include_words!();

/// Tables of this room.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "wallet",
    migrations: linli_db::migrations![1 => "0001_wallet.sql", 2 => "0002_uses.sql", 3 => "0003_body.sql"],
};

linli_acts::duty_kind! {
    /// Makes, suspends and ends the seals of a body (印章保管).
    pub SEAL_KEEPER = "wallet.seal_keeper", "电子印章保管", "Keeper of seals", personal: false, apart: Some("work");
    /// Allows that a kind of proof is sealed at once; revokes proofs (电子证明授权).
    pub AUTHORISER = "wallet.authoriser", "电子证明授权", "Authority over proofs", personal: false, apart: Some("work");
}

/// Who may look at seals.
static SEAL_DUTIES: &[&linli_acts::DutyKind] = &[&SEAL_KEEPER, &AUTHORISER];

linli_rules::rule! {
    /// Longest time for which an official may give a standing authorisation.
    pub LONGEST_AUTHORISATION = "wallet.longest_authorisation_days", "电子证明常设授权的最长时间", "Longest standing authorisation over proofs",
        ("天", "days"), 366, 1..=366, Ours, "授权每年重新确认一次";
    /// How long a proof of insurance is good for.
    pub INSURANCE_VALID = "wallet.insurance_valid_days", "个人参保证明的有效期", "How long a proof of insurance is good for",
        ("天", "days"), 30, 1..=366, Ours, "参保数据每月更新";
}

linli_privacy::consent_purpose! {
    /// Asking the social insurance register for a proof.
    pub INSURANCE_PROOF = "wallet.insurance_proof", "查询社会保险登记，用于开具参保证明", "Asking the social insurance register for a proof";
}

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = vec![
        Route::get("/proofs", Gate::Resident, pages::list),
        Route::get("/proofs/insurance", Gate::Resident, pages::start),
        Route::post("/proofs/insurance", Gate::Resident, pages::ask),
        Route::get("/proofs/{id}", Gate::Resident, pages::show),
        Route::get("/proofs/{id}/file", Gate::Resident, pages::file),
        Route::get("/check", Gate::Public, check_pages::form),
        Route::post("/check", Gate::Public, check_pages::check),
        Route::post("/check/file", Gate::Public, check_pages::file).body_limit(4 * 1024 * 1024),
        Route::get("/checkpoints", Gate::Public, check_pages::checkpoints),
        Route::get("/checkpoints/latest", Gate::Public, check_pages::latest_checkpoint_file),
    ];
    all.extend([
        Route::get("/office/seals", Gate::AnyDuty(SEAL_DUTIES), office_pages::list),
        Route::post("/office/seals", Gate::Duty(&SEAL_KEEPER), office_pages::make),
        Route::post("/office/seals/{id}/state", Gate::Duty(&SEAL_KEEPER), office_pages::change),
        Route::post("/office/seals/{id}/authorise", Gate::Duty(&AUTHORISER), office_pages::authorise),
        Route::post("/office/authorisations/{id}/withdraw", Gate::Duty(&AUTHORISER), office_pages::withdraw),
        Route::get("/office/proofs", Gate::Duty(&AUTHORISER), office_pages::proofs),
        Route::post("/office/proofs/{id}/revoke", Gate::Duty(&AUTHORISER), office_pages::revoke),
    ]);
    all
}
