//! Pure rules of the office: names, passwords, who may hold what together, periods.

use linli_acts::DutyKind;
use linli_base::{Instant, PlaceCode, text};
use linli_vault::password;

linli_db::id! {
    /// A period in which somebody stands in for the holder of a duty.
    pub struct DeputyId;
}
linli_db::id! {
    /// A check of the log.
    pub struct LogCheckId;
}

linli_db::codes! {
    /// What a body is.
    pub enum BodyKind {
        District = "district",
        Department = "department",
        Street = "street",
        Committee = "committee",
    }
}

impl BodyKind {
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::District => "区级",
            Self::Department => "部门",
            Self::Street => "街道办事处",
            Self::Committee => "居民委员会",
        }
    }
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::District => "District",
            Self::Department => "Department",
            Self::Street => "Street office",
            Self::Committee => "Residents' committee",
        }
    }
}

linli_db::codes! {
    /// How an account stands.
    pub enum StaffState {
        /// Password and second factor are not yet set.
        Invited = "invited",
        Active = "active",
        /// The security officer has closed it for now.
        Locked = "locked",
        Left = "left",
    }
}

linli_db::codes! {
    /// How a check of the log ended.
    pub enum CheckState {
        Running = "running",
        Good = "good",
        Bad = "bad",
        Failed = "failed",
    }
}

/// A body to be made, or the new facts of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBody {
    pub code: String,
    pub kind: BodyKind,
    pub name_zh: String,
    pub name_en: String,
    pub short_zh: String,
    pub short_en: String,
    pub place: PlaceCode,
}

/// A wrong field: name in the form, kind, greatest length where it matters.
pub type WrongField = (&'static str, &'static str, usize);

impl NewBody {
    /// Tidied, and every fault of it.
    #[must_use]
    pub fn checked(mut self) -> (Self, Vec<WrongField>) {
        self.code = text::tidy(&self.code).to_ascii_uppercase();
        for part in [&mut self.name_zh, &mut self.name_en, &mut self.short_zh, &mut self.short_en] {
            *part = text::tidy(part);
        }
        let mut wrong = Vec::new();
        let code_fits = (2..=20).contains(&self.code.len())
            && self.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        if !code_fits {
            wrong.push(("code", "body-code", 0));
        }
        if self.name_zh.is_empty() {
            wrong.push(("name_zh", "empty", 0));
        }
        let lengths =
            [("name_zh", &self.name_zh, 60), ("name_en", &self.name_en, 120), ("short_zh", &self.short_zh, 20), ("short_en", &self.short_en, 40)];
        for (field, value, max) in lengths {
            if value.chars().count() > max {
                wrong.push((field, "too-long", max));
            }
        }
        (self, wrong)
    }
}

/// A login name as it is stored and looked for: small letters.
#[must_use]
pub fn login_key(typed: &str) -> String {
    text::tidy(typed).to_ascii_lowercase()
}

/// What is wrong with a login name, if anything.
#[must_use]
pub fn login_wrong(login: &str) -> Option<&'static str> {
    let fits = (3..=32).contains(&login.len())
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'));
    if fits { None } else { Some("login-form") }
}

/// What is wrong with an officer's name, if anything.
#[must_use]
pub fn name_wrong(name: &str) -> Option<WrongField> {
    if name.is_empty() {
        Some(("name", "empty", 0))
    } else if name.chars().count() > 40 {
        Some(("name", "too-long", 40))
    } else {
        None
    }
}

/// What is wrong with a new password, if anything: length and variety count, composition rules and forced changes do not
/// (NIST SP 800-63B, 3.1.1.2).
#[must_use]
pub fn password_wrong(typed: &str, login: &str) -> Option<&'static str> {
    let count = typed.chars().count();
    let mut kinds: Vec<char> = typed.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    if count < password::SHORTEST {
        Some("password-short")
    } else if typed.len() > password::LONGEST {
        Some("password-long")
    } else if kinds.len() < 5 || (!login.is_empty() && typed.to_ascii_lowercase().contains(login)) {
        Some("password-easy")
    } else {
        None
    }
}

/// Why somebody may not hold a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Administrator, security officer and auditor are three persons (三员分立).
    ThreeOfficers,
    /// One of the three may not hold a duty that reads records of persons.
    ReadsPersonal,
    /// The same duty is held already.
    Doubled,
}

impl Apart {
    /// Word key.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::ThreeOfficers => "three-officers",
            Self::ReadsPersonal => "reads-personal",
            Self::Doubled => "doubled",
        }
    }
}

/// Whether somebody who holds (or deputises) duties of these kinds may also hold one of this kind. The separation rests on
/// GB/T 22239-2019, 8.1.5 (system, audit and security administration apart); that each of the three must not read records of
/// persons is our own rule and stricter.
///
/// # Errors
/// Why not.
pub fn may_hold<'k>(held: impl IntoIterator<Item = &'k DutyKind>, wanted: &DutyKind) -> Result<(), Apart> {
    for kind in held {
        match (kind.apart, wanted.apart) {
            (Some(a), Some(b)) if a != b => return Err(Apart::ThreeOfficers),
            (Some(_), None) if wanted.reads_personal => return Err(Apart::ReadsPersonal),
            (None, Some(_)) if kind.reads_personal => return Err(Apart::ReadsPersonal),
            _ => {}
        }
    }
    Ok(())
}

/// The longest time for which somebody may stand in.
pub const DEPUTY_DAYS: i64 = 366;

/// What is wrong with a period of deputising, if anything.
#[must_use]
pub fn period_wrong(since: Instant, until: Instant, now: Instant) -> Option<(&'static str, &'static str)> {
    if until <= since {
        Some(("until", "period-order"))
    } else if until <= now {
        Some(("until", "period-past"))
    } else if until.seconds_since(since) > DEPUTY_DAYS * 86_400 {
        Some(("until", "period-long"))
    } else {
        None
    }
}

/// How tries at the door are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    pub tries: u32,
    /// When counting began.
    pub since: Instant,
    /// Held back until then.
    pub until: Instant,
}

/// Tries are counted within this span, and this long somebody is held back.
pub const GUARD_SECONDS: i64 = 15 * 60;

impl Guard {
    /// Counts a try before it is made, so that many at once do not slip through. `Err`: held back; the guard then stays as it
    /// stands or begins its pause.
    ///
    /// # Errors
    /// The guard to be stored, if the try must not be made.
    pub fn count(known: Option<Self>, limit: u32, now: Instant) -> Result<Self, Self> {
        match known {
            Some(g) if g.until > now => Err(g),
            Some(g) if now.seconds_since(g.since) < GUARD_SECONDS && g.until <= g.since => {
                let tries = g.tries.saturating_add(1);
                if tries > limit {
                    Err(Self { tries, since: g.since, until: now.plus_seconds(GUARD_SECONDS) })
                } else {
                    Ok(Self { tries, ..g })
                }
            }
            _ => Ok(Self { tries: 1, since: now, until: now }),
        }
    }
}

#[cfg(test)]
mod tests {
    use linli_base::Day;
    use proptest::prelude::*;

    use super::*;

    fn kind(apart: Option<&'static str>, reads_personal: bool) -> DutyKind {
        DutyKind { key: "x", zh: "x", en: "x", reads_personal, apart }
    }

    #[test]
    fn the_three_officers_are_three_persons_and_read_nothing() {
        let (admin, auditor) = (kind(Some("administrator"), false), kind(Some("auditor"), false));
        let (handler, editor) = (kind(None, true), kind(None, false));
        assert_eq!(may_hold([&admin], &auditor), Err(Apart::ThreeOfficers));
        assert_eq!(may_hold([&admin], &handler), Err(Apart::ReadsPersonal));
        assert_eq!(may_hold([&handler], &auditor), Err(Apart::ReadsPersonal));
        assert_eq!(may_hold([&admin], &editor), Ok(()));
        assert_eq!(may_hold([&admin], &admin), Ok(()));
        assert_eq!(may_hold([&handler, &editor], &handler), Ok(()));
    }

    #[test]
    fn passwords_and_logins() {
        assert_eq!(password_wrong("木棉花开在三月里哪", "li.na"), Some("password-short"));
        assert_eq!(password_wrong("木棉花开在三月里哪天", "li.na"), None);
        assert_eq!(password_wrong("aaaaaaaaaaaa", "li.na"), Some("password-easy"));
        assert_eq!(password_wrong("xLI.NA123456789", "li.na"), Some("password-easy"));
        assert_eq!(password_wrong(&"长城".repeat(60), "li.na"), Some("password-long"));
        assert_eq!(login_key(" Li.Na　"), "li.na");
        assert_eq!(login_wrong("li.na"), None);
        for bad in ["", "ab", "1abc", "李娜李娜", "a b c", &"a".repeat(33)] {
            assert!(login_wrong(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_body_is_checked_field_by_field() {
        let body = NewBody {
            code: "mz 局".into(),
            kind: BodyKind::Department,
            name_zh: "  ".into(),
            name_en: "a".repeat(121),
            short_zh: String::new(),
            short_en: String::new(),
            place: "440105000000".parse().unwrap(),
        };
        let (_, wrong) = body.checked();
        assert_eq!(wrong, [("code", "body-code", 0), ("name_zh", "empty", 0), ("name_en", "too-long", 120)]);
    }

    proptest! {
        #[test]
        fn no_more_than_the_limit_in_a_span(gaps in proptest::collection::vec(0i64..400, 1..200), limit in 1u32..8) {
            let mut now = Day::new(2026, 1, 1).unwrap().start();
            let mut guard = None;
            let mut made: Vec<Instant> = Vec::new();
            for gap in gaps {
                now = now.plus_seconds(gap);
                match Guard::count(guard, limit, now) {
                    Ok(g) => { guard = Some(g); made.push(now); }
                    Err(g) => guard = Some(g),
                }
                let in_pause = made.iter().filter(|m| now.seconds_since(**m) < GUARD_SECONDS).count();
                // Two neighbouring spans may each be used up, never more.
                prop_assert!(in_pause <= 2 * limit as usize);
            }
        }

        #[test]
        fn a_span_that_ran_out_lets_somebody_try_again(limit in 1u32..8) {
            let start = Day::new(2026, 1, 1).unwrap().start();
            let mut guard = None;
            for _ in 0..=limit {
                guard = Some(match Guard::count(guard, limit, start) { Ok(g) | Err(g) => g });
            }
            prop_assert!(Guard::count(guard, limit, start.plus_seconds(GUARD_SECONDS - 1)).is_err());
            prop_assert!(Guard::count(guard, limit, start.plus_seconds(GUARD_SECONDS)).is_ok());
        }
    }
}
