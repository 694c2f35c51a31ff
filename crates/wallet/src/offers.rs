//! What neighbours may call.

use linli_acts::{Act, BodyId, PersonId, Subject};
use linli_base::Day;
use linli_db::Read;

pub use crate::acts::{authorise, make_seal};
pub use crate::domain::{AuthorisationId, ProofId, ProofKind, ProofState, SealId, SealUse};
pub use crate::error::WalletError;
pub use crate::register::{
    Call, InsuranceLine, InsuranceRecord, InsuranceRegister, InsuranceRegisterService, RegisterDown,
};

/// Kind, state and id of somebody's newest proofs, at most 30: for "my matters".
///
/// # Errors
/// If the database fails.
pub fn of_person(
    read: &mut Read<'_>,
    person: PersonId,
) -> Result<Vec<(ProofId, ProofKind, ProofState)>, WalletError> {
    let rows = crate::acts::of_person(read, person, ProofId::from_raw(i64::MAX))?;
    Ok(rows.into_iter().map(|r| (r.id, r.kind, r.state)).collect())
}

/// Whether proofs of a kind can be had just now.
///
/// # Errors
/// If the database fails.
pub fn is_open(read: &mut Read<'_>, kind: ProofKind) -> Result<bool, WalletError> {
    let today = read.now().day();
    Ok(read.opt(&crate::store::STANDING, (SealUse::from(kind),))?.is_some_and(|a| a.until >= today))
}

/// A seal that a body's certificates may bear just now.
#[derive(Clone, Debug)]
pub struct SealOf {
    pub authorisation: AuthorisationId,
    /// Name of the body, as the seal bears it.
    pub body: String,
    /// The line inside the ring.
    pub kind: String,
}

/// The seal that the certificates of a body bear on a day; `None`: it has none, or no official allows it.
///
/// # Errors
/// If the database fails.
pub fn certificate_seal(read: &mut Read<'_>, body: BodyId, day: Day) -> Result<Option<SealOf>, WalletError> {
    let Some(standing) = read.opt(&crate::store::STANDING_OF_BODY, (SealUse::Certificate, body, day))? else {
        return Ok(None);
    };
    let seal = read.opt(&crate::store::SEAL, (standing.seal,))?.ok_or(WalletError::Missing)?;
    Ok(Some(SealOf { authorisation: standing.id, body: seal.body_name, kind: seal.kind }))
}

/// Seals the paper of a certificate; which one is logged with the seal.
///
/// # Errors
/// If the authorisation was withdrawn or ran out meanwhile, or the seal is not active.
pub fn seal_certificate(
    act: &mut Act<'_, '_>,
    by: &SealOf,
    pdf: &[u8],
    certificate: Subject,
) -> Result<Vec<u8>, WalletError> {
    crate::acts::use_seal(
        act,
        by.authorisation,
        pdf,
        &serde_json::json!({ certificate.kind: certificate.id }),
    )
}
