//! forms.prefilled_share: the letter's 免填写.

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::store;

linli_figures::figure! {
    key: "forms.prefilled_share", zh: "免填写的比例", en: "of form values not typed", unit: ("%", "%"),
    what: ("已提交申请的全部填写项中，由登记信息或以前的填写带出、不用再填的比例，向下取整。", "Of all values that went with applications, the share that came from registers or earlier answers and was not typed, rounded down."),
    value: share, rows: rows,
}

fn share(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    let (filled, all) = read.one(&store::SHARE, (day.end(),))?;
    Ok(if all == 0 { 0 } else { filled.saturating_mul(100) / all })
}

fn rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let rows = read.all(&store::SHARE_ROWS, (day.end(), after))?;
    Ok(rows
        .into_iter()
        .map(|(key, item, filled, all)| FigureRow {
            key,
            zh: format!("{item}：{all} 项中 {filled} 项免填"),
            en: format!("{item}: {filled} of {all} not typed"),
            href: format!("/services/{item}"),
        })
        .collect())
}
