//! The co-handling body's side: what it is asked, and its answer.

use askama::Template;
use linli_acts::BodyId;
use linli_casework::domain::light;
use linli_casework::offers::{self as casework, CaseError, State, TaskId, TaskRow, TaskState};
use linli_casework::shown::{day_words, days_left, light_chip, soon, task_words, title, wrong_words};
use linli_casework::view::asked;
use linli_casework::{HANDLER, search};
use linli_web::ui::{Chip, Errors, Fact, Facts, Field, Kind, Pager, Row, Rows, Tone};
use linli_web::{Fault, Frame, Reply, Req};

use crate::Words;

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
        _ => (search::start().0, TaskId::from_raw(0)),
    };
    let (rows, next) = req
        .read(move |r| {
            let mut found: Vec<TaskRow> = Vec::new();
            for body in &bodies {
                found.extend(casework::asked_of_body(r, *body, after, ROWS + 1)?);
            }
            found.sort_by_key(|t| (t.due, t.id));
            let more = found.len() > usize::from(ROWS);
            found.truncate(usize::from(ROWS));
            let (near, calendar) = (soon(r, today)?, linli_rules::calendar(r)?);
            let next =
                found.last().filter(|_| more).map(|t| format!("/desk/tasks?due={}&after={}", t.due, t.id));
            let mut rows = Vec::new();
            for task in found {
                let case = casework::case(r, task.case_id)?;
                let light = light(State::Accepted, task.due, today, near);
                rows.push(Row {
                    href: format!("/desk/tasks/{}", task.id),
                    title: title(lang, &case),
                    detail: case.number.clone(),
                    chip: Some(light_chip(lang, light, days_left(&calendar, today, task.due), task.due)),
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

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let id: TaskId = req.path("id")?;
    let (task, case) = req.act(move |act| casework::look_co(act, id)).await?;
    let (house, lang) = (req.house().clone(), req.lang());
    let (t, c) = (task.clone(), case.clone());
    let (seen, near, calendar) = req
        .read(move |r| {
            let near = soon(r, r.now().day())?;
            Ok::<_, CaseError>((asked(r, &house, &t, &c, lang)?, near, linli_rules::calendar(r)?))
        })
        .await?;
    let today = req.now().day();
    let chip = match task.state {
        TaskState::Open => {
            let light = light(State::Accepted, task.due, today, near);
            light_chip(lang, light, days_left(&calendar, today, task.due), task.due)
        }
        state => Chip::new(Tone::Done, task_words(lang, state)),
    };
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
        light: chip,
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
    let (status, list) = match req.act(move |act| casework::answer_co(act, id, rev, &words, back)).await {
        Ok(()) => {
            return Ok(Reply::see_other("/desk/tasks").flash(if back {
                w.said_co_back()
            } else {
                w.said_co_answered()
            }));
        }
        Err(CaseError::Wrong(fields)) => {
            (422, fields.into_iter().map(|e| (e.field, wrong_words(req.lang(), e.kind))).collect())
        }
        Err(CaseError::Changed) => (409, vec![(String::new(), w.changed().to_owned())]),
        Err(e) => return Err(e.into()),
    };
    let errors = Errors::new(req.frame().words().errors_title(), list);
    Ok(page(&req, errors).await?.status(status))
}
