//! Division codes: the 12 digits of the National Bureau of Statistics (统计用区划代码): 2 province, 2 city, 2 district,
//! 3 street, 3 community.

use std::fmt;
use std::str::FromStr;

/// A division at any level. Trailing zero groups tell the level: `440105000000` is a district, `440105001000` a street,
/// `440105001101` a community.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceCode(u64);

/// The level a code names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    Province,
    City,
    District,
    Street,
    Community,
}

/// The text is not a 12-digit division code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a 12-digit division code")]
pub struct NotAPlaceCode;

impl PlaceCode {
    /// From its number.
    ///
    /// # Errors
    /// If it has not 12 digits.
    pub const fn new(code: u64) -> Result<Self, NotAPlaceCode> {
        if code < 110_000_000_000 || code > 999_999_999_999 { Err(NotAPlaceCode) } else { Ok(Self(code)) }
    }

    #[must_use]
    pub const fn level(self) -> Level {
        if self.0 % 1_000 != 0 {
            Level::Community
        } else if self.0 % 1_000_000 != 0 {
            Level::Street
        } else if self.0 % 100_000_000 != 0 {
            Level::District
        } else if self.0 % 10_000_000_000 != 0 {
            Level::City
        } else {
            Level::Province
        }
    }

    const fn span(self) -> u64 {
        match self.level() {
            Level::Community => 1,
            Level::Street => 1_000,
            Level::District => 1_000_000,
            Level::City => 100_000_000,
            Level::Province => 10_000_000_000,
        }
    }

    /// Whether `other` is this place or lies in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        other.0 >= self.0 && other.0 < self.0 + self.span()
    }

    /// First and last code of what lies in it, both included: `code BETWEEN $1 AND $2` finds all that it contains.
    #[must_use]
    pub const fn range(self) -> (Self, Self) {
        (self, Self(self.0 + self.span() - 1))
    }

    /// The street of a community, the district of a street; `None` above a province.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        let up = match self.level() {
            Level::Community => 1_000,
            Level::Street => 1_000_000,
            Level::District => 100_000_000,
            Level::City => 10_000_000_000,
            Level::Province => return None,
        };
        Some(Self(self.0 - self.0 % up))
    }

    /// Six digits of the district, as document numbers and paper numbers use.
    #[must_use]
    pub const fn district6(self) -> u64 {
        self.0 / 1_000_000
    }

    /// As stored: the 12 digits as a number.
    #[must_use]
    pub fn raw(self) -> i64 {
        i64::try_from(self.0).unwrap_or(0)
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PlaceCode {
    type Err = NotAPlaceCode;
    fn from_str(text: &str) -> Result<Self, NotAPlaceCode> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAPlaceCode);
        }
        text.parse().map_err(|_| NotAPlaceCode).and_then(Self::new)
    }
}

impl TryFrom<i64> for PlaceCode {
    type Error = NotAPlaceCode;
    fn try_from(raw: i64) -> Result<Self, NotAPlaceCode> {
        u64::try_from(raw).map_err(|_| NotAPlaceCode).and_then(Self::new)
    }
}

impl schemars::JsonSchema for PlaceCode {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PlaceCode".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{12}$" })
    }
}

impl serde::Serialize for PlaceCode {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PlaceCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_contains_its_communities_and_no_others() {
        let street: PlaceCode = "440105001000".parse().unwrap();
        assert_eq!(street.level(), Level::Street);
        assert!(street.contains("440105001101".parse().unwrap()));
        assert!(street.contains(street));
        assert!(!street.contains("440105002101".parse().unwrap()));
        let district = street.parent().unwrap();
        assert_eq!(district.to_string(), "440105000000");
        assert_eq!(district.level(), Level::District);
        assert!(district.contains(street));
        assert_eq!(district.district6(), 440_105);
        for bad in ["44010500100", "4401050010000", "4401 5001000", "", "000000000000"] {
            assert!(bad.parse::<PlaceCode>().is_err(), "{bad}");
        }
    }
}
