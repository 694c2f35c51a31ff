//! Work after the commit: enqueued in the act's own transaction, done at least once, by idempotent handlers.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use linli_base::Instant;
use linli_db::{DbError, Json, Read, Tx, row, sql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use crate::house::House;

linli_db::id! {
    /// A job.
    pub struct JobId;
}

/// A job is given up after this many tries (with growing pauses: about four days).
pub const TRIES: u32 = 24;
/// A job whose worker went away is taken by another after this long.
const LEASE_SECONDS: i64 = 120;

/// Jobs that wait for the same thing, and how many of them one process does at once. A service outside that is slow or gone
/// fills its own pool and no other.
#[derive(Debug, PartialEq, Eq)]
pub struct Pool {
    /// Stable: it stands in the table of jobs.
    pub name: &'static str,
    pub at_once: u16,
}

/// Jobs that wait for nothing but this house.
pub static INSIDE: Pool = Pool { name: "inside", at_once: 16 };

/// A job to be enqueued. It carries ids, not content.
#[derive(Debug)]
pub struct Job {
    kind: &'static str,
    payload: serde_json::Value,
    lane: Option<String>,
    dedup: Option<String>,
    due_at: Option<Instant>,
}

impl Job {
    #[must_use]
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(serde_json::Value::Null);
        Self { kind, payload, lane: None, dedup: None, due_at: None }
    }
    /// Not before this instant.
    #[must_use]
    pub fn due(mut self, at: Instant) -> Self {
        self.due_at = Some(at);
        self
    }
    /// At most one job with this key, ever (until retention sweeps it away).
    #[must_use]
    pub fn dedup(mut self, key: String) -> Self {
        self.dedup = Some(key);
        self
    }
    /// One after another with the others of this lane.
    #[must_use]
    pub fn lane(mut self, lane: String) -> Self {
        self.lane = Some(lane);
        self
    }
}

/// Something other rooms may want to know.
#[derive(Debug)]
pub struct Event {
    pub(crate) kind: &'static str,
    subject: String,
    payload: serde_json::Value,
}

impl Event {
    /// `kind` is `room.what`; listeners of one `subject` (for example `case:…`) hear its events in order.
    #[must_use]
    pub fn new(kind: &'static str, subject: crate::Subject, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).unwrap_or(serde_json::Value::Null);
        Self { kind, subject: format!("{}:{}", subject.kind, subject.id), payload }
    }
    pub(crate) fn job(&self, listener: &'static str) -> Job {
        Job {
            kind: listener,
            payload: self.payload.clone(),
            lane: Some(format!("{listener}/{}", self.subject)),
            dedup: None,
            due_at: None,
        }
    }
}

/// How a job ended that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again later. The text is a code for the engineer, without personal data.
    #[error("again: {0}")]
    Retry(String),
    /// Give it up and show it on the page of failed jobs.
    #[error("failed: {0}")]
    Fail(String),
}

impl From<DbError> for JobError {
    fn from(e: DbError) -> Self {
        Self::Retry(e.to_string())
    }
}

row! {
    /// A job that was taken.
    #[derive(Clone, Debug)]
    pub struct JobRow {
        pub id: JobId,
        pub kind: String,
        pub payload: Json<serde_json::Value>,
        pub tries: u32,
    }
}

impl JobRow {
    /// The payload as the handler's type.
    ///
    /// # Errors
    /// `Fail` if it has another form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_value(self.payload.0.clone()).map_err(|e| JobError::Fail(format!("payload: {e}")))
    }
}

type Running = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// A kind of job with its handler, declared by `job!`.
pub struct JobKind {
    pub name: &'static str,
    pub pool: &'static Pool,
    pub run: fn(House, JobRow) -> Running,
}

inventory::collect!(JobKind);

/// Declares job handlers: `job! { "wallet.render" => render; "notices.send" => send, in SMS; }` with
/// `async fn render(House, JobRow) -> Result<(), JobError>`. A handler that calls outside names the [`Pool`] of what it calls.
#[macro_export]
macro_rules! job {
    ($($name:expr => $handler:path $(, in $pool:path)?;)+) => { $(
        $crate::inventory::submit! {
            $crate::JobKind {
                name: $name,
                pool: $crate::job!(@pool $($pool)?),
                run: |house, row| Box::pin($handler(house, row)),
            }
        }
    )+ };
    (@pool) => { &$crate::INSIDE };
    (@pool $pool:path) => { &$pool };
}

fn handler(kind: &str) -> Option<&'static JobKind> {
    inventory::iter::<JobKind>().find(|k| k.name == kind)
}

/// Every pool of the program, each once.
fn pools() -> BTreeMap<&'static str, &'static Pool> {
    let declared = inventory::iter::<JobKind>().map(|k| k.pool);
    declared.chain([&INSIDE]).map(|p| (p.name, p)).collect()
}

/// A job that comes again and again by the clock.
pub struct Recurring {
    pub kind: &'static str,
    pub every_seconds: i64,
}

inventory::collect!(Recurring);

sql! {
    INSERT: (JobId,) = "INSERT INTO jobs (id, kind, payload, lane, dedup, enqueued_at, due_at, pool) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (dedup) DO NOTHING RETURNING id";
    CLAIM: JobRow = "UPDATE jobs SET leased_until = $2, tries = tries + 1 WHERE id IN (
            SELECT j.id FROM jobs j WHERE j.pool = $4 AND j.done_at IS NULL AND j.failed_at IS NULL AND j.due_at <= $1 AND j.leased_until <= $1
            AND (j.lane IS NULL OR NOT EXISTS (SELECT 1 FROM jobs e WHERE e.lane = j.lane AND e.done_at IS NULL AND e.failed_at IS NULL AND e.id < j.id))
            ORDER BY j.due_at, j.id LIMIT $3)
        RETURNING id, kind, payload, tries";
    DONE: () = "UPDATE jobs SET done_at = $2 WHERE id = $1";
    AGAIN: () = "UPDATE jobs SET leased_until = 0, due_at = $2, error = $3 WHERE id = $1";
    FAILED: () = "UPDATE jobs SET failed_at = $2, error = $3 WHERE id = $1";
    HIGHEST: (i64,) = "SELECT COALESCE(max(id), 0) AS id FROM jobs";
    // Without a key nothing can be there before, and asking what was written costs a table in memory.
    INSERT_NEW: () = "INSERT INTO jobs (id, kind, payload, lane, enqueued_at, due_at, pool) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // A program of another version may have put them elsewhere; in a pool that is no more, nobody would take them.
    ALL_INSIDE: () = "UPDATE jobs SET pool = 'inside' WHERE done_at IS NULL AND failed_at IS NULL AND pool <> 'inside'";
    INTO_POOL: () = "UPDATE jobs SET pool = $2 WHERE done_at IS NULL AND failed_at IS NULL AND pool = 'inside' AND kind = $1";
}

pub(crate) fn enqueue(tx: &mut Tx<'_>, job: &Job) -> Result<bool, DbError> {
    let now = tx.now();
    let id: JobId = tx.next_id();
    let due = job.due_at.unwrap_or(now);
    let payload = Json(&job.payload);
    let pool = handler(job.kind).map_or(INSIDE.name, |k| k.pool.name);
    let added = match &job.dedup {
        Some(key) => tx.opt(&INSERT, (id, job.kind, payload, &job.lane, key, now, due, pool))?.is_some(),
        None => tx.run_one(&INSERT_NEW, (id, job.kind, payload, &job.lane, now, due, pool))?,
    };
    // What is due later is found by the clock.
    if due <= now {
        tx.wake();
    }
    Ok(added)
}

fn pause_seconds(tries: u32) -> i64 {
    // 2, 4, 8, … up to six hours.
    2i64.saturating_pow(tries.min(20)).min(21_600)
}

/// What this process is doing: the pool of each running job.
#[derive(Default)]
struct Busy(HashMap<Id, &'static str>);

impl Busy {
    /// Pools that have room, and how much.
    fn room(&self) -> Vec<(&'static str, u16)> {
        pools()
            .values()
            .filter_map(|pool| {
                let running = self.0.values().filter(|name| **name == pool.name).count();
                let left = usize::from(pool.at_once).saturating_sub(running);
                (left > 0).then(|| (pool.name, u16::try_from(left).unwrap_or(pool.at_once)))
            })
            .collect()
    }
    /// A job has ended, well or by a panic of ours: its place is free either way.
    fn end(&mut self, ended: Result<(Id, Ended), JoinError>) -> Option<Ended> {
        let (id, ended) = match ended {
            Ok((id, ended)) => (id, Some(ended)),
            Err(e) => {
                tracing::error!("a job was lost, its lease will end: {e}");
                (e.id(), None)
            }
        };
        self.0.remove(&id);
        ended
    }
}

/// The highest id of a job: one that no act enqueued stands in no log.
pub(crate) fn highest(read: &mut Read<'_>) -> Result<i64, DbError> {
    Ok(read.one(&HIGHEST, ())?.0)
}

/// How many of each pool are done at once where nobody waits beside them: tests, and filling a database.
const ONCE: u16 = 256;

/// What became of a job.
struct Ended {
    id: JobId,
    tries: u32,
    outcome: Result<(), JobError>,
}

impl Ended {
    fn note(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let now = tx.now();
        match &self.outcome {
            Ok(()) => tx.run(&DONE, (self.id, now)),
            Err(JobError::Retry(why)) => {
                tx.run(&AGAIN, (self.id, now.plus_seconds(pause_seconds(self.tries)), why))
            }
            Err(JobError::Fail(why)) => tx.run(&FAILED, (self.id, now, why)),
        }?;
        Ok(())
    }
}

/// Every open job into the pool that this program declares for its kind. Done once at the start.
pub(crate) fn sort_pools(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.run(&ALL_INSIDE, ())?;
    for kind in inventory::iter::<JobKind>().filter(|k| k.pool != &INSIDE) {
        tx.run(&INTO_POOL, (kind.name, kind.pool.name))?;
    }
    Ok(())
}

impl House {
    /// Enqueues the recurring jobs of this moment, once for all processes.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tick(&self) -> Result<(), DbError> {
        self.db()
            .write(|tx| {
                let now = tx.now();
                for r in inventory::iter::<Recurring>() {
                    let turn = now.millis().div_euclid(r.every_seconds.max(1) * 1000);
                    enqueue(tx, &Job::new(r.kind, &turn).dedup(format!("{}@{turn}", r.kind)))?;
                }
                Ok(())
            })
            .await
    }

    /// Notes what became of jobs and takes what is due from every pool, up to the room that is told, in one act: under load a job costs
    /// no act of its own beside what it does. If it fails the leases run out and the jobs are done again: handlers are idempotent.
    async fn turn(
        &self,
        room: Vec<(&'static str, u16)>,
        ended: Vec<Ended>,
    ) -> Result<Vec<(&'static str, JobRow)>, DbError> {
        if room.is_empty() && ended.is_empty() {
            return Ok(Vec::new());
        }
        self.db()
            .write(move |tx| {
                for job in &ended {
                    job.note(tx)?;
                }
                let now = tx.now();
                let mut taken = Vec::new();
                for (pool, left) in &room {
                    let jobs = tx.all(&CLAIM, (now, now.plus_seconds(LEASE_SECONDS), *left, *pool))?;
                    taken.extend(jobs.into_iter().map(|job| (*pool, job)));
                }
                Ok(taken)
            })
            .await
    }

    /// Takes what is due, once, and does it; returns how many jobs were taken. Tests call it until it returns 0.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn run_due_jobs(&self) -> Result<usize, DbError> {
        let rooms = pools().keys().map(|name| (*name, ONCE)).collect();
        let taken = self.turn(rooms, Vec::new()).await?;
        let count = taken.len();
        let mut running = JoinSet::new();
        for (_, job) in taken {
            running.spawn(self.clone().run_job(job));
        }
        let ended = running.join_all().await;
        self.db().write(move |tx| ended.iter().try_for_each(|job| job.note(tx))).await?;
        Ok(count)
    }

    /// Does jobs as they come. What runs is never waited for as a whole: each that ends makes room in its pool, and its place
    /// is taken at once.
    async fn do_jobs(&self) {
        let mut committed = self.db().committed();
        let mut busy = Busy::default();
        let mut running = JoinSet::new();
        let mut ended = Vec::new();
        loop {
            // Seen before looking: what is committed while we look wakes us again.
            committed.borrow_and_update();
            match self.turn(busy.room(), std::mem::take(&mut ended)).await {
                Ok(taken) => {
                    for (pool, job) in taken {
                        let task = running.spawn(self.clone().run_job(job));
                        busy.0.insert(task.id(), pool);
                    }
                }
                Err(e) => tracing::error!("jobs: {e}"),
            }
            tokio::select! {
                changed = committed.changed() => if changed.is_err() { break },
                Some(job) = running.join_next_with_id() => ended.extend(busy.end(job)),
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            while let Some(job) = running.try_join_next_with_id() {
                ended.extend(busy.end(job));
            }
        }
    }

    async fn run_job(self, job: JobRow) -> Ended {
        let handler = handler(&job.kind);
        let (id, tries) = (job.id, job.tries);
        let kind = job.kind.clone();
        let outcome = match handler {
            Some(handler) => {
                // A handler that panics must not take the worker with it.
                let running = tokio::spawn((handler.run)(self, job));
                running.await.unwrap_or_else(|e| Err(JobError::Retry(format!("panic: {e}"))))
            }
            None => Err(JobError::Fail("unknown kind".to_owned())),
        };
        let outcome = match outcome {
            Err(JobError::Retry(why)) if tries >= TRIES => Err(JobError::Fail(why)),
            other => other,
        };
        if let Err(e) = &outcome {
            tracing::warn!(job.kind = %kind, job.id = %id, job.tries = tries, "job {kind}: {e}");
        }
        Ended { id, tries, outcome }
    }

    /// Works until told to stop: jobs when there are any, recurring ones by the clock, the sealer five times a second.
    pub async fn work(&self, mut stop: watch::Receiver<bool>) {
        let sealing = async {
            let mut every = tokio::time::interval(Duration::from_millis(200));
            loop {
                every.tick().await;
                if let Err(e) = crate::chain::seal_once(self).await {
                    tracing::error!("sealer: {e}");
                }
            }
        };
        // By a beat of its own: not with every job that is left, and not only when none is left any more.
        let ticking = async {
            let mut every = tokio::time::interval(Duration::from_secs(1));
            loop {
                every.tick().await;
                if let Err(e) = self.tick().await {
                    tracing::error!("recurring jobs: {e}");
                }
            }
        };
        tokio::select! {
            () = sealing => {}
            () = ticking => {}
            () = self.do_jobs() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
        // What was answered before the stop is sealed before the end.
        if let Err(e) = crate::chain::seal_once(self).await {
            tracing::error!("sealer: {e}");
        }
    }
}
