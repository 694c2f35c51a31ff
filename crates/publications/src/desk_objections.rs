//! Objections on the desk: by their day, late ones first; each is opened to answer it.

use askama::Template;
use linli_base::Day;
use linli_web::ui::{Chip, Choice, Choose, Errors, Fact, Facts, Field, Kind, Pager};
use linli_web::{Fault, Frame, Reply, Req};

use crate::domain::{Finding, ObjectionId, ObjectionState, PublicationId};
use crate::error::PublicationError;
use crate::objection_pages::chip;
use crate::objections;
use crate::store::{self, ObjectionRow};
use crate::{PUBLISHER, Words, names, told};

const PAGE: u16 = 50;

struct Line {
    id: ObjectionId,
    title: String,
    filed: String,
    due: String,
    chip: Chip,
}

#[derive(Template)]
#[template(path = "desk_objections.html")]
struct ListPage {
    f: Frame,
    w: Words,
    answered: bool,
    rows: Vec<Line>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "desk_objection.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: ObjectionId,
    rev: i64,
    publication: PublicationId,
    title: String,
    chip: Chip,
    facts: Facts,
    words: String,
    answered: String,
    open: bool,
    finding: Choose,
    answer: Field,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let answered = req.query().raw("show") == "answered";
    let (actor, lang) = (req.actor().clone(), req.lang());
    let before: Option<ObjectionId> = req.ask("at");
    let due: Option<Day> = req.ask("due");
    let found = req
        .read(move |r| {
            let mut out: Vec<ObjectionRow> = Vec::new();
            for held in actor.held.iter().filter(|h| h.kind == PUBLISHER.key) {
                let (first, last) = held.place.range();
                out.extend(if answered {
                    let before = before.unwrap_or(ObjectionId::from_raw(i64::MAX));
                    r.all(&store::OBJECTIONS_ANSWERED, (held.body, first, last, before, PAGE))?
                } else {
                    let after = (due, before.unwrap_or(ObjectionId::from_raw(0)));
                    r.all(&store::OBJECTIONS_OPEN, (held.body, first, last, after.0, after.1, PAGE))?
                });
            }
            if answered {
                out.sort_by_key(|o| std::cmp::Reverse(o.id));
            } else {
                out.sort_by_key(|o| (o.due, o.id));
            }
            out.dedup_by_key(|o| o.id);
            out.truncate(usize::from(PAGE));
            let mut rows = Vec::new();
            for o in out {
                let v = r.opt(&store::VERSION, (o.version,))?.ok_or(PublicationError::Stored)?;
                rows.push((o, names::pick(lang, &v.title_zh, &v.title_en)));
            }
            Ok::<_, PublicationError>(rows)
        })
        .await?;
    let (f, w, today) = (req.frame(), req.words::<Words>(), req.now().day());
    let way = if answered { "/desk/objections?show=answered" } else { "/desk/objections" };
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => {
            if answered {
                format!("{way}&at={}", last.id)
            } else {
                format!("{way}?due={}&at={}", last.due, last.id)
            }
        }
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(o, title)| Line {
            id: o.id,
            title,
            filed: o.filed_at.minute(),
            due: o.due.to_string(),
            chip: chip(w, &o, today),
        })
        .collect();
    Ok(Reply::page(&ListPage {
        answered,
        rows,
        pager: Pager {
            next,
            first: if before.is_some() { way.to_owned() } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

async fn page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let id: ObjectionId = req.path("id")?;
    let (lang, opened) = (req.lang(), req.act(move |act| objections::open(act, id)).await?);
    let version = opened.row.version;
    let v = req.read(move |r| r.opt(&store::VERSION, (version,))).await?.ok_or(PublicationError::Stored)?;
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let mut facts = vec![
        Fact::new(w.filed_at(), opened.row.filed_at.minute()),
        Fact::new(w.answer_due(), opened.row.due),
        Fact::new(w.against_version(), v.n),
    ];
    match &opened.contact {
        Some(c) => {
            facts.push(Fact::new(w.your_name(), &c.name));
            facts.push(Fact::new(w.your_phone(), &c.phone));
        }
        None => facts.push(Fact::new(w.objector(), w.objector_resident())),
    }
    let errors = Errors::new(f.words().errors_title(), wrong);
    let findings = Finding::ALL.iter().map(|x| Choice::new(x.word(), names::finding(w, *x))).collect();
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ShowPage {
        id,
        rev: opened.row.rev,
        publication: opened.row.publication,
        title: names::pick(lang, &v.title_zh, &v.title_en),
        chip: chip(w, &opened.row, req.now().day()),
        facts: Facts { facts, why: f.words().why() },
        words: opened.words,
        answered: opened.answer,
        open: opened.row.state == ObjectionState::Open,
        finding: Choose::new("finding", w.finding(), form.raw("finding"), findings)
            .error(errors.of("finding")),
        answer: Field::new("answer", w.answer(), form.raw("answer"))
            .hint(w.answer_hint())
            .kind(Kind::Lines)
            .error(errors.of("answer")),
        errors,
        f,
        w,
    })
    .status(status))
}

/// Opening one is logged for whom it concerns.
pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Vec::new()).await
}

pub(crate) async fn answer(req: Req) -> Result<Reply, Fault> {
    let id: ObjectionId = req.path("id")?;
    let w: Words = req.words();
    let rev: i64 = req.form().parse_as("rev")?;
    let Some(finding) = Finding::from_word(req.form().raw("finding")) else {
        return page(&req, vec![("finding".to_owned(), w.choose_one().to_owned())]).await;
    };
    let words = req.form().lines("answer");
    match req.act(move |act| objections::answer(act, id, rev, finding, &words)).await {
        Ok(()) => Ok(Reply::see_other("/desk/objections").flash(w.was_answered())),
        Err(e) => page(&req, told(&w, e)?).await,
    }
}
