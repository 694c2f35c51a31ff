//! The acts of this crate.

use linli_acts::{Act, Entry, Subject};
use linli_base::Day;

use crate::KEEPER;
use crate::error::RuleError;
use crate::registry::{Certainty, rules};
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

/// Sets a rule from a day on. What was begun before keeps what it was begun with.
///
/// # Errors
/// If the actor keeps no rules, the value lies outside the rule's range, the source is empty, or the day lies further back than
/// a year or ahead than five.
pub fn set(
    act: &mut Act<'_, '_>,
    key: &str,
    value: i64,
    from: Day,
    text: &str,
    certainty: Certainty,
) -> Result<ValueId, RuleError> {
    act.on_any_duty(&KEEPER)?;
    let rule = rules().into_iter().find(|r| r.key == key).ok_or(RuleError::Missing)?;
    if value < rule.range.0 || value > rule.range.1 {
        return Err(RuleError::field("value", "value-range"));
    }
    source(text)?;
    let today = act.now().day();
    if from < today.plus_days(-366) || from > today.plus_days(5 * 366) {
        return Err(RuleError::field("from", "from-range"));
    }
    let (id, now, by): (ValueId, _, _) = (act.next_id(), act.now(), act.actor.officer()?);
    act.run(&store::SET, (id, rule.key, value, from, text, certainty, by, now))?;
    act.log(
        Entry::new(Subject::new("rule", id), "rules.set")
            .content(&serde_json::json!({ "rule": rule.key, "value": value, "from": from })),
    )?;
    Ok(id)
}

/// A stretch of days as typed.
#[derive(Clone, Debug)]
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

/// Adds days off, or weekend days that are worked.
///
/// # Errors
/// If the actor keeps no rules, the stretch is longer than 61 days or ends before it begins, a worked day is no weekend, or a
/// text is missing.
pub fn add_days(act: &mut Act<'_, '_>, new: &NewStretch) -> Result<StretchId, RuleError> {
    act.on_any_duty(&KEEPER)?;
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
    source(&new.source)?;
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

/// Takes a stretch out again. Limits computed before keep their day.
///
/// # Errors
/// If the actor keeps no rules or it is gone already.
pub fn remove_days(act: &mut Act<'_, '_>, id: StretchId) -> Result<(), RuleError> {
    act.on_any_duty(&KEEPER)?;
    let now = act.now();
    if !act.run_one(&store::REMOVE_DAYS, (id, now))? {
        return Err(RuleError::Missing);
    }
    act.log(Entry::new(Subject::new("calendar", id), "rules.calendar_removed"))?;
    Ok(())
}
