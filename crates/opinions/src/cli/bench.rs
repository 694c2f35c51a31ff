//! `opinions bench`: speed and memory on made conversations, computing in one thread.

use clap::Args;
use opinions::chance::Chance;
use opinions::synth::{self, Plan};
use opinions::{
    Cast, Error, History, Limits, Live, Params, PersonId, Ratings, Result, StatementId, Vote, compute, state,
};
use serde_json::{Value, json};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Measure speed and memory.
#[derive(Args)]
pub struct Bench {
    /// A line of JSON for each figure
    #[arg(long)]
    json: bool,
    /// How often the large computation is run; the median is told
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Seconds of live voting
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Votes a second while live: one each of so many people
    #[arg(long, default_value_t = 100)]
    rate: u64,
    /// Longest a vote may wait while live, in milliseconds: what is aimed at
    #[arg(long, default_value_t = 30)]
    bound: i64,
    /// Only figures whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Write the made conversation of 1.2 million votes into this folder instead, for others to compute
    #[arg(long, value_name = "FOLDER")]
    write: Option<std::path::PathBuf>,
}

/// Largest memory of this process since the last [`reset_peak`], in MB (millions of bytes), where the system tells it.
fn peak_mb() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some((kib * 1.024 / 10.0).round() / 100.0)
}

/// Begins a new measure of the largest memory. Where it cannot, peaks are those of the whole run.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Seconds of processor time that this process used so far, in steps of a hundredth: on a busy machine they tell more
/// than the clock. 0 where the system does not tell.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |i| behind_name.split_whitespace().nth(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn rounded(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

/// A made conversation of a size, votes as they were cast.
fn made(people: usize, statements: usize, votes_each: usize) -> Result<(Plan, Vec<Cast>)> {
    let plan = Plan { seed: 42, people, statements, votes_each, camps: 4, divisive: 0.6 };
    let votes = synth::votes(&plan)?;
    Ok((plan, votes))
}

/// Seconds from the list of votes to groups and lists: median and slowest.
fn whole(plan: &Plan, votes: &[Cast], runs: usize) -> Result<(f64, f64, Value)> {
    let (mut seconds, mut more, used) = (Vec::new(), Value::Null, processor());
    for _ in 0..runs.max(1) {
        let t = Instant::now();
        let ratings = Ratings::from_votes(&synth::statements(plan), votes, Limits::default())?;
        let read = t.elapsed().as_secs_f64();
        let (picture, _) = compute(&ratings, &Params::default(), &History::default());
        seconds.push(t.elapsed().as_secs_f64());
        let lists: usize = picture.split.groups.iter().map(|g| g.representative.len()).sum();
        more = json!({"votes": ratings.votes(), "matrix_s": rounded(read), "pca_steps": picture.pca.steps,
            "groups": picture.split.groups.len(), "listed": lists});
    }
    more["processor_s"] = rounded((processor() - used) / seconds.len() as f64).into();
    seconds.sort_by(f64::total_cmp);
    Ok((seconds[seconds.len() / 2], seconds[seconds.len() - 1], more))
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    fn tell(&self, name: &str, value: f64, unit: &str, goal: Option<f64>, more: &Value) {
        let peer =
            if name.starts_with("opinions-1.2M") { Some("red-dwarf (conformance/peers.py)") } else { None };
        if self.json {
            // the peer is another language's: it is measured beside, not in this process
            let line = json!({"name": name, "value": rounded(value), "unit": unit, "peer": peer,
                "peer_value": null, "ratio": null, "goal": goal, "more": more});
            println!("{line}");
        } else {
            let goal = goal.map(|g| format!("(goal {g})")).unwrap_or_default();
            println!("{name:34} {:12.4} {unit:8} {goal:14} {more}", value);
        }
    }

    pub fn run(&self) -> Result<()> {
        if let Some(folder) = &self.write {
            let (_, votes) = made(20_000, 500, 60)?;
            let mut file = Vec::new();
            opinions::polis::write_votes(&mut file, &votes)?;
            return super::write(&folder.join("votes.csv"), &file);
        }
        if self.wants("opinions-1.2M") {
            let (plan, votes) = made(20_000, 500, 60)?;
            reset_peak();
            let (median, worst, more) = whole(&plan, &votes, self.runs)?;
            self.tell("opinions-1.2M", median, "s", Some(1.0), &more);
            self.tell("opinions-1.2M-worst", worst, "s", Some(1.0), &Value::Null);
            if let Some(mb) = peak_mb() {
                self.tell(
                    "opinions-1.2M-memory",
                    mb,
                    "MB",
                    Some(200.0),
                    &json!({"with": "the list of votes"}),
                );
            }
        }
        if self.wants("live") {
            self.live(60)?;
        }
        if self.wants("live-dense") {
            self.live(300)?;
        }
        for (people, statements) in
            [(1_000, 100), (10_000, 300), (20_000, 1_000), (50_000, 500), (100_000, 1_000)]
        {
            let name = format!("growth-{people}x{statements}");
            if self.wants(&name) {
                let (plan, votes) = made(people, statements, 60)?;
                reset_peak();
                let (median, _, more) = whole(&plan, &votes, if people > 20_000 { 1 } else { 3 })?;
                self.tell(&name, median, "s", None, &more);
                if let Some(mb) = peak_mb() {
                    self.tell(&format!("{name}-memory"), mb, "MB", None, &Value::Null);
                }
            }
        }
        if self.wants("state") {
            let (plan, votes) = made(20_000, 500, 60)?;
            let ratings = Ratings::from_votes(&synth::statements(&plan), &votes, Limits::default())?;
            let (_, history) = compute(&ratings, &Params::default(), &History::default());
            let t = Instant::now();
            let bytes = state::to_bytes(&ratings, &history, 1)?;
            self.tell(
                "state-save-1.2M",
                t.elapsed().as_secs_f64() * 1e3,
                "ms",
                None,
                &json!({"bytes": bytes.len()}),
            );
            let t = Instant::now();
            let back = state::from_bytes(&bytes, Limits::default())?;
            self.tell("state-load-1.2M", t.elapsed().as_secs_f64() * 1e3, "ms", None, &Value::Null);
            if back.ratings != ratings || back.history != history {
                return Err(Error::Argument("the saved state does not read back the same".into()));
            }
        }
        Ok(())
    }

    /// People vote in a conversation of 5,000 × 400 at random moments; each vote is timed until a picture shows it.
    /// A statement comes every seven seconds.
    fn live(&self, votes_each: usize) -> Result<()> {
        let (plan, votes) = made(5_000, 400, votes_each)?;
        let ratings = Ratings::from_votes(&synth::statements(&plan), &votes, Limits::default())?;
        drop(votes);
        let dense = if votes_each > 60 { "-dense" } else { "" };
        let t = Instant::now();
        let mut live = Live::new(ratings, Params::default(), History::default(), 0);
        let first = t.elapsed().as_secs_f64() * 1e3;
        let count = live.ratings().votes();
        let (send, votes) = mpsc::channel::<(Instant, Option<Cast>)>();
        let (seconds, rate) = (self.seconds, self.rate.max(1));
        let voters = std::thread::spawn(move || {
            let (mut c, start) = (Chance::new(7), Instant::now());
            let (mut at, mut statements) = (Duration::ZERO, 0u64);
            while at < Duration::from_secs(seconds) {
                // moments of many people who do not wait for each other: exponential gaps
                let gap = -(1.0 - c.unit()).ln() / rate as f64;
                at += Duration::from_secs_f64(gap);
                while let Some(left) = at.checked_sub(start.elapsed()) {
                    std::thread::park_timeout(left);
                }
                let new_statement = at.as_secs() / 7 > statements;
                let cast = (!new_statement).then(|| Cast {
                    person: PersonId(c.below(5_200) as u64),
                    statement: StatementId(c.below(400) as u64),
                    vote: [Vote::Agree, Vote::Pass, Vote::Disagree][c.below(3)],
                    at_ms: 0,
                });
                statements += u64::from(new_statement);
                if send.send((start + at, cast)).is_err() {
                    return;
                }
            }
        });
        let start = Instant::now();
        let now = || start.elapsed().as_millis() as i64;
        let used = processor();
        let (mut waiting, mut waits): (Vec<Instant>, Vec<f64>) = (Vec::new(), Vec::new());
        let (mut takes_ms, mut open, mut pictures, mut busy) = (10i64, true, Vec::new(), 0.0f64);
        let mut next_statement = 400;
        while open || live.stale().is_some() {
            let wait = live.stale().map_or(1_000, |s| (s.since_ms + self.bound - takes_ms - now()).max(0));
            match votes.recv_timeout(Duration::from_millis(wait.unsigned_abs())) {
                Ok((cast_at, cast)) => {
                    let t = Instant::now();
                    if let Some(v) = cast {
                        live.vote(v.person, v.statement, v.vote, now())?;
                    } else {
                        live.put_statement(opinions::Statement::new(next_statement), now())?;
                        next_statement += 1;
                    }
                    busy += t.elapsed().as_secs_f64();
                    if live.stale().is_some() {
                        waiting.push(cast_at);
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => open = false,
            }
            if live.stale().is_some() && (!open || live.due(now(), self.bound, takes_ms)) {
                let t = Instant::now();
                live.catch_up();
                let took = t.elapsed().as_secs_f64();
                busy += took;
                pictures.push(took * 1e3);
                takes_ms = (took * 1e3).ceil() as i64 + 1;
                waits.extend(waiting.drain(..).map(|w| w.elapsed().as_secs_f64() * 1e3));
            }
        }
        let _ = voters.join();
        let elapsed = start.elapsed().as_secs_f64();
        waits.sort_by(f64::total_cmp);
        pictures.sort_by(f64::total_cmp);
        let at = |list: &[f64], share: f64| {
            let i = ((list.len() as f64 * share) as usize).min(list.len().saturating_sub(1));
            rounded(list.get(i).copied().unwrap_or(0.0))
        };
        let more = json!({"votes_before": count, "votes_live": waits.len(), "p50": at(&waits, 0.5),
            "max": at(&waits, 1.0), "pictures": pictures.len(), "picture_p50": at(&pictures, 0.5),
            "picture_max": at(&pictures, 1.0), "first_picture_ms": rounded(first)});
        self.tell(&format!("live{dense}-vote-to-picture-p99"), at(&waits, 0.99), "ms", Some(50.0), &more);
        let share = (processor() - used) / elapsed;
        self.tell(
            &format!("live{dense}-share-of-a-core"),
            share,
            "",
            None,
            &json!({"busy": rounded(busy / elapsed)}),
        );
        Ok(())
    }
}
