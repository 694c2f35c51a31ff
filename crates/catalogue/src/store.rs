//! Statements and rows.

use linli_db::{Json, row, sql};

use crate::domain::{Guide, ItemId, ItemState};

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ItemRow {
        pub id: ItemId,
        pub key: String,
        pub state: ItemState,
        pub version: i64,
        pub document: Json<Guide>,
        pub rev: i64,
    }
}

sql! {
    pub(crate) BY_KEY: ItemRow = "SELECT i.id, i.key, i.state, i.version, v.document, i.rev FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.key = $1";
    pub(crate) SHOWN: (ItemId, i64) = "SELECT id, version FROM items WHERE key = $1 AND state = 'live'";
    pub(crate) LIVE: ItemRow = "SELECT i.id, i.key, i.state, i.version, v.document, i.rev FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.state = 'live' AND i.id > $1 ORDER BY i.id LIMIT $2";
    pub(crate) VERSION: (Json<Guide>,) = "SELECT document FROM item_versions WHERE item = $1 AND version = $2";
    pub(crate) HEAD: (ItemId, i64, Vec<u8>) = "SELECT i.id, i.version, v.hash FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.key = $1";
    pub(crate) ADD: () = "INSERT INTO items (id, key, state, version, rev) VALUES ($1, $2, 'live', 1, 1)";
    pub(crate) ADD_VERSION: () = "INSERT INTO item_versions (item, version, document, hash, made_at) VALUES ($1, $2, $3, $4, $5)";
    pub(crate) RAISE: () = "UPDATE items SET version = $3, rev = rev + 1 WHERE id = $1 AND version = $2";
    pub(crate) COUNT_LIVE: (i64,) = "SELECT count(*) FROM items WHERE state = 'live'";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM items WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::retention! {
    "items", keep, "事项目录是公开信息，长期保存。", "The catalogue is public and is kept.";
    "item_versions", keep, "办件按受理时的版本办理，各版本长期保存。", "A case keeps the version it began with, so versions are kept.";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "item", page: &STATES } }
