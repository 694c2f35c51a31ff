#![doc = include_str!("../README.md")]

mod certificate;
mod error;
mod paper;
mod pdf;
mod sign;
mod verify;

pub use certificate::{Authority, SealKey};
pub use error::DocumentError;
pub use paper::{OfficialPaper, PaperTable, Typesetter, qr_svg};
pub use sign::{LocalSigner, Signer, sign};
pub use verify::{Signature, Verdict, Verification, verify};
