//! One question page. What is typed is saved when the page is sent; coming back finds it there.

use askama::Template;
use linli_web::ui::Errors;
use linli_web::{Fault, Frame, Missing, Reply, Req};

use super::{Asked, errors, inputs, typed};
use crate::error::ApplicationError;
use crate::show::pick;
use crate::{Words, acts, store};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    f: Frame,
    w: Words,
    errors: Errors,
    item: String,
    title: String,
    step: String,
    inputs: Vec<Asked>,
    earlier: bool,
    back: String,
}

async fn page(req: &Req, errors: Errors, again: bool) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let n: usize = req.path("page")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let asked = key.clone();
    let (guide, form, answers, earlier) = req
        .read(move |r| {
            let (item, _, guide, form) = acts::item(r, &asked)?;
            let row = r.opt(&store::DRAFT, (person, item))?;
            let answers = match &row {
                Some(row) => Some(row.open(house.vault())?),
                None => None,
            };
            let earlier = acts::earlier(r, house.vault(), person)?;
            Ok::<_, ApplicationError>((guide, form, answers, earlier))
        })
        .await?;
    // No draft: she has not begun, or it was filed in another window.
    let Some(answers) = answers else { return Ok(Reply::see_other(&format!("/apply/{key}"))) };
    let page = n.checked_sub(1).and_then(|i| form.pages.get(i)).ok_or(Missing)?;
    let value = |field: &str| {
        if again {
            return req.form().raw(field).to_owned();
        }
        match answers.answers.get(field) {
            Some(answer) => answer.value.clone(),
            None => earlier.get(field).cloned().unwrap_or_default(),
        }
    };
    let filled = !again
        && page.fields.iter().any(|f| !answers.answers.contains_key(&f.key) && earlier.contains_key(&f.key));
    let lang = req.lang();
    let w: Words = req.words();
    let inputs = inputs(req, page.fields.iter(), &value, &errors);
    Ok(Reply::page(&FormPage {
        item: pick(lang, &guide.name),
        title: pick(lang, &page.title),
        step: w.step(&n, &(form.pages.len() + 1)),
        inputs,
        earlier: filled,
        back: if n == 1 { format!("/apply/{key}") } else { format!("/apply/{key}/{}", n - 1) },
        errors,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default(), false).await
}

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let n: usize = req.path("page")?;
    let asked = key.clone();
    let form = req.read(move |r| acts::item(r, &asked)).await?.3;
    let fields = n.checked_sub(1).and_then(|i| form.pages.get(i)).ok_or(Missing)?;
    let values = typed(&req, fields.fields.iter());
    let asked = key.clone();
    match req.act(move |act| acts::save(act, &asked, n, &values)).await {
        Ok(()) if n < form.pages.len() => Ok(Reply::see_other(&format!("/apply/{key}/{}", n + 1))),
        Ok(()) => Ok(Reply::see_other(&format!("/apply/{key}/check"))),
        Err(ApplicationError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong), true).await?.status(422)),
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(e) => Err(e.into()),
    }
}
