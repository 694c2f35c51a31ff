//! The owner's page of her files.

use askama::Template;
use linli_web::ui::{Chip, Pager, Tone};
use linli_web::{Fault, Frame, Reply, Req};

use crate::domain::{FileId, Scan, shown_size};
use crate::error::FileError;
use crate::{Words, acts, offers, store};

const PAGE: u16 = 30;

struct Line {
    id: FileId,
    name: String,
    detail: String,
    scan: Chip,
    opens: bool,
    used: bool,
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    f: Frame,
    w: Words,
    files: Vec<Line>,
    pager: Pager,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let before = FileId::from_raw(req.ask("before").unwrap_or(i64::MAX));
    let (house, lang) = (req.house().clone(), req.lang());
    let (files, last) = req
        .read(move |r| {
            let rows = r.all(&store::OF_PERSON, (person, before, PAGE))?;
            let last = rows.last().map(|row| row.id).filter(|_| rows.len() == usize::from(PAGE));
            let mut files = Vec::new();
            for row in rows {
                let about = row.open(house.vault())?;
                let day = row.added_at.day();
                let day = if lang.is_en() { day.en() } else { day.zh() };
                let tone = match row.scan {
                    Scan::Clean => Tone::Done,
                    Scan::Infected => Tone::Late,
                    Scan::Waiting | Scan::NotScanned => Tone::Plain,
                };
                files.push(Line {
                    id: row.id,
                    name: about.name,
                    detail: format!("{day} · {}", shown_size(row.size)),
                    scan: Chip::new(tone, offers::scan_words(row.scan, lang)),
                    opens: row.scan != Scan::Infected,
                    used: r.one(&store::USES, (row.id,))?.0 > 0,
                });
            }
            Ok::<_, FileError>((files, last))
        })
        .await?;
    let f = req.frame();
    let pager = Pager {
        next: last.map(|id| format!("/my/files?before={}", id.raw())).unwrap_or_default(),
        first: if before.raw() == i64::MAX { String::new() } else { "/my/files".to_owned() },
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    };
    Ok(Reply::page(&MinePage { files, pager, w: req.words(), f }))
}

pub(crate) async fn download(req: Req) -> Result<Reply, Fault> {
    let id: FileId = req.path("id")?;
    let row = req
        .act(move |act| {
            let person = act.actor.resident()?;
            if acts::file(act, id)?.person != person {
                return Err(FileError::Missing);
            }
            acts::open(act, id)
        })
        .await?;
    Ok(offers::reply(req.house(), &row))
}

pub(crate) async fn remove(req: Req) -> Result<Reply, Fault> {
    let id: FileId = req.path("id")?;
    let w: Words = req.words();
    let gone = req
        .act(move |act| {
            let person = act.actor.resident()?;
            let row = acts::file(act, id)?;
            if row.person != person {
                return Err(FileError::Missing);
            }
            acts::remove_unused(act, &row)
        })
        .await?;
    Ok(Reply::see_other("/my/files").flash(if gone { w.said_removed() } else { w.said_used() }))
}
