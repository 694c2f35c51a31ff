//! The page for developers: it reads the document, so it says what the document says.

use askama::Template;
use linli_words::Lang;
use serde_json::Value;

use crate::Words;
use crate::openapi;
use crate::page::Frame;
use crate::reply::{Fault, Reply};
use crate::request::Req;

struct Line {
    name: String,
    what: String,
    text: String,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    duty: String,
    params: Vec<Line>,
    body: String,
    answers: Vec<Line>,
}

struct Schema {
    name: String,
    text: String,
}

#[derive(Template)]
#[template(path = "developers.html")]
struct DevelopersPage {
    f: Frame,
    w: Words,
    origin: String,
    document: &'static str,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What the document says in two languages.
fn told(value: &Value, en: &str, lang: Lang) -> String {
    lang.pick(&text(value, "x-zh"), &text(value, en)).into_owned()
}

/// The type of a schema in a word: a name of the list below, or what JSON calls it.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    match schema.get("type") {
        Some(Value::String(one)) if one == "array" => {
            format!("{}[]", schema.get("items").map(kind).unwrap_or_default())
        }
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
        }
        _ => String::new(),
    }
}

/// Media type and schema of a body or an answer.
fn content(value: &Value) -> String {
    let Some(Value::Object(kinds)) = value.get("content") else { return String::new() };
    kinds
        .iter()
        .map(|(media, content)| {
            let kind = content.get("schema").map(kind).unwrap_or_default();
            format!("{media} {kind}").trim().to_owned()
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn operation(path: &str, method: &str, value: &Value, w: Words) -> Operation {
    let lang = w.lang();
    let duty = value.get("x-duty");
    let params = value.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let answers = value.get("responses").and_then(Value::as_object).into_iter().flatten();
    Operation {
        id: text(value, "operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: told(value, "summary", lang),
        duty: duty.map_or_else(
            || w.dev_open().to_owned(),
            |d| {
                let name = lang.pick(&text(d, "zh"), &text(d, "en")).into_owned();
                w.dev_duty(&text(d, "key"), &name)
            },
        ),
        params: params
            .map(|p| Line {
                name: text(p, "name"),
                what: format!("{} · {}", text(p, "in"), p.get("schema").map(kind).unwrap_or_default()),
                text: told(p, "description", lang),
            })
            .collect(),
        body: value.get("requestBody").map(content).unwrap_or_default(),
        answers: answers
            .map(|(status, a)| Line {
                name: status.clone(),
                what: content(a),
                text: told(a, "description", lang),
            })
            .collect(),
    }
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let (f, w) = (req.frame(), req.words::<Words>());
    let document = &**req.openapi;
    let mut operations = Vec::new();
    for (path, methods) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, value) in methods.as_object().into_iter().flatten() {
            operations.push(operation(path, method, value, w));
        }
    }
    let named = document.pointer("/components/schemas").and_then(Value::as_object);
    let schemas = named
        .into_iter()
        .flatten()
        .map(|(name, schema)| Schema {
            name: name.clone(),
            text: serde_json::to_string_pretty(schema).unwrap_or_default(),
        })
        .collect();
    Ok(Reply::page(&DevelopersPage {
        origin: req.origin().to_owned(),
        document: openapi::PATH,
        operations,
        schemas,
        f,
        w,
    }))
}
