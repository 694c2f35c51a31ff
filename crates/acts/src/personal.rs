//! What each room holds of a person: so that one page can hand her a copy of everything and one act can erase what may go.
//! And what acts are called to those whom they concern.

use std::borrow::Cow;

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_vault::Vault;
use serde::{Deserialize, Serialize};

use crate::actor::PersonId;
use crate::house::Act;

/// A room's part in copy and erasure, declared once by the room: `inventory::submit! { PersonalData { … } }`. A room that
/// holds anything of persons must have one.
pub struct PersonalData {
    /// The room's crate name: `casework`.
    pub room: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Everything the room holds of the person, opened; `Null` if nothing.
    pub export: fn(&mut Read<'_>, &Vault, PersonId) -> Result<serde_json::Value, DbError>,
    /// What [`PersonalData::erase`] would answer, without doing it: shown before she decides.
    pub outlook: fn(&mut Read<'_>, PersonId) -> Result<Vec<Holding>, DbError>,
    /// Erases what no law keeps, at most about 1,000 rows, and tells what was erased and what stays. Twice does no harm. The
    /// log's contents are erased by the caller.
    pub erase: fn(&mut Act<'_, '_>, PersonId) -> Result<Vec<Holding>, DbError>,
}

inventory::collect!(PersonalData);

/// Every room's part, by room.
#[must_use]
pub fn personal_data() -> Vec<&'static PersonalData> {
    let mut all: Vec<_> = inventory::iter::<PersonalData>().collect();
    all.sort_by_key(|p| p.room);
    all
}

/// One kind of thing that a room holds of a person, and what an erasure does with it. Holds no personal data itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holding {
    pub what_zh: Cow<'static, str>,
    pub what_en: Cow<'static, str>,
    pub rows: u64,
    /// `None`: erased at once.
    pub kept: Option<Kept>,
}

/// Why something is kept, by which law, and until when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub why_zh: Cow<'static, str>,
    pub why_en: Cow<'static, str>,
    /// Name and article: 《…法》第…条.
    pub law: Cow<'static, str>,
    /// The last day; `None`: for good.
    pub until: Option<Day>,
}

impl Holding {
    /// Erased at once.
    #[must_use]
    pub fn erased(what_zh: &'static str, what_en: &'static str, rows: u64) -> Self {
        Self { what_zh: what_zh.into(), what_en: what_en.into(), rows, kept: None }
    }
    /// Kept by law.
    #[must_use]
    pub fn kept(what_zh: &'static str, what_en: &'static str, rows: u64, kept: Kept) -> Self {
        Self { kept: Some(kept), ..Self::erased(what_zh, what_en, rows) }
    }
}

/// What an act is called on the page "who looked at my data" and in timelines.
pub struct ActWords {
    /// As logged: `people.opened`.
    pub act: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

inventory::collect!(ActWords);

/// The words of an act, Chinese and English.
#[must_use]
pub fn act_words(act: &str) -> Option<(&'static str, &'static str)> {
    inventory::iter::<ActWords>().find(|w| w.act == act).map(|w| (w.zh, w.en))
}

/// Names a room's acts: `act_words! { "people.opened" = "查看了您的资料", "Opened your record"; }`.
#[macro_export]
macro_rules! act_words {
    ($($act:literal = $zh:literal, $en:literal;)+) => { $(
        $crate::inventory::submit! { $crate::ActWords { act: $act, zh: $zh, en: $en } }
    )+ };
}
