//! Finding cases for a desk: one stage of one body at a time along an index, each walk bounded, put together by last day.

use linli_acts::{BodyId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{Read, sql};
use linli_vault::{Lookup, Vault};

use crate::acts::tasks::TaskId;
use crate::domain::{CaseId, State};
use crate::error::CaseError;
use crate::store::{CaseRow, case_columns};

/// Rows that one walk looks at before it stops and says how far it came.
const WINDOW: u16 = 1_000;

/// Who is at work on a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holder {
    Any,
    Nobody,
    Officer(StaffId),
}

/// What a queue is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Body and places of each duty that looks.
    pub reach: Vec<(BodyId, PlaceCode)>,
    pub states: Vec<State>,
    pub holder: Holder,
    /// Key of an item.
    pub item: Option<String>,
    pub place: Option<PlaceCode>,
    /// First and last of the last days.
    pub due: Option<(Day, Day)>,
    pub filed_before: Option<Instant>,
}

/// A page of cases, and from where to go on.
pub struct Found {
    pub rows: Vec<CaseRow>,
    pub next: Option<(Day, CaseId)>,
}

/// Where a walk begins that has not begun.
#[must_use]
pub fn start() -> (Day, CaseId) {
    (Day::new(2000, 1, 1).unwrap_or_else(|| Instant::from_millis(0).day()), CaseId::from_raw(0))
}

fn ever() -> Day {
    Day::new(9999, 1, 1).unwrap_or_else(|| Instant::from_millis(0).day())
}

sql! {
    // A walk goes by last day along the index of its stage. What else is asked stands in one CASE, which neither engine looks up by
    // nor takes for rare, so that both stop at the page's end.
    WALK: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE closed_at IS NULL AND body = $1 AND state = $2 AND (due, id) > ($3, $4) AND (due, id) <= ($5, $6)
        AND CASE WHEN place + 0 < CAST($7 AS BIGINT) OR place + 0 > CAST($8 AS BIGINT) OR filed_at > COALESCE(CAST($9 AS BIGINT), filed_at)
            OR (CAST($10 AS BIGINT) = 1 AND handler IS NOT NULL) THEN 0 ELSE 1 END > 0 ORDER BY due, id LIMIT $11");
    WALK_END: (Day, CaseId) = "SELECT due, id FROM cases WHERE closed_at IS NULL AND body = $1 AND state = $2 AND (due, id) > ($3, $4) AND due <= $5
        ORDER BY due, id LIMIT 1 OFFSET $6";
    WALK_HANDLER: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE closed_at IS NULL AND handler = $1 AND state = $2 AND (due, id) > ($3, $4) AND (due, id) <= ($5, $6)
        AND CASE WHEN place + 0 < CAST($7 AS BIGINT) OR place + 0 > CAST($8 AS BIGINT) OR filed_at > COALESCE(CAST($9 AS BIGINT), filed_at)
            OR body + 0 <> CAST($10 AS BIGINT) OR item <> COALESCE(CAST($11 AS TEXT), item) THEN 0 ELSE 1 END > 0 ORDER BY due, id LIMIT $12");
    WALK_HANDLER_END: (Day, CaseId) = "SELECT due, id FROM cases WHERE closed_at IS NULL AND handler = $1 AND state = $2 AND (due, id) > ($3, $4) AND due <= $5
        ORDER BY due, id LIMIT 1 OFFSET $6";
    WALK_ITEM: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE closed_at IS NULL AND body = $1 AND item = $11 AND state = $2 AND (due, id) > ($3, $4) AND (due, id) <= ($5, $6)
        AND CASE WHEN place + 0 < CAST($7 AS BIGINT) OR place + 0 > CAST($8 AS BIGINT) OR filed_at > COALESCE(CAST($9 AS BIGINT), filed_at)
            OR (CAST($10 AS BIGINT) = 1 AND handler IS NOT NULL) THEN 0 ELSE 1 END > 0 ORDER BY due, id LIMIT $12");
    WALK_ITEM_END: (Day, CaseId) = "SELECT due, id FROM cases WHERE closed_at IS NULL AND body = $1 AND item = $7 AND state = $2 AND (due, id) > ($3, $4) AND due <= $5
        ORDER BY due, id LIMIT 1 OFFSET $6";
    BY_NUMBERS: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3");
    BY_NAME: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE name_key = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    COUNT: (i64,) = "SELECT count(*) FROM (SELECT id FROM cases WHERE closed_at IS NULL AND body = $1 AND state = $2 AND due >= $5 AND due <= $6
        AND CASE WHEN place + 0 < CAST($3 AS BIGINT) OR place + 0 > CAST($4 AS BIGINT) THEN 0 ELSE 1 END > 0 LIMIT $7) w";
    ITEMS: (String, String, String) = "WITH RECURSIVE found(item) AS (
            SELECT (SELECT min(c.item) FROM cases c WHERE c.closed_at IS NULL AND c.body = $1 AND c.item > '')
            UNION ALL
            SELECT (SELECT min(c.item) FROM cases c WHERE c.closed_at IS NULL AND c.body = $1 AND c.item > found.item) FROM found WHERE found.item IS NOT NULL
        ) SELECT f.item AS item, COALESCE((SELECT c.title_zh FROM cases c WHERE c.closed_at IS NULL AND c.body = $1 AND c.item = f.item LIMIT 1), '') AS zh,
            COALESCE((SELECT c.title_en FROM cases c WHERE c.closed_at IS NULL AND c.body = $1 AND c.item = f.item LIMIT 1), '') AS en
        FROM found f WHERE f.item IS NOT NULL ORDER BY f.item LIMIT 200";
    PLACES: (PlaceCode,) = "WITH RECURSIVE found(place) AS (
            SELECT (SELECT min(c.place) FROM cases c WHERE c.closed_at IS NULL AND c.body = $1)
            UNION ALL
            SELECT (SELECT min(c.place) FROM cases c WHERE c.closed_at IS NULL AND c.body = $1 AND c.place > found.place) FROM found WHERE found.place IS NOT NULL
        ) SELECT f.place AS place FROM found f WHERE f.place IS NOT NULL ORDER BY f.place LIMIT 300";
}

/// How a whole name is kept to be found by: never the name.
#[must_use]
pub fn name_key(vault: &Vault, name: &str) -> Lookup {
    let name = linli_base::text::tidy(name);
    let regular: String = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    vault.lookup("cases.name", &regular)
}

/// One page of a queue, at most `limit` rows. Where a filter lets few pass, a page may be short and still say from where to go on.
///
/// # Errors
/// If the database fails.
pub fn find(read: &mut Read<'_>, ask: &Ask, after: (Day, CaseId), limit: usize) -> Result<Found, CaseError> {
    let (first, last) = ask.due.unwrap_or((start().0, ever()));
    // A light's first day is a place to begin at, so nothing before it is walked over.
    let after = if after.0 < first { (first.plus_days(-1), CaseId::from_raw(i64::MAX)) } else { after };
    let rows_wanted = u16::try_from(limit.saturating_add(1)).unwrap_or(u16::MAX);
    let nobody = i64::from(ask.holder == Holder::Nobody);
    let (mut rows, mut barrier): (Vec<CaseRow>, Option<(Day, CaseId)>) = (Vec::new(), None);
    for (body, reach) in &ask.reach {
        // The narrower of the two; places apart have nothing in common.
        let place = match ask.place {
            Some(p) if reach.contains(p) => p,
            Some(p) if p.contains(*reach) => *reach,
            Some(_) => continue,
            None => *reach,
        };
        let (low, high) = place.range();
        for state in &ask.states {
            let (due, id) = after;
            let filed = ask.filed_before;
            // How far this walk may go, so that a filter which lets few pass does not walk over everything.
            let end = match (&ask.holder, &ask.item) {
                (Holder::Officer(who), _) => {
                    read.opt(&WALK_HANDLER_END, (*who, *state, due, id, last, WINDOW - 1))?
                }
                (_, Some(item)) => {
                    read.opt(&WALK_ITEM_END, (*body, *state, due, id, last, WINDOW - 1, item))?
                }
                (_, None) => read.opt(&WALK_END, (*body, *state, due, id, last, WINDOW - 1))?,
            };
            let (to, to_id) = end.unwrap_or((last, CaseId::from_raw(i64::MAX)));
            let found = match (&ask.holder, &ask.item) {
                (Holder::Officer(who), item) => read.all(
                    &WALK_HANDLER,
                    (*who, *state, due, id, to, to_id, low, high, filed, *body, item, rows_wanted),
                )?,
                (_, Some(item)) => read.all(
                    &WALK_ITEM,
                    (*body, *state, due, id, to, to_id, low, high, filed, nobody, item, rows_wanted),
                )?,
                (_, None) => read
                    .all(&WALK, (*body, *state, due, id, to, to_id, low, high, filed, nobody, rows_wanted))?,
            };
            // A walk that filled its page was not stopped by its end.
            let end = end.filter(|_| found.len() < usize::from(rows_wanted));
            barrier = match (barrier, end) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            rows.extend(found);
        }
    }
    rows.sort_by_key(|c| (c.due, c.id));
    rows.dedup_by_key(|c| c.id);
    // What lies beyond the shortest walk has not been compared with what that walk did not reach.
    if let Some(barrier) = barrier {
        rows.retain(|c| (c.due, c.id) <= barrier);
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(|c| (c.due, c.id)) } else { barrier };
    Ok(Found { rows, next })
}

/// Cases of these bodies and places by a number or its beginning (a day's is eight digits), or by the whole name of the applicant;
/// ended ones too. At most `limit`.
///
/// # Errors
/// If the database fails.
pub fn by_words(
    read: &mut Read<'_>,
    vault: &Vault,
    reach: &[(BodyId, PlaceCode)],
    words: &str,
    limit: usize,
) -> Result<Vec<CaseRow>, CaseError> {
    let number = !words.is_empty() && words.chars().all(|c| c.is_ascii_digit() || c == '-');
    let most = u16::try_from(limit.saturating_mul(4)).unwrap_or(u16::MAX);
    let found = if number {
        // The character after every digit and the hyphen.
        read.all(&BY_NUMBERS, (words, format!("{words}:"), most))?
    } else {
        read.all(&BY_NAME, (name_key(vault, words), CaseId::from_raw(i64::MAX), most))?
    };
    let mine = |c: &CaseRow| reach.iter().any(|(body, place)| *body == c.body && place.contains(c.place));
    Ok(found.into_iter().filter(mine).take(limit).collect())
}

/// How many cases in these states have their last day within two days; counting stops at `most` for each walk.
///
/// # Errors
/// If the database fails.
pub fn count(
    read: &mut Read<'_>,
    reach: &[(BodyId, PlaceCode)],
    states: &[State],
    days: Option<(Day, Day)>,
    most: i64,
) -> Result<i64, CaseError> {
    let (from, to) = days.unwrap_or((start().0, ever()));
    let mut sum = 0;
    for (body, place) in reach {
        let (low, high) = place.range();
        for state in states {
            sum += read.one(&COUNT, (*body, *state, low, high, from, to, most))?.0;
        }
    }
    Ok(sum)
}

/// Items of which a body has cases under way: key and names.
///
/// # Errors
/// If the database fails.
pub fn items(read: &mut Read<'_>, body: BodyId) -> Result<Vec<(String, String, String)>, CaseError> {
    Ok(read.all(&ITEMS, (body,))?)
}

/// Places of which a body has cases under way.
///
/// # Errors
/// If the database fails.
pub fn places(read: &mut Read<'_>, body: BodyId) -> Result<Vec<PlaceCode>, CaseError> {
    Ok(read.all(&PLACES, (body,))?.into_iter().map(|(p,)| p).collect())
}

sql! {
    DUE_BY: CaseRow = concat!("SELECT ", case_columns!(), " FROM cases WHERE closed_at IS NULL AND state || '' = $1 AND due <= $2 AND (due, id) > ($3, $4) ORDER BY due, id LIMIT $5");
    CO_DUE_BY: (TaskId, CaseId, BodyId, Day) = "SELECT id, case_id, body, due FROM case_tasks WHERE kind = 'co' AND state = 'open' AND body IS NOT NULL AND due <= $1 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4";
    CO_OPEN: (TaskId, CaseId, BodyId, Day) = "SELECT id, case_id, body, due FROM case_tasks WHERE id = $1 AND kind = 'co' AND state = 'open' AND body IS NOT NULL LIMIT 2";
    CO_LATE_OF: (TaskId, CaseId, BodyId, Day) = "SELECT id, case_id, body, due FROM case_tasks WHERE body = $1 AND state = 'open' AND body IS NOT NULL AND due < $2 ORDER BY due, id LIMIT $3";
    // However many are late in the whole district, no more than so many are looked through.
    CO_LATE_ASKED: (TaskId, CaseId, BodyId, Day) = "SELECT t.id, t.case_id, t.body, t.due FROM
        (SELECT id, case_id, body, due FROM case_tasks WHERE kind = 'co' AND state = 'open' AND body IS NOT NULL AND due < $2 ORDER BY due, id LIMIT 2000) t
        JOIN cases c ON c.id = t.case_id WHERE c.body = $1 ORDER BY t.due, t.id LIMIT $3";
    LATER_DUE_BY: (TaskId, CaseId, Day) = "SELECT id, case_id, due FROM case_tasks WHERE kind = 'later' AND state = 'open' AND due <= $1 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4";
}

/// Cases in a state whose last day is not after a day, by that day.
///
/// # Errors
/// If the database fails.
pub fn due_by(
    read: &mut Read<'_>,
    state: State,
    until: Day,
    after: (Day, CaseId),
    limit: u16,
) -> Result<Vec<CaseRow>, CaseError> {
    Ok(read.all(&DUE_BY, (state, until, after.0, after.1, limit))?)
}

/// A co-handling body that has not answered yet.
pub struct CoDue {
    pub task: TaskId,
    pub case: CaseRow,
    pub body: BodyId,
    pub due: Day,
}

fn with_cases(
    read: &mut Read<'_>,
    found: Vec<(TaskId, CaseId, BodyId, Day)>,
) -> Result<Vec<CoDue>, CaseError> {
    let with_case =
        |(task, case, body, due)| Ok(CoDue { task, case: crate::store::load(read, case)?, body, due });
    found.into_iter().map(with_case).collect()
}

/// Questions to co-handling bodies whose day is not after a day and that are not answered, by that day.
///
/// # Errors
/// If the database fails.
pub fn co_due_by(
    read: &mut Read<'_>,
    until: Day,
    after: (Day, TaskId),
    limit: u16,
) -> Result<Vec<CoDue>, CaseError> {
    let found = read.all(&CO_DUE_BY, (until, after.0, after.1, limit))?;
    with_cases(read, found)
}

/// A question that is not answered yet; `None`: there is none of this number, or it was.
///
/// # Errors
/// If the database fails.
pub fn co_open(read: &mut Read<'_>, task: TaskId) -> Result<Option<CoDue>, CaseError> {
    let found = read.all(&CO_OPEN, (task,))?;
    Ok(with_cases(read, found)?.pop())
}

/// Questions whose day is before a day and that are not answered, asked of a body or by it, longest first; at most `limit` of each.
///
/// # Errors
/// If the database fails.
pub fn co_late(read: &mut Read<'_>, body: BodyId, before: Day, limit: u16) -> Result<Vec<CoDue>, CaseError> {
    let mut found = read.all(&CO_LATE_OF, (body, before, limit))?;
    found.extend(read.all(&CO_LATE_ASKED, (body, before, limit))?);
    with_cases(read, found)
}

/// Where a walk over what is to follow begins.
#[must_use]
pub fn later_start() -> (Day, TaskId) {
    (start().0, TaskId::from_raw(0))
}

/// What applicants are still to bring whose day is not after a day: case, task, day.
///
/// # Errors
/// If the database fails.
pub fn later_due_by(
    read: &mut Read<'_>,
    until: Day,
    after: (Day, TaskId),
    limit: u16,
) -> Result<Vec<(CaseRow, TaskId, Day)>, CaseError> {
    let mut out = Vec::new();
    for (task, case, due) in read.all(&LATER_DUE_BY, (until, after.0, after.1, limit))? {
        out.push((crate::store::load(read, case)?, task, due));
    }
    Ok(out)
}
