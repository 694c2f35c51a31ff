//! How often applicants really came: noted of each case that was decided and handed over, from how it was filed, what was shown at a
//! counter, where somebody had to be there and how the result was fetched; added up by item and month once a day is over.

use linli_acts::{Act, Actor, Channel, Compared, House, JobError, JobRow, Recurring, SumProof};
use linli_base::{Day, Instant};
use linli_casework::offers::Way as Delivered;
use linli_catalogue::offers::{Experience, Experienced};
use linli_db::{DbError, Read, sql};
use linli_guide::visits::{Occasion, merged, of_presence};
use linli_guide::{Check, Guide, HandIn, Identity};

use crate::VISITS_LEAST;
use crate::materials::{How, Met};

sql! {
    UNTIL: (Day,) = "SELECT day FROM visit_months_until WHERE id = 1";
    SET_UNTIL: () = "INSERT INTO visit_months_until (id, day) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET day = excluded.day";
    FIRST: (Option<String>,) = "SELECT min(visits_on) AS day FROM applications WHERE visits_on IS NOT NULL";
    OF_DAYS: (String, i64, i64) = "SELECT item_key, COALESCE(visits, 0) AS visits, count(*) AS n FROM applications
        WHERE visits_on IS NOT NULL AND visits_on >= $1 AND visits_on <= $2 GROUP BY item_key, visits ORDER BY item_key, visits LIMIT 20000";
    ADD: () = "INSERT INTO visit_months (item_key, month, visits, cases) VALUES ($1, $2, $3, $4)
        ON CONFLICT (item_key, month, visits) DO UPDATE SET cases = visit_months.cases + excluded.cases";
    OF_ITEM: (i64, i64) = "SELECT visits, CAST(sum(cases) AS BIGINT) AS cases FROM visit_months WHERE item_key = $1 AND month >= $2
        GROUP BY visits ORDER BY visits LIMIT 100";
    OF_MONTH: (String, i64, i64) = "SELECT item_key, visits, cases FROM visit_months WHERE month = $1 ORDER BY item_key, visits LIMIT 20000";
    NEXT_MONTH: (Option<String>,) = "SELECT min(month) AS month FROM visit_months WHERE month > $1";
}

linli_acts::retention! {
    "visit_months", keep, "汇总数长期保存；不含个人信息。", "Sums are kept; they hold nothing of a person.";
    "visit_months_until", keep, "汇总到哪一天。", "Until which day it was added up.";
}

/// How often she came. What an officer fetched from a register, what lay on her page and who came to her door cost her no visit.
pub(crate) fn visits_made(guide: &Guide, channel: Channel, met: &[Met], handed: Option<Delivered>) -> u8 {
    let mut seen: Vec<Occasion> = guide.presence.iter().filter_map(of_presence).collect();
    let at_counter = matches!(channel, Channel::Counter | Channel::Paper | Channel::Api);
    let shown = met.iter().any(|m| {
        matches!(m.how, How::Uploaded { check: Check::Counter } | How::Original { hand_in: HandIn::Counter })
    });
    if at_counter || shown || guide.identity > Identity::Remote {
        seen.push(Occasion::Apply);
    }
    if matches!(handed, Some(Delivered::PickUp | Delivered::Proxy)) {
        seen.push(Occasion::Collect);
    }
    merged(seen.into_iter(), guide.pace)
}

/// The number that at least half of the cases did not exceed, and of how many cases.
fn median(counts: &[(i64, i64)]) -> Option<(i64, i64)> {
    let cases: i64 = counts.iter().map(|(_, n)| n).sum();
    let mut passed = 0;
    let at = counts.iter().find(|(_, n)| {
        passed += n;
        passed * 2 >= cases
    })?;
    Some((at.0, cases))
}

fn first_of_month(day: Day) -> Day {
    Day::new(day.year(), day.month(), 1).unwrap_or(day)
}

/// This month and the twelve before it.
const MONTHS: i32 = 12;

/// What the catalogue is told.
pub struct VisitsMade;

impl Experience for VisitsMade {
    fn of(&self, read: &mut Read<'_>, item: &str) -> Result<Option<Experienced>, DbError> {
        let today = read.now().day();
        let since = first_of_month(today.plus_months(-MONTHS));
        let counts = read.all(&OF_ITEM, (item, since))?;
        let Some((visits, cases)) = median(&counts) else { return Ok(None) };
        let least = linli_rules::value(read, &VISITS_LEAST, today)?.value;
        Ok((cases >= least).then_some(Experienced { visits, cases }))
    }
}

/// How long after midnight a day is taken to be over: what began before it is committed by then.
const AFTER_MIDNIGHT: i64 = 600;

fn over(now: Instant, day: Day) -> bool {
    now.seconds_since(day.plus_days(1).start()) >= AFTER_MIDNIGHT
}

fn first(read: &mut Read<'_>) -> Result<Option<Day>, DbError> {
    Ok(read.one(&FIRST, ())?.0.and_then(|d| d.parse().ok()))
}

/// Adds the next day up, if it is over. False if there is none. Pages that show it are made anew.
fn roll(act: &mut Act<'_, '_>) -> Result<bool, DbError> {
    let next = match act.opt(&UNTIL, ())? {
        Some((day,)) => day.plus_days(1),
        None => match first(act)? {
            Some(day) => day,
            None => return Ok(false),
        },
    };
    if !over(act.now(), next) {
        return Ok(false);
    }
    let found = act.all(&OF_DAYS, (next, next))?;
    for (item, visits, n) in &found {
        act.run(&ADD, (item, first_of_month(next), *visits, *n))?;
    }
    if !found.is_empty() {
        linli_catalogue::offers::raise_stamp(act)?;
    }
    act.run(&SET_UNTIL, (next,))?;
    Ok(true)
}

async fn run(house: House, _: JobRow) -> Result<(), JobError> {
    while house.act(&Actor::system(), roll).await? {}
    Ok(())
}

linli_acts::job! { "applications.visit_sums" => run; }
linli_acts::inventory::submit! { Recurring { kind: "applications.visit_sums", every_seconds: 3_600 } }
linli_acts::inventory::submit! { SumProof { table: "visit_months", page: check } }

/// A month against its cases.
fn check(read: &mut Read<'_>, mark: &str) -> Result<Compared, DbError> {
    let Some((until,)) = read.opt(&UNTIL, ())? else { return Ok(Compared::default()) };
    let month = match mark.parse::<Day>() {
        Ok(month) => month,
        Err(_) => match first(read)? {
            Some(day) => first_of_month(day),
            None => return Ok(Compared::default()),
        },
    };
    if month > until {
        return Ok(Compared::default());
    }
    let next = first_of_month(month.plus_months(1));
    let mut out = Compared { next: Some(next.to_string()), ..Compared::default() };
    let counted = read.all(&OF_DAYS, (month, next.plus_days(-1).min(until)))?;
    let stored = read.all(&OF_MONTH, (month,))?;
    out.rows = u64::try_from(stored.len()).unwrap_or(u64::MAX);
    let apart = |a: &[(String, i64, i64)], b: &[(String, i64, i64)]| -> Vec<String> {
        a.iter()
            .filter(|x| !b.contains(x))
            .map(|(item, visits, _)| format!("{month} {item} {visits}"))
            .collect()
    };
    out.wrong = apart(&stored, &counted);
    out.wrong.extend(apart(&counted, &stored));
    // Months before the first case hold nothing.
    if mark.is_empty() && read.one(&NEXT_MONTH, ("",))?.0.is_some_and(|m| m < month.to_string()) {
        out.wrong.push("a month before the first case".to_owned());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use linli_guide::Pace;

    use super::*;

    fn guide() -> Guide {
        let json = linli_catalogue::DELIVERED.iter().find(|(key, _)| *key == "senior-card").unwrap().1;
        let mut guide = Guide::read(json).unwrap();
        (guide.presence, guide.identity, guide.pace) = (Vec::new(), Identity::Remote, Pace::Promised);
        guide
    }

    fn met(how: How) -> Vec<Met> {
        vec![Met { key: "m".into(), how }]
    }

    #[test]
    fn what_happened_is_counted_and_what_is_done_in_one_go_once() {
        let mut guide = guide();
        let online = met(How::Uploaded { check: Check::Online });
        assert_eq!(visits_made(&guide, Channel::Page, &online, None), 0);
        assert_eq!(visits_made(&guide, Channel::Door, &online, Some(Delivered::Post)), 0, "they came to her");
        assert_eq!(visits_made(&guide, Channel::Counter, &online, None), 1);
        let paper = met(How::Original { hand_in: HandIn::Counter });
        assert_eq!(visits_made(&guide, Channel::Page, &paper, None), 1);
        assert_eq!(visits_made(&guide, Channel::Counter, &paper, Some(Delivered::PickUp)), 2);
        assert_eq!(visits_made(&guide, Channel::Page, &online, Some(Delivered::Proxy)), 1);
        guide.pace = Pace::Immediate;
        assert_eq!(visits_made(&guide, Channel::Counter, &paper, Some(Delivered::PickUp)), 1);
    }

    #[test]
    fn half_of_the_cases_did_not_exceed_the_median() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(0, 5), (1, 5)]), Some((0, 10)));
        assert_eq!(median(&[(0, 4), (1, 5), (2, 1)]), Some((1, 10)));
        assert_eq!(median(&[(2, 3)]), Some((2, 3)));
    }
}
