//! The tests behind the lists (D1, steps 7 to 9).
//!
//! Names follow Polis: *n* counts, *p* probability, *r* ratio ("repness"), *t* test; after it *a* for agreeing and *d*
//! for disagreeing. Probabilities and ratios carry one imagined vote on each side, so that they exist without votes.

use crate::vote::Tally;
use serde::Serialize;

/// A z-value above this is significant at 90 %, one-sided.
pub const Z_90: f64 = 1.2816;

/// Smoothed share of successes: (s + 1) / (n + 2). Between 0 and 1.
#[must_use]
pub fn share(success: u32, n: u32) -> f64 {
    (f64::from(success) + 1.0) / (f64::from(n) + 2.0)
}

/// Test of a share against one half: z = 2·√(n+1)·((s+1)/(n+1) − 0.5).
#[must_use]
pub fn share_test(success: u32, n: u32) -> f64 {
    let n1 = f64::from(n) + 1.0;
    2.0 * n1.sqrt() * ((f64::from(success) + 1.0) / n1 - 0.5)
}

/// Test of one share against another, pooled: with s+1 and n+1 of each, p = (s₁+s₂)/(n₁+n₂) and
/// z = (s₁/n₁ − s₂/n₂) / √(p(1−p)(1/n₁+1/n₂)); 0 if p is 1.
#[must_use]
pub fn two_shares_test(success: [u32; 2], n: [u32; 2]) -> f64 {
    let [s1, s2] = success.map(|s| f64::from(s) + 1.0);
    let [n1, n2] = n.map(|n| f64::from(n) + 1.0);
    let p = (s1 + s2) / (n1 + n2);
    if p >= 1.0 {
        return 0.0;
    }
    (s1 / n1 - s2 / n2) / (p * (1.0 - p) * (1.0 / n1 + 1.0 / n2)).sqrt()
}

/// One statement in one group against all other groups.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Measure {
    /// Counts in the group.
    pub own: Tally,
    /// Counts in the other groups together.
    pub rest: Tally,
    /// Smoothed share of the group that agrees, of those who saw it.
    pub pa: f64,
    /// The same for disagreeing.
    pub pd: f64,
    /// Test of `pa` against one half.
    pub pat: f64,
    /// Test of `pd` against one half.
    pub pdt: f64,
    /// How many times likelier to agree than the others: pa / share of the rest.
    pub ra: f64,
    /// The same for disagreeing.
    pub rd: f64,
    /// Test of the group's agreement against the rest's.
    pub rat: f64,
    /// The same for disagreement.
    pub rdt: f64,
}

impl Measure {
    /// Measures a statement from its counts in the group and in the others together.
    #[must_use]
    pub fn of(own: Tally, rest: Tally) -> Self {
        let pa = share(own.agree, own.seen);
        let pd = share(own.disagree, own.seen);
        let n = [own.seen, rest.seen];
        Self {
            own,
            rest,
            pa,
            pd,
            pat: share_test(own.agree, own.seen),
            pdt: share_test(own.disagree, own.seen),
            ra: pa / share(rest.agree, rest.seen),
            rd: pd / share(rest.disagree, rest.seen),
            rat: two_shares_test([own.agree, rest.agree], n),
            rdt: two_shares_test([own.disagree, rest.disagree], n),
        }
    }

    /// Whether agreement is both the group's own (`rat`) and its majority (`pat`), significantly.
    #[must_use]
    pub fn agreeing_is_significant(&self) -> bool {
        self.rat > Z_90 && self.pat > Z_90
    }

    /// Whether disagreement is both the group's own (`rdt`) and its majority (`pdt`), significantly.
    #[must_use]
    pub fn disagreeing_is_significant(&self) -> bool {
        self.rdt > Z_90 && self.pdt > Z_90
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn by_hand() {
        assert!(near(share(3, 4), 4.0 / 6.0));
        assert!(near(share(0, 0), 0.5));
        // 2·√9·(8/9 − 1/2)
        assert!(near(share_test(7, 8), 6.0 * (8.0 / 9.0 - 0.5)));
        assert!(near(share_test(0, 0), 1.0));
        // s 4, 2 of n 5, 10: p = 0.4
        let z = (0.8 - 0.2) / (0.4f64 * 0.6 * 0.3).sqrt();
        assert!(near(two_shares_test([3, 1], [4, 9]), z));
        assert!(near(two_shares_test([4, 9], [4, 9]), 0.0));
    }

    #[test]
    fn a_measure_by_hand() {
        let m =
            Measure::of(Tally { agree: 9, disagree: 1, seen: 10 }, Tally { agree: 2, disagree: 6, seen: 10 });
        assert!(near(m.pa, 10.0 / 12.0) && near(m.pd, 2.0 / 12.0));
        assert!(near(m.ra, (10.0 / 12.0) / (3.0 / 12.0)));
        assert!(near(m.rd, (2.0 / 12.0) / (7.0 / 12.0)));
        assert!(m.agreeing_is_significant() && !m.disagreeing_is_significant());
    }
}
