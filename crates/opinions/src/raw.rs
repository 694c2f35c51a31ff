//! Votes and statements as JSON, as interfaces and database dumps give them: a list of objects.
//!
//! Two spellings are in use (`participant_id`, `statement_id`, `moderated`; or `pid`, `tid`, `mod`), numbers may be
//! quoted, and **both signs are in use**: inside Polis −1 is agree, in exports +1. A file does not tell, so the caller
//! must.

use crate::error::{Error, Result};
use crate::polis::{Comment, MAX_CASTS, MAX_FILE, MAX_TEXT};
use crate::ratings::Limits;
use crate::vote::{Cast, Moderation, PersonId, Statement, StatementId, Vote};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

/// Which number means agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreeIs {
    /// +1, as in exports.
    Plus,
    /// −1, as inside Polis.
    Minus,
}

/// A number, quoted or not.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Float(f64),
    Text(String),
}

impl Number {
    fn whole(&self) -> Option<i64> {
        let of_float =
            |x: f64| (x.is_finite() && x.abs() < 9e15 && x.fract().abs() <= 0.0).then_some(x as i64);
        match self {
            Self::Whole(n) => Some(*n),
            Self::Float(x) => of_float(*x),
            Self::Text(t) => t.parse().ok().or_else(|| t.parse().ok().and_then(of_float)),
        }
    }
    fn id(&self) -> Option<u64> {
        self.whole().and_then(|n| u64::try_from(n).ok())
    }
}

#[derive(Deserialize)]
struct RawVote {
    #[serde(alias = "pid")]
    participant_id: Number,
    #[serde(alias = "tid")]
    statement_id: Number,
    vote: Number,
    #[serde(alias = "created", default)]
    modified: Option<Number>,
}

#[derive(Deserialize)]
struct RawComment {
    #[serde(alias = "tid")]
    statement_id: Number,
    #[serde(alias = "pid", default)]
    participant_id: Option<Number>,
    #[serde(alias = "mod", default)]
    moderated: Option<Number>,
    #[serde(default)]
    is_meta: bool,
    #[serde(default)]
    txt: String,
}

/// Hands each object of a list on as soon as it is read, so that a large file needs no memory beside its result.
struct Each<F>(F);

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<()>> DeserializeSeed<'de>
    for Each<(F, std::marker::PhantomData<T>)>
{
    type Value = Result<()>;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> std::result::Result<Self::Value, D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<()>> Visitor<'de>
    for Each<(F, std::marker::PhantomData<T>)>
{
    type Value = Result<()>;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> std::result::Result<Self::Value, A::Error> {
        while let Some(item) = seq.next_element::<T>()? {
            if let Err(e) = self.0.0(item) {
                return Ok(Err(e));
            }
        }
        Ok(Ok(()))
    }
}

fn each<'a, T: Deserialize<'a>>(
    file: &'static str,
    bytes: &'a [u8],
    f: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::TooLarge { what: "bytes in one file", limit: MAX_FILE });
    }
    let mut de = serde_json::Deserializer::from_slice(bytes);
    match Each((f, std::marker::PhantomData::<T>)).deserialize(&mut de) {
        Ok(Err(ours)) => Err(ours),
        Ok(Ok(())) => de.end().map_err(|e| Error::record(file, 0, e.to_string())),
        Err(e) => Err(Error::record(file, 0, e.to_string())),
    }
}

/// Reads votes.
///
/// # Errors
/// [`Error::Record`] with the number of the record (0 where the JSON itself is broken), [`Error::TooLarge`].
pub fn read_votes(bytes: &[u8], agree: AgreeIs) -> Result<Vec<Cast>> {
    let mut out: Vec<Cast> = Vec::new();
    each("votes.json", bytes, |v: RawVote| {
        let bad = |what: &str| Error::record("votes.json", out.len() as u64 + 1, what);
        if out.len() >= MAX_CASTS {
            return Err(Error::TooLarge { what: "votes in one file", limit: MAX_CASTS as u64 });
        }
        let number = v.vote.whole();
        let vote = match agree {
            AgreeIs::Plus => number.and_then(Vote::from_exported),
            AgreeIs::Minus => number.and_then(Vote::from_sign),
        };
        let cast = Cast {
            person: PersonId(v.participant_id.id().ok_or_else(|| bad("not the number of a participant"))?),
            statement: StatementId(v.statement_id.id().ok_or_else(|| bad("not the number of a statement"))?),
            vote: vote.ok_or_else(|| bad("a vote is \u{2212}1, 0 or 1"))?,
            at_ms: v.modified.as_ref().and_then(Number::whole).unwrap_or(0),
        };
        out.push(cast);
        Ok(())
    })?;
    Ok(out)
}

/// Reads statements.
///
/// # Errors
/// [`Error::Record`] with the number of the record (0 where the JSON itself is broken), [`Error::TooLarge`].
pub fn read_comments(bytes: &[u8], limits: &Limits) -> Result<Vec<Comment>> {
    let mut out: Vec<Comment> = Vec::new();
    each("comments.json", bytes, |c: RawComment| {
        let bad = |what: &str| Error::record("comments.json", out.len() as u64 + 1, what);
        if out.len() >= limits.statements {
            return Err(Error::TooLarge { what: "statements", limit: limits.statements as u64 });
        }
        if c.txt.len() > MAX_TEXT {
            return Err(bad("the statement is too long"));
        }
        let moderation =
            c.moderated.as_ref().map_or(Some(0), Number::whole).and_then(Moderation::from_number);
        let comment = Comment {
            statement: Statement {
                id: StatementId(c.statement_id.id().ok_or_else(|| bad("not the number of a statement"))?),
                moderation: moderation.ok_or_else(|| bad("moderated is \u{2212}1, 0 or 1"))?,
                meta: c.is_meta,
            },
            author: c.participant_id.as_ref().and_then(Number::id).map(PersonId),
            at_ms: 0,
            text: c.txt,
        };
        out.push(comment);
        Ok(())
    })?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_both_signs() {
        let a = br#"[{"participant_id": 3, "statement_id": 4, "vote": 1, "modified": 15.0, "x": [1]}]"#;
        let b = br#"[{"pid": "3", "tid": 4, "vote": -1, "modified": "15"}]"#;
        let plus = read_votes(a, AgreeIs::Plus).unwrap();
        assert_eq!(plus, read_votes(b, AgreeIs::Minus).unwrap());
        assert_eq!((plus[0].vote, plus[0].at_ms), (Vote::Agree, 15));
        assert_eq!(read_votes(a, AgreeIs::Minus).unwrap()[0].vote, Vote::Disagree);
    }

    #[test]
    fn refuses_with_the_record() {
        let bad = |b: &[u8]| read_votes(b, AgreeIs::Plus).unwrap_err().to_string();
        assert!(bad(br#"[{"pid":1,"tid":1,"vote":1},{"pid":-1,"tid":1,"vote":1}]"#).contains("record 2"));
        assert!(bad(br#"[{"pid":1,"tid":1,"vote":0.5}]"#).contains("record 1: a vote is"));
        assert!(bad(b"{}").contains("a list of objects"));
        assert!(bad(b"[] x").contains("trailing"));
        let deep = "[".repeat(100_000);
        assert!(bad(deep.as_bytes()).contains("record 0"));
        let few = Limits { statements: 1, ..Limits::default() };
        assert!(read_comments(br#"[{"tid":1},{"tid":2}]"#, &few).is_err());
    }
}
