//! One bounded search from many seeds over integer buckets.
//!
//! A label is one integer: cost × 2³² + owner. The smallest label wins, so ties go to the lower owner and every
//! result is unique: a repaired table can be compared with a fresh one bit by bit. Buckets are ranges of costs; a
//! node may be labelled again inside its bucket (label correcting), so no order within a bucket is needed.

use crate::network::Arc;
use crate::profile::{BARRED, Cost};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A label: cost in the upper, owner in the lower 32 bits.
pub type Label = u64;

/// "No label": beyond the limit or unreachable.
pub const NONE: Label = u64::MAX;

/// Packs a label.
#[inline]
#[must_use]
pub fn label(cost: Cost, owner: u32) -> Label {
    (Label::from(cost) << 32) | Label::from(owner)
}

/// Cost of a label.
#[inline]
#[must_use]
pub fn cost_of(l: Label) -> Cost {
    (l >> 32) as Cost
}

/// Owner of a label.
#[inline]
#[must_use]
pub fn owner_of(l: Label) -> u32 {
    l as u32
}

const SLOTS: u64 = 256;

/// A ring of buckets, with a heap for what lies beyond the ring.
#[derive(Debug)]
pub(crate) struct Buckets {
    slots: Vec<Vec<(Label, u32)>>,
    far: BinaryHeap<Reverse<(Label, u32)>>,
    base: u64,
    held: usize,
    shift: u32,
}

impl Default for Buckets {
    fn default() -> Self {
        Self::with_width(12)
    }
}

impl Buckets {
    /// Buckets of 2^`bits` paced centimetres each.
    pub(crate) fn with_width(bits: u32) -> Self {
        Self {
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            far: BinaryHeap::new(),
            base: 0,
            held: 0,
            shift: 32 + bits,
        }
    }
    /// Empties the ring and puts its beginning at zero.
    pub(crate) fn reset(&mut self) {
        if self.held > 0 {
            self.slots.iter_mut().for_each(Vec::clear);
        }
        self.far.clear();
        self.base = 0;
        self.held = 0;
    }
    #[inline]
    pub(crate) fn push(&mut self, l: Label, node: u32) {
        let b = l >> self.shift;
        if b >= self.base + SLOTS {
            self.far.push(Reverse((l, node)));
        } else {
            self.slots[(b.max(self.base) % SLOTS) as usize].push((l, node));
            self.held += 1;
        }
    }
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<(Label, u32)> {
        loop {
            if let Some(x) = self.slots[(self.base % SLOTS) as usize].pop() {
                self.held -= 1;
                return Some(x);
            }
            if self.held == 0 {
                let &Reverse((l, _)) = self.far.peek()?;
                self.base = l >> self.shift;
            } else {
                self.base += 1;
            }
            while let Some(&Reverse((l, node))) = self.far.peek() {
                if l >> self.shift >= self.base + SLOTS {
                    break;
                }
                self.far.pop();
                self.slots[((l >> self.shift) % SLOTS) as usize].push((l, node));
                self.held += 1;
            }
        }
    }
}

/// Spreads labels from seeds already pushed and stored, one label per node.
pub(crate) fn spread(first: &[u32], arcs: &[Arc], limit: Cost, labels: &mut [Label], q: &mut Buckets) {
    let top = label(limit, u32::MAX);
    while let Some((l, u)) = q.pop() {
        if labels[u as usize] != l {
            continue;
        }
        let (s, e) = (first[u as usize] as usize, first[u as usize + 1] as usize);
        for arc in &arcs[s..e] {
            // a barred arc has the cost u32::MAX, which lands above every limit
            let new = l.saturating_add(u64::from(arc.cost) << 32);
            let old = &mut labels[arc.head as usize];
            if new < *old && new <= top {
                *old = new;
                q.push(new, arc.head);
            }
        }
    }
}

/// Puts a label into a node's `k` sorted labels of distinct owners. True when something changed.
#[inline]
pub(crate) fn improve(slots: &mut [Label], new: Label) -> bool {
    let Some(&last) = slots.last() else { return false };
    if new >= last {
        return false;
    }
    let owner = owner_of(new);
    // where the owner's old label (or the last) makes room
    let mut hole = slots.len() - 1;
    for (i, &s) in slots.iter().enumerate() {
        if s != NONE && owner_of(s) == owner {
            if s <= new {
                return false;
            }
            hole = i;
            break;
        }
    }
    while hole > 0 && slots[hole - 1] > new {
        slots[hole] = slots[hole - 1];
        hole -= 1;
    }
    slots[hole] = new;
    true
}

/// Spreads `k` labels of distinct owners per node.
pub(crate) fn spread_k(
    first: &[u32],
    arcs: &[Arc],
    limit: Cost,
    k: usize,
    labels: &mut [Label],
    q: &mut Buckets,
) {
    if k == 1 {
        return spread(first, arcs, limit, labels, q);
    }
    spread_telling(first, arcs, limit, k, labels, q, |_| {});
}

/// As [`spread_k`], telling every node that it relabels (some more than once).
pub(crate) fn spread_telling(
    first: &[u32],
    arcs: &[Arc],
    limit: Cost,
    k: usize,
    labels: &mut [Label],
    q: &mut Buckets,
    mut tell: impl FnMut(u32),
) {
    let top = label(limit, u32::MAX);
    while let Some((l, u)) = q.pop() {
        let at = u as usize * k;
        if !labels[at..at + k].contains(&l) {
            continue;
        }
        let (s, e) = (first[u as usize] as usize, first[u as usize + 1] as usize);
        for arc in &arcs[s..e] {
            if arc.cost == BARRED {
                continue;
            }
            let new = l.saturating_add(u64::from(arc.cost) << 32);
            let h = arc.head as usize * k;
            if new <= top && improve(&mut labels[h..h + k], new) {
                tell(arc.head);
                q.push(new, arc.head);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_owners_stay_sorted() {
        let mut s = [NONE; 3];
        for (c, o) in [(5, 1), (3, 2), (9, 3), (4, 1), (8, 4), (1, 3)] {
            improve(&mut s, label(c, o));
        }
        assert_eq!(s, [label(1, 3), label(3, 2), label(4, 1)]);
        assert!(!improve(&mut s, label(2, 3)));
    }

    #[test]
    fn buckets_return_everything_in_order_of_buckets() {
        let mut q = Buckets::with_width(4);
        let mut want = Vec::new();
        for i in 0..5_000u64 {
            let c = (i * 7_919 % 100_003) as u32;
            q.push(label(c, 0), i as u32);
            want.push(c >> 4);
        }
        want.sort_unstable();
        let mut got = Vec::new();
        while let Some((l, _)) = q.pop() {
            got.push(cost_of(l) >> 4);
        }
        assert_eq!(got, want);
    }
}
