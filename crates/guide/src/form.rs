//! The form of an item: what is asked, page by page, and what is granted.
//!
//! A page or field with a `when` is asked only where the test is met; it may ask for facts and for answers of *earlier pages*, so
//! that a page without script shows the right fields when it is opened. Rows of a group are answered under `GROUP.N.FIELD`, N from 1.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::guide::Both;
use crate::kinds::Papers;
use crate::material::is_key;
use crate::predicate::{Facts, Predicate, Value, Verdict};

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
    #[error("field {0}: the least is more than the most, or a limit stands where there is none")]
    Limits(String),
    #[error("group {0} has no fields, a group in itself, or too many rows")]
    Group(String),
}

impl BadForm {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Fact(_) => "bad-fact",
            Self::Deep => "bad-deep",
            Self::Key(_) => "bad-key",
            Self::Choices(_) => "bad-choices",
            Self::Empty => "bad-empty-page",
            Self::Grant => "bad-grant",
            Self::Limits(_) => "bad-limits",
            Self::Group(_) => "bad-group",
        }
    }
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    Text,
    Lines,
    /// Regular form `2026-11-27`.
    Day,
    Phone,
    BankCard,
    /// Regular form: the key of the choice.
    Choice,
    /// A whole number; `min` and `max` hold it.
    Number,
    /// Yuan as typed; regular form: fen. `min` and `max` are in fen.
    Money,
    /// Regular form `1` or `0`.
    YesNo,
    /// A resident identity number with a right check digit.
    IdNumber,
    Email,
    /// A place of the district, down to the community; regular form: its code.
    Place,
    /// A postal address in words.
    Address,
    /// Several answers to the same fields (family members, former employers): from `min` to `max` rows of `fields`.
    Group,
}

impl FieldKind {
    fn limited(self) -> bool {
        matches!(self, Self::Number | Self::Money | Self::Group)
    }
}

/// Rows beyond any that somebody types.
const MOST_ROWS: i64 = 20;

/// Where a value is known from: shown with its source and never asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub zh: String,
    pub en: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Asked only where this is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Predicate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The fields of a group's row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

impl Field {
    /// An answer in its regular form as a fact, for `answer:KEY`; `None`: left empty, or not of that form. A group's fact is the
    /// number of its rows, which only the form's room can count.
    #[must_use]
    pub fn fact(&self, regular: &str) -> Option<Value> {
        if regular.is_empty() {
            return None;
        }
        match self.kind {
            FieldKind::Number | FieldKind::Money | FieldKind::YesNo | FieldKind::Group => {
                regular.parse().ok().map(Value::Number)
            }
            _ => Some(Value::Word(regular.to_owned())),
        }
    }

    fn faults(
        &self,
        at: &str,
        keys: &mut Vec<String>,
        earlier: &[&str],
        papers: &Papers,
        in_group: bool,
        out: &mut Vec<(String, BadForm)>,
    ) {
        let mut bad = |part: &str, what: BadForm| out.push((format!("{at}.{part}"), what));
        if !is_key(&self.key) || keys.contains(&self.key) {
            bad("key", BadForm::Key(self.key.clone()));
        }
        if (self.kind == FieldKind::Choice) == self.choices.is_empty() {
            bad("choices", BadForm::Choices(self.key.clone()));
        }
        let limited = self.min.is_some() || self.max.is_some();
        let crossed = matches!((self.min, self.max), (Some(min), Some(max)) if min > max);
        if crossed || (limited && !self.kind.limited()) {
            bad("max", BadForm::Limits(self.key.clone()));
        }
        if let Some(Err(e)) = self.when.as_ref().map(|w| w.check(earlier, papers)) {
            bad("when", e);
        }
        if self.kind == FieldKind::Group {
            let rows =
                self.max.is_some_and(|n| (1..=MOST_ROWS).contains(&n)) && self.min.is_none_or(|n| n >= 0);
            if in_group || self.fields.is_empty() || !rows {
                bad("kind", BadForm::Group(self.key.clone()));
            }
            let mut own = Vec::new();
            for (i, field) in self.fields.iter().enumerate() {
                field.faults(&format!("{at}.fields.{i}"), &mut own, earlier, papers, true, out);
            }
        } else if !self.fields.is_empty() {
            bad("kind", BadForm::Group(self.key.clone()));
        }
        keys.push(self.key.clone());
    }
}

/// Whether a test lets something be asked: what has no test is always asked, and what nobody knows is asked.
#[must_use]
pub fn asked(when: Option<&Predicate>, facts: &Facts, rule: &dyn Fn(&str) -> Option<i64>) -> bool {
    when.is_none_or(|p| p.test(facts, rule, &mut Vec::new()) != Verdict::NotMet)
}

/// One question page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub title: Both,
    /// Asked only where this is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Predicate>,
    pub fields: Vec<Field>,
}

/// What is granted where a test is met; the first that is met counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub when: Predicate,
    /// With `{value}` where the rule's value stands.
    pub text: Both,
    /// Key of the rule that gives the amount.
    pub rule: String,
}

/// How an item is applied for and handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// One proposes, another decides.
    pub two_persons: bool,
    /// What is known and goes with the application.
    pub known: Vec<KnownFrom>,
    pub pages: Vec<Page>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
}

impl Form {
    /// Everything that types cannot check, each at its place in the form.
    #[must_use]
    pub fn faults(&self, papers: &Papers) -> Vec<(String, BadForm)> {
        let mut out = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for (i, page) in self.pages.iter().enumerate() {
            if page.fields.is_empty() {
                out.push((format!("pages.{i}"), BadForm::Empty));
            }
            let before = keys.clone();
            let earlier: Vec<&str> = before.iter().map(String::as_str).collect();
            if let Some(Err(e)) = page.when.as_ref().map(|w| w.check(&earlier, papers)) {
                out.push((format!("pages.{i}.when"), e));
            }
            for (j, field) in page.fields.iter().enumerate() {
                field.faults(&format!("pages.{i}.fields.{j}"), &mut keys, &earlier, papers, false, &mut out);
            }
        }
        let answered: Vec<&str> = keys.iter().map(String::as_str).collect();
        for (i, grant) in self.grants.iter().enumerate() {
            if let Err(e) = grant.when.check(&answered, papers) {
                out.push((format!("grants.{i}.when"), e));
            }
            if !grant.text.zh.contains("{value}") || !grant.text.en.contains("{value}") {
                out.push((format!("grants.{i}.text"), BadForm::Grant));
            }
        }
        out
    }

    /// Every field, in order; a group counts as one.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pages.iter().flat_map(|p| p.fields.iter())
    }

    /// Every test in it.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &Predicate> {
        let pages = self.pages.iter().filter_map(|p| p.when.as_ref());
        let fields = self.fields().flat_map(|f| f.fields.iter().chain([f])).filter_map(|f| f.when.as_ref());
        pages.chain(fields).chain(self.grants.iter().map(|g| &g.when))
    }

    /// Keys of every rule that the form asks.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let mut out = Vec::new();
        self.tests().for_each(|p| p.rules(&mut out));
        out.extend(self.grants.iter().map(|g| g.rule.as_str()));
        out
    }
}

/// The form that fits every item: what it is for, how much is known, remarks. Who asks and the materials come with every form.
#[must_use]
pub fn generic() -> Form {
    let both = |zh: &str, en: &str| Both { zh: zh.to_owned(), en: en.to_owned() };
    let field = |key: &str, label: Both, hint: Option<Both>, kind: FieldKind, optional: bool| Field {
        key: key.to_owned(),
        label,
        hint,
        kind,
        choices: Vec::new(),
        optional,
        when: None,
        min: None,
        max: None,
        fields: Vec::new(),
    };
    Form {
        two_persons: true,
        known: vec![KnownFrom::Name, KnownFrom::Document, KnownFrom::Phone, KnownFrom::Place],
        pages: vec![Page {
            title: both("要办什么？", "What do you need?"),
            when: None,
            fields: vec![
                field(
                    "matter",
                    both("请写明申请的内容", "What you apply for"),
                    Some(both("例如：为谁办、办什么、有什么特别情况", "For whom, what, anything special")),
                    FieldKind::Lines,
                    false,
                ),
                field(
                    "organisation",
                    both("单位名称", "Name of the organisation"),
                    Some(both("以单位名义申请的才填", "Only if you apply for one")),
                    FieldKind::Text,
                    true,
                ),
                field("remarks", both("备注", "Remarks"), None, FieldKind::Lines, true),
            ],
        }],
        grants: Vec::new(),
    }
}
