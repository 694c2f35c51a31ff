//! A figure and what stands behind it.

use askama::Template;
use linli_base::Day;
use linli_db::DbError;
use linli_web::ui::{Pager, Row, Rows};
use linli_web::{Api, Fault, Frame, Missing, Reply, Req};
use schemars::JsonSchema;
use serde::Serialize;

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

/// A figure at the end of a day.
#[derive(Serialize, JsonSchema)]
struct FigureDocument {
    key: &'static str,
    day: Day,
    value: i64,
    unit: Unit,
    name: Unit,
}

/// A word in both languages.
#[derive(Serialize, JsonSchema)]
struct Unit {
    zh: &'static str,
    en: &'static str,
}

pub(crate) fn described() -> Api {
    Api::new("一个指标在某日的值", "A figure at the end of a day")
        .path::<String>("key", "指标", "Key of the figure")
        .query::<Day>("day", "哪一天；不晚于今天，缺省今天", "Which day, not after today; today if left out")
        .answer::<FigureDocument>(200, "指标的值", "Its value")
}

pub(crate) async fn api(req: Req) -> Result<Reply, Fault> {
    let figure = asked(&req)?;
    let today = req.now().day();
    let day = req.query_value::<Day>("day")?.filter(|d| *d <= today).unwrap_or(today);
    let value = req.read(move |r| (figure.value)(r, day)).await?;
    Ok(Reply::json(&FigureDocument {
        key: figure.key,
        day,
        value,
        unit: Unit { zh: figure.unit_zh, en: figure.unit_en },
        name: Unit { zh: figure.zh, en: figure.en },
    }))
}
