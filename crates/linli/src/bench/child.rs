//! The server under load: this very program in a process of its own, on the files of a bench folder.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

/// A server process; ended when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub started: Instant,
}

impl Server {
    /// Starts `linli ARGS` and waits until it says where it listens. `cgroup` is a control group whose limits it shall have.
    ///
    /// # Errors
    /// If it cannot be started or ends before it listens.
    pub fn start(args: &[&str], cgroup: Option<&Path>) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(args)
            // One line of the log for each request would be written to nowhere; warnings stay.
            .env("LINLI_LOG", std::env::var("LINLI_LOG").unwrap_or_else(|_| "warn".to_owned()))
            .stdout(Stdio::piped())
            .spawn()?;
        if let Some(cgroup) = cgroup {
            std::fs::write(cgroup.join("cgroup.procs"), child.id().to_string())
                .with_context(|| format!("control group {}", cgroup.display()))?;
        }
        let out = BufReader::new(child.stdout.take().context("the server's output")?);
        let address = out
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("→ http://").and_then(|(_, a)| a.trim().parse().ok()));
        match address {
            Some(address) => Ok(Self { child, address, started }),
            None => {
                let _ = child.kill();
                anyhow::bail!("the server ended before it listened")
            }
        }
    }

    /// An SMS gateway that takes every message at once: what it costs to send is part of a run, what a carrier does is not.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn gateway(folder: &Path) -> anyhow::Result<Self> {
        let taken = folder.join("taken.http");
        std::fs::write(&taken, "content-type: application/json\r\n\r\n{\"id\":\"bench\"}")?;
        Self::start(&["bench-peer", &taken.to_string_lossy()], None)
    }

    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Memory now, in MB.
    #[must_use]
    pub fn memory(&self) -> Memory {
        memory_of(self.id())
    }

    /// Asks it to drain and waits for its end.
    pub fn end(mut self) {
        let asked = Command::new("kill").arg(self.id().to_string()).status();
        if !asked.is_ok_and(|s| s.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process holds, in MB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Its own: what the kernel cannot take back by dropping pages of files.
    pub anonymous: f64,
    /// All that is resident, pages of the mapped database included.
    pub resident: f64,
}

fn memory_of(id: u32) -> Memory {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let mb = |key: &str| {
        let line = text.lines().find(|l| l.starts_with(key));
        let kb = line.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<f64>().ok());
        kb.unwrap_or(0.0) * 1_024.0 / 1e6
    };
    Memory { anonymous: mb("RssAnon:"), resident: mb("VmRSS:") }
}

/// Looks at a process ten times a second and keeps the most it saw.
pub struct Watch {
    stop: Arc<AtomicBool>,
    most: Arc<[AtomicU64; 2]>,
}

impl Watch {
    #[must_use]
    pub fn on(server: &Server) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let most: Arc<[AtomicU64; 2]> = Arc::default();
        let (id, told, ended) = (server.id(), Arc::clone(&most), Arc::clone(&stop));
        tokio::spawn(async move {
            while !ended.load(Ordering::Relaxed) {
                let now = memory_of(id);
                for (place, mb) in told.iter().zip([now.anonymous, now.resident]) {
                    place.fetch_max(mb.to_bits(), Ordering::Relaxed);
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { stop, most }
    }

    /// The most that was seen.
    #[must_use]
    pub fn most(self) -> Memory {
        self.stop.store(true, Ordering::Relaxed);
        // The bits of positive floats are in the order of their values.
        let [anonymous, resident] = &*self.most;
        let read = |a: &AtomicU64| f64::from_bits(a.load(Ordering::Relaxed));
        Memory { anonymous: read(anonymous), resident: read(resident) }
    }
}

/// Writes a configuration that serves the files of `data` on a free port and sends messages to a gateway.
///
/// # Errors
/// If it cannot be written.
pub fn configure(data: &Path, sms: Option<SocketAddr>) -> anyhow::Result<PathBuf> {
    let file = data.join("linli.toml");
    let mut text = format!(
        "data = {:?}\n[site]\norigin = \"http://linli.bench\"\ndistrict_zh = \"广州市海珠区\"\ndistrict_en = \"Haizhu District\"\n\
         place = \"440105000000\"\n[server]\nlisten = \"127.0.0.1:0\"\nbehind_proxy = true\n",
        data.display().to_string()
    );
    if let Some(sms) = sms {
        let key = format!("whsec_{}", "QUFB".repeat(8));
        writeln!(text, "[sms]\nurl = \"http://{sms}/\"\nkey = \"{key}\"\nsignature = \"海珠邻里\"")?;
    }
    std::fs::write(&file, text).with_context(|| file.display().to_string())?;
    Ok(file)
}
