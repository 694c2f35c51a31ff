//! One act on many: taken from the queue, and what came of each case.

use askama::Template;
use linli_casework::offers::{self as casework, CaseId};
use linli_casework::{DESK_DUTIES, search, shown};
use linli_web::ui::{Chip, Errors, Tone};
use linli_web::{Fault, Form, Frame, Reply, Req};

use super::{overdue, queue};
use crate::Words;
use crate::acts::bulk::{self, How};
use crate::error::DeskError;
use crate::filter::{Filter, reach};
use crate::store::{BulkAct, BulkId, BulkState};

/// So many are done while the officer waits; more by the job.
const AT_ONCE: usize = 25;

fn ticked(req: &Req) -> Vec<(CaseId, i64)> {
    req.form()
        .all("tick")
        .filter_map(|t| t.split_once(':').and_then(|(id, rev)| Some((id.parse().ok()?, rev.parse().ok()?))))
        .collect()
}

/// Everything that the filter finds, up to one more than the bound.
async fn all_found(req: &Req, filter: &Filter) -> Result<Vec<(CaseId, i64)>, DeskError> {
    let (reach, filter, me) = (reach(&req.actor().held, DESK_DUTIES), filter.clone(), req.actor().officer()?);
    let house = req.house().clone();
    req.read(move |r| {
        let today = r.now().day();
        let (near, most) = (shown::soon(r, today)?, bulk::most(r)?);
        if !filter.words.is_empty() {
            let found = search::by_words(r, house.vault(), &reach, &filter.words, most + 1)?;
            return Ok(found.into_iter().filter(|c| c.state.is_open()).map(|c| (c.id, c.rev)).collect());
        }
        let ask = filter.ask(&reach, me, today, near);
        let (mut out, mut after) = (Vec::new(), Some(search::start()));
        while let Some(from) = after {
            let found = search::find(r, &ask, from, 200)?;
            out.extend(found.rows.iter().map(|c| (c.id, c.rev)));
            after = found.next.filter(|_| out.len() <= most);
        }
        Ok(out)
    })
    .await
}

pub(crate) async fn begin(req: Req) -> Result<Reply, Fault> {
    let form = req.form();
    let filter = Filter::read(&Form::parse(form.raw("query").as_bytes()));
    let result = take(&req, &filter).await;
    let w: Words = req.words();
    match result {
        Ok(id) => Ok(Reply::see_other(&format!("/desk/bulk/{id}"))),
        Err(DeskError::Wrong(fields)) => {
            let list = fields
                .into_iter()
                .map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned()))
                .collect();
            let errors = Errors::new(req.frame().words().errors_title(), list);
            let again = if form.raw("from") == "overdue" {
                overdue::page(&req, errors).await?
            } else {
                queue::page(&req, filter, errors).await?
            };
            Ok(again.status(422))
        }
        Err(e) => Err(e.into()),
    }
}

async fn take(req: &Req, filter: &Filter) -> Result<BulkId, DeskError> {
    let form = req.form();
    let act = BulkAct::from_word(form.raw("act")).ok_or_else(|| DeskError::field("act", "choose"))?;
    let cases = if form.raw("which") == "all" { all_found(req, filter).await? } else { ticked(req) };
    let how = How {
        to: form.text("to").parse().ok().filter(|_| act == BulkAct::Assign),
        body: form.text("to_body").parse().ok().filter(|_| act == BulkAct::HandOn),
        why: form.text("why"),
    };
    let (once, few) = (req.once(), cases.len() <= AT_ONCE);
    let id = req.act(move |a| bulk::begin(a, &once, act, &how, &cases)).await?;
    if few {
        bulk::run(req.house(), id).await?;
    }
    Ok(id)
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    f: Frame,
    w: Words,
    title: String,
    lead: String,
    running: bool,
    rows: Vec<Result_>,
}

struct Result_ {
    href: String,
    number: String,
    title: String,
    chip: Chip,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: BulkId = req.path("id")?;
    let (staff, lang, w) = (req.officer()?, req.lang(), req.words::<Words>());
    let (row, done, failed, rows) = req
        .read(move |r| {
            let (row, cases) = bulk::of(r, id, staff)?;
            let done = cases.iter().filter(|c| c.result == "done").count();
            let failed = cases.iter().filter(|c| c.result != "done" && c.result != "waiting").count();
            let mut shown_rows = Vec::new();
            for c in cases {
                let case = casework::case(r, c.case_id)?;
                let (tone, words) = match c.result.as_str() {
                    "done" => (Tone::Done, w.result_done()),
                    "waiting" => (Tone::Plain, w.result_waiting()),
                    code => (
                        Tone::Late,
                        w.by_key(&format!("result-{code}"))
                            .or_else(|| w.by_key(code))
                            .unwrap_or_else(|| w.result_other()),
                    ),
                };
                shown_rows.push(Result_ {
                    href: format!("/desk/cases/{}", case.id),
                    title: shown::title(lang, &case),
                    number: case.number,
                    chip: Chip::new(tone, words),
                });
            }
            Ok::<_, DeskError>((row, done, failed, shown_rows))
        })
        .await?;
    let name = w.by_key(&format!("bulk-{}", row.act.word().replace('_', "-"))).unwrap_or_default();
    Ok(Reply::page(&BulkPage {
        title: w.bulk_title(&row.at.minute(), &name),
        lead: w.bulk_lead(&done, &failed, &row.total),
        running: row.state == BulkState::Running,
        rows,
        f: req.frame(),
        w,
    }))
}
