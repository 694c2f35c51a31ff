//! Counts by day and body, for whoever keeps sums of them; each along an index, so that a day costs a day.

use linli_acts::BodyId;
use linli_base::{Day, Instant};
use linli_db::{Read, row, sql};

use crate::domain::CaseId;
use crate::error::CaseError;

row! {
    /// A case that was decided, without anything of the applicant.
    #[derive(Clone, Debug)]
    pub struct DecidedRow {
        pub id: CaseId,
        pub number: String,
        pub title_zh: String,
        pub title_en: String,
        pub from_day: Day,
        pub due: Day,
        pub decided_on: Day,
    }
}

sql! {
    FIRST: (Option<String>,) = "SELECT min(day) AS day FROM cases";
    FILED: (i64,) = "SELECT count(*) FROM cases WHERE day >= $1 AND day <= $2";
    DECIDED: (BodyId, i64, i64) = "SELECT body, count(*) AS n, count(*) FILTER (WHERE decided_on <= due) AS in_time FROM cases
        WHERE decided_on IS NOT NULL AND decided_on >= $1 AND decided_on <= $2 GROUP BY body ORDER BY body";
    REVIEWED: (BodyId, i64, i64) = "SELECT body, count(*) AS n, count(*) FILTER (WHERE level >= 3) AS pleased FROM case_reviews WHERE at >= $1 AND at <= $2 GROUP BY body ORDER BY body";
    DECIDED_ROWS: DecidedRow = "SELECT id, number, title_zh, title_en, COALESCE(accepted_on, clock_from) AS from_day, due, decided_on FROM cases
        WHERE body = $1 AND decided_on IS NOT NULL AND decided_on >= $2 AND decided_on <= $3 AND (decided_on, id) > ($4, $5) ORDER BY decided_on, id LIMIT $6";
    FILED_ROWS: (i64, String, String, String) = "SELECT id, number, title_zh, title_en FROM cases WHERE filed_at <= $1 AND id > $2 ORDER BY id LIMIT 100";
    LATE_ROWS: (i64, String, String, String) = "SELECT id, number, title_zh, title_en FROM cases WHERE decided_on > due AND decided_on <= $1 AND id > $2 ORDER BY id LIMIT 100";
    REVIEW_ROWS: (i64, i64, String, String) = "SELECT r.case_id, r.level, c.number, c.title_zh FROM case_reviews r JOIN cases c ON c.id = r.case_id
        WHERE r.at <= $1 AND r.case_id > $2 ORDER BY r.case_id LIMIT 100";
}

/// The day of the first case.
///
/// # Errors
/// If the database fails.
pub fn first_day(read: &mut Read<'_>) -> Result<Option<Day>, linli_db::DbError> {
    Ok(read.one(&FIRST, ())?.0.and_then(|d| d.parse().ok()))
}

/// Cases filed on the days from one to another.
///
/// # Errors
/// If the database fails.
pub fn filed(read: &mut Read<'_>, from: Day, to: Day) -> Result<i64, linli_db::DbError> {
    Ok(read.one(&FILED, (from, to))?.0)
}

/// By body: decided on these days, and how many of them by their last day.
///
/// # Errors
/// If the database fails.
pub fn decided(
    read: &mut Read<'_>,
    from: Day,
    to: Day,
) -> Result<Vec<(BodyId, i64, i64)>, linli_db::DbError> {
    read.all(&DECIDED, (from, to))
}

/// By body: reviewed on these days, and how many of them with level 3 or better. No review is no vote.
///
/// # Errors
/// If the database fails.
pub fn reviewed(
    read: &mut Read<'_>,
    from: Day,
    to: Day,
) -> Result<Vec<(BodyId, i64, i64)>, linli_db::DbError> {
    read.all(&REVIEWED, (from.start(), to.end()))
}

/// What a body decided on these days, in order, after one.
///
/// # Errors
/// If the database fails.
pub fn decided_rows(
    read: &mut Read<'_>,
    body: BodyId,
    days: (Day, Day),
    after: (Day, CaseId),
    limit: u16,
) -> Result<Vec<DecidedRow>, CaseError> {
    Ok(read.all(&DECIDED_ROWS, (body, days.0, days.1, after.0, after.1, limit))?)
}

/// Records behind a figure: key, number, titles.
pub type Record = (i64, String, String, String);

/// Cases filed until an instant, after a key.
///
/// # Errors
/// If the database fails.
pub fn filed_rows(read: &mut Read<'_>, until: Instant, after: i64) -> Result<Vec<Record>, linli_db::DbError> {
    read.all(&FILED_ROWS, (until, after))
}

/// Cases decided late until a day, after a key.
///
/// # Errors
/// If the database fails.
pub fn late_rows(read: &mut Read<'_>, until: Day, after: i64) -> Result<Vec<Record>, linli_db::DbError> {
    read.all(&LATE_ROWS, (until, after))
}

/// Reviews until an instant, after a key: key, level, number, title.
///
/// # Errors
/// If the database fails.
pub fn review_rows(
    read: &mut Read<'_>,
    until: Instant,
    after: i64,
) -> Result<Vec<(i64, i64, String, String)>, linli_db::DbError> {
    read.all(&REVIEW_ROWS, (until, after))
}
