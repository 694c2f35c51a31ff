//! Damages files by seeded mutation and reads them, for as long as asked: nothing may panic or hang, and nothing may
//! take much memory (run it under `ulimit -v`).
//!
//! ```sh
//! (ulimit -v 600000; cargo run --release -p opinions --example mutate -- 600 1 [FILE…])
//! ```
//!
//! Files are told apart by name (`votes.csv`, `comments.csv`, `participants-votes.csv`, `summary.csv`, `votes.json`,
//! `comments.json`, `*.state`); made ones are taken always. The check sum of a saved state is made anew after most
//! damage. What is still read is computed, drawn and written.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a tool of tests: indices are taken modulo lengths"
)]

use opinions::chance::Chance;
use opinions::raw::AgreeIs;
use opinions::synth::{self, Plan};
use opinions::{
    Cast, History, Limits, Params, Ratings, Result, Statement, compute, open, polis, raw, result, state, svg,
};
use std::time::{Duration, Instant};

/// Bytes that mean something to some reader.
const TOKENS: [&[u8]; 16] = [
    b",",
    b"\n",
    b"\"",
    b"-",
    b"1e308",
    b"99999999999999999999",
    b"-1",
    b"0.5",
    b"{",
    b"[",
    b"]}",
    b"null",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"18446744073709551615",
    b"'=",
];

fn damage(bytes: &mut Vec<u8>, c: &mut Chance) {
    for _ in 0..=c.below(6) {
        let n = bytes.len();
        let at = c.below(n);
        match c.below(9) {
            0 if n > 0 => bytes[at] ^= 1 << c.below(8),
            1 if n > 0 => bytes[at] = c.below(256) as u8,
            2 => bytes.truncate(at),
            3 => {
                let end = (at + c.below(40)).min(n);
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + c.below(200)).min(n);
                let piece = bytes[at..end].to_vec();
                let to = c.below(n);
                bytes.splice(to..to, piece);
            }
            5 => {
                let token = TOKENS[c.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            6 if n >= 8 => {
                let at = c.below(n - 7);
                let value = [0, 1, u64::MAX, 1 << 31, 1 << 32, 65_535][c.below(6)];
                let width = [2, 4, 8][c.below(3)];
                bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
            }
            7 => {
                let token = TOKENS[c.below(TOKENS.len())].repeat(c.below(3_000));
                bytes.splice(at..at, token);
            }
            _ => {}
        }
    }
}

/// Computes, draws and writes whatever was read.
fn exercise(ratings: &Ratings, history: &History) {
    let (picture, next) = compute(ratings, &Params::default(), history);
    assert!(picture.priorities.iter().chain(&picture.group_aware_consensus).all(|x| x.is_finite()));
    assert!(picture.placed.iter().all(|p| p.at.iter().all(|x| x.is_finite())));
    assert!(picture.split.candidates.iter().all(|c| c.silhouette.is_finite()));
    std::hint::black_box(result::json(&picture, ratings, result::Stamp::default()));
    std::hint::black_box(svg::svg(&picture, &svg::Words::default()));
    std::hint::black_box(
        open::files(ratings, &picture, &[], &open::Rules { rows: true, ..open::Rules::default() }).is_ok(),
    );
    let bytes = state::to_bytes(ratings, &next, 1).unwrap_or_default();
    assert!(state::from_bytes(&bytes, ratings.limits()).is_ok(), "a state that was written is not read");
}

fn talk(statements: &[Statement], votes: &[Cast], limits: Limits) -> Result<bool> {
    exercise(&Ratings::from_votes(statements, votes, limits)?, &History::default());
    Ok(true)
}

fn read(name: &str, bytes: &mut [u8], c: &mut Chance) -> Result<bool> {
    let limits = Limits { people: 5_000, statements: 2_000, votes: 1_000_000 };
    let sign = if c.below(2) == 0 { AgreeIs::Plus } else { AgreeIs::Minus };
    if name.ends_with(".state") {
        if bytes.len() > state::HEADER && c.below(8) > 0 {
            let sum = state::check_sum(&bytes[state::HEADER..]);
            bytes[..8].copy_from_slice(b"OPINIONS");
            bytes[8..12].copy_from_slice(&state::VERSION.to_le_bytes());
            bytes[12..16].fill(0);
            bytes[16..24].copy_from_slice(&sum.to_le_bytes());
        }
        let s = state::from_bytes(bytes, limits)?;
        exercise(&s.ratings, &s.history);
        Ok(true)
    } else if name.ends_with("participants-votes.csv") {
        polis::read_participants(bytes, &limits).map(|_| true)
    } else if name.ends_with("votes.csv") {
        talk(&[], &polis::read_votes(bytes)?, limits)
    } else if name.ends_with("comments.csv") {
        let comments = polis::read_comments(bytes, &limits)?;
        talk(&comments.iter().map(|c| c.statement).collect::<Vec<_>>(), &[], limits)
    } else if name.ends_with("votes.json") {
        talk(&[], &raw::read_votes(bytes, sign)?, limits)
    } else if name.ends_with("comments.json") {
        raw::read_comments(bytes, &limits).map(|_| true)
    } else {
        polis::read_summary(bytes).map(|_| true)
    }
}

/// Small files of every kind.
fn made() -> Result<Vec<(String, Vec<u8>)>> {
    let plan = Plan { people: 40, statements: 12, votes_each: 8, ..Plan::default() };
    let votes = synth::votes(&plan)?;
    let ratings = synth::conversation(&plan)?;
    let (picture, history) = compute(&ratings, &Params::default(), &History::default());
    let comments: Vec<polis::Comment> = synth::statements(&plan)
        .into_iter()
        .map(|statement| polis::Comment {
            statement,
            author: None,
            at_ms: 0,
            text: format!("=made \"{}\"\n", statement.id),
        })
        .collect();
    let mut out = vec![("made.state".to_owned(), state::to_bytes(&ratings, &history, 1)?)];
    let mut csv = |name: &str, write: &dyn Fn(&mut Vec<u8>) -> Result<()>| -> Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        out.push((name.to_owned(), bytes));
        Ok(())
    };
    csv("votes.csv", &|to| polis::write_votes(to, &votes))?;
    csv("comments.csv", &|to| polis::write_comments(to, &comments, &ratings))?;
    csv("participants-votes.csv", &|to| polis::write_participants(to, &ratings, &picture, &comments))?;
    csv("summary.csv", &|to| polis::write_summary(to, &[].into(), &ratings, &picture, &comments))?;
    let json: Vec<String> = votes
        .iter()
        .map(|v| {
            format!(
                "{{\"pid\":{},\"tid\":\"{}\",\"vote\":{},\"modified\":{}.0}}",
                v.person,
                v.statement,
                v.vote.sign(),
                v.at_ms
            )
        })
        .collect();
    out.push(("votes.json".to_owned(), format!("[{}]", json.join(",")).into_bytes()));
    let json: Vec<String> = (0..12)
        .map(|s| format!("{{\"tid\":{s},\"txt\":\"a\\u00e9\",\"mod\":\"1\",\"is_meta\":false}}"))
        .collect();
    out.push(("comments.json".to_owned(), format!("[{}]", json.join(",")).into_bytes()));
    Ok(out)
}

fn main() {
    let mut args = std::env::args().skip(1);
    let seconds: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let seed: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut seeds = made().unwrap_or_default();
    for path in args {
        match std::fs::read(&path) {
            Ok(b) => seeds.push((path, b)),
            Err(e) => eprintln!("{path}: {e}"),
        }
    }
    let mut c = Chance::new(seed);
    let (start, mut runs, mut fine, mut slowest) = (Instant::now(), 0u64, 0u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let (name, bytes) = &seeds[c.below(seeds.len())];
        let mut bytes = bytes.clone();
        damage(&mut bytes, &mut c);
        let t = Instant::now();
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(name, &mut bytes, &mut c)));
        slowest = slowest.max(t.elapsed());
        runs += 1;
        match outcome {
            Ok(read) => fine += u64::from(read.is_ok()),
            Err(_) => {
                let path = std::env::temp_dir().join(format!("opinions-crash-{runs}"));
                if std::fs::write(&path, &bytes).is_ok() {
                    eprintln!("{name}: a crash; the bytes are in {}", path.display());
                }
                std::process::exit(1);
            }
        }
    }
    println!(
        "{runs} damaged files in {} s, {fine} of them still read and computed, no crash; slowest {:.0} ms",
        start.elapsed().as_secs(),
        slowest.as_secs_f64() * 1e3
    );
}
