//! What lies outside: who sends messages, and where a person is reached. Each is a trait; `linli` puts one into the services.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use linli_acts::PersonId;
use linli_base::PlaceCode;
use linli_base::docnum::Phone;
use linli_db::{DbError, Read};
use linli_vault::Vault;
use zeroize::Zeroizing;

use crate::domain::NoticeId;
use crate::webhook::WebhookKey;

/// A running call.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message to a phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// The notice's id. Sent again with the same id, a gateway sends nothing twice.
    pub id: NoticeId,
    pub phone: Phone,
    /// Key of the kind: carriers register templates under it.
    pub kind: String,
    /// Arguments of the template.
    pub params: Vec<(String, String)>,
    /// The whole text, with the link.
    pub text: String,
}

impl std::fmt::Debug for Sms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sms({}, {})", self.id, self.kind)
    }
}

/// Why a message did not go. Codes for the engineer, without personal data.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendError {
    /// May go later: no answer, an answer nobody understands, the gateway is busy or does not know us.
    #[error("gateway: {0}")]
    Down(String),
    /// Will never go: no such number, a text that carriers do not take.
    #[error("refused: {0}")]
    Refused(String),
}

/// Sends messages to phones.
pub trait SmsGateway: Send + Sync + 'static {
    /// Hands a message over; gives the gateway's own number of it (empty: it has none). Called again with the same id if it is
    /// not known how the last call ended.
    fn send<'a>(&'a self, sms: &'a Sms) -> Call<'a, Result<String, SendError>>;
    /// What its delivery reports are signed with; `None`: it sends none, and none are taken.
    fn report_key(&self) -> Option<&WebhookKey>;
}

/// The gateway as a service.
pub struct SmsGatewayService(pub Box<dyn SmsGateway>);

/// A message to a WeChat account.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatMessage {
    /// The notice's id. Sent again with the same id, a gateway sends nothing twice.
    pub id: NoticeId,
    /// The gateway's name of the account.
    pub open_id: Zeroizing<String>,
    /// Key of the kind: templates are registered under it.
    pub kind: String,
    pub params: Vec<(String, String)>,
    pub text: String,
    /// Where the message leads when it is touched; empty: nowhere.
    pub link: String,
}

impl std::fmt::Debug for WechatMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WechatMessage({}, {})", self.id, self.kind)
    }
}

/// Sends messages to the WeChat accounts that follow the district's.
pub trait WechatGateway: Send + Sync + 'static {
    /// As [`SmsGateway::send`].
    fn send<'a>(&'a self, message: &'a WechatMessage) -> Call<'a, Result<String, SendError>>;
    /// Where a resident goes, in WeChat, to bind her account with a ticket; `None`: nothing is connected, so nothing is offered.
    fn bind_link(&self, ticket: &str) -> Option<String>;
    /// What its reports are signed with; `None`: none are taken.
    fn report_key(&self) -> Option<&WebhookKey>;
}

/// The gateway as a service.
pub struct WechatGatewayService(pub Box<dyn WechatGateway>);

/// Where a letter goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    pub name: String,
    /// From the district down to the door; empty: not known, the letter is kept for her at the counter.
    pub lines: Vec<String>,
    /// Whose postroom it is: the person's community, or the district where none is known.
    pub place: PlaceCode,
}

/// Where persons are reached, told by the rooms that know them.
pub trait PhoneBook: Send + Sync + 'static {
    /// The record into which this one was joined; the id itself if it was not.
    ///
    /// # Errors
    /// If the database fails.
    fn current(&self, read: &mut Read<'_>, person: PersonId) -> Result<PersonId, DbError>;
    /// The phone of somebody who can be told something.
    ///
    /// # Errors
    /// If the database fails.
    fn phone(&self, read: &mut Read<'_>, vault: &Vault, person: PersonId) -> Result<Option<Phone>, DbError>;
    /// The record into which this one was joined, or itself, and whether she can be told something by phone.
    ///
    /// # Errors
    /// If the database fails.
    fn reach(&self, read: &mut Read<'_>, person: PersonId) -> Result<(PersonId, bool), DbError>;
    /// Name and address; `None` for the dead and the erased.
    ///
    /// # Errors
    /// If the database fails.
    fn address(
        &self,
        read: &mut Read<'_>,
        vault: &Vault,
        person: PersonId,
    ) -> Result<Option<Address>, DbError>;
    /// What a place is called, Chinese and English.
    ///
    /// # Errors
    /// If the database fails.
    fn place(&self, read: &mut Read<'_>, place: PlaceCode) -> Result<(String, String), DbError>;
}

/// The phone book as a service.
pub struct PhoneBookService(pub Box<dyn PhoneBook>);

/// How the simulated gateway behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GatewayFault {
    /// Takes every message.
    #[default]
    None,
    /// Does not answer.
    Down,
    /// Takes the message, but the answer is lost on the way.
    Mute,
    /// Refuses every number.
    Refuses,
}

struct Played<M> {
    fault: GatewayFault,
    /// The last messages, oldest first.
    taken: Vec<M>,
    calls: u64,
}

impl<M> Default for Played<M> {
    fn default() -> Self {
        Self { fault: GatewayFault::None, taken: Vec::new(), calls: 0 }
    }
}

/// A message that a simulator plays with.
pub trait Message: Clone + Send + 'static {
    fn id(&self) -> NoticeId;
}

impl Message for Sms {
    fn id(&self) -> NoticeId {
        self.id
    }
}

impl Message for WechatMessage {
    fn id(&self) -> NoticeId {
        self.id
    }
}

/// A gateway that sends nothing and keeps the last messages, for the demo's page and the tests. Cheap to clone: whoever keeps
/// a copy switches its faults and reads what was taken.
#[derive(Clone)]
pub struct Simulated<M> {
    played: Arc<Mutex<Played<M>>>,
    key: WebhookKey,
}

/// The SMS gateway, simulated.
pub type SimulatedSms = Simulated<Sms>;
/// The WeChat gateway, simulated.
pub type SimulatedWechat = Simulated<WechatMessage>;

/// Key of the simulators' reports. Everybody can read it here; it protects the sample district's made-up messages alone.
const SAMPLE_KEY: &[u8; 24] = b"linli-sample-report-key!";

/// Messages that a simulator remembers.
const KEPT: usize = 50;

impl<M> Default for Simulated<M> {
    fn default() -> Self {
        Self { played: Arc::default(), key: WebhookKey::new(SAMPLE_KEY) }
    }
}

impl<M: Message> Simulated<M> {
    fn with<T>(&self, f: impl FnOnce(&mut Played<M>) -> T) -> T {
        f(&mut self.played.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Behaves so from here on.
    pub fn set(&self, fault: GatewayFault) {
        self.with(|p| p.fault = fault);
    }

    #[must_use]
    pub fn fault(&self) -> GatewayFault {
        self.with(|p| p.fault)
    }

    /// The last messages, newest first.
    #[must_use]
    pub fn taken(&self) -> Vec<M> {
        self.with(|p| p.taken.iter().rev().cloned().collect())
    }

    /// How often it was called, refusals and repetitions counted.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.with(|p| p.calls)
    }

    fn take(&self, message: &M) -> Result<String, SendError> {
        self.with(|p| {
            p.calls += 1;
            match p.fault {
                GatewayFault::Down => return Err(SendError::Down("simulated".to_owned())),
                GatewayFault::Refuses => return Err(SendError::Refused("simulated".to_owned())),
                GatewayFault::None | GatewayFault::Mute => {}
            }
            if !p.taken.iter().any(|t| t.id() == message.id()) {
                p.taken.push(message.clone());
                let over = p.taken.len().saturating_sub(KEPT);
                p.taken.drain(..over);
            }
            if p.fault == GatewayFault::Mute {
                Err(SendError::Down("simulated: no answer".to_owned()))
            } else {
                Ok(format!("sim-{}", message.id()))
            }
        })
    }
}

impl SmsGateway for SimulatedSms {
    fn send<'a>(&'a self, sms: &'a Sms) -> Call<'a, Result<String, SendError>> {
        Box::pin(async move { self.take(sms) })
    }
    fn report_key(&self) -> Option<&WebhookKey> {
        Some(&self.key)
    }
}

impl WechatGateway for SimulatedWechat {
    fn send<'a>(&'a self, message: &'a WechatMessage) -> Call<'a, Result<String, SendError>> {
        Box::pin(async move { self.take(message) })
    }
    fn bind_link(&self, ticket: &str) -> Option<String> {
        Some(format!("/demo/wechat?ticket={ticket}"))
    }
    fn report_key(&self) -> Option<&WebhookKey> {
        Some(&self.key)
    }
}
