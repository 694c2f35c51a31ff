//! What neighbours may call: all on the caller's transaction, but for the page on which a code is typed.

pub use crate::acts::codes::{Asked, CodeId, CodePurpose, Tried, ask, try_code};
pub use crate::error::AccountError;
pub use crate::jobs::FOLLOW_PERSON;
pub use crate::seams::{
    Call, ChannelDown, CodeChannel, CodeChannelService, IdentityCheck, IdentityCheckService, NoCheck,
    ShownCodes, SimulatedCheck, Verdict,
};

/// The page on which a code is typed.
pub mod code {
    pub use crate::pages::code::{code_cookie, code_page, code_token, wait, wrong_code};
}

/// Acting for family and friends.
pub mod delegation {
    pub use crate::acts::delegations::{
        Delegation, DelegationId, accept, begin, both_sides, delegate, end, stands_for, stop,
    };
}
