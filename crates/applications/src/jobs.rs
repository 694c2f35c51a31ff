//! Records of a person that were joined: her applications follow.

use linli_acts::{Actor, House, JobError, JobRow, PersonId};
use linli_db::DbError;

use crate::store;

/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "applications.follow_person";

#[derive(serde::Deserialize)]
struct Merged {
    from: PersonId,
    into: PersonId,
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    house
        .act(&Actor::system(), move |act| {
            // Where both have a draft of the same item, the one of the record that stays is kept.
            act.run(&store::FOLLOW_PERSON, (from, into))?;
            act.run(&store::DROP_DRAFTS, (from,))?;
            Ok::<_, DbError>(())
        })
        .await?;
    Ok(())
}

linli_acts::job! { FOLLOW_PERSON => follow; }
