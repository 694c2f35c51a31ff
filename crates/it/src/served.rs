//! A house behind a real port of the loopback address, for real browsers.

use std::net::TcpListener;
use std::ops::Deref;
use std::sync::Arc;

use linli_db::Engine;
use tokio::sync::{OnceCell, watch};

use crate::browser::{Browser, Tab, View};
use crate::{TestHouse, site_at};

/// A house that is served and works by itself, as `linli demo` does; its clock stays in the test's hand.
pub struct Served {
    house: TestHouse,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub origin: String,
    browser: Arc<Browser>,
    stop: watch::Sender<bool>,
}

static DISTRICT: OnceCell<Vec<u8>> = OnceCell::const_new();

impl Deref for Served {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.house
    }
}

impl Served {
    /// An empty house on SQLite; `None` if there is no browser to look at it.
    pub async fn open() -> Option<Self> {
        Self::with(None).await
    }

    /// A small sample district with its year; filled once, copied for each test.
    pub async fn district() -> Option<Self> {
        let content = DISTRICT.get_or_init(|| async {
            let h = TestHouse::open(Engine::Sqlite).await.expect("SQLite is always here");
            linli::demo::fill(&h.house, &h.clock, 300).await.expect("the district is filled");
            let folder = tempfile::tempdir().expect("a folder");
            let copy = folder.path().join("copy.db");
            h.house.db().copy_to(copy.clone()).await.expect("the copy is made");
            std::fs::read(copy).expect("the copy is read")
        });
        Self::with(Some(content.await)).await
    }

    async fn with(content: Option<&[u8]>) -> Option<Self> {
        let browser = Browser::get()?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let house = TestHouse::open_at(Engine::Sqlite, site_at(&origin), content).await?;
        let (stop, stopping) = watch::channel(false);
        let (router, until) = (house.router(), stopping.clone());
        tokio::spawn(async move {
            linli_web::serve(router, listener, None, until).await.expect("it serves");
        });
        let working = house.house.clone();
        tokio::spawn(async move { working.work(stopping).await });
        Some(Self { house, origin, browser, stop })
    }

    /// A tab in a fresh profile.
    pub fn tab(&self, view: View) -> Tab {
        Tab::new(Arc::clone(&self.browser), &self.origin, view)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
