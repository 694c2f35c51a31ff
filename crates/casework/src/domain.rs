//! How a case goes from step to step, and its clocks. Pure.

use linli_base::Day;
use linli_base::calendar::{Deadline, WorkCalendar};
use serde::{Deserialize, Serialize};

linli_db::id! {
    /// A case.
    pub struct CaseId;
}

linli_db::codes! {
    /// How a case stands (办件状态). Drafts are no cases yet: they lie in the room that will file them.
    pub enum State {
        /// 待受理: handed in, nobody has taken it up.
        Submitted = "submitted",
        /// 待补正: the applicant mends what was asked.
        Supplementing = "supplementing",
        /// 在办: accepted, being handled.
        Accepted = "accepted",
        /// 挂起: a special procedure runs; the clock stands still.
        Paused = "paused",
        /// 待审定: one officer has proposed, another has to decide.
        Proposed = "proposed",
        /// 已决定: the result is there and has to be delivered.
        Decided = "decided",
        /// 办结.
        Closed = "closed",
        /// 撤回.
        Withdrawn = "withdrawn",
        /// 不予受理.
        Refused = "refused",
        /// 逾期未补正，视为撤回.
        Lapsed = "lapsed",
    }
}

linli_db::codes! {
    /// What was decided.
    pub enum Outcome {
        Granted = "granted",
        Denied = "denied",
    }
}

linli_db::codes! {
    /// Why the clock stands still.
    pub enum StopKind {
        Hearing = "hearing",
        Inspection = "inspection",
        Expert = "expert",
        Notice = "notice",
    }
}

linli_db::codes! {
    /// How the result reaches the applicant.
    pub enum Handover {
        /// On her page, with a notice: delivered with the decision itself.
        Page = "page",
        Counter = "counter",
        Post = "post",
    }
}

/// A step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Accept,
    AskSupplement,
    Supply,
    Refuse,
    Lapse,
    Pause,
    Resume,
    Extend,
    /// The first of two persons.
    Propose,
    /// The second person does not agree.
    SendBack,
    /// The second person, or the only one where the law asks for no second.
    Decide,
    Deliver,
    Withdraw,
}

impl Step {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 13] = [
        Self::Accept,
        Self::AskSupplement,
        Self::Supply,
        Self::Refuse,
        Self::Lapse,
        Self::Pause,
        Self::Resume,
        Self::Extend,
        Self::Propose,
        Self::SendBack,
        Self::Decide,
        Self::Deliver,
        Self::Withdraw,
    ];
}

impl State {
    /// The states in which something is left to do.
    pub const OPEN: [Self; 6] =
        [Self::Submitted, Self::Supplementing, Self::Accepted, Self::Paused, Self::Proposed, Self::Decided];

    /// Where a step leads; `None` if it cannot be taken from here. `two_persons`: one proposes, another decides.
    #[must_use]
    pub fn after(self, step: Step, two_persons: bool) -> Option<Self> {
        use State as S;
        Some(match (self, step) {
            (S::Submitted, Step::Accept) => S::Accepted,
            (S::Submitted, Step::AskSupplement) => S::Supplementing,
            (S::Submitted, Step::Refuse) => S::Refused,
            (S::Supplementing, Step::Supply) => S::Submitted,
            (S::Supplementing, Step::Lapse) => S::Lapsed,
            (S::Accepted, Step::Pause) => S::Paused,
            (S::Paused, Step::Resume) => S::Accepted,
            (S::Accepted, Step::Extend) => S::Accepted,
            (S::Accepted, Step::Propose) if two_persons => S::Proposed,
            (S::Proposed, Step::SendBack) => S::Accepted,
            (S::Proposed, Step::Decide) => S::Decided,
            (S::Accepted, Step::Decide) if !two_persons => S::Decided,
            (S::Decided, Step::Deliver) => S::Closed,
            (S::Submitted | S::Supplementing | S::Accepted | S::Paused | S::Proposed, Step::Withdraw) => {
                S::Withdrawn
            }
            _ => return None,
        })
    }

    /// Whether anything is left to do.
    #[must_use]
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// Whether the office is at work and its clock runs.
    #[must_use]
    pub fn clock_runs(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Proposed)
    }

    /// Word key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Submitted => "state-submitted",
            Self::Supplementing => "state-supplementing",
            Self::Accepted => "state-accepted",
            Self::Paused => "state-paused",
            Self::Proposed => "state-proposed",
            Self::Decided => "state-decided",
            Self::Closed => "state-closed",
            Self::Withdrawn => "state-withdrawn",
            Self::Refused => "state-refused",
            Self::Lapsed => "state-lapsed",
        }
    }
}

/// Time limits of a case, working days, as they held on the day of filing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Until it is accepted, refused or sent back for supplements.
    pub accept: u16,
    /// 承诺办结时限.
    pub promised: u16,
    /// 法定办结时限, not shorter than the promised one.
    pub legal: u16,
}

/// A time in which the clock stood still: first day stopped, first day running again.
pub type Stop = (Day, Option<Day>);

/// The last day of a handling that began with the acceptance on `from`, computed on `today` with the stops until then.
///
/// The applicant's own supplements come before acceptance, so they stop no handling clock (行政许可法 §32, §45).
#[must_use]
pub fn handling_due(calendar: &WorkCalendar, from: Day, limit: u16, stops: &[Stop], today: Day) -> Deadline {
    calendar.clock(from, limit, stops, today).due.unwrap_or_else(|| calendar.due(from, limit))
}

/// How near the last day is. Computed whenever it is shown, never stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Light {
    Green,
    /// At most so many working days are left as the rule says.
    Yellow,
    Red,
    /// Nothing runs.
    None,
}

/// The light of a case. `soon`: the day up to which a last day counts as near.
#[must_use]
pub fn light(state: State, due: Day, today: Day, soon: Day) -> Light {
    if !state.clock_runs() {
        Light::None
    } else if due < today {
        Light::Red
    } else if due <= soon {
        Light::Yellow
    } else {
        Light::Green
    }
}

/// A point to be mended: the room's key of the field or material, and what is wrong in the officer's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub key: String,
    pub what: String,
}

/// A line of a result: what the applicant gets, with how it was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    pub zh: String,
    pub en: String,
    pub why_zh: Vec<String>,
    pub why_en: Vec<String>,
}

impl ResultLine {
    /// The line and its steps in a language of the pages.
    #[must_use]
    pub fn shown(&self, lang: linli_words::Lang) -> (String, Vec<String>) {
        let why = if lang.is_en() { &self.why_en } else { &self.why_zh };
        (lang.pick(&self.zh, &self.en).into_owned(), lang.prose(why.clone()))
    }
}

/// What lies sealed in a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionText {
    pub reason: String,
    pub lines: Vec<ResultLine>,
    /// Why the second person sent it back.
    pub returned: String,
}

#[cfg(test)]
#[path = "domain_tests.rs"]
mod tests;
