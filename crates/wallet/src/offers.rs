//! What neighbours may call.

use linli_acts::PersonId;
use linli_db::Read;

pub use crate::acts::{authorise, make_seal};
pub use crate::domain::{ProofId, ProofKind, ProofState, SealId};
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
    Ok(read.opt(&crate::store::STANDING, (kind,))?.is_some_and(|a| a.until >= today))
}
