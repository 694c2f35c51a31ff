//! Work after the commit: the calls to the gateway, which no transaction waits for.

use std::time::Duration;

use linli_acts::{Actor, House, JobError, JobRow, PersonId, Pool, TRIES};
use serde::Deserialize;

use crate::deliver::{Outgoing, Turn};
use crate::domain::DeliveryId;
use crate::error::NoticeError;
use crate::seams::{SendError, SmsGatewayService, WechatGatewayService};
use crate::{acts, deliver};

pub(crate) const SEND: &str = "notices.send";
pub(crate) const SEND_WECHAT: &str = "notices.send_wechat";
/// To be wired to `people.merged`.
pub const FOLLOW: &str = "notices.follow";

/// What one process hands over to the SMS gateway at once.
static SMS_POOL: Pool = Pool { name: "notices.sms", at_once: 16 };
/// And to WeChat's.
static WECHAT_POOL: Pool = Pool { name: "notices.wechat", at_once: 16 };

/// A gateway that has not answered by then will not; the job's lease lasts longer.
const DEADLINE: Duration = Duration::from_secs(30);

fn again(e: NoticeError) -> JobError {
    match e {
        // A notice that does not open today will not open tomorrow.
        NoticeError::Sealed(_) | NoticeError::Stored => JobError::Fail(e.to_string()),
        e => JobError::Retry(e.to_string()),
    }
}

async fn send(house: House, job: JobRow) -> Result<(), JobError> {
    let id: DeliveryId = job.read()?;
    let system = Actor::system();
    // Most can go out as they stand: looking needs no place in the writer's queue.
    let looker = house.clone();
    let message = match house.read(move |read| deliver::turn(read, &looker, id)).await.map_err(again)? {
        Turn::Over => return Ok(()),
        Turn::Ready(message) => message,
        Turn::Later(..) | Turn::Unreached(..) => {
            match house.act(&system, move |act| deliver::take(act, id)).await.map_err(again)? {
                Some(message) => message,
                None => return Ok(()),
            }
        }
    };
    // What it says may rest on what was read just now.
    house.db().settled().await;
    let (sms, wechat) = (house.service::<SmsGatewayService>(), house.service::<WechatGatewayService>());
    let call = match &message {
        Outgoing::Sms(message) => sms.0.send(message),
        Outgoing::Wechat(message) => wechat.0.send(message),
    };
    let answer = match tokio::time::timeout(DEADLINE, call).await {
        Ok(answer) => answer,
        Err(_) => Err(SendError::Down("deadline".to_owned())),
    };
    match answer {
        // If this is not noted, the message is handed over again under the same id, and the gateway knows it.
        Ok(reference) => {
            house.act(&system, move |act| deliver::sent(act, id, &reference)).await.map_err(again)
        }
        Err(SendError::Refused(code)) => {
            house.act(&system, move |act| deliver::refused(act, id, &code)).await.map_err(again)
        }
        Err(SendError::Down(code)) => {
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
    while house.act(&Actor::system(), move |act| acts::follow(act, from, into)).await.map_err(again)? {}
    Ok(())
}

linli_acts::job! {
    SEND => send, in SMS_POOL;
    SEND_WECHAT => send, in WECHAT_POOL;
    FOLLOW => follow;
}
