//! What the register itself holds of a person: copy and erasure.

use linli_acts::{Act, Holding, Kept, PersonId, PersonalData};
use linli_db::{DbError, Kind, Read};
use linli_vault::Vault;

use crate::acts::records;
use crate::domain::{Disability, Name, Person};
use crate::error::PeopleError;
use crate::store;

linli_acts::inventory::submit! {
    PersonalData { room: "people", zh: "基本资料", en: "Your record", export, outlook, erase }
}

linli_acts::retention! {
    "persons", keep, "本人删除或法定保存期满前保存；姓名、证件、电话、生日、残疾等级加密。",
        "Kept until erased on request; name, number, phone, birth day and disability are sealed.";
    "households", keep, "户的编号加密保存；户中无人时删除。", "A household's number is sealed; gone when nobody is left in it.";
}

fn export(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<serde_json::Value, DbError> {
    let broken = |e: PeopleError| match e {
        PeopleError::Db(e) => e,
        // A field that does not open is told as a failure of the whole copy, not left out in silence.
        _ => DbError { kind: Kind::Shape, what: "a sealed field does not open".into() },
    };
    let Some(p) = store::load(read, vault, id).map_err(broken)? else { return Ok(serde_json::Value::Null) };
    Ok(serde_json::json!({ "record": record(&p) }))
}

fn record(p: &Person) -> serde_json::Value {
    serde_json::json!({
        "state": p.state,
        "name": p.name.as_ref().map(Name::as_str),
        "sex": p.sex,
        "birth": p.birth,
        "document_kind": p.document.as_ref().map(|d| d.kind().word()),
        "document": p.document.as_ref().map(|d| d.value().to_owned()),
        "phone": p.phone.as_ref().map(|t| t.value().to_owned()),
        "place": p.place,
        "unit": p.unit,
        "household": p.household,
        "role": p.role,
        "hukou": p.hukou,
        "disability": p.disability.map(Disability::level),
        "source": p.source,
        "source_day": p.source_day,
        "sources": p.sources,
        "verified_how": p.verified_how,
    })
}

fn outlook(read: &mut Read<'_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    Ok(vec![
        Holding::erased(
            "姓名、证件、生日、电话、住址、残疾等级",
            "Name, document, birth day, phone, address, disability",
            1,
        ),
        Holding::kept(
            "工作人员打开资料的时限记录，不含资料",
            "That officers held the record open; no content",
            records::count(read, id)?,
            Kept {
                why_zh: "三十天后自动删除".into(),
                why_en: "Deleted by itself after 30 days".into(),
                law: "《中华人民共和国个人信息保护法》第五十四条（合规审计）".into(),
                until: None,
            },
        ),
    ])
}

/// The row itself goes last, by [`forget`]: other rooms read it while they erase their parts.
fn erase(act: &mut Act<'_, '_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    outlook(act, id)
}

/// Empties the record for good, and the household with it if nobody is left there. The last step of an erasure, which is an act
/// of `privacy`.
///
/// # Errors
/// [`PeopleError::Changed`] if the record was changed meanwhile.
pub fn forget(act: &mut Act<'_, '_>, person: &Person) -> Result<(), PeopleError> {
    let now = act.now();
    if !act.run_one(&store::ERASE, (person.id, person.rev, now))? {
        return Err(PeopleError::Changed);
    }
    if let Some(household) = person.household {
        act.run(&store::FORGET_HOUSEHOLD, (household,))?;
    }
    Ok(())
}
