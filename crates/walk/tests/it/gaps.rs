//! The gap finder against a look at every choice.

use proptest::prelude::*;
use walk::gaps::Coverage;

/// Sets, weights, how many, forbidden candidates, costs.
type Instance = (Vec<Vec<u32>>, Vec<u64>, usize, Vec<u32>, Vec<u64>);

fn instance() -> impl Strategy<Value = Instance> {
    (1usize..11, 1u32..18).prop_flat_map(|(n, items)| {
        (
            prop::collection::vec(prop::collection::vec(0..items, 0..8), n),
            prop::collection::vec(0u64..50, items as usize),
            0usize..5,
            prop::collection::vec(0..n as u32, 0..3),
            prop::collection::vec(1u64..9, n),
        )
    })
}

/// Every subset that the test permits, and its value.
fn best(c: &Coverage, permitted: impl Fn(&[u32]) -> bool) -> u64 {
    let n = c.candidates();
    (0u32..1 << n)
        .map(|bits| (0..n as u32).filter(|i| bits >> i & 1 == 1).collect::<Vec<u32>>())
        .filter(|s| permitted(s))
        .map(|s| c.value(&s))
        .max()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn greedy_keeps_its_promise_and_exact_is_exact((sets, weights, k, forbidden, _) in instance()) {
        let c = Coverage::new(&sets, weights).unwrap();
        let want = best(&c, |s| s.len() <= k && s.iter().all(|x| !forbidden.contains(x)));
        let greedy = c.greedy(k, &forbidden);
        let swapped = c.swap(&greedy, &forbidden);
        for plan in [&greedy, &swapped] {
            prop_assert!(plan.chosen.len() <= k);
            prop_assert!(plan.chosen.iter().all(|x| !forbidden.contains(x)));
            prop_assert_eq!(plan.covered, c.value(&plan.chosen));
            prop_assert_eq!(plan.covered, plan.gains.iter().sum::<u64>());
            prop_assert!(plan.bound >= want, "the bound {} is below the best {want}", plan.bound);
            prop_assert!(plan.covered * 1_000 >= want * 632, "{} of {want}", plan.covered);
        }
        prop_assert!(swapped.covered >= greedy.covered);
        let exact = c.exact(k, &forbidden, 1_000_000);
        prop_assert_eq!(exact.covered, want);
        prop_assert_eq!(exact.bound, want);
        prop_assert_eq!(exact.covered, c.value(&exact.chosen));
        // cut short, it still never claims too little
        let short = c.exact(k, &forbidden, 1);
        prop_assert!(short.bound >= want);
        prop_assert_eq!(short.covered, c.value(&short.chosen));
    }

    #[test]
    fn lazy_greedy_is_greedy((sets, weights, k, forbidden, _) in instance()) {
        let c = Coverage::new(&sets, weights).unwrap();
        let mut chosen: Vec<u32> = Vec::new();
        for _ in 0..k {
            let now = c.value(&chosen);
            let step = (0..c.candidates() as u32)
                .filter(|x| !forbidden.contains(x) && !chosen.contains(x))
                .map(|x| (c.value(&[&chosen[..], &[x]].concat()) - now, std::cmp::Reverse(x)))
                .max();
            match step {
                Some((g, std::cmp::Reverse(x))) if g > 0 => chosen.push(x),
                _ => break,
            }
        }
        prop_assert_eq!(c.greedy(k, &forbidden).chosen, chosen);
    }

    #[test]
    fn a_budget_is_kept((sets, weights, k, forbidden, costs) in instance()) {
        let c = Coverage::new(&sets, weights).unwrap();
        let budget = k as u64 * 4;
        let price = |s: &[u32]| s.iter().map(|&x| costs[x as usize]).sum::<u64>();
        let want = best(&c, |s| price(s) <= budget && s.iter().all(|x| !forbidden.contains(x)));
        let plan = c.greedy_budget(&costs, budget, &forbidden).unwrap();
        prop_assert!(price(&plan.chosen) <= budget);
        prop_assert!(plan.chosen.iter().all(|x| !forbidden.contains(x)));
        prop_assert_eq!(plan.covered, c.value(&plan.chosen));
        prop_assert!(plan.bound >= want);
        prop_assert!(plan.covered * 1_000 >= want * 316);
    }
}

#[test]
fn areas_are_completed_rather_than_residents_counted() {
    // candidate 0 reaches most people but completes nothing; candidate 1 completes area 1
    let c = Coverage::new(&[vec![0, 1], vec![2]], vec![40, 40, 10]).unwrap();
    let plan = c.complete_areas(&[0, 0, 1], &[100, 10], 1, &[]);
    assert_eq!((plan.chosen.as_slice(), plan.covered, plan.bound), (&[1][..], 1, 2));
    assert_eq!(c.greedy(1, &[]).chosen, [0]);
}

#[test]
fn classes_side_by_side() {
    let a = Coverage::new(&[vec![0], vec![1]], vec![5, 6]).unwrap();
    let b = Coverage::new(&[vec![0, 1]], vec![1, 1]).unwrap();
    let both = Coverage::join(&[a, b]);
    assert_eq!(both.candidates(), 3);
    assert_eq!(both.value(&[0, 1, 2]), 13);
    assert_eq!(both.greedy(2, &[]).chosen, [1, 0]);
}
