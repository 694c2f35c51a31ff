//! Statements and rows.

use linli_acts::{BodyId, DutyId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{row, sql};
use linli_vault::Sealed;

use crate::domain::{BodyKind, BodyState, DeputyId, StaffState};

row! {
    /// A body.
    #[derive(Clone, Debug)]
    pub struct Body {
        pub id: BodyId,
        pub code: String,
        pub kind: BodyKind,
        pub name_zh: String,
        pub name_en: String,
        pub place: PlaceCode,
        pub state: BodyState,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct StaffRow {
        pub id: StaffId,
        pub login: String,
        pub name: String,
        pub state: StaffState,
        pub password: Option<String>,
        pub totp: Option<Sealed>,
        pub totp_proven_at: Option<Instant>,
        pub totp_step: i64,
        pub setup_until: Option<Instant>,
        pub rev: i64,
    }
}

row! {
    /// A duty that is held, or a deputy's.
    #[derive(Clone, Debug)]
    pub(crate) struct DutyRow {
        pub id: DutyId,
        pub kind: String,
        pub body: BodyId,
        pub place: PlaceCode,
        pub staff: StaffId,
        pub since: Instant,
        pub ended_at: Option<Instant>,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct DeputyRow {
        pub id: DeputyId,
        pub staff: StaffId,
        pub from_day: Day,
        pub to_day: Day,
    }
}

sql! {
    pub(crate) ADD_BODY: (BodyId,) = "INSERT INTO bodies (id, code, kind, name_zh, name_en, place, state, rev) VALUES ($1, $2, $3, $4, $5, $6, 'open', 1)
        ON CONFLICT (code) DO NOTHING RETURNING id";
    pub(crate) BODIES: Body = "SELECT id, code, kind, name_zh, name_en, place, state, rev FROM bodies WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) OPEN_BODIES: Body = "SELECT id, code, kind, name_zh, name_en, place, state, rev FROM bodies WHERE state = 'open' ORDER BY kind DESC, id LIMIT 500";
    pub(crate) CHANGE_BODY: () = "UPDATE bodies SET name_zh = $3, name_en = $4, state = $5, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) COUNT_BODIES: (i64,) = "SELECT count(*) FROM bodies WHERE state = 'open' AND kind <> 'committee'";
    pub(crate) BODY_STATES: (i64, Option<String>) = "SELECT id, state FROM bodies WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) COUNT_STAFF: (i64,) = "SELECT count(*) FROM staff";
    pub(crate) ADD_STAFF: (StaffId,) = "INSERT INTO staff (id, login, name, state, password, totp, setup_digest, setup_until, created_at, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT (login) DO NOTHING RETURNING id";
    pub(crate) STAFF: StaffRow = "SELECT id, login, name, state, password, totp, totp_proven_at, totp_step, setup_until, rev FROM staff WHERE id = $1";
    pub(crate) BY_LOGIN: StaffRow = "SELECT id, login, name, state, password, totp, totp_proven_at, totp_step, setup_until, rev FROM staff WHERE login = $1";
    pub(crate) BY_SETUP: StaffRow = "SELECT id, login, name, state, password, totp, totp_proven_at, totp_step, setup_until, rev FROM staff WHERE setup_digest = $1";
    pub(crate) STAFF_LIST: StaffRow = "SELECT id, login, name, state, password, totp, totp_proven_at, totp_step, setup_until, rev FROM staff WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) SET_PASSWORD: () = "UPDATE staff SET password = $3, state = 'active', setup_digest = NULL, setup_until = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SET_TOTP: () = "UPDATE staff SET totp = $2, totp_proven_at = NULL, totp_step = 0, rev = rev + 1 WHERE id = $1";
    pub(crate) PROVE_TOTP: () = "UPDATE staff SET totp_proven_at = COALESCE(totp_proven_at, CAST($3 AS BIGINT)), totp_step = $4 WHERE id = $1 AND totp_step = $2";
    pub(crate) SET_LINK: () = "UPDATE staff SET setup_digest = $3, setup_until = $4, totp = NULL, totp_proven_at = NULL, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SET_STATE: () = "UPDATE staff SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) STAFF_STATES: (i64, Option<String>) = "SELECT id, state FROM staff WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) GIVE: (DutyId,) = "INSERT INTO duties (id, kind, body, place, staff, since, state, given_by, rev) VALUES ($1, $2, $3, $4, $5, $6, 'held', $7, 1)
        ON CONFLICT (kind, body, place, staff) WHERE ended_at IS NULL DO NOTHING RETURNING id";
    pub(crate) DUTY: DutyRow = "SELECT id, kind, body, place, staff, since, ended_at, rev FROM duties WHERE id = $1";
    pub(crate) OF_STAFF: DutyRow = "SELECT id, kind, body, place, staff, since, ended_at, rev FROM duties WHERE staff = $1 ORDER BY id DESC LIMIT 200";
    pub(crate) HOLDERS: (StaffId,) = "SELECT staff FROM duties WHERE kind = $1 AND body = $2 AND ended_at IS NULL ORDER BY id LIMIT 200";
    pub(crate) BODIES_WITH: (BodyId, String, String) = "SELECT b.id, b.name_zh, b.name_en FROM bodies b WHERE b.state = 'open'
        AND EXISTS (SELECT 1 FROM duties d WHERE d.kind = $1 AND d.body = b.id AND d.ended_at IS NULL) ORDER BY b.id LIMIT 500";
    pub(crate) END_DUTY: () = "UPDATE duties SET ended_at = $3, state = 'ended', rev = rev + 1 WHERE id = $1 AND rev = $2 AND ended_at IS NULL";
    pub(crate) ADD_DEPUTY: () = "INSERT INTO deputies (id, duty, staff, from_day, to_day) VALUES ($1, $2, $3, $4, $5)";
    pub(crate) DEPUTIES: DeputyRow = "SELECT id, staff, from_day, to_day FROM deputies WHERE duty = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 20";
    pub(crate) END_DEPUTIES: () = "UPDATE deputies SET ended_at = $2 WHERE duty = $1 AND ended_at IS NULL";
    pub(crate) DUTY_STATES: (i64, Option<String>) = "SELECT id, state FROM duties WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) WRONG: (i64,) = "SELECT COALESCE(max(wrong), 0) AS wrong FROM office_tries WHERE who = $1 AND turn = $2";
    pub(crate) COUNT_WRONG: () = "INSERT INTO office_tries (who, turn, wrong) VALUES ($1, $2, 1)
        ON CONFLICT (who, turn) DO UPDATE SET wrong = office_tries.wrong + 1";
    pub(crate) SWEEP_TRIES: () = "DELETE FROM office_tries WHERE (who, turn) IN (SELECT who, turn FROM office_tries WHERE turn * 900000 < $1 LIMIT 1000)";

    pub(crate) ADD_TOKEN: () = "INSERT INTO first_tokens (id, digest, made_at) VALUES ($1, $2, $3)";
    pub(crate) USE_TOKEN: () = "UPDATE first_tokens SET used_at = $2 WHERE digest = $1 AND used_at IS NULL";
    pub(crate) VOID_TOKENS: () = "UPDATE first_tokens SET used_at = $1 WHERE used_at IS NULL";

    pub(crate) LOG: linli_acts::LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE id < $1 AND (CAST($2 AS TEXT) IS NULL OR act = $2) AND (CAST($3 AS BIGINT) IS NULL OR actor = $3) ORDER BY id DESC LIMIT 100";
}

linli_db::kept! {
    pub(crate) STANDING of ["staff"]: (StaffState, String) = "SELECT state, name FROM staff WHERE id = $1";
    pub(crate) BODY of ["bodies"]: Body = "SELECT id, code, kind, name_zh, name_en, place, state, rev FROM bodies WHERE id = $1";
    pub(crate) BODY_BY_CODE of ["bodies"]: Body = "SELECT id, code, kind, name_zh, name_en, place, state, rev FROM bodies WHERE code = $1";
    pub(crate) HELD of ["duties"]: DutyRow = "SELECT id, kind, body, place, staff, since, ended_at, rev FROM duties WHERE staff = $1 AND ended_at IS NULL ORDER BY id LIMIT 200";
    pub(crate) DEPUTISED of ["deputies", "duties"]: DutyRow = "SELECT d.id, d.kind, d.body, d.place, d.staff, d.since, d.ended_at, d.rev FROM deputies p JOIN duties d ON d.id = p.duty
        WHERE p.staff = $1 AND p.ended_at IS NULL AND p.from_day <= $2 AND p.to_day >= $2 AND d.ended_at IS NULL ORDER BY d.id LIMIT 200";
}

linli_acts::retention! {
    "bodies", keep, "机构沿革长期保存。", "The history of bodies is kept.";
    "staff", keep, "账户离任后保留，办理记录要能说明是谁办的。", "Accounts stay after leaving, so that the log can name who acted.";
    "duties", keep, "岗位任免长期保存。", "Who held which duty is kept.";
    "deputies", keep, "代理记录长期保存。", "Deputies' terms are kept.";
    "office_tries", days: 1, "输错次数只保留一天。", "Wrong tries are kept a day.", sweep: SWEEP_TRIES;
    "first_tokens", keep, "首次启用的令牌只存摘要。", "Digests of first-run tokens.";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "body", page: &BODY_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "staff", page: &STAFF_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "duty", page: &DUTY_STATES } }
