//! An officer acts in the place of the person before her, with her recorded consent, for the rest of the day.

use linli_acts::{Act, Actor, Channel, House, JobError, JobRow, PersonId, Recurring};
use linli_db::DbError;
use linli_people::offers::PeopleError;
use linli_people::offers::records::{OpeningId, opened};
use linli_web::SessionId;
use linli_web::session;

use crate::acts::consents;
use crate::error::PrivacyError;

crate::consent_purpose! {
    /// An officer acts in the person's place at the counter or the door.
    pub HELP = "people.help", "请工作人员代为办理", "An officer acts for you";
}

/// The officer begins to act in the place of the person before her: consent recorded, session set. Ends with
/// [`stop_helping`].
///
/// # Errors
/// If no duty of hers covers the person.
pub fn start_helping(
    act: &mut Act<'_, '_>,
    opening: OpeningId,
    session: SessionId,
    channel: Channel,
    evidence: &str,
) -> Result<PersonId, PrivacyError> {
    let (house, actor) = (act.house, act.actor);
    let person = opened(act, house.vault(), actor, opening)?.person;
    if !person.state.signs_in() {
        return Err(PeopleError::State.into());
    }
    // For the rest of the day: a helper is not an agent for good.
    let ends = act.now().day().end();
    consents::record(act, person.id, &HELP, Some(ends), evidence)?;
    session::serve(act, session, Some(person.id), channel)?;
    Ok(person.id)
}

/// The officer is done helping.
///
/// # Errors
/// If the actor is no officer.
pub fn stop_helping(act: &mut Act<'_, '_>, session: SessionId) -> Result<(), PrivacyError> {
    act.actor.officer()?;
    session::serve(act, session, None, Channel::Page)?;
    Ok(())
}

/// How often consents to be helped are looked at for their end, seconds.
const LOOK_EVERY: i64 = 600;

/// A helper's time is over at midnight: her session goes back to being her own.
async fn end_helping(house: House, _: JobRow) -> Result<(), JobError> {
    let ended: Result<(), DbError> = house
        .act(&Actor::system(), |act| {
            let now = act.now();
            // Twice the interval, so that none slips between two runs; ending twice does nothing.
            for (person,) in act.all(&consents::OVER, (HELP.key, now.plus_seconds(-2 * LOOK_EVERY), now))? {
                session::end_serving(act, person)?;
            }
            Ok(())
        })
        .await;
    Ok(ended?)
}

linli_acts::job! { "people.end_helping" => end_helping; }
linli_acts::inventory::submit! { Recurring { kind: "people.end_helping", every_seconds: LOOK_EVERY } }
