//! Statements and rows; a rule's value on a day.

use linli_base::{Day, Instant};
use linli_db::{DbError, Read, row, sql};

use crate::registry::{Certainty, Rule, Value};

linli_db::id! {
    /// A value that was set.
    pub struct ValueId;
}
linli_db::id! {
    /// A stretch of days of the calendar.
    pub struct StretchId;
}

row! {
    /// A value of a rule.
    #[derive(Clone, Debug)]
    pub(crate) struct ValueRow {
        pub id: ValueId,
        pub key: String,
        pub value: i64,
        pub from_day: Day,
        pub source: String,
        pub certainty: Certainty,
        pub set_by: linli_acts::StaffId,
        pub set_at: Instant,
    }
}

row! {
    /// A stretch of days.
    #[derive(Clone, Debug)]
    pub(crate) struct StretchRow {
        pub id: StretchId,
        pub from_day: Day,
        pub to_day: Day,
        pub kind: String,
        pub zh: String,
        pub en: String,
        pub source: String,
        pub certainty: String,
    }
}

sql! {
    pub(crate) SET: () = "INSERT INTO rule_values (id, key, value, from_day, source, certainty, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(crate) HISTORY: ValueRow = "SELECT id, key, value, from_day, source, certainty, set_by, set_at FROM rule_values WHERE key = $1 ORDER BY id DESC LIMIT 100";
    pub(crate) ADD_DAYS: () = "INSERT INTO calendar_stretches (id, from_day, to_day, kind, zh, en, source, certainty, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub(crate) DAYS_AT: StretchRow = "SELECT id, from_day, to_day, kind, zh, en, source, certainty FROM calendar_stretches
        WHERE added_at <= $1 AND (removed_at IS NULL OR removed_at > $1) ORDER BY id LIMIT 1000";
    pub(crate) ANY_DAYS: (i64,) = "SELECT count(*) FROM calendar_stretches";
    pub(crate) REMOVE_DAYS: () = "UPDATE calendar_stretches SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL";
}

linli_db::kept! {
    AT of ["rule_values"]: (i64, String, Certainty, Day) = "SELECT value, source, certainty, from_day FROM rule_values WHERE key = $1 AND from_day <= $2 ORDER BY from_day DESC, id DESC LIMIT 1";
    pub(crate) DAYS of ["calendar_stretches"]: StretchRow = "SELECT id, from_day, to_day, kind, zh, en, source, certainty FROM calendar_stretches WHERE removed_at IS NULL ORDER BY id LIMIT 1000";
    pub(crate) DAYS_FROM of ["calendar_stretches"]: StretchRow = "SELECT id, from_day, to_day, kind, zh, en, source, certainty FROM calendar_stretches
        WHERE removed_at IS NULL AND to_day >= $1 ORDER BY id LIMIT 1000";
    EDITION of ["rule_values"]: (i64,) = "SELECT count(*) FROM rule_values WHERE from_day <= $1";
}

/// A number that moves whenever what the rules say on a day does: how many values hold by then. None is ever taken back.
///
/// # Errors
/// If the database fails.
pub fn edition(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    Ok(read.kept_opt(&EDITION, (day,))?.map_or(0, |(n,)| n))
}

/// What a rule says on a day: the last value set that holds by then, or the default.
///
/// # Errors
/// If the database fails.
pub fn value(read: &mut Read<'_>, rule: &'static Rule, day: Day) -> Result<Value, DbError> {
    Ok(match read.kept_opt(&AT, (rule.key, day))? {
        Some((value, source, certainty, since)) => Value { value, source, certainty, since: Some(since) },
        None => Value {
            value: rule.default,
            source: rule.source.to_owned(),
            certainty: rule.certainty,
            since: None,
        },
    })
}
