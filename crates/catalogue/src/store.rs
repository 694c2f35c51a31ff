//! Statements and rows.

use linli_base::Instant;
use linli_db::{Json, row, sql};
use linli_guide::Guide;

use crate::abolished::Abolished;
use crate::cards::Card;
use crate::domain::{ItemId, ItemState};
use crate::terms::Synonym;

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ItemRow {
        pub id: ItemId,
        pub key: String,
        pub state: ItemState,
        pub version: i64,
        pub document: Json<Guide>,
        pub rev: i64,
        pub own: i64,
        pub retired_why: Option<String>,
        pub retired_at: Option<Instant>,
    }
}

row! {
    /// How the items of one department stand.
    #[derive(Clone, Debug)]
    pub(crate) struct DepartmentRow {
        pub department: String,
        pub department_zh: String,
        pub department_en: String,
        pub items: i64,
        pub zero: i64,
        pub one: i64,
        pub more: i64,
        pub declared: i64,
        pub apart: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct NamedRow {
        pub item: ItemId,
        pub key: String,
        pub name_zh: String,
        pub name_en: String,
    }
}

sql! {
    pub(crate) BY_KEY: ItemRow = "SELECT i.id, i.key, i.state, i.version, v.document, i.rev, i.own, i.retired_why, i.retired_at FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.key = $1";
    pub(crate) HASH: (Vec<u8>,) = "SELECT hash FROM item_versions WHERE item = $1 AND version = $2";
    pub(crate) VERSION: (Json<Guide>,) = "SELECT document FROM item_versions WHERE item = $1 AND version = $2";
    pub(crate) HEAD: (ItemId, i64, Vec<u8>, i64) = "SELECT i.id, i.version, v.hash, i.own FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.key = $1";
    pub(crate) ADD: () = "INSERT INTO items (id, key, state, version, rev, own) VALUES ($1, $2, 'live', 1, 1, $3)";
    pub(crate) ADD_VERSION: () = "INSERT INTO item_versions (item, version, document, hash, made_at) VALUES ($1, $2, $3, $4, $5)";
    pub(crate) RAISE: () = "UPDATE items SET version = $3, rev = rev + 1 WHERE id = $1 AND version = $2";
    pub(crate) CHANGE: () = "UPDATE items SET version = $3, own = 1, rev = rev + 1 WHERE id = $1 AND version = $2 AND state = 'live'";
    pub(crate) RETIRE: () = "UPDATE items SET state = 'retired', own = 1, retired_why = $3, retired_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'live'";
    pub(crate) REINSTATE: () = "UPDATE items SET state = 'live', retired_why = NULL, retired_at = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'retired'";
    pub(crate) RETIRED: ItemRow = "SELECT i.id, i.key, i.state, i.version, v.document, i.rev, i.own, i.retired_why, i.retired_at FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.state = 'retired' AND i.id > $1 ORDER BY i.id LIMIT $2";
    pub(crate) LIVE_PAGE: (ItemId, String, i64, Json<Guide>) = "SELECT i.id, i.key, i.version, v.document FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.state = 'live' AND i.id > $1 ORDER BY i.id LIMIT $2";
    pub(crate) ABOLISHED: Abolished = "SELECT id, words, instead_zh, instead_en, source, since, recalled, state, rev FROM abolished_proofs WHERE state = 'live' ORDER BY id LIMIT 1000";
    pub(crate) ABOLISHED_BY_WORDS: Abolished = "SELECT id, words, instead_zh, instead_en, source, since, recalled, state, rev FROM abolished_proofs WHERE words = $1";
    pub(crate) ADD_ABOLISHED: () = "INSERT INTO abolished_proofs (id, words, instead_zh, instead_en, source, since, recalled, state, rev) VALUES ($1, $2, $3, $4, $5, $6, $7, 'live', 1)";
    pub(crate) CHANGE_ABOLISHED: () = "UPDATE abolished_proofs SET words = $3, instead_zh = $4, instead_en = $5, source = $6, since = $7, recalled = $8, state = $9, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) REMOVE_ABOLISHED: () = "UPDATE abolished_proofs SET state = 'removed', rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'live'";
    pub(crate) SYNONYMS: Synonym = "SELECT id, said, meant, state, rev FROM search_synonyms WHERE state = 'live' ORDER BY id LIMIT 5000";
    pub(crate) SYNONYM_BY_SAID: Synonym = "SELECT id, said, meant, state, rev FROM search_synonyms WHERE said = $1";
    pub(crate) ADD_SYNONYM: () = "INSERT INTO search_synonyms (id, said, meant, state, rev) VALUES ($1, $2, $3, 'live', 1)";
    pub(crate) CHANGE_SYNONYM: () = "UPDATE search_synonyms SET meant = $3, state = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) REMOVE_SYNONYM: () = "UPDATE search_synonyms SET state = 'removed', rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'live'";
    PROOF_STATES: (i64, Option<String>) = "SELECT id, state FROM abolished_proofs WHERE id > $1 ORDER BY id LIMIT $2";
    SYNONYM_STATES: (i64, Option<String>) = "SELECT id, state FROM search_synonyms WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) VERSIONS: (i64, Instant) = "SELECT version, made_at FROM item_versions WHERE item = $1 ORDER BY version DESC LIMIT 200";
    pub(crate) WITH_HASH: (i64,) = "SELECT version FROM item_versions WHERE item = $1 AND hash = $2 LIMIT 1";
    pub(crate) NEWER: (Json<Guide>, Vec<u8>, Instant, i64) = "SELECT document, hash, came_at, seen FROM item_newer WHERE item = $1";
    pub(crate) NEWER_CAME: () = "INSERT INTO item_newer (item, document, hash, came_at, seen) VALUES ($1, $2, $3, $4, 0)
        ON CONFLICT (item) DO UPDATE SET document = excluded.document, hash = excluded.hash, came_at = excluded.came_at, seen = 0";
    pub(crate) NEWER_SEEN: () = "UPDATE item_newer SET seen = 1 WHERE item = $1 AND seen = 0";
    pub(crate) NEWER_OPEN: (ItemId, String) = "SELECT n.item, i.key FROM item_newer n JOIN items i ON i.id = n.item WHERE n.seen = 0 ORDER BY n.item LIMIT 500";
    pub(crate) CARDS: Card = "SELECT item, key, name_zh, name_en, summary_zh, summary_en, words, department, department_zh, department_en,
        level, persons, events, days, best, worst, declared, unchecked FROM item_cards WHERE item > $1 ORDER BY item LIMIT 500";
    pub(crate) DROP_CARD: () = "DELETE FROM item_cards WHERE item = $1";
    pub(crate) ADD_CARD: () = "INSERT INTO item_cards (item, key, name_zh, name_en, summary_zh, summary_en, words, department, department_zh,
        department_en, level, persons, events, days, best, worst, declared, unchecked)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    pub(crate) STAMP: (i64,) = "SELECT stamp FROM catalogue_marks WHERE name = 'catalogue'";
    pub(crate) RAISE_STAMP: () = "INSERT INTO catalogue_marks (name, stamp) VALUES ('catalogue', 1)
        ON CONFLICT (name) DO UPDATE SET stamp = catalogue_marks.stamp + 1";
    pub(crate) DIGEST: (Option<Vec<u8>>,) = "SELECT digest FROM catalogue_marks WHERE name = $1";
    pub(crate) SET_DIGEST: () = "INSERT INTO catalogue_marks (name, digest, stamp) VALUES ($1, $2, 1)
        ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, stamp = catalogue_marks.stamp + 1";
    pub(crate) COUNT_LIVE: (i64,) = "SELECT count(*) FROM item_cards";
    pub(crate) NAMES: NamedRow = "SELECT item, key, name_zh, name_en FROM item_cards WHERE item > $1 ORDER BY item LIMIT 100";
    pub(crate) CHECKED_NAMES: NamedRow = "SELECT item, key, name_zh, name_en FROM item_cards
        WHERE unchecked = 0 AND persons <> 'enterprises' ORDER BY item LIMIT 500";
    pub(crate) COUNT_OF: (i64,) = "SELECT count(*) FROM item_cards WHERE department = $1 AND worst >= $2 AND worst <= $3";
    pub(crate) NAMES_OF: NamedRow = "SELECT item, key, name_zh, name_en FROM item_cards
        WHERE department = $1 AND worst >= $2 AND worst <= $3 AND item > $4 ORDER BY item LIMIT 100";
    pub(crate) DEPARTMENTS: DepartmentRow = "SELECT department, department_zh, department_en, count(*) AS items,
        count(*) FILTER (WHERE worst = 0) AS zero, count(*) FILTER (WHERE worst = 1) AS one, count(*) FILTER (WHERE worst > 1) AS more,
        count(declared) AS declared, count(*) FILTER (WHERE declared <> worst) AS apart
        FROM item_cards GROUP BY department, department_zh, department_en ORDER BY department";
    pub(crate) APART: Card = "SELECT item, key, name_zh, name_en, summary_zh, summary_en, words, department, department_zh, department_en,
        level, persons, events, days, best, worst, declared, unchecked FROM item_cards WHERE declared <> worst AND item > $1 ORDER BY item LIMIT 100";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM items WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_db::kept! {
    pub(crate) LIVE of ["items", "item_versions"]: (ItemId, i64, Vec<u8>) = "SELECT i.id, i.version, v.hash FROM items i
        JOIN item_versions v ON v.item = i.id AND v.version = i.version WHERE i.key = $1 AND i.state = 'live'";
}

linli_acts::retention! {
    "items", keep, "事项目录是公开信息，长期保存。", "The catalogue is public and is kept.";
    "item_cards", keep, "事项目录的摘要，随事项更新。", "Short form of the catalogue, kept with it.";
    "catalogue_marks", keep, "目录更新的标记，不含个人信息。", "Marks of changes; nothing personal.";
    "item_newer", keep, "随程序带来的新文本，与事项一起保存。", "A text that the program brought, kept with the item.";
    "abolished_proofs", keep, "取消的证明清单是公开信息，长期保存。", "The list of abolished proofs is public and is kept.";
    "search_synonyms", keep, "检索用的说法，不含个人信息。", "Words for finding; nothing personal.";
    "item_versions", keep, "办件按受理时的版本办理，各版本长期保存。", "A case keeps the version it began with, so versions are kept.";
}

linli_acts::act_words! {
    "catalogue.delivered" = "事项随程序更新", "The item came with the program";
    "catalogue.newer_came" = "程序带来了事项的新文本", "The program brought another text of the item";
    "catalogue.newer_looked_at" = "看过了程序带来的新文本", "Looked at the text that the program brought";
    "catalogue.proof_abolished" = "列入取消的证明", "Put a proof on the list of those abolished";
    "catalogue.proof_allowed" = "移出取消的证明", "Took a proof off the list of those abolished";
    "catalogue.synonym_added" = "加了一个检索说法", "Added a word for finding";
    "catalogue.synonym_removed" = "删了一个检索说法", "Took a word for finding away";
    "catalogue.changed" = "事项有了新版本", "The item has a new version";
    "catalogue.retired" = "事项停办", "The item was retired";
    "catalogue.reinstated" = "事项恢复办理", "The item was brought back";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "item", page: &STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "abolished_proof", page: &PROOF_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "search_synonym", page: &SYNONYM_STATES } }
