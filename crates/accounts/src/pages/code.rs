//! The page on which a code is typed, for all that a code is asked for: also for an erasure, in the room above.

use askama::Template;
use linli_web::ui::{Errors, Field, Kind};
use linli_web::{Fault, Frame, Reply, Req, safe_back};
use linli_words::Lang;

use crate::Words;
use crate::acts::codes;
use crate::pages::one_error;
use crate::seams::CodeChannelService;

/// What carries a code's token from page to page.
const COOKIE: &str = "linli_code";

/// The cookie that carries it; `None` takes it back.
#[must_use]
pub fn code_cookie(req: &Req, token: Option<&str>) -> String {
    let secure = if req.origin().starts_with("https://") { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |t| (t, 1_800));
    format!("{COOKIE}={value}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}")
}

/// What the browser carries.
#[must_use]
pub fn code_token(req: &Req) -> String {
    req.cookie(COOKIE).unwrap_or_default()
}

/// Where to go after: kept in the address and the form, never another site.
pub(crate) fn back(req: &Req) -> String {
    let typed = req.form().raw("back");
    let typed = if typed.is_empty() { req.query().raw("back") } else { typed };
    match safe_back(typed).as_str() {
        "/" => "/me".to_owned(),
        back if back.starts_with("/sign-in") => "/me".to_owned(),
        back => back.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: &'static str,
    code: Field,
    shown: String,
    again: String,
    back: String,
    /// Words of the page's main act.
    act: &'static str,
}

/// What the demo's channel shows; waits a moment for the job that sends it.
async fn shown(req: &Req) -> Result<String, Fault> {
    if !req.demo() {
        return Ok(String::new());
    }
    let token = code_token(req);
    let Some(id) = req.read(move |r| codes::by_token(r, &token)).await? else { return Ok(String::new()) };
    let channel = req.house().service::<CodeChannelService>();
    for _ in 0..20 {
        if let Some(code) = channel.0.shown(id) {
            return Ok(code);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Ok(String::new())
}

/// The page on which a code is typed: for signing in, a new phone, an erasure.
///
/// # Errors
/// If the database fails.
pub async fn code_page(
    req: &Req,
    errors: Errors,
    title: &'static str,
    act: &'static str,
    again: &str,
) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let code = Field::new("code", w.code(), req.form().raw("code"))
        .hint(w.code_hint())
        .error(errors.of("code"))
        .kind(Kind::Code)
        .autocomplete("one-time-code");
    let shown = shown(req).await?;
    let (f, again, back) = (req.frame(), again.to_owned(), back(req));
    Ok(Reply::page(&CodePage { f, w, errors, title, code, shown, again, back, act }))
}

/// Too many wrong ones, in words.
#[must_use]
pub fn wrong_code(req: &Req, left: i64) -> Errors {
    let w: Words = req.words();
    let words = if left > 0 { w.code_wrong(&left) } else { w.code_over().to_owned() };
    one_error(req, "code", words)
}

/// How long to wait, in words.
#[must_use]
pub fn wait(lang: Lang, seconds: i64) -> String {
    let w = Words(lang);
    match seconds {
        ..=90 => w.wait_seconds(&seconds.max(1)),
        91..=5_400 => w.wait_minutes(&((seconds + 59) / 60)),
        _ => w.wait_hours(&((seconds + 3_599) / 3_600)),
    }
}
