//! What this crate holds of a person: copy and erasure. A file that a record uses goes with that record, by its room.

use linli_acts::{Act, Holding, PersonId, PersonalData};
use linli_db::{DbError, Kind, Read};
use linli_vault::Vault;

use crate::domain::FileId;
use crate::{acts, store};

linli_acts::inventory::submit! {
    PersonalData { room: "files", zh: "上传的文件", en: "Files that you sent", export, outlook, erase }
}

/// Of most people there are a few.
const MOST: u16 = 1_000;

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let rows = read.all(&store::OF_PERSON, (person, FileId::from_raw(i64::MAX), MOST))?;
    let out: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "kind": row.kind, "size": row.size, "added_at": row.added_at.rfc3339(), "about": row.open(vault).ok(),
                "document": row.document, "content": format!("/my/files/{}", row.id),
            })
        })
        .collect();
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn holdings(unused: usize) -> Vec<Holding> {
    let rows = u64::try_from(unused).unwrap_or(u64::MAX);
    if rows == 0 {
        return Vec::new();
    }
    vec![Holding::erased("没有用在办理中事项上的上传文件", "Files that nothing under way uses", rows)]
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(holdings(read.all(&store::UNUSED_OF, (person,))?.len()))
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let unused = act.all(&store::UNUSED_OF, (person,))?;
    for (id,) in &unused {
        if let Some(row) = act.opt(&store::FILE, (*id,))? {
            acts::remove_unused(act, &row)
                .map_err(|e| DbError { kind: Kind::Other, what: e.to_string().into() })?;
        }
    }
    Ok(holdings(unused.len()))
}
