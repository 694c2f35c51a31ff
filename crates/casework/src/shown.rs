//! How a case is shown, on the pages of every room that lists or opens cases.

use linli_base::Day;
use linli_base::calendar::WorkCalendar;
use linli_db::Read;
use linli_web::ui::{Chip, Facts, Moment, Timeline, Tone};
use linli_words::Lang;

use crate::acts::delivery::{DeliveryState, Way};
use crate::acts::tasks::TaskState;
use crate::domain::{Light, Outcome, State, light};
use crate::error::CaseError;
use crate::kind::Group;
use crate::store::CaseRow;
use crate::view::View;
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
pub fn state_chip(lang: Lang, case: &CaseRow) -> Chip {
    let tone = match case.state {
        State::Closed | State::Decided if case.outcome == Some(Outcome::Granted) => Tone::Done,
        State::Supplementing => Tone::Due,
        State::Refused | State::Lapsed => Tone::Late,
        _ => Tone::Plain,
    };
    Chip::new(tone, state_words(lang, case))
}

/// The state in words; an ended case says how it was decided.
#[must_use]
pub fn state_words(lang: Lang, case: &CaseRow) -> &'static str {
    let w = Words::from(lang);
    match (case.state, case.outcome) {
        (State::Closed, Some(Outcome::Granted)) => w.state_granted(),
        (State::Closed, Some(Outcome::Denied)) => w.state_denied(),
        (state, _) => state_name(lang, state),
    }
}

/// A state in words.
#[must_use]
pub fn state_name(lang: Lang, state: State) -> &'static str {
    Words::from(lang).by_key(state.key()).unwrap_or_default()
}

/// What a room told, its links completed below the page of the case.
#[must_use]
pub fn under(group: &Group, page: &str, why: &'static str) -> Facts {
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
pub fn light_chip(lang: Lang, light: Light, left: i64, until: Day) -> Chip {
    let w = Words::from(lang);
    match light {
        Light::Red => Chip::new(Tone::Late, &w.late_by(&left.unsigned_abs())),
        Light::Yellow if left == 0 => Chip::new(Tone::Due, w.due_today()),
        Light::Yellow => Chip::new(Tone::Due, &w.days_left(&left)),
        Light::Green => Chip::new(Tone::Plain, &w.days_left(&left)),
        Light::None => Chip::new(Tone::Plain, &w.until(&day_words(lang, until))),
    }
}

/// A way in words.
#[must_use]
pub fn way_words(lang: Lang, way: Way) -> &'static str {
    let w = Words::from(lang);
    match way {
        Way::Download => w.way_download(),
        Way::Wallet => w.way_wallet(),
        Way::Post => w.way_post(),
        Way::PickUp => w.way_pickup(),
        Way::Proxy => w.way_proxy(),
    }
}

/// How a delivery stands, in words.
#[must_use]
pub fn delivery_words(lang: Lang, state: DeliveryState) -> &'static str {
    Words::from(lang).by_key(&format!("delivery-{}", state.word())).unwrap_or_default()
}

/// How a task stands, in words.
#[must_use]
pub fn task_words(lang: Lang, state: TaskState) -> &'static str {
    Words::from(lang).by_key(&format!("task-{}", state.word())).unwrap_or_default()
}

/// What is wrong with what was typed into a step, in words.
#[must_use]
pub fn wrong_words(lang: Lang, kind: &str) -> String {
    Words::from(lang).by_key(kind).unwrap_or_default().to_owned()
}

/// The five levels in words.
#[must_use]
pub fn level_words(lang: Lang, level: i64) -> String {
    Words::from(lang).by_key(&format!("level-{level}")).unwrap_or_default().to_owned()
}

/// What happened, newest first. Looks are left out: the applicant sees them where she sees who looked at her data.
#[must_use]
pub fn timeline(lang: Lang, v: &View, office: bool) -> Timeline {
    let w = Words::from(lang);
    let moments = v
        .events
        .iter()
        .rev()
        .filter(|e| e.act != "casework.looked")
        .map(|e| Moment {
            what: linli_acts::act_words(&e.act)
                .map(|(zh, en)| lang.pick(zh, en).into_owned())
                .unwrap_or_default(),
            when: e.at.minute(),
            detail: match (&e.staff, office) {
                (Some(name), true) => name.clone(),
                (Some(_), false) => w.by_office(&lang.pick(&v.body.0, &v.body.1)),
                _ => String::new(),
            },
        })
        .collect();
    Timeline { moments }
}
