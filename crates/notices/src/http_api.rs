//! The gateway's delivery reports.

use linli_web::{Api, Fault, Missing, Reply, Req};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::deliver::{self, Reported};
use crate::domain::{Channel, NoticeId};
use crate::error::NoticeError;
use crate::seams::{SmsGatewayService, WechatGatewayService};
use crate::webhook::WebhookKey;
use crate::wechat;

/// What became of a message.
#[derive(Deserialize, JsonSchema)]
struct Report {
    #[serde(rename = "type")]
    kind: ReportKind,
    data: Data,
}

linli_db::codes! {
    /// What is reported.
    enum ReportKind {
        Delivered = "sms.delivered",
        Failed = "sms.failed",
    }
}

/// Of which message, and why.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ReportData")]
struct Data {
    /// Our id of the message.
    id: String,
    /// The gateway's code of a failure.
    #[serde(default)]
    code: String,
}

pub(crate) fn described() -> Api {
    Api::new(
        "短信网关的送达回执（Standard Webhooks 签名）",
        "The SMS gateway's delivery reports, signed in the Standard Webhooks form",
    )
    .header::<String>("webhook-id", "回执编号", "Id of the report")
    .header::<String>("webhook-timestamp", "秒", "Seconds")
    .header::<String>("webhook-signature", "签名", "Signatures")
    .body::<Report>()
    .empty(204, "已收到", "Taken")
    .problem(401)
    .problem(404)
}

/// Signed, so nothing else identifies the caller. A report that was taken before, or on a message that is not here (a sign-in
/// code, a notice that was erased), is answered like any other: the gateway learns nothing and stops repeating it.
pub(crate) async fn report(req: Req) -> Result<Reply, Fault> {
    let gateway = req.house().service::<SmsGatewayService>();
    signed(&req, gateway.0.report_key())?;
    let report: Report = req.json()?;
    let what = match report.kind {
        ReportKind::Delivered => Reported::Delivered,
        ReportKind::Failed => Reported::Failed,
    };
    note(&req, Channel::Sms, what, &report.data.id, report.data.code).await?;
    Ok(taken())
}

/// Whether the call bears the gateway's signature.
fn signed(req: &Req, key: Option<&WebhookKey>) -> Result<(), Fault> {
    let key = key.ok_or(Missing)?;
    let header = |name| req.header(name).unwrap_or("");
    key.verify(
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
        req.bytes(),
        req.now(),
    )
    .map_err(NoticeError::from)?;
    Ok(())
}

async fn note(req: &Req, channel: Channel, what: Reported, id: &str, code: String) -> Result<(), Fault> {
    if let Ok(id) = id.parse::<NoticeId>() {
        let act = move |act: &mut linli_acts::Act<'_, '_>| deliver::report(act, id, channel, what, &code);
        req.house().act(&deliver::gateway(), act).await?;
    }
    Ok(())
}

fn taken() -> Reply {
    Reply::bytes("text/plain; charset=utf-8", Vec::new()).status(204)
}

linli_db::codes! {
    /// What WeChat's gateway reports.
    enum WechatReportKind {
        Delivered = "wechat.delivered",
        Failed = "wechat.failed",
        /// An account showed a ticket.
        Bound = "wechat.bound",
        /// An account does not follow the district any more.
        Left = "wechat.left",
    }
}

/// What became of a message, or of an account.
#[derive(Deserialize, JsonSchema)]
struct WechatReport {
    #[serde(rename = "type")]
    kind: WechatReportKind,
    data: WechatData,
}

/// Of a message: `id` and `code`. Of an account: `open_id`, and `ticket` where it shows one.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "WechatReportData")]
struct WechatData {
    #[serde(default)]
    id: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    open_id: String,
    #[serde(default)]
    ticket: String,
}

pub(crate) fn wechat_described() -> Api {
    Api::new(
        "微信网关的回执和绑定（Standard Webhooks 签名）",
        "Reports and bindings of WeChat's gateway, signed in the Standard Webhooks form",
    )
    .header::<String>("webhook-id", "回执编号", "Id of the report")
    .header::<String>("webhook-timestamp", "秒", "Seconds")
    .header::<String>("webhook-signature", "签名", "Signatures")
    .body::<WechatReport>()
    .empty(204, "已收到", "Taken")
    .problem(401)
    .problem(404)
}

/// As [`report`]; and which account showed a ticket, and which one left.
pub(crate) async fn wechat_report(req: Req) -> Result<Reply, Fault> {
    let gateway = req.house().service::<WechatGatewayService>();
    signed(&req, gateway.0.report_key())?;
    let WechatReport { kind, data } = req.json()?;
    let by = deliver::gateway();
    match kind {
        WechatReportKind::Delivered => {
            note(&req, Channel::Wechat, Reported::Delivered, &data.id, data.code).await?;
        }
        WechatReportKind::Failed => {
            note(&req, Channel::Wechat, Reported::Failed, &data.id, data.code).await?;
        }
        WechatReportKind::Bound => {
            req.house().act(&by, move |act| wechat::bound(act, &data.ticket, &data.open_id)).await?;
        }
        WechatReportKind::Left => {
            req.house().act(&by, move |act| wechat::left(act, &data.open_id)).await?;
        }
    }
    Ok(taken())
}
