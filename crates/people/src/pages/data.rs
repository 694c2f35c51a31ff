//! A person's rights over her data: who looked, a copy, correction, erasure.

use askama::Template;
use linli_acts::{LogId, LogRow, act_words, concerning, contents, duty_kinds};
use linli_base::docnum::DocumentKind;
use linli_base::{Day, FieldError};
use linli_db::{DbError, Read};
use linli_vault::Vault;
use linli_web::ui::{Button, Chip, Choice, Choose, Errors, Field, Kind, Tone};
use linli_web::{Directory, DirectoryService, Fault, Frame, Missing, Reply, Req, session_cookie};
use linli_words::Lang;

use crate::Words;
use crate::acts::codes::{self, CodePurpose};
use crate::acts::corrections::{self as correct, CorrectionId, CorrectionState};
use crate::acts::erasure::{self as erasing, EraseStep, RoomPart};
use crate::acts::records::LookPurpose;
use crate::domain::{Field as PersonField, Person};
use crate::error::PeopleError;
use crate::pages::door::{code_cookie, code_page, code_token, wrong_code};
use crate::pages::me::{Known, facts, own};
use crate::pages::{
    communities, document_kinds, errors, field_words, one_error, place_words, say, value_words, wait,
    wrong_fields,
};

/// One line of "who looked at my data".
pub(crate) struct Look {
    what: String,
    when: String,
    who: String,
    why: String,
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

pub(crate) fn purpose_words(w: &Words, purpose: LookPurpose) -> &'static str {
    match purpose {
        LookPurpose::Application => w.why_application(),
        LookPurpose::Identity => w.why_identity(),
        LookPurpose::Correction => w.why_correction(),
        LookPurpose::Contact => w.why_contact(),
        LookPurpose::Visit => w.why_visit(),
        LookPurpose::Complaint => w.why_complaint(),
        LookPurpose::Other => w.why_other(),
    }
}

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
        let purpose = LookPurpose::from_word(&text("purpose")).map(|p| purpose_words(&self.w, p));
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

pub(crate) async fn looks(req: Req) -> Result<Reply, Fault> {
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

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyPage {
    f: Frame,
    w: Words,
    when: String,
    name: String,
    facts: Vec<Known>,
    looks: Vec<Look>,
    rooms: Vec<(String, Vec<(String, String)>)>,
}

/// A JSON tree as lines that can be read: path and value.
fn flatten(value: &serde_json::Value, path: &str, out: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let under = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path} › {key}") };
    match value {
        Value::Null => {}
        Value::Object(map) => map.iter().for_each(|(k, v)| flatten(v, &under(k), out)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| flatten(v, &under(&(i + 1).to_string()), out));
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

pub(crate) async fn copy(req: Req) -> Result<Reply, Fault> {
    let p = own(&req).await?;
    let all = req.act(erasing::copy).await?;
    let w: Words = req.words();
    let (lang, today, place) = (req.lang(), req.now().day(), p.place);
    let place = req.read(move |r| place_words(r, lang, place, today)).await?;
    let looks = looks_of(&req, LogId::from_raw(i64::MAX), 200).await?;
    let mut rooms = Vec::new();
    for part in linli_acts::personal_data().into_iter().filter(|part| part.room != "people") {
        let mut lines = Vec::new();
        if let Some(data) = all.get("rooms").and_then(|r| r.get(part.room)) {
            flatten(data, "", &mut lines);
        }
        if !lines.is_empty() {
            rooms.push((lang.pick(part.zh, part.en).into_owned(), lines));
        }
    }
    Ok(Reply::page(&CopyPage {
        when: req.now().minute(),
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        facts: facts(&w, lang, &p, &place, today, true),
        looks: looks.into_iter().map(|(_, l)| l).collect(),
        rooms,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn copy_json(req: Req) -> Result<Reply, Fault> {
    let all = req.act(erasing::copy).await?;
    let body = serde_json::to_vec_pretty(&all).unwrap_or_default();
    Ok(Reply::download("application/json", "linli-my-data.json", body))
}

struct CorrectionLine {
    field: String,
    proposed: String,
    detail: String,
    answer: String,
    chip: Chip,
    withdraw: Option<Button>,
}

#[derive(Template)]
#[template(path = "corrections.html")]
struct CorrectionsPage {
    f: Frame,
    w: Words,
    lines: Vec<CorrectionLine>,
    fields: Vec<(String, String)>,
}

pub(crate) async fn corrections(req: Req) -> Result<Reply, Fault> {
    let me = req.resident()?;
    let w: Words = req.words();
    let (house, lang, today) = (req.house().clone(), req.lang(), req.now().day());
    let f = req.frame();
    let all = req
        .read(move |r| {
            let w = Words::from(lang);
            let mut out = Vec::new();
            for c in correct::of(r, house.vault(), me, CorrectionId::from_raw(i64::MAX), 50)? {
                let value = value_words(r, &w, lang, c.field, &c.proposed, today)?;
                out.push((c, value));
            }
            Ok::<_, PeopleError>(out)
        })
        .await?;
    let lines = all
        .into_iter()
        .map(|(c, proposed)| {
            let (tone, state) = match c.state {
                CorrectionState::Open => (Tone::Due, w.correction_open()),
                CorrectionState::Accepted => (Tone::Done, w.correction_accepted()),
                CorrectionState::Refused => (Tone::Late, w.correction_refused()),
                CorrectionState::Withdrawn => (Tone::Plain, w.correction_withdrawn()),
            };
            let open = c.state == CorrectionState::Open;
            let action = format!("/me/corrections/{}/withdraw", c.id);
            CorrectionLine {
                field: field_words(&w, c.field).to_owned(),
                proposed,
                detail: w.asked_at(&c.asked_at.minute()),
                answer: c.answer,
                chip: Chip::new(tone, state),
                withdraw: open.then(|| {
                    Button::quiet(&action, w.correction_take_back(), f.hidden())
                        .with(&[("rev", &c.rev.to_string())])
                }),
            }
        })
        .collect();
    let fields = PersonField::ALL
        .iter()
        .map(|f| (format!("/me/corrections/{}/new", f.word()), field_words(&w, *f).to_owned()))
        .collect();
    Ok(Reply::page(&CorrectionsPage { lines, fields, f, w }))
}

enum Input {
    Text(Field),
    Choose(Choose),
    Both(Choose, Field),
}

#[derive(Template)]
#[template(path = "correction.html")]
struct CorrectionPage {
    f: Frame,
    w: Words,
    errors: Errors,
    field: &'static str,
    now: String,
    input: Input,
    reason: Field,
}

fn field_of(req: &Req) -> Result<PersonField, Fault> {
    let word: String = req.path("field")?;
    PersonField::from_word(&word).ok_or_else(|| Missing.into())
}

async fn correction_page(req: &Req, field: PersonField, errors: Errors) -> Result<Reply, Fault> {
    let p = own(req).await?;
    let w: Words = req.words();
    let (lang, today) = (req.lang(), req.now().day());
    let value = p.value(field);
    let places = field == PersonField::Place;
    let (now, communities) = req
        .read(move |r| {
            let now = value_words(r, &Words::from(lang), lang, field, &value, today)?;
            Ok::<_, DbError>((now, if places { communities(r, lang, today)? } else { Vec::new() }))
        })
        .await?;
    let form = req.form();
    let (label, typed, error) = (w.right_value(), form.raw("value"), errors.of("value"));
    let yes_no = || vec![Choice::new("1", w.yes()), Choice::new("0", w.no())];
    let choose = |choices| Choose::new("value", label, typed, choices).error(error.clone());
    let input = match field {
        PersonField::Name => Input::Text(Field::new("value", label, typed).error(error).autocomplete("name")),
        PersonField::Birth => {
            Input::Text(Field::new("value", label, typed).error(error).kind(Kind::Day).autocomplete("bday"))
        }
        PersonField::Sex => Input::Choose(choose(vec![
            Choice::new("female", w.sex_female()),
            Choice::new("male", w.sex_male()),
        ])),
        PersonField::Hukou => Input::Choose(choose(yes_no())),
        PersonField::Disability => Input::Choose(choose(
            (0..=4u8)
                .map(|n| {
                    let words = if n == 0 { w.disability_none().to_owned() } else { w.disability_level(&n) };
                    Choice::new(&n.to_string(), &words)
                })
                .collect(),
        )),
        PersonField::Place => Input::Choose(choose(communities).list()),
        PersonField::Document => {
            let kind = form.raw("kind");
            let kind = if kind.is_empty() { DocumentKind::ResidentId.word() } else { kind };
            Input::Both(
                Choose::new("kind", w.document_kind(), kind, document_kinds(lang)).list(),
                Field::new("value", w.document_number(), typed).error(error).autocomplete("off"),
            )
        }
    };
    let reason = Field::new("reason", w.reason(), form.raw("reason"))
        .hint(w.reason_hint())
        .error(errors.of("reason"))
        .kind(Kind::Lines);
    let field = field_words(&w, field);
    Ok(Reply::page(&CorrectionPage { f: req.frame(), w, errors, field, now, input, reason }))
}

pub(crate) async fn correction(req: Req) -> Result<Reply, Fault> {
    let field = field_of(&req)?;
    correction_page(&req, field, Errors::default()).await
}

pub(crate) async fn ask_correction(req: Req) -> Result<Reply, Fault> {
    let field = field_of(&req)?;
    let w: Words = req.words();
    let form = req.form();
    let value = match field {
        PersonField::Document => format!("{}:{}", form.text("kind"), form.text("value")),
        _ => form.text("value"),
    };
    let reason = form.lines("reason");
    match req.act(move |act| correct::ask(act, field, &value, &reason)).await {
        Ok(_) => Ok(Reply::see_other("/me/corrections").flash(w.correction_sent())),
        Err(PeopleError::OpenAlready) => {
            let errors = one_error(&req, "value", w.correction_open_already().to_owned());
            Ok(correction_page(&req, field, errors).await?.status(422))
        }
        Err(e) => {
            let mut fields = wrong_fields(e)?;
            if let (PersonField::Document, Some(first)) = (field, fields.first_mut()) {
                *first = document_error(&req).unwrap_or_else(|| first.clone());
            }
            Ok(correction_page(&req, field, errors(&req, &w, &fields)).await?.status(422))
        }
    }
}

/// What is wrong with a typed number, with its lengths.
fn document_error(req: &Req) -> Option<FieldError> {
    let kind = DocumentKind::from_word(req.form().raw("kind"))?;
    let parsed = linli_base::docnum::DocumentNumber::parse(kind, req.form().raw("value"), req.now().day());
    parsed.err().map(|e| crate::pages::number_error("value", e))
}

pub(crate) async fn withdraw_correction(req: Req) -> Result<Reply, Fault> {
    let id: CorrectionId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    req.act(move |act| correct::withdraw(act, id, rev)).await?;
    Ok(Reply::see_other("/me/corrections").flash(w.correction_withdrawn()))
}

/// What goes and what stays, in words.
pub(crate) struct Part {
    pub room: String,
    pub erased: Vec<String>,
    pub kept: Vec<(String, String)>,
}

pub(crate) fn parts(w: &Words, lang: Lang, parts: &[RoomPart]) -> Vec<Part> {
    parts
        .iter()
        .filter(|p| !p.holdings.is_empty())
        .map(|p| {
            let mut part =
                Part { room: lang.pick(&p.zh, &p.en).into_owned(), erased: Vec::new(), kept: Vec::new() };
            for h in &p.holdings {
                let what = lang.pick(&h.what_zh, &h.what_en).into_owned();
                match &h.kept {
                    None => part.erased.push(what),
                    Some(kept) => {
                        let until = kept.until.map(|d: Day| if lang.is_en() { d.en() } else { d.zh() });
                        let until = until.map(|d| w.until(&d)).unwrap_or_default();
                        let why = lang.pick(&kept.why_zh, &kept.why_en);
                        part.kept.push((what, w.kept_why(&lang.pick(&kept.law, &kept.law), &until, &why)));
                    }
                }
            }
            part
        })
        .collect()
}

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage {
    f: Frame,
    w: Words,
    errors: Errors,
    parts: Vec<Part>,
    phone: String,
    ask: Option<Button>,
}

async fn erase_page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let p: Person = own(req).await?;
    let (id, lang) = (p.id, req.lang());
    let told = req.read(move |r| erasing::outlook(r, id)).await?;
    let w: Words = req.words();
    let f = req.frame();
    let phone = p.phone.as_ref().filter(|_| p.account).map(linli_base::docnum::Phone::masked);
    let ask = phone.is_some().then(|| Button::main("/me/erase", w.erase_send(), f.hidden()));
    let parts = parts(&w, lang, &told);
    Ok(Reply::page(&ErasePage { f, w, errors, parts, phone: phone.unwrap_or_default(), ask }))
}

pub(crate) async fn erase(req: Req) -> Result<Reply, Fault> {
    erase_page(&req, Errors::default()).await
}

pub(crate) async fn erase_send(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let phone = own(&req).await?.phone.ok_or(Missing)?;
    let net = req.remote();
    match req.act(move |act| codes::ask(act, CodePurpose::Erase, &phone, &net)).await {
        Ok(asked) => {
            Ok(Reply::see_other("/me/erase/code")
                .header("set-cookie", &code_cookie(&req, Some(&asked.token))))
        }
        Err(PeopleError::Wait(seconds)) => {
            Ok(erase_page(&req, one_error(&req, "main", wait(&w, seconds))).await?.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn erase_code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    code_page(&req, Errors::default(), w.erase_code_title(), w.erase_now(), "/me/erase").await
}

pub(crate) async fn erase_do(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (token, typed, net) = (code_token(&req), req.form().text("code"), req.remote());
    match req.act(move |act| erasing::erase_own(act, &token, &typed, &net)).await {
        Ok(EraseStep::Erased(receipt)) => {
            let https = req.origin().starts_with("https://");
            Ok(Reply::see_other(&format!("/erased/{receipt}"))
                .header("set-cookie", &session_cookie(https, None))
                .header("set-cookie", &code_cookie(&req, None)))
        }
        Ok(EraseStep::Wrong(left)) => {
            let errors = wrong_code(&req, left);
            let page = code_page(&req, errors, w.erase_code_title(), w.erase_now(), "/me/erase").await?;
            Ok(page.status(422))
        }
        Err(PeopleError::CodeOver) => Ok(Reply::see_other("/me/erase").flash(w.code_over())),
        Err(PeopleError::Wait(seconds)) => {
            let errors = one_error(&req, "code", wait(&w, seconds));
            let page = code_page(&req, errors, w.erase_code_title(), w.erase_now(), "/me/erase").await?;
            Ok(page.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    f: Frame,
    w: Words,
    receipt: String,
    when: String,
    parts: Vec<Part>,
}

pub(crate) async fn erased(req: Req) -> Result<Reply, Fault> {
    let receipt: String = req.path("receipt")?;
    let asked = receipt.clone();
    let done = req.read(move |r| erasing::receipt(r, &asked)).await?.ok_or(Missing)?;
    let w: Words = req.words();
    let parts = parts(&w, req.lang(), &done.report.0);
    let when = done.at.minute();
    Ok(Reply::page(&ErasedPage { f: req.frame(), w, receipt, when, parts }))
}

/// Words of wrong fields, for pages of other files.
pub(crate) fn first_words(w: &Words, fields: &[FieldError]) -> String {
    fields.first().map(|e| say(w, e)).unwrap_or_default()
}
