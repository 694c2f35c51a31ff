//! Who votes on what, and how.

use serde::{Deserialize, Serialize};

/// A person in a conversation. The number is the caller's; only its order matters here, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u64);

/// A statement (in Polis: comment) of a conversation. As with people, only the order of the numbers matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatementId(pub u64);

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for StatementId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a person says to a statement. Not having voted is not a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vote {
    /// Agrees.
    Agree,
    /// Has seen it and takes no side.
    Pass,
    /// Disagrees.
    Disagree,
}

impl Vote {
    /// The number in the rating matrix, in Polis' own sign: −1 agree, 0 pass, +1 disagree. Centre, components and
    /// projections are in this sign.
    #[must_use]
    pub fn sign(self) -> i8 {
        match self {
            Self::Agree => -1,
            Self::Pass => 0,
            Self::Disagree => 1,
        }
    }

    /// The number in public exports, which is the other way round: +1 agree, 0 pass, −1 disagree.
    #[must_use]
    pub fn exported(self) -> i8 {
        -self.sign()
    }

    /// From the number of the rating matrix; `None` outside −1, 0, 1.
    #[must_use]
    pub fn from_sign(sign: i64) -> Option<Self> {
        match sign {
            -1 => Some(Self::Agree),
            0 => Some(Self::Pass),
            1 => Some(Self::Disagree),
            _ => None,
        }
    }

    /// From the number of an export; `None` outside −1, 0, 1.
    #[must_use]
    pub fn from_exported(number: i64) -> Option<Self> {
        number.checked_neg().and_then(Self::from_sign)
    }
}

/// What moderators decided about a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moderation {
    /// Taken out (in exports −1).
    Rejected,
    /// Nobody decided yet (0). Counts, unless the conversation is strict.
    #[default]
    Pending,
    /// Let in (1).
    Accepted,
}

impl Moderation {
    /// The number of exports: −1 rejected, 0 pending, 1 accepted.
    #[must_use]
    pub fn number(self) -> i8 {
        match self {
            Self::Rejected => -1,
            Self::Pending => 0,
            Self::Accepted => 1,
        }
    }

    /// From the number of an export; `None` outside −1, 0, 1.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        match number {
            -1 => Some(Self::Rejected),
            0 => Some(Self::Pending),
            1 => Some(Self::Accepted),
            _ => None,
        }
    }
}

/// A statement as far as the computation needs it; its words stay with the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Its number.
    pub id: StatementId,
    /// What moderators decided.
    pub moderation: Moderation,
    /// Asks about the voter, not for an opinion ("I live in the north"). Meta statements do not shape the groups.
    pub meta: bool,
}

impl Statement {
    /// A statement nobody has moderated yet.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self { id: StatementId(id), moderation: Moderation::Pending, meta: false }
    }

    /// Whether its column of the rating matrix is set to zero: rejected, meta or, in a strict conversation, pending.
    #[must_use]
    pub fn is_out(&self, strict: bool) -> bool {
        self.meta
            || match self.moderation {
                Moderation::Rejected => true,
                Moderation::Pending => strict,
                Moderation::Accepted => false,
            }
    }
}

/// One vote as it was cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// Who.
    pub person: PersonId,
    /// On what.
    pub statement: StatementId,
    /// What she said.
    pub vote: Vote,
    /// When, in milliseconds since 1970; only the order matters. The last vote of a person on a statement counts.
    pub at_ms: i64,
}

/// How many said what. All counts are of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Who agree (in Polis' results `A`, in the formulas *na*).
    #[serde(rename = "A")]
    pub agree: u32,
    /// Who disagree (`D`, *nd*).
    #[serde(rename = "D")]
    pub disagree: u32,
    /// Who voted at all, passes too (`S`, *ns*).
    #[serde(rename = "S")]
    pub seen: u32,
}

impl Tally {
    /// Who passed.
    #[must_use]
    pub fn pass(&self) -> u32 {
        self.seen.saturating_sub(self.agree).saturating_sub(self.disagree)
    }

    /// Adds one voter with a sign of the rating matrix.
    pub(crate) fn add(&mut self, sign: i8) {
        self.agree += u32::from(sign < 0);
        self.disagree += u32::from(sign > 0);
        self.seen += 1;
    }

    /// Takes one voter away again.
    pub(crate) fn take(&mut self, sign: i8) {
        self.agree -= u32::from(sign < 0);
        self.disagree -= u32::from(sign > 0);
        self.seen -= 1;
    }

    /// Sum of the signs: disagreeing minus agreeing.
    pub(crate) fn sum(&self) -> i64 {
        i64::from(self.disagree) - i64::from(self.agree)
    }
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { agree: self.agree + o.agree, disagree: self.disagree + o.disagree, seen: self.seen + o.seen }
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_signs_are_opposite() {
        for v in [Vote::Agree, Vote::Pass, Vote::Disagree] {
            assert_eq!(Vote::from_sign(i64::from(v.sign())), Some(v));
            assert_eq!(Vote::from_exported(i64::from(v.exported())), Some(v));
            assert_eq!(v.sign(), -v.exported());
        }
        assert_eq!(Vote::from_exported(i64::MIN), None);
        assert_eq!(Vote::from_sign(2), None);
    }

    #[test]
    fn who_is_moderated_out() {
        let s = |moderation, meta| Statement { id: StatementId(1), moderation, meta };
        assert!(s(Moderation::Rejected, false).is_out(false));
        assert!(s(Moderation::Accepted, true).is_out(false));
        assert!(!s(Moderation::Pending, false).is_out(false));
        assert!(s(Moderation::Pending, false).is_out(true));
        assert!(!s(Moderation::Accepted, false).is_out(true));
    }
}
