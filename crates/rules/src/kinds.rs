//! The proposals of this crate: a rule's value, days that are added to the calendar or taken out.

use linli_acts::Act;
use linli_base::Day;
use linli_base::calendar::WorkCalendar;
use linli_db::Read;
use linli_words::Lang;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::RuleError;
use crate::proposals::{ProposalKind, ProposalRow, Shown};
use crate::registry::{Certainty, Rule, rules};
use crate::store::{self, StretchId, StretchRow};
use crate::{APPROVER, KEEPER, Words, acts, value};

/// A rule's value.
pub const RULE: &str = "rule";
/// Days that are added.
pub const ADD_DAYS: &str = "calendar-add";
/// A stretch that is taken out.
pub const REMOVE_DAYS: &str = "calendar-remove";

linli_acts::inventory::submit! {
    ProposalKind { key: RULE, zh: "规则", en: "Rule", proposer: &KEEPER, approver: &APPROVER, check: check_rule, apply: apply_rule, shown: shown_rule }
}
linli_acts::inventory::submit! {
    ProposalKind {
        key: ADD_DAYS, zh: "工作日历：加入日期", en: "Calendar: days to add", proposer: &KEEPER, approver: &APPROVER,
        check: check_days, apply: apply_days, shown: shown_days,
    }
}
linli_acts::inventory::submit! {
    ProposalKind {
        key: REMOVE_DAYS, zh: "工作日历：删去日期", en: "Calendar: days to take out", proposer: &KEEPER, approver: &APPROVER,
        check: check_removal, apply: apply_removal, shown: shown_removal,
    }
}

/// A rule's value as proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RuleContent {
    pub value: i64,
    pub source: String,
    pub certainty: Certainty,
}

/// The stretch to be taken out.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Removal {
    pub stretch: StretchId,
}

fn content<T: serde::de::DeserializeOwned>(json: &Json) -> Result<T, RuleError> {
    serde_json::from_value(json.clone()).map_err(|_| RuleError::Stored)
}

fn rule(key: &str) -> Result<&'static Rule, RuleError> {
    rules().into_iter().find(|r| r.key == key).ok_or(RuleError::Missing)
}

fn check_rule(_: &mut Read<'_>, key: &str, json: &Json, _: Day) -> Result<(), RuleError> {
    let new: RuleContent = content(json)?;
    acts::check_value(rule(key)?, new.value, &new.source)
}

fn apply_rule(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let new: RuleContent = content(&p.content.0)?;
    acts::set(act, rule(&p.key)?, &new, p.from_day, p.proposed_by)
}

fn shown_rule(r: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (w, new, rule): (_, RuleContent, _) = (Words::from(lang), content(&p.content.0)?, rule(&p.key)?);
    let before = value(r, rule, p.from_day)?;
    let unit = lang.pick(rule.unit_zh, rule.unit_en);
    let with_unit = |n: i64| format!("{n} {unit}");
    let lines = vec![
        (w.value().to_owned(), with_unit(before.value), with_unit(new.value)),
        (w.source().to_owned(), before.source.clone(), new.source),
    ];
    let preview = if rule.unit_zh == "工作日" {
        let calendar = crate::calendar(r)?;
        vec![(w.effect_limits().to_owned(), moved_limit(w, &calendar, p.from_day, before.value, new.value))]
    } else {
        vec![(w.effect().to_owned(), vec![w.effect_from(&p.from_day)])]
    };
    Ok(Shown { title: lang.pick(rule.zh, rule.en).into_owned(), lines, preview, ..Shown::default() })
}

/// When what is received on some days would be due by the old limit and by the new one.
fn moved_limit(w: Words, calendar: &WorkCalendar, from: Day, before: i64, after: i64) -> Vec<String> {
    let days = |n: i64| u16::try_from(n).unwrap_or(0);
    [0, 1, 7, 14, 30]
        .into_iter()
        .map(|n| {
            let start = from.plus_days(n);
            let (old, new) = (calendar.due(start, days(before)).due, calendar.due(start, days(after)).due);
            w.moved(&new, &old, &start)
        })
        .collect()
}

fn check_days(_: &mut Read<'_>, _: &str, json: &Json, _: Day) -> Result<(), RuleError> {
    acts::check_days(&content(json)?)
}

fn apply_days(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    acts::add_days(act, &content(&p.content.0)?).map(drop)
}

fn days_text(from: Day, to: Day) -> String {
    if from == to { from.to_string() } else { format!("{from} – {to}") }
}

fn shown_days(r: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (w, new): (_, acts::NewStretch) = (Words::from(lang), content(&p.content.0)?);
    let kind = if new.working { w.working() } else { w.holiday() };
    let lines = vec![
        (w.days().to_owned(), String::new(), days_text(new.from, new.to)),
        (w.kind().to_owned(), String::new(), kind.to_owned()),
        (w.source().to_owned(), String::new(), new.source.clone()),
    ];
    let before = r.all(&store::DAYS.sql, ())?;
    let mut after = before.clone();
    after.push(StretchRow {
        id: StretchId::from_raw(0),
        from_day: new.from,
        to_day: new.to,
        kind: if new.working { "working" } else { "holiday" }.to_owned(),
        zh: new.zh.clone(),
        en: new.en.clone(),
        source: new.source,
        certainty: new.certainty.word().to_owned(),
    });
    let preview = vec![(w.effect_days().to_owned(), moved_days(w, before, after, new.from, new.to))];
    Ok(Shown { title: lang.pick(&new.zh, &new.en).into_owned(), lines, preview, ..Shown::default() })
}

fn check_removal(r: &mut Read<'_>, _: &str, json: &Json, _: Day) -> Result<(), RuleError> {
    let Removal { stretch } = content(json)?;
    r.all(&store::DAYS.sql, ())?.iter().any(|d| d.id == stretch).then_some(()).ok_or(RuleError::Missing)
}

fn apply_removal(act: &mut Act<'_, '_>, p: &ProposalRow) -> Result<(), RuleError> {
    let Removal { stretch } = content(&p.content.0)?;
    acts::remove_days(act, stretch)
}

fn shown_removal(r: &mut Read<'_>, p: &ProposalRow, lang: Lang) -> Result<Shown, RuleError> {
    let (w, Removal { stretch }) = (Words::from(lang), content(&p.content.0)?);
    let before = r.all(&store::DAYS.sql, ())?;
    let Some(old) = before.iter().find(|d| d.id == stretch).cloned() else {
        // Decided: it is taken out.
        return Ok(Shown { title: p.key.clone(), ..Shown::default() });
    };
    let after = before.iter().filter(|d| d.id != stretch).cloned().collect();
    let lines = vec![(w.days().to_owned(), days_text(old.from_day, old.to_day), String::new())];
    let preview = vec![(w.effect_days().to_owned(), moved_days(w, before, after, old.from_day, old.to_day))];
    Ok(Shown { title: lang.pick(&old.zh, &old.en).into_owned(), lines, preview, ..Shown::default() })
}

/// Limits that are looked at to tell what a change of the calendar moves.
const LIMITS: [u16; 4] = [5, 10, 15, 20];
/// Lines that are shown of it.
const MOST_MOVED: usize = 24;

/// Limits of the usual lengths that end on another day than before, by the day of receipt. What was told keeps its day.
fn moved_days(w: Words, before: Vec<StretchRow>, after: Vec<StretchRow>, from: Day, to: Day) -> Vec<String> {
    let (old, new) = (crate::calendar::of_rows(before), crate::calendar::of_rows(after));
    let mut out = Vec::new();
    // The days nearest to the change first.
    let mut start = to;
    while start >= from.plus_days(-31) && out.len() < MOST_MOVED {
        for limit in LIMITS {
            let (a, b) = (old.due(start, limit).due, new.due(start, limit).due);
            if a != b {
                out.push(w.moved_limit(&limit, &b, &a, &start));
            }
        }
        start = start.plus_days(-1);
    }
    if out.is_empty() {
        out.push(w.nothing_moves().to_owned());
    }
    out.truncate(MOST_MOVED);
    out
}
