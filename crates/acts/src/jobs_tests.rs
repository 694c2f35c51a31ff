//! A service outside that is slow holds up nobody but its own callers.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Timer};

use linli_base::{Chance, Day, ManualClock};
use linli_db::{Db, DbError, Options, sql};
use linli_vault::Vault;
use tokio::sync::watch;

use crate::{Actor, House, Job, JobError, JobRow, Pool, Services};

static SLOW: AtomicUsize = AtomicUsize::new(0);
static QUICK: AtomicUsize = AtomicUsize::new(0);

async fn slow(_: House, _: JobRow) -> Result<(), JobError> {
    tokio::time::sleep(Duration::from_millis(500)).await;
    SLOW.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

async fn quick(_: House, _: JobRow) -> Result<(), JobError> {
    QUICK.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

static GATEWAY: Pool = Pool { name: "tests.gateway", at_once: 8 };

async fn noted(_: House, _: JobRow) -> Result<(), JobError> {
    Ok(())
}

crate::job! {
    "tests.slow_gateway" => slow, in GATEWAY;
    "tests.quick" => quick;
    "tests.noted" => noted;
}

sql! {
    ELSEWHERE: () = "UPDATE jobs SET pool = 'gone'";
    ENDED: (String, bool) = "SELECT kind, failed_at IS NOT NULL FROM jobs ORDER BY kind";
}

async fn house() -> (House, PathBuf) {
    static N: AtomicU32 = AtomicU32::new(0);
    let name = format!("linli-acts-{}-{}", std::process::id(), N.fetch_add(1, Ordering::SeqCst));
    let dir = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&dir).unwrap();
    let clock = ManualClock::at(Day::new(2026, 11, 24).unwrap().start().plus_minutes(9 * 60));
    // `LINLI_TEST_PG` runs the same tests on PostgreSQL, each in a schema of its own.
    let server = std::env::var("LINLI_TEST_PG").ok();
    let schema = server.as_ref().map(|_| name.replace('-', "_"));
    let url = server.unwrap_or_else(|| format!("sqlite:{}", dir.join("db").display()));
    let db = Db::open(&url, Options { clock: Arc::new(clock), schema, ..Options::default() }).await.unwrap();
    db.migrate(&[crate::ROOM]).await.unwrap();
    let vault = Arc::new(Vault::new([7; 32], Arc::new(Chance::seeded(1))));
    (House::new(db, vault, Services::default(), &[]), dir)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_sleeps_holds_up_nobody_else() {
    let (house, dir) = house().await;
    let (stop, stopping) = watch::channel(false);
    let worker = house.clone();
    let working = tokio::spawn(async move { worker.work(stopping).await });
    let enqueued: Result<(), DbError> = house
        .act(&Actor::system(), |act| {
            for n in 0..64 {
                act.enqueue(Job::new("tests.slow_gateway", &n))?;
            }
            for n in 0..400 {
                act.enqueue(Job::new("tests.quick", &n))?;
            }
            Ok(())
        })
        .await;
    enqueued.unwrap();
    let start = Timer::now();
    let wait = |count: &'static AtomicUsize, until: usize| async move {
        while count.load(Ordering::SeqCst) < until {
            assert!(start.elapsed() < Duration::from_secs(60), "{count:?} of {until}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    wait(&QUICK, 400).await;
    let (quick, behind) = (start.elapsed(), SLOW.load(Ordering::SeqCst));
    wait(&SLOW, 64).await;
    println!("400 quick jobs: {} ms; 64 slow ones: {} ms", quick.as_millis(), start.elapsed().as_millis());
    // The gateway does 8 in half a second: when the quick ones are done it is at its first handfuls.
    assert!(behind <= 24, "{behind} of 64 slow jobs were waited for");
    stop.send(true).unwrap();
    working.await.unwrap();
    let _ = std::fs::remove_dir_all(&dir);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_another_version_are_found_again() {
    let (house, dir) = house().await;
    let left: Result<(), DbError> = house
        .act(&Actor::system(), |act| {
            act.enqueue(Job::new("tests.gone", &0))?;
            act.enqueue(Job::new("tests.noted", &0))?;
            act.run(&ELSEWHERE, ())?;
            Ok(())
        })
        .await;
    left.unwrap();
    assert_eq!(house.run_due_jobs().await.unwrap(), 0, "nobody looks into a pool that is no more");
    house.start().await.unwrap();
    // One is done, one of a kind that is no more is noted as failed.
    assert_eq!(house.run_due_jobs().await.unwrap(), 2);
    let ended = house.read(|r| r.all(&ENDED, ())).await.map_err(|e: DbError| e).unwrap();
    assert_eq!(ended, [("tests.gone".to_owned(), true), ("tests.noted".to_owned(), false)]);
    let _ = std::fs::remove_dir_all(&dir);
}
