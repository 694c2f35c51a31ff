//! The form of an item: what is asked, page by page, and what is granted.

use serde::{Deserialize, Serialize};

use crate::domain::Both;
use crate::predicate::Predicate;

/// A form is wrong.
#[derive(Debug, thiserror::Error)]
pub enum BadForm {
    #[error("unknown fact {0}")]
    Fact(String),
    #[error("a test is empty, too deep or too wide")]
    Deep,
    #[error("field key {0}: letters, digits and hyphens, once")]
    Key(String),
    #[error("field {0} has no choices, or choices it cannot have")]
    Choices(String),
    #[error("a page without fields")]
    Empty,
    #[error("the grant's text has no {{value}}")]
    Grant,
    #[error("a body's code is empty")]
    Body,
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    Text,
    Lines,
    Day,
    Phone,
    BankCard,
    Choice,
}

/// Where a value is known from: shown with its source and never asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownFrom {
    Name,
    Document,
    Birth,
    Sex,
    Phone,
    Place,
    Hukou,
    Disability,
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub zh: String,
    pub en: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Stable; the same key in another item means the same thing, so that an answer given once is offered again.
    pub key: String,
    pub label: Both,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Both>,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// One question page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub title: Both,
    pub fields: Vec<Field>,
}

/// What is granted where a test is met; the first that is met counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub when: Predicate,
    /// With `{value}` where the rule's value stands.
    pub text: Both,
    /// Key of the rule that gives the amount.
    pub rule: String,
}

/// How an item is applied for and handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Code of the body that handles it; for a street's or a community's item the office where the applicant lives does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// One proposes, another decides.
    pub two_persons: bool,
    /// What is known and goes with the application.
    pub known: Vec<KnownFrom>,
    pub pages: Vec<Page>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
}

impl Form {
    /// Checks what types cannot.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), BadForm> {
        if self.body.as_ref().is_some_and(String::is_empty) {
            return Err(BadForm::Body);
        }
        let mut keys: Vec<&str> = Vec::new();
        for page in &self.pages {
            if page.fields.is_empty() {
                return Err(BadForm::Empty);
            }
            for field in &page.fields {
                let fits = !field.key.is_empty()
                    && field.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
                if !fits || keys.contains(&field.key.as_str()) {
                    return Err(BadForm::Key(field.key.clone()));
                }
                if (field.kind == FieldKind::Choice) == field.choices.is_empty() {
                    return Err(BadForm::Choices(field.key.clone()));
                }
                keys.push(&field.key);
            }
        }
        for grant in &self.grants {
            grant.when.check()?;
            if !grant.text.zh.contains("{value}") || !grant.text.en.contains("{value}") {
                return Err(BadForm::Grant);
            }
        }
        Ok(())
    }

    /// Every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pages.iter().flat_map(|p| p.fields.iter())
    }

    /// Keys of every rule that the form asks.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for grant in &self.grants {
            grant.when.rules(&mut out);
            out.push(&grant.rule);
        }
        out
    }
}
