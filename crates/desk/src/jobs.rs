//! What the desk does by itself: goes through acts on many, and reminds because a day is near or past.

use linli_acts::{Act, Actor, House, JobError, JobRow, Recurring};
use linli_base::Day;
use linli_casework::offers::State;
use linli_casework::{CaseRow, search, shown};

use crate::ESCALATE_DAYS;
use crate::acts::{bulk, remind};
use crate::error::DeskError;
use crate::store::BulkId;

async fn run_bulk(house: House, job: JobRow) -> Result<(), JobError> {
    let id: BulkId = job.read()?;
    bulk::run(&house, id).await.map_err(|e| JobError::Retry(e.to_string()))
}

/// Cases looked at in one act.
const PAGE: u16 = 100;

/// The last day before which a case is late enough for its supervisor.
fn escalate_before(read: &mut linli_db::Read<'_>, today: Day) -> Result<Day, DeskError> {
    let days = linli_rules::value(read, &ESCALATE_DAYS, today)?.value;
    let calendar = linli_rules::calendar(read)?;
    let mut day = today;
    let mut left = days;
    // Back over the working days that a case may be late.
    while left > 0 {
        day = day.plus_days(-1);
        if calendar.is_working(day) {
            left -= 1;
        }
    }
    Ok(day)
}

/// Goes through a list page by page, each page in an act of its own that gives where the next one begins; `None`: it was the last.
async fn by_pages<K: Copy + Send + Sync + 'static>(
    house: &House,
    first: K,
    page: impl Fn(&mut Act<'_, '_>, K) -> Result<Option<K>, DeskError> + Copy + Send + Sync + 'static,
) -> Result<(), JobError> {
    let mut next = Some(first);
    while let Some(after) = next {
        let done = house.act(&Actor::system(), move |act| page(act, after)).await;
        next = done.map_err(|e| JobError::Retry(e.to_string()))?;
    }
    Ok(())
}

async fn turn(house: House, _: JobRow) -> Result<(), JobError> {
    for state in [State::Submitted, State::Accepted, State::Proposed, State::Supplementing, State::Decided] {
        by_pages(&house, search::start(), move |act, after| {
            let today = act.now().day();
            let soon = shown::soon(act, today)?;
            let before = escalate_before(act, today)?;
            let found = search::due_by(act, state, soon, after, PAGE)?;
            // A decided case has the day by which it is handed over; where that waits for the applicant, it has none.
            let counts = |c: &&CaseRow| state != State::Decided || c.delivery_due.is_some_and(|d| d <= soon);
            for case in found.iter().filter(counts) {
                remind::of_day(act, case, today, before)?;
            }
            Ok(found.last().map(|c| (c.due, c.id)))
        })
        .await?;
    }
    by_pages(&house, search::later_start(), |act, after| {
        let today = act.now().day();
        let soon = shown::soon(act, today)?;
        let before = escalate_before(act, today)?;
        let found = search::co_due_by(act, soon, after, PAGE)?;
        for co in &found {
            remind::of_co(act, co, today, before)?;
        }
        Ok(found.last().map(|co| (co.due, co.task)))
    })
    .await?;
    by_pages(&house, search::later_start(), |act, after| {
        let today = act.now().day();
        let soon = shown::soon(act, today)?;
        let found = search::later_due_by(act, soon, after, PAGE)?;
        for (case, _, due) in &found {
            remind::of_follow(act, case, *due)?;
        }
        Ok(found.last().map(|(_, id, due)| (*due, *id)))
    })
    .await
}

linli_acts::job! {
    bulk::RUN => run_bulk;
    "desk.turn" => turn;
}

linli_acts::inventory::submit! { Recurring { kind: "desk.turn", every_seconds: 3_600 } }
