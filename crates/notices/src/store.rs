//! Statements and rows.

use linli_acts::PersonId;
use linli_base::{Instant, PlaceCode};
use linli_db::{row, sql};
use linli_vault::Sealed;

use crate::domain::{Channel, DeliveryId, DeliveryState, NoticeId};

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct NoticeRow {
        pub id: NoticeId,
        pub kind: String,
        pub person: PersonId,
        pub content: Sealed,
        pub told_at: Instant,
        pub read_at: Option<Instant>,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct DeliveryRow {
        pub id: DeliveryId,
        pub notice: NoticeId,
        pub channel: Channel,
        pub state: DeliveryState,
        pub place: Option<PlaceCode>,
        pub planned_at: Instant,
        pub due_at: Instant,
        pub sent_at: Option<Instant>,
        pub settled_at: Option<Instant>,
        pub fault: Option<String>,
        pub rev: i64,
    }
}

row! {
    pub(crate) struct SettingsRow {
        pub wechat_off_at: Option<Instant>,
        pub sms_off_at: Option<Instant>,
        pub sms_first_at: Option<Instant>,
        pub paper_on_at: Option<Instant>,
        /// Absent: she has chosen nothing.
        pub lang: Option<String>,
        /// When her WeChat account was bound.
        pub bound_at: Option<Instant>,
    }
}

sql! {
    pub(crate) ADD: () = "INSERT INTO notices (id, kind, person, subject_kind, subject, content, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) NOTICE: NoticeRow = "SELECT id, kind, person, content, told_at, read_at FROM notices WHERE id = $1";
    pub(crate) OF_PERSON: NoticeRow = "SELECT id, kind, person, content, told_at, read_at FROM notices
        WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    // Counting ends where nobody reads on.
    pub(crate) UNREAD: (i64,) = "SELECT count(*) FROM (SELECT id FROM notices WHERE person = $1 AND read_at IS NULL LIMIT 100) u";
    pub(crate) UNREAD_IDS: (NoticeId,) = "SELECT id FROM notices WHERE person = $1 AND read_at IS NULL ORDER BY id LIMIT 500";
    pub(crate) READ: () = "UPDATE notices SET read_at = $2 WHERE id = $1 AND read_at IS NULL";
    pub(crate) IDS_OF_PERSON: (NoticeId,) = "SELECT id FROM notices WHERE person = $1 ORDER BY id LIMIT 500";
    pub(crate) FOLLOW: () = "UPDATE notices SET person = $2 WHERE id = $1";
    pub(crate) COUNT_OF_PERSON: (i64,) = "SELECT count(*) FROM notices WHERE person = $1";

    pub(crate) PLAN: () = "INSERT INTO notice_deliveries (id, notice, channel, state, place, planned_at, due_at, rev) VALUES ($1, $2, $3, 'waiting', $4, $5, $6, 1)";
    pub(crate) DELIVERY: DeliveryRow = "SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, fault, rev
        FROM notice_deliveries WHERE id = $1";
    pub(crate) DELIVERIES: DeliveryRow = "SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, fault, rev
        FROM notice_deliveries WHERE notice = $1 ORDER BY channel DESC";
    pub(crate) BY_CHANNEL: DeliveryRow = "SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, fault, rev
        FROM notice_deliveries WHERE notice = $1 AND channel = $2";
    pub(crate) LATER: () = "UPDATE notice_deliveries SET due_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SENT: () = "UPDATE notice_deliveries SET state = 'sent', sent_at = $3, reference = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SETTLE: () = "UPDATE notice_deliveries SET state = $3, settled_at = $4, fault = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM notice_deliveries WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) LETTERS: DeliveryRow = "SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, fault, rev
        FROM notice_deliveries WHERE channel = 'paper' AND state = $1 AND place BETWEEN $2 AND $3 AND id > $4 ORDER BY id LIMIT $5";
    pub(crate) POSTED: DeliveryRow = "SELECT id, notice, channel, state, place, planned_at, due_at, sent_at, settled_at, fault, rev
        FROM notice_deliveries WHERE channel = 'paper' AND state = 'sent' AND place BETWEEN $1 AND $2 AND id < $3 ORDER BY id DESC LIMIT $4";

    pub(crate) SETTINGS: SettingsRow = "SELECT s.wechat_off_at, s.sms_off_at, s.sms_first_at, s.paper_on_at, s.lang, b.bound_at
        FROM (SELECT CAST($1 AS BIGINT) AS person) p LEFT JOIN notice_settings s ON s.person = p.person LEFT JOIN wechat_bindings b ON b.person = p.person";
    pub(crate) SET: () = "INSERT INTO notice_settings (person, wechat_off_at, sms_off_at, sms_first_at, paper_on_at, lang, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (person) DO UPDATE SET wechat_off_at = $2, sms_off_at = $3, sms_first_at = $4, paper_on_at = $5, lang = $6, changed_at = $7";
    pub(crate) FOLLOW_SETTINGS: () = "INSERT INTO notice_settings (person, wechat_off_at, sms_off_at, sms_first_at, paper_on_at, lang, changed_at)
        SELECT CAST($2 AS BIGINT), wechat_off_at, sms_off_at, sms_first_at, paper_on_at, lang, changed_at FROM notice_settings WHERE person = $1
        ON CONFLICT (person) DO NOTHING";
    pub(crate) FORGET_SETTINGS: () = "DELETE FROM notice_settings WHERE person = $1";

    pub(crate) ERASE_DELIVERIES: () = "DELETE FROM notice_deliveries WHERE notice IN (SELECT id FROM notices WHERE person = $1)";
    pub(crate) ERASE: () = "DELETE FROM notices WHERE person = $1";
    SWEEP_DELIVERIES: () = "DELETE FROM notice_deliveries WHERE id IN (SELECT d.id FROM notice_deliveries d JOIN notices n ON n.id = d.notice WHERE n.told_at < $1 LIMIT 1000)";
    SWEEP: () = "DELETE FROM notices WHERE id IN (SELECT n.id FROM notices n WHERE n.told_at < $1
        AND NOT EXISTS (SELECT 1 FROM notice_deliveries d WHERE d.notice = n.id) LIMIT 1000)";
}

linli_acts::retention! {
    "notice_deliveries", days: 1095, "各渠道的送达情况随通知保存三年。", "How a notice went out is kept as long as the notice.", sweep: SWEEP_DELIVERIES;
    "notice_settings", keep, "通知方式的选择，随本人资料删除。", "How a person wants to be told; goes with her data.";
    "notices", days: 1095, "通知内容加密保存三年，便于本人查阅。", "Notices lie sealed for three years so that she can look them up.", sweep: SWEEP;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "delivery", page: &STATES } }

linli_acts::act_words! {
    "notices.wechat_asked" = "准备绑定微信", "Was about to bind WeChat";
    "notices.wechat_bound" = "绑定了微信", "Bound WeChat";
    "notices.wechat_unbound" = "解除了微信绑定", "Let WeChat go";
    "notices.wechat_sent" = "微信消息已交给网关", "The gateway took the WeChat message";
    "notices.wechat_delivered" = "微信消息已送达", "The WeChat message arrived";
    "notices.wechat_failed" = "微信消息没有送到", "The WeChat message did not arrive";
    "notices.told" = "给您发了一条通知", "Told you something";
    "notices.read" = "看了通知", "Read a notice";
    "notices.planned" = "安排短信或信件", "Planned a message or a letter";
    "notices.sms_sent" = "短信已交给网关", "The gateway took the message";
    "notices.sms_delivered" = "短信已送达手机", "The message reached the phone";
    "notices.sms_failed" = "短信没有送到", "The message did not arrive";
    "notices.given_up" = "没有发出，不再重试", "It did not go out and is not tried any more";
    "notices.letter_opened" = "打印了给您的信", "Printed a letter to you";
    "notices.posted" = "寄出了给您的信", "Posted a letter to you";
    "notices.returned" = "给您的信被退回", "A letter to you came back";
    "notices.settings_changed" = "修改了通知方式", "Changed how to be told";
    "notices.followed" = "通知并入已有的资料", "Notices went over to the record that was there";
    "notices.erased" = "删除了通知", "Erased the notices";
}
