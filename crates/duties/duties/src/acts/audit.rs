//! The auditor's checks of the log: asked for on a page, done by a job, kept.

use linli_acts::{Act, Actor, Entry, Fault, House, Job, JobError, JobRow, Subject, check_chain, check_states};
use linli_db::Json;

use crate::AUDITOR;
use crate::acts::may;
use crate::domain::{CheckState, LogCheckId};
use crate::error::DutiesError;
use crate::store;

/// Asks for a check of chain, contents and states; one that runs already is enough.
///
/// # Errors
/// If the actor is no auditor.
pub fn ask(act: &mut Act<'_, '_>) -> Result<LogCheckId, DutiesError> {
    may(act, &AUDITOR)?;
    if let Some((running,)) = act.opt(&store::LOG_CHECK_RUNNING, ())? {
        return Ok(running);
    }
    let id: LogCheckId = act.next_id();
    let by = act.actor.officer()?;
    let now = act.now();
    act.run(&store::INSERT_LOG_CHECK, (id, by, now, Json(Vec::<String>::new())))?;
    act.log(Entry::new(Subject::new("log_check", id), "duties.log_check_asked").state(CheckState::Running.word()))?;
    act.enqueue(Job::new("duties.check_log", &id))?;
    Ok(id)
}

/// A fault as a code and numbers; never content.
fn told(fault: &Fault) -> String {
    match fault {
        Fault::BrokenChain { n } => format!("broken-chain {n}"),
        Fault::RowsChanged { n } => format!("rows-changed {n}"),
        Fault::RowMissing { n, id } => format!("row-missing {n} {id}"),
        Fault::SealedTwice { id } => format!("sealed-twice {id}"),
        Fault::NotSealed { id } => format!("not-sealed {id}"),
        Fault::Gap { subject_kind, subject } => format!("gap {subject_kind} {subject}"),
        Fault::ContentChanged { log } => format!("content-changed {log}"),
        Fault::State { subject_kind, subject, .. } => format!("state {subject_kind} {subject}"),
        Fault::Checkpoint { n, .. } => format!("checkpoint {n}"),
    }
}

struct Found {
    state: CheckState,
    seals: u64,
    rows: u64,
    contents: u64,
    faults: Vec<String>,
}

async fn check(house: &House) -> Result<Found, linli_db::DbError> {
    let chain = check_chain(house).await?;
    let states = check_states(house).await?;
    let faults: Vec<String> = chain.faults.iter().chain(&states.faults).map(told).collect();
    let state = if faults.is_empty() { CheckState::Good } else { CheckState::Bad };
    Ok(Found { state, seals: chain.seals, rows: chain.rows, contents: chain.contents, faults })
}

async fn check_job(house: House, row: JobRow) -> Result<(), JobError> {
    let id: LogCheckId = row.read()?;
    let found = match check(&house).await {
        Ok(found) => found,
        // Given up: told as such instead of hanging for ever.
        Err(e) if row.tries >= 5 => {
            tracing::error!("check of the log: {e}");
            Found { state: CheckState::Failed, seals: 0, rows: 0, contents: 0, faults: Vec::new() }
        }
        Err(e) => return Err(e.into()),
    };
    let end = move |act: &mut Act<'_, '_>| {
        let now = act.now();
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let list: Vec<&String> = found.faults.iter().take(50).collect();
        let ended = act.run_one(
            &store::END_LOG_CHECK,
            (
                id,
                found.state,
                now,
                number(found.seals),
                number(found.rows),
                number(found.contents),
                found.faults.len(),
                Json(list),
            ),
        )?;
        if ended {
            act.log(Entry::new(Subject::new("log_check", id), "duties.log_checked").state(found.state.word()))?;
        }
        Ok::<_, linli_db::DbError>(())
    };
    house.act(&Actor::system(), end).await?;
    Ok(())
}

linli_acts::job! { "duties.check_log" => check_job; }
