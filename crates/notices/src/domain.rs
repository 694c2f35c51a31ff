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
        Wechat = "wechat",
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
    /// Where an account is bound.
    pub wechat: bool,
    pub sms: bool,
    /// Of the two, the message to the phone comes first.
    pub sms_first: bool,
    pub paper: bool,
    pub lang: Lang,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { wechat: true, sms: true, sms_first: false, paper: false, lang: Lang::ZhHans }
    }
}

/// By what a person can be reached at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reach {
    pub wechat: bool,
    pub phone: bool,
}

/// The messages that she wants and can get, in the order of her wishes.
fn messages(wishes: Wishes, reach: Reach) -> impl Iterator<Item = Channel> {
    let wechat = (Channel::Wechat, wishes.wechat && reach.wechat);
    let sms = (Channel::Sms, wishes.sms && reach.phone);
    let order = if wishes.sms_first { [sms, wechat] } else { [wechat, sms] };
    order.into_iter().filter(|(_, on)| *on).map(|(channel, _)| channel)
}

/// The ways that a notice takes beside the page: one message, and a letter for whoever wants one or can be reached by nothing else.
/// Who does not want messages reads the page.
#[must_use]
pub fn ways(wishes: Wishes, reach: Reach) -> Vec<Channel> {
    let mut out: Vec<Channel> = messages(wishes, reach).take(1).collect();
    if wishes.paper || !(reach.phone || reach.wechat) {
        out.push(Channel::Paper);
    }
    out
}

/// The message that takes over where those before did not arrive; `None`: there is none left, a letter may follow.
#[must_use]
pub fn next_message(wishes: Wishes, reach: Reach, tried: &[Channel]) -> Option<Channel> {
    messages(wishes, reach).find(|channel| !tried.contains(channel))
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
        let phone = Reach { phone: true, wechat: false };
        assert_eq!(ways(wishes, phone), [Channel::Sms]);
        assert_eq!(ways(wishes, Reach { phone: false, ..phone }), [Channel::Paper]);
        assert_eq!(ways(Wishes { paper: true, ..wishes }, phone), [Channel::Sms, Channel::Paper]);
        assert_eq!(ways(Wishes { sms: false, ..wishes }, phone), []);
    }

    #[test]
    fn one_message_goes_and_the_next_takes_over() {
        use Channel::{Sms, Wechat};
        let (both, wishes) = (Reach { phone: true, wechat: true }, Wishes::default());
        assert_eq!(ways(wishes, both), [Wechat]);
        assert_eq!(next_message(wishes, both, &[Wechat]), Some(Sms));
        assert_eq!(next_message(wishes, both, &[Wechat, Sms]), None);
        let sms_first = Wishes { sms_first: true, ..wishes };
        assert_eq!(ways(sms_first, both), [Sms]);
        assert_eq!(next_message(sms_first, both, &[Sms]), Some(Wechat));
        assert_eq!(ways(Wishes { wechat: false, ..wishes }, both), [Sms]);
        // She wants no messages to her phone: none goes there, even where WeChat fails.
        let no_sms = Wishes { sms: false, ..wishes };
        assert_eq!((ways(no_sms, both), next_message(no_sms, both, &[Wechat])), (vec![Wechat], None));
        assert_eq!(ways(wishes, Reach { phone: false, wechat: true }), [Wechat]);
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
