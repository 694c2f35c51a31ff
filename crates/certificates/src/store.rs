//! Statements and rows.

use linli_acts::{BodyId, PersonId};
use linli_base::{Day, Instant};
use linli_db::{Json, row, sql};
use linli_vault::{Place, Sealed, Vault};

use crate::domain::{About, CertificateId, CertificateState, Data, KindDocument, ShowingId};
use crate::error::CertificateError;

row! {
    /// A certificate.
    #[derive(Clone, Debug)]
    pub struct CertificateRow {
        pub id: CertificateId,
        pub kind: String,
        pub version: i64,
        pub person: PersonId,
        pub body: Option<BodyId>,
        pub state: CertificateState,
        pub issued_on: Day,
        pub valid_until: Option<Day>,
        pub data: Option<Sealed>,
        pub rev: i64,
    }
}

impl CertificateRow {
    /// What it says.
    ///
    /// # Errors
    /// If it was erased or does not open.
    pub fn open(&self, vault: &Vault) -> Result<Data, CertificateError> {
        let sealed = self.data.as_ref().ok_or(CertificateError::Missing)?;
        let bytes = vault.open_sealed(Place::new("certificates.data", self.id), sealed)?;
        serde_json::from_slice(&bytes).map_err(|_| CertificateError::Stored)
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ShowingRow {
        pub id: ShowingId,
        pub certificate: CertificateId,
        pub person: PersonId,
        pub about: Sealed,
        pub made_at: Instant,
        pub until: Instant,
        pub looks: i64,
        pub ended_at: Option<Instant>,
    }
}

impl ShowingRow {
    pub fn open(&self, vault: &Vault) -> Result<About, CertificateError> {
        let bytes = vault.open_sealed(Place::new("certificate_showings.about", self.id), &self.about)?;
        serde_json::from_slice(&bytes).map_err(|_| CertificateError::Stored)
    }
    pub fn runs(&self, now: Instant) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

sql! {
    pub(crate) KIND: (i64, Json<KindDocument>) = "SELECT version, document FROM certificate_kinds WHERE key = $1 ORDER BY version DESC LIMIT 1";
    pub(crate) KIND_VERSION: (Json<KindDocument>,) = "SELECT document FROM certificate_kinds WHERE key = $1 AND version = $2";
    pub(crate) KINDS: (String, i64, Json<KindDocument>) = "SELECT k.key, k.version, k.document FROM certificate_kinds k
        WHERE k.version = (SELECT max(o.version) FROM certificate_kinds o WHERE o.key = k.key) ORDER BY k.key LIMIT 200";
    pub(crate) ADD_KIND: (String,) = "INSERT INTO certificate_kinds (key, version, document, made_at, made_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (key, version) DO NOTHING RETURNING key";

    pub(crate) ADD: () = "INSERT INTO certificates (id, kind, version, person, body, state, issued_on, valid_until, data, rev)
        VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, 1)";
    pub(crate) ONE: CertificateRow = "SELECT id, kind, version, person, body, state, issued_on, valid_until, data, rev FROM certificates WHERE id = $1";
    pub(crate) OF_PERSON: CertificateRow = "SELECT id, kind, version, person, body, state, issued_on, valid_until, data, rev FROM certificates
        WHERE person = $1 AND state <> 'erased' ORDER BY kind, id DESC LIMIT 200";
    pub(crate) HELD: CertificateRow = "SELECT id, kind, version, person, body, state, issued_on, valid_until, data, rev FROM certificates
        WHERE person = $1 AND kind = $2 AND state = 'active' AND (valid_until IS NULL OR valid_until >= $3) AND issued_on >= $4 ORDER BY issued_on DESC, id DESC LIMIT 1";
    pub(crate) HELD_KINDS: (String,) = "SELECT DISTINCT kind FROM certificates WHERE person = $1 AND state = 'active' AND (valid_until IS NULL OR valid_until >= $2) ORDER BY kind LIMIT 200";
    pub(crate) STATE: () = "UPDATE certificates SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SUPERSEDE: () = "UPDATE certificates SET state = 'superseded', superseded_by = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) ERASE: () = "UPDATE certificates SET state = 'erased', data = NULL, rev = rev + 1 WHERE id = $1 AND state <> 'erased'";
    pub(crate) FOLLOW: () = "UPDATE certificates SET person = $2 WHERE person = $1";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM certificates WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) GOOD: (i64,) = "SELECT count(*) FROM certificates WHERE issued_on <= $1 AND state IN ('active', 'suspended') AND (valid_until IS NULL OR valid_until >= $1)";
    /// In the order of the key; `|| ''` keeps engines from sorting all that the index of the count would find.
    pub(crate) GOOD_ROWS: (i64, String, Day) = "SELECT id, kind, issued_on FROM certificates
        WHERE issued_on <= $1 AND state || '' IN ('active', 'suspended') AND (valid_until IS NULL OR valid_until >= $1) AND id > $2 ORDER BY id LIMIT 100";

    pub(crate) ADD_SHOWING: () = "INSERT INTO certificate_showings (id, certificate, person, code_key, about, made_at, until, looks) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
    pub(crate) SHOWING: ShowingRow = "SELECT id, certificate, person, about, made_at, until, looks, ended_at FROM certificate_showings WHERE id = $1";
    pub(crate) SHOWING_BY_CODE: ShowingRow = "SELECT id, certificate, person, about, made_at, until, looks, ended_at FROM certificate_showings WHERE code_key = $1";
    pub(crate) SHOWINGS: ShowingRow = "SELECT id, certificate, person, about, made_at, until, looks, ended_at FROM certificate_showings WHERE certificate = $1 ORDER BY id DESC LIMIT 20";
    pub(crate) LOOKED: () = "UPDATE certificate_showings SET looks = looks + 1 WHERE id = $1";
    pub(crate) END: () = "UPDATE certificate_showings SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    pub(crate) SWEEP_SHOWINGS: () = "DELETE FROM certificate_showings WHERE id IN (SELECT id FROM certificate_showings WHERE until < $1 LIMIT 1000)";
    pub(crate) ERASE_SHOWINGS: () = "DELETE FROM certificate_showings WHERE person = $1";
    pub(crate) FOLLOW_SHOWINGS: () = "UPDATE certificate_showings SET person = $2 WHERE person = $1";
}

linli_acts::retention! {
    "certificate_kinds", keep, "证照目录的每一版都保留，旧证照按当时的版本解读。", "Every version is kept: an old certificate is read by its own.";
    "certificates", keep, "证照记录长期保存；内容可依本人请求删除。", "That a certificate was issued is kept; its content can be erased at the holder's wish.";
    "certificate_showings", days: 180, "出示记录保存半年，供本人查看；谁看过另记在办理记录里。",
        "A showing is kept half a year for its holder; who looked stands in the log.", sweep: SWEEP_SHOWINGS;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "certificate", page: &STATES } }

linli_acts::act_words! {
    "certificates.issued" = "签发了电子证照", "A certificate was issued";
    "certificates.suspended" = "暂停了电子证照", "A certificate was suspended";
    "certificates.resumed" = "恢复了电子证照", "A certificate was resumed";
    "certificates.revoked" = "撤销了电子证照", "A certificate was revoked";
    "certificates.superseded" = "换发了电子证照", "A certificate was replaced";
    "certificates.erased" = "按本人请求删除了证照内容", "A certificate's content was erased at the holder's wish";
    "certificates.opened" = "工作人员查看了您的证照", "An officer looked at your certificates";
    "certificates.used" = "办事时用到了您的电子证照", "Your certificate went with an application";
    "certificates.shown" = "您出示了电子证照", "You showed a certificate";
    "certificates.looked" = "对方扫码查看了您出示的证照", "Somebody looked at what you showed";
    "certificates.showing_ended" = "结束了出示", "A showing was ended";
    "certificates.printed" = "下载了电子证照", "Downloaded a certificate";
}
