//! Money in fen. Yuan never exist as floats.

use std::fmt;

/// An amount in fen (1/100 yuan).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }
    /// Whole yuan; `None` on overflow.
    #[must_use]
    pub const fn yuan(yuan: i64) -> Option<Self> {
        match yuan.checked_mul(100) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
    /// `None` on overflow.
    #[must_use]
    pub const fn plus(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }
}

/// `1,234.50`: thousands separated, always two decimals.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(c);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{grouped}.{:02}", self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_shown_with_two_decimals() {
        assert_eq!(Fen::new(0).to_string(), "0.00");
        assert_eq!(Fen::new(-5).to_string(), "-0.05");
        assert_eq!(Fen::new(123_456_789).to_string(), "1,234,567.89");
        assert_eq!(Fen::yuan(i64::MAX), None);
        assert_eq!(Fen::new(i64::MIN).to_string(), "-92,233,720,368,547,758.08");
    }
}
