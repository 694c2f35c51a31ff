//! Pages: the resident's matters, the officer's queue, one case with its steps.

pub(crate) mod case;
pub(crate) mod mine;
pub(crate) mod queue;
pub(crate) mod steps;

use linli_base::Day;
use linli_web::ui::{Chip, Facts, Tone};
use linli_words::Lang;

use crate::Words;
use crate::domain::{Light, Outcome, State};
use crate::kind::Group;
use crate::store::CaseRow;

pub(crate) fn state_chip(w: Words, case: &CaseRow) -> Chip {
    let tone = match case.state {
        State::Closed | State::Decided if case.outcome == Some(Outcome::Granted) => Tone::Done,
        State::Supplementing => Tone::Due,
        State::Refused | State::Lapsed => Tone::Late,
        _ => Tone::Plain,
    };
    Chip::new(tone, state_words(w, case))
}

/// The state in words; an ended case says how it was decided.
pub(crate) fn state_words(w: Words, case: &CaseRow) -> &'static str {
    match (case.state, case.outcome) {
        (State::Closed | State::Decided, Some(Outcome::Granted)) => w.state_granted(),
        (State::Closed | State::Decided, Some(Outcome::Denied)) => w.state_denied(),
        (state, _) => w.by_key(state.key()).unwrap_or_default(),
    }
}

/// What a room told, its links completed below the page of the case.
pub(crate) fn under(group: &Group, page: &str, why: &'static str) -> Facts {
    Facts { facts: group.facts.iter().map(|f| f.clone().under(page)).collect(), why }
}

pub(crate) fn title(lang: Lang, case: &CaseRow) -> String {
    lang.pick(&case.title_zh, &case.title_en).into_owned()
}

pub(crate) fn day_words(lang: Lang, day: Day) -> String {
    if lang.is_en() { day.en() } else { day.zh() }
}

/// How much time is left, as a chip: shape and word as well as colour.
pub(crate) fn light_chip(w: Words, light: Light, left: i64, case: &CaseRow, lang: Lang) -> Chip {
    match light {
        Light::Red => Chip::new(Tone::Late, &w.late_by(&left.unsigned_abs())),
        Light::Yellow if left == 0 => Chip::new(Tone::Due, w.due_today()),
        Light::Yellow => Chip::new(Tone::Due, &w.days_left(&left)),
        Light::Green => Chip::new(Tone::Plain, &w.days_left(&left)),
        Light::None => Chip::new(Tone::Plain, &w.until(&day_words(lang, case.due))),
    }
}
