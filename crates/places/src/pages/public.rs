//! Pages of places for everybody: district, streets, communities, and which community an address belongs to.

use askama::Template;
use linli_base::{Day, Level, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::ui::{Fact, Facts, Row, Rows};
use linli_web::{Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::domain::Division;
use crate::pages::level_name;
use crate::{Words, import, offers, store};

#[derive(Template)]
#[template(path = "places.html")]
struct HomePage {
    f: Frame,
    w: Words,
    name: String,
    asked: String,
    count: String,
    found: Option<Rows>,
    streets: Rows,
}

fn pick(lang: Lang, d: &Division) -> String {
    lang.pick(&d.name_zh, &d.name_en).into_owned()
}

fn row(lang: Lang, d: &Division, detail: String) -> Row {
    Row { href: format!("/places/{}", d.code), title: pick(lang, d), detail, chip: None }
}

/// Divisions whose name contains what was typed, and communities of buildings whose address does.
fn find(read: &mut Read<'_>, lang: Lang, typed: &str, day: Day) -> Result<Vec<Row>, DbError> {
    let wanted = typed.to_lowercase();
    let mut rows = Vec::new();
    for level in [Level::Street, Level::Community] {
        for d in offers::of_level(read, level, day, 0, 2_000)? {
            if rows.len() < 30 && (d.name_zh.contains(&wanted) || d.name_en.to_lowercase().contains(&wanted))
            {
                let up = d.code.parent().map_or(Ok(None), |p| offers::by_code(read, p, day))?;
                rows.push(row(lang, &d, up.map(|u| pick(lang, &u)).unwrap_or_default()));
            }
        }
    }
    for b in offers::find_address(read, typed, 20)? {
        let (zh, en) = offers::name(read, b.community, day)?;
        let line = if b.address == b.name { b.name } else { format!("{} {}", b.address, b.name) };
        rows.push(Row {
            href: format!("/places/{}", b.community),
            title: line,
            detail: lang.pick(&zh, &en).into_owned(),
            chip: None,
        });
    }
    Ok(rows)
}

pub(crate) async fn home(req: Req) -> Result<Reply, Fault> {
    let lang = req.lang();
    let w: Words = req.words();
    let asked = linli_base::text::cut(&req.query().text("q"), 40);
    let typed = asked.clone();
    let (district, streets, found, count) = req
        .read(move |r| {
            let today = r.now().day();
            let district = offers::district(r, today)?;
            let mut streets = Vec::new();
            for s in offers::of_level(r, Level::Street, today, 0, 500)? {
                let below = offers::children(r, s.code, today)?.len();
                streets.push((s, below));
            }
            let found = if typed.is_empty() { None } else { Some(find(r, lang, &typed, today)?) };
            let count = r.one(&store::COUNT_OF_LEVEL, ("community", today))?.0;
            Ok::<_, DbError>((district, streets, found, count))
        })
        .await?;
    let f = req.frame();
    let name = district.map_or_else(|| f.district.clone(), |d| pick(lang, &d));
    let rows = streets.iter().map(|(s, n)| row(lang, s, w.communities_in(n))).collect();
    Ok(Reply::page(&HomePage {
        count: w.streets_and_communities(&count, &streets.len()),
        found: found.map(|rows| Rows::new(rows, w.found_none())),
        streets: Rows::new(rows, w.no_divisions()),
        name,
        asked,
        f,
        w,
    }))
}

#[derive(Template)]
#[template(path = "place.html")]
struct PlacePage {
    f: Frame,
    w: Words,
    code: PlaceCode,
    up: Vec<(PlaceCode, String)>,
    name: String,
    /// Said when it does not hold on the day.
    ended: String,
    facts: Facts,
    day: Day,
    below: Option<Rows>,
    history: Vec<(String, String)>,
    links: Vec<(PlaceCode, String)>,
    edit: bool,
}

struct Found {
    at: Option<Division>,
    spans: Vec<Division>,
    up: Vec<Division>,
    below: Vec<Division>,
    next: Vec<(PlaceCode, Day, String)>,
    before: Vec<(PlaceCode, Day, String)>,
    buildings: i64,
}

fn load(r: &mut Read<'_>, lang: Lang, code: PlaceCode, day: Day) -> Result<Found, DbError> {
    let mut up = offers::path(r, code, day)?;
    up.retain(|d| d.code != code);
    let named = |r: &mut Read<'_>, list: Vec<(PlaceCode, Day)>| {
        let mut out = Vec::new();
        for (c, since) in list {
            let (zh, en) = offers::name(r, c, since)?;
            out.push((c, since, lang.pick(&zh, &en).into_owned()));
        }
        Ok::<_, DbError>(out)
    };
    let (next, before) = (offers::successors(r, code)?, r.all(&store::PREDECESSORS, (code,))?);
    Ok(Found {
        at: offers::by_code(r, code, day)?,
        spans: r.all(&store::ALL_OF, (code,))?,
        below: offers::children(r, code, day)?,
        next: named(r, next)?,
        before: named(r, before)?,
        buildings: r.one(&store::COUNT_BUILDINGS, (code,))?.0,
        up,
    })
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let code: PlaceCode = req.path("code")?;
    let lang = req.lang();
    let day = req.ask("day").unwrap_or_else(|| req.now().day());
    let found = req.read(move |r| load(r, lang, code, day)).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let near = found.at.clone().or_else(|| found.spans.last().cloned()).ok_or(Missing)?;
    let ended = if found.at.is_some() { "" } else { w.not_on_day() };
    let mut facts = vec![
        Fact::new(w.code(), code),
        Fact::new(w.level(), level_name(&w, code.level())),
        Fact::new(w.valid_from(), near.valid_from),
    ];
    if let Some(end) = near.valid_to {
        facts.push(Fact::new(w.valid_to(), end));
    }
    if code.level() == Level::Community {
        facts.push(Fact::new(w.buildings(), found.buildings));
    }
    let below = (code.level() != Level::Community).then(|| {
        let rows = found.below.iter().map(|d| row(lang, d, d.code.to_string())).collect();
        Rows::new(rows, w.no_divisions())
    });
    let history = if found.spans.len() > 1 {
        let line = |d: &Division| {
            let end = d.valid_to.map(|e| e.to_string()).unwrap_or_default();
            (pick(lang, d), format!("{} – {end}", d.valid_from))
        };
        found.spans.iter().rev().map(line).collect()
    } else {
        Vec::new()
    };
    let mut links: Vec<(PlaceCode, String)> =
        found.next.into_iter().map(|(c, since, name)| (c, w.became(&since, &name))).collect();
    links.extend(found.before.into_iter().map(|(c, since, name)| (c, w.came_from(&since, &name))));
    Ok(Reply::page(&PlacePage {
        edit: req.actor().held.iter().any(|h| h.kind == crate::EDITOR.key && h.place.contains(code)),
        up: found.up.iter().map(|d| (d.code, pick(lang, d))).collect(),
        name: pick(lang, &near),
        ended: ended.to_owned(),
        facts: Facts { facts, why: f.words().why() },
        below,
        history,
        links,
        code,
        day,
        f,
        w,
    }))
}

/// Open data: every division of today.
pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let csv = req
        .read(|r| {
            let today = r.now().day();
            import::divisions_csv(r, today)
        })
        .await?;
    Ok(Reply::download("text/csv; charset=utf-8", "divisions.csv", csv).cache_public(600))
}
