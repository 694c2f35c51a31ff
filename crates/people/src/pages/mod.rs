//! HTTP into acts. No rule here.

mod desk;
mod new;

use linli_base::{FieldError, Problem};
use linli_web::ui::Errors;
use linli_web::{Fault, Gate, Req, Route};

use crate::error::PeopleError;
use crate::offers::REGISTRAR;
use crate::shown;

/// Every address of this room. The page of an opened record is `privacy`'s, which knows all that can be done with it.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/desk/people", Gate::Staff, desk::search),
        Route::post("/desk/people", Gate::Staff, desk::find),
        Route::get("/desk/people/new", Gate::Duty(&REGISTRAR), new::show),
        Route::post("/desk/people/new", Gate::Duty(&REGISTRAR), new::create),
        Route::post("/desk/people/{id}/open", Gate::Staff, desk::open),
        Route::post("/desk/people/open/{opening}/verify", Gate::Duty(&REGISTRAR), desk::verify),
        Route::post("/desk/people/open/{opening}/state", Gate::Duty(&REGISTRAR), desk::change_state),
    ]
}

/// The summary of wrong fields.
fn errors(req: &Req, fields: &[FieldError]) -> Errors {
    let list = fields.iter().map(|e| (e.field.clone(), shown::say(req.lang(), e))).collect();
    Errors::new(req.frame().words().errors_title(), list)
}

/// Wrong fields go back onto the page; anything else is a fault.
fn wrong_fields(e: PeopleError) -> Result<Vec<FieldError>, Fault> {
    if e.fields().is_empty() { Err(e.into()) } else { Ok(e.fields().to_vec()) }
}
