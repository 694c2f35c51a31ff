//! The public page of punctuality and satisfaction by body, and the cases behind a body's figures.

use askama::Template;
use linli_acts::BodyId;
use linli_base::Day;
use linli_casework::daily;
use linli_casework::offers::CaseId;
use linli_db::{DbError, Read};
use linli_web::ui::Pager;
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::days::{self, Sums};
use crate::figures::share;
use crate::{MIN_GROUP, Words};

/// Days of the page that shows no month: whole days that are over.
const DAYS: i64 = 90;
const ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "performance.html")]
struct ListPage {
    f: Frame,
    w: Words,
    from: String,
    to: String,
    least: i64,
    months: Vec<(String, String, bool)>,
    total: Line,
    lines: Vec<Line>,
}

/// A body's line. A share that is not shown is `None`.
struct Line {
    href: String,
    name: String,
    decided: String,
    in_time: Option<i64>,
    reviews: String,
    pleased: Option<i64>,
}

/// First and last day that a page is about. Only whole months and one rolling window, so that nobody takes windows apart.
fn window(req: &Req, last: Day) -> (Day, Day, String) {
    let asked = req.query().text("month");
    let first = format!("{asked}-01").parse::<Day>().ok().filter(|d| *d <= last && d.year() > 2000);
    match first {
        Some(first) => (first, first.plus_months(1).plus_days(-1).min(last), asked),
        None => (last.plus_days(1 - DAYS), last, String::new()),
    }
}

/// What must not be shown: groups that are too small, and where that is one alone, the next as well, so that it cannot be told from
/// the total.
fn hidden(sizes: &[i64], least: i64) -> Vec<bool> {
    let mut out: Vec<bool> = sizes.iter().map(|n| *n > 0 && *n < least).collect();
    if out.iter().filter(|h| **h).count() == 1 {
        let next = sizes.iter().enumerate().filter(|(_, n)| **n >= least).min_by_key(|(_, n)| **n);
        if let Some((i, _)) = next
            && let Some(h) = out.get_mut(i)
        {
            *h = true;
        }
    }
    out
}

fn line(href: String, name: String, s: Sums, hide: (bool, bool), least: i64, w: Words) -> Line {
    let count = |n: i64, hide: bool| if hide { w.few(&least) } else { n.to_string() };
    Line {
        href,
        name,
        decided: count(s.decided, hide.0),
        in_time: (s.decided > 0 && !hide.0).then(|| share(s.in_time, s.decided)),
        reviews: count(s.reviews, hide.1),
        pleased: (s.reviews > 0 && !hide.1).then(|| share(s.pleased, s.reviews)),
    }
}

/// The last day that is over and added up; before anything was, yesterday.
fn last_day(read: &mut Read<'_>) -> Result<Day, DbError> {
    let today = read.now().day();
    Ok(days::until(read)?.unwrap_or_else(|| today.plus_days(-1)))
}

fn months(last: Day, on: &str) -> Vec<(String, String, bool)> {
    (0..12)
        .map(|back| last.plus_months(-back))
        .map(|d| format!("{:04}-{:02}", d.year(), d.month()))
        .map(|m| (format!("/performance?month={m}"), m.clone(), m == on))
        .collect()
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let last = req.read(last_day).await?;
    let (from, to, month) = window(&req, last);
    let (house, lang, w) = (req.house().clone(), req.lang(), req.words::<Words>());
    let asked = month.clone();
    let (total, lines, least) = req
        .read(move |r| {
            let least = linli_rules::value(r, &MIN_GROUP, to)?.value;
            let directory = house.service::<DirectoryService>();
            let all = days::by_body(r, from, to)?;
            let sizes = |of: fn(&Sums) -> i64| all.iter().map(|(_, s)| of(s)).collect::<Vec<_>>();
            let late = hidden(&sizes(|s| s.decided), least);
            let displeased = hidden(&sizes(|s| s.reviews), least);
            let (mut total, mut lines) = (Sums::default(), Vec::new());
            for ((body, s), hide) in all.iter().zip(late.into_iter().zip(displeased)) {
                total = Sums {
                    filed: 0,
                    decided: total.decided + s.decided,
                    in_time: total.in_time + s.in_time,
                    reviews: total.reviews + s.reviews,
                    pleased: total.pleased + s.pleased,
                };
                if s.decided == 0 && s.reviews == 0 {
                    continue;
                }
                let name = directory.0.body_name(r, *body)?.unwrap_or_default();
                let href = if hide.0 {
                    String::new()
                } else {
                    format!(
                        "/performance/{body}{}",
                        if asked.is_empty() { String::new() } else { format!("?month={asked}") }
                    )
                };
                lines.push(line(href, lang.pick(&name.0, &name.1).into_owned(), *s, hide, least, w));
            }
            let small =
                (total.decided < least && total.decided > 0, total.reviews < least && total.reviews > 0);
            Ok::<_, DbError>((
                line(String::new(), w.all_bodies().to_owned(), total, small, least, w),
                lines,
                least,
            ))
        })
        .await?;
    Ok(Reply::page(&ListPage {
        from: from.to_string(),
        to: to.to_string(),
        least,
        months: months(last, &month),
        total,
        lines,
        f: req.frame(),
        w,
    }))
}

#[derive(Template)]
#[template(path = "body.html")]
struct BodyPage {
    f: Frame,
    w: Words,
    name: String,
    from: String,
    to: String,
    rows: Vec<Case>,
    pager: Pager,
}

struct Case {
    item: String,
    from: String,
    due: String,
    decided: String,
    late: bool,
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let body: BodyId = req.path("body")?;
    let last = req.read(last_day).await?;
    let (from, to, month) = window(&req, last);
    let after: (Day, CaseId) = match (req.ask("decided"), req.ask("after")) {
        (Some(day), Some(id)) => (day, id),
        _ => (from.plus_days(-1), CaseId::from_raw(i64::MAX)),
    };
    let (house, lang) = (req.house().clone(), req.lang());
    let found = req
        .read(move |r| {
            let least = linli_rules::value(r, &MIN_GROUP, to)?.value;
            let all = days::by_body(r, from, to)?;
            let sizes: Vec<i64> = all.iter().map(|(_, s)| s.decided).collect();
            let hide = hidden(&sizes, least);
            // A body whose figure is not shown has no page: nobody may be told from its few cases.
            if !all.iter().zip(hide).any(|((b, s), h)| *b == body && s.decided > 0 && !h) {
                return Ok(None);
            }
            let name = house.service::<DirectoryService>().0.body_name(r, body)?.unwrap_or_default();
            let rows = daily::decided_rows(r, body, (from, to), after, ROWS + 1)?;
            Ok::<_, linli_casework::CaseError>(Some((lang.pick(&name.0, &name.1).into_owned(), rows)))
        })
        .await?;
    let Some((name, mut rows)) = found else { return Err(Missing.into()) };
    let more = rows.len() > usize::from(ROWS);
    rows.truncate(usize::from(ROWS));
    let (f, w) = (req.frame(), req.words::<Words>());
    let here = format!("/performance/{body}?month={month}");
    let next =
        rows.last().filter(|_| more).map(|c| format!("{here}&decided={}&after={}", c.decided_on, c.id));
    Ok(Reply::page(&BodyPage {
        name,
        from: from.to_string(),
        to: to.to_string(),
        rows: rows
            .into_iter()
            .map(|c| Case {
                item: lang.pick(&c.title_zh, &c.title_en).into_owned(),
                from: c.from_day.to_string(),
                due: c.due.to_string(),
                decided: c.decided_on.to_string(),
                late: c.decided_on > c.due,
            })
            .collect(),
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if req.query().raw("after").is_empty() { String::new() } else { here },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn a_small_group_is_hidden_and_cannot_be_told_from_the_total() {
        assert_eq!(hidden(&[50, 3, 0, 20], 10), [false, true, false, true]);
        assert_eq!(hidden(&[50, 3, 4, 20], 10), [false, true, true, false]);
        assert_eq!(hidden(&[50, 20], 10), [false, false]);
        assert_eq!(hidden(&[3], 10), [true]);
    }
}
