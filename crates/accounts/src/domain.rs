//! How often a code may be asked for and tried, and when the document is asked again: pure.

use linli_base::docnum::DocumentNumber;
use linli_base::{Instant, text};

/// What was asked and tried lately, for one phone and one network address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lately {
    pub phone_last: Option<Instant>,
    pub phone_hour: i64,
    pub phone_day: i64,
    pub phone_wrong_hour: i64,
    pub net_ten_minutes: i64,
    pub net_day: i64,
    pub net_wrong_hour: i64,
}

/// A code is good for so long.
pub const CODE_SECONDS: i64 = 300;
/// What was proved with it, for so long.
pub const PROVEN_SECONDS: i64 = 900;
/// Wrong codes before a new one must be asked for; wrong documents before all begins anew.
pub const TRIES: i64 = 5;
/// Between two codes to one phone.
pub const PAUSE_SECONDS: i64 = 60;
const PHONE_HOUR: i64 = 5;
const PHONE_DAY: i64 = 10;
const PHONE_WRONG_HOUR: i64 = 10;
/// Many phones may stand behind one address (a counter, a mobile network), so these are wide.
const NET_TEN_MINUTES: i64 = 60;
const NET_DAY: i64 = 1_000;
const NET_WRONG_HOUR: i64 = 100;

/// Whether a code may be sent now. The answer depends on what was asked of this phone and address alone, never on whether
/// the phone is anybody's.
///
/// # Errors
/// Seconds to wait.
pub fn may_send(lately: &Lately, now: Instant) -> Result<(), i64> {
    may_try(lately)?;
    if let Some(last) = lately.phone_last {
        let since = now.seconds_since(last);
        if since < PAUSE_SECONDS {
            return Err(PAUSE_SECONDS - since);
        }
    }
    if lately.phone_day >= PHONE_DAY || lately.net_day >= NET_DAY {
        return Err(86_400);
    }
    if lately.phone_hour >= PHONE_HOUR {
        return Err(3_600);
    }
    if lately.net_ten_minutes >= NET_TEN_MINUTES {
        return Err(600);
    }
    Ok(())
}

/// Whether a code may be tried now.
///
/// # Errors
/// Seconds to wait.
pub fn may_try(lately: &Lately) -> Result<(), i64> {
    if lately.phone_wrong_hour >= PHONE_WRONG_HOUR || lately.net_wrong_hour >= NET_WRONG_HOUR {
        return Err(3_600);
    }
    Ok(())
}

/// After so many days without a sign-in the document is asked again: a number that was given up is given to somebody else
/// after 90 days at the earliest (practice of the carriers; uncertain, so a constant in one place).
pub const FRESH_DAYS: i64 = 90;

/// Whether the phone alone is enough.
#[must_use]
pub fn is_fresh(seen_at: Option<Instant>, now: Instant) -> bool {
    seen_at.is_some_and(|seen| now.seconds_since(seen) < FRESH_DAYS * 86_400)
}

/// How many characters of the document's end are asked.
pub const LAST_PART: usize = 6;

/// Whether what was typed is the whole number or its last part.
#[must_use]
pub fn number_fits(number: &DocumentNumber, typed: &str) -> bool {
    use subtle::ConstantTimeEq;
    let typed = text::compact(typed);
    let whole = number.value();
    let last = whole.len().checked_sub(LAST_PART).and_then(|n| whole.get(n..)).unwrap_or(whole);
    let whole_fits: bool = whole.as_bytes().ct_eq(typed.as_bytes()).into();
    let last_fits: bool = last.as_bytes().ct_eq(typed.as_bytes()).into();
    whole_fits || last_fits
}

#[cfg(test)]
mod tests {
    use linli_base::Day;
    use linli_base::docnum::DocumentKind;

    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 24).unwrap()
    }

    #[test]
    fn the_last_part_or_the_whole_number() {
        let d = DocumentNumber::parse(DocumentKind::ResidentId, "33010219200403064x", today()).unwrap();
        assert!(
            number_fits(&d, "33010219200403064X") && number_fits(&d, "03064x") && number_fits(&d, "0306 4x")
        );
        for bad in ["", "64X", "3064X", "03064", "203064X", "330102192004030641"] {
            assert!(!number_fits(&d, bad), "{bad}");
        }
    }

    #[test]
    fn limits_hold_and_pass() {
        let now = Instant::from_millis(1_764_000_000_000);
        assert_eq!(may_send(&Lately::default(), now), Ok(()));
        let just = Lately {
            phone_last: Some(now.plus_seconds(-20)),
            phone_hour: 1,
            phone_day: 1,
            ..Lately::default()
        };
        assert_eq!(may_send(&just, now), Err(40));
        assert_eq!(may_send(&just, now.plus_seconds(40)), Ok(()));
        assert_eq!(may_send(&Lately { phone_hour: 5, phone_day: 5, ..Lately::default() }, now), Err(3_600));
        assert_eq!(may_send(&Lately { phone_day: 10, ..Lately::default() }, now), Err(86_400));
        assert_eq!(may_send(&Lately { net_ten_minutes: 60, ..Lately::default() }, now), Err(600));
        assert_eq!(may_try(&Lately { phone_wrong_hour: 10, ..Lately::default() }), Err(3_600));
        assert!(is_fresh(Some(now.plus_seconds(-89 * 86_400)), now));
        assert!(!is_fresh(Some(now.plus_seconds(-90 * 86_400)), now) && !is_fresh(None, now));
    }
}
