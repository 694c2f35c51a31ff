//! HTTP into acts. No rule here.

mod files;
mod office;
mod public;
#[cfg(test)]
pub(crate) mod tests;
mod units;

use linli_base::{FieldError, Level};
use linli_web::ui::Errors;
use linli_web::{Fault, Gate, Req, Route};

use crate::acts::PlacesError;
use crate::domain::Wrong;
use crate::{EDITOR, Words, import};

/// Every address of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    let editor = Gate::Duty(&EDITOR);
    vec![
        Route::get("/places", Gate::Public, public::home),
        Route::get("/places/{code}", Gate::Public, public::show),
        Route::get("/places/list.csv", Gate::Public, public::list),
        Route::get("/office/places", editor, office::home),
        Route::get("/office/places/new", editor, office::new),
        Route::post("/office/places/new", editor, office::create),
        Route::get("/office/places/{code}", editor, office::show),
        Route::post("/office/places/{code}/rename", editor, office::rename),
        Route::post("/office/places/{code}/close", editor, office::close),
        Route::get("/office/places/{code}/split", editor, office::split),
        Route::post("/office/places/{code}/split", editor, office::do_split),
        Route::get("/office/places/{code}/buildings", editor, units::buildings),
        Route::post("/office/places/{code}/buildings", editor, units::add_building),
        Route::post("/office/places/{code}/buildings/move", editor, units::move_buildings),
        Route::get("/office/buildings/{id}", editor, units::building),
        Route::post("/office/buildings/{id}", editor, units::change_building),
        Route::post("/office/buildings/{id}/use", editor, units::use_building),
        Route::post("/office/buildings/{id}/units", editor, units::add_unit),
        Route::get("/office/units/{id}", editor, units::unit),
        Route::post("/office/units/{id}", editor, units::rename_unit),
        Route::post("/office/units/{id}/use", editor, units::use_unit),
        Route::get("/office/places/import", editor, files::form),
        Route::post("/office/places/import", editor, files::take)
            .body_limit(import::UPLOAD_LIMITS.bytes + 65_536),
        Route::get("/office/places/import/template/{kind}", editor, files::template),
        Route::get("/office/places/imports/{id}", editor, files::report),
        Route::get("/office/places/imports/{id}/faults.csv", editor, files::faults),
    ]
}

fn level_name(w: &Words, level: Level) -> &'static str {
    match level {
        Level::Province => w.level_province(),
        Level::City => w.level_city(),
        Level::District => w.level_district(),
        Level::Street => w.level_street(),
        Level::Community => w.level_community(),
    }
}

/// The words of a wrong field.
fn say(w: &Words, e: &FieldError) -> String {
    let arg = e.args.first().map_or("", String::as_str);
    match e.kind {
        "too-long" => w.too_long(&arg),
        "name-taken" => w.name_taken(&arg),
        kind => w.by_key(kind).unwrap_or_else(|| w.value_wrong()).to_owned(),
    }
}

fn summary(req: &Req, fields: &[FieldError]) -> Errors {
    let w: Words = req.words();
    let list = fields.iter().map(|e| (e.field.clone(), say(&w, e))).collect();
    Errors::new(req.frame().words().errors_title(), list)
}

/// Beside which field a rule's refusal is told.
fn field_of(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Name => "name_zh",
        Wrong::DayTooEarly | Wrong::Ended | Wrong::HasChildren => "day",
        Wrong::Exists | Wrong::NoParent => "code",
        Wrong::Successor => "successor",
        Wrong::Part | Wrong::TooFewParts => "code_1",
    }
}

/// What a person can put right goes back onto the page; anything else is a fault.
fn wrong_fields(e: PlacesError) -> Result<Vec<FieldError>, Fault> {
    match e {
        PlacesError::Fields(fields) => Ok(fields),
        PlacesError::Wrong(wrong) => Ok(vec![FieldError::new(field_of(wrong), wrong.kind())]),
        other => Err(other.into()),
    }
}
