//! The first page.

use askama::Template;
use linli_guide::kinds::EVENTS;
use linli_web::ui::Rows;
use linli_web::{Fault, Frame, Reply, Req};

use super::{index, row, stamp};
use crate::Words;
use crate::search::Narrow;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    f: Frame,
    w: Words,
    greeting: String,
    events: Vec<(String, String)>,
    rows: Rows,
    total: usize,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let stamp = stamp(&req).await?;
    if let Some(page) = req.kept(stamp) {
        return Ok(page);
    }
    let w: Words = req.words();
    let index = index(&req).await?;
    let narrow = Narrow { persons: Some("persons"), ..Narrow::default() };
    let rows = index.find("", &narrow).into_iter().take(6).map(|c| row(w, c)).collect();
    let f = req.frame();
    let greeting = match &f.name {
        Some(name) => w.hello_name(name),
        None => w.hello().to_owned(),
    };
    let events = EVENTS
        .iter()
        .take(8)
        .map(|k| (format!("/services?event={}", k.0), w.lang().pick(k.1, k.2).into_owned()))
        .collect();
    let rows = Rows::new(rows, w.none());
    let page = Reply::page(&HomePage { f, w, greeting, events, rows, total: index.len() });
    Ok(req.keep(stamp, page))
}
