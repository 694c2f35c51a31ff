//! What lies here of a person: copy and erasure. Her sessions are `web`'s, and told here because signing in is this room's.

use linli_acts::{Act, Holding, Kept, PersonId, PersonalData};
use linli_db::{DbError, Read};
use linli_people::offers::account::phone_of;
use linli_vault::Vault;
use linli_web::session::{self, SessionKind};

use crate::acts::{codes, delegations};

linli_acts::inventory::submit! {
    PersonalData { room: "accounts", zh: "登录", en: "Signing in", export, outlook, erase }
}

fn export(read: &mut Read<'_>, _: &Vault, id: PersonId) -> Result<serde_json::Value, DbError> {
    let sessions: Vec<_> = session::of_subject(read, SessionKind::Person, id.raw())?
        .into_iter()
        .map(|s| serde_json::json!({ "device": s.device, "since": s.created_at.rfc3339() }))
        .collect();
    Ok(if sessions.is_empty() {
        serde_json::Value::Null
    } else {
        serde_json::json!({ "sessions": sessions })
    })
}

fn outlook(read: &mut Read<'_>, _: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(vec![Holding::kept(
        "登录记录（设备和时间），已全部退出",
        "Sign-ins (device and time), all ended",
        1,
        Kept {
            why_zh: "网络日志须留存，到期自动删除".into(),
            why_en: "Network logs must be kept; they go by themselves".into(),
            law: "《中华人民共和国网络安全法》第二十一条第三项".into(),
            // A session lives 30 days at most and is swept 30 days later.
            until: Some(read.now().day().plus_days(60)),
        },
    )])
}

/// An erased person acts for nobody, nobody acts for her, and no code that was sent to her phone is left.
fn erase(act: &mut Act<'_, '_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    delegations::end_all(act, id)?;
    let phone = phone_of(act, id)?;
    act.run(&codes::FORGET, (id, phone))?;
    outlook(act, id)
}
