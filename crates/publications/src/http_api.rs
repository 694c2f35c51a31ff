//! What is published, for programs. Open to everybody: it is public.

use linli_acts::BodyId;
use linli_base::{Day, PlaceCode};
use linli_web::{Api, Fault, Malformed, Reply, Req};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{DocumentKind, DocumentState, PublicationId, Topic, takes_objections};
use crate::listing::{self, Cursor, Filter};
use crate::pages;

const PAGE: u16 = 50;

/// A text in both languages; the English one may be empty.
#[derive(Serialize, JsonSchema)]
struct Text {
    zh: String,
    en: String,
}

/// A published document in a list.
#[derive(Serialize, JsonSchema)]
struct Listed {
    id: PublicationId,
    title: Text,
    number: String,
    kind: DocumentKind,
    topic: Topic,
    body: BodyId,
    place: PlaceCode,
    version: i64,
    #[schemars(extend("format" = "date-time"))]
    published_at: String,
    /// The last day on which an objection is taken, where it is.
    objections_until: Option<Day>,
}

/// A page of the list.
#[derive(Serialize, JsonSchema)]
struct List {
    documents: Vec<Listed>,
    /// Give it as `after` to read on; nothing if this is the end.
    next: Option<String>,
}

/// A document with its text. A withdrawn one has its title and the reason alone.
#[derive(Serialize, JsonSchema)]
struct Document {
    id: PublicationId,
    title: Text,
    text: Option<Text>,
    number: String,
    kind: DocumentKind,
    topic: Topic,
    body: BodyId,
    place: PlaceCode,
    state: DocumentState,
    version: i64,
    what_changed: String,
    #[schemars(extend("format" = "date-time"))]
    published_at: Option<String>,
    objections_until: Option<Day>,
    takes_objections: bool,
    withdrawn_why: Option<String>,
}

/// What a cursor looks like to a client: nothing to make up.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[expect(dead_code, reason = "read as a schema alone")]
struct CursorText(#[schemars(pattern(r"^[0-9]{1,15}-[0-7][0-9A-HJKMNP-TV-Z]{12}$"))] String);

pub(crate) fn list_described() -> Api {
    Api::new("查公开文件，新的在前", "Documents that bodies publish, newest first")
        .query::<String>("q", "标题和正文里的字词", "Words of title and text")
        .query::<BodyId>("body", "发布机构", "Body")
        .query::<Topic>("topic", "主题", "Topic")
        .query::<DocumentKind>("kind", "种类", "Kind")
        .query::<PlaceCode>("place", "区划，含下辖", "Division, with what lies in it")
        .query::<Day>("from", "从哪天起", "From this day on")
        .query::<Day>("to", "到哪天止", "Up to this day")
        .query::<CursorText>("after", "上一页给的 next", "What the page before gave as next")
        .answer::<List>(200, "一页文件", "A page")
}

pub(crate) fn show_described() -> Api {
    Api::new("一份公开文件的全文", "A document with its text")
        .path::<PublicationId>("id", "文件", "Id of the document")
        .answer::<Document>(200, "文件", "The document")
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let words = req.query().text("q");
    let filter = Filter {
        words: words.chars().take(60).collect(),
        body: req.query_value("body")?,
        topic: word(&req, "topic", Topic::from_word)?,
        kind: word(&req, "kind", DocumentKind::from_word)?,
        place: req.query_value("place")?,
        from: req.query_value("from")?,
        to: req.query_value("to")?,
    };
    let after: Option<Cursor> = match req.query().has("after") {
        true => Some(req.query().raw("after").parse().map_err(|()| Malformed)?),
        false => None,
    };
    let found = req.read(move |r| listing::listed(r, &filter, after, PAGE)).await?;
    let next = found.last().filter(|_| found.len() == usize::from(PAGE)).map(|row| Cursor::of(row).text());
    let documents = found
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            title: Text { zh: row.title_zh, en: row.title_en },
            number: row.number,
            kind: row.kind,
            topic: row.topic,
            body: row.body,
            place: row.place,
            version: row.n,
            published_at: row.published_at.rfc3339(),
            objections_until: row.objections_until,
        })
        .collect();
    Ok(Reply::json(&List { documents, next }))
}

fn word<T>(req: &Req, name: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, Fault> {
    if !req.query().has(name) {
        return Ok(None);
    }
    read(req.query().raw(name)).map(Some).ok_or_else(|| Malformed.into())
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: PublicationId = req.path("id")?;
    let (row, v) = req.read(move |r| pages::public(r, id)).await?;
    let gone = row.state == DocumentState::Withdrawn;
    let document = Document {
        id: row.id,
        title: Text { zh: v.title_zh, en: v.title_en },
        text: (!gone).then_some(Text { zh: v.text_zh, en: v.text_en }),
        number: v.number,
        kind: row.kind,
        topic: row.topic,
        body: row.body,
        place: row.place,
        state: row.state,
        version: v.n,
        what_changed: v.what_changed,
        published_at: row.published_at.map(linli_base::Instant::rfc3339),
        objections_until: row.objections_until,
        takes_objections: takes_objections(row.state, row.objections_until, req.now().day()),
        withdrawn_why: row.withdrawn_why,
    };
    Ok(Reply::json(&document))
}
