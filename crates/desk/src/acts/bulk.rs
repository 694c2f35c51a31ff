//! One act on many cases: each in a transaction of its own, so that none fails because another did, and each with its result.

use linli_acts::{Act, Actor, BodyId, Entry, House, Job, StaffId, Subject, once};
use linli_base::Problem;
use linli_casework::offers::{self as casework, CaseId};
use linli_vault::Place;
use linli_web::DirectoryService;
use serde::{Deserialize, Serialize};

use super::reason;
use crate::BULK_MOST;
use crate::error::DeskError;
use crate::store::{self, BulkAct, BulkId, BulkRow, BulkState};

/// The job that goes through a bulk.
pub(crate) const RUN: &str = "desk.bulk";

/// To whom and why; sealed with the bulk.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct How {
    pub to: Option<StaffId>,
    pub body: Option<BodyId>,
    #[serde(default)]
    pub why: String,
}

/// Most cases of one bulk, by the rule of the day.
///
/// # Errors
/// If the database fails.
pub fn most(read: &mut linli_db::Read<'_>) -> Result<usize, DeskError> {
    let today = read.now().day();
    Ok(usize::try_from(linli_rules::value(read, &BULK_MOST, today)?.value).unwrap_or(0))
}

/// Puts down what is to be done to which cases, as they were when they were chosen. The same `key` twice is one bulk.
///
/// # Errors
/// If nothing was chosen, too much, or it is not said to whom or why.
pub fn begin(
    act: &mut Act<'_, '_>,
    key: &str,
    what: BulkAct,
    how: &How,
    cases: &[(CaseId, i64)],
) -> Result<BulkId, DeskError> {
    let staff = act.actor.officer()?;
    match what {
        BulkAct::Assign if how.to.is_none() => return Err(DeskError::field("to", "choose")),
        BulkAct::HandOn if how.body.is_none() => return Err(DeskError::field("to_body", "choose")),
        BulkAct::HandOn => reason("why", &how.why)?,
        _ => {}
    }
    if how.why.chars().count() > 1_000 {
        return Err(DeskError::field("why", "reason-long"));
    }
    let mut cases = cases.to_vec();
    cases.sort_unstable();
    cases.dedup_by_key(|(id, _)| *id);
    if cases.is_empty() {
        return Err(DeskError::field("which", "none-ticked"));
    }
    if cases.len() > most(act)? {
        return Err(DeskError::field("which", "too-many"));
    }
    let run = |act: &mut Act<'_, '_>| {
        let id: BulkId = act.next_id();
        let now = act.now();
        let total = i64::try_from(cases.len()).unwrap_or(i64::MAX);
        let text = serde_json::to_vec(how).map_err(|_| DeskError::Sealed)?;
        let sealed = act.vault().seal(Place::new("bulks.how", id.raw()), &text);
        act.run(&store::ADD_BULK, (id, staff, what, total, now, sealed))?;
        for (seq, (case, rev)) in (1i64..).zip(&cases) {
            act.run(&store::ADD_BULK_CASE, (id, seq, *case, *rev))?;
        }
        act.log(
            Entry::new(Subject::new("bulk", id), "desk.bulk_begun")
                .state(BulkState::Running.word())
                .content(&serde_json::json!({ "act": what, "how": how, "total": total })),
        )?;
        act.enqueue(Job::new(RUN, &id).dedup(format!("{RUN}/{id}")))?;
        Ok(id)
    };
    if key.is_empty() { run(act) } else { once(act, &format!("desk.bulk {key}"), run) }
}

fn how_of(house: &House, bulk: &BulkRow) -> Result<How, DeskError> {
    let bytes = house
        .vault()
        .open_sealed(Place::new("bulks.how", bulk.id.raw()), &bulk.how)
        .map_err(|_| DeskError::Sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| DeskError::Sealed)
}

/// Goes through what is still waiting. May run twice at once and again: each case is done once.
///
/// # Errors
/// If the database fails; what was done stays done.
pub async fn run(house: &House, id: BulkId) -> Result<(), DeskError> {
    let inside = house.clone();
    let (bulk, actor, waiting) = house
        .read(move |r| {
            let bulk = r.opt(&store::BULK, (id,))?.ok_or(DeskError::Missing)?;
            // The duties that she holds now, not when she pressed the button.
            let now = r.now();
            let held = inside.service::<DirectoryService>().0.held(r, bulk.staff, now)?;
            let actor = Actor::staff(bulk.staff, held);
            let all = r.all(&store::BULK_CASES, (id,))?;
            let waiting: Vec<i64> =
                all.into_iter().filter(|c| c.result == "waiting").map(|c| c.seq).collect();
            Ok::<_, DeskError>((bulk, actor, waiting))
        })
        .await?;
    let (how, what) = (how_of(house, &bulk)?, bulk.act);
    for seq in waiting {
        let how = how.clone();
        let done = house.act(&actor, move |act| step(act, id, seq, what, &how)).await;
        match done {
            Ok(()) => {}
            Err(DeskError::Db(e)) => return Err(e.into()),
            Err(e) => {
                let code = e.fields().first().map_or_else(|| e.code(), |f| f.kind);
                // To an officer, a case that is none of hers is no case.
                house.act(&actor, move |act| act.run(&store::RESULT, (id, seq, code))).await?;
            }
        }
    }
    house
        .act(&actor, move |act| {
            if act.run_one(&store::BULK_DONE, (id,))? {
                act.log(
                    Entry::new(Subject::new("bulk", id), "desk.bulk_done").state(BulkState::Done.word()),
                )?;
            }
            Ok::<_, DeskError>(())
        })
        .await
}

/// One case, and that it was done, together.
fn step(act: &mut Act<'_, '_>, bulk: BulkId, seq: i64, what: BulkAct, how: &How) -> Result<(), DeskError> {
    let row = act.opt(&store::BULK_CASE, (bulk, seq))?.ok_or(DeskError::Missing)?;
    if row.result != "waiting" {
        return Ok(());
    }
    let case = row.case_id;
    match what {
        BulkAct::Accept => casework::accept(act, case, row.rev)?,
        BulkAct::Assign => casework::assign(act, case, row.rev, how.to)?,
        BulkAct::HandOn => {
            casework::reroute(act, case, row.rev, how.body.ok_or(DeskError::Missing)?, &how.why)?
        }
        BulkAct::Remind => super::remind::remind(act, case, &how.why)?,
    }
    act.run(&store::RESULT, (bulk, seq, "done"))?;
    Ok(())
}

/// A bulk of the officer who asks, with its cases.
///
/// # Errors
/// If it is another's.
pub(crate) fn of(
    read: &mut linli_db::Read<'_>,
    id: BulkId,
    staff: StaffId,
) -> Result<(BulkRow, Vec<store::BulkCase>), DeskError> {
    let bulk = read.opt(&store::BULK, (id,))?.filter(|b| b.staff == staff).ok_or(DeskError::Missing)?;
    Ok((bulk, read.all(&store::BULK_CASES, (id,))?))
}
