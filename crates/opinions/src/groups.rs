//! From places in the plane to groups (D1, steps 2, 5 and 6): who is in, base clusters, groups, how many.

use crate::history::{KeptGroups, Smoothing};
use crate::kmeans::{Cluster, KMeans, Kept, silhouette};
use crate::ratings::Ratings;
use crate::vote::PersonId;
use std::collections::{BTreeMap, BTreeSet};

/// Constants of the computation; the defaults are Polis'.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Pending statements are out as well.
    pub strict: bool,
    /// Votes that bring a person in (or the number of statements, if that is less).
    pub min_votes: usize,
    /// With fewer people in than this, the most active others are taken in too.
    pub min_people: usize,
    /// Base clusters.
    pub base_k: usize,
    /// Rounds of k-means for base clusters.
    pub base_rounds: u32,
    /// Most groups.
    pub max_k: usize,
    /// A further group becomes possible for each so many base clusters.
    pub base_per_k: usize,
    /// Rounds of k-means for groups.
    pub group_rounds: u32,
    /// k-means stops when every centre moved less than this.
    pub threshold: f64,
    /// Pictures in a row that a new number of groups must win.
    pub k_buffer: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            strict: false,
            min_votes: 7,
            min_people: 15,
            base_k: 100,
            base_rounds: 100,
            max_k: 5,
            base_per_k: 12,
            group_rounds: 20,
            threshold: 0.01,
            k_buffer: 4,
        }
    }
}

/// Who is in the conversation (D1, step 2), as indices of people in order: those with min(7, statements) votes, those
/// who were ever in, and while these are fewer than 15, the most active others (of equally active ones the lower
/// number).
#[must_use]
pub fn in_conversation(ratings: &Ratings, params: &Params, before: &[PersonId]) -> Vec<u32> {
    let enough = params.min_votes.min(ratings.statements().len());
    let before: BTreeSet<PersonId> = before.iter().copied().collect();
    let (mut inside, mut others) = (Vec::new(), Vec::new());
    for (i, (row, id)) in (0u32..).zip(ratings.rows().iter().zip(ratings.people())) {
        if row.len() >= enough || before.contains(id) {
            inside.push(i);
        } else {
            others.push((std::cmp::Reverse(row.len()), i));
        }
    }
    let missing = params.min_people.saturating_sub(inside.len());
    if missing > 0 {
        others.sort_unstable();
        inside.extend(others.into_iter().take(missing).map(|(_, i)| i));
        inside.sort_unstable();
    }
    inside
}

/// How well k groups fit.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Candidate {
    /// Number of groups asked for.
    pub k: u32,
    /// Mean silhouette over base clusters, −1 to 1.
    pub silhouette: f64,
}

/// Groups of base clusters, and how their number was chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grouping {
    /// The groups; members are indices into the base clusters given.
    pub clusters: Vec<Cluster>,
    /// Every k that was tried.
    pub candidates: Vec<Candidate>,
    /// How k was chosen.
    pub smoothing: Smoothing,
}

/// Groups base clusters that stand at `points`, have numbers `ids` and hold `weights` people: weighted k-means for
/// k = 2 … min(5, 2 + ⌊n / 12⌋), the largest mean silhouette wins (of equal ones the smaller k), a change of k only
/// after several wins.
#[must_use]
pub fn group(
    points: &[[f64; 2]],
    ids: &[u32],
    weights: &[f64],
    params: &Params,
    kept: &KeptGroups,
) -> (Grouping, KeptGroups) {
    let means = KMeans { points, weights, rounds: params.group_rounds, threshold: params.threshold };
    let index: BTreeMap<u32, usize> = ids.iter().copied().zip(0..).collect();
    let most = params.max_k.min(2 + points.len() / params.base_per_k.max(1));
    let mut by_k: BTreeMap<u32, Vec<Cluster>> = BTreeMap::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    for k in 2..=most {
        let k32 = k as u32;
        let clusters = match kept.by_k.get(&k32) {
            Some(last) if !last.is_empty() => {
                let next = last.iter().map(|c| c.id).max().map_or(0, |m| m.saturating_add(1));
                means.continued(last, |id| index.get(&id).copied(), k, next)
            }
            _ => means.fresh(k),
        };
        if clusters.is_empty() {
            continue;
        }
        candidates.push(Candidate { k: k32, silhouette: silhouette(points, &clusters) });
        by_k.insert(k32, clusters);
    }
    let best = candidates.iter().fold(None, |best: Option<&Candidate>, c| match best {
        Some(b) if c.silhouette <= b.silhouette => Some(b),
        _ => Some(c),
    });
    let Some(best) = best else { return (Grouping::default(), kept.clone()) };
    let smoothing = kept.smoothing.after(best.k, params.k_buffer, |k| by_k.contains_key(&k));
    let remember =
        |c: &Cluster| Kept { id: c.id, members: c.members.iter().map(|&m| ids[m as usize]).collect() };
    let next = KeptGroups {
        by_k: by_k.iter().map(|(&k, clusters)| (k, clusters.iter().map(remember).collect())).collect(),
        smoothing,
    };
    let clusters = by_k.remove(&smoothing.smoothed_k).unwrap_or_default();
    (Grouping { clusters, candidates, smoothing }, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ratings::Limits;
    use crate::vote::{Statement, StatementId, Vote};

    fn votes(counts: &[usize], statements: u64) -> Ratings {
        let mut r = Ratings::new(Limits::default());
        for s in 0..statements {
            r.put_statement(Statement::new(s)).unwrap();
        }
        for (p, &n) in (0..).zip(counts) {
            for s in 0..n as u64 {
                r.vote(PersonId(p), StatementId(s), Vote::Agree).unwrap();
            }
        }
        r
    }

    #[test]
    fn seven_votes_or_all_statements_bring_in() {
        let p = Params { min_people: 0, ..Params::default() };
        assert_eq!(in_conversation(&votes(&[6, 7, 8], 10), &p, &[]), [1, 2]);
        assert_eq!(in_conversation(&votes(&[1, 2, 3], 3), &p, &[]), [2]);
    }

    #[test]
    fn once_in_always_in() {
        let p = Params { min_people: 0, ..Params::default() };
        assert_eq!(in_conversation(&votes(&[1, 7, 1], 10), &p, &[PersonId(2), PersonId(50)]), [1, 2]);
    }

    #[test]
    fn the_most_active_fill_up_to_fifteen() {
        let mut counts = vec![7; 13];
        counts.extend([2, 3, 3, 1, 3]);
        // two are missing: of those with three votes the two with lower numbers
        let mut expected: Vec<u32> = (0..13).collect();
        expected.extend([14, 15]);
        assert_eq!(in_conversation(&votes(&counts, 10), &Params::default(), &[]), expected);
    }

    fn clumps(n: usize, centers: &[[f64; 2]]) -> Vec<[f64; 2]> {
        (0..n)
            .map(|i| {
                let [x, y] = centers[i % centers.len()];
                let turn = i as f64 * 2.4;
                [x + 0.3 * turn.sin(), y + 0.3 * turn.cos()]
            })
            .collect()
    }

    #[test]
    fn the_silhouette_chooses_k() {
        for (n, centers, k) in [
            (40, &[[0.0, 0.0], [9.0, 0.0]][..], 2),
            (40, &[[0.0, 0.0], [9.0, 0.0], [4.0, 8.0]], 3),
            (40, &[[0.0, 0.0], [9.0, 0.0], [4.0, 8.0], [15.0, 9.0]], 4),
        ] {
            let points = clumps(n, centers);
            let ids: Vec<u32> = (0..n as u32).collect();
            let (g, _) = group(&points, &ids, &vec![1.0; n], &Params::default(), &KeptGroups::default());
            assert_eq!(g.clusters.len(), k);
            assert_eq!(g.candidates.len(), 4);
        }
    }

    #[test]
    fn few_base_clusters_allow_few_groups() {
        let tried = |n: usize| {
            let points = clumps(n, &[[0.0, 0.0], [9.0, 0.0], [4.0, 8.0], [15.0, 9.0], [20.0, 0.0]]);
            let ids: Vec<u32> = (0..n as u32).collect();
            let (g, _) = group(&points, &ids, &vec![1.0; n], &Params::default(), &KeptGroups::default());
            g.candidates.iter().map(|c| c.k).collect::<Vec<_>>()
        };
        assert_eq!(tried(11), [2]);
        assert_eq!(tried(12), [2, 3]);
        assert_eq!(tried(36), [2, 3, 4, 5]);
        assert_eq!(tried(100), [2, 3, 4, 5]);
        assert_eq!(tried(1), [2]);
        assert!(tried(0).is_empty());
    }

    #[test]
    fn a_new_k_waits_its_turn() {
        let two = clumps(40, &[[0.0, 0.0], [9.0, 0.0]]);
        let three = clumps(40, &[[0.0, 0.0], [9.0, 0.0], [4.0, 8.0]]);
        let ids: Vec<u32> = (0..40).collect();
        let w = vec![1.0; 40];
        let (_, mut kept) = group(&two, &ids, &w, &Params::default(), &KeptGroups::default());
        let mut seen = Vec::new();
        for _ in 0..8 {
            let (g, next) = group(&three, &ids, &w, &Params::default(), &kept);
            // how often three won in a row, and how many groups are shown
            let won = if g.smoothing.last_k == 3 { g.smoothing.count } else { 0 };
            seen.push((won, g.clusters.len()));
            kept = next;
        }
        assert!(seen.contains(&(4, 3)), "{seen:?}");
        assert!(seen.iter().all(|&(won, k)| k == if won >= 4 { 3 } else { 2 }), "{seen:?}");
    }
}
