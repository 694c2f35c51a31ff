//! Telling subscribers, a handful in each act; records that were joined.

use linli_acts::{Act, Actor, House, Job, JobError, JobRow, PersonId};
use serde::{Deserialize, Serialize};

use crate::domain::PublicationId;
use crate::error::PublicationError;
use crate::{objections, subscriptions};

pub(crate) const TELL: &str = "publications.tell";
/// To be wired to `people.merged`.
pub const FOLLOW: &str = "publications.follow";

/// How far the telling has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tell {
    pub publication: PublicationId,
    pub stage: usize,
    pub after: PersonId,
}

impl Tell {
    pub(crate) fn first(publication: PublicationId) -> Self {
        Self { publication, stage: 0, after: PersonId::from_raw(0) }
    }
}

/// Each handful is a job of its own, so none outlives its lease however many there are.
async fn tell(house: House, job: JobRow) -> Result<(), JobError> {
    let at: Tell = job.read()?;
    let one = move |act: &mut Act<'_, '_>| {
        if let Some(next) = subscriptions::tell_some(act, &at)? {
            let key = format!("{TELL}/{}/{}/{}", next.publication, next.stage, next.after);
            act.enqueue(Job::new(TELL, &next).dedup(key))?;
        }
        Ok::<_, PublicationError>(())
    };
    match house.act(&Actor::system(), one).await {
        // Withdrawn and swept meanwhile: nobody is told.
        Ok(()) | Err(PublicationError::Missing) => Ok(()),
        Err(e) => Err(JobError::Retry(e.to_string())),
    }
}

/// Payload of `people.merged`.
#[derive(Clone, Copy, Deserialize)]
struct Merged {
    from: PersonId,
    into: PersonId,
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    while house.act(&Actor::system(), move |act| objections::follow(act, from, into)).await? {}
    Ok(())
}

linli_acts::job! {
    TELL => tell;
    FOLLOW => follow;
}
