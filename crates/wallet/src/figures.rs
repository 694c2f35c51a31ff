//! proofs.issued: the letter's "全省首张个人电子证明材料".

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::store::{ISSUED_ROWS, ISSUED_UNTIL};

linli_figures::figure! {
    key: "proofs.issued", zh: "盖章出具的个人电子证明", en: "electronic proofs issued under seal", unit: ("份", ""),
    what: ("已经盖章出具的个人电子证明，含后来撤销的；申请中、未能出具的不算。", "Proofs sealed and issued, those revoked later included; not those asked for or refused."),
    value: issued, rows: rows,
}

fn issued(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    read.one(&ISSUED_UNTIL, (day.end(),)).map(|(n,)| n)
}

fn rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&ISSUED_ROWS, (day.end(), after))?;
    Ok(rows
        .into_iter()
        .map(|(key, number, on)| FigureRow {
            key,
            // The number tells nothing of the person, and without the code it opens nothing.
            zh: format!("编号 {number}（{on}）"),
            en: format!("No. {number} ({on})"),
            href: "/check".to_owned(),
        })
        .collect())
}
