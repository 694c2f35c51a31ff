//! What neighbours may call: all on the caller's transaction.

pub use crate::acts::consents::{
    Consent, ConsentId, ConsentPurpose, give, has, of, purpose, record, withdraw,
};
pub use crate::acts::erasure::{RoomPart, outlook};
pub use crate::acts::helping::HELP;
pub use crate::error::PrivacyError;
pub use crate::jobs::FOLLOW_PERSON;
