//! HTTP into acts. No rule here.

mod data;
mod desk;
mod desk_corrections;
mod door;
mod me;
mod standing;
#[cfg(test)]
mod tests;

use linli_base::docnum::{DocumentKind, NumberError};
use linli_base::{Day, FieldError, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::ui::{Choice, Errors};
use linli_web::{Fault, Gate, Req, Route};
use linli_words::Lang;

use crate::Words;
use crate::domain::{Field, Role, Sex, Source, State};
use crate::error::PeopleError;
use crate::offers::REGISTRAR;

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
        Route::get("/me", Gate::Resident, me::show),
        Route::get("/me/phone", Gate::Resident, me::phone),
        Route::post("/me/phone", Gate::Resident, me::send_code),
        Route::get("/me/phone/code", Gate::Resident, me::phone_code),
        Route::post("/me/phone/code", Gate::Resident, me::change_phone),
        Route::get("/me/sessions", Gate::Resident, me::sessions),
        Route::post("/me/sessions/end-others", Gate::Resident, me::end_others),
        Route::post("/me/sessions/{id}/end", Gate::Resident, me::end_session),
        Route::get("/me/consents", Gate::Resident, me::consents),
        Route::post("/me/consents/{id}/withdraw", Gate::Resident, me::withdraw_consent),
        Route::get("/me/standing", Gate::Resident, standing::show),
        Route::post("/me/standing", Gate::Resident, standing::offer),
        Route::post("/me/standing/accept", Gate::Resident, standing::accept),
        Route::post("/me/standing/end", Gate::Resident, standing::stop),
        Route::post("/me/standing/{id}/begin", Gate::Resident, standing::begin),
        Route::post("/me/standing/{id}/end", Gate::Resident, standing::end),
        Route::get("/me/looks", Gate::Resident, data::looks),
        Route::get("/me/copy", Gate::Resident, data::copy),
        Route::get("/me/copy.json", Gate::Resident, data::copy_json),
        Route::get("/me/corrections", Gate::Resident, data::corrections),
        Route::get("/me/corrections/{field}/new", Gate::Resident, data::correction),
        Route::post("/me/corrections/{field}/new", Gate::Resident, data::ask_correction),
        Route::post("/me/corrections/{id}/withdraw", Gate::Resident, data::withdraw_correction),
        Route::get("/me/erase", Gate::Resident, data::erase),
        Route::post("/me/erase", Gate::Resident, data::erase_send),
        Route::get("/me/erase/code", Gate::Resident, data::erase_code),
        Route::post("/me/erase/code", Gate::Resident, data::erase_do),
        Route::get("/erased/{receipt}", Gate::Public, data::erased),
        Route::get("/desk/people", Gate::Staff, desk::search),
        Route::post("/desk/people", Gate::Staff, desk::find),
        Route::get("/desk/people/new", Gate::Duty(&REGISTRAR), desk::new),
        Route::post("/desk/people/new", Gate::Duty(&REGISTRAR), desk::create),
        Route::post("/desk/people/{id}/open", Gate::Staff, desk::open),
        Route::get("/desk/people/open/{opening}", Gate::Staff, desk::record),
        Route::post("/desk/people/open/{opening}/verify", Gate::Duty(&REGISTRAR), desk::verify),
        Route::post("/desk/people/open/{opening}/state", Gate::Duty(&REGISTRAR), desk::change_state),
        Route::post("/desk/people/open/{opening}/erase", Gate::Duty(&REGISTRAR), desk::erase),
        Route::post("/desk/people/open/{opening}/help", Gate::Staff, desk::help),
        Route::post("/desk/people/done-helping", Gate::Staff, desk::done_helping),
        Route::get("/desk/corrections", Gate::Duty(&REGISTRAR), desk_corrections::corrections),
        Route::post("/desk/corrections/{id}/look", Gate::Duty(&REGISTRAR), desk_corrections::look_correction),
        Route::get("/desk/corrections/{id}", Gate::Duty(&REGISTRAR), desk_corrections::correction),
        Route::post(
            "/desk/corrections/{id}/accept",
            Gate::Duty(&REGISTRAR),
            desk_corrections::accept_correction,
        ),
        Route::post(
            "/desk/corrections/{id}/refuse",
            Gate::Duty(&REGISTRAR),
            desk_corrections::refuse_correction,
        ),
    ]
}

/// The words of what is wrong at a field.
pub(crate) fn say(w: &Words, e: &FieldError) -> String {
    let arg = |i: usize| e.args.get(i).cloned().unwrap_or_default();
    match e.kind {
        "name-empty" => w.name_empty(),
        "name-long" => w.name_long(),
        "name-characters" => w.name_characters(),
        "number-empty" => w.number_empty(),
        "number-length" => return w.number_length(&arg(0), &arg(1)),
        "number-characters" => w.number_characters(),
        "number-birth" => w.number_birth(),
        "number-region" => w.number_region(),
        "number-check" => w.number_check(),
        "number-taken" => w.number_taken(),
        "birth" => w.birth_wrong(),
        "birth-differs" => w.birth_differs(),
        "place" => w.place_wrong(),
        "same" => w.value_same(),
        "phone-same" => w.phone_same(),
        "too-long" => w.too_long(),
        "empty" => w.empty(),
        "until-range" => w.until_range(),
        "delegations-many" => w.delegations_many(),
        "standing-code-wrong" => w.standing_code_wrong(),
        "standing-code-own" => w.standing_code_own(),
        _ => w.choose_one(),
    }
    .to_owned()
}

/// An error of a number, with what its words need.
pub(crate) fn number_error(field: &str, e: NumberError) -> FieldError {
    match e {
        NumberError::Length { got, want } => FieldError::new(field, e.kind()).arg(got).arg(want),
        _ => FieldError::new(field, e.kind()),
    }
}

/// The summary of wrong fields.
pub(crate) fn errors(req: &Req, w: &Words, fields: &[FieldError]) -> Errors {
    let list = fields.iter().map(|e| (e.field.clone(), say(w, e))).collect();
    Errors::new(req.frame().words().errors_title(), list)
}

/// One wrong field in ready words.
pub(crate) fn one_error(req: &Req, field: &str, words: String) -> Errors {
    Errors::new(req.frame().words().errors_title(), vec![(field.to_owned(), words)])
}

/// How long to wait, in words.
pub(crate) fn wait(w: &Words, seconds: i64) -> String {
    match seconds {
        ..=90 => w.wait_seconds(&seconds.max(1)),
        91..=5_400 => w.wait_minutes(&((seconds + 59) / 60)),
        _ => w.wait_hours(&((seconds + 3_599) / 3_600)),
    }
}

/// Wrong fields go back onto the page; anything else is a fault.
pub(crate) fn wrong_fields(e: PeopleError) -> Result<Vec<FieldError>, Fault> {
    match e {
        PeopleError::Wrong(fields) => Ok(fields),
        other => Err(other.into()),
    }
}

/// Kinds of documents to choose from.
pub(crate) fn document_kinds(lang: Lang) -> Vec<Choice> {
    DocumentKind::ALL.iter().map(|k| Choice::new(k.word(), &lang.pick(k.zh(), k.en()))).collect()
}

/// Street and community, in words.
pub(crate) fn place_words(
    read: &mut Read<'_>,
    lang: Lang,
    place: Option<PlaceCode>,
    day: Day,
) -> Result<String, DbError> {
    let Some(code) = place else { return Ok(String::new()) };
    let mut out = String::new();
    for code in code.parent().into_iter().chain([code]) {
        let (zh, en) = linli_places::offers::name(read, code, day)?;
        if !out.is_empty() && lang.is_en() {
            out.push_str(", ");
        }
        out.push_str(&lang.pick(&zh, &en));
    }
    Ok(out)
}

/// Communities that hold today, under their streets' names, to choose from.
pub(crate) fn communities(read: &mut Read<'_>, lang: Lang, day: Day) -> Result<Vec<Choice>, DbError> {
    use linli_base::place::Level;
    let mut out = vec![Choice::new("", "—")];
    for street in linli_places::offers::of_level(read, Level::Street, day, 0, 500)? {
        let (zh, en) = street.names();
        let name = lang.pick(&zh, &en).into_owned();
        for community in linli_places::offers::children(read, street.code, day)? {
            let (zh, en) = community.names();
            out.push(Choice::new(&community.code.to_string(), &format!("{name} · {}", lang.pick(&zh, &en))));
        }
    }
    Ok(out)
}

pub(crate) fn state_words(w: &Words, state: State) -> &'static str {
    match state {
        State::Unverified => w.state_unverified(),
        State::Active => w.state_active(),
        State::Moved => w.state_moved(),
        State::Dead => w.state_dead(),
        State::Merged => w.state_merged(),
        State::Erased => w.state_erased(),
    }
}

pub(crate) fn sex_words(w: &Words, sex: Sex) -> &'static str {
    match sex {
        Sex::Male => w.sex_male(),
        Sex::Female => w.sex_female(),
        Sex::Unknown => w.sex_unknown(),
    }
}

pub(crate) fn role_words(w: &Words, role: Role) -> &'static str {
    match role {
        Role::Head => w.role_head(),
        Role::Spouse => w.role_spouse(),
        Role::Child => w.role_child(),
        Role::Grandchild => w.role_grandchild(),
        Role::Parent => w.role_parent(),
        Role::Grandparent => w.role_grandparent(),
        Role::Sibling => w.role_sibling(),
        Role::Other => w.role_other(),
    }
}

pub(crate) fn field_words(w: &Words, field: Field) -> &'static str {
    match field {
        Field::Name => w.field_name(),
        Field::Sex => w.field_sex(),
        Field::Birth => w.field_birth(),
        Field::Document => w.field_document(),
        Field::Place => w.field_place(),
        Field::Hukou => w.field_hukou(),
        Field::Disability => w.field_disability(),
    }
}

/// Where a value comes from, with its day.
pub(crate) fn source_words(w: &Words, source: &str, day: &str) -> String {
    match source {
        "register" => w.source_register(&day),
        "self" => w.source_self(&day),
        "counter" => w.source_counter(&day),
        "sample" => w.source_sample(&day),
        "code" => w.source_code(&day),
        _ => w.source_correction(&day),
    }
}

pub(crate) fn source_word(source: Source) -> &'static str {
    source.word()
}

/// A corrected value, in words.
pub(crate) fn value_words(
    read: &mut Read<'_>,
    w: &Words,
    lang: Lang,
    field: Field,
    value: &str,
    day: Day,
) -> Result<String, DbError> {
    Ok(match field {
        Field::Name | Field::Birth => value.to_owned(),
        Field::Sex => Sex::from_word(value).map(|s| sex_words(w, s)).unwrap_or_default().to_owned(),
        Field::Document => match value.split_once(':') {
            Some((kind, number)) => {
                let kind = DocumentKind::from_word(kind).map(|k| lang.pick(k.zh(), k.en()).into_owned());
                format!("{} {number}", kind.unwrap_or_default())
            }
            None => String::new(),
        },
        Field::Place => place_words(read, lang, value.parse().ok(), day)?,
        Field::Hukou => if value == "1" { w.yes() } else { w.no() }.to_owned(),
        Field::Disability => match value {
            "" | "0" => w.disability_none().to_owned(),
            level => w.disability_level(&level),
        },
    })
}
