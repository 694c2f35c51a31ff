//! Our own verifier. Stricter than common readers: the last signature must cover the whole file, so nothing appended passes.

use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Decode, Encode};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;

use crate::error::DocumentError;

const ID_MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// How one signature stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Unchanged, and the certificate is of a root that was given.
    Valid,
    /// Unchanged, but by a certificate of no given root.
    Untrusted,
    /// The bytes are not those that were signed.
    Changed,
    /// The signature itself is none.
    Broken,
}

/// A signature of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub verdict: Verdict,
    /// Common name of the certificate.
    pub signer: String,
    /// How many bytes from the start it covers.
    pub covers: usize,
    /// SHA-256 of the certificate.
    pub certificate: [u8; 32],
}

/// What was found in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// In the order in which they were made.
    pub signatures: Vec<Signature>,
    /// Whether the last one covers the file to its end.
    pub whole: bool,
}

impl Verification {
    /// All signatures valid and nothing after the last.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.whole
            && !self.signatures.is_empty()
            && self.signatures.iter().all(|s| s.verdict == Verdict::Valid)
    }
}

/// Verifies every signature of a PDF against roots in DER.
///
/// # Errors
/// If the file is no PDF or has more signatures than a paper of ours can.
pub fn verify(bytes: &[u8], roots: &[Vec<u8>]) -> Result<Verification, DocumentError> {
    if !bytes.starts_with(b"%PDF-") {
        return Err(DocumentError::Pdf("not a PDF"));
    }
    let mut signatures = Vec::new();
    let mut from = 0;
    while let Some(at) = position(bytes, b"/ByteRange", from) {
        from = at + 10;
        if signatures.len() >= 16 {
            return Err(DocumentError::Pdf("more than 16 signatures"));
        }
        signatures.push(one(bytes, at, roots));
    }
    signatures.sort_by_key(|s| s.covers);
    let whole = signatures.last().is_some_and(|s| s.covers == bytes.len());
    Ok(Verification { signatures, whole })
}

fn position(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(needle.len()).position(|w| w == needle).map(|p| p + from)
}

fn one(bytes: &[u8], at: usize, roots: &[Vec<u8>]) -> Signature {
    let broken =
        Signature { verdict: Verdict::Broken, signer: String::new(), covers: 0, certificate: [0; 32] };
    let Some((ranges, digest)) = covered(bytes, at) else { return broken };
    let covers = ranges.3;
    let broken = Signature { covers, ..broken };
    let Some(cms) = contents(bytes, ranges.1, ranges.2) else { return broken };
    let Ok((signer, verdict)) = check(&cms, &digest, roots) else { return broken };
    let name = signer
        .tbs_certificate
        .subject
        .0
        .iter()
        .flat_map(|rdn| rdn.0.iter())
        .find(|a| a.oid == const_oid::db::rfc4519::CN)
        .and_then(|a| std::str::from_utf8(a.value.value()).ok())
        .unwrap_or_default()
        .to_owned();
    let certificate = signer.to_der().map(|d| Sha256::digest(d).into()).unwrap_or([0; 32]);
    Signature { verdict, signer: name, covers, certificate }
}

/// Start, gap, gap's end, end.
type Ranges = (usize, usize, usize, usize);

/// The ranges and the digest of what they cover. The gap must be exactly the value of /Contents.
fn covered(bytes: &[u8], at: usize) -> Option<(Ranges, [u8; 32])> {
    let open = position(bytes, b"[", at)?;
    let close = position(bytes, b"]", open)?;
    if open > at + 12 || close > open + 60 {
        return None;
    }
    let text = std::str::from_utf8(bytes.get(open + 1..close)?).ok()?;
    let numbers: Vec<usize> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [start, first, second, rest] = *numbers.as_slice() else { return None };
    let end = second.checked_add(rest)?;
    let tight = start == 0
        && first > close
        && second > first
        && end <= bytes.len()
        && bytes.get(close + 1..first) == Some(b"/Contents")
        && bytes.get(first) == Some(&b'<')
        && bytes.get(second - 1) == Some(&b'>');
    if !tight {
        return None;
    }
    let mut hash = Sha256::new();
    hash.update(bytes.get(..first)?);
    hash.update(bytes.get(second..end)?);
    Some(((start, first, second, end), hash.finalize().into()))
}

/// The bytes between the brackets. What follows the CMS must be zeros: room left, nothing hidden.
fn contents(bytes: &[u8], first: usize, second: usize) -> Option<Vec<u8>> {
    let hex = bytes.get(first + 1..second - 1)?;
    let raw: Vec<u8> = hex
        .chunks(2)
        .map(|p| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok())
        .collect::<Option<_>>()?;
    // A DER sequence tells its own length in two bytes here.
    let length = match raw.as_slice() {
        [0x30, 0x82, a, b, ..] => usize::from(*a) * 256 + usize::from(*b) + 4,
        [0x30, 0x81, a, ..] => usize::from(*a) + 3,
        _ => return None,
    };
    let (cms, rest) = raw.split_at_checked(length)?;
    rest.iter().all(|b| *b == 0).then(|| cms.to_vec())
}

fn check(cms: &[u8], digest: &[u8; 32], roots: &[Vec<u8>]) -> Result<(Certificate, Verdict), DocumentError> {
    let broken = || DocumentError::Pdf("the signature does not parse");
    let info = ContentInfo::from_der(cms)?;
    if info.content_type != ID_SIGNED_DATA {
        return Err(broken());
    }
    let signed: SignedData = info.content.decode_as()?;
    let [signer]: [&SignerInfo; 1] =
        signed.signer_infos.0.iter().collect::<Vec<_>>().try_into().map_err(|_| broken())?;
    let certificates: Vec<Certificate> = signed
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(|c| match c {
            cms::cert::CertificateChoices::Certificate(c) => Some(c.clone()),
            cms::cert::CertificateChoices::Other(_) => None,
        })
        .collect();
    let cms::signed_data::SignerIdentifier::IssuerAndSerialNumber(id) = &signer.sid else {
        return Err(broken());
    };
    let leaf = certificates
        .iter()
        .find(|c| {
            c.tbs_certificate.serial_number == id.serial_number && c.tbs_certificate.issuer == id.issuer
        })
        .ok_or_else(broken)?
        .clone();
    let attributes = signer.signed_attrs.as_ref().ok_or_else(broken)?;
    let stated = attributes
        .iter()
        .find(|a| a.oid == ID_MESSAGE_DIGEST)
        .and_then(|a| a.values.iter().next())
        .and_then(|v| v.decode_as::<OctetString>().ok())
        .ok_or_else(broken)?;
    let key = key_of(&leaf)?;
    let signature = DerSignature::from_bytes(signer.signature.as_bytes()).map_err(|_| broken())?;
    if key.verify(&attributes.to_der()?, &signature).is_err() {
        return Err(broken());
    }
    if stated.as_bytes() != digest {
        return Ok((leaf, Verdict::Changed));
    }
    let trusted = roots.iter().filter_map(|r| Certificate::from_der(r).ok()).any(|root| {
        let issued = leaf.tbs_certificate.issuer == root.tbs_certificate.subject;
        let signature = DerSignature::from_bytes(leaf.signature.raw_bytes());
        issued
            && match (key_of(&root), leaf.tbs_certificate.to_der(), signature) {
                (Ok(key), Ok(tbs), Ok(signature)) => key.verify(&tbs, &signature).is_ok(),
                _ => false,
            }
    });
    Ok((leaf, if trusted { Verdict::Valid } else { Verdict::Untrusted }))
}

fn key_of(certificate: &Certificate) -> Result<VerifyingKey, DocumentError> {
    let bits = certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
    VerifyingKey::from_sec1_bytes(bits).map_err(|_| DocumentError::Pdf("not a P-256 key"))
}
