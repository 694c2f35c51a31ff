//! What a conversation remembers from one picture to the next, apart from the votes.
//!
//! The computation ([`crate::compute()`]) is a function of votes, parameters and this. An empty history gives the *cold*
//! picture, the same for the same votes; with the history kept, people stay where they were as long as the votes let
//! them: who is in stays in, base clusters and groups keep their numbers, and the number of groups changes only after it
//! won several times in a row.

use crate::kmeans::Kept;
use crate::vote::{PersonId, Statement, StatementId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything remembered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// Who was ever in (D1, step 2: once in, always in).
    pub in_conversation: Vec<PersonId>,
    /// The last components; they decide signs and nothing else.
    pub components: Option<KeptComponents>,
    /// The last base clusters.
    pub base: Vec<Kept<PersonId>>,
    /// The number the next new base cluster gets: numbers are never used again.
    pub next_base: u32,
    /// The last groups for each k, and how k was chosen.
    pub groups: KeptGroups,
    /// The same inside each group, by the group's number.
    pub subgroups: BTreeMap<u32, KeptGroups>,
}

/// The last components, by statement.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KeptComponents {
    /// The statements, by number.
    pub statements: Vec<StatementId>,
    /// Two components in that order.
    pub comps: [Vec<f64>; 2],
}

impl KeptComponents {
    /// Scalar product of a component with the kept one over the statements both know; `None` if the numbers do not
    /// match up.
    pub(crate) fn along(&self, which: usize, statements: &[Statement], comp: &[f64]) -> Option<f64> {
        let kept = self.comps.get(which)?;
        let mut sum = 0.0;
        for (id, x) in self.statements.iter().zip(kept) {
            if let Ok(i) = statements.binary_search_by_key(id, |s| s.id) {
                sum += x * comp.get(i)?;
            }
        }
        Some(sum)
    }
}

/// The last groups for each k.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KeptGroups {
    /// For each k the groups, their members the numbers of base clusters.
    pub by_k: BTreeMap<u32, Vec<Kept<u32>>>,
    /// How k was chosen.
    pub smoothing: Smoothing,
}

/// The choice of the number of groups, smoothed: a change is taken only after the same k won
/// [`crate::Params::k_buffer`] pictures in a row (D1, step 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Smoothing {
    /// The k that won last; 0 before the first picture.
    pub last_k: u32,
    /// How many pictures in a row it won.
    pub count: u32,
    /// The k in force; 0 before the first picture.
    pub smoothed_k: u32,
}

impl Smoothing {
    /// The state after `best` won once more. The first winner is taken at once; a `smoothed_k` that is not `possible` any
    /// more (there are fewer base clusters than it needs) gives way at once too.
    #[must_use]
    pub fn after(self, best: u32, buffer: u32, possible: impl Fn(u32) -> bool) -> Self {
        let count = if best == self.last_k { self.count.saturating_add(1) } else { 1 };
        let at_once = self.smoothed_k == 0 || !possible(self.smoothed_k);
        let smoothed_k = if at_once || count >= buffer { best } else { self.smoothed_k };
        Self { last_k: best, count, smoothed_k }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_k_is_taken_after_four_in_a_row() {
        let mut s = Smoothing::default().after(3, 4, |_| true);
        assert_eq!(s.smoothed_k, 3);
        let mut seen = Vec::new();
        for best in [2, 2, 2, 3, 2, 2, 2, 2, 5] {
            s = s.after(best, 4, |_| true);
            seen.push(s.smoothed_k);
        }
        assert_eq!(seen, [3, 3, 3, 3, 3, 3, 3, 2, 2]);
        assert_eq!(s.after(4, 4, |k| k != 2).smoothed_k, 4);
    }
}
