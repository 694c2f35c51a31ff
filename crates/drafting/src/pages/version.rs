//! A version, as it was and beside another; the draft and the offered text as a resident would see them.

use askama::Template;
use linli_base::Instant;
use linli_catalogue::offers::{self as catalogue, ItemState};
use linli_guide::Guide;
use linli_web::{Fault, Frame, Missing, Reply, Req};
use serde_json::Value;

use super::terms;
use crate::compare::{self, Line};
use crate::error::DraftingError;
use crate::{EDITOR, Words, acts, codec};

#[derive(Template)]
#[template(path = "version.html")]
struct VersionPage {
    f: Frame,
    w: Words,
    key: String,
    name: String,
    title: String,
    when: String,
    /// Everything that it says.
    all: Vec<Line>,
    /// What is other than in the version beside it.
    lines: Vec<Line>,
    /// The versions to compare with, each with its address; the chosen one.
    others: Vec<(String, String, bool)>,
    compared: bool,
    /// A draft may be begun from it.
    take: Option<i64>,
    /// The text that the program brought.
    offered: bool,
    preview: String,
}

struct Loaded {
    guide: Guide,
    at: Instant,
    live: i64,
    versions: Vec<(i64, Instant)>,
    other: Option<(i64, Guide)>,
    editor: bool,
}

async fn load(req: &Req, key: &str, n: Option<i64>, with: Option<i64>) -> Result<Loaded, Fault> {
    let (key, actor) = (key.to_owned(), req.actor().clone());
    Ok(req
        .read(move |r| {
            let item = catalogue::standing(r, &key)?.ok_or(DraftingError::Missing)?;
            let versions = catalogue::versions(r, item.id)?;
            let (guide, at) = match n {
                Some(n) => {
                    let guide = (*catalogue::version(r, item.id, n)?.ok_or(DraftingError::Missing)?).clone();
                    (guide, versions.iter().find(|v| v.0 == n).map_or_else(|| r.now(), |v| v.1))
                }
                None => catalogue::newer(r, item.id)?.ok_or(DraftingError::Missing)?,
            };
            let with = with.unwrap_or(match n {
                Some(n) => n - 1,
                None => item.version,
            });
            let other = catalogue::version(r, item.id, with)?.map(|g| (with, (*g).clone()));
            let closed = acts::open(r, &key).is_ok() || item.state == ItemState::Retired;
            let editor = !closed && acts::allowed(r, &actor, &EDITOR, &item.guide.department.code)?;
            Ok::<_, DraftingError>(Loaded { guide, at, live: item.version, versions, other, editor })
        })
        .await?)
}

async fn page(req: &Req, n: Option<i64>) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let l = load(req, &key, n, req.ask("with")).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let form = l.guide.form().map(std::borrow::Cow::into_owned);
    let terms = terms(req, form.as_ref()).await?;
    let document = codec::document(&l.guide);
    let here = n.map_or_else(|| "newer".to_owned(), |n| format!("versions/{n}"));
    Ok(Reply::page(&VersionPage {
        name: w.lang().pick(&l.guide.name.zh, &l.guide.name.en).into_owned(),
        title: n.map_or_else(|| w.tab_newer().to_owned(), |n| w.version_n(&n)),
        when: l.at.day().to_string(),
        all: compare::lines(&terms, &Value::Null, &document),
        lines: match &l.other {
            Some((_, other)) => compare::lines(&terms, &codec::document(other), &document),
            None => Vec::new(),
        },
        others: l
            .versions
            .iter()
            .filter(|(m, _)| Some(*m) != n)
            .take(20)
            .map(|(m, _)| {
                let href = format!("/office/catalogue/{key}/{here}?with={m}");
                (href, w.version_n(m), l.other.as_ref().is_some_and(|o| o.0 == *m))
            })
            .collect(),
        compared: l.other.is_some(),
        take: n.filter(|n| l.editor && *n != l.live),
        offered: n.is_none() && l.editor,
        preview: format!(
            "/office/catalogue/{key}/preview{}",
            n.map(|n| format!("?version={n}")).unwrap_or_default()
        ),
        key,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let n: i64 = req.path("n")?;
    page(&req, Some(n)).await
}

pub(crate) async fn newer(req: Req) -> Result<Reply, Fault> {
    page(&req, None).await
}

/// The draft, or a version, that is to be shown as a resident would see it.
async fn wanted(req: &Req, key: &str) -> Result<Guide, Fault> {
    let (asked, n): (String, Option<i64>) = (key.to_owned(), req.ask("version"));
    Ok(req
        .read(move |r| {
            let item = catalogue::standing(r, &asked)?;
            if let (Some(n), Some(item)) = (n, &item) {
                return Ok(catalogue::version(r, item.id, n)?.map(|g| (*g).clone()));
            }
            match acts::open(r, &asked) {
                Ok(draft) => Ok(Some(draft.document.0)),
                Err(DraftingError::Missing) => Ok::<_, DraftingError>(item.map(|i| i.guide)),
                Err(e) => Err(e),
            }
        })
        .await?
        .ok_or(Missing)?)
}

/// Its guide, whose button leads to the pages of its form.
pub(crate) async fn preview(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let key: String = req.path("key")?;
    let guide = wanted(&req, &key).await?;
    let pages = guide.form().is_some_and(|f| !f.pages.is_empty());
    // The pages of an old version are not shown: only the draft's or what is live.
    let begin = if pages && req.ask::<i64>("version").is_none() {
        format!("/office/catalogue/{key}/preview/1")
    } else {
        String::new()
    };
    linli_catalogue::offers::preview(&req, &key, &guide, begin).await
}

/// A page of its form.
pub(crate) async fn preview_page(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let (key, n): (String, usize) = (req.path("key")?, req.path("page")?);
    let guide = wanted(&req, &key).await?;
    linli_applications::offers::preview(&req, &guide, n, &format!("/office/catalogue/{key}/preview")).await
}
