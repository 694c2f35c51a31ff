//! One page of a draft: a section or a record, as a plain form. Buttons that add, take away and move change what is typed and save
//! nothing; whoever saves what another has changed meanwhile sees both.

use askama::Template;
use linli_web::ui::Errors;
use linli_web::{Fault, Frame, Malformed, Missing, Reply, Req};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::terms;
use crate::codec::{self, at};
use crate::compare::{self, Line};
use crate::domain::DraftState;
use crate::error::DraftingError;
use crate::inputs::{Inputs, Maker};
use crate::shape::{List, Shape, Spot, spot};
use crate::store::DraftRow;
use crate::terms::Terms;
use crate::typed::Typed;
use crate::{EDITOR, Words, acts};

struct Entry {
    n: usize,
    title: String,
    href: String,
    path: String,
}

/// A list of records that have pages of their own.
struct Listed {
    id: &'static str,
    label: String,
    add: String,
    add_href: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    f: Frame,
    w: Words,
    errors: Errors,
    key: String,
    at: String,
    name: String,
    /// The way up: address and words.
    crumbs: Vec<(String, String)>,
    title: String,
    inputs: Inputs,
    /// Whether there is anything to type.
    typing: bool,
    seen: String,
    lists: Vec<Listed>,
    unsaved: bool,
    theirs: Vec<Line>,
}

/// What stood on the page when it was shown: saving over something else is told.
fn digest(value: &Value) -> String {
    let hash = Sha256::digest(value.to_string().as_bytes());
    hash.iter().take(12).map(|b| format!("{b:02x}")).collect()
}

/// Keys of the fields whose answers a test on this page may ask: before anybody applies none, on a page of the form those of earlier
/// pages, elsewhere all.
fn answered(document: &Value, base: &str) -> Vec<String> {
    if base.starts_with("conditions") {
        return Vec::new();
    }
    let upto = base.strip_prefix("begin.form.pages.").and_then(|rest| {
        let n = rest.split('.').next()?;
        n.parse::<usize>().ok()
    });
    let own = at(document, "begin.form.pages").as_array().cloned();
    let generic = (document.get("begin") == Some(&Value::from("generic")))
        .then(|| serde_json::to_value(linli_guide::form::generic().pages).ok())
        .flatten()
        .and_then(|v| v.as_array().cloned());
    let pages = own.or(generic).unwrap_or_default();
    let fields = pages
        .iter()
        .take(upto.unwrap_or(usize::MAX))
        .flat_map(|p| at(p, "fields").as_array().cloned().unwrap_or_default());
    fields.filter_map(|f| f.get("key").and_then(Value::as_str).map(str::to_owned)).collect()
}

/// The draft in hand, for somebody who may write in it.
async fn load(req: &Req, key: &str) -> Result<Option<DraftRow>, Fault> {
    let (key, actor) = (key.to_owned(), req.actor().clone());
    Ok(req
        .read(move |r| {
            let draft = match acts::open(r, &key) {
                Err(DraftingError::Missing) => return Ok(None),
                other => other?,
            };
            if !acts::allowed(r, &actor, &EDITOR, &draft.document.0.department.code)? {
                return Err(linli_acts::Denied::Duty(&EDITOR).into());
            }
            Ok::<_, DraftingError>(Some(draft).filter(|d| d.state == DraftState::Draft))
        })
        .await?)
}

/// The address of the page above.
fn above(spot: &Spot) -> String {
    let steps: Vec<&str> = spot.base.split('.').collect();
    let up = steps.get(..steps.len().saturating_sub(2)).unwrap_or_default().join(".");
    match crate::shape::spot(&up) {
        Some(s) if s.list.is_some() => up,
        _ => spot.section.name.to_owned(),
    }
}

fn crumbs(key: &str, spot: &Spot, document: &Value, terms: &Terms) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut here = spot.clone();
    while here.list.is_some() {
        let up = above(&here);
        let Some(next) = crate::shape::spot(&up) else { break };
        let words = match next.list {
            Some(_) => terms.title(at(document, &next.base)),
            None => terms.by_key(next.section.label),
        };
        out.push((format!("/office/catalogue/{key}/edit/{up}"), words));
        here = next;
    }
    out.reverse();
    out
}

fn listed(key: &str, spot: &Spot, list: &'static List, stood: &Value, terms: &Terms) -> Listed {
    let below =
        if spot.base.is_empty() { list.key.to_owned() } else { format!("{}.{}", spot.base, list.key) };
    let rows = at(stood, list.key).as_array().cloned().unwrap_or_default();
    let entries = rows
        .iter()
        .enumerate()
        .map(|(n, row)| {
            let title = terms.title(row);
            Entry {
                n,
                title: if title.is_empty() { terms.nth(&terms.by_key(list.label), n + 1) } else { title },
                href: format!("/office/catalogue/{key}/edit/{below}.{n}"),
                path: format!("{}.{n}", list.key),
            }
        })
        .collect();
    Listed {
        id: list.key,
        label: terms.by_key(list.label),
        add: terms.by_key(list.add),
        add_href: format!("/office/catalogue/{key}/edit/{below}.new"),
        entries,
    }
}

/// Something that a new record begins with, so that its lists have a first choice.
fn fresh(spot: &Spot) -> Value {
    match spot.list.map(|l| l.key) {
        Some("materials") => {
            serde_json::json!({ "need": "must", "source": { "from": "applicant" }, "ways": [] })
        }
        Some("fields") => serde_json::json!({ "kind": "text" }),
        _ => Value::Null,
    }
}

struct Shown<'a> {
    typed: Option<Typed>,
    wrong: Vec<(String, String)>,
    unsaved: bool,
    theirs: Vec<Line>,
    draft: &'a DraftRow,
}

async fn page(req: &Req, key: &str, spot: &Spot, shown: Shown<'_>) -> Result<Reply, Fault> {
    let guide = &shown.draft.document.0;
    let document = codec::document(guide);
    let new = spot.base.ends_with(".new");
    let stood = at(&document, &spot.base);
    if !new && stood.is_null() {
        return Err(Missing.into());
    }
    let form = guide.form().map(std::borrow::Cow::into_owned);
    let terms = terms(req, form.as_ref()).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), shown.wrong);
    let typed = match shown.typed {
        Some(typed) => typed,
        None if new => codec::encode(spot.record, &fresh(spot)),
        None => codec::encode(spot.record, stood),
    };
    let answered = answered(&document, &spot.base);
    let inputs =
        Maker { terms: &terms, typed: &typed, errors: &errors, answered: &answered }.record(spot.record);
    let title = match spot.list {
        None => terms.by_key(spot.section.label),
        Some(list) if new => terms.by_key(list.add),
        Some(_) => terms.title(stood),
    };
    let lists = if new {
        Vec::new()
    } else {
        let shows = |l: &&List| {
            l.key != "fields" || spot.list.is_none_or(|up| up.key != "fields") || at(stood, "kind") == "group"
        };
        spot.record.lists.iter().filter(shows).map(|l| listed(key, spot, l, stood, &terms)).collect()
    };
    let status = match (errors.is_empty(), shown.theirs.is_empty()) {
        (_, false) => 409,
        (false, true) => 422,
        (true, true) => 200,
    };
    Ok(Reply::page(&EditPage {
        crumbs: crumbs(key, spot, &document, &terms),
        name: w.lang().pick(&guide.name.zh, &guide.name.en).into_owned(),
        typing: !spot.record.parts.is_empty(),
        seen: digest(stood),
        at: if spot.list.is_some() { spot.base.clone() } else { spot.section.name.to_owned() },
        key: key.to_owned(),
        unsaved: shown.unsaved,
        theirs: shown.theirs,
        errors,
        title,
        inputs,
        lists,
        f,
        w,
    })
    .status(status))
}

fn away(req: &Req, key: &str) -> Reply {
    let w: Words = req.words();
    Reply::see_other(&format!("/office/catalogue/{key}")).flash(w.no_draft())
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let place: String = req.path("at")?;
    let spot = spot(&place).ok_or(Missing)?;
    let Some(draft) = load(&req, &key).await? else { return Ok(away(&req, &key)) };
    page(
        &req,
        &key,
        &spot,
        Shown { typed: None, wrong: Vec::new(), unsaved: false, theirs: Vec::new(), draft: &draft },
    )
    .await
}

/// What a button does to what is typed; false: it is none of ours.
fn press(typed: &mut Typed, what: &str) -> bool {
    let Some((what, name)) = what.split_once(':') else { return false };
    let row =
        || name.rsplit_once('.').and_then(|(list, i)| Some((list.to_owned(), i.parse::<usize>().ok()?)));
    match what {
        "add" => drop(typed.add(name)),
        "way" => {
            let kind = typed.get(&format!("{name}.add")).to_owned();
            let row = typed.add(name);
            typed.set(&format!("{row}.way"), &kind);
        }
        "up" | "remove" => match row() {
            Some((list, i)) if what == "up" => typed.up(&list, i),
            Some((list, i)) => typed.remove(&list, i),
            None => return false,
        },
        "fact" => typed.add_comparison(name),
        "group" => typed.add_group(name),
        "untest" => typed.remove_test(name),
        _ => return false,
    }
    true
}

/// What of a document is wrong on this page: name of the input, code, argument. What only its lists can mend is told on the item's page.
fn wrong_here(
    spot: &Spot,
    base: &str,
    faults: &[(String, &'static str, String)],
) -> Vec<(String, &'static str, String)> {
    let mut out = Vec::new();
    for (path, code, arg) in
        faults.iter().filter(|(_, code, _)| !matches!(*code, "bad-group" | "bad-empty-page"))
    {
        let Some(rest) = (match base {
            "" => Some(path.as_str()),
            base => path.strip_prefix(base).and_then(|r| r.strip_prefix('.')),
        }) else {
            continue;
        };
        let part = spot.record.parts.iter().find(|p| {
            !p.key.is_empty()
                && (rest == p.key || rest.strip_prefix(p.key).is_some_and(|r| r.starts_with('.')))
        });
        // Of what begins elsewhere only the address is on the page where one chooses; a form has pages of its own.
        if let Some(part) = part.filter(|p| p.key != "begin" || rest == "begin") {
            let both = matches!(part.shape, Shape::Both) && rest == part.key;
            let name = if both { format!("{rest}.zh") } else { rest.to_owned() };
            out.push((name, *code, arg.clone()));
        }
    }
    out
}

/// How saving a page ended.
enum Saved {
    Yes {
        at: usize,
        /// A new record that has records of its own, which come next.
        deeper: bool,
    },
    Wrong(Vec<(String, &'static str, String)>),
    /// Another has saved it since.
    Other,
}

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let place: String = req.path("at")?;
    let spot = spot(&place).ok_or(Missing)?;
    let form = req.form();
    if form.has("move") {
        return reorder(&req, &key, &spot).await;
    }
    let mut typed = Typed::of(form.pairs());
    let pressed = form.raw("do").to_owned();
    if !pressed.is_empty() {
        if !press(&mut typed, &pressed) {
            return Err(Malformed.into());
        }
        let Some(draft) = load(&req, &key).await? else { return Ok(away(&req, &key)) };
        let shown =
            Shown { typed: Some(typed), wrong: Vec::new(), unsaved: true, theirs: Vec::new(), draft: &draft };
        return page(&req, &key, &spot, shown).await;
    }
    let (seen, item, here, sent) = (form.raw("seen").to_owned(), key.clone(), spot.clone(), typed.clone());
    let done = req
        .act(move |act| {
            let draft = acts::open(act, &item)?;
            if draft.state != DraftState::Draft {
                return Err(DraftingError::Changed);
            }
            let mut document = codec::document(&draft.document.0);
            let stood = at(&document, &here.base).clone();
            if digest(&stood) != seen {
                return Ok(Saved::Other);
            }
            let new = here.base.ends_with(".new");
            let made = match codec::decode(here.record, &sent, if new { &Value::Null } else { &stood }) {
                Ok(made) => made,
                Err(wrong) => {
                    return Ok(Saved::Wrong(wrong.into_iter().map(|(n, c)| (n, c, String::new())).collect()));
                }
            };
            if !codec::put_at(&mut document, &here.base, made) {
                return Err(DraftingError::Missing);
            }
            let guide = codec::guide(&document).ok_or(DraftingError::Unsound)?;
            let (base, n) = match here.base.strip_suffix(".new") {
                None => (here.base.clone(), 0),
                Some(list) => {
                    let n = at(&document, list).as_array().map_or(0, |a| a.len().saturating_sub(1));
                    (format!("{list}.{n}"), n)
                }
            };
            let house = act.house;
            let papers = linli_catalogue::offers::papers(act, house)?;
            let wrong = wrong_here(
                &here,
                &base,
                &acts::faults(&guide, &linli_catalogue::abolished::all(act)?, &papers),
            );
            if !wrong.is_empty() {
                return Ok(Saved::Wrong(wrong));
            }
            acts::write(act, &draft, &guide)?;
            let made = at(&document, &base);
            let group = here.list.is_none_or(|l| l.key != "fields") || at(made, "kind") == "group";
            Ok(Saved::Yes { at: n, deeper: new && group && !here.record.lists.is_empty() })
        })
        .await;
    let w: Words = req.words();
    let draft = match &done {
        Ok(Saved::Yes { .. }) => None,
        Err(DraftingError::Changed | DraftingError::Missing) => return kept(&req, &key, &spot, &typed).await,
        Err(DraftingError::Denied(linli_acts::Denied::Duty(_))) if place == "basics" => {
            load(&req, &key).await?
        }
        Err(_) => None,
        Ok(_) => load(&req, &key).await?,
    };
    match (done, draft) {
        (Ok(Saved::Yes { at, deeper }), _) => {
            let to = match spot.base.strip_suffix(".new") {
                Some(list) if deeper => format!("{list}.{at}"),
                _ if spot.list.is_some() => above(&spot),
                _ => String::new(),
            };
            let to = if to.is_empty() {
                format!("/office/catalogue/{key}")
            } else {
                format!("/office/catalogue/{key}/edit/{to}")
            };
            Ok(Reply::see_other(&to).flash(w.saved()))
        }
        (Err(e), None) => Err(e.into()),
        (Ok(_), None) => Ok(away(&req, &key)),
        (done, Some(draft)) => {
            let (mut wrong, mut theirs) = (Vec::new(), Vec::new());
            match done {
                Ok(Saved::Wrong(found)) => wrong.extend(found.into_iter().map(|(name, code, arg)| {
                    let words = match code {
                        "bad-abolished" => w.bad_abolished(&arg),
                        code => crate::terms::by_key(w, code),
                    };
                    (name, words)
                })),
                Err(_) => wrong.push(("department".to_owned(), w.not_your_department().to_owned())),
                Ok(_) => {
                    let guide = &draft.document.0;
                    let document = codec::document(guide);
                    let stood = at(&document, &spot.base);
                    if stood.is_null() {
                        return kept(&req, &key, &spot, &typed).await;
                    }
                    let terms = terms(&req, guide.form().map(std::borrow::Cow::into_owned).as_ref()).await?;
                    let mine = codec::decode(spot.record, &typed, stood).unwrap_or_else(|_| stood.clone());
                    theirs = compare::of_record(&terms, spot.record, stood, &mine);
                }
            }
            let shown = Shown { typed: Some(typed), wrong, unsaved: true, theirs, draft: &draft };
            page(&req, &key, &spot, shown).await
        }
    }
}

#[derive(Template)]
#[template(path = "kept.html")]
struct KeptPage {
    f: Frame,
    w: Words,
    key: String,
    lines: Vec<(String, String)>,
}

/// The draft is gone or proposed meanwhile: what was typed is shown, to be copied.
async fn kept(req: &Req, key: &str, spot: &Spot, typed: &Typed) -> Result<Reply, Fault> {
    let terms = terms(req, None).await?;
    let made = codec::decode(spot.record, typed, &Value::Null).unwrap_or_default();
    let mut lines: Vec<(String, String)> = spot
        .record
        .parts
        .iter()
        .map(|p| (terms.by_key(p.label), terms.say(p, at(&made, p.key))))
        .filter(|(_, said)| !said.is_empty())
        .collect();
    if lines.is_empty() {
        let ours = |name: &str| !matches!(name, "csrf" | "once" | "seen" | "do");
        lines = typed
            .pairs()
            .filter(|(k, v)| ours(k) && !v.is_empty())
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
    }
    let (f, w) = (req.frame(), req.words());
    Ok(Reply::page(&KeptPage { f, w, key: key.to_owned(), lines }).status(409))
}

/// Moves a record of a list up or takes it away.
async fn reorder(req: &Req, key: &str, spot: &Spot) -> Result<Reply, Fault> {
    let form = req.form();
    let (what, path) = form.raw("move").split_once(':').ok_or(Malformed)?;
    let (list, i) = path.rsplit_once('.').ok_or(Malformed)?;
    let i: usize = i.parse().map_err(|_| Malformed)?;
    if !spot.record.lists.iter().any(|l| l.key == list) || !matches!(what, "up" | "remove") {
        return Err(Malformed.into());
    }
    let up = what == "up";
    let (seen, item, here, list) =
        (form.raw("seen").to_owned(), key.to_owned(), spot.clone(), list.to_owned());
    req.act(move |act| {
        let draft = acts::open(act, &item)?;
        let mut document = codec::document(&draft.document.0);
        let mut stood = at(&document, &here.base).clone();
        if draft.state != DraftState::Draft || digest(&stood) != seen {
            return Err(DraftingError::Changed);
        }
        let mut rows = at(&stood, &list).as_array().cloned().unwrap_or_default();
        if i >= rows.len() || (up && i == 0) {
            return Err(DraftingError::Missing);
        }
        if up {
            rows.swap(i, i - 1);
        } else {
            rows.remove(i);
        }
        codec::put_at(&mut stood, &list, Value::Array(rows));
        codec::put_at(&mut document, &here.base, stood);
        let guide = codec::guide(&document).ok_or(DraftingError::Unsound)?;
        acts::write(act, &draft, &guide)
    })
    .await?;
    let w: Words = req.words();
    let to = if spot.list.is_some() { spot.base.as_str() } else { spot.section.name };
    Ok(Reply::see_other(&format!("/office/catalogue/{key}/edit/{to}")).flash(w.saved()))
}
