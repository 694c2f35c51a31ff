//! The rating matrix: people by statements, the last vote of each pair (D1, step 1).
//!
//! It is kept as one sorted row per person. People and statements stand in order of their numbers whatever the order
//! in which they came, so that everything computed from it is the same on any machine.

use crate::error::{Error, Result};
use crate::pairs::Pairs;
use crate::vote::{Cast, Moderation, PersonId, Statement, StatementId, Tally, Vote};

/// Sizes above which input is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// People in one conversation.
    pub people: usize,
    /// Statements in one conversation; at most 65,535.
    pub statements: usize,
    /// Votes that count (the last of each person and statement).
    pub votes: usize,
}

impl Default for Limits {
    /// Polis' own limits for people and statements; votes so that the matrix stays under half a gigabyte.
    fn default() -> Self {
        Self { people: 100_000, statements: 10_000, votes: 100_000_000 }
    }
}

/// One vote in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Index of the statement.
    pub statement: u16,
    /// Number of the rating matrix: −1 agree, 0 pass, 1 disagree.
    pub sign: i8,
}

/// What a vote did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The first vote of this person on this statement.
    First,
    /// She changed her mind.
    Changed,
    /// She had said the same before: nothing changes.
    Same,
}

/// The rating matrix of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ratings {
    people: Vec<PersonId>,
    rows: Vec<Vec<Cell>>,
    statements: Vec<Statement>,
    tallies: Vec<Tally>,
    pairs: Option<Pairs>,
    votes: usize,
    limits: Limits,
}

impl Ratings {
    /// An empty conversation.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// A conversation from its statements and all votes ever cast, in any order: the last of each person and statement
    /// counts (by time; of equal times the one further behind). Statements that were only voted on are added as
    /// pending.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above the limits.
    pub fn from_votes(statements: &[Statement], votes: &[Cast], limits: Limits) -> Result<Self> {
        let mut out = Self::new(limits);
        let mut ids: Vec<PersonId> = Vec::new();
        for v in votes {
            // exports come sorted by statement and then person, or person and then statement: runs are common
            if ids.last() != Some(&v.person) {
                ids.push(v.person);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > limits.people {
            return Err(Error::TooLarge { what: "people", limit: limits.people as u64 });
        }
        out.rows = vec![Vec::new(); ids.len()];
        out.people = ids;
        for s in statements {
            out.put_statement(*s)?;
        }
        let mut unknown: Vec<StatementId> = Vec::new();
        for v in votes {
            if out.statement_index(v.statement).is_none() && unknown.last() != Some(&v.statement) {
                unknown.push(v.statement);
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        for id in unknown {
            out.put_statement(Statement::new(id.0))?;
        }
        if votes.is_sorted_by_key(|v| v.at_ms) {
            for v in votes {
                out.vote(v.person, v.statement, v.vote)?;
            }
        } else {
            let mut order: Vec<u32> = Vec::new();
            let n = u32::try_from(votes.len())
                .map_err(|_e| Error::TooLarge { what: "votes", limit: u64::from(u32::MAX) })?;
            order.extend(0..n);
            order.sort_by_key(|&i| votes[i as usize].at_ms);
            for i in order {
                let v = votes[i as usize];
                out.vote(v.person, v.statement, v.vote)?;
            }
        }
        Ok(out)
    }

    /// From rows that are known to be sorted and inside the limits, as a saved state holds them.
    pub(crate) fn from_parts(
        people: Vec<PersonId>,
        rows: Vec<Vec<Cell>>,
        statements: Vec<Statement>,
        limits: Limits,
    ) -> Self {
        let mut tallies = vec![Tally::default(); statements.len()];
        for c in rows.iter().flatten() {
            tallies[c.statement as usize].add(c.sign);
        }
        let votes = rows.iter().map(Vec::len).sum();
        Self { people, rows, statements, tallies, pairs: None, votes, limits }
    }

    /// Adds a statement, or changes what is known of it. A number below the others moves their columns, which costs
    /// the time of reading all votes; numbers that only grow cost nothing.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above the limits.
    pub fn put_statement(&mut self, statement: Statement) -> Result<()> {
        match self.statements.binary_search_by_key(&statement.id, |s| s.id) {
            Ok(i) => self.statements[i] = statement,
            Err(i) => {
                let limit = self.limits.statements.min(usize::from(u16::MAX));
                if self.statements.len() >= limit {
                    return Err(Error::TooLarge { what: "statements", limit: limit as u64 });
                }
                let last = i == self.statements.len();
                self.statements.insert(i, statement);
                self.tallies.insert(i, Tally::default());
                if !last {
                    for c in self.rows.iter_mut().flatten() {
                        c.statement += u16::from(usize::from(c.statement) >= i);
                    }
                }
                if self.pairs.is_some() {
                    if last && self.statements.len() <= Pairs::MAX_STATEMENTS {
                        self.pairs.iter_mut().for_each(Pairs::add_statement);
                    } else {
                        self.pairs = None;
                        self.keep_pairs();
                    }
                }
            }
        }
        Ok(())
    }

    /// Records what moderators decided.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such statement.
    pub fn moderate(&mut self, id: StatementId, moderation: Moderation) -> Result<()> {
        let i = self.known(id)?;
        self.statements[i].moderation = moderation;
        Ok(())
    }

    /// Records whether a statement is meta.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such statement.
    pub fn set_meta(&mut self, id: StatementId, meta: bool) -> Result<()> {
        let i = self.known(id)?;
        self.statements[i].meta = meta;
        Ok(())
    }

    fn known(&self, id: StatementId) -> Result<usize> {
        self.statement_index(id).ok_or_else(|| Error::Argument(format!("there is no statement {id}")))
    }

    /// Records a vote; it replaces an earlier one of the same person on the same statement.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such statement, [`Error::TooLarge`] above the limits. Nothing is changed then.
    pub fn vote(&mut self, person: PersonId, statement: StatementId, vote: Vote) -> Result<Change> {
        let s = self.known(statement)?;
        let sign = vote.sign();
        let p = match self.people.binary_search(&person) {
            Ok(p) => p,
            Err(p) => {
                if self.people.len() >= self.limits.people {
                    return Err(Error::TooLarge { what: "people", limit: self.limits.people as u64 });
                }
                self.people.insert(p, person);
                self.rows.insert(p, Vec::new());
                p
            }
        };
        let row = &mut self.rows[p];
        match row.binary_search_by_key(&s, |c| usize::from(c.statement)) {
            Ok(i) => {
                let old = row[i].sign;
                if old == sign {
                    return Ok(Change::Same);
                }
                if let Some(pairs) = &mut self.pairs {
                    pairs.change(row, i, sign);
                }
                row[i].sign = sign;
                self.tallies[s].take(old);
                self.tallies[s].add(sign);
                Ok(Change::Changed)
            }
            Err(i) => {
                if self.votes >= self.limits.votes {
                    return Err(Error::TooLarge { what: "votes", limit: self.limits.votes as u64 });
                }
                let cell = Cell { statement: s as u16, sign };
                if let Some(pairs) = &mut self.pairs {
                    pairs.first(row, cell);
                }
                row.insert(i, cell);
                self.tallies[s].add(sign);
                self.votes += 1;
                Ok(Change::First)
            }
        }
    }

    /// Keeps the counts of pairs of statements up to date from now on, so that each later computation starts from them
    /// (see [`crate::pairs`]). Does nothing above [`Pairs::MAX_STATEMENTS`].
    pub fn keep_pairs(&mut self) {
        if self.pairs.is_none() && self.statements.len() <= Pairs::MAX_STATEMENTS {
            self.pairs = Some(Pairs::of(self));
        }
    }

    pub(crate) fn pairs(&self) -> Option<&Pairs> {
        self.pairs.as_ref()
    }

    /// Everybody who ever voted, by number.
    #[must_use]
    pub fn people(&self) -> &[PersonId] {
        &self.people
    }

    /// All statements, by number.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Counts over everybody, by statement.
    #[must_use]
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// Votes that count: the last of each person and statement.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.votes
    }

    /// Sizes above which input is refused.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Index of a statement.
    #[must_use]
    pub fn statement_index(&self, id: StatementId) -> Option<usize> {
        self.statements.binary_search_by_key(&id, |s| s.id).ok()
    }

    /// Index of a person.
    #[must_use]
    pub fn person_index(&self, id: PersonId) -> Option<usize> {
        self.people.binary_search(&id).ok()
    }

    pub(crate) fn row(&self, person: usize) -> &[Cell] {
        &self.rows[person]
    }

    pub(crate) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// The votes of one person (by index), by statement.
    pub fn votes_of(&self, person: usize) -> impl Iterator<Item = (StatementId, Vote)> + '_ {
        self.rows.get(person).into_iter().flatten().map(|c| {
            let vote = Vote::from_sign(i64::from(c.sign)).unwrap_or(Vote::Pass);
            (self.statements[c.statement as usize].id, vote)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(person: u64, statement: u64, vote: Vote, at_ms: i64) -> Cast {
        Cast { person: PersonId(person), statement: StatementId(statement), vote, at_ms }
    }

    #[test]
    fn the_last_vote_counts_whatever_the_order() {
        let mut votes = vec![
            cast(2, 7, Vote::Agree, 10),
            cast(1, 7, Vote::Disagree, 5),
            cast(2, 7, Vote::Disagree, 30),
            cast(2, 3, Vote::Pass, 20),
            cast(2, 7, Vote::Agree, 25),
        ];
        let a = Ratings::from_votes(&[], &votes, Limits::default()).unwrap();
        votes.reverse();
        let b = Ratings::from_votes(&[], &votes, Limits::default()).unwrap();
        assert_eq!(a, b);
        assert_eq!(a.votes(), 3);
        assert_eq!(a.tallies()[1], Tally { agree: 0, disagree: 2, seen: 2 });
        assert_eq!(a.tallies()[0].pass(), 1);
    }

    #[test]
    fn voting_the_same_again_changes_nothing() {
        let mut r = Ratings::new(Limits::default());
        r.put_statement(Statement::new(1)).unwrap();
        assert_eq!(r.vote(PersonId(1), StatementId(1), Vote::Agree).unwrap(), Change::First);
        let before = r.clone();
        assert_eq!(r.vote(PersonId(1), StatementId(1), Vote::Agree).unwrap(), Change::Same);
        assert_eq!(r, before);
        assert_eq!(r.vote(PersonId(1), StatementId(1), Vote::Pass).unwrap(), Change::Changed);
        assert!(r.vote(PersonId(1), StatementId(2), Vote::Pass).is_err());
    }

    #[test]
    fn limits_refuse() {
        let limits = Limits { people: 1, statements: 2, votes: 1 };
        let mut r = Ratings::new(limits);
        r.put_statement(Statement::new(1)).unwrap();
        r.put_statement(Statement::new(2)).unwrap();
        let text = r.put_statement(Statement::new(3)).unwrap_err().to_string();
        assert_eq!(text, "too large: more than 2 statements");
        r.vote(PersonId(1), StatementId(1), Vote::Agree).unwrap();
        assert!(r.vote(PersonId(1), StatementId(2), Vote::Agree).is_err());
        assert!(r.vote(PersonId(2), StatementId(1), Vote::Agree).is_err());
        assert_eq!((r.people().len(), r.votes()), (1, 1));
        let two = [cast(1, 1, Vote::Agree, 0), cast(2, 1, Vote::Agree, 0)];
        assert!(Ratings::from_votes(&[], &two, limits).is_err());
    }

    #[test]
    fn a_statement_between_others_moves_their_columns() {
        let mut r = Ratings::new(Limits::default());
        for id in [10, 30] {
            r.put_statement(Statement::new(id)).unwrap();
            r.vote(PersonId(1), StatementId(id), Vote::Agree).unwrap();
        }
        r.keep_pairs();
        r.put_statement(Statement::new(20)).unwrap();
        r.vote(PersonId(1), StatementId(20), Vote::Disagree).unwrap();
        let votes: Vec<_> = r.votes_of(0).map(|(s, v)| (s.0, v)).collect();
        assert_eq!(votes, [(10, Vote::Agree), (20, Vote::Disagree), (30, Vote::Agree)]);
        assert_eq!(r.pairs, Some(Pairs::of(&r)));
    }
}
