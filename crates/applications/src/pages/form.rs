//! One question page. What is typed is saved when the page is sent; coming back finds it there. Rows of a group come and go with
//! buttons that need no script.

use std::collections::BTreeMap;

use askama::Template;
use linli_guide::{Field, FieldKind, Guide};
use linli_web::ui::{Choice, Errors};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use super::{Asked, errors, inputs};
use crate::domain::Answers;
use crate::error::ApplicationError;
use crate::journey::{Step, row_key};
use crate::show::pick;
use crate::{Words, acts, situation, store};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    f: Frame,
    w: Words,
    errors: Errors,
    item: String,
    title: String,
    step: String,
    inputs: Vec<Part>,
    /// Rows have buttons of their own.
    grouped: bool,
    earlier: bool,
    back: String,
    keep: String,
    /// Shown to an officer and not sent: where the next page is; empty: this is the last.
    preview: Option<String>,
}

/// A field, or the rows of a group.
enum Part {
    One(Asked),
    Group(Group),
}

struct Group {
    key: String,
    label: String,
    count: usize,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    n: usize,
    legend: String,
    inputs: Vec<Asked>,
    less: bool,
}

/// What was typed, by name of the input.
pub(crate) type Typed = BTreeMap<String, String>;

/// Everything that was typed into the form, groups' rows included.
pub(crate) fn typed(req: &Req) -> Typed {
    let form = req.form();
    form.names().map(|n| (n.to_owned(), form.lines(n))).collect()
}

struct Loaded {
    guide: std::sync::Arc<Guide>,
    answers: Answers,
    earlier: Typed,
    steps: Vec<Step>,
    /// Keys of the fields of this page that are asked; `None`: the page is not.
    shown: Option<Vec<String>>,
    places: Vec<Choice>,
}

async fn load(req: &Req, n: usize) -> Result<Option<Loaded>, Fault> {
    let key: String = req.path("item")?;
    let person = req.actor().resident_for(&key)?;
    let (house, lang) = (req.house().clone(), req.lang());
    Ok(req
        .read(move |r| {
            let Some(row) = r.opt(&store::DRAFT_OF_KEY, (person, &key))? else { return Ok(None) };
            let (_, _, guide) = acts::item(r, &key)?;
            let form = acts::form(&guide)?;
            let answers = row.open(house.vault())?;
            let situation = situation::load(r, house.vault(), person, &guide, Some(row.id))?;
            let way = situation.way(&guide, &form, &answers);
            let page = way.pages.iter().find(|p| p.n == n);
            let shown = page.map(|p| p.fields.iter().map(|f| f.key.clone()).collect());
            let steps = way.steps;
            let asked = form.pages.get(n.saturating_sub(1)).map(|p| p.fields.iter()).into_iter().flatten();
            let places = super::places(r, lang, asked)?;
            let earlier = acts::earlier(r, house.vault(), person)?;
            drop(form);
            Ok::<_, ApplicationError>(Some(Loaded { guide, answers, earlier, steps, shown, places }))
        })
        .await?)
}

fn group(
    req: &Req,
    field: &Field,
    value: &dyn Fn(&str) -> String,
    errors: &Errors,
    places: &[Choice],
) -> Group {
    let (lang, w) = (req.lang(), req.words::<Words>());
    let bound = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok());
    let (least, most) = (bound(field.min).unwrap_or(0), bound(field.max).unwrap_or(1));
    let count = value(&field.key).trim().parse().unwrap_or(least.max(1)).clamp(least.min(most), most);
    let label = pick(lang, &field.label);
    let rows = (1..=count)
        .map(|n| {
            // The same inputs under the row's own names.
            let parts: Vec<Field> = field
                .fields
                .iter()
                .map(|part| Field { key: row_key(&field.key, n, &part.key), ..part.clone() })
                .collect();
            Row {
                n,
                legend: w.row_legend(&label, &n),
                inputs: inputs(req, parts.iter(), value, errors, places),
                less: count > least,
            }
        })
        .collect();
    Group { key: field.key.clone(), label, count, rows, more: count < most }
}

async fn page(req: &Req, errors: Errors, again: Option<&Typed>) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let n: usize = req.path("page")?;
    // No draft: she has not begun, it was filed in another window, or it was too old.
    let Some(l) = load(req, n).await? else {
        let w: Words = req.words();
        return Ok(Reply::see_other(&format!("/apply/{key}")).flash(w.said_no_draft()));
    };
    let form = acts::form(&l.guide)?;
    let page = n.checked_sub(1).and_then(|i| form.pages.get(i)).ok_or(Missing)?;
    let Some(shown) = &l.shown else {
        // Not asked of her: on to where she is.
        let next = l.steps.iter().find(|s| matches!(s, Step::Page(p) if *p > n)).unwrap_or(&Step::Check);
        return Ok(Reply::see_other(&next.path(&key)));
    };
    let value = |field: &str| match again {
        Some(typed) => typed.get(field).cloned().unwrap_or_default(),
        None => match l.answers.answers.get(field) {
            Some(answer) => super::as_typed(&form, field, &answer.value),
            None => l.earlier.get(field).map(|v| super::as_typed(&form, field, v)).unwrap_or_default(),
        },
    };
    let fields: Vec<&Field> = page.fields.iter().filter(|f| shown.contains(&f.key)).collect();
    let new = |key: &str| !l.answers.answers.contains_key(key) && l.earlier.contains_key(key);
    let filled = again.is_none() && fields.iter().any(|f| new(&f.key));
    let (lang, w) = (req.lang(), req.words::<Words>());
    let parts = fields
        .iter()
        .flat_map(|f| match f.kind {
            FieldKind::Group => vec![Part::Group(group(req, f, &value, &errors, &l.places))],
            _ => inputs(req, std::iter::once(*f), &value, &errors, &l.places)
                .into_iter()
                .map(Part::One)
                .collect(),
        })
        .collect();
    let here = Step::Page(n);
    let at = l.steps.iter().position(|s| *s == here).unwrap_or(0);
    let back = at.checked_sub(1).and_then(|i| l.steps.get(i));
    Ok(Reply::page(&FormPage {
        item: pick(lang, &l.guide.name),
        title: pick(lang, &page.title),
        step: w.step(&(at + 1), &l.steps.len()),
        grouped: fields.iter().any(|f| f.kind == FieldKind::Group),
        inputs: parts,
        earlier: filled,
        back: back.map_or_else(|| format!("/apply/{key}"), |s| s.path(&key)),
        keep: format!("/apply/{key}/{n}/keep"),
        preview: None,
        errors,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    match page(&req, Errors::default(), None).await {
        Err(fault) if fault.code() == "item-not-open" => super::start::gone(&req).await,
        other => other,
    }
}

/// A row more or one less of a group, as the buttons ask; `None`: the page is sent.
fn changed_rows(req: &Req) -> Option<Typed> {
    let mut typed = typed(req);
    let count = |typed: &Typed, group: &str| -> usize {
        typed.get(group).and_then(|n| n.trim().parse().ok()).unwrap_or(0).min(100)
    };
    if let Some(group) = Some(req.form().raw("more")).filter(|g| !g.is_empty()) {
        let next = count(&typed, group) + 1;
        typed.insert(group.to_owned(), next.to_string());
        return Some(typed);
    }
    let (group, n) = req.form().raw("less").rsplit_once('.')?;
    let (n, before) = (n.parse::<usize>().ok()?, count(&typed, group));
    // Those behind it move up.
    let mut out: Typed = BTreeMap::new();
    for (key, value) in typed {
        let row = key.strip_prefix(&format!("{group}.")).and_then(|rest| rest.split_once('.'));
        match row.and_then(|(row, part)| Some((row.parse::<usize>().ok()?, part.to_owned()))) {
            Some((row, _)) if row == n => {}
            Some((row, part)) if row > n => drop(out.insert(row_key(group, row - 1, &part), value)),
            _ => drop(out.insert(key, value)),
        }
    }
    out.insert(group.to_owned(), before.saturating_sub(1).to_string());
    Some(out)
}

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let n: usize = req.path("page")?;
    if let Some(typed) = changed_rows(&req) {
        return page(&req, Errors::default(), Some(&typed)).await;
    }
    let values = typed(&req);
    let (asked, new) = (key.clone(), values.clone());
    match req.act(move |act| acts::save(act, &asked, n, &new)).await {
        Ok(next) => Ok(Reply::see_other(&next.path(&key))),
        Err(ApplicationError::Wrong(wrong)) => {
            Ok(page(&req, errors(&req, wrong), Some(&values)).await?.status(422))
        }
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(ApplicationError::NotOpen) => super::start::gone(&req).await,
        Err(e) => Err(e.into()),
    }
}

/// What stands in the page's inputs, while she is still on it.
pub(crate) async fn keep(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let n: usize = req.path("page")?;
    let values = typed(&req);
    req.act(move |act| acts::keep(act, &key, n, &values)).await?;
    Ok(Reply::bytes("text/plain; charset=utf-8", Vec::new()).status(204))
}

/// A page of a form that is not live, as residents would see it, with everything that it may ask. `under`: the address of the previews, which
/// the number of a page follows.
///
/// # Errors
/// If there is no such page, or the database fails.
pub async fn preview(req: &Req, guide: &Guide, n: usize, under: &str) -> Result<Reply, Fault> {
    let form = acts::form(guide)?;
    let page = n.checked_sub(1).and_then(|i| form.pages.get(i)).ok_or(Missing)?;
    let (lang, w) = (req.lang(), req.words::<Words>());
    let fields = page.fields.clone();
    let places = req.read(move |r| super::places(r, lang, fields.iter())).await?;
    let (value, errors) = (|_: &str| String::new(), Errors::default());
    let inputs = page
        .fields
        .iter()
        .flat_map(|f| match f.kind {
            FieldKind::Group => vec![Part::Group(group(req, f, &value, &errors, &places))],
            _ => {
                inputs(req, std::iter::once(f), &value, &errors, &places).into_iter().map(Part::One).collect()
            }
        })
        .collect();
    let next = if n < form.pages.len() { format!("{under}/{}", n + 1) } else { String::new() };
    Ok(Reply::page(&FormPage {
        item: pick(lang, &guide.name),
        title: pick(lang, &page.title),
        step: w.step(&n, &form.pages.len()),
        grouped: false,
        inputs,
        earlier: false,
        back: if n > 1 { format!("{under}/{}", n - 1) } else { under.to_owned() },
        keep: String::new(),
        preview: Some(next),
        errors,
        f: req.frame(),
        w,
    }))
}
