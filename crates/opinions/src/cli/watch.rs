//! `opinions watch`.

use super::{Source, write};
use clap::Args;
use opinions::result::Stamp;
use opinions::{
    Error, Limits, Live, Moderation, PersonId, Ratings, Result, Statement, StatementId, Vote, result, state,
};
use serde_json::json;
use std::io::{BufRead, Read};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// Follow a conversation.
///
/// Each line of standard input is `vote,PERSON,STATEMENT,agree|pass|disagree` or
/// `statement,STATEMENT,pending|accepted|rejected[,meta]`. A line that cannot be used is told on standard error and
/// passed over.
#[derive(Args)]
pub struct Watch {
    #[command(flatten)]
    source: Source,
    /// Longest time in milliseconds that a vote may wait for its picture
    #[arg(long, default_value_t = 50)]
    bound: i64,
    /// Write the whole result here at each new picture
    #[arg(long)]
    result: Option<PathBuf>,
    /// Save the state after so many pictures, and at the end
    #[arg(long, default_value_t = 100)]
    save_every: u64,
}

enum Line {
    Vote(PersonId, StatementId, Vote),
    Statement(Statement),
}

fn parse(line: &str) -> Option<Line> {
    let mut fields = line.split(',').map(str::trim);
    let kind = fields.next()?;
    let mut number = || fields.next()?.parse::<u64>().ok();
    match kind {
        "vote" => {
            let (person, statement) = (PersonId(number()?), StatementId(number()?));
            let vote = match fields.next()? {
                "agree" => Vote::Agree,
                "pass" => Vote::Pass,
                "disagree" => Vote::Disagree,
                _ => return None,
            };
            Some(Line::Vote(person, statement, vote))
        }
        "statement" => {
            let id = StatementId(number()?);
            let moderation = match fields.next()? {
                "pending" => Moderation::Pending,
                "accepted" => Moderation::Accepted,
                "rejected" => Moderation::Rejected,
                _ => return None,
            };
            Some(Line::Statement(Statement { id, moderation, meta: fields.next() == Some("meta") }))
        }
        _ => None,
    }
}

/// Longest line that is looked at.
const MAX_LINE: u64 = 4_096;

impl Watch {
    pub fn run(&self) -> Result<()> {
        let fresh = self.source.folder.is_none() && !self.source.state.as_ref().is_some_and(|p| p.exists());
        let mut live = if fresh {
            Live::new(Ratings::new(Limits::default()), self.source.params(), opinions::History::default(), 0)
        } else {
            let c = self.source.load()?;
            Live::new(c.ratings, self.source.params(), c.history, c.tick)
        };
        self.tell(&live, 0, 0.0)?;
        let (send, lines) = sync_channel::<String>(1_024);
        let reader = std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            let mut line = Vec::new();
            loop {
                line.clear();
                match input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {
                        let text = String::from_utf8_lossy(&line).trim().to_owned();
                        if send.send(text).is_err() {
                            return;
                        }
                    }
                }
            }
        });
        let start = Instant::now();
        let now = || start.elapsed().as_millis() as i64;
        let (mut takes_ms, mut open) = (1i64, true);
        while open || live.stale().is_some() {
            let wait = live.stale().map_or(60_000, |s| (s.since_ms + self.bound - takes_ms - now()).max(0));
            match lines.recv_timeout(Duration::from_millis(wait.unsigned_abs())) {
                Ok(line) => {
                    if let Err(e) = apply(&mut live, &line, now()) {
                        eprintln!("opinions: {e}");
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
            if let Some(stale) = live.stale()
                && (!open || live.due(now(), self.bound, takes_ms))
            {
                let begin = Instant::now();
                live.catch_up();
                let took = begin.elapsed().as_secs_f64() * 1e3;
                takes_ms = took.ceil() as i64 + 1;
                self.tell(&live, now() - stale.since_ms, took)?;
                if live.tick().is_multiple_of(self.save_every.max(1)) {
                    self.save(&live)?;
                }
            }
        }
        // the reader has ended: its end of the channel is closed
        let _ = reader.join();
        self.save(&live)
    }

    fn save(&self, live: &Live) -> Result<()> {
        match &self.source.state {
            Some(path) => state::save(path, live.ratings(), live.history(), live.tick()),
            None => Ok(()),
        }
    }

    fn tell(&self, live: &Live, waited_ms: i64, took_ms: f64) -> Result<()> {
        let p = live.picture();
        let groups: Vec<_> = p
            .split
            .groups
            .iter()
            .map(|g| {
                let list: Vec<StatementId> = g.representative.iter().map(|r| r.tid).collect();
                json!({"id": g.id, "people": g.people, "center": g.center, "repness": list})
            })
            .collect();
        let line = json!({
            "math_tick": live.tick(),
            "n": p.people,
            "n-cmts": p.statements.len(),
            "votes": live.ratings().votes(),
            "in-conv": p.placed.len(),
            "groups": groups,
            "consensus": {
                "agree": p.consensus.agree.iter().map(|s| s.tid).collect::<Vec<_>>(),
                "disagree": p.consensus.disagree.iter().map(|s| s.tid).collect::<Vec<_>>(),
            },
            "waited-ms": waited_ms,
            "took-ms": (took_ms * 1e3).round() / 1e3,
        });
        if let Some(path) = &self.result {
            let json = result::json(p, live.ratings(), Stamp { last_vote_ms: None, tick: live.tick() });
            write(path, json.to_string().as_bytes())?;
        }
        write(std::path::Path::new("-"), format!("{line}\n").as_bytes())
    }
}

fn apply(live: &mut Live, line: &str, now: i64) -> Result<()> {
    if line.is_empty() {
        return Ok(());
    }
    match parse(line) {
        Some(Line::Vote(person, statement, vote)) => live.vote(person, statement, vote, now).map(|_| ()),
        Some(Line::Statement(s)) => live.put_statement(s, now),
        None => {
            let shown: String = line.chars().take(60).collect();
            Err(Error::Argument(format!("not a vote and not a statement: {shown}")))
        }
    }
}
