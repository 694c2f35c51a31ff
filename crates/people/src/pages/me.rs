//! 我的: what is known of me, phone, sessions, consents.

use askama::Template;
use linli_base::docnum::Phone;
use linli_base::{Day, FieldError};
use linli_web::session::{self, SessionId, SessionKind};
use linli_web::ui::{Button, Chip, Errors, Field, Kind, Row, Rows, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::codes::{self, CodePurpose};
use crate::acts::consents::{self as consent, ConsentId};
use crate::acts::sign_in::{self, PhoneStep};
use crate::domain::{Disability, Field as PersonField, Person, State};
use crate::error::PeopleError;
use crate::pages::door::{code_cookie, code_page, code_token, wrong_code};
use crate::pages::{
    errors, number_error, one_error, place_words, role_words, sex_words, source_word, source_words,
    state_words, wait,
};
use crate::store;

/// A fact of the record, with its source.
pub(crate) struct Known {
    pub name: String,
    pub value: String,
    pub source: String,
    /// Address of the correction; empty where another way leads to it.
    pub correct: String,
}

/// The person who asks, opened.
pub(crate) async fn own(req: &Req) -> Result<Person, Fault> {
    let (id, house) = (req.resident()?, req.house().clone());
    Ok(req.read(move |r| store::load(r, house.vault(), id)).await?.ok_or(Missing)?)
}

/// What is known of a person, each value with its source; numbers whole for an officer who opened the record, else masked.
pub(crate) fn facts(
    w: &Words,
    lang: linli_words::Lang,
    p: &Person,
    place: &str,
    today: Day,
    whole: bool,
) -> Vec<Known> {
    let source = |field: &str| {
        p.sources.iter().find(|(f, _, _)| f == field).map_or_else(
            || source_words(w, source_word(p.source), &p.source_day.to_string()),
            |(_, s, day)| source_words(w, s, day),
        )
    };
    let mut out = Vec::new();
    let mut add = |field: Option<PersonField>, name: &str, key: &str, value: String| {
        if !value.is_empty() {
            let correct = field.map(|f| format!("/me/corrections/{}/new", f.word())).unwrap_or_default();
            out.push(Known { name: name.to_owned(), value, source: source(key), correct });
        }
    };
    let name = p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default();
    add(Some(PersonField::Name), w.field_name(), "name", name);
    add(Some(PersonField::Sex), w.field_sex(), "sex", sex_words(w, p.sex).to_owned());
    let birth = match (p.birth, p.age(today)) {
        (Some(day), Some(age)) => w.born(&age, &(if lang.is_en() { day.en() } else { day.zh() })),
        _ => String::new(),
    };
    add(Some(PersonField::Birth), w.field_birth(), "birth", birth);
    let document = p
        .document
        .as_ref()
        .map(|d| {
            let number = if whole { d.value().to_owned() } else { d.masked() };
            format!("{} {number}", lang.pick(d.kind().zh(), d.kind().en()))
        })
        .unwrap_or_default();
    add(Some(PersonField::Document), w.field_document(), "document", document);
    let shown = |t: &Phone| {
        if whole { t.value().strip_prefix("86").unwrap_or(t.value()).to_owned() } else { t.masked() }
    };
    add(None, w.phone(), "phone", p.phone.as_ref().map(shown).unwrap_or_default());
    add(Some(PersonField::Place), w.field_place(), "place", place.to_owned());
    add(None, w.field_role(), "role", p.role.map(|r| role_words(w, r)).unwrap_or_default().to_owned());
    let hukou = if p.hukou { w.yes() } else { w.no() };
    add(Some(PersonField::Hukou), w.field_hukou(), "hukou", hukou.to_owned());
    let disability = p.disability.map(Disability::level);
    let disability = disability.map_or_else(|| w.disability_none().to_owned(), |n| w.disability_level(&n));
    add(Some(PersonField::Disability), w.field_disability(), "disability", disability);
    out
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    f: Frame,
    w: Words,
    name: String,
    state: Chip,
    unverified: bool,
    facts: Vec<Known>,
    rows: Rows,
    sign_out: Button,
    own: bool,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let p = own(&req).await?;
    let w: Words = req.words();
    let (lang, today, place) = (req.lang(), req.now().day(), p.place);
    let id = p.id;
    let (place, unread) = req
        .read(move |r| {
            let unread = linli_notices::offers::unread(r, id)?;
            Ok::<_, PeopleError>((place_words(r, lang, place, today)?, unread))
        })
        .await?;
    let f = req.frame();
    let own = !f.serving;
    let row = |href: &str, title: &str, detail: &str| Row {
        href: href.to_owned(),
        title: title.to_owned(),
        detail: detail.to_owned(),
        chip: None,
    };
    let mut notices = row("/me/notices", w.notices(), w.notices_detail());
    if unread > 0 {
        notices.chip = Some(Chip::new(Tone::Due, &w.unread(&unread)));
    }
    let mut rows = vec![row("/my", w.my_cases(), w.my_cases_detail()), notices];
    if own {
        rows.push(row("/me/phone", w.change_phone(), w.change_phone_detail()));
        rows.push(row("/me/sessions", w.sessions(), w.sessions_detail()));
    }
    rows.extend([
        row("/me/looks", w.looks(), w.looks_detail()),
        row("/me/consents", w.consents(), w.consents_detail()),
        row("/me/corrections", w.corrections(), w.corrections_detail()),
        row("/me/copy", w.copy(), w.copy_detail()),
    ]);
    if own {
        rows.insert(2, row("/me/standing", w.standing(), w.standing_detail_row()));
        rows.push(row("/me/erase", w.erase(), w.erase_detail()));
    }
    let tone = if p.state == State::Active { Tone::Done } else { Tone::Due };
    Ok(Reply::page(&MePage {
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        state: Chip::new(tone, state_words(&w, p.state)),
        unverified: p.state == State::Unverified,
        facts: facts(&w, lang, &p, &place, today, false),
        rows: Rows::new(rows, ""),
        sign_out: Button::quiet("/sign-out", f.words().sign_out(), f.hidden()),
        own,
        f,
        w,
    }))
}

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
    f: Frame,
    w: Words,
    errors: Errors,
    now: String,
    phone: Field,
}

async fn phone_page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let p = own(req).await?;
    let w: Words = req.words();
    let phone = Field::new("phone", w.new_phone(), req.form().raw("phone"))
        .hint(w.new_phone_hint())
        .error(errors.of("phone"))
        .kind(Kind::Phone)
        .autocomplete("tel");
    let now = p.phone.as_ref().map(Phone::masked).unwrap_or_default();
    Ok(Reply::page(&PhonePage { f: req.frame(), w, errors, now, phone }))
}

pub(crate) async fn phone(req: Req) -> Result<Reply, Fault> {
    phone_page(&req, Errors::default()).await
}

pub(crate) async fn send_code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let phone = match Phone::parse(req.form().raw("phone")) {
        Ok(phone) => phone,
        Err(e) => {
            let errors = errors(&req, &w, &[number_error("phone", e)]);
            return Ok(phone_page(&req, errors).await?.status(422));
        }
    };
    let p = own(&req).await?;
    if p.account && p.phone.as_ref() == Some(&phone) {
        let errors = errors(&req, &w, &[FieldError::new("phone", "phone-same")]);
        return Ok(phone_page(&req, errors).await?.status(422));
    }
    let net = req.remote();
    match req.act(move |act| codes::ask(act, CodePurpose::Phone, &phone, &net)).await {
        Ok(asked) => {
            Ok(Reply::see_other("/me/phone/code")
                .header("set-cookie", &code_cookie(&req, Some(&asked.token))))
        }
        Err(PeopleError::Wait(seconds)) => {
            let errors = one_error(&req, "phone", wait(&w, seconds));
            Ok(phone_page(&req, errors).await?.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn phone_code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    code_page(&req, Errors::default(), w.new_phone_code(), w.change_phone(), "/me/phone").await
}

pub(crate) async fn change_phone(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (token, typed, net) = (code_token(&req), req.form().text("code"), req.remote());
    let keep = req.session().map(|s| s.id);
    match req.act(move |act| sign_in::change_phone(act, &token, &typed, &net, keep)).await {
        Ok(PhoneStep::Changed) => Ok(Reply::see_other("/me")
            .header("set-cookie", &code_cookie(&req, None))
            .flash(w.phone_changed())),
        Ok(PhoneStep::Wrong(left)) => {
            let errors = wrong_code(&req, left);
            let page = code_page(&req, errors, w.new_phone_code(), w.change_phone(), "/me/phone").await?;
            Ok(page.status(422))
        }
        Err(PeopleError::CodeOver) => Ok(Reply::see_other("/me/phone").flash(w.code_over())),
        Err(PeopleError::Wait(seconds)) => {
            let errors = one_error(&req, "code", wait(&w, seconds));
            let page = code_page(&req, errors, w.new_phone_code(), w.change_phone(), "/me/phone").await?;
            Ok(page.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

struct SessionLine {
    device: String,
    detail: String,
    here: bool,
    end: Button,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    f: Frame,
    w: Words,
    sessions: Vec<SessionLine>,
    end_others: Option<Button>,
}

pub(crate) async fn sessions(req: Req) -> Result<Reply, Fault> {
    let id = sign_in::own(req.actor())?;
    let w: Words = req.words();
    let f = req.frame();
    let all = req.read(move |r| session::of_subject(r, SessionKind::Person, id.raw())).await?;
    let here = req.session().map(|s| s.id);
    let others = all.iter().any(|s| Some(s.id) != here);
    let sessions = all
        .into_iter()
        .map(|s| SessionLine {
            device: if s.device.is_empty() { w.unknown_device().to_owned() } else { s.device.clone() },
            detail: w.session_detail(&s.seen_at.minute(), &s.created_at.minute()),
            here: Some(s.id) == here,
            end: Button::quiet(&format!("/me/sessions/{}/end", s.id), w.session_end(), f.hidden()),
        })
        .collect();
    let end_others = others.then(|| Button::main("/me/sessions/end-others", w.end_others(), f.hidden()));
    Ok(Reply::page(&SessionsPage { f, w, sessions, end_others }))
}

pub(crate) async fn end_session(req: Req) -> Result<Reply, Fault> {
    let id: SessionId = req.path("id")?;
    let w: Words = req.words();
    if !req.act(move |act| sign_in::end_session(act, id)).await? {
        return Err(Missing.into());
    }
    Ok(Reply::see_other("/me/sessions").flash(w.session_ended()))
}

pub(crate) async fn end_others(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let keep = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| sign_in::end_other_sessions(act, keep)).await?;
    Ok(Reply::see_other("/me/sessions").flash(w.session_ended()))
}

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

pub(crate) async fn consents(req: Req) -> Result<Reply, Fault> {
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
            Ok::<_, linli_db::DbError>(out)
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

pub(crate) async fn withdraw_consent(req: Req) -> Result<Reply, Fault> {
    let id: ConsentId = req.path("id")?;
    let w: Words = req.words();
    req.act(move |act| consent::withdraw(act, id)).await?;
    Ok(Reply::see_other("/me/consents").flash(w.consent_withdrawn_flash()))
}
