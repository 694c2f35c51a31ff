//! Kept filters, and reminders that were seen.

use linli_acts::{Act, BodyId, Entry, Subject};

use crate::error::DeskError;
use crate::filter::{Filter, reach};
use crate::store::{self, FilterId, ReminderId};

/// An officer keeps no more than so many.
const MOST: usize = 30;

/// Keeps a filter; `shared`: for everybody at the desk of that body.
///
/// # Errors
/// If the name is missing or long, the body is none of hers, or she keeps too many.
pub fn save(
    act: &mut Act<'_, '_>,
    name: &str,
    filter: &Filter,
    shared: Option<BodyId>,
) -> Result<FilterId, DeskError> {
    let staff = act.actor.officer()?;
    match name.chars().count() {
        0 => return Err(DeskError::field("name", "name-empty")),
        n if n > 40 => return Err(DeskError::field("name", "name-long")),
        _ => {}
    }
    let mine = reach(&act.actor.held, linli_casework::DESK_DUTIES);
    if shared.is_some_and(|body| !mine.iter().any(|(b, _)| *b == body)) {
        return Err(DeskError::field("shared", "choose"));
    }
    if act.all(&store::FILTERS_OF, (staff,))?.len() >= MOST {
        return Err(DeskError::field("name", "filters-many"));
    }
    let id: FilterId = act.next_id();
    let now = act.now();
    act.run(&store::ADD_FILTER, (id, staff, shared, name, filter.query(false), now))?;
    act.log(Entry::new(Subject::new("desk_filter", id), "desk.filter_saved"))?;
    Ok(id)
}

/// Deletes a filter: its owner does.
///
/// # Errors
/// If it is another's.
pub fn delete(act: &mut Act<'_, '_>, id: FilterId) -> Result<(), DeskError> {
    let staff = act.actor.officer()?;
    act.opt(&store::FILTER, (id,))?.filter(|f| f.staff == staff).ok_or(DeskError::Missing)?;
    act.run(&store::DELETE_FILTER, (id,))?;
    act.log(Entry::new(Subject::new("desk_filter", id), "desk.filter_deleted"))?;
    Ok(())
}

/// She has seen these reminders. Another's are left alone.
///
/// # Errors
/// If the database fails.
pub fn seen(act: &mut Act<'_, '_>, ids: &[ReminderId]) -> Result<(), DeskError> {
    let (staff, now) = (act.actor.officer()?, act.now());
    for id in ids {
        let Some(r) = act.opt(&store::REMINDER, (*id,))? else { continue };
        let whose = act.one(&store::REMINDER_OF, (*id,))?.0;
        // A co-handling body is told of a case that need not lie in its own place.
        let at_my_desk = act
            .actor
            .held
            .iter()
            .any(|h| h.body == r.body && (r.task.raw() != 0 || h.place.contains(r.place)));
        if whose == Some(staff) || (whose.is_none() && at_my_desk) {
            act.run(&store::SEEN, (*id, now))?;
        }
    }
    Ok(())
}
