//! What other systems do by bearer token: look up, give to an officer, resolve.

use linli_acts::StaffId;
use linli_web::{Api, Fault, Missing, Reply, Req};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::HANDLER;
use crate::acts::delivery::{self, Way};
use crate::acts::{decide, intake};
use crate::domain::{CaseId, Outcome, State};
use crate::error::CaseError;
use crate::store::{self, CaseRow};

/// A case without anything of the applicant.
#[derive(Serialize, JsonSchema)]
struct CaseDocument {
    id: CaseId,
    number: String,
    /// Name of the item.
    item: String,
    state: State,
    rev: i64,
    #[schemars(extend("format" = "date-time"))]
    filed_at: String,
    due: linli_base::Day,
    legal_due: Option<linli_base::Day>,
    decided_on: Option<linli_base::Day>,
    outcome: Option<Outcome>,
}

fn document(case: CaseRow) -> CaseDocument {
    CaseDocument {
        id: case.id,
        number: case.number,
        item: case.title_zh,
        state: case.state,
        rev: case.rev,
        filed_at: case.filed_at.rfc3339(),
        due: case.due,
        legal_due: case.legal_due,
        decided_on: case.decided_on,
        outcome: case.outcome,
    }
}

pub(crate) fn show_described() -> Api {
    Api::new("按办件编号查办件", "Look up a case by its number")
        .path::<String>("case", "办件编号", "Number of the case")
        .answer::<CaseDocument>(
            200,
            "办件；不含申请人的任何信息",
            "The case, without anything of the applicant",
        )
}

pub(crate) fn assign_described() -> Api {
    Api::new("受理并分派给一名工作人员", "Accept a case and give it to an officer")
        .path::<CaseId>("case", "办件", "Id of the case")
        .body::<Assign>()
        .answer::<CaseDocument>(200, "已分派", "Given")
        .problem(409)
}

pub(crate) fn resolve_described() -> Api {
    Api::new("决定；需要两人的，提出决定", "Decide; where two persons are needed, propose")
        .path::<CaseId>("case", "办件", "Id of the case")
        .body::<Resolve>()
        .answer::<CaseDocument>(200, "已决定，或已提出", "Decided, or proposed")
        .problem(409)
}

pub(crate) fn deliver_described() -> Api {
    Api::new("记下结果已送达，办结", "Note that the result was handed over; close")
        .path::<CaseId>("case", "办件", "Id of the case")
        .body::<Deliver>()
        .answer::<CaseDocument>(200, "已办结", "Closed")
        .problem(409)
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let number: String = req.path("case")?;
    let case = req.read(move |r| r.opt(&store::BY_NUMBER, (number.as_str(),))).await?;
    // A case of another body is answered like none.
    let case = case.filter(|c| req.actor().holds(&HANDLER, c.body, c.place).is_ok()).ok_or(Missing)?;
    Ok(Reply::json(&document(case)))
}

/// To whom a case is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Assign {
    rev: i64,
    to: StaffId,
}

/// Accepts the case if nobody has, and gives it to an officer.
pub(crate) async fn assign(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("case")?;
    let Assign { rev, to } = req.json()?;
    let case = req
        .act(move |act| {
            let mut rev = rev;
            let (state, _) = act.opt(&store::STATE, (id,))?.ok_or(CaseError::Missing)?;
            if state == State::Submitted {
                intake::accept(act, id, rev)?;
                rev += 1;
            }
            intake::assign(act, id, rev, Some(to))?;
            store::load(act, id)
        })
        .await
        .map_err(hidden)?;
    Ok(Reply::json(&document(case)))
}

/// What is decided.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolve {
    rev: i64,
    outcome: Outcome,
    #[serde(default)]
    why: String,
}

/// Decides; where the kind needs a second person, proposes.
pub(crate) async fn resolve(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("case")?;
    let Resolve { rev, outcome, why } = req.json()?;
    let why = linli_base::text::tidy_lines(&why);
    let case = req
        .act(move |act| {
            let (_, two_persons) = act.opt(&store::STATE, (id,))?.ok_or(CaseError::Missing)?;
            if two_persons != 0 {
                decide::propose(act, id, rev, outcome, &why)?;
            } else {
                decide::resolve(act, id, rev, outcome, &why)?;
            }
            store::load(act, id)
        })
        .await
        .map_err(hidden)?;
    Ok(Reply::json(&document(case)))
}

/// How a result was handed over.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Deliver {
    rev: i64,
    way: Way,
    #[serde(default)]
    note: String,
}

/// Notes that the result reached the applicant, and how.
pub(crate) async fn deliver(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("case")?;
    let Deliver { rev, way, note } = req.json()?;
    let note = linli_base::text::tidy(&note);
    let case = req
        .act(move |act| {
            delivery::deliver(act, id, rev, way, &note)?;
            store::load(act, id)
        })
        .await
        .map_err(hidden)?;
    Ok(Reply::json(&document(case)))
}

/// To a token, a case of another body is no case.
fn hidden(e: CaseError) -> CaseError {
    match e {
        CaseError::Denied(linli_acts::Denied::Duty(_)) => CaseError::Missing,
        other => other,
    }
}
