//! Rules are declared where they are read, with their default and where it comes from.

use crate::inventory;

linli_db::codes! {
    /// How sure a rule's source is.
    pub enum Certainty {
        /// Compared with the published text.
        Checked = "checked",
        /// From memory or a secondary text: has to be compared before the district relies on it.
        Recalled = "recalled",
        /// Our own choice where no text binds.
        Ours = "ours",
    }
}

/// A number that a rule sets, declared by `rule!` in the room that reads it.
#[derive(Debug)]
pub struct Rule {
    /// `room.name`.
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit_zh: &'static str,
    pub unit_en: &'static str,
    pub default: i64,
    /// Least and greatest value that makes sense.
    pub range: (i64, i64),
    /// Text and clause.
    pub source: &'static str,
    pub certainty: Certainty,
}

inventory::collect!(&'static Rule);

/// Every rule of the program, by key.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let mut all: Vec<_> = inventory::iter::<&'static Rule>().copied().collect();
    all.sort_by_key(|r| r.key);
    all
}

/// A rule's value on a day, with where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    pub value: i64,
    pub source: String,
    pub certainty: Certainty,
    /// `None`: the default of the program.
    pub since: Option<linli_base::Day>,
}

/// Declares rules:
/// `rule! { pub ACCEPT = "casework.accept_days", "受理期限", "…", ("工作日", "working days"), 5, 1..=30, Recalled, "行政许可法第三十二条"; }`.
#[macro_export]
macro_rules! rule {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $key:literal, $zh:literal, $en:literal, ($uzh:literal, $uen:literal),
        $default:literal, $min:literal ..= $max:literal, $certainty:ident, $source:literal;)+) => { $(
        $(#[$meta])*
        $vis static $name: $crate::Rule = $crate::Rule {
            key: $key, zh: $zh, en: $en, unit_zh: $uzh, unit_en: $uen, default: $default, range: ($min, $max),
            source: $source, certainty: $crate::Certainty::$certainty,
        };
        $crate::inventory::submit! { &$name }
    )+ };
}
