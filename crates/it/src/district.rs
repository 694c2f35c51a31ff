//! The small sample district, filled once for each engine and copied for each test: a year of acts takes seconds, a copy none.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, OnceCell};

use crate::TestHouse;

/// Residents of the small district.
const RESIDENTS: u64 = 400;

static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();
/// A template can be copied by one at a time only.
static COPYING: Mutex<()> = Mutex::const_new(());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The content of its SQLite file.
pub(crate) async fn sqlite() -> &'static [u8] {
    SQLITE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("a folder");
            let file = format!("sqlite:{}", folder.path().join("district.db").display());
            let h = TestHouse::open_database(&file).await;
            linli::demo::fill(&h.house, &h.clock, RESIDENTS).await.expect("the district is filled");
            let copy = folder.path().join("copy.db");
            h.house.db().copy_to(copy.clone()).await.expect("the copy is made");
            std::fs::read(copy).expect("the copy is read")
        })
        .await
}

/// The address of a copy of its PostgreSQL database.
pub(crate) async fn postgres(server: &str) -> String {
    let template = POSTGRES
        .get_or_init(|| async {
            let name = format!("district_{}", std::process::id());
            run(server, format!("CREATE DATABASE {name}")).await;
            let h = TestHouse::open_database(&beside(server, &name)).await;
            linli::demo::fill(&h.house, &h.clock, RESIDENTS).await.expect("the district is filled");
            // A database in use cannot be copied.
            h.house.db().close().await;
            name
        })
        .await;
    let name = format!("copy_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let _one = COPYING.lock().await;
    run(server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    beside(server, &name)
}

/// Another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (head, _) = server.rsplit_once('/').expect("postgres://…/database");
    format!("{head}/{name}")
}

async fn run(server: &str, statement: String) {
    let server = server.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let mut client = postgres::Client::connect(&server, postgres::NoTls).expect("PostgreSQL is there");
        // Connections that were closed a moment ago may still hold the template.
        for _ in 0..50 {
            match client.batch_execute(&statement) {
                Ok(()) => return,
                Err(e) => assert!(e.to_string().contains("db error"), "{statement}: {e}"),
            }
            std::thread::park_timeout(std::time::Duration::from_millis(100));
        }
        panic!("{statement} was refused again and again");
    });
    done.await.expect("the statement runs");
}
