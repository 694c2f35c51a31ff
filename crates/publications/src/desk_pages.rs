//! The publisher's and the approver's pages.

use askama::Template;
use linli_acts::{Actor, BodyId};
use linli_base::{Level, PlaceCode};
use linli_db::Read;
use linli_web::ui::{Chip, Choice, Choose, Errors, Fact, Facts, Field, Kind, Pager, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::acts::{self, Placed, Wording};
use crate::domain::{Change, DocumentKind, DocumentState, Piece, PublicationId, Topic, VersionState, pieces};
use crate::error::PublicationError;
use crate::pages::{ChangedLine, changed};
use crate::store::{self, DeskRow, PublicationRow, VersionRow};
use crate::{APPROVER, PUBLISHER, Words, names, told};

const PAGE: u16 = 50;

struct Line {
    id: PublicationId,
    title: String,
    kind: &'static str,
    body: String,
    n: i64,
    chip: Chip,
    open: i64,
}

#[derive(Template)]
#[template(path = "desk_publications.html")]
struct ListPage {
    f: Frame,
    w: Words,
    states: Vec<(&'static str, &'static str, bool)>,
    rows: Vec<Line>,
    pager: Pager,
    publisher: bool,
}

#[derive(Template)]
#[template(path = "desk_publication_form.html")]
struct FormPage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: &'static str,
    action: String,
    rev: i64,
    /// Which of her bodies and places; when it is begun.
    office: Option<Choose>,
    /// While nothing of it was published.
    placing: Vec<Choose>,
    place: Option<Choose>,
    fields: Vec<Field>,
}

struct VersionLine {
    n: i64,
    chip: Chip,
    what: String,
    who: String,
    when: String,
}

#[derive(Template)]
#[template(path = "desk_publication.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: PublicationId,
    rev: i64,
    version_rev: i64,
    title: String,
    chip: Chip,
    sent_back: String,
    facts: Facts,
    pieces: Vec<Piece>,
    english: Vec<Piece>,
    lines: Vec<ChangedLine>,
    versions: Vec<VersionLine>,
    can_write: bool,
    can_propose: bool,
    can_decide: bool,
    same_person: bool,
    can_revise: bool,
    can_withdraw: bool,
    published: bool,
    why: Field,
}

/// Bodies and places for which an officer holds one of the two duties.
fn offices(actor: &Actor, publisher_only: bool) -> Vec<(BodyId, PlaceCode)> {
    let mut out: Vec<_> = actor
        .held
        .iter()
        .filter(|h| h.kind == PUBLISHER.key || (!publisher_only && h.kind == APPROVER.key))
        .map(|h| (h.body, h.place))
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let state = VersionState::from_word(req.query().raw("state"));
    let asked: Option<PublicationId> = req.ask("before");
    let before = asked.unwrap_or(PublicationId::from_raw(i64::MAX));
    let (lang, mine) = (req.lang(), offices(req.actor(), false));
    let found = req
        .read(move |r| {
            let mut out: Vec<DeskRow> = Vec::new();
            for (body, place) in &mine {
                let (first, last) = place.range();
                out.extend(r.all(&store::DESK, (*body, first, last, before, state, PAGE))?);
            }
            out.sort_by_key(|d| std::cmp::Reverse(d.id));
            out.dedup_by_key(|d| d.id);
            out.truncate(usize::from(PAGE));
            let mut rows = Vec::new();
            for d in out {
                let body = names::body(r, lang, d.body)?;
                rows.push((d, body));
            }
            Ok::<_, PublicationError>(rows)
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let word = state.map(VersionState::word).unwrap_or_default();
    let way = |rest: &str| match word {
        "" => format!("/desk/publications{}{rest}", if rest.is_empty() { "" } else { "?" }),
        word => format!("/desk/publications?state={word}{}{rest}", if rest.is_empty() { "" } else { "&" }),
    };
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => way(&format!("before={}", last.id)),
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(d, body)| Line {
            id: d.id,
            title: names::pick(lang, &d.title_zh, &d.title_en),
            kind: names::kind(w, d.kind),
            body,
            n: d.n,
            chip: match d.state {
                DocumentState::Withdrawn => Chip::new(Tone::Plain, w.state_withdrawn()),
                _ => names::version_chip(w, d.version_state),
            },
            open: d.open,
        })
        .collect();
    let states = [
        ("", w.every()),
        ("draft", w.state_draft()),
        ("proposed", w.state_proposed()),
        ("live", w.state_live()),
    ];
    Ok(Reply::page(&ListPage {
        states: states.into_iter().map(|(s, label)| (s, label, s == word)).collect(),
        rows,
        pager: Pager {
            next,
            first: if asked.is_some() { way("") } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        publisher: req.actor().holds_any(&PUBLISHER).is_ok(),
        f,
        w,
    }))
}

fn wording(req: &Req) -> Wording {
    let form = req.form();
    Wording {
        title_zh: form.text("title_zh"),
        title_en: form.text("title_en"),
        text_zh: form.lines("text_zh"),
        text_en: form.lines("text_en"),
        number: form.text("number"),
        what_changed: form.text("what_changed"),
    }
}

/// The fields of a wording, with what was typed or what stands there.
fn wording_fields(req: &Req, w: Words, now: &Wording, first: bool, errors: &Errors) -> Vec<Field> {
    let form = req.form();
    let optional = req.frame().words().optional();
    let typed =
        |name: &str, stands: &str| if form.has(name) { form.raw(name).to_owned() } else { stands.to_owned() };
    let field = |name: &str, label: &str, stands: &str| {
        Field::new(name, label, &typed(name, stands)).error(errors.of(name))
    };
    let mut out = vec![
        field("title_zh", w.title_zh(), &now.title_zh),
        field("title_en", w.title_en(), &now.title_en).optional(optional),
        field("number", w.number(), &now.number).hint(w.number_hint()).optional(optional),
        field("text_zh", w.text_zh(), &now.text_zh).hint(w.text_hint()).kind(Kind::Lines),
        field("text_en", w.text_en(), &now.text_en).kind(Kind::Lines).optional(optional),
    ];
    if !first {
        out.push(field("what_changed", w.what_changed(), &now.what_changed).hint(w.what_changed_hint()));
    }
    out
}

fn placing(req: &Req, w: Words, stands: Option<(DocumentKind, Topic)>, errors: &Errors) -> Vec<Choose> {
    let form = req.form();
    let typed = |name: &str, word: Option<&'static str>| {
        if form.has(name) { form.raw(name).to_owned() } else { word.unwrap_or_default().to_owned() }
    };
    vec![
        Choose::new("kind", w.kind(), &typed("kind", stands.map(|s| s.0.word())), names::kinds(w))
            .hint(w.kind_hint())
            .error(errors.of("kind")),
        Choose::new("topic", w.topic(), &typed("topic", stands.map(|s| s.1.word())), names::topics(w))
            .list()
            .error(errors.of("topic")),
    ]
}

/// The places for which she may publish, for one body or any of hers.
fn places(
    r: &mut Read<'_>,
    actor: &Actor,
    lang: Lang,
    body: Option<BodyId>,
) -> Result<Vec<Choice>, PublicationError> {
    let mine = offices(actor, true).into_iter().filter(|(b, _)| body.is_none_or(|body| *b == body));
    let within: Vec<PlaceCode> = mine.map(|(_, place)| place).collect();
    let levels = [Level::District, Level::Street, Level::Community];
    let today = r.now().day();
    let all = linli_places::offers::to_choose(r, lang, &within, &levels, today)?;
    Ok(all.into_iter().map(|(code, name)| Choice::new(&code.to_string(), &name)).collect())
}

fn place_field(req: &Req, w: Words, stands: &str, places: Vec<Choice>, errors: &Errors) -> Choose {
    let form = req.form();
    let value = if form.has("place") { form.raw("place") } else { stands };
    Choose::new("place", w.place_code(), value, places)
        .list()
        .hint(w.place_code_hint())
        .error(errors.of("place"))
}

async fn begin_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let (lang, actor) = (req.lang(), req.actor().clone());
    let (bodies, places) = req
        .read(move |r| {
            let mut mine: Vec<BodyId> = offices(&actor, true).into_iter().map(|(body, _)| body).collect();
            mine.dedup();
            let mut bodies = Vec::new();
            for body in mine {
                bodies.push(Choice::new(&body.to_string(), &names::body(r, lang, body)?));
            }
            Ok::<_, PublicationError>((bodies, places(r, &actor, lang, None)?))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let first = |of: &[Choice]| of.first().map(|c| c.value.clone()).unwrap_or_default();
    let typed = req.form().raw("body");
    let chosen = if typed.is_empty() { first(&bodies) } else { typed.to_owned() };
    let place = first(&places);
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&FormPage {
        title: w.begin(),
        action: "/desk/publications".to_owned(),
        rev: 0,
        office: Some(Choose::new("body", w.body(), &chosen, bodies).error(errors.of("body"))),
        placing: placing(req, w, None, &errors),
        place: Some(place_field(req, w, &place, places, &errors)),
        fields: wording_fields(req, w, &Wording::default(), true, &errors),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn begin_form(req: Req) -> Result<Reply, Fault> {
    begin_page(&req, Vec::new()).await
}

/// Kind, topic and place as typed; what is wrong with them.
fn placed(req: &Req, w: Words) -> Result<Placed, Vec<(String, String)>> {
    let form = req.form();
    let kind = DocumentKind::from_word(form.raw("kind"));
    let topic = Topic::from_word(form.raw("topic"));
    let place: Option<PlaceCode> = form.text("place").parse().ok();
    match (kind, topic, place) {
        (Some(kind), Some(topic), Some(place)) => Ok(Placed { kind, topic, place }),
        _ => {
            let mut wrong = Vec::new();
            let mut missing = |name: &str, is: bool, words: &str| {
                if is {
                    wrong.push((name.to_owned(), words.to_owned()));
                }
            };
            missing("kind", kind.is_none(), w.choose_one());
            missing("topic", topic.is_none(), w.choose_one());
            missing("place", place.is_none(), w.place_wrong());
            Err(wrong)
        }
    }
}

/// A place outside her duty is told beside its field.
fn outside(w: &Words, e: PublicationError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        PublicationError::Denied(linli_acts::Denied::Duty(_)) => {
            Ok(vec![("place".to_owned(), w.place_not_yours().to_owned())])
        }
        e => told(w, e),
    }
}

pub(crate) async fn begin(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let body = req.form().parse_as::<BodyId>("body").ok();
    let (body, placed) = match (body, placed(&req, w)) {
        (Some(body), Ok(placed)) => (body, placed),
        (body, placed) => {
            let mut wrong = placed.err().unwrap_or_default();
            if body.is_none() {
                wrong.insert(0, ("body".to_owned(), w.choose_one().to_owned()));
            }
            // All at once, what was written too.
            if let Err(e) = wording(&req).check(true) {
                wrong.extend(told(&w, e)?);
            }
            return begin_page(&req, wrong).await;
        }
    };
    let (typed, once) = (wording(&req), req.once());
    let done = req
        .act(move |act| {
            if once.is_empty() {
                return acts::begin(act, body, placed, &typed);
            }
            linli_acts::once(act, &format!("publications.begin {once}"), |act| {
                acts::begin(act, body, placed, &typed)
            })
        })
        .await;
    match done {
        Ok(id) => Ok(Reply::see_other(&format!("/desk/publications/{id}")).flash(w.saved())),
        Err(e) => begin_page(&req, outside(&w, e)?).await,
    }
}

async fn write_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let actor = req.actor().clone();
    let lang = req.lang();
    let (row, v, places) = req
        .read(move |r| {
            let row = acts::load(r, id)?;
            actor.holds(&PUBLISHER, row.body, row.place).map_err(|_| PublicationError::Missing)?;
            let v = r.opt(&store::OPEN_VERSION, (id,))?;
            let v = v.filter(|v| v.state == VersionState::Draft).ok_or(PublicationError::Missing)?;
            let places = places(r, &actor, lang, Some(row.body))?;
            Ok::<_, PublicationError>((row, v, places))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let first = row.state == DocumentState::Draft;
    let stands = Wording {
        title_zh: v.title_zh,
        title_en: v.title_en,
        text_zh: v.text_zh,
        text_en: v.text_en,
        number: v.number,
        what_changed: v.what_changed,
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&FormPage {
        title: w.write(),
        action: format!("/desk/publications/{id}/write"),
        rev: v.rev,
        office: None,
        placing: if first { placing(req, w, Some((row.kind, row.topic)), &errors) } else { Vec::new() },
        place: first.then(|| place_field(req, w, &row.place.to_string(), places, &errors)),
        fields: wording_fields(req, w, &stands, v.n == 1, &errors),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn write_form(req: Req) -> Result<Reply, Fault> {
    write_page(&req, Vec::new()).await
}

pub(crate) async fn write(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let w: Words = req.words();
    let rev: i64 = req.form().parse_as("rev")?;
    let placed = match req.form().has("place") {
        false => None,
        true => match placed(&req, w) {
            Ok(placed) => Some(placed),
            Err(wrong) => return write_page(&req, wrong).await,
        },
    };
    let typed = wording(&req);
    match req.act(move |act| acts::write(act, id, rev, placed, &typed)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/desk/publications/{id}")).flash(w.saved())),
        Err(e) => write_page(&req, outside(&w, e)?).await,
    }
}

struct Loaded {
    row: PublicationRow,
    /// The version in hand: the open one, or the one that everybody reads.
    v: VersionRow,
    before: Option<VersionRow>,
    versions: Vec<(VersionRow, String)>,
    body: String,
    place: String,
}

async fn show_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let (lang, actor, house) = (req.lang(), req.actor().clone(), req.house().clone());
    let l = req
        .read(move |r| {
            let row = acts::load(r, id)?;
            let holds = |kind| actor.holds(kind, row.body, row.place).is_ok();
            if !holds(&PUBLISHER) && !holds(&APPROVER) {
                return Err(PublicationError::Missing);
            }
            let directory = house.service::<DirectoryService>();
            let mut versions = Vec::new();
            for v in r.all(&store::VERSIONS, (id,))? {
                let who = directory.0.staff_name(r, v.written_by)?.unwrap_or_default();
                versions.push((v, who));
            }
            let v = versions.first().map(|(v, _)| v.clone()).ok_or(PublicationError::Stored)?;
            let before = r.opt(&store::VERSION_N, (id, v.n - 1))?;
            let today = r.now().day();
            let body = names::body(r, lang, row.body)?;
            let place = names::place(r, lang, row.place, today)?;
            Ok(Loaded { row, v, before, versions, body, place })
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let me = req.officer()?;
    let holds = |kind| req.actor().holds(kind, l.row.body, l.row.place).is_ok();
    let (publisher, approver) = (holds(&PUBLISHER), holds(&APPROVER));
    let hers = l.v.written_by == me || l.v.proposed_by == Some(me);
    let mut facts = vec![
        Fact::new(w.body(), &l.body),
        Fact::new(w.kind(), names::kind(w, l.row.kind)),
        Fact::new(w.topic(), names::topic(w, l.row.topic)),
        Fact::new(w.place(), &l.place),
    ];
    if !l.v.number.is_empty() {
        facts.push(Fact::new(w.number(), &l.v.number));
    }
    if let Some(at) = l.row.published_at {
        facts.push(Fact::new(w.published_on(), at.day()));
    }
    if let Some(until) = l.row.objections_until {
        facts.push(Fact::new(w.objections_until(), until));
    }
    if let (Some(at), Some(why)) = (l.row.withdrawn_at, &l.row.withdrawn_why) {
        facts.push(Fact::new(w.state_withdrawn(), w.withdrawn_on(&at.day(), why)));
    }
    let errors = Errors::new(f.words().errors_title(), wrong);
    let open = matches!(l.v.state, VersionState::Draft | VersionState::Proposed);
    let published = l.row.state == DocumentState::Published;
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ShowPage {
        id,
        rev: l.row.rev,
        version_rev: l.v.rev,
        title: names::pick(lang, &l.v.title_zh, &l.v.title_en),
        chip: match l.row.state {
            DocumentState::Withdrawn => Chip::new(Tone::Plain, w.state_withdrawn()),
            _ => names::version_chip(w, l.v.state),
        },
        sent_back: l.v.sent_back.clone(),
        facts: Facts { facts, why: f.words().why() },
        lines: match &l.before {
            Some(before) if open => changed(&before.text_zh, &l.v.text_zh),
            _ => Vec::new(),
        },
        pieces: pieces(&l.v.text_zh),
        english: pieces(&l.v.text_en),
        versions: l
            .versions
            .iter()
            .map(|(v, who)| VersionLine {
                n: v.n,
                chip: names::version_chip(w, v.state),
                what: if v.n == 1 { w.first_version().to_owned() } else { v.what_changed.clone() },
                who: who.clone(),
                when: v.decided_at.or(v.proposed_at).map(|at| at.day().to_string()).unwrap_or_default(),
            })
            .collect(),
        can_write: publisher && l.v.state == VersionState::Draft,
        can_propose: publisher && l.v.state == VersionState::Draft,
        can_decide: approver && l.v.state == VersionState::Proposed && !hers,
        same_person: approver && l.v.state == VersionState::Proposed && hers,
        can_revise: publisher && published && !open,
        can_withdraw: approver && published,
        published: l.row.state != DocumentState::Draft,
        why: Field::new("why", w.why_field(), req.form().raw("why")).error(errors.of("why")),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    show_page(&req, Vec::new()).await
}

/// What the buttons of a document do, by the last part of the address.
pub(crate) async fn act(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let w: Words = req.words();
    let rev: i64 = req.form().parse_as("rev")?;
    let why = req.form().text("why");
    let what: String = req.path("act")?;
    let done = match what.as_str() {
        "propose" => req.act(move |act| acts::propose(act, id, rev)).await,
        "approve" => req.act(move |act| acts::approve(act, id, rev)).await,
        "send-back" => req.act(move |act| acts::send_back(act, id, rev, &why)).await,
        "revise" => req.act(move |act| acts::revise(act, id)).await,
        "withdraw" => req.act(move |act| acts::withdraw(act, id, rev, &why)).await,
        _ => return Err(Missing.into()),
    };
    match done {
        Ok(()) => {
            let to = if what == "revise" {
                format!("/desk/publications/{id}/write")
            } else {
                format!("/desk/publications/{id}")
            };
            let said = match what.as_str() {
                "propose" => w.proposed(),
                "approve" => w.approved(),
                "send-back" => w.was_sent_back(),
                "withdraw" => w.was_withdrawn(),
                _ => w.saved(),
            };
            Ok(Reply::see_other(&to).flash(said))
        }
        Err(e) => show_page(&req, told(&w, e)?).await,
    }
}
