//! What lies here of a person: copy and erasure. The log is told here, because whose looks it holds is shown here.

use linli_acts::{Act, Holding, Kept, LogId, PersonId, PersonalData, concerning};
use linli_base::Instant;
use linli_db::{DbError, Kind, Read};
use linli_vault::Vault;

use crate::acts::{consents, corrections};
use crate::error::PrivacyError;

linli_acts::inventory::submit! {
    PersonalData { room: "privacy", zh: "同意、更正和办理记录", en: "Consents, corrections and the log", export, outlook, erase }
}

/// How many looks the copy holds.
const LOOKS: u16 = 200;

fn export(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<serde_json::Value, DbError> {
    let broken = |e: PrivacyError| match e {
        PrivacyError::Db(e) => e,
        // A field that does not open is told as a failure of the whole copy, not left out in silence.
        _ => DbError { kind: Kind::Shape, what: "a sealed field does not open".into() },
    };
    let consents: Vec<_> = consents::of(read, id, consents::ConsentId::from_raw(i64::MAX), 100)?
        .into_iter()
        .map(|c| {
            serde_json::json!({ "purpose": c.purpose, "source": c.source, "given_at": c.given_at.rfc3339(),
                "channel": c.channel, "ends_at": c.ends_at.map(Instant::rfc3339),
                "withdrawn_at": c.withdrawn_at.map(Instant::rfc3339) })
        })
        .collect();
    let corrections: Vec<_> = corrections::of(
        read,
        vault,
        id,
        corrections::CorrectionId::from_raw(i64::MAX),
        50,
    )
    .map_err(broken)?
    .into_iter()
    .map(|c| {
        serde_json::json!({ "field": c.field, "proposed": c.proposed, "reason": c.reason, "state": c.state,
                    "answer": c.answer, "asked_at": c.asked_at.rfc3339() })
    })
    .collect();
    let looks: Vec<_> = concerning(read, id, LogId::from_raw(i64::MAX), LOOKS)?
        .into_iter()
        .map(|l| serde_json::json!({ "act": l.act, "by": l.actor_kind, "at": l.at.rfc3339() }))
        .collect();
    Ok(serde_json::json!({ "consents": consents, "corrections": corrections, "log": looks }))
}

fn holdings(consents: u64, corrections: u64) -> Vec<Holding> {
    vec![
        Holding::erased("办理记录中的内容（原因、旧值、查看理由）", "Contents in the log (reasons, former values, why it was looked at)", 1),
        Holding::erased("同意记录", "Consents", consents),
        Holding::erased("更正申请", "Corrections asked for", corrections),
        Holding::kept(
            "办理记录本身（何时、何事、哪个岗位），不再能看出是谁",
            "The log itself (when, what, on which duty), which no longer tells who",
            1,
            Kept {
                why_zh: "记录连成一条链，缺一行就无法证明别人的记录没有被改".into(),
                why_en: "The rows form one chain; without one, nobody's could be proved unchanged".into(),
                law: "《中华人民共和国个人信息保护法》第四条（匿名化后的信息）、《中华人民共和国网络安全法》第二十一条".into(),
                until: None,
            },
        ),
    ]
}

fn outlook(read: &mut Read<'_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(holdings(consents::count(read, id)?, corrections::count(read, id)?))
}

fn erase(act: &mut Act<'_, '_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    let consents = consents::forget(act, id)?;
    Ok(holdings(consents, corrections::forget(act, id)?))
}
