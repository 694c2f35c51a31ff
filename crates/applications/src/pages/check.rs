//! Everything once more before it is sent; the statements; sending.

use askama::Template;
use linli_acts::Channel;
use linli_guide::Way;
use linli_people::offers as people;
use linli_web::ui::{Errors, Fact, Facts, Field, Kind, Tick};
use linli_web::{Fault, Frame, Reply, Req};

use super::errors;
use crate::acts::Statements;
use crate::error::ApplicationError;
use crate::journey::{Step, row_key, rows};
use crate::materials::Stand;
use crate::show::{how, known_facts, pick};
use crate::situation::Situation;
use crate::{Words, acts, profile, show, situation, store};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    f: Frame,
    w: Words,
    errors: Errors,
    item: String,
    step: String,
    /// Label, answer, where it is changed.
    answers: Vec<(String, String, String)>,
    /// Name, how it is met, where it is changed; empty: nothing to change.
    materials: Vec<(String, String, String)>,
    known: Facts,
    statements: Vec<Tick>,
    truth: Tick,
    /// For an application on paper: when it came.
    received: Option<Field>,
    plan: String,
    changed: bool,
    back: String,
}

struct Loaded {
    item: String,
    steps: Vec<Step>,
    next: Step,
    answers: Vec<(String, String, String)>,
    materials: Vec<(String, String, String)>,
    /// Key and words of each statement.
    statements: Vec<(String, String)>,
    known: Vec<Fact>,
    plan: String,
}

async fn load(req: &Req) -> Result<Option<Loaded>, Fault> {
    let key: String = req.path("item")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    Ok(req
        .read(move |r| {
            let Some(row) = r.opt(&store::DRAFT_OF_KEY, (person, &key))? else { return Ok(None) };
            let (_, _, guide) = acts::item(r, &key)?;
            let form = acts::form(&guide)?;
            let answers = row.open(house.vault())?;
            let situation = situation::load(r, house.vault(), person, &guide, Some(row.id))?;
            let way = situation.way(&guide, &form, &answers);
            let who = people::person(r, house.vault(), person)?.ok_or(ApplicationError::Missing)?;
            let known = known_facts(r, w, &profile::known(&who, &form.known), today)?;
            let mut told = Vec::new();
            for page in &way.pages {
                for field in &page.fields {
                    let at = format!("/apply/{key}/{}#{}", page.n, field.key);
                    let label = pick(lang, &field.label);
                    for n in 1..=rows(&answers, field) {
                        for part in &field.fields {
                            let name = row_key(&field.key, n, &part.key);
                            let words = w.row_label(&label, &n, &pick(lang, &part.label));
                            let at = format!("/apply/{key}/{}#{name}", page.n);
                            told.push((words, show::answer_at(w, part, &answers, &name), at));
                        }
                    }
                    if field.fields.is_empty() {
                        told.push((label, show::answer(w, field, &answers), at));
                    }
                }
            }
            let (mut materials, mut statements) = (Vec::new(), Vec::new());
            for wanted in &way.plan {
                let name = pick(lang, &wanted.material.name);
                if let Way::Declare(text) = wanted.way {
                    statements.push((wanted.material.key.clone(), pick(lang, text)));
                    continue;
                }
                let words = match &wanted.stand {
                    Stand::Met(met) => how(r, w, met)?,
                    Stand::Open => w.left_open().to_owned(),
                };
                let step = Step::Material(wanted.material.key.clone());
                let at = if wanted.asks() { step.path(&key) } else { String::new() };
                materials.push((name, words, at));
            }
            Ok::<_, ApplicationError>(Some(Loaded {
                item: pick(lang, &guide.name),
                plan: Situation::plan_mark(house.vault(), &way.plan),
                next: way.next,
                steps: way.steps,
                answers: told,
                materials,
                statements,
                known,
            }))
        })
        .await?)
}

async fn page(req: &Req, errors: Errors, changed: bool) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let Some(l) = load(req).await? else {
        return Ok(Reply::see_other(&format!("/apply/{key}")));
    };
    if l.next != Step::Check {
        let reply = Reply::see_other(&l.next.path(&key));
        let w: Words = req.words();
        return Ok(if changed { reply.flash(w.said_plan_changed()) } else { reply });
    }
    let (f, w) = (req.frame(), req.words::<Words>());
    let back = l.steps.len().checked_sub(2).and_then(|i| l.steps.get(i));
    let statements = l
        .statements
        .iter()
        .map(|(material, words)| {
            let name = format!("declare.{material}");
            Tick::new(&name, words, req.form().has(&name)).error(errors.of(&name))
        })
        .collect();
    Ok(Reply::page(&CheckPage {
        item: l.item,
        step: w.step(&l.steps.len(), &l.steps.len()),
        answers: l.answers,
        materials: l.materials,
        known: Facts { facts: l.known, why: f.words().why() },
        statements,
        truth: Tick::new("truth", w.truth(), req.form().has("truth"))
            .hint(w.truth_hint())
            .error(errors.of("truth")),
        received: (req.actor().channel == Channel::Paper).then(|| {
            Field::new("received", w.received(), req.form().raw("received"))
                .hint(w.received_hint())
                .kind(Kind::Day)
                .error(errors.of("received"))
        }),
        plan: l.plan,
        changed,
        back: back.map_or_else(|| format!("/apply/{key}"), |s| s.path(&key)),
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    match page(&req, Errors::default(), false).await {
        Err(fault) if fault.code() == "item-not-open" => super::start::gone(&req).await,
        other => other,
    }
}

pub(crate) async fn file(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let form = req.form();
    let stated = Statements {
        truth: form.has("truth"),
        declared: form.names().filter_map(|n| n.strip_prefix("declare.").map(str::to_owned)).collect(),
        plan: form.raw("plan").to_owned(),
    };
    let (asked, once) = (key.clone(), req.once());
    let received = req.form().text("received").parse().ok();
    match req.act(move |act| acts::file_received(act, &asked, &stated, &once, received)).await {
        Ok(case) => {
            Ok(Reply::see_other(&format!("/my/cases/{case}/receipt"))
                .flash(req.words::<Words>().said_filed()))
        }
        Err(ApplicationError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong), false).await?.status(422)),
        // What she saw is no longer so; she looks once more.
        Err(ApplicationError::PlanChanged) => Ok(page(&req, Errors::default(), true).await?.status(409)),
        Err(ApplicationError::Open(step)) => {
            let w: Words = req.words();
            Ok(Reply::see_other(&step.path(&key)).flash(w.said_plan_changed()))
        }
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(ApplicationError::NotOpen) => super::start::gone(&req).await,
        Err(e) => Err(e.into()),
    }
}
