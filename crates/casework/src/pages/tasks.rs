//! The co-handling body's side: what it is asked, and its answer.

use askama::Template;
use linli_acts::{BodyId, House};
use linli_db::Read;
use linli_web::ui::{Chip, Errors, Fact, Facts, Field, Kind, Pager, Row, Rows, Tone};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use super::{day_words, light_chip, title};
use crate::acts::tasks::{self, TaskId, TaskRow, TaskState};
use crate::domain::{State, light};
use crate::error::CaseError;
use crate::shown::{days_left, soon};
use crate::store::{self, CaseRow};
use crate::{HANDLER, Words};

const ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage {
    f: Frame,
    w: Words,
    rows: Rows,
    pager: Pager,
}

/// The bodies for which the officer handles cases.
fn bodies(req: &Req) -> Vec<BodyId> {
    let mut all: Vec<BodyId> =
        req.actor().held.iter().filter(|h| h.kind == HANDLER.key).map(|h| h.body).collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let bodies = bodies(&req);
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let after = match (req.ask("due"), req.ask("after")) {
        (Some(due), Some(id)) => (due, id),
        _ => (crate::search::start().0, TaskId::from_raw(0)),
    };
    let (rows, next) = req
        .read(move |r| {
            let mut found: Vec<TaskRow> = Vec::new();
            for body in &bodies {
                found.extend(r.all(&tasks::OF_BODY, (*body, after.0, after.1, ROWS + 1))?);
            }
            found.sort_by_key(|t| (t.due, t.id));
            let more = found.len() > usize::from(ROWS);
            found.truncate(usize::from(ROWS));
            let (near, calendar) = (soon(r, today)?, linli_rules::calendar(r)?);
            let next =
                found.last().filter(|_| more).map(|t| format!("/desk/tasks?due={}&after={}", t.due, t.id));
            let mut rows = Vec::new();
            for task in found {
                let case = store::load(r, task.case_id)?;
                let light = light(State::Accepted, task.due, today, near);
                rows.push(Row {
                    href: format!("/desk/tasks/{}", task.id),
                    title: title(lang, &case),
                    detail: case.number.clone(),
                    chip: Some(light_chip(w, light, days_left(&calendar, today, task.due), task.due, lang)),
                });
            }
            Ok::<_, CaseError>((rows, next))
        })
        .await?;
    let f = req.frame();
    Ok(Reply::page(&TasksPage {
        rows: Rows::new(rows, w.tasks_none()),
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if req.query().raw("after").is_empty() { String::new() } else { "/desk/tasks".to_owned() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

#[derive(Template)]
#[template(path = "task.html")]
struct TaskPage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: String,
    light: Chip,
    facts: Facts,
    question: String,
    told: Vec<(String, Facts)>,
    answer: Option<Field>,
    rev: i64,
    action: String,
    given: String,
}

struct Seen {
    question: String,
    answer: String,
    lead: String,
    asked_by: String,
    told: Vec<crate::Group>,
    light: Chip,
}

fn seen(
    r: &mut Read<'_>,
    house: &House,
    task: &TaskRow,
    case: &CaseRow,
    lang: linli_words::Lang,
) -> Result<Seen, CaseError> {
    let (vault, today, w) = (house.vault(), r.now().day(), Words::from(lang));
    let directory = house.service::<DirectoryService>();
    let open = |column, sealed: &linli_vault::Sealed| {
        crate::acts::open::<String>(vault, column, task.id.raw(), sealed).unwrap_or_default()
    };
    let lead = directory.0.body_name(r, case.body)?.unwrap_or_default();
    let asked_by = match task.asked_by {
        Some(staff) => directory.0.staff_name(r, staff)?.unwrap_or_default(),
        None => String::new(),
    };
    let told =
        if task.shows == 1 { (crate::kind(&case.kind)?.told)(r, vault, case.id, lang)? } else { Vec::new() };
    let (near, calendar) = (soon(r, today)?, linli_rules::calendar(r)?);
    let chip = match task.state {
        TaskState::Open => {
            let light = light(State::Accepted, task.due, today, near);
            light_chip(w, light, days_left(&calendar, today, task.due), task.due, lang)
        }
        state => Chip::new(Tone::Done, w.by_key(&format!("task-{}", state.word())).unwrap_or_default()),
    };
    Ok(Seen {
        question: open("case_tasks.ask", &task.ask),
        answer: task.answer.as_ref().map(|a| open("case_tasks.answer", a)).unwrap_or_default(),
        lead: lang.pick(&lead.0, &lead.1).into_owned(),
        asked_by,
        told,
        light: chip,
    })
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let id: TaskId = req.path("id")?;
    let (task, case) = req.act(move |act| tasks::look_co(act, id)).await?;
    let (house, lang) = (req.house().clone(), req.lang());
    let (t, c) = (task.clone(), case.clone());
    let seen = req.read(move |r| seen(r, &house, &t, &c, lang)).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let why = f.words().why();
    let facts = vec![
        Fact::new(w.number(), &case.number),
        Fact::new(w.co_lead_body(), &seen.lead),
        Fact::new(w.co_asked_by(), format!("{} {}", seen.asked_by, task.asked_at.minute())),
        Fact::new(w.co_due(), day_words(lang, task.due)),
    ];
    let open = task.state == TaskState::Open && case.state.is_open();
    let answer = open.then(|| {
        Field::new("answer", w.co_answer(), req.form().raw("answer"))
            .kind(Kind::Lines)
            .error(errors.of("answer"))
    });
    Ok(Reply::page(&TaskPage {
        title: title(lang, &case),
        light: seen.light,
        facts: Facts { facts, why },
        question: seen.question,
        told: seen.told.into_iter().map(|g| (g.title, Facts { facts: g.facts, why })).collect(),
        answer,
        rev: task.rev,
        action: format!("/desk/tasks/{id}"),
        given: seen.answer,
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}

pub(crate) async fn answer(req: Req) -> Result<Reply, Fault> {
    let id: TaskId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let words = req.form().lines("answer");
    let back = req.form().has("back");
    let w: Words = req.words();
    let (status, list) = match req.act(move |act| tasks::answer_co(act, id, rev, &words, back)).await {
        Ok(()) => {
            return Ok(Reply::see_other("/desk/tasks").flash(if back {
                w.said_co_back()
            } else {
                w.said_co_answered()
            }));
        }
        Err(CaseError::Wrong(fields)) => (
            422,
            fields.into_iter().map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned())).collect(),
        ),
        Err(CaseError::Changed) => (409, vec![(String::new(), w.changed().to_owned())]),
        Err(e) => return Err(e.into()),
    };
    let errors = Errors::new(req.frame().words().errors_title(), list);
    Ok(page(&req, errors).await?.status(status))
}
