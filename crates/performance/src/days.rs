//! Sums by day and body: added up once a day is over, proved by the cases.

use std::collections::BTreeMap;

use linli_acts::{Act, Actor, BodyId, Compared, House, JobError, JobRow, Recurring, SumProof};
use linli_base::{Day, Instant};
use linli_casework::daily;
use linli_db::{DbError, Read, row, sql};

/// All bodies together.
pub(crate) const ALL: BodyId = BodyId::from_raw(0);

/// How long after midnight a day is taken to be over: what began before it is committed by then.
const AFTER_MIDNIGHT: i64 = 600;

row! {
    /// One day, or a sum of days.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Sums { pub filed: i64, pub decided: i64, pub in_time: i64, pub reviews: i64, pub pleased: i64 }
}

row! {
    #[derive(Clone, Debug)]
    struct DayRow {
        body: BodyId, day: Day, filed: i64, decided: i64, in_time: i64, reviews: i64, pleased: i64,
        filed_sum: i64, decided_sum: i64, in_time_sum: i64, reviews_sum: i64, pleased_sum: i64,
    }
}

sql! {
    UNTIL: (Day,) = "SELECT day FROM case_days_until WHERE id = 1";
    SET_UNTIL: () = "INSERT INTO case_days_until (id, day) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET day = excluded.day";
    SUM_AT: Sums = "SELECT filed_sum AS filed, decided_sum AS decided, in_time_sum AS in_time, reviews_sum AS reviews, pleased_sum AS pleased
        FROM case_days WHERE body = $1 AND day <= $2 ORDER BY day DESC LIMIT 1";
    ADD: () = "INSERT INTO case_days (body, day, filed, decided, in_time, reviews, pleased, filed_sum, decided_sum, in_time_sum, reviews_sum, pleased_sum)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (body, day) DO NOTHING";
    BY_BODY: (BodyId, i64, i64, i64, i64) = "SELECT body, CAST(sum(decided) AS BIGINT) AS decided, CAST(sum(in_time) AS BIGINT) AS in_time,
            CAST(sum(reviews) AS BIGINT) AS reviews, CAST(sum(pleased) AS BIGINT) AS pleased
        FROM case_days WHERE day >= $1 AND day <= $2 AND body <> 0 GROUP BY body ORDER BY body LIMIT 1000";
    OF_DAY: DayRow = "SELECT body, day, filed, decided, in_time, reviews, pleased, filed_sum, decided_sum, in_time_sum, reviews_sum, pleased_sum
        FROM case_days WHERE day = $1 ORDER BY body LIMIT 1000";
    NEXT_DAY: (Option<String>,) = "SELECT min(day) AS day FROM case_days WHERE day > $1";
    BEFORE: Sums = "SELECT filed_sum AS filed, decided_sum AS decided, in_time_sum AS in_time, reviews_sum AS reviews, pleased_sum AS pleased
        FROM case_days WHERE body = $1 AND day < $2 ORDER BY day DESC LIMIT 1";
}

linli_acts::retention! {
    "case_days", keep, "汇总数长期保存；不含个人信息。", "Sums are kept; they hold nothing of a person.";
    "case_days_until", keep, "汇总到哪一天。", "Until which day it was added up.";
}

impl Sums {
    fn plus(self, o: Self) -> Self {
        Self {
            filed: self.filed + o.filed,
            decided: self.decided + o.decided,
            in_time: self.in_time + o.in_time,
            reviews: self.reviews + o.reviews,
            pleased: self.pleased + o.pleased,
        }
    }
}

/// What happened from one day to another, by body and of all, counted from the cases.
fn counted(read: &mut Read<'_>, from: Day, to: Day) -> Result<BTreeMap<BodyId, Sums>, DbError> {
    let mut all: BTreeMap<BodyId, Sums> = BTreeMap::new();
    let filed = daily::filed(read, from, to)?;
    let mut total = Sums { filed, ..Sums::default() };
    for (body, decided, in_time) in daily::decided(read, from, to)? {
        let of = Sums { decided, in_time, ..Sums::default() };
        total = total.plus(of);
        let one = all.entry(body).or_default();
        *one = one.plus(of);
    }
    for (body, reviews, pleased) in daily::reviewed(read, from, to)? {
        let of = Sums { reviews, pleased, ..Sums::default() };
        total = total.plus(of);
        let one = all.entry(body).or_default();
        *one = one.plus(of);
    }
    all.insert(ALL, total);
    Ok(all)
}

/// The last day that was added up.
pub(crate) fn until(read: &mut Read<'_>) -> Result<Option<Day>, DbError> {
    Ok(read.opt(&UNTIL, ())?.map(|(day,)| day))
}

/// Everything until the end of a day: the sums of days that are over, and what came since, counted.
pub(crate) fn all_until(read: &mut Read<'_>, day: Day) -> Result<Sums, DbError> {
    let until = until(read)?;
    let summed = match until {
        Some(until) => read.opt(&SUM_AT, (ALL, until.min(day)))?.unwrap_or_default(),
        None => Sums::default(),
    };
    let from = match until {
        Some(until) if until >= day => return Ok(summed),
        Some(until) => until.plus_days(1),
        None => match daily::first_day(read)? {
            Some(first) => first,
            None => return Ok(summed),
        },
    };
    let since = counted(read, from, day)?.remove(&ALL).unwrap_or_default();
    Ok(summed.plus(since))
}

/// By body, on days that are over.
pub(crate) fn by_body(read: &mut Read<'_>, from: Day, to: Day) -> Result<Vec<(BodyId, Sums)>, DbError> {
    let rows = read.all(&BY_BODY, (from, to))?;
    Ok(rows
        .into_iter()
        .map(|(body, decided, in_time, reviews, pleased)| {
            (body, Sums { filed: 0, decided, in_time, reviews, pleased })
        })
        .collect())
}

/// Adds the next day up, if it is over. False if there is none.
fn roll(act: &mut Act<'_, '_>) -> Result<bool, DbError> {
    let next = match until(act)? {
        Some(day) => day.plus_days(1),
        None => match daily::first_day(act)? {
            Some(day) => day,
            None => return Ok(false),
        },
    };
    if !over(act.now(), next) {
        return Ok(false);
    }
    for (body, of) in counted(act, next, next)? {
        let before = act.opt(&BEFORE, (body, next))?.unwrap_or_default();
        let sum = before.plus(of);
        act.run(
            &ADD,
            (
                body,
                next,
                of.filed,
                of.decided,
                of.in_time,
                of.reviews,
                of.pleased,
                sum.filed,
                sum.decided,
                sum.in_time,
                sum.reviews,
                sum.pleased,
            ),
        )?;
    }
    act.run(&SET_UNTIL, (next,))?;
    Ok(true)
}

fn over(now: Instant, day: Day) -> bool {
    now.seconds_since(day.plus_days(1).start()) >= AFTER_MIDNIGHT
}

async fn run(house: House, _: JobRow) -> Result<(), JobError> {
    while house.act(&Actor::system(), roll).await? {}
    Ok(())
}

linli_acts::job! { "performance.roll" => run; }
linli_acts::inventory::submit! { Recurring { kind: "performance.roll", every_seconds: 900 } }
linli_acts::inventory::submit! { SumProof { table: "case_days", page: check } }

/// One day against its cases: every row what they add up to, every sum that of the day before and the day.
fn check(read: &mut Read<'_>, mark: &str) -> Result<Compared, DbError> {
    let Some(until) = until(read)? else { return Ok(Compared::default()) };
    let day = match mark.parse::<Day>() {
        Ok(day) => day,
        Err(_) => match daily::first_day(read)? {
            Some(day) => day,
            None => return Ok(Compared::default()),
        },
    };
    if day > until {
        return Ok(Compared::default());
    }
    let mut out = Compared { next: Some(day.plus_days(1).to_string()), ..Compared::default() };
    let mut counted = counted(read, day, day)?;
    for x in read.all(&OF_DAY, (day,))? {
        out.rows += 1;
        let of = counted.remove(&x.body).unwrap_or_default();
        let stored = Sums {
            filed: x.filed,
            decided: x.decided,
            in_time: x.in_time,
            reviews: x.reviews,
            pleased: x.pleased,
        };
        let sums = Sums {
            filed: x.filed_sum,
            decided: x.decided_sum,
            in_time: x.in_time_sum,
            reviews: x.reviews_sum,
            pleased: x.pleased_sum,
        };
        let before = read.opt(&BEFORE, (x.body, day))?.unwrap_or_default();
        if stored != of || sums != before.plus(of) {
            out.wrong.push(format!("{day} {}", x.body));
        }
    }
    out.wrong.extend(counted.into_keys().map(|body| format!("{day} {body} is missing")));
    // Days before the first case hold nothing.
    if mark.is_empty() && read.one(&NEXT_DAY, ("",))?.0.is_some_and(|d| d < day.to_string()) {
        out.wrong.push("a day before the first case".to_owned());
    }
    Ok(out)
}
