//! duties.bodies: the letter's "30个职能部门、18条街道".

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::{BodyKind, BodyState};
use crate::store;

linli_figures::figure! {
    key: "duties.bodies", zh: "职能部门和街道", en: "departments and street offices", unit: ("个", ""),
    what: ("登记在册、未撤销的职能部门和街道办事处；居委会不计。", "Departments and street offices that are open; residents' committees not counted."),
    value: count, rows: rows,
}

fn count(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    read.one(&store::COUNT_BODIES, ()).map(|(n,)| n)
}

fn rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let after = linli_acts::BodyId::from_raw(after.max(0));
    let all = read.all(&store::BODIES, (after, 500))?;
    Ok(all
        .into_iter()
        .filter(|b| b.state == BodyState::Open && b.kind != BodyKind::Committee)
        .take(100)
        .map(|b| FigureRow { key: b.id.raw(), zh: b.name_zh, en: b.name_en, href: String::new() })
        .collect())
}
