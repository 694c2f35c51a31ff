//! The OpenAPI 3.1 document, made from what the routes declare. Nothing of it is written by hand a second time.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::http::Method;
use linli_base::FieldError;
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::api::{Answer, Api, Content, In, Param};
use crate::reply::{Fault, Reply};
use crate::request::Req;
use crate::route::{Gate, Route};

/// Where the document lies.
pub(crate) const PATH: &str = "/api/v1/openapi.json";

/// The document of a set of routes, made when it is first asked for.
pub(crate) type Document = LazyLock<Value, Box<dyn FnOnce() -> Value + Send>>;

pub(crate) fn document(routes: &[Route]) -> Arc<Document> {
    let routes: Vec<Route> = routes.iter().filter(|r| r.api.is_some()).cloned().collect();
    Arc::new(LazyLock::new(Box::new(move || made(&routes))))
}

/// A problem (RFC 9457).
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemDocument {
    /// The address `/problems/{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code: stable, in kebab case.
    pub title: String,
    pub status: u16,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// What a status means wherever it is answered.
fn meaning(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("请求的格式不对", "Not of the form that is described here"),
        401 => ("没有凭证，或凭证、签名无效", "No token, or a token or signature that is not good"),
        403 => ("凭证没有相应的岗位职责", "The token does not carry the duty"),
        404 => ("没有，或不属于这个凭证", "Not there, or not this token's"),
        405 => ("这个地址不接受这种方法", "This address does not know the method"),
        409 => (
            "现在不能这样做：状态不允许，或刚有人改过",
            "Not possible now: its state, or somebody changed it meanwhile",
        ),
        413 => ("内容太大", "Too large"),
        422 => (
            "格式对，但内容不对；错在哪里见 fields",
            "Of the right form but wrong in what it says; see fields",
        ),
        429 => ("太频繁", "Too many in too short a time"),
        503 => ("正忙，请稍后重试", "Busy; try again later"),
        _ => ("没有办成", "It was not done"),
    }
}

/// Two generators, because what is read and what is written differ (a default may be left out on the way in, never on the way out).
struct Shapes {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Shapes {
    fn new() -> Self {
        let settings = |contract: Contract| {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.contract = contract;
            settings.into_generator()
        };
        Self { read: settings(Contract::Deserialize), written: settings(Contract::Serialize) }
    }
}

fn made(routes: &[Route]) -> Value {
    let (paths, read, mut schemas) = described(routes);
    schemas.extend(read);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Linli 邻里",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a page can do, the API can do. Tokens are bound to a body and one duty. Problems are RFC 9457.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

type Paths<'a> = BTreeMap<&'a str, Map<String, Value>>;

/// Operations by path and method, and the schemas that they name: those that are read, those that are written.
fn described(routes: &[Route]) -> (Paths<'_>, Map<String, Value>, Map<String, Value>) {
    let mut shapes = Shapes::new();
    let mut paths = Paths::new();
    for route in routes {
        let Some(api) = &route.api else { continue };
        let operation = operation(route, api, &mut shapes);
        paths.entry(route.path).or_default().insert(route.method.as_str().to_lowercase(), operation);
    }
    (paths, shapes.read.take_definitions(true), shapes.written.take_definitions(true))
}

/// `get-cases-case` of `GET /api/v1/cases/{case}`.
fn name(route: &Route) -> String {
    let path = route.path.strip_prefix("/api/v1").unwrap_or(route.path);
    let words = path.split(['/', '.']).map(|p| p.trim_matches(['{', '}'])).filter(|p| !p.is_empty());
    [route.method.as_str().to_lowercase().as_str()].into_iter().chain(words).collect::<Vec<_>>().join("-")
}

fn operation(route: &Route, api: &Api, shapes: &mut Shapes) -> Value {
    let mut responses = Map::new();
    for answer in &api.answers {
        responses.insert(answer.status.to_string(), self::answer(answer, shapes));
    }
    let mut problems = api.problems.clone();
    problems.push(503);
    if let Gate::Token(_) = route.gate {
        problems.extend([401, 403]);
    }
    problems.sort_unstable();
    problems.dedup();
    for status in problems {
        let (zh, en) = meaning(status);
        let schema = shapes.written.subschema_for::<ProblemDocument>();
        let problem = json!({
            "description": en, "x-zh": zh, "content": { "application/problem+json": { "schema": schema } },
        });
        responses.insert(status.to_string(), problem);
    }
    let mut out = json!({
        "operationId": name(route),
        "summary": api.en,
        "x-zh": api.zh,
        "parameters": api.params.iter().map(|p| parameter(p, shapes)).collect::<Vec<_>>(),
        "responses": responses,
    });
    let Value::Object(fields) = &mut out else { return out };
    if let Some(body) = api.body {
        let schema = body(&mut shapes.read);
        let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        fields.insert("requestBody".to_owned(), body);
    }
    if let Gate::Token(duty) = route.gate {
        fields.insert("security".to_owned(), json!([{ "token": [] }]));
        fields.insert("x-duty".to_owned(), json!({ "key": duty.key, "zh": duty.zh, "en": duty.en }));
    }
    out
}

fn answer(answer: &Answer, shapes: &mut Shapes) -> Value {
    let mut out = Map::new();
    out.insert("description".to_owned(), answer.en.into());
    out.insert("x-zh".to_owned(), answer.zh.into());
    match answer.content {
        Content::Json(shape) => {
            let schema = shape(&mut shapes.written);
            out.insert("content".to_owned(), json!({ "application/json": { "schema": schema } }));
        }
        Content::Other(kind) => {
            out.insert("content".to_owned(), json!({ kind: { "schema": { "type": "string" } } }));
        }
        Content::Nothing => {}
    }
    out.into()
}

fn parameter(p: &Param, shapes: &mut Shapes) -> Value {
    json!({
        "name": p.name,
        "in": p.place.word(),
        "required": p.required,
        "description": p.en,
        "x-zh": p.zh,
        "schema": (p.shape)(&mut shapes.read),
    })
}

/// What is wrong with the descriptions of a set of routes: an address of the API without one, a part of a path that it does not
/// name, an answer that it does not tell. A test asks.
#[must_use]
pub fn faults(routes: &[Route]) -> Vec<String> {
    let mut out = Vec::new();
    for route in routes {
        let fault = |what: &str| format!("{} {}: {what}", route.method, route.path);
        let Some(api) = &route.api else {
            if route.path.starts_with("/api/") {
                out.push(fault("an address of the API without a description"));
            }
            continue;
        };
        if !route.path.starts_with("/api/") {
            out.push(fault("described, but no address of the API"));
        }
        let mut named: Vec<&str> =
            api.params.iter().filter(|p| p.place == In::Path).map(|p| p.name).collect();
        let mut stand: Vec<&str> = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')))
            .collect();
        named.sort_unstable();
        stand.sort_unstable();
        if named != stand {
            out.push(fault("the parts of the path are others"));
        }
        if !api.answers.iter().any(|a| (200..300).contains(&a.status)) {
            out.push(fault("no answer that is good"));
        }
        if api.body.is_some() && route.method != Method::POST {
            out.push(fault("a body without POST"));
        }
    }
    let (_, read, written) = described(routes);
    let differ = read.iter().filter(|(name, schema)| written.get(*name).is_some_and(|w| w != *schema));
    out.extend(differ.map(|(name, _)| format!("{name}: one name for two forms, read and written")));
    out
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    Ok(Reply::json(&**req.openapi).cache_public(300))
}
