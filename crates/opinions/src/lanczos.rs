//! The largest eigenvalue of a symmetric matrix and its vector: Lanczos with every new direction made orthogonal to all
//! earlier ones, so that what it finds is exact to rounding and does not depend on luck.
//!
//! After k steps the matrix, seen from the k directions, is tridiagonal. Its largest eigenvalue θ comes from bisection,
//! its vector s from inverse iteration; the true residual is |last off-diagonal · last entry of s|, and the iteration
//! stops when that is below 10⁻¹⁴·θ. (Golub and Van Loan, *Matrix Computations*, chapters 8.4 and 10.1.)

/// An eigenvalue with its vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigen {
    /// The eigenvalue; 0 if the matrix is zero beside what was taken out.
    pub value: f64,
    /// Its vector, of length 1; all zeros if the value is 0.
    pub vector: Vec<f64>,
    /// The second best direction found on the way: a good start for the next eigenvector.
    pub next: Vec<f64>,
    /// Length of what the matrix makes of the vector, minus value times vector.
    pub residual: f64,
    /// How often the matrix was applied.
    pub steps: usize,
}

/// Directions kept before starting again from the best vector found.
const MAX_DIRECTIONS: usize = 400;
/// Restarts before the best vector so far is taken as it is.
const MAX_RESTARTS: usize = 20;
/// Residual, as a share of the eigenvalue, at which the iteration stops.
const TOLERANCE: f64 = 1e-14;

/// Scalar product, in eight sums side by side so that the compiler may use wide registers; the order of addition is
/// fixed and so is the result.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0f64; 8];
    let (ac, bc) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = ac.remainder().iter().zip(bc.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in ac.zip(bc) {
        for (s, (p, q)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *s += p * q;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest
}

/// `v` minus `by` times `u`.
fn subtract(v: &mut [f64], by: f64, u: &[f64]) {
    for (x, y) in v.iter_mut().zip(u) {
        *x -= by * y;
    }
}

fn scale(v: &mut [f64], by: f64) {
    v.iter_mut().for_each(|x| *x *= by);
}

/// Makes `v` orthogonal to all of some unit vectors, twice: once is not enough when most of it lies along them.
fn orthogonalise(v: &mut [f64], against: &[Vec<f64>]) {
    for _ in 0..2 {
        for u in against {
            let by = dot(v, u);
            subtract(v, by, u);
        }
    }
}

/// The largest eigenvalue of the positive semidefinite matrix that `apply` multiplies with (from its first argument into
/// its second), beside the unit eigenvectors in `taken`. `start` must not be orthogonal to the vector sought: take one
/// without pattern, zero only where the matrix is, and another one for each vector: of a multiple eigenvalue a start
/// leads to one direction only.
pub fn largest(mut apply: impl FnMut(&[f64], &mut [f64]), taken: &[Vec<f64>], start: &[f64]) -> Eigen {
    let n = start.len();
    // columns that are zero hold no direction
    let room = start.iter().filter(|x| x.abs() > 0.0).count();
    let none = |steps| Eigen { value: 0.0, vector: vec![0.0; n], next: vec![0.0; n], residual: 0.0, steps };
    let mut first = start.to_vec();
    let mut steps = 0;
    let mut best = none(0);
    for restart in 0..=MAX_RESTARTS {
        orthogonalise(&mut first, taken);
        let length = dot(&first, &first).sqrt();
        // what is left of a start within the space already taken is rounding
        if length <= 1e-12 {
            return none(steps);
        }
        scale(&mut first, 1.0 / length);
        let mut directions = vec![std::mem::take(&mut first)];
        let (mut diagonal, mut off) = (Vec::new(), Vec::<f64>::new());
        let (mut size, mut least, mut waited) = (0.0f64, f64::INFINITY, 0u32);
        loop {
            let k = directions.len();
            let mut w = vec![0.0; n];
            apply(&directions[k - 1], &mut w);
            steps += 1;
            orthogonalise(&mut w, taken);
            let a = dot(&w, &directions[k - 1]);
            diagonal.push(a);
            orthogonalise(&mut w, &directions);
            let b = dot(&w, &w).sqrt();
            size = size.max(a.abs() + b);
            if size <= 0.0 {
                return none(steps);
            }
            let exhausted = b <= 1e-13 * size || k + taken.len() >= room;
            let full = k >= MAX_DIRECTIONS;
            if exhausted || full || (k >= 4 && k.is_multiple_of(3)) {
                let value = largest_of_tridiagonal(&diagonal, &off, 0);
                let s = vector_of_tridiagonal(&diagonal, &off, value);
                let residual = b * s.last().map_or(0.0, |x| x.abs());
                // where eigenvalues lie close, rounding may keep the residual a little higher: then it stops falling
                (least, waited) = if residual < 0.5 * least { (residual, 0) } else { (least, waited + 1) };
                let stuck = residual <= 100.0 * TOLERANCE * value && waited >= 4;
                let done = exhausted || stuck || residual <= TOLERANCE * value;
                if done || full {
                    best = Eigen { residual, ..ritz(&directions, &diagonal, &off, value, &s, steps) };
                    if done || restart == MAX_RESTARTS {
                        return best;
                    }
                    first.clone_from(&best.vector);
                    break;
                }
            }
            off.push(b);
            scale(&mut w, 1.0 / b);
            directions.push(w);
        }
    }
    best
}

/// Turns a vector of the small matrix into one of the large.
fn ritz(
    directions: &[Vec<f64>],
    diagonal: &[f64],
    off: &[f64],
    value: f64,
    s: &[f64],
    steps: usize,
) -> Eigen {
    let lift = |s: &[f64]| {
        let mut v = vec![0.0; directions.first().map_or(0, Vec::len)];
        for (d, &by) in directions.iter().zip(s) {
            subtract(&mut v, -by, d);
        }
        let length = dot(&v, &v).sqrt();
        if length > 0.0 {
            scale(&mut v, 1.0 / length);
        }
        v
    };
    let next = if diagonal.len() > 1 {
        let second = largest_of_tridiagonal(diagonal, off, 1);
        lift(&vector_of_tridiagonal(diagonal, off, second))
    } else {
        vec![0.0; directions.first().map_or(0, Vec::len)]
    };
    Eigen { value, vector: lift(s), next, residual: 0.0, steps }
}

/// How many eigenvalues of a tridiagonal matrix lie above `x`: signs of the pivots of T − x (Sturm).
fn above(diagonal: &[f64], off: &[f64], x: f64) -> usize {
    let mut count = 0;
    let mut pivot = 1.0f64;
    for (i, d) in diagonal.iter().enumerate() {
        let b = if i == 0 { 0.0 } else { off[i - 1] };
        pivot = d - x - if i == 0 { 0.0 } else { b * b / pivot };
        if pivot.abs() < f64::MIN_POSITIVE {
            pivot = -f64::MIN_POSITIVE;
        }
        count += usize::from(pivot > 0.0);
    }
    count
}

/// The eigenvalue of a tridiagonal matrix with `rank` larger ones, by bisection between Gershgorin's bounds.
fn largest_of_tridiagonal(diagonal: &[f64], off: &[f64], rank: usize) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (i, d) in diagonal.iter().enumerate() {
        let left = if i == 0 { 0.0 } else { off[i - 1] };
        let right = off.get(i).copied().unwrap_or(0.0);
        low = low.min(d - left.abs() - right.abs());
        high = high.max(d + left.abs() + right.abs());
    }
    // 100 halvings reach the last bit of any double from any bounds that occur
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if above(diagonal, off, middle) > rank {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

/// The unit eigenvector of a tridiagonal matrix to a known eigenvalue: three steps of inverse iteration, with row
/// exchanges.
fn vector_of_tridiagonal(diagonal: &[f64], off: &[f64], value: f64) -> Vec<f64> {
    let n = diagonal.len();
    let tiny = f64::EPSILON * value.abs().max(f64::MIN_POSITIVE);
    // U of the factorisation has two diagonals above the main one; `swaps` and `factors` are L
    let mut u = vec![[0.0f64; 3]; n];
    let mut factors = vec![0.0f64; n];
    let mut swapped = vec![false; n];
    let mut row = [diagonal[0] - value, off.first().copied().unwrap_or(0.0), 0.0];
    for i in 0..n {
        if i + 1 == n {
            if row[0].abs() < tiny {
                row[0] = tiny;
            }
            u[i] = row;
            break;
        }
        let below = [off[i], diagonal[i + 1] - value, off.get(i + 1).copied().unwrap_or(0.0)];
        let (mut top, mut low) = (row, below);
        swapped[i] = below[0].abs() > row[0].abs();
        if swapped[i] {
            (top, low) = (below, row);
        }
        if top[0].abs() < tiny {
            top[0] = tiny;
        }
        let f = low[0] / top[0];
        factors[i] = f;
        u[i] = top;
        row = [low[1] - f * top[1], low[2] - f * top[2], 0.0];
    }
    let mut x = vec![1.0 / (n as f64).sqrt(); n];
    for step in 0..3 {
        // the first step starts from U x = 1, as is usual: it has no direction to lose
        if step > 0 {
            for i in 0..n - 1 {
                if swapped[i] {
                    x.swap(i, i + 1);
                }
                x[i + 1] -= factors[i] * x[i];
            }
        }
        for i in (0..n).rev() {
            let a = x.get(i + 1).map_or(0.0, |y| u[i][1] * y);
            let b = x.get(i + 2).map_or(0.0, |y| u[i][2] * y);
            x[i] = (x[i] - a - b) / u[i][0];
        }
        let largest = x.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        if largest > 0.0 && largest.is_finite() {
            scale(&mut x, 1.0 / largest);
        }
        let length = dot(&x, &x).sqrt();
        if length > 0.0 {
            scale(&mut x, 1.0 / length);
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    /// All eigenvalues by Jacobi's rotations: slow, simple, and another way altogether.
    pub(crate) fn jacobi(mut a: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
        let n = a.len();
        let mut v: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for _ in 0..60 {
            for p in 0..n {
                for q in p + 1..n {
                    if a[p][q].abs() < 1e-300 {
                        continue;
                    }
                    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                    let c = 1.0 / (t * t + 1.0).sqrt();
                    let s = t * c;
                    let turn = |x: f64, y: f64| (c * x - s * y, s * x + c * y);
                    for row in a.iter_mut().chain(&mut v) {
                        (row[p], row[q]) = turn(row[p], row[q]);
                    }
                    let (upper, lower) = a.split_at_mut(q);
                    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                        (*x, *y) = turn(*x, *y);
                    }
                }
            }
        }
        let mut out: Vec<(f64, Vec<f64>)> =
            (0..n).map(|i| (a[i][i], v.iter().map(|r| r[i]).collect())).collect();
        out.sort_by(|x, y| y.0.total_cmp(&x.0));
        out
    }

    fn random_start(n: usize, seed: u64) -> Vec<f64> {
        let mut c = Chance::new(seed);
        (0..n).map(|_| c.unit() - 0.5).collect()
    }

    fn both(m: &[Vec<f64>]) -> (Eigen, Eigen) {
        let apply = |x: &[f64], y: &mut [f64]| {
            for (y, row) in y.iter_mut().zip(m) {
                *y = dot(row, x);
            }
        };
        let first = largest(apply, &[], &random_start(m.len(), 1));
        let second = largest(apply, std::slice::from_ref(&first.vector), &random_start(m.len(), 2));
        (first, second)
    }

    #[test]
    fn agrees_with_jacobi() {
        let mut c = Chance::new(5);
        for n in [1usize, 2, 3, 5, 8, 20, 60] {
            let rows: Vec<Vec<f64>> = (0..n + 3).map(|_| (0..n).map(|_| c.unit() - 0.5).collect()).collect();
            let m: Vec<Vec<f64>> =
                (0..n).map(|i| (0..n).map(|j| rows.iter().map(|r| r[i] * r[j]).sum()).collect()).collect();
            let (first, second) = both(&m);
            let all = jacobi(m);
            assert!((first.value - all[0].0).abs() < 1e-12, "{n}");
            assert!((dot(&first.vector, &all[0].1).abs() - 1.0).abs() < 1e-12, "{n}");
            if n > 1 {
                assert!((second.value - all[1].0).abs() < 1e-12, "{n}");
                assert!((dot(&second.vector, &all[1].1).abs() - 1.0).abs() < 1e-10, "{n}");
            } else {
                assert!(second.value.abs() < 1e-300 && second.vector == [0.0]);
            }
        }
    }

    #[test]
    fn equal_eigenvalues_give_two_directions() {
        // twice the same block: every eigenvalue twice
        let m = vec![
            vec![2.0, 1.0, 0.0, 0.0],
            vec![1.0, 2.0, 0.0, 0.0],
            vec![0.0, 0.0, 2.0, 1.0],
            vec![0.0, 0.0, 1.0, 2.0],
        ];
        let (first, second) = both(&m);
        assert!(
            (first.value - 3.0).abs() < 1e-13 && (second.value - 3.0).abs() < 1e-13,
            "{first:?} {second:?}"
        );
        assert!(dot(&first.vector, &second.vector).abs() < 1e-12);
    }

    #[test]
    fn a_zero_matrix_has_no_direction() {
        let (first, _) = both(&vec![vec![0.0; 3]; 3]);
        assert!(first.value.abs() < 1e-300);
        assert_eq!(first.vector, [0.0; 3]);
    }

    #[test]
    fn a_crowded_spectrum_converges() {
        // eigenvalues crowded towards the largest
        let d: Vec<f64> = (0..150).map(|i| 1.0 - f64::from(i * i) / 3e4).collect();
        let apply =
            |x: &[f64], y: &mut [f64]| y.iter_mut().zip(x.iter().zip(&d)).for_each(|(y, (x, d))| *y = x * d);
        let e = largest(apply, &[], &random_start(150, 1));
        assert!((e.value - 1.0).abs() < 1e-13, "{}", e.value);
        assert!(e.vector[0].abs() > 1.0 - 1e-12, "{}", e.vector[0]);
    }
}
