//! Figures of bad reviews: how many, mended in time, called back.

use linli_base::Day;
use linli_casework::offers as casework;
use linli_casework::offers::CaseId;
use linli_db::{DbError, Kind, Read};
use linli_figures::FigureRow;

use crate::store;

linli_figures::figure! {
    key: "redress.opened", zh: "差评工单", en: "bad reviews taken up", unit: ("件", ""),
    what: ("评价为“不满意”或“非常不满意”的，每件自动转为工单。", "Every review of level 1 or 2 becomes a work order by itself."),
    value: opened, rows: opened_rows,
}

linli_figures::figure! {
    key: "redress.in_time", zh: "差评按期整改率", en: "bad reviews answered in time", unit: ("%", "%"),
    what: ("到期或已答复的差评工单中，在期限内整改（无需整改的为回访）的比例，向下取整。点开看逾期的。", "Of the orders that are due or answered, the share mended (or, with nothing to mend, called back) in time, rounded down. Its rows are the late ones."),
    value: in_time, rows: late_rows,
}

linli_figures::figure! {
    key: "redress.called", zh: "差评回访率", en: "bad reviews called back", unit: ("%", "%"),
    what: ("到期或已回访的差评工单中，已回访（含多次联系未接通）的比例，向下取整。点开看没有回访的。", "Of the orders that are due or called back, the share called back (tried and not reached included), rounded down. Its rows are those not called."),
    value: called, rows: not_called_rows,
}

fn share(part: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { part.saturating_mul(100) / of }
}

fn opened(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    Ok(read.one(&store::OPENED, (day,))?.0)
}

fn in_time(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    read.one(&store::IN_TIME, (day,)).map(|(part, of)| share(part, of))
}

fn called(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    read.one(&store::CALLED, (day,)).map(|(part, of)| share(part, of))
}

/// Item and days: nothing of the person.
fn shown(read: &mut Read<'_>, rows: Vec<(i64, CaseId, Day, Day)>) -> Result<Vec<FigureRow>, DbError> {
    let mut out = Vec::new();
    for (key, case, opened, due) in rows {
        let case = casework::case(read, case).map_err(|e| match e {
            linli_casework::CaseError::Db(e) => e,
            e => DbError { kind: Kind::Other, what: e.to_string().into() },
        })?;
        out.push(FigureRow {
            key,
            zh: format!("{}：{opened} 起，{due} 到期", case.title_zh),
            en: format!("{}: from {opened}, due {due}", case.title_en),
            href: String::new(),
        });
    }
    Ok(out)
}

fn opened_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&store::OPENED_ROWS, (day, after))?;
    shown(read, rows)
}

fn late_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&store::LATE_ROWS, (day, after))?;
    shown(read, rows)
}

fn not_called_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&store::NOT_CALLED_ROWS, (day, after))?;
    shown(read, rows)
}
