//! Signing in and out.

use askama::Template;
use linli_base::FieldError;
use linli_base::docnum::{DocumentKind, Phone};
use linli_people::form::{number_error, read_claim};
use linli_people::shown::document_kinds;
use linli_web::ui::{Choose, Errors, Field, Kind};
use linli_web::{Fault, Frame, Reply, Req, session_cookie};

use crate::Words;
use crate::acts::codes::{self, CodePurpose};
use crate::acts::sign_in::{self, CodeStep, SignedIn, WhoStep};
use crate::error::AccountError;
use crate::pages::code::{back, code_cookie, code_page, code_token, wait, wrong_code};
use crate::pages::{errors, one_error};
use crate::seams::IdentityCheckService;

/// What the browser calls itself, in a few words.
fn device(req: &Req) -> String {
    let agent = req.header("user-agent").unwrap_or("");
    let system = [
        ("MicroMessenger", "WeChat"),
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let browser = [("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")];
    let find = |list: &[(&str, &'static str)]| list.iter().find(|(k, _)| agent.contains(k)).map(|(_, n)| *n);
    [find(&system), find(&browser)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// An address with the way back.
fn with_back(path: &str, back: &str) -> String {
    let mut out = format!("{path}?back=");
    for b in back.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct PhonePage {
    f: Frame,
    w: Words,
    errors: Errors,
    phone: Field,
    back: String,
}

fn phone_page(req: &Req, errors: Errors) -> Reply {
    let w: Words = req.words();
    let phone = Field::new("phone", w.phone(), req.form().raw("phone"))
        .hint(w.phone_hint())
        .error(errors.of("phone"))
        .kind(Kind::Phone)
        .autocomplete("tel");
    Reply::page(&PhonePage { f: req.frame(), w, errors, phone, back: back(req) })
}

pub(crate) async fn phone(req: Req) -> Result<Reply, Fault> {
    if req.resident().is_ok() {
        return Ok(Reply::see_other(&back(&req)));
    }
    Ok(phone_page(&req, Errors::default()))
}

pub(crate) async fn send(req: Req) -> Result<Reply, Fault> {
    let phone = match Phone::parse(req.form().raw("phone")) {
        Ok(phone) => phone,
        Err(e) => {
            let errors = errors(&req, &[number_error("phone", e)]);
            return Ok(phone_page(&req, errors).status(422));
        }
    };
    let net = req.remote();
    match req.act(move |act| codes::ask(act, CodePurpose::SignIn, &phone, &net)).await {
        Ok(asked) => Ok(Reply::see_other(&with_back("/sign-in/code", &back(&req)))
            .header("set-cookie", &code_cookie(&req, Some(&asked.token)))),
        Err(AccountError::Wait(seconds)) => {
            Ok(phone_page(&req, one_error(&req, "phone", wait(req.lang(), seconds))).status(429))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn code(req: Req) -> Result<Reply, Fault> {
    if code_token(&req).is_empty() {
        return Ok(Reply::see_other(&with_back("/sign-in", &back(&req))));
    }
    let w: Words = req.words();
    code_page(&req, Errors::default(), w.code_title(), w.sign_in(), &with_back("/sign-in", &back(&req))).await
}

/// Signed in: the session's cookie comes, the code's goes.
fn welcome(req: &Req, signed: &SignedIn) -> Reply {
    let https = req.origin().starts_with("https://");
    Reply::see_other(&back(req))
        .header("set-cookie", &session_cookie(https, Some(&signed.secret)))
        .header("set-cookie", &code_cookie(req, None))
}

/// The code is over: begin again, and say why.
fn begin_again(req: &Req) -> Reply {
    let w: Words = req.words();
    Reply::see_other(&with_back("/sign-in", &back(req))).flash(w.code_over())
}

pub(crate) async fn try_code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (token, typed, net, device) = (code_token(&req), req.form().text("code"), req.remote(), device(&req));
    let again = with_back("/sign-in", &back(&req));
    match req.act(move |act| sign_in::try_code(act, &token, &typed, &net, &device)).await {
        Ok(CodeStep::In(signed)) => Ok(welcome(&req, &signed)),
        Ok(CodeStep::Who { token, known }) => {
            let next = if known { "/sign-in/who" } else { "/sign-in/register" };
            Ok(Reply::see_other(&with_back(next, &back(&req)))
                .header("set-cookie", &code_cookie(&req, Some(&token))))
        }
        Ok(CodeStep::Wrong(left)) => {
            let errors = wrong_code(&req, left);
            Ok(code_page(&req, errors, w.code_title(), w.sign_in(), &again).await?.status(422))
        }
        Err(AccountError::CodeOver) => Ok(begin_again(&req)),
        Err(AccountError::Wait(seconds)) => {
            let errors = one_error(&req, "code", wait(req.lang(), seconds));
            Ok(code_page(&req, errors, w.code_title(), w.sign_in(), &again).await?.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Template)]
#[template(path = "who.html")]
struct WhoPage {
    f: Frame,
    w: Words,
    errors: Errors,
    document: Field,
    register: String,
    back: String,
}

fn who_page(req: &Req, errors: Errors) -> Reply {
    let w: Words = req.words();
    let document = Field::new("document", w.document_last(), req.form().raw("document"))
        .hint(w.document_last_hint())
        .error(errors.of("document"))
        .autocomplete("off");
    let (register, back) = (with_back("/sign-in/register", &back(req)), back(req));
    Reply::page(&WhoPage { f: req.frame(), w, errors, document, register, back })
}

/// Whether a phone is proved, and known to the register.
async fn known(req: &Req) -> Result<bool, AccountError> {
    let (house, token) = (req.house().clone(), code_token(req));
    req.read(move |r| sign_in::is_known(r, house.vault(), &token)).await
}

pub(crate) async fn who(req: Req) -> Result<Reply, Fault> {
    match known(&req).await {
        Ok(true) => Ok(who_page(&req, Errors::default())),
        Ok(false) => Ok(Reply::see_other(&with_back("/sign-in/register", &back(&req)))),
        Err(AccountError::CodeOver) => Ok(begin_again(&req)),
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn try_who(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (token, typed, device) = (code_token(&req), req.form().text("document"), device(&req));
    if typed.is_empty() {
        let errors = errors(&req, &[FieldError::new("document", "number-empty")]);
        return Ok(who_page(&req, errors).status(422));
    }
    match req.act(move |act| sign_in::by_document(act, &token, &typed, &device)).await {
        Ok(WhoStep::In(signed)) => Ok(welcome(&req, &signed)),
        Ok(WhoStep::Wrong(0)) | Err(AccountError::CodeOver) => Ok(begin_again(&req)),
        Ok(WhoStep::Wrong(left)) => {
            Ok(who_page(&req, one_error(&req, "document", w.document_wrong(&left))).status(422))
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: Field,
    kind: Choose,
    number: Field,
    birth: Field,
    back: String,
}

fn register_page(req: &Req, errors: Errors) -> Reply {
    let w: Words = req.words();
    let form = req.form();
    let kind = form.raw("kind");
    let kind = if kind.is_empty() { DocumentKind::ResidentId.word() } else { kind };
    let words = req.frame();
    Reply::page(&RegisterPage {
        name: Field::new("name", w.field_name(), form.raw("name"))
            .hint(w.name_hint())
            .error(errors.of("name"))
            .autocomplete("name"),
        kind: Choose::new("kind", w.document_kind(), kind, document_kinds(req.lang()))
            .error(errors.of("kind"))
            .list(),
        number: Field::new("number", w.document_number(), form.raw("number"))
            .error(errors.of("number"))
            .autocomplete("off"),
        birth: Field::new("birth", w.field_birth(), form.raw("birth"))
            .hint(w.birth_hint())
            .error(errors.of("birth"))
            .kind(Kind::Day)
            .autocomplete("bday")
            .optional(words.words().optional()),
        errors,
        back: back(req),
        f: req.frame(),
        w,
    })
}

pub(crate) async fn register(req: Req) -> Result<Reply, Fault> {
    match known(&req).await {
        Ok(_) => Ok(register_page(&req, Errors::default())),
        Err(AccountError::CodeOver) => Ok(begin_again(&req)),
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn try_register(req: Req) -> Result<Reply, Fault> {
    let claim = match read_claim(&req) {
        Ok(claim) => claim,
        Err(wrong) => return Ok(register_page(&req, errors(&req, &wrong)).status(422)),
    };
    let (house, token, device) = (req.house().clone(), code_token(&req), device(&req));
    let secret = token.clone();
    let phone = req.read(move |r| codes::proven_phone(r, house.vault(), &secret)).await;
    let phone = match phone {
        Ok(phone) => phone,
        Err(AccountError::CodeOver) => return Ok(begin_again(&req)),
        Err(e) => return Err(e.into()),
    };
    // The errand: asked outside, with a deadline and no transaction.
    let check = req.house().service::<IdentityCheckService>();
    let verdict = check.ask(&claim.name, &claim.document, &phone).await;
    match req.act(move |act| sign_in::by_claim(act, &token, &claim, verdict, &device)).await {
        Ok(signed) => Ok(welcome(&req, &signed)),
        Err(AccountError::CodeOver) => Ok(begin_again(&req)),
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn sign_out(req: Req) -> Result<Reply, Fault> {
    if let Some(session) = req.session().map(|s| s.id) {
        req.act(move |act| sign_in::end_session(act, session)).await?;
    }
    let https = req.origin().starts_with("https://");
    Ok(Reply::see_other("/").header("set-cookie", &session_cookie(https, None)))
}
