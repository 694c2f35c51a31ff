//! The letter's 6.2: 30 departments and 18 streets with lists of who answers for what.

use linli_acts::BodyId;
use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::BodyKind;
use crate::store;

fn value(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    let departments = read.one(&store::COUNT_BODIES, (BodyKind::Department, day))?.0;
    Ok(departments + read.one(&store::COUNT_BODIES, (BodyKind::Street, day))?.0)
}

fn rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let bodies = read.all(&store::BODIES_OF_FIGURE, (BodyId::from_raw(after), day))?;
    Ok(bodies
        .into_iter()
        .map(|b| FigureRow { key: b.id.raw(), zh: b.name_zh, en: b.name_en, href: String::new() })
        .collect())
}

linli_figures::figure! {
    key: "duties.bodies",
    zh: "承担政务职责的部门和街道",
    en: "Departments and street offices with duties",
    unit: ("个", ""),
    what: ("当日存在的部门和街道办事处；不含居民委员会。", "Departments and street offices that exist on the day; residents' committees are not counted."),
    value: value,
    rows: rows,
}
