//! Figures of this room.

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::PublicationId;
use crate::store;

linli_figures::figure! {
    key: "publications.published",
    zh: "公开文件", en: "Documents published",
    unit: ("份", "documents"),
    what: ("到这一天结束时公开着的文件；已撤下的不算。", "Documents that are published at the end of the day; withdrawn ones do not count."),
    value: published, rows: published_rows,
}

fn published(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    Ok(read.one(&store::COUNT_AT, (day.plus_days(1).start(),))?.0)
}

fn published_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let found = read.all(&store::ROWS_AT, (day.plus_days(1).start(), after))?;
    Ok(found
        .into_iter()
        .map(|(key, zh, en)| FigureRow {
            key,
            en: if en.is_empty() { zh.clone() } else { en },
            zh,
            href: format!("/publications/{}", PublicationId::from_raw(key)),
        })
        .collect())
}
