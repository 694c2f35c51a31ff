//! Routes are declared as data: method, path, who may, handler. A route without a gate cannot be written down.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use linli_acts::DutyKind;

use crate::api::Api;
use crate::reply::{Fault, Reply};
use crate::request::Req;

/// Who may come in. The first lock; acts ask again with body and place.
#[derive(Clone, Copy, Debug)]
pub enum Gate {
    /// Everybody.
    Public,
    /// A signed-in resident, or a helper who serves one just now.
    Resident,
    /// Any officer who has shown the second factor.
    Staff,
    /// An officer who holds a duty of this kind, and has shown the second factor.
    Duty(&'static DutyKind),
    /// An officer who holds any of these duties.
    AnyDuty(&'static [&'static DutyKind]),
    /// Another system's bearer token for this duty.
    Token(&'static DutyKind),
}

impl Gate {
    /// As written in the table of routes.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Resident => "resident".to_owned(),
            Self::Staff => "staff".to_owned(),
            Self::Duty(kind) => kind.key.to_owned(),
            Self::AnyDuty(kinds) => kinds.iter().map(|k| k.key).collect::<Vec<_>>().join("|"),
            Self::Token(kind) => format!("token:{}", kind.key),
        }
    }
}

type Running = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send>>;
pub(crate) type Handler = Arc<dyn Fn(Req) -> Running + Send + Sync>;

/// One address.
#[derive(Clone)]
pub struct Route {
    pub method: Method,
    /// In axum's form: `/my/cases/{id}`.
    pub path: &'static str,
    pub gate: Gate,
    pub(crate) handler: Handler,
    pub(crate) body_limit: usize,
    /// Whether the handler reads the file itself, block by block.
    pub(crate) streams: bool,
    pub(crate) api: Option<Arc<Api>>,
    pub(crate) delegable: bool,
}

/// A form of text: far more than any of ours needs.
pub(crate) const FORM_LIMIT: usize = 256 * 1024;

impl Route {
    fn new<F, Fut>(method: Method, path: &'static str, gate: Gate, handler: F) -> Self
    where
        F: Fn(Req) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |req| Box::pin(handler(req)));
        Self {
            method,
            path,
            gate,
            handler,
            body_limit: FORM_LIMIT,
            streams: false,
            delegable: false,
            api: None,
        }
    }

    /// Shows something. Never changes state, but for what is logged of a look.
    #[must_use]
    pub fn get<F, Fut>(path: &'static str, gate: Gate, handler: F) -> Self
    where
        F: Fn(Req) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + Send + 'static,
    {
        Self::new(Method::GET, path, gate, handler)
    }

    /// Does something.
    #[must_use]
    pub fn post<F, Fut>(path: &'static str, gate: Gate, handler: F) -> Self
    where
        F: Fn(Req) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + Send + 'static,
    {
        Self::new(Method::POST, path, gate, handler)
    }

    /// Hands the form's one file to the handler as it comes in ([`Req::incoming`]), up to this many bytes of it. The file's
    /// field stands last in the form.
    #[must_use]
    pub fn streams(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self.streams = true;
        self
    }

    /// What an address of the API tells of itself: no address under `/api/` is without.
    #[must_use]
    pub fn api(mut self, api: Api) -> Self {
        self.api = Some(Arc::new(api));
        self
    }

    /// A page on which a resident may act for another who lets her (亲友代办). On all others she is herself.
    #[must_use]
    pub fn delegable(mut self) -> Self {
        self.delegable = true;
        self
    }

    /// Takes uploads up to this many bytes, in memory: for tables that an officer sends.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }
}
