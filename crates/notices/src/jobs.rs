//! Work after the commit: planning, and the calls to the gateway, which no transaction waits for.

use std::time::Duration;

use linli_acts::{Actor, House, JobError, JobRow, PersonId, Pool, TRIES};
use serde::Deserialize;

use crate::domain::{DeliveryId, NoticeId};
use crate::error::NoticeError;
use crate::seams::{SmsError, SmsGatewayService};
use crate::{acts, deliver};

pub(crate) const PLAN: &str = "notices.plan";
pub(crate) const SEND: &str = "notices.send";
/// To be wired to `people.merged`.
pub const FOLLOW: &str = "notices.follow";

/// What one process hands over to the SMS gateway at once.
static SMS_POOL: Pool = Pool { name: "notices.sms", at_once: 16 };

/// A gateway that has not answered by then will not; the job's lease lasts longer.
const DEADLINE: Duration = Duration::from_secs(30);

fn again(e: NoticeError) -> JobError {
    match e {
        // A notice that does not open today will not open tomorrow.
        NoticeError::Sealed(_) | NoticeError::Stored => JobError::Fail(e.to_string()),
        e => JobError::Retry(e.to_string()),
    }
}

async fn plan(house: House, job: JobRow) -> Result<(), JobError> {
    let id: NoticeId = job.read()?;
    house.act(&Actor::system(), move |act| deliver::plan(act, id)).await.map_err(again)
}

async fn send(house: House, job: JobRow) -> Result<(), JobError> {
    let id: DeliveryId = job.read()?;
    let system = Actor::system();
    let Some(sms) = house.act(&system, move |act| deliver::take(act, id)).await.map_err(again)? else {
        return Ok(());
    };
    let gateway = house.service::<SmsGatewayService>();
    let answer = match tokio::time::timeout(DEADLINE, gateway.0.send(&sms)).await {
        Ok(answer) => answer,
        Err(_) => Err(SmsError::Down("deadline".to_owned())),
    };
    match answer {
        // If this is not noted, the message is handed over again under the same id, and the gateway knows it.
        Ok(reference) => {
            house.act(&system, move |act| deliver::sent(act, id, &reference)).await.map_err(again)
        }
        Err(SmsError::Refused(code)) => {
            house.act(&system, move |act| deliver::refused(act, id, &code)).await.map_err(again)
        }
        Err(SmsError::Down(code)) => {
            let (last_try, why) = (job.tries >= TRIES, code.clone());
            let over = house
                .act(&system, move |act| deliver::missed(act, id, last_try, &code))
                .await
                .map_err(again)?;
            if over { Ok(()) } else { Err(JobError::Retry(why)) }
        }
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
    while house.act(&Actor::system(), move |act| acts::follow(act, from, into)).await? {}
    Ok(())
}

linli_acts::job! {
    PLAN => plan;
    SEND => send, in SMS_POOL;
    FOLLOW => follow;
}
