//! The social insurance register: outside the house, asked through this seam.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use linli_base::docnum::DocumentNumber;
use linli_base::{Day, Instant};
use serde::{Deserialize, Serialize};

/// One insurance of a person as the register tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsuranceLine {
    pub zh: String,
    pub en: String,
    /// `2009-07`.
    pub first: String,
    pub last: String,
    pub months: u32,
    pub state_zh: String,
    pub state_en: String,
}

/// What the register knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsuranceRecord {
    pub as_of: Instant,
    pub lines: Vec<InsuranceLine>,
}

/// The register could not be asked. The text is for the engineer and holds no personal data.
#[derive(Clone, Debug, thiserror::Error)]
#[error("register: {0}")]
pub struct RegisterDown(pub String);

/// A running call.
pub type Call<'a> = Pin<Box<dyn Future<Output = Result<InsuranceRecord, RegisterDown>> + Send + 'a>>;

/// Answers for one person; a record without lines means that nothing is registered.
pub trait InsuranceRegister: Send + Sync + 'static {
    fn ask<'a>(&'a self, number: &'a DocumentNumber, birth: Option<Day>) -> Call<'a>;
}

/// The register as a service.
pub struct InsuranceRegisterService(pub Box<dyn InsuranceRegister>);

/// How long a person waits for the register before she is told to go on with her day.
pub const DEADLINE: Duration = Duration::from_secs(4);

impl InsuranceRegisterService {
    /// Asks, with a deadline.
    ///
    /// # Errors
    /// If it is down or slower than the deadline.
    pub async fn ask(
        &self,
        number: &DocumentNumber,
        birth: Option<Day>,
    ) -> Result<InsuranceRecord, RegisterDown> {
        tokio::time::timeout(DEADLINE, self.0.ask(number, birth))
            .await
            .unwrap_or_else(|_| Err(RegisterDown("deadline".to_owned())))
    }
}
