//! Records of a person that were joined: her certificates follow.

use linli_acts::{Actor, House, JobError, JobRow, PersonId};
use linli_db::DbError;

use crate::store;

/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "certificates.follow_person";

#[derive(serde::Deserialize)]
struct Merged {
    from: PersonId,
    into: PersonId,
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    house
        .act(&Actor::system(), move |act| {
            act.run(&store::FOLLOW, (from, into))?;
            act.run(&store::FOLLOW_SHOWINGS, (from, into))?;
            Ok::<_, DbError>(())
        })
        .await?;
    Ok(())
}

linli_acts::job! { FOLLOW_PERSON => follow; }
