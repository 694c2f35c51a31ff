//! A conversation that goes on: votes come one by one, the picture follows within a bound.
//!
//! A vote changes the matrix, its counts and the sums for pairs of statements at once, in microseconds; the picture is
//! marked stale. [`Live::catch_up`] then makes a new picture of everything that came since, so a burst of votes costs
//! one picture and not one each. [`Live::due`] says when catching up must begin so that no vote waits longer than the
//! bound. Time is an argument; any clock in milliseconds will do.
//!
//! Each picture is computed anew and exactly from the sums, never patched, so it is the picture that [`crate::compute()`]
//! gives for the same votes and history.

use crate::compute::{Picture, compute};
use crate::error::Result;
use crate::groups::Params;
use crate::history::History;
use crate::ratings::{Change, Ratings};
use crate::vote::{Moderation, PersonId, Statement, StatementId, Tally, Vote};

/// What has happened since the picture was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// When the first of it happened.
    pub since_ms: i64,
    /// Votes that changed something.
    pub votes: u32,
    /// Statements that came, or changed in moderation.
    pub statements: u32,
}

/// A conversation with its latest picture.
#[derive(Debug, Clone)]
pub struct Live {
    ratings: Ratings,
    params: Params,
    history: History,
    picture: Picture,
    stale: Option<Stale>,
    tick: u64,
}

impl Live {
    /// Takes up a conversation where `history` left it, and makes its picture. `tick` is the number of the last picture
    /// made before, 0 if there was none.
    #[must_use]
    pub fn new(mut ratings: Ratings, params: Params, history: History, tick: u64) -> Self {
        ratings.keep_pairs();
        let (picture, history) = compute(&ratings, &params, &history);
        Self { ratings, params, history, picture, stale: None, tick: tick + 1 }
    }

    /// Records a vote. Voting the same again leaves the picture fresh.
    ///
    /// # Errors
    /// As [`Ratings::vote`]; nothing is changed then.
    pub fn vote(
        &mut self,
        person: PersonId,
        statement: StatementId,
        vote: Vote,
        now_ms: i64,
    ) -> Result<Change> {
        let change = self.ratings.vote(person, statement, vote)?;
        if change != Change::Same {
            self.mark(now_ms).votes += 1;
        }
        Ok(change)
    }

    /// Adds a statement, or changes what is known of it.
    ///
    /// # Errors
    /// As [`Ratings::put_statement`].
    pub fn put_statement(&mut self, statement: Statement, now_ms: i64) -> Result<()> {
        self.ratings.put_statement(statement)?;
        self.mark(now_ms).statements += 1;
        Ok(())
    }

    /// Records what moderators decided.
    ///
    /// # Errors
    /// As [`Ratings::moderate`].
    pub fn moderate(&mut self, id: StatementId, moderation: Moderation, now_ms: i64) -> Result<()> {
        self.ratings.moderate(id, moderation)?;
        self.mark(now_ms).statements += 1;
        Ok(())
    }

    fn mark(&mut self, now_ms: i64) -> &mut Stale {
        self.stale.get_or_insert(Stale { since_ms: now_ms, votes: 0, statements: 0 })
    }

    /// What the picture does not show yet; `None` if it shows everything.
    #[must_use]
    pub fn stale(&self) -> Option<Stale> {
        self.stale
    }

    /// Whether catching up must begin now, so that nothing waits longer than `bound_ms` when a picture takes `takes_ms`.
    #[must_use]
    pub fn due(&self, now_ms: i64, bound_ms: i64, takes_ms: i64) -> bool {
        self.stale.is_some_and(|s| now_ms.saturating_add(takes_ms) >= s.since_ms.saturating_add(bound_ms))
    }

    /// Makes the picture of everything that happened. Does nothing if it is not stale.
    pub fn catch_up(&mut self) -> &Picture {
        if self.stale.take().is_some() {
            let (picture, history) = compute(&self.ratings, &self.params, &self.history);
            self.picture = picture;
            self.history = history;
            self.tick += 1;
        }
        &self.picture
    }

    /// The latest picture: whole, of one moment, maybe stale.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Counts of a statement over everybody, never stale.
    #[must_use]
    pub fn tally(&self, id: StatementId) -> Option<Tally> {
        self.ratings.statement_index(id).map(|i| self.ratings.tallies()[i])
    }

    /// The votes.
    #[must_use]
    pub fn ratings(&self) -> &Ratings {
        &self.ratings
    }

    /// What is remembered.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Number of the latest picture, from 1.
    #[must_use]
    pub fn tick(&self) -> u64 {
        self.tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth;

    fn live() -> Live {
        let plan = synth::Plan { people: 60, statements: 20, votes_each: 12, ..synth::Plan::default() };
        Live::new(synth::conversation(&plan).unwrap(), Params::default(), History::default(), 0)
    }

    #[test]
    fn a_vote_marks_and_catching_up_clears() {
        let mut l = live();
        assert_eq!((l.stale(), l.tick()), (None, 1));
        let before = l.tally(StatementId(0)).unwrap();
        l.vote(PersonId(1_000), StatementId(0), Vote::Agree, 500).unwrap();
        l.vote(PersonId(1_001), StatementId(0), Vote::Pass, 510).unwrap();
        l.vote(PersonId(1_001), StatementId(0), Vote::Pass, 520).unwrap();
        assert_eq!(l.stale(), Some(Stale { since_ms: 500, votes: 2, statements: 0 }));
        assert_eq!(l.tally(StatementId(0)).unwrap().seen, before.seen + 2);
        assert_eq!(l.picture().people, 60);
        assert!(!l.due(520, 50, 10) && l.due(540, 50, 10) && l.due(600, 50, 10));
        assert_eq!(l.catch_up().people, 62);
        assert_eq!((l.stale(), l.tick()), (None, 2));
        assert!(!l.due(i64::MAX, 0, 0));
        l.catch_up();
        assert_eq!(l.tick(), 2);
        assert!(l.vote(PersonId(1), StatementId(99), Vote::Agree, 0).is_err());
        assert_eq!(l.stale(), None);
    }

    #[test]
    fn a_live_picture_is_the_computed_one() {
        let mut l = live();
        let history = l.history().clone();
        for n in 0..40u64 {
            l.vote(PersonId(n * 7 % 70), StatementId(n * 3 % 20), Vote::Disagree, 0).unwrap();
        }
        l.put_statement(Statement::new(20), 0).unwrap();
        l.vote(PersonId(3), StatementId(20), Vote::Agree, 0).unwrap();
        l.moderate(StatementId(4), Moderation::Rejected, 0).unwrap();
        let (fresh, next) = compute(l.ratings(), &Params::default(), &history);
        assert!(*l.catch_up() == fresh);
        assert!(*l.history() == next);
    }
}
