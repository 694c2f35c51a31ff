//! Feeds for everybody's readers: Atom (RFC 4287) and JSON Feed 1.1, of the same filter as the list.

use std::fmt::Write as _;

use linli_base::Instant;
use linli_web::{Fault, Reply, Req};
use serde::Serialize;

use crate::Words;
use crate::error::PublicationError;
use crate::listing::{self, Filter};
use crate::names;

/// Entries of a feed.
const ENTRIES: u16 = 50;

struct Entry {
    link: String,
    title: String,
    summary: String,
    body: String,
    at: Instant,
}

async fn entries(req: &Req) -> Result<Vec<Entry>, Fault> {
    let filter = Filter::read(req.query());
    let (w, lang, origin) = (req.words::<Words>(), req.lang(), req.origin().to_owned());
    let found = req
        .read(move |r| {
            let mut out = Vec::new();
            for row in listing::listed(r, &filter, None, ENTRIES)? {
                let body = names::body(r, lang, row.body)?;
                let summary = [names::kind(w, row.kind), names::topic(w, row.topic), &row.number];
                out.push(Entry {
                    link: format!("{origin}/publications/{}", row.id),
                    title: names::pick(lang, &row.title_zh, &row.title_en),
                    summary: summary.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · "),
                    body,
                    at: row.published_at,
                });
            }
            Ok::<_, PublicationError>(out)
        })
        .await?;
    Ok(found)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // What XML 1.0 cannot hold at all.
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

fn title(req: &Req) -> String {
    let w: Words = req.words();
    format!("{} · {}", req.frame().district, w.title())
}

pub(crate) async fn atom(req: Req) -> Result<Reply, Fault> {
    let entries = entries(&req).await?;
    let origin = req.origin();
    let updated = entries.first().map_or(Instant::from_millis(0), |e| e.at);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    // Writing into a String never fails.
    let _ = writeln!(
        out,
        "<title>{}</title>\n<id>{o}/publications</id>\n<link href=\"{o}/publications\"/>\n<link rel=\"self\" href=\"{o}/publications/feed.atom\"/>\n<updated>{}</updated>",
        escape(&title(&req)),
        updated.rfc3339(),
        o = escape(origin),
    );
    for e in &entries {
        let _ = writeln!(
            out,
            "<entry><title>{}</title><id>{l}</id><link href=\"{l}\"/><updated>{}</updated><author><name>{}</name></author><summary>{}</summary></entry>",
            escape(&e.title),
            e.at.rfc3339(),
            escape(&e.body),
            escape(&e.summary),
            l = escape(&e.link),
        );
    }
    out.push_str("</feed>\n");
    Ok(Reply::bytes("application/atom+xml; charset=utf-8", out.into_bytes()).cache_public(60))
}

#[derive(Serialize)]
struct JsonFeed {
    version: &'static str,
    title: String,
    home_page_url: String,
    feed_url: String,
    items: Vec<JsonItem>,
}

#[derive(Serialize)]
struct JsonItem {
    id: String,
    url: String,
    title: String,
    summary: String,
    content_text: String,
    date_published: String,
    authors: Vec<Author>,
}

#[derive(Serialize)]
struct Author {
    name: String,
}

pub(crate) async fn json(req: Req) -> Result<Reply, Fault> {
    let entries = entries(&req).await?;
    let feed = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: title(&req),
        home_page_url: format!("{}/publications", req.origin()),
        feed_url: format!("{}/publications/feed.json", req.origin()),
        items: entries
            .into_iter()
            .map(|e| JsonItem {
                id: e.link.clone(),
                url: e.link,
                title: e.title,
                content_text: e.summary.clone(),
                summary: e.summary,
                date_published: e.at.rfc3339(),
                authors: vec![Author { name: e.body }],
            })
            .collect(),
    };
    let bytes = serde_json::to_vec(&feed).map_err(|_| PublicationError::Stored)?;
    Ok(Reply::bytes("application/feed+json", bytes).cache_public(60))
}
