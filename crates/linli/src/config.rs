//! The configuration file: every key, its default and its meaning.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// `linli.toml`. Unknown keys are refused, so a slip does not pass silently.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where database, key and files lie.
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`. Default: `linli.db` in `data`.
    #[serde(default)]
    pub database: Option<String>,
    pub site: SiteConfig,
    #[serde(default)]
    pub server: ServerConfig,
}

/// What the site calls itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// The one address under which residents reach it: `https://linli.example.gov.cn`.
    pub origin: String,
    pub district_zh: String,
    pub district_en: String,
    /// The district's division code, 12 digits.
    pub place: linli_base::PlaceCode,
}

/// How it listens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    /// PEM files; without them it speaks plain HTTP and needs a proxy in front.
    pub certificate: Option<PathBuf>,
    pub certificate_key: Option<PathBuf>,
    /// Whether a proxy in front sets `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Tells several processes on one PostgreSQL apart: 0–63.
    pub node: u8,
    /// More fonts for names with rare characters.
    pub fonts: Option<PathBuf>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            certificate: None,
            certificate_key: None,
            behind_proxy: false,
            node: 0,
            fonts: None,
        }
    }
}

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// With the key that is wrong, in words for the engineer.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("configuration {}", path.display()))?;
        let config: Self =
            toml::from_str(&text).with_context(|| format!("configuration {}", path.display()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let origin = &self.site.origin;
        if !(origin.starts_with("https://") || origin.starts_with("http://")) || origin.ends_with('/') {
            bail!("site.origin must be https://host without a slash at the end: {origin}");
        }
        if self.server.certificate.is_some() != self.server.certificate_key.is_some() {
            bail!("server.certificate and server.certificate_key go together");
        }
        if self.server.certificate.is_none()
            && !self.server.behind_proxy
            && !self.server.listen.ip().is_loopback()
        {
            bail!(
                "without a certificate the server listens on the loopback address only, or behind a proxy (server.behind_proxy = true)"
            );
        }
        Ok(())
    }

    #[must_use]
    pub fn database(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("linli.db").display()))
    }

    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.data.join("linli.key")
    }

    /// The file of an SQLite database; `None` for PostgreSQL.
    #[must_use]
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database().strip_prefix("sqlite:").map(PathBuf::from)
    }
}
