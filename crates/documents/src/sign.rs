//! PAdES-B-B by incremental update: signature dictionary, a field over the drawn seal, the CMS in its place.
//!
//! ETSI EN 319 142-1 (baseline B-B): SubFilter ETSI.CAdES.detached, signing-certificate-v2 as signed attribute, no signing-time
//! attribute (the time stands in /M).

use cms::builder::{SignedDataBuilder, SignerInfoBuilder};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::signed_data::{EncapsulatedContentInfo, SignerIdentifier};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode, Sequence, Tag};
use linli_base::Instant;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::DecodePrivateKey;
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

use crate::certificate::SealKey;
use crate::error::DocumentError;
use crate::pdf::{Pdf, Update, reference};

/// Room for the CMS, in hexadecimal digits. Two P-256 certificates and a later time stamp need less than half.
const ROOM: usize = 12_288;
const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ID_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ID_SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Makes a detached CMS over a SHA-256 digest. The seam for a licensed authority's device or service.
pub trait Signer: Send + Sync {
    /// The DER of a `ContentInfo` with `SignedData`.
    ///
    /// # Errors
    /// If the key cannot be used.
    fn cms(&self, digest: &[u8; 32]) -> Result<Vec<u8>, DocumentError>;
    /// Name of the field, unique in a file.
    fn name(&self) -> &str;
}

/// Signs with a key held by the program.
pub struct LocalSigner {
    key: SigningKey,
    certificate: Certificate,
    issuer: Certificate,
    name: String,
}

#[derive(Sequence)]
struct EssCertIdV2 {
    hash: OctetString,
}

#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

fn failed(e: impl std::fmt::Display) -> DocumentError {
    DocumentError::Signing(e.to_string())
}

impl LocalSigner {
    /// # Errors
    /// If key or certificates do not parse.
    pub fn new(seal: &SealKey, name: &str) -> Result<Self, DocumentError> {
        Ok(Self {
            key: SigningKey::from_pkcs8_der(&seal.pkcs8).map_err(failed)?,
            certificate: Certificate::from_der(&seal.certificate)?,
            issuer: Certificate::from_der(&seal.issuer)?,
            name: name.to_owned(),
        })
    }
}

impl Signer for LocalSigner {
    fn cms(&self, digest: &[u8; 32]) -> Result<Vec<u8>, DocumentError> {
        let sha256 = AlgorithmIdentifierOwned { oid: ID_SHA256, parameters: None };
        let content = EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None };
        let sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: self.certificate.tbs_certificate.issuer.clone(),
            serial_number: self.certificate.tbs_certificate.serial_number.clone(),
        });
        let mut info =
            SignerInfoBuilder::new(&self.key, sid, sha256.clone(), &content, Some(digest)).map_err(failed)?;
        let hash = OctetString::new(Sha256::digest(self.certificate.to_der()?).to_vec())?;
        let ess = SigningCertificateV2 { certs: vec![EssCertIdV2 { hash }] }.to_der()?;
        let mut values = SetOfVec::new();
        values.insert(Any::from_der(&ess)?)?;
        info.add_signed_attribute(Attribute { oid: ID_SIGNING_CERTIFICATE_V2, values }).map_err(failed)?;
        debug_assert_eq!(Any::from_der(&ess).map(|a| der::Tagged::tag(&a)).ok(), Some(Tag::Sequence));
        let signed = SignedDataBuilder::new(&content)
            .add_digest_algorithm(sha256)
            .and_then(|b| b.add_certificate(CertificateChoices::Certificate(self.certificate.clone())))
            .and_then(|b| b.add_certificate(CertificateChoices::Certificate(self.issuer.clone())))
            .and_then(|b| b.add_signer_info::<SigningKey, DerSignature>(info))
            .and_then(SignedDataBuilder::build)
            .map_err(failed)?;
        Ok(signed.to_der()?)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Text as PDF writes it beyond ASCII: UTF-16 with its mark, in hexadecimal.
fn pdf_text(text: &str) -> String {
    let units: String = text.encode_utf16().map(|u| format!("{u:04X}")).collect();
    format!("<FEFF{units}>")
}

fn put_into(dict: &str, entry: &str) -> Result<String, DocumentError> {
    let (head, tail) = dict.rsplit_once(">>").ok_or(DocumentError::Pdf("not a dictionary"))?;
    Ok(format!("{head}{entry}>>{tail}"))
}

/// The rectangle of the drawn seal on the last page of the official form, in points from the lower left: the sign block is
/// 78 × 44 mm, ends at the right margin (26 mm) and stands on the bottom margin (54 mm); the seal is its middle 40 mm.
const SEAL_BOX: [f32; 4] = [351.5, 158.7, 464.9, 272.1];

/// Signs a PDF; earlier signatures stay as they are. The time is told by `now`, which the signer vouches for.
///
/// # Errors
/// If the file is not of the form that we write, or the signer refuses.
pub fn sign(bytes: &[u8], signer: &dyn Signer, now: Instant) -> Result<Vec<u8>, DocumentError> {
    let pdf = Pdf::read(bytes)?;
    let page_number = pdf.last_page()?;
    let page = pdf.object(page_number)?;
    let catalog = pdf.object(pdf.root)?;
    let mut update = Update::new(&pdf);
    let (sig, field) = (update.number(), update.number());
    let (form, annots) = match (reference(&catalog, "/AcroForm"), reference(&page, "/Annots")) {
        (Some(form), Some(annots)) => (form, annots),
        (None, None) if !page.contains("/Annots") => {
            let (form, annots) = (update.number(), update.number());
            update.write(pdf.root, &put_into(&catalog, &format!("/AcroForm {form} 0 R"))?);
            update.write(page_number, &put_into(&page, &format!("/Annots {annots} 0 R"))?);
            (form, annots)
        }
        _ => return Err(DocumentError::Pdf("it has annotations of its own")),
    };
    let earlier = |n: u32| -> Result<String, DocumentError> {
        if n >= pdf.size {
            return Ok(String::new());
        }
        let text = pdf.object(n)?;
        let list =
            text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(list, _)| list.to_owned());
        Ok(list.unwrap_or_default())
    };
    let (fields, widgets) = (earlier(form)?, earlier(annots)?);
    update.write(form, &format!("<</SigFlags 3/Fields[{fields} {field} 0 R]>>"));
    update.write(annots, &format!("[{widgets} {field} 0 R]"));
    let appearance = update.number();
    let [x0, y0, x1, y1] = SEAL_BOX;
    let (width, height) = (x1 - x0, y1 - y0);
    // The seal is drawn on the page; the field over it is clear, so that a click on the seal shows the signature.
    update.write(
        appearance,
        &format!("<</Type/XObject/Subtype/Form/BBox[0 0 {width:.1} {height:.1}]/Resources<<>>/Length 0>>\nstream\n\nendstream"),
    );
    update.write(
        field,
        &format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/F 132/Rect[{x0} {y0} {x1} {y1}]/P {page_number} 0 R/T{}/TU{}/V {sig} 0 R/AP<</N {appearance} 0 R>>>>",
            pdf_text(signer.name()),
            pdf_text(signer.name()),
        ),
    );
    let stamp = {
        // D:YYYYMMDDHHMMSS+08'00' from 2026-11-24T16:05:09+08:00.
        let text = now.rfc3339();
        let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
        format!("D:{digits}+08'00'")
    };
    let head =
        format!("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M({stamp})/ByteRange[0 ");
    let blank = "0000000000 0000000000 0000000000]";
    let body = format!("{head}{blank}/Contents<{}>>>", "0".repeat(ROOM));
    let at = update.write(sig, &body);
    let mut out = update.finish();
    let ranges_at = at + head.len();
    let contents_at = ranges_at + blank.len() + "/Contents".len();
    let contents_end = contents_at + ROOM + 2;
    let ranges = format!("{contents_at:010} {contents_end:010} {:010}]", out.len() - contents_end);
    overwrite(&mut out, ranges_at, ranges.as_bytes())?;
    let mut hash = Sha256::new();
    hash.update(out.get(..contents_at).unwrap_or(&[]));
    hash.update(out.get(contents_end..).unwrap_or(&[]));
    let cms = signer.cms(&hash.finalize().into())?;
    let hex: String = cms.iter().map(|b| format!("{b:02x}")).collect();
    if hex.len() > ROOM {
        return Err(DocumentError::Signing("the signature is larger than its room".to_owned()));
    }
    overwrite(&mut out, contents_at + 1, hex.as_bytes())?;
    Ok(out)
}

fn overwrite(out: &mut [u8], at: usize, with: &[u8]) -> Result<(), DocumentError> {
    out.get_mut(at..at + with.len()).ok_or(DocumentError::Pdf("cut short"))?.copy_from_slice(with);
    Ok(())
}
