//! What was typed. Values are tidied at the edge; wrong ones stay as typed, to be shown again.

use std::str::FromStr;

use axum::body::Bytes;
use linli_base::text;

use crate::reply::{Fault, Malformed};

/// A file that was sent along.
#[derive(Clone, Debug)]
pub struct Upload {
    pub field: String,
    /// As the browser names it; never used as a path.
    pub name: String,
    pub bytes: Bytes,
}

/// The fields of a form, in order, or the parameters of an address.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    uploads: Vec<Upload>,
}

/// More fields than any form has.
const MOST_FIELDS: usize = 1_000;

impl Form {
    /// From `a=1&b=2`. Bytes that are no UTF-8 become the replacement character, which no field accepts.
    #[must_use]
    pub fn parse(encoded: &[u8]) -> Self {
        let fields = form_urlencoded::parse(encoded)
            .take(MOST_FIELDS)
            .map(|(k, v)| (k.into_owned(), v.replace('\0', "")))
            .collect();
        Self { fields, uploads: Vec::new() }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.uploads.is_empty()
    }

    pub(crate) fn push(&mut self, name: String, value: &str) {
        if self.fields.len() < MOST_FIELDS {
            self.fields.push((name, value.replace('\0', "")));
        }
    }

    pub(crate) fn push_upload(&mut self, upload: Upload) {
        self.uploads.push(upload);
    }

    /// As typed: for showing again.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
    }

    /// One line, tidied; empty if absent.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        text::tidy(self.raw(name))
    }

    /// Several lines, tidied.
    #[must_use]
    pub fn lines(&self, name: &str) -> String {
        text::tidy_lines(self.raw(name))
    }

    /// The names of the fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(k, _)| k.as_str())
    }

    /// Every value of a field that may be given more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.fields.iter().filter(move |(k, _)| k == name).map(|(_, v)| text::tidy(v))
    }

    /// Whether a box is ticked or a button pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(k, _)| k == name)
    }

    /// A value that only the page itself puts there (ids, revisions): a wrong one is nobody's slip.
    ///
    /// # Errors
    /// `Malformed`, answered with 400.
    pub fn parse_as<T: FromStr>(&self, name: &str) -> Result<T, Fault> {
        self.raw(name).trim().parse().map_err(|_| Fault::from(Malformed))
    }

    #[must_use]
    pub fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().find(|u| u.field == name && !u.bytes.is_empty())
    }

    /// Names and values as they came, for rooms whose forms are data.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }
}
