//! Figures over all cases: filed, decided in time, satisfied. Each is a sum of days and today's count, never a walk over every case.

use linli_base::Day;
use linli_casework::daily;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::days;

linli_figures::figure! {
    key: "cases.filed", zh: "提交的办件", en: "cases filed", unit: ("件", ""),
    what: ("提交过的全部办件，含撤回、不予受理的。", "All cases handed in, those withdrawn or refused included."),
    value: filed, rows: filed_rows,
}

linli_figures::figure! {
    key: "cases.in_time", zh: "按时办结率", en: "decided in time", unit: ("%", "%"),
    what: ("作出决定的办件中，在承诺期限内作出的比例，向下取整。点开看超期的。", "Of the cases decided, the share decided within the promised limit, rounded down. Its rows are those that were late."),
    value: in_time, rows: late_rows,
}

linli_figures::figure! {
    key: "cases.satisfied", zh: "满意率", en: "satisfied", unit: ("%", "%"),
    what: ("真实评价中“基本满意”及以上的比例，向下取整；没有评价的不计入。", "Of the reviews given, the share of level 3 and above, rounded down; no review is no vote."),
    value: satisfied, rows: review_rows,
}

/// A whole per cent, rounded down; nothing of nothing is nothing.
pub(crate) fn share(part: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { part.saturating_mul(100) / of }
}

fn filed(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    Ok(days::all_until(read, day)?.filed)
}

fn in_time(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    let all = days::all_until(read, day)?;
    Ok(share(all.in_time, all.decided))
}

fn satisfied(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    let all = days::all_until(read, day)?;
    Ok(share(all.pleased, all.reviews))
}

/// Number and item: nothing of the person.
fn shown((key, number, zh, en): daily::Record) -> FigureRow {
    FigureRow { key, zh: format!("{number} {zh}"), en: format!("{number} {en}"), href: String::new() }
}

fn filed_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    Ok(daily::filed_rows(read, day.end(), after)?.into_iter().map(shown).collect())
}

fn late_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    Ok(daily::late_rows(read, day, after)?.into_iter().map(shown).collect())
}

fn review_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = daily::review_rows(read, day.end(), after)?;
    Ok(rows
        .into_iter()
        .map(|(key, level, number, title)| FigureRow {
            key,
            zh: format!("{number} {title}：{level} 分"),
            en: format!("{number}: {level} of 5"),
            href: String::new(),
        })
        .collect())
}
