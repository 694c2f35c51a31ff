//! What the integration tests stand on: a house of either engine with a clock set by hand, a visitor who knows no script, and
//! a real browser.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "test support: a failure here is a failed test"
)]

pub mod browser;
mod district;
mod served;
pub mod trace;
mod visitor;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use linli::compose;
use linli::simulators::{Simulators, Switch};
use linli_acts::House;
use linli_base::{Chance, Day, Instant, ManualClock};
use linli_db::{Db, Engine, Options};
use linli_notices::offers::{SimulatedSms, SimulatedWechat};
use linli_vault::Vault;
use linli_web::Site;

pub use served::Served;
pub use visitor::{Form, Page, Visitor, unescaped};

/// The morning on which the tests begin: a Tuesday, a working day.
pub fn morning() -> Instant {
    Day::new(2026, 11, 24).unwrap().start().plus_minutes(9 * 60)
}

/// The site of the tests.
pub fn site() -> Arc<Site> {
    site_at("http://linli.test")
}

fn site_at(origin: &str) -> Arc<Site> {
    Arc::new(Site {
        origin: origin.to_owned(),
        district_zh: "广州市海珠区".to_owned(),
        district_en: "Haizhu District, Guangzhou".to_owned(),
        demo: true,
        trust_proxy: false,
        rail: compose::rail(),
    })
}

/// A house for one test.
pub struct TestHouse {
    pub house: House,
    pub clock: ManualClock,
    /// Faults of the simulated register.
    pub register: Switch,
    /// The simulated SMS gateway.
    pub sms: SimulatedSms,
    /// The simulated WeChat gateway.
    pub wechat: SimulatedWechat,
    /// Faults of the simulated virus scanner.
    pub scanner: Switch,
    site: Arc<Site>,
    _folder: tempfile::TempDir,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl TestHouse {
    /// On a fresh database of an engine; `None` if the engine is not here, which is told loudly.
    pub async fn open(engine: Engine) -> Option<Self> {
        Self::open_at(engine, site(), false).await
    }

    /// `filled`: with the small sample district and its year behind it, filled once for all tests and copied for each.
    async fn open_at(engine: Engine, site: Arc<Site>, filled: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at(morning());
        // What is old was made by chance too: what is new must not be the same again.
        let chance = Arc::new(Chance::seeded(if filled { 20_261_125 } else { 20_261_124 }));
        let vault = Arc::new(Vault::new([42; 32], chance));
        if filled {
            clock.advance_seconds(60);
        }
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        let (url, schema) = match engine {
            Engine::Sqlite => {
                let file = folder.path().join("test.db");
                if filled {
                    std::fs::write(&file, district::sqlite().await).unwrap();
                }
                (format!("sqlite:{}", file.display()), None)
            }
            Engine::Postgres if filled => (district::postgres(&postgres_url()?).await, None),
            Engine::Postgres => (postgres_url()?, Some(format!("t{}_{n}", std::process::id()))),
        };
        Self::open_url(&url, schema, clock, vault, site, folder).await
    }

    async fn open_url(
        url: &str,
        schema: Option<String>,
        clock: ManualClock,
        vault: Arc<Vault>,
        site: Arc<Site>,
        folder: tempfile::TempDir,
    ) -> Option<Self> {
        let options = Options { clock: Arc::new(clock.clone()), node: 0, schema };
        let db = Db::open(url, options).await.expect("the database opens");
        let (outside, Simulators { register, sms, wechat, scanner }) =
            compose::Outside::simulated(Arc::new(clock.clone()));
        let house =
            compose::open(db, vault, None, Arc::clone(&site), outside).await.expect("the house opens");
        Some(Self { house, clock, register, sms, wechat, scanner, site, _folder: folder })
    }

    /// On a copy of another house's database, with the same key.
    pub async fn open_copy(file: &std::path::Path) -> Self {
        Self::open_database(&format!("sqlite:{}", file.display())).await
    }

    /// On a database of its own, empty, at an address.
    async fn open_database(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Arc::new(Vault::new([42; 32], Arc::new(Chance::seeded(20_261_124))));
        let opened = Self::open_url(url, None, ManualClock::at(morning()), vault, site(), folder).await;
        opened.expect("the house opens")
    }

    /// A visitor of this house's site, with the pages of the demo.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.router())
    }

    /// Its site, for calls that no visitor makes.
    pub fn router(&self) -> axum::Router {
        self.router_with(Vec::new())
    }

    /// With addresses of a test's own.
    pub fn router_with(&self, more: Vec<linli_web::Route>) -> axum::Router {
        let mut routes = compose::routes();
        routes.extend(more);
        routes.extend(linli::demo::demo_routes(self.simulators()));
        linli_web::router(self.house.clone(), Arc::clone(&self.site), &routes)
    }

    fn simulators(&self) -> Simulators {
        Simulators {
            register: self.register.clone(),
            sms: self.sms.clone(),
            wechat: self.wechat.clone(),
            scanner: self.scanner.clone(),
        }
    }

    /// Does what is due, again and again, until nothing is.
    pub async fn run_jobs(&self) {
        for _ in 0..50 {
            if self.house.run_due_jobs().await.expect("jobs run") == 0 {
                return;
            }
        }
        panic!("jobs never end");
    }

    /// One small district with its year for each engine that is here.
    pub async fn districts() -> Vec<Self> {
        let mut out = Vec::new();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            out.extend(Self::open_at(engine, site(), true).await);
        }
        out
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

/// Where PostgreSQL is, if it is here; told loudly if not.
#[must_use]
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("LINLI_TEST_PG").ok();
    if url.is_none() {
        assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "LINLI_TEST_PG is not set");
        println!("NOT RUN on PostgreSQL: LINLI_TEST_PG is not set");
    }
    url
}
