//! Chance is an argument: one seeded generator, handed down. Production seeds it from the operating system.

use std::sync::Mutex;

use rand::{CryptoRng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// A cryptographic random source that tests can seed. Shared by reference; each draw takes a short lock.
#[derive(Debug)]
pub struct Chance(Mutex<ChaCha20Rng>);

impl Chance {
    /// From the operating system. Keys, tokens and salts of a real district come from here.
    #[must_use]
    pub fn from_system() -> Self {
        Self(Mutex::new(ChaCha20Rng::from_entropy()))
    }

    /// The same numbers every time: tests and the sample district only.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// Fills `out`.
    pub fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(out);
    }

    /// A number in `0..below`, without bias. `below` 0 gives 0.
    #[must_use]
    pub fn below(&self, below: u32) -> u32 {
        if below == 0 {
            return 0;
        }
        let zone = u32::MAX - u32::MAX % below;
        loop {
            let n = u32::from_le_bytes(self.bytes());
            if n < zone {
                return n % below;
            }
        }
    }

    /// An independent generator, for libraries that want one of their own.
    #[must_use]
    pub fn split(&self) -> impl RngCore + CryptoRng + Send + use<> {
        ChaCha20Rng::from_seed(self.bytes())
    }

    /// Text of `len` characters from an alphabet without look-alikes: check codes, one-time tokens.
    #[must_use]
    pub fn code(&self, len: usize) -> String {
        const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
        (0..len)
            .map(|_| {
                let i = usize::try_from(self.below(31)).unwrap_or(0);
                char::from(LETTERS.get(i).copied().unwrap_or(b'2'))
            })
            .collect()
    }
}
