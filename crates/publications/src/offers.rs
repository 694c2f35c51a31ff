//! What neighbours may call: on the caller's transaction.

pub use crate::acts::{Placed, Wording, approve, begin, propose, revise, send_back, withdraw, write};
pub use crate::domain::{DocumentKind, Finding, ObjectionId, PublicationId, Topic};
pub use crate::error::PublicationError;
pub use crate::jobs::FOLLOW;
pub use crate::objections::{Visitor, answer, object};
pub use crate::subscriptions::{Wanted, subscribe};
