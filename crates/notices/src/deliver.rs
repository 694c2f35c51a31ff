//! How a notice goes out: planning, messages, what became of them. The calls to the gateway themselves are in `jobs.rs`.

use linli_acts::{Act, Actor, Channel as By, Entry, Job, Subject};
use linli_base::Instant;
use linli_db::{DbError, Read};
use linli_web::Site;

use crate::acts::{content, wishes};
use crate::domain::{Channel, DeliveryId, DeliveryState, NoticeId, Quiet, ways};
use crate::error::NoticeError;
use crate::jobs::SEND;
use crate::seams::{PhoneBookService, Sms};
use crate::store::{self, DeliveryRow, NoticeRow};
use crate::{GIVE_UP_HOURS, LETTER_AFTER_FAILURE, QUIET_FROM, QUIET_UNTIL};

pub(crate) fn subject(id: DeliveryId) -> Subject {
    Subject::new("delivery", id)
}

fn quiet(read: &mut Read<'_>) -> Result<Quiet, DbError> {
    let today = read.now().day();
    let from = linli_rules::value(read, &QUIET_FROM, today)?.value;
    let until = linli_rules::value(read, &QUIET_UNTIL, today)?.value;
    Ok(Quiet { from, until })
}

/// Decides by which ways a notice goes out. Harmless if it was done before or the notice was erased meanwhile.
///
/// # Errors
/// If the database fails.
pub(crate) fn plan(act: &mut Act<'_, '_>, id: NoticeId) -> Result<(), NoticeError> {
    let Some(notice) = act.opt(&store::NOTICE, (id,))? else { return Ok(()) };
    if !act.all(&store::DELIVERIES, (id,))?.is_empty() {
        return Ok(());
    }
    let house = act.house;
    let book = house.service::<PhoneBookService>();
    let person = book.0.current(act, notice.person)?;
    let phone = book.0.phone(act, house.vault(), person)?;
    let wishes = wishes(act, person)?;
    for way in ways(wishes, phone.is_some()) {
        match way {
            Channel::Sms => message(act, id)?,
            Channel::Paper => letter(act, &notice)?,
        }
    }
    Ok(())
}

fn message(act: &mut Act<'_, '_>, notice: NoticeId) -> Result<(), DbError> {
    let now = act.now();
    let due = quiet(act)?.next_open(now);
    let id: DeliveryId = act.next_id();
    act.run(&store::PLAN, (id, notice, Channel::Sms, None::<i64>, now, due))?;
    act.log(Entry::new(subject(id), "notices.planned").state(DeliveryState::Waiting.word()))?;
    act.enqueue(Job::new(SEND, &id).dedup(format!("{SEND}/{id}")).due(due))?;
    Ok(())
}

/// A letter for the postroom of where she lives; none for somebody who cannot be written to any more.
fn letter(act: &mut Act<'_, '_>, notice: &NoticeRow) -> Result<(), DbError> {
    if act.opt(&store::BY_CHANNEL, (notice.id, Channel::Paper))?.is_some() {
        return Ok(());
    }
    let house = act.house;
    let book = house.service::<PhoneBookService>();
    let person = book.0.current(act, notice.person)?;
    let Some(address) = book.0.address(act, house.vault(), person)? else { return Ok(()) };
    let id: DeliveryId = act.next_id();
    let now = act.now();
    act.run(&store::PLAN, (id, notice.id, Channel::Paper, Some(address.place), now, now))?;
    act.log(
        Entry::new(subject(id), "notices.planned").state(DeliveryState::Waiting.word()).place(address.place),
    )?;
    Ok(())
}

/// The message of a delivery that is to go out now; `None` if there is nothing to send: it went before, it was erased, the hours
/// are quiet (then it is due in the morning), or the phone is gone (then a letter goes).
///
/// # Errors
/// If the database fails or the notice does not open.
pub(crate) fn take(act: &mut Act<'_, '_>, id: DeliveryId) -> Result<Option<Sms>, NoticeError> {
    let Some(row) = waiting(act, id)? else { return Ok(None) };
    let now = act.now();
    let due = quiet(act)?.next_open(now);
    if due > now {
        if !act.run_one(&store::LATER, (id, row.rev, due))? {
            return Err(NoticeError::Changed);
        }
        act.enqueue(Job::new(SEND, &id).dedup(format!("{SEND}/{id}/{}", due.millis())).due(due))?;
        return Ok(None);
    }
    let notice = act.opt(&store::NOTICE, (row.notice,))?.ok_or(NoticeError::Missing)?;
    let house = act.house;
    let book = house.service::<PhoneBookService>();
    let person = book.0.current(act, notice.person)?;
    let Some(phone) = book.0.phone(act, house.vault(), person)? else {
        settle(act, &row, DeliveryState::GivenUp, "no-phone")?;
        return Ok(None);
    };
    let content = content(house.vault(), &notice)?;
    let lang = wishes(act, person)?.lang;
    let mut text = content.text(lang);
    if !content.link.is_empty() {
        text = format!("{text} {}{}", house.service::<Site>().origin, content.link);
    }
    Ok(Some(Sms { id: notice.id, phone, kind: notice.kind, params: content.params(lang), text }))
}

fn waiting(act: &mut Act<'_, '_>, id: DeliveryId) -> Result<Option<DeliveryRow>, DbError> {
    Ok(act.opt(&store::DELIVERY, (id,))?.filter(|d| d.state == DeliveryState::Waiting))
}

/// The gateway took the message. Harmless if a report was quicker.
///
/// # Errors
/// If the database fails.
pub(crate) fn sent(act: &mut Act<'_, '_>, id: DeliveryId, reference: &str) -> Result<(), NoticeError> {
    let Some(row) = waiting(act, id)? else { return Ok(()) };
    let now = act.now();
    let reference = linli_base::text::cut(reference, 80);
    if !act.run_one(&store::SENT, (id, row.rev, now, reference))? {
        return Err(NoticeError::Changed);
    }
    act.log(Entry::new(subject(id), "notices.sms_sent").state(DeliveryState::Sent.word()))?;
    Ok(())
}

/// The gateway refused the message: it will never go.
///
/// # Errors
/// If the database fails.
pub(crate) fn refused(act: &mut Act<'_, '_>, id: DeliveryId, code: &str) -> Result<(), NoticeError> {
    let Some(row) = waiting(act, id)? else { return Ok(()) };
    settle(act, &row, DeliveryState::Failed, code)
}

/// The gateway could not be reached; whether the message is given up now.
///
/// # Errors
/// If the database fails.
pub(crate) fn missed(
    act: &mut Act<'_, '_>,
    id: DeliveryId,
    last_try: bool,
    code: &str,
) -> Result<bool, NoticeError> {
    let Some(row) = waiting(act, id)? else { return Ok(true) };
    let now = act.now();
    let hours = linli_rules::value(act, &GIVE_UP_HOURS, now.day())?.value;
    if !last_try && now.seconds_since(row.planned_at) < hours.saturating_mul(3_600) {
        return Ok(false);
    }
    settle(act, &row, DeliveryState::GivenUp, code)?;
    Ok(true)
}

/// Ends a delivery. Where a message did not arrive a letter takes over, if the rule says so.
fn settle(
    act: &mut Act<'_, '_>,
    row: &DeliveryRow,
    state: DeliveryState,
    code: &str,
) -> Result<(), NoticeError> {
    let now: Instant = act.now();
    if !act.run_one(&store::SETTLE, (row.id, row.rev, state, now, code_only(code)))? {
        return Err(NoticeError::Changed);
    }
    let done = match state {
        DeliveryState::Delivered => "notices.sms_delivered",
        DeliveryState::GivenUp => "notices.given_up",
        _ => "notices.sms_failed",
    };
    act.log(Entry::new(subject(row.id), done).state(state.word()))?;
    let over = matches!(state, DeliveryState::Failed | DeliveryState::GivenUp);
    if over && linli_rules::value(act, &LETTER_AFTER_FAILURE, now.day())?.value == 1 {
        let notice = act.opt(&store::NOTICE, (row.notice,))?.ok_or(NoticeError::Missing)?;
        letter(act, &notice)?;
    }
    Ok(())
}

/// What the other side calls a fault, made harmless: letters, digits and marks of codes, at most 60.
fn code_only(code: &str) -> Option<String> {
    let kept: String = code
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | ':'))
        .take(60)
        .collect();
    (!kept.is_empty()).then_some(kept)
}

/// What a delivery report says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reported {
    Delivered,
    Failed,
}

/// Takes a delivery report on the message of a notice. Reports on what is not ours, or settled before, change nothing: the
/// gateway sends codes for signing in too, and repeats itself.
///
/// # Errors
/// If the database fails.
pub(crate) fn report(
    act: &mut Act<'_, '_>,
    notice: NoticeId,
    what: Reported,
    code: &str,
) -> Result<(), NoticeError> {
    let Some(row) = act.opt(&store::BY_CHANNEL, (notice, Channel::Sms))? else { return Ok(()) };
    let next = match what {
        Reported::Delivered => DeliveryState::Delivered,
        Reported::Failed => DeliveryState::Failed,
    };
    if row.state.may_become(next) { settle(act, &row, next, code) } else { Ok(()) }
}

/// Who acts when the gateway reports.
pub(crate) fn gateway() -> Actor {
    Actor { channel: By::Api, ..Actor::system() }
}
