//! Statements and rows.

use linli_acts::{BodyId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_casework::offers::{CaseId, TaskId};
use linli_db::{row, sql};
use linli_vault::Sealed;

linli_db::id! {
    /// A kept filter.
    pub struct FilterId;
}
linli_db::id! {
    /// An act on many cases.
    pub struct BulkId;
}
linli_db::id! {
    /// A reminder.
    pub struct ReminderId;
}

linli_db::codes! {
    /// What is done to many cases.
    pub enum BulkAct {
        Accept = "accept",
        Assign = "assign",
        HandOn = "hand_on",
        Remind = "remind",
    }
}

linli_db::codes! {
    /// How far it is.
    pub enum BulkState {
        Running = "running",
        Done = "done",
    }
}

linli_db::codes! {
    /// Why somebody is reminded.
    pub enum ReminderKind {
        Soon = "soon",
        Late = "late",
        /// Its supervisor was told.
        Escalated = "escalated",
        /// The applicant was, of what she has to mend.
        Applicant = "applicant",
        /// The applicant was, of what is to follow.
        Follow = "follow",
        /// By a person.
        Person = "person",
        /// A co-handling body was, before its day.
        CoSoon = "co_soon",
        /// A co-handling body was, after its day.
        CoLate = "co_late",
        /// The lead was, that a co-handling body is late.
        CoLead = "co_lead",
        /// The supervisor of a late co-handling body was told.
        CoAbove = "co_above",
        /// The lead's supervisor was.
        CoLeadAbove = "co_lead_above",
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct FilterRow { pub id: FilterId, pub staff: StaffId, pub body: Option<BodyId>, pub name: String, pub query: String }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct BulkRow { pub id: BulkId, pub staff: StaffId, pub act: BulkAct, pub total: i64, pub state: BulkState, pub at: Instant, pub how: Sealed }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct BulkCase { pub seq: i64, pub case_id: CaseId, pub rev: i64, pub result: String }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ReminderRow {
        pub id: ReminderId, pub case_id: CaseId, pub task: TaskId, pub kind: ReminderKind, pub due: Day, pub body: BodyId, pub place: PlaceCode,
        pub by_staff: Option<StaffId>, pub at: Instant,
    }
}

sql! {
    pub(crate) ADD_FILTER: () = "INSERT INTO desk_filters (id, staff, body, name, query, at) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) FILTER: FilterRow = "SELECT id, staff, body, name, query FROM desk_filters WHERE id = $1";
    pub(crate) FILTERS_OF: FilterRow = "SELECT id, staff, body, name, query FROM desk_filters WHERE staff = $1 ORDER BY id LIMIT 50";
    pub(crate) FILTERS_SHARED: FilterRow = "SELECT id, staff, body, name, query FROM desk_filters WHERE body = $1 AND staff <> $2 ORDER BY id LIMIT 50";
    pub(crate) DELETE_FILTER: () = "DELETE FROM desk_filters WHERE id = $1";

    pub(crate) ADD_BULK: () = "INSERT INTO bulks (id, staff, act, total, state, at, how) VALUES ($1, $2, $3, $4, 'running', $5, $6)";
    pub(crate) ADD_BULK_CASE: () = "INSERT INTO bulk_cases (bulk, seq, case_id, rev, result) VALUES ($1, $2, $3, $4, 'waiting')";
    pub(crate) BULK: BulkRow = "SELECT id, staff, act, total, state, at, how FROM bulks WHERE id = $1";
    pub(crate) BULK_CASES: BulkCase = "SELECT seq, case_id, rev, result FROM bulk_cases WHERE bulk = $1 ORDER BY seq LIMIT 1000";
    pub(crate) BULK_CASE: BulkCase = "SELECT seq, case_id, rev, result FROM bulk_cases WHERE bulk = $1 AND seq = $2";
    pub(crate) RESULT: () = "UPDATE bulk_cases SET result = $3 WHERE bulk = $1 AND seq = $2 AND result = 'waiting'";
    pub(crate) BULK_DONE: () = "UPDATE bulks SET state = 'done' WHERE id = $1 AND state = 'running'";
    pub(crate) BULK_STATES: (i64, Option<String>) = "SELECT id, state FROM bulks WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) SWEEP_BULK_CASES: () = "DELETE FROM bulk_cases WHERE bulk IN (SELECT id FROM bulks WHERE at < $1 ORDER BY at LIMIT 10)";

    pub(crate) ADD_REMINDER: (ReminderId,) = "INSERT INTO desk_reminders (id, case_id, task, kind, due, body, place, staff, by_staff, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (case_id, kind, due, task) WHERE kind <> 'person' DO NOTHING RETURNING id";
    pub(crate) REMINDERS_OF: ReminderRow = "SELECT id, case_id, task, kind, due, body, place, by_staff, at FROM desk_reminders WHERE staff = $1 AND seen_at IS NULL ORDER BY id DESC LIMIT 20";
    pub(crate) REMINDERS_AT: ReminderRow = "SELECT id, case_id, task, kind, due, body, place, by_staff, at FROM desk_reminders
        WHERE body = $1 AND kind = $2 AND staff IS NULL AND seen_at IS NULL ORDER BY id DESC LIMIT 20";
    pub(crate) SEEN: () = "UPDATE desk_reminders SET seen_at = $2 WHERE id = $1 AND seen_at IS NULL";
    pub(crate) REMINDER: ReminderRow = "SELECT id, case_id, task, kind, due, body, place, by_staff, at FROM desk_reminders WHERE id = $1";
    pub(crate) REMINDER_OF: (Option<StaffId>,) = "SELECT staff FROM desk_reminders WHERE id = $1";
    pub(crate) SWEEP_REMINDERS: () = "DELETE FROM desk_reminders WHERE id IN (SELECT id FROM desk_reminders WHERE at < $1 ORDER BY at LIMIT 1000)";
}

linli_acts::retention! {
    "desk_filters", keep, "由本人删除；不含查找的字词。", "Deleted by their owner; they hold no words that were looked for.";
    "bulks", keep, "批量处理的记录保留，逐件结果一年后删除。", "That it was done is kept; the results are deleted after a year.";
    "bulk_cases", days: 365, "逐件结果保留一年。", "Results by case are kept a year.", sweep: SWEEP_BULK_CASES;
    "desk_reminders", days: 730, "提醒记录保留两年，防止重复提醒。", "Reminders are kept two years, so that nothing is told twice.", sweep: SWEEP_REMINDERS;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "bulk", page: &BULK_STATES } }

linli_acts::act_words! {
    "desk.filter_saved" = "保存了筛选", "Kept a filter";
    "desk.filter_deleted" = "删除了筛选", "Deleted a filter";
    "desk.bulk_begun" = "开始批量处理", "Began an act on many cases";
    "desk.bulk_done" = "批量处理完成", "An act on many cases is done";
    "desk.reminded" = "提醒经办人", "The officer was reminded";
    "desk.reminded_soon" = "临近到期，提醒经办人", "Near its last day: the officer was reminded";
    "desk.reminded_late" = "逾期，提醒经办人", "Late: the officer was reminded";
    "desk.escalated" = "逾期，报督办", "Late: its supervisor was told";
    "desk.co_reminded_soon" = "临近到期，提醒会办机构", "Near its last day: the co-handling body was reminded";
    "desk.co_reminded_late" = "会办逾期，提醒会办机构和主办", "Co-handling is late: the body and the lead were reminded";
    "desk.co_escalated" = "会办逾期，报督办", "Co-handling is late: supervisors were told";
    "desk.co_urged" = "督办会办机构", "The co-handling body was urged";
    "desk.applicant_reminded" = "提醒申请人", "The applicant was reminded";
    "desk.exported" = "导出办件清单", "Exported a list of cases";
}
