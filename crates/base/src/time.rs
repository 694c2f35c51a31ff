//! Instants, civil days and clocks. Time is an argument everywhere; this file alone reads the wall clock.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Instant(i64);

/// China Standard Time: one zone, no summer time since 1991.
const CST_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl Instant {
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }
    /// Seconds from `earlier` to this; negative when `earlier` is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1000
    }
    /// The civil day in the district.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.local().date())
    }
    fn local(self) -> DateTime {
        // An instant outside year -9999..9999 cannot come from a clock; it is held at the ends.
        let ms = self.0.saturating_add(CST_MS);
        let days = ms.div_euclid(DAY_MS).clamp(-4_000_000, 2_900_000);
        let rest = ms.rem_euclid(DAY_MS);
        let date = Date::constant(1970, 1, 1).saturating_add(days.days());
        date.to_datetime(jiff::civil::Time::midnight()).saturating_add(rest.milliseconds())
    }
    /// `2026-11-24 16:05`, in the district's zone.
    #[must_use]
    pub fn minute(self) -> String {
        let t = self.local();
        format!("{} {:02}:{:02}", t.date(), t.hour(), t.minute())
    }
    /// `2026-11-24T16:05:09+08:00` (RFC 3339).
    #[must_use]
    pub fn rfc3339(self) -> String {
        let t = self.local();
        format!("{}T{:02}:{:02}:{:02}+08:00", t.date(), t.hour(), t.minute(), t.second())
    }
    /// Hour of the day in the district, 0–23. Quiet hours ask for it.
    #[must_use]
    pub fn hour(self) -> u8 {
        u8::try_from(self.local().hour()).unwrap_or(0)
    }
}

/// A civil day in the district's zone. Stored as text `2026-11-24`, which sorts as the day does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// `None` if there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }
    #[must_use]
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }
    #[must_use]
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
    /// Days may be negative; the ends of the calendar hold.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.clamp(-4_000_000, 4_000_000).days()))
    }
    /// The same day of another month; the last day of the month when it is shorter.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.clamp(-120_000, 120_000).months()))
    }
    /// Days from `earlier` to this one; negative when `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        let start = earlier.start().millis();
        (self.start().millis() - start).div_euclid(DAY_MS)
    }
    /// Midnight at its beginning.
    #[must_use]
    pub fn start(self) -> Instant {
        let days = self.0.since(Date::constant(1970, 1, 1)).map_or(0, |s| i64::from(s.get_days()));
        Instant(days * DAY_MS - CST_MS)
    }
    /// The last millisecond of the day: a time limit ends "at the end of the last day" (民法典 §203).
    #[must_use]
    pub fn end(self) -> Instant {
        Instant(self.start().0 + DAY_MS - 1)
    }
    /// Whole years from `birth` to this day: the age under Chinese law, reached on the birthday. Somebody born on 29 February
    /// reaches it on 1 March of a common year.
    #[must_use]
    pub fn age_of(self, birth: Self) -> i32 {
        let years = i32::from(self.year()) - i32::from(birth.year());
        let before = (self.month(), self.day_of_month()) < (birth.month(), birth.day_of_month());
        years - i32::from(before)
    }
    /// `2026年11月24日`, as papers print it.
    #[must_use]
    pub fn zh(self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day_of_month())
    }
    /// `24 November 2026`.
    #[must_use]
    pub fn en(self) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = usize::try_from(self.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("");
        format!("{} {month} {}", self.day_of_month(), self.year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a day of the form `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form 2026-11-24")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.split('-');
        let (Some(y), Some(m), Some(d), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotADay);
        };
        if y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return Err(NotADay);
        }
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !(digits(y) && digits(m) && digits(d)) {
            return Err(NotADay);
        }
        let parsed = (y.parse().ok(), m.parse().ok(), d.parse().ok());
        let (Some(y), Some(m), Some(d)) = parsed else { return Err(NotADay) };
        Self::new(y, m, d).ok_or(NotADay)
    }
}

impl schemars::JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$" })
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where the present comes from.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that is set by hand: tests, and the demo that lives through a year.
#[derive(Debug, Clone, Default)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    #[must_use]
    pub fn at(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.millis())))
    }
    pub fn set(&self, now: Instant) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }
    pub fn advance_days(&self, days: i64) {
        self.advance_seconds(days.saturating_mul(86_400));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_day_turns_at_midnight_in_the_district() {
        let last = Instant::from_millis(1_763_999_999_999);
        assert_eq!(
            Day::new(2025, 11, 24).unwrap().end().plus_millis(1).day(),
            Day::new(2025, 11, 25).unwrap()
        );
        assert_eq!(last.day().to_string(), "2025-11-24");
        assert_eq!(Instant::from_millis(0).rfc3339(), "1970-01-01T08:00:00+08:00");
    }

    #[test]
    fn an_age_is_reached_on_the_birthday() {
        let birth = Day::new(1946, 11, 24).unwrap();
        assert_eq!(Day::new(2026, 11, 23).unwrap().age_of(birth), 79);
        assert_eq!(Day::new(2026, 11, 24).unwrap().age_of(birth), 80);
        let leap = Day::new(1944, 2, 29).unwrap();
        assert_eq!(Day::new(2026, 2, 28).unwrap().age_of(leap), 81);
        assert_eq!(Day::new(2026, 3, 1).unwrap().age_of(leap), 82);
    }

    proptest! {
        #[test]
        fn a_day_reads_back_and_holds_its_instants(days in -40_000i64..60_000) {
            let day = Day::new(1970, 1, 1).unwrap().plus_days(days);
            prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
            prop_assert_eq!(day.start().day(), day);
            prop_assert_eq!(day.end().day(), day);
            prop_assert_eq!(day.days_since(Day::new(1970, 1, 1).unwrap()), days);
        }

        #[test]
        fn reading_a_day_never_panics(text in "\\PC{0,12}") {
            let _ = text.parse::<Day>();
        }

        #[test]
        fn any_instant_has_a_day(ms in any::<i64>()) {
            let _ = Instant::from_millis(ms).rfc3339();
        }
    }
}
