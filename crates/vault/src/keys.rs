//! The master key and what is derived from it.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use linli_base::Chance;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What can go wrong with keys and sealed values.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the key file {path} cannot be read or written")]
    KeyFile {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the key file {0} does not hold a key of 32 bytes in hexadecimal")]
    KeyForm(String),
    /// Another key, another row, or somebody changed the bytes.
    #[error("a sealed value does not open")]
    DoesNotOpen,
    #[error("a sealed value is of an unknown version")]
    Version,
    #[error("password hashing failed")]
    Password,
}

/// Seals, opens and digests. One per process, shared.
pub struct Vault {
    pub(crate) sealing: Zeroizing<[u8; 32]>,
    master: Zeroizing<[u8; 32]>,
    pub(crate) chance: Arc<Chance>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// From a master key.
    #[must_use]
    pub fn new(master: [u8; 32], chance: Arc<Chance>) -> Self {
        let master = Zeroizing::new(master);
        Self { sealing: derive(&master, b"linli sealed fields 1"), master, chance }
    }

    /// Reads the master key from a file; makes the file, readable by its owner alone, if there is none.
    ///
    /// # Errors
    /// If the file cannot be read or made, or holds something else.
    pub fn open(path: &Path, chance: Arc<Chance>) -> Result<Self, VaultError> {
        let fail = |source| VaultError::KeyFile { path: path.display().to_string(), source };
        if !path.exists() {
            let key: Zeroizing<[u8; 32]> = Zeroizing::new(chance.bytes());
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(fail)?;
            file.write_all(Zeroizing::new(hex(key.as_slice())).as_bytes()).map_err(fail)?;
            file.sync_all().map_err(fail)?;
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(fail)?);
        let key = unhex(text.trim()).ok_or_else(|| VaultError::KeyForm(path.display().to_string()))?;
        Ok(Self::new(key, chance))
    }

    /// A key of its own for one purpose, for example `"people.phone"`.
    pub(crate) fn key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.master, format!("linli key 1: {purpose}").as_bytes())
    }

    /// Signs the log's checkpoints. Its public half is published.
    #[must_use]
    pub fn checkpoint_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.key("log.checkpoints"))
    }

    /// The process's source of chance.
    #[must_use]
    pub fn chance(&self) -> &Chance {
        &self.chance
    }
}

fn derive(master: &[u8; 32], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    // 32 bytes is far below HKDF's limit of 255 blocks, the only error that `expand` knows.
    if Hkdf::<Sha256>::new(None, master).expand(label, out.as_mut_slice()).is_err() {
        unreachable!("32 bytes are within HKDF's limit");
    }
    out
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}
