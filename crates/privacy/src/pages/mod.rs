//! HTTP into acts. No rule here.

mod consents;
mod copy;
mod corrections;
mod desk_corrections;
mod erase;
mod looks;
mod me;
mod record;

use linli_base::{FieldError, Problem};
use linli_people::offers::{Person, REGISTRAR, person};
use linli_people::shown;
use linli_web::ui::Errors;
use linli_web::{Fault, Gate, Missing, Req, Route};
use linli_words::Lang;

use crate::Words;
use crate::error::PrivacyError;

/// Every address of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/me", Gate::Resident, me::show),
        Route::get("/me/consents", Gate::Resident, consents::list),
        Route::post("/me/consents/{id}/withdraw", Gate::Resident, consents::withdraw),
        Route::get("/me/looks", Gate::Resident, looks::show),
        Route::get("/me/copy", Gate::Resident, copy::show),
        Route::get("/me/copy.json", Gate::Resident, copy::json),
        Route::get("/me/corrections", Gate::Resident, corrections::list),
        Route::get("/me/corrections/{field}/new", Gate::Resident, corrections::form),
        Route::post("/me/corrections/{field}/new", Gate::Resident, corrections::ask),
        Route::post("/me/corrections/{id}/withdraw", Gate::Resident, corrections::withdraw),
        Route::get("/me/erase", Gate::Resident, erase::show),
        Route::post("/me/erase", Gate::Resident, erase::send),
        Route::get("/me/erase/code", Gate::Resident, erase::code),
        Route::post("/me/erase/code", Gate::Resident, erase::erase),
        Route::get("/erased/{receipt}", Gate::Public, erase::receipt),
        Route::get("/desk/people/open/{opening}", Gate::Staff, record::show),
        Route::post("/desk/people/open/{opening}/erase", Gate::Duty(&REGISTRAR), record::erase),
        Route::post("/desk/people/open/{opening}/help", Gate::Staff, record::help),
        Route::post("/desk/people/done-helping", Gate::Staff, record::done_helping),
        Route::get("/desk/corrections", Gate::Duty(&REGISTRAR), desk_corrections::list),
        Route::post("/desk/corrections/{id}/look", Gate::Duty(&REGISTRAR), desk_corrections::look),
        Route::get("/desk/corrections/{id}", Gate::Duty(&REGISTRAR), desk_corrections::show),
        Route::post("/desk/corrections/{id}/accept", Gate::Duty(&REGISTRAR), desk_corrections::accept),
        Route::post("/desk/corrections/{id}/refuse", Gate::Duty(&REGISTRAR), desk_corrections::refuse),
    ]
}

/// The person who asks, opened.
async fn own(req: &Req) -> Result<Person, Fault> {
    let (id, house) = (req.resident()?, req.house().clone());
    Ok(req.read(move |r| person(r, house.vault(), id)).await?.ok_or(Missing)?)
}

/// The words of what is wrong at a field.
fn say(lang: Lang, e: &FieldError) -> String {
    match e.kind {
        "same" => Words(lang).value_same().to_owned(),
        _ => shown::say(lang, e),
    }
}

/// The summary of wrong fields.
fn errors(req: &Req, fields: &[FieldError]) -> Errors {
    let list = fields.iter().map(|e| (e.field.clone(), say(req.lang(), e))).collect();
    Errors::new(req.frame().words().errors_title(), list)
}

/// One wrong field in ready words.
fn one_error(req: &Req, field: &str, words: String) -> Errors {
    Errors::new(req.frame().words().errors_title(), vec![(field.to_owned(), words)])
}

/// Wrong fields go back onto the page; anything else is a fault.
fn wrong_fields(e: PrivacyError) -> Result<Vec<FieldError>, Fault> {
    if e.fields().is_empty() { Err(e.into()) } else { Ok(e.fields().to_vec()) }
}
