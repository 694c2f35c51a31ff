//! What she allowed whom to use.

use askama::Template;
use linli_db::DbError;
use linli_web::ui::{Button, Chip, Tone};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use crate::Words;
use crate::acts::consents::{self as consent, ConsentId};

struct ConsentLine {
    purpose: String,
    detail: String,
    chip: Chip,
    withdraw: Option<Button>,
}

#[derive(Template)]
#[template(path = "consents.html")]
struct ConsentsPage {
    f: Frame,
    w: Words,
    lines: Vec<ConsentLine>,
    next: String,
}

const PAGE: u16 = 30;

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let id = req.resident()?;
    let before: ConsentId = req.ask("before").unwrap_or(ConsentId::from_raw(i64::MAX));
    let w: Words = req.words();
    let f = req.frame();
    let house = req.house().clone();
    let all = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let mut out = Vec::new();
            for c in consent::of(r, id, before, PAGE)? {
                let body = match c.recipient {
                    Some(body) => directory.0.body_name(r, body)?,
                    None => None,
                };
                out.push((c, body));
            }
            Ok::<_, DbError>(out)
        })
        .await?;
    let full = all.len() == usize::from(PAGE);
    let next = all.last().filter(|_| full).map(|(c, _)| format!("/me/consents?before={}", c.id));
    let now = req.now();
    let lang = req.lang();
    let lines = all
        .into_iter()
        .map(|(c, body)| {
            let purpose = consent::purpose(&c.purpose)
                .map_or_else(|| c.purpose.clone(), |p| lang.pick(p.zh, p.en).into_owned());
            let body =
                body.map_or_else(|| w.no_body().to_owned(), |(zh, en)| lang.pick(&zh, &en).into_owned());
            let over = c.ends_at.is_some_and(|end| end <= now);
            let (tone, state) = match c.withdrawn_at {
                Some(_) => (Tone::Plain, w.consent_withdrawn()),
                None if over => (Tone::Plain, w.consent_over()),
                None => (Tone::Done, w.consent_stands()),
            };
            let stands = c.withdrawn_at.is_none() && !over;
            let end = c.ends_at.map(|e| w.until(&e.minute())).unwrap_or_default();
            let action = format!("/me/consents/{}/withdraw", c.id);
            ConsentLine {
                purpose,
                detail: w.consent_detail(&body, &c.given_at.minute(), &end),
                chip: Chip::new(tone, state),
                withdraw: stands.then(|| Button::quiet(&action, w.withdraw(), f.hidden())),
            }
        })
        .collect();
    Ok(Reply::page(&ConsentsPage { lines, next: next.unwrap_or_default(), f, w }))
}

pub(crate) async fn withdraw(req: Req) -> Result<Reply, Fault> {
    let id: ConsentId = req.path("id")?;
    let w: Words = req.words();
    req.act(move |act| consent::withdraw(act, id)).await?;
    Ok(Reply::see_other("/me/consents").flash(w.consent_withdrawn_flash()))
}
