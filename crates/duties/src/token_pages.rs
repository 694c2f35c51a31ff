//! Tokens of other systems: given out by the security officer for a duty that somebody holds and answers for, ended with it.

use askama::Template;
use linli_acts::{Act, Denied, DutyId, TokenId};
use linli_web::session::{self, TokenInfo};
use linli_web::ui::{Button, Errors, Pager};
use linli_web::{Fault, Frame, Reply, Req};

use crate::error::OfficeError;
use crate::pages::{body_name, kind_name};
use crate::store::{self, DutyRow};
use crate::{SECURITY, Words, offers};

const PAGE: u16 = 50;
const LONGEST_NAME: usize = 40;

struct Shown {
    name: String,
    duty: String,
    body: String,
    holder: String,
    made: String,
    ended: String,
    end: Button,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    f: Frame,
    w: Words,
    errors: Errors,
    secret: Option<String>,
    rows: Vec<Shown>,
    pager: Pager,
}

/// Makes a token for a duty that is held by somebody else; shown once.
///
/// # Errors
/// If the actor is no security officer, holds the duty herself, or it has ended.
pub(crate) fn make(act: &mut Act<'_, '_>, duty: DutyId, name: &str) -> Result<String, OfficeError> {
    act.on_any_duty(&SECURITY)?;
    let row = act.opt(&store::DUTY, (duty,))?.filter(|d| d.ended_at.is_none()).ok_or(OfficeError::Missing)?;
    if act.actor.officer()? == row.staff {
        return Err(Denied::SamePerson.into());
    }
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(OfficeError::field("name", "token-name-error"));
    }
    let held = offers::duty(act, duty)?.ok_or(OfficeError::Missing)?;
    Ok(session::make_token(act, name, &held)?.1)
}

fn end_one(act: &mut Act<'_, '_>, id: TokenId) -> Result<(), OfficeError> {
    act.on_any_duty(&SECURITY)?;
    session::end_token(act, id)?;
    Ok(())
}

async fn page(req: &Req, wrong: Vec<(String, String)>, secret: Option<String>) -> Result<Reply, Fault> {
    let before: Option<TokenId> = req.ask("before");
    let from = before.unwrap_or(TokenId::from_raw(i64::MAX));
    let lang = req.lang();
    let found = req
        .read(move |r| {
            let mut out: Vec<(TokenInfo, String, String)> = Vec::new();
            for token in session::tokens(r, from, PAGE)? {
                let body = offers::body(r, token.body)?;
                let duty: Option<DutyRow> = r.opt(&store::DUTY, (token.duty,))?;
                let holder = match duty {
                    Some(d) => offers::staff_name(r, d.staff)?.unwrap_or_default(),
                    None => String::new(),
                };
                out.push((token, body_name(lang, body.as_ref()), holder));
            }
            Ok::<_, OfficeError>(out)
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let next = match found.last() {
        Some((last, ..)) if found.len() == usize::from(PAGE) => format!("/office/tokens?before={}", last.id),
        _ => String::new(),
    };
    let rows = found
        .into_iter()
        .map(|(t, body, holder)| Shown {
            duty: kind_name(lang, &t.duty_kind),
            body,
            holder,
            made: t.created_at.day().to_string(),
            ended: t.ended_at.map(|e| e.day().to_string()).unwrap_or_default(),
            end: Button::quiet(&format!("/office/tokens/{}/end", t.id), w.end_token(), f.hidden()),
            name: t.name,
        })
        .collect();
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&TokensPage {
        pager: Pager {
            next,
            first: if before.is_some() { "/office/tokens".to_owned() } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        errors,
        secret,
        rows,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    page(&req, Vec::new(), None).await
}

/// The secret stands on the answer itself and nowhere else, so it cannot come after a redirection.
pub(crate) async fn make_one(req: Req) -> Result<Reply, Fault> {
    let duty: DutyId = req.path("id")?;
    let name = req.form().text("name");
    match req.act(move |act| make(act, duty, &name)).await {
        Ok(secret) => page(&req, Vec::new(), Some(secret)).await,
        Err(e) => {
            let wrong = crate::door_pages::told(&req.words::<Words>(), e)?;
            page(&req, wrong, None).await
        }
    }
}

pub(crate) async fn end(req: Req) -> Result<Reply, Fault> {
    let id: TokenId = req.path("id")?;
    req.act(move |act| end_one(act, id)).await?;
    Ok(Reply::see_other("/office/tokens").flash(req.words::<Words>().token_ended()))
}
