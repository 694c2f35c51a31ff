//! A visitor who knows no script: keeps cookies, reads the forms that were served, and submits them.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt;

/// A page that was served.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub path: String,
    pub body: Vec<u8>,
    pub content_type: String,
    /// `Content-Disposition`; empty: shown, not kept.
    pub disposition: String,
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the text stands on the page.
    pub fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The forms of the page: action and fields with their values.
    pub fn forms(&self) -> Vec<Form> {
        let text = self.text();
        text.split("<form")
            .skip(1)
            .map(|f| Form::read(f.split("</form>").next().unwrap_or(""), &self.path))
            .collect()
    }
}

/// A form as served.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: BTreeMap<String, String>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

/// A text of a page as a browser reads it.
pub fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let read = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            name => {
                let n = name.strip_prefix("#x").map(|hex| u32::from_str_radix(hex, 16));
                let n = n.or_else(|| name.strip_prefix('#').map(str::parse));
                n.and_then(Result::ok).and_then(char::from_u32)
            }
        };
        match read {
            Some(read) => {
                out.push(read);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

impl Form {
    fn read(text: &str, path: &str) -> Self {
        let (head, body) = text.split_once('>').unwrap_or((text, ""));
        let action = attribute(head, "action").unwrap_or_else(|| path.to_owned());
        let mut fields = BTreeMap::new();
        let mut list = String::new();
        for piece in body.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap_or("");
            if tag.starts_with("option") && tag.contains(" selected") {
                fields.insert(list.clone(), attribute(tag, "value").unwrap_or_default());
            }
            if !(tag.starts_with("input") || tag.starts_with("textarea") || tag.starts_with("select")) {
                continue;
            }
            let Some(name) = attribute(tag, "name") else { continue };
            if tag.starts_with("select") {
                list.clone_from(&name);
            }
            if tag.starts_with("textarea") {
                let typed = piece.split_once('>').map_or("", |(_, typed)| typed);
                fields.insert(name, unescaped(typed));
                continue;
            }
            let kind = attribute(tag, "type").unwrap_or_default();
            if matches!(kind.as_str(), "checkbox" | "radio") && !tag.contains(" checked") {
                continue;
            }
            fields.insert(name, attribute(tag, "value").unwrap_or_default());
        }
        Self { action, fields }
    }

    /// Types into a field, ticks a box, chooses.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.to_owned());
        self
    }
}

fn encode(fields: &BTreeMap<String, String>) -> String {
    let one = |s: &str| linli_web::encode(s);
    fields.iter().map(|(k, v)| format!("{}={}", one(k), one(v))).collect::<Vec<_>>().join("&")
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::from([("lang".to_owned(), "zh-Hans".to_owned())]) }
    }

    async fn send(&mut self, method: &str, path: &str, body: Option<String>) -> (Page, Option<String>) {
        let kind = if body.is_some() { "application/x-www-form-urlencoded" } else { "" };
        self.send_as(method, path, kind, body.unwrap_or_default().into_bytes()).await
    }

    async fn send_as(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> (Page, Option<String>) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut request =
            Request::builder().method(method).uri(path).header(header::COOKIE, cookies.join("; "));
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("ASCII");
            let (pair, rest) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("name=value");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status().as_u16();
        let read = |h: header::HeaderName| {
            response.headers().get(h).and_then(|v| v.to_str().ok()).map(str::to_owned)
        };
        let to = read(header::LOCATION);
        let content_type = read(header::CONTENT_TYPE).unwrap_or_default();
        let disposition = read(header::CONTENT_DISPOSITION).unwrap_or_default();
        let body = to_bytes(response.into_body(), 32 * 1024 * 1024).await.expect("a body").to_vec();
        (Page { status, path: path.to_owned(), body, content_type, disposition }, to)
    }

    /// Opens an address and follows where it leads.
    pub async fn get(&mut self, path: &str) -> Page {
        let (mut page, mut to) = self.send("GET", path, None).await;
        for _ in 0..5 {
            let Some(next) = to else { break };
            (page, to) = self.send("GET", &next, None).await;
        }
        page
    }

    /// The bare answer, nothing followed.
    pub async fn peek(&mut self, method: &str, path: &str) -> (u16, Option<String>) {
        let body = (method == "POST").then(String::new);
        let (page, to) = self.send(method, path, body).await;
        (page.status, to)
    }

    /// How the door answers with her cookies alone, as JSON so that the code is told: status and code of the problem, if any.
    pub async fn at_the_door(&mut self, method: &str, path: &str) -> (u16, String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        (status, problem.get("title").and_then(|t| t.as_str()).unwrap_or_default().to_owned())
    }

    /// What another system sends with its bearer token: status and JSON answer. An empty key sends none.
    pub async fn api(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        key: &str,
        body: &serde_json::Value,
    ) -> (u16, serde_json::Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// What another system looks up.
    pub async fn api_get(&mut self, path: &str, token: &str) -> (u16, serde_json::Value) {
        self.api("GET", path, token, "", &serde_json::Value::Null).await
    }

    /// Submits a form with a file behind its fields, and follows where it leads.
    pub async fn submit_file(&mut self, form: &Form, field: &str, name: &str, file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (key, value) in form.fields.iter().filter(|(key, _)| *key != field) {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
            )
            .bytes(),
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let (page, to) = self.send_as("POST", &form.action, "multipart/form-data; boundary=edge", body).await;
        match to {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    /// Submits a form and follows where it leads.
    pub async fn submit(&mut self, form: &Form) -> Page {
        let (page, to) = self.send("POST", &form.action, Some(encode(&form.fields))).await;
        match to {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    /// Sends names and values in their order, some given more than once, and follows where it leads.
    pub async fn send_pairs(&mut self, path: &str, pairs: &[(String, String)]) -> Page {
        let one = |s: &str| linli_web::encode(s);
        let body: Vec<String> = pairs.iter().map(|(k, v)| format!("{}={}", one(k), one(v))).collect();
        let (page, to) = self.send("POST", path, Some(body.join("&"))).await;
        match to {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    /// As [`Visitor::submit`], with one field given several times: ticked boxes of one name.
    pub async fn submit_many(&mut self, form: &Form, name: &str, values: &[String]) -> Page {
        let mut body = encode(&form.fields);
        for value in values {
            body.push_str(&format!("&{name}={}", linli_web::encode(value)));
        }
        let (page, to) = self.send("POST", &form.action, Some(body)).await;
        match to {
            Some(next) => self.get(&next).await,
            None => page,
        }
    }

    /// Sends a file with the hidden fields of the page's form, as a browser does.
    pub async fn upload(&mut self, path: &str, bytes: &[u8]) -> Page {
        let page =
            self.get(path.strip_suffix("/import").filter(|p| p.contains("notice")).unwrap_or(path)).await;
        let form = page.forms().into_iter().find(|f| f.action == path).expect("the form of the file");
        let mark = "linli-test-boundary";
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            if name != "file" {
                let part =
                    format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
                body.extend(part.into_bytes());
            }
        }
        let head =
            format!("--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"table\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{mark}--\r\n").into_bytes());
        self.send_as("POST", path, &format!("multipart/form-data; boundary={mark}"), body).await.0
    }
}
