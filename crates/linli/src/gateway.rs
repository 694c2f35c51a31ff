//! The gateways of a real district: notices and sign-in codes go out as signed HTTPS calls (`[sms]`, `[wechat]` of the
//! configuration).
//!
//! A call is a POST of JSON, signed in the Standard Webhooks form over the raw body:
//! `{"id", "to", "signature", "kind", "template", "params", "text"}` (WeChat: `link` instead of `signature`), header `Idempotency-Key` = id. The gateway answers 2xx with
//! `{"id": "<its own number>"}`; 400 or 422 with `{"code"}` where the message will never go; anything else may go later. A call
//! whose answer was lost is made again with the same key, and a gateway sends nothing twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use linli_accounts::offers::{ChannelDown, CodeChannel, CodeId};
use linli_base::Clock;
use linli_base::docnum::Phone;
use linli_notices::offers::{SendError, Sms, SmsGateway, WebhookKey, WechatGateway, WechatMessage};
use serde::{Deserialize, Serialize};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::config::{SmsConfig, WechatConfig};

/// A gateway that has not answered by then is down. Shorter than the lease of a job.
const DEADLINE: Duration = Duration::from_secs(10);
/// Longest answer that is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Where operating systems keep the certificates they believe in.
const SYSTEM_ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Makes the signed calls of one gateway.
struct Caller {
    agent: ureq::Agent,
    url: String,
    key: WebhookKey,
    clock: Arc<dyn Clock>,
}

struct Inner {
    caller: Arc<Caller>,
    report_key: WebhookKey,
    signature: String,
    code_template: Option<String>,
    templates: BTreeMap<String, String>,
}

/// The gateway. Cheap to clone: notices and codes go through one.
#[derive(Clone)]
pub struct HttpGateway(Arc<Inner>);

#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    /// Digits with the country code.
    to: &'a str,
    /// Whose message it is, as carriers print it before the text: 【…】.
    signature: &'a str,
    kind: &'a str,
    /// The carrier's name of the kind, where carriers want registered templates.
    template: Option<&'a str>,
    params: BTreeMap<&'a str, &'a str>,
    text: &'a str,
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
}

impl HttpGateway {
    /// From the configuration.
    ///
    /// # Errors
    /// If key or certificates cannot be read or are of another form.
    pub fn new(config: &SmsConfig, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let key = config.key()?;
        let report_key = config.report_key()?.unwrap_or_else(|| key.clone());
        let caller = Caller::new(&config.url, key, config.ca.as_deref(), config.proxy.as_deref(), clock)?;
        Ok(Self(Arc::new(Inner {
            caller: Arc::new(caller),
            report_key,
            signature: config.signature.clone(),
            code_template: config.code_template.clone(),
            templates: config.templates.clone(),
        })))
    }
}

fn roots(ca: Option<&Path>) -> anyhow::Result<RootCerts> {
    let file = match ca {
        Some(file) => file.to_owned(),
        None => SYSTEM_ROOTS
            .iter()
            .map(std::path::PathBuf::from)
            .find(|p| p.exists())
            .context("no certificates of the system are here; name a file in `ca` of the gateway")?,
    };
    let pem = std::fs::read(&file).with_context(|| format!("certificates {}", file.display()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(c) = item.with_context(|| format!("certificates {}", file.display()))? {
            certificates.push(c);
        }
    }
    if certificates.is_empty() {
        bail!("no certificate in {}", file.display());
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

impl Caller {
    fn new(
        url: &str,
        key: WebhookKey,
        ca: Option<&Path>,
        proxy: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let mut builder = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // As many as a pool of jobs calls at once: otherwise most calls would begin with a handshake.
            .max_idle_connections_per_host(16)
            .max_idle_connections(16)
            .timeout_global(Some(DEADLINE))
            .proxy(proxy.map(ureq::Proxy::new).transpose().context("proxy of a gateway")?);
        if url.starts_with("https://") {
            builder = builder.tls_config(TlsConfig::builder().root_certs(roots(ca)?).build());
        }
        Ok(Self { agent: builder.build().new_agent(), url: url.to_owned(), key, clock })
    }

    /// Off the async threads: the calls block, with a real deadline.
    async fn call(self: &Arc<Self>, id: String, body: Vec<u8>) -> Result<String, SendError> {
        let caller = Arc::clone(self);
        tokio::task::spawn_blocking(move || caller.post(&id, &body))
            .await
            .unwrap_or_else(|_| Err(SendError::Down("panic".to_owned())))
    }

    fn post(&self, id: &str, body: &[u8]) -> Result<String, SendError> {
        let seconds = self.clock.now().millis() / 1000;
        let asked = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("idempotency-key", id)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", self.key.sign(id, seconds, body))
            .send(body);
        let mut answer = match asked {
            Ok(answer) => answer,
            Err(e) => return Err(SendError::Down(kind_of(&e).to_owned())),
        };
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
        match status {
            200..=299 => match text.map(|t| serde_json::from_slice::<Taken>(&t)) {
                Ok(Ok(taken)) => Ok(taken.id),
                // Perhaps taken, perhaps not: the same key again tells.
                Ok(Err(_)) => Err(SendError::Down("answer is not of the agreed form".to_owned())),
                Err(e) => Err(SendError::Down(kind_of(&e).to_owned())),
            },
            400 | 422 => {
                let said: Refusal =
                    text.ok().and_then(|t| serde_json::from_slice(&t).ok()).unwrap_or_default();
                let code = if said.code.is_empty() { format!("status {status}") } else { said.code };
                Err(SendError::Refused(code))
            }
            // 401 and 403 too: our key is wrong, which an engineer mends, and the message goes then.
            _ => Err(SendError::Down(format!("status {status}"))),
        }
    }
}

impl Inner {
    fn message(
        &self,
        id: &str,
        phone: &Phone,
        kind: &str,
        template: Option<&str>,
        params: &[(String, String)],
        text: &str,
    ) -> Vec<u8> {
        let message = Message {
            id,
            to: phone.value(),
            signature: &self.signature,
            kind,
            template,
            params: params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
            text,
        };
        // Texts and names: nothing of it fails to become JSON.
        serde_json::to_vec(&message).unwrap_or_default()
    }
}

/// What went wrong with a call, without addresses or content.
fn kind_of(e: &ureq::Error) -> &'static str {
    match e {
        ureq::Error::Timeout(_) => "timeout",
        ureq::Error::HostNotFound => "host not found",
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed => "no connection",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "TLS",
        ureq::Error::Protocol(_) => "protocol",
        ureq::Error::BodyExceedsLimit(_) => "answer too long",
        _ => "call failed",
    }
}

impl SmsGateway for HttpGateway {
    fn send<'a>(&'a self, sms: &'a Sms) -> linli_notices::offers::Call<'a, Result<String, SendError>> {
        Box::pin(async move {
            let id = sms.id.to_string();
            let template = self.0.templates.get(&sms.kind).map(String::as_str);
            let body = self.0.message(&id, &sms.phone, &sms.kind, template, &sms.params, &sms.text);
            self.0.caller.call(id, body).await
        })
    }

    fn report_key(&self) -> Option<&WebhookKey> {
        Some(&self.0.report_key)
    }
}

impl CodeChannel for HttpGateway {
    fn send<'a>(
        &'a self,
        id: CodeId,
        phone: &'a Phone,
        code: &'a str,
    ) -> linli_accounts::offers::Call<'a, Result<(), ChannelDown>> {
        Box::pin(async move {
            let id = id.to_string();
            let params = [("code".to_owned(), code.to_owned())];
            let text = format!("验证码{code}，五分钟内有效。请不要告诉任何人。");
            let template = self.0.code_template.as_deref();
            let body = self.0.message(&id, phone, "people.code", template, &params, &text);
            self.0.caller.call(id, body).await.map(drop).map_err(|e| ChannelDown(e.to_string()))
        })
    }
}

/// WeChat's gateway.
pub struct HttpWechat {
    caller: Arc<Caller>,
    report_key: WebhookKey,
    bind_url: String,
    templates: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Card<'a> {
    id: &'a str,
    /// The gateway's name of the account.
    to: &'a str,
    kind: &'a str,
    template: Option<&'a str>,
    params: BTreeMap<&'a str, &'a str>,
    text: &'a str,
    /// Where it leads; empty: nowhere.
    link: &'a str,
}

impl HttpWechat {
    /// From the configuration.
    ///
    /// # Errors
    /// If key or certificates cannot be read or are of another form.
    pub fn new(config: &WechatConfig, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let key = config.key()?;
        let report_key = config.report_key()?.unwrap_or_else(|| key.clone());
        let caller = Caller::new(&config.url, key, config.ca.as_deref(), config.proxy.as_deref(), clock)?;
        let (bind_url, templates) = (config.bind_url.clone(), config.templates.clone());
        Ok(Self { caller: Arc::new(caller), report_key, bind_url, templates })
    }
}

impl WechatGateway for HttpWechat {
    fn send<'a>(
        &'a self,
        m: &'a WechatMessage,
    ) -> linli_notices::offers::Call<'a, Result<String, SendError>> {
        Box::pin(async move {
            let id = m.id.to_string();
            let card = Card {
                id: &id,
                to: &m.open_id,
                kind: &m.kind,
                template: self.templates.get(&m.kind).map(String::as_str),
                params: m.params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
                text: &m.text,
                link: &m.link,
            };
            // Texts and names: nothing of it fails to become JSON.
            let body = serde_json::to_vec(&card).unwrap_or_default();
            self.caller.call(id, body).await
        })
    }

    fn bind_link(&self, ticket: &str) -> Option<String> {
        Some(self.bind_url.replace("{ticket}", ticket))
    }

    fn report_key(&self) -> Option<&WebhookKey> {
        Some(&self.report_key)
    }
}

/// Stands where no gateway is configured: notices wait, and become letters where the rule says so; nobody can sign in by code,
/// which is better than codes shown to whoever asks for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoGateway;

/// What the engineer reads in the log.
const NOT_CONFIGURED: &str = "no SMS gateway is configured: section [sms] of the configuration";

impl SmsGateway for NoGateway {
    fn send<'a>(&'a self, _: &'a Sms) -> linli_notices::offers::Call<'a, Result<String, SendError>> {
        Box::pin(async { Err(SendError::Down(NOT_CONFIGURED.to_owned())) })
    }
    fn report_key(&self) -> Option<&WebhookKey> {
        None
    }
}

impl CodeChannel for NoGateway {
    fn send<'a>(
        &'a self,
        _: CodeId,
        _: &'a Phone,
        _: &'a str,
    ) -> linli_accounts::offers::Call<'a, Result<(), ChannelDown>> {
        Box::pin(async {
            tracing::error!("a sign-in code was not sent: {NOT_CONFIGURED}");
            Err(ChannelDown(NOT_CONFIGURED.to_owned()))
        })
    }
}

impl WechatGateway for NoGateway {
    fn send<'a>(
        &'a self,
        _: &'a WechatMessage,
    ) -> linli_notices::offers::Call<'a, Result<String, SendError>> {
        Box::pin(async { Err(SendError::Down("no WeChat gateway is configured".to_owned())) })
    }
    fn bind_link(&self, _: &str) -> Option<String> {
        None
    }
    fn report_key(&self) -> Option<&WebhookKey> {
        None
    }
}
