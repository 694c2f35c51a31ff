//! The component set. Each is a struct with its own small template and renders where a template writes `{{ component }}`.
//! Markup follows GOV.UK's patterns (error summary first, hint and error tied to the field, one label each).

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

/// Markup made by a component. Only this module makes it, so escaping has one place.
#[derive(Clone, Debug, Default)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

impl Html {
    /// Hidden fields of a form.
    #[must_use]
    pub fn hidden(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(k, v)| {
                    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(k), escape(v))
                })
                .collect(),
        )
    }

    /// An SVG drawing from a trusted maker of ours (QR code, chart).
    #[must_use]
    pub fn drawing(svg: &str) -> Self {
        let body = svg.split_once("?>").map_or(svg, |(_, rest)| rest);
        Self(body.trim().to_owned())
    }
}

/// What kind of input a field is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    #[default]
    Text,
    Phone,
    /// A short number or code, typed with the number keys.
    Code,
    Password,
    Day,
    Number,
    Lines,
}

/// A labelled input of text.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ui/field.html")]
pub struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    /// In the person's words; empty if right.
    pub error: String,
    /// Where a filled value came from; makes the field read-only.
    pub source: String,
    pub autocomplete: &'static str,
    pub kind: Kind,
    pub optional: String,
}

impl HtmlSafe for Field {}

impl Field {
    #[must_use]
    pub fn new(name: &str, label: &str, value: &str) -> Self {
        Self { name: name.to_owned(), label: label.to_owned(), value: value.to_owned(), ..Self::default() }
    }
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
    /// The error's words, if it is wrong.
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error.unwrap_or_default();
        self
    }
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
    /// A token of the HTML standard: `name`, `tel`, `one-time-code`, `current-password`, `off` …
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }
    /// The value is known: shown with its source, not typed.
    #[must_use]
    pub fn from(mut self, source: &str) -> Self {
        source.clone_into(&mut self.source);
        self
    }
    /// Marks it as "may stay empty", in words.
    #[must_use]
    pub fn optional(mut self, words: &str) -> Self {
        words.clone_into(&mut self.optional);
        self
    }
    fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        if !self.error.is_empty() {
            ids.push(format!("{}-error", self.name));
        }
        if !self.source.is_empty() {
            ids.push(format!("{}-from", self.name));
        }
        ids.join(" ")
    }
    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Password => "password",
            Kind::Phone => "tel",
            Kind::Day => "date",
            _ => "text",
        }
    }
}

/// One of several answers.
#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: String,
}

impl Choice {
    #[must_use]
    pub fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), hint: String::new() }
    }
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
}

/// Choose one: radio buttons, or a drop-down list when there are many.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/choose.html")]
pub struct Choose {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub error: String,
    pub choices: Vec<Choice>,
    /// As a drop-down list.
    pub list: bool,
}

impl HtmlSafe for Choose {}

impl Choose {
    #[must_use]
    pub fn new(name: &str, label: &str, value: &str, choices: Vec<Choice>) -> Self {
        let list = choices.len() > 7;
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: value.to_owned(),
            error: String::new(),
            choices,
            list,
        }
    }
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error.unwrap_or_default();
        self
    }
    #[must_use]
    pub fn list(mut self) -> Self {
        self.list = true;
        self
    }
}

/// A box to tick: consent, statement of truth.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/tick.html")]
pub struct Tick {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub on: bool,
    pub error: String,
}

impl HtmlSafe for Tick {}

impl Tick {
    #[must_use]
    pub fn new(name: &str, label: &str, on: bool) -> Self {
        Self { name: name.to_owned(), label: label.to_owned(), hint: String::new(), on, error: String::new() }
    }
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error.unwrap_or_default();
        self
    }
}

/// What is wrong on the page, first on the page, with links to the fields. Renders nothing when nothing is wrong.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ui/errors.html")]
pub struct Errors {
    pub title: String,
    /// Field name and words; without a name it concerns the whole page and leads nowhere.
    pub list: Vec<(String, String)>,
}

impl HtmlSafe for Errors {}

impl Errors {
    #[must_use]
    pub fn new(title: &str, list: Vec<(String, String)>) -> Self {
        Self { title: title.to_owned(), list }
    }
    /// The words for a field, if it is wrong.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.list.iter().find(|(f, _)| f == field).map(|(_, w)| w.clone())
    }
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Plain,
    Done,
    Due,
    Late,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Done => "done",
            Self::Due => "due",
            Self::Late => "late",
        }
    }
}

/// A state in a word, with shape and colour.
#[derive(Clone, Debug, Template)]
#[template(source = "<em class=\"chip {{ tone.class() }}\">{{ text }}</em>", ext = "html")]
pub struct Chip {
    pub text: String,
    pub tone: Tone,
}

impl HtmlSafe for Chip {}

impl Chip {
    #[must_use]
    pub fn new(tone: Tone, text: &str) -> Self {
        Self { text: text.to_owned(), tone }
    }
}

/// A line of a list that leads somewhere.
#[derive(Clone, Debug)]
pub struct Row {
    pub href: String,
    pub title: String,
    pub detail: String,
    pub chip: Option<Chip>,
}

/// A list of things; says so when there are none.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/rows.html")]
pub struct Rows {
    pub rows: Vec<Row>,
    pub empty: String,
}

impl HtmlSafe for Rows {}

impl Rows {
    #[must_use]
    pub fn new(rows: Vec<Row>, empty: &str) -> Self {
        Self { rows, empty: empty.to_owned() }
    }
}

/// A fact, with how it was come by.
#[derive(Clone, Debug)]
pub struct Fact {
    pub name: String,
    pub value: String,
    /// Steps of the derivation; empty: none shown.
    pub why: Vec<String>,
    /// Where the value leads: a path, or the last part of one below the record's own page ([`Fact::under`]); empty: nowhere.
    pub href: String,
}

impl Fact {
    #[must_use]
    pub fn new(name: &str, value: impl fmt::Display) -> Self {
        Self { name: name.to_owned(), value: value.to_string(), why: Vec::new(), href: String::new() }
    }
    #[must_use]
    pub fn why(mut self, why: Vec<String>) -> Self {
        self.why = why;
        self
    }
    #[must_use]
    pub fn link(mut self, href: &str) -> Self {
        self.href = href.to_owned();
        self
    }
    /// Completes a link that is only the last part: a room does not know whether an officer or the applicant reads.
    #[must_use]
    pub fn under(mut self, page: &str) -> Self {
        if !self.href.is_empty() && !self.href.starts_with('/') {
            self.href = format!("{page}/{}", self.href);
        }
        self
    }
}

/// Facts, one under another.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/facts.html")]
pub struct Facts {
    pub facts: Vec<Fact>,
    /// Words of "how was this computed".
    pub why: &'static str,
}

impl HtmlSafe for Facts {}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Moment {
    pub what: String,
    pub when: String,
    pub detail: String,
}

/// What happened, newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/timeline.html")]
pub struct Timeline {
    pub moments: Vec<Moment>,
}

impl HtmlSafe for Timeline {}

/// A way to the next page of a list that is paged by key.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "ui/pager.html")]
pub struct Pager {
    /// Address of the next page; empty: there is none.
    pub next: String,
    /// Address of the first page; empty: this is the first.
    pub first: String,
    pub next_words: &'static str,
    pub first_words: &'static str,
}

impl HtmlSafe for Pager {}

/// A form with one button: an act.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/button.html")]
pub struct Button {
    pub action: String,
    pub label: String,
    pub hidden: Html,
    pub extra: Html,
    pub quiet: bool,
    /// Key of the desk.
    pub key: &'static str,
}

impl HtmlSafe for Button {}

impl Button {
    /// The page's main act, red. `hidden` from the frame.
    #[must_use]
    pub fn main(action: &str, label: &str, hidden: Html) -> Self {
        Self {
            action: action.to_owned(),
            label: label.to_owned(),
            hidden,
            extra: Html::default(),
            quiet: false,
            key: "",
        }
    }
    #[must_use]
    pub fn quiet(action: &str, label: &str, hidden: Html) -> Self {
        Self { quiet: true, ..Self::main(action, label, hidden) }
    }
    /// Further hidden fields, such as `rev`.
    #[must_use]
    pub fn with(mut self, pairs: &[(&str, &str)]) -> Self {
        self.extra = Html::hidden(pairs);
        self
    }
    #[must_use]
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = key;
        self
    }
}
