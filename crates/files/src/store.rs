//! Statements and rows.

use linli_acts::PersonId;
use linli_base::Instant;
use linli_db::{row, sql};
use linli_vault::{Place, Sealed, Vault};

use crate::domain::{About, FileId, FileKind, FileState, Scan};
use crate::error::FileError;

row! {
    /// A file.
    #[derive(Clone, Debug)]
    pub struct FileRow {
        pub id: FileId,
        pub person: PersonId,
        pub state: FileState,
        pub kind: Option<FileKind>,
        pub scan: Scan,
        pub size: i64,
        pub blocks: i64,
        pub about: Option<Sealed>,
        pub added_at: Instant,
        pub document: Option<String>,
        pub checked_at: Option<Instant>,
        pub rev: i64,
    }
}

impl FileRow {
    /// Name, digest, marks.
    ///
    /// # Errors
    /// If it is still coming in or does not open.
    pub fn open(&self, vault: &Vault) -> Result<About, FileError> {
        let sealed = self.about.as_ref().ok_or(FileError::Missing)?;
        let bytes = vault.open_sealed(Place::new("files.about", self.id), sealed)?;
        serde_json::from_slice(&bytes).map_err(|_| FileError::Stored)
    }
}

pub(crate) fn block_place(id: FileId, no: i64) -> Place {
    Place::new("file_blocks.data", id).part(no)
}

sql! {
    pub(crate) ADD: () = "INSERT INTO files (id, person, state, scan, size, blocks, added_at, rev) VALUES ($1, $2, 'incoming', 'waiting', 0, 0, $3, 1)";
    pub(crate) FILE: FileRow = "SELECT id, person, state, kind, scan, size, blocks, about, added_at, document, checked_at, rev FROM files WHERE id = $1";
    pub(crate) STORED: () = "UPDATE files SET state = 'stored', kind = $3, scan = $4, size = $5, blocks = $6, about = $7, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND state = 'incoming'";
    pub(crate) SCANNED: () = "UPDATE files SET scan = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) CHECKED: () = "UPDATE files SET document = $3, checked_at = $4, checked_by = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) DROP: () = "DELETE FROM files WHERE id = $1";
    pub(crate) OF_PERSON: FileRow = "SELECT id, person, state, kind, scan, size, blocks, about, added_at, document, checked_at, rev FROM files
        WHERE person = $1 AND id < $2 AND state = 'stored' ORDER BY id DESC LIMIT $3";
    /// Files and bytes of a person since a moment; what is still coming in counts as a file.
    pub(crate) TODAY: (i64, i64) = "SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM files WHERE person = $1 AND added_at >= $2";
    pub(crate) REUSABLE: FileRow = "SELECT id, person, state, kind, scan, size, blocks, about, added_at, document, checked_at, rev FROM files
        WHERE person = $1 AND document = $2 AND checked_at >= $3 AND state = 'stored' AND scan <> 'infected' ORDER BY checked_at DESC LIMIT 1";
    pub(crate) DOCUMENTS: (String, Instant) = "SELECT document, max(checked_at) FROM files WHERE person = $1 AND document IS NOT NULL AND state = 'stored' AND scan <> 'infected'
        GROUP BY document ORDER BY document LIMIT 100";

    pub(crate) ADD_BLOCK: () = "INSERT INTO file_blocks (file, no, data) VALUES ($1, $2, $3)";
    pub(crate) BLOCK: (Sealed,) = "SELECT data FROM file_blocks WHERE file = $1 AND no = $2";

    pub(crate) USE: () = "INSERT INTO file_uses (file, owner_kind, owner, purpose, until) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (file, owner_kind, owner, purpose) DO UPDATE SET until = excluded.until";
    pub(crate) UNUSE: () = "DELETE FROM file_uses WHERE file = $1 AND owner_kind = $2 AND owner = $3 AND purpose = $4";
    pub(crate) UNTIL: () = "UPDATE file_uses SET until = $3 WHERE owner_kind = $1 AND owner = $2";
    pub(crate) USES: (i64,) = "SELECT count(*) FROM file_uses WHERE file = $1";
    pub(crate) OF_OWNER: (FileId, String) = "SELECT file, purpose FROM file_uses WHERE owner_kind = $1 AND owner = $2 ORDER BY purpose, file LIMIT 200";
    pub(crate) IS_USED: (i64,) = "SELECT count(*) FROM file_uses WHERE file = $1 AND owner_kind = $2 AND owner = $3";

    pub(crate) UNUSED_OF: (FileId,) = "SELECT f.id FROM files f WHERE f.person = $1 AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file = f.id) ORDER BY f.id LIMIT 500";
    pub(crate) FOLLOW: () = "UPDATE files SET person = $2 WHERE person = $1";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM files WHERE id > $1 ORDER BY id LIMIT $2";
    /// What never came in whole, and what nothing uses and no counter has checked.
    pub(crate) SWEEP: () = "DELETE FROM files WHERE id IN (SELECT f.id FROM files f WHERE f.added_at < $1 AND f.checked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file = f.id) LIMIT 1000)";
    pub(crate) SWEEP_USES: () = "DELETE FROM file_uses WHERE (file, owner_kind, owner, purpose) IN (
        SELECT file, owner_kind, owner, purpose FROM file_uses WHERE until < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "files", days: 1, "用于某件事的文件随该事项保存；一天内没有用上的自动删除。核验过原件的留待下次使用，本人可随时删除。",
        "A file is kept with what it is used for; what nothing uses goes after a day. One that a counter has checked is kept for the next time until its owner removes it.", sweep: SWEEP;
    "file_blocks", keep, "内容与文件一同删除。", "Content goes with its file.";
    "file_uses", days: 1, "用途到期后一天内清除。", "A use that has run out goes within a day.", sweep: SWEEP_USES;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "file", page: &STATES } }

linli_acts::act_words! {
    "files.begun" = "开始上传文件", "Began to send a file";
    "files.stored" = "上传了文件", "Sent a file";
    "files.opened" = "下载了您的文件", "Downloaded your file";
    "files.checked" = "窗口核验了原件", "Compared the file with its original";
    "files.scanned" = "完成了病毒检查", "The virus scan answered";
    "files.removed" = "删除了文件", "Removed a file";
}
