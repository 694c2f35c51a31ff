//! The two directions in which people differ most: principal components of the rating matrix (D1, steps 3 and 4).
//!
//! **Centre.** The centre of a statement is the mean of its votes, m = (D − A) / S in the sign of the rating matrix
//! (−1 agree), 0 where nobody voted. A missing vote is imputed with that mean, so in the centred matrix X it is 0.
//! The column of a statement that is moderated out, or meta, is 0 for everybody.
//!
//! **Components.** The unit eigenvectors c₁, c₂ of XᵀX with the largest eigenvalues, over all people who ever voted.
//! Polis finds them by at most 100 steps of power iteration, above 10,000 people by mini-batches; here they are exact at
//! every size ([`crate::lanczos`]). The sign of an eigenvector is free: it follows the last picture where there is one,
//! else the sum of its entries is made positive.
//!
//! **A person** stands at √(n / max(s, 1)) · Σ (x − m)·c over the statements she voted on, where n counts all statements
//! and s those she voted on (a column of zeros counts as voted on). Few votes so do not pull her to the centre.
//!
//! **A statement** stands where a person would who had agreed with it and voted on nothing else: √n · (−1 − m)·c. Its
//! *extremity* is the length of that vector.

use crate::chance::Chance;
use crate::history::KeptComponents;
use crate::lanczos::{dot, largest};
use crate::pairs::Pairs;
use crate::ratings::{Cell, Ratings};

/// Seed of the start vector; recorded in every result.
pub const START_SEED: u64 = 20_201_112;

/// Centre and components, by statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pca {
    /// Mean vote of each statement, −1 (all agree) to 1 (all disagree); 0 for columns that are out.
    pub center: Vec<f64>,
    /// The two unit components; the second, or both, are zero where people do not differ in so many directions.
    pub comps: [Vec<f64>; 2],
    /// Their eigenvalues of XᵀX: the sum of squared deviations along each.
    pub eigenvalues: [f64; 2],
    /// Trace of XᵀX: the sum of all squared deviations.
    pub total: f64,
    /// How far each component is from an exact one: length of XᵀX·c − value·c, as a share of its eigenvalue (estimated on
    /// the way; some 10⁻¹⁴, 0 where there is no such direction).
    pub residuals: [f64; 2],
    /// How often XᵀX was applied.
    pub steps: usize,
}

/// Centre and components of all people's votes. `out` says which columns are zero; `last` only decides signs.
///
/// # Panics
/// Never for an `out` as long as there are statements.
#[must_use]
pub fn pca(ratings: &Ratings, out: &[bool], last: Option<&KeptComponents>) -> Pca {
    let n = ratings.statements().len();
    let center: Vec<f64> = ratings
        .tallies()
        .iter()
        .zip(out)
        .map(|(t, &out)| if out || t.seen == 0 { 0.0 } else { t.sum() as f64 / f64::from(t.seen) })
        .collect();
    let mut chance = Chance::new(START_SEED);
    let mut start =
        || out.iter().map(|&out| (chance.unit() - 0.5) * f64::from(u8::from(!out))).collect::<Vec<f64>>();
    let starts = [start(), start()];
    let squares =
        ratings.tallies().iter().zip(&center).zip(out).map(|((t, m), &out)| {
            if out { 0.0 } else { f64::from(t.agree + t.disagree) - t.sum() as f64 * m }
        });
    let total = squares.sum();
    let (first, second) = if let Some(matrix) = matrix(ratings, &center, out) {
        let apply = |x: &[f64], y: &mut [f64]| {
            for (y, row) in y.iter_mut().zip(matrix.chunks_exact(n.max(1))) {
                *y = dot(row, x);
            }
        };
        two(apply, &starts)
    } else {
        let mut offsets = vec![0.0; n];
        two(|x, y| apply_votes(ratings, &center, out, x, y, &mut offsets), &starts)
    };
    let steps = first.steps + second.steps;
    let eigenvalues = [first.value, second.value];
    let residuals = [&first, &second].map(|e| if e.value > 0.0 { e.residual / e.value } else { 0.0 });
    let mut comps = [first.vector, second.vector];
    for (k, comp) in comps.iter_mut().enumerate() {
        let along = last.and_then(|l| l.along(k, ratings.statements(), comp));
        if towards(comp, along) < 0.0 {
            comp.iter_mut().for_each(|x| *x = -*x);
        }
    }
    Pca { center, comps, eigenvalues, total, residuals, steps }
}

/// Whether a component keeps its sign (≥ 0) or is turned round: by the last picture, else by the sum of its entries,
/// else (where the sum is rounding) by the first entry that is not.
fn towards(comp: &[f64], along: Option<f64>) -> f64 {
    if let Some(a) = along
        && a.abs() > 1e-9
    {
        return a;
    }
    let sum: f64 = comp.iter().sum();
    if sum.abs() > 1e-9 {
        return sum;
    }
    comp.iter().copied().find(|x| x.abs() > 1e-9).unwrap_or(0.0)
}

fn two(
    mut apply: impl FnMut(&[f64], &mut [f64]),
    [start, other]: &[Vec<f64>; 2],
) -> (crate::lanczos::Eigen, crate::lanczos::Eigen) {
    let first = largest(&mut apply, &[], start);
    if first.value <= 0.0 {
        return (first.clone(), first);
    }
    // a little of another start without pattern: if the eigenvalue is double, the first one met one direction only
    let mut again = first.next.clone();
    again.iter_mut().zip(other).for_each(|(x, s)| *x += 1e-3 * s);
    let mut second = largest(&mut apply, std::slice::from_ref(&first.vector), &again);
    // what rounding leaves of a matrix with one direction only
    if second.value <= 1e-12 * first.value {
        second.value = 0.0;
        second.vector.fill(0.0);
    }
    (first, second)
}

/// XᵀX as a matrix, where that is the cheaper way: pairs are kept, or counting them costs less than going through the
/// votes twice for each of some 35 steps. A pair costs about a nanosecond while all of them fit the processor's cache and
/// several beyond; a vote takes some four a step. The choice follows from the votes alone, so it is the same everywhere.
fn matrix(ratings: &Ratings, center: &[f64], out: &[bool]) -> Option<Vec<f64>> {
    if let Some(pairs) = ratings.pairs() {
        return Some(pairs.matrix(ratings, center, out));
    }
    let n = ratings.statements().len();
    let pairs: usize = ratings.rows().iter().map(|r| r.len() * r.len() / 2).sum();
    let each = if n <= 700 { 1 } else { 8 };
    let cheap =
        n <= Pairs::MAX_STATEMENTS && pairs.saturating_mul(each) <= ratings.votes().saturating_mul(150);
    cheap.then(|| Pairs::of(ratings).matrix(ratings, center, out))
}

/// y = XᵀX·x straight from the votes.
fn apply_votes(
    ratings: &Ratings,
    center: &[f64],
    out: &[bool],
    x: &[f64],
    y: &mut [f64],
    masked: &mut [f64],
) {
    for ((m, x), &out) in masked.iter_mut().zip(x).zip(out) {
        *m = if out { 0.0 } else { *x };
    }
    y.fill(0.0);
    // Xᵀz with z = Xx: the sum of (sign − centre)·z is split so that the centre is subtracted once per column
    let mut weights = vec![0.0; y.len()];
    for row in ratings.rows() {
        let z: f64 = row
            .iter()
            .map(|c| {
                let s = usize::from(c.statement);
                (f64::from(c.sign) - center[s]) * masked[s]
            })
            .sum();
        for c in row {
            let s = usize::from(c.statement);
            y[s] += f64::from(c.sign) * z;
            weights[s] += z;
        }
    }
    for (((y, w), m), &out) in y.iter_mut().zip(&weights).zip(center).zip(out) {
        *y = if out { 0.0 } else { *y - m * w };
    }
}

impl Pca {
    /// For each statement and vote (disagreeing by +1, pass 0, agreeing −1: index sign + 1) what it adds to a
    /// projection before scaling.
    fn shares(&self, out: &[bool]) -> Vec<[[f64; 2]; 3]> {
        let share = |s: usize, sign: f64| {
            if out[s] { [0.0; 2] } else { [0, 1].map(|k| (sign - self.center[s]) * self.comps[k][s]) }
        };
        (0..self.center.len()).map(|s| [share(s, -1.0), share(s, 0.0), share(s, 1.0)]).collect()
    }

    /// Where the statements stand: √n · (−1 − m)·c.
    #[must_use]
    pub fn statement_projection(&self) -> Vec<[f64; 2]> {
        let scale = (self.center.len() as f64).sqrt();
        (0..self.center.len())
            .map(|s| [0, 1].map(|k: usize| scale * (-1.0 - self.center[s]) * self.comps[k][s]))
            .collect()
    }
}

/// Places people on the two components.
pub struct Projector<'a> {
    out: &'a [bool],
    out_columns: usize,
    shares: Vec<[[f64; 2]; 3]>,
}

impl<'a> Projector<'a> {
    /// For one centre and its components.
    #[must_use]
    pub fn new(pca: &Pca, out: &'a [bool]) -> Self {
        Self { out, out_columns: out.iter().filter(|&&o| o).count(), shares: pca.shares(out) }
    }

    /// Where the person with this row stands: √(n / max(s, 1)) · Σ (x − m)·c.
    pub(crate) fn place(&self, row: &[Cell]) -> [f64; 2] {
        let (mut x, mut y, mut seen) = (0.0, 0.0, self.out_columns);
        for c in row {
            let s = usize::from(c.statement);
            let [a, b] = self.shares[s][(c.sign + 1) as usize];
            x += a;
            y += b;
            seen += usize::from(!self.out[s]);
        }
        let scale = (self.shares.len() as f64 / seen.max(1) as f64).sqrt();
        [scale * x, scale * y]
    }
}

/// Length of a vector. (`hypot` may differ between platforms in its last bit; this does not.)
#[must_use]
pub fn length([x, y]: [f64; 2]) -> f64 {
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ratings::Limits;
    use crate::synth;
    use crate::vote::{PersonId, Statement, StatementId, Vote};

    fn of(rows: &[&[i64]]) -> Ratings {
        let mut r = Ratings::new(Limits::default());
        for s in 0..rows[0].len() as u64 {
            r.put_statement(Statement::new(s)).unwrap();
        }
        for (p, row) in (0..).zip(rows) {
            for (s, &x) in (0..).zip(*row) {
                if let Some(v) = Vote::from_sign(x) {
                    r.vote(PersonId(p), StatementId(s), v).unwrap();
                }
            }
        }
        r
    }

    const NOT: i64 = 9;

    #[test]
    fn centre_is_the_mean_of_votes_and_zero_where_out() {
        let r = of(&[&[-1, 1, 1], &[-1, NOT, 1], &[0, 0, 1]]);
        let p = pca(&r, &[false, false, true], None);
        assert!((p.center[0] + 2.0 / 3.0).abs() < 1e-15);
        assert!((p.center[1] - 0.5).abs() < 1e-15);
        assert!(p.center[2].abs() < 1e-300 && p.comps[0][2].abs() < 1e-300);
    }

    #[test]
    fn two_camps_by_hand() {
        // two statements on which two camps say the opposite: the only direction is (1, −1)/√2
        let r = of(&[&[-1, 1], &[-1, 1], &[1, -1], &[1, -1]]);
        let p = pca(&r, &[false; 2], None);
        assert!((p.eigenvalues[0] - 8.0).abs() < 1e-12);
        assert!(p.eigenvalues[1].abs() < 1e-300 && p.comps[1] == [0.0, 0.0]);
        assert!((p.comps[0][0] - 0.5f64.sqrt()).abs() < 1e-12);
        let place = Projector::new(&p, &[false; 2]);
        let [x, y] = place.place(r.row(0));
        assert!((x + 2.0f64.sqrt()).abs() < 1e-12 && y.abs() < 1e-300);
        // √2 · (−1 − 0) · c
        assert!((p.statement_projection()[0][0] + 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_votes_are_scaled_up_and_no_votes_stand_at_the_centre() {
        let r = of(&[&[-1, 1, NOT, NOT], &[1, -1, 1, 1], &[-1, 1, -1, -1], &[1, NOT, NOT, NOT]]);
        let out = [false; 4];
        let p = pca(&r, &out, None);
        let place = Projector::new(&p, &out);
        let by_hand = 2.0 * (1.0 - p.center[0]) * p.comps[0][0];
        assert!((place.place(r.row(3))[0] - by_hand).abs() < 1e-12);
        assert!(length(place.place(&[])) < 1e-300);
    }

    #[test]
    fn both_ways_to_the_components_agree() {
        let mut r =
            synth::conversation(&synth::Plan { people: 200, statements: 40, ..synth::Plan::default() })
                .unwrap();
        let mut out = vec![false; 40];
        out[7] = true;
        let n = out.len();
        let center = pca(&r, &out, None).center;
        r.keep_pairs();
        let matrix = matrix(&r, &center, &out).unwrap();
        let mut c = Chance::new(3);
        let x: Vec<f64> = (0..n).map(|_| c.unit() - 0.5).collect();
        let (mut y, mut masked) = (vec![0.0; n], vec![0.0; n]);
        apply_votes(&r, &center, &out, &x, &mut y, &mut masked);
        for (y, row) in y.iter().zip(matrix.chunks_exact(n)) {
            assert!((y - dot(row, &x)).abs() < 1e-10);
        }
    }

    #[test]
    fn nothing_to_compare_gives_zeros() {
        let empty = pca(&Ratings::default(), &[], None);
        assert_eq!(empty.comps, [Vec::<f64>::new(), Vec::new()]);
        let same = of(&[&[-1, -1], &[-1, -1]]);
        let p = pca(&same, &[false; 2], None);
        assert_eq!(p.comps, [vec![0.0; 2], vec![0.0; 2]]);
    }
}
