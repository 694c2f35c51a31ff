//! Statements and rows.

use linli_acts::{BodyId, PersonId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{row, sql};
use linli_vault::Sealed;

use crate::domain::{
    DocumentKind, DocumentState, Finding, ObjectionId, ObjectionState, PublicationId, SubscriptionKind,
    Topic, VersionId, VersionState,
};

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct PublicationRow {
        pub id: PublicationId,
        pub body: BodyId,
        pub place: PlaceCode,
        pub kind: DocumentKind,
        pub topic: Topic,
        pub state: DocumentState,
        pub live: Option<VersionId>,
        pub published_at: Option<Instant>,
        pub objections_until: Option<Day>,
        pub withdrawn_at: Option<Instant>,
        pub withdrawn_why: Option<String>,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct VersionRow {
        pub id: VersionId,
        pub publication: PublicationId,
        pub n: i64,
        pub state: VersionState,
        pub title_zh: String,
        pub title_en: String,
        pub text_zh: String,
        pub text_en: String,
        pub number: String,
        pub what_changed: String,
        pub written_by: StaffId,
        pub proposed_by: Option<StaffId>,
        pub proposed_at: Option<Instant>,
        pub decided_by: Option<StaffId>,
        pub decided_at: Option<Instant>,
        pub sent_back: String,
        pub rev: i64,
    }
}

row! {
    /// A published document in a list.
    #[derive(Clone, Debug)]
    pub(crate) struct ListedRow {
        pub id: PublicationId,
        pub body: BodyId,
        pub place: PlaceCode,
        pub kind: DocumentKind,
        pub topic: Topic,
        pub published_at: Instant,
        pub objections_until: Option<Day>,
        pub n: i64,
        pub title_zh: String,
        pub title_en: String,
        pub number: String,
    }
}

row! {
    /// A document on the desk.
    #[derive(Clone, Debug)]
    pub(crate) struct DeskRow {
        pub id: PublicationId,
        pub body: BodyId,
        pub kind: DocumentKind,
        pub state: DocumentState,
        pub n: i64,
        pub version_state: VersionState,
        pub title_zh: String,
        pub title_en: String,
        pub open: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ObjectionRow {
        pub id: ObjectionId,
        pub publication: PublicationId,
        pub body: BodyId,
        pub place: PlaceCode,
        pub version: VersionId,
        pub person: Option<PersonId>,
        pub contact: Option<Sealed>,
        pub content: Sealed,
        pub state: ObjectionState,
        pub filed_at: Instant,
        pub due: Day,
        pub answered_at: Option<Instant>,
        pub finding: Option<Finding>,
        pub answer: Option<Sealed>,
        pub rev: i64,
    }
}

sql! {
    pub(crate) ADD: () = "INSERT INTO publications (id, body, place, kind, topic, state, rev) VALUES ($1, $2, $3, $4, $5, 'draft', 1)";
    pub(crate) BY_ID: PublicationRow = "SELECT id, body, place, kind, topic, state, live, published_at, objections_until, withdrawn_at, withdrawn_why, rev FROM publications WHERE id = $1";
    pub(crate) PLACE_IT: () = "UPDATE publications SET kind = $3, topic = $4, place = $5, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) PUBLISH: () = "UPDATE publications SET state = 'published', live = $3, published_at = COALESCE(published_at, CAST($4 AS BIGINT)),
        objections_until = CASE WHEN published_at IS NULL THEN CAST($5 AS TEXT) ELSE objections_until END, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) WITHDRAW: () = "UPDATE publications SET state = 'withdrawn', withdrawn_at = $3, withdrawn_why = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'published'";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM publications WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) ADD_VERSION: () = "INSERT INTO publication_versions (id, publication, n, state, title_zh, title_en, text_zh, text_en, number, what_changed, written_by, sent_back, rev)
        VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, $9, $10, '', 1)";
    pub(crate) VERSION: VersionRow = "SELECT id, publication, n, state, title_zh, title_en, text_zh, text_en, number, what_changed, written_by, proposed_by, proposed_at,
        decided_by, decided_at, sent_back, rev FROM publication_versions WHERE id = $1";
    pub(crate) VERSION_N: VersionRow = "SELECT id, publication, n, state, title_zh, title_en, text_zh, text_en, number, what_changed, written_by, proposed_by, proposed_at,
        decided_by, decided_at, sent_back, rev FROM publication_versions WHERE publication = $1 AND n = $2";
    pub(crate) OPEN_VERSION: VersionRow = "SELECT id, publication, n, state, title_zh, title_en, text_zh, text_en, number, what_changed, written_by, proposed_by, proposed_at,
        decided_by, decided_at, sent_back, rev FROM publication_versions WHERE publication = $1 AND state IN ('draft', 'proposed')";
    pub(crate) VERSIONS: VersionRow = "SELECT id, publication, n, state, title_zh, title_en, text_zh, text_en, number, what_changed, written_by, proposed_by, proposed_at,
        decided_by, decided_at, sent_back, rev FROM publication_versions WHERE publication = $1 ORDER BY n DESC LIMIT 50";
    pub(crate) WRITE: () = "UPDATE publication_versions SET title_zh = $3, title_en = $4, text_zh = $5, text_en = $6, number = $7, what_changed = $8, written_by = $9, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) PROPOSE: () = "UPDATE publication_versions SET state = 'proposed', proposed_by = $3, proposed_at = $4, sent_back = '', rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'draft'";
    pub(crate) SEND_BACK: () = "UPDATE publication_versions SET state = 'draft', sent_back = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'proposed'";
    pub(crate) GO_LIVE: () = "UPDATE publication_versions SET state = 'live', decided_by = $3, decided_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'proposed'";
    pub(crate) ARCHIVE: () = "UPDATE publication_versions SET state = 'archived', rev = rev + 1 WHERE id = $1 AND state = 'live'";
    pub(crate) VERSION_STATES: (i64, Option<String>) = "SELECT id, state FROM publication_versions WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) FORGET_GRAMS: () = "DELETE FROM publication_grams WHERE publication = $1";
    pub(crate) ADD_GRAM: () = "INSERT INTO publication_grams (gram, publication) VALUES ($1, $2)";

    pub(crate) LISTED: ListedRow = "SELECT p.id, p.body, p.place, p.kind, p.topic, p.published_at, p.objections_until, v.n, v.title_zh, v.title_en, v.number
        FROM publications p JOIN publication_versions v ON v.id = p.live
        WHERE p.state = 'published' AND (p.published_at < $1 OR (p.published_at = $1 AND p.id < $2)) AND p.published_at >= $3
        AND (CAST($4 AS BIGINT) IS NULL OR p.body = $4) AND (CAST($5 AS TEXT) IS NULL OR p.topic = $5) AND (CAST($6 AS TEXT) IS NULL OR p.kind = $6)
        AND (CAST($7 AS BIGINT) IS NULL OR (p.place >= $7 AND p.place <= $8))
        AND (CAST($9 AS TEXT) IS NULL OR p.id IN (SELECT a.publication FROM publication_grams a WHERE a.gram = $9))
        AND (CAST($10 AS TEXT) IS NULL OR p.id IN (SELECT b.publication FROM publication_grams b WHERE b.gram = $10))
        AND (CAST($11 AS TEXT) IS NULL OR p.id IN (SELECT c.publication FROM publication_grams c WHERE c.gram = $11))
        AND (CAST($12 AS TEXT) IS NULL OR p.id IN (SELECT d.publication FROM publication_grams d WHERE d.gram = $12))
        ORDER BY p.published_at DESC, p.id DESC LIMIT $13";
    pub(crate) BODIES: (BodyId,) = "SELECT DISTINCT body FROM publications WHERE state = 'published' ORDER BY body LIMIT 500";
    pub(crate) DESK: DeskRow = "SELECT p.id, p.body, p.kind, p.state, v.n, v.state AS version_state, v.title_zh, v.title_en,
            (SELECT count(*) FROM objections o WHERE o.publication = p.id AND o.state = 'open') AS open
        FROM publications p JOIN publication_versions v ON v.publication = p.id
        WHERE p.body = $1 AND v.n = (SELECT max(w.n) FROM publication_versions w WHERE w.publication = p.id) AND p.place >= $2 AND p.place <= $3
        AND p.id < $4 AND (CAST($5 AS TEXT) IS NULL OR v.state = $5) ORDER BY p.id DESC LIMIT $6";
    pub(crate) COUNT_AT: (i64,) = "SELECT count(*) FROM publications WHERE published_at < $1 AND (withdrawn_at IS NULL OR withdrawn_at >= $1)";
    pub(crate) ROWS_AT: (i64, String, String) = "SELECT p.id, v.title_zh, v.title_en FROM publications p JOIN publication_versions v ON v.id = p.live
        WHERE p.published_at < $1 AND (p.withdrawn_at IS NULL OR p.withdrawn_at >= $1) AND p.id > $2 ORDER BY p.id LIMIT 100";

    pub(crate) OBJECT: () = "INSERT INTO objections (id, publication, body, place, version, person, contact, phone_key, net_key, content, code, state, filed_at, due, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, $13, 1)";
    pub(crate) OBJECTION: ObjectionRow = "SELECT id, publication, body, place, version, person, contact, content, state, filed_at, due, answered_at, finding, answer, rev FROM objections WHERE id = $1";
    pub(crate) BY_CODE: ObjectionRow = "SELECT id, publication, body, place, version, person, contact, content, state, filed_at, due, answered_at, finding, answer, rev FROM objections WHERE code = $1";
    pub(crate) OBJECTIONS_OF_PERSON: ObjectionRow = "SELECT id, publication, body, place, version, person, contact, content, state, filed_at, due, answered_at, finding, answer, rev
        FROM objections WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    pub(crate) OBJECTIONS_OPEN: ObjectionRow = "SELECT id, publication, body, place, version, person, contact, content, state, filed_at, due, answered_at, finding, answer, rev
        FROM objections WHERE state = 'open' AND body = $1 AND place >= $2 AND place <= $3 AND (CAST($4 AS TEXT) IS NULL OR due > $4 OR (due = $4 AND id > $5)) ORDER BY due, id LIMIT $6";
    pub(crate) OBJECTIONS_ANSWERED: ObjectionRow = "SELECT id, publication, body, place, version, person, contact, content, state, filed_at, due, answered_at, finding, answer, rev
        FROM objections WHERE state = 'answered' AND body = $1 AND place >= $2 AND place <= $3 AND id < $4 ORDER BY id DESC LIMIT $5";
    pub(crate) COUNTS: (i64, i64) = "SELECT count(*), count(*) FILTER (WHERE state = 'answered') FROM objections WHERE publication = $1";
    pub(crate) BY_PHONE: (i64,) = "SELECT count(*) FROM objections WHERE publication = $1 AND phone_key = $2";
    pub(crate) BY_NET: (i64,) = "SELECT count(*) FROM objections WHERE net_key = $1 AND filed_at > $2";
    pub(crate) OF_PERSON_HERE: (i64,) = "SELECT count(*) FROM objections WHERE publication = $1 AND person = $2";
    pub(crate) ANSWER: () = "UPDATE objections SET state = 'answered', answered_at = $3, answered_by = $4, finding = $5, answer = $6, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'open'";
    pub(crate) OBJECTION_STATES: (i64, Option<String>) = "SELECT id, state FROM objections WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) COUNT_OF_PERSON: (i64,) = "SELECT count(*) FROM objections WHERE person = $1";
    pub(crate) IDS_OF_PERSON: (ObjectionId,) = "SELECT id FROM objections WHERE person = $1 ORDER BY id LIMIT 500";
    pub(crate) FOLLOW: () = "UPDATE objections SET person = $2 WHERE id = $1";
    pub(crate) ERASE: () = "DELETE FROM objections WHERE person = $1";
    SWEEP: () = "DELETE FROM objections WHERE id IN (SELECT id FROM objections WHERE answered_at < $1 LIMIT 1000)";

    pub(crate) SUBSCRIBE: () = "INSERT INTO publication_subscriptions (person, kind, value, since) VALUES ($1, $2, $3, $4) ON CONFLICT (person, kind, value) DO NOTHING";
    pub(crate) UNSUBSCRIBE: () = "DELETE FROM publication_subscriptions WHERE person = $1 AND kind = $2 AND value = $3";
    pub(crate) SUBSCRIPTIONS: (SubscriptionKind, String) = "SELECT kind, value FROM publication_subscriptions WHERE person = $1 ORDER BY kind, value LIMIT 100";
    pub(crate) SUBSCRIBERS: (PersonId,) = "SELECT person FROM publication_subscriptions WHERE kind = $1 AND value = $2 AND person > $3 ORDER BY person LIMIT $4";
    pub(crate) COUNT_SUBSCRIPTIONS: (i64,) = "SELECT count(*) FROM publication_subscriptions WHERE person = $1";
    pub(crate) FORGET_SUBSCRIPTIONS: () = "DELETE FROM publication_subscriptions WHERE person = $1";
    pub(crate) MOVE_SUBSCRIPTIONS: () = "INSERT INTO publication_subscriptions (person, kind, value, since)
        SELECT CAST($2 AS BIGINT), kind, value, since FROM publication_subscriptions WHERE person = $1 ON CONFLICT (person, kind, value) DO NOTHING";
    pub(crate) TOLD: () = "INSERT INTO publication_told (publication, person, at) VALUES ($1, $2, $3) ON CONFLICT (publication, person) DO NOTHING";
    pub(crate) FORGET_TOLD: () = "DELETE FROM publication_told WHERE person = $1";
    SWEEP_TOLD: () = "DELETE FROM publication_told WHERE (publication, person) IN (SELECT publication, person FROM publication_told WHERE at < $1 LIMIT 1000)";
}

linli_acts::retention! {
    "publications", keep, "公开的文件长期保存，撤下的写明原因。", "What was published is kept; what was withdrawn says why.";
    "publication_versions", keep, "每个版本长期保存，改了什么可以查。", "Every version is kept, so that what changed can be seen.";
    "publication_grams", keep, "检索用，随文件更新。", "For finding; made again with each version.";
    "objections", days: 1095, "异议和答复自答复之日起保存三年。", "Objections and answers are kept three years after the answer.", sweep: SWEEP;
    "publication_subscriptions", keep, "订阅由本人随时取消，随本人资料删除。", "Subscriptions end when the person says so, and go with her data.";
    "publication_told", days: 90, "谁收到过哪份文件的通知，保存九十天，防止重复打扰。", "Who was told of what is kept 90 days, so that nobody is told twice.", sweep: SWEEP_TOLD;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "publication", page: &STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "publication_version", page: &VERSION_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "objection", page: &OBJECTION_STATES } }

linli_acts::act_words! {
    "publications.begun" = "起草了一份文件", "Began a document";
    "publications.written" = "修改了草稿", "Changed a draft";
    "publications.revised" = "为已公开的文件起草新版本", "Began a new version";
    "publications.proposed" = "提交审批", "Proposed it";
    "publications.sent_back" = "退回修改", "Sent it back";
    "publications.approved" = "批准并公开", "Approved and published it";
    "publications.archived" = "旧版本存档", "Archived the version before";
    "publications.withdrawn" = "撤下文件", "Withdrew it";
    "publications.objected" = "提出了异议", "Objected";
    "publications.objection_opened" = "看了您的异议", "Opened your objection";
    "publications.objection_answered" = "答复了您的异议", "Answered your objection";
    "publications.erased" = "删除了异议和订阅", "Erased objections and subscriptions";
    "publications.objection_followed" = "异议并入已有的资料", "An objection went over to the record that was there";
    "publications.subscribed" = "订阅了公开文件", "Subscribed to documents";
    "publications.unsubscribed" = "取消了订阅", "Ended a subscription";
    "publications.told_subscribers" = "通知了订阅者", "Told the subscribers";
}
