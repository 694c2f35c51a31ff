//! The door: one axum router from the routes of all rooms; identification, gates, headers, limits; HTTPS; draining.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Timer};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Multipart, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter};
use linli_acts::{Denied, House, Who};
use linli_words::Lang;
use tokio::sync::watch;

use crate::form::{Form, Upload};
use crate::incoming::{self, Incoming};
use crate::kept::Kept;
use crate::openapi;
use crate::page::RailGroup;
use crate::problems::problem_page;
use crate::reply::{Fault, Malformed, Missing, Reply, TooLarge, WrongMethod, WrongOrigin, problem_json};
use crate::request::Req;
use crate::route::{FORM_LIMIT, Gate, Route};
use crate::session::{self, Identified};

/// What the site calls itself and how it is reached.
#[derive(Clone, Debug)]
pub struct Site {
    /// `https://host`, without a slash at the end.
    pub origin: String,
    pub district_zh: String,
    pub district_en: String,
    /// Show demo helps. Never in production.
    pub demo: bool,
    /// Behind a proxy that sets `X-Forwarded-For`: its last entry is believed.
    pub trust_proxy: bool,
    /// The officer's rail, composed by `linli`.
    pub rail: Arc<[RailGroup]>,
}

#[derive(Clone)]
struct Shared {
    house: House,
    site: Arc<Site>,
    openapi: Arc<openapi::Document>,
    kept: Arc<Kept>,
}

/// Longest time a request may take before it is answered with "busy".
const DEADLINE: Duration = Duration::from_secs(30);

/// Longest time for a file over a slow phone line.
const FILE_DEADLINE: Duration = Duration::from_secs(600);

/// One router of all routes.
pub fn router(house: House, site: Arc<Site>, routes: &[Route]) -> Router {
    let shared = Shared { house, site, openapi: openapi::document(routes), kept: Arc::default() };
    let mut paths: Vec<(&'static str, MethodRouter<Shared>)> = Vec::new();
    for route in routes {
        let filter = if route.method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        let route = route.clone();
        let path = route.path;
        let answer = move |State(shared): State<Shared>, params: RawPathParams, request: Request| {
            serve_route(shared, route.clone(), params, request)
        };
        match paths.iter_mut().find(|(p, _)| *p == path) {
            Some((_, methods)) => *methods = std::mem::take(methods).on(filter, answer),
            None => paths.push((path, MethodRouter::new().on(filter, answer))),
        }
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(path, methods.fallback(wrong_method));
    }
    router.fallback(nowhere).with_state(shared)
}

async fn wrong_method(State(shared): State<Shared>, request: Request) -> Response {
    let parts = Asked::of(&shared, &request);
    finish(&shared, parts.failed(&shared, &WrongMethod.into()))
}

async fn nowhere(State(shared): State<Shared>, request: Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(reply) = crate::assets::reply(request.uri().path(), request.headers())
    {
        return reply;
    }
    let parts = Asked::of(&shared, &request);
    finish(&shared, parts.failed(&shared, &Missing.into()))
}

/// What is known of a request before anybody is identified.
struct Asked {
    path: String,
    lang: Lang,
    large: bool,
    json: bool,
    cookies: Vec<(String, String)>,
}

impl Asked {
    fn of(_: &Shared, request: &Request) -> Self {
        let cookies = cookies(request.headers());
        let find = |name: &str| cookies.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
        let accept =
            |name: HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or("");
        let lang = find("lang")
            .and_then(|l| Lang::from_code(&l))
            .unwrap_or_else(|| Lang::from_accept(accept(header::ACCEPT_LANGUAGE)));
        let path = request.uri().path().to_owned();
        let json = path.starts_with("/api/") || accept(header::ACCEPT).contains("application/json");
        Self { path, lang, large: find("size").as_deref() == Some("large"), json, cookies }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone())
    }

    fn failed(&self, shared: &Shared, fault: &Fault) -> Reply {
        if fault.status() >= 500 {
            tracing::error!(http.path = %self.path, "{:?}", fault.0);
        }
        if self.json {
            problem_json(fault)
        } else {
            problem_page(shared.site.as_ref(), self.lang, self.large, &self.path, fault)
        }
    }
}

async fn serve_route(shared: Shared, route: Route, params: RawPathParams, request: Request) -> Response {
    let start = Timer::now();
    let asked = Asked::of(&shared, &request);
    let deadline = if route.streams { FILE_DEADLINE } else { DEADLINE };
    let handled = tokio::time::timeout(deadline, handle(&shared, &route, &asked, &params, request)).await;
    let mut reply = match handled {
        Ok(Ok(reply)) => reply,
        Ok(Err(Fault(problem))) if problem.code() == "sign-in" && !asked.json => {
            let back: String = form_urlencoded::byte_serialize(asked.path.as_bytes()).collect();
            let door = if matches!(route.gate, Gate::Resident | Gate::Public) {
                "/sign-in"
            } else {
                "/office/sign-in"
            };
            Reply::see_other(&format!("{door}?back={back}"))
        }
        Ok(Err(fault)) => asked.failed(&shared, &fault),
        Err(_) => asked.failed(&shared, &Fault::from(Busy)),
    };
    if let Some(text) = reply.flash.take() {
        let value: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        reply.set(header::SET_COOKIE, &format!("flash={value}; Path=/; Max-Age=60; SameSite=Lax; HttpOnly"));
    } else if asked.cookie("flash").is_some() && reply.status.is_success() {
        reply.set(header::SET_COOKIE, "flash=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
    }
    // Nobody is told what a power cut could still take back.
    shared.house.db().settled().await;
    tracing::info!(
        http.route = route.path,
        http.status = reply.status.as_u16(),
        duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    finish(&shared, reply)
}

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

impl linli_base::Problem for Busy {
    fn code(&self) -> &'static str {
        "busy"
    }
    fn status(&self) -> u16 {
        503
    }
}

async fn handle(
    shared: &Shared,
    route: &Route,
    asked: &Asked,
    params: &RawPathParams,
    request: Request,
) -> Result<Reply, Fault> {
    let headers = request.headers().clone();
    let mut identified = who_asks(shared, route, asked, &headers).await?;
    if !route.delegable {
        identified.herself();
    }
    may_enter(route, &identified)?;
    let remote = remote(shared, &request, &headers);
    let query = Form::parse(request.uri().query().unwrap_or("").as_bytes());
    let (form, body, incoming) = if route.method == Method::POST {
        let read = read_body(route, &headers, request).await?;
        if !matches!(route.gate, Gate::Token(_)) {
            same_origin(shared, &headers, identified.session.as_ref().map(|s| s.csrf.as_str()), &read.0)?;
        }
        read
    } else {
        (Form::default(), Bytes::new(), None)
    };
    if let Some(s) = &identified.session
        && s.needs_seen(shared.house.now())
    {
        session::seen(&shared.house, s.id).await?;
    }
    let flash = asked.cookie("flash").map(|v| percent(&v)).filter(|v| !v.is_empty());
    let req = Req {
        house: shared.house.clone(),
        method: route.method.clone(),
        path: asked.path.clone(),
        route: route.path,
        params: params.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        query,
        form,
        body,
        headers,
        session: identified.session,
        actor: identified.actor,
        name: identified.name,
        stands_for: identified.stands_for,
        lang: asked.lang,
        large: asked.large,
        remote,
        flash,
        site: Arc::clone(&shared.site),
        incoming: std::sync::Mutex::new(incoming),
        openapi: Arc::clone(&shared.openapi),
        kept: Arc::clone(&shared.kept),
    };
    (route.handler)(req).await
}

async fn who_asks(
    shared: &Shared,
    route: &Route,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Identified, Fault> {
    if let Gate::Token(_) = route.gate {
        let secret = headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.strip_prefix("Bearer "))
            .ok_or(Denied::SignIn)?;
        let actor = session::identify_token(&shared.house, secret).await?.ok_or(Denied::SignIn)?;
        return Ok(Identified { actor, session: None, name: None, stands_for: None });
    }
    Ok(session::identify(&shared.house, asked.cookie("linli")).await?)
}

fn may_enter(route: &Route, who: &Identified) -> Result<(), Denied> {
    let actor = &who.actor;
    let with_factor = || match (&actor.who, &who.session) {
        (Who::Staff(_), Some(s)) if s.second_factor_at.is_none() => Err(Denied::SecondFactor),
        _ => actor.officer().map(drop),
    };
    match route.gate {
        Gate::Public => Ok(()),
        Gate::Resident => actor.resident().map(drop).map_err(|e| match e {
            // An officer at a resident's page is asked to sign in as a resident, not told "not found".
            Denied::NotYours => Denied::SignIn,
            e => e,
        }),
        Gate::Staff => with_factor(),
        Gate::Duty(kind) => with_factor().and_then(|()| actor.holds_any(kind).map(drop)),
        Gate::AnyDuty(kinds) => {
            with_factor()?;
            match kinds.iter().find(|k| actor.holds_any(k).is_ok()) {
                Some(_) => Ok(()),
                None => Err(kinds.first().map_or(Denied::NotYours, |k| Denied::Duty(k))),
            }
        }
        Gate::Token(kind) => actor.holds_any(kind).map(drop),
    }
}

/// A POST must come from our own pages: the browser's own headers say so, and the form of a session carries its mark.
fn same_origin(shared: &Shared, headers: &HeaderMap, csrf: Option<&str>, form: &Form) -> Result<(), Fault> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => {}
        Some(_) => return Err(WrongOrigin.into()),
        // Old phones do not send it; all send Origin with a POST.
        None => {
            if let Some(origin) = text("origin").filter(|o| *o != "null")
                && origin != shared.site.origin
                && !shared.site.demo
            {
                return Err(WrongOrigin.into());
            }
        }
    }
    match csrf {
        Some(mark) if form.raw("csrf") != mark => Err(WrongOrigin.into()),
        _ => Ok(()),
    }
}

async fn read_body(
    route: &Route,
    headers: &HeaderMap,
    request: Request,
) -> Result<(Form, Bytes, Option<Incoming>), Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if route.streams && kind.starts_with("multipart/form-data") {
        let (form, incoming) = incoming::read(headers, request.into_body(), route.body_limit).await?;
        return Ok((form, Bytes::new(), incoming));
    }
    if kind.starts_with("multipart/form-data") {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, route.body_limit).await.map_err(|_| TooLarge)?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| Malformed)?;
        let mut form = Form::default();
        while let Some(field) = multipart.next_field().await.map_err(|_| Malformed)? {
            let name = field.name().unwrap_or("").to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = field.bytes().await.map_err(|_| Malformed)?;
                    form.push_upload(Upload { field: name, name: file, bytes });
                }
                None => {
                    let value = field.text().await.map_err(|_| Malformed)?;
                    form.push(name, &value);
                }
            }
        }
        return Ok((form, Bytes::new(), None));
    }
    let limit = if route.streams { FORM_LIMIT } else { route.body_limit };
    let bytes = to_bytes(request.into_body(), limit).await.map_err(|_| TooLarge)?;
    if kind.starts_with("application/json") {
        return Ok((Form::default(), bytes, None));
    }
    Ok((Form::parse(&bytes), Bytes::new(), None))
}

fn remote(shared: &Shared, request: &Request, headers: &HeaderMap) -> Option<IpAddr> {
    if shared.site.trust_proxy
        && let Some(last) =
            headers.get("x-forwarded-for").and_then(|v| v.to_str().ok()).and_then(|v| v.rsplit(',').next())
    {
        return last.trim().parse().ok();
    }
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip())
}

pub(crate) fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}

fn percent(text: &str) -> String {
    form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

/// Headers that every answer bears.
fn finish(shared: &Shared, reply: Reply) -> Response {
    let mut response = reply.into_response();
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Accept-Language, HX-Request"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if shared.site.origin.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The cookie of a session that begins, or the end of one (`None`).
#[must_use]
pub fn session_cookie(site_is_https: bool, secret: Option<&str>) -> String {
    let secure = if site_is_https { "; Secure" } else { "" };
    match secret {
        Some(secret) => format!("linli={secret}; Path=/; Max-Age=2592000; SameSite=Lax; HttpOnly{secure}"),
        None => format!("linli=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly{secure}"),
    }
}

/// A certificate and its key, PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Serves until told to stop, then lets running requests end, for at most 30 s.
///
/// # Errors
/// If the address cannot be bound or the certificate cannot be read.
pub async fn serve(
    router: Router,
    listener: std::net::TcpListener,
    tls: Option<Tls>,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let handle = axum_server::Handle::new();
    let draining = handle.clone();
    tokio::spawn(async move {
        if stop.wait_for(|stop| *stop).await.is_ok() {
            draining.graceful_shutdown(Some(DEADLINE));
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    listener.set_nonblocking(true)?;
    match tls {
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Some(tls) => {
            let config =
                axum_server::tls_rustls::RustlsConfig::from_pem_file(tls.certificate, tls.key).await?;
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
    }
}
