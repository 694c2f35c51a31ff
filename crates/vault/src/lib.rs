#![doc = include_str!("../README.md")]

mod field;
mod keys;
pub mod password;
pub mod token;
pub mod totp;

pub use field::{Lookup, Place, Sealed};
pub use keys::{Vault, VaultError};
