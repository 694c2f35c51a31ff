//! Erasure: what goes and what stays is told before and after; a code to her phone decides.

use askama::Template;
use linli_accounts::offers::code::{code_cookie, code_page, code_token, wait, wrong_code};
use linli_accounts::offers::{AccountError, CodePurpose, ask};
use linli_base::Day;
use linli_base::docnum::Phone;
use linli_web::ui::{Button, Errors};
use linli_web::{Fault, Frame, Missing, Reply, Req, session_cookie};
use linli_words::Lang;

use crate::Words;
use crate::acts::erasure::{self, EraseStep, RoomPart};
use crate::error::PrivacyError;
use crate::pages::{one_error, own};

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
    let p = own(req).await?;
    let (id, lang) = (p.id, req.lang());
    let told = req.read(move |r| erasure::outlook(r, id)).await?;
    let w: Words = req.words();
    let f = req.frame();
    let phone = p.phone.as_ref().filter(|_| p.account).map(Phone::masked);
    let ask = phone.is_some().then(|| Button::main("/me/erase", w.erase_send(), f.hidden()));
    let parts = parts(&w, lang, &told);
    Ok(Reply::page(&ErasePage { f, w, errors, parts, phone: phone.unwrap_or_default(), ask }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    erase_page(&req, Errors::default()).await
}

pub(crate) async fn send(req: Req) -> Result<Reply, Fault> {
    let phone = own(&req).await?.phone.ok_or(Missing)?;
    let net = req.remote();
    match req.act(move |act| ask(act, CodePurpose::Erase, &phone, &net)).await {
        Ok(asked) => {
            Ok(Reply::see_other("/me/erase/code")
                .header("set-cookie", &code_cookie(&req, Some(&asked.token))))
        }
        Err(AccountError::Wait(seconds)) => {
            Ok(erase_page(&req, one_error(&req, "main", wait(req.lang(), seconds))).await?.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    code_page(&req, Errors::default(), w.erase_code_title(), w.erase_now(), "/me/erase").await
}

pub(crate) async fn erase(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (token, typed, net) = (code_token(&req), req.form().text("code"), req.remote());
    match req.act(move |act| erasure::erase_own(act, &token, &typed, &net)).await {
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
        Err(PrivacyError::Account(AccountError::CodeOver)) => {
            Ok(Reply::see_other("/me/erase").flash(w.code_over()))
        }
        Err(PrivacyError::Account(AccountError::Wait(seconds))) => {
            let errors = one_error(&req, "code", wait(req.lang(), seconds));
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

pub(crate) async fn receipt(req: Req) -> Result<Reply, Fault> {
    let receipt: String = req.path("receipt")?;
    let asked = receipt.clone();
    let done = req.read(move |r| erasure::receipt(r, &asked)).await?.ok_or(Missing)?;
    let w: Words = req.words();
    let parts = parts(&w, req.lang(), &done.report.0);
    let when = done.at.minute();
    Ok(Reply::page(&ErasedPage { f: req.frame(), w, receipt, when, parts }))
}
