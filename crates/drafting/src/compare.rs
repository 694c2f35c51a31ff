//! What is other in one text than in another, part by part: derived from the shape, so that no part is passed over.

use linli_guide::Papers;
use serde_json::Value;

use crate::codec::{at, typed};
use crate::shape::{List, Record, SECTIONS};
use crate::terms::Terms;

/// One part that changed: where, what stood there, what stands there. Empty: nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub section: String,
    pub what: String,
    pub before: String,
    pub after: String,
}

/// What is other in one record alone, its lists left aside: where two officers wrote at the same time.
#[must_use]
pub fn of_record(terms: &Terms, record: &'static Record, before: &Value, after: &Value) -> Vec<Line> {
    let mut out = Vec::new();
    records(terms, "", "", &Record { parts: record.parts, lists: &[] }, before, after, &mut out);
    out
}

/// Every part that is other in `after`.
#[must_use]
pub fn lines(terms: &Terms, before: &Value, after: &Value) -> Vec<Line> {
    let mut out = Vec::new();
    for section in SECTIONS {
        let label = terms.by_key(section.label);
        let (b, a) = (at(before, section.base), at(after, section.base));
        records(terms, &label, "", section.record, b, a, &mut out);
    }
    out
}

fn records(
    terms: &Terms,
    section: &str,
    of: &str,
    record: &Record,
    before: &Value,
    after: &Value,
    out: &mut Vec<Line>,
) {
    if before.is_null() && after.is_null() {
        return;
    }
    let named = |label: &str| {
        let label = terms.by_key(label);
        if of.is_empty() { label } else { format!("{of} · {label}") }
    };
    for part in record.parts {
        if typed(part, before) != typed(part, after) {
            let say = |record: &Value| terms.say(part, at(record, part.key));
            let (before, after) = (say(before), say(after));
            out.push(Line { section: section.to_owned(), what: named(part.label), before, after });
        }
    }
    for list in record.lists {
        let rows = |v: &Value| at(v, list.key).as_array().cloned().unwrap_or_default();
        lists(terms, section, of, list, &rows(before), &rows(after), out);
    }
}

/// Which record of the list before a record is: the one of the same key; where records have none, the one that says the same, or else the
/// one in the same place that is not said again.
fn same(before: &[Value], after: &[Value], i: usize) -> Option<usize> {
    let now = after.get(i)?;
    if let Some(key) = now.get("key") {
        return before.iter().position(|b| b.get("key") == Some(key));
    }
    before.iter().position(|b| b == now).or_else(|| {
        let there = before.get(i)?;
        (!after.contains(there)).then_some(i)
    })
}

fn lists(
    terms: &Terms,
    section: &str,
    of: &str,
    list: &List,
    before: &[Value],
    after: &[Value],
    out: &mut Vec<Line>,
) {
    let label = terms.by_key(list.label);
    let named = |row: &Value| {
        let title = terms.title(row);
        let title = if title.is_empty() { label.clone() } else { title };
        if of.is_empty() { title } else { format!("{of} · {title}") }
    };
    let from: Vec<Option<usize>> = (0..after.len()).map(|i| same(before, after, i)).collect();
    for (i, row) in before.iter().enumerate() {
        if !from.contains(&Some(i)) {
            let what = named(row);
            out.push(Line {
                section: section.to_owned(),
                what,
                before: whole(terms, list.record, row),
                after: String::new(),
            });
        }
    }
    for (row, from) in after.iter().zip(&from) {
        match from.and_then(|i| before.get(i)) {
            Some(stood) => records(terms, section, &named(row), list.record, stood, row, out),
            None => {
                let what = named(row);
                out.push(Line {
                    section: section.to_owned(),
                    what,
                    before: String::new(),
                    after: whole(terms, list.record, row),
                });
            }
        }
    }
    let kept: Vec<usize> = from.iter().flatten().copied().collect();
    if !kept.is_sorted() {
        let order =
            |rows: Vec<&Value>| rows.into_iter().map(|r| terms.title(r)).collect::<Vec<_>>().join("；");
        let what = if of.is_empty() {
            terms.w.order_of(&label)
        } else {
            format!("{of} · {}", terms.w.order_of(&label))
        };
        out.push(Line {
            section: section.to_owned(),
            what,
            before: order(before.iter().collect()),
            after: order(after.iter().collect()),
        });
    }
}

/// A whole record in words.
fn whole(terms: &Terms, record: &Record, row: &Value) -> String {
    let mut cells: Vec<String> = record
        .parts
        .iter()
        .map(|p| (terms.by_key(p.label), terms.say(p, at(row, p.key))))
        .filter(|(_, said)| !said.is_empty())
        .map(|(label, said)| format!("{label}：{said}"))
        .collect();
    for list in record.lists {
        for inner in at(row, list.key).as_array().into_iter().flatten() {
            cells.push(format!("{}：{}", terms.by_key(list.label), whole(terms, list.record, inner)));
        }
    }
    cells.join("；")
}

/// How many parts are other, without words for them.
#[must_use]
pub fn count(before: &Value, after: &Value) -> usize {
    let terms =
        Terms::new(crate::Words::from(linli_words::Lang::ZhHans), Vec::new(), Papers::program(), None);
    lines(&terms, before, after).len()
}
