//! The working calendar as the district keeps it.

use std::sync::Arc;

use linli_acts::{Act, Actor, Denied, Entry, House, Subject, Who};
use linli_base::calendar::{self, DayKind, Stretch, WorkCalendar};
use linli_base::{Day, Instant};
use linli_db::{DbError, Read};

use crate::error::RuleError;
use crate::store::{self, StretchId, StretchRow};

fn stretch(row: StretchRow) -> Stretch {
    Stretch {
        from: row.from_day,
        to: row.to_day,
        kind: if row.kind == "working" { DayKind::Working } else { DayKind::Holiday },
        zh: row.zh,
        en: row.en,
        source: row.source,
        certainty: row.certainty,
    }
}

/// A calendar from stretches.
pub(crate) fn of_rows(rows: Vec<StretchRow>) -> WorkCalendar {
    WorkCalendar::new(rows.into_iter().map(stretch).collect())
}

/// The calendar of the moment, with every day off and worked weekend that is known.
///
/// # Errors
/// If the database fails.
pub fn calendar(read: &mut Read<'_>) -> Result<Arc<WorkCalendar>, DbError> {
    read.kept_as(&store::DAYS, (), of_rows)
}

/// The calendar of the moment from the beginning of a day's year on: enough for whatever is counted from that day, and a tenth of the
/// rows.
///
/// # Errors
/// If the database fails.
pub fn calendar_from(read: &mut Read<'_>, day: Day) -> Result<Arc<WorkCalendar>, DbError> {
    read.kept_as(&store::DAYS_FROM, (day.first_of_year(),), of_rows)
}

/// The calendar as it was known at an instant: what was told on a day is derived again as it was then.
///
/// # Errors
/// If the database fails.
pub fn calendar_at(read: &mut Read<'_>, at: Instant) -> Result<WorkCalendar, DbError> {
    Ok(WorkCalendar::new(read.all(&store::DAYS_AT, (at,))?.into_iter().map(stretch).collect()))
}

fn put_in(act: &mut Act<'_, '_>) -> Result<usize, RuleError> {
    if act.actor.who != Who::System {
        return Err(Denied::NotYours.into());
    }
    if act.one(&store::ANY_DAYS, ())?.0 > 0 {
        return Ok(0);
    }
    let delivered = calendar::read(calendar::DELIVERED).map_err(|_| RuleError::Missing)?;
    let now = act.now();
    let mut last = None;
    for s in &delivered {
        let id: StretchId = act.next_id();
        let kind = if s.kind == DayKind::Working { "working" } else { "holiday" };
        act.run(&store::ADD_DAYS, (id, s.from, s.to, kind, &s.zh, &s.en, &s.source, &s.certainty, now))?;
        last = Some(id);
    }
    if let Some(id) = last {
        act.log(Entry::new(Subject::new("calendar", id), "rules.calendar_delivered"))?;
    }
    Ok(delivered.len())
}

/// Puts in the notices that came with the program, once: from then on officers keep the calendar.
///
/// # Errors
/// If the database fails.
pub async fn deliver_calendar(house: &House) -> Result<usize, RuleError> {
    house.act(&Actor::system(), put_in).await
}
