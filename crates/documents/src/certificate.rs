//! The district's own authority and the certificate of each seal. What makes a seal valid in law is a certificate of a
//! licensed authority: put its chain and a [`crate::Signer`] of its device in the place of these.

use std::str::FromStr;
use std::time::Duration;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{Decode, Encode};
use linli_base::Instant;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand::{CryptoRng, RngCore};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::Certificate;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::error::DocumentError;

/// A key with its certificate. The bytes are secret: the caller seals them.
#[derive(Clone)]
pub struct SealKey {
    /// PKCS#8, DER. Secret.
    pub pkcs8: Vec<u8>,
    /// X.509, DER.
    pub certificate: Vec<u8>,
    /// The authority's certificate, DER.
    pub issuer: Vec<u8>,
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(…)")
    }
}

/// The district's own root. Its key is secret and used only to certify seals.
#[derive(Clone)]
pub struct Authority {
    pub pkcs8: Vec<u8>,
    pub certificate: Vec<u8>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(…)")
    }
}

fn failed(e: impl std::fmt::Display) -> DocumentError {
    DocumentError::Certificate(e.to_string())
}

fn name(common: &str, organisation: &str) -> Result<Name, DocumentError> {
    // RFC 4514: these characters would end a value.
    let clean =
        |s: &str| s.chars().map(|c| if ",+\"\\<>;=#".contains(c) { ' ' } else { c }).collect::<String>();
    Name::from_str(&format!("CN={},O={},C=CN", clean(common), clean(organisation))).map_err(failed)
}

fn time(at: Instant) -> Result<Time, DocumentError> {
    let since = Duration::from_secs(u64::try_from(at.millis() / 1000).unwrap_or(0));
    // RFC 5280: UTCTime through 2049, GeneralizedTime after.
    if at.day().year() < 2050 {
        Ok(Time::UtcTime(UtcTime::from_unix_duration(since).map_err(failed)?))
    } else {
        Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(since).map_err(failed)?))
    }
}

fn serial(rng: &mut impl RngCore) -> Result<SerialNumber, DocumentError> {
    let mut bytes = [0u8; 16];
    rng.fill_bytes(&mut bytes);
    // Positive and not zero.
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 1;
    }
    SerialNumber::new(&bytes).map_err(failed)
}

fn build(
    profile: Profile,
    subject: Name,
    key: &SigningKey,
    signer: &SigningKey,
    from: Instant,
    years: i64,
    rng: &mut impl RngCore,
) -> Result<Vec<u8>, DocumentError> {
    let spki = SubjectPublicKeyInfoOwned::from_key(*key.verifying_key()).map_err(failed)?;
    let not_after = from.plus_seconds(years * 365 * 86_400);
    let validity = Validity { not_before: time(from)?, not_after: time(not_after)? };
    let builder =
        CertificateBuilder::new(profile, serial(rng)?, validity, subject, spki, signer).map_err(failed)?;
    let certificate = builder.build::<DerSignature>().map_err(failed)?;
    Ok(certificate.to_der()?)
}

impl Authority {
    /// A new root, valid for 20 years.
    ///
    /// # Errors
    /// If the name cannot stand in a certificate.
    pub fn create(
        district: &str,
        now: Instant,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, DocumentError> {
        let key = SigningKey::random(rng);
        let subject = name(&format!("{district}电子印章根证书"), district)?;
        let certificate = build(Profile::Root, subject, &key, &key, now, 20, rng)?;
        Ok(Self { pkcs8: key.to_pkcs8_der().map_err(failed)?.as_bytes().to_vec(), certificate })
    }

    /// A certificate for a body's seal, valid for 5 years.
    ///
    /// # Errors
    /// If the authority's key does not parse or the name cannot stand in a certificate.
    pub fn issue(
        &self,
        seal_name: &str,
        body: &str,
        now: Instant,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<SealKey, DocumentError> {
        let root_key = SigningKey::from_pkcs8_der(&self.pkcs8).map_err(failed)?;
        let root = Certificate::from_der(&self.certificate)?;
        let key = SigningKey::random(rng);
        let profile = Profile::Leaf {
            issuer: root.tbs_certificate.subject,
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let certificate = build(profile, name(seal_name, body)?, &key, &root_key, now, 5, rng)?;
        Ok(SealKey {
            pkcs8: key.to_pkcs8_der().map_err(failed)?.as_bytes().to_vec(),
            certificate,
            issuer: self.certificate.clone(),
        })
    }
}
