//! Keeping a filter, ticking reminders off, taking the list away as a file.

use linli_acts::{BodyId, Entry, Subject};
use linli_casework::{DESK_DUTIES, shown};
use linli_web::ui::Errors;
use linli_web::{Fault, Form, Reply, Req};

use super::queue;
use crate::Words;
use crate::acts::filters;
use crate::error::DeskError;
use crate::filter::{Filter, reach};
use crate::store::{FilterId, ReminderId};

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    let form = req.form();
    let filter = Filter::read(&Form::parse(form.raw("query").as_bytes()));
    let (name, shared) = (form.text("name"), form.text("shared").parse::<BodyId>().ok());
    let (kept, w) = (filter.clone(), req.words::<Words>());
    match req.act(move |act| filters::save(act, &name, &kept, shared)).await {
        Ok(_) => Ok(Reply::see_other(&filter.href("/desk")).flash(w.said_kept())),
        Err(DeskError::Wrong(fields)) => {
            let list = fields
                .into_iter()
                .map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned()))
                .collect();
            let errors = Errors::new(req.frame().words().errors_title(), list);
            Ok(queue::page(&req, filter, errors).await?.status(422))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn delete(req: Req) -> Result<Reply, Fault> {
    let id: FilterId = req.path("id")?;
    req.act(move |act| filters::delete(act, id)).await?;
    Ok(Reply::see_other("/desk").flash(req.words::<Words>().said_deleted()))
}

pub(crate) async fn seen(req: Req) -> Result<Reply, Fault> {
    let ids: Vec<ReminderId> = req.form().all("reminder").filter_map(|x| x.parse().ok()).take(50).collect();
    req.act(move |act| filters::seen(act, &ids)).await?;
    Ok(Reply::see_other("/desk"))
}

/// Everything that a filter finds, as CSV; that it was taken is logged.
pub(crate) async fn export(req: Req) -> Result<Reply, Fault> {
    let filter = Filter::read(req.query());
    let (reach, me, today, lang) =
        (reach(&req.actor().held, DESK_DUTIES), req.officer()?, req.now().day(), req.lang());
    let query = filter.query(false);
    req.act(move |act| {
        let id: FilterId = act.next_id();
        act.log(
            Entry::new(Subject::new("export", id), "desk.exported")
                .content(&serde_json::json!({ "filter": query })),
        )?;
        Ok::<_, DeskError>(())
    })
    .await?;
    let near = req.read(move |r| shown::soon(r, today)).await?;
    let ask = filter.ask(&reach, me, today, near);
    let pieces = crate::export(req.house().clone(), ask, lang, today);
    Ok(Reply::stream("text/csv; charset=utf-8", &format!("cases-{today}.csv"), pieces))
}
