//! What the integration tests stand on: a house of either engine with a clock set by hand, and a visitor who knows no script.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "test support: a failure here is a failed test"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use linli::compose;
use linli_acts::House;
use linli_base::{Chance, Day, Instant, ManualClock};
use linli_db::{Db, Engine, Options};
use linli_vault::Vault;

/// The morning on which the tests begin: a Tuesday, a working day.
pub fn morning() -> Instant {
    Day::new(2026, 11, 24).unwrap().start().plus_minutes(9 * 60)
}

/// A house for one test.
pub struct TestHouse {
    pub house: House,
    pub clock: ManualClock,
    _folder: tempfile::TempDir,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl TestHouse {
    /// On a fresh database of an engine; `None` if the engine is not here, which is told loudly.
    pub async fn open(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(morning());
        let chance = Arc::new(Chance::seeded(20_261_124));
        let vault = Arc::new(Vault::new([42; 32], chance));
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        let (url, schema) = match engine {
            Engine::Sqlite => (format!("sqlite:{}", folder.path().join("test.db").display()), None),
            Engine::Postgres => (postgres_url()?, Some(format!("t{}_{n}", std::process::id()))),
        };
        let options = Options { clock: Arc::new(clock.clone()), node: 0, schema };
        let db = Db::open(&url, options).await.expect("the database opens");
        let house = compose::open(db, vault, None, compose::Outside::real()).await.expect("the house opens");
        Some(Self { house, clock, _folder: folder })
    }

    /// One house for each engine that is here.
    pub async fn each() -> Vec<Self> {
        let mut out = Vec::new();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            out.extend(Self::open(engine).await);
        }
        out
    }
}

fn postgres_url() -> Option<String> {
    let url = std::env::var("LINLI_TEST_PG").ok();
    if url.is_none() {
        assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "LINLI_TEST_PG is not set");
        println!("NOT RUN on PostgreSQL: LINLI_TEST_PG is not set");
    }
    url
}
