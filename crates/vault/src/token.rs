//! Bearer tokens: what the holder carries is never stored, only its digest.

use linli_base::Chance;
use sha2::{Digest, Sha256};

/// 256 random bits as 43 letters of base64url.
#[must_use]
pub fn new(chance: &Chance) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes: [u8; 43] = chance.bytes();
    bytes.iter().map(|b| char::from(LETTERS.get(usize::from(b & 63)).copied().unwrap_or(b'A'))).collect()
}

/// What is stored of a token. A plain hash suffices: the token has 258 random bits.
#[must_use]
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
