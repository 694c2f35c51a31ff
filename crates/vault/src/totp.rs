//! The second factor: RFC 6238 time-based codes, as every authenticator app makes them.

use hmac::{Hmac, Mac};
use linli_base::{Chance, Instant};
use sha1::Sha1;
use subtle::ConstantTimeEq;

const STEP_SECONDS: i64 = 30;
/// Codes of the step before and after are taken too: phones' clocks are off.
const SLACK: i64 = 1;

/// A secret of 160 bits.
#[must_use]
pub fn secret(chance: &Chance) -> [u8; 20] {
    chance.bytes()
}

/// Base 32 (RFC 4648), as it is typed into an app.
#[must_use]
pub fn base32(secret: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    let (mut buffer, mut bits) = (0u32, 0u32);
    for byte in secret {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let i = usize::try_from((buffer >> bits) & 31).unwrap_or(0);
            out.push(char::from(LETTERS.get(i).copied().unwrap_or(b'A')));
        }
    }
    if bits > 0 {
        let i = usize::try_from((buffer << (5 - bits)) & 31).unwrap_or(0);
        out.push(char::from(LETTERS.get(i).copied().unwrap_or(b'A')));
    }
    out
}

/// The address that an authenticator app reads from a QR code.
#[must_use]
pub fn otpauth(issuer: &str, account: &str, secret: &[u8]) -> String {
    let encode = |s: &str| -> String {
        s.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    format!("otpauth://totp/{0}:{1}?secret={2}&issuer={0}", encode(issuer), encode(account), base32(secret))
}

/// The code of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = <Hmac<Sha1> as Mac>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 15);
    let word = hash.iter().skip(offset).take(4).fold(0u32, |n, b| (n << 8) | u32::from(*b)) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// The step of an instant.
#[must_use]
pub fn step(at: Instant) -> i64 {
    at.millis().div_euclid(STEP_SECONDS * 1000)
}

/// The step whose code this is, if it is one of the present steps and later than `last` (the step accepted last: each is
/// accepted once).
#[must_use]
pub fn accept(secret: &[u8], typed: &str, at: Instant, last: i64) -> Option<i64> {
    let now = step(at);
    (now - SLACK..=now + SLACK)
        .find(|s| *s > last && bool::from(code(secret, *s).as_bytes().ct_eq(typed.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // RFC 6238, appendix B, the last six digits of its eight.
        let secret = b"12345678901234567890";
        for (seconds, want) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(code(secret, step(Instant::from_millis(seconds * 1000))), want);
        }
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_taken_once() {
        let secret = b"12345678901234567890";
        let at = Instant::from_millis(1_764_000_000_000);
        let typed = code(secret, step(at));
        let taken = accept(secret, &typed, at, 0).unwrap();
        assert_eq!(accept(secret, &typed, at, taken), None);
        assert_eq!(accept(secret, "000000", at, 0), None);
        assert_eq!(accept(secret, &typed, at.plus_seconds(90), 0), None);
    }
}
