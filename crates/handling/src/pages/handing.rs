//! Handing a result over, and putting a slip in it right.

use linli_casework::offers::{self as casework, CaseError, Way};
use linli_web::{Fault, Reply, Req};

use super::case::again;
use super::steps::{done, id_and_rev};
use crate::Words;

pub(crate) async fn deliver(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let note = req.form().text("note");
    let Some(way) = Way::from_word(req.form().raw("way")) else {
        return again(&req, "deliver", CaseError::field("way", "choose")).await;
    };
    let result = req.act(move |act| casework::deliver(act, id, rev, way, &note)).await;
    done(&req, "deliver", result, req.words::<Words>().said_delivered()).await
}

pub(crate) async fn posted(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let note = req.form().text("post_note");
    let back = req.form().has("back");
    let result = req.act(move |act| casework::posted(act, id, rev, &note, back)).await;
    let w: Words = req.words();
    done(&req, "post", result, if back { w.said_back() } else { w.said_posted() }).await
}

pub(crate) async fn correct(req: Req) -> Result<Reply, Fault> {
    let (id, _) = id_and_rev(&req)?;
    let slip_rev: i64 = req.form().parse_as("slip_rev")?;
    let text = req.form().lines("corrected");
    let reject = req.form().has("reject");
    let result = req
        .act(move |act| {
            if reject {
                casework::reject_correction(act, id, slip_rev, &text)
            } else {
                casework::correct(act, id, slip_rev, &text)
            }
        })
        .await;
    let w: Words = req.words();
    done(&req, "correct", result, if reject { w.said_not_corrected() } else { w.said_corrected() }).await
}
