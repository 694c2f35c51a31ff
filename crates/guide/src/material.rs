//! Materials of an item (申请材料): what must be there, and the ways in which it may be there, best first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::guide::Both;
use crate::kinds::{self, Papers};
use crate::predicate::Predicate;

/// A material of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Stable within the item: uploads, supplements and reviews point at it.
    pub key: String,
    pub name: Both,
    #[serde(default)]
    pub need: Need,
    /// Wanted only where this is met (情形): over facts of the person and any answer of the form. What nobody knows yet counts as
    /// wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Predicate>,
    /// The ways in which it may be met, best first; the first that this person has counts.
    pub ways: Vec<Way>,
    /// Paper copies; counts only where the way is paper.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub copies: u8,
    pub source: Source,
}

fn one() -> u8 {
    1
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_one(n: &u8) -> bool {
    *n == 1
}

/// 材料必要性.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    #[default]
    Must,
    Optional,
    /// May follow (容缺后补), within so many working days of acceptance; the result waits for it.
    Later {
        days: u16,
    },
}

/// Who makes it (来源渠道).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// 申请人自备
    #[default]
    Applicant,
    /// 政府部门核发
    Government,
    /// 其他
    Other,
}

/// Where it comes from: the officers' three channels, and in words from whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    #[serde(default)]
    pub from: Origin,
    pub zh: String,
    pub en: String,
}

/// Who looks at an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The picture is enough.
    Online,
    /// The original is shown once at a counter (grade C); from then on it is [`Way::Reuse`] for that person.
    Counter,
}

/// Where paper is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HandIn {
    Counter,
    Post,
}

/// One way in which a material is met. Grades after 国办函〔2016〕108号.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MaterialWay")]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Way {
    /// An electronic certificate in the person's wallet (grade A, 免提交), of a kind of [`Papers`].
    Certificate {
        kind: String,
        /// Issued no longer ago than this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_days: Option<u16>,
    },
    /// Asked of a register of [`kinds::REGISTERS`]: nothing to hand in, whoever asks.
    Register { register: String },
    /// A paper of this kind that was checked at a counter before (grade B).
    Reuse { kind: String },
    /// A statement that the applicant signs on the page (grade D, 告知承诺).
    Declare(Both),
    /// A picture or file.
    Upload { check: Check },
    /// The paper itself.
    Original { hand_in: HandIn },
}

impl Way {
    /// Whether the resident has nothing at all to do for it, if she holds it.
    #[must_use]
    pub fn waived(&self) -> bool {
        matches!(self, Self::Certificate { .. } | Self::Register { .. } | Self::Reuse { .. })
    }

    /// Whether it is open to everybody, whatever she holds.
    #[must_use]
    pub fn open_to_all(&self) -> bool {
        !matches!(self, Self::Certificate { .. } | Self::Reuse { .. })
    }

    /// Whether somebody must come to a counter for it.
    #[must_use]
    pub fn at_counter(&self) -> bool {
        matches!(self, Self::Upload { check: Check::Counter } | Self::Original { hand_in: HandIn::Counter })
    }
}

impl Material {
    /// The first way that is open to somebody who holds what `holds` says; `None`: she has none of them yet.
    #[must_use]
    pub fn way(&self, holds: &dyn Fn(&Way) -> bool) -> Option<&Way> {
        self.ways.iter().find(|w| w.open_to_all() || holds(w))
    }

    /// The way that the guide tells: the best.
    #[must_use]
    pub fn best(&self) -> Option<&Way> {
        self.ways.first()
    }

    /// Tells what is wrong with it, each with the part where it is.
    pub(crate) fn faults(&self, papers: &Papers, bad: &mut dyn FnMut(&str, BadMaterial)) {
        if !is_key(&self.key) {
            bad("key", BadMaterial::Key);
        }
        if self.name.zh.trim().is_empty() {
            bad("name.zh", BadMaterial::Name);
        }
        if self.ways.is_empty() || self.ways.len() > 8 {
            bad("ways", BadMaterial::Ways);
        } else if !self.ways.iter().any(Way::open_to_all) {
            // Whoever holds nothing must still have a way, or she could never apply.
            bad("ways", BadMaterial::NotForAll);
        }
        for (i, way) in self.ways.iter().enumerate() {
            match way {
                Way::Certificate { kind, .. } | Way::Reuse { kind } if papers.get(kind).is_none() => {
                    bad(&format!("ways.{i}.paper"), BadMaterial::Paper);
                }
                Way::Register { register } if kinds::register(register).is_none() => {
                    bad(&format!("ways.{i}.register"), BadMaterial::Register);
                }
                Way::Declare(text) if text.zh.trim().is_empty() => {
                    bad(&format!("ways.{i}.zh"), BadMaterial::Statement);
                }
                _ => {}
            }
        }
    }
}

/// What is wrong with a material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMaterial {
    #[error("key: letters, digits and hyphens")]
    Key,
    #[error("the key stands twice")]
    Twice,
    #[error("the Chinese name is empty")]
    Name,
    #[error("no way in which it may be met, or too many")]
    Ways,
    #[error("no way for whoever holds nothing")]
    NotForAll,
    #[error("unknown kind of paper")]
    Paper,
    #[error("unknown register")]
    Register,
    #[error("an empty statement")]
    Statement,
}

impl BadMaterial {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Key => "bad-key",
            Self::Twice => "bad-twice",
            Self::Name => "bad-name",
            Self::Ways => "bad-ways",
            Self::NotForAll => "bad-not-for-all",
            Self::Paper => "bad-paper",
            Self::Register => "bad-register",
            Self::Statement => "bad-statement",
        }
    }
}

/// Lower case letters, digits, hyphens.
#[must_use]
pub fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 60
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
