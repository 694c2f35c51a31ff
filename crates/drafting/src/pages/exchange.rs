//! Items out as files, and in as drafts.

use askama::Template;
use linli_acts::{Entry, House, Subject};
use linli_catalogue::offers::{self as catalogue, ItemId};
use linli_web::ui::Errors;
use linli_web::{Cut, Fault, Frame, Malformed, Missing, Reply, Req};
use tokio::sync::mpsc::{Receiver, channel};

use super::departments;
use crate::error::DraftingError;
use crate::exchange::{Bad, Filed, Look, head, look, row};
use crate::{Words, acts, terms};

/// Items read at once for an export.
const AT_ONCE: i64 = 100;

/// The live items after one, as pieces of a file.
fn page(as_json: bool, items: &[(ItemId, String, i64, linli_guide::Guide)], first: bool) -> Vec<u8> {
    if !as_json {
        let rows = items.iter().map(|(_, key, _, guide)| row(key, guide));
        let table = linli_sheets::csv(&head(), rows);
        if first {
            return table;
        }
        // The head and the mark stand once.
        let end = table.iter().position(|b| *b == b'\n').map_or(0, |i| i + 1);
        return table.get(end..).unwrap_or_default().to_vec();
    }
    let mut out = Vec::new();
    for (i, (_, key, version, guide)) in items.iter().enumerate() {
        out.extend_from_slice(if first && i == 0 { b"[\n" } else { b",\n" });
        let filed = Filed { key: key.clone(), version: Some(*version), guide: guide.clone() };
        out.extend(serde_json::to_vec(&filed).unwrap_or_default());
    }
    out
}

/// Page after page of the catalogue: never whole in memory.
fn pieces(house: House, as_json: bool) -> Receiver<Result<Vec<u8>, Cut>> {
    let (send, receive) = channel(2);
    tokio::spawn(async move {
        let (mut after, mut first) = (ItemId::from_raw(0), true);
        loop {
            let from = after;
            let Ok(items) = house.read(move |r| catalogue::page(r, from, AT_ONCE)).await else {
                let _ = send.send(Err(Cut)).await;
                return;
            };
            let mut piece = page(as_json, &items, first);
            let last = items.last().map(|i| i.0);
            if last.is_none() && as_json {
                piece.extend_from_slice(if first { b"[]\n" } else { b"\n]\n" });
            }
            if send.send(Ok(piece)).await.is_err() {
                return;
            }
            let Some(last) = last else { return };
            (after, first) = (last, false);
        }
    });
    receive
}

/// All live items: whole as JSON, their main parts as a table.
pub(crate) async fn out(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let today = req.now().day();
    let house = req.house().clone();
    match req.query().raw("as") {
        "json" => Ok(Reply::stream("application/json", &format!("items-{today}.json"), pieces(house, true))),
        "csv" => {
            Ok(Reply::stream("text/csv; charset=utf-8", &format!("items-{today}.csv"), pieces(house, false)))
        }
        "xlsx" => {
            // A sheet is one archive; of an item only the row stays in memory.
            let (mut rows, mut after) = (Vec::new(), ItemId::from_raw(0));
            loop {
                let items = req.read(move |r| catalogue::page(r, after, AT_ONCE)).await?;
                let Some(last) = items.last().map(|i| i.0) else { break };
                rows.extend(items.iter().map(|(_, key, _, guide)| row(key, guide)));
                after = last;
            }
            let bytes = linli_sheets::xlsx("items", &head(), rows).map_err(|_| Missing)?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(Reply::download(kind, &format!("items-{today}.xlsx"), bytes))
        }
        _ => Err(Missing.into()),
    }
}

/// One item as JSON: the draft in hand, or what is live.
pub(crate) async fn one(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let asked = key.clone();
    let filed = req
        .read(move |r| {
            let version = catalogue::standing(r, &asked)?.map(|s| (s.version, s.guide));
            match acts::open(r, &asked) {
                Ok(draft) => Ok(Some(Filed { key: asked.clone(), version: None, guide: draft.document.0 })),
                Err(DraftingError::Missing) => {
                    Ok(version.map(|(n, guide)| Filed { key: asked.clone(), version: Some(n), guide }))
                }
                Err(e) => Err(e),
            }
        })
        .await?
        .ok_or(Missing)?;
    let bytes = serde_json::to_vec_pretty(&filed).map_err(|_| Missing)?;
    Ok(Reply::download("application/json", &format!("{key}.json"), bytes))
}

struct Line {
    key: String,
    name: String,
    what: String,
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    f: Frame,
    w: Words,
    errors: Errors,
    looked: bool,
    bad: Vec<(u32, String, String)>,
    wrong: usize,
    n: usize,
    planned: Vec<Line>,
    same: usize,
    /// What is to be taken, sent along once more.
    rows: String,
}

fn words(req: &Req, bad: &Bad) -> String {
    let w: Words = req.words();
    let fault = linli_sheets::RowFault {
        line: bad.line,
        column: bad.column.clone(),
        kind: bad.kind.clone(),
        args: vec![bad.arg.clone()],
    };
    match bad.kind.as_str() {
        "bad-abolished" => w.bad_abolished(&bad.arg),
        "bad-rule" => w.bad_rule(&bad.arg),
        "bad-document" => w.bad_document(&bad.arg),
        "bad-too-many" => w.bad_too_many(&bad.arg),
        kind => linli_sheets::fault_words(&fault, req.lang()).unwrap_or_else(|| terms::by_key(w, kind)),
    }
}

fn shown(req: &Req, wrong: Vec<(String, String)>, look: Option<Look>) -> Reply {
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let looked = look.is_some();
    let look = look.unwrap_or_default();
    let status = if errors.is_empty() && look.bad.is_empty() { 200 } else { 422 };
    let rows: Vec<&Filed> = look.planned.iter().map(|p| &p.filed).collect();
    let rows = if rows.is_empty() { String::new() } else { serde_json::to_string(&rows).unwrap_or_default() };
    Reply::page(&ImportPage {
        wrong: look.bad.len(),
        n: look.planned.len(),
        bad: look.bad.iter().map(|b| (b.line, b.column.clone(), words(req, b))).collect(),
        planned: look
            .planned
            .iter()
            .map(|p| Line {
                key: p.filed.key.clone(),
                name: w.lang().pick(&p.filed.guide.name.zh, &p.filed.guide.name.en).into_owned(),
                what: if p.new { w.would_be_new().to_owned() } else { w.would_change(&p.changed) },
            })
            .collect(),
        same: look.same,
        looked,
        errors,
        rows,
        f,
        w,
    })
    .status(status)
}

pub(crate) async fn import(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    Ok(shown(&req, Vec::new(), None))
}

/// Looks at a file; or takes what was looked at, as drafts.
pub(crate) async fn take(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let w: Words = req.words();
    if req.form().has("rows") {
        return taken(&req).await;
    }
    let missing = || vec![("file".to_owned(), w.import_missing().to_owned())];
    let Some(file) = req.form().upload("file") else { return Ok(shown(&req, missing(), None)) };
    let bytes = file.bytes.clone();
    let departments = departments(&req).await?;
    match look(&req, &bytes, departments).await? {
        Ok(found) => Ok(shown(&req, Vec::new(), Some(found))),
        Err(e) => {
            let words = linli_sheets::sheet_words(&e, req.lang());
            Ok(shown(&req, vec![("file".to_owned(), words)], None))
        }
    }
}

/// Drafts begun in one act: each writes about six rows.
const TAKEN_AT_ONCE: usize = 40;

async fn taken(req: &Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let rows: Vec<Filed> = serde_json::from_str(req.form().raw("rows")).map_err(|_| Malformed)?;
    // Looked at again: what was sent along may be another's, or somebody was quicker.
    let bytes = serde_json::to_vec(&rows).map_err(|_| Malformed)?;
    let departments = departments(req).await?;
    let again = match look(req, &bytes, departments).await? {
        Ok(again) => again,
        Err(_) => return Err(Malformed.into()),
    };
    if !again.bad.is_empty() {
        return Ok(shown(req, Vec::new(), Some(again)));
    }
    let n = again.planned.len();
    let all: Vec<Filed> = again.planned.into_iter().map(|p| p.filed).collect();
    for chunk in all.chunks(TAKEN_AT_ONCE) {
        let chunk = chunk.to_vec();
        req.act(move |act| {
            for filed in &chunk {
                let id = acts::begin(act, &filed.key, &filed.guide)?;
                act.log(Entry::new(Subject::new("item_draft", id), "drafting.imported"))?;
            }
            Ok::<_, DraftingError>(())
        })
        .await?;
    }
    Ok(Reply::see_other("/office/catalogue?show=draft").flash(w.said_imported(&n)))
}
