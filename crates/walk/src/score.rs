//! Scores: how many residents reach what they should, by area, class and limit.
//!
//! Residents are counted, never averaged: shares come out of whole numbers, so that every figure can be checked by
//! hand. What the map cannot tell is counted apart as unknown, never as "no".
//!
//! ```
//! use walk::score::Counts;
//! use walk::nearest::Verdict;
//! let mut c = Counts::default();
//! c.add(Verdict::Within, 180);
//! c.add(Verdict::Beyond, 15);
//! c.add(Verdict::Unknown, 5);
//! assert_eq!((c.permille(), c.reaches(900), c.reaches(901)), (Some(900), true, false));
//! ```

use crate::city::Buildings;
use crate::geo::Point;
use crate::grid::PointGrid;
use crate::nearest::{Verdict, verdict};
use crate::profile::{BARRED, Cost};
use crate::search::{Label, NONE, cost_of};

/// Residents by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Residents who reach it within the limit.
    pub within: u64,
    /// Residents who do not.
    pub beyond: u64,
    /// Residents for whom the map ends too soon to say.
    pub unknown: u64,
}

impl Counts {
    /// All residents.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.within + self.beyond + self.unknown
    }
    /// Thousandths of residents within, rounded down; `None` without residents.
    #[must_use]
    pub fn permille(&self) -> Option<u32> {
        (self.total() > 0).then(|| (u128::from(self.within) * 1_000 / u128::from(self.total())) as u32)
    }
    /// Whether at least so many thousandths of the residents are within: in whole numbers, without rounding.
    #[must_use]
    pub fn reaches(&self, permille: u32) -> bool {
        self.total() > 0 && u128::from(self.within) * 1_000 >= u128::from(self.total()) * u128::from(permille)
    }
    /// Adds residents under a verdict.
    pub fn add(&mut self, v: Verdict, residents: u32) {
        *match v {
            Verdict::Within => &mut self.within,
            Verdict::Beyond => &mut self.beyond,
            Verdict::Unknown => &mut self.unknown,
        } += u64::from(residents);
    }
    /// Takes residents under a verdict away, before they are added under another.
    pub fn take(&mut self, v: Verdict, residents: u32) {
        let slot = match v {
            Verdict::Within => &mut self.within,
            Verdict::Beyond => &mut self.beyond,
            Verdict::Unknown => &mut self.unknown,
        };
        *slot = slot.saturating_sub(u64::from(residents));
    }
}

/// One class as measured for every building.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Nearest facility of every building.
    pub nearest: Vec<Label>,
    /// Cost to where the map ends, in the same profile; see [`crate::nearest::to_frontier`].
    pub frontier: Vec<Cost>,
    /// The limit in paced centimetres.
    pub limit: Cost,
    /// Whether a complete area needs it.
    pub required: bool,
}

impl Measured {
    /// The verdict of one building.
    #[must_use]
    pub fn verdict(&self, building: usize) -> Verdict {
        let l = self.nearest.get(building).copied().unwrap_or(NONE);
        let f = self.frontier.get(building).copied().unwrap_or(BARRED);
        verdict(l, f, self.limit)
    }
}

/// Counts of one class per area; the last entry holds buildings without an area.
#[must_use]
pub fn by_area(b: &Buildings, areas: usize, m: &Measured) -> Vec<Counts> {
    let mut out = vec![Counts::default(); areas + 1];
    for i in 0..b.len() {
        out[(b.area[i] as usize).min(areas)].add(m.verdict(i), b.residents[i]);
    }
    out
}

/// Verdict over all required classes of one building: beyond when any is, else unknown when any is.
#[must_use]
pub fn complete_verdict(building: usize, classes: &[Measured]) -> Verdict {
    let mut out = Verdict::Within;
    for m in classes.iter().filter(|m| m.required) {
        match m.verdict(building) {
            Verdict::Beyond => return Verdict::Beyond,
            Verdict::Unknown => out = Verdict::Unknown,
            Verdict::Within => {}
        }
    }
    out
}

/// Counts of residents who reach every required class, per area as [`by_area`].
#[must_use]
pub fn complete_by_area(b: &Buildings, areas: usize, classes: &[Measured]) -> Vec<Counts> {
    let mut out = vec![Counts::default(); areas + 1];
    for i in 0..b.len() {
        out[(b.area[i] as usize).min(areas)].add(complete_verdict(i, classes), b.residents[i]);
    }
    out
}

/// Cost that so many thousandths of an area's residents do not exceed, per area (last: without area). `None` where
/// nobody lives or the one at that rank reaches none within the search.
#[must_use]
pub fn quantile_by_area(b: &Buildings, areas: usize, nearest: &[Label], permille: u32) -> Vec<Option<Cost>> {
    let mut lists: Vec<Vec<(Label, u32)>> = vec![Vec::new(); areas + 1];
    for (i, &l) in nearest.iter().enumerate().take(b.len()) {
        if b.residents[i] > 0 {
            lists[(b.area[i] as usize).min(areas)].push((l, b.residents[i]));
        }
    }
    lists
        .into_iter()
        .map(|mut list| {
            list.sort_unstable();
            let total: u64 = list.iter().map(|(_, r)| u64::from(*r)).sum();
            let rank = (u128::from(total) * u128::from(permille.min(1_000))).div_ceil(1_000) as u64;
            let mut sum = 0;
            let found = list.iter().find(|(_, r)| {
                sum += u64::from(*r);
                sum >= rank.max(1)
            });
            found.filter(|(l, _)| *l != NONE).map(|(l, _)| cost_of(*l))
        })
        .collect()
}

/// How the number of complete areas moves with the limit and with the share demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitivity {
    /// Limits in thousandths of the rules' own.
    pub limits: Vec<u32>,
    /// Shares demanded, in thousandths of residents.
    pub shares: Vec<u32>,
    /// Areas with residents.
    pub areas: usize,
    /// Complete areas, by limit and share.
    pub complete: Vec<Vec<u32>>,
}

/// The table of limits against shares. Each class's limit is scaled; costs beyond the search count as never. The
/// searches must have gone at least as far as the largest scaled limit.
#[must_use]
pub fn sensitivity(
    b: &Buildings,
    areas: usize,
    classes: &[Measured],
    limits: &[u32],
    shares: &[u32],
) -> Sensitivity {
    // for each building the least scale at which it has everything, then each area sorted by it
    let mut lists: Vec<Vec<(u64, u32)>> = vec![Vec::new(); areas];
    for i in 0..b.len() {
        let Some(list) = lists.get_mut(b.area[i] as usize) else { continue };
        if b.residents[i] == 0 {
            continue;
        }
        let mut need = 0u64;
        for m in classes.iter().filter(|m| m.required) {
            let l = m.nearest.get(i).copied().unwrap_or(NONE);
            let scale = if l == NONE {
                u64::MAX
            } else {
                (u64::from(cost_of(l)) * 1_000).div_ceil(u64::from(m.limit.max(1)))
            };
            need = need.max(scale);
        }
        list.push((need, b.residents[i]));
    }
    let mut complete = vec![vec![0; shares.len()]; limits.len()];
    for list in &mut lists {
        list.sort_unstable();
        let total: u64 = list.iter().map(|(_, r)| u64::from(*r)).sum();
        if total == 0 {
            continue;
        }
        for (row, &limit) in complete.iter_mut().zip(limits) {
            let end = list.partition_point(|(need, _)| *need <= u64::from(limit));
            let within = list[..end].iter().map(|(_, r)| u64::from(*r)).sum();
            let counts = Counts { within, beyond: total - within, unknown: 0 };
            for (cell, &share) in row.iter_mut().zip(shares) {
                *cell += u32::from(counts.reaches(share));
            }
        }
    }
    Sensitivity {
        limits: limits.to_vec(),
        shares: shares.to_vec(),
        areas: lists.iter().filter(|l| !l.is_empty()).count(),
        complete,
    }
}

/// The straight line beside the network, for one class and area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// Residents.
    pub residents: u64,
    /// Residents within the limit by the network.
    pub network: u64,
    /// Residents within the limit in a straight line.
    pub straight: u64,
    /// Sum over residents who reach one by the network, of metres walked.
    pub walked_m: u128,
    /// Sum over the same residents of metres in a straight line.
    pub line_m: u128,
}

impl Beside {
    /// Thousandths walked per straight metre; `None` when nobody reaches one.
    #[must_use]
    pub fn detour_permille(&self) -> Option<u32> {
        (self.line_m > 0).then(|| (self.walked_m * 1_000 / self.line_m).min(u128::from(u32::MAX)) as u32)
    }
}

/// Centimetres in a straight line from every building to the nearest facility, up to `max_m` metres.
#[must_use]
pub fn straight_lines(from: &[Point], to: &[Point], max_m: f64) -> Vec<Option<u32>> {
    let grid = PointGrid::new(to, 200.0);
    from.iter().map(|&p| grid.nearest(p, max_m).map(|(_, cm)| cm)).collect()
}

/// Straight line beside network per area (last: without area). `m` must be measured by the plain length, as the
/// general profile does.
#[must_use]
pub fn beside(b: &Buildings, areas: usize, m: &Measured, straight: &[Option<u32>]) -> Vec<Beside> {
    let mut out = vec![Beside::default(); areas + 1];
    for i in 0..b.len() {
        let s = &mut out[(b.area[i] as usize).min(areas)];
        let r = u64::from(b.residents[i]);
        s.residents += r;
        let line = straight.get(i).copied().flatten();
        if line.is_some_and(|cm| cm <= m.limit) {
            s.straight += r;
        }
        let l = m.nearest.get(i).copied().unwrap_or(NONE);
        if l != NONE {
            if cost_of(l) <= m.limit {
                s.network += r;
            }
            if let Some(cm) = line {
                s.walked_m += u128::from(cost_of(l)) * u128::from(r) / 100;
                s.line_m += u128::from(cm) * u128::from(r) / 100;
            }
        }
    }
    out
}
