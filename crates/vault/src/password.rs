//! Passwords of staff: Argon2id. Slow on purpose (about 30 ms): never call it on an async thread or inside an act.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use linli_base::Chance;

use crate::keys::VaultError;

fn argon() -> Argon2<'static> {
    // OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. These are the crate's defaults, which are valid.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// The shortest password taken (NIST SP 800-63B asks 8; with a second factor 10 is kind and safe).
pub const SHORTEST: usize = 10;
/// The longest, so that nobody can keep the hasher busy.
pub const LONGEST: usize = 200;

/// Hashes a password into the PHC string form.
///
/// # Errors
/// If the hasher fails, which no input causes.
pub fn hash(chance: &Chance, password: &str) -> Result<String, VaultError> {
    let salt = SaltString::encode_b64(&chance.bytes::<16>()).map_err(|_| VaultError::Password)?;
    argon().hash_password(password.as_bytes(), &salt).map(|h| h.to_string()).map_err(|_| VaultError::Password)
}

/// Whether the password fits. With no hash at all it takes as long and says no, so that time does not tell whether an account
/// exists.
#[must_use]
pub fn verify(stored: Option<&str>, password: &str) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$Wwd0cZpbjbDkQ3dm2b9bWQKdI0D0kq2tW5uD0Wl3o0E";
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else { return false };
    argon().verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_alone() {
        let chance = Chance::seeded(2);
        let a = hash(&chance, "木棉花开在三月").unwrap();
        assert!(verify(Some(&a), "木棉花开在三月"));
        assert!(!verify(Some(&a), "木棉花开在四月"));
        assert!(!verify(None, "木棉花开在三月"));
        assert_ne!(a, hash(&chance, "木棉花开在三月").unwrap());
        assert!(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$Wwd0cZpbjbDkQ3dm2b9bWQKdI0D0kq2tW5uD0Wl3o0E").is_ok());
    }
}
