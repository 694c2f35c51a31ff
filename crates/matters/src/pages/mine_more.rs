//! What the applicant does with a decision: asks to put a slip right, chooses how to receive it.

use linli_casework::offers::{self as casework, CaseError, CaseId, Way};
use linli_web::{Fault, Reply, Req};

use super::mine::again;
use crate::Words;

pub(crate) async fn ask_correction(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let words = req.form().lines("slip");
    match req.act(move |act| casework::ask_correction(act, id, &words)).await {
        Ok(()) => {
            Ok(Reply::see_other(&format!("/my/cases/{id}"))
                .flash(req.words::<Words>().said_correction_asked()))
        }
        Err(e) => again(&req, e).await,
    }
}

pub(crate) async fn choose_way(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let Some(way) = Way::from_word(req.form().raw("way")) else {
        return again(&req, CaseError::field("way", "choose")).await;
    };
    match req.act(move |act| casework::choose_way(act, id, way)).await {
        Ok(()) => Ok(Reply::see_other(&format!("/my/cases/{id}")).flash(req.words::<Words>().said_way())),
        Err(e) => again(&req, e).await,
    }
}
