//! What neighbours may call: on the caller's transaction.

use linli_acts::{House, PersonId};
use linli_db::{DbError, Read};

use crate::error::NoticeError;
pub use crate::seams::{
    Address, Call, GatewayFault, PhoneBook, PhoneBookService, SendError, SimulatedSms, SimulatedWechat, Sms,
    SmsGateway, SmsGatewayService, WechatGateway, WechatGatewayService, WechatMessage,
};
use crate::store;
pub use crate::webhook::{Forged, WebhookKey};

/// What the gateway of the sample district reports of an account that shows a ticket; whether the ticket was good.
///
/// # Errors
/// If the database fails.
pub async fn simulate_binding(house: &House, ticket: String, open_id: String) -> Result<bool, NoticeError> {
    house.act(&crate::deliver::gateway(), move |act| crate::wechat::bound(act, &ticket, &open_id)).await
}

/// How many notices a person has not read; more than 99 count as 100.
///
/// # Errors
/// If the database fails.
pub fn unread(read: &mut Read<'_>, person: PersonId) -> Result<u64, DbError> {
    Ok(u64::try_from(read.one(&store::UNREAD, (person,))?.0).unwrap_or(0))
}
