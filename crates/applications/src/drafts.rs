//! A draft that is about to go is announced, once, some days before.

use linli_acts::{Act, Actor, House, JobError, JobRow, Recurring};
use linli_catalogue::offers as catalogue;
use linli_notices::{Notice, tell};

use crate::acts::{DRAFT_DAYS, under_way};
use crate::error::ApplicationError;
use crate::situation::owner;
use crate::store::{self, ApplicationRow};
use crate::{DRAFT_TOLD_DAYS, acts};

linli_notices::notice_kind! {
    GOES = "applications.draft_goes",
        zh: "您填到一半的{title}申请已经很久没有动，{day}会删除。还想办，请在这之前打开看一看并保存。",
        en: "Your unfinished application for {title} has not been touched for long and goes on {day}. If you still want it, open and save it before.";
}

/// Tells the owners of the drafts that have lain longest; how many were looked at.
fn tell_some(act: &mut Act<'_, '_>) -> Result<usize, ApplicationError> {
    let now = act.now();
    let before = linli_rules::value(act, &DRAFT_TOLD_DAYS, now.day())?.value;
    let since = now.plus_seconds(-(DRAFT_DAYS - before) * 86_400);
    let found = act.all(&store::UNTOLD, (since,))?;
    for row in &found {
        // Filed or thrown away meanwhile: nothing is left to be told.
        if act.run_one(&store::TOLD, (row.id, now))? {
            announce(act, row)?;
        }
    }
    Ok(found.len())
}

/// What can no longer be gone on with is not announced: an item that was withdrawn, or one that is under way for her already.
fn announce(act: &mut Act<'_, '_>, row: &ApplicationRow) -> Result<(), ApplicationError> {
    let Some((_, _, guide)) = catalogue::live(act, &row.item_key)? else { return Ok(()) };
    if under_way(act, row.person, &row.item_key)?.is_some() {
        return Ok(());
    }
    let day = row.saved_at.plus_seconds(DRAFT_DAYS * 86_400).day();
    let notice = Notice::new(&GOES, row.person, owner(row.id))
        .link(format!("/apply/{}", row.item_key))
        .arg_both("title", &guide.name.zh, &guide.name.en)
        .arg_both("day", day.zh(), day.en());
    tell(act, &notice)?;
    act.log(acts::entry(row, "applications.draft_announced").state(row.state.word()))?;
    Ok(())
}

async fn announce_drafts(house: House, _: JobRow) -> Result<(), JobError> {
    while house.act(&Actor::system(), tell_some).await.map_err(|e| JobError::Retry(e.to_string()))? > 0 {}
    Ok(())
}

linli_acts::job! { "applications.announce_drafts" => announce_drafts; }

linli_acts::inventory::submit! { Recurring { kind: "applications.announce_drafts", every_seconds: 21_600 } }
