//! Before she begins: may she, what is there already, what is left to do.

use askama::Template;
use linli_base::Day;
use linli_casework::offers::CaseId;
use linli_catalogue::offers as catalogue;
use linli_db::Read;
use linli_guide::visits::Reason;
use linli_guide::{Check, Form, Guide, HandIn, Verdict, Way};
use linli_web::ui::{Fact, Facts};
use linli_web::{Fault, Frame, Reply, Req};
use linli_words::Lang;

use crate::domain::Answers;
use crate::error::ApplicationError;
use crate::materials::Stand;
use crate::show::{answer_facts, finding, how, known_facts, pick};
use crate::situation::Situation;
use crate::{Words, acts, journey, profile, show, situation, store};

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
    /// Name and how it is met.
    waived: Vec<(String, String)>,
    visits: String,
    causes: Vec<String>,
    begun: bool,
    kept: String,
    /// The item has changed since she began.
    renewed: bool,
    under_way: Option<CaseId>,
    no_place: bool,
}

struct Begun {
    until: Day,
    renewed: bool,
}

/// What is left for this person.
struct Left {
    to_do: Vec<String>,
    waived: Vec<(String, String)>,
    visits: String,
    causes: Vec<String>,
}

fn left_to_do(
    read: &mut Read<'_>,
    w: Words,
    situation: &Situation,
    guide: &Guide,
    form: &Form,
    answers: &Answers,
) -> Result<Left, ApplicationError> {
    let lang = w.lang();
    let way = situation.way(guide, form, answers);
    let mut to_do: Vec<String> = way.pages.iter().map(|p| w.do_page(&pick(lang, &p.page.title))).collect();
    let mut waived = Vec::new();
    for wanted in &way.plan {
        let name = pick(lang, &wanted.material.name);
        if let Stand::Met(met) = &wanted.stand
            && met.waived()
        {
            waived.push((name, how(read, w, met)?));
        } else if wanted.asks() {
            to_do.push(match wanted.way {
                Way::Original { hand_in: HandIn::Counter } => w.do_counter(&name),
                Way::Original { hand_in: HandIn::Post } => w.do_post(&name),
                Way::Upload { check: Check::Counter } => w.do_upload_counter(&name),
                _ => w.do_upload(&name),
            });
        }
    }
    to_do.push(w.do_check().to_owned());
    let told = situation.visits(guide, &way.plan);
    let causes = told
        .causes
        .iter()
        .map(|c| match c.reason {
            Reason::Material(m) => w.cause_material(&pick(lang, &m.name)),
            Reason::Presence(p) => pick(lang, &p.why),
            Reason::Identity => w.cause_identity().to_owned(),
            Reason::PickUp => w.cause_pick_up().to_owned(),
        })
        .collect();
    let visits = if told.count == 0 { w.visits_none().to_owned() } else { w.visits(&told.count) };
    Ok(Left { to_do, waived, visits, causes })
}

fn day_words(lang: Lang, day: Day) -> String {
    if lang.is_en() { day.en() } else { day.zh() }
}

#[derive(Template)]
#[template(path = "gone.html")]
struct GonePage {
    f: Frame,
    w: Words,
    name: String,
    /// Since when and why it is not handled any more; `None`: it begins elsewhere now.
    retired: Option<(String, String)>,
    kept: String,
    typed: Facts,
}

/// The item was withdrawn. Whoever had begun is told so, since when and why, and sees what she typed, this minute too, to read and copy;
/// nobody else learns more than "not found".
pub(crate) async fn gone(req: &Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let (w, lang, now) = (req.words::<Words>(), req.lang(), super::form::typed(req));
    let (name, retired, until, typed) = req
        .read(move |r| {
            let row = r.opt(&store::DRAFT_OF_KEY, (person, &key))?.ok_or(ApplicationError::NotOpen)?;
            let (form, mut answers) = (acts::form_of(r, &row)?, row.open(house.vault())?);
            journey::put_typed(&mut answers, &form, &now, r.now().day());
            let item = catalogue::standing(r, &key)?;
            let name = item.as_ref().map(|i| pick(lang, &i.guide.name)).unwrap_or_default();
            let retired = item.and_then(|i| i.retired);
            let until = row.saved_at.plus_seconds(acts::DRAFT_DAYS * 86_400).day();
            Ok::<_, ApplicationError>((name, retired, until, answer_facts(w, &form, &answers)))
        })
        .await?;
    let f = req.frame();
    let typed = Facts { facts: typed, why: f.words().why() };
    let retired = retired.map(|(at, why)| (w.gone_since(&day_words(lang, at.day())), why));
    let kept = w.gone_kept(&day_words(lang, until));
    Ok(Reply::page(&GonePage { name, retired, kept, typed, f, w }).status(410))
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
    let loaded = req
        .read(move |r| {
            let (item, version, guide) = acts::item(r, &asked)?;
            let form = acts::form(&guide)?;
            let draft = r.opt(&store::DRAFT, (person, item))?;
            let situation = situation::load(r, house.vault(), person, &guide, draft.as_ref().map(|d| d.id))?;
            let tested = profile::test(&guide.conditions, &situation.facts, &situation.rules);
            let who = &situation.person;
            let known = known_facts(r, w, &profile::known(who, &form.known), today)?;
            let answers = match &draft {
                Some(draft) => draft.open(house.vault())?,
                None => Answers::default(),
            };
            let left = left_to_do(r, w, &situation, &guide, &form, &answers)?;
            let begun = draft.as_ref().map(|d| Begun {
                until: d.saved_at.plus_seconds(acts::DRAFT_DAYS * 86_400).day(),
                renewed: d.version != version,
            });
            let under_way = acts::under_way(r, person, &asked)?;
            let no_place = who.place.is_none();
            let papers = show::papers(r)?;
            Ok::<_, ApplicationError>((guide, tested, papers, known, left, begun, under_way, no_place))
        })
        .await;
    let (guide, tested, papers, known, left, begun, under_way, no_place) = match loaded {
        Err(ApplicationError::NotOpen) => return gone(&req).await,
        other => other?,
    };
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
            why: t.findings.iter().map(|f| finding(w, &papers, f)).collect(),
        })
        .collect();
    let f = req.frame();
    let known: Vec<Fact> = known;
    Ok(Reply::page(&StartPage {
        name: pick(lang, &guide.name),
        to_do: left.to_do,
        waived: left.waived,
        visits: left.visits,
        causes: left.causes,
        kept: begun.as_ref().map(|b| w.kept_until(&day_words(lang, b.until))).unwrap_or_default(),
        renewed: begun.as_ref().is_some_and(|b| b.renewed),
        known: Facts { facts: known, why: f.words().why() },
        conditions,
        verdict,
        begun: begun.is_some(),
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
        Ok(step) => Ok(Reply::see_other(&step.path(&key))),
        Err(ApplicationError::UnderWay(case)) => Ok(Reply::see_other(&format!("/my/cases/{case}"))),
        Err(ApplicationError::NotOpen) => gone(&req).await,
        Err(e) => Err(e.into()),
    }
}
