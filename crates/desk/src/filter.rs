//! What a queue is asked for, as it stands in an address, in a kept filter and in a form.

use linli_acts::{BodyId, DutyKind, Held, StaffId};
use linli_base::{Day, PlaceCode};
use linli_casework::offers::State;
use linli_casework::search::{Ask, Holder};
use linli_web::Form;

/// Which light.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LightAsk {
    Red,
    Yellow,
    Green,
}

impl LightAsk {
    pub(crate) const ALL: [(Self, &'static str); 3] =
        [(Self::Red, "red"), (Self::Yellow, "yellow"), (Self::Green, "green")];

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w)| *w == word).map(|(l, _)| l)
    }
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(l, _)| *l == self).map_or("", |(_, w)| w)
    }
}

/// Whose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WhoAsk {
    #[default]
    Any,
    Me,
    Nobody,
    Officer(StaffId),
}

/// A filter. What is not asked for is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub item: Option<String>,
    pub light: Option<LightAsk>,
    pub place: Option<PlaceCode>,
    pub who: WhoAsk,
    /// Filed at least so many days ago.
    pub days: Option<u16>,
    /// A number or its beginning, or the whole name of an applicant.
    pub words: String,
}

/// The states in which the office's clock runs.
pub(crate) const RUNNING: &[State] = &[State::Submitted, State::Accepted, State::Proposed];

impl Filter {
    /// From an address or a form. What has another form is left out: addresses are shared and typed.
    #[must_use]
    pub fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name);
        Self {
            state: State::from_word(&text("state")).filter(|s| s.is_open()),
            item: Some(text("item")).filter(|i| !i.is_empty() && i.len() <= 80),
            light: LightAsk::from_word(&text("light")),
            place: text("place").parse().ok(),
            who: match text("who").as_str() {
                "me" => WhoAsk::Me,
                "nobody" => WhoAsk::Nobody,
                other => other.parse().map_or(WhoAsk::Any, WhoAsk::Officer),
            },
            days: text("days").parse().ok().filter(|d| *d > 0),
            words: linli_base::text::cut(&text("q"), 60),
        }
    }

    pub(crate) fn who_word(&self) -> String {
        match self.who {
            WhoAsk::Any => String::new(),
            WhoAsk::Me => "me".to_owned(),
            WhoAsk::Nobody => "nobody".to_owned(),
            WhoAsk::Officer(id) => id.to_string(),
        }
    }

    /// As it stands in an address; empty for all. `words`: with what was looked for, which may be a name and is never kept.
    #[must_use]
    pub fn query(&self, words: bool) -> String {
        let pairs = [
            ("state", self.state.map(|s| s.word().to_owned()).unwrap_or_default()),
            ("item", self.item.clone().unwrap_or_default()),
            ("light", self.light.map(|l| l.word().to_owned()).unwrap_or_default()),
            ("place", self.place.map(|p| p.to_string()).unwrap_or_default()),
            ("who", self.who_word()),
            ("days", self.days.map(|d| d.to_string()).unwrap_or_default()),
            ("q", if words { self.words.clone() } else { String::new() }),
        ];
        let given = pairs.into_iter().filter(|(_, v)| !v.is_empty());
        given.map(|(k, v)| format!("{k}={}", linli_web::encode(&v))).collect::<Vec<_>>().join("&")
    }

    /// The address of a page that it filters.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        let query = self.query(true);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// As cases are found by it. `soon`: the day up to which a last day is near.
    #[must_use]
    pub fn ask(&self, reach: &[(BodyId, PlaceCode)], me: StaffId, today: Day, soon: Day) -> Ask {
        let states = match (self.state, self.light) {
            (Some(state), _) => vec![state],
            (None, Some(_)) => RUNNING.to_vec(),
            (None, None) => State::OPEN.to_vec(),
        };
        let (first, last) = (today.plus_days(-36_500), today.plus_days(36_500));
        let due = self.light.map(|light| match light {
            LightAsk::Red => (first, today.plus_days(-1)),
            LightAsk::Yellow => (today, soon),
            LightAsk::Green => (soon.plus_days(1), last),
        });
        Ask {
            reach: reach.to_vec(),
            // A light burns only where the office's clock runs.
            states: states.into_iter().filter(|s| self.light.is_none() || RUNNING.contains(s)).collect(),
            holder: match self.who {
                WhoAsk::Any => Holder::Any,
                WhoAsk::Me => Holder::Officer(me),
                WhoAsk::Nobody => Holder::Nobody,
                WhoAsk::Officer(id) => Holder::Officer(id),
            },
            item: self.item.clone(),
            place: self.place,
            due,
            filed_before: self.days.map(|d| today.plus_days(-i64::from(d)).end()),
        }
    }
}

/// Bodies and places of duties of these kinds; a place within another of the same body is covered by it.
#[must_use]
pub fn reach(held: &[Held], kinds: &[&DutyKind]) -> Vec<(BodyId, PlaceCode)> {
    let mut all: Vec<(BodyId, PlaceCode)> =
        held.iter().filter(|h| kinds.iter().any(|d| d.key == h.kind)).map(|h| (h.body, h.place)).collect();
    all.sort_unstable();
    all.dedup();
    let whole = all.clone();
    all.retain(|(body, place)| !whole.iter().any(|(b, p)| b == body && p != place && p.contains(*place)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_it_asks_for() {
        let text =
            "state=accepted&item=old-age-allowance&light=red&place=440105006000&who=me&days=7&q=%E6%A2%81";
        let filter = Filter::read(&Form::parse(text.as_bytes()));
        assert_eq!(filter.state, Some(State::Accepted));
        assert_eq!((filter.light, filter.who, filter.days), (Some(LightAsk::Red), WhoAsk::Me, Some(7)));
        assert_eq!(Filter::read(&Form::parse(filter.query(true).as_bytes())), filter);
        // What was looked for may be a name: it is never kept.
        assert!(!filter.query(false).contains("q="));
        // Nonsense asks for nothing.
        assert_eq!(Filter::read(&Form::parse(b"state=closed&light=x&place=1&days=-4")), Filter::default());
    }
}
