//! The postroom's pages.

use askama::Template;
use linli_web::ui::{Button, Errors, Pager};
use linli_web::{Fault, Frame, Malformed, Reply, Req, Site};
use linli_words::Lang;

use crate::domain::DeliveryId;
use crate::error::NoticeError;
use crate::post::{self, SHEETS};
use crate::seams::PhoneBookService;
use crate::{Words, pages};

const PAGE: u16 = 50;

struct Letter {
    id: DeliveryId,
    place: String,
    planned: String,
    state: String,
    came_back: Button,
}

#[derive(Template)]
#[template(path = "letters.html")]
struct LettersPage {
    f: Frame,
    w: Words,
    errors: Errors,
    posted: bool,
    rows: Vec<Letter>,
    pager: Pager,
}

struct Printed {
    id: DeliveryId,
    rev: i64,
    waiting: bool,
    /// Words in the language in which she wants to be told.
    w: Words,
    /// The name, as the post reads it: in Chinese whatever the letter's language.
    to: String,
    lines: Vec<String>,
    known: bool,
    text: String,
    district: String,
    day: String,
}

#[derive(Template)]
#[template(path = "letters_print.html")]
struct PrintPage {
    f: Frame,
    w: Words,
    sheets: Vec<Printed>,
    waiting: bool,
    origin: String,
}

async fn letters_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let posted = req.query().raw("show") == "posted";
    let (actor, at): (_, Option<DeliveryId>) = (req.actor().clone(), req.ask("at"));
    let house = req.house().clone();
    let found = req
        .read(move |r| {
            let rows = if posted {
                post::posted(r, &actor, at.unwrap_or(DeliveryId::from_raw(i64::MAX)), PAGE)?
            } else {
                post::waiting(r, &actor, at.unwrap_or(DeliveryId::from_raw(0)), PAGE)?
            };
            let book = house.service::<PhoneBookService>();
            let mut out = Vec::new();
            for row in rows {
                let names = row.place.map(|place| book.0.place(r, place)).transpose()?;
                out.push((row, names.unwrap_or_default()));
            }
            Ok::<_, NoticeError>(out)
        })
        .await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let way = if posted { "/desk/letters?show=posted&at=" } else { "/desk/letters?at=" };
    let next = match found.last() {
        Some((last, _)) if found.len() == usize::from(PAGE) => format!("{way}{}", last.id),
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(d, (zh, en))| Letter {
            id: d.id,
            place: lang.pick(&zh, &en).into_owned(),
            planned: d.planned_at.minute(),
            state: pages::state_words(w, &d),
            came_back: Button::quiet(
                &format!("/desk/letters/{}/returned", d.id),
                if posted { w.came_back() } else { w.not_posted() },
                f.hidden(),
            )
            .with(&[("rev", &d.rev.to_string())]),
        })
        .collect();
    Ok(Reply::page(&LettersPage {
        errors: Errors::new(f.words().errors_title(), wrong),
        posted,
        rows,
        pager: Pager {
            next,
            first: match (at, posted) {
                (None, _) => String::new(),
                (_, true) => "/desk/letters?show=posted".to_owned(),
                (_, false) => "/desk/letters".to_owned(),
            },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    letters_page(&req, Vec::new()).await
}

/// A sheet for each letter that was ticked. Opening them is logged for those they are to.
pub(crate) async fn print(req: Req) -> Result<Reply, Fault> {
    let w = req.words::<Words>();
    let ids: Vec<DeliveryId> = req.query().all("letter").filter_map(|v| v.parse().ok()).collect();
    if ids.is_empty() || ids.len() > SHEETS {
        let words = if ids.is_empty() { w.tick_letters().to_owned() } else { w.too_many_letters(&SHEETS) };
        return Ok(letters_page(&req, vec![("letters".to_owned(), words)]).await?.status(422));
    }
    let sheets = req.act(move |act| post::print(act, &ids)).await?;
    let site = req.house().service::<Site>();
    let post = Words::from(Lang::ZhHans);
    let sheets: Vec<Printed> = sheets
        .into_iter()
        .map(|s| Printed {
            id: s.id,
            rev: s.rev,
            waiting: s.waiting,
            known: s.address.as_ref().is_some_and(|a| !a.lines.is_empty()),
            to: s.address.as_ref().map(|a| post.addressee(&a.name)).unwrap_or_default(),
            lines: s.address.map(|a| a.lines).unwrap_or_default(),
            w: Words::from(s.lang),
            text: s.content.text(s.lang),
            district: s.lang.pick(&site.district_zh, &site.district_en).into_owned(),
            day: if s.lang.is_en() { s.told.day().en() } else { s.told.day().zh() },
        })
        .collect();
    Ok(Reply::page(&PrintPage {
        waiting: sheets.iter().any(|s| s.waiting),
        origin: site.origin.clone(),
        f: req.frame(),
        w,
        sheets,
    }))
}

pub(crate) async fn posted(req: Req) -> Result<Reply, Fault> {
    let mut letters = Vec::new();
    for value in req.form().all("letter") {
        let (id, rev) = value.split_once(':').ok_or(Malformed)?;
        letters.push((id.parse().map_err(|_| Malformed)?, rev.parse().map_err(|_| Malformed)?));
    }
    let n = req.act(move |act| post::post(act, &letters)).await?;
    let w = req.words::<Words>();
    Ok(Reply::see_other("/desk/letters").flash(w.posted_done(&n)))
}

pub(crate) async fn returned(req: Req) -> Result<Reply, Fault> {
    let id: DeliveryId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    req.act(move |act| post::returned(act, id, rev)).await?;
    Ok(Reply::see_other("/desk/letters").flash(req.words::<Words>().noted()))
}
