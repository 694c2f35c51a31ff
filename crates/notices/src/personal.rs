//! What this crate holds of a person: copy and erasure.

use linli_acts::{Act, Entry, Holding, PersonId, PersonalData, Subject};
use linli_db::{DbError, Read};
use linli_vault::Vault;

use crate::domain::NoticeId;
use crate::{acts, store, wechat};

linli_acts::inventory::submit! {
    PersonalData { room: "notices", zh: "通知", en: "Notices", export, outlook, erase }
}

fn export(read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<serde_json::Value, DbError> {
    let mut out = Vec::new();
    let mut before = NoticeId::from_raw(i64::MAX);
    loop {
        let page = acts::of_person(read, person, before, 200)?;
        let Some(last) = page.last() else { break };
        before = last.id;
        for row in &page {
            let content = acts::content(vault, row).ok();
            let ways: Vec<_> = read
                .all(&store::DELIVERIES, (row.id,))?
                .into_iter()
                .map(|d| serde_json::json!({ "way": d.channel, "state": d.state }))
                .collect();
            out.push(serde_json::json!({
                "text": content.as_ref().map(|c| &c.zh), "link": content.as_ref().map(|c| &c.link),
                "told_at": row.told_at.rfc3339(), "read_at": row.read_at.map(linli_base::Instant::rfc3339), "ways": ways,
            }));
        }
        if out.len() >= 1_000 {
            break;
        }
    }
    let wishes = acts::wishes(read, person)?;
    let settings = read.one(&store::SETTINGS, (person,))?.lang.is_some();
    let wechat = wechat::bound_at(read, person)?;
    Ok(match (out.is_empty(), settings || wechat.is_some()) {
        (true, false) => serde_json::Value::Null,
        _ => serde_json::json!({
            "notices": out,
            "wechat_bound_at": wechat.map(linli_base::Instant::rfc3339),
            "settings": { "wechat": wishes.wechat, "sms": wishes.sms, "sms_first": wishes.sms_first, "paper": wishes.paper, "language": wishes.lang.code() },
        }),
    })
}

fn holdings(notices: i64, settings: bool, wechat: bool) -> Vec<Holding> {
    let mut out = Vec::new();
    if notices > 0 {
        let n = u64::try_from(notices).unwrap_or(0);
        out.push(Holding::erased("通知的内容和送达情况", "Notices and how they went out", n));
    }
    if settings {
        out.push(Holding::erased("通知方式的选择", "How to be told", 1));
    }
    if wechat {
        out.push(Holding::erased("绑定的微信", "The WeChat account", 1));
    }
    out
}

fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let (n,) = read.one(&store::COUNT_OF_PERSON, (person,))?;
    let settings = read.one(&store::SETTINGS, (person,))?.lang.is_some();
    Ok(holdings(n, settings, wechat::bound_at(read, person)?.is_some()))
}

/// Messages and letters that wait go with their notices: jobs find nothing to send.
fn erase(act: &mut Act<'_, '_>, person: PersonId) -> Result<Vec<Holding>, DbError> {
    let held = outlook(act, person)?;
    act.run(&store::ERASE_DELIVERIES, (person,))?;
    act.run(&store::ERASE, (person,))?;
    act.run(&store::FORGET_SETTINGS, (person,))?;
    act.run(&wechat::UNBIND, (person,))?;
    act.run(&wechat::FORGET_TICKETS, (person,))?;
    if !held.is_empty() {
        act.log(Entry::new(Subject::new("person", person), "notices.erased").person(person))?;
    }
    Ok(held)
}
