//! The saved state: votes, statements and history in one file, read back in milliseconds.
//!
//! Layout, little-endian: 8 bytes `OPINIONS`; version (u32); zero (u32); check sum over everything behind it (u64);
//! then tick (u64), counts of statements (u32) and people (u32), for each statement id (u64), moderation (i8) and meta
//! (u8), for each person id (u64) and number of votes (u32), then the votes of all rows as statement index (u16) and
//! sign (i8), then the last components (u32 statements, their numbers, twice as many f64: JSON would not keep their last
//! bit), then the rest of the history as JSON with its length (u64) before. Everything is checked on reading: the sum, every
//! count against what is left of the file, the order of all numbers, every index and sign.

use crate::error::{Error, Result};
use crate::history::{History, KeptComponents};
use crate::ratings::{Cell, Limits, Ratings};
use crate::vote::{Moderation, PersonId, Statement, StatementId};
use std::path::Path;

const MAGIC: &[u8; 8] = b"OPINIONS";
/// Version of the format; a file of another version is refused.
pub const VERSION: u32 = 1;
/// Largest file that is read.
pub const MAX_FILE: u64 = 1 << 30;
/// Bytes before the part that is summed.
pub const HEADER: usize = 24;

/// A conversation at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The votes.
    pub ratings: Ratings,
    /// What is remembered from picture to picture.
    pub history: History,
    /// Number of the last picture.
    pub tick: u64,
}

/// FNV-1a over 8-byte words, folded. It finds damage, not malice: malice is met by checking everything that is read.
#[must_use]
pub fn check_sum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut h = 0xcbf2_9ce4_8422_2325u64 ^ bytes.len() as u64;
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for c in chunks {
        h = (h ^ c.try_into().map_or(0, u64::from_le_bytes)).wrapping_mul(PRIME);
        h ^= h >> 29;
    }
    for &b in rest {
        h = (h ^ u64::from(b)).wrapping_mul(PRIME);
    }
    h ^ (h >> 32)
}

/// The bytes of a state.
///
/// # Errors
/// [`Error::Argument`] if the history cannot be written (it holds a number that is not finite).
pub fn to_bytes(ratings: &Ratings, history: &History, tick: u64) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(HEADER + ratings.votes() * 3 + ratings.people().len() * 12 + 4_096);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&tick.to_le_bytes());
    out.extend_from_slice(&(ratings.statements().len() as u32).to_le_bytes());
    out.extend_from_slice(&(ratings.people().len() as u32).to_le_bytes());
    for s in ratings.statements() {
        out.extend_from_slice(&s.id.0.to_le_bytes());
        out.extend_from_slice(&s.moderation.number().to_le_bytes());
        out.push(u8::from(s.meta));
    }
    for (p, row) in ratings.people().iter().zip(ratings.rows()) {
        out.extend_from_slice(&p.0.to_le_bytes());
        out.extend_from_slice(&(row.len() as u32).to_le_bytes());
    }
    for c in ratings.rows().iter().flatten() {
        out.extend_from_slice(&c.statement.to_le_bytes());
        out.extend_from_slice(&c.sign.to_le_bytes());
    }
    let nothing = KeptComponents::default();
    let kept = history.components.as_ref().unwrap_or(&nothing);
    out.extend_from_slice(&(kept.statements.len() as u32).to_le_bytes());
    kept.statements.iter().for_each(|s| out.extend_from_slice(&s.0.to_le_bytes()));
    kept.comps.iter().flatten().for_each(|x| out.extend_from_slice(&x.to_le_bytes()));
    let rest = History { components: None, ..history.clone() };
    let json = serde_json::to_vec(&rest).map_err(|e| Error::Argument(format!("the history: {e}")))?;
    out.extend_from_slice(&(json.len() as u64).to_le_bytes());
    out.extend_from_slice(&json);
    let sum = check_sum(&out[HEADER..]);
    out[16..24].copy_from_slice(&sum.to_le_bytes());
    Ok(out)
}

struct Reader<'a> {
    rest: &'a [u8],
    at: u64,
}

impl<'a> Reader<'a> {
    fn bad(&self, what: &'static str) -> Error {
        Error::Damaged { at: self.at, what }
    }
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or_else(|| self.bad("the file ends too soon"))?;
        self.rest = rest;
        self.at += n as u64;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_e| Error::Damaged { at, what: "the file ends too soon" })
    }
    fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }
    fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }
    /// A count of things that take `size` bytes each at least: never more than the file can hold.
    fn count(&mut self, size: usize, limit: usize, what: &'static str) -> Result<usize> {
        let n = self.u32()? as usize;
        if n > limit {
            return Err(Error::TooLarge { what, limit: limit as u64 });
        }
        if n.saturating_mul(size) > self.rest.len() {
            return Err(self.bad("a count larger than the file"));
        }
        Ok(n)
    }
}

/// A state from its bytes.
///
/// # Errors
/// [`Error::Damaged`] with the place, [`Error::TooLarge`] above the limits.
pub fn from_bytes(bytes: &[u8], limits: Limits) -> Result<State> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::TooLarge { what: "bytes in one file", limit: MAX_FILE });
    }
    let mut r = Reader { rest: bytes, at: 0 };
    if r.array::<8>()? != *MAGIC {
        return Err(Error::Damaged { at: 0, what: "not a saved state" });
    }
    if r.u32()? != VERSION {
        return Err(r.bad("another version"));
    }
    if r.u32()? != 0 {
        return Err(r.bad("a word that must be zero"));
    }
    let sum = r.u64()?;
    if sum != check_sum(r.rest) {
        return Err(r.bad("the check sum does not fit"));
    }
    let tick = r.u64()?;
    let statement_limit = limits.statements.min(usize::from(u16::MAX));
    let n = r.count(10, statement_limit, "statements")?;
    let people_at = r.count(12, limits.people, "people")?;
    let mut statements: Vec<Statement> = Vec::with_capacity(n);
    for _ in 0..n {
        let id = StatementId(r.u64()?);
        let [moderation, meta] = r.array::<2>()?;
        let moderation = Moderation::from_number(i64::from(moderation.cast_signed()))
            .ok_or_else(|| r.bad("moderation is not −1, 0 or 1"))?;
        if meta > 1 || statements.last().is_some_and(|s| s.id >= id) {
            return Err(r.bad("statements are not in order"));
        }
        statements.push(Statement { id, moderation, meta: meta == 1 });
    }
    let mut people: Vec<PersonId> = Vec::with_capacity(people_at);
    let mut lengths: Vec<usize> = Vec::with_capacity(people_at);
    let mut votes = 0usize;
    for _ in 0..people_at {
        let id = PersonId(r.u64()?);
        let length = r.u32()? as usize;
        votes = votes.saturating_add(length);
        if length > n || people.last().is_some_and(|&p| p >= id) {
            return Err(r.bad("people are not in order"));
        }
        people.push(id);
        lengths.push(length);
    }
    if votes > limits.votes {
        return Err(Error::TooLarge { what: "votes", limit: limits.votes as u64 });
    }
    if votes.saturating_mul(3) > r.rest.len() {
        return Err(r.bad("more votes than the file holds"));
    }
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(people_at);
    for length in lengths {
        let mut row: Vec<Cell> = Vec::with_capacity(length);
        for _ in 0..length {
            let [a, b, sign] = r.array::<3>()?;
            let cell = Cell { statement: u16::from_le_bytes([a, b]), sign: sign.cast_signed() };
            let behind = row.last().is_none_or(|c| c.statement < cell.statement);
            if !behind || usize::from(cell.statement) >= n || !(-1..=1).contains(&cell.sign) {
                return Err(r.bad("a vote that cannot be"));
            }
            row.push(cell);
        }
        rows.push(row);
    }
    let kept = r.count(24, limits.statements, "statements")?;
    let mut components = KeptComponents::default();
    for _ in 0..kept {
        components.statements.push(StatementId(r.u64()?));
    }
    for comp in &mut components.comps {
        for _ in 0..kept {
            comp.push(f64::from_bits(r.u64()?));
        }
    }
    let json_length = usize::try_from(r.u64()?).map_err(|_e| r.bad("the history is too long"))?;
    let json = r.take(json_length)?;
    let mut history: History =
        serde_json::from_slice(json).map_err(|_e| r.bad("the history cannot be read"))?;
    history.components = (kept > 0).then_some(components);
    if !r.rest.is_empty() {
        return Err(r.bad("more behind the end"));
    }
    let history = sound(history, &limits).ok_or_else(|| r.bad("a history that cannot be"))?;
    Ok(State { ratings: Ratings::from_parts(people, rows, statements, limits), history, tick })
}

fn distinct(mut ids: impl Iterator<Item = u32>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    ids.all(|id| seen.insert(id))
}

/// A history whose sizes are within the limits and whose lists stand in order, no number twice.
fn sound(history: History, limits: &Limits) -> Option<History> {
    let ordered = history.in_conversation.is_sorted_by(|a, b| a < b);
    let groups = || std::iter::once(&history.groups).chain(history.subgroups.values());
    let numbered = distinct(history.base.iter().map(|b| b.id))
        && history.base.iter().all(|b| b.id < history.next_base)
        && groups().flat_map(|g| g.by_k.values()).all(|list| distinct(list.iter().map(|c| c.id)));
    let small = history.in_conversation.len() <= limits.people
        && history.base.len() <= limits.people
        && history.base.iter().map(|b| b.members.len()).sum::<usize>() <= limits.people
        && history.components.as_ref().is_none_or(|c| {
            c.statements.len() <= limits.statements
                && c.comps.iter().all(|x| x.len() == c.statements.len() && x.iter().all(|v| v.abs() <= 1.5))
        });
    (ordered && numbered && small).then_some(history)
}

/// Writes a state beside the file and then puts it in its place, so that a crash leaves the old or the new one.
///
/// # Errors
/// What the file system says.
pub fn save(path: &Path, ratings: &Ratings, history: &History, tick: u64) -> Result<()> {
    use std::io::Write;
    let bytes = to_bytes(ratings, history, tick)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = std::fs::File::create(&beside).map_err(Error::file(&beside))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(Error::file(&beside))?;
    std::fs::rename(&beside, path).map_err(Error::file(path))
}

/// Reads a state.
///
/// # Errors
/// As [`from_bytes`], and what the file system says.
pub fn load(path: &Path, limits: Limits) -> Result<State> {
    let size = std::fs::metadata(path).map_err(Error::file(path))?.len();
    if size > MAX_FILE {
        return Err(Error::TooLarge { what: "bytes in one file", limit: MAX_FILE });
    }
    from_bytes(&std::fs::read(path).map_err(Error::file(path))?, limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::compute;
    use crate::groups::Params;
    use crate::synth;

    fn state() -> State {
        let plan = synth::Plan { people: 130, statements: 12, ..synth::Plan::default() };
        let ratings = synth::conversation(&plan).unwrap();
        let (_, history) = compute(&ratings, &Params::default(), &History::default());
        State { ratings, history, tick: 9 }
    }

    #[test]
    fn comes_back_as_it_was() {
        let s = state();
        let bytes = to_bytes(&s.ratings, &s.history, s.tick).unwrap();
        assert!(from_bytes(&bytes, Limits::default()).unwrap() == s);
        let path = std::env::temp_dir().join(format!("opinions-state-{}", std::process::id()));
        save(&path, &s.ratings, &s.history, s.tick).unwrap();
        assert!(load(&path, Limits::default()).unwrap() == s);
        std::fs::remove_file(&path).unwrap();
        assert!(load(&path, Limits::default()).unwrap_err().to_string().contains("opinions-state"));
    }

    #[test]
    fn damage_is_told() {
        let s = state();
        let bytes = to_bytes(&s.ratings, &s.history, s.tick).unwrap();
        for cut in [0, 7, 20, 30, bytes.len() - 1] {
            assert!(from_bytes(&bytes[..cut], Limits::default()).is_err());
        }
        let mut one = bytes.clone();
        one[100] ^= 1;
        assert!(from_bytes(&one, Limits::default()).unwrap_err().to_string().contains("check sum"));
        // a hostile count, with a fitting sum
        let mut hostile = bytes.clone();
        hostile[36..40].copy_from_slice(&u32::MAX.to_le_bytes());
        let sum = check_sum(&hostile[HEADER..]);
        hostile[16..24].copy_from_slice(&sum.to_le_bytes());
        let text = from_bytes(&hostile, Limits::default()).unwrap_err().to_string();
        assert_eq!(text, "too large: more than 100000 people");
        let few = Limits { people: 10, ..Limits::default() };
        assert!(from_bytes(&bytes, few).is_err());
    }
}
