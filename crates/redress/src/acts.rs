//! The acts: one function each.

use linli_acts::{Act, Denied, Entry, Subject};
use linli_casework::offers::{self as casework, CaseId};
use linli_notices::{Notice, notice_kind, tell};
use linli_vault::Place;

use crate::domain::{Call, OrderState, Step, Verdict};
use crate::error::RedressError;
use crate::store::{self, OrderId, OrderRow};
use crate::{FIX_DAYS, OFFICER};

notice_kind! {
    OPENED = "redress.opened",
        zh: "您对{title}（{number}）的评价我们看到了，已开始核实，{due}前答复您。",
        en: "We have read your review of {title} ({number}) and look into it; you will hear by {due}.";
    ANSWERED = "redress.answered",
        zh: "您对{title}（{number}）的评价有了处理结果，请点开查看。",
        en: "There is an answer to your review of {title} ({number}). Please look.";
}

pub(crate) fn subject(id: OrderId) -> Subject {
    Subject::new("redress_order", id)
}

fn entry(order: &OrderRow, act: &'static str) -> Entry {
    Entry::new(subject(order.id), act).person(order.person).place(order.place)
}

fn load(act: &mut Act<'_, '_>, id: OrderId) -> Result<OrderRow, RedressError> {
    let order = act.opt(&store::ORDER, (id,))?.ok_or(RedressError::Missing)?;
    // Another body's is answered like none.
    match act.on_duty(&OFFICER, order.body, order.place) {
        Ok(()) => Ok(order),
        Err(Denied::Duty(_)) => Err(RedressError::Missing),
        Err(e) => Err(e.into()),
    }
}

fn told(act: &mut Act<'_, '_>, order: &OrderRow, opened: bool) -> Result<(), RedressError> {
    let case = casework::case(act, order.case_id)?;
    let mut notice = Notice::new(if opened { &OPENED } else { &ANSWERED }, order.person, subject(order.id))
        .link(format!("/my/redress/{}", order.id))
        .arg("number", &case.number)
        .arg_both("title", &case.title_zh, &case.title_en);
    if opened {
        notice = notice.arg_both("due", order.due.zh(), order.due.en());
    }
    tell(act, &notice)?;
    Ok(())
}

/// A case was reviewed. A level of 1 or 2 opens an order with its clock; done by the program, once for a case.
///
/// # Errors
/// If the database fails.
pub fn open(act: &mut Act<'_, '_>, case: CaseId, level: i64) -> Result<(), RedressError> {
    if !(1..=2).contains(&level) {
        return Ok(());
    }
    let row = casework::case(act, case)?;
    let (id, now): (OrderId, _) = (act.next_id(), act.now());
    let today = now.day();
    let days = u16::try_from(linli_rules::value(act, &FIX_DAYS, today)?.value.max(1)).unwrap_or(u16::MAX);
    let due = linli_rules::calendar(act)?.due(today, days).due;
    let added = act.opt(&store::ADD, (id, case, row.person, row.body, row.place, level, today, due, now))?;
    if added.is_none() {
        return Ok(());
    }
    let order = act.opt(&store::ORDER, (id,))?.ok_or(RedressError::Missing)?;
    act.log(entry(&order, "redress.opened").state(OrderState::Opened.word()))?;
    told(act, &order, true)
}

/// An officer opens an order: she sees what the resident wrote, and the resident that she did.
///
/// # Errors
/// If it is another body's.
pub fn look(act: &mut Act<'_, '_>, id: OrderId) -> Result<OrderRow, RedressError> {
    let order = load(act, id)?;
    act.log(entry(&order, "redress.looked"))?;
    Ok(order)
}

/// What a step changes besides the state.
#[derive(Default)]
struct Change {
    verdict: Option<Verdict>,
    call: Option<Call>,
    fixed: bool,
    called: bool,
}

fn step(
    act: &mut Act<'_, '_>,
    id: OrderId,
    rev: i64,
    step: Step,
    what: &'static str,
    words: &str,
    change: &Change,
) -> Result<OrderRow, RedressError> {
    let order = load(act, id)?;
    let state = order.state.after(step, order.verdict).ok_or(RedressError::Changed)?;
    let me = act.actor.officer()?;
    // Who handled the case does not judge the review of it.
    if casework::case(act, order.case_id)?.handler == Some(me) {
        return Err(Denied::SamePerson.into());
    }
    match words.chars().count() {
        0 if step != Step::Close => return Err(RedressError::field("words", "words-empty")),
        n if n > 1_000 => return Err(RedressError::field("words", "words-long")),
        _ => {}
    }
    let (now, today) = (act.now(), act.now().day());
    let closed = (state == OrderState::Closed).then_some(now);
    let changed = act.run_one(
        &store::MOVE,
        (
            id,
            rev,
            state,
            change.verdict,
            change.call,
            change.fixed.then_some(today),
            change.called.then_some(today),
            closed,
            Some(me),
        ),
    )?;
    if !changed {
        return Err(RedressError::Changed);
    }
    let row: i64 = act.next_id();
    let sealed = (!words.is_empty())
        .then(|| act.vault().seal(Place::new("redress_notes.words", row), words.as_bytes()));
    act.run(&store::NOTE, (row, id, what, me, now, sealed))?;
    act.log(
        entry(&order, what)
            .state(state.word())
            .content(&serde_json::json!({ "words": words, "verdict": change.verdict, "call": change.call })),
    )?;
    Ok(order)
}

/// What looking into it found.
///
/// # Errors
/// If it was done, the words are empty, or the officer handled the case herself.
pub fn verify(
    act: &mut Act<'_, '_>,
    id: OrderId,
    rev: i64,
    verdict: Verdict,
    words: &str,
) -> Result<(), RedressError> {
    let change = Change { verdict: Some(verdict), ..Change::default() };
    step(act, id, rev, Step::Verify, "redress.verified", words, &change).map(|_| ())
}

/// What was mended.
///
/// # Errors
/// If nothing was found that has to be, or the words are empty.
pub fn fix(act: &mut Act<'_, '_>, id: OrderId, rev: i64, words: &str) -> Result<(), RedressError> {
    let order =
        step(act, id, rev, Step::Fix, "redress.fixed", words, &Change { fixed: true, ..Change::default() })?;
    told(act, &order, false)
}

/// She was called back, or it was tried.
///
/// # Errors
/// If it is too early, or the words are empty.
pub fn call(
    act: &mut Act<'_, '_>,
    id: OrderId,
    rev: i64,
    call: Call,
    words: &str,
) -> Result<(), RedressError> {
    let order = load(act, id)?;
    let again = order.state.after(Step::Call(call), order.verdict) == Some(OrderState::Verified);
    let what = if again { "redress.call_tried" } else { "redress.called" };
    let change = Change { call: Some(call), called: !again, ..Change::default() };
    let order = step(act, id, rev, Step::Call(call), what, words, &change)?;
    // Where nothing had to be mended, this is the answer.
    if order.verdict != Some(Verdict::Valid) {
        told(act, &order, false)?;
    }
    Ok(())
}

/// Closes it.
///
/// # Errors
/// If she was not called back.
pub fn close(act: &mut Act<'_, '_>, id: OrderId, rev: i64) -> Result<(), RedressError> {
    step(act, id, rev, Step::Close, "redress.closed", "", &Change::default()).map(|_| ())
}
