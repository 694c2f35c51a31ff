//! What an item says. A document, frozen with its version.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::form::{BadForm, Form};
use crate::handling::{Begin, Department, Handover, Identity, InPerson, Persons};
use crate::kinds::{self, Papers};
use crate::material::{BadMaterial, Material};
use crate::predicate::Predicate;

/// A text in the source language and in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

/// The level at which an item is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    District,
    Street,
    Community,
}

/// 即办件 or 承诺件.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    Immediate,
    Promised,
}

/// A condition: in words, and where it can be decided from what is known, as a test (受理条件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub zh: String,
    pub en: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Predicate>,
}

/// The guide of an item (办事指南).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    pub name: Both,
    pub summary: Both,
    /// Other words by which people look for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The body in charge. It handles a district's item itself; of the others, the office of the level where the applicant lives.
    pub department: Department,
    pub level: Level,
    pub topic: Both,
    /// 事项类型.
    pub kind: Both,
    pub pace: Pace,
    pub persons: Persons,
    /// Keys of [`kinds::EVENTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    #[serde(default)]
    pub identity: Identity,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<Material>,
    /// When she is needed in person, beside what materials and hand-over ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presence: Vec<InPerson>,
    /// The ways in which the result may reach her; she chooses. Empty: there is nothing to hand over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handover: Vec<Handover>,
    /// What is left for the resident to do, where it is not plain from form and materials.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_do: Vec<Both>,
    /// 法定时限 and 承诺时限, working days.
    pub legal_days: u16,
    pub promised_days: u16,
    pub limit_note: Both,
    /// Visits as the department publishes them, only to be compared: what is shown and counted is derived ([`crate::visits`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_visits: Option<u8>,
    pub fee: Both,
    pub result: Both,
    #[serde(rename = "where")]
    pub place: Both,
    pub phone: String,
    /// Where this text comes from.
    pub source: Both,
    /// Written from a template; the department has not checked it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
    /// Keys of items that are best done along with it (一件事一次办).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<String>,
    pub begin: Begin,
}

/// A guide that says nothing yet: where an editor begins.
#[must_use]
pub fn blank() -> Guide {
    let none = || Both { zh: String::new(), en: String::new() };
    let both = |zh: &str, en: &str| Both { zh: zh.to_owned(), en: en.to_owned() };
    Guide {
        name: none(),
        summary: none(),
        words: Vec::new(),
        department: Department { code: String::new(), zh: String::new(), en: String::new() },
        level: Level::District,
        topic: none(),
        kind: both("公共服务", "Public service"),
        pace: Pace::Promised,
        persons: Persons::Persons,
        events: Vec::new(),
        identity: Identity::Remote,
        conditions: Vec::new(),
        materials: Vec::new(),
        presence: Vec::new(),
        handover: vec![Handover::Download],
        to_do: Vec::new(),
        legal_days: 20,
        promised_days: 20,
        limit_note: both("自受理之日的次日起算", "From the day after acceptance"),
        declared_visits: None,
        fee: both("不收费", "Free"),
        result: none(),
        place: none(),
        phone: String::new(),
        source: none(),
        unchecked: false,
        together: Vec::new(),
        begin: Begin::Generic,
    }
}

/// What is wrong with a document.
#[derive(Debug, thiserror::Error)]
pub enum BadGuide {
    #[error("{0}")]
    Form(String),
    #[error("the promised limit is longer than the legal one")]
    PromiseLongerThanLaw,
    #[error("begin is no path of this site, or no https address")]
    Begin,
    #[error("a Chinese name is empty")]
    Name,
    #[error("material {0}: {1}")]
    Material(String, BadMaterial),
    #[error("unknown life event {0}")]
    Event(String),
    #[error("a proof that may not be asked for any more: {0}")]
    Abolished(String),
    #[error("the department has no code")]
    Department,
    #[error("{0}")]
    Rule(#[from] BadForm),
}

impl BadGuide {
    /// Stable code, under which an editor keeps its words.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "bad-form",
            Self::PromiseLongerThanLaw => "bad-promise",
            Self::Begin => "bad-begin",
            Self::Name => "bad-name",
            Self::Material(_, what) => what.code(),
            Self::Event(_) => "bad-event",
            Self::Abolished(_) => "bad-abolished",
            Self::Department => "bad-department",
            Self::Rule(what) => what.code(),
        }
    }
}

/// What is wrong, and where: the path of the part in the document, such as `materials.2.ways`.
#[derive(Debug)]
pub struct Fault {
    pub at: String,
    pub what: BadGuide,
}

impl Guide {
    /// Reads and checks a document that comes with the program.
    ///
    /// # Errors
    /// What is wrong.
    pub fn read(json: &str) -> Result<Self, BadGuide> {
        let guide: Self = serde_json::from_str(json).map_err(|e| BadGuide::Form(e.to_string()))?;
        guide.check(&Papers::program())?;
        Ok(guide)
    }

    /// Checks what types cannot, with the kinds of paper that there are.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn check(&self, papers: &Papers) -> Result<(), BadGuide> {
        self.faults(papers).into_iter().next().map_or(Ok(()), |fault| Err(fault.what))
    }

    /// Everything that is wrong with it, each at its place.
    #[must_use]
    pub fn faults(&self, papers: &Papers) -> Vec<Fault> {
        let mut out = Vec::new();
        let mut bad = |at: &str, what: BadGuide| out.push(Fault { at: at.to_owned(), what });
        if self.promised_days > self.legal_days {
            bad("promised_days", BadGuide::PromiseLongerThanLaw);
        }
        let fits = match &self.begin {
            Begin::Page(path) => path.starts_with('/') && !path.starts_with("//"),
            Begin::LinkOut(out) => out
                .address
                .strip_prefix("https://")
                .is_some_and(|rest| !rest.is_empty() && !rest.contains(' ')),
            Begin::Form(_) | Begin::Generic => true,
        };
        if !fits {
            bad("begin", BadGuide::Begin);
        }
        if self.name.zh.trim().is_empty() {
            bad("name.zh", BadGuide::Name);
        }
        let parted = |s: &str| s.is_empty() || s.contains('|');
        if parted(&self.department.code) || parted(&self.department.zh) {
            bad("department", BadGuide::Department);
        }
        for event in self.events.iter().filter(|e| kinds::event(e).is_none()) {
            bad("events", BadGuide::Event(event.clone()));
        }
        for (i, condition) in self.conditions.iter().enumerate() {
            // Before anybody applies nothing is answered.
            if let Some(Err(e)) = condition.test.as_ref().map(|t| t.check(&[], papers)) {
                bad(&format!("conditions.{i}.test"), e.into());
            }
        }
        let form = self.form();
        for (at, e) in form.iter().flat_map(|f| f.faults(papers)) {
            bad(&format!("begin.form.{at}"), e.into());
        }
        let answered: Vec<&str> = form.iter().flat_map(|f| f.fields()).map(|f| f.key.as_str()).collect();
        let mut keys: Vec<&str> = Vec::new();
        for (i, material) in self.materials.iter().enumerate() {
            let here = |part: &str| format!("materials.{i}.{part}");
            let of = |what| BadGuide::Material(material.key.clone(), what);
            material.faults(papers, &mut |part, what| bad(&here(part), of(what)));
            if keys.contains(&material.key.as_str()) {
                bad(&here("key"), of(BadMaterial::Twice));
            }
            keys.push(&material.key);
            if let Some(Err(e)) = material.when.as_ref().map(|w| w.check(&answered, papers)) {
                bad(&here("when"), e.into());
            }
        }
        out
    }

    /// The form it is applied for with: its own or the generic one; `None`: it begins elsewhere.
    #[must_use]
    pub fn form(&self) -> Option<Cow<'_, Form>> {
        match &self.begin {
            Begin::Form(form) => Some(Cow::Borrowed(form)),
            Begin::Generic => Some(Cow::Owned(crate::form::generic())),
            Begin::Page(_) | Begin::LinkOut(_) => None,
        }
    }

    /// Kinds of paper that its tests ask for.
    #[must_use]
    pub fn papers_asked(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.conditions.iter().filter_map(|c| c.test.as_ref()).for_each(|t| t.papers(&mut out));
        self.materials.iter().filter_map(|m| m.when.as_ref()).for_each(|t| t.papers(&mut out));
        let mut out: Vec<String> = out.into_iter().map(str::to_owned).collect();
        if let Some(form) = self.form() {
            let mut asked = Vec::new();
            form.tests().for_each(|t| t.papers(&mut asked));
            out.extend(asked.into_iter().map(str::to_owned));
        }
        out.sort();
        out.dedup();
        out
    }

    /// Keys of every rule that its tests and grants ask.
    #[must_use]
    pub fn rules(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.conditions.iter().filter_map(|c| c.test.as_ref()).for_each(|t| t.rules(&mut out));
        self.materials.iter().filter_map(|m| m.when.as_ref()).for_each(|t| t.rules(&mut out));
        let mut out: Vec<String> = out.into_iter().map(str::to_owned).collect();
        if let Some(form) = self.form() {
            out.extend(form.rules().into_iter().map(str::to_owned));
        }
        out.sort();
        out.dedup();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_not_longer_than_the_law() {
        let mut guide = crate::testing::guide();
        let papers = Papers::program();
        assert!(guide.check(&papers).is_ok());
        (guide.promised_days, guide.legal_days) = (9, 0);
        assert!(matches!(guide.check(&papers), Err(BadGuide::PromiseLongerThanLaw)));
    }
}
