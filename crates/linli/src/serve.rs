//! Opening, serving, draining, copying a district.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use linli_acts::House;
use linli_base::{Chance, SystemClock};
use linli_db::{Db, Options};
use linli_vault::Vault;
use linli_web::{Route, Site, Tls};
use tokio::sync::watch;

use crate::compose;
use crate::config::Config;

/// Opens and migrates the database of a configuration.
///
/// # Errors
/// If data folder, key or database cannot be opened.
pub async fn open(config: &Config) -> anyhow::Result<House> {
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    let chance = Arc::new(Chance::from_system());
    let vault = Arc::new(Vault::open(&config.key(), chance)?);
    let options = Options { clock: Arc::new(SystemClock), node: config.server.node, schema: None };
    let db = Db::open(&config.database(), options).await?;
    let site = Arc::new(site(config));
    let outside = compose::Outside::configured(config, Arc::new(SystemClock))?;
    compose::open(db, vault, config.server.fonts.as_deref(), site, outside).await
}

fn site(config: &Config) -> Site {
    Site {
        origin: config.site.origin.clone(),
        district_zh: config.site.district_zh.clone(),
        district_en: config.site.district_en.clone(),
        demo: false,
        trust_proxy: config.server.behind_proxy,
        rail: compose::rail(),
    }
}

/// Serves until SIGTERM or Ctrl-C, then drains.
///
/// # Errors
/// If it cannot be opened or the address cannot be bound.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let house = open(&config).await?;
    linli_catalogue::offers::deliver_all(&house).await?;
    if config.sms.is_none() {
        tracing::warn!("no [sms] in the configuration: residents cannot sign in, and notices wait");
    }
    if config.files.scanner.is_none() {
        tracing::warn!("no [files] scanner in the configuration: files are marked as not scanned");
    }
    let site = Arc::new(site(&config));
    if let Some(token) = linli_duties::offers::first_run_token(&house).await? {
        println!("first run: {}/office/first?token={token}", site.origin);
    }
    let tls = match (config.server.certificate, config.server.certificate_key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
        _ => None,
    };
    run(house, site, config.server.listen, tls, Vec::new()).await
}

/// Binds, works and serves until told to stop; `more` are routes beside those of the rooms.
///
/// # Errors
/// If the address cannot be bound.
pub async fn run(
    house: House,
    site: Arc<Site>,
    listen: std::net::SocketAddr,
    tls: Option<Tls>,
    more: Vec<Route>,
) -> anyhow::Result<()> {
    let listener = std::net::TcpListener::bind(listen).with_context(|| format!("listening on {listen}"))?;
    let (stop, stopping) = watch::channel(false);
    let working = {
        let (house, stopping) = (house.clone(), stopping.clone());
        tokio::spawn(async move { house.work(stopping).await })
    };
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("draining");
        let _ = stop.send(true);
    });
    println!("{} → http{}://{}", site.origin, if tls.is_some() { "s" } else { "" }, listener.local_addr()?);
    let mut routes = compose::routes();
    routes.extend(more);
    let router = linli_web::router(house.clone(), site, &routes);
    linli_web::serve(router, listener, tls, stopping).await?;
    let _ = working.await;
    house.db().close().await;
    Ok(())
}

async fn asked_to_stop() {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Copies the database while it is served.
///
/// # Errors
/// If the target exists or cannot be written, or the engine is PostgreSQL.
pub async fn backup(config: &Config, to: &Path) -> anyhow::Result<()> {
    if config.database_file().is_none() {
        bail!("for PostgreSQL use pg_dump; it copies while serving too");
    }
    let db = Db::open(&config.database(), Options::default()).await?;
    db.copy_to(to.to_owned()).await?;
    db.close().await;
    Ok(())
}

/// Puts a copy in the place of the database.
///
/// # Errors
/// If there is a database and it may not be replaced.
pub fn restore(config: &Config, from: &Path, replace: bool) -> anyhow::Result<()> {
    let Some(file) = config.database_file() else { bail!("for PostgreSQL use pg_restore") };
    if file.exists() && !replace {
        bail!("{} is there; --replace to put the copy in its place", file.display());
    }
    std::fs::create_dir_all(&config.data)?;
    let incoming = file.with_extension("incoming");
    std::fs::copy(from, &incoming).with_context(|| from.display().to_string())?;
    std::fs::File::open(&incoming)?.sync_all()?;
    for tail in ["db-wal", "db-shm"] {
        let beside = file.with_extension(tail);
        if beside.exists() {
            std::fs::remove_file(beside)?;
        }
    }
    std::fs::rename(&incoming, &file)?;
    Ok(())
}
