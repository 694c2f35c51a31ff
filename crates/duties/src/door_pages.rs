//! The staff entrance: first run, password, second factor, set-up link.

use askama::Template;
use linli_acts::StaffId;
use linli_base::PlaceCode;
use linli_vault::{password, totp};
use linli_web::ui::{Errors, Field, Html, Kind};
use linli_web::{Fault, Frame, Missing, Reply, Req, session_cookie};

use crate::Words;
use crate::acts::{self, First};
use crate::domain::StaffState;
use crate::error::OfficeError;
use crate::store;

#[derive(Template)]
#[template(path = "door.html")]
struct DoorPage {
    f: Frame,
    title: &'static str,
    intro: &'static str,
    errors: Errors,
    fields: Vec<Field>,
    act: &'static str,
    hint: &'static str,
    back: String,
}

#[derive(Template)]
#[template(path = "factor.html")]
struct FactorPage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: Field,
    qr: Html,
    secret: String,
    back: String,
}

pub(crate) fn told(w: &Words, e: OfficeError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        OfficeError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or_else(|| w.wrong_value()).to_owned()))
            .collect()),
        OfficeError::DoesNotFit => Ok(vec![("login".to_owned(), w.does_not_fit().to_owned())]),
        other => Err(other.into()),
    }
}

fn is_https(req: &Req) -> bool {
    req.origin().starts_with("https://")
}

fn device(req: &Req) -> String {
    let agent = req.header("user-agent").unwrap_or("");
    let known = ["Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"];
    known.into_iter().find(|k| agent.contains(k)).unwrap_or("—").to_owned()
}

fn begun(req: &Req, secret: &str, back: &str) -> Reply {
    let to: String = linli_web::encode(back);
    Reply::see_other(&format!("/office/second-factor?back={to}"))
        .header("set-cookie", &session_cookie(is_https(req), Some(secret)))
}

async fn hashed(req: &Req, typed: &str) -> Result<String, Fault> {
    let (house, typed) = (req.house().clone(), typed.to_owned());
    let hash = tokio::task::spawn_blocking(move || password::hash(house.vault().chance(), &typed));
    Ok(hash.await.map_err(|_| Missing)?.map_err(OfficeError::from)?)
}

/// What is wrong with a new password, if anything.
fn new_password(w: &Words, typed: &str, again: &str) -> Option<(String, String)> {
    let n = typed.chars().count();
    if n < password::SHORTEST || typed.len() > password::LONGEST {
        return Some(("password".to_owned(), w.password_short().to_owned()));
    }
    (typed != again).then(|| ("again".to_owned(), w.password_differs().to_owned()))
}

fn password_fields(w: &Words, errors: &Errors) -> Vec<Field> {
    vec![
        Field::new("password", w.new_password(), "")
            .kind(Kind::Password)
            .hint(w.new_password_hint())
            .autocomplete("new-password")
            .error(errors.of("password")),
        Field::new("again", w.password_again(), "")
            .kind(Kind::Password)
            .autocomplete("new-password")
            .error(errors.of("again")),
    ]
}

fn first_page(req: &Req, wrong: Vec<(String, String)>) -> Reply {
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let token = if form.raw("token").is_empty() { req.query().raw("token") } else { form.raw("token") };
    let mut fields = vec![
        Field::new("token", w.token(), token)
            .hint(w.token_hint())
            .autocomplete("off")
            .error(errors.of("token")),
        Field::new("body_name", w.body_name(), form.raw("body_name"))
            .hint(w.body_name_hint())
            .error(errors.of("name_zh")),
        Field::new(
            "place",
            w.place_code(),
            if form.has("place") { form.raw("place") } else { "440105000000" },
        )
        .hint(w.place_hint())
        .kind(Kind::Number)
        .error(errors.of("place")),
        Field::new("name", w.your_name(), form.raw("name")).autocomplete("name").error(errors.of("name")),
        Field::new("login", w.login(), form.raw("login"))
            .hint(w.login_hint())
            .autocomplete("username")
            .error(errors.of("login")),
    ];
    fields.extend(password_fields(&w, &errors));
    let status = if errors.is_empty() { 200 } else { 422 };
    let page = DoorPage {
        title: w.first_title(),
        intro: w.first_intro(),
        errors,
        fields,
        act: w.first_act(),
        hint: "",
        back: String::new(),
        f,
    };
    Reply::page(&page).status(status)
}

pub(crate) async fn first(req: Req) -> Result<Reply, Fault> {
    Ok(first_page(&req, Vec::new()))
}

pub(crate) async fn make_first(req: Req) -> Result<Reply, Fault> {
    let (w, form) = (req.words::<Words>(), req.form().clone());
    let mut wrong = Vec::new();
    wrong.extend(new_password(&w, form.raw("password"), form.raw("again")));
    let place = form.text("place").parse::<PlaceCode>();
    if place.is_err() {
        wrong.push(("place".to_owned(), w.place_wrong().to_owned()));
    }
    let (Ok(place), true) = (place, wrong.is_empty()) else { return Ok(first_page(&req, wrong)) };
    let first = First {
        token: form.text("token"),
        body_name: form.text("body_name"),
        place,
        name: form.text("name"),
        login: form.text("login"),
        password_hash: hashed(&req, form.raw("password")).await?,
        device: device(&req),
    };
    match req.act(move |act| acts::make_first(act, &first)).await {
        Ok((_, secret)) => Ok(begun(&req, &secret, "/office/bodies")),
        Err(e) => Ok(first_page(&req, told(&w, e)?)),
    }
}

fn sign_in_page(req: &Req, wrong: bool) -> Reply {
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let list = if wrong { vec![("login".to_owned(), w.does_not_fit().to_owned())] } else { Vec::new() };
    let errors = Errors::new(f.words().errors_title(), list);
    let back = if form.has("back") { form.raw("back") } else { req.query().raw("back") };
    let page = DoorPage {
        title: w.sign_in_title(),
        intro: "",
        fields: vec![
            Field::new("login", w.login(), form.raw("login"))
                .autocomplete("username")
                .error(errors.of("login")),
            Field::new("password", w.password(), "").kind(Kind::Password).autocomplete("current-password"),
        ],
        errors,
        act: w.go_on(),
        hint: w.lost(),
        back: back.to_owned(),
        f,
    };
    Reply::page(&page).status(if wrong { 422 } else { 200 })
}

pub(crate) async fn sign_in(req: Req) -> Result<Reply, Fault> {
    Ok(sign_in_page(&req, false))
}

pub(crate) async fn try_password(req: Req) -> Result<Reply, Fault> {
    let login = req.form().text("login").to_lowercase();
    let typed = req.form().raw("password").to_owned();
    let net = req.remote();
    let (house, who, from) = (req.house().clone(), login.clone(), net.clone());
    let (may, row) = req
        .read(move |r| {
            let may = acts::may_try(r, house.vault(), &who, &from)?;
            Ok::<_, OfficeError>((may, r.opt(&store::BY_LOGIN, (&who,))?))
        })
        .await?;
    // Hashing takes its time in any case, so time does not tell whether the account exists.
    let stored = row.as_ref().filter(|s| s.state == StaffState::Active).and_then(|s| s.password.clone());
    let fits = tokio::task::spawn_blocking(move || password::verify(stored.as_deref(), &typed));
    let fits = fits.await.map_err(|_| Missing)?;
    match row {
        Some(row) if fits && may => {
            let device = device(&req);
            let (_, secret) = req.act(move |act| acts::signed_in(act, row.id, &device)).await?;
            Ok(begun(&req, &secret, req.form().raw("back")))
        }
        _ => {
            req.act(move |act| acts::wrong(act, &login, &net)).await?;
            Ok(sign_in_page(&req, true))
        }
    }
}

fn staff_of(req: &Req) -> Result<StaffId, Fault> {
    req.officer()
}

async fn factor_page(req: &Req, wrong: bool) -> Result<Reply, Fault> {
    let id = staff_of(req)?;
    let house = req.house().clone();
    let (login, secret) = req
        .read(move |r| {
            let row = r.opt(&store::STAFF, (id,))?.ok_or(OfficeError::Missing)?;
            let secret = acts::enrolling(house.vault(), &row)?;
            Ok::<_, OfficeError>((row.login, secret))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let list = if wrong { vec![("code".to_owned(), w.code_wrong().to_owned())] } else { Vec::new() };
    let errors = Errors::new(f.words().errors_title(), list);
    let (qr, text) = match &secret {
        Some(s) => {
            let address = totp::otpauth(&format!("Linli {}", f.district), &login, s);
            let svg = linli_documents::qr_svg(&address).unwrap_or_default();
            (Html::drawing(&svg), totp::base32(s))
        }
        None => (Html::default(), String::new()),
    };
    let back = if req.form().has("back") { req.form().raw("back") } else { req.query().raw("back") };
    let page = FactorPage {
        code: Field::new("code", w.code(), "")
            .kind(Kind::Code)
            .hint(w.code_hint())
            .autocomplete("one-time-code")
            .error(errors.of("code")),
        errors,
        qr,
        secret: text,
        back: back.to_owned(),
        f,
        w,
    };
    Ok(Reply::page(&page).status(if wrong { 422 } else { 200 }))
}

pub(crate) async fn second_factor(req: Req) -> Result<Reply, Fault> {
    factor_page(&req, false).await
}

pub(crate) async fn try_code(req: Req) -> Result<Reply, Fault> {
    let id = staff_of(&req)?;
    let session = req.session().map(|s| s.id).ok_or(linli_acts::Denied::SignIn)?;
    let typed = linli_base::text::compact(req.form().raw("code"));
    let net = req.remote();
    match req.act(move |act| acts::show_factor(act, session, id, &typed, &net)).await {
        Ok(true) => {
            let back = req.form().raw("back");
            let to = if back.is_empty() { "/office/me".to_owned() } else { linli_web::safe_back(back) };
            Ok(Reply::see_other(&to))
        }
        Ok(false) | Err(OfficeError::DoesNotFit | OfficeError::Changed) => factor_page(&req, true).await,
        Err(e) => Err(e.into()),
    }
}

fn setup_page(req: &Req, wrong: Vec<(String, String)>) -> Reply {
    let (f, w) = (req.frame(), req.words::<Words>());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let fields = password_fields(&w, &errors);
    let status = if errors.is_empty() { 200 } else { 422 };
    let page = DoorPage {
        title: w.setup_title(),
        intro: w.setup_intro(),
        errors,
        fields,
        act: w.go_on(),
        hint: "",
        back: String::new(),
        f,
    };
    Reply::page(&page).status(status)
}

pub(crate) async fn setup(req: Req) -> Result<Reply, Fault> {
    let token: String = req.path("token")?;
    req.read(move |r| acts::of_link(r, &token)).await?.ok_or(Missing)?;
    Ok(setup_page(&req, Vec::new()))
}

pub(crate) async fn set_password(req: Req) -> Result<Reply, Fault> {
    let token: String = req.path("token")?;
    let w: Words = req.words();
    if let Some(wrong) = new_password(&w, req.form().raw("password"), req.form().raw("again")) {
        return Ok(setup_page(&req, vec![wrong]));
    }
    let hash = hashed(&req, req.form().raw("password")).await?;
    let device = device(&req);
    let (_, secret) = req.act(move |act| acts::set_password(act, &token, &hash, &device)).await?;
    Ok(begun(&req, &secret, "/office/me"))
}

pub(crate) async fn sign_out(req: Req) -> Result<Reply, Fault> {
    if let (Some(s), Ok(id)) = (req.session().map(|s| s.id), req.officer()) {
        req.act(move |act| {
            linli_web::session::end(act, s, linli_web::SessionKind::Staff, id.raw())
                .map_err(OfficeError::from)
        })
        .await?;
    }
    Ok(Reply::see_other("/office/sign-in").header("set-cookie", &session_cookie(is_https(&req), None)))
}
