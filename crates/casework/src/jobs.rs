//! What happens by itself because a day has passed.

use linli_acts::{Actor, House, JobError, JobRow, Recurring};
use linli_base::Day;

use crate::acts::{intake, person, time};
use crate::domain::{CaseId, State};
use crate::error::CaseError;
use crate::store;

/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "casework.follow_person";

fn earliest() -> Day {
    Day::new(2000, 1, 1).unwrap_or_else(|| linli_base::Instant::from_millis(0).day())
}

/// Every case whose day has passed, one act each, so that one that cannot go on keeps nobody else waiting.
async fn turn(house: House, _: JobRow) -> Result<(), JobError> {
    let today = house.now().day();
    for state in [State::Submitted, State::Supplementing, State::Paused] {
        let (mut day, mut last) = (earliest(), CaseId::from_raw(0));
        loop {
            let found = house.read(move |r| dues(r, state, today, day, last)).await?;
            let Some((id, due)) = found.last().copied() else { break };
            (day, last) = (due, id);
            for (id, _) in found {
                let done = house
                    .act(&Actor::system(), move |act| match state {
                        State::Submitted => intake::deem_accepted(act, id),
                        State::Supplementing => person::lapse(act, id),
                        _ => time::resume_overdue(act, id),
                    })
                    .await;
                match done {
                    Ok(()) | Err(CaseError::Changed) => {}
                    Err(CaseError::Db(e)) => return Err(e.into()),
                    Err(e) => tracing::error!(case.id = %id, "the day of case {id} has passed: {e}"),
                }
            }
        }
    }
    Ok(())
}

fn dues(
    read: &mut linli_db::Read<'_>,
    state: State,
    today: Day,
    day: Day,
    last: CaseId,
) -> Result<Vec<(CaseId, Day)>, linli_db::DbError> {
    read.all(&store::TURN, (state, today, day, last))
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    #[derive(serde::Deserialize)]
    struct Merged {
        from: linli_acts::PersonId,
        into: linli_acts::PersonId,
    }
    let Merged { from, into } = job.read()?;
    house
        .act(&Actor::system(), move |act| person::follow_person(act, from, into))
        .await
        .map_err(|e| JobError::Retry(e.to_string()))
}

linli_acts::job! {
    "casework.turn" => turn;
    FOLLOW_PERSON => follow;
}

linli_acts::inventory::submit! { Recurring { kind: "casework.turn", every_seconds: 1_800 } }
