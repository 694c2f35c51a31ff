//! Bodies, accounts, duties: words and rules. Pure.

use linli_acts::DutyKind;

linli_db::id! {
    /// A deputy's term.
    pub struct DeputyId;
}

linli_db::codes! {
    /// What a body is.
    pub enum BodyKind {
        Department = "department",
        Street = "street",
        Committee = "committee",
    }
}

linli_db::codes! {
    /// How a body stands.
    pub enum BodyState {
        Open = "open",
        Closed = "closed",
    }
}

linli_db::codes! {
    /// How an account stands.
    pub enum StaffState {
        /// Has a set-up link and no password yet.
        Invited = "invited",
        Active = "active",
        Locked = "locked",
        /// For good; the login is not given again.
        Left = "left",
    }
}

linli_db::codes! {
    /// How a duty stands.
    pub enum DutyState {
        Held = "held",
        Ended = "ended",
    }
}

/// Separation of powers: whether one person may hold a duty beside those she holds.
#[must_use]
pub fn may_hold_beside(new: &DutyKind, held: &[&DutyKind]) -> bool {
    held.iter().all(|h| match (new.apart, h.apart) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

/// A login: lower-case letters, digits, dots and dashes, 2 to 40.
#[must_use]
pub fn login(typed: &str) -> Option<String> {
    let login = linli_base::text::tidy(typed).to_lowercase();
    let fine = (2..=40).contains(&login.len())
        && login
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    fine.then_some(login)
}

/// Wrong tries in a turn of 15 minutes after which nothing fits any more.
pub const MOST_WRONG: i64 = 10;
/// The same for one network address, behind which a whole office may sit.
pub const MOST_WRONG_NET: i64 = 60;
/// How long a set-up link is good.
pub const SETUP_SECONDS: i64 = 3 * 86_400;
/// Longest term of a deputy, days.
pub const LONGEST_TERM: i64 = 366;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ADMINISTRATOR, AUDITOR, SECURITY};

    #[test]
    fn the_three_powers_stand_apart() {
        assert!(may_hold_beside(&ADMINISTRATOR, &[]));
        for (a, b) in [(&ADMINISTRATOR, &SECURITY), (&SECURITY, &AUDITOR), (&AUDITOR, &ADMINISTRATOR)] {
            assert!(!may_hold_beside(a, &[b]));
        }
        assert!(may_hold_beside(&AUDITOR, &[&AUDITOR]));
        for kind in [&ADMINISTRATOR, &SECURITY, &AUDITOR] {
            assert!(!kind.reads_personal);
        }
    }

    #[test]
    fn logins_are_plain() {
        assert_eq!(login(" Li.Mei "), Some("li.mei".into()));
        for bad in ["", "a", "李梅", "a b", "x'--"] {
            assert_eq!(login(bad), None, "{bad}");
        }
    }
}
