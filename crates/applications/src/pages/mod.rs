//! The applicant's pages: may I, one question page after another, check, mend.

pub(crate) mod case_materials;
pub(crate) mod check;
pub(crate) mod form;
pub(crate) mod material;
pub(crate) mod mend;
pub(crate) mod mend_file;
pub(crate) mod receipt;
pub(crate) mod start;

use linli_acts::Actor;
use linli_base::FieldError;
use linli_casework::CaseRow;
use linli_db::{DbError, Read};
use linli_files::offers::{FileId, FileRow};
use linli_guide::{Field, FieldKind, Form};
use linli_web::ui::{self, Choice, Choose, Errors, Kind};
use linli_web::{Fault, Req};
use linli_words::Lang;

use crate::Words;
use crate::error::ApplicationError;
use crate::show::pick;

/// Another's case, or one of an item in which the actor may not act for her, is answered like none.
pub(crate) fn hers(actor: &Actor, case: &CaseRow) -> Result<(), ApplicationError> {
    let person = actor.resident_for(&case.item);
    if person.is_ok_and(|p| p == case.person) { Ok(()) } else { Err(ApplicationError::Missing) }
}

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
    places: &[Choice],
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
            if field.kind == FieldKind::Place {
                let w: Words = req.words();
                let mut choices = vec![Choice::new("", w.place_choose())];
                choices.extend(places.iter().cloned());
                let choose = Choose::new(&field.key, &label, &value, choices).list();
                return Asked::Choose(choose.hint(&hint).error(error));
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

/// The communities to choose from, by street; empty where no field asks for a place.
pub(crate) fn places<'a>(
    read: &mut Read<'_>,
    lang: Lang,
    mut fields: impl Iterator<Item = &'a Field>,
) -> Result<Vec<Choice>, DbError> {
    let asks = |f: &Field| f.kind == FieldKind::Place || f.fields.iter().any(|p| p.kind == FieldKind::Place);
    if !fields.any(asks) {
        return Ok(Vec::new());
    }
    let today = read.now().day();
    let Some(district) = linli_places::offers::district(read, today)? else { return Ok(Vec::new()) };
    let all = linli_places::offers::to_choose(
        read,
        lang,
        &[district.code],
        &[linli_base::Level::Community],
        today,
    )?;
    Ok(all.into_iter().map(|(code, name)| Choice::new(&code.to_string(), &name)).collect())
}

/// A stored value as it is typed: yuan instead of fen; everything else as it is.
pub(crate) fn as_typed(form: &Form, key: &str, value: &str) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    let field = match parts.as_slice() {
        [group, _, part] => {
            let group = form.fields().find(|f| f.key == *group);
            group.and_then(|g| g.fields.iter().find(|f| f.key == *part))
        }
        _ => form.fields().find(|f| f.key == key),
    };
    match (field.map(|f| f.kind), value.parse::<i64>()) {
        (Some(FieldKind::Money), Ok(fen)) => format!("{}.{:02}", fen / 100, fen % 100),
        _ => value.to_owned(),
    }
}

/// A file that lies with a material.
pub(crate) struct FileLine {
    pub id: FileId,
    pub words: String,
}

/// Files in words.
pub(crate) fn file_lines<'a>(
    req: &Req,
    files: impl Iterator<Item = &'a FileRow>,
) -> Result<Vec<FileLine>, Fault> {
    let mut out = Vec::new();
    for file in files {
        let words = linli_files::offers::line(req.house().vault(), file, req.lang())?;
        out.push(FileLine { id: file.id, words });
    }
    Ok(out)
}

/// What is wrong, in words, for the summary and beside each field.
pub(crate) fn errors(req: &Req, wrong: Vec<FieldError>) -> Errors {
    let w: Words = req.words();
    let list = wrong
        .into_iter()
        .map(|e| {
            let words = linli_files::offers::refusal_words(e.kind, req.lang())
                .or_else(|| w.by_key(e.kind))
                .unwrap_or_default();
            (e.field, words.to_owned())
        })
        .collect();
    Errors::new(req.frame().words().errors_title(), list)
}
