//! The gateway's delivery reports.

use linli_web::{Api, Fault, Missing, Reply, Req};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::deliver::{self, Reported};
use crate::domain::NoticeId;
use crate::error::NoticeError;
use crate::seams::SmsGatewayService;

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
    let key = gateway.0.report_key().ok_or(Missing)?;
    let header = |name| req.header(name).unwrap_or("");
    key.verify(
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
        req.bytes(),
        req.now(),
    )
    .map_err(NoticeError::from)?;
    let report: Report = req.json()?;
    let what = match report.kind {
        ReportKind::Delivered => Reported::Delivered,
        ReportKind::Failed => Reported::Failed,
    };
    if let Ok(id) = report.data.id.parse::<NoticeId>() {
        let code = report.data.code;
        req.house().act(&deliver::gateway(), move |act| deliver::report(act, id, what, &code)).await?;
    }
    Ok(Reply::bytes("text/plain; charset=utf-8", Vec::new()).status(204))
}
