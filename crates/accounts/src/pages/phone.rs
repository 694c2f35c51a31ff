//! The phone with which she signs in, and another one.

use askama::Template;
use linli_base::FieldError;
use linli_base::docnum::Phone;
use linli_people::form::number_error;
use linli_people::offers::{Person, person};
use linli_web::ui::{Errors, Field, Kind};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::codes::{self, CodePurpose};
use crate::acts::sign_in::{self, PhoneStep};
use crate::error::AccountError;
use crate::pages::code::{code_cookie, code_page, code_token, wait, wrong_code};
use crate::pages::{errors, one_error};

/// The person who asks, opened.
async fn known(req: &Req) -> Result<Person, Fault> {
    let (id, house) = (req.resident()?, req.house().clone());
    Ok(req.read(move |r| person(r, house.vault(), id)).await?.ok_or(Missing)?)
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
    let p = known(req).await?;
    let w: Words = req.words();
    let phone = Field::new("phone", w.new_phone(), req.form().raw("phone"))
        .hint(w.new_phone_hint())
        .error(errors.of("phone"))
        .kind(Kind::Phone)
        .autocomplete("tel");
    let now = p.phone.as_ref().map(Phone::masked).unwrap_or_default();
    Ok(Reply::page(&PhonePage { f: req.frame(), w, errors, now, phone }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    phone_page(&req, Errors::default()).await
}

pub(crate) async fn send_code(req: Req) -> Result<Reply, Fault> {
    let phone = match Phone::parse(req.form().raw("phone")) {
        Ok(phone) => phone,
        Err(e) => {
            let errors = errors(&req, &[number_error("phone", e)]);
            return Ok(phone_page(&req, errors).await?.status(422));
        }
    };
    let p = known(&req).await?;
    if p.account && p.phone.as_ref() == Some(&phone) {
        let errors = errors(&req, &[FieldError::new("phone", "phone-same")]);
        return Ok(phone_page(&req, errors).await?.status(422));
    }
    let net = req.remote();
    match req.act(move |act| codes::ask(act, CodePurpose::Phone, &phone, &net)).await {
        Ok(asked) => {
            Ok(Reply::see_other("/me/phone/code")
                .header("set-cookie", &code_cookie(&req, Some(&asked.token))))
        }
        Err(AccountError::Wait(seconds)) => {
            let errors = one_error(&req, "phone", wait(req.lang(), seconds));
            Ok(phone_page(&req, errors).await?.status(429))
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn code(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    code_page(&req, Errors::default(), w.new_phone_code(), w.change_phone(), "/me/phone").await
}

pub(crate) async fn change(req: Req) -> Result<Reply, Fault> {
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
        Err(AccountError::CodeOver) => Ok(Reply::see_other("/me/phone").flash(w.code_over())),
        Err(AccountError::Wait(seconds)) => {
            let errors = one_error(&req, "code", wait(req.lang(), seconds));
            let page = code_page(&req, errors, w.new_phone_code(), w.change_phone(), "/me/phone").await?;
            Ok(page.status(429))
        }
        Err(e) => Err(e.into()),
    }
}
