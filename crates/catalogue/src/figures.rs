//! items.total, items.hr and below: the letter's 1203, 126, 98 and 28, as far as they are live here.

use linli_base::Day;
use linli_db::{DbError, Read};
use linli_figures::FigureRow;

use crate::domain::ItemId;
use crate::store::{self, ItemRow};
use crate::visits::best_and_worst;

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

/// Code of the bureau of human resources and social security.
const HR: &str = "RS";

/// More items than a district has.
const MOST: u16 = 5_000;

fn live(read: &mut Read<'_>, keep: fn(&ItemRow) -> bool) -> Result<Vec<ItemRow>, DbError> {
    let mut all = read.all(&store::LIVE, (ItemId::from_raw(0), MOST))?;
    all.retain(keep);
    Ok(all)
}

fn count(read: &mut Read<'_>, keep: fn(&ItemRow) -> bool) -> Result<i64, DbError> {
    Ok(i64::try_from(live(read, keep)?.len()).unwrap_or(i64::MAX))
}

fn page(read: &mut Read<'_>, after: i64, keep: fn(&ItemRow) -> bool) -> Result<Vec<FigureRow>, DbError> {
    let rows = live(read, keep)?;
    Ok(rows
        .into_iter()
        .filter(|r| r.id.raw() > after)
        .take(100)
        .map(|r| FigureRow {
            key: r.id.raw(),
            zh: r.document.0.name.zh,
            en: r.document.0.name.en,
            href: format!("/services/{}", r.key),
        })
        .collect())
}

fn is_hr(r: &ItemRow) -> bool {
    r.document.0.department.code == HR
}

fn is_zero(r: &ItemRow) -> bool {
    is_hr(r) && best_and_worst(&r.document.0).1 == 0
}

fn is_one(r: &ItemRow) -> bool {
    is_hr(r) && best_and_worst(&r.document.0).1 == 1
}

fn total(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    read.one(&store::COUNT_LIVE, ()).map(|(n,)| n)
}
fn total_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, after, |_| true)
}
fn hr(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, is_hr)
}
fn hr_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, after, is_hr)
}
fn zero(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, is_zero)
}
fn zero_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, after, is_zero)
}
fn one(read: &mut Read<'_>, _: Day) -> Result<i64, DbError> {
    count(read, is_one)
}
fn one_rows(read: &mut Read<'_>, _: Day, after: i64) -> Result<Vec<FigureRow>, DbError> {
    page(read, after, is_one)
}
