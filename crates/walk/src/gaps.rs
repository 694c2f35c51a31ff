//! The gap finder: where to put `k` more facilities so that the most residents gain one.
//!
//! Weighted maximum coverage. Greedy with lazy evaluation reaches at least 1 − 1/e of the best possible (Nemhauser,
//! Wolsey and Fisher, 1978); every plan also carries the bound of its own instance, which is usually far closer:
//! no plan of `k` sites can exceed what is covered plus the `k` largest gains still open. For small `k` an exact
//! search closes the rest.
//!
//! ```
//! use walk::gaps::Coverage;
//! // three candidates, the buildings that each would serve, and the residents of the four buildings
//! let c = Coverage::new(&[vec![0, 1], vec![1, 2], vec![2, 3]], vec![40, 10, 30, 20])?;
//! let plan = c.exact(2, &[], 1_000);
//! assert_eq!((plan.chosen.as_slice(), plan.covered), (&[0, 2][..], 100));
//! assert!(plan.is_optimal());
//! assert_eq!(c.greedy(2, &[0]).chosen, [2, 1]); // the first is forbidden
//! assert_eq!(c.greedy_budget(&[9, 3, 3], 6, &[])?.chosen, [2, 1]); // and here too dear
//! # Ok::<(), walk::Error>(())
//! ```

use crate::around::Around;
use crate::error::{Error, Result};
use crate::local::Local;
use crate::network::{Costs, Network, Places};
use crate::profile::Cost;
use std::collections::BinaryHeap;

/// Most entries (candidate × item) of an instance: 4 bytes each.
pub const MAX_ENTRIES: usize = 1 << 29;

/// Which items (buildings, or building and class) each candidate covers, and what items are worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    first: Vec<u32>,
    items: Vec<u32>,
    weights: Vec<u64>,
}

/// A choice of candidates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Chosen candidates, in the order of choice.
    pub chosen: Vec<u32>,
    /// What each added when it was chosen.
    pub gains: Vec<u64>,
    /// Weight covered in all.
    pub covered: u64,
    /// No permitted choice covers more than this.
    pub bound: u64,
}

impl Plan {
    /// Thousandths of the best possible that this plan surely reaches.
    #[must_use]
    pub fn certain_permille(&self) -> u32 {
        if self.bound == 0 {
            1_000
        } else {
            (u128::from(self.covered) * 1_000 / u128::from(self.bound)) as u32
        }
    }
    /// Whether nothing better exists.
    #[must_use]
    pub fn is_optimal(&self) -> bool {
        self.covered == self.bound
    }
}

impl Coverage {
    /// From lists of items per candidate.
    ///
    /// # Errors
    /// [`Error::Argument`] when an item has no weight.
    pub fn new(sets: &[Vec<u32>], weights: Vec<u64>) -> Result<Self> {
        let mut c = Self { first: vec![0], items: Vec::new(), weights };
        for s in sets {
            let mut s = s.clone();
            s.sort_unstable();
            s.dedup();
            if s.last().is_some_and(|&i| i as usize >= c.weights.len()) {
                return Err(Error::Argument("an item without a weight".into()));
            }
            c.items.extend(s);
            c.first.push(c.items.len() as u32);
        }
        Ok(c)
    }

    /// From the network: each candidate covers the places that reach it within `limit` and have a weight (those
    /// who already have the class get weight 0).
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`MAX_ENTRIES`].
    pub fn from_network(
        net: &Network,
        costs: &Costs,
        candidates: &Places,
        places: &Places,
        weights: Vec<u64>,
        limit: Cost,
    ) -> Result<Self> {
        // places without weight need not be looked at in every sweep
        let wanted: Vec<u32> =
            (0..places.len() as u32).filter(|&p| weights.get(p as usize).is_some_and(|&w| w > 0)).collect();
        let lacking = Places::of(wanted.iter().map(|&p| places.doors(p).to_vec()));
        let mut around = Around::new(net, costs, &lacking);
        let mut local = Local::default();
        let mut c = Self { first: vec![0], items: Vec::new(), weights };
        c.weights.resize(places.len(), 0);
        for f in 0..candidates.len() as u32 {
            around.gather(net, costs, candidates.doors(f), limit, &mut local);
            let start = c.items.len();
            if start + around.found().len() > MAX_ENTRIES {
                return Err(Error::TooLarge { what: "entries of the gap finder", limit: MAX_ENTRIES as u64 });
            }
            c.items.extend(around.found().iter().map(|&p| wanted[p as usize]));
            c.items[start..].sort_unstable();
            c.first.push(c.items.len() as u32);
        }
        Ok(c)
    }

    /// Several classes at once: the items of all are put side by side, and a candidate of the result is a candidate
    /// of one of the parts, in order.
    #[must_use]
    pub fn join(parts: &[Self]) -> Self {
        let mut c = Self { first: vec![0], items: Vec::new(), weights: Vec::new() };
        for p in parts {
            let base = c.weights.len() as u32;
            for i in 0..p.candidates() as u32 {
                c.items.extend(p.set(i).iter().map(|x| x + base));
                c.first.push(c.items.len() as u32);
            }
            c.weights.extend_from_slice(&p.weights);
        }
        c
    }

    /// Number of candidates.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.first.len().saturating_sub(1)
    }
    /// Items of a candidate.
    #[must_use]
    pub fn set(&self, candidate: u32) -> &[u32] {
        &self.items[self.first[candidate as usize] as usize..self.first[candidate as usize + 1] as usize]
    }
    /// Weights of items.
    #[must_use]
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }
    /// What a choice covers.
    #[must_use]
    pub fn value(&self, chosen: &[u32]) -> u64 {
        let mut seen = vec![false; self.weights.len()];
        chosen.iter().map(|&c| self.take(c, &mut seen)).sum()
    }

    fn gain(&self, candidate: u32, seen: &[bool]) -> u64 {
        self.set(candidate).iter().filter(|&&i| !seen[i as usize]).map(|&i| self.weights[i as usize]).sum()
    }

    fn take(&self, candidate: u32, seen: &mut [bool]) -> u64 {
        let mut gain = 0;
        for &i in self.set(candidate) {
            if !std::mem::replace(&mut seen[i as usize], true) {
                gain += self.weights[i as usize];
            }
        }
        gain
    }

    /// Candidates that are not forbidden.
    fn pool(&self, forbidden: &[u32]) -> Vec<u32> {
        let mut allowed = vec![true; self.candidates()];
        for &f in forbidden {
            if let Some(a) = allowed.get_mut(f as usize) {
                *a = false;
            }
        }
        (0..self.candidates() as u32).filter(|&c| allowed[c as usize]).collect()
    }

    /// The best `k` by lazy greedy, without those forbidden, with the instance's own bound.
    #[must_use]
    pub fn greedy(&self, k: usize, forbidden: &[u32]) -> Plan {
        let mut seen = vec![false; self.weights.len()];
        let pool = self.pool(forbidden);
        // stale gains only ever fall, so the first that is still on top after a fresh look is the best
        let mut heap: BinaryHeap<(u64, std::cmp::Reverse<u32>)> =
            pool.iter().map(|&c| (self.gain(c, &seen), std::cmp::Reverse(c))).collect();
        let mut plan = Plan { bound: top_sum(heap.iter().map(|x| x.0), k), ..Plan::default() };
        while plan.chosen.len() < k {
            let Some((stale, std::cmp::Reverse(c))) = heap.pop() else { break };
            let fresh = self.gain(c, &seen);
            if fresh == 0 && stale == 0 {
                break;
            }
            if fresh < stale
                && heap.peek().is_some_and(|(next, r)| (*next, *r) > (fresh, std::cmp::Reverse(c)))
            {
                heap.push((fresh, std::cmp::Reverse(c)));
                continue;
            }
            if fresh == 0 {
                break;
            }
            self.take(c, &mut seen);
            plan.covered += fresh;
            plan.chosen.push(c);
            plan.gains.push(fresh);
            // stale gains bound fresh ones, so this is a bound too, only looser than a full look
            plan.bound = plan.bound.min(plan.covered + top_sum(heap.iter().map(|x| x.0), k));
        }
        let open = top_sum(pool.iter().map(|&c| self.gain(c, &seen)), k);
        plan.bound = plan.bound.min(plan.covered + open);
        plan
    }

    /// The best choice within a budget, each candidate having its own cost: the better of greedy by gain per cost,
    /// filled up, and the best single one. At least half of (1 − 1/e) of the best (Khuller, Moss and Naor, 1999).
    ///
    /// # Errors
    /// [`Error::Argument`] when costs are missing or zero.
    pub fn greedy_budget(&self, costs: &[u64], budget: u64, forbidden: &[u32]) -> Result<Plan> {
        if costs.len() != self.candidates() || costs.contains(&0) {
            return Err(Error::Argument("every candidate needs a cost above zero".into()));
        }
        let mut pool = self.pool(forbidden);
        pool.retain(|&c| costs[c as usize] <= budget);
        let mut seen = vec![false; self.weights.len()];
        let best_single = pool.iter().map(|&c| (self.gain(c, &seen), c)).max();
        let mut bound = fractional(&pool, costs, budget, |c| self.gain(c, &seen));
        let mut plan = Plan::default();
        let mut left = budget;
        let mut rest = pool.clone();
        while !rest.is_empty() {
            rest.retain(|&c| costs[c as usize] <= left);
            let best =
                rest.iter().map(|&c| (self.gain(c, &seen), c)).filter(|(g, _)| *g > 0).max_by(|x, y| {
                    let (cx, cy) = (u128::from(costs[x.1 as usize]), u128::from(costs[y.1 as usize]));
                    (u128::from(x.0) * cy).cmp(&(u128::from(y.0) * cx)).then(y.1.cmp(&x.1))
                });
            let Some((gain, c)) = best else { break };
            self.take(c, &mut seen);
            left -= costs[c as usize];
            plan.covered += gain;
            plan.chosen.push(c);
            plan.gains.push(gain);
            bound = bound.min(plan.covered + fractional(&pool, costs, budget, |c| self.gain(c, &seen)));
        }
        if let Some((gain, c)) = best_single
            && gain > plan.covered
        {
            plan = Plan { chosen: vec![c], gains: vec![gain], covered: gain, bound: 0 };
        }
        plan.bound = bound;
        Ok(plan)
    }

    /// Exchanges single sites of a plan as long as that covers more. The bound stays.
    #[must_use]
    pub fn swap(&self, plan: &Plan, forbidden: &[u32]) -> Plan {
        let pool = self.pool(forbidden);
        let mut chosen = plan.chosen.clone();
        let mut times = vec![0u16; self.weights.len()];
        for &c in &chosen {
            self.set(c).iter().for_each(|&i| times[i as usize] += 1);
        }
        let mut covered = plan.covered;
        'again: loop {
            for at in 0..chosen.len() {
                let old = chosen[at];
                self.set(old).iter().for_each(|&i| times[i as usize] -= 1);
                let loss: u64 = self
                    .set(old)
                    .iter()
                    .filter(|&&i| times[i as usize] == 0)
                    .map(|&i| self.weights[i as usize])
                    .sum();
                let gain = |c: u32| -> u64 {
                    self.set(c)
                        .iter()
                        .filter(|&&i| times[i as usize] == 0)
                        .map(|&i| self.weights[i as usize])
                        .sum()
                };
                let best = pool
                    .iter()
                    .copied()
                    .filter(|c| !chosen.contains(c))
                    .map(|c| (gain(c), std::cmp::Reverse(c)))
                    .max();
                if let Some((g, std::cmp::Reverse(c))) = best
                    && g > loss
                {
                    covered = covered - loss + g;
                    chosen[at] = c;
                    self.set(c).iter().for_each(|&i| times[i as usize] += 1);
                    continue 'again;
                }
                self.set(old).iter().for_each(|&i| times[i as usize] += 1);
            }
            break;
        }
        let mut seen = vec![false; self.weights.len()];
        let gains = chosen.iter().map(|&c| self.take(c, &mut seen)).collect();
        Plan { chosen, gains, covered, bound: plan.bound.max(covered) }
    }

    /// The best `k` by branch and bound, beginning from greedy with swaps. Looks at no more than `max_steps` nodes
    /// of the search; when that does not suffice the plan is the best found and its bound says how far it may be.
    #[must_use]
    pub fn exact(&self, k: usize, forbidden: &[u32], max_steps: u64) -> Plan {
        let start = self.greedy(k, forbidden);
        let best = self.swap(&start, forbidden);
        if best.is_optimal() || k == 0 {
            return best;
        }
        let mut pool = self.pool(forbidden);
        pool.retain(|&c| !self.set(c).is_empty());
        let mut s = Branch { cover: self, best, steps: max_steps, times: vec![0; self.weights.len()] };
        let mut chosen = Vec::new();
        s.go(&pool, &mut chosen, 0, k);
        if s.steps > 0 {
            s.best.bound = s.best.covered;
        }
        let mut seen = vec![false; self.weights.len()];
        s.best.gains = s.best.chosen.iter().map(|&c| self.take(c, &mut seen)).collect();
        s.best
    }

    /// Which `k` sites make the most areas complete: greedy on areas, then on residents in areas not yet complete.
    ///
    /// `area[i]` is the area of item `i` (`u32::MAX` for none), `missing[a]` the weight that area `a` still lacks
    /// to be complete (0: complete already). This aim is not submodular, so there is no guarantee and no bound;
    /// the plan's `gains` count areas made complete, its `covered` their sum.
    #[must_use]
    pub fn complete_areas(&self, area: &[u32], missing: &[u64], k: usize, forbidden: &[u32]) -> Plan {
        let open = missing.iter().filter(|&&m| m > 0).count() as u64;
        let mut missing = missing.to_vec();
        let mut seen = vec![false; self.weights.len()];
        let mut add = vec![0u64; missing.len()];
        let pool = self.pool(forbidden);
        let mut plan = Plan::default();
        for _ in 0..k {
            let mut best: Option<(u64, u64, std::cmp::Reverse<u32>)> = None;
            let mut per_area = |c: u32, seen: &[bool], missing: &[u64]| -> (u64, u64) {
                let mut touched: Vec<u32> = Vec::new();
                for &i in self.set(c) {
                    let a = area.get(i as usize).copied().unwrap_or(u32::MAX);
                    if !seen[i as usize] && missing.get(a as usize).is_some_and(|&m| m > 0) {
                        if add[a as usize] == 0 {
                            touched.push(a);
                        }
                        add[a as usize] += self.weights[i as usize];
                    }
                }
                let (mut done, mut weight) = (0, 0);
                for a in touched {
                    let got = std::mem::take(&mut add[a as usize]);
                    done += u64::from(got >= missing[a as usize]);
                    weight += got.min(missing[a as usize]);
                }
                (done, weight)
            };
            for &c in &pool {
                let (done, weight) = per_area(c, &seen, &missing);
                let key = (done, weight, std::cmp::Reverse(c));
                if weight > 0 && best.is_none_or(|b| key > b) {
                    best = Some(key);
                }
            }
            let Some((done, _, std::cmp::Reverse(c))) = best else { break };
            for &i in self.set(c) {
                if !std::mem::replace(&mut seen[i as usize], true)
                    && let Some(m) = area.get(i as usize).and_then(|&a| missing.get_mut(a as usize))
                {
                    *m = m.saturating_sub(self.weights[i as usize]);
                }
            }
            plan.chosen.push(c);
            plan.gains.push(done);
            plan.covered += done;
        }
        plan.bound = open;
        plan
    }
}

struct Branch<'a> {
    cover: &'a Coverage,
    best: Plan,
    steps: u64,
    times: Vec<u16>,
}

impl Branch<'_> {
    fn go(&mut self, pool: &[u32], chosen: &mut Vec<u32>, covered: u64, left: usize) {
        if covered > self.best.covered {
            self.best.covered = covered;
            self.best.chosen.clone_from(chosen);
        }
        if left == 0 || self.steps == 0 {
            return;
        }
        self.steps -= 1;
        let mut gains: Vec<(u64, u32)> =
            pool.iter().map(|&c| (self.gain(c), c)).filter(|g| g.0 > 0).collect();
        gains.sort_unstable_by(|x, y| y.cmp(x));
        let order: Vec<u32> = gains.iter().map(|g| g.1).collect();
        for i in 0..gains.len() {
            let possible: u64 = gains[i..].iter().take(left).map(|g| g.0).sum();
            if covered + possible <= self.best.covered || self.steps == 0 {
                return;
            }
            let (gain, c) = gains[i];
            self.cover.set(c).iter().for_each(|&x| self.times[x as usize] += 1);
            chosen.push(c);
            self.go(&order[i + 1..], chosen, covered + gain, left - 1);
            chosen.pop();
            self.cover.set(c).iter().for_each(|&x| self.times[x as usize] -= 1);
        }
    }
    fn gain(&self, c: u32) -> u64 {
        let open = self.cover.set(c).iter().filter(|&&i| self.times[i as usize] == 0);
        open.map(|&i| self.cover.weights[i as usize]).sum()
    }
}

/// Sum of the `k` largest.
fn top_sum(values: impl Iterator<Item = u64>, k: usize) -> u64 {
    let mut v: Vec<u64> = values.collect();
    if k == 0 || v.is_empty() {
        return 0;
    }
    if k < v.len() {
        v.select_nth_unstable_by(k - 1, |a, b| b.cmp(a));
        v.truncate(k);
    }
    v.iter().sum()
}

/// The best that fractions of candidates could add within a budget: no whole choice adds more.
fn fractional(pool: &[u32], costs: &[u64], budget: u64, gain: impl Fn(u32) -> u64) -> u64 {
    let mut list: Vec<(u64, u64)> = pool.iter().map(|&c| (gain(c), costs[c as usize])).collect();
    list.sort_unstable_by(|x, y| {
        (u128::from(y.0) * u128::from(x.1)).cmp(&(u128::from(x.0) * u128::from(y.1)))
    });
    let (mut left, mut sum) = (budget, 0);
    for (g, c) in list {
        if c <= left {
            left -= c;
            sum += g;
        } else {
            sum += (u128::from(g) * u128::from(left)).div_ceil(u128::from(c)) as u64;
            break;
        }
    }
    sum
}
