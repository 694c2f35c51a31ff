//! What she says is wrong in her record.

use askama::Template;
use linli_base::FieldError;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_db::DbError;
use linli_people::form::number_error;
use linli_people::offers::{Field as PersonField, Sex};
use linli_people::shown::{
    communities, disability_words, document_kinds, field_words, sex_words, value_words,
};
use linli_web::ui::{Button, Chip, Choice, Choose, Errors, Field, Kind, Tone};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::corrections::{self as correct, CorrectionId, CorrectionState};
use crate::error::PrivacyError;
use crate::pages::{errors, one_error, own, wrong_fields};

struct CorrectionLine {
    field: String,
    proposed: String,
    detail: String,
    answer: String,
    chip: Chip,
    withdraw: Option<Button>,
}

#[derive(Template)]
#[template(path = "corrections.html")]
struct CorrectionsPage {
    f: Frame,
    w: Words,
    lines: Vec<CorrectionLine>,
    fields: Vec<(String, String)>,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let me = req.resident()?;
    let w: Words = req.words();
    let (house, lang, today) = (req.house().clone(), req.lang(), req.now().day());
    let f = req.frame();
    let all = req
        .read(move |r| {
            let mut out = Vec::new();
            for c in correct::of(r, house.vault(), me, CorrectionId::from_raw(i64::MAX), 50)? {
                let value = value_words(r, lang, c.field, &c.proposed, today)?;
                out.push((c, value));
            }
            Ok::<_, PrivacyError>(out)
        })
        .await?;
    let lines = all
        .into_iter()
        .map(|(c, proposed)| {
            let (tone, state) = match c.state {
                CorrectionState::Open => (Tone::Due, w.correction_open()),
                CorrectionState::Accepted => (Tone::Done, w.correction_accepted()),
                CorrectionState::Refused => (Tone::Late, w.correction_refused()),
                CorrectionState::Withdrawn => (Tone::Plain, w.correction_withdrawn()),
            };
            let open = c.state == CorrectionState::Open;
            let action = format!("/me/corrections/{}/withdraw", c.id);
            CorrectionLine {
                field: field_words(lang, c.field).to_owned(),
                proposed,
                detail: w.asked_at(&c.asked_at.minute()),
                answer: c.answer,
                chip: Chip::new(tone, state),
                withdraw: open.then(|| {
                    Button::quiet(&action, w.correction_take_back(), f.hidden())
                        .with(&[("rev", &c.rev.to_string())])
                }),
            }
        })
        .collect();
    let fields = PersonField::ALL
        .iter()
        .map(|f| (format!("/me/corrections/{}/new", f.word()), field_words(lang, *f).to_owned()))
        .collect();
    Ok(Reply::page(&CorrectionsPage { lines, fields, f, w }))
}

enum Input {
    Text(Field),
    Choose(Choose),
    Both(Choose, Field),
}

#[derive(Template)]
#[template(path = "correction.html")]
struct CorrectionPage {
    f: Frame,
    w: Words,
    errors: Errors,
    field: &'static str,
    now: String,
    input: Input,
    reason: Field,
}

fn field_of(req: &Req) -> Result<PersonField, Fault> {
    let word: String = req.path("field")?;
    PersonField::from_word(&word).ok_or_else(|| Missing.into())
}

async fn correction_page(req: &Req, field: PersonField, errors: Errors) -> Result<Reply, Fault> {
    let p = own(req).await?;
    let w: Words = req.words();
    let (lang, today) = (req.lang(), req.now().day());
    let value = p.value(field);
    let places = field == PersonField::Place;
    let (now, communities) = req
        .read(move |r| {
            let now = value_words(r, lang, field, &value, today)?;
            Ok::<_, DbError>((now, if places { communities(r, lang, today)? } else { Vec::new() }))
        })
        .await?;
    let form = req.form();
    let (label, typed, error) = (w.right_value(), form.raw("value"), errors.of("value"));
    let yes_no = || vec![Choice::new("1", w.yes()), Choice::new("0", w.no())];
    let choose = |choices| Choose::new("value", label, typed, choices).error(error.clone());
    let input = match field {
        PersonField::Name => Input::Text(Field::new("value", label, typed).error(error).autocomplete("name")),
        PersonField::Birth => {
            Input::Text(Field::new("value", label, typed).error(error).kind(Kind::Day).autocomplete("bday"))
        }
        PersonField::Sex => Input::Choose(choose(vec![
            Choice::new(Sex::Female.word(), sex_words(lang, Sex::Female)),
            Choice::new(Sex::Male.word(), sex_words(lang, Sex::Male)),
        ])),
        PersonField::Hukou => Input::Choose(choose(yes_no())),
        PersonField::Disability => Input::Choose(choose(
            (0..=4u8).map(|n| Choice::new(&n.to_string(), &disability_words(lang, n))).collect(),
        )),
        PersonField::Place => Input::Choose(choose(communities).list()),
        PersonField::Document => {
            let kind = form.raw("kind");
            let kind = if kind.is_empty() { DocumentKind::ResidentId.word() } else { kind };
            Input::Both(
                Choose::new("kind", w.document_kind(), kind, document_kinds(lang)).list(),
                Field::new("value", w.document_number(), typed).error(error).autocomplete("off"),
            )
        }
    };
    let reason = Field::new("reason", w.reason(), form.raw("reason"))
        .hint(w.reason_hint())
        .error(errors.of("reason"))
        .kind(Kind::Lines);
    let field = field_words(lang, field);
    Ok(Reply::page(&CorrectionPage { f: req.frame(), w, errors, field, now, input, reason }))
}

pub(crate) async fn form(req: Req) -> Result<Reply, Fault> {
    let field = field_of(&req)?;
    correction_page(&req, field, Errors::default()).await
}

pub(crate) async fn ask(req: Req) -> Result<Reply, Fault> {
    let field = field_of(&req)?;
    let w: Words = req.words();
    let form = req.form();
    let value = match field {
        PersonField::Document => format!("{}:{}", form.text("kind"), form.text("value")),
        _ => form.text("value"),
    };
    let reason = form.lines("reason");
    match req.act(move |act| correct::ask(act, field, &value, &reason)).await {
        Ok(_) => Ok(Reply::see_other("/me/corrections").flash(w.correction_sent())),
        Err(PrivacyError::OpenAlready) => {
            let errors = one_error(&req, "value", w.correction_open_already().to_owned());
            Ok(correction_page(&req, field, errors).await?.status(422))
        }
        Err(e) => {
            let mut fields = wrong_fields(e)?;
            if let (PersonField::Document, Some(first)) = (field, fields.first_mut()) {
                *first = document_error(&req).unwrap_or_else(|| first.clone());
            }
            Ok(correction_page(&req, field, errors(&req, &fields)).await?.status(422))
        }
    }
}

/// What is wrong with a typed number, with its lengths.
fn document_error(req: &Req) -> Option<FieldError> {
    let kind = DocumentKind::from_word(req.form().raw("kind"))?;
    let parsed = DocumentNumber::parse(kind, req.form().raw("value"), req.now().day());
    parsed.err().map(|e| number_error("value", e))
}

pub(crate) async fn withdraw(req: Req) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    req.act(move |act| correct::withdraw(act, id, rev)).await?;
    Ok(Reply::see_other("/me/corrections").flash(w.correction_withdrawn()))
}
