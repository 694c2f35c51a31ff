//! Letters: what the postroom of a place prints, posts, and gets back.

use linli_acts::{Act, Actor, Entry};
use linli_base::PlaceCode;
use linli_db::{DbError, Read};
use linli_words::Lang;

use crate::POSTROOM;
use crate::acts::{content, wishes};
use crate::deliver::subject;
use crate::domain::{Channel, Content, DeliveryId, DeliveryState};
use crate::error::NoticeError;
use crate::seams::{Address, PhoneBookService};
use crate::store::{self, DeliveryRow};

/// Letters printed at once.
pub(crate) const SHEETS: usize = 20;

/// The places whose letters the actor posts.
fn places(actor: &Actor) -> Vec<PlaceCode> {
    actor.held.iter().filter(|h| h.kind == POSTROOM.key).map(|h| h.place).collect()
}

/// Letters that wait in the actor's postrooms after one, oldest first. Whom they are to stands on none of them yet: opening one
/// is an act that she sees.
///
/// # Errors
/// If the database fails.
pub(crate) fn waiting(
    read: &mut Read<'_>,
    actor: &Actor,
    after: DeliveryId,
    limit: u16,
) -> Result<Vec<DeliveryRow>, DbError> {
    let mut out: Vec<DeliveryRow> = Vec::new();
    for place in places(actor) {
        let (first, last) = place.range();
        out.extend(read.all(&store::LETTERS, (DeliveryState::Waiting, first, last, after, limit))?);
    }
    out.sort_by_key(|d| d.id);
    out.dedup_by_key(|d| d.id);
    out.truncate(usize::from(limit));
    Ok(out)
}

/// Letters that were posted, the newest first, before one.
///
/// # Errors
/// If the database fails.
pub(crate) fn posted(
    read: &mut Read<'_>,
    actor: &Actor,
    before: DeliveryId,
    limit: u16,
) -> Result<Vec<DeliveryRow>, DbError> {
    let mut out: Vec<DeliveryRow> = Vec::new();
    for place in places(actor) {
        let (first, last) = place.range();
        out.extend(read.all(&store::POSTED, (first, last, before, limit))?);
    }
    out.sort_by_key(|d| std::cmp::Reverse(d.id));
    out.dedup_by_key(|d| d.id);
    out.truncate(usize::from(limit));
    Ok(out)
}

/// A letter of one of the actor's postrooms. One of another postroom is not there for her.
fn own(act: &mut Act<'_, '_>, id: DeliveryId) -> Result<DeliveryRow, NoticeError> {
    act.actor.holds_any(&POSTROOM)?;
    let row = act.opt(&store::DELIVERY, (id,))?.filter(|d| d.channel == Channel::Paper);
    let (row, place) = row.and_then(|d| d.place.map(|place| (d, place))).ok_or(NoticeError::Missing)?;
    let held = act.actor.held.iter().find(|h| h.kind == POSTROOM.key && h.place.contains(place));
    let body = held.map(|h| h.body).ok_or(NoticeError::Missing)?;
    act.on_duty(&POSTROOM, body, place)?;
    Ok(row)
}

/// A letter as it is printed.
pub(crate) struct Sheet {
    pub id: DeliveryId,
    pub rev: i64,
    pub waiting: bool,
    /// Today's, not the one of the day when it was told: she may have moved.
    pub address: Option<Address>,
    pub content: Content,
    pub lang: Lang,
    pub told: linli_base::Instant,
}

/// Opens letters to print them; each that is opened stands in its addressee's log.
///
/// # Errors
/// If one is not of the actor's postroom.
pub(crate) fn print(act: &mut Act<'_, '_>, ids: &[DeliveryId]) -> Result<Vec<Sheet>, NoticeError> {
    let mut out = Vec::new();
    for id in ids.iter().take(SHEETS) {
        let row = own(act, *id)?;
        let notice = act.opt(&store::NOTICE, (row.notice,))?.ok_or(NoticeError::Missing)?;
        let house = act.house;
        let book = house.service::<PhoneBookService>();
        let person = book.0.current(act, notice.person)?;
        let address = book.0.address(act, house.vault(), person)?;
        act.log(Entry::new(subject(*id), "notices.letter_opened").person(person))?;
        out.push(Sheet {
            id: *id,
            rev: row.rev,
            waiting: row.state == DeliveryState::Waiting,
            address,
            content: content(house.vault(), &notice)?,
            lang: wishes(act, person)?.lang,
            told: notice.told_at,
        });
    }
    Ok(out)
}

/// Letters were posted. One that a colleague has posted meanwhile is left as it is; returns how many went.
///
/// # Errors
/// If one is not of the actor's postroom.
pub(crate) fn post(act: &mut Act<'_, '_>, letters: &[(DeliveryId, i64)]) -> Result<usize, NoticeError> {
    let mut n = 0;
    for (id, rev) in letters.iter().take(SHEETS) {
        let row = own(act, *id)?;
        if row.state != DeliveryState::Waiting || row.rev != *rev {
            continue;
        }
        let now = act.now();
        if act.run_one(&store::SENT, (*id, *rev, now, None::<String>))? {
            let person = act.one(&store::NOTICE, (row.notice,))?.person;
            act.log(
                Entry::new(subject(*id), "notices.posted").state(DeliveryState::Sent.word()).person(person),
            )?;
            n += 1;
        }
    }
    Ok(n)
}

/// A letter came back, or cannot be posted at all.
///
/// # Errors
/// If it is not of the actor's postroom, or somebody changed it meanwhile.
pub(crate) fn returned(act: &mut Act<'_, '_>, id: DeliveryId, rev: i64) -> Result<(), NoticeError> {
    let row = own(act, id)?;
    let (next, code) = match row.state {
        DeliveryState::Sent => (DeliveryState::Failed, "returned"),
        DeliveryState::Waiting => (DeliveryState::GivenUp, "not-posted"),
        _ => return Err(NoticeError::Changed),
    };
    let now = act.now();
    if !act.run_one(&store::SETTLE, (id, rev, next, now, Some(code)))? {
        return Err(NoticeError::Changed);
    }
    let person = act.one(&store::NOTICE, (row.notice,))?.person;
    let done = if next == DeliveryState::Failed { "notices.returned" } else { "notices.given_up" };
    act.log(Entry::new(subject(id), done).state(next.word()).person(person))?;
    Ok(())
}
