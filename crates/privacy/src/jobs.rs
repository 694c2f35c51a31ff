//! Following a record that was joined to another.

use linli_acts::{Actor, House, JobError, JobRow};
use linli_db::DbError;
use linli_people::offers::Merged;

use crate::acts::consents;

/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "privacy.follow_person";

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    let moved: Result<(), DbError> =
        house.act(&Actor::system(), move |act| consents::move_to(act, from, into)).await;
    Ok(moved?)
}

linli_acts::job! { FOLLOW_PERSON => follow; }
