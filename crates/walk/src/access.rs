//! Which OpenStreetMap ways and nodes a person on foot may use: one table, no code elsewhere.
//!
//! Tag meanings are those of the OpenStreetMap wiki (`Key:foot`, `Key:access`, `Key:highway`, `Key:barrier`).

/// What a way is, as one word of bits. Two ways with the same traits cost the same per metre in every profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Traits(pub u16);

impl Traits {
    /// Stairs.
    pub const STEPS: u16 = 1;
    /// Stairs with a ramp that a wheelchair or pram can use.
    pub const RAMP: u16 = 1 << 1;
    /// Escalator or moving walkway.
    pub const CONVEYING: u16 = 1 << 2;
    /// Narrower than 0.9 m, or tagged `wheelchair=no`.
    pub const NARROW: u16 = 1 << 3;
    /// Incline above 8 %.
    pub const STEEP: u16 = 1 << 4;
    /// Loose or broken surface.
    pub const ROUGH: u16 = 1 << 5;
    /// Lift drawn as a way.
    pub const LIFT: u16 = 1 << 6;
    /// Bridge or footbridge.
    pub const BRIDGE: u16 = 1 << 7;
    /// Line of sight across a square.
    pub const SQUARE: u16 = 1 << 8;
    /// Marked crossing drawn as a way.
    pub const CROSSING: u16 = 1 << 9;
    /// Walkable only in the direction of the way (`oneway:foot=yes`).
    pub const FORWARD_ONLY: u16 = 1 << 10;
    /// Walkable only against the direction of the way.
    pub const BACKWARD_ONLY: u16 = 1 << 11;
    /// Carriageway shared with cars (as against a path of its own).
    pub const STREET: u16 = 1 << 12;
    /// Drawn by the district, not from OpenStreetMap.
    pub const ADDED: u16 = 1 << 13;

    /// Whether all given bits are set.
    #[must_use]
    pub fn has(self, bits: u16) -> bool {
        self.0 & bits == bits
    }
    /// The traits seen from the other end.
    #[must_use]
    pub fn reversed(self) -> Self {
        let (f, b) = (self.has(Self::FORWARD_ONLY), self.has(Self::BACKWARD_ONLY));
        let mut bits = self.0 & !(Self::FORWARD_ONLY | Self::BACKWARD_ONLY);
        if f {
            bits |= Self::BACKWARD_ONLY;
        }
        if b {
            bits |= Self::FORWARD_ONLY;
        }
        Self(bits)
    }
}

/// What stands at a node, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stop(pub u8);

impl Stop {
    /// Crossing with signals: a wait.
    pub const SIGNAL: u8 = 1;
    /// Raised kerb.
    pub const KERB: u8 = 1 << 1;
    /// Bollards, stile, turnstile: no wheelchair, no pram.
    pub const SQUEEZE: u8 = 1 << 2;
    /// Locked or private gate, or a wall: nobody passes.
    pub const LOCKED: u8 = 1 << 3;
    /// Lift at a node: a wait.
    pub const LIFT: u8 = 1 << 4;
    /// Gate that people pass (kept as a node so that it can be closed).
    pub const GATE: u8 = 1 << 5;

    /// Whether the bit is set.
    #[must_use]
    pub fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

/// Tags of one way or node as raw bytes.
pub type Tags<'a> = [(&'a [u8], &'a [u8])];

fn get<'a>(tags: &Tags<'a>, key: &[u8]) -> Option<&'a [u8]> {
    tags.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
}

fn yes(v: Option<&[u8]>) -> bool {
    matches!(v, Some(b"yes" | b"designated" | b"permissive" | b"destination" | b"customers" | b"official"))
}

fn no(v: Option<&[u8]>) -> bool {
    matches!(v, Some(b"no" | b"private" | b"use_sidepath" | b"agricultural" | b"forestry" | b"military"))
}

/// A decimal number at the start of a tag value.
fn number(v: &[u8]) -> Option<f64> {
    let end = v.iter().position(|c| !matches!(c, b'0'..=b'9' | b'.' | b'-')).unwrap_or(v.len());
    std::str::from_utf8(v.get(..end)?).ok()?.parse().ok()
}

/// What a way is for someone on foot; `None` when it may not be walked.
#[must_use]
pub fn way(tags: &Tags) -> Option<Traits> {
    let highway = get(tags, b"highway");
    let foot = get(tags, b"foot");
    if get(tags, b"area") == Some(b"yes") && !matches!(highway, Some(b"pedestrian" | b"footway")) {
        return None;
    }
    let mut t = 0u16;
    match highway {
        Some(
            b"footway" | b"pedestrian" | b"path" | b"corridor" | b"crossing" | b"platform" | b"bridleway"
            | b"elevator" | b"steps",
        ) => {}
        Some(
            b"living_street" | b"residential" | b"unclassified" | b"service" | b"track" | b"tertiary"
            | b"tertiary_link" | b"secondary" | b"secondary_link" | b"primary" | b"primary_link" | b"road",
        ) => t |= Traits::STREET,
        // fast roads and cycle tracks only when the map says that people walk there
        Some(b"trunk" | b"trunk_link" | b"busway") => {
            let pavement = matches!(get(tags, b"sidewalk"), Some(b"both" | b"left" | b"right" | b"yes"));
            if !yes(foot) && !pavement {
                return None;
            }
            t |= Traits::STREET;
        }
        Some(b"cycleway" | b"motorway" | b"motorway_link") => {
            if !yes(foot) {
                return None;
            }
        }
        None => {
            let platform = get(tags, b"railway") == Some(b"platform")
                || get(tags, b"public_transport") == Some(b"platform");
            if !platform && (get(tags, b"man_made") != Some(b"pier") || no(foot)) {
                return None;
            }
        }
        Some(_) => return None,
    }
    if no(foot) || (no(get(tags, b"access")) && !yes(foot)) {
        return None;
    }
    match highway {
        Some(b"steps") => t |= Traits::STEPS,
        Some(b"elevator") => t |= Traits::LIFT,
        Some(b"crossing") => t |= Traits::CROSSING,
        _ => {}
    }
    if get(tags, b"footway") == Some(b"crossing") {
        t |= Traits::CROSSING;
    }
    let ramp = yes(get(tags, b"ramp:wheelchair")) || yes(get(tags, b"ramp:stroller"));
    let plain_ramp = get(tags, b"ramp") == Some(b"yes") && get(tags, b"ramp:wheelchair") != Some(b"no");
    if ramp || plain_ramp {
        t |= Traits::RAMP;
    }
    if matches!(get(tags, b"conveying"), Some(v) if v != b"no") {
        t |= Traits::CONVEYING;
    }
    if get(tags, b"wheelchair") == Some(b"no")
        || get(tags, b"width").and_then(number).is_some_and(|w| w < 0.9)
    {
        t |= Traits::NARROW;
    }
    if get(tags, b"incline").and_then(number).is_some_and(|i| i.abs() > 8.0) {
        t |= Traits::STEEP;
    }
    if matches!(
        get(tags, b"surface"),
        Some(
            b"gravel"
                | b"sand"
                | b"mud"
                | b"grass"
                | b"dirt"
                | b"earth"
                | b"pebblestone"
                | b"rock"
                | b"ground"
        )
    ) {
        t |= Traits::ROUGH;
    }
    if matches!(get(tags, b"bridge"), Some(v) if v != b"no") {
        t |= Traits::BRIDGE;
    }
    match get(tags, b"oneway:foot") {
        Some(b"yes" | b"1") => t |= Traits::FORWARD_ONLY,
        Some(b"-1") => t |= Traits::BACKWARD_ONLY,
        _ => {}
    }
    Some(Traits(t))
}

/// Whether the way is a square that may be crossed in any direction.
#[must_use]
pub fn is_square(tags: &Tags) -> bool {
    get(tags, b"area") == Some(b"yes") && matches!(get(tags, b"highway"), Some(b"pedestrian" | b"footway"))
}

/// What stands at a node.
#[must_use]
pub fn node(tags: &Tags) -> Stop {
    let mut s = 0u8;
    let (foot, access) = (get(tags, b"foot"), get(tags, b"access"));
    match get(tags, b"highway") {
        Some(b"crossing")
            if get(tags, b"crossing") == Some(b"traffic_signals")
                || get(tags, b"crossing:signals") == Some(b"yes") =>
        {
            s |= Stop::SIGNAL;
        }
        Some(b"elevator") => s |= Stop::LIFT,
        _ => {}
    }
    if matches!(get(tags, b"kerb"), Some(b"raised" | b"yes")) {
        s |= Stop::KERB;
    }
    match get(tags, b"barrier") {
        Some(b"gate" | b"lift_gate" | b"swing_gate" | b"sliding_gate" | b"hampshire_gate" | b"entrance") => {
            s |= Stop::GATE;
            if (no(foot) || no(access) || get(tags, b"locked") == Some(b"yes")) && !yes(foot) {
                s |= Stop::LOCKED;
            }
        }
        Some(b"wall" | b"fence" | b"block_wall" | b"debris") if !yes(foot) && !yes(access) => {
            s |= Stop::LOCKED
        }
        Some(
            b"stile" | b"turnstile" | b"full-height_turnstile" | b"kissing_gate" | b"cycle_barrier" | b"log",
        ) => {
            s |= Stop::SQUEEZE;
            if no(foot) {
                s |= Stop::LOCKED;
            }
        }
        Some(b"kerb") if get(tags, b"kerb").is_none() => s |= Stop::KERB,
        _ => {}
    }
    Stop(s)
}

/// Keys that the rules read: a reader may drop all others. `name` is kept for the account of a path.
#[must_use]
pub fn reads(key: &[u8]) -> bool {
    matches!(
        key,
        b"highway"
            | b"foot"
            | b"access"
            | b"area"
            | b"sidewalk"
            | b"railway"
            | b"public_transport"
            | b"man_made"
            | b"footway"
            | b"ramp"
            | b"ramp:wheelchair"
            | b"ramp:stroller"
            | b"conveying"
            | b"wheelchair"
            | b"width"
            | b"incline"
            | b"surface"
            | b"bridge"
            | b"oneway:foot"
            | b"crossing"
            | b"crossing:signals"
            | b"kerb"
            | b"barrier"
            | b"locked"
            | b"name"
            | b"building"
            | b"entrance"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<(&[u8], &[u8])> {
        text.split_whitespace()
            .filter_map(|t| t.split_once('='))
            .map(|(k, v)| (k.as_bytes(), v.as_bytes()))
            .collect()
    }

    #[test]
    fn ways_that_people_walk() {
        for t in [
            "highway=footway",
            "highway=residential",
            "highway=cycleway foot=yes",
            "highway=trunk sidewalk=both",
            "highway=service access=private foot=yes",
            "railway=platform",
            "highway=pedestrian area=yes",
        ] {
            assert!(way(&tags(t)).is_some(), "{t}");
        }
    }

    #[test]
    fn ways_that_people_do_not_walk() {
        for t in [
            "highway=motorway",
            "highway=trunk",
            "highway=cycleway",
            "highway=footway foot=no",
            "highway=service access=private",
            "highway=construction",
            "building=yes",
            "highway=primary foot=use_sidepath",
            "highway=services area=yes",
        ] {
            assert!(way(&tags(t)).is_none(), "{t}");
        }
    }

    #[test]
    fn gates() {
        assert!(!node(&tags("barrier=gate")).has(Stop::LOCKED));
        assert!(node(&tags("barrier=gate access=private")).has(Stop::LOCKED));
        assert!(!node(&tags("barrier=gate access=private foot=yes")).has(Stop::LOCKED));
        assert!(node(&tags("barrier=gate locked=yes")).has(Stop::LOCKED));
        assert!(node(&tags("kerb=raised")).has(Stop::KERB));
        assert!(node(&tags("highway=crossing crossing=traffic_signals")).has(Stop::SIGNAL));
    }
}
