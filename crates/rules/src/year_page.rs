//! A year of the working calendar, month by month: days off, worked weekends, and what is proposed.

use askama::Template;
use linli_base::Day;
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::NewStretch;
use crate::error::RuleError;
use crate::kinds::ADD_DAYS;
use crate::proposals;

struct Cell {
    n: String,
    /// Class of the cell: off, worked, weekend, proposed.
    kind: &'static str,
    title: String,
}

struct Month {
    name: String,
    weeks: Vec<Vec<Cell>>,
}

#[derive(Template)]
#[template(path = "calendar_year.html")]
struct YearPage {
    f: Frame,
    w: Words,
    year: i16,
    months: Vec<Month>,
    working_days: u32,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let year: i16 = req.path("year")?;
    if !(2000..=2100).contains(&year) {
        return Err(Missing.into());
    }
    let (calendar, proposed) = req
        .read(|r| {
            let open = r.all(&proposals::WAITING, (i64::MAX, 200u16))?;
            let proposed: Vec<NewStretch> = open
                .into_iter()
                .filter(|p| p.kind == ADD_DAYS)
                .filter_map(|p| serde_json::from_value(p.content.0).ok())
                .collect();
            Ok::<_, RuleError>((crate::calendar(r)?, proposed))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let (first, last) = (Day::new(year, 1, 1).ok_or(Missing)?, Day::new(year, 12, 31).ok_or(Missing)?);
    let mut months = Vec::new();
    for month in 1..=12i8 {
        let Some(mut day) = Day::new(year, month, 1) else { continue };
        let empty = || Cell { n: String::new(), kind: "", title: String::new() };
        // Monday is the first of a week.
        let before = usize::try_from(day.days_since(first) + weekday_of(first)).unwrap_or(0) % 7;
        let mut cells: Vec<Cell> = (0..before).map(|_| empty()).collect();
        while day.month() == month && day.year() == year {
            let working = calendar.is_working(day);
            let planned = proposed.iter().find(|p| day >= p.from && day <= p.to);
            let (kind, title) = match (planned, working, day.is_weekend()) {
                (Some(p), ..) => ("proposed", format!("{}：{}", w.state_proposed(), p.zh)),
                (None, true, true) => ("worked", w.working().to_owned()),
                (None, false, false) => ("off", w.holiday().to_owned()),
                (None, false, true) => ("weekend", String::new()),
                (None, true, false) => ("", String::new()),
            };
            cells.push(Cell { n: day.day_of_month().to_string(), kind, title });
            day = day.plus_days(1);
        }
        while cells.len() % 7 > 0 {
            cells.push(empty());
        }
        let mut weeks = Vec::new();
        let mut cells = cells.into_iter();
        loop {
            let week: Vec<Cell> = cells.by_ref().take(7).collect();
            if week.is_empty() {
                break;
            }
            weeks.push(week);
        }
        months.push(Month { name: w.month(&month), weeks });
    }
    let working_days = calendar.working_days_between(first.plus_days(-1), last);
    Ok(Reply::page(&YearPage { year, months, working_days, f, w }))
}

/// 0 for a Monday.
fn weekday_of(day: Day) -> i64 {
    // 2024-01-01 was a Monday.
    Day::new(2024, 1, 1).map_or(0, |monday| day.days_since(monday).rem_euclid(7))
}
