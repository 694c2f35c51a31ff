//! Statements and rows.

use linli_acts::StaffId;
use linli_base::Instant;
use linli_db::{Json, row, sql};
use linli_guide::Guide;

use crate::domain::{DraftId, DraftState, What};

row! {
    #[derive(Clone, Debug)]
    pub struct DraftRow {
        pub id: DraftId,
        pub key: String,
        pub base: i64,
        pub state: DraftState,
        pub document: Json<Guide>,
        pub note: String,
        pub sent_back: String,
        pub begun_by: StaffId,
        pub changed_at: Instant,
        pub proposed_by: Option<StaffId>,
        pub version: Option<i64>,
        pub rev: i64,
    }
}

row! {
    /// A draft in a list, without its document.
    #[derive(Clone, Debug)]
    pub struct ListedRow {
        pub id: DraftId,
        pub key: String,
        pub state: DraftState,
        pub name_zh: String,
        pub name_en: String,
        pub department: String,
        pub sent_back: String,
        pub begun_by: StaffId,
        pub changed_at: Instant,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub struct StepRow {
        pub draft: DraftId,
        pub what: What,
        pub by_staff: StaffId,
        pub at: Instant,
        pub words: String,
        pub version: Option<i64>,
    }
}

sql! {
    pub(crate) OPEN: DraftRow = "SELECT id, key, base, state, document, note, sent_back, begun_by, changed_at, proposed_by, version, rev
        FROM item_drafts WHERE key = $1 AND state IN ('draft', 'proposed')";
    pub(crate) BY_ID: DraftRow = "SELECT id, key, base, state, document, note, sent_back, begun_by, changed_at, proposed_by, version, rev
        FROM item_drafts WHERE id = $1";
    pub(crate) LISTED: ListedRow = "SELECT id, key, state, name_zh, name_en, department, sent_back, begun_by, changed_at
        FROM item_drafts WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT 500";
    pub(crate) ADD: () = "INSERT INTO item_drafts (id, key, base, state, document, name_zh, name_en, department, note, sent_back, begun_by, changed_at, rev)
        VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, '', '', $8, $9, 1)";
    pub(crate) WRITE: () = "UPDATE item_drafts SET document = $3, name_zh = $4, name_en = $5, department = $6, changed_at = $7, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) REBASE: () = "UPDATE item_drafts SET base = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) PROPOSE: () = "UPDATE item_drafts SET state = 'proposed', proposed_by = $3, note = $4, sent_back = '', changed_at = $5, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) BACK: () = "UPDATE item_drafts SET state = 'draft', sent_back = $3, changed_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'proposed'";
    pub(crate) GO_LIVE: () = "UPDATE item_drafts SET state = 'live', version = $3, changed_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'proposed'";
    pub(crate) DROP: () = "UPDATE item_drafts SET state = 'dropped', changed_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) WROTE: () = "INSERT INTO item_draft_writers (draft, staff) VALUES ($1, $2) ON CONFLICT (draft, staff) DO NOTHING";
    pub(crate) HAS_WRITTEN: (i64,) = "SELECT count(*) FROM item_draft_writers WHERE draft = $1 AND staff = $2";
    pub(crate) STEP: () = "INSERT INTO item_draft_steps (id, draft, what, by_staff, at, words) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) STEPS: StepRow = "SELECT s.draft, s.what, s.by_staff, s.at, s.words, d.version FROM item_draft_steps s JOIN item_drafts d ON d.id = s.draft
        WHERE d.key = $1 ORDER BY s.id DESC LIMIT 200";
    STATES: (i64, Option<String>) = "SELECT id, state FROM item_drafts WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::retention! {
    "item_drafts", keep, "事项的每个版本由谁起草、谁批准，长期保存。", "Who wrote and who approved each version of an item is kept.";
    "item_draft_writers", keep, "起草人不能审批自己写的，与草稿一起保存。", "Whoever wrote does not approve; kept with the draft.";
    "item_draft_steps", keep, "起草、退回、批准的经过，与草稿一起保存。", "What was done with a draft, kept with it.";
}

linli_acts::act_words! {
    "drafting.begun" = "起草了一个事项", "Began a draft of an item";
    "drafting.imported" = "从文件导入了事项草稿", "Took a draft of an item from a file";
    "drafting.written" = "修改了事项草稿", "Changed a draft of an item";
    "drafting.proposed" = "提交事项审批", "Proposed an item";
    "drafting.taken_back" = "收回了事项审批", "Took a proposed item back";
    "drafting.sent_back" = "退回了事项草稿", "Sent an item back";
    "drafting.approved" = "批准了事项", "Approved an item";
    "drafting.dropped" = "放弃了事项草稿", "Dropped a draft of an item";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "item_draft", page: &STATES } }
