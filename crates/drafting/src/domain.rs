//! A draft and how it may go on.

linli_db::id! {
    /// A draft of an item.
    pub struct DraftId;
}
linli_db::id! {
    /// A step of a draft's history.
    pub struct StepId;
}

linli_db::codes! {
    /// How a draft stands.
    pub enum DraftState {
        Draft = "draft",
        Proposed = "proposed",
        /// It became a version; a later one may have followed.
        Live = "live",
        Dropped = "dropped",
    }
}

linli_db::codes! {
    /// What was done with a draft.
    pub enum What {
        Begun = "begun",
        Proposed = "proposed",
        TakenBack = "taken-back",
        SentBack = "sent-back",
        Approved = "approved",
        Dropped = "dropped",
    }
}

impl DraftState {
    /// Whether somebody still works on it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Proposed)
    }
}

/// Longest reason or note, characters.
pub const LONGEST_REASON: usize = 500;
