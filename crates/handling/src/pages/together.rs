//! Steps that concern others: a co-handling body, another body, a colleague, what the applicant brings later.

use linli_acts::{BodyId, StaffId};
use linli_base::Day;
use linli_casework::offers::{self as casework, CaseError};
use linli_web::{Fault, Reply, Req};

use super::case::again;
use super::steps::{done, id_and_rev, points};
use crate::Words;

fn day(req: &Req, field: &str) -> Result<Day, CaseError> {
    req.form().text(field).parse().map_err(|_| CaseError::field(field, "until-range"))
}

pub(crate) async fn accept_later(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let points = points(&req, "later.");
    let result = match day(&req, "later_due") {
        Ok(due) => {
            req.act(move |act| casework::accept_with_later(act, id, rev, &points, due).map(|_| ())).await
        }
        Err(e) => Err(e),
    };
    done(&req, "accept-later", result, req.words::<Words>().said_later()).await
}

pub(crate) async fn settle_later(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let result = req.act(move |act| casework::settle_later(act, id, rev)).await;
    done(&req, "settle-later", result, req.words::<Words>().said_settled()).await
}

pub(crate) async fn ask_later(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().lines("later_why");
    let result = match day(&req, "later_due") {
        Ok(due) => req.act(move |act| casework::ask_later_again(act, id, rev, &why, due)).await,
        Err(e) => Err(e),
    };
    done(&req, "ask-later", result, req.words::<Words>().said_asked()).await
}

pub(crate) async fn request_co(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let question = req.form().lines("question");
    let shows = req.form().has("shows");
    let body =
        req.form().text("co_body").parse::<BodyId>().map_err(|_| CaseError::field("co_body", "choose"));
    let result = match (body, day(&req, "co_due")) {
        (Ok(body), Ok(due)) => {
            req.act(move |act| casework::request_co(act, id, rev, body, &question, due, shows).map(|_| ()))
                .await
        }
        (Err(e), _) | (_, Err(e)) => Err(e),
    };
    done(&req, "co", result, req.words::<Words>().said_co()).await
}

pub(crate) async fn reroute(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().lines("route_why");
    let Ok(to) = req.form().text("to_body").parse::<BodyId>() else {
        return again(&req, "reroute", CaseError::field("to_body", "choose")).await;
    };
    match req.act(move |act| casework::reroute(act, id, rev, to, &why)).await {
        // It is another body's case now, and shown to its officers alone.
        Ok(()) => Ok(Reply::see_other("/desk").flash(req.words::<Words>().said_rerouted())),
        Err(e) => again(&req, "reroute", e).await,
    }
}

pub(crate) async fn send_home(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().lines("home_why");
    match req.act(move |act| casework::send_home(act, id, rev, &why)).await {
        Ok(()) => Ok(Reply::see_other("/desk").flash(req.words::<Words>().said_rerouted())),
        Err(e) => again(&req, "send-home", e).await,
    }
}

pub(crate) async fn assign(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let Ok(to) = req.form().text("to").parse::<StaffId>() else {
        return again(&req, "assign", CaseError::field("to", "choose")).await;
    };
    let result = req.act(move |act| casework::assign(act, id, rev, Some(to))).await;
    done(&req, "assign", result, req.words::<Words>().said_assigned()).await
}
