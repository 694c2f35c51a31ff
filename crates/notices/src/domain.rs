//! Channels, states, quiet hours, what a person wishes. Pure.

use linli_base::Instant;
use linli_words::Lang;
use serde::{Deserialize, Serialize};

linli_db::id! {
    /// A notice.
    pub struct NoticeId;
}
linli_db::id! {
    /// A way by which a notice goes out.
    pub struct DeliveryId;
}

linli_db::codes! {
    /// Ways beside the page.
    pub enum Channel {
        Sms = "sms",
        Paper = "paper",
    }
}

linli_db::codes! {
    /// How a delivery stands.
    pub enum DeliveryState {
        /// Not out yet: quiet hours, a gateway that is down, a letter to be printed.
        Waiting = "waiting",
        /// The gateway took it; the letter was posted.
        Sent = "sent",
        /// The gateway says that it reached the phone.
        Delivered = "delivered",
        /// It went out and did not arrive, or was refused: not tried again.
        Failed = "failed",
        /// It never went out and is not tried any more.
        GivenUp = "given_up",
    }
}

impl DeliveryState {
    /// A report may come before the answer that it reports on, twice, or late: only what is on its way moves.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Waiting, Self::Sent | Self::Delivered | Self::Failed | Self::GivenUp)
                | (Self::Sent, Self::Delivered | Self::Failed)
        )
    }
}

/// The text of a notice as it was told, sealed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub zh: String,
    pub en: String,
    /// Path of ours; empty: none.
    pub link: String,
    /// Arguments by name, Chinese and English: gateways whose carriers want registered templates take them apart.
    pub args: Vec<(String, String, String)>,
}

impl Content {
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        lang.pick(&self.zh, &self.en).into_owned()
    }

    pub(crate) fn params(&self, lang: Lang) -> Vec<(String, String)> {
        self.args.iter().map(|(name, zh, en)| (name.clone(), lang.pick(zh, en).into_owned())).collect()
    }
}

/// How a person wants to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wishes {
    pub sms: bool,
    pub paper: bool,
    pub lang: Lang,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { sms: true, paper: false, lang: Lang::ZhHans }
    }
}

/// The ways that a notice takes beside the page. Who has no phone is written to; who does not want messages reads the page.
#[must_use]
pub fn ways(wishes: Wishes, phone: bool) -> Vec<Channel> {
    let mut out = Vec::new();
    if phone && wishes.sms {
        out.push(Channel::Sms);
    }
    if wishes.paper || !phone {
        out.push(Channel::Paper);
    }
    out
}

/// Hours in which no message goes out, in minutes of the day; they may run over midnight. Equal ends: none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quiet {
    pub from: i64,
    pub until: i64,
}

impl Quiet {
    /// The first instant, now or later, that is not quiet.
    #[must_use]
    pub fn next_open(self, now: Instant) -> Instant {
        let midnight = now.day().start();
        let minute = now.seconds_since(midnight) / 60;
        let at = |minutes| midnight.plus_minutes(minutes);
        if self.from < self.until {
            if minute >= self.from && minute < self.until { at(self.until) } else { now }
        } else if self.from > self.until {
            if minute < self.until {
                at(self.until)
            } else if minute >= self.from {
                now.day().plus_days(1).start().plus_minutes(self.until)
            } else {
                now
            }
        } else {
            now
        }
    }
}

#[cfg(test)]
mod tests {
    use linli_base::Day;
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64, minute: i64) -> Instant {
        Day::new(2026, 11, 24).unwrap().start().plus_minutes(hour * 60 + minute)
    }

    #[test]
    fn the_night_is_quiet() {
        let night = Quiet { from: 22 * 60, until: 8 * 60 };
        assert_eq!(night.next_open(at(21, 59)), at(21, 59));
        assert_eq!(night.next_open(at(22, 0)), at(32, 0));
        assert_eq!(night.next_open(at(2, 30)), at(8, 0));
        assert_eq!(night.next_open(at(8, 0)), at(8, 0));
        let noon = Quiet { from: 12 * 60, until: 14 * 60 };
        assert_eq!(noon.next_open(at(13, 0)), at(14, 0));
        assert_eq!(noon.next_open(at(23, 0)), at(23, 0));
        assert_eq!(Quiet { from: 0, until: 0 }.next_open(at(0, 0)), at(0, 0));
    }

    #[test]
    fn who_has_no_phone_is_written_to() {
        let wishes = Wishes::default();
        assert_eq!(ways(wishes, true), [Channel::Sms]);
        assert_eq!(ways(wishes, false), [Channel::Paper]);
        assert_eq!(ways(Wishes { paper: true, ..wishes }, true), [Channel::Sms, Channel::Paper]);
        assert_eq!(ways(Wishes { sms: false, ..wishes }, true), []);
    }

    #[test]
    fn what_arrived_stays_arrived() {
        use DeliveryState::{Delivered, Failed, GivenUp};
        for end in [Delivered, Failed, GivenUp] {
            assert!(DeliveryState::ALL.iter().all(|next| !end.may_become(*next)));
        }
    }

    proptest! {
        #[test]
        fn what_is_open_is_not_quiet(from in 0i64..1440, until in 0i64..1440, minute in 0i64..1440) {
            let quiet = Quiet { from, until };
            let open = quiet.next_open(at(0, minute));
            prop_assert!(open >= at(0, minute) && open.seconds_since(at(0, minute)) <= 86_400);
            prop_assert_eq!(quiet.next_open(open), open);
        }
    }
}
