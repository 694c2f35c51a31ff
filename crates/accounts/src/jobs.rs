//! What runs by itself: the identity check that could not be asked at once, and following a record that was joined to another.

use linli_acts::{Actor, House, JobError, JobRow, PersonId};
use linli_db::DbError;
use linli_people::offers::{Merged, PeopleError, State, Verified, make_active, person};
use serde::{Deserialize, Serialize};

use crate::acts::delegations;
use crate::seams::{IdentityCheckService, Verdict};

/// The job that asks the identity check later, when it could not be asked at once.
pub(crate) const CHECK: &str = "people.check_identity";

#[derive(Serialize, Deserialize)]
pub(crate) struct ToCheck {
    pub person: PersonId,
}

async fn check(house: House, job: JobRow) -> Result<(), JobError> {
    let ToCheck { person: id } = job.read()?;
    let inside = house.clone();
    let failed = |e: PeopleError| match e {
        PeopleError::Db(e) => JobError::from(e),
        PeopleError::Changed => JobError::Retry("changed".to_owned()),
        other => JobError::Fail(other.to_string()),
    };
    let known = house.read(move |r| person(r, inside.vault(), id)).await.map_err(failed)?;
    let Some(known) = known.filter(|p| p.state == State::Unverified) else { return Ok(()) };
    let (Some(name), Some(document), Some(phone)) = (&known.name, &known.document, &known.phone) else {
        return Ok(());
    };
    match house.service::<IdentityCheckService>().ask(name, document, phone).await {
        Verdict::Match => {
            let done = house
                .act(&Actor::system(), move |act| make_active(act, known.clone(), Verified::Check))
                .await;
            match done {
                Ok(_) | Err(PeopleError::State) => Ok(()),
                Err(e) => Err(failed(e)),
            }
        }
        Verdict::NoMatch => Ok(()),
        Verdict::Unavailable => Err(JobError::Retry("unavailable".to_owned())),
    }
}

/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "accounts.follow_person";

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    let moved: Result<(), DbError> =
        house.act(&Actor::system(), move |act| delegations::move_to(act, from, into)).await;
    Ok(moved?)
}

linli_acts::job! {
    CHECK => check;
    FOLLOW_PERSON => follow;
}
