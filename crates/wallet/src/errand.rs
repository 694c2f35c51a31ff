//! Asking outside while a person waits: act, call with a deadline and without a transaction, act. If the register is down the
//! proof stays "waiting" and a job goes on asking; nothing is lost.

use std::sync::Arc;

use linli_acts::{Actor, House, JobError, JobRow, Pool};
use linli_documents::Typesetter;
use linli_people::offers as people;
use linli_web::Site;

use crate::acts;
use crate::domain::{ProofId, ProofState, paper};
use crate::error::WalletError;
use crate::register::{InsuranceRegisterService, RegisterDown};
use crate::store;

/// How an errand ended.
#[derive(Debug)]
pub enum Errand {
    /// Issued or refused.
    Done,
    /// The register could not be asked.
    Waiting(RegisterDown),
}

/// Asks the register for a waiting proof and makes the paper. May be run by the page and by the job at once: each step is noted
/// once.
///
/// # Errors
/// If an act is refused (authorisation withdrawn, seal suspended) or the paper cannot be set.
pub async fn run(house: &House, id: ProofId) -> Result<Errand, WalletError> {
    let vaulted = house.clone();
    let waiting = house
        .read(move |r| {
            let row = r.opt(&store::PROOF, (id,))?.ok_or(WalletError::Missing)?;
            if row.state != ProofState::Waiting {
                return Ok(None);
            }
            people::person(r, vaulted.vault(), row.person).map_err(WalletError::from)
        })
        .await?;
    if let Some(person) = waiting {
        let document = person.document.as_ref().ok_or(WalletError::Missing)?;
        match house.service::<InsuranceRegisterService>().ask(document, person.birth).await {
            Err(down) => return Ok(Errand::Waiting(down)),
            Ok(record) => {
                house.act(&Actor::system(), move |act| acts::answered(act, id, &record)).await?;
            }
        }
    }
    make_paper(house, id).await?;
    Ok(Errand::Done)
}

/// Sets the paper of a proof whose data are there, and has it sealed.
async fn make_paper(house: &House, id: ProofId) -> Result<(), WalletError> {
    let vaulted = house.clone();
    let ready = house
        .read(move |r| {
            let row = r.opt(&store::PROOF, (id,))?.ok_or(WalletError::Missing)?;
            if row.state != ProofState::Issuing {
                return Ok(None);
            }
            let data = acts::data(vaulted.vault(), &row)?;
            Ok::<_, WalletError>(Some((row.kind, row.number.unwrap_or_default(), data)))
        })
        .await?;
    let Some((kind, number, data)) = ready else { return Ok(()) };
    let site = house.service::<Site>();
    let paper = paper(kind, &number, &data, &site.district_zh, &site.origin);
    let setter: Arc<Typesetter> = house.service();
    let pdf = tokio::task::spawn_blocking(move || setter.official(&paper))
        .await
        .map_err(|_| WalletError::Stored)??;
    house.act(&Actor::system(), move |act| acts::seal_and_issue(act, id, &pdf)).await
}

async fn fetch_job(house: House, job: JobRow) -> Result<(), JobError> {
    match run(&house, job.read()?).await {
        Ok(Errand::Done) => Ok(()),
        Ok(Errand::Waiting(down)) => Err(JobError::Retry(down.to_string())),
        Err(WalletError::Missing) => Ok(()),
        // An official may give the authorisation again, a font may be added.
        Err(e) => Err(JobError::Retry(e.to_string())),
    }
}

/// What one process asks of the insurance register at once.
static REGISTER: Pool = Pool { name: "wallet.register", at_once: 8 };

linli_acts::job! {
    "wallet.fetch" => fetch_job, in REGISTER;
    "wallet.seal" => fetch_job, in REGISTER;
}
