//! Proposal, decision, delivery. Where the kind asks for it, nobody decides what she proposed herself.

use linli_acts::{Act, Denied, Event};
use linli_base::Day;

use super::{entry, for_decider, for_handler, next, one, open, reason, seal, subject};
use crate::domain::{CaseId, DecisionText, Handover, Outcome, ResultLine, State, Step};
use crate::error::CaseError;
use crate::store::{self, CaseRow, DecisionRow};
use crate::told;

/// What is granted if it is decided on a day; nothing if it is denied.
pub(crate) fn result_lines(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    outcome: Outcome,
    day: Day,
) -> Result<Vec<ResultLine>, CaseError> {
    if outcome == Outcome::Denied {
        return Ok(Vec::new());
    }
    let house = act.house;
    (crate::kind(&case.kind)?.result)(act, house.vault(), case.id, day)
}

/// The handler proposes what to decide. A denial needs a reason.
///
/// # Errors
/// If the case is not being handled, or a denial has no reason.
pub fn propose(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    outcome: Outcome,
    why: &str,
) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let state = next(&case, Step::Propose)?;
    let text = text(act, &case, outcome, why)?;
    let round = round(act, id)?;
    let (by, now) = (act.actor.officer().ok(), act.now());
    let row: i64 = act.next_id();
    let sealed = seal(act.vault(), "decisions.content", row, &text)?;
    one(act.run_one(&store::MOVE, (id, rev, state))?)?;
    act.run(&store::PROPOSE, (row, id, round, outcome, by, now, sealed))?;
    act.log(
        entry(&case, "casework.proposed")
            .state(state.word())
            .content(&serde_json::json!({ "outcome": outcome, "text": text })),
    )?;
    Ok(())
}

fn text(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    outcome: Outcome,
    why: &str,
) -> Result<DecisionText, CaseError> {
    if outcome == Outcome::Denied || !why.is_empty() {
        reason("why", why)?;
    }
    let today = act.now().day();
    let lines = result_lines(act, case, outcome, today)?;
    Ok(DecisionText { reason: why.to_owned(), lines, returned: String::new() })
}

fn round(act: &mut Act<'_, '_>, id: CaseId) -> Result<i64, CaseError> {
    Ok(i64::try_from(act.all(&store::DECISIONS, (id,))?.len()).unwrap_or(i64::MAX) + 1)
}

/// The proposal that waits for an answer.
fn waiting(act: &mut Act<'_, '_>, id: CaseId) -> Result<DecisionRow, CaseError> {
    let all = act.all(&store::DECISIONS, (id,))?;
    all.into_iter().next_back().filter(|d| d.answered_at.is_none()).ok_or(CaseError::Missing)
}

/// The second person does not agree: back to the handler, with the reason.
///
/// # Errors
/// If she proposed it herself, or gives no reason.
pub fn send_back(act: &mut Act<'_, '_>, id: CaseId, rev: i64, why: &str) -> Result<(), CaseError> {
    let case = for_decider(act, id)?;
    let state = next(&case, Step::SendBack)?;
    reason("why", why)?;
    let proposal = waiting(act, id)?;
    second_eyes(act, &proposal)?;
    let mut text: DecisionText = open(act.vault(), "decisions.content", proposal.id, &proposal.content)?;
    why.clone_into(&mut text.returned);
    let sealed = seal(act.vault(), "decisions.content", proposal.id, &text)?;
    let (by, now) = (act.actor.officer()?, act.now());
    one(act.run_one(&store::MOVE, (id, rev, state))?)?;
    one(act.run_one(&store::ANSWER, (proposal.id, by, now, 0, sealed))?)?;
    act.log(
        entry(&case, "casework.sent_back").state(state.word()).content(&serde_json::json!({ "why": why })),
    )?;
    Ok(())
}

fn second_eyes(act: &Act<'_, '_>, proposal: &DecisionRow) -> Result<(), CaseError> {
    let me = act.actor.officer()?;
    if proposal.proposed_by == Some(me) { Err(Denied::SamePerson.into()) } else { Ok(()) }
}

/// The second person decides as proposed. What is granted is computed anew, by the rules of today.
///
/// # Errors
/// If she proposed it herself, or nothing is proposed.
pub fn decide(act: &mut Act<'_, '_>, id: CaseId, rev: i64) -> Result<(), CaseError> {
    let case = for_decider(act, id)?;
    next(&case, Step::Decide)?;
    let proposal = waiting(act, id)?;
    second_eyes(act, &proposal)?;
    let mut text: DecisionText = open(act.vault(), "decisions.content", proposal.id, &proposal.content)?;
    let today = act.now().day();
    text.lines = result_lines(act, &case, proposal.outcome, today)?;
    let sealed = seal(act.vault(), "decisions.content", proposal.id, &text)?;
    let (by, now) = (act.actor.officer()?, act.now());
    one(act.run_one(&store::ANSWER, (proposal.id, by, now, 1, sealed))?)?;
    decided(act, &case, rev, proposal.outcome)
}

/// Decides at once, where the kind needs no second person.
///
/// # Errors
/// If the kind needs one, or a denial has no reason.
pub fn resolve(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    outcome: Outcome,
    why: &str,
) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    next(&case, Step::Decide)?;
    if case.two_persons() {
        // From "proposed" the table lets a case go on, but only by the hand of the second person.
        return Err(CaseError::State(case.state));
    }
    let text = text(act, &case, outcome, why)?;
    let round = round(act, id)?;
    let (by, now) = (act.actor.officer().ok(), act.now());
    let row: i64 = act.next_id();
    let sealed = seal(act.vault(), "decisions.content", row, &text)?;
    act.run(&store::PROPOSE, (row, id, round, outcome, by, now, &sealed))?;
    one(act.run_one(&store::ANSWER, (row, by, now, 1, &sealed))?)?;
    decided(act, &case, rev, outcome)
}

fn decided(act: &mut Act<'_, '_>, case: &CaseRow, rev: i64, outcome: Outcome) -> Result<(), CaseError> {
    let state = next(case, Step::Decide)?;
    let today = act.now().day();
    one(act.run_one(&store::DECIDED, (case.id, rev, today, outcome))?)?;
    act.log(
        entry(case, "casework.decided")
            .state(state.word())
            .content(&serde_json::json!({ "outcome": outcome })),
    )?;
    act.tell(&Event::new("casework.decided", subject(case.id), &(case.id, outcome)))?;
    told::decided(act, case)?;
    super::delivery::begin(act, case)?;
    hand_over_if_ready(act, case.id)
}

/// What lies on her page reached her with the notice, unless something is still to follow from her.
pub(crate) fn hand_over_if_ready(act: &mut Act<'_, '_>, id: CaseId) -> Result<(), CaseError> {
    let case = store::load(act, id)?;
    if case.state == State::Decided
        && case.handover == Handover::Page
        && super::tasks::later_of(act, id)?.is_none()
    {
        delivered(act, &case)?;
    }
    Ok(())
}

pub(crate) fn delivered(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), CaseError> {
    let state = next(case, Step::Deliver)?;
    let now = act.now();
    one(act.run_one(&store::DELIVERED, (case.id, case.rev, now))?)?;
    super::tasks::cancel_open(act, case)?;
    act.log(entry(case, "casework.delivered").state(state.word()))?;
    act.tell(&Event::new("casework.ended", subject(case.id), &case.id))?;
    Ok(())
}
