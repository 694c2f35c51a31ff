//! What is overdue in a supervisor's bodies, and urging.

use askama::Template;
use linli_casework::offers::{CaseId, State};
use linli_casework::search::{self, Ask, Holder};
use linli_web::ui::{Errors, Field, Pager};
use linli_web::{Fault, Frame, Reply, Req};

use super::table::{Shown, rows};
use crate::error::DeskError;
use crate::filter::{RUNNING, reach};
use crate::{SUPERVISOR, Words};

const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "overdue.html")]
struct OverduePage {
    f: Frame,
    w: Words,
    errors: Errors,
    rows: Vec<Shown>,
    why: Field,
    pager: Pager,
}

pub(crate) async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let (reach, today, lang) = (reach(&req.actor().held, &[&SUPERVISOR]), req.now().day(), req.lang());
    let (house, ticked): (_, Vec<String>) = (req.house().clone(), req.form().all("tick").collect());
    let after: (linli_base::Day, CaseId) = match (req.ask("due"), req.ask("after")) {
        (Some(due), Some(id)) => (due, id),
        _ => search::start(),
    };
    let states: Vec<State> = RUNNING.to_vec();
    let (shown, next) = req
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
            Ok::<_, DeskError>((rows(r, &house, found.rows, lang, &ticked)?, found.next))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    Ok(Reply::page(&OverduePage {
        rows: shown,
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
