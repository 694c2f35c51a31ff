//! What this room holds of a person: copy and erasure.

use linli_acts::{Act, Entry, Holding, Kept, PersonId, PersonalData, Subject};
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::domain::{ProofId, ProofState};
use crate::{acts, store};

linli_acts::inventory::submit! {
    PersonalData { room: "wallet", zh: "电子证明", en: "Electronic proofs", export, outlook, erase }
}

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let mut out = Vec::new();
    let mut before = ProofId::from_raw(i64::MAX);
    loop {
        let page = acts::of_person(read, person, before)?;
        let Some(last) = page.last() else { break };
        before = last.id;
        for row in &page {
            let data = acts::data(vault, row).ok();
            out.push(serde_json::json!({
                "kind": row.kind, "state": row.state, "number": row.number, "asked_at": row.asked_at.rfc3339(),
                "content": data,
            }));
        }
        if out.len() >= 1_000 {
            break;
        }
    }
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn holdings(rows: &[(ProofId, ProofState)]) -> Vec<Holding> {
    let live = rows.iter().filter(|(_, s)| *s != ProofState::Erased).count();
    if rows.is_empty() {
        return Vec::new();
    }
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    vec![
        Holding::erased("电子证明的内容和原件", "Content and papers of proofs", count(live)),
        Holding::kept(
            "出具过哪几份证明的编号（不含内容）",
            "Numbers of the proofs issued, without content",
            count(rows.len()),
            Kept {
                why_zh: "办理记录要能够核对。".into(),
                why_en: "What was done must stay accountable.".into(),
                law: "《中华人民共和国档案法》第十三条（条号待核）".into(),
                until: None,
            },
        ),
    ]
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(holdings(&read.all(&store::IDS_OF_PERSON, (person,))?))
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let rows = act.all(&store::IDS_OF_PERSON, (person,))?;
    act.run(&store::ERASE_PAPERS, (person,))?;
    for (id, state) in &rows {
        if *state != ProofState::Erased && act.run_one(&store::ERASE_ONE, (*id,))? {
            act.log(
                Entry::new(Subject::new("proof", *id), "wallet.erased")
                    .state(ProofState::Erased.word())
                    .person(person),
            )?;
        }
    }
    Ok(holdings(&rows))
}
