//! Acts on divisions, buildings and units. Each may be run by an officer with the duty in that place, or by the program itself
//! (import on the command line, the sample district).

use linli_acts::{Act, Denied, Entry, Event, Subject, Who};
use linli_base::{Day, FieldError, PlaceCode, Problem, text};
use linli_db::DbError;

use crate::EDITOR;
use crate::domain::{
    self, ADDRESS_MAX, BUILDING_MAX, BuildingId, Division, Dwelling, NewDivision, Renaming, UNIT_MAX, UnitId,
    Wrong, level_word,
};
use crate::store::{self, Building};

/// What an act on places refuses with.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("no such place")]
    NotFound,
    /// Somebody changed it meanwhile.
    #[error("changed meanwhile")]
    Changed,
    /// The change contradicts what is known of the division.
    #[error("{}", .0.kind())]
    Wrong(Wrong),
    /// What was typed does not fit.
    #[error("fields")]
    Fields(Vec<FieldError>),
}

impl From<Wrong> for PlacesError {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl Problem for PlacesError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(e) => e.code(),
            Self::Denied(d) => d.code(),
            Self::NotFound => "not-found",
            Self::Changed => "changed",
            Self::Wrong(w) => w.kind(),
            Self::Fields(_) => "invalid",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Db(e) => e.status(),
            Self::Denied(d) => d.status(),
            Self::NotFound => 404,
            Self::Changed => 409,
            Self::Wrong(_) | Self::Fields(_) => 422,
        }
    }
    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Fields(f) => f,
            _ => &[],
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Denied(d) => d.facts(),
            _ => Vec::new(),
        }
    }
}

/// Demands the duty for a place; the program itself may.
pub(crate) fn may(act: &mut Act<'_, '_>, place: PlaceCode) -> Result<(), Denied> {
    if act.actor.who == Who::System {
        return Ok(());
    }
    let body =
        act.actor.held.iter().find(|h| h.kind == EDITOR.key && h.place.contains(place)).map(|h| h.body);
    match body {
        Some(body) => act.on_duty(&EDITOR, body, place),
        None => Err(if act.actor.who == Who::Anyone { Denied::SignIn } else { Denied::Duty(&EDITOR) }),
    }
}

fn tell(act: &mut Act<'_, '_>, kind: &'static str, code: PlaceCode) -> Result<(), DbError> {
    act.tell(&Event::new(kind, Subject::new("division", code.raw()), &code))
}

fn log(
    act: &mut Act<'_, '_>,
    what: &'static str,
    code: PlaceCode,
    content: &impl serde::Serialize,
) -> Result<(), DbError> {
    act.log(Entry::new(Subject::new("division", code.raw()), what).place(code).content(content))?;
    tell(act, "places.changed", code)
}

fn regular(new: &NewDivision) -> Result<NewDivision, Wrong> {
    let level = new.code.level();
    let new = NewDivision {
        code: new.code,
        name_zh: domain::division_name(level, &new.name_zh),
        name_en: text::tidy(&new.name_en),
    };
    domain::check_names(&new.name_zh, &new.name_en)?;
    Ok(new)
}

fn last_of(act: &mut Act<'_, '_>, code: PlaceCode) -> Result<Option<Division>, DbError> {
    act.opt(&store::LAST_OF, (code,))
}

/// Stores a row; above a district nothing need be known of the division above.
pub(crate) fn insert(
    act: &mut Act<'_, '_>,
    new: &NewDivision,
    from: Day,
    to: Option<Day>,
    rev: i64,
) -> Result<(), PlacesError> {
    let parent = new.code.parent();
    if let Some(parent) = parent
        && matches!(new.code.level(), linli_base::Level::Street | linli_base::Level::Community)
        && act.kept_opt(&store::AT, (parent, from))?.is_none()
    {
        return Err(Wrong::NoParent.into());
    }
    let level = level_word(new.code.level());
    act.run(&store::INSERT_DIVISION, (new.code, from, to, level, parent, &new.name_zh, &new.name_en, rev))?;
    Ok(())
}

/// Makes a division that holds from a day on.
///
/// # Errors
/// If it exists, its names do not fit, or the division above does not hold on that day.
pub fn create_division(act: &mut Act<'_, '_>, new: &NewDivision, from: Day) -> Result<(), PlacesError> {
    may(act, new.code)?;
    let new = regular(new)?;
    if last_of(act, new.code)?.is_some() {
        return Err(Wrong::Exists.into());
    }
    insert(act, &new, from, None, 1)?;
    log(act, "places.created", new.code, &(from, &new.name_zh, &new.name_en))?;
    Ok(())
}

/// Gives a division new names from a day on; on the day of its last change the names are put right instead.
///
/// # Errors
/// If it changed meanwhile, has ended, or the day lies before its last change.
pub fn rename_division(
    act: &mut Act<'_, '_>,
    code: PlaceCode,
    rev: i64,
    name_zh: &str,
    name_en: &str,
    day: Day,
) -> Result<(), PlacesError> {
    may(act, code)?;
    let last = last_of(act, code)?.ok_or(PlacesError::NotFound)?;
    let new = regular(&NewDivision { code, name_zh: name_zh.to_owned(), name_en: name_en.to_owned() })?;
    rename_from(act, &last, rev, &new, domain::renaming(&last, day)?)
}

pub(crate) fn rename_from(
    act: &mut Act<'_, '_>,
    last: &Division,
    rev: i64,
    new: &NewDivision,
    how: Renaming,
) -> Result<(), PlacesError> {
    let former = (last.valid_from, &last.name_zh, &last.name_en);
    match how {
        Renaming::Correction => {
            if !act.run_one(&store::CORRECT_DIVISION, (last.code, rev, &new.name_zh, &new.name_en))? {
                return Err(PlacesError::Changed);
            }
            log(act, "places.corrected", last.code, &former)?;
        }
        Renaming::From(day) => {
            if !act.run_one(&store::END_DIVISION, (last.code, rev, day))? {
                return Err(PlacesError::Changed);
            }
            insert(act, new, day, None, rev + 2)?;
            log(act, "places.renamed", last.code, &(day, former))?;
        }
    }
    Ok(())
}

/// Ends a division on a day (the first on which it holds no more); a successor takes its place, if one is told: a merger.
///
/// # Errors
/// If it changed meanwhile, has ended, has divisions below it, or the successor does not hold on that day.
pub fn close_division(
    act: &mut Act<'_, '_>,
    code: PlaceCode,
    rev: i64,
    day: Day,
    successor: Option<PlaceCode>,
) -> Result<(), PlacesError> {
    may(act, code)?;
    let last = last_of(act, code)?.ok_or(PlacesError::NotFound)?;
    if let Some(next) = successor
        && (next == code || next.level() != code.level() || act.kept_opt(&store::AT, (next, day))?.is_none())
    {
        return Err(Wrong::Successor.into());
    }
    end(act, &last, rev, day)?;
    if let Some(next) = successor {
        act.run(&store::LINK, (code, next, day))?;
    }
    log(act, "places.closed", code, &(day, successor))?;
    tell(act, "places.closed", code)?;
    Ok(())
}

pub(crate) fn end(act: &mut Act<'_, '_>, last: &Division, rev: i64, day: Day) -> Result<(), PlacesError> {
    let has_children = act.opt(&store::CHILD_NOT_ENDED, (last.code, day))?.is_some();
    domain::ending(last, day, has_children)?;
    if act.run_one(&store::END_DIVISION, (last.code, rev, day))? { Ok(()) } else { Err(PlacesError::Changed) }
}

/// Splits a division on a day: new ones of the same level beside it; the old one stays (smaller) or ends. The chosen buildings
/// move to the part that they are told with.
///
/// # Errors
/// If it changed meanwhile, the parts do not fit, or a building is not in it.
pub fn split_division(
    act: &mut Act<'_, '_>,
    code: PlaceCode,
    rev: i64,
    day: Day,
    stays: bool,
    parts: &[NewDivision],
) -> Result<(), PlacesError> {
    let street = code.parent().unwrap_or(code);
    may(act, street)?;
    let last = last_of(act, code)?.ok_or(PlacesError::NotFound)?;
    let parts: Vec<NewDivision> = parts.iter().map(regular).collect::<Result<_, _>>()?;
    domain::splitting(&last, day, stays, &parts)?;
    if stays {
        if !act.run_one(&store::TOUCH_DIVISION, (code, rev))? {
            return Err(PlacesError::Changed);
        }
    } else {
        end(act, &last, rev, day)?;
    }
    for part in &parts {
        if last_of(act, part.code)?.is_some() {
            return Err(Wrong::Exists.into());
        }
        insert(act, part, day, None, 1)?;
        act.run(&store::LINK, (code, part.code, day))?;
        log(act, "places.created", part.code, &(day, &part.name_zh, &part.name_en, code))?;
    }
    let codes: Vec<PlaceCode> = parts.iter().map(|p| p.code).collect();
    log(act, "places.split", code, &(day, stays, codes))?;
    if !stays {
        tell(act, "places.closed", code)?;
    }
    Ok(())
}

fn checked(field: &'static str, typed: &str, max: usize) -> Result<String, PlacesError> {
    let text = text::tidy(typed);
    if text.is_empty() {
        return Err(PlacesError::Fields(vec![FieldError::new(field, "empty")]));
    }
    if text.chars().count() > max {
        return Err(PlacesError::Fields(vec![FieldError::new(field, "too-long").arg(max)]));
    }
    Ok(text)
}

fn community_holds(act: &mut Act<'_, '_>, community: PlaceCode) -> Result<(), PlacesError> {
    let today = act.now().day();
    let holds = act.kept_opt(&store::AT, (community, today))?.is_some();
    if holds && community.level() == linli_base::Level::Community {
        Ok(())
    } else {
        Err(PlacesError::Fields(vec![FieldError::new("community", "no-community")]))
    }
}

fn index(act: &mut Act<'_, '_>, id: BuildingId, name: &str, address: &str) -> Result<(), DbError> {
    let whole = if name == address { address.to_owned() } else { format!("{address}{name}") };
    for tail in domain::tails(&domain::address_key(&whole)) {
        act.run(&store::INSERT_TAIL, (tail, id))?;
    }
    Ok(())
}

/// Adds a building.
///
/// # Errors
/// If a building of that name exists in the community, or the community does not hold.
pub fn add_building(
    act: &mut Act<'_, '_>,
    community: PlaceCode,
    name: &str,
    address: &str,
) -> Result<BuildingId, PlacesError> {
    may(act, community)?;
    community_holds(act, community)?;
    let id = insert_building(act, community, name, address)?;
    act.log(Entry::new(Subject::new("building", id), "places.building_added").place(community))?;
    Ok(id)
}

fn insert_building(
    act: &mut Act<'_, '_>,
    community: PlaceCode,
    name: &str,
    address: &str,
) -> Result<BuildingId, PlacesError> {
    let name = checked("name", name, BUILDING_MAX)?;
    let address =
        if text::tidy(address).is_empty() { name.clone() } else { checked("address", address, ADDRESS_MAX)? };
    if act.opt(&store::BUILDING_BY_NAME, (community, &name))?.is_some() {
        return Err(PlacesError::Fields(vec![FieldError::new("name", "exists")]));
    }
    let id: BuildingId = act.next_id();
    act.run(&store::INSERT_BUILDING, (id, community, &name, &address))?;
    index(act, id, &name, &address)?;
    Ok(id)
}

/// Puts a building's name, address or community right.
///
/// # Errors
/// If it changed meanwhile, or the name is taken there.
pub fn change_building(
    act: &mut Act<'_, '_>,
    id: BuildingId,
    rev: i64,
    community: PlaceCode,
    name: &str,
    address: &str,
) -> Result<(), PlacesError> {
    let old: Building = act.opt(&store::BUILDING, (id,))?.ok_or(PlacesError::NotFound)?;
    may(act, old.community)?;
    let name = checked("name", name, BUILDING_MAX)?;
    let address =
        if text::tidy(address).is_empty() { name.clone() } else { checked("address", address, ADDRESS_MAX)? };
    if community != old.community {
        may(act, community)?;
        community_holds(act, community)?;
    }
    if act.opt(&store::BUILDING_BY_NAME, (community, &name))?.is_some_and(|b| b.id != id) {
        return Err(PlacesError::Fields(vec![FieldError::new("name", "exists")]));
    }
    if !act.run_one(&store::UPDATE_BUILDING, (id, rev, community, &name, &address))? {
        return Err(PlacesError::Changed);
    }
    act.run(&store::DROP_TAILS, (id,))?;
    index(act, id, &name, &address)?;
    let former = (old.community, &old.name, &old.address);
    act.log(
        Entry::new(Subject::new("building", id), "places.building_changed").place(community).content(&former),
    )?;
    if community != old.community {
        moved(act, id, community)?;
    }
    Ok(())
}

fn moved(act: &mut Act<'_, '_>, id: BuildingId, community: PlaceCode) -> Result<(), DbError> {
    act.tell(&Event::new("places.building_moved", Subject::new("building", id), &(id, community)))
}

/// Moves buildings (at most 200) to another community: after a split.
///
/// # Errors
/// If one is unknown, or its name is taken in the other community.
pub fn move_buildings(act: &mut Act<'_, '_>, ids: &[BuildingId], to: PlaceCode) -> Result<u64, PlacesError> {
    may(act, to)?;
    community_holds(act, to)?;
    let mut count = 0;
    for id in ids.iter().take(200) {
        let old: Building = act.opt(&store::BUILDING, (*id,))?.ok_or(PlacesError::NotFound)?;
        if old.community == to {
            continue;
        }
        may(act, old.community)?;
        if act.opt(&store::BUILDING_BY_NAME, (to, &old.name))?.is_some() {
            return Err(PlacesError::Fields(vec![FieldError::new("to", "name-taken").arg(&old.name)]));
        }
        if !act.run_one(&store::UPDATE_BUILDING, (*id, old.rev, to, &old.name, &old.address))? {
            return Err(PlacesError::Changed);
        }
        act.log(
            Entry::new(Subject::new("building", *id), "places.building_moved")
                .place(to)
                .content(&old.community),
        )?;
        moved(act, *id, to)?;
        count += 1;
    }
    Ok(count)
}

/// Takes a building out of use (pulled down), or back into use.
///
/// # Errors
/// If it changed meanwhile.
pub fn set_building_closed(
    act: &mut Act<'_, '_>,
    id: BuildingId,
    rev: i64,
    closed: bool,
) -> Result<(), PlacesError> {
    let old: Building = act.opt(&store::BUILDING, (id,))?.ok_or(PlacesError::NotFound)?;
    may(act, old.community)?;
    let now = act.now();
    let done = if closed {
        act.run_one(&store::CLOSE_BUILDING, (id, rev, now))?
    } else {
        act.run_one(&store::REOPEN_BUILDING, (id, rev))?
    };
    if !done {
        return Err(PlacesError::Changed);
    }
    let what = if closed { "places.building_closed" } else { "places.building_reopened" };
    act.log(Entry::new(Subject::new("building", id), what).place(old.community))?;
    Ok(())
}

/// Adds a unit to a building.
///
/// # Errors
/// If the door exists there already.
pub fn add_unit(act: &mut Act<'_, '_>, building: BuildingId, name: &str) -> Result<UnitId, PlacesError> {
    let b: Building = act.opt(&store::BUILDING, (building,))?.ok_or(PlacesError::NotFound)?;
    may(act, b.community)?;
    let name = checked("name", name, UNIT_MAX)?;
    if act.opt(&store::UNIT_BY_NAME, (building, &name))?.is_some() {
        return Err(PlacesError::Fields(vec![FieldError::new("name", "exists")]));
    }
    let id: UnitId = act.next_id();
    act.run(&store::INSERT_UNIT, (id, building, &name))?;
    act.log(Entry::new(Subject::new("unit", id), "places.unit_added").place(b.community))?;
    Ok(id)
}

/// Puts a unit's door right.
///
/// # Errors
/// If it changed meanwhile, or the door exists there already.
pub fn rename_unit(act: &mut Act<'_, '_>, id: UnitId, rev: i64, name: &str) -> Result<(), PlacesError> {
    let old = act.opt(&store::UNIT, (id,))?.ok_or(PlacesError::NotFound)?;
    may(act, old.community)?;
    let name = checked("name", name, UNIT_MAX)?;
    if act.opt(&store::UNIT_BY_NAME, (old.building, &name))?.is_some_and(|u| u.id != id) {
        return Err(PlacesError::Fields(vec![FieldError::new("name", "exists")]));
    }
    if !act.run_one(&store::RENAME_UNIT, (id, rev, &name))? {
        return Err(PlacesError::Changed);
    }
    act.log(
        Entry::new(Subject::new("unit", id), "places.unit_renamed").place(old.community).content(&old.name),
    )?;
    Ok(())
}

/// Takes a unit out of use, or back into use.
///
/// # Errors
/// If it changed meanwhile.
pub fn set_unit_closed(act: &mut Act<'_, '_>, id: UnitId, rev: i64, closed: bool) -> Result<(), PlacesError> {
    let old = act.opt(&store::UNIT, (id,))?.ok_or(PlacesError::NotFound)?;
    may(act, old.community)?;
    let now = act.now();
    let done = if closed {
        act.run_one(&store::CLOSE_UNIT, (id, rev, now))?
    } else {
        act.run_one(&store::REOPEN_UNIT, (id, rev))?
    };
    if !done {
        return Err(PlacesError::Changed);
    }
    let what = if closed { "places.unit_closed" } else { "places.unit_reopened" };
    act.log(Entry::new(Subject::new("unit", id), what).place(old.community))?;
    Ok(())
}

/// Finds or makes a building and, where told, a unit in it: imports and the sample district. The caller has asked whether the
/// actor may and logs his own act; this one leaves no log row of its own, so that a chunk of 500 rows is one row in the log.
/// Gives the building, the unit, and whether anything was new.
///
/// # Errors
/// If names do not fit or the community does not hold today.
pub fn ensure_dwelling(
    act: &mut Act<'_, '_>,
    dwelling: &Dwelling,
) -> Result<(BuildingId, Option<UnitId>, bool), PlacesError> {
    let mut new = false;
    let name = checked("building", &dwelling.building, BUILDING_MAX)?;
    let building = match act.opt(&store::BUILDING_BY_NAME, (dwelling.community, &name))? {
        Some(b) => b.id,
        None => {
            community_holds(act, dwelling.community)?;
            new = true;
            insert_building(act, dwelling.community, &name, &dwelling.address)?
        }
    };
    let Some(unit) = &dwelling.unit else { return Ok((building, None, new)) };
    let unit = checked("unit", unit, UNIT_MAX)?;
    if let Some(u) = act.opt(&store::UNIT_BY_NAME, (building, &unit))? {
        return Ok((building, Some(u.id), new));
    }
    let id: UnitId = act.next_id();
    act.run(&store::INSERT_UNIT, (id, building, &unit))?;
    Ok((building, Some(id), true))
}

/// Puts dwellings in, at most 500 in one act; the same ones a second time change nothing. Gives the units (or `None` where a
/// row told a building alone) in the order of the rows.
///
/// # Errors
/// If the actor may not, or a row does not fit.
pub fn put_dwellings(
    act: &mut Act<'_, '_>,
    subject: Subject,
    rows: &[Dwelling],
) -> Result<Vec<Option<UnitId>>, PlacesError> {
    let mut out = Vec::with_capacity(rows.len());
    let mut new = 0u64;
    let mut asked: Option<PlaceCode> = None;
    for row in rows.iter().take(500) {
        if asked != Some(row.community) {
            may(act, row.community)?;
            asked = Some(row.community);
        }
        let (_, unit, made) = ensure_dwelling(act, row)?;
        new += u64::from(made);
        out.push(unit);
    }
    if new > 0 {
        act.log(Entry::new(subject, "places.dwellings_put").content(&new))?;
    }
    Ok(out)
}

/// Puts divisions in, higher levels first (districts, streets, communities), at most 500 in one act; the same rows a second time
/// change nothing. Gives how many were made and how many changed.
///
/// # Errors
/// If the actor may not, or a row contradicts what is known; nothing is stored then.
pub fn put_divisions(act: &mut Act<'_, '_>, rows: &[domain::DivisionRow]) -> Result<(u64, u64), PlacesError> {
    let mut sorted: Vec<&domain::DivisionRow> = rows.iter().take(500).collect();
    sorted.sort_by_key(|r| (r.code.level(), r.code, r.valid_from));
    let (mut made, mut changed) = (0, 0);
    for row in sorted {
        match put_division(act, row)? {
            domain::Step::Nothing => {}
            domain::Step::Create => made += 1,
            _ => changed += 1,
        }
    }
    Ok((made, changed))
}

/// Puts one division in. A row that tells both a new name and an end does both. Gives the first step that it took.
///
/// # Errors
/// If the actor may not, or the row contradicts what is known.
pub fn put_division(act: &mut Act<'_, '_>, row: &domain::DivisionRow) -> Result<domain::Step, PlacesError> {
    use domain::Step;
    may(act, row.code)?;
    let mut first = None;
    // A new name and an end are two steps; a third would mean that rows contradict each other.
    for _ in 0..3 {
        let known = act.all(&store::ALL_OF, (row.code,))?;
        let new = regular(&NewDivision {
            code: row.code,
            name_zh: row.name_zh.clone(),
            name_en: row
                .name_en
                .clone()
                .or_else(|| known.last().map(|d| d.name_en.clone()))
                .unwrap_or_default(),
        })?;
        let told = domain::DivisionRow {
            name_zh: new.name_zh.clone(),
            name_en: row.name_en.as_ref().map(|_| new.name_en.clone()),
            ..row.clone()
        };
        let step = domain::import_step(&known, &told)?;
        match (&step, known.last()) {
            (Step::Nothing, _) | (Step::Correct | Step::Rename(_) | Step::End(_), None) => break,
            (Step::Create, _) => {
                let from = row.valid_from.unwrap_or_else(|| act.now().day());
                if row.valid_to.is_some_and(|to| to <= from) {
                    return Err(Wrong::DayTooEarly.into());
                }
                insert(act, &new, from, row.valid_to, 1)?;
                log(act, "places.created", row.code, &(from, &new.name_zh, &new.name_en))?;
            }
            (Step::Correct, Some(last)) => rename_from(act, last, last.rev, &new, Renaming::Correction)?,
            (Step::Rename(day), Some(last)) => rename_from(act, last, last.rev, &new, Renaming::From(*day))?,
            (Step::End(day), Some(last)) => {
                end(act, last, last.rev, *day)?;
                log(act, "places.closed", row.code, &(*day, None::<PlaceCode>))?;
                tell(act, "places.closed", row.code)?;
            }
        }
        first.get_or_insert(step);
    }
    Ok(first.unwrap_or(Step::Nothing))
}
