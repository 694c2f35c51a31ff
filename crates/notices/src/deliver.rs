//! How a notice goes out: planning, messages, what became of them. The calls to the gateway themselves are in `jobs.rs`.

use linli_acts::{Act, Actor, Channel as By, Entry, House, Job, PersonId, Subject};
use linli_base::Instant;
use linli_db::{DbError, Read};
use linli_web::Site;

use crate::acts::{content, wishes, wishes_and_wechat};
use crate::domain::{Channel, DeliveryId, DeliveryState, NoticeId, Quiet, Reach, next_message, ways};
use crate::error::NoticeError;
use crate::jobs::{SEND, SEND_WECHAT};
use crate::seams::{PhoneBookService, Sms, WechatMessage};
use crate::store::{self, DeliveryRow};
use crate::{GIVE_UP_HOURS, LETTER_AFTER_FAILURE, QUIET_FROM, QUIET_UNTIL, WECHAT_GIVE_UP_HOURS, wechat};

pub(crate) fn subject(id: DeliveryId) -> Subject {
    Subject::new("delivery", id)
}

fn quiet(read: &mut Read<'_>) -> Result<Quiet, DbError> {
    let today = read.now().day();
    let from = linli_rules::value(read, &QUIET_FROM, today)?.value;
    let until = linli_rules::value(read, &QUIET_UNTIL, today)?.value;
    Ok(Quiet { from, until })
}

/// Decides by which ways a new notice goes out.
///
/// # Errors
/// If the database fails.
pub(crate) fn plan(
    act: &mut Act<'_, '_>,
    id: NoticeId,
    person: PersonId,
    phone: bool,
) -> Result<(), DbError> {
    let (wishes, wechat) = wishes_and_wechat(act, person)?;
    let reach = Reach { wechat, phone };
    for way in ways(wishes, reach) {
        match way {
            Channel::Wechat | Channel::Sms => message(act, id, way)?,
            Channel::Paper => letter(act, id, person)?,
        }
    }
    Ok(())
}

/// The job that hands a message over.
fn sends(channel: Channel) -> &'static str {
    if channel == Channel::Wechat { SEND_WECHAT } else { SEND }
}

fn message(act: &mut Act<'_, '_>, notice: NoticeId, channel: Channel) -> Result<(), DbError> {
    let now = act.now();
    let due = quiet(act)?.next_open(now);
    let id: DeliveryId = act.next_id();
    act.run(&store::PLAN, (id, notice, channel, None::<i64>, now, due))?;
    act.log(Entry::new(subject(id), "notices.planned").state(DeliveryState::Waiting.word()))?;
    let job = sends(channel);
    act.enqueue(Job::new(job, &id).due(due))?;
    Ok(())
}

/// A letter for the postroom of where she lives; none for somebody who cannot be written to any more.
fn letter(act: &mut Act<'_, '_>, notice: NoticeId, person: PersonId) -> Result<(), DbError> {
    let house = act.house;
    let book = house.service::<PhoneBookService>();
    let Some(address) = book.0.address(act, house.vault(), person)? else { return Ok(()) };
    let id: DeliveryId = act.next_id();
    let now = act.now();
    act.run(&store::PLAN, (id, notice, Channel::Paper, Some(address.place), now, now))?;
    act.log(
        Entry::new(subject(id), "notices.planned").state(DeliveryState::Waiting.word()).place(address.place),
    )?;
    Ok(())
}

/// A message that is to be handed over.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Sms(Sms),
    Wechat(WechatMessage),
}

/// How a delivery stands when its time has come.
pub(crate) enum Turn {
    /// It went before, or was erased.
    Over,
    Ready(Outgoing),
    /// The hours are quiet: then.
    Later(DeliveryRow, Instant),
    /// Phone or account are gone; why.
    Unreached(DeliveryRow, &'static str),
}

/// How a delivery stands now. Changes nothing.
///
/// # Errors
/// If the database fails or the notice does not open.
pub(crate) fn turn(read: &mut Read<'_>, house: &House, id: DeliveryId) -> Result<Turn, NoticeError> {
    let Some(row) = waiting(read, id)? else { return Ok(Turn::Over) };
    let now = read.now();
    let due = quiet(read)?.next_open(now);
    if due > now {
        return Ok(Turn::Later(row, due));
    }
    let notice = read.opt(&store::NOTICE, (row.notice,))?.ok_or(NoticeError::Missing)?;
    let book = house.service::<PhoneBookService>();
    let person = book.0.current(read, notice.person)?;
    let content = content(house.vault(), &notice)?;
    let lang = wishes(read, person)?.lang;
    let link = match content.link.as_str() {
        "" => String::new(),
        path => format!("{}{path}", house.service::<Site>().origin),
    };
    let (id, params, text) = (notice.id, content.params(lang), content.text(lang));
    let kind = notice.kind;
    if row.channel == Channel::Wechat {
        return Ok(match wechat::open_id(read, house.vault(), person)? {
            Some(open_id) => {
                Turn::Ready(Outgoing::Wechat(WechatMessage { id, open_id, kind, params, text, link }))
            }
            None => Turn::Unreached(row, "not-bound"),
        });
    }
    let text = if link.is_empty() { text } else { format!("{text} {link}") };
    Ok(match book.0.phone(read, house.vault(), person)? {
        Some(phone) => Turn::Ready(Outgoing::Sms(Sms { id, phone, kind, params, text })),
        None => Turn::Unreached(row, "no-phone"),
    })
}

/// Does what is to be done about a delivery before a message goes out: in quiet hours it is due in the morning, if phone or account
/// are gone the next way is taken. Gives the message if it can go out after all.
///
/// # Errors
/// If the database fails or the notice does not open.
pub(crate) fn take(act: &mut Act<'_, '_>, id: DeliveryId) -> Result<Option<Outgoing>, NoticeError> {
    let house = act.house;
    match turn(act, house, id)? {
        Turn::Over => Ok(None),
        Turn::Ready(message) => Ok(Some(message)),
        Turn::Later(row, due) => {
            if !act.run_one(&store::LATER, (id, row.rev, due))? {
                return Err(NoticeError::Changed);
            }
            let job = sends(row.channel);
            act.enqueue(Job::new(job, &id).dedup(format!("{job}/{id}/{}", due.millis())).due(due))?;
            Ok(None)
        }
        Turn::Unreached(row, code) => {
            settle(act, &row, DeliveryState::GivenUp, code)?;
            Ok(None)
        }
    }
}

fn waiting(read: &mut Read<'_>, id: DeliveryId) -> Result<Option<DeliveryRow>, DbError> {
    Ok(read.opt(&store::DELIVERY, (id,))?.filter(|d| d.state == DeliveryState::Waiting))
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
    let done = if row.channel == Channel::Wechat { "notices.wechat_sent" } else { "notices.sms_sent" };
    act.log(Entry::new(subject(id), done).state(DeliveryState::Sent.word()))?;
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
    let rule = if row.channel == Channel::Wechat { &WECHAT_GIVE_UP_HOURS } else { &GIVE_UP_HOURS };
    let hours = linli_rules::value(act, rule, now.day())?.value;
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
    let done = match (state, row.channel) {
        (DeliveryState::GivenUp, _) => "notices.given_up",
        (DeliveryState::Delivered, Channel::Wechat) => "notices.wechat_delivered",
        (DeliveryState::Delivered, _) => "notices.sms_delivered",
        (_, Channel::Wechat) => "notices.wechat_failed",
        _ => "notices.sms_failed",
    };
    act.log(Entry::new(subject(row.id), done).state(state.word()))?;
    if matches!(state, DeliveryState::Failed | DeliveryState::GivenUp) {
        take_over(act, row.notice)?;
    }
    Ok(())
}

/// A message did not arrive: the next one that she wants takes over, and after the last a letter, if the rule says so.
fn take_over(act: &mut Act<'_, '_>, id: NoticeId) -> Result<(), NoticeError> {
    let notice = act.opt(&store::NOTICE, (id,))?.ok_or(NoticeError::Missing)?;
    let (person, phone) = act.house.service::<PhoneBookService>().0.reach(act, notice.person)?;
    let tried: Vec<Channel> = act.all(&store::DELIVERIES, (id,))?.into_iter().map(|d| d.channel).collect();
    let (wishes, wechat) = wishes_and_wechat(act, person)?;
    let reach = Reach { wechat, phone };
    if let Some(next) = next_message(wishes, reach, &tried) {
        return Ok(message(act, id, next)?);
    }
    if tried.contains(&Channel::Paper) {
        return Ok(());
    }
    let today = act.now().day();
    if linli_rules::value(act, &LETTER_AFTER_FAILURE, today)?.value == 1 {
        letter(act, id, person)?;
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
    channel: Channel,
    what: Reported,
    code: &str,
) -> Result<(), NoticeError> {
    let Some(row) = act.opt(&store::BY_CHANNEL, (notice, channel))? else { return Ok(()) };
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
