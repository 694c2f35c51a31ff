//! What a route of the API tells of itself, beside its handler and nowhere else: from this the OpenAPI document is made, and the
//! page for developers from the document.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes the schema of a type.
pub(crate) type Shape = fn(&mut SchemaGenerator) -> Schema;

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum In {
    Path,
    Query,
    Header,
}

impl In {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

#[derive(Clone)]
pub(crate) struct Param {
    pub name: &'static str,
    pub place: In,
    pub required: bool,
    pub zh: &'static str,
    pub en: &'static str,
    pub shape: Shape,
}

/// What an answer carries.
#[derive(Clone)]
pub(crate) enum Content {
    Json(Shape),
    /// Of another form than JSON.
    Other(&'static str),
    Nothing,
}

#[derive(Clone)]
pub(crate) struct Answer {
    pub status: u16,
    pub zh: &'static str,
    pub en: &'static str,
    pub content: Content,
}

/// The description of one address of the API. What every address may answer (a wrong method, a busy house) and what follows from
/// its gate (no token, another duty) is added where the document is made.
#[derive(Clone)]
pub struct Api {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Option<Shape>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) problems: Vec<u16>,
}

impl Api {
    /// What is done here, in one line.
    #[must_use]
    pub fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en, params: Vec::new(), body: None, answers: Vec::new(), problems: Vec::new() }
    }

    fn param<T: JsonSchema>(
        mut self,
        place: In,
        name: &'static str,
        required: bool,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        self.params.push(Param { name, place, required, zh, en, shape: shape::<T> });
        self
    }

    /// A part of the path. What is of another form is answered like what is not there: 404.
    #[must_use]
    pub fn path<T: JsonSchema>(self, name: &'static str, zh: &'static str, en: &'static str) -> Self {
        self.param::<T>(In::Path, name, true, zh, en).problem(404)
    }

    /// A parameter of the address that may be left out; read with [`crate::Req::query_value`], so one of another form is 400.
    #[must_use]
    pub fn query<T: JsonSchema>(self, name: &'static str, zh: &'static str, en: &'static str) -> Self {
        self.param::<T>(In::Query, name, false, zh, en).problem(400)
    }

    /// A header that has to be sent.
    #[must_use]
    pub fn header<T: JsonSchema>(self, name: &'static str, zh: &'static str, en: &'static str) -> Self {
        self.param::<T>(In::Header, name, true, zh, en)
    }

    /// The same request with the same key is done once.
    #[must_use]
    pub fn idempotent(self) -> Self {
        let (zh, en) = ("同一个键的同一请求只办一次", "The same request with the same key is done once");
        self.param::<IdempotencyKey>(In::Header, "Idempotency-Key", false, zh, en)
    }

    /// The body, JSON. Of another form: 400; of the form but wrong in what it says: 422.
    #[must_use]
    pub fn body<T: JsonSchema>(mut self) -> Self {
        self.body = Some(shape::<T>);
        self.problem(400).problem(413).problem(422)
    }

    /// An answer in JSON.
    #[must_use]
    pub fn answer<T: JsonSchema>(mut self, status: u16, zh: &'static str, en: &'static str) -> Self {
        self.answers.push(Answer { status, zh, en, content: Content::Json(shape::<T>) });
        self
    }

    /// An answer of another media type.
    #[must_use]
    pub fn media(mut self, status: u16, kind: &'static str, zh: &'static str, en: &'static str) -> Self {
        self.answers.push(Answer { status, zh, en, content: Content::Other(kind) });
        self
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(mut self, status: u16, zh: &'static str, en: &'static str) -> Self {
        self.answers.push(Answer { status, zh, en, content: Content::Nothing });
        self
    }

    /// A problem that it may answer with, by its status.
    #[must_use]
    pub fn problem(mut self, status: u16) -> Self {
        if !self.problems.contains(&status) {
            self.problems.push(status);
        }
        self
    }
}

/// What a client makes up for one request of its own.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[expect(dead_code, reason = "read as a schema alone")]
struct IdempotencyKey(#[schemars(length(min = 1, max = 64), pattern(r"^[!-~]+$"))] String);
