//! Statements and rows.

use linli_acts::PersonId;
use linli_base::Instant;
use linli_casework::offers::CaseId;
use linli_catalogue::offers::ItemId;
use linli_db::{Read, row, sql};
use linli_vault::{Place, Sealed, Vault};

use crate::domain::{Answers, ApplicationId, ApplicationState};
use crate::error::ApplicationError;

row! {
    /// An application.
    #[derive(Clone, Debug)]
    pub(crate) struct ApplicationRow {
        pub id: ApplicationId,
        pub person: PersonId,
        pub item: ItemId,
        pub item_key: String,
        pub version: i64,
        pub state: ApplicationState,
        pub case_id: Option<CaseId>,
        pub answers: Sealed,
        pub saved_at: Instant,
        pub rev: i64,
    }
}

impl ApplicationRow {
    /// What was answered.
    ///
    /// # Errors
    /// If it does not open.
    pub fn open(&self, vault: &Vault) -> Result<Answers, ApplicationError> {
        let bytes = vault.open_sealed(Place::new("applications.answers", self.id), &self.answers)?;
        serde_json::from_slice(&bytes).map_err(|_| ApplicationError::Stored)
    }
}

/// Seals what was answered.
pub(crate) fn seal(vault: &Vault, id: ApplicationId, answers: &Answers) -> Result<Sealed, ApplicationError> {
    let bytes = serde_json::to_vec(answers).map_err(|_| ApplicationError::Stored)?;
    Ok(vault.seal(Place::new("applications.answers", id), &bytes))
}

sql! {
    pub(crate) ADD: () = "INSERT INTO applications (id, person, item, item_key, version, state, answers, fields, prefilled, saved_at, rev)
        VALUES ($1, $2, $3, $4, $5, 'draft', $6, 0, 0, $7, 1)";
    pub(crate) DRAFT: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications
        WHERE person = $1 AND item = $2 AND state = 'draft'";
    pub(crate) DRAFTS: (String, Instant) = "SELECT item_key, saved_at FROM applications WHERE person = $1 AND state = 'draft' ORDER BY id DESC LIMIT 30";
    pub(crate) OF_CASE: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications WHERE case_id = $1";
    /// The newest filed applications: what was answered before is offered again.
    pub(crate) EARLIER: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications
        WHERE person = $1 AND state = 'filed' ORDER BY id DESC LIMIT 5";
    pub(crate) FILED_OF_ITEM: (CaseId,) = "SELECT case_id FROM applications WHERE person = $1 AND item_key = $2 AND state = 'filed' AND case_id IS NOT NULL ORDER BY id DESC LIMIT 5";
    pub(crate) ALL_OF: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications
        WHERE person = $1 AND id > $2 ORDER BY id LIMIT 100";
    pub(crate) SAVE: () = "UPDATE applications SET answers = $3, saved_at = $4, told_at = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) RENEW: () = "UPDATE applications SET version = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) FILE: () = "UPDATE applications SET state = 'filed', case_id = $3, answers = $4, fields = $5, prefilled = $6, saved_at = $7,
        materials = $8, waived = $9, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) DROP_DRAFTS: () = "DELETE FROM applications WHERE person = $1 AND state = 'draft'";
    pub(crate) FOLLOW_PERSON: () = "UPDATE applications SET person = $2 WHERE person = $1 AND (state = 'filed' OR NOT EXISTS (
        SELECT 1 FROM applications o WHERE o.person = $2 AND o.item = applications.item AND o.state = 'draft'))";
    pub(crate) SWEEP_DRAFTS: () = "DELETE FROM applications WHERE id IN (SELECT id FROM applications WHERE state = 'draft' AND saved_at < $1 LIMIT 1000)";
    pub(crate) CAME: () = "UPDATE applications SET visits = $2, visits_on = $3 WHERE id = $1 AND visits_on IS NULL";
    /// Drafts that lie untouched since some day, longest first, whose owners have not been told.
    pub(crate) UNTOLD: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications
        WHERE state = 'draft' AND told_at IS NULL AND saved_at < $1 ORDER BY saved_at, id LIMIT 100";
    pub(crate) TOLD: () = "UPDATE applications SET told_at = $2 WHERE id = $1 AND state = 'draft' AND told_at IS NULL";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM applications WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) SHARE: (i64, i64) = "SELECT CAST(COALESCE(sum(prefilled), 0) AS BIGINT) AS filled, CAST(COALESCE(sum(fields), 0) AS BIGINT) AS n FROM applications
        WHERE state = 'filed' AND saved_at <= $1";
    pub(crate) WAIVED: (i64, i64) = "SELECT CAST(COALESCE(sum(waived), 0) AS BIGINT) AS filled, CAST(COALESCE(sum(materials), 0) AS BIGINT) AS n FROM applications
        WHERE state = 'filed' AND saved_at <= $1";
    /// In the order of the key; `+ 0` keeps engines from sorting all that the other index would find.
    pub(crate) WAIVED_ROWS: (i64, String, i64, i64) = "SELECT id, item_key, waived, materials FROM applications WHERE state <> 'draft' AND saved_at + 0 <= $1 AND id > $2 ORDER BY id LIMIT 100";
    pub(crate) COUNTS: (i64, i64, i64, i64) = "SELECT fields, prefilled, materials, waived FROM applications WHERE id = $1";
    pub(crate) DRAFT_OF_KEY: ApplicationRow = "SELECT id, person, item, item_key, version, state, case_id, answers, saved_at, rev FROM applications
        WHERE person = $1 AND item_key = $2 AND state = 'draft' ORDER BY id DESC LIMIT 1";
    pub(crate) SHARE_ROWS: (i64, String, i64, i64) = "SELECT id, item_key, prefilled, fields FROM applications WHERE state <> 'draft' AND saved_at + 0 <= $1 AND id > $2 ORDER BY id LIMIT 100";
}

/// The application of a case.
///
/// # Errors
/// If there is none.
pub(crate) fn of_case(read: &mut Read<'_>, case: CaseId) -> Result<ApplicationRow, ApplicationError> {
    read.opt(&OF_CASE, (case,))?.ok_or(ApplicationError::Missing)
}

linli_acts::retention! {
    "applications", days: 180, "草稿半年不动即删除；已提交的随办件保存，内容可依本人请求删除。", "Drafts go after half a year; what was filed is kept with its case, its content can be erased at her wish.", sweep: SWEEP_DRAFTS;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "application", page: &STATES } }

linli_acts::act_words! {
    "applications.begun" = "开始填写申请", "Began an application";
    "applications.saved" = "保存了申请草稿", "Saved the draft of an application";
    "applications.attached" = "上传了申请材料", "Sent a file for an application";
    "applications.detached" = "撤下了申请材料", "Took a file of an application away";
    "applications.draft_announced" = "提醒草稿即将删除", "Told that a draft is about to go";
    "applications.original_checked" = "窗口核验了申请材料的原件", "Compared a material with its original";
    "applications.filed" = "提交了申请内容", "Filed an application";
    "applications.mended" = "修改了需要补正的内容", "Mended what was asked";
    "applications.erased" = "按本人请求删除了申请内容", "The application's content was erased at her wish";
}
