//! certificates.good: the letter's 电子证照.

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::store::{GOOD, GOOD_ROWS};

linli_figures::figure! {
    key: "certificates.good", zh: "有效的电子证照", en: "electronic certificates in force", unit: ("份", ""),
    what: ("当日仍在有效期内、没有撤销或换发的电子证照，含暂停的。", "Certificates that have not run out and were neither revoked nor replaced on that day, those suspended included."),
    value: good, rows: rows,
}

fn good(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    read.one(&GOOD, (day,)).map(|(n,)| n)
}

fn rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&GOOD_ROWS, (day, after))?;
    Ok(rows
        .into_iter()
        .map(|(key, kind, on)| FigureRow {
            key,
            zh: format!("{kind}（{on}）"),
            en: format!("{kind} ({on})"),
            href: "/my/wallet".to_owned(),
        })
        .collect())
}
