//! Records of a person that were joined: her applications follow. A case that ended: how often she came is noted, its files go in time.

use linli_acts::{Act, Actor, House, JobError, JobRow, PersonId};
use linli_casework::offers::{self as casework, CaseId, State};
use linli_db::DbError;

use crate::acts::guide_of;
use crate::domain::Answers;
use crate::error::ApplicationError;
use crate::situation::owner;
use crate::store::ApplicationRow;
use crate::visits_made::visits_made;
use crate::{FILES_KEPT, store};

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

/// Listener of `casework.ended`.
pub const FILES_AFTER_END: &str = "applications.files_after_end";

/// How often she came for what was decided. What was withdrawn, refused or lapsed says nothing of it; nor what she has had erased.
fn note_visits(act: &mut Act<'_, '_>, row: &ApplicationRow) -> Result<(), ApplicationError> {
    let Some(id) = row.case_id else { return Ok(()) };
    let case = casework::case(act, id)?;
    let answers = row.open(act.house.vault())?;
    if case.state != State::Closed || answers == Answers::default() {
        return Ok(());
    }
    let guide = guide_of(act, row)?;
    let handed = casework::handed_over(act, id)?;
    let visits = i64::from(visits_made(&guide, case.channel, &answers.met, handed));
    let today = act.now().day();
    act.run(&store::CAME, (row.id, visits, today))?;
    Ok(())
}

async fn files_after_end(house: House, job: JobRow) -> Result<(), JobError> {
    let case: CaseId = job.read()?;
    house
        .act(&Actor::system(), move |act| {
            let Some(row) = act.opt(&store::OF_CASE, (case,))? else { return Ok(()) };
            let now = act.now();
            let days = linli_rules::value(act, &FILES_KEPT, now.day())?.value;
            let until = Some(now.plus_seconds(days * 86_400));
            linli_files::offers::keep_until(act, &owner(row.id), until)?;
            note_visits(act, &row)
        })
        .await
        .map_err(|e| JobError::Retry(e.to_string()))
}

linli_acts::job! {
    FOLLOW_PERSON => follow;
    FILES_AFTER_END => files_after_end;
}
