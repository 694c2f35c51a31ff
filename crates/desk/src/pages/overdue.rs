//! What is overdue in a supervisor's bodies, and urging.

use askama::Template;
use linli_acts::{BodyId, House};
use linli_base::PlaceCode;
use linli_casework::offers::{CaseId, State, TaskId};
use linli_casework::search::{self, Ask, Holder};
use linli_casework::shown;
use linli_db::Read;
use linli_web::ui::{Chip, Errors, Field, Pager};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};
use linli_words::Lang;

use super::table::{Shown, rows};
use crate::acts::remind;
use crate::error::DeskError;
use crate::filter::{RUNNING, reach};
use crate::{SUPERVISOR, Words};

const ROWS: usize = 50;
/// Late questions of one body.
const LATE_ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "overdue.html")]
struct OverduePage {
    f: Frame,
    w: Words,
    errors: Errors,
    rows: Vec<Shown>,
    late: Vec<Late>,
    why: Field,
    pager: Pager,
}

/// A question to a co-handling body that is late.
struct Late {
    task: TaskId,
    chip: Chip,
    title: String,
    number: String,
    co: String,
    lead: String,
}

/// Questions that are late, asked of the supervised bodies or by them.
fn late(
    r: &mut Read<'_>,
    house: &House,
    reach: &[(BodyId, PlaceCode)],
    lang: Lang,
) -> Result<Vec<Late>, DeskError> {
    let today = r.now().day();
    let mut bodies: Vec<BodyId> = reach.iter().map(|(body, _)| *body).collect();
    bodies.dedup();
    let mut found = Vec::new();
    for body in bodies {
        found.extend(search::co_late(r, body, today, LATE_ROWS)?);
    }
    found.sort_by_key(|co| (co.due, co.task));
    found.dedup_by_key(|co| co.task);
    let calendar = linli_rules::calendar(r)?;
    let directory = house.service::<DirectoryService>();
    let named = |r: &mut Read<'_>, body| -> Result<String, DeskError> {
        let (zh, en) = directory.0.body_name(r, body)?.unwrap_or_default();
        Ok(lang.pick(&zh, &en).into_owned())
    };
    let one = |co: search::CoDue| {
        let light = linli_casework::domain::light(State::Accepted, co.due, today, today);
        let left = shown::days_left(&calendar, today, co.due);
        Ok(Late {
            task: co.task,
            chip: shown::light_chip(lang, light, left, co.due),
            title: shown::title(lang, &co.case),
            number: co.case.number.clone(),
            co: named(r, co.body)?,
            lead: named(r, co.case.body)?,
        })
    };
    found.into_iter().map(one).collect()
}

/// A supervisor urges a co-handling body.
pub(crate) async fn urge(req: Req) -> Result<Reply, Fault> {
    let id: TaskId = req.path("id")?;
    req.act(move |act| remind::urge_co(act, id)).await?;
    Ok(Reply::see_other("/desk/overdue").flash(req.words::<Words>().said_urged()))
}

pub(crate) async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let (reach, today, lang) = (reach(&req.actor().held, &[&SUPERVISOR]), req.now().day(), req.lang());
    let (house, ticked): (_, Vec<String>) = (req.house().clone(), req.form().all("tick").collect());
    let after: (linli_base::Day, CaseId) = match (req.ask("due"), req.ask("after")) {
        (Some(due), Some(id)) => (due, id),
        _ => search::start(),
    };
    let states: Vec<State> = RUNNING.to_vec();
    let (shown, next, late) = req
        .read(move |r| {
            let ask = Ask {
                reach: reach.clone(),
                states: states.clone(),
                holder: Holder::Any,
                item: None,
                place: None,
                due: Some((today.plus_days(-36_500), today.plus_days(-1))),
                filed_before: None,
            };
            let found = search::find(r, &ask, after, ROWS)?;
            let late = late(r, &house, &reach, lang)?;
            Ok::<_, DeskError>((rows(r, &house, found.rows, lang, &ticked)?, found.next, late))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    Ok(Reply::page(&OverduePage {
        rows: shown,
        late,
        why: Field::new("why", w.urge_words(), req.form().raw("why")).error(errors.of("why")),
        pager: Pager {
            next: next.map(|(due, id)| format!("/desk/overdue?due={due}&after={id}")).unwrap_or_default(),
            first: if req.query().raw("after").is_empty() {
                String::new()
            } else {
                "/desk/overdue".to_owned()
            },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}
