//! Mending what was asked, and only that.

use askama::Template;
use linli_casework::offers::{self as casework, CaseId, Point};
use linli_guide::Form;
use linli_web::ui::{Choice, Errors};
use linli_web::{Fault, Frame, Reply, Req};

use super::form::typed;
use super::{Asked, as_typed, errors, inputs};
use crate::domain::Answers;
use crate::error::ApplicationError;
use crate::show::pick;
use crate::supplements::{self, Sent};
use crate::{Words, acts, show, store};

#[derive(Template)]
#[template(path = "mend.html")]
struct MendPage {
    f: Frame,
    w: Words,
    errors: Errors,
    /// What is wrong with it, and the input.
    asked: Vec<(String, Asked)>,
    /// Materials to be sent again: what is wrong, name, where, how many files lie there, what is wrong with that.
    files: Vec<FileRowLine>,
    /// What only the register can put right: name, what is wrong.
    register: Vec<(String, String)>,
    case: CaseId,
}

struct FileRowLine {
    id: String,
    name: String,
    what: String,
    href: String,
    count: usize,
    error: String,
}

struct Loaded {
    form: Form,
    answers: Answers,
    points: Vec<Point>,
    sent: Vec<Sent>,
    places: Vec<Choice>,
}

async fn loaded(req: &Req, id: CaseId) -> Result<Option<Loaded>, Fault> {
    let actor = req.actor().clone();
    let (house, lang) = (req.house().clone(), req.lang());
    let found = req
        .read(move |r| {
            super::hers(&actor, &casework::case(r, id)?)?;
            let row = store::of_case(r, id)?;
            let asked = casework::asked(r, house.vault(), id)?;
            let (form, guide) = (acts::form_of(r, &row)?, acts::guide_of(r, &row)?);
            let answers = row.open(house.vault())?;
            let sent = supplements::sent(r, &row, &guide, &asked)?;
            let places = super::places(r, lang, form.fields())?;
            Ok::<_, ApplicationError>(Loaded { form, answers, points: asked, sent, places })
        })
        .await?;
    Ok(Some(found).filter(|l| !l.points.is_empty()))
}

async fn page(req: &Req, errors: Errors, again: bool) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let Some(Loaded { form, answers, points, sent, places }) = loaded(req, id).await? else {
        return Ok(Reply::see_other(&format!("/my/cases/{id}")));
    };
    let w: Words = req.words();
    let what = |key: &str| points.iter().find(|p| p.key == key).map(|p| p.what.clone());
    let value = |field: &str| {
        if again { req.form().raw(field).to_owned() } else { as_typed(&form, field, answers.value(field)) }
    };
    let fields: Vec<_> = form.fields().filter(|f| what(&f.key).is_some()).collect();
    let asked = fields
        .iter()
        .filter_map(|f| what(&f.key))
        .zip(inputs(req, fields.iter().copied(), &value, &errors, &places))
        .collect();
    let register = form
        .known
        .iter()
        .filter_map(|k| Some((show::known_name(w, *k).to_owned(), what(show::known_key(*k))?)))
        .collect();
    let files = sent
        .into_iter()
        .map(|s| FileRowLine {
            name: pick(req.lang(), &s.material.name),
            href: format!("/my/cases/{id}/mend/{}", s.material.key),
            count: s.files.len(),
            error: errors.of(&s.point).unwrap_or_default(),
            what: s.what,
            id: s.point,
        })
        .collect();
    Ok(Reply::page(&MendPage { asked, files, register, case: id, errors, f: req.frame(), w }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default(), false).await
}

pub(crate) async fn send(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let values = typed(&req);
    match req.act(move |act| acts::mend(act, id, &values)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/my/cases/{id}")).flash(req.words::<Words>().said_mended())),
        Err(ApplicationError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong), true).await?.status(422)),
        Err(ApplicationError::Changed) => Ok(Reply::see_other(&format!("/my/cases/{id}"))),
        Err(e) => Err(e.into()),
    }
}
