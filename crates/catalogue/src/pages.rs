//! Home, the list of services, the guide of one.

use askama::Template;
use linli_web::ui::{Chip, Fact, Facts, Row, Rows, Tone};
use linli_web::{Api, Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::Words;
use crate::domain::{Both, Guide, ItemId, Pace};
use crate::material::Way;
use crate::store::{self, ItemRow};
use crate::visits::best_and_worst;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    f: Frame,
    w: Words,
    greeting: String,
    rows: Rows,
}

#[derive(Template)]
#[template(path = "services.html")]
struct ListPage {
    f: Frame,
    w: Words,
    typed: String,
    rows: Rows,
}

#[derive(Template)]
#[template(path = "guide.html")]
struct GuidePage {
    f: Frame,
    w: Words,
    topic: String,
    name: String,
    summary: String,
    to_do: Vec<String>,
    materials: Vec<ShownMaterial>,
    conditions: Vec<String>,
    facts: Facts,
    source: String,
    begin: String,
    waived: usize,
    total: usize,
}

struct ShownMaterial {
    name: String,
    source: String,
    waived: bool,
}

fn pick(lang: Lang, both: &Both) -> String {
    lang.pick(&both.zh, &both.en).into_owned()
}

fn row(w: Words, item: &ItemRow) -> Row {
    let guide = &item.document.0;
    let chip = match guide.pace {
        Pace::Immediate => Chip::new(Tone::Done, w.at_once()),
        Pace::Promised => Chip::new(Tone::Plain, &w.days(&guide.promised_days)),
    };
    Row {
        href: format!("/services/{}", item.key),
        title: pick(w.lang(), &guide.name),
        detail: pick(w.lang(), &guide.summary),
        chip: Some(chip),
    }
}

async fn live(req: &Req) -> Result<Vec<ItemRow>, Fault> {
    Ok(req.read(|r| r.all(&store::LIVE, (ItemId::from_raw(0), 2_000))).await?)
}

pub(crate) async fn home(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let rows = live(&req).await?.iter().take(6).map(|i| row(w, i)).collect();
    let f = req.frame();
    let greeting = match &f.name {
        Some(name) => w.hello_name(name),
        None => w.hello().to_owned(),
    };
    Ok(Reply::page(&HomePage { f, w, greeting, rows: Rows::new(rows, w.none()) }))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let typed: String = req.query().text("q").chars().take(60).collect();
    let rows = live(&req).await?;
    let rows =
        rows.iter().filter(|i| typed.is_empty() || i.document.0.matches(&typed)).map(|i| row(w, i)).collect();
    Ok(Reply::page(&ListPage { f: req.frame(), w, rows: Rows::new(rows, w.not_found()), typed }))
}

async fn asked(req: &Req) -> Result<(ItemId, i64, Guide), Fault> {
    let key: String = req.path("key")?;
    let found = req.read(move |r| crate::offers::live(r, &key)).await?;
    Ok(found.ok_or(Missing)?)
}

pub(crate) async fn guide(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let asked_for = key.clone();
    let (id, version) =
        req.read(move |r| r.opt(&store::SHOWN, (asked_for.as_str(),))).await?.ok_or(Missing)?;
    if let Some(page) = req.kept((id.raw(), version)) {
        return Ok(page);
    }
    let (id, version, g) = asked(&req).await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let materials: Vec<ShownMaterial> = g
        .materials
        .iter()
        .map(|m| ShownMaterial {
            name: pick(lang, &m.name),
            source: lang.pick(&m.source.zh, &m.source.en).into_owned(),
            waived: m.best().is_some_and(Way::waived),
        })
        .collect();
    let limit = match g.pace {
        Pace::Immediate => pick(lang, &g.limit_note),
        Pace::Promised => w.limit(&g.legal_days, &g.promised_days),
    };
    let facts = vec![
        Fact::new(w.who(), lang.pick(&g.department.zh, &g.department.en).into_owned()),
        Fact::new(w.how_long(), limit),
        Fact::new(w.visits(), w.times(&best_and_worst(&g).1)),
        Fact::new(w.fee(), pick(lang, &g.fee)),
        Fact::new(w.result(), pick(lang, &g.result)),
        Fact::new(w.place(), pick(lang, &g.place)),
        Fact::new(w.phone(), &g.phone),
    ];
    let page = Reply::page(&GuidePage {
        topic: pick(lang, &g.topic),
        name: pick(lang, &g.name),
        summary: pick(lang, &g.summary),
        to_do: g.to_do.iter().map(|b| pick(lang, b)).collect(),
        waived: materials.iter().filter(|m| m.waived).count(),
        total: materials.len(),
        materials,
        conditions: g.conditions.iter().map(|c| lang.pick(&c.zh, &c.en).into_owned()).collect(),
        facts: Facts { facts, why: f.words().why() },
        source: pick(lang, &g.source),
        begin: g.begin.href(&key),
        f,
        w,
    });
    Ok(req.keep((id.raw(), version), page))
}

pub(crate) fn described() -> Api {
    Api::new("一个事项的办事指南", "The guide of an item")
        .path::<String>("key", "事项", "Key of the item")
        .answer::<Guide>(200, "办事指南", "The guide")
}

pub(crate) async fn api(req: Req) -> Result<Reply, Fault> {
    Ok(Reply::json(&asked(&req).await?.2).cache_public(60))
}
