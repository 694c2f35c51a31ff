//! How a case is shown in lists, on every page of every room that lists cases.

use linli_base::Day;
use linli_base::calendar::WorkCalendar;
use linli_db::Read;
use linli_web::ui::{Chip, Facts, Tone};
use linli_words::Lang;

use crate::domain::{Light, Outcome, State, light};
use crate::error::CaseError;
use crate::kind::Group;
use crate::store::CaseRow;
use crate::{Words, YELLOW_DAYS};

/// What lies near: the day up to which a last day is "soon".
///
/// # Errors
/// If the database fails.
pub fn soon(read: &mut Read<'_>, today: Day) -> Result<Day, CaseError> {
    let days = linli_rules::value(read, &YELLOW_DAYS, today)?.value;
    let days = u16::try_from(days.max(0)).unwrap_or(u16::MAX);
    if days == 0 {
        return Ok(today);
    }
    Ok(linli_rules::calendar(read)?.due(today, days).due)
}

/// Working days between today and a last day, with a sign.
#[must_use]
pub fn days_left(calendar: &WorkCalendar, today: Day, due: Day) -> i64 {
    if due >= today {
        i64::from(calendar.working_days_between(today, due))
    } else {
        -i64::from(calendar.working_days_between(due, today))
    }
}

/// The last day that counts now: once it is decided, that of handing it over.
#[must_use]
pub fn due_of(case: &CaseRow) -> Day {
    match (case.state, case.delivery_due) {
        (State::Decided, Some(day)) => day,
        _ => case.due,
    }
}

/// The light of a case, computed whenever it is shown.
#[must_use]
pub fn light_of(case: &CaseRow, today: Day, soon: Day) -> Light {
    match (case.state, case.delivery_due) {
        // Handing over has a clock like any handling.
        (State::Decided, Some(day)) => light(State::Accepted, day, today, soon),
        _ => light(case.state, case.due, today, soon),
    }
}

/// The state as a chip.
#[must_use]
pub fn state_chip(w: Words, case: &CaseRow) -> Chip {
    let tone = match case.state {
        State::Closed | State::Decided if case.outcome == Some(Outcome::Granted) => Tone::Done,
        State::Supplementing => Tone::Due,
        State::Refused | State::Lapsed => Tone::Late,
        _ => Tone::Plain,
    };
    Chip::new(tone, state_words(w, case))
}

/// The state in words; an ended case says how it was decided.
#[must_use]
pub fn state_words(w: Words, case: &CaseRow) -> &'static str {
    match (case.state, case.outcome) {
        (State::Closed, Some(Outcome::Granted)) => w.state_granted(),
        (State::Closed, Some(Outcome::Denied)) => w.state_denied(),
        (state, _) => w.by_key(state.key()).unwrap_or_default(),
    }
}

/// What a room told, its links completed below the page of the case.
pub(crate) fn under(group: &Group, page: &str, why: &'static str) -> Facts {
    Facts { facts: group.facts.iter().map(|f| f.clone().under(page)).collect(), why }
}

/// What it is about.
#[must_use]
pub fn title(lang: Lang, case: &CaseRow) -> String {
    lang.pick(&case.title_zh, &case.title_en).into_owned()
}

/// A day in words.
#[must_use]
pub fn day_words(lang: Lang, day: Day) -> String {
    if lang.is_en() { day.en() } else { day.zh() }
}

/// How much time is left, as a chip: shape and word as well as colour.
#[must_use]
pub fn light_chip(w: Words, light: Light, left: i64, until: Day, lang: Lang) -> Chip {
    match light {
        Light::Red => Chip::new(Tone::Late, &w.late_by(&left.unsigned_abs())),
        Light::Yellow if left == 0 => Chip::new(Tone::Due, w.due_today()),
        Light::Yellow => Chip::new(Tone::Due, &w.days_left(&left)),
        Light::Green => Chip::new(Tone::Plain, &w.days_left(&left)),
        Light::None => Chip::new(Tone::Plain, &w.until(&day_words(lang, until))),
    }
}
