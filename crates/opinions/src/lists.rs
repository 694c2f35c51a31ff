//! The lists: what represents a group, what everybody shares, what bridges the groups, what to ask next (D1, steps 8
//! to 10).

use crate::stats::{Measure, Z_90, share, share_test};
use crate::vote::{StatementId, Tally};
use serde::Serialize;

/// Most statements in one list.
pub const LIST_LENGTH: usize = 5;

/// Agreeing or disagreeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Agreeing.
    Agree,
    /// Disagreeing.
    Disagree,
}

/// Why a statement stands in a group's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The group agrees more than the others and by majority, both significantly.
    AgreesSignificantly,
    /// The group disagrees more than the others and by majority, both significantly.
    DisagreesSignificantly,
    /// No significant one at all; it is the best agreement the group has.
    BestAgreement,
    /// No significant one and no agreement either; it sets the group apart the most.
    BestTest,
}

/// A statement in a group's list. Field names are Polis'.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Representative {
    /// The statement.
    pub tid: StatementId,
    /// Who take the side.
    pub n_success: u32,
    /// Who saw it.
    pub n_trials: u32,
    /// Smoothed share that takes the side.
    pub p_success: f64,
    /// Test of that share against one half.
    pub p_test: f64,
    /// How many times likelier than the others to take the side.
    pub repness: f64,
    /// Test of that against the others.
    pub repness_test: f64,
    /// The side.
    pub repful_for: Side,
    /// The group's best agreement: it stands first.
    #[serde(skip_serializing_if = "is_false")]
    pub best_agree: bool,
    /// Who agree, told for the best agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_agree: Option<u32>,
    /// Why it is listed (not in Polis' result).
    pub why: Why,
}

fn is_false(b: &bool) -> bool {
    !*b
}

impl Representative {
    /// The side on which the group differs more from the others: agree if rat > rdt.
    fn new(tid: StatementId, m: &Measure, why: Why) -> Self {
        if m.rat > m.rdt {
            Self::agreeing(tid, m, why)
        } else {
            Self {
                tid,
                n_success: m.own.disagree,
                n_trials: m.own.seen,
                p_success: m.pd,
                p_test: m.pdt,
                repness: m.rd,
                repness_test: m.rdt,
                repful_for: Side::Disagree,
                best_agree: false,
                n_agree: None,
                why,
            }
        }
    }

    fn agreeing(tid: StatementId, m: &Measure, why: Why) -> Self {
        Self {
            tid,
            n_success: m.own.agree,
            n_trials: m.own.seen,
            p_success: m.pa,
            p_test: m.pat,
            repness: m.ra,
            repness_test: m.rat,
            repful_for: Side::Agree,
            best_agree: false,
            n_agree: None,
            why,
        }
    }

    fn weight(&self) -> f64 {
        self.repness * self.repness_test * self.p_success * self.p_test
    }
}

/// Whether a statement takes the place of the best agreement so far.
///
/// The first needs `pat` significant, or ra > 1 with pa > 0.5. It is replaced by a larger ra·rat·pa·pat if its own ra is
/// above 1, else by a larger pa·pat. Never one on which nobody took a side.
fn beats_best_agreement(m: &Measure, best: Option<&Measure>) -> bool {
    if m.own.agree == 0 && m.own.disagree == 0 {
        return false;
    }
    match best {
        None => m.pat > Z_90 || (m.ra > 1.0 && m.pa > 0.5),
        Some(b) if b.ra > 1.0 => m.ra * m.rat * m.pa * m.pat > b.ra * b.rat * b.pa * b.pat,
        Some(b) => m.pa * m.pat > b.pa * b.pat,
    }
}

/// The list of one group (D1, step 8), from its measures in order of statements; statements that are out are left away
/// by the caller.
///
/// *Sufficient* is what is significant on a side, against one half and against the others. Sufficient ones are sorted
/// by repness · repness-test · p · p-test; the best agreement goes first; five are taken; agreements stand before
/// disagreements. If nothing is sufficient the list is the best agreement, or else the statement with the largest test.
#[must_use]
pub fn representative(measures: &[(StatementId, Measure)]) -> Vec<Representative> {
    let mut best_agree: Option<(StatementId, &Measure)> = None;
    let mut best_test: Option<(StatementId, &Measure)> = None;
    let mut sufficient: Vec<Representative> = Vec::new();
    for (tid, m) in measures {
        if m.agreeing_is_significant() || m.disagreeing_is_significant() {
            let why = if m.rat > m.rdt { Why::AgreesSignificantly } else { Why::DisagreesSignificantly };
            sufficient.push(Representative::new(*tid, m, why));
        }
        if best_test.is_none_or(|(_, b)| m.rat.max(m.rdt) > b.rat.max(b.rdt)) {
            best_test = Some((*tid, m));
        }
        if beats_best_agreement(m, best_agree.map(|(_, b)| b)) {
            best_agree = Some((*tid, m));
        }
    }
    let first = best_agree.map(|(tid, m)| Representative {
        best_agree: true,
        n_agree: Some(m.own.agree),
        ..Representative::agreeing(
            tid,
            m,
            if m.agreeing_is_significant() { Why::AgreesSignificantly } else { Why::BestAgreement },
        )
    });
    if sufficient.is_empty() {
        let alone = || best_test.map(|(tid, m)| Representative::new(tid, m, Why::BestTest));
        return first.or_else(alone).into_iter().collect();
    }
    sufficient.retain(|r| best_agree.is_none_or(|(tid, _)| tid != r.tid));
    sufficient.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    let mut list: Vec<Representative> = first.into_iter().chain(sufficient).take(LIST_LENGTH).collect();
    list.sort_by_key(|r| r.repful_for);
    list
}

/// A statement that everybody shares. Field names are Polis'.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shared {
    /// The statement.
    pub tid: StatementId,
    /// Who take the side, of everybody.
    pub n_success: u32,
    /// Who saw it.
    pub n_trials: u32,
    /// Smoothed share that takes the side.
    pub p_success: f64,
    /// Test of that share against one half.
    pub p_test: f64,
}

/// What everybody shares, those without a group too.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Consensus {
    /// Statements most agree with.
    pub agree: Vec<Shared>,
    /// Statements most disagree with.
    pub disagree: Vec<Shared>,
}

/// Consensus (D1, step 9): p > 0.5 and z > 1.2816, sorted by p·z, five on each side.
#[must_use]
pub fn consensus(tallies: &[(StatementId, Tally)]) -> Consensus {
    let side = |of: fn(&Tally) -> u32| {
        let mut list: Vec<Shared> = tallies
            .iter()
            .map(|(tid, t)| Shared {
                tid: *tid,
                n_success: of(t),
                n_trials: t.seen,
                p_success: share(of(t), t.seen),
                p_test: share_test(of(t), t.seen),
            })
            .filter(|s| s.p_success > 0.5 && s.p_test > Z_90)
            .collect();
        list.sort_by(|a, b| (b.p_success * b.p_test).total_cmp(&(a.p_success * a.p_test)));
        list.truncate(LIST_LENGTH);
        list
    };
    Consensus { agree: side(|t| t.agree), disagree: side(|t| t.disagree) }
}

/// Group-aware consensus (D1, step 9): Π over groups of (A + 1) / (S + 2). High only where every group agrees, so a
/// large group cannot make a small one vanish. Between 0 and 1; 1 without groups.
#[must_use]
pub fn group_aware_consensus(groups: impl Iterator<Item = Tally>) -> f64 {
    groups.map(|t| share(t.agree, t.seen)).product()
}

/// Priority of meta statements: 7².
pub const META_PRIORITY: f64 = 49.0;

/// How urgently a statement should be shown to the next person (D1, step 10), from its counts over all groups and its
/// extremity E:
///
/// importance = (1 − (P+1)/(S+2)) · (E+1) · (A+1)/(S+2), priority = (importance · (1 + 8·2^(−S/5)))².
///
/// So statements few have seen come early, and of the others those that are agreed with, tell people apart and are not
/// passed. People are then shown statements with chances in proportion.
#[must_use]
pub fn priority(all_groups: Tally, extremity: f64, meta: bool) -> f64 {
    if meta {
        return META_PRIORITY;
    }
    let importance = (1.0 - share(all_groups.pass(), all_groups.seen))
        * (extremity + 1.0)
        * share(all_groups.agree, all_groups.seen);
    let p = importance * (1.0 + 8.0 * half_to_the_fifths(all_groups.seen));
    p * p
}

/// 2^(−n/5): an exact power of two times one of five constants, since `powf` may differ between platforms.
fn half_to_the_fifths(n: u32) -> f64 {
    const FIFTHS: [f64; 5] = [
        1.0,
        0.870_550_563_296_124_1,
        0.757_858_283_255_199,
        0.659_753_955_386_447_2,
        0.574_349_177_498_517_5,
    ];
    let mut x = FIFTHS[(n % 5) as usize];
    for _ in 0..(n / 5).min(1_100) {
        x *= 0.5;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(agree: u32, disagree: u32, seen: u32) -> Tally {
        Tally { agree, disagree, seen }
    }

    fn list(rows: &[(u64, Tally, Tally)]) -> Vec<Representative> {
        let m: Vec<_> =
            rows.iter().map(|&(id, own, rest)| (StatementId(id), Measure::of(own, rest))).collect();
        representative(&m)
    }

    fn ids(list: &[Representative]) -> Vec<u64> {
        list.iter().map(|r| r.tid.0).collect()
    }

    #[test]
    fn agreements_first_best_at_the_head_five_in_all() {
        let l = list(&[
            (1, t(0, 10, 10), t(9, 1, 10)),
            (2, t(10, 0, 10), t(1, 9, 10)),
            (3, t(9, 1, 10), t(1, 9, 10)),
            (4, t(5, 5, 10), t(5, 5, 10)),
            (5, t(0, 9, 10), t(9, 1, 10)),
            (6, t(8, 1, 10), t(1, 9, 10)),
            (7, t(10, 0, 10), t(2, 8, 10)),
        ]);
        assert_eq!(ids(&l), [2, 7, 3, 1, 5]);
        assert!(l[0].best_agree && l[0].n_agree == Some(10));
        assert_eq!((l[2].repful_for, l[3].repful_for), (Side::Agree, Side::Disagree));
        assert_eq!(l[4].why, Why::DisagreesSignificantly);
    }

    #[test]
    fn without_anything_significant_the_best_agreement_stands_alone() {
        let l =
            list(&[(1, t(2, 2, 4), t(2, 2, 4)), (2, t(3, 1, 4), t(2, 2, 4)), (3, t(2, 0, 2), t(2, 2, 4))]);
        assert_eq!(ids(&l), [3]);
        assert_eq!(l[0].why, Why::BestAgreement);
    }

    #[test]
    fn without_any_agreement_the_largest_test_stands_alone() {
        let l = list(&[(1, t(0, 2, 4), t(2, 2, 4)), (2, t(0, 1, 4), t(1, 2, 4))]);
        assert_eq!(ids(&l), [1]);
        assert_eq!((l[0].why, l[0].repful_for), (Why::BestTest, Side::Disagree));
        assert!(list(&[]).is_empty());
    }

    #[test]
    fn the_best_agreement_needs_somebody_who_took_a_side() {
        let m = Measure::of(t(0, 0, 0), t(9, 0, 9));
        assert!(!beats_best_agreement(&m, None));
        // 2 of 2 is not significant, but more than the others and a majority
        let small = Measure::of(t(2, 0, 2), t(1, 3, 4));
        assert!(small.pat > Z_90 || small.pa > 0.5);
        assert!(beats_best_agreement(&small, None));
        // with ra ≤ 1 of the current one only pa·pat counts
        let common = Measure::of(t(8, 2, 10), t(10, 0, 10));
        assert!(common.ra <= 1.0);
        assert!(beats_best_agreement(&Measure::of(t(9, 1, 10), t(10, 0, 10)), Some(&common)));
    }

    #[test]
    fn consensus_by_hand() {
        let c = consensus(&[
            (StatementId(1), t(9, 1, 10)),
            (StatementId(2), t(1, 9, 10)),
            (StatementId(3), t(6, 4, 10)),
            (StatementId(4), t(18, 2, 20)),
            (StatementId(5), t(0, 0, 0)),
        ]);
        let ids = |l: &[Shared]| l.iter().map(|s| s.tid.0).collect::<Vec<_>>();
        assert_eq!(ids(&c.agree), [4, 1]);
        assert_eq!(ids(&c.disagree), [2]);
        let gac = group_aware_consensus([t(3, 0, 4), t(1, 1, 2)].into_iter());
        assert!((gac - 4.0 / 6.0 * 0.5).abs() < 1e-15);
    }

    #[test]
    fn priorities_by_hand() {
        // nobody saw it: (1/2 · 1 · 1/2 · 9)²
        assert!((priority(t(0, 0, 0), 0.0, false) - 5.0625).abs() < 1e-15);
        assert!((priority(t(3, 1, 9), 2.0, true) - 49.0).abs() < 1e-15);
        let by_hand = (1.0 - 6.0 / 11.0) * 3.0 * 4.0 / 11.0 * (1.0 + 8.0 * 2f64.powf(-9.0 / 5.0));
        assert!((priority(t(3, 1, 9), 2.0, false) - by_hand * by_hand).abs() < 1e-13);
        for n in 0..60 {
            assert!((half_to_the_fifths(n) - 2f64.powf(-f64::from(n) / 5.0)).abs() < 1e-15);
        }
        assert!(half_to_the_fifths(u32::MAX) < 1e-300);
    }
}
