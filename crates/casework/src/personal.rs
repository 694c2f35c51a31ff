//! What lies here of a person: copy and erasure.

use linli_acts::{Act, Holding, Kept, PersonId, PersonalData};
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::acts::{entry, open};
use crate::domain::{CaseId, DecisionText};
use crate::store::{self, CaseRow};

linli_acts::inventory::submit! {
    PersonalData { room: "casework", zh: "办件", en: "Cases", export, outlook, erase }
}

/// More cases than anybody has; above it the oldest are left out of a copy and told so by their number.
const MOST: usize = 1_000;

fn all(read: &mut Read<'_>, person: PersonId) -> Result<Vec<CaseRow>, DbError> {
    let mut out: Vec<CaseRow> = Vec::new();
    let mut before = CaseId::from_raw(i64::MAX);
    while out.len() < MOST {
        let page = read.all(&store::OF_PERSON, (person, before, 100))?;
        let Some(last) = page.last() else { break };
        before = last.id;
        out.extend(page);
    }
    Ok(out)
}

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let mut out = Vec::new();
    for case in all(read, person)? {
        let mut decisions = Vec::new();
        for d in read.all(&store::DECISIONS, (case.id,))? {
            let text: Option<DecisionText> = open(vault, "decisions.content", d.id, &d.content).ok();
            decisions.push(
                serde_json::json!({ "outcome": d.outcome, "agreed": d.agreed == Some(1), "content": text }),
            );
        }
        let review = read.opt(&store::REVIEW, (case.id,))?.map(|r| {
            let words: Option<String> =
                r.comment.as_ref().and_then(|c| open(vault, "case_reviews.comment", case.id.raw(), c).ok());
            serde_json::json!({ "level": r.level, "comment": words, "at": r.at.rfc3339() })
        });
        out.push(serde_json::json!({
            "number": case.number, "item": case.title_zh, "state": case.state, "filed_at": case.filed_at.rfc3339(),
            "decided_on": case.decided_on, "outcome": case.outcome, "decisions": decisions, "review": review,
        }));
    }
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn holdings(read: &mut Read<'_>, cases: &[CaseRow]) -> Result<Vec<Holding>, DbError> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let mut words = 0u64;
    for case in cases {
        words += u64::from(read.opt(&store::REVIEW, (case.id,))?.is_some_and(|r| r.comment.is_some()));
    }
    Ok(vec![
        Holding::erased("评价时写的话", "What you wrote in reviews", words),
        Holding::kept(
            "办件的编号、事项、时间和决定",
            "Number, item, days and decision of each case",
            u64::try_from(cases.len()).unwrap_or(u64::MAX),
            Kept {
                why_zh: "行政机关作出的决定要归档备查。".into(),
                why_en: "What an authority decided has to stay on file.".into(),
                law: "《中华人民共和国档案法》第十三条（条号待核）".into(),
                until: None,
            },
        ),
    ])
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let cases = all(read, person)?;
    holdings(read, &cases)
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let cases = all(act, person)?;
    let told = holdings(act, &cases)?;
    for case in &cases {
        act.run(&store::FORGET_NAME, (case.id,))?;
        if act.run_one(&store::FORGET_COMMENT, (case.id,))? {
            act.log(entry(case, "casework.comment_erased"))?;
        }
    }
    Ok(told)
}
