//! Sealed fields and keyed digests.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use linli_db::{DbError, Put, Take, Val};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::{Vault, VaultError};

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// A value that only the vault opens. As stored: version, nonce, ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl Put for Sealed {
    fn put(&self) -> Val<'_> {
        self.0.put()
    }
}

impl Take for Sealed {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        Vec::<u8>::take(val).map(Self)
    }
}

/// Where a sealed value stands. Bound into it, so that a value moved to another row or column does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// `table.column`.
    pub column: &'static str,
    /// Raw id of the row.
    pub row: i64,
    /// Which part of a value that is sealed in parts.
    part: Option<i64>,
}

impl Place {
    #[must_use]
    pub fn new(column: &'static str, row: impl Into<i64>) -> Self {
        Self { column, row: row.into(), part: None }
    }
    /// One part of a value that is sealed in parts: parts that change places do not open.
    #[must_use]
    pub fn part(self, n: i64) -> Self {
        Self { part: Some(n), ..self }
    }
    fn aad(self) -> Vec<u8> {
        let mut aad = self.column.as_bytes().to_vec();
        aad.push(0);
        aad.extend_from_slice(&self.row.to_be_bytes());
        if let Some(part) = self.part {
            aad.extend_from_slice(&part.to_be_bytes());
        }
        aad
    }
}

/// A keyed digest: finds an equal value without telling it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lookup([u8; 32]);

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup(…)")
    }
}

impl Lookup {
    /// 128 bits of it as hexadecimal, for values that travel in a form.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }
}

impl Put for Lookup {
    fn put(&self) -> Val<'_> {
        self.0.put()
    }
}

impl Take for Lookup {
    fn take(val: Val<'_>) -> Result<Self, DbError> {
        <[u8; 32]>::take(val).map(Self)
    }
}

impl Vault {
    /// Seals bytes for one place.
    #[must_use]
    pub fn seal(&self, place: Place, plain: &[u8]) -> Sealed {
        let nonce: [u8; NONCE] = self.chance.bytes();
        let cipher = XChaCha20Poly1305::new(Key::from_slice(self.sealing.as_slice()));
        let payload = Payload { msg: plain, aad: &place.aad() };
        // The cipher refuses only more than 256 GiB; nothing so large reaches a field.
        let Ok(sealed) = cipher.encrypt(XNonce::from_slice(&nonce), payload) else {
            unreachable!("a field is shorter than 256 GiB")
        };
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Sealed(out)
    }

    /// Seals text.
    #[must_use]
    pub fn seal_text(&self, place: Place, plain: &str) -> Sealed {
        self.seal(place, plain.as_bytes())
    }

    /// Opens what [`Vault::seal`] sealed for the same place.
    ///
    /// # Errors
    /// If the key, the place or a single bit differs.
    pub fn open_sealed(&self, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (version, rest) = sealed.0.split_first().ok_or(VaultError::DoesNotOpen)?;
        if *version != VERSION {
            return Err(VaultError::Version);
        }
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(VaultError::DoesNotOpen)?;
        let cipher = XChaCha20Poly1305::new(Key::from_slice(self.sealing.as_slice()));
        cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &place.aad() })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::DoesNotOpen)
    }

    /// Opens text.
    ///
    /// # Errors
    /// As [`Vault::open_sealed`].
    pub fn open_text(&self, place: Place, sealed: &Sealed) -> Result<String, VaultError> {
        let bytes = self.open_sealed(place, sealed)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| VaultError::DoesNotOpen)
    }

    /// A digest of a regular form of a value (tidied first by the caller), for one purpose such as `"people.phone"`.
    #[must_use]
    pub fn lookup(&self, purpose: &'static str, value: &str) -> Lookup {
        let key = self.key(purpose);
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key.as_slice()) else {
            unreachable!("HMAC takes keys of any length")
        };
        mac.update(value.as_bytes());
        Lookup(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use linli_base::Chance;
    use proptest::prelude::*;

    use super::*;

    fn vault() -> Vault {
        Vault::new([7; 32], Arc::new(Chance::seeded(1)))
    }

    #[test]
    fn a_sealed_value_opens_only_at_its_place_and_whole() {
        let v = vault();
        let here = Place::new("people.name", 5);
        let sealed = v.seal_text(here, "梁阿珍");
        assert_eq!(v.open_text(here, &sealed).unwrap(), "梁阿珍");
        assert!(v.open_text(Place::new("people.name", 6), &sealed).is_err());
        assert!(v.open_text(Place::new("people.phone", 5), &sealed).is_err());
        for i in 0..sealed.0.len() {
            let mut broken = sealed.clone();
            broken.0[i] ^= 1;
            assert!(v.open_text(here, &broken).is_err(), "byte {i}");
        }
        assert!(v.open_text(here, &Sealed(Vec::new())).is_err());
    }

    #[test]
    fn parts_open_in_their_order_alone() {
        let v = vault();
        let whole = Place::new("file_blocks.data", 5);
        let first = v.seal(whole.part(0), b"a");
        assert!(v.open_sealed(whole.part(0), &first).is_ok());
        assert!(v.open_sealed(whole.part(1), &first).is_err());
        assert!(v.open_sealed(whole, &first).is_err());
    }

    #[test]
    fn digests_differ_by_purpose_and_key() {
        let v = vault();
        assert_eq!(v.lookup("a", "138"), v.lookup("a", "138"));
        assert_ne!(v.lookup("a", "138"), v.lookup("b", "138"));
        assert_ne!(v.lookup("a", "138"), Vault::new([8; 32], Arc::new(Chance::seeded(1))).lookup("a", "138"));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(plain in proptest::collection::vec(any::<u8>(), 0..200), row in any::<i64>()) {
            let v = vault();
            let at = Place::new("t.c", row);
            prop_assert_eq!(v.open_sealed(at, &v.seal(at, &plain)).unwrap().to_vec(), plain);
        }
    }
}
