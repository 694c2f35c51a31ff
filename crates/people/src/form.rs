//! What is typed of a person, read at the edge: for the counter and for signing in.

use linli_base::docnum::{DocumentKind, DocumentNumber, NumberError};
use linli_base::{Day, FieldError};
use linli_web::Req;

use crate::acts::claims::Claim;
use crate::domain::Name;

/// An error of a number, with what its words need.
#[must_use]
pub fn number_error(field: &str, e: NumberError) -> FieldError {
    match e {
        NumberError::Length { got, want } => FieldError::new(field, e.kind()).arg(got).arg(want),
        _ => FieldError::new(field, e.kind()),
    }
}

/// Name, kind, number and birth day as typed, or what is wrong with them.
///
/// # Errors
/// All that is wrong.
pub fn read_claim(req: &Req) -> Result<Claim, Vec<FieldError>> {
    let form = req.form();
    let today = req.now().day();
    let mut wrong = Vec::new();
    let name = Name::parse(form.raw("name")).map_err(|e| wrong.push(FieldError::new("name", e.kind()))).ok();
    let document = match DocumentKind::from_word(form.raw("kind")) {
        None => {
            wrong.push(FieldError::new("kind", "choose"));
            None
        }
        Some(kind) => DocumentNumber::parse(kind, form.raw("number"), today)
            .map_err(|e| wrong.push(number_error("number", e)))
            .ok(),
    };
    let told = document.as_ref().and_then(DocumentNumber::birth);
    let typed = form.text("birth");
    let typed: Option<Result<Day, ()>> = (!typed.is_empty()).then(|| match typed.parse::<Day>() {
        Ok(day) if day <= today && today.age_of(day) <= 150 => Ok(day),
        _ => Err(()),
    });
    let birth = match (told, typed) {
        (Some(told), Some(Ok(typed))) if told != typed => {
            wrong.push(FieldError::new("birth", "birth-differs"));
            None
        }
        (Some(told), _) => Some(told),
        (None, Some(Ok(typed))) => Some(typed),
        (None, None) if document.is_none() => None,
        (None, _) => {
            wrong.push(FieldError::new("birth", "birth"));
            None
        }
    };
    match (name, document, birth) {
        (Some(name), Some(document), Some(birth)) if wrong.is_empty() => {
            Ok(Claim { name, document, birth, place: None })
        }
        _ => Err(wrong),
    }
}
