//! What is known of a person: facts to test conditions with, and values that go with an application unasked.

use linli_base::{Day, PlaceCode};
use linli_db::Read;
use linli_guide::{Condition, Facts, Finding, Grant, KnownFrom, Value, Verdict};
use linli_people::offers::{Person, Sex, State};

use crate::domain::Known;
use crate::error::ApplicationError;

/// The facts that conditions may ask, on a day.
#[must_use]
pub fn facts(person: &Person, district: Option<PlaceCode>, day: Day) -> Facts {
    let mut out = Facts::new();
    let flag = |on: bool| Value::Number(i64::from(on));
    if let Some(age) = person.age(day) {
        out.insert("age".to_owned(), Value::Number(i64::from(age)));
    }
    out.insert("sex".to_owned(), Value::Word(person.sex.word().to_owned()));
    out.insert("verified".to_owned(), flag(person.state == State::Active));
    // What nobody has checked decides nothing.
    if person.state == State::Active {
        out.insert("hukou".to_owned(), flag(person.hukou));
        out.insert(
            "disability".to_owned(),
            Value::Number(person.disability.map_or(0, |d| i64::from(d.level()))),
        );
    }
    if let (Some(place), Some(district)) = (person.place, district) {
        out.insert("lives-here".to_owned(), flag(district.contains(place)));
    }
    out
}

/// The rules in force on a day, read once so that tests stay pure.
///
/// # Errors
/// If the database fails.
pub fn rules(
    read: &mut Read<'_>,
    keys: &[&str],
    day: Day,
) -> Result<Vec<(String, linli_rules::Value)>, ApplicationError> {
    let mut out = Vec::new();
    for key in keys {
        if let Some(rule) = linli_rules::rules().into_iter().find(|r| r.key == *key) {
            out.push(((*key).to_owned(), linli_rules::value(read, rule, day)?));
        }
    }
    Ok(out)
}

/// How one condition stands.
pub struct Tested {
    pub condition: Condition,
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
}

/// Tests every condition. One without a test is left to the officer.
#[must_use]
pub fn test(conditions: &[Condition], facts: &Facts, rules: &[(String, linli_rules::Value)]) -> Vec<Tested> {
    let rule = |key: &str| rules.iter().find(|(k, _)| k == key).map(|(_, v)| v.value);
    conditions
        .iter()
        .map(|condition| {
            let mut findings = Vec::new();
            let verdict = match &condition.test {
                Some(test) => test.test(facts, &rule, &mut findings),
                None => Verdict::Unknown,
            };
            Tested { condition: condition.clone(), verdict, findings }
        })
        .collect()
}

/// The grant whose test is met first, with its amount and the findings that led there.
#[must_use]
pub fn grant<'a>(
    grants: &'a [Grant],
    facts: &Facts,
    rules: &[(String, linli_rules::Value)],
) -> Option<(&'a Grant, linli_rules::Value, Vec<Finding>)> {
    let rule = |key: &str| rules.iter().find(|(k, _)| k == key).map(|(_, v)| v.value);
    grants.iter().find_map(|g| {
        let mut findings = Vec::new();
        if g.when.test(facts, &rule, &mut findings) != Verdict::Met {
            return None;
        }
        let amount = rules.iter().find(|(k, _)| *k == g.rule)?.1.clone();
        Some((g, amount, findings))
    })
}

/// The values that go with an application, in the regular form of the register; what is not known is left out.
#[must_use]
pub fn known(person: &Person, wanted: &[KnownFrom]) -> Vec<Known> {
    let mut out = Vec::new();
    for &from in wanted {
        let value = match from {
            KnownFrom::Name => person.name.as_ref().map(|n| n.as_str().to_owned()),
            KnownFrom::Document => person.document.as_ref().map(|d| d.value().to_owned()),
            KnownFrom::Birth => person.birth.map(|b| b.to_string()),
            KnownFrom::Sex => (person.sex != Sex::Unknown).then(|| person.sex.word().to_owned()),
            KnownFrom::Phone => person.phone.as_ref().map(|p| p.value().to_owned()),
            KnownFrom::Place => person.place.map(|p| p.to_string()),
            KnownFrom::Hukou => Some(if person.hukou { "1" } else { "0" }.to_owned()),
            KnownFrom::Disability => person.disability.map(|d| d.level().to_string()),
        };
        if let Some(value) = value {
            out.push(Known { from, value, source: person.source, day: person.source_day });
        }
    }
    out
}
