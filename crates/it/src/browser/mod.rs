//! A real browser: one headless Chromium for all tests that run at the same time, a fresh profile (context) for each tab.
//!
//! The tests speak the DevTools protocol themselves, synchronously. The house under test runs on the worker threads of the
//! test's runtime, so a test that waits here stops nobody.

#![expect(clippy::indexing_slicing, reason = "a missing key of a JSON value is null")]

mod sound;
mod tab;
mod wire;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde_json::json;

pub use sound::{Axe, Violation};
pub use tab::{Tab, View};
use wire::Wire;

/// Flags for a machine without screen and without the outer network. A test must not depend on more.
const FLAGS: [&str; 7] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A running Chromium. It ends with the last test that holds it.
pub struct Browser {
    child: Child,
    port: u16,
    path: String,
    /// Closed when the browser and all its helpers have ended.
    ended: Mutex<Receiver<()>>,
    _profile: tempfile::TempDir,
}

static RUNNING: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

impl Browser {
    /// The browser, started if none runs; `None` if it is not installed, which is told loudly.
    pub fn get() -> Option<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(browser) = running.upgrade() {
            return Some(browser);
        }
        let browser = Arc::new(Self::start()?);
        *running = Arc::downgrade(&browser);
        Some(browser)
    }

    fn start() -> Option<Self> {
        let profile = tempfile::tempdir().expect("a folder");
        let started = Command::new("chromium")
            .args(FLAGS)
            .args(["--headless", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(e) => {
                assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "chromium: {e}");
                println!("NOT RUN in a browser: chromium: {e}");
                return None;
            }
        };
        // It tells its address on standard error, which must be read to the end or it would stall.
        let errors = BufReader::new(child.stderr.take().expect("a pipe"));
        let (told, address) = channel();
        let (ending, ended) = channel();
        std::thread::spawn(move || {
            let mut all = String::new();
            for line in errors.lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("DevTools listening on ws://127.0.0.1:") {
                    let _ = told.send(Ok(address.to_owned()));
                }
                all.push_str(&line);
                all.push('\n');
            }
            let _ = told.send(Err(all));
            drop(ending);
        });
        let address = address
            .recv_timeout(Duration::from_secs(60))
            .expect("chromium tells its address within a minute")
            .unwrap_or_else(|words| panic!("chromium did not start: {words}"));
        let (port, path) = address.split_once('/').expect("port and path");
        let port = port.parse().expect("a port");
        Some(Self { child, port, path: format!("/{path}"), ended: Mutex::new(ended), _profile: profile })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to close, so that the helpers end before their folder goes; killed if it does not listen.
        let _ = Wire::open(self.port, &self.path).try_call("Browser.close", &json!({}));
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(Duration::from_secs(10)) == Err(RecvTimeoutError::Timeout) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
