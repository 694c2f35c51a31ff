//! A copy of everything, and erasure (个人信息保护法 §§45, 47). Every room tells what it holds and erases its part; the log's
//! contents go; rows and chain stay, about nobody any more.

use linli_acts::{Act, Entry, Event, Holding, Kept, PersonId, PersonalData, Subject, personal_data};
use linli_base::{Day, Instant};
use linli_db::{DbError, Json, Read, row, sql};
use linli_vault::{Vault, token};
use linli_web::session::{self, SessionKind};
use serde::{Deserialize, Serialize};

use crate::acts::codes::{self, CodePurpose, Tried};
use crate::acts::sign_in::own;
use crate::acts::{consents, corrections, records};
use crate::domain::{Person, State};
use crate::error::PeopleError;
use crate::store;

linli_db::id! {
    /// An erasure that was done.
    pub struct ErasureId;
}

/// One room's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPart {
    pub room: String,
    pub zh: String,
    pub en: String,
    pub holdings: Vec<Holding>,
}

row! {
    /// What an erasure did.
    #[derive(Debug)]
    pub struct Receipt {
        pub report: Json<Vec<RoomPart>>,
        pub at: Instant,
    }
}

sql! {
    INSERT: () = "INSERT INTO erasures (id, person, receipt, report, at) VALUES ($1, $2, $3, $4, $5)";
    BY_RECEIPT: Receipt = "SELECT report, at FROM erasures WHERE receipt = $1";
    SWEEP: () = "DELETE FROM erasures WHERE id IN (SELECT id FROM erasures WHERE at < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "erasures", days: 1095, "删除的回执不含个人资料，保存三年，凭回执号可查。",
        "The receipt of an erasure holds no personal data and is kept three years.", sweep: SWEEP;
    "persons", keep, "本人删除或法定保存期满前保存；姓名、证件、电话、生日、残疾等级加密。",
        "Kept until erased on request; name, number, phone, birth day and disability are sealed.";
    "households", keep, "户的编号加密保存；户中无人时删除。", "A household's number is sealed; gone when nobody is left in it.";
}

/// What every room would erase and keep.
///
/// # Errors
/// If the database fails.
pub fn outlook(read: &mut Read<'_>, person: PersonId) -> Result<Vec<RoomPart>, DbError> {
    let mut out = Vec::new();
    for room in personal_data() {
        out.push(part(room, (room.outlook)(read, person)?));
    }
    Ok(out)
}

fn part(room: &PersonalData, holdings: Vec<Holding>) -> RoomPart {
    let holdings = holdings.into_iter().filter(|h| h.rows > 0).collect();
    RoomPart { room: room.room.to_owned(), zh: room.zh.to_owned(), en: room.en.to_owned(), holdings }
}

/// Everything that every room holds of a person. Taking a copy is an act: it stands in her log.
///
/// # Errors
/// If the database fails.
pub fn copy(act: &mut Act<'_, '_>) -> Result<serde_json::Value, PeopleError> {
    let person = act.actor.resident()?;
    let house = act.house;
    let mut rooms = serde_json::Map::new();
    for room in personal_data() {
        let data = (room.export)(act, house.vault(), person)?;
        if !data.is_null() {
            rooms.insert(room.room.to_owned(), data);
        }
    }
    act.log(Entry::new(Subject::new("person", person), "people.copied").person(person))?;
    Ok(serde_json::json!({ "person": person, "at": act.now().rfc3339(), "rooms": rooms }))
}

/// What became of the request.
#[derive(Clone, Debug)]
pub enum EraseStep {
    Wrong(i64),
    /// Done; the receipt number, shown once.
    Erased(String),
}

/// Tries the code that was sent to her phone; if it is right, everything that no law keeps is erased in this act, and her
/// sessions end.
///
/// # Errors
/// [`PeopleError::CodeOver`], [`PeopleError::Wait`].
pub fn erase_own(
    act: &mut Act<'_, '_>,
    secret: &str,
    typed: &str,
    net: &str,
) -> Result<EraseStep, PeopleError> {
    let id = own(act.actor)?;
    match codes::try_code(act, CodePurpose::Erase, secret, typed, net)? {
        Tried::Wrong(left) => Ok(EraseStep::Wrong(left)),
        Tried::Right { .. } => Ok(EraseStep::Erased(erase(act, id)?)),
    }
}

/// The registrar does it for the person before her, whose document she has seen.
///
/// # Errors
/// If the duty or the revision is wrong.
pub fn erase_at_counter(
    act: &mut Act<'_, '_>,
    opening: records::OpeningId,
    rev: i64,
) -> Result<String, PeopleError> {
    let (house, actor) = (act.house, act.actor);
    let person = records::opened(act, house.vault(), actor, opening)?.person;
    if person.rev != rev {
        return Err(PeopleError::Changed);
    }
    records::on_registrar_duty(act, person.place)?;
    erase(act, person.id)
}

fn erase(act: &mut Act<'_, '_>, id: PersonId) -> Result<String, PeopleError> {
    let house = act.house;
    let person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
    if !person.state.may_become(State::Erased) {
        return Err(PeopleError::State);
    }
    let mut report = Vec::new();
    for room in personal_data() {
        let holdings = (room.erase)(act, id)?;
        report.push(part(room, holdings));
    }
    let now = act.now();
    // Her own room's part has emptied her side tables; the row itself goes last, for other rooms read it above.
    if !act.run_one(&store::ERASE, (id, person.rev, now))? {
        return Err(PeopleError::Changed);
    }
    if let Some(household) = person.household {
        act.run(&store::FORGET_HOUSEHOLD, (household,))?;
    }
    session::end_all(act, SessionKind::Person, id.raw(), None)?;
    session::end_serving(act, id)?;
    linli_acts::erase_contents(act, id)?;
    act.log(Entry::new(Subject::new("person", id), "people.erased").state(State::Erased.word()).person(id))?;
    let receipt = act.vault().chance().code(16);
    let erasure: ErasureId = act.next_id();
    act.run(&INSERT, (erasure, id, token::digest(&receipt), Json(report), now))?;
    act.tell(&Event::new("people.erased", Subject::new("person", id), &id))?;
    Ok(receipt)
}

/// What an erasure did, by its receipt number.
///
/// # Errors
/// If the database fails.
pub fn receipt(read: &mut Read<'_>, number: &str) -> Result<Option<Receipt>, DbError> {
    read.opt(&BY_RECEIPT, (token::digest(&linli_base::text::compact(number)),))
}

// This room's own part.
linli_acts::inventory::submit! {
    PersonalData {
        room: "people", zh: "基本资料", en: "Your record",
        export: export_own, outlook: outlook_own, erase: erase_side_tables,
    }
}

/// How many looks the copy holds.
const LOOKS: u16 = 200;

fn export_own(read: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<serde_json::Value, DbError> {
    let broken = |e: PeopleError| match e {
        PeopleError::Db(e) => e,
        // A field that does not open is told as a failure of the whole copy, not left out in silence.
        _ => DbError { kind: linli_db::Kind::Shape, what: "a sealed field does not open".into() },
    };
    let Some(p) = store::load(read, vault, id).map_err(broken)? else { return Ok(serde_json::Value::Null) };
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
    let looks: Vec<_> = linli_acts::concerning(read, id, linli_acts::LogId::from_raw(i64::MAX), LOOKS)?
        .into_iter()
        .map(|l| serde_json::json!({ "act": l.act, "by": l.actor_kind, "at": l.at.rfc3339() }))
        .collect();
    let sessions: Vec<_> = session::of_subject(read, SessionKind::Person, id.raw())?
        .into_iter()
        .map(|s| serde_json::json!({ "device": s.device, "since": s.created_at.rfc3339() }))
        .collect();
    Ok(serde_json::json!({
        "record": record(&p), "consents": consents, "corrections": corrections, "log": looks, "sessions": sessions,
    }))
}

fn record(p: &Person) -> serde_json::Value {
    serde_json::json!({
        "state": p.state,
        "name": p.name.as_ref().map(crate::domain::Name::as_str),
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
        "disability": p.disability.map(crate::domain::Disability::level),
        "source": p.source,
        "source_day": p.source_day,
        "sources": p.sources,
        "verified_how": p.verified_how,
    })
}

fn holdings(consents: u64, corrections: u64, openings: u64, today: Day) -> Vec<Holding> {
    vec![
        Holding::erased("姓名、证件、生日、电话、住址、残疾等级", "Name, document, birth day, phone, address, disability", 1),
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
        Holding::kept(
            "登录记录（设备和时间），已全部退出",
            "Sign-ins (device and time), all ended",
            1,
            Kept {
                why_zh: "网络日志须留存，到期自动删除".into(),
                why_en: "Network logs must be kept; they go by themselves".into(),
                law: "《中华人民共和国网络安全法》第二十一条第三项".into(),
                // A session lives 30 days at most and is swept 30 days later.
                until: Some(today.plus_days(60)),
            },
        ),
        Holding::kept(
            "工作人员打开资料的时限记录，不含资料",
            "That officers held the record open; no content",
            openings,
            Kept {
                why_zh: "三十天后自动删除".into(),
                why_en: "Deleted by itself after 30 days".into(),
                law: "《中华人民共和国个人信息保护法》第五十四条（合规审计）".into(),
                until: None,
            },
        ),
    ]
}

fn outlook_own(read: &mut Read<'_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    let openings = u64::try_from(read.one(&records::COUNT, (id,))?.0).unwrap_or(0);
    let (consents, corrections) = (consents::count(read, id)?, corrections::count(read, id)?);
    Ok(holdings(consents, corrections, openings, read.now().day()))
}

fn erase_side_tables(act: &mut Act<'_, '_>, id: PersonId) -> Result<Vec<Holding>, DbError> {
    let openings = u64::try_from(act.one(&records::COUNT, (id,))?.0).unwrap_or(0);
    super::delegations::end_all(act, id)?;
    let consents = consents::forget(act, id)?;
    let corrections = corrections::forget(act, id)?;
    if let Some((_, phone)) = act.opt(&store::ACCOUNT_OF, (id,))? {
        act.run(&codes::FORGET, (id, phone))?;
    }
    Ok(holdings(consents, corrections, openings, act.now().day()))
}
