//! What the simulated social insurance register knows of somebody: computed from the number alone, so nothing is stored.

use linli_base::Day;
use sha2::{Digest, Sha256};

/// One insurance of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insurance {
    pub zh: &'static str,
    pub en: &'static str,
    /// First and last month paid, `2009-07`.
    pub first: String,
    pub last: String,
    pub months: u32,
    /// 正常, 暂停, 退休.
    pub state_zh: &'static str,
    pub state_en: &'static str,
}

fn month(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Insurances of somebody with this number and birth day, as of a day; empty for those who never paid (children, some others).
#[must_use]
pub fn insurance(number: &str, birth: Day, today: Day) -> Vec<Insurance> {
    let digest = Sha256::digest(number.as_bytes());
    let byte = |i: usize| u32::from(digest.get(i).copied().unwrap_or(0));
    let age = today.age_of(birth);
    if age < 18 || byte(0) < 26 {
        return Vec::new();
    }
    let began = birth.plus_months(12 * 19).plus_days(i64::from(byte(1)) * 14);
    // The register begins with July 1998 (城镇职工).
    let floor = Day::new(1998, 7, 1).unwrap_or(began);
    let began = began.max(floor);
    let last_paid = today.plus_months(-1);
    let retired = age >= 60;
    let stopped = !retired && byte(2) < 20;
    let ended = if retired { birth.plus_months(12 * 60) } else { last_paid };
    let ended =
        if stopped { last_paid.plus_months(-i32::try_from(byte(3) % 18 + 2).unwrap_or(2)) } else { ended };
    if ended <= began {
        return Vec::new();
    }
    let span = (i32::from(ended.year()) - i32::from(began.year())) * 12
        + i32::from(ended.month() - began.month())
        + 1;
    let gaps = byte(4) % 9;
    let months = u32::try_from(span).unwrap_or(1).saturating_sub(gaps).max(1);
    let (state_zh, state_en) = match (retired, stopped) {
        (true, _) => ("退休", "retired"),
        (false, true) => ("暂停", "paused"),
        (false, false) => ("正常", "paying"),
    };
    let kinds: &[(&str, &str)] = if retired {
        &[("职工基本养老保险", "Basic pension")]
    } else {
        &[("职工基本养老保险", "Basic pension"), ("失业保险", "Unemployment"), ("工伤保险", "Work injury")]
    };
    kinds
        .iter()
        .map(|(zh, en)| Insurance {
            zh,
            en,
            first: month(began),
            last: month(ended),
            months,
            state_zh,
            state_en,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_sound() {
        let today = Day::new(2026, 11, 24).unwrap();
        let birth = Day::new(1988, 3, 14).unwrap();
        let mut some = 0;
        for i in 0..200 {
            let lines = insurance(&format!("44010519880314{i:04}"), birth, today);
            assert_eq!(lines, insurance(&format!("44010519880314{i:04}"), birth, today));
            for l in &lines {
                assert!(l.first <= l.last && l.last < month(today) && l.months > 0, "{l:?}");
                some += 1;
            }
        }
        assert!(some > 300);
        assert!(insurance("x", Day::new(2015, 1, 1).unwrap(), today).is_empty());
    }
}
