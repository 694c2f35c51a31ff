//! A house behind a real port of the loopback address, for real browsers.

use std::net::TcpListener;
use std::ops::Deref;
use std::sync::Arc;

use linli_db::Engine;
use tokio::sync::watch;

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

impl Deref for Served {
    type Target = TestHouse;
    fn deref(&self) -> &TestHouse {
        &self.house
    }
}

impl Served {
    /// An empty house on SQLite; `None` if there is no browser to look at it.
    pub async fn open() -> Option<Self> {
        Self::with(false).await
    }

    /// A small sample district with its year; filled once, copied for each test.
    pub async fn district() -> Option<Self> {
        Self::with(true).await
    }

    async fn with(filled: bool) -> Option<Self> {
        let browser = Browser::get()?;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let house = TestHouse::open_at(Engine::Sqlite, site_at(&origin), filled).await?;
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
