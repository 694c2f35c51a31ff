//! What lies outside the house, played for the demo and the tests, with faults to switch on.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use linli_base::docnum::DocumentNumber;
use linli_base::{Clock, Day};
use linli_files::offers::{Call as ScannerCall, Scanner, ScannerDown, Verdict};
use linli_notices::offers::{SimulatedSms, SimulatedWechat};
use linli_wallet::offers::{Call, InsuranceLine, InsuranceRecord, InsuranceRegister, RegisterDown};
use linli_web::Blocks;

/// How the simulated register behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Answers.
    None,
    /// Refuses every call.
    Down,
    /// Answers after the deadline.
    Slow,
}

/// The switch, kept by whoever plays.
#[derive(Clone, Debug, Default)]
pub struct Switch(Arc<AtomicU8>);

impl Switch {
    pub fn set(&self, fault: Fault) {
        let n = match fault {
            Fault::None => 0,
            Fault::Down => 1,
            Fault::Slow => 2,
        };
        self.0.store(n, Ordering::SeqCst);
    }
    #[must_use]
    pub fn get(&self) -> Fault {
        match self.0.load(Ordering::SeqCst) {
            0 => Fault::None,
            1 => Fault::Down,
            _ => Fault::Slow,
        }
    }
}

/// What is played, in the hand of whoever plays.
#[derive(Clone, Default)]
pub struct Simulators {
    /// Faults of the insurance register.
    pub register: Switch,
    /// The SMS gateway: its faults, and the messages that it took.
    pub sms: SimulatedSms,
    /// The WeChat gateway, likewise.
    pub wechat: SimulatedWechat,
    /// Faults of the virus scanner.
    pub scanner: Switch,
}

/// A social insurance register that computes its answers from the number (see `linli-sample`).
pub struct SimulatedInsurance {
    pub switch: Switch,
    pub clock: Arc<dyn Clock>,
    asked: Mutex<u64>,
}

impl SimulatedInsurance {
    #[must_use]
    pub fn new(switch: Switch, clock: Arc<dyn Clock>) -> Self {
        Self { switch, clock, asked: Mutex::new(0) }
    }

    fn answer(&self, number: &DocumentNumber, birth: Option<Day>) -> InsuranceRecord {
        let now = self.clock.now();
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let lines = match birth.or_else(|| number.birth()) {
            Some(birth) => linli_sample::insurance(number.value(), birth, now.day()),
            None => Vec::new(),
        };
        let lines = lines
            .into_iter()
            .map(|l| InsuranceLine {
                zh: l.zh.to_owned(),
                en: l.en.to_owned(),
                first: l.first,
                last: l.last,
                months: l.months,
                state_zh: l.state_zh.to_owned(),
                state_en: l.state_en.to_owned(),
            })
            .collect();
        InsuranceRecord { as_of: now, lines }
    }
}

impl InsuranceRegister for SimulatedInsurance {
    fn ask<'a>(&'a self, number: &'a DocumentNumber, birth: Option<Day>) -> Call<'a> {
        Box::pin(async move {
            match self.switch.get() {
                Fault::None => Ok(self.answer(number, birth)),
                Fault::Down => Err(RegisterDown("simulated: down".to_owned())),
                Fault::Slow => {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    Ok(self.answer(number, birth))
                }
            }
        })
    }
}

/// A virus scanner that knows one thing: the EICAR test string, which every scanner must find.
pub struct SimulatedScanner(pub Switch);

/// In two parts, so that no scanner takes this program for a virus.
const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"];

impl Scanner for SimulatedScanner {
    fn scan(&self, mut blocks: Blocks) -> ScannerCall<'_> {
        Box::pin(async move {
            match self.0.get() {
                Fault::None => {}
                Fault::Down => return Err(ScannerDown("simulated: down".to_owned())),
                Fault::Slow => tokio::time::sleep(Duration::from_secs(60)).await,
            }
            let (what, mut seen) = (EICAR.concat().into_bytes(), Vec::new());
            let mut found = false;
            while let Some(block) = blocks.recv().await {
                seen.extend_from_slice(&block);
                found |= seen.windows(what.len()).any(|w| w == what);
                let rest = seen.len().saturating_sub(what.len());
                seen.drain(..rest);
            }
            Ok(if found { Verdict::Infected } else { Verdict::Clean })
        })
    }
}

/// Stands where no register is connected: every call fails, so cases wait and none is lost.
pub struct NotConnected;

impl InsuranceRegister for NotConnected {
    fn ask<'a>(&'a self, _: &'a DocumentNumber, _: Option<Day>) -> Call<'a> {
        Box::pin(async { Err(RegisterDown("no register is connected".to_owned())) })
    }
}
