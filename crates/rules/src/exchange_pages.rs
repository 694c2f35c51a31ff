//! Rules and calendar as tables: out in any form, in as proposals.

use linli_acts::Act;
use linli_base::Day;
use linli_sheets::Column;
use linli_web::{Fault, Reply, Req};

use crate::acts::NewStretch;
use crate::error::RuleError;
use crate::exchange::{sent, taken};
use crate::kinds::{ADD_DAYS, RULE, RuleContent};
use crate::pages::import_page;
use crate::proposals::propose;
use crate::registry::{Certainty, rules};
use crate::{Words, store, value};

const RULES: [&str; 7] = ["key", "name", "value", "unit", "from", "source", "certainty"];
const DAYS: [&str; 7] = ["from", "to", "kind", "zh", "en", "source", "certainty"];

pub(crate) async fn rules_out(req: Req) -> Result<Reply, Fault> {
    let (today, lang) = (req.now().day(), req.lang());
    let rows = req
        .read(move |r| {
            let mut out = Vec::new();
            for rule in rules() {
                let v = value(r, rule, today)?;
                out.push(vec![
                    rule.key.to_owned(),
                    lang.pick(rule.zh, rule.en).into_owned(),
                    v.value.to_string(),
                    lang.pick(rule.unit_zh, rule.unit_en).into_owned(),
                    v.since.map(|d| d.to_string()).unwrap_or_default(),
                    v.source,
                    v.certainty.word().to_owned(),
                ]);
            }
            Ok::<_, RuleError>(out)
        })
        .await?;
    sent(&req, "rules", &RULES, rows)
}

const RULE_COLUMNS: [Column; 5] = [
    Column::need("key", &["key"]),
    Column::need("value", &["value", "数值"]),
    Column::may("from", &["from", "从哪天起"]),
    Column::need("source", &["source", "出处"]),
    Column::may("certainty", &["certainty", "可靠程度"]),
];

/// A day that a table leaves open: the day of the import.
fn certainty(text: &str) -> Certainty {
    Certainty::from_word(text).unwrap_or(Certainty::Recalled)
}

/// What differs from what holds becomes a proposal; what is the same is left alone.
pub(crate) async fn rules_in(req: Req) -> Result<Reply, Fault> {
    let Some(file) = req.form().upload("file") else { return import_page(&req, None, 0).await };
    let today = req.now().day();
    let mut found: Vec<(String, RuleContent, Day)> = Vec::new();
    let read = taken(&file.bytes, &RULE_COLUMNS, |row| {
        let (key, source) = (row.need("key", 100), row.need("source", 200));
        let (value, from) = (row.parse::<i64>("value", "other"), row.day_may("from"));
        if key.as_ref().is_some_and(|k| !rules().iter().any(|r| r.key == *k)) {
            row.fault("key", "other", &[]);
            return;
        }
        let certainty = certainty(&row.text("certainty"));
        if let (Some(key), Some(source), Some(value), Some(from)) = (key, source, value, from) {
            found.push((key, RuleContent { value, source, certainty }, from.unwrap_or(today)));
        }
    });
    let why = req.words::<Words>().imported_from(&linli_base::text::cut(&file.name, 100));
    let done = match read {
        Ok(faults) if faults.is_empty() => req.act(move |act| propose_rules(act, &found, &why)).await?,
        other => return import_page(&req, Some(other), 0).await,
    };
    import_page(&req, None, done).await
}

fn propose_rules(
    act: &mut Act<'_, '_>,
    found: &[(String, RuleContent, Day)],
    why: &str,
) -> Result<usize, RuleError> {
    let mut n = 0;
    for (key, new, from) in found {
        let Some(rule) = rules().into_iter().find(|r| r.key == *key) else { continue };
        let day = (*from).max(act.now().day());
        let now = value(act, rule, day)?;
        if now.value == new.value && now.source == new.source {
            continue;
        }
        let from = (*from).max(act.now().day());
        let content = serde_json::to_value(new).map_err(|_| RuleError::Stored)?;
        propose(act, RULE, key, &content, from, why)?;
        n += 1;
    }
    Ok(n)
}

pub(crate) async fn days_out(req: Req) -> Result<Reply, Fault> {
    let rows = req.read(|r| r.all(&store::DAYS.sql, ())).await?;
    let rows = rows
        .into_iter()
        .map(|d| {
            vec![d.from_day.to_string(), d.to_day.to_string(), d.kind, d.zh, d.en, d.source, d.certainty]
        })
        .collect();
    sent(&req, "calendar", &DAYS, rows)
}

const DAY_COLUMNS: [Column; 7] = [
    Column::need("from", &["from", "第一天"]),
    Column::may("to", &["to", "最后一天"]),
    Column::need("kind", &["kind", "类别"]),
    Column::need("zh", &["zh", "名称"]),
    Column::may("en", &["en", "英文名称"]),
    Column::need("source", &["source", "出处"]),
    Column::may("certainty", &["certainty", "可靠程度"]),
];

/// Stretches that the calendar does not hold become proposals.
pub(crate) async fn days_in(req: Req) -> Result<Reply, Fault> {
    let Some(file) = req.form().upload("file") else { return import_page(&req, None, 0).await };
    let mut found: Vec<NewStretch> = Vec::new();
    let read = taken(&file.bytes, &DAY_COLUMNS, |row| {
        let (from, to) = (row.day("from"), row.day_may("to"));
        let (zh, source) = (row.need("zh", 40), row.need("source", 200));
        let kind = row.text("kind");
        if !matches!(kind.as_str(), "holiday" | "working") {
            row.fault("kind", "other", &[]);
            return;
        }
        if let (Some(from), Some(to), Some(zh), Some(source)) = (from, to, zh, source) {
            found.push(NewStretch {
                from,
                to: to.unwrap_or(from),
                working: kind == "working",
                zh,
                en: row.text("en"),
                source,
                certainty: certainty(&row.text("certainty")),
            });
        }
    });
    let why = req.words::<Words>().imported_from(&linli_base::text::cut(&file.name, 100));
    let done = match read {
        Ok(faults) if faults.is_empty() => req.act(move |act| propose_days(act, &found, &why)).await?,
        other => return import_page(&req, Some(other), 0).await,
    };
    import_page(&req, None, done).await
}

/// More new stretches than years ahead have.
const MOST_NEW: usize = 200;

fn propose_days(act: &mut Act<'_, '_>, found: &[NewStretch], why: &str) -> Result<usize, RuleError> {
    let there = act.all(&store::DAYS.sql, ())?;
    let today = act.now().day();
    let is_there = |new: &NewStretch| {
        let kind = if new.working { "working" } else { "holiday" };
        there.iter().any(|d| d.from_day == new.from && d.to_day == new.to && d.kind == kind)
    };
    let mut n = 0;
    for new in found.iter().filter(|new| !is_there(new)).take(MOST_NEW) {
        let content = serde_json::to_value(new).map_err(|_| RuleError::Stored)?;
        propose(act, ADD_DAYS, &new.from.to_string(), &content, today, why)?;
        n += 1;
    }
    Ok(n)
}
