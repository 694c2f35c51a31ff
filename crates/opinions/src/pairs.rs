//! Counts for each pair of statements, from which the matrix of the components follows exactly.
//!
//! With x the number of a vote, m the mean of a column and sums over the people who voted on **both** statements i, j:
//!
//! Σ (xᵢ − mᵢ)(xⱼ − mⱼ) = Σ xᵢxⱼ − mⱼ Σ xᵢ − mᵢ Σ xⱼ + mᵢmⱼ·n
//!
//! That is an entry of XᵀX, because a missing vote is imputed with the column's mean and so stands at 0 in the centred
//! matrix. The four sums are whole numbers: they do not depend on the order of votes, they have no rounding, and one
//! vote changes them in as many places as its person has votes.

use crate::ratings::{Cell, Ratings};

/// Sums over the people who voted on both of two statements, for every pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    statements: usize,
    /// For i > j at i(i−1)/2 + j: n, Σ xᵢxⱼ, Σ xᵢ, Σ xⱼ.
    sums: Vec<[i32; 4]>,
}

impl Pairs {
    /// Above this many statements pairs are not kept (50 MB); the components then come from the votes themselves.
    pub const MAX_STATEMENTS: usize = 2_500;

    /// Counts all pairs.
    #[must_use]
    pub fn of(ratings: &Ratings) -> Self {
        let statements = ratings.statements().len();
        let mut sums = vec![[0i32; 4]; statements * statements.saturating_sub(1) / 2];
        for row in ratings.rows() {
            for (n, hi) in row.iter().enumerate() {
                let (i, x) = (usize::from(hi.statement), i32::from(hi.sign));
                let line = &mut sums[i * i.saturating_sub(1) / 2..];
                for lo in &row[..n] {
                    let y = i32::from(lo.sign);
                    let s = &mut line[usize::from(lo.statement)];
                    for (a, b) in s.iter_mut().zip([1, x * y, x, y]) {
                        *a += b;
                    }
                }
            }
        }
        Self { statements, sums }
    }

    /// Room for one more statement, with the highest number.
    pub(crate) fn add_statement(&mut self) {
        self.sums.resize(self.sums.len() + self.statements, [0; 4]);
        self.statements += 1;
    }

    /// A person with the given votes casts a further one.
    pub(crate) fn first(&mut self, row: &[Cell], cell: Cell) {
        self.apply(row, cell, 1, i32::from(cell.sign));
    }

    /// The vote at `i` of a person becomes another.
    pub(crate) fn change(&mut self, row: &[Cell], i: usize, sign: i8) {
        let cell = row[i];
        self.apply(row, cell, 0, i32::from(sign) - i32::from(cell.sign));
    }

    fn apply(&mut self, row: &[Cell], cell: Cell, n: i32, by: i32) {
        let s = usize::from(cell.statement);
        for other in row {
            let (o, y) = (usize::from(other.statement), i32::from(other.sign));
            let add = match o.cmp(&s) {
                std::cmp::Ordering::Equal => continue,
                std::cmp::Ordering::Less => [n, by * y, by, n * y],
                std::cmp::Ordering::Greater => [n, by * y, n * y, by],
            };
            let (hi, lo) = (s.max(o), s.min(o));
            for (a, b) in self.sums[hi * (hi - 1) / 2 + lo].iter_mut().zip(add) {
                *a += b;
            }
        }
    }

    /// The matrix XᵀX, whole, row by row. `means` are the column means; columns that are `out` become zero.
    pub(crate) fn matrix(&self, ratings: &Ratings, means: &[f64], out: &[bool]) -> Vec<f64> {
        let n = self.statements;
        let mut matrix = vec![0.0; n * n];
        for (i, t) in ratings.tallies().iter().enumerate() {
            if out[i] {
                continue;
            }
            let sum = t.sum() as f64;
            matrix[i * n + i] = f64::from(t.agree + t.disagree) - sum * means[i];
            let line = &self.sums[i * i.saturating_sub(1) / 2..];
            for (j, s) in line.iter().enumerate().take(i) {
                if !out[j] {
                    let [both, product, xi, xj] = s.map(f64::from);
                    let entry = product - means[j] * xi - means[i] * xj + means[i] * means[j] * both;
                    matrix[i * n + j] = entry;
                    matrix[j * n + i] = entry;
                }
            }
        }
        matrix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth;
    use crate::vote::{PersonId, StatementId, Vote};

    #[test]
    fn kept_counts_equal_fresh_counts() {
        let plan = synth::Plan { people: 30, statements: 12, votes_each: 6, ..synth::Plan::default() };
        let mut r = synth::conversation(&plan).unwrap();
        r.keep_pairs();
        for n in 0..200u64 {
            let vote = [Vote::Agree, Vote::Pass, Vote::Disagree][(n * 7 % 3) as usize];
            r.vote(PersonId(n * 13 % 35), StatementId(n * 5 % 12), vote).unwrap();
        }
        assert_eq!(r.pairs(), Some(&Pairs::of(&r)));
    }
}
