//! The configuration file: every key, its default and its meaning.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use linli_files::offers::Clamd;
use linli_notices::offers::WebhookKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

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
    /// Without it no code and no message goes out.
    #[serde(default)]
    pub sms: Option<SmsConfig>,
    /// Without it nobody is offered WeChat.
    #[serde(default)]
    pub wechat: Option<WechatConfig>,
    #[serde(default)]
    pub files: FilesConfig,
}

/// Files that people send.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilesConfig {
    /// ClamAV: `tcp://127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl`. Without it files are marked as not scanned.
    pub scanner: Option<String>,
}

impl FilesConfig {
    /// The scanner that it names.
    ///
    /// # Errors
    /// If it is of another form.
    pub fn scanner(&self) -> anyhow::Result<Option<Clamd>> {
        let Some(at) = &self.scanner else { return Ok(None) };
        let clamd = Clamd::parse(at)
            .with_context(|| format!("files.scanner must be tcp://HOST:PORT or unix:/PATH: {at}"));
        clamd.map(Some)
    }
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

/// The SMS gateway; how it is called: `gateway.rs`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// `https://…`; plain HTTP to this machine alone.
    pub url: String,
    /// `whsec_` and base64: what calls are signed with. Here, or better in a file of its own.
    #[serde(default)]
    pub key: Option<Secret>,
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// What the gateway's delivery reports (`POST /api/v1/sms/reports`) are signed with. Default: the same key.
    #[serde(default)]
    pub report_key: Option<Secret>,
    #[serde(default)]
    pub report_key_file: Option<PathBuf>,
    /// Whose messages they are, as registered with the carriers: 海珠邻里.
    pub signature: String,
    /// PEM file of the certificates to believe in. Default: the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// `http://host:port` of a proxy on the way out.
    #[serde(default)]
    pub proxy: Option<String>,
    /// The carrier's template of sign-in codes.
    #[serde(default)]
    pub code_template: Option<String>,
    /// The carrier's templates by kind of notice: `"casework.supplement_asked" = "SMS_123"`.
    #[serde(default)]
    pub templates: BTreeMap<String, String>,
}

/// The WeChat gateway; how it is called: `gateway.rs`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WechatConfig {
    /// `https://…`; plain HTTP to this machine alone.
    pub url: String,
    /// `whsec_` and base64: what calls are signed with. Here, or better in a file of its own.
    #[serde(default)]
    pub key: Option<Secret>,
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// What the gateway's reports (`POST /api/v1/wechat/reports`) are signed with. Default: the same key.
    #[serde(default)]
    pub report_key: Option<Secret>,
    #[serde(default)]
    pub report_key_file: Option<PathBuf>,
    /// Where a resident binds her account, with `{ticket}` where the ticket stands.
    pub bind_url: String,
    /// PEM file of the certificates to believe in. Default: the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// `http://host:port` of a proxy on the way out.
    #[serde(default)]
    pub proxy: Option<String>,
    /// WeChat's templates by kind of notice: `"casework.supplement_asked" = "TM00123"`.
    #[serde(default)]
    pub templates: BTreeMap<String, String>,
}

impl WechatConfig {
    /// What calls are signed with.
    ///
    /// # Errors
    /// If there is none, the file cannot be read, or it is of another form.
    pub fn key(&self) -> anyhow::Result<WebhookKey> {
        let key = webhook_key("wechat.key", self.key.as_ref(), self.key_file.as_ref())?;
        key.context("wechat.key or wechat.key_file is missing")
    }

    /// What reports are signed with, if it is another key.
    ///
    /// # Errors
    /// If the file cannot be read or it is of another form.
    pub fn report_key(&self) -> anyhow::Result<Option<WebhookKey>> {
        webhook_key("wechat.report_key", self.report_key.as_ref(), self.report_key_file.as_ref())
    }

    fn check(&self) -> anyhow::Result<()> {
        safe_url("wechat.url", &self.url)?;
        if !self.bind_url.starts_with("https://") || !self.bind_url.contains("{ticket}") {
            bail!("wechat.bind_url must be https://… with {{ticket}} in it: {}", self.bind_url);
        }
        self.key()?;
        self.report_key()?;
        Ok(())
    }
}

/// Messages go encrypted, or to this machine.
fn safe_url(name: &str, url: &str) -> anyhow::Result<()> {
    let here = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
    let local = here.iter().any(|h| url.strip_prefix(h).is_some_and(ends));
    if !url.starts_with("https://") && !local {
        bail!("{name} must be https://…: codes and messages go over it: {url}");
    }
    Ok(())
}

/// A secret of the configuration. Shown and written as `…`, also by `linli config`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str("…")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(|text| Self(Zeroizing::new(text)))
    }
}

/// A key given as text or in a file.
fn webhook_key(
    name: &str,
    text: Option<&Secret>,
    file: Option<&PathBuf>,
) -> anyhow::Result<Option<WebhookKey>> {
    let text = match (text, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => bail!("{name} or {name}_file, not both"),
        (Some(text), None) => text.0.clone(),
        (None, Some(file)) => Zeroizing::new(
            std::fs::read_to_string(file).with_context(|| format!("{name}_file {}", file.display()))?,
        ),
    };
    let key = WebhookKey::parse(&text);
    Ok(Some(key.with_context(|| format!("{name} must be whsec_ and 24 to 64 bytes in base64"))?))
}

impl SmsConfig {
    /// What calls are signed with.
    ///
    /// # Errors
    /// If there is none, the file cannot be read, or it is of another form.
    pub fn key(&self) -> anyhow::Result<WebhookKey> {
        let key = webhook_key("sms.key", self.key.as_ref(), self.key_file.as_ref())?;
        key.context("sms.key or sms.key_file is missing")
    }

    /// What reports are signed with, if it is another key.
    ///
    /// # Errors
    /// If the file cannot be read or it is of another form.
    pub fn report_key(&self) -> anyhow::Result<Option<WebhookKey>> {
        webhook_key("sms.report_key", self.report_key.as_ref(), self.report_key_file.as_ref())
    }

    fn check(&self) -> anyhow::Result<()> {
        safe_url("sms.url", &self.url)?;
        if self.signature.trim().is_empty() {
            bail!("sms.signature is empty");
        }
        self.key()?;
        self.report_key()?;
        Ok(())
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
        if let Some(sms) = &self.sms {
            sms.check()?;
        }
        if let Some(wechat) = &self.wechat {
            wechat.check()?;
        }
        self.files.scanner()?;
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
