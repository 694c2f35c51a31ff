//! Two-step floating catchment: whether there are enough seats, not only whether there is a door.
//!
//! Step one gives every facility its capacity per resident who can reach it; step two gives every building the sum
//! over the facilities it can reach (Luo and Wang, 2003). Weights that fall with distance make it the enhanced
//! form (Luo and Qi, 2009).

use crate::around::Around;
use crate::city::{Buildings, Class};
use crate::local::Local;
use crate::network::{Costs, Network};
use crate::profile::Cost;

/// How much a facility counts, by how far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Decay {
    /// Everything within the limit counts fully.
    Flat,
    /// Zones of equal width up to the limit, each with its weight; Luo and Qi use 1, 0.68 and 0.22.
    Zones(Vec<f64>),
    /// `(exp(-½ (c/L)²) − exp(-½)) / (1 − exp(-½))`: 1 at the door, 0 at the limit (Dai, 2010).
    Gaussian,
}

impl Decay {
    /// Weight at a cost within the limit.
    #[must_use]
    pub fn weight(&self, cost: Cost, limit: Cost) -> f64 {
        let x = f64::from(cost) / f64::from(limit.max(1));
        if x > 1.0 {
            return 0.0;
        }
        match self {
            Self::Flat => 1.0,
            Self::Zones(w) => {
                let i = ((x * w.len() as f64).ceil() as usize).max(1) - 1;
                w.get(i).copied().unwrap_or(0.0)
            }
            Self::Gaussian => {
                let end = falling(0.5);
                (falling(0.5 * x * x) - end) / (1.0 - end)
            }
        }
    }
}

/// e to the power of −x for x in 0 to ½, by its series: the same bits on every machine, unlike `f64::exp`.
fn falling(x: f64) -> f64 {
    let (mut sum, mut n) = (1.0, 16.0);
    while n >= 1.0 {
        sum = 1.0 - sum * x / n;
        n -= 1.0;
    }
    sum
}

/// What the two steps found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catchment {
    /// Per facility: weighted residents who reach it.
    pub demand: Vec<f64>,
    /// Per facility: capacity for each weighted resident; 0 where nobody lives near.
    pub ratio: Vec<f64>,
    /// Per building: capacity within reach for each resident.
    pub access: Vec<f64>,
}

/// Both steps for one class. `demand` gives the people of each building who need it (children, elders), and may be
/// [`Buildings::residents`].
#[must_use]
pub fn two_step(
    net: &Network,
    costs: &Costs,
    buildings: &Buildings,
    demand: &[u32],
    class: &Class,
    limit: Cost,
    decay: &Decay,
) -> Catchment {
    let mut around = Around::new(net, costs, &buildings.places);
    let mut local = Local::default();
    let mut out = Catchment {
        demand: Vec::with_capacity(class.places.len()),
        ratio: Vec::with_capacity(class.places.len()),
        access: vec![0.0; buildings.len()],
    };
    let mut near: Vec<(u32, f64)> = Vec::new();
    for f in 0..class.places.len() as u32 {
        around.gather(net, costs, class.places.doors(f), limit, &mut local);
        near.clear();
        near.extend(around.found().iter().map(|&p| (p, decay.weight(around.cost(p), limit))));
        // sums of floating point depend on their order: make it that of the buildings
        near.sort_unstable_by_key(|(p, _)| *p);
        let people = |p: u32| f64::from(demand.get(p as usize).copied().unwrap_or(0));
        let sum: f64 = near.iter().map(|&(p, w)| people(p) * w).sum();
        let capacity = f64::from(class.capacity.get(f as usize).copied().unwrap_or(0));
        let ratio = if sum > 0.0 { capacity / sum } else { 0.0 };
        out.demand.push(sum);
        out.ratio.push(ratio);
        for &(p, w) in &near {
            out.access[p as usize] += ratio * w;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_fall_from_one_to_nothing() {
        for i in 0..=1_000 {
            let x = f64::from(i) / 2_000.0;
            assert!((falling(x) - (-x).exp()).abs() < 1e-15, "{x}");
        }
        let w = |c| Decay::Gaussian.weight(c, 1_000);
        assert!((w(0) - 1.0).abs() < 1e-12 && w(1_000).abs() < 1e-12 && w(500) > w(501));
        // Dai's curve half way: (e^(−1/8) − e^(−1/2)) / (1 − e^(−1/2))
        assert!((w(500) - 0.701_367).abs() < 1e-5, "{}", w(500));
        assert_eq!(Decay::Zones(vec![1.0, 0.68, 0.22]).weight(400, 1_000).to_bits(), 0.68f64.to_bits());
    }
}
