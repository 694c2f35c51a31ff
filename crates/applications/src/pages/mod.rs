//! The applicant's pages: may I, one question page after another, check, mend.

pub(crate) mod check;
pub(crate) mod form;
pub(crate) mod mend;
pub(crate) mod start;

use std::collections::BTreeMap;

use linli_base::FieldError;
use linli_catalogue::offers::{Field, FieldKind};
use linli_web::Req;
use linli_web::ui::{self, Choice, Choose, Errors, Kind};

use crate::Words;
use crate::show::pick;

/// A field as it is asked: typed, or chosen.
pub(crate) enum Asked {
    Field(ui::Field),
    Choose(Choose),
}

/// Builds the inputs of some fields with what was typed and what is wrong.
pub(crate) fn inputs<'a>(
    req: &Req,
    fields: impl Iterator<Item = &'a Field>,
    value: &dyn Fn(&str) -> String,
    errors: &Errors,
) -> Vec<Asked> {
    let (lang, f) = (req.lang(), req.frame());
    fields
        .map(|field| {
            let label = pick(lang, &field.label);
            let hint = field.hint.as_ref().map(|h| pick(lang, h)).unwrap_or_default();
            let (value, error) = (value(&field.key), errors.of(&field.key));
            if field.kind == FieldKind::Choice {
                let choices =
                    field.choices.iter().map(|c| Choice::new(&c.key, &lang.pick(&c.zh, &c.en))).collect();
                return Asked::Choose(
                    Choose::new(&field.key, &label, &value, choices).hint(&hint).error(error),
                );
            }
            if field.kind == FieldKind::YesNo {
                let w: Words = req.words();
                let choices = vec![Choice::new("1", w.yes()), Choice::new("0", w.no())];
                return Asked::Choose(
                    Choose::new(&field.key, &label, &value, choices).hint(&hint).error(error),
                );
            }
            let mut input = ui::Field::new(&field.key, &label, &value).hint(&hint).error(error);
            input = match field.kind {
                FieldKind::Lines => input.kind(Kind::Lines),
                FieldKind::Day => input.kind(Kind::Day),
                FieldKind::Phone => input.kind(Kind::Phone).autocomplete("off"),
                FieldKind::BankCard => input.kind(Kind::Number).autocomplete("off"),
                FieldKind::Number | FieldKind::Group => input.kind(Kind::Number),
                _ => input,
            };
            if field.optional {
                input = input.optional(f.words().optional());
            }
            Asked::Field(input)
        })
        .collect()
}

/// What was typed into the form, by field.
pub(crate) fn typed<'a>(req: &Req, fields: impl Iterator<Item = &'a Field>) -> BTreeMap<String, String> {
    fields
        .map(|f| {
            let value =
                if f.kind == FieldKind::Lines { req.form().lines(&f.key) } else { req.form().text(&f.key) };
            (f.key.clone(), value)
        })
        .collect()
}

/// What is wrong, in words, for the summary and beside each field.
pub(crate) fn errors(req: &Req, wrong: Vec<FieldError>) -> Errors {
    let w: Words = req.words();
    let list = wrong
        .into_iter()
        .map(|e| {
            let words = w.by_key(e.kind).unwrap_or_default().to_owned();
            (e.field, words)
        })
        .collect();
    Errors::new(req.frame().words().errors_title(), list)
}
