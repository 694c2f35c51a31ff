//! The letter's 3.1 and 3.2: 18 streets, 265 communities.

use linli_base::{Day, Level, PlaceCode};
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::level_word;
use crate::{offers, store};

fn value_of(read: &mut Read<'_>, level: Level, day: Day) -> Result<i64, DbError> {
    Ok(read.one(&store::COUNT_OF_LEVEL, (level_word(level), day))?.0)
}

fn rows_of(read: &mut Read<'_>, level: Level, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let list = offers::of_level(read, level, day, after, 100)?;
    Ok(list
        .into_iter()
        .map(|d| FigureRow {
            key: PlaceCode::raw(d.code),
            href: format!("/places/{}", d.code),
            en: d.en().to_owned(),
            zh: d.name_zh,
        })
        .collect())
}

fn communities(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    value_of(read, Level::Community, day)
}
fn community_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    rows_of(read, Level::Community, day, after)
}
fn streets(read: &mut Read<'_>, day: Day) -> Result<i64, DbError> {
    value_of(read, Level::Street, day)
}
fn street_rows(read: &mut Read<'_>, day: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    rows_of(read, Level::Street, day, after)
}

linli_figures::figure! {
    key: "communities.total",
    zh: "社区",
    en: "Communities",
    unit: ("个", ""),
    what: ("当日有效的社区；拆分、合并、撤销按生效日期计算。", "Communities that hold on the day; splits, mergers and endings count from their day."),
    value: communities,
    rows: community_rows,
}
linli_figures::figure! {
    key: "streets.total",
    zh: "街道",
    en: "Streets",
    unit: ("条", ""),
    what: ("当日有效的街道。", "Streets that hold on the day."),
    value: streets,
    rows: street_rows,
}
