//! A slip in a decision: the applicant asks, the office puts it right or says why not; the old text stays, superseded (更正).

use linli_acts::{Act, Entry, Event, StaffId, Subject};
use linli_base::Instant;
use linli_db::{row, sql};
use linli_vault::Sealed;

use super::{entry, for_decider, for_handler, one, open, reason, seal, subject};
use crate::domain::{CaseId, DecisionText, State};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::told;

linli_db::id! {
    /// A request to put a slip right.
    pub struct SlipId;
}

linli_db::codes! {
    /// How such a request stands.
    pub enum SlipState {
        Open = "open",
        Approved = "approved",
        Rejected = "rejected",
    }
}

row! {
    /// A request as it stands.
    #[derive(Clone, Debug)]
    pub struct SlipRow {
        pub id: SlipId,
        pub state: SlipState,
        pub asked_at: Instant,
        pub answered_by: Option<StaffId>,
        pub answered_at: Option<Instant>,
        pub ask: Sealed,
        pub answer: Option<Sealed>,
        pub rev: i64,
    }
}

sql! {
    pub(crate) OF_CASE: SlipRow = "SELECT id, state, asked_at, answered_by, answered_at, ask, answer, rev FROM case_slips WHERE case_id = $1 ORDER BY id LIMIT 20";
    ADD: (SlipId,) = "INSERT INTO case_slips (id, case_id, state, asked_at, ask, rev) VALUES ($1, $2, 'open', $3, $4, 1)
        ON CONFLICT (case_id) WHERE state = 'open' DO NOTHING RETURNING id";
    ANSWER: () = "UPDATE case_slips SET state = $3, answered_by = $4, answered_at = $5, answer = $6, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'open'";
    SUPERSEDE: () = "UPDATE decisions SET superseded_by = $2 WHERE id = $1 AND superseded_by IS NULL";
    SLIP_STATES: (i64, Option<String>) = "SELECT id, state FROM case_slips WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "case_slip", page: &SLIP_STATES } }

fn noted(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    id: SlipId,
    what: &'static str,
    state: SlipState,
) -> Result<(), CaseError> {
    act.log(
        Entry::new(Subject::new("case_slip", id), what)
            .state(state.word())
            .person(case.person)
            .place(case.place),
    )?;
    Ok(())
}

/// The applicant tells what is wrong in what was decided. One request at a time.
///
/// # Errors
/// If nothing was decided, the words are empty, or one is open.
pub fn ask_correction(act: &mut Act<'_, '_>, id: CaseId, words: &str) -> Result<(), CaseError> {
    let case = super::person::own(act, id)?;
    if !matches!(case.state, State::Decided | State::Closed) || case.decided_on.is_none() {
        return Err(CaseError::State(case.state));
    }
    reason("slip", words)?;
    let slip: SlipId = act.next_id();
    let now = act.now();
    let sealed = seal(act.vault(), "case_slips.ask", slip.raw(), &words)?;
    if act.opt(&ADD, (slip, id, now, sealed))?.is_none() {
        return Err(CaseError::State(case.state));
    }
    noted(act, &case, slip, "casework.correction_asked", SlipState::Open)?;
    act.log(entry(&case, "casework.correction_asked").content(&serde_json::json!({ "words": words })))?;
    Ok(())
}

/// Puts it right: the reason in new words, the result computed again by the rules of the day of the decision. Who decides, corrects.
///
/// # Errors
/// If nothing was asked, or nothing would change.
pub fn correct(act: &mut Act<'_, '_>, id: CaseId, slip_rev: i64, text: &str) -> Result<(), CaseError> {
    let (case, slip) = waiting(act, id)?;
    if !text.is_empty() {
        reason("corrected", text)?;
    }
    let old = act.all(&store::DECISIONS, (id,))?;
    let round = i64::try_from(old.len()).unwrap_or(i64::MAX) + 1;
    let last = old.into_iter().rev().find(|d| d.agreed == Some(1)).ok_or(CaseError::Missing)?;
    let before: DecisionText = open(act.vault(), "decisions.content", last.id, &last.content)?;
    let day = case.decided_on.unwrap_or_else(|| act.now().day());
    let lines = super::decide::result_lines(act, &case, last.outcome, day)?;
    let after = DecisionText { reason: text.to_owned(), lines, returned: String::new() };
    if after == before {
        return Err(CaseError::field("corrected", "nothing-changed"));
    }
    let (by, now) = (act.actor.officer()?, act.now());
    let row: i64 = act.next_id();
    let sealed = seal(act.vault(), "decisions.content", row, &after)?;
    act.run(&store::PROPOSE, (row, id, round, last.outcome, by, now, &sealed))?;
    one(act.run_one(&store::ANSWER, (row, by, now, 1, &sealed))?)?;
    one(act.run_one(&SUPERSEDE, (last.id, row))?)?;
    let answer = seal(act.vault(), "case_slips.answer", slip.id.raw(), &"")?;
    one(act.run_one(&ANSWER, (slip.id, slip_rev, SlipState::Approved, by, now, answer))?)?;
    noted(act, &case, slip.id, "casework.corrected", SlipState::Approved)?;
    act.log(
        entry(&case, "casework.corrected").content(&serde_json::json!({ "before": before, "after": after })),
    )?;
    act.tell(&Event::new("casework.corrected", subject(id), &id))?;
    told::corrected(act, &case)?;
    Ok(())
}

/// Says why it stays as it is.
///
/// # Errors
/// If nothing was asked or the reason is empty.
pub fn reject_correction(
    act: &mut Act<'_, '_>,
    id: CaseId,
    slip_rev: i64,
    why: &str,
) -> Result<(), CaseError> {
    let (case, slip) = waiting(act, id)?;
    reason("corrected", why)?;
    let (by, now) = (act.actor.officer()?, act.now());
    let answer = seal(act.vault(), "case_slips.answer", slip.id.raw(), &why)?;
    one(act.run_one(&ANSWER, (slip.id, slip_rev, SlipState::Rejected, by, now, answer))?)?;
    noted(act, &case, slip.id, "casework.correction_rejected", SlipState::Rejected)?;
    act.log(entry(&case, "casework.correction_rejected").content(&serde_json::json!({ "why": why })))?;
    told::correction_rejected(act, &case)?;
    Ok(())
}

/// The open request, for whoever decides cases of this kind.
fn waiting(act: &mut Act<'_, '_>, id: CaseId) -> Result<(CaseRow, SlipRow), CaseError> {
    let case = store::load(act, id)?;
    if case.two_persons() {
        for_decider(act, id)?
    } else {
        for_handler(act, id)?
    };
    let open = act.all(&OF_CASE, (id,))?.into_iter().find(|s| s.state == SlipState::Open);
    Ok((case, open.ok_or(CaseError::Changed)?))
}
