//! What this room holds of a person: copy and erasure.

use linli_acts::{Act, Entry, Holding, Kept, PersonId, PersonalData, Subject};
use linli_casework::offers as casework;
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::domain::{Answers, ApplicationId, ApplicationState};
use crate::situation::owner;
use crate::store::{self, ApplicationRow};

linli_acts::inventory::submit! {
    PersonalData { room: "applications", zh: "申请内容", en: "Applications", export, outlook, erase }
}

fn all(read: &mut Read<'_>, person: PersonId) -> Result<Vec<ApplicationRow>, DbError> {
    let mut out: Vec<ApplicationRow> = Vec::new();
    let mut after = ApplicationId::from_raw(0);
    while out.len() < 1_000 {
        let page = read.all(&store::ALL_OF, (person, after))?;
        let Some(last) = page.last() else { break };
        after = last.id;
        out.extend(page);
    }
    Ok(out)
}

/// Whether an authority is at work on it: then what was told is needed until it has ended.
fn under_way(read: &mut Read<'_>, row: &ApplicationRow) -> Result<bool, DbError> {
    let Some(case) = row.case_id else { return Ok(false) };
    match casework::case(read, case) {
        Ok(case) => Ok(case.state.is_open()),
        Err(casework::CaseError::Db(e)) => Err(e),
        Err(_) => Ok(false),
    }
}

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let rows = all(read, person)?;
    let out: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "item": row.item_key, "state": row.state, "saved_at": row.saved_at.rfc3339(), "content": row.open(vault).ok(),
            })
        })
        .collect();
    Ok(if out.is_empty() { serde_json::Value::Null } else { out.into() })
}

fn holdings(read: &mut Read<'_>, rows: &[ApplicationRow]) -> Result<Vec<Holding>, DbError> {
    let mut open = 0u64;
    for row in rows {
        open += u64::from(under_way(read, row)?);
    }
    let mut out = Vec::new();
    let rest = u64::try_from(rows.len()).unwrap_or(u64::MAX).saturating_sub(open);
    if rest > 0 {
        out.push(Holding::erased(
            "申请时填写的内容、上传的材料和草稿",
            "What you typed into applications and sent with them, and drafts",
            rest,
        ));
    }
    if open > 0 {
        out.push(Holding::kept(
            "正在办理的申请内容",
            "What you typed into applications that are under way",
            open,
            Kept {
                why_zh: "正在办理，办结前需要用到；撤回申请后即可删除。".into(),
                why_en: "Needed until it has ended; withdraw the application and it can be erased.".into(),
                law: "《中华人民共和国个人信息保护法》第十三条第一款第三项（条号待核）".into(),
                until: None,
            },
        ));
    }
    Ok(out)
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let rows = all(read, person)?;
    holdings(read, &rows)
}

fn other(e: impl std::fmt::Display) -> DbError {
    DbError { kind: linli_db::Kind::Other, what: e.to_string().into() }
}

fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let rows = all(act, person)?;
    let told = holdings(act, &rows)?;
    act.run(&store::DROP_DRAFTS, (person,))?;
    for row in &rows {
        let goes = row.state == ApplicationState::Draft || !under_way(act, row)?;
        if goes {
            linli_files::offers::let_all_go(act, &owner(row.id)).map_err(other)?;
        }
    }
    for row in rows.iter().filter(|r| r.state == ApplicationState::Filed) {
        if under_way(act, row)? {
            continue;
        }
        let vault = act.house.vault();
        let empty = store::seal(vault, row.id, &Answers::default()).map_err(other)?;
        let now = row.saved_at;
        if act.run_one(&store::SAVE, (row.id, row.rev, empty, now))? {
            act.log(
                Entry::new(Subject::new("application", row.id), "applications.erased")
                    .state(ApplicationState::Filed.word())
                    .person(person),
            )?;
        }
    }
    Ok(told)
}
