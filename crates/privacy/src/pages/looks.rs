//! Who looked at her data, and all else that was done with it: the log as it concerns her.

use askama::Template;
use linli_acts::{LogId, LogRow, act_words, concerning, contents, duty_kinds};
use linli_db::{DbError, Read};
use linli_people::offers::records::LookPurpose;
use linli_people::shown::purpose_words;
use linli_vault::Vault;
use linli_web::{Directory, DirectoryService, Fault, Frame, Reply, Req};
use linli_words::Lang;

use crate::Words;

/// One line of "who looked at my data".
pub(crate) struct Look {
    pub what: String,
    pub when: String,
    pub who: String,
    pub why: String,
}

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage {
    f: Frame,
    w: Words,
    looks: Vec<Look>,
    next: String,
    first: bool,
}

const PAGE: u16 = 50;

/// What makes a log row readable.
struct Reader<'a> {
    w: Words,
    lang: Lang,
    me: i64,
    vault: &'a Vault,
    directory: &'a dyn Directory,
}

impl Reader<'_> {
    fn look(&self, read: &mut Read<'_>, row: &LogRow) -> Result<Look, DbError> {
        let what = act_words(&row.act)
            .map_or_else(|| row.act.clone(), |(zh, en)| self.lang.pick(zh, en).into_owned());
        let who = match (row.actor_kind.as_str(), row.actor) {
            ("person", Some(id)) if id == self.me => self.w.by_you().to_owned(),
            ("person", _) => self.w.by_person().to_owned(),
            ("system", _) => self.w.by_system().to_owned(),
            // Before the session began there was only the code.
            ("anyone", _) if row.act.starts_with("people.") => self.w.by_code().to_owned(),
            ("anyone", _) => self.w.by_anyone().to_owned(),
            _ => self.officer(read, row)?,
        };
        let why = match row.act.as_str() {
            "people.opened" | "people.looked_for" => self.why(read, row)?,
            _ => String::new(),
        };
        Ok(Look { what, when: row.at.minute(), who, why })
    }

    /// Body and duty: whom she may ask. The officer's name stays inside the house.
    fn officer(&self, read: &mut Read<'_>, row: &LogRow) -> Result<String, DbError> {
        let Some(duty) = row.duty else { return Ok(self.w.by_officer().to_owned()) };
        let Some(held) = self.directory.duty(read, duty)? else { return Ok(self.w.by_officer().to_owned()) };
        let body = self.directory.body_name(read, held.body)?;
        let body = body.map(|(zh, en)| self.lang.pick(&zh, &en).into_owned()).unwrap_or_default();
        let kind = duty_kinds().into_iter().find(|k| k.key == held.kind);
        let kind = kind.map(|k| self.lang.pick(k.zh, k.en).into_owned()).unwrap_or(held.kind);
        Ok(self.w.by_duty(&body, &kind))
    }

    fn why(&self, read: &mut Read<'_>, row: &LogRow) -> Result<String, DbError> {
        let Some(content) = contents(read, self.vault, row.id)? else { return Ok(String::new()) };
        let text = |key: &str| content.get(key).and_then(serde_json::Value::as_str).unwrap_or("").to_owned();
        let purpose = LookPurpose::from_word(&text("purpose")).map(|p| purpose_words(self.lang, p));
        let note = text("note");
        Ok(match (purpose, note.is_empty()) {
            (Some(p), true) => p.to_owned(),
            (Some(p), false) => format!("{p} · {note}"),
            (None, _) => note,
        })
    }
}

/// What concerned the person, newest first, before a row.
pub(crate) async fn looks_of(req: &Req, before: LogId, limit: u16) -> Result<Vec<(LogId, Look)>, Fault> {
    let me = req.resident()?;
    let (house, lang) = (req.house().clone(), req.lang());
    let looks = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let reader = Reader {
                w: Words::from(lang),
                lang,
                me: me.raw(),
                vault: house.vault(),
                directory: directory.0.as_ref(),
            };
            let mut out = Vec::new();
            for row in concerning(r, me, before, limit)? {
                out.push((row.id, reader.look(r, &row)?));
            }
            Ok::<_, DbError>(out)
        })
        .await?;
    Ok(looks)
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let before: LogId = req.ask("before").unwrap_or(LogId::from_raw(i64::MAX));
    let looks = looks_of(&req, before, PAGE).await?;
    let full = looks.len() == usize::from(PAGE);
    let next = looks.last().filter(|_| full).map(|(id, _)| format!("/me/looks?before={id}"));
    Ok(Reply::page(&LooksPage {
        looks: looks.into_iter().map(|(_, l)| l).collect(),
        next: next.unwrap_or_default(),
        first: before.raw() == i64::MAX,
        f: req.frame(),
        w: req.words(),
    }))
}
