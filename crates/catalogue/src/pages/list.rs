//! Services: searched, narrowed by who asks, life event, department and level, in pages.

use std::collections::BTreeMap;

use askama::Template;
use linli_guide::kinds::EVENTS;
use linli_web::ui::{Pager, Rows};
use linli_web::{Api, Fault, Frame, Reply, Req, encode};
use schemars::JsonSchema;
use serde::Serialize;

use super::{index, row, stamp};
use crate::Words;
use crate::search::{Index, Narrow};

/// Rows of a page.
const PAGE: usize = 20;

#[derive(Template)]
#[template(path = "services.html")]
struct ListPage {
    f: Frame,
    w: Words,
    typed: String,
    /// Each way to narrow: its name and its links.
    narrow: Vec<(String, Vec<Link>)>,
    /// What it is narrowed by, as hidden fields of the search.
    kept: Vec<(&'static str, String)>,
    /// What it is narrowed by, each with the address without it.
    chosen: Vec<Link>,
    rows: Rows,
    pager: Pager,
    total: usize,
    any: bool,
}

struct Link {
    href: String,
    text: String,
}

/// What was asked, read at the edge: unknown words narrow nothing.
struct Asked {
    typed: String,
    narrow: Narrow,
    page: usize,
}

impl Asked {
    fn read(req: &Req) -> Self {
        let q = req.query();
        let persons = match q.text("who").as_str() {
            "persons" => Some("persons"),
            "enterprises" => Some("enterprises"),
            _ => None,
        };
        let level = match q.text("level").as_str() {
            "district" => Some("district"),
            "street" => Some("street"),
            "community" => Some("community"),
            _ => None,
        };
        let event = linli_guide::kinds::event(&q.text("event")).map(|k| k.0);
        let department = Some(q.text("department")).filter(|d| !d.is_empty() && d.len() <= 40);
        Self {
            typed: q.text("q").chars().take(60).collect(),
            narrow: Narrow { persons, event, department, level },
            page: req.ask("page").unwrap_or(1usize).clamp(1, 500),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let n = &self.narrow;
        let mut out = Vec::new();
        out.extend(n.persons.map(|v| ("who", v.to_owned())));
        out.extend(n.event.map(|v| ("event", v.to_owned())));
        out.extend(n.department.clone().map(|v| ("department", v)));
        out.extend(n.level.map(|v| ("level", v.to_owned())));
        out
    }

    /// The same question with one pair changed, or left out.
    fn with(&self, key: &'static str, value: Option<&str>) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(k, _)| *k != key);
        if !self.typed.is_empty() {
            pairs.push(("q", self.typed.clone()));
        }
        pairs.extend(value.map(|v| (key, v.to_owned())));
        if pairs.is_empty() {
            return "/services".to_owned();
        }
        let pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        format!("/services?{}", pairs.join("&"))
    }
}

/// The departments that have items, in order of their codes: code, Chinese, English.
fn departments(index: &Index) -> BTreeMap<&str, (&str, &str)> {
    index
        .cards()
        .map(|c| (c.department.as_str(), (c.department_zh.as_str(), c.department_en.as_str())))
        .collect()
}

fn level_word(w: Words, level: &str) -> &'static str {
    match level {
        "street" => w.level_street(),
        "community" => w.level_community(),
        _ => w.level_district(),
    }
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let stamp = stamp(&req).await?;
    if let Some(page) = req.kept(stamp) {
        return Ok(page);
    }
    let w: Words = req.words();
    let lang = w.lang();
    let asked = Asked::read(&req);
    let index = index(&req).await?;
    let found = index.find(&asked.typed, &asked.narrow);
    let total = found.len();
    let rows: Vec<_> = found.iter().skip((asked.page - 1) * PAGE).take(PAGE).map(|c| row(w, c)).collect();
    let next = asked.page * PAGE < total;
    let link =
        |key, value: &str, text: &str| Link { href: asked.with(key, Some(value)), text: text.to_owned() };
    let departments = departments(&index);
    let mut chosen = Vec::new();
    let mut narrow = Vec::new();
    match asked.narrow.persons {
        Some(p) => {
            let text = if p == "persons" { w.for_persons() } else { w.for_enterprises() };
            chosen.push(Link { href: asked.with("who", None), text: text.to_owned() });
        }
        None => narrow.push((
            w.by_who().to_owned(),
            vec![link("who", "persons", w.for_persons()), link("who", "enterprises", w.for_enterprises())],
        )),
    }
    match asked.narrow.event.and_then(linli_guide::kinds::event) {
        Some(k) => {
            chosen.push(Link { href: asked.with("event", None), text: lang.pick(k.1, k.2).into_owned() })
        }
        None => narrow.push((
            w.by_event().to_owned(),
            EVENTS.iter().map(|k| link("event", k.0, &lang.pick(k.1, k.2))).collect(),
        )),
    }
    match asked.narrow.level {
        Some(l) => chosen.push(Link { href: asked.with("level", None), text: level_word(w, l).to_owned() }),
        None => narrow.push((
            w.by_level().to_owned(),
            ["district", "street", "community"].map(|l| link("level", l, level_word(w, l))).into(),
        )),
    }
    match &asked.narrow.department {
        Some(d) => {
            let text =
                departments.get(d.as_str()).map_or(d.clone(), |(zh, en)| lang.pick(zh, en).into_owned());
            chosen.push(Link { href: asked.with("department", None), text });
        }
        None => narrow.push((
            w.by_department().to_owned(),
            departments.iter().map(|(code, (zh, en))| link("department", code, &lang.pick(zh, en))).collect(),
        )),
    }
    let pager = Pager {
        next: if next { asked.with("page", Some(&(asked.page + 1).to_string())) } else { String::new() },
        first: if asked.page > 1 { asked.with("page", None) } else { String::new() },
        next_words: w.next_page(),
        first_words: w.first_page(),
    };
    let page = Reply::page(&ListPage {
        f: req.frame(),
        w,
        narrow,
        kept: asked.pairs(),
        any: !chosen.is_empty() || !asked.typed.is_empty(),
        chosen,
        rows: Rows::new(rows, w.not_found()),
        pager,
        total,
        typed: asked.typed,
    });
    Ok(req.keep(stamp, page))
}

/// An item as a list tells it.
#[derive(Serialize, JsonSchema)]
struct ListedItem<'a> {
    key: &'a str,
    name_zh: &'a str,
    name_en: &'a str,
    department: &'a str,
    level: &'a str,
    persons: &'a str,
    promised_days: i64,
    visits_best: i64,
    visits_worst: i64,
}

/// One page of what was found, best first.
#[derive(Serialize, JsonSchema)]
struct Found<'a> {
    /// How many fit in all.
    total: usize,
    items: Vec<ListedItem<'a>>,
    /// The page that follows, for `page`; none: this is the last.
    next_page: Option<usize>,
}

pub(crate) fn described() -> Api {
    Api::new("查找事项", "Items, found and narrowed")
        .query::<String>("q", "要找的话、拼音或首字母", "Words, pinyin or initials")
        .query::<String>("who", "persons 或 enterprises", "persons or enterprises")
        .query::<String>("event", "人生事件", "Key of a life event")
        .query::<String>("level", "district、street 或 community", "district, street or community")
        .query::<String>("department", "部门代码", "Code of a department")
        .query::<u32>("page", "第几页，从 1 起", "The page, from 1")
        .answer::<Found<'static>>(200, "一页事项", "A page of items")
}

pub(crate) async fn api(req: Req) -> Result<Reply, Fault> {
    let asked = Asked::read(&req);
    let index = index(&req).await?;
    let found = index.find(&asked.typed, &asked.narrow);
    let items: Vec<ListedItem<'_>> = found
        .iter()
        .skip((asked.page - 1) * PAGE)
        .take(PAGE)
        .map(|c| ListedItem {
            key: &c.key,
            name_zh: &c.name_zh,
            name_en: &c.name_en,
            department: &c.department,
            level: &c.level,
            persons: &c.persons,
            promised_days: c.days,
            visits_best: c.best,
            visits_worst: c.worst,
        })
        .collect();
    let next = (asked.page * PAGE < found.len()).then_some(asked.page + 1);
    Ok(Reply::json(&Found { total: found.len(), items, next_page: next }))
}
