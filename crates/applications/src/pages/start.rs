//! Before she begins: may she, what is there already, what is left to do.

use askama::Template;
use linli_casework::offers::CaseId;
use linli_catalogue::offers::{self as catalogue, Verdict};
use linli_people::offers as people;
use linli_web::ui::{Fact, Facts};
use linli_web::{Fault, Frame, Reply, Req};

use crate::error::ApplicationError;
use crate::show::{finding, known_facts, pick};
use crate::{Words, acts, profile, store};

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    f: Frame,
    w: Words,
    key: String,
    name: String,
    conditions: Vec<Shown>,
    /// All met, some not, or some for an officer to look at.
    verdict: Verdict,
    known: Facts,
    to_do: Vec<String>,
    begun: bool,
    under_way: Option<CaseId>,
    no_place: bool,
}

struct Shown {
    words: String,
    verdict: Verdict,
    why: Vec<String>,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let asked = key.clone();
    let (guide, tested, known, begun, under_way, no_place) = req
        .read(move |r| {
            let (item, _, guide, form) = acts::item(r, &asked)?;
            let who = people::person(r, house.vault(), person)?.ok_or(ApplicationError::Missing)?;
            let district = linli_places::offers::district(r, today)?.map(|d| d.code);
            let facts = profile::facts(&who, district, today);
            let mut keys = Vec::new();
            guide.conditions.iter().filter_map(|c| c.test.as_ref()).for_each(|t| t.rules(&mut keys));
            let rules = profile::rules(r, &keys, today)?;
            let tested = profile::test(&guide.conditions, &facts, &rules);
            let known = known_facts(r, w, &profile::known(&who, &form.known), today)?;
            let begun = r.opt(&store::DRAFT, (person, item))?.is_some();
            let under_way = acts::under_way(r, person, &asked)?;
            Ok::<_, ApplicationError>((guide, tested, known, begun, under_way, who.place.is_none()))
        })
        .await?;
    let verdict = if tested.iter().any(|t| t.verdict == Verdict::NotMet) {
        Verdict::NotMet
    } else if tested.iter().any(|t| t.verdict == Verdict::Unknown) {
        Verdict::Unknown
    } else {
        Verdict::Met
    };
    let conditions = tested
        .iter()
        .map(|t| Shown {
            words: lang.pick(&t.condition.zh, &t.condition.en).into_owned(),
            verdict: t.verdict,
            why: t.findings.iter().map(|f| finding(w, f)).collect(),
        })
        .collect();
    let f = req.frame();
    let known: Vec<Fact> = known;
    Ok(Reply::page(&StartPage {
        name: pick(lang, &guide.name),
        to_do: guide.to_do.iter().map(|b: &catalogue::Both| pick(lang, b)).collect(),
        known: Facts { facts: known, why: f.words().why() },
        conditions,
        verdict,
        begun,
        under_way,
        no_place,
        key,
        f,
        w,
    }))
}

pub(crate) async fn begin(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let asked = key.clone();
    match req.act(move |act| acts::begin(act, &asked)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/apply/{key}/1"))),
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(e) => Err(e.into()),
    }
}
