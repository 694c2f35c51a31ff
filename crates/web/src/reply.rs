//! What a handler answers, and how anything that went wrong becomes a page or a problem document (RFC 9457).

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body::Frame;
use linli_base::{FieldError, Problem};
use serde::Serialize;

use crate::openapi::ProblemDocument;

/// An answer.
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Content,
    pub(crate) flash: Option<String>,
}

const HTML: &str = "text/html; charset=utf-8";

pub(crate) enum Content {
    Whole(Bytes),
    /// Of a size that nobody knows before; whoever makes them says if they break off.
    Pieces(tokio::sync::mpsc::Receiver<Result<Vec<u8>, Cut>>),
    /// Of a size that was told before.
    Blocks(Blocks),
}

/// A long answer broke off: the connection is cut, so that nobody takes what arrived for the whole.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer broke off")]
pub struct Cut;

struct Pieces(tokio::sync::mpsc::Receiver<Result<Vec<u8>, Cut>>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Cut;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|p| p.map(|bytes| Frame::data(Bytes::from(bytes)))))
    }
}

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self { status, headers, body: Content::Whole(body), flash: None }
    }

    /// A page.
    #[must_use]
    pub fn page(page: &impl askama::Template) -> Self {
        match page.render() {
            Ok(html) => Self::new(StatusCode::OK, HTML, html.into_bytes()),
            Err(e) => {
                tracing::error!("template: {e}");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", Vec::new())
            }
        }
    }

    /// A page as it was rendered before.
    pub(crate) fn kept_page(html: Bytes) -> Self {
        Self::new(StatusCode::OK, HTML, html)
    }

    /// On to another page after something was done.
    #[must_use]
    pub fn see_other(to: &str) -> Self {
        let mut reply = Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Vec::new());
        reply.set(header::LOCATION, to);
        reply
    }

    /// JSON.
    #[must_use]
    pub fn json(value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self::new(StatusCode::OK, "application/json", body)
    }

    /// Any bytes.
    #[must_use]
    pub fn bytes(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, content_type, body)
    }

    /// A file to keep, under a name in ASCII letters, digits, `-`, `_`, `.`.
    #[must_use]
    pub fn download(content_type: &'static str, name: &str, body: impl Into<Bytes>) -> Self {
        Self::new(StatusCode::OK, content_type, body).kept_as(name)
    }

    /// A file to keep, sent block by block. If `blocks` ends before `size` bytes the connection is broken off, so that nobody
    /// takes half a file for the whole.
    #[must_use]
    pub fn download_blocks(content_type: &'static str, name: &str, size: u64, blocks: Blocks) -> Self {
        let mut reply = Self::new(StatusCode::OK, content_type, Bytes::new()).kept_as(name);
        reply.body = Content::Blocks(blocks);
        reply.set(header::CONTENT_LENGTH, &size.to_string());
        reply
    }

    fn kept_as(mut self, name: &str) -> Self {
        let safe: String =
            name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        self.set(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{safe}\""));
        self
    }

    /// A file to keep that is never whole in memory: sent as its pieces come.
    #[must_use]
    pub fn stream(
        content_type: &'static str,
        name: &str,
        pieces: tokio::sync::mpsc::Receiver<Result<Vec<u8>, Cut>>,
    ) -> Self {
        Self { body: Content::Pieces(pieces), ..Self::download(content_type, name, Vec::new()) }
    }

    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self
    }

    /// A header; a value that is no header text is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.set(HeaderName::from_static(name), value);
        self
    }

    /// Said once on the next page, in the person's language.
    #[must_use]
    pub fn flash(mut self, text: impl Into<String>) -> Self {
        self.flash = Some(text.into());
        self
    }

    /// May be kept by browsers and proxies for this long. Public content that is the same for everybody only.
    #[must_use]
    pub fn cache_public(self, seconds: u32) -> Self {
        self.header("cache-control", &format!("public, max-age={seconds}"))
    }

    pub(crate) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(match self.body {
            Content::Whole(bytes) => Body::from(bytes),
            Content::Pieces(pieces) => Body::new(Pieces(pieces)),
            Content::Blocks(blocks) => Body::new(Streamed(blocks)),
        });
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// Where the blocks of a file come from.
pub type Blocks = tokio::sync::mpsc::Receiver<Bytes>;

struct Streamed(Blocks);

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = std::convert::Infallible;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|block| block.map(|b| Ok(Frame::data(b))))
    }
}

/// Anything that went wrong. Every [`Problem`] becomes one.
pub struct Fault(pub(crate) Box<dyn Problem>);

impl<P: Problem> From<P> for Fault {
    fn from(problem: P) -> Self {
        Self(Box::new(problem))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({:?})", self.0)
    }
}

impl Fault {
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code()
    }
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status()
    }
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        self.0.fields()
    }
}

macro_rules! plain_problem {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $status:literal;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, thiserror::Error)]
        #[error($code)]
        pub struct $name;
        impl Problem for $name {
            fn code(&self) -> &'static str { $code }
            fn status(&self) -> u16 { $status }
        }
    )+ };
}

plain_problem! {
    /// There is nothing at this address, or nothing for this person.
    Missing = "not-found", 404;
    /// The request is not of a form that our pages send.
    Malformed = "malformed", 400;
    /// Somebody changed it meanwhile.
    Changed = "changed", 409;
    /// Too many in too short a time.
    TooMany = "too-many", 429;
    /// Larger than this address takes.
    TooLarge = "too-large", 413;
    /// The form was opened in another session, or another site sent it.
    WrongOrigin = "wrong-origin", 403;
    /// Asked with a method that this address does not know.
    WrongMethod = "wrong-method", 405;
}

pub(crate) fn problem_json(fault: &Fault) -> Reply {
    let document = ProblemDocument {
        kind: format!("/problems/{}", fault.code()),
        title: fault.code().to_owned(),
        status: fault.status(),
        fields: fault.fields().to_vec(),
    };
    let mut reply = Reply::json(&document).status(fault.status());
    reply.headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
    reply
}
