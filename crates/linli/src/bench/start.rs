//! `start`: how soon it answers with a district on its disk, and what it holds while idle and under load.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::Settings;
use super::child::{Server, Watch, configure};
use super::client::{Connection, get};
use super::figure::{Figure, Told};
use super::ground::Ground;
use super::http::GUIDE;
use super::load::{Fetch, closed, median};

/// Runs the suite.
///
/// # Errors
/// If the district cannot be made or served.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let ground = Ground::district(&set.data, set.residents).await?;
    let config = configure(&ground.folder, None)?;
    let config = config.to_string_lossy().into_owned();
    let mut seconds = Vec::new();
    for _ in 0..set.rounds {
        let server = Server::start(&["serve", "--config", &config], set.cgroup.as_deref())?;
        let answer = Connection::new(server.address).send(&get("/", "")).await?;
        seconds.push(server.started.elapsed().as_secs_f64());
        anyhow::ensure!(answer.status == 200, "status {}", answer.status);
        server.end();
    }
    told.figure(&Figure::new("start", median(seconds), "s").goal("≤ 0.5"));
    let server = Server::start(&["serve", "--config", &config], set.cgroup.as_deref())?;
    Connection::new(server.address).send(&get("/", "")).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    told.figure(&Figure::new("memory-idle", server.memory().anonymous, "MB").goal("≤ 150"));
    let watch = Watch::on(&server);
    load(set, &ground, &server).await?;
    let most = watch.most();
    told.figure(&Figure::new("memory-load", most.anonymous, "MB").goal("≤ 400"));
    told.figure(&Figure::new("memory-load-resident", most.resident, "MB"));
    server.end();
    size(told, &ground.folder);
    Ok(())
}

async fn load(set: &Settings, ground: &Ground, server: &Server) -> anyhow::Result<()> {
    let cookie = ground.passes.sessions.first().map_or(String::new(), |s| format!("cookie: linli={s}\r\n"));
    for path in [GUIDE, "/", "/me", "/me/looks", "/proofs"] {
        let work = Arc::new(Fetch(get(path, &cookie)));
        let out = closed(server.address, &work, 64, Duration::from_secs(set.seconds)).await;
        anyhow::ensure!(out.errors == 0, "{path}: {} errors: {:?}", out.errors, out.error);
    }
    Ok(())
}

fn size(told: &Told, folder: &Path) {
    let bytes = std::fs::metadata(folder.join("linli.db")).map_or(0, |m| m.len());
    told.note(&format!("the database file is {} MB", bytes / 1_000_000));
}
