//! k-means in the plane (D1, step 5), used for base clusters, groups and subgroups.
//!
//! Centres to begin with are the first k distinct points, or the clusters of last time, moved to the mean of those of
//! their members that are still there; while there are fewer than k, the point farthest from its centre becomes a
//! cluster of its own. Then, up to a number of times: each point joins its nearest centre (of equally near ones the
//! first), each centre moves to the weighted mean of its points, and a cluster left without points is dropped. It ends
//! when the centres, put in order, moved less than a threshold.

use crate::pca::length;
use serde::{Deserialize, Serialize};

/// A cluster remembered from the last picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<M> {
    /// Its number.
    pub id: u32,
    /// Who was in it.
    pub members: Vec<M>,
}

/// A cluster of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its number: from 0 on a cold start, kept from picture to picture.
    pub id: u32,
    /// Indices of its points, in order.
    pub members: Vec<u32>,
    /// Weighted mean of its points.
    pub center: [f64; 2],
}

/// Points with weights, and when to stop.
#[derive(Debug, Clone, Copy)]
pub struct KMeans<'a> {
    /// The points.
    pub points: &'a [[f64; 2]],
    /// One weight per point.
    pub weights: &'a [f64],
    /// At most so many rounds.
    pub rounds: u32,
    /// Stop when every centre moved less than this.
    pub threshold: f64,
}

type Centers = Vec<(u32, [f64; 2])>;

fn distance([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    length([ax - bx, ay - by])
}

fn same([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> bool {
    ax.total_cmp(&bx).is_eq() && ay.total_cmp(&by).is_eq()
}

impl KMeans<'_> {
    /// Clusters from a cold start: numbers 0, 1, … in order of the first distinct points.
    #[must_use]
    pub fn fresh(&self, k: usize) -> Vec<Cluster> {
        let mut centers: Centers = Vec::new();
        for &p in self.points {
            if centers.len() >= k {
                break;
            }
            if !centers.iter().any(|&(_, c)| same(c, p)) {
                centers.push((centers.len() as u32, p));
            }
        }
        self.run(centers)
    }

    /// Clusters from those of last time. `index` finds a member of then among the points, if it is still there;
    /// `next_id` is the first number for new clusters.
    #[must_use]
    pub fn continued<M: Copy>(
        &self,
        last: &[Kept<M>],
        index: impl Fn(M) -> Option<usize>,
        k: usize,
        mut next_id: u32,
    ) -> Vec<Cluster> {
        let mut centers: Centers = Vec::new();
        for kept in last.iter().take(k) {
            let (mut sum, mut weight) = ([0.0; 2], 0.0);
            for i in kept.members.iter().filter_map(|&m| index(m)) {
                sum = [0, 1].map(|d: usize| sum[d] + self.weights[i] * self.points[i][d]);
                weight += self.weights[i];
            }
            if weight > 0.0 {
                centers.push((kept.id, sum.map(|s| s / weight)));
            }
        }
        if centers.is_empty() {
            return self.fresh(k);
        }
        let mut far: Vec<f64> = self
            .points
            .iter()
            .map(|&p| centers.iter().map(|&(_, c)| distance(p, c)).fold(f64::INFINITY, f64::min))
            .collect();
        while centers.len() < k {
            let mut most = (0usize, 0.0f64);
            for (i, &d) in far.iter().enumerate() {
                if d > most.1 {
                    most = (i, d);
                }
            }
            if most.1 <= 0.0 {
                break;
            }
            let center = self.points[most.0];
            centers.push((next_id, center));
            next_id = next_id.saturating_add(1);
            for (d, &p) in far.iter_mut().zip(self.points) {
                *d = d.min(distance(p, center));
            }
        }
        self.run(centers)
    }

    fn run(&self, mut centers: Centers) -> Vec<Cluster> {
        let mut owner = vec![0u32; self.points.len()];
        for round in 0..self.rounds.max(1) {
            self.assign(&centers, &mut owner);
            let mut sums = vec![([0.0f64; 2], 0.0f64); centers.len()];
            for ((p, &w), &o) in self.points.iter().zip(self.weights).zip(&owner) {
                let (sum, weight) = &mut sums[o as usize];
                *sum = [sum[0] + w * p[0], sum[1] + w * p[1]];
                *weight += w;
            }
            let moved: Centers = centers
                .iter()
                .zip(&sums)
                .filter(|(_, (_, w))| *w > 0.0)
                .map(|(&(id, _), &(sum, w))| (id, sum.map(|s| s / w)))
                .collect();
            let still = self.still(&centers, &moved);
            if still || round + 1 >= self.rounds {
                // owners are indices into the old centres: the dropped ones had no points
                let mut out: Vec<Cluster> = centers
                    .iter()
                    .zip(&sums)
                    .map(|(&(id, _), &(sum, w))| Cluster {
                        id,
                        members: Vec::new(),
                        center: sum.map(|s| s / w),
                    })
                    .collect();
                for (i, &o) in (0u32..).zip(&owner) {
                    out[o as usize].members.push(i);
                }
                out.retain(|c| !c.members.is_empty());
                return out;
            }
            centers = moved;
        }
        Vec::new()
    }

    /// Whether the centres, put in order, all moved less than the threshold.
    fn still(&self, before: &Centers, after: &Centers) -> bool {
        let sorted = |c: &Centers| {
            let mut c: Vec<[f64; 2]> = c.iter().map(|&(_, p)| p).collect();
            c.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
            c
        };
        before.len() == after.len()
            && sorted(before).into_iter().zip(sorted(after)).all(|(a, b)| distance(a, b) < self.threshold)
    }

    /// The nearest centre of every point; of equally near ones the first. Centres are looked at from the point's own
    /// x outwards, until the difference in x alone is more than the best distance: some ten of a hundred.
    fn assign(&self, centers: &Centers, owner: &mut [u32]) {
        let mut by_x: Vec<(f64, f64, u32)> =
            (0u32..).zip(centers).map(|(i, &(_, [x, y]))| (x, y, i)).collect();
        by_x.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        for (&[px, py], o) in self.points.iter().zip(owner) {
            let middle = by_x.partition_point(|c| c.0 < px);
            let (mut best, mut at) = (f64::INFINITY, u32::MAX);
            let mut look = |&(x, y, i): &(f64, f64, u32)| {
                let (dx, dy) = (px - x, py - y);
                let d = dx * dx + dy * dy;
                if d < best || (d <= best && i < at) {
                    (best, at) = (d, i);
                }
                dx * dx <= best
            };
            let (mut left, mut right) = (by_x[..middle].iter().rev(), by_x[middle..].iter());
            let (mut go_left, mut go_right) = (true, true);
            while go_left || go_right {
                go_right = go_right && right.next().is_some_and(&mut look);
                go_left = go_left && left.next().is_some_and(&mut look);
            }
            *o = if at == u32::MAX { 0 } else { at };
        }
    }
}

/// Mean silhouette of clusters over their points, every point counting the same (D1, step 6). A point's silhouette is
/// (b − a) / max(a, b) with a the mean distance to the other points of its cluster and b the least mean distance to the
/// points of another; in a cluster of one it is 0. Between −1 and 1; 0 if there is only one cluster.
#[must_use]
pub fn silhouette(points: &[[f64; 2]], clusters: &[Cluster]) -> f64 {
    if clusters.len() < 2 {
        return 0.0;
    }
    let (mut sum, mut count) = (0.0, 0usize);
    for (i, own) in clusters.iter().enumerate() {
        count += own.members.len();
        if own.members.len() == 1 {
            continue;
        }
        for &m in &own.members {
            let p = points[m as usize];
            let total = |c: &Cluster| c.members.iter().map(|&o| distance(p, points[o as usize])).sum::<f64>();
            let a = total(own) / (own.members.len() - 1) as f64;
            let b = clusters
                .iter()
                .enumerate()
                .filter(|&(j, _)| j != i)
                .map(|(_, c)| total(c) / c.members.len() as f64)
                .fold(f64::INFINITY, f64::min);
            let larger = a.max(b);
            if larger > 0.0 {
                sum += (b - a) / larger;
            }
        }
    }
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn with<'a>(points: &'a [[f64; 2]], weights: &'a [f64]) -> KMeans<'a> {
        KMeans { points, weights, rounds: 20, threshold: 0.01 }
    }

    #[test]
    fn starts_from_the_first_distinct_points() {
        let points = [[0.0, 0.0], [0.0, 0.0], [10.0, 0.0], [0.5, 0.0], [9.0, 0.0]];
        let c = with(&points, &[1.0; 5]).fresh(2);
        assert_eq!(c[0].members, [0, 1, 3]);
        assert_eq!(c[1].members, [2, 4]);
        assert_eq!((c[0].id, c[1].id), (0, 1));
        // no more clusters than distinct points
        assert_eq!(with(&points[..2], &[1.0; 2]).fresh(5).len(), 1);
        assert!(with(&[], &[]).fresh(3).is_empty());
    }

    #[test]
    fn weights_pull_centres() {
        let points = [[0.0, 0.0], [1.0, 0.0], [10.0, 0.0]];
        let c = with(&points, &[3.0, 1.0, 1.0]).fresh(1);
        assert!((c[0].center[0] - 11.0 / 5.0).abs() < 1e-15);
    }

    #[test]
    fn equally_near_goes_to_the_first() {
        let points = [[0.0, 0.0], [2.0, 0.0], [1.0, 0.0]];
        let c = KMeans { rounds: 1, ..with(&points, &[1.0; 3]) }.fresh(2);
        assert_eq!(c[0].members, [0, 2]);
    }

    #[test]
    fn numbers_are_kept_and_the_farthest_splits_off() {
        let points = [[0.0, 0.0], [0.1, 0.0], [5.0, 0.0], [5.1, 0.0], [0.0, 9.0]];
        let last = [Kept { id: 7, members: vec![2u32, 3] }, Kept { id: 4, members: vec![0, 99] }];
        let find = |m: u32| (m < 5).then_some(m as usize);
        let c = with(&points, &[1.0; 5]).continued(&last, find, 3, 8);
        let ids: Vec<u32> = c.iter().map(|c| c.id).collect();
        assert_eq!(ids, [7, 4, 8]);
        assert_eq!(c[0].members, [2, 3]);
        assert_eq!(c[2].members, [4]);
        // everybody of last time is gone: a cold start
        let gone = [Kept { id: 3, members: vec![99u32] }];
        assert_eq!(with(&points, &[1.0; 5]).continued(&gone, find, 2, 4)[0].id, 0);
    }

    #[test]
    fn a_cluster_without_points_is_dropped() {
        let points = [[0.0, 0.0], [1.0, 0.0]];
        let last = [Kept { id: 0, members: vec![0u32, 1] }, Kept { id: 1, members: vec![0, 1] }];
        let c = with(&points, &[1.0; 2]).continued(&last, |m| Some(m as usize), 2, 2);
        assert_eq!(c.len(), 1);
        assert_eq!(c[0].members, [0, 1]);
    }

    #[test]
    fn nearest_centres_are_those_of_the_plain_way() {
        let mut c = Chance::new(9);
        // coordinates on a grid, so that many distances are equal
        let mut point = || [c.below(40) as f64, c.below(40) as f64];
        let points: Vec<[f64; 2]> = (0..500).map(|_| point()).collect();
        let centers: Centers = (0..60).map(|i| (i, point())).collect();
        let mut owner = vec![0; points.len()];
        let weights = vec![1.0; points.len()];
        with(&points, &weights).assign(&centers, &mut owner);
        for (p, o) in points.iter().zip(owner) {
            let square = |c: [f64; 2]| (p[0] - c[0]).powi(2) + (p[1] - c[1]).powi(2);
            let plain =
                (0..60).min_by(|&a, &b| square(centers[a].1).total_cmp(&square(centers[b].1))).unwrap();
            assert_eq!(o as usize, plain);
        }
    }

    #[test]
    fn silhouette_by_hand() {
        let points = [[0.0, 0.0], [1.0, 0.0], [4.0, 0.0]];
        let c = |id, members: &[u32]| Cluster { id, members: members.to_vec(), center: [0.0; 2] };
        // (4−1)/4, (3−1)/3, and 0 for the one alone
        let s = silhouette(&points, &[c(0, &[0, 1]), c(1, &[2])]);
        assert!((s - (0.75 + 2.0 / 3.0) / 3.0).abs() < 1e-15);
        assert!(silhouette(&points, &[c(0, &[0, 1, 2])]).abs() < 1e-300);
        // all at one place: neither better nor worse
        assert!(silhouette(&[[1.0; 2]; 3], &[c(0, &[0, 1]), c(1, &[2])]).abs() < 1e-300);
    }
}
