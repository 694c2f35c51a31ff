//! Who walks: speed, stairs, waits, as data.
//!
//! A cost is counted in **paced centimetres**: how far the person would get on the flat in the time taken. Without
//! stairs and waits it is the plain length in centimetres; divided by the speed it is time. One integer serves both.

use crate::access::{Stop, Traits};

/// A cost in paced centimetres.
pub type Cost = u32;

/// "Cannot be walked."
pub const BARRED: Cost = u32::MAX;

/// Longest cost that a search keeps: about 5,000 km.
pub const MAX_COST: Cost = 500_000_000;

/// A kind of walker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Speed on the flat in centimetres per second, 1 to 1,000.
    pub speed_cm_s: u32,
    /// Time on stairs in thousandths of the time on the flat; 0 bars stairs without a ramp.
    pub steps_permille: u32,
    /// Time on ramps beside stairs, likewise; 0 bars them.
    pub ramp_permille: u32,
    /// Time on escalators and moving walkways; 0 bars them.
    pub conveying_permille: u32,
    /// Time on loose ground; 0 bars it.
    pub rough_permille: u32,
    /// Whether ways narrower than 0.9 m, steeper than 8 %, raised kerbs and stiles are passed.
    pub squeezes: bool,
    /// Wait at a crossing with signals, in seconds.
    pub signal_wait_s: u32,
    /// Wait and ride of a lift, in seconds.
    pub lift_wait_s: u32,
}

impl Profile {
    /// A grown person: 1.1 m/s (990 m in 15 minutes), stairs and crossings without surcharge, so that its cost is
    /// the plain length in centimetres.
    #[must_use]
    pub fn general() -> Self {
        Self {
            name: "general".into(),
            speed_cm_s: 110,
            steps_permille: 1_000,
            ramp_permille: 1_000,
            conveying_permille: 1_000,
            rough_permille: 1_000,
            squeezes: true,
            signal_wait_s: 0,
            lift_wait_s: 0,
        }
    }
    /// An old person: 0.8 m/s, stairs at 2.5 times the time, 15 s at signals, 30 s for a lift.
    #[must_use]
    pub fn elder() -> Self {
        Self {
            name: "elder".into(),
            speed_cm_s: 80,
            steps_permille: 2_500,
            ramp_permille: 1_500,
            rough_permille: 1_300,
            signal_wait_s: 15,
            lift_wait_s: 30,
            ..Self::general()
        }
    }
    /// Wheelchair: 0.8 m/s, no stairs without a ramp, no escalators, nothing narrow, steep or kerbed.
    #[must_use]
    pub fn step_free() -> Self {
        Self {
            name: "step-free".into(),
            speed_cm_s: 80,
            steps_permille: 0,
            ramp_permille: 1_500,
            conveying_permille: 0,
            rough_permille: 2_000,
            squeezes: false,
            signal_wait_s: 15,
            lift_wait_s: 30,
        }
    }
    /// A pram: 0.9 m/s, stairs only where they must be (3 times the time), kerbs passed.
    #[must_use]
    pub fn pram() -> Self {
        Self {
            name: "pram".into(),
            speed_cm_s: 90,
            steps_permille: 3_000,
            ramp_permille: 1_300,
            rough_permille: 1_500,
            signal_wait_s: 15,
            lift_wait_s: 30,
            ..Self::general()
        }
    }
    /// The profiles that come with the crate.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![Self::general(), Self::elder(), Self::step_free(), Self::pram()]
    }
    /// One of them by name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|p| p.name == name)
    }

    /// Thousandths of time per metre on a way of these traits; `None` when barred.
    #[must_use]
    pub fn pace(&self, t: Traits) -> Option<u32> {
        if !self.squeezes && (t.has(Traits::NARROW) || t.has(Traits::STEEP)) {
            return None;
        }
        let mut pace = if t.has(Traits::STEPS) {
            if t.has(Traits::CONVEYING) && self.conveying_permille > 0 {
                self.conveying_permille
            } else if t.has(Traits::RAMP)
                && (self.ramp_permille < self.steps_permille || self.steps_permille == 0)
            {
                self.ramp_permille
            } else {
                self.steps_permille
            }
        } else {
            1_000
        };
        if t.has(Traits::ROUGH) {
            pace = (u64::from(pace) * u64::from(self.rough_permille) / 1_000).min(100_000) as u32;
        }
        (pace > 0).then_some(pace.min(100_000))
    }

    /// Half of what passing this node costs; [`BARRED`] when nobody of this profile passes.
    #[must_use]
    pub fn half_stop(&self, s: Stop) -> Cost {
        if s.has(Stop::LOCKED) || (!self.squeezes && (s.has(Stop::KERB) || s.has(Stop::SQUEEZE))) {
            return BARRED;
        }
        let mut seconds = 0u32;
        if s.has(Stop::SIGNAL) {
            seconds += self.signal_wait_s.min(3_600);
        }
        if s.has(Stop::LIFT) {
            seconds += self.lift_wait_s.min(3_600);
        }
        seconds * self.speed_cm_s.min(1_000) / 2
    }

    /// Half of what a way of these traits costs besides its length.
    #[must_use]
    pub fn half_fixed(&self, t: Traits) -> Cost {
        if t.has(Traits::LIFT) { self.lift_wait_s.min(3_600) * self.speed_cm_s.min(1_000) / 2 } else { 0 }
    }

    /// Deciseconds of a cost, rounded up.
    #[must_use]
    pub fn deciseconds(&self, cost: Cost) -> u32 {
        (u64::from(cost) * 10).div_ceil(u64::from(self.speed_cm_s.max(1))).min(u64::from(u32::MAX)) as u32
    }

    /// The largest cost that is still within so many minutes.
    #[must_use]
    pub fn cost_of_minutes(&self, minutes: u32) -> Cost {
        (u64::from(minutes) * 60 * u64::from(self.speed_cm_s)).min(u64::from(MAX_COST)) as Cost
    }
}
