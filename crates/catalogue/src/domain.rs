//! What an item says. A document, frozen with its version.

use serde::{Deserialize, Serialize};

use crate::form::{BadForm, Form};
use crate::predicate::Predicate;

linli_db::id! {
    /// A service item.
    pub struct ItemId;
}

linli_db::codes! {
    /// How an item stands.
    pub enum ItemState {
        Draft = "draft",
        Live = "live",
        Retired = "retired",
    }
}

/// A text in the source language and in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

/// The level at which an item is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    District,
    Street,
    Community,
}

/// 即办件 or 承诺件.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    Immediate,
    Promised,
}

/// The best way in which a material is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Asked of a register: nothing to hand in.
    Register,
    /// A certificate in the wallet.
    Certificate,
    /// A statement that the applicant signs.
    Declare,
    Upload,
    /// The paper itself.
    Original,
}

impl Way {
    /// Whether the resident has nothing to do for it.
    #[must_use]
    pub fn waived(self) -> bool {
        matches!(self, Self::Register | Self::Certificate)
    }
}

/// A condition: in words, and where it can be decided from what is known, as a test (受理条件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub zh: String,
    pub en: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Predicate>,
}

/// A material of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    pub name: Both,
    pub way: Way,
    pub source: Both,
}

/// The guide of an item (办事指南).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    pub name: Both,
    pub summary: Both,
    /// Other words by which people look for it.
    pub words: Vec<String>,
    pub department: Both,
    pub level: Level,
    pub topic: Both,
    /// Whether it counts among the items of human resources and social security.
    pub human_resources: bool,
    pub kind: Both,
    pub pace: Pace,
    pub conditions: Vec<Condition>,
    pub materials: Vec<Material>,
    /// What is left for the resident to do.
    pub to_do: Vec<Both>,
    /// 法定时限 and 承诺时限, working days.
    pub legal_days: u16,
    pub promised_days: u16,
    pub limit_note: Both,
    pub visits: u8,
    pub fee: Both,
    pub result: Both,
    #[serde(rename = "where")]
    pub place: Both,
    pub phone: String,
    /// Where this text comes from.
    pub source: Both,
    /// Where it begins.
    pub begin: String,
    /// The form, where the item is applied for with one; `None`: it has pages of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

/// What is wrong with a document; the editor and the import tell it.
#[derive(Debug, thiserror::Error)]
pub enum BadGuide {
    #[error("{0}")]
    Form(String),
    #[error("the promised limit is longer than the legal one")]
    PromiseLongerThanLaw,
    #[error("begin is no path of this site")]
    Begin,
    #[error("a Chinese name is empty")]
    Name,
    #[error("{0}")]
    Rule(#[from] BadForm),
}

impl Guide {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(json: &str) -> Result<Self, BadGuide> {
        let guide: Self = serde_json::from_str(json).map_err(|e| BadGuide::Form(e.to_string()))?;
        if guide.promised_days > guide.legal_days {
            return Err(BadGuide::PromiseLongerThanLaw);
        }
        if !guide.begin.starts_with('/') || guide.begin.starts_with("//") {
            return Err(BadGuide::Begin);
        }
        if guide.name.zh.trim().is_empty() || guide.materials.iter().any(|m| m.name.zh.trim().is_empty()) {
            return Err(BadGuide::Name);
        }
        for test in guide.conditions.iter().filter_map(|c| c.test.as_ref()) {
            test.check()?;
        }
        if let Some(form) = &guide.form {
            form.check()?;
        }
        Ok(guide)
    }

    /// Whether all that was typed stands somewhere in names and words: each run of letters by itself.
    #[must_use]
    pub fn matches(&self, typed: &str) -> bool {
        let typed = linli_base::text::tidy(typed).to_lowercase();
        let hay = [
            self.name.zh.as_str(),
            &self.name.en,
            &self.summary.zh,
            &self.summary.en,
            &self.topic.zh,
            &self.topic.en,
            &self.department.zh,
        ];
        let hay = format!("{} {}", hay.join(" "), self.words.join(" ")).to_lowercase();
        typed.split(' ').all(|word| hay.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_items_are_sound() {
        for (key, json) in crate::DELIVERED {
            let guide = Guide::read(json).unwrap_or_else(|e| panic!("{key}: {e}"));
            assert!(!guide.name.en.is_empty() && !guide.summary.zh.is_empty(), "{key}");
        }
    }

    #[test]
    fn an_item_is_found_by_its_words() {
        let guide = Guide::read(crate::DELIVERED[0].1).unwrap();
        for typed in ["参保", "社保证明", "Social Insurance", "人社 证明"] {
            assert!(guide.matches(typed), "{typed}");
        }
        assert!(!guide.matches("停车"));
    }

    #[test]
    fn a_promise_is_not_longer_than_the_law() {
        let json = crate::DELIVERED[0].1.replace("\"promised_days\": 0", "\"promised_days\": 9");
        assert!(matches!(Guide::read(&json), Err(BadGuide::PromiseLongerThanLaw)));
    }
}
