//! Ids: 63-bit, sortable by time, made by the program and never by a database.
//!
//! Layout: 43 bits of milliseconds since 2020-01-01 (enough until 2298), 6 bits of node, 14 bits of counter. Ids of one
//! process rise strictly; ids of several processes are close in time but NOT in commit order, so no cursor over events may use
//! them (see `linli-db`).

use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Instant;

/// 2020-01-01T00:00:00Z in milliseconds.
const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 6;
const COUNTER_BITS: u32 = 14;

/// Makes raw ids. One per process; the node number tells processes on one database apart.
#[derive(Debug)]
pub struct IdGen {
    node: i64,
    last: AtomicI64,
}

impl IdGen {
    /// `node` is taken modulo 64.
    #[must_use]
    pub fn new(node: u8) -> Self {
        Self { node: i64::from(node % (1 << NODE_BITS)), last: AtomicI64::new(0) }
    }

    /// The next id at an instant. If the clock stands still or goes back, the counter runs on (at worst into the next
    /// millisecond), so ids of one generator rise strictly.
    pub fn next(&self, now: Instant) -> i64 {
        let ms = (now.millis() - EPOCH_MS).max(0);
        let floor = ms << COUNTER_BITS;
        let tick = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(floor.max(last + 1)))
            .map_or(floor, |last| floor.max(last + 1));
        let (ms, counter) = (tick >> COUNTER_BITS, tick & ((1 << COUNTER_BITS) - 1));
        (ms << (NODE_BITS + COUNTER_BITS)) | (self.node << COUNTER_BITS) | counter
    }

    /// Ids made from here on are higher than `id`: called at the start with the highest id stored, so that a clock that went
    /// back between two runs cannot make ids fall.
    pub fn raise(&self, id: i64) {
        let ms = id >> (NODE_BITS + COUNTER_BITS);
        let tick = (ms << COUNTER_BITS) | (id & ((1 << COUNTER_BITS) - 1));
        self.last.fetch_max(tick, Ordering::SeqCst);
    }

    /// The lowest id that any generator makes at an instant.
    #[must_use]
    pub fn floor_at(at: Instant) -> i64 {
        (at.millis() - EPOCH_MS).max(0) << (NODE_BITS + COUNTER_BITS)
    }

    /// The instant packed in an id.
    #[must_use]
    pub fn instant_of(raw: i64) -> Instant {
        Instant::from_millis((raw >> (NODE_BITS + COUNTER_BITS)) + EPOCH_MS)
    }
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What [`decode`] reads, as JSON Schema has it; the first character carries three bits.
pub const PATTERN: &str = "^[0-7oOiIlL][0-9A-TV-Za-tv-z]{12}$";

/// Crockford base 32, 13 characters, sorts as the number does. For addresses and papers.
#[must_use]
pub fn encode(raw: i64) -> String {
    let raw = raw.unsigned_abs();
    (0..13)
        .rev()
        .map(|i| {
            char::from(
                ALPHABET.get(usize::try_from((raw >> (5 * i)) & 31).unwrap_or(0)).copied().unwrap_or(b'0'),
            )
        })
        .collect()
}

/// Reads [`encode`]; lower case and the confusable I, L, O are forgiven.
#[must_use]
pub fn decode(text: &str) -> Option<i64> {
    if text.len() != 13 {
        return None;
    }
    let mut raw: u64 = 0;
    for c in text.bytes() {
        let c = match c.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            c => c,
        };
        let digit = ALPHABET.iter().position(|a| *a == c)?;
        raw = raw.checked_mul(32)?.checked_add(u64::try_from(digit).ok()?)?;
    }
    i64::try_from(raw).ok()
}

/// Declares an id newtype: `id! { pub struct CaseId; }`, doc comments on lines of their own.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* pub struct $name:ident;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// From the raw number, as stored.
            #[must_use]
            pub const fn from_raw(raw: i64) -> Self {
                Self(raw)
            }
            /// The raw number, as stored.
            #[must_use]
            pub const fn raw(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(raw: i64) -> Self {
                Self(raw)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::id::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), $crate::id::encode(self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::NotAnId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::id::decode(text).map(Self).ok_or($crate::id::NotAnId)
            }
        }

        impl $crate::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schemars::json_schema!({ "type": "string", "pattern": $crate::id::PATTERN })
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as $crate::serde::Deserialize>::deserialize(d)?;
                text.parse().map_err($crate::serde::de::Error::custom)
            }
        }
    };
}

/// The text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_rise_even_when_the_clock_goes_back() {
        let ids = IdGen::new(3);
        let t = Instant::from_millis(1_764_000_000_000);
        let a = ids.next(t);
        let b = ids.next(Instant::from_millis(t.millis() - 60_000));
        let c = ids.next(t);
        assert!(a < b && b < c);
        assert_eq!(IdGen::instant_of(a), t);
    }

    proptest! {
        #[test]
        fn encoding_round_trips_and_sorts(a in 0i64.., b in 0i64..) {
            prop_assert_eq!(decode(&encode(a)), Some(a));
            prop_assert_eq!(encode(a).cmp(&encode(b)), a.cmp(&b));
        }

        #[test]
        fn decoding_never_panics(text in "\\PC{0,20}") {
            let _ = decode(&text);
        }
    }
}
