//! What this room holds of a person: copy and erasure.

use linli_acts::{Act, Holding, Kept, PersonId, PersonalData};
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::acts::entry;
use crate::domain::CertificateState;
use crate::store;

linli_acts::inventory::submit! {
    PersonalData { room: "certificates", zh: "电子证照", en: "Electronic certificates", export, outlook, erase }
}

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let rows = read.all(&store::OF_PERSON, (person,))?;
    let mut out = Vec::new();
    for row in &rows {
        let showings: Vec<_> = read
            .all(&store::SHOWINGS, (row.id,))?
            .iter()
            .map(|s| {
                let about = s.open(vault).ok();
                serde_json::json!({
                    "to": about.as_ref().map(|a| &a.audience), "for": about.as_ref().map(|a| &a.purpose),
                    "made_at": s.made_at.rfc3339(), "until": s.until.rfc3339(), "looks": s.looks,
                })
            })
            .collect();
        out.push(serde_json::json!({
            "kind": row.kind, "state": row.state, "issued_on": row.issued_on, "valid_until": row.valid_until,
            "content": row.open(vault).ok(), "showings": showings,
        }));
    }
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn holdings(rows: usize) -> Vec<Holding> {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    if rows == 0 {
        return Vec::new();
    }
    vec![
        Holding::erased("电子证照的内容和出示记录", "Content of certificates, and what you showed", rows),
        Holding::kept(
            "持有过哪几类证照（不含内容）",
            "Which kinds of certificate there were, without content",
            rows,
            Kept {
                why_zh: "签发记录要能够核对；原证照由发证机关保存。".into(),
                why_en: "What was issued must stay accountable; the issuing body keeps the original.".into(),
                law: "《中华人民共和国档案法》第十三条（条号待核）".into(),
                until: None,
            },
        ),
    ]
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(holdings(read.all(&store::OF_PERSON, (person,))?.len()))
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let rows = act.all(&store::OF_PERSON, (person,))?;
    act.run(&store::ERASE_SHOWINGS, (person,))?;
    for row in &rows {
        if act.run_one(&store::ERASE, (row.id,))? {
            act.log(entry(row, "certificates.erased").state(CertificateState::Erased.word()))?;
        }
    }
    Ok(holdings(rows.len()))
}
