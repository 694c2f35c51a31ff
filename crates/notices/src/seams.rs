//! What lies outside: who sends messages, and where a person is reached. Each is a trait; `linli` puts one into the services.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use linli_acts::PersonId;
use linli_base::PlaceCode;
use linli_base::docnum::Phone;
use linli_db::{DbError, Read};
use linli_vault::Vault;

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
pub enum SmsError {
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
    fn send<'a>(&'a self, sms: &'a Sms) -> Call<'a, Result<String, SmsError>>;
    /// What its delivery reports are signed with; `None`: it sends none, and none are taken.
    fn report_key(&self) -> Option<&WebhookKey>;
}

/// The gateway as a service.
pub struct SmsGatewayService(pub Box<dyn SmsGateway>);

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

#[derive(Default)]
struct Played {
    fault: GatewayFault,
    /// The last messages, oldest first.
    taken: Vec<Sms>,
    calls: u64,
}

/// A gateway that sends nothing and keeps the last messages, for the demo's page and the tests. Cheap to clone: whoever keeps
/// a copy switches its faults and reads what was taken.
#[derive(Clone)]
pub struct SimulatedSms {
    played: Arc<Mutex<Played>>,
    key: WebhookKey,
}

/// Key of the simulator's reports. Everybody can read it here; it protects the sample district's made-up messages alone.
const SAMPLE_KEY: &[u8; 24] = b"linli-sample-report-key!";

/// Messages that the simulator remembers.
const KEPT: usize = 50;

impl Default for SimulatedSms {
    fn default() -> Self {
        Self { played: Arc::default(), key: WebhookKey::new(SAMPLE_KEY) }
    }
}

impl SimulatedSms {
    fn with<T>(&self, f: impl FnOnce(&mut Played) -> T) -> T {
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
    pub fn taken(&self) -> Vec<Sms> {
        self.with(|p| p.taken.iter().rev().cloned().collect())
    }

    /// How often it was called, refusals and repetitions counted.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.with(|p| p.calls)
    }

    fn take(&self, sms: &Sms) -> Result<String, SmsError> {
        self.with(|p| {
            p.calls += 1;
            match p.fault {
                GatewayFault::Down => return Err(SmsError::Down("simulated".to_owned())),
                GatewayFault::Refuses => return Err(SmsError::Refused("simulated".to_owned())),
                GatewayFault::None | GatewayFault::Mute => {}
            }
            if !p.taken.iter().any(|t| t.id == sms.id) {
                p.taken.push(sms.clone());
                let over = p.taken.len().saturating_sub(KEPT);
                p.taken.drain(..over);
            }
            if p.fault == GatewayFault::Mute {
                Err(SmsError::Down("simulated: no answer".to_owned()))
            } else {
                Ok(format!("sim-{}", sms.id))
            }
        })
    }
}

impl SmsGateway for SimulatedSms {
    fn send<'a>(&'a self, sms: &'a Sms) -> Call<'a, Result<String, SmsError>> {
        Box::pin(async move { self.take(sms) })
    }
    fn report_key(&self) -> Option<&WebhookKey> {
        Some(&self.key)
    }
}
