//! Why a statement stands in a list, or does not: counts, tests and what they were held against.

use crate::compute::Picture;
use crate::lists::{LIST_LENGTH, Why};
use crate::stats::{Measure, Z_90};
use crate::vote::StatementId;
use serde::Serialize;

/// A test with the limit it was held against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Test {
    /// Its name as in [`Measure`]: `pat`, `rat`, `pdt`, `rdt`.
    pub name: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// The z-value.
    pub z: f64,
    /// What it must exceed.
    pub limit: f64,
    /// Whether it does.
    pub significant: bool,
}

/// What became of a statement in a group's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Listed, and why.
    Listed(Why),
    /// Significant, but five others weigh more.
    BeyondTheFirst,
    /// No side is significant both against one half and against the other groups.
    NotSignificant,
    /// Moderated out, or meta: never listed.
    Out,
}

/// One statement in one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InGroup {
    /// Number of the group.
    pub group: u32,
    /// Its people.
    pub people: u32,
    /// Counts, shares, ratios and tests.
    pub measure: Measure,
    /// The four tests.
    pub tests: Vec<Test>,
    /// What became of it.
    pub verdict: Verdict,
    /// Its place in the list, from 1.
    pub rank: Option<usize>,
    /// The same in a sentence.
    pub because: String,
}

/// One statement over all groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The statement.
    pub statement: StatementId,
    /// In each group.
    pub groups: Vec<InGroup>,
    /// Π over groups of (A + 1) / (S + 2).
    pub group_aware_consensus: f64,
    /// The factors of that product, by group.
    pub factors: Vec<f64>,
    /// Its place among what everybody agrees with, from 1.
    pub consensus_agree: Option<usize>,
    /// Its place among what everybody disagrees with, from 1.
    pub consensus_disagree: Option<usize>,
    /// Priority to be asked next.
    pub priority: f64,
}

fn tests(m: &Measure) -> Vec<Test> {
    let test = |name, asks, z: f64| Test { name, asks, z, limit: Z_90, significant: z > Z_90 };
    vec![
        test("pat", "do most of the group agree?", m.pat),
        test("rat", "does the group agree more than the others?", m.rat),
        test("pdt", "do most of the group disagree?", m.pdt),
        test("rdt", "does the group disagree more than the others?", m.rdt),
    ]
}

fn percent(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "–".into();
    }
    let tenths = (u64::from(part) * 1_000 + u64::from(whole) / 2) / u64::from(whole);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn because(verdict: Verdict, m: &Measure) -> String {
    let agree = format!("{} of {} ({}) agree", m.own.agree, m.own.seen, percent(m.own.agree, m.own.seen));
    let disagree =
        format!("{} of {} ({}) disagree", m.own.disagree, m.own.seen, percent(m.own.disagree, m.own.seen));
    let others = |n: u32| format!("{} of {} ({}) of the others", n, m.rest.seen, percent(n, m.rest.seen));
    match verdict {
        Verdict::Listed(Why::AgreesSignificantly) => format!(
            "{agree}, against {}: a majority (z {:.2}) and more than the others (z {:.2}), both above {Z_90}",
            others(m.rest.agree),
            m.pat,
            m.rat
        ),
        Verdict::Listed(Why::DisagreesSignificantly) => format!(
            "{disagree}, against {}: a majority (z {:.2}) and more than the others (z {:.2}), both above {Z_90}",
            others(m.rest.disagree),
            m.pdt,
            m.rdt
        ),
        Verdict::Listed(Why::BestAgreement) => {
            format!("{agree}, against {}: the best agreement this group has", others(m.rest.agree))
        }
        Verdict::Listed(Why::BestTest) => format!(
            "{agree}, {disagree}: nothing is significant here, and this sets the group apart the most (z {:.2})",
            m.rat.max(m.rdt)
        ),
        Verdict::BeyondTheFirst => {
            format!("{agree}, {disagree}: significant, but {LIST_LENGTH} others weigh more")
        }
        Verdict::NotSignificant => format!(
            "{agree}, {disagree}: not both a majority and more than the others (agreeing z {:.2} and {:.2}, \
             disagreeing z {:.2} and {:.2}, limit {Z_90})",
            m.pat, m.rat, m.pdt, m.rdt
        ),
        Verdict::Out => "moderated out or meta: it does not shape the groups and is never listed".into(),
    }
}

/// Explains one statement; `None` if there is no such statement in the picture.
#[must_use]
pub fn explain(picture: &Picture, id: StatementId) -> Option<Explanation> {
    let s = picture.statement_index(id)?;
    let groups = picture
        .split
        .groups
        .iter()
        .enumerate()
        .map(|(g, group)| {
            let measure = picture.split.measure(g, s);
            let place = group.representative.iter().position(|r| r.tid == id);
            let verdict = match place {
                _ if picture.out[s] => Verdict::Out,
                Some(i) => Verdict::Listed(group.representative[i].why),
                None if measure.agreeing_is_significant() || measure.disagreeing_is_significant() => {
                    Verdict::BeyondTheFirst
                }
                None => Verdict::NotSignificant,
            };
            InGroup {
                group: group.id,
                people: group.people,
                tests: tests(&measure),
                verdict,
                rank: place.map(|i| i + 1),
                because: because(verdict, &measure),
                measure,
            }
        })
        .collect();
    let place = |list: &[crate::lists::Shared]| list.iter().position(|x| x.tid == id).map(|i| i + 1);
    Some(Explanation {
        statement: id,
        groups,
        group_aware_consensus: picture.group_aware_consensus[s],
        factors: picture
            .split
            .groups
            .iter()
            .map(|g| crate::stats::share(g.votes[s].agree, g.votes[s].seen))
            .collect(),
        consensus_agree: place(&picture.consensus.agree),
        consensus_disagree: place(&picture.consensus.disagree),
        priority: picture.priorities[s],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::Params;
    use crate::history::History;
    use crate::synth;
    use crate::vote::Moderation;

    #[test]
    fn every_listed_statement_is_explained_as_listed() {
        let mut r = synth::conversation(&synth::Plan { divisive: 0.9, ..synth::Plan::default() }).unwrap();
        r.moderate(StatementId(3), Moderation::Rejected).unwrap();
        let (p, _) = crate::compute(&r, &Params::default(), &History::default());
        assert!(p.split.groups.len() > 1);
        for s in &p.statements {
            let e = explain(&p, s.id).unwrap();
            let product: f64 = e.factors.iter().product();
            assert!((product - e.group_aware_consensus).abs() < 1e-12);
            for (g, group) in e.groups.iter().zip(&p.split.groups) {
                let listed = group.representative.iter().position(|r| r.tid == s.id).map(|i| i + 1);
                assert_eq!(g.rank, listed);
                assert_eq!(matches!(g.verdict, Verdict::Listed(_)), listed.is_some());
                assert_eq!(g.verdict == Verdict::Out, s.id.0 == 3);
                if let Verdict::Listed(Why::AgreesSignificantly) = g.verdict {
                    assert!(g.tests[0].significant && g.tests[1].significant, "{}", g.because);
                }
            }
        }
        assert!(explain(&p, StatementId(999)).is_none());
    }

    #[test]
    fn percentages_round() {
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(0, 0), "–");
    }
}
