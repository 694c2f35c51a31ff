//! Objecting, and reading the answer: in her own name, or with the code that a visitor was given.

use askama::Template;
use linli_acts::Denied;
use linli_web::ui::{Chip, Errors, Fact, Facts, Field, Kind, Pager, Row, Rows, Tone};
use linli_web::{Fault, Frame, Reply, Req};

use crate::domain::{ObjectionId, ObjectionState, PublicationId, takes_objections};
use crate::error::PublicationError;
use crate::objections::{self, Visitor};
use crate::store::{self, ObjectionRow, VersionRow};
use crate::{Words, names, pages, told};

const PAGE: u16 = 20;

#[derive(Template)]
#[template(path = "object.html")]
struct ObjectPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: PublicationId,
    title: String,
    until: String,
    words: Field,
    /// Name and phone, where nobody is signed in.
    visitor: Vec<Field>,
}

#[derive(Template)]
#[template(path = "objected.html")]
struct ObjectedPage {
    f: Frame,
    w: Words,
    id: PublicationId,
    code: String,
    due: String,
}

#[derive(Template)]
#[template(path = "objection.html")]
struct ObjectionPage {
    f: Frame,
    w: Words,
    title: String,
    publication: PublicationId,
    chip: Chip,
    facts: Facts,
    words: String,
    answer: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "objection_look.html")]
struct LookPage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: Field,
}

#[derive(Template)]
#[template(path = "objections.html")]
struct MinePage {
    f: Frame,
    w: Words,
    rows: Rows,
    pager: Pager,
}

async fn form(req: &Req, id: PublicationId, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let (row, v) = req.read(move |r| pages::public(r, id)).await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    if !takes_objections(row.state, row.objections_until, req.now().day()) {
        return Err(PublicationError::Over.into());
    }
    let errors = Errors::new(f.words().errors_title(), wrong);
    let typed = req.form();
    let visitor = if f.resident {
        Vec::new()
    } else {
        vec![
            Field::new("name", w.your_name(), typed.raw("name"))
                .autocomplete("name")
                .error(errors.of("name")),
            Field::new("phone", w.your_phone(), typed.raw("phone"))
                .hint(w.your_phone_hint())
                .kind(Kind::Phone)
                .autocomplete("tel")
                .error(errors.of("phone")),
        ]
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ObjectPage {
        id,
        title: names::pick(lang, &v.title_zh, &v.title_en),
        until: row.objections_until.map(|d| d.to_string()).unwrap_or_default(),
        words: Field::new("words", w.your_objection(), typed.raw("words"))
            .hint(w.your_objection_hint())
            .kind(Kind::Lines)
            .error(errors.of("words")),
        visitor,
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn ask(req: Req) -> Result<Reply, Fault> {
    form(&req, req.path("id")?, Vec::new()).await
}

pub(crate) async fn object(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let typed = req.form();
    let words = typed.lines("words");
    let visitor = Visitor { name: typed.text("name"), phone: typed.text("phone"), net: req.remote() };
    let w: Words = req.words();
    match req.act(move |act| objections::object(act, id, &words, &visitor)).await {
        // The code stands on the answer itself and nowhere else, so it cannot come after a redirection.
        Ok(taken) => match taken.code {
            Some(code) => {
                Ok(Reply::page(&ObjectedPage { id, code, due: taken.due.to_string(), f: req.frame(), w }))
            }
            None => Ok(Reply::see_other(&format!("/my/objections/{}", taken.id)).flash(w.objected())),
        },
        Err(e) => form(&req, id, told(&w, e)?).await,
    }
}

fn page(
    req: &Req,
    row: &ObjectionRow,
    v: &VersionRow,
    words: String,
    answer: String,
    mine: bool,
) -> ObjectionPage {
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let mut facts = vec![Fact::new(w.filed_at(), row.filed_at.minute())];
    match row.answered_at {
        Some(at) => facts.push(Fact::new(w.answered_at(), at.minute())),
        None => facts.push(Fact::new(w.answer_due(), row.due)),
    }
    ObjectionPage {
        title: names::pick(lang, &v.title_zh, &v.title_en),
        publication: row.publication,
        chip: chip(w, row, req.now().day()),
        facts: Facts { facts, why: f.words().why() },
        words,
        answer,
        mine,
        f,
        w,
    }
}

/// How an objection stands; late is derived, never stored.
pub(crate) fn chip(w: Words, row: &ObjectionRow, today: linli_base::Day) -> Chip {
    match (row.state, row.finding) {
        (ObjectionState::Answered, Some(finding)) => Chip::new(Tone::Done, names::finding(w, finding)),
        _ if row.due < today => Chip::new(Tone::Late, w.answer_late()),
        _ => Chip::new(Tone::Due, w.answer_open()),
    }
}

pub(crate) async fn mine(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let asked: Option<ObjectionId> = req.ask("before");
    let before = asked.unwrap_or(ObjectionId::from_raw(i64::MAX));
    let found = req
        .read(move |r| {
            let mut out = Vec::new();
            for row in objections::of_person(r, person, before, PAGE)? {
                let v = r.opt(&store::VERSION, (row.version,))?.ok_or(PublicationError::Stored)?;
                out.push((row, v));
            }
            Ok::<_, PublicationError>(out)
        })
        .await?;
    let (f, w, lang, today) = (req.frame(), req.words::<Words>(), req.lang(), req.now().day());
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => format!("/my/objections?before={}", last.id),
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(row, v)| Row {
            href: format!("/my/objections/{}", row.id),
            title: names::pick(lang, &v.title_zh, &v.title_en),
            detail: row.filed_at.minute(),
            chip: Some(chip(w, &row, today)),
        })
        .collect();
    Ok(Reply::page(&MinePage {
        rows: Rows::new(rows, w.no_objections()),
        pager: Pager {
            next,
            first: if asked.is_some() { "/my/objections".to_owned() } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

pub(crate) async fn show_mine(req: Req) -> Result<Reply, Fault> {
    let (person, id): (_, ObjectionId) = (req.resident()?, req.path("id")?);
    let house = req.house().clone();
    let (row, v, words, answer) = req
        .read(move |r| {
            let row = r.opt(&store::OBJECTION, (id,))?.filter(|o| o.person == Some(person));
            let row = row.ok_or(Denied::NotYours)?;
            let v = r.opt(&store::VERSION, (row.version,))?.ok_or(PublicationError::Stored)?;
            let words = objections::text(house.vault(), &row)?;
            let answer = objections::answer_text(house.vault(), &row)?;
            Ok::<_, PublicationError>((row, v, words, answer))
        })
        .await?;
    Ok(Reply::page(&page(&req, &row, &v, words, answer, true)))
}

fn look_page(req: &Req, wrong: Vec<(String, String)>) -> Reply {
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    Reply::page(&LookPage {
        code: Field::new("code", w.objection_code(), req.form().raw("code"))
            .hint(w.objection_code_hint())
            .autocomplete("off")
            .error(errors.of("code")),
        errors,
        f,
        w,
    })
    .status(status)
}

pub(crate) async fn look(req: Req) -> Result<Reply, Fault> {
    Ok(look_page(&req, Vec::new()))
}

/// By POST: a code in an address would stand in histories and logs.
pub(crate) async fn look_up(req: Req) -> Result<Reply, Fault> {
    let code = req.form().text("code");
    let house = req.house().clone();
    let found = req
        .read(move |r| {
            let row = objections::by_code(r, &code)?;
            let v = r.opt(&store::VERSION, (row.version,))?.ok_or(PublicationError::Stored)?;
            let words = objections::text(house.vault(), &row)?;
            let answer = objections::answer_text(house.vault(), &row)?;
            Ok::<_, PublicationError>((row, v, words, answer))
        })
        .await;
    match found {
        Ok((row, v, words, answer)) => Ok(Reply::page(&page(&req, &row, &v, words, answer, false))),
        Err(PublicationError::Missing) => {
            let w: Words = req.words();
            Ok(look_page(&req, vec![("code".to_owned(), w.objection_code_wrong().to_owned())]))
        }
        Err(e) => Err(e.into()),
    }
}
