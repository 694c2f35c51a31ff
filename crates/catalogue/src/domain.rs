//! An item, and how it stands. What it says is a `Guide`, frozen with its version.

linli_db::id! {
    /// A service item.
    pub struct ItemId;
}

linli_db::codes! {
    /// How an item stands.
    pub enum ItemState {
        Draft = "draft",
        Live = "live",
        Retired = "retired",
    }
}
