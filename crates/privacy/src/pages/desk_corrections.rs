//! The registrar decides corrections.

use askama::Template;
use linli_people::offers::records::{OpeningId, opened};
use linli_people::shown::{field_words, place_words, value_words};
use linli_web::ui::{Button, Errors, Field, Kind};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::corrections::{self as correct, CorrectionId};
use crate::error::PrivacyError;
use crate::pages::{errors, say, wrong_fields};

struct Waiting {
    id: CorrectionId,
    field: &'static str,
    place: String,
    when: String,
    look: Button,
}

#[derive(Template)]
#[template(path = "desk_corrections.html")]
struct CorrectionsPage {
    f: Frame,
    w: Words,
    waiting: Vec<Waiting>,
    next: String,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let after: CorrectionId = req.ask("after").unwrap_or(CorrectionId::from_raw(0));
    let (actor, lang, today) = (req.actor().clone(), req.lang(), req.now().day());
    let all = req
        .read(move |r| {
            let mut out = Vec::new();
            for c in correct::waiting(r, &actor, after, 50)? {
                let place = place_words(r, lang, c.place, today)?;
                out.push((c, place));
            }
            Ok::<_, PrivacyError>(out)
        })
        .await?;
    let (f, w): (Frame, Words) = (req.frame(), req.words());
    let next = (all.len() == 50)
        .then(|| all.last().map(|(c, _)| format!("/desk/corrections?after={}", c.id)))
        .flatten();
    let waiting = all
        .into_iter()
        .map(|(c, place)| Waiting {
            id: c.id,
            field: field_words(lang, c.field),
            place,
            when: c.asked_at.minute(),
            look: Button::quiet(&format!("/desk/corrections/{}/look", c.id), w.look(), f.hidden()),
        })
        .collect();
    Ok(Reply::page(&CorrectionsPage { f, w, waiting, next: next.unwrap_or_default() }))
}

/// Looking is an act (the record is opened), so it is a POST; the page that follows shows what was opened.
pub(crate) async fn look(req: Req) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let opening = req.act(move |act| correct::look(act, id)).await?;
    Ok(Reply::see_other(&format!("/desk/corrections/{id}?opening={opening}")))
}

#[derive(Template)]
#[template(path = "desk_correction.html")]
struct CorrectionPage {
    f: Frame,
    w: Words,
    errors: Errors,
    problem: String,
    name: String,
    field: &'static str,
    former: String,
    proposed: String,
    reason: String,
    when: String,
    id: CorrectionId,
    opening: OpeningId,
    rev: i64,
    answer: Field,
    record: String,
    open: bool,
}

async fn correction_page(req: &Req, errors: Errors, problem: String) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let opening = req.ask("opening").or_else(|| req.form().raw("opening").parse().ok());
    let opening: OpeningId = opening.ok_or(Missing)?;
    let (house, actor) = (req.house().clone(), req.actor().clone());
    let (lang, today) = (req.lang(), req.now().day());
    let (asked, person, former, proposed): (correct::Correction, _, _, _) = req
        .read(move |r| {
            let opened = opened(r, house.vault(), &actor, opening)?;
            let asked = correct::by_id(r, house.vault(), id)?.ok_or(PrivacyError::Missing)?;
            if asked.person != opened.person.id {
                return Err(PrivacyError::Missing);
            }
            let former = opened.person.value(asked.field);
            let former = value_words(r, lang, asked.field, &former, today)?;
            let proposed = value_words(r, lang, asked.field, &asked.proposed, today)?;
            Ok((asked, opened.person, former, proposed))
        })
        .await?;
    let w: Words = req.words();
    let answer = Field::new("answer", w.refuse_reason(), req.form().raw("answer"))
        .hint(w.refuse_reason_hint())
        .error(errors.of("answer"))
        .kind(Kind::Lines);
    Ok(Reply::page(&CorrectionPage {
        name: person.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        field: field_words(lang, asked.field),
        former,
        proposed,
        reason: asked.reason,
        when: asked.asked_at.minute(),
        id,
        opening,
        rev: asked.rev,
        answer,
        record: format!("/desk/people/open/{opening}"),
        open: asked.state == correct::CorrectionState::Open,
        errors,
        problem,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    correction_page(&req, Errors::default(), String::new()).await
}

pub(crate) async fn accept(req: Req) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    match req.act(move |act| correct::accept(act, id, rev)).await {
        Ok(()) => Ok(Reply::see_other("/desk/corrections").flash(w.correction_accepted())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            let words = wrong.first().map(|e| say(req.lang(), e)).unwrap_or_default();
            Ok(correction_page(&req, Errors::default(), words).await?.status(422))
        }
    }
}

pub(crate) async fn refuse(req: Req) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    let answer = req.form().lines("answer");
    match req.act(move |act| correct::refuse(act, id, rev, &answer)).await {
        Ok(()) => Ok(Reply::see_other("/desk/corrections").flash(w.correction_refused())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(correction_page(&req, errors(&req, &wrong), String::new()).await?.status(422))
        }
    }
}
