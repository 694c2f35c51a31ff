//! Polis' public export, read and written: `comments.csv`, `votes.csv`, `participants-votes.csv`, `summary.csv`.
//!
//! Columns are found by their headings, in any order; further ones are passed over. In exports +1 is agree. Statements
//! that begin like a formula are written with an apostrophe before, so that a spreadsheet shows them as text, and read
//! without it.

use crate::compute::Picture;
use crate::error::{Error, Result};
use crate::ratings::{Limits, Ratings};
use crate::vote::{Cast, Moderation, PersonId, Statement, StatementId, Vote};
use csv::{ByteRecord, ReaderBuilder};
use std::collections::BTreeMap;
use std::io::Write;

/// Largest file that is read, in bytes.
pub const MAX_FILE: u64 = 1 << 30;
/// Longest statement that is read, in bytes.
pub const MAX_TEXT: usize = 1 << 14;
/// Votes that a file may hold, changed ones counted again: 640 MB once read.
pub const MAX_CASTS: usize = 20_000_000;

const VOTES: &str = "votes.csv";
const COMMENTS: &str = "comments.csv";
const PARTICIPANTS: &str = "participants-votes.csv";

/// A statement with what is around it in the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The statement as the computation needs it.
    pub statement: Statement,
    /// Who wrote it, if told.
    pub author: Option<PersonId>,
    /// When, in milliseconds since 1970; 0 if not told.
    pub at_ms: i64,
    /// Its words.
    pub text: String,
}

/// A line of `participants-votes.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub person: PersonId,
    /// Her published group, if she has one.
    pub group: Option<u32>,
    /// How many statements she wrote.
    pub comments: u32,
    /// What she said, by statement.
    pub votes: Vec<(StatementId, Vote)>,
}

/// Refuses what is too large before any of it is read.
fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::TooLarge { what: "bytes in one file", limit: MAX_FILE });
    }
    Ok(())
}

/// A CSV file whose columns are found by heading.
struct Table<'a> {
    file: &'static str,
    reader: csv::Reader<&'a [u8]>,
    headings: Vec<String>,
    record: ByteRecord,
    number: u64,
}

impl<'a> Table<'a> {
    fn open(file: &'static str, bytes: &'a [u8]) -> Result<Self> {
        check_size(bytes)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headings = reader
            .byte_headers()
            .map_err(|e| Error::record(file, 0, e.to_string()))?
            .iter()
            .map(|h| String::from_utf8_lossy(h).trim().to_owned())
            .collect();
        Ok(Self { file, reader, headings, record: ByteRecord::new(), number: 0 })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|h| h == name)
    }

    fn needed(&self, name: &str) -> Result<usize> {
        self.column(name).ok_or_else(|| Error::record(self.file, 0, format!("there is no column {name}")))
    }

    fn next(&mut self) -> Result<bool> {
        self.number += 1;
        self.reader.read_byte_record(&mut self.record).map_err(|e| self.bad(e.to_string()))
    }

    fn bad(&self, what: impl Into<String>) -> Error {
        Error::record(self.file, self.number, what)
    }

    fn field(&self, column: Option<usize>) -> &[u8] {
        column.and_then(|c| self.record.get(c)).map_or(&[], <[u8]>::trim_ascii)
    }

    /// A whole number; `None` if the field is empty or not there.
    fn number(&self, column: Option<usize>) -> Result<Option<i64>> {
        let field = self.field(column);
        if field.is_empty() {
            return Ok(None);
        }
        let text = std::str::from_utf8(field).unwrap_or("");
        text.parse().map(Some).map_err(|_e| {
            let shown: String = String::from_utf8_lossy(field).chars().take(40).collect();
            self.bad(format!("{shown:?} is not a whole number"))
        })
    }

    fn id(&self, column: usize) -> Result<u64> {
        let n = self.number(Some(column))?.ok_or_else(|| self.bad("a number is missing"))?;
        u64::try_from(n).map_err(|_e| self.bad("a number is negative"))
    }

    fn vote(&self, column: usize) -> Result<Option<Vote>> {
        self.number(Some(column))?
            .map(|n| Vote::from_exported(n).ok_or_else(|| self.bad(format!("a vote is −1, 0 or 1, not {n}"))))
            .transpose()
    }
}

/// Reads `votes.csv`: columns `comment-id`, `voter-id`, `vote` and, if there, `timestamp` in milliseconds.
///
/// # Errors
/// [`Error::Record`] with the number of the record, [`Error::TooLarge`].
pub fn read_votes(bytes: &[u8]) -> Result<Vec<Cast>> {
    let mut t = Table::open(VOTES, bytes)?;
    let (comment, voter, vote) = (t.needed("comment-id")?, t.needed("voter-id")?, t.needed("vote")?);
    let at = t.column("timestamp");
    let mut out = Vec::new();
    while t.next()? {
        if out.len() >= MAX_CASTS {
            return Err(Error::TooLarge { what: "votes in one file", limit: MAX_CASTS as u64 });
        }
        out.push(Cast {
            person: PersonId(t.id(voter)?),
            statement: StatementId(t.id(comment)?),
            vote: t.vote(vote)?.ok_or_else(|| t.bad("the vote is missing"))?,
            at_ms: t.number(at)?.unwrap_or(0),
        });
    }
    Ok(out)
}

/// Reads `comments.csv`: column `comment-id` and, if there, `moderated`, `is-meta`, `author-id`, `timestamp`,
/// `comment-body`. Of equal numbers the last counts.
///
/// # Errors
/// [`Error::Record`] with the number of the record, [`Error::TooLarge`].
pub fn read_comments(bytes: &[u8], limits: &Limits) -> Result<Vec<Comment>> {
    let mut t = Table::open(COMMENTS, bytes)?;
    let id = t.needed("comment-id")?;
    let [moderated, meta, author, at, body] =
        ["moderated", "is-meta", "author-id", "timestamp", "comment-body"].map(|n| t.column(n));
    let mut out: BTreeMap<StatementId, Comment> = BTreeMap::new();
    while t.next()? {
        let moderation = t.number(moderated)?.unwrap_or(0);
        let text = t.field(body);
        if text.len() > MAX_TEXT {
            return Err(t.bad(format!("the statement is longer than {MAX_TEXT} bytes")));
        }
        let statement = Statement {
            id: StatementId(t.id(id)?),
            moderation: Moderation::from_number(moderation)
                .ok_or_else(|| t.bad(format!("moderated is −1, 0 or 1, not {moderation}")))?,
            meta: matches!(t.field(meta), b"1" | b"true" | b"True" | b"TRUE"),
        };
        let comment = Comment {
            statement,
            author: t.number(author)?.and_then(|n| u64::try_from(n).ok()).map(PersonId),
            at_ms: t.number(at)?.unwrap_or(0),
            text: plain(&String::from_utf8_lossy(text)).to_owned(),
        };
        out.insert(statement.id, comment);
        if out.len() > limits.statements {
            return Err(Error::TooLarge { what: "statements", limit: limits.statements as u64 });
        }
    }
    Ok(out.into_values().collect())
}

/// Reads `participants-votes.csv`: `participant`, `group-id`, `n-comments`, and a column for each statement.
///
/// # Errors
/// [`Error::Record`] with the number of the record, [`Error::TooLarge`].
pub fn read_participants(bytes: &[u8], limits: &Limits) -> Result<Vec<Participant>> {
    let mut t = Table::open(PARTICIPANTS, bytes)?;
    let (person, group) = (t.needed("participant")?, t.needed("group-id")?);
    let comments = t.column("n-comments");
    let columns: Vec<(usize, StatementId)> = t
        .headings
        .iter()
        .enumerate()
        .filter_map(|(i, h)| h.parse().ok().map(|n| (i, StatementId(n))))
        .collect();
    if columns.len() > limits.statements {
        return Err(Error::TooLarge { what: "statements", limit: limits.statements as u64 });
    }
    let (mut out, mut votes_read) = (Vec::new(), 0usize);
    while t.next()? {
        if out.len() >= limits.people {
            return Err(Error::TooLarge { what: "people", limit: limits.people as u64 });
        }
        let mut votes = Vec::new();
        for &(column, id) in &columns {
            if let Some(v) = t.vote(column)? {
                votes.push((id, v));
            }
        }
        votes_read += votes.len();
        if votes_read > limits.votes {
            return Err(Error::TooLarge { what: "votes", limit: limits.votes as u64 });
        }
        let small = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
        out.push(Participant {
            person: PersonId(t.id(person)?),
            group: small(t.number(Some(group))?),
            comments: small(t.number(comments)?).unwrap_or(0),
            votes,
        });
    }
    Ok(out)
}

/// Reads `summary.csv`: lines of a name and a value, such as `topic` or `url`.
///
/// # Errors
/// [`Error::Record`] with the number of the record, [`Error::TooLarge`].
pub fn read_summary(bytes: &[u8]) -> Result<BTreeMap<String, String>> {
    check_size(bytes)?;
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    let mut out = BTreeMap::new();
    for (n, record) in (1..).zip(reader.byte_records()) {
        let record = record.map_err(|e| Error::record("summary.csv", n, e.to_string()))?;
        let text = |i: usize| String::from_utf8_lossy(record.get(i).unwrap_or(&[])).into_owned();
        out.insert(text(0), plain(&text(1)).to_owned());
        if n > 1_000 {
            return Err(Error::TooLarge { what: "lines in summary.csv", limit: 1_000 });
        }
    }
    Ok(out)
}

fn is_risky(c: Option<char>) -> bool {
    matches!(c, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\''))
}

/// Text that no spreadsheet takes for a formula.
pub(crate) fn guarded(text: &str) -> String {
    if is_risky(text.chars().next()) { format!("'{text}") } else { text.to_owned() }
}

/// The text before it was [`guarded`].
fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(rest.chars().next()) => rest,
        _ => text,
    }
}

/// A time as `2026-11-27T12:00:00Z`, in UTC whatever the machine's zone.
#[must_use]
pub fn datetime(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // days to a civil date (H. Hinnant, "chrono-compatible low-level date algorithms")
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}Z")
}

fn written(e: csv::Error) -> Error {
    match e.into_kind() {
        csv::ErrorKind::Io(e) => Error::Io(e),
        other => Error::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

/// Writes lines of CSV.
pub(crate) struct Lines<W: Write>(csv::Writer<W>);

impl<W: Write> Lines<W> {
    pub(crate) fn new(to: W) -> Self {
        Self(csv::WriterBuilder::new().flexible(true).from_writer(to))
    }
    pub(crate) fn line<T: AsRef<[u8]>>(&mut self, fields: impl IntoIterator<Item = T>) -> Result<()> {
        self.0.write_record(fields).map_err(written)
    }
    pub(crate) fn end(mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}

/// Writes `votes.csv`.
///
/// # Errors
/// What the destination says.
pub fn write_votes(to: impl Write, votes: &[Cast]) -> Result<()> {
    let mut lines = Lines::new(to);
    lines.line(["timestamp", "datetime", "comment-id", "voter-id", "vote"])?;
    for v in votes {
        lines.line([
            v.at_ms.to_string(),
            datetime(v.at_ms),
            v.statement.to_string(),
            v.person.to_string(),
            v.vote.exported().to_string(),
        ])?;
    }
    lines.end()
}

/// Writes `comments.csv`, with the counts of the matrix. The column `is-meta` is ours.
///
/// # Errors
/// What the destination says.
pub fn write_comments(to: impl Write, comments: &[Comment], ratings: &Ratings) -> Result<()> {
    let mut lines = Lines::new(to);
    let headings = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,is-meta,comment-body";
    lines.line(headings.split(','))?;
    for c in comments {
        let tally = ratings.statement_index(c.statement.id).map(|i| ratings.tallies()[i]).unwrap_or_default();
        lines.line([
            c.at_ms.to_string(),
            datetime(c.at_ms),
            c.statement.id.to_string(),
            c.author.map(|a| a.to_string()).unwrap_or_default(),
            tally.agree.to_string(),
            tally.disagree.to_string(),
            c.statement.moderation.number().to_string(),
            u8::from(c.statement.meta).to_string(),
            guarded(&c.text),
        ])?;
    }
    lines.end()
}

/// Writes `participants-votes.csv`, with the groups of the picture.
///
/// # Errors
/// What the destination says.
pub fn write_participants(
    to: impl Write,
    ratings: &Ratings,
    picture: &Picture,
    comments: &[Comment],
) -> Result<()> {
    let mut wrote: BTreeMap<PersonId, u32> = BTreeMap::new();
    for c in comments {
        if let Some(a) = c.author {
            *wrote.entry(a).or_default() += 1;
        }
    }
    let mut lines = Lines::new(to);
    let ids = ratings.statements().iter().map(|s| s.id.to_string());
    let fixed =
        ["participant", "group-id", "n-comments", "n-votes", "n-agree", "n-disagree"].map(String::from);
    lines.line(fixed.into_iter().chain(ids))?;
    for (p, person) in ratings.people().iter().enumerate() {
        let row = ratings.row(p);
        let count = |sign: i8| row.iter().filter(|c| c.sign == sign).count().to_string();
        let group = picture.group_of(*person).map(|g| picture.split.groups[g].id.to_string());
        let mut fields = vec![String::new(); 6 + ratings.statements().len()];
        for (field, value) in fields.iter_mut().zip([
            person.to_string(),
            group.unwrap_or_default(),
            wrote.get(person).copied().unwrap_or(0).to_string(),
            row.len().to_string(),
            count(-1),
            count(1),
        ]) {
            *field = value;
        }
        for c in row {
            fields[6 + usize::from(c.statement)] = (-c.sign).to_string();
        }
        lines.line(fields)?;
    }
    lines.end()
}

/// Writes `summary.csv`. Lines that tell of the conversation (`topic`, `url`, …) come from `about`, counts from the
/// votes.
///
/// # Errors
/// What the destination says.
pub fn write_summary(
    to: impl Write,
    about: &BTreeMap<String, String>,
    ratings: &Ratings,
    picture: &Picture,
    comments: &[Comment],
) -> Result<()> {
    let authors: std::collections::BTreeSet<_> = comments.iter().filter_map(|c| c.author).collect();
    let counted = [
        ("voters", ratings.people().len()),
        ("voters-in-conv", picture.placed.len()),
        ("commenters", authors.len()),
        ("comments", ratings.statements().len()),
        ("groups", picture.split.groups.len()),
    ];
    let mut lines = Lines::new(to);
    for (name, value) in about {
        if !counted.iter().any(|(n, _)| n == name) {
            lines.line([name.as_str(), &guarded(value)])?;
        }
    }
    for (name, n) in counted {
        lines.line([name, &n.to_string()])?;
    }
    lines.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_votes_by_heading() {
        let v = read_votes(b"vote,voter-id,more,comment-id\n1,7,x,3\n-1,8,,3\n0,9,\"a\nb\",4\n").unwrap();
        assert_eq!(v.len(), 3);
        assert_eq!((v[0].person, v[0].statement, v[0].vote), (PersonId(7), StatementId(3), Vote::Agree));
        assert_eq!((v[1].vote, v[2].vote, v[2].at_ms), (Vote::Disagree, Vote::Pass, 0));
    }

    #[test]
    fn says_which_record_is_wrong() {
        let text = |b: &[u8]| read_votes(b).unwrap_err().to_string();
        assert_eq!(text(b"vote,voter-id\n"), "votes.csv, record 0: there is no column comment-id");
        assert_eq!(
            text(b"vote,voter-id,comment-id\n1,1,1\n2,1,1\n"),
            "votes.csv, record 2: a vote is \u{2212}1, 0 or 1, not 2"
        );
        assert!(text(b"vote,voter-id,comment-id\n1,-1,1\n").ends_with("a number is negative"));
        assert!(text(b"vote,voter-id,comment-id\n1,abc,1\n").ends_with("\"abc\" is not a whole number"));
        assert!(text(b"vote,voter-id,comment-id\n1,1\n").ends_with("a number is missing"));
    }

    #[test]
    fn statements_like_formulas_are_guarded_and_come_back() {
        for text in ["=1+1", "-5 °C", "'=x", "''", "'tis", "plain", "", "街道"] {
            assert_eq!(plain(&guarded(text)), text);
        }
        assert_eq!(guarded("=1+1"), "'=1+1");
    }

    #[test]
    fn too_many_statements_are_refused() {
        let limits = Limits { statements: 1, ..Limits::default() };
        assert!(read_comments(b"comment-id\n1\n2\n", &limits).is_err());
        assert!(read_participants(b"participant,group-id,1,2\n", &limits).is_err());
        let long = format!("comment-id,comment-body\n1,{}\n", "x".repeat(MAX_TEXT + 1));
        assert!(read_comments(long.as_bytes(), &Limits::default()).is_err());
    }

    #[test]
    fn dates() {
        assert_eq!(datetime(0), "1970-01-01T00:00:00Z");
        assert_eq!(datetime(1_403_054_214_196), "2014-06-18T01:16:54Z");
        assert_eq!(datetime(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(datetime(-1), "1969-12-31T23:59:59Z");
        assert!(datetime(i64::MIN).starts_with('-') && datetime(i64::MAX).ends_with('Z'));
    }
}
