//! The sample district: real divisions and departments, synthetic people, put in by the same acts that imports use.

use std::collections::HashMap;

use anyhow::Context;
use linli_acts::{Actor, BodyId, House, PersonId};
use linli_base::docnum::{DocumentNumber, Phone};
use linli_base::{Day, PlaceCode};
use linli_duties::offers::{BodyKind, deliver_body};
use linli_people::offers::{self as people, Disability, HouseholdId, Name, NewPerson, Role, Sex, Source};
use linli_places::UnitId;
use linli_places::acts::put_divisions;
use linli_places::domain::{DivisionRow, Dwelling};
use linli_places::offers::ensure_dwelling;
use linli_sample::{Cast, Generator, SamplePerson, cast};

use crate::papers;

/// The district's code.
pub const HAIZHU: &str = "440105000000";
/// Persons written in one act.
const CHUNK: usize = 250;

/// Puts divisions and bodies in. Twice changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn places_and_bodies(house: &House) -> anyhow::Result<HashMap<String, BodyId>> {
    let rows: Vec<DivisionRow> = linli_sample::DIVISIONS.lines().skip(1).filter_map(division).collect();
    for chunk in rows.chunks(400) {
        let chunk = chunk.to_vec();
        house.act(&Actor::system(), move |act| put_divisions(act, &chunk)).await?;
    }
    let mut bodies = HashMap::new();
    let mut wanted: Vec<(String, BodyKind, String, String, PlaceCode)> = Vec::new();
    for line in linli_sample::BODIES.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        if let [code, _, zh, rest] = cells.as_slice() {
            let en = rest.rsplit_once(',').map_or(*rest, |(en, _)| en).trim_matches('"');
            wanted.push((
                (*code).to_owned(),
                BodyKind::Department,
                (*zh).to_owned(),
                en.to_owned(),
                HAIZHU.parse()?,
            ));
        }
    }
    for row in &rows {
        let code = row.code.to_string();
        let (zh, en) = (&row.name_zh, row.name_en.clone().unwrap_or_default());
        match row.code.level() {
            linli_base::Level::Street => wanted.push((
                format!("S{code}"),
                BodyKind::Street,
                format!("广州市海珠区人民政府{zh}办事处"),
                format!("{en} Office"),
                row.code,
            )),
            linli_base::Level::Community => wanted.push((
                format!("C{code}"),
                BodyKind::Committee,
                format!("{}居民委员会", zh.trim_end_matches("社区").to_owned() + "社区"),
                format!("{en} Residents' Committee"),
                row.code,
            )),
            _ => {}
        }
    }
    for chunk in wanted.chunks(300) {
        let chunk = chunk.to_vec();
        let made = house
            .act(&Actor::system(), move |act| {
                chunk
                    .iter()
                    .map(|(code, kind, zh, en, place)| {
                        Ok((code.clone(), deliver_body(act, code, *kind, zh, en, *place)?))
                    })
                    .collect::<Result<Vec<_>, linli_duties::OfficeError>>()
            })
            .await?;
        bodies.extend(made);
    }
    Ok(bodies)
}

fn division(line: &str) -> Option<DivisionRow> {
    let cells: Vec<&str> = line.split(',').collect();
    let [code, zh, en, _, _, from, to] = cells.as_slice() else { return None };
    Some(DivisionRow {
        code: code.parse().ok()?,
        name_zh: (*zh).to_owned(),
        name_en: Some((*en).to_owned()),
        valid_from: from.parse().ok(),
        valid_to: to.parse().ok(),
    })
}

fn role(zh: &str) -> Role {
    match zh {
        "户主" => Role::Head,
        "配偶" => Role::Spouse,
        "子女" => Role::Child,
        "父母" => Role::Parent,
        _ => Role::Other,
    }
}

/// The building's name and address in its community; invented.
fn dwelling(p: &SamplePerson) -> Dwelling {
    Dwelling {
        community: p.community,
        building: format!("{}号楼", p.building),
        address: format!("样例路{}号", p.building),
        unit: Some(p.unit.clone()),
    }
}

fn new_person(
    p: &SamplePerson,
    today: Day,
    unit: Option<UnitId>,
    household: HouseholdId,
) -> Option<NewPerson> {
    Some(NewPerson {
        name: Name::parse(&p.name).ok()?,
        sex: if p.male { Sex::Male } else { Sex::Female },
        birth: p.birth,
        document: DocumentNumber::parse(p.document_kind, &p.document, today).ok()?,
        phone: p.phone.as_ref().and_then(|n| Phone::parse(n).ok()),
        place: Some(p.community),
        unit,
        household: Some(household),
        role: Some(role(p.role)),
        hukou: p.hukou,
        disability: p.disability.and_then(Disability::new),
        source: Source::Sample,
    })
}

/// Puts synthetic residents in, chunk by chunk; tells how far it is.
///
/// # Errors
/// If the database fails.
pub async fn residents(
    house: &House,
    size: u64,
    seed: u64,
    mut told: impl FnMut(u64),
) -> anyhow::Result<u64> {
    let today = house.now().day();
    let mut done = 0;
    for block in Generator::new(size, seed, today) {
        for chunk in block.chunks(CHUNK) {
            let chunk = chunk.to_vec();
            let put = house
                .act(&Actor::system(), move |act| {
                    let (mut rows, mut kept) = (Vec::with_capacity(chunk.len()), Vec::new());
                    let mut last: Option<(u64, HouseholdId, Option<UnitId>)> = None;
                    for p in &chunk {
                        let (household, unit) = match last {
                            Some((n, household, unit)) if n == p.household => (household, unit),
                            _ => {
                                let (_, unit, _) = ensure_dwelling(act, &dwelling(p))
                                    .map_err(|_| people::PeopleError::Stored)?;
                                let number = format!("样例{}", p.household);
                                (people::household(act, Some(&number), Some(p.community))?, unit)
                            }
                        };
                        last = Some((p.household, household, unit));
                        if let Some(new) = new_person(p, today, unit, household) {
                            rows.push(new);
                            kept.push(p.clone());
                        }
                    }
                    let ids = people::bulk_insert(act, &rows)?;
                    let put = kept.into_iter().zip(ids).filter_map(|(p, id)| Some((p, id?)));
                    Ok::<_, people::PeopleError>(put.collect::<Vec<_>>())
                })
                .await?;
            let n = put.len();
            house.act(&Actor::system(), move |act| papers::of_residents(act, &put, today)).await?;
            done += u64::try_from(n).unwrap_or(0);
            told(done);
        }
    }
    Ok(done)
}

/// Puts the persons to try in.
///
/// # Errors
/// If the database fails.
pub async fn players(house: &House) -> anyhow::Result<Vec<(Cast, PersonId)>> {
    let today = house.now().day();
    let mut out = Vec::new();
    for c in cast() {
        let new = NewPerson {
            name: Name::parse(c.name).ok().context("a name of the cast")?,
            sex: if c.male { Sex::Male } else { Sex::Female },
            birth: c.birth,
            document: DocumentNumber::parse(c.document_kind, &c.document, today)?,
            phone: Phone::parse(c.phone).ok(),
            place: c.community.parse().ok(),
            unit: None,
            household: None,
            role: Some(Role::Head),
            hukou: c.hukou,
            disability: c.disability.and_then(Disability::new),
            source: Source::Sample,
        };
        let id = house.act(&Actor::system(), move |act| people::create(act, &new)).await?;
        let id = id.context("the cast is put into an empty district")?;
        let player = c.clone();
        house.act(&Actor::system(), move |act| papers::of_player(act, &player, id, today)).await?;
        out.push((c, id));
    }
    Ok(out)
}
