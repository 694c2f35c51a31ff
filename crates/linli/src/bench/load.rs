//! Load in two forms. *Closed*: so many callers, each asks again when it was answered: tells the greatest rate. *Open*: requests
//! begin by a clock, whether earlier ones were answered or not, and the time of each counts from when it was meant to begin, so a
//! stall of the server is not hidden by callers who wait for it (coordinated omission).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::Connection;

/// What a caller does again and again. Each caller has a connection of its own.
pub trait Work: Send + Sync + 'static {
    /// Does it once; `n` is another number each time.
    fn once(&self, connection: &mut Connection, n: u64) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// What came of a load.
#[derive(Default)]
pub struct Outcome {
    pub seconds: f64,
    pub errors: u64,
    /// The first error, in words.
    pub error: Option<String>,
    micros: Vec<u64>,
}

impl Outcome {
    /// How many were done well in a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        count(self.micros.len()) / self.seconds.max(1e-9)
    }

    #[must_use]
    pub fn done(&self) -> usize {
        self.micros.len()
    }

    /// The time in ms that this share of all needed at most.
    #[must_use]
    pub fn percentile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        let index = (count(self.micros.len()) * share) as usize;
        let at = self.micros.get(index.min(self.micros.len().saturating_sub(1)));
        at.map_or(f64::NAN, |us| count(usize::try_from(*us).unwrap_or(usize::MAX)) / 1e3)
    }

    fn take(&mut self, other: Self) {
        self.errors += other.errors;
        self.error = self.error.take().or(other.error);
        self.micros.extend(other.micros);
    }

    fn note(&mut self, began: Instant, out: anyhow::Result<()>) {
        match out {
            Ok(()) => self.micros.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)),
            Err(e) => {
                self.errors += 1;
                self.error.get_or_insert_with(|| format!("{e:#}"));
            }
        }
    }
}

/// A number of things as a figure; exact far beyond what is counted here.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^52")]
pub fn count(n: usize) -> f64 {
    n as f64
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A number that no other unit of this run has.
pub fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// So many callers, each again and again for a time.
pub async fn closed<W: Work>(address: SocketAddr, work: &Arc<W>, callers: usize, time: Duration) -> Outcome {
    let stop = Arc::new(AtomicBool::new(false));
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..callers {
        let (work, stop) = (Arc::clone(work), Arc::clone(&stop));
        running.spawn(async move {
            let mut connection = Connection::new(address);
            let mut out = Outcome::default();
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                let done = work.once(&mut connection, next()).await;
                out.note(began, done);
            }
            out
        });
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    gather(running, begin).await
}

/// Units begun by the clock, `rate` in a second, over at most `callers` connections. One that finds no free connection waits,
/// and its waiting counts.
pub async fn open<W: Work>(
    address: SocketAddr,
    work: &Arc<W>,
    callers: usize,
    rate: f64,
    time: Duration,
) -> Outcome {
    let due = Arc::new(Semaphore::new(0));
    let taken = Arc::new(AtomicU64::new(0));
    let begin = Instant::now() + Duration::from_millis(20);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of requests")]
    let total = (time.as_secs_f64() * rate) as u64;
    let mut running = JoinSet::new();
    for _ in 0..callers {
        let (work, due, taken) = (Arc::clone(work), Arc::clone(&due), Arc::clone(&taken));
        running.spawn(async move {
            let mut connection = Connection::new(address);
            let mut out = Outcome::default();
            while let Ok(permit) = due.acquire().await {
                permit.forget();
                let n = taken.fetch_add(1, Ordering::Relaxed);
                let began = begin + at(n, rate);
                let done = work.once(&mut connection, next()).await;
                out.note(began, done);
            }
            out
        });
    }
    let clock = Arc::clone(&due);
    let beat = std::thread::spawn(move || {
        let mut given = 0;
        while given < total {
            let now = Instant::now();
            let mut ready = 0;
            while given < total && begin + at(given, rate) <= now {
                given += 1;
                ready += 1;
            }
            clock.add_permits(ready);
            if given < total {
                pause((begin + at(given, rate)).saturating_duration_since(Instant::now()).max(BEAT));
            }
        }
    });
    let _ = tokio::task::spawn_blocking(move || beat.join()).await;
    // What was due has begun or waits for a connection; when all is taken nobody waits any more.
    while taken.load(Ordering::Relaxed) < total {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    due.close();
    gather(running, begin).await
}

/// Shortest pause of the clock. Waking for every single request at ten thousand a second would take a core from the server. What is begun
/// late by it counts as the server's time.
const BEAT: Duration = Duration::from_micros(500);

fn at(n: u64, rate: f64) -> Duration {
    Duration::from_secs_f64(count(usize::try_from(n).unwrap_or(usize::MAX)) / rate)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the beat of the load: the timers of tokio are a millisecond coarse"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

async fn gather(mut running: JoinSet<Outcome>, begin: Instant) -> Outcome {
    let mut all = Outcome::default();
    while let Some(one) = running.join_next().await {
        all.take(one.unwrap_or_else(|e| Outcome {
            errors: 1,
            error: Some(e.to_string()),
            ..Outcome::default()
        }));
    }
    all.seconds = begin.elapsed().as_secs_f64();
    all.micros.sort_unstable();
    all
}

/// Asks for one address, the same bytes each time, and wants 200.
pub struct Fetch(pub Vec<u8>);

impl Work for Fetch {
    async fn once(&self, connection: &mut Connection, _: u64) -> anyhow::Result<()> {
        let answer = connection.send(&self.0).await?;
        anyhow::ensure!(answer.status == 200, "status {}", answer.status);
        Ok(())
    }
}

/// The middle one of some values.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
