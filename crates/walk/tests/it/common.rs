//! Small random cities.

use proptest::prelude::*;
use walk::access::{Stop, Traits};
use walk::geo::Point;
use walk::{Cost, Door, Network, Places};

#[derive(Debug, Clone)]
pub struct City {
    pub points: Vec<Point>,
    pub stops: Vec<Stop>,
    pub lines: Vec<(Vec<u32>, Traits)>,
    pub homes: Vec<(u32, u32, u32)>,
    pub facilities: Vec<(u32, u32, u32)>,
    pub k: usize,
    pub limit: Cost,
    pub profile: usize,
}

pub fn traits() -> impl Strategy<Value = Traits> {
    prop_oneof![
        6 => Just(Traits::default()),
        1 => Just(Traits(Traits::STEPS)),
        1 => Just(Traits(Traits::STEPS | Traits::RAMP)),
        1 => Just(Traits(Traits::FORWARD_ONLY)),
        1 => Just(Traits(Traits::BACKWARD_ONLY)),
        1 => Just(Traits(Traits::LIFT)),
    ]
}

pub fn stop() -> impl Strategy<Value = Stop> {
    prop_oneof![
        12 => Just(Stop::default()),
        1 => Just(Stop(Stop::SIGNAL)),
        1 => Just(Stop(Stop::GATE | Stop::LOCKED)),
        1 => Just(Stop(Stop::KERB)),
    ]
}

pub fn city() -> impl Strategy<Value = City> {
    (4usize..28).prop_flat_map(|n| {
        let n32 = n as u32;
        let door = (any::<u32>(), any::<u32>(), 0u32..3_000);
        (
            prop::collection::vec((0i32..40_000, 0i32..40_000), n),
            prop::collection::vec(stop(), n),
            prop::collection::vec((prop::collection::vec(0..n32, 2..6), traits()), 1..14),
            prop::collection::vec(door.clone(), 1..12),
            prop::collection::vec(door, 0..9),
            1usize..5,
            prop_oneof![Just(400_000_000u32), 5_000u32..300_000],
            0usize..4,
        )
            .prop_map(|(xy, stops, lines, homes, facilities, k, limit, profile)| City {
                points: xy
                    .into_iter()
                    .map(|(x, y)| Point { lon: 1_133_000_000 + x, lat: 231_000_000 + y })
                    .collect(),
                stops,
                lines,
                homes,
                facilities,
                k,
                limit,
                profile,
            })
    })
}

pub fn places(net: &Network, raw: &[(u32, u32, u32)]) -> Places {
    Places::single(
        raw.iter()
            .map(|&(e, o, access_cm)| {
                let edge = e % net.edges.len() as u32;
                Door { edge, offset_cm: o % (net.edges[edge as usize].length_cm + 1), access_cm }
            })
            .collect(),
    )
}
