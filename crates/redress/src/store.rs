//! Statements and rows.

use linli_acts::{BodyId, PersonId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_casework::offers::CaseId;
use linli_db::{row, sql};
use linli_vault::Sealed;

use crate::domain::{Call, OrderState, Verdict};

linli_db::id! {
    /// A work order from a bad review.
    pub struct OrderId;
}

row! {
    /// An order as it stands.
    #[derive(Clone, Debug)]
    pub struct OrderRow {
        pub id: OrderId,
        pub case_id: CaseId,
        pub person: PersonId,
        pub body: BodyId,
        pub place: PlaceCode,
        pub level: i64,
        pub state: OrderState,
        pub verdict: Option<Verdict>,
        pub call: Option<Call>,
        pub opened_on: Day,
        pub due: Day,
        pub due_at: Instant,
        pub fixed_on: Option<Day>,
        pub called_on: Option<Day>,
        pub closed_at: Option<Instant>,
        pub handler: Option<StaffId>,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct NoteRow { pub id: i64, pub step: String, pub by_staff: Option<StaffId>, pub at: Instant, pub words: Option<Sealed> }
}

macro_rules! columns {
    () => {
        "id, case_id, person, body, place, level, state, verdict, call, opened_on, due, due_at, fixed_on, called_on, closed_at, handler, rev"
    };
}

sql! {
    pub(crate) ADD: (OrderId,) = "INSERT INTO redress_orders (id, case_id, person, body, place, level, state, opened_on, due, due_at, rev)
        VALUES ($1, $2, $3, $4, $5, $6, 'opened', $7, $8, $9, 1) ON CONFLICT (case_id) DO NOTHING RETURNING id";
    pub(crate) ORDER: OrderRow = concat!("SELECT ", columns!(), " FROM redress_orders WHERE id = $1");
    pub(crate) QUEUE: OrderRow = concat!("SELECT ", columns!(), " FROM redress_orders WHERE closed_at IS NULL AND body = $1 AND place >= $2 AND place <= $3
        AND (due, id) > ($4, $5) ORDER BY due, id LIMIT $6");
    pub(crate) OF_PERSON: OrderRow = concat!("SELECT ", columns!(), " FROM redress_orders WHERE person = $1 ORDER BY id DESC LIMIT 30");
    pub(crate) MOVE: () = "UPDATE redress_orders SET state = $3, verdict = COALESCE($4, verdict), call = COALESCE($5, call), fixed_on = COALESCE($6, fixed_on),
        called_on = COALESCE($7, called_on), closed_at = COALESCE(CAST($8 AS BIGINT), closed_at), handler = COALESCE(CAST($9 AS BIGINT), handler), rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) NOTE: () = "INSERT INTO redress_notes (id, order_id, step, by_staff, at, words) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) NOTES: NoteRow = "SELECT id, step, by_staff, at, words FROM redress_notes WHERE order_id = $1 ORDER BY id LIMIT 100";
    pub(crate) FORGET_NOTES: () = "UPDATE redress_notes SET words = NULL WHERE order_id = $1";
    pub(crate) FOLLOW_PERSON: () = "UPDATE redress_orders SET person = $2 WHERE person = $1";
    pub(crate) STATES: (i64, Option<String>) = "SELECT id, state FROM redress_orders WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) OPENED: (i64,) = "SELECT count(*) FROM redress_orders WHERE opened_on <= $1";
    pub(crate) OPENED_ROWS: (i64, CaseId, Day, Day) = "SELECT id, case_id, opened_on, due FROM redress_orders WHERE opened_on <= $1 AND id > $2 ORDER BY id LIMIT 100";
    pub(crate) CALLED: (i64, i64) = "SELECT count(*) FILTER (WHERE called_on IS NOT NULL AND called_on <= $1) AS called, count(*) AS n FROM redress_orders
        WHERE opened_on <= $1 AND (due <= $1 OR (called_on IS NOT NULL AND called_on <= $1))";
    pub(crate) NOT_CALLED_ROWS: (i64, CaseId, Day, Day) = "SELECT id, case_id, opened_on, due FROM redress_orders
        WHERE due <= $1 AND (called_on IS NULL OR called_on > $1) AND id > $2 ORDER BY id LIMIT 100";
    pub(crate) IN_TIME: (i64, i64) = "SELECT count(*) FILTER (WHERE COALESCE(fixed_on, called_on) <= due) AS in_time, count(*) AS n FROM redress_orders
        WHERE opened_on <= $1 AND (due <= $1 OR COALESCE(fixed_on, called_on) <= $1)";
    pub(crate) LATE_ROWS: (i64, CaseId, Day, Day) = "SELECT id, case_id, opened_on, due FROM redress_orders
        WHERE due < $1 AND (COALESCE(fixed_on, called_on) IS NULL OR COALESCE(fixed_on, called_on) > due) AND id > $2 ORDER BY id LIMIT 100";
}

linli_acts::retention! {
    "redress_orders", keep, "工单随评价长期保存；不含内容。", "Orders are kept with the review; they hold no content.";
    "redress_notes", keep, "内容可依本人请求删除。", "Their words can be erased at her wish.";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "redress_order", page: &STATES } }

linli_acts::act_words! {
    "redress.opened" = "差评转为整改工单", "A bad review became a work order";
    "redress.looked" = "工作人员查看了差评工单", "An officer looked into the work order";
    "redress.verified" = "差评已核实", "The bad review was looked into";
    "redress.fixed" = "已整改", "It was mended";
    "redress.called" = "已回访", "She was called back";
    "redress.call_tried" = "回访后再次整改", "She was called back and is not content: mended again";
    "redress.closed" = "整改工单办结", "The work order is closed";
    "redress.notes_erased" = "按本人请求删除了工单内容", "The words of the order were erased at her wish";
}
