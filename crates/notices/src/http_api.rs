//! The gateway's delivery reports.

use linli_web::{Fault, Malformed, Missing, Reply, Req};
use serde::Deserialize;

use crate::deliver::{self, Reported};
use crate::domain::NoticeId;
use crate::error::NoticeError;
use crate::seams::SmsGatewayService;

/// The payload: `{"type": "sms.delivered"|"sms.failed", "data": {"id": "<our id>", "code": "<why>"}}`.
#[derive(Deserialize)]
struct Report {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    id: String,
    #[serde(default)]
    code: String,
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
    let what = match report.kind.as_str() {
        "sms.delivered" => Reported::Delivered,
        "sms.failed" => Reported::Failed,
        _ => return Err(Malformed.into()),
    };
    if let Ok(id) = report.data.id.parse::<NoticeId>() {
        let code = report.data.code;
        req.house().act(&deliver::gateway(), move |act| deliver::report(act, id, what, &code)).await?;
    }
    Ok(Reply::bytes("text/plain; charset=utf-8", Vec::new()).status(204))
}
