//! The steps of the desk: a form each, one act each.

use linli_casework::offers::{self as casework, CaseError, CaseId, Outcome, Point, StopKind};
use linli_web::{Fault, Reply, Req};

use super::case::again;
use crate::Words;

/// What a step gave: on to the case, or the case again with what was wrong.
pub(crate) async fn done(
    req: &Req,
    step: &'static str,
    result: Result<(), CaseError>,
    words: &'static str,
) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    match result {
        Ok(()) => Ok(Reply::see_other(&format!("/desk/cases/{id}")).flash(words)),
        Err(e) => again(req, step, e).await,
    }
}

pub(crate) fn id_and_rev(req: &Req) -> Result<(CaseId, i64), Fault> {
    Ok((req.path("id")?, req.form().parse_as("rev")?))
}

/// The points that were given words, under names that begin alike.
pub(crate) fn points(req: &Req, prefix: &str) -> Vec<Point> {
    let keys = req.form().names().filter_map(|name| name.strip_prefix(prefix));
    keys.map(|key| Point { key: key.to_owned(), what: req.form().text(&format!("{prefix}{key}")) })
        .filter(|p| !p.what.is_empty())
        .collect()
}

pub(crate) async fn accept(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let result = req.act(move |act| casework::accept(act, id, rev)).await;
    done(&req, "accept", result, req.words::<Words>().said_accepted()).await
}

pub(crate) async fn take(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let result = req.act(move |act| casework::assign(act, id, rev, None)).await;
    done(&req, "take", result, req.words::<Words>().said_taken()).await
}

pub(crate) async fn supplement(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let points = points(&req, "point.");
    let new_facts = req.form().text("new_facts");
    let result = req.act(move |act| casework::ask_supplement(act, id, rev, &points, &new_facts)).await;
    done(&req, "supplement", result, req.words::<Words>().said_asked()).await
}

pub(crate) async fn refuse(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().lines("why");
    let result = req.act(move |act| casework::refuse(act, id, rev, &why)).await;
    done(&req, "refuse", result, req.words::<Words>().said_refused()).await
}

pub(crate) async fn pause(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().text("pause_why");
    let kind = StopKind::from_word(req.form().raw("kind"));
    let until = req.form().text("until").parse::<linli_base::Day>().ok();
    let result = match (kind, until) {
        (Some(kind), Some(until)) => {
            req.act(move |act| casework::pause(act, id, rev, kind, until, &why)).await
        }
        (None, _) => Err(CaseError::field("kind", "choose")),
        (_, None) => Err(CaseError::field("until", "until-range")),
    };
    done(&req, "pause", result, req.words::<Words>().said_paused()).await
}

pub(crate) async fn resume(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let result = req.act(move |act| casework::resume(act, id, rev)).await;
    done(&req, "resume", result, req.words::<Words>().said_resumed()).await
}

pub(crate) async fn extend(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().text("extend_why");
    let result = match req.form().text("days").parse::<u16>() {
        Ok(days) => req.act(move |act| casework::extend(act, id, rev, days, &why)).await,
        Err(_) => Err(CaseError::field("days", "days-range")),
    };
    done(&req, "extend", result, req.words::<Words>().said_extended()).await
}

/// The handler's decision: proposed to a second person, or final where the kind needs none.
pub(crate) async fn propose(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let why = req.form().lines("why");
    let w: Words = req.words();
    let Some(outcome) = Outcome::from_word(req.form().raw("outcome")) else {
        return again(&req, "propose", CaseError::field("outcome", "choose")).await;
    };
    let two = req.read(move |r| casework::case(r, id)).await?.two_persons();
    let result = req
        .act(move |act| {
            if two {
                casework::propose(act, id, rev, outcome, &why)
            } else {
                casework::resolve(act, id, rev, outcome, &why)
            }
        })
        .await;
    done(&req, "propose", result, if two { w.said_proposed() } else { w.said_decided() }).await
}

/// The second person's answer.
pub(crate) async fn decide(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let w: Words = req.words();
    if req.form().has("back") {
        let why = req.form().lines("why");
        let result = req.act(move |act| casework::send_back(act, id, rev, &why)).await;
        return done(&req, "decide", result, w.said_sent_back()).await;
    }
    let result = req.act(move |act| casework::decide(act, id, rev)).await;
    done(&req, "decide", result, w.said_decided()).await
}
