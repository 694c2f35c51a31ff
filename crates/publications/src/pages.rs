//! What everybody reads: the list, a document, its versions, the sheet to print.

use askama::Template;
use linli_acts::BodyId;
use linli_base::Day;
use linli_db::Read;
use linli_web::ui::{Button, Chip, Choice, Choose, Fact, Facts, Field, Kind, Pager, Row, Rows, Tone};
use linli_web::{Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::Words;
use crate::domain::{
    Change, DocumentState, Piece, PublicationId, VersionState, changes, pieces, takes_objections,
};
use crate::error::PublicationError;
use crate::listing::{self, Cursor, Filter};
use crate::names;
use crate::store::{self, ListedRow, PublicationRow, VersionRow};
use crate::subscriptions::{self, Wanted};

const PAGE: u16 = 20;

#[derive(Template)]
#[template(path = "publications.html")]
struct ListPage {
    f: Frame,
    w: Words,
    words: String,
    filtered: bool,
    topic: Choose,
    kind: Choose,
    body: Choose,
    from: Field,
    to: Field,
    rows: Rows,
    pager: Pager,
    atom: String,
    json: String,
}

/// A document as it is shown.
pub(crate) struct Shown {
    pub id: PublicationId,
    pub title: String,
    pub pieces: Vec<Piece>,
    pub facts: Facts,
    pub withdrawn: String,
    pub taken: String,
    pub open: bool,
    pub over: bool,
}

struct VersionLine {
    n: i64,
    when: String,
    what: String,
}

#[derive(Template)]
#[template(path = "publication.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    d: Shown,
    versions: Vec<VersionLine>,
    follow: Vec<Button>,
    following: bool,
}

#[derive(Template)]
#[template(path = "publication_print.html")]
struct PrintPage {
    f: Frame,
    w: Words,
    d: Shown,
    body: String,
    address: String,
}

/// A line of a text with what became of it.
pub(crate) struct ChangedLine {
    pub change: Change,
    pub text: String,
}

#[derive(Template)]
#[template(path = "publication_version.html")]
struct VersionPage {
    f: Frame,
    w: Words,
    id: PublicationId,
    n: i64,
    title: String,
    facts: Facts,
    lines: Vec<ChangedLine>,
    compared: bool,
}

/// What changed between two wordings, for a page.
pub(crate) fn changed(before: &str, after: &str) -> Vec<ChangedLine> {
    changes(before, after).into_iter().map(|(change, t)| ChangedLine { change, text: t.to_owned() }).collect()
}

fn all_or(label: &str, rest: Vec<Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", label)).chain(rest).collect()
}

fn chip(w: Words, row: &ListedRow, today: Day) -> Chip {
    if takes_objections(DocumentState::Published, row.objections_until, today) {
        Chip::new(Tone::Due, w.takes_objections())
    } else {
        Chip::new(Tone::Plain, names::kind(w, row.kind))
    }
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let filter = Filter::read(req.query());
    let after: Option<Cursor> = req.ask("after");
    let (lang, asked) = (req.lang(), filter.clone());
    let (found, bodies) = req
        .read(move |r| {
            let mut out = Vec::new();
            for row in listing::listed(r, &asked, after, PAGE)? {
                let body = names::body(r, lang, row.body)?;
                out.push((row, body));
            }
            let mut bodies = Vec::new();
            for (id,) in r.all(&store::BODIES, ())? {
                bodies.push(Choice::new(&id.to_string(), &names::body(r, lang, id)?));
            }
            Ok::<_, PublicationError>((out, bodies))
        })
        .await?;
    let (f, w, today) = (req.frame(), req.words::<Words>(), req.now().day());
    let query = filter.query();
    let with = |path: &str| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => {
            let and = if query.is_empty() { String::new() } else { format!("{query}&") };
            format!("/publications?{and}after={}", Cursor::of(last).text())
        }
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(row, body)| Row {
            href: format!("/publications/{}", row.id),
            title: names::pick(lang, &row.title_zh, &row.title_en),
            detail: format!("{} · {body} · {}", row.published_at.day(), names::topic(w, row.topic)),
            chip: Some(chip(w, &row, today)),
        })
        .collect();
    let word = |o: Option<&'static str>| o.unwrap_or_default();
    Ok(Reply::page(&ListPage {
        words: filter.words.clone(),
        filtered: !filter.is_empty(),
        topic: Choose::new(
            "topic",
            w.topic(),
            word(filter.topic.map(|t| t.word())),
            all_or(w.every(), names::topics(w)),
        )
        .list(),
        kind: Choose::new(
            "kind",
            w.kind(),
            word(filter.kind.map(|k| k.word())),
            all_or(w.every(), names::kinds(w)),
        )
        .list(),
        body: Choose::new(
            "body",
            w.body(),
            &filter.body.map(|b: BodyId| b.to_string()).unwrap_or_default(),
            all_or(w.every(), bodies),
        )
        .list(),
        from: day_field("from", w.from_day(), filter.from),
        to: day_field("to", w.to_day(), filter.to),
        rows: Rows::new(rows, w.none_found()),
        pager: Pager {
            next,
            first: if after.is_some() { with("/publications") } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        atom: with("/publications/feed.atom"),
        json: with("/publications/feed.json"),
        f,
        w,
    }))
}

fn day_field(name: &str, label: &str, day: Option<Day>) -> Field {
    Field::new(name, label, &day.map(|d| d.to_string()).unwrap_or_default()).kind(Kind::Day)
}

/// A document that the public may see, with the version it reads.
pub(crate) fn public(
    read: &mut Read<'_>,
    id: PublicationId,
) -> Result<(PublicationRow, VersionRow), PublicationError> {
    let row = crate::acts::load(read, id)?;
    let live = row.live.ok_or(PublicationError::Missing)?;
    let version = read.opt(&store::VERSION, (live,))?.ok_or(PublicationError::Stored)?;
    Ok((row, version))
}

fn shown(
    read: &mut Read<'_>,
    w: Words,
    why: &'static str,
    row: &PublicationRow,
    v: &VersionRow,
) -> Result<(Shown, String), PublicationError> {
    let (lang, today) = (w.lang(), read.now().day());
    let body = names::body(read, lang, row.body)?;
    let mut facts = vec![Fact::new(w.body(), &body)];
    if !v.number.is_empty() {
        facts.push(Fact::new(w.number(), lang.pick(&v.number, &v.number)));
    }
    facts.push(Fact::new(w.kind(), names::kind(w, row.kind)));
    facts.push(Fact::new(w.topic(), names::topic(w, row.topic)));
    facts.push(Fact::new(w.place(), names::place(read, lang, row.place, today)?));
    if let Some(at) = row.published_at {
        facts.push(Fact::new(w.published_on(), at.day()));
    }
    if v.n > 1
        && let Some(at) = v.decided_at
    {
        facts.push(Fact::new(w.version(), w.version_since(&at.day(), &v.n)));
    }
    let (filed, answered) = read.one(&store::COUNTS, (row.id,))?;
    let withdrawn = match (row.withdrawn_at, &row.withdrawn_why) {
        (Some(at), Some(reason)) => w.withdrawn_on(&at.day(), reason),
        _ => String::new(),
    };
    if let Some(until) = row.objections_until {
        let mut fact = Fact::new(w.objections_until(), until);
        if let Some(at) = row.published_at {
            // As it was told on the day: the calendar as it was known then.
            let calendar = linli_rules::calendar_at(read, at)?;
            let days = calendar.working_days_between(at.day(), until);
            let days = u16::try_from(days).unwrap_or(0);
            fact = fact.why(lang.prose(calendar.due(at.day(), days).derivation.lines(lang.is_en())));
        }
        facts.push(fact);
    }
    let open = takes_objections(row.state, row.objections_until, today);
    Ok((
        Shown {
            id: row.id,
            title: names::pick(lang, &v.title_zh, &v.title_en),
            pieces: if withdrawn.is_empty() {
                pieces(&names::pick(lang, &v.text_zh, &v.text_en))
            } else {
                Vec::new()
            },
            facts: Facts { facts, why },
            taken: if filed > 0 { w.objections_taken(&answered, &filed) } else { String::new() },
            open,
            over: !open && row.objections_until.is_some() && withdrawn.is_empty(),
            withdrawn,
        },
        body,
    ))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let why = f.words().why();
    let person = req.actor().resident().ok();
    let (d, row, body, versions, mine) = req
        .read(move |r| {
            let (row, v) = public(r, id)?;
            let (d, body) = shown(r, w, why, &row, &v)?;
            let versions = r.all(&store::VERSIONS, (id,))?;
            let mine = match person {
                Some(person) => subscriptions::of_person(r, person)?,
                None => Vec::new(),
            };
            Ok::<_, PublicationError>((d, row, body, versions, mine))
        })
        .await?;
    let past = |v: &&VersionRow| matches!(v.state, VersionState::Live | VersionState::Archived);
    let lines: Vec<VersionLine> = versions
        .iter()
        .filter(past)
        .map(|v| VersionLine {
            n: v.n,
            when: v.decided_at.map(|at| at.day().to_string()).unwrap_or_default(),
            what: if v.n == 1 { w.first_version().to_owned() } else { v.what_changed.clone() },
        })
        .collect();
    let follow = [
        (Wanted::Body(row.body), w.follow_body(&body)),
        (Wanted::Topic(row.topic), w.follow_topic(&names::topic(w, row.topic))),
    ];
    let back = format!("/publications/{id}");
    let follow: Vec<Button> = follow
        .into_iter()
        .filter(|(wanted, _)| !mine.contains(wanted))
        .map(|(wanted, label)| {
            let (kind, value) = wanted.stored();
            Button::quiet("/me/subscriptions", &label, f.hidden()).with(&[
                ("kind", kind.word()),
                ("value", &value),
                ("back", &back),
            ])
        })
        .collect();
    Ok(Reply::page(&ShowPage {
        versions: if lines.len() > 1 && d.withdrawn.is_empty() { lines } else { Vec::new() },
        following: !mine.is_empty(),
        follow,
        d,
        f,
        w,
    }))
}

pub(crate) async fn print(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let why = f.words().why();
    let (d, body) = req
        .read(move |r| {
            let (row, v) = public(r, id)?;
            shown(r, w, why, &row, &v)
        })
        .await?;
    let address = format!("{}/publications/{id}", req.origin());
    Ok(Reply::page(&PrintPage { d, body, address, f, w }))
}

pub(crate) async fn version(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let n: i64 = req.path("n")?;
    let (v, before) = req
        .read(move |r| {
            let (row, _) = public(r, id)?;
            let v = r.opt(&store::VERSION_N, (id, n))?.ok_or(PublicationError::Missing)?;
            // What is not approved yet, and what was withdrawn, nobody but the desk reads.
            let seen = matches!(v.state, VersionState::Live | VersionState::Archived);
            if !seen || row.state == DocumentState::Withdrawn {
                return Err(PublicationError::Missing);
            }
            Ok((v, r.opt(&store::VERSION_N, (id, n - 1))?))
        })
        .await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let text = |v: &VersionRow| names::pick(lang, &v.text_zh, &v.text_en);
    let mut facts = Vec::new();
    if let Some(at) = v.decided_at {
        facts.push(Fact::new(w.published_on(), at.day()));
    }
    if !v.what_changed.is_empty() {
        facts.push(Fact::new(w.what_changed(), &v.what_changed));
    }
    Ok(Reply::page(&VersionPage {
        id,
        n: v.n,
        title: names::pick(lang, &v.title_zh, &v.title_en),
        facts: Facts { facts, why: f.words().why() },
        lines: changed(&before.as_ref().map(text).unwrap_or_default(), &text(&v)),
        compared: before.is_some(),
        f,
        w,
    }))
}

/// What is subscribed to, by name, with its button.
pub(crate) struct Followed {
    pub name: String,
    pub end: Button,
}

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct SubscriptionsPage {
    f: Frame,
    w: Words,
    followed: Vec<Followed>,
    topic: Choose,
    place: Choose,
}

fn name_of(read: &mut Read<'_>, w: Words, wanted: Wanted, lang: Lang) -> Result<String, PublicationError> {
    let today = read.now().day();
    Ok(match wanted {
        Wanted::Body(id) => names::body(read, lang, id)?,
        Wanted::Topic(topic) => names::topic(w, topic).to_owned(),
        Wanted::Place(code) => names::place(read, lang, code, today)?,
    })
}

pub(crate) async fn subscriptions(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let (mine, streets) = req
        .read(move |r| {
            let today = r.now().day();
            let mut mine = Vec::new();
            for wanted in subscriptions::of_person(r, person)? {
                mine.push((wanted, name_of(r, w, wanted, lang)?));
            }
            let streets = linli_places::offers::of_level(r, linli_base::Level::Street, today, 0, 100)?;
            Ok::<_, PublicationError>((mine, streets))
        })
        .await?;
    let followed = mine
        .into_iter()
        .map(|(wanted, name)| {
            let (kind, value) = wanted.stored();
            let end = Button::quiet("/me/subscriptions/end", w.unfollow(), f.hidden())
                .with(&[("kind", kind.word()), ("value", &value)]);
            Followed { name, end }
        })
        .collect();
    let streets: Vec<Choice> = streets
        .into_iter()
        .map(|d| {
            let code = d.code.to_string();
            let (zh, en) = d.names();
            Choice::new(&code, &lang.pick(&zh, &en))
        })
        .collect();
    Ok(Reply::page(&SubscriptionsPage {
        followed,
        topic: Choose::new("topic", w.topic(), "", names::topics(w)).list(),
        place: Choose::new("place", w.place(), "", streets).list(),
        f,
        w,
    }))
}

/// A button sends `value`; a list of the page is named for its kind.
fn asked(req: &Req) -> Result<Wanted, Fault> {
    let form = req.form();
    let kind = form.raw("kind");
    let value = if form.has("value") { form.raw("value") } else { form.raw(kind) };
    Wanted::parse(kind, value).ok_or_else(|| Missing.into())
}

pub(crate) async fn subscribe(req: Req) -> Result<Reply, Fault> {
    let wanted = asked(&req)?;
    req.act(move |act| subscriptions::subscribe(act, wanted)).await?;
    let back = req.form().raw("back");
    let to = if back.is_empty() { "/me/subscriptions".to_owned() } else { linli_web::safe_back(back) };
    Ok(Reply::see_other(&to).flash(req.words::<Words>().followed()))
}

pub(crate) async fn unsubscribe(req: Req) -> Result<Reply, Fault> {
    let wanted = asked(&req)?;
    req.act(move |act| subscriptions::unsubscribe(act, wanted)).await?;
    Ok(Reply::see_other("/me/subscriptions").flash(req.words::<Words>().unfollowed()))
}
