//! Statements and rows.

use linli_acts::{BodyId, DutyId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{Json, row, sql};
use linli_vault::Sealed;

use crate::domain::{BodyKind, CheckState, DeputyId, LogCheckId, StaffState};

row! {
    /// A body.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Body {
        pub id: BodyId,
        pub code: String,
        pub kind: BodyKind,
        pub name_zh: String,
        /// May be empty: pages then show the Chinese name.
        pub name_en: String,
        pub short_zh: String,
        pub short_en: String,
        pub place: PlaceCode,
        pub valid_from: Day,
        /// The first day on which it is no more.
        pub valid_to: Option<Day>,
        pub rev: i64,
    }
}

impl Body {
    /// Whether it exists on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
    /// The short Chinese name, or the whole one.
    #[must_use]
    pub fn short(&self) -> &str {
        if self.short_zh.is_empty() { &self.name_zh } else { &self.short_zh }
    }
}

row! {
    /// An officer's account, without what is secret.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Staff {
        pub id: StaffId,
        pub login: String,
        pub name: String,
        pub body: BodyId,
        pub state: StaffState,
        pub created_at: Instant,
        pub left_at: Option<Instant>,
        pub rev: i64,
    }
}

row! {
    pub(crate) struct Secrets { pub id: StaffId, pub login: String, pub password: Option<String>, pub totp: Option<Sealed>, pub totp_step: i64, pub state: StaffState }
}

row! {
    /// A duty held.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Duty {
        pub id: DutyId,
        /// Key of the duty kind.
        pub kind: String,
        pub body: BodyId,
        pub place: PlaceCode,
        pub holder: StaffId,
        pub since: Instant,
        /// Not held at this instant any more.
        pub until: Option<Instant>,
        pub given_by: Option<StaffId>,
        pub ended_by: Option<StaffId>,
        pub rev: i64,
    }
}

impl Duty {
    /// Whether it is held at an instant.
    #[must_use]
    pub fn holds_at(&self, at: Instant) -> bool {
        self.since <= at && self.until.is_none_or(|end| at < end)
    }
}

row! {
    /// Somebody stands in for a duty's holder.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Deputy {
        pub id: DeputyId,
        pub duty: DutyId,
        pub deputy: StaffId,
        pub since: Instant,
        pub until: Instant,
        pub given_by: Option<StaffId>,
        pub rev: i64,
    }
}

row! {
    pub(crate) struct HeldRow { pub duty: DutyId, pub kind: String, pub body: BodyId, pub place: PlaceCode, pub deputy_of: Option<StaffId> }
}

row! {
    /// What a check of the log found.
    #[derive(Clone, Debug)]
    pub struct LogCheck {
        pub id: LogCheckId,
        pub asked_by: StaffId,
        pub asked_at: Instant,
        pub state: CheckState,
        pub ended_at: Option<Instant>,
        pub seals: i64,
        pub rows_seen: i64,
        pub contents: i64,
        pub faults: i64,
        pub found: Json<Vec<String>>,
    }
}

row! {
    pub(crate) struct GuardRow { pub tries: u32, pub since: Instant, pub until: Instant }
}

sql! {
    pub(crate) BODY: Body = "SELECT id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev FROM bodies WHERE id = $1";
    pub(crate) BODY_BY_CODE: Body = "SELECT id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev FROM bodies WHERE code = $1";
    pub(crate) BODIES: Body = "SELECT id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev FROM bodies
        WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR kind = $2) AND (CAST($3 AS TEXT) IS NULL OR (valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3)))
        ORDER BY id LIMIT $4";
    pub(crate) BODIES_AT: Body = "SELECT id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev FROM bodies
        WHERE place = $1 AND kind = $2 AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) ORDER BY id LIMIT 100";
    pub(crate) COUNT_BODIES: (i64,) = "SELECT count(*) AS n FROM bodies WHERE kind = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)";
    pub(crate) BODIES_OF_FIGURE: Body = "SELECT id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev FROM bodies
        WHERE id > $1 AND kind IN ('department', 'street') AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY id LIMIT 100";
    pub(crate) INSERT_BODY: () = "INSERT INTO bodies (id, code, kind, name_zh, name_en, short_zh, short_en, place, valid_from, valid_to, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, 1)";
    pub(crate) UPDATE_BODY: () = "UPDATE bodies SET code = $3, kind = $4, name_zh = $5, name_en = $6, short_zh = $7, short_en = $8, place = $9, rev = rev + 1
        WHERE id = $1 AND rev = $2";
    pub(crate) CLOSE_BODY: () = "UPDATE bodies SET valid_to = $3, rev = rev + 1 WHERE id = $1 AND rev = $2 AND valid_to IS NULL";
    pub(crate) BODY_IN_USE: (i64,) = "SELECT count(*) AS n FROM duties WHERE body = $1 AND (until IS NULL OR until > $2)";

    pub(crate) STAFF: Staff = "SELECT id, login, name, body, state, created_at, left_at, rev FROM staff WHERE id = $1";
    pub(crate) STAFF_BY_LOGIN: Staff = "SELECT id, login, name, body, state, created_at, left_at, rev FROM staff WHERE login = $1";
    pub(crate) STAFF_LIST: Staff = "SELECT id, login, name, body, state, created_at, left_at, rev FROM staff
        WHERE id > $1 AND (CAST($2 AS BIGINT) IS NULL OR body = $2) AND (CAST($3 AS TEXT) IS NULL OR state = $3) ORDER BY id LIMIT $4";
    pub(crate) STAFF_NAMED: Staff = "SELECT id, login, name, body, state, created_at, left_at, rev FROM staff
        WHERE (name >= $1 AND name < $2) OR (login >= $3 AND login < $4) ORDER BY name, id LIMIT $5";
    pub(crate) SECRETS: Secrets = "SELECT id, login, password, totp, totp_step, state FROM staff WHERE id = $1";
    pub(crate) SECRETS_BY_LOGIN: Secrets = "SELECT id, login, password, totp, totp_step, state FROM staff WHERE login = $1";
    pub(crate) PHONE: (Option<Sealed>,) = "SELECT phone FROM staff WHERE id = $1";
    pub(crate) INSERT_STAFF: () = "INSERT INTO staff (id, login, name, body, phone, password, totp, totp_step, state, created_at, left_at, rev)
        VALUES ($1, $2, $3, $4, $5, NULL, NULL, 0, 'invited', $6, NULL, 1)";
    pub(crate) UPDATE_STAFF: () = "UPDATE staff SET name = $3, body = $4, phone = $5, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state <> 'left'";
    pub(crate) SET_STATE: () = "UPDATE staff SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) TO_INVITED: () = "UPDATE staff SET state = 'invited', rev = rev + 1 WHERE id = $1 AND rev = $2 AND state <> 'left'";
    pub(crate) SET_PASSWORD: () = "UPDATE staff SET password = $2 WHERE id = $1 AND state <> 'left'";
    pub(crate) SET_FACTOR: () = "UPDATE staff SET totp = $2, totp_step = $3, state = 'active', rev = rev + 1 WHERE id = $1 AND state IN ('invited', 'active')";
    pub(crate) STEP: () = "UPDATE staff SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
    pub(crate) LEAVE: () = "UPDATE staff SET state = 'left', left_at = $3, password = NULL, totp = NULL, phone = NULL, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND state <> 'left'";

    pub(crate) LINK: (StaffId, bool) = "SELECT staff, first FROM setup_links WHERE digest = $1 AND ended_at IS NULL AND expires_at > $2";
    pub(crate) INSERT_LINK: () = "INSERT INTO setup_links (id, digest, staff, first, made_by, made_at, expires_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    pub(crate) END_LINKS: () = "UPDATE setup_links SET ended_at = $2 WHERE staff = $1 AND ended_at IS NULL";

    pub(crate) DUTY: Duty = "SELECT id, kind, body, place, holder, since, until, given_by, ended_by, rev FROM duties WHERE id = $1";
    pub(crate) DUTIES: Duty = "SELECT id, kind, body, place, holder, since, until, given_by, ended_by, rev FROM duties
        WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR kind = $2) AND (CAST($3 AS BIGINT) IS NULL OR body = $3)
          AND (CAST($4 AS BIGINT) IS NULL OR holder = $4) AND (CAST($5 AS BIGINT) IS NULL OR place = $5)
          AND (CAST($6 AS BIGINT) IS NULL OR until IS NULL OR until > $6) ORDER BY id LIMIT $7";
    pub(crate) OPEN_OF: Duty = "SELECT id, kind, body, place, holder, since, until, given_by, ended_by, rev FROM duties
        WHERE holder = $1 AND (until IS NULL OR until > $2) ORDER BY id LIMIT 500";
    pub(crate) DEPUTISED_KINDS: (String,) = "SELECT d.kind FROM deputies p JOIN duties d ON d.id = p.duty
        WHERE p.deputy = $1 AND p.until > $2 AND (d.until IS NULL OR d.until > $2) LIMIT 500";
    pub(crate) INSERT_DUTY: () = "INSERT INTO duties (id, kind, body, place, holder, since, until, given_by, ended_by, rev) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 1)";
    pub(crate) END_DUTY: () = "UPDATE duties SET until = CASE WHEN since > $3 THEN since ELSE $3 END, ended_by = $4, rev = rev + 1
        WHERE id = $1 AND rev = $2 AND (until IS NULL OR until > $3)";
    pub(crate) OTHERS_OF_KIND: (i64,) = "SELECT count(*) AS n FROM duties d JOIN staff s ON s.id = d.holder
        WHERE d.kind = $1 AND d.holder <> $2 AND d.since <= $3 AND (d.until IS NULL OR d.until > $3) AND s.state = 'active'";
    pub(crate) HELD: HeldRow = "SELECT d.id AS duty, d.kind, d.body, d.place, CAST(NULL AS BIGINT) AS deputy_of FROM duties d JOIN staff s ON s.id = d.holder
        WHERE d.holder = $1 AND s.state = 'active' AND d.since <= $2 AND (d.until IS NULL OR d.until > $2)
        UNION ALL SELECT d.id AS duty, d.kind, d.body, d.place, d.holder AS deputy_of FROM deputies p JOIN duties d ON d.id = p.duty JOIN staff s ON s.id = p.deputy
        WHERE p.deputy = $1 AND s.state = 'active' AND p.since <= $2 AND p.until > $2 AND d.since <= $2 AND (d.until IS NULL OR d.until > $2)
        ORDER BY duty LIMIT 500";
    pub(crate) HOLDERS: (StaffId,) = "SELECT s.id FROM staff s WHERE s.state = 'active' AND s.id IN (
          SELECT d.holder FROM duties d WHERE d.kind = $1 AND d.body = $2 AND d.place IN (SELECT CAST(key AS BIGINT) FROM json_each($3))
            AND d.since <= $4 AND (d.until IS NULL OR d.until > $4)
          UNION SELECT p.deputy FROM deputies p JOIN duties d ON d.id = p.duty WHERE d.kind = $1 AND d.body = $2
            AND d.place IN (SELECT CAST(key AS BIGINT) FROM json_each($3)) AND d.since <= $4 AND (d.until IS NULL OR d.until > $4)
            AND p.since <= $4 AND p.until > $4)
        ORDER BY s.id LIMIT 200";
    pub(crate) BODIES_WITH: (BodyId,) = "SELECT DISTINCT d.body FROM duties d JOIN bodies b ON b.id = d.body WHERE d.kind = $1 AND d.place IN (SELECT CAST(key AS BIGINT) FROM json_each($2))
            AND d.since <= $3 AND (d.until IS NULL OR d.until > $3) ORDER BY d.body LIMIT 100";

    pub(crate) DEPUTY: Deputy = "SELECT id, duty, deputy, since, until, given_by, rev FROM deputies WHERE id = $1";
    pub(crate) DEPUTIES_OF: Deputy = "SELECT id, duty, deputy, since, until, given_by, rev FROM deputies WHERE duty = $1 ORDER BY id DESC LIMIT 100";
    pub(crate) DEPUTIES_OPEN: Deputy = "SELECT id, duty, deputy, since, until, given_by, rev FROM deputies WHERE duty = $1 AND until > $2 ORDER BY id LIMIT 100";
    pub(crate) DEPUTY_OPEN_OF: Deputy = "SELECT id, duty, deputy, since, until, given_by, rev FROM deputies WHERE deputy = $1 AND until > $2 ORDER BY id LIMIT 500";
    pub(crate) INSERT_DEPUTY: () = "INSERT INTO deputies (id, duty, deputy, since, until, given_by, rev) VALUES ($1, $2, $3, $4, $5, $6, 1)";
    pub(crate) END_DEPUTY: () = "UPDATE deputies SET until = CASE WHEN since > $3 THEN since ELSE $3 END, rev = rev + 1 WHERE id = $1 AND rev = $2 AND until > $3";

    pub(crate) GUARD: GuardRow = "SELECT tries, since, until FROM door_guards WHERE kind = $1 AND mark = $2";
    pub(crate) KEEP_GUARD: () = "INSERT INTO door_guards (kind, mark, tries, since, until) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, mark) DO UPDATE SET tries = excluded.tries, since = excluded.since, until = excluded.until";
    pub(crate) DROP_GUARD: () = "DELETE FROM door_guards WHERE kind = $1 AND mark = $2";

    pub(crate) FIRST_RUN: (Vec<u8>, Instant, Option<Instant>) = "SELECT digest, made_at, used_at FROM first_run WHERE n = 1";
    pub(crate) KEEP_FIRST_RUN: () = "INSERT INTO first_run (n, digest, made_at, used_at) VALUES (1, $1, $2, NULL)
        ON CONFLICT (n) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at WHERE first_run.used_at IS NULL";
    pub(crate) REOPEN_FIRST_RUN: () = "INSERT INTO first_run (n, digest, made_at, used_at) VALUES (1, $1, $2, NULL)
        ON CONFLICT (n) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at, used_at = NULL";
    pub(crate) FIRST_RUN_OVER: () = "INSERT INTO first_run (n, digest, made_at, used_at) VALUES (1, $1, $2, $2)
        ON CONFLICT (n) DO UPDATE SET used_at = excluded.used_at WHERE first_run.used_at IS NULL";

    pub(crate) LOG_CHECK: LogCheck = "SELECT id, asked_by, asked_at, state, ended_at, seals, rows_seen, contents, faults, found FROM log_checks WHERE id = $1";
    pub(crate) LOG_CHECKS: LogCheck = "SELECT id, asked_by, asked_at, state, ended_at, seals, rows_seen, contents, faults, found FROM log_checks ORDER BY id DESC LIMIT 20";
    pub(crate) LOG_CHECK_RUNNING: (LogCheckId,) = "SELECT id FROM log_checks WHERE state = 'running' ORDER BY id LIMIT 1";
    pub(crate) INSERT_LOG_CHECK: () = "INSERT INTO log_checks (id, asked_by, asked_at, state, ended_at, seals, rows_seen, contents, faults, found)
        VALUES ($1, $2, $3, 'running', NULL, 0, 0, 0, 0, $4)";
    pub(crate) END_LOG_CHECK: () = "UPDATE log_checks SET state = $2, ended_at = $3, seals = $4, rows_seen = $5, contents = $6, faults = $7, found = $8 WHERE id = $1 AND state = 'running'";

    pub(crate) STAFF_STATES: (i64, Option<String>) = "SELECT id, state FROM staff WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) CHECK_STATES: (i64, Option<String>) = "SELECT id, state FROM log_checks WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) SWEEP_LINKS: () = "DELETE FROM setup_links WHERE id IN (SELECT id FROM setup_links WHERE expires_at < $1 LIMIT 1000)";
    pub(crate) SWEEP_GUARDS: () = "DELETE FROM door_guards WHERE (kind, mark) IN (SELECT kind, mark FROM door_guards WHERE since < $1 LIMIT 1000)";
    pub(crate) SWEEP_CHECKS: () = "DELETE FROM log_checks WHERE id IN (SELECT id FROM log_checks WHERE asked_at < $1 LIMIT 1000)";
}
