//! What neighbours may call: on the caller's transaction.

use linli_acts::PersonId;
use linli_db::{DbError, Read};

pub use crate::seams::{
    Address, Call, GatewayFault, PhoneBook, PhoneBookService, SimulatedSms, Sms, SmsError, SmsGateway,
    SmsGatewayService,
};
use crate::store;
pub use crate::webhook::{Forged, WebhookKey};

/// How many notices a person has not read; more than 99 count as 100.
///
/// # Errors
/// If the database fails.
pub fn unread(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&store::UNREAD, (person,))?.0).unwrap_or(0))
}
