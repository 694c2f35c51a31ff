//! items.total, items.hr and below: the letter's 1203, 126, 98 and 28, as far as they are live here.

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::ItemId;
use crate::store::{self, NamedRow};

linli_figures::figure! {
    key: "items.total", zh: "可在线办理的事项", en: "service items live here", unit: ("项", ""),
    what: ("已上线、可以从这里开始办理的事项。答复所说的1203项会陆续上线，不上线的不计。", "Items that can be begun here. Those of the letter's 1,203 that are not live are not counted."),
    value: total, rows: total_rows,
}
linli_figures::figure! {
    key: "items.hr", zh: "人社类事项", en: "items of human resources and social security", unit: ("项", ""),
    what: ("已上线的人社类事项。", "Live items of human resources and social security."),
    value: hr, rows: hr_rows,
}
linli_figures::figure! {
    key: "items.hr.zero", zh: "人社类零跑腿事项", en: "of these, without any visit", unit: ("项", ""),
    what: ("已上线的人社类事项中，什么电子证照都没有的人也不用到场的。由各事项的材料、到场要求和送达方式算出。", "Live items of human resources and social security that ask nobody to come, not even whoever holds no certificate. Derived from materials, presence and hand-over of each."),
    value: zero, rows: zero_rows,
}

linli_figures::figure! {
    key: "items.hr.one", zh: "人社类最多跑一次事项", en: "of these, with one visit at most", unit: ("项", ""),
    what: ("已上线的人社类事项中，什么电子证照都没有的人也最多到场一次、但不是零次的。", "Live items of human resources and social security that ask whoever holds no certificate at all to come once, not more."),
    value: one, rows: one_rows,
}

linli_figures::figure! {
    key: "proofs.abolished", zh: "取消的证明", en: "proofs abolished", unit: ("种", ""),
    what: ("不再向居民要的证明。要这些证明的事项不能上线。", "Proofs that are not asked for any more. An item that asks for one cannot go live."),
    value: abolished, rows: abolished_rows,
}

/// Code of the bureau of human resources and social security.
pub(crate) const HR: &str = "RS";

fn rows(named: Vec<NamedRow>) -> Vec<FigureRow> {
    named
        .into_iter()
        .map(|r| FigureRow {
            key: r.item.raw(),
            zh: r.name_zh,
            en: r.name_en,
            href: format!("/services/{}", r.key),
        })
        .collect()
}

fn count(read: &mut Read<'_>, least: i64, most: i64) -> Result<i64, DbError> {
    read.one(&store::COUNT_OF, (HR, least, most)).map(|(n,)| n)
}

fn page(read: &mut Read<'_>, least: i64, most: i64, after: i64) -> Result<Vec<FigureRow>, DbError> {
    Ok(rows(read.all(&store::NAMES_OF, (HR, least, most, ItemId::from_raw(after)))?))
}

/// Visits beyond any item's.
pub(crate) const ANY: i64 = 1_000;

fn total(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    read.one(&store::COUNT_LIVE, ()).map(|(n,)| n)
}
fn total_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    Ok(rows(read.all(&store::NAMES, (ItemId::from_raw(after),))?))
}
fn hr(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, 0, ANY)
}
fn hr_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, 0, ANY, after)
}
fn zero(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, 0, 0)
}
fn zero_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, 0, 0, after)
}
fn one(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, 1, 1)
}
fn one_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, 1, 1, after)
}
fn abolished(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    Ok(i64::try_from(crate::abolished::all(read)?.len()).unwrap_or(i64::MAX))
}
fn abolished_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    let all = crate::abolished::all(read)?.into_iter().filter(|a| a.id.raw() > after).take(100);
    Ok(all
        .map(|a| FigureRow {
            key: a.id.raw(),
            zh: format!("{}：{}（{}）", a.words, a.instead_zh, a.source),
            en: format!("{}: {} ({})", a.words, a.instead_en, a.source),
            href: "/services/abolished".into(),
        })
        .collect())
}
