//! What neighbours may call.

pub use crate::pages::form::preview;
