//! What neighbours may call: all on the caller's transaction.

use linli_base::{Day, Level, PlaceCode};
use linli_db::{DbError, Read};
use linli_words::Lang;

use crate::domain::{self, BuildingId, Division, UnitId};
use crate::store;

pub use crate::acts::{PlacesError, ensure_dwelling};
pub use crate::domain::Dwelling;
pub use crate::store::{Building, Unit};

/// The division of a code as it holds on a day.
///
/// # Errors
/// If the database fails.
pub fn by_code(read: &mut Read<'_>, code: PlaceCode, day: Day) -> Result<Option<Division>, DbError> {
    read.kept_opt(&store::AT, (code, day))
}

/// The divisions right below, as they hold on a day, by code.
///
/// # Errors
/// If the database fails.
pub fn children(read: &mut Read<'_>, code: PlaceCode, day: Day) -> Result<Vec<Division>, DbError> {
    Ok(read.kept(&store::CHILDREN, (code, day))?.to_vec())
}

/// Chinese and English name on a day. A division that does not hold on that day is called by its name nearest to it; an
/// unknown code by its digits: a paper never lacks a name.
///
/// # Errors
/// If the database fails.
pub fn name(read: &mut Read<'_>, code: PlaceCode, day: Day) -> Result<(String, String), DbError> {
    let found = read.kept_opt(&store::NEAREST, (code, day))?;
    Ok(found.map_or_else(|| (code.to_string(), code.to_string()), |d| d.names()))
}

/// Names from the district (or the highest known level) down to the place: (海珠区, 赤岗街道, 下渡社区).
///
/// # Errors
/// If the database fails.
pub fn path(read: &mut Read<'_>, code: PlaceCode, day: Day) -> Result<Vec<Division>, DbError> {
    let mut up = Vec::new();
    let mut at = Some(code);
    while let Some(code) = at {
        if let Some(d) = read.kept_opt(&store::NEAREST, (code, day))? {
            up.push(d);
        }
        at = code.parent();
    }
    up.reverse();
    Ok(up)
}

/// Divisions of a level on a day, by code, after a code (0 from the start): at most `limit`, which is at most 2,000.
///
/// # Errors
/// If the database fails.
pub fn of_level(
    read: &mut Read<'_>,
    level: Level,
    day: Day,
    after: i64,
    limit: u16,
) -> Result<Vec<Division>, DbError> {
    Ok(read.kept(&store::OF_LEVEL, (domain::level_word(level), after, day, limit.min(2_000)))?.to_vec())
}

/// The district of this house: the first that holds. `None` before anything was imported.
///
/// # Errors
/// If the database fails.
pub fn district(read: &mut Read<'_>, day: Day) -> Result<Option<Division>, DbError> {
    Ok(of_level(read, Level::District, day, 0, 1)?.into_iter().next())
}

/// The places that somebody may choose from, as they hold on a day: each of `within` and what lies below it, of these levels, by code, each
/// with its name under that of its street. A list where nobody must know a code.
///
/// # Errors
/// If the database fails.
pub fn to_choose(
    read: &mut Read<'_>,
    lang: Lang,
    within: &[PlaceCode],
    levels: &[Level],
    day: Day,
) -> Result<Vec<(PlaceCode, String)>, DbError> {
    let mut out = Vec::new();
    let mut streets: Vec<Division> = Vec::new();
    for level in [Level::District, Level::Street, Level::Community] {
        let all = of_level(read, level, day, 0, 2_000)?;
        if levels.contains(&level) {
            for place in all.iter().filter(|p| within.iter().any(|w| w.contains(p.code))) {
                let street = streets.iter().find(|s| Some(s.code) == place.code.parent());
                let (zh, en) = place.names();
                let name = match street.map(Division::names) {
                    Some((up_zh, up_en)) => {
                        lang.pick(&format!("{up_zh} {zh}"), &format!("{up_en}, {en}")).into_owned()
                    }
                    None => lang.pick(&zh, &en).into_owned(),
                };
                out.push((place.code, name));
            }
        }
        if level == Level::Street {
            streets = all;
        }
    }
    out.sort_by_key(|(code, _)| *code);
    Ok(out)
}

/// What became of a division: (code, since), by day.
///
/// # Errors
/// If the database fails.
pub fn successors(read: &mut Read<'_>, code: PlaceCode) -> Result<Vec<(PlaceCode, Day)>, DbError> {
    read.all(&store::SUCCESSORS, (code,))
}

/// A unit with its building.
///
/// # Errors
/// If the database fails.
pub fn unit(read: &mut Read<'_>, id: UnitId) -> Result<Option<Unit>, DbError> {
    read.opt(&store::UNIT, (id,))
}

/// A building.
///
/// # Errors
/// If the database fails.
pub fn building(read: &mut Read<'_>, id: BuildingId) -> Result<Option<Building>, DbError> {
    read.opt(&store::BUILDING, (id,))
}

/// The community in which a unit lies.
///
/// # Errors
/// If the database fails.
pub fn community_of_unit(read: &mut Read<'_>, id: UnitId) -> Result<Option<PlaceCode>, DbError> {
    Ok(read.opt(&store::COMMUNITY_OF_UNIT, (id,))?.map(|(code,)| code))
}

/// The unit of exactly this community, building and door (as a file or a form names them).
///
/// # Errors
/// If the database fails.
pub fn unit_by_name(
    read: &mut Read<'_>,
    community: PlaceCode,
    building: &str,
    unit: &str,
) -> Result<Option<Unit>, DbError> {
    let building = linli_base::text::tidy(building);
    let Some(b) = read.opt(&store::BUILDING_BY_NAME, (community, building))? else { return Ok(None) };
    read.opt(&store::UNIT_BY_NAME, (b.id, linli_base::text::tidy(unit)))
}

/// Buildings whose address or name contains what was typed (at least two letters or digits), at most `limit` (50).
///
/// # Errors
/// If the database fails.
pub fn find_address(read: &mut Read<'_>, typed: &str, limit: u16) -> Result<Vec<Building>, DbError> {
    let key = domain::address_key(typed);
    if key.chars().count() < 2 {
        return Ok(Vec::new());
    }
    // The highest character ends the range of what begins with the key.
    let end = format!("{key}\u{10FFFF}");
    read.all(&store::FIND_BUILDINGS, (key, end, limit.min(50)))
}

/// The units of a building, by id, after one (`UnitId::from_raw(0)` from the start): at most `limit` (500).
///
/// # Errors
/// If the database fails.
pub fn units_in(
    read: &mut Read<'_>,
    building: BuildingId,
    after: UnitId,
    limit: u16,
) -> Result<Vec<Unit>, DbError> {
    read.all(&store::UNITS_IN, (building, after, limit.min(500)))
}

/// The buildings of a community, by id, after one: at most `limit` (500).
///
/// # Errors
/// If the database fails.
pub fn buildings_in(
    read: &mut Read<'_>,
    community: PlaceCode,
    after: BuildingId,
    limit: u16,
) -> Result<Vec<Building>, DbError> {
    read.all(&store::BUILDINGS_IN, (community, after, limit.min(500)))
}
