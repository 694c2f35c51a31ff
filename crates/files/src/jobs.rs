//! A scanner that was down is asked again; records of a person that were joined.

use linli_acts::{Actor, House, JobError, JobRow, PersonId};
use linli_db::DbError;

use crate::domain::{FileId, Scan};
use crate::scan::Verdict;
use crate::{acts, intake, store};

/// Asks the scanner again.
pub(crate) const SCAN: &str = "files.scan";
/// Listener of `people.merged`.
pub const FOLLOW_PERSON: &str = "files.follow_person";

async fn scan(house: House, job: JobRow) -> Result<(), JobError> {
    let id: FileId = job.read()?;
    let Some(row) = house.read(move |r| r.opt(&store::FILE, (id,))).await? else { return Ok(()) };
    if row.scan != Scan::Waiting {
        return Ok(());
    }
    let scan = match intake::ask_scanner(&house, id, row.blocks).await {
        Ok(Verdict::Clean) => Scan::Clean,
        Ok(Verdict::Infected) => Scan::Infected,
        Ok(Verdict::NotScanned) => Scan::NotScanned,
        Err(down) => return Err(JobError::Retry(down.to_string())),
    };
    let noted = house.act(&Actor::system(), move |act| acts::scanned(act, id, scan)).await;
    noted.map_err(|e| JobError::Retry(e.to_string()))
}

#[derive(serde::Deserialize)]
struct Merged {
    from: PersonId,
    into: PersonId,
}

async fn follow(house: House, job: JobRow) -> Result<(), JobError> {
    let Merged { from, into } = job.read()?;
    house
        .act(&Actor::system(), move |act| act.run(&store::FOLLOW, (from, into)))
        .await
        .map_err(|e: DbError| e.into())
        .map(|_| ())
}

linli_acts::job! {
    SCAN => scan;
    FOLLOW_PERSON => follow;
}
