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

/// materials.waived_share: the letter's 免提交.
mod waived {
    use super::{Day, DbError, FigureRow, Read, store};

    linli_figures::figure! {
        key: "materials.waived_share", zh: "免提交的比例", en: "of materials not handed in", unit: ("%", "%"),
        what: ("已提交申请所需的全部材料中，由电子证照、登记信息或以前核验过的材料代替、不用本人再交的比例，向下取整。", "Of all materials that applications needed, the share that certificates, registers or earlier checked copies met, rounded down."),
        value: share, rows: rows,
    }

    fn share(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
        let (waived, all) = read.one(&store::WAIVED, (day.end(),))?;
        Ok(if all == 0 { 0 } else { waived.saturating_mul(100) / all })
    }

    fn rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
        let rows = read.all(&store::WAIVED_ROWS, (day.end(), after))?;
        Ok(rows
            .into_iter()
            .map(|(key, item, waived, all)| FigureRow {
                key,
                zh: format!("{item}：{all} 份材料中 {waived} 份免交"),
                en: format!("{item}: {waived} of {all} not handed in"),
                href: format!("/services/{item}"),
            })
            .collect())
    }
}
