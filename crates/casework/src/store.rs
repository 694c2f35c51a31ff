//! Statements and rows.

use linli_acts::{BodyId, Channel, PersonId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{Read, row, sql};
use linli_vault::Sealed;

use crate::domain::{CaseId, Handover, Outcome, State, StopKind};
use crate::error::CaseError;

row! {
    /// A case as it stands.
    #[derive(Clone, Debug)]
    pub struct CaseRow {
        pub id: CaseId,
        pub number: String,
        pub kind: String,
        pub title_zh: String,
        pub title_en: String,
        pub person: PersonId,
        pub body: BodyId,
        pub place: PlaceCode,
        pub channel: Channel,
        pub state: State,
        pub two_persons: i64,
        pub handover: Handover,
        pub accept_days: u16,
        pub promised_days: u16,
        pub legal_days: u16,
        pub extended_days: u16,
        pub clock_from: Day,
        pub clock_days: u16,
        pub due: Day,
        pub due_at: Instant,
        pub legal_due: Option<Day>,
        pub filed_at: Instant,
        pub accepted_on: Option<Day>,
        pub decided_on: Option<Day>,
        pub closed_at: Option<Instant>,
        pub handler: Option<StaffId>,
        pub outcome: Option<Outcome>,
        /// Key of the item, where the room that filed it has items.
        pub item: String,
        /// When a paper application was received, if not on the day of filing.
        pub received: Option<Day>,
        /// By when a decision has to be handed over.
        pub delivery_due: Option<Day>,
        pub rev: i64,
    }
}

impl CaseRow {
    /// Whether one officer proposes and another decides.
    #[must_use]
    pub fn two_persons(&self) -> bool {
        self.two_persons == 1
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct StopRow {
        pub seq: i64,
        pub kind: StopKind,
        pub from_day: Day,
        pub until_day: Day,
        pub ended: Option<Day>,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct SupplementRow {
        pub id: i64,
        pub round: i64,
        pub asked_at: Instant,
        pub due: Day,
        pub supplied_at: Option<Instant>,
        pub points: Sealed,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct DecisionRow {
        pub id: i64,
        pub round: i64,
        pub outcome: Outcome,
        pub proposed_by: Option<StaffId>,
        pub proposed_at: Instant,
        pub answered_by: Option<StaffId>,
        pub answered_at: Option<Instant>,
        pub agreed: Option<i64>,
        pub content: Sealed,
        pub superseded_by: Option<i64>,
    }
}

row! {
    /// A review as stored.
    #[derive(Clone, Debug)]
    pub struct ReviewRow {
        pub level: i64,
        pub channel: Channel,
        pub comment: Option<Sealed>,
        pub at: Instant,
    }
}

/// The columns of [`CaseRow`], in its order.
macro_rules! case_columns {
    () => {
        "id, number, kind, title_zh, title_en, person, body, place, channel, state, two_persons, handover, accept_days, promised_days,
            legal_days, extended_days, clock_from, clock_days, due, due_at, legal_due, filed_at, accepted_on, decided_on, closed_at, handler, outcome,
            item, received, delivery_due, rev"
    };
}
pub(crate) use case_columns;

sql! {
    /// Its state, and whether two persons decide.
    pub(crate) STATE: (State, i64) = "SELECT state, two_persons FROM cases WHERE id = $1";
    pub(crate) NEXT_SERIAL: (i64,) = "SELECT COALESCE(max(serial), 0) + 1 AS next FROM cases WHERE day = $1";
    pub(crate) ADD: () = "INSERT INTO cases (id, number, day, serial, kind, title_zh, title_en, person, body, place, channel, state, two_persons, handover,
            accept_days, promised_days, legal_days, extended_days, clock_from, clock_days, due, due_at, filed_at, item, name_key, received, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'submitted', $12, $13, $14, $15, $16, 0, COALESCE(CAST($21 AS TEXT), CAST($3 AS TEXT)), $14, $17, $18, $18, $19, $20, CAST($21 AS TEXT), 1)";
    pub(crate) CASE: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE id = $1");
    pub(crate) BY_NUMBER: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE number = $1");
    pub(crate) OF_PERSON: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    /// Where something happens by itself because a day has passed.
    pub(crate) TURN: (CaseId, Day) = "SELECT id, due FROM cases WHERE closed_at IS NULL AND state || '' = $1 AND due < $2 AND (due, id) > ($3, $4) ORDER BY due, id LIMIT 200";

    pub(crate) ACCEPTED: () = "UPDATE cases SET state = 'accepted', accepted_on = $3, clock_from = $3, clock_days = promised_days, due = $4, legal_due = $5, due_at = $6,
        handler = COALESCE(handler, $7), rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) WAIT: () = "UPDATE cases SET state = $3, due = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SUBMITTED_AGAIN: () = "UPDATE cases SET state = 'submitted', clock_from = $3, clock_days = accept_days, due = $4, due_at = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) RUNS_AGAIN: () = "UPDATE cases SET state = 'accepted', due = $3, legal_due = $4, due_at = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) EXTENDED: () = "UPDATE cases SET extended_days = $3, clock_days = promised_days + $3, due = $4, legal_due = $5, due_at = $6, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) MOVE: () = "UPDATE cases SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) DECIDED: () = "UPDATE cases SET state = 'decided', decided_on = $3, outcome = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) DELIVERED: () = "UPDATE cases SET state = 'closed', closed_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) ENDED: () = "UPDATE cases SET state = $3, closed_at = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) HANDLER: () = "UPDATE cases SET handler = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) FORGET_NAME: () = "UPDATE cases SET name_key = NULL WHERE id = $1";
    pub(crate) WAITING_OF_PERSON: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE person = $1 AND COALESCE(state, '') = 'supplementing' AND closed_at IS NULL ORDER BY due, id LIMIT 20");
    pub(crate) FOLLOW_PERSON: () = "UPDATE cases SET person = $2 WHERE person = $1";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM cases WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) STOPS: StopRow = "SELECT seq, kind, from_day, until_day, ended FROM case_stops WHERE case_id = $1 ORDER BY seq LIMIT 50";
    pub(crate) STOP: () = "INSERT INTO case_stops (case_id, seq, kind, from_day, until_day)
        VALUES ($1, COALESCE((SELECT max(seq) FROM case_stops WHERE case_id = $1), 0) + 1, $2, $3, $4)";
    pub(crate) STOP_ENDED: () = "UPDATE case_stops SET ended = $2 WHERE case_id = $1 AND ended IS NULL";

    pub(crate) SUPPLEMENTS: SupplementRow = "SELECT id, round, asked_at, due, supplied_at, points FROM supplements WHERE case_id = $1 ORDER BY round LIMIT 20";
    pub(crate) ASK: () = "INSERT INTO supplements (id, case_id, round, asked_at, asked_by, due, points) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) SUPPLIED: () = "UPDATE supplements SET supplied_at = $2 WHERE case_id = $1 AND supplied_at IS NULL";

    pub(crate) DECISIONS: DecisionRow = "SELECT id, round, outcome, proposed_by, proposed_at, answered_by, answered_at, agreed, content, superseded_by FROM decisions WHERE case_id = $1 ORDER BY round LIMIT 50";
    pub(crate) PROPOSE: () = "INSERT INTO decisions (id, case_id, round, outcome, proposed_by, proposed_at, content) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) ANSWER: () = "UPDATE decisions SET answered_by = $2, answered_at = $3, agreed = $4, content = $5 WHERE id = $1 AND answered_at IS NULL";

    pub(crate) REVIEW: ReviewRow = "SELECT level, channel, comment, at FROM case_reviews WHERE case_id = $1";
    pub(crate) ADD_REVIEW: (CaseId,) = "INSERT INTO case_reviews (case_id, body, level, channel, comment, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_id) DO NOTHING RETURNING case_id";
    pub(crate) FORGET_COMMENT: () = "UPDATE case_reviews SET comment = NULL WHERE case_id = $1 AND comment IS NOT NULL";

    pub(crate) LOOKED: (Instant,) = "SELECT at FROM case_looks WHERE case_id = $1 AND staff = $2";
    pub(crate) LOOK: () = "INSERT INTO case_looks (case_id, staff, at) VALUES ($1, $2, $3) ON CONFLICT (case_id, staff) DO UPDATE SET at = excluded.at";
    pub(crate) HERE: (StaffId, Instant) = "SELECT staff, at FROM case_looks WHERE case_id = $1 AND at > $2 ORDER BY at DESC LIMIT 20";
    pub(crate) SWEEP_LOOKS: () = "DELETE FROM case_looks WHERE (case_id, staff) IN (SELECT case_id, staff FROM case_looks WHERE at < $1 LIMIT 1000)";
}

/// A case.
///
/// # Errors
/// If there is none.
pub(crate) fn load(read: &mut Read<'_>, id: CaseId) -> Result<CaseRow, CaseError> {
    read.opt(&CASE, (id,))?.ok_or(CaseError::Missing)
}

linli_acts::retention! {
    "cases", keep, "办件目录长期保存；不含申请内容。", "The register of cases is kept; it holds nothing of what was told.";
    "case_stops", keep, "随办件保存。", "Kept with the case.";
    "supplements", keep, "随办件保存；内容可依本人请求删除。", "Kept with the case; its content can be erased at her wish.";
    "decisions", keep, "决定随办件归档。", "Decisions are filed with the case.";
    "case_reviews", keep, "评价随办件保存；评语可依本人请求删除。", "Reviews are kept with the case; the words can be erased at her wish.";
    "case_routes", keep, "随办件保存；理由可依本人请求删除。", "Kept with the case; the reasons can be erased at her wish.";
    "case_tasks", keep, "随办件保存；内容可依本人请求删除。", "Kept with the case; its content can be erased at her wish.";
    "case_slips", keep, "随办件保存；内容可依本人请求删除。", "Kept with the case; its content can be erased at her wish.";
    "case_deliveries", keep, "送达记录随办件保存。", "How a result was handed over is kept with the case.";
    "case_looks", days: 30, "只用于把一刻钟内的多次查看记为一次。", "Only so that looks within a quarter of an hour count once.", sweep: SWEEP_LOOKS;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "case", page: &STATES } }

linli_acts::act_words! {
    "casework.filed" = "提交了申请", "Application handed in";
    "casework.accepted" = "已受理", "Accepted";
    "casework.deemed_accepted" = "逾期未答复，自收到之日起视为受理", "Not answered in time: counts as accepted from the day it was received";
    "casework.supplement_asked" = "一次性告知需要补正的内容", "Told what has to be mended";
    "casework.supplied" = "补正了材料", "Mended";
    "casework.lapsed" = "逾期未补正，视为撤回", "Not mended in time: counts as withdrawn";
    "casework.refused" = "不予受理", "Not accepted";
    "casework.paused" = "暂停计时，进行特别程序", "Clock stopped for a special procedure";
    "casework.resumed" = "恢复计时", "Clock runs again";
    "casework.extended" = "延长了办理期限", "Time limit extended";
    "casework.assigned" = "指定了经办人", "Given to an officer";
    "casework.proposed" = "经办人提出了办理意见", "An officer proposed a decision";
    "casework.sent_back" = "审定人退回了办理意见", "The second officer sent it back";
    "casework.decided" = "作出决定", "Decided";
    "casework.delivered" = "结果已送达，办结", "Result delivered; closed";
    "casework.withdrawn" = "申请人撤回", "Withdrawn by the applicant";
    "casework.reviewed" = "作出评价", "Reviewed";
    "casework.looked" = "经办人员查看了办件", "An officer looked into the case";
    "casework.rerouted" = "转交给另一个机构办理", "Handed on to another body";
    "casework.co_asked" = "请另一个机构会办", "Another body was asked";
    "casework.co_answered" = "会办机构作了答复", "The co-handling body answered";
    "casework.co_returned" = "会办机构认为不属于本机构", "The co-handling body says that it is none of its business";
    "casework.later_asked" = "容缺受理，告知需要后补的内容", "Accepted; told what is to follow";
    "casework.later_supplied" = "后补了材料", "Brought what was to follow";
    "casework.later_settled" = "后补的材料已齐", "What was to follow is there";
    "casework.task_cancelled" = "办件已结束，不用再做", "The case has ended; nothing is left to do";
    "casework.correction_asked" = "请求更正决定", "Asked to put a slip right";
    "casework.corrected" = "更正了决定", "A slip in the decision was put right";
    "casework.correction_rejected" = "没有更正，说明了理由", "Not corrected; the reason was told";
    "casework.way_chosen" = "选择了领取方式", "Chose how to receive the result";
    "casework.posted" = "结果已寄出", "The result was posted";
    "casework.post_back" = "邮件被退回", "The post brought it back";
    "casework.comment_erased" = "按本人请求删除了评语", "The words of the review were erased at her wish";
}
