//! The guide of an item: what is left to do, what is there, who may have it, how often one must come and why.

use askama::Template;
use linli_documents::qr_svg;
use linli_guide::handling::{Begin, Handover};
use linli_guide::kinds::{self, Papers};
use linli_guide::material::{Check, HandIn, Material, Need, Way};
use linli_guide::visits::{Cause, Holder, Occasion, Reason, Visits, best_and_worst, visits};
use linli_guide::{Guide, Level, Pace};
use linli_web::ui::{Fact, Facts, Html, Row, Rows};
use linli_web::{Api, Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use super::{guide_stamp, index, pick, row};
use crate::Words;
use crate::domain::ItemState;
use crate::offers::{ExperienceService, Experienced, InventoryService};

#[derive(Template)]
#[template(path = "guide.html")]
struct GuidePage {
    f: Frame,
    w: Words,
    key: String,
    shown: Shown,
    together: Rows,
    /// Not live: shown to an officer, with where its button leads.
    preview: Option<String>,
}

#[derive(Template)]
#[template(path = "retired.html")]
struct RetiredPage {
    f: Frame,
    w: Words,
    name: String,
    since: String,
    why: String,
}

#[derive(Template)]
#[template(path = "guide_print.html")]
struct PrintPage {
    f: Frame,
    w: Words,
    shown: Shown,
    qr: Html,
    address: String,
}

/// A guide in words.
struct Shown {
    topic: String,
    name: String,
    summary: String,
    promise: String,
    to_do: Vec<String>,
    materials: Vec<ShownMaterial>,
    conditions: Vec<String>,
    steps: Vec<String>,
    facts: Facts,
    source: String,
    unchecked: bool,
    begin: String,
    elsewhere: Option<String>,
}

struct ShownMaterial {
    name: String,
    detail: String,
    /// She has nothing to do for it: 1 hers already, 2 there for everybody or with a certificate.
    waived: bool,
    hers: bool,
}

fn register(lang: Lang, kind: Option<&kinds::Kind>) -> String {
    kind.map(|k| lang.pick(k.1, k.2).into_owned()).unwrap_or_default()
}

fn way(w: Words, papers: &Papers, way: &Way) -> String {
    let lang = w.lang();
    match way {
        Way::Certificate { kind: k, .. } => w.way_certificate(&papers.name(k, lang)),
        Way::Register { register: key } => w.way_register(&register(lang, kinds::register(key))),
        Way::Reuse { kind: k } => w.way_reuse(&papers.name(k, lang)),
        Way::Declare(_) => w.way_declare().to_owned(),
        Way::Upload { check: Check::Online } => w.way_upload().to_owned(),
        Way::Upload { check: Check::Counter } => w.way_upload_counter().to_owned(),
        Way::Original { hand_in: HandIn::Counter } => w.way_original_counter().to_owned(),
        Way::Original { hand_in: HandIn::Post } => w.way_original_post().to_owned(),
    }
}

fn material(w: Words, papers: &Papers, m: &Material, holds: Option<&[String]>) -> ShownMaterial {
    let own = |x: &Way| match x {
        Way::Certificate { kind, .. } | Way::Reuse { kind } => {
            holds.is_some_and(|h| h.iter().any(|have| have == kind))
        }
        _ => true,
    };
    // Somebody known: the way that is open to her. Anybody: the best.
    let chosen = if holds.is_some() { m.way(&own) } else { m.best() };
    let hers =
        holds.is_some() && chosen.is_some_and(|x| matches!(x, Way::Certificate { .. } | Way::Reuse { .. }));
    let mut detail = chosen.map(|x| way(w, papers, x)).unwrap_or_default();
    let others: Vec<String> =
        m.ways.iter().filter(|x| Some(*x) != chosen).map(|x| way(w, papers, x)).collect();
    if !chosen.is_some_and(Way::waived) && !others.is_empty() {
        detail = w.or_else(&detail, &others.join(or_mark(w)));
    }
    let note = match m.need {
        Need::Must if m.when.is_some() => w.only_some().to_owned(),
        Need::Must => String::new(),
        Need::Optional => w.need_optional().to_owned(),
        Need::Later { days } => w.need_later(&days),
    };
    let name = pick(w.lang(), &m.name);
    ShownMaterial {
        name: if note.is_empty() { name } else { w.noted(&name, &note) },
        detail,
        waived: chosen.is_some_and(Way::waived),
        hers,
    }
}

pub(crate) fn cause(w: Words, c: &Cause<'_>) -> String {
    let lang = w.lang();
    let why = match c.reason {
        Reason::Material(m) => w.because_material(&pick(lang, &m.name)),
        Reason::Presence(p) => pick(lang, &p.why),
        Reason::Identity => w.because_identity().to_owned(),
        Reason::PickUp => w.because_pick_up().to_owned(),
    };
    let when = match c.occasion {
        Occasion::Apply => w.at_apply(),
        Occasion::Decide => w.at_decide(),
        Occasion::Collect => w.at_collect(),
    };
    w.cause(&when, &why)
}

fn handover(w: Words, h: Handover) -> &'static str {
    match h {
        Handover::Download => w.by_download(),
        Handover::Wallet => w.by_wallet(),
        Handover::Post => w.by_post(),
        Handover::PickUp => w.by_pick_up(),
        Handover::PickUpByProxy => w.by_proxy(),
        Handover::HomeVisit => w.by_home_visit(),
    }
}

fn visit_fact(w: Words, g: &Guide, hers: Option<&Visits<'_>>) -> Fact {
    let (best, worst) = best_and_worst(g);
    let worst_told = visits(g, &Holder::worst());
    let told = hers.unwrap_or(&worst_told);
    let value = match hers {
        Some(v) => w.times(&v.count),
        None if best == worst => w.times(&worst),
        None => w.times_between(&best, &worst),
    };
    let mut why: Vec<String> = told.causes.iter().map(|c| cause(w, c)).collect();
    if hers.is_none() && best < worst {
        why.push(w.with_certificates(&best));
    }
    if g.pace == Pace::Immediate && told.causes.len() > 1 {
        why.push(w.joined().to_owned());
    }
    Fact::new(w.visits(), value).why(why)
}

/// What happened to those who applied, in words.
pub(crate) fn came(w: Words, e: Experienced) -> String {
    w.came_told(&e.cases, &e.visits)
}

fn shown(
    w: Words,
    f: &Frame,
    key: &str,
    g: &Guide,
    holds: Option<&[String]>,
    papers: &Papers,
    experienced: Option<Experienced>,
) -> Shown {
    let lang = w.lang();
    let materials: Vec<ShownMaterial> = g.materials.iter().map(|m| material(w, papers, m, holds)).collect();
    let own = |x: &Way| match x {
        Way::Certificate { kind, .. } | Way::Reuse { kind } => {
            holds.is_some_and(|h| h.iter().any(|have| have == kind))
        }
        _ => true,
    };
    let wanted = |_: &Material| true;
    let hers =
        holds.map(|_| visits(g, &Holder { holds: &own, wanted: &wanted, identity: Default::default() }));
    let limit = match g.pace {
        Pace::Immediate => pick(lang, &g.limit_note),
        Pace::Promised => w.limit(&g.legal_days, &g.promised_days),
    };
    let by: Vec<&str> = g.handover.iter().map(|h| handover(w, *h)).collect();
    let mut facts = vec![
        Fact::new(w.who(), lang.pick(&g.department.zh, &g.department.en).into_owned()),
        Fact::new(w.level(), level(w, g.level)),
        Fact::new(w.how_long(), limit),
        visit_fact(w, g, hers.as_ref()),
    ];
    facts.extend(experienced.map(|e| Fact::new(w.came(), came(w, e))));
    facts.push(Fact::new(w.fee(), pick(lang, &g.fee)));
    facts.push(Fact::new(w.result(), pick(lang, &g.result)));
    if !by.is_empty() {
        facts.push(Fact::new(w.handed_over(), by.join(or_mark(w))));
    }
    facts.push(Fact::new(w.place(), pick(lang, &g.place)));
    facts.push(Fact::new(w.hours(), w.hours_are()));
    facts.push(Fact::new(w.phone(), &g.phone));
    let waived = materials.iter().filter(|m| m.waived).count();
    let mut to_do: Vec<String> = g.to_do.iter().map(|b| pick(lang, b)).collect();
    if to_do.is_empty() {
        if matches!(g.begin, Begin::Form(_) | Begin::Generic) {
            to_do.push(w.do_form().to_owned());
        }
        to_do.extend(
            g.materials
                .iter()
                .zip(&materials)
                .filter(|(_, s)| !s.waived)
                .map(|(m, _)| w.do_prepare(&pick(lang, &m.name))),
        );
        to_do.push(
            if matches!(g.begin, Begin::LinkOut(_)) { w.do_elsewhere() } else { w.do_send() }.to_owned(),
        );
    }
    Shown {
        topic: pick(lang, &g.topic),
        name: pick(lang, &g.name),
        summary: pick(lang, &g.summary),
        promise: if materials.is_empty() { String::new() } else { w.waived_of(&materials.len(), &waived) },
        to_do,
        materials,
        conditions: g.conditions.iter().map(|c| lang.pick(&c.zh, &c.en).into_owned()).collect(),
        steps: steps(w, g),
        facts: Facts { facts, why: f.words().why() },
        source: pick(lang, &g.source),
        unchecked: g.unchecked,
        begin: g.begin.href(key),
        elsewhere: match &g.begin {
            Begin::LinkOut(out) => Some(pick(lang, &out.system)),
            _ => None,
        },
    }
}

fn level(w: Words, level: Level) -> &'static str {
    match level {
        Level::District => w.level_district(),
        Level::Street => w.level_street(),
        Level::Community => w.level_community(),
    }
}

/// The steps of handling, as they are for every item of this pace.
fn steps(w: Words, g: &Guide) -> Vec<String> {
    match (&g.begin, g.pace) {
        (Begin::LinkOut(_), _) => Vec::new(),
        (_, Pace::Immediate) => vec![w.step_ask().to_owned(), w.step_at_once().to_owned()],
        (_, Pace::Promised) => vec![
            w.step_ask().to_owned(),
            w.step_accept().to_owned(),
            w.step_decide(&g.promised_days),
            w.step_deliver().to_owned(),
        ],
    }
}

async fn asked(req: &Req) -> Result<(String, std::sync::Arc<Guide>), Fault> {
    let key: String = req.path("key")?;
    let wanted = key.clone();
    let found = req.read(move |r| crate::offers::live(r, &wanted)).await?;
    Ok((key, found.ok_or(Missing)?.2))
}

async fn papers(req: &Req) -> Result<Papers, Fault> {
    let house = req.house().clone();
    Ok(req.read(move |r| crate::offers::papers(r, &house)).await?)
}

async fn experienced(req: &Req, key: &str) -> Result<Option<Experienced>, Fault> {
    let (experience, key) = (req.house().service::<ExperienceService>(), key.to_owned());
    Ok(req.read(move |r| experience.0.of(r, &key)).await?)
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let stamp = guide_stamp(&req).await?;
    if let Some(page) = req.kept(stamp) {
        return Ok(page);
    }
    let key: String = req.path("key")?;
    let wanted = key.clone();
    let found = req.read(move |r| crate::changes::standing(r, &wanted)).await?.ok_or(Missing)?;
    if let Some((at, why)) = found.retired {
        let (f, w) = (req.frame(), req.words::<Words>());
        let (name, since) = (pick(w.lang(), &found.guide.name), at.day().to_string());
        return Ok(Reply::page(&RetiredPage { f, w, name, since, why }).status(410));
    }
    if found.state != ItemState::Live {
        return Err(Missing.into());
    }
    let holds = match req.resident() {
        Ok(person) => {
            let inventory = req.house().service::<InventoryService>();
            let house = req.house().clone();
            req.read(move |r| inventory.0.holds(r, house.vault(), person)).await?
        }
        Err(_) => None,
    };
    let page = page(&req, key, &found.guide, holds.as_deref(), None).await?;
    Ok(req.keep(stamp, page))
}

async fn page(
    req: &Req,
    key: String,
    g: &Guide,
    holds: Option<&[String]>,
    preview: Option<String>,
) -> Result<Reply, Fault> {
    let (f, w) = (req.frame(), req.words::<Words>());
    let papers = papers(req).await?;
    let together: Vec<Row> = if g.together.is_empty() {
        Vec::new()
    } else {
        let index = index(req).await?;
        g.together.iter().filter_map(|k| index.card(k)).map(|c| row(w, c)).collect()
    };
    let experienced = experienced(req, &key).await?;
    let shown = shown(w, &f, &key, g, holds, &papers, experienced);
    Ok(Reply::page(&GuidePage { f, w, key, shown, together: Rows::new(together, ""), preview }))
}

/// The page of a guide that is not live, as residents would see it. Its button leads to `begin`; empty: nowhere.
///
/// # Errors
/// If the database fails.
pub async fn preview(req: &Req, key: &str, guide: &Guide, begin: String) -> Result<Reply, Fault> {
    page(req, key.to_owned(), guide, None, Some(begin)).await
}

pub(crate) async fn print(req: Req) -> Result<Reply, Fault> {
    let (key, g) = asked(&req).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let address = format!("{}/services/{key}", req.origin());
    let qr = Html::drawing(&qr_svg(&address).map_err(|_| Missing)?);
    let shown = shown(w, &f, &key, &g, None, &papers(&req).await?, experienced(&req, &key).await?);
    Ok(Reply::page(&PrintPage { f, w, shown, qr, address }))
}

pub(crate) fn described() -> Api {
    Api::new("一个事项的办事指南", "The guide of an item")
        .path::<String>("key", "事项", "Key of the item")
        .answer::<Guide>(200, "办事指南", "The guide")
}

pub(crate) async fn api(req: Req) -> Result<Reply, Fault> {
    Ok(Reply::json(&*asked(&req).await?.1).cache_public(60))
}

/// What stands between things of which one is enough.
fn or_mark(w: Words) -> &'static str {
    if w.lang().is_en() { " or " } else { "、" }
}
