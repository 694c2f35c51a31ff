//! What lies outside the house: whoever sends codes, and whoever says whether a name, a number and a phone belong together.
//! Each is a trait with a simulator; `linli` puts one into the services.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use linli_base::docnum::{DocumentNumber, Phone};
use linli_people::offers::Name;

use crate::acts::codes::CodeId;

/// A running call.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The call failed and may be tried again. A code for the engineer, without personal data.
#[derive(Clone, Debug, thiserror::Error)]
#[error("channel: {0}")]
pub struct ChannelDown(pub String);

/// Sends codes to phones.
pub trait CodeChannel: Send + Sync + 'static {
    /// Sends a code. Called again with the same id if it failed.
    fn send<'a>(&'a self, id: CodeId, phone: &'a Phone, code: &'a str) -> Call<'a, Result<(), ChannelDown>>;
    /// What a demo shows on the page; `None` from every real channel.
    fn shown(&self, id: CodeId) -> Option<String> {
        let _ = id;
        None
    }
}

/// The channel as a service.
pub struct CodeChannelService(pub Box<dyn CodeChannel>);

/// Keeps the last codes in memory, to be shown on the page that asks for them. For the demo and tests only.
#[derive(Default)]
pub struct ShownCodes(Mutex<Vec<(CodeId, String)>>);

impl CodeChannel for ShownCodes {
    fn send<'a>(&'a self, id: CodeId, _: &'a Phone, code: &'a str) -> Call<'a, Result<(), ChannelDown>> {
        Box::pin(async move {
            let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if kept.len() > 200 {
                kept.drain(..100);
            }
            kept.push((id, code.to_owned()));
            Ok(())
        })
    }
    fn shown(&self, id: CodeId) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.iter().rev().find(|(k, _)| *k == id).map(|(_, c)| c.clone())
    }
}

/// What an identity check says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verdict {
    /// Name, number and phone belong to one person.
    Match,
    /// They do not.
    NoMatch,
    /// Nobody could be asked just now.
    #[default]
    Unavailable,
}

/// Says whether name, document number and phone belong to one person: the carriers' check of three (三要素核验) under the
/// real-name rule for telephones, or a face check that ends in the same answer.
pub trait IdentityCheck: Send + Sync + 'static {
    fn check<'a>(&'a self, name: &'a Name, number: &'a DocumentNumber, phone: &'a Phone)
    -> Call<'a, Verdict>;
}

/// The check as a service.
pub struct IdentityCheckService(pub Box<dyn IdentityCheck>);

/// How long a person waits for the check.
pub const CHECK_DEADLINE: std::time::Duration = std::time::Duration::from_secs(3);

impl IdentityCheckService {
    /// Asks, with a deadline; no answer in time is [`Verdict::Unavailable`].
    pub async fn ask(&self, name: &Name, number: &DocumentNumber, phone: &Phone) -> Verdict {
        tokio::time::timeout(CHECK_DEADLINE, self.0.check(name, number, phone)).await.unwrap_or_default()
    }
}

/// Answers as it is set: [`Verdict::Unavailable`] until somebody switches it. For the demo (faults to switch on) and tests.
#[derive(Clone, Debug, Default)]
pub struct SimulatedCheck(std::sync::Arc<Mutex<Verdict>>);

impl SimulatedCheck {
    /// Answers so from here on.
    pub fn answer(&self, verdict: Verdict) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = verdict;
    }
}

impl IdentityCheck for SimulatedCheck {
    fn check<'a>(&'a self, _: &'a Name, _: &'a DocumentNumber, _: &'a Phone) -> Call<'a, Verdict> {
        Box::pin(async move { *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) })
    }
}

/// For a district without such a check: nobody is vouched for, and nothing is asked again; the counter does it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCheck;

impl IdentityCheck for NoCheck {
    fn check<'a>(&'a self, _: &'a Name, _: &'a DocumentNumber, _: &'a Phone) -> Call<'a, Verdict> {
        Box::pin(async { Verdict::NoMatch })
    }
}
