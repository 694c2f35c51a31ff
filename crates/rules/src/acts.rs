//! What is done once it is approved, and what may be proposed.

use linli_acts::{Act, Entry, StaffId, Subject};
use linli_base::Day;
use serde::{Deserialize, Serialize};

use crate::error::RuleError;
use crate::kinds::RuleContent;
use crate::registry::{Certainty, Rule};
use crate::store::{self, StretchId, ValueId};

/// Longest text of a source, in characters.
const LONGEST_SOURCE: usize = 200;

fn source(text: &str) -> Result<(), RuleError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(RuleError::field("source", "source-empty"));
    }
    if length > LONGEST_SOURCE {
        return Err(RuleError::field("source", "source-long"));
    }
    Ok(())
}

/// Whether a rule may have a value.
pub(crate) fn check_value(rule: &Rule, value: i64, text: &str) -> Result<(), RuleError> {
    if value < rule.range.0 || value > rule.range.1 {
        return Err(RuleError::field("value", "value-range"));
    }
    source(text)
}

/// Sets a rule from a day on, in the act of whoever approved it. What was begun before keeps what it was begun with.
pub(crate) fn set(
    act: &mut Act<'_, '_>,
    rule: &'static Rule,
    new: &RuleContent,
    from: Day,
    by: StaffId,
) -> Result<(), RuleError> {
    let (id, now): (ValueId, _) = (act.next_id(), act.now());
    act.run(&store::SET, (id, rule.key, new.value, from, &new.source, new.certainty, by, now))?;
    act.log(
        Entry::new(Subject::new("rule", id), "rules.set")
            .content(&serde_json::json!({ "rule": rule.key, "value": new.value, "from": from })),
    )?;
    Ok(())
}

/// A stretch of days as typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewStretch {
    pub from: Day,
    /// Included.
    pub to: Day,
    /// Weekend days that are worked; otherwise days off.
    pub working: bool,
    pub zh: String,
    pub en: String,
    pub source: String,
    pub certainty: Certainty,
}

/// Whether days may be added: no longer than 61, worked ones at weekends, with name and source.
pub(crate) fn check_days(new: &NewStretch) -> Result<(), RuleError> {
    let length = new.to.days_since(new.from);
    if !(0..=60).contains(&length) {
        return Err(RuleError::field("to", "to-range"));
    }
    if new.working && (0..=length).any(|n| !new.from.plus_days(n).is_weekend()) {
        return Err(RuleError::field("from", "no-weekend"));
    }
    if new.zh.is_empty() || new.zh.chars().count() > 40 || new.en.chars().count() > 80 {
        return Err(RuleError::field("zh", "name-empty"));
    }
    source(&new.source)
}

/// Adds days off, or weekend days that are worked, in the act of whoever approved it.
pub(crate) fn add_days(act: &mut Act<'_, '_>, new: &NewStretch) -> Result<StretchId, RuleError> {
    let (id, now): (StretchId, _) = (act.next_id(), act.now());
    let kind = if new.working { "working" } else { "holiday" };
    let en = if new.en.is_empty() { &new.zh } else { &new.en };
    act.run(
        &store::ADD_DAYS,
        (id, new.from, new.to, kind, &new.zh, en, &new.source, new.certainty.word(), now),
    )?;
    act.log(Entry::new(Subject::new("calendar", id), "rules.calendar_added"))?;
    Ok(id)
}

/// Takes a stretch out again, in the act of whoever approved it. Limits computed before keep their day.
pub(crate) fn remove_days(act: &mut Act<'_, '_>, id: StretchId) -> Result<(), RuleError> {
    let now = act.now();
    if !act.run_one(&store::REMOVE_DAYS, (id, now))? {
        return Err(RuleError::Missing);
    }
    act.log(Entry::new(Subject::new("calendar", id), "rules.calendar_removed"))?;
    Ok(())
}
