//! Listeners.

use linli_acts::{Actor, House, JobError, JobRow, PersonId};
use linli_casework::offers::CaseId;

use crate::error::RedressError;
use crate::{acts, store};

/// Listener of `casework.reviewed`.
pub const ON_REVIEW: &str = "redress.on_review";
/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "redress.follow_person";

async fn on_review(house: House, job: JobRow) -> Result<(), JobError> {
    let (case, level): (CaseId, i64) = job.read()?;
    let done = house.act(&Actor::system(), move |act| acts::open(act, case, level)).await;
    done.map_err(|e: RedressError| JobError::Retry(e.to_string()))
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    #[derive(serde::Deserialize)]
    struct Merged {
        from: PersonId,
        into: PersonId,
    }
    let Merged { from, into } = job.read()?;
    house.act(&Actor::system(), move |act| act.run(&store::FOLLOW_PERSON, (from, into)).map(|_| ())).await?;
    Ok(())
}

linli_acts::job! {
    ON_REVIEW => on_review;
    FOLLOW_PERSON => follow;
}
