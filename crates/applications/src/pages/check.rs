//! Everything once more before it is sent; the statement of truth; sending.

use askama::Template;
use linli_acts::Channel;
use linli_people::offers as people;
use linli_web::ui::{Errors, Fact, Facts, Field, Kind, Tick};
use linli_web::{Fault, Frame, Reply, Req};

use super::errors;
use crate::domain::first_open;
use crate::error::ApplicationError;
use crate::show::{answer, known_facts, pick};
use crate::{Words, acts, profile, store};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    f: Frame,
    w: Words,
    errors: Errors,
    item: String,
    step: String,
    answers: Vec<(String, String, String)>,
    known: Facts,
    truth: Tick,
    /// For an application on paper: when it came.
    received: Option<Field>,
    back: String,
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let asked = key.clone();
    let found = req
        .read(move |r| {
            let (item, _, guide, form) = acts::item(r, &asked)?;
            let Some(row) = r.opt(&store::DRAFT, (person, item))? else { return Ok(None) };
            let answers = row.open(house.vault())?;
            let who = people::person(r, house.vault(), person)?.ok_or(ApplicationError::Missing)?;
            let known = known_facts(r, w, &profile::known(&who, &form.known), today)?;
            Ok::<_, ApplicationError>(Some((guide, form, answers, known)))
        })
        .await?;
    let Some((guide, form, answers, known)) = found else {
        return Ok(Reply::see_other(&format!("/apply/{key}")));
    };
    if let Some(open) = first_open(&form, &answers) {
        return Ok(Reply::see_other(&format!("/apply/{key}/{open}")));
    }
    let known: Vec<Fact> = known;
    let f = req.frame();
    let shown = form
        .pages
        .iter()
        .enumerate()
        .flat_map(|(i, p)| p.fields.iter().map(move |field| (i + 1, field)))
        .map(|(n, field)| {
            (pick(lang, &field.label), answer(w, field, &answers), format!("/apply/{key}/{n}#{}", field.key))
        })
        .collect();
    let last = form.pages.len();
    Ok(Reply::page(&CheckPage {
        item: pick(lang, &guide.name),
        step: w.step(&(last + 1), &(last + 1)),
        answers: shown,
        known: Facts { facts: known, why: f.words().why() },
        truth: Tick::new("truth", w.truth(), req.form().has("truth"))
            .hint(w.truth_hint())
            .error(errors.of("truth")),
        received: (req.actor().channel == Channel::Paper).then(|| {
            Field::new("received", w.received(), req.form().raw("received"))
                .hint(w.received_hint())
                .kind(Kind::Day)
                .error(errors.of("received"))
        }),
        back: format!("/apply/{key}/{last}"),
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}

pub(crate) async fn file(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let (truth, once) = (req.form().has("truth"), req.once());
    let asked = key.clone();
    let received = req.form().text("received").parse().ok();
    match req.act(move |act| acts::file_received(act, &asked, truth, &once, received)).await {
        Ok(case) => {
            Ok(Reply::see_other(&format!("/my/cases/{case}")).flash(req.words::<Words>().said_filed()))
        }
        Err(ApplicationError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong)).await?.status(422)),
        Err(ApplicationError::Open(n)) => Ok(Reply::see_other(&format!("/apply/{key}/{n}"))),
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(e) => Err(e.into()),
    }
}
