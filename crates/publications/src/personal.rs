//! What this room holds of a person: copy and erasure.

use linli_acts::{Act, Entry, Holding, PersonId, PersonalData, Subject};
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::domain::ObjectionId;
use crate::{objections, store, subscriptions};

linli_acts::inventory::submit! {
    PersonalData { room: "publications", zh: "公开文件的异议和订阅", en: "Objections and subscriptions", export, outlook, erase }
}

/// More than anybody has.
const MOST: u16 = 1_000;

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let mut out = Vec::new();
    for row in objections::of_person(read, person, ObjectionId::from_raw(i64::MAX), MOST)? {
        out.push(serde_json::json!({
            "document": row.publication, "objection": objections::text(vault, &row).ok(),
            "filed_at": row.filed_at.rfc3339(), "state": row.state, "finding": row.finding,
            "answer": objections::answer_text(vault, &row).ok(),
        }));
    }
    let follows: Vec<_> = subscriptions::of_person(read, person)?
        .into_iter()
        .map(|wanted| {
            let (kind, value) = wanted.stored();
            serde_json::json!({ "kind": kind, "value": value })
        })
        .collect();
    Ok(if out.is_empty() && follows.is_empty() {
        serde_json::Value::Null
    } else {
        serde_json::json!({ "objections": out, "subscriptions": follows })
    })
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let mut out = Vec::new();
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let (n,) = read.one(&store::COUNT_OF_PERSON, (person,))?;
    if n > 0 {
        out.push(Holding::erased("异议和答复", "Objections and answers", count(n)));
    }
    let (n,) = read.one(&store::COUNT_SUBSCRIPTIONS, (person,))?;
    if n > 0 {
        out.push(Holding::erased("订阅", "Subscriptions", count(n)));
    }
    Ok(out)
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let held = outlook(act, person)?;
    act.run(&store::ERASE, (person,))?;
    act.run(&store::FORGET_SUBSCRIPTIONS, (person,))?;
    act.run(&store::FORGET_TOLD, (person,))?;
    if !held.is_empty() {
        act.log(Entry::new(Subject::new("person", person), "publications.erased").person(person))?;
    }
    Ok(held)
}
