//! Made conversations, from a seed: for benchmarks, tests and examples. They say so and are nobody's opinions.

use crate::chance::Chance;
use crate::error::{Error, Result};
use crate::ratings::{Limits, Ratings};
use crate::vote::{Cast, PersonId, Statement, StatementId, Vote};

/// What to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed; the same plan gives the same votes on every machine.
    pub seed: u64,
    /// How many people, numbered from 0.
    pub people: usize,
    /// How many statements, numbered from 0.
    pub statements: usize,
    /// Votes of each person on average: from half to one and a half times as many.
    pub votes_each: usize,
    /// Camps that think alike.
    pub camps: usize,
    /// Share of the statements on which the camps differ, 0 to 1; on the others they agree.
    pub divisive: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, people: 100, statements: 50, votes_each: 20, camps: 3, divisive: 0.6 }
    }
}

/// All votes of a made conversation, in the order in which they were cast, one per millisecond.
///
/// # Errors
/// [`Error::TooLarge`] above the default limits.
pub fn votes(plan: &Plan) -> Result<Vec<Cast>> {
    let limits = Limits::default();
    for (n, limit, what) in [
        (plan.people, limits.people, "people"),
        (plan.statements, limits.statements, "statements"),
        (plan.people.saturating_mul(plan.votes_each.min(plan.statements)), limits.votes, "votes"),
    ] {
        if n > limit {
            return Err(Error::TooLarge { what, limit: limit as u64 });
        }
    }
    let mut c = Chance::new(plan.seed);
    let camps = plan.camps.max(1);
    // how likely each camp is to agree with and to pass each statement
    let leanings: Vec<Vec<[f64; 2]>> = (0..plan.statements)
        .map(|_| {
            let shared = 0.55 + 0.4 * c.unit();
            let divides = c.unit() < plan.divisive;
            (0..camps)
                .map(|_| {
                    let own = if c.below(2) == 0 { 0.05 + 0.25 * c.unit() } else { 0.7 + 0.25 * c.unit() };
                    [if divides { own } else { shared }, 0.05 + 0.2 * c.unit()]
                })
                .collect()
        })
        .collect();
    let mut order: Vec<u32> = (0..plan.statements as u32).collect();
    let mut out = Vec::new();
    for person in 0..plan.people {
        let camp = c.below(camps);
        let spread = c.below(plan.votes_each + 1);
        let n = (plan.votes_each / 2 + spread).min(plan.statements);
        for i in 0..n {
            let j = i + c.below(order.len() - i);
            order.swap(i, j);
            let s = order[i];
            let [agree, pass] = leanings[s as usize][camp];
            let vote = if c.unit() < pass {
                Vote::Pass
            } else if c.unit() < agree {
                Vote::Agree
            } else {
                Vote::Disagree
            };
            out.push(Cast {
                person: PersonId(person as u64),
                statement: StatementId(u64::from(s)),
                vote,
                at_ms: out.len() as i64,
            });
        }
    }
    Ok(out)
}

/// The statements of a made conversation.
#[must_use]
pub fn statements(plan: &Plan) -> Vec<Statement> {
    (0..plan.statements as u64).map(Statement::new).collect()
}

/// A made conversation.
///
/// # Errors
/// [`Error::TooLarge`] above the default limits.
pub fn conversation(plan: &Plan) -> Result<Ratings> {
    Ratings::from_votes(&statements(plan), &votes(plan)?, Limits::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_the_same_votes() {
        let plan = Plan::default();
        assert_eq!(votes(&plan).unwrap(), votes(&plan).unwrap());
        assert_ne!(votes(&plan).unwrap(), votes(&Plan { seed: 2, ..plan.clone() }).unwrap());
        assert!(votes(&Plan { people: 1_000_000, ..plan }).is_err());
    }
}
