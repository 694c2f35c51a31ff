//! Signed calls in the Standard Webhooks form: `webhook-id`, `webhook-timestamp`, `webhook-signature` over the raw body. Ours to
//! the gateway bear them, and so do its reports to us.

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use linli_base::Instant;
use sha2::Sha256;
use zeroize::Zeroizing;

/// A signature older or newer than this is not believed: what was overheard cannot be played again later.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The call does not come from whom it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the signature does not fit")]
pub struct Forged;

/// The key of a signature. Never printed, logged or serialised.
#[derive(Clone)]
pub struct WebhookKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookKey(…)")
    }
}

impl WebhookKey {
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(Zeroizing::new(key.to_vec()))
    }

    /// From its usual form: `whsec_` and base64, of 24 to 64 bytes. `None` if it is of another.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.trim().strip_prefix("whsec_")?.as_bytes()).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(Zeroizing::new(bytes)))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes keys of any length")
        };
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// The value of `webhook-signature`; `seconds` is the value of `webhook-timestamp`.
    #[must_use]
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mac = self.mac(id, &seconds.to_string(), body);
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }

    /// Whether one of the signatures (several stand there while a key is changed) fits and is fresh.
    ///
    /// # Errors
    /// [`Forged`].
    pub fn verify(
        &self,
        id: &str,
        timestamp: &str,
        signatures: &str,
        body: &[u8],
        now: Instant,
    ) -> Result<(), Forged> {
        let seconds: i64 = timestamp.parse().map_err(|_| Forged)?;
        let apart = (now.millis() / 1000).checked_sub(seconds).ok_or(Forged)?;
        if id.is_empty() || apart.checked_abs().is_none_or(|s| s > TOLERANCE_SECONDS) {
            return Err(Forged);
        }
        let mac = self.mac(id, timestamp, body);
        let fits = signatures
            .split(' ')
            .filter_map(|s| BASE64.decode(s.strip_prefix("v1,")?.as_bytes()).ok())
            .any(|s| mac.clone().verify_slice(&s).is_ok());
        if fits { Ok(()) } else { Err(Forged) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn signs_as_the_specification_does() {
        let key = WebhookKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_stale_changed_or_of_another_key_is_forged() {
        let key = WebhookKey::new(b"0123456789abcdef01234567");
        let now = Instant::from_millis(1_764_000_000_000);
        let sign = |k: &WebhookKey, seconds| k.sign("a", seconds, b"body");
        let t = 1_764_000_000;
        let good = sign(&key, t);
        assert_eq!(key.verify("a", &t.to_string(), &good, b"body", now), Ok(()));
        assert_eq!(key.verify("a", &t.to_string(), &format!("v1,AAAA v2,x {good}"), b"body", now), Ok(()));
        assert_eq!(key.verify("b", &t.to_string(), &good, b"body", now), Err(Forged));
        assert_eq!(key.verify("a", &t.to_string(), &good, b"Body", now), Err(Forged));
        let other = WebhookKey::new(b"another key of the length");
        assert_eq!(other.verify("a", &t.to_string(), &good, b"body", now), Err(Forged));
        for stale in [t - 301, t + 301, i64::MIN, i64::MAX] {
            let signed = sign(&key, stale);
            assert_eq!(key.verify("a", &stale.to_string(), &signed, b"body", now), Err(Forged), "{stale}");
        }
        assert!(WebhookKey::parse("whsec_c2hvcnQ=").is_none() && WebhookKey::parse("plain").is_none());
        assert_eq!(format!("{key:?}"), "WebhookKey(…)");
    }

    proptest! {
        #[test]
        fn nothing_typed_panics(id in "\\PC{0,8}", time in "\\PC{0,22}", signature in "\\PC{0,60}") {
            let key = WebhookKey::new(b"0123456789abcdef01234567");
            prop_assert_eq!(key.verify(&id, &time, &signature, b"", Instant::from_millis(0)), Err(Forged));
        }
    }
}
