//! Working days: weekends, State Council holidays and the weekends that are worked in exchange; deadlines that tell how they
//! were computed.
//!
//! Counting: the day of receipt is not counted, counting begins the next day, the limit ends at the end of its last day
//! (民法典 §201–203). Limits of administrative acts count working days, without statutory holidays (行政许可法 §82).

use std::collections::BTreeMap;

use crate::time::Day;

/// What a day is, other than by its weekday.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayKind {
    /// A day off by notice of the State Council.
    Holiday,
    /// A weekend day that is worked.
    Working,
}

/// A row of the calendar's data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    pub from: Day,
    /// Included.
    pub to: Day,
    pub kind: DayKind,
    pub zh: String,
    pub en: String,
    /// The notice.
    pub source: String,
    /// `checked` against the notice, or `recalled`.
    pub certainty: String,
}

/// The notices of 2020–2026 as delivered. Officers keep the calendar in the browser from there on.
pub const DELIVERED: &str = include_str!("../data/holidays.csv");

/// A row of calendar data that is wrong, with its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar line {line}: {what}")]
pub struct BadCalendar {
    pub line: usize,
    pub what: &'static str,
}

/// Reads calendar data in the form of `data/holidays.csv`.
///
/// # Errors
/// With the first wrong line.
pub fn read(csv: &str) -> Result<Vec<Stretch>, BadCalendar> {
    csv.lines()
        .enumerate()
        .skip(1)
        .filter(|(_, l)| !l.trim().is_empty())
        .map(|(i, line)| {
            let bad = |what| BadCalendar { line: i + 1, what };
            let cells: Vec<&str> = line.split(',').collect();
            let [from, to, kind, zh, en, source, certainty] = cells.as_slice() else {
                return Err(bad("seven cells"));
            };
            let from: Day = from.parse().map_err(|_| bad("from"))?;
            let to: Day = to.parse().map_err(|_| bad("to"))?;
            if to < from || to.days_since(from) > 60 {
                return Err(bad("a stretch of 1 to 61 days"));
            }
            let kind = match *kind {
                "holiday" => DayKind::Holiday,
                "working" => DayKind::Working,
                _ => return Err(bad("kind")),
            };
            let own = |s: &&str| (*s).to_owned();
            Ok(Stretch {
                from,
                to,
                kind,
                zh: own(zh),
                en: own(en),
                source: own(source),
                certainty: own(certainty),
            })
        })
        .collect()
}

/// Why a day is not counted, or is counted although it is a weekend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    Weekend,
    Holiday { zh: String, en: String, source: String },
    WorkedWeekend { zh: String, en: String, source: String },
}

/// A stretch of days with the same reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub from: Day,
    pub to: Day,
    pub reason: Reason,
}

/// How a deadline was computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Derivation {
    pub start: Day,
    pub working_days: u16,
    pub due: Day,
    pub steps: Vec<Step>,
    /// Years for which no notice is known: weekends alone were left out.
    pub unknown_years: Vec<i16>,
}

impl Derivation {
    /// In words, one step a line.
    #[must_use]
    pub fn lines(&self, english: bool) -> Vec<String> {
        let mut out = Vec::new();
        out.push(if english {
            format!(
                "Received on {}; counting begins the next day. {} working days.",
                self.start.en(),
                self.working_days
            )
        } else {
            format!("{}收到，次日起算，共{}个工作日。", self.start.zh(), self.working_days)
        });
        let weekends: i64 = self
            .steps
            .iter()
            .filter(|s| s.reason == Reason::Weekend)
            .map(|s| s.to.days_since(s.from) + 1)
            .sum();
        if weekends > 0 {
            out.push(if english {
                format!("{weekends} weekend days are not counted.")
            } else {
                format!("其间周末{weekends}天不计。")
            });
        }
        for step in &self.steps {
            let days = if step.from == step.to {
                if english { step.from.en() } else { step.from.zh() }
            } else if english {
                format!("{} to {}", step.from.en(), step.to.en())
            } else {
                format!("{}至{}", step.from.zh(), step.to.zh())
            };
            match &step.reason {
                Reason::Weekend => {}
                Reason::Holiday { zh, en, source } => out.push(if english {
                    format!("{days}: {en}, not counted ({source}).")
                } else {
                    format!("{days}{zh}放假，不计（{source}）。")
                }),
                Reason::WorkedWeekend { zh, en, source } => out.push(if english {
                    format!("{days}: {en}, a worked weekend, counted ({source}).")
                } else {
                    format!("{days}{zh}上班，计入（{source}）。")
                }),
            }
        }
        for year in &self.unknown_years {
            out.push(if english {
                format!("No holiday notice for {year} is known yet: only weekends were left out.")
            } else {
                format!("{year}年放假安排尚未公布，暂只扣除周末。")
            });
        }
        out.push(if english {
            format!("Due at the end of {}.", self.due.en())
        } else {
            format!("到{}结束时届满。", self.due.zh())
        });
        out
    }
}

/// A day by which something is due, with how it was computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deadline {
    pub due: Day,
    pub derivation: Derivation,
}

/// The calendar. Build it once from data, share it.
#[derive(Clone, Debug, Default)]
pub struct WorkCalendar {
    days: BTreeMap<Day, (DayKind, usize)>,
    stretches: Vec<Stretch>,
    years: Vec<i16>,
}

impl WorkCalendar {
    /// From data rows; a later row wins over an earlier one for the same day.
    #[must_use]
    pub fn new(stretches: Vec<Stretch>) -> Self {
        let mut days = BTreeMap::new();
        let mut years = Vec::new();
        for (i, s) in stretches.iter().enumerate() {
            let mut day = s.from;
            while day <= s.to {
                days.insert(day, (s.kind, i));
                day = day.plus_days(1);
            }
            // New Year may begin in the year before; the notice is known for the year of its end.
            if !years.contains(&s.to.year()) {
                years.push(s.to.year());
            }
        }
        Self { days, stretches, years }
    }

    /// The delivered calendar.
    ///
    /// # Errors
    /// If the delivered data are wrong, which the tests exclude.
    pub fn delivered() -> Result<Self, BadCalendar> {
        read(DELIVERED).map(Self::new)
    }

    /// Whether a day is worked.
    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        match self.days.get(&day) {
            Some((DayKind::Holiday, _)) => false,
            Some((DayKind::Working, _)) => true,
            None => !day.is_weekend(),
        }
    }

    /// Why a day differs from a plain weekday; `None` for a plain weekday.
    #[must_use]
    pub fn reason(&self, day: Day) -> Option<Reason> {
        match self.days.get(&day) {
            Some((kind, i)) => {
                let s = self.stretches.get(*i)?;
                let (zh, en, source) = (s.zh.clone(), s.en.clone(), s.source.clone());
                Some(match kind {
                    DayKind::Holiday => Reason::Holiday { zh, en, source },
                    DayKind::Working => Reason::WorkedWeekend { zh, en, source },
                })
            }
            None => day.is_weekend().then_some(Reason::Weekend),
        }
    }

    /// The last day of a limit of `working_days` that begins with the receipt on `start` (not counted). A limit of 0 ends on
    /// the first working day from `start`.
    #[must_use]
    pub fn due(&self, start: Day, working_days: u16) -> Deadline {
        let mut day = start;
        let mut counted = 0;
        let mut steps: Vec<Step> = Vec::new();
        let mut unknown_years = Vec::new();
        loop {
            if working_days == 0 && self.is_working(day) {
                break;
            }
            day = day.plus_days(1);
            if !self.years.contains(&day.year()) && !unknown_years.contains(&day.year()) {
                unknown_years.push(day.year());
            }
            if let Some(reason) = self.reason(day) {
                match steps.last_mut() {
                    Some(last) if last.reason == reason && last.to.plus_days(1) == day => last.to = day,
                    _ => steps.push(Step { from: day, to: day, reason }),
                }
            }
            if self.is_working(day) {
                counted += 1;
            }
            if counted >= working_days && self.is_working(day) {
                break;
            }
        }
        Deadline { due: day, derivation: Derivation { start, working_days, due: day, steps, unknown_years } }
    }

    /// The last day of a limit in calendar days; if it is a day off it moves to the next working day (民法典 §203).
    #[must_use]
    pub fn due_calendar_days(&self, start: Day, days: u16) -> Day {
        let mut day = start.plus_days(i64::from(days));
        while !self.is_working(day) {
            day = day.plus_days(1);
        }
        day
    }

    /// Working days in `from..to`, `from` not counted, `to` counted; 0 if `to` is not later.
    #[must_use]
    pub fn working_days_between(&self, from: Day, to: Day) -> u32 {
        let mut day = from;
        let mut n = 0;
        while day < to {
            day = day.plus_days(1);
            n += u32::from(self.is_working(day));
        }
        n
    }

    /// How a clock stands on `today`. The clock began with the receipt on `start` and was stopped in `pauses` (first day
    /// stopped, first day running again; an open one is still stopped). Days stopped are not counted.
    #[must_use]
    pub fn clock(&self, start: Day, limit: u16, pauses: &[(Day, Option<Day>)], today: Day) -> Clock {
        let stopped = |day: Day| pauses.iter().any(|(from, to)| *from <= day && to.is_none_or(|to| day < to));
        let mut used: u32 = 0;
        let mut day = start;
        while day < today {
            day = day.plus_days(1);
            used += u32::from(self.is_working(day) && !stopped(day));
        }
        let paused = stopped(today);
        let due = (!paused).then(|| self.due_with(start, limit, &stopped, today));
        Clock { limit, used, paused, due }
    }

    /// Days that were stopped until today lengthen the limit one for one, if they came before its last day: what had run out before it
    /// was stopped stays run out.
    fn due_with(&self, start: Day, limit: u16, stopped: &dyn Fn(Day) -> bool, today: Day) -> Deadline {
        let (mut day, mut lost) = (start, 0u16);
        let mut due = self.due(start, limit);
        while day < due.due && day < today {
            day = day.plus_days(1);
            if self.is_working(day) && stopped(day) {
                lost = lost.saturating_add(1);
                due = self.due(start, limit.saturating_add(lost));
            }
        }
        due
    }
}

/// How a clock with pauses stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock {
    pub limit: u16,
    /// Working days used until today, today included.
    pub used: u32,
    pub paused: bool,
    /// Unknown while it is stopped.
    pub due: Option<Deadline>,
}

impl Clock {
    /// Working days left; negative when overdue.
    #[must_use]
    pub fn left(&self) -> i64 {
        i64::from(self.limit) - i64::from(self.used)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn calendar() -> WorkCalendar {
        WorkCalendar::delivered().unwrap()
    }

    #[test]
    fn delivered_rows_are_sound() {
        for s in read(DELIVERED).unwrap() {
            if s.kind == DayKind::Working {
                let mut d = s.from;
                while d <= s.to {
                    assert!(d.is_weekend(), "{d} is no weekend");
                    d = d.plus_days(1);
                }
            }
        }
        let c = calendar();
        // Statutory holidays are 11 days a year (13 from 2025): days off = weekends + these, so worked days balance.
        for (year, off) in [(2021, 11), (2022, 11), (2024, 11), (2025, 13), (2026, 13)] {
            let (mut d, mut weekdays, mut worked) = (Day::new(year, 1, 1).unwrap(), 0, 0);
            while d.year() == year {
                weekdays += i32::from(!d.is_weekend());
                worked += i32::from(c.is_working(d));
                d = d.plus_days(1);
            }
            // A statutory day that falls on a weekend is given back, so the difference is the statutory days,
            // less those that the notice left on a weekend.
            assert!((weekdays - worked - off).abs() <= 1, "{year}: {weekdays} weekdays, {worked} worked");
        }
    }

    #[test]
    fn a_limit_over_national_day_2026_tells_its_steps() {
        let d = calendar().due(day("2026-09-24"), 10);
        // 25–27 Sep Mid-Autumn, 28–30 Sep worked (3), 1–7 Oct off, 8, 9 Oct (5), 10 Oct worked Saturday (6), 12–15 Oct (10).
        assert_eq!(d.due, day("2026-10-15"));
        let text = d.derivation.lines(false).join("\n");
        assert!(text.contains("国庆节放假") && text.contains("2026年10月10日国庆节调休上班"), "{text}");
        assert!(d.derivation.unknown_years.is_empty());
    }

    #[test]
    fn a_year_without_notice_is_told() {
        let d = calendar().due(day("2026-12-31"), 3);
        assert_eq!(d.derivation.unknown_years, [2027]);
    }

    #[test]
    fn the_longer_spring_festival_of_2020() {
        let c = calendar();
        assert!(!c.is_working(day("2020-01-31")) && !c.is_working(day("2020-02-01")));
        assert!(c.is_working(day("2020-02-03")));
    }

    proptest! {
        #[test]
        fn due_equals_a_count_day_by_day(offset in 0i64..2_500, n in 1u16..60) {
            let c = calendar();
            let start = day("2020-01-01").plus_days(offset);
            let d = c.due(start, n);
            prop_assert!(c.is_working(d.due));
            prop_assert_eq!(c.working_days_between(start, d.due), u32::from(n));
            prop_assert_eq!(c.working_days_between(start, d.due.plus_days(-1)), u32::from(n) - 1);
        }

        #[test]
        fn due_grows_with_start_and_limit(offset in 0i64..2_500, n in 1u16..60) {
            let c = calendar();
            let start = day("2020-01-01").plus_days(offset);
            prop_assert!(c.due(start, n).due < c.due(start, n + 1).due);
            prop_assert!(c.due(start, n).due <= c.due(start.plus_days(1), n).due);
        }

        #[test]
        fn limits_add_up(offset in 0i64..2_500, a in 1u16..30, b in 1u16..30) {
            let c = calendar();
            let start = day("2020-01-01").plus_days(offset);
            prop_assert_eq!(c.due(start, a + b).due, c.due(c.due(start, a).due, b).due);
        }

        #[test]
        fn a_pause_never_shortens(offset in 0i64..2_000, n in 1u16..30, from in 1i64..40, long in 1i64..40, now in 0i64..90) {
            let c = calendar();
            let start = day("2020-01-01").plus_days(offset);
            let pause = (start.plus_days(from), Some(start.plus_days(from + long)));
            let today = start.plus_days(now);
            let (plain, paused) = (c.clock(start, n, &[], today), c.clock(start, n, &[pause], today));
            prop_assert!(paused.used <= plain.used);
            if let (Some(p), Some(q)) = (plain.due, paused.due) {
                prop_assert!(q.due >= p.due);
            }
        }
    }
}
