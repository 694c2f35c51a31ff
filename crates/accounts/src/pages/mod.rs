//! HTTP into acts. No rule here.

pub(crate) mod code;
mod door;
mod phone;
mod sessions;
mod standing;

use linli_base::{FieldError, Problem};
use linli_people::shown;
use linli_web::ui::Errors;
use linli_web::{Fault, Gate, Req, Route};
use linli_words::Lang;

use crate::Words;
use crate::error::AccountError;

/// Every address of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Gate::Public, door::phone),
        Route::post("/sign-in", Gate::Public, door::send),
        Route::get("/sign-in/code", Gate::Public, door::code),
        Route::post("/sign-in/code", Gate::Public, door::try_code),
        Route::get("/sign-in/who", Gate::Public, door::who),
        Route::post("/sign-in/who", Gate::Public, door::try_who),
        Route::get("/sign-in/register", Gate::Public, door::register),
        Route::post("/sign-in/register", Gate::Public, door::try_register),
        Route::post("/sign-out", Gate::Resident, door::sign_out),
        Route::get("/me/phone", Gate::Resident, phone::show),
        Route::post("/me/phone", Gate::Resident, phone::send_code),
        Route::get("/me/phone/code", Gate::Resident, phone::code),
        Route::post("/me/phone/code", Gate::Resident, phone::change),
        Route::get("/me/sessions", Gate::Resident, sessions::list),
        Route::post("/me/sessions/end-others", Gate::Resident, sessions::end_others),
        Route::post("/me/sessions/{id}/end", Gate::Resident, sessions::end),
        Route::get("/me/standing", Gate::Resident, standing::show),
        Route::post("/me/standing", Gate::Resident, standing::offer),
        Route::post("/me/standing/accept", Gate::Resident, standing::accept),
        Route::post("/me/standing/end", Gate::Resident, standing::stop),
        Route::post("/me/standing/{id}/begin", Gate::Resident, standing::begin),
        Route::post("/me/standing/{id}/end", Gate::Resident, standing::end),
    ]
}

/// The words of what is wrong at a field.
fn say(lang: Lang, e: &FieldError) -> String {
    let w = Words(lang);
    match e.kind {
        "phone-same" => w.phone_same(),
        "until-range" => w.until_range(),
        "delegations-many" => w.delegations_many(),
        "standing-code-wrong" => w.standing_code_wrong(),
        "standing-code-own" => w.standing_code_own(),
        _ => return shown::say(lang, e),
    }
    .to_owned()
}

/// The summary of wrong fields.
fn errors(req: &Req, fields: &[FieldError]) -> Errors {
    let list = fields.iter().map(|e| (e.field.clone(), say(req.lang(), e))).collect();
    Errors::new(req.frame().words().errors_title(), list)
}

/// One wrong field in ready words.
pub(crate) fn one_error(req: &Req, field: &str, words: String) -> Errors {
    Errors::new(req.frame().words().errors_title(), vec![(field.to_owned(), words)])
}

/// Wrong fields go back onto the page; anything else is a fault.
fn wrong_fields(e: AccountError) -> Result<Vec<FieldError>, Fault> {
    if e.fields().is_empty() { Err(e.into()) } else { Ok(e.fields().to_vec()) }
}
