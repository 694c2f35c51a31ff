//! A figure and what stands behind it.

use askama::Template;
use linli_base::Day;
use linli_db::DbError;
use linli_web::ui::{Pager, Row, Rows};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::{Figure, Words, find};

#[derive(Template)]
#[template(path = "figures.html")]
struct ListPage {
    f: Frame,
    w: Words,
    day: String,
    rows: Rows,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    name: String,
    unit: String,
    what: String,
    value: i64,
    day: String,
    rows: Rows,
    pager: Pager,
}

fn day_of(req: &Req) -> Day {
    let today = req.now().day();
    req.ask::<Day>("day").filter(|d| *d <= today).unwrap_or(today)
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let day = day_of(&req);
    let lang = req.lang();
    let rows = req
        .read(move |r| {
            crate::all()
                .into_iter()
                .map(|figure| {
                    let value = (figure.value)(r, day)?;
                    Ok(Row {
                        href: format!("/figures/{}", figure.key),
                        title: format!("{value} {}", lang.pick(figure.unit_zh, figure.unit_en)),
                        detail: lang.pick(figure.zh, figure.en).into_owned(),
                        chip: None,
                    })
                })
                .collect::<Result<Vec<_>, DbError>>()
        })
        .await?;
    let w: Words = req.words();
    let rows = Rows::new(rows, w.none());
    Ok(Reply::page(&ListPage { f: req.frame(), w, day: day.to_string(), rows }))
}

fn asked(req: &Req) -> Result<&'static Figure, Fault> {
    let key: String = req.path("key")?;
    find(&key).ok_or_else(|| Missing.into())
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let figure = asked(&req)?;
    let day = day_of(&req);
    let after: i64 = req.ask("after").unwrap_or(i64::MIN);
    let (value, rows) =
        req.read(move |r| Ok::<_, DbError>(((figure.value)(r, day)?, (figure.rows)(r, day, after)?))).await?;
    let lang = req.lang();
    let w: Words = req.words();
    let full = rows.len() >= 100;
    let next =
        rows.last().filter(|_| full).map(|r| format!("/figures/{}?after={}&day={day}", figure.key, r.key));
    let f = req.frame();
    let pager = Pager {
        next: next.unwrap_or_default(),
        first: if after == i64::MIN { String::new() } else { format!("/figures/{}?day={day}", figure.key) },
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    };
    let rows = rows
        .into_iter()
        .map(|r| Row {
            title: lang.pick(&r.zh, &r.en).into_owned(),
            detail: String::new(),
            href: r.href,
            chip: None,
        })
        .collect();
    Ok(Reply::page(&ShowPage {
        name: lang.pick(figure.zh, figure.en).into_owned(),
        unit: lang.pick(figure.unit_zh, figure.unit_en).into_owned(),
        what: lang.pick(figure.what_zh, figure.what_en).into_owned(),
        value,
        day: day.to_string(),
        rows: Rows::new(rows, w.none()),
        pager,
        f,
        w,
    }))
}

pub(crate) async fn api(req: Req) -> Result<Reply, Fault> {
    let figure = asked(&req)?;
    let day = day_of(&req);
    let value = req.read(move |r| (figure.value)(r, day)).await?;
    let mut answer = std::collections::BTreeMap::new();
    answer.insert("key", figure.key.to_owned());
    answer.insert("day", day.to_string());
    answer.insert("value", value.to_string());
    Ok(Reply::json(&answer))
}
