//! What one officer proposes and another decides. The state machine of every editor lies here once; what a proposal says, does and
//! looks like is told by its kind.

use linli_acts::{Act, Denied, DutyKind, Entry, StaffId, Subject};
use linli_base::{Day, Instant};
use linli_db::{Json, Read, row, sql};
use linli_words::Lang;
use serde_json::Value;

use crate::error::RuleError;
use crate::inventory;

linli_db::id! {
    /// A proposal.
    pub struct ProposalId;
}

linli_db::codes! {
    /// How a proposal stands.
    pub enum ProposalState {
        Proposed = "proposed",
        Approved = "approved",
        Refused = "refused",
        /// By whoever proposed it.
        TakenBack = "taken_back",
    }
}

row! {
    /// A proposal.
    #[derive(Clone, Debug)]
    pub struct ProposalRow {
        pub id: ProposalId,
        pub kind: String,
        pub key: String,
        pub content: Json<Value>,
        pub from_day: Day,
        pub why: String,
        pub state: ProposalState,
        pub proposed_by: StaffId,
        pub proposed_at: Instant,
        pub decided_by: Option<StaffId>,
        pub decided_at: Option<Instant>,
        pub decided_why: String,
        pub rev: i64,
    }
}

/// A proposal as its kind shows it.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub title: String,
    /// Where what it changes stands; empty: it has no page of its own.
    pub href: String,
    /// What, how it is, how it would be.
    pub lines: Vec<(String, String, String)>,
    /// What it looks like, or what it does: a heading and lines under it.
    pub preview: Vec<(String, Vec<String>)>,
}

/// A kind of proposal, declared by the crate that keeps what it changes.
pub struct ProposalKind {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub proposer: &'static DutyKind,
    /// Who decides: never whoever proposed it.
    pub approver: &'static DutyKind,
    /// Whether it could be done; the faults by field.
    pub check: fn(&mut Read<'_>, &str, &Value, Day) -> Result<(), RuleError>,
    /// Does it, in the act of whoever approves.
    pub apply: fn(&mut Act<'_, '_>, &ProposalRow) -> Result<(), RuleError>,
    pub shown: fn(&mut Read<'_>, &ProposalRow, Lang) -> Result<Shown, RuleError>,
}

inventory::collect!(ProposalKind);

pub(crate) fn kind(key: &str) -> Option<&'static ProposalKind> {
    inventory::iter::<ProposalKind>().find(|k| k.key == key)
}

sql! {
    ADD: () = "INSERT INTO proposals (id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_why, rev)
        VALUES ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, '', 1)";
    pub(crate) BY_ID: ProposalRow = "SELECT id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_by, decided_at, decided_why, rev FROM proposals WHERE id = $1";
    pub(crate) WAITING: ProposalRow = "SELECT id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_by, decided_at, decided_why, rev
        FROM proposals WHERE state = 'proposed' AND id < $1 ORDER BY id DESC LIMIT $2";
    pub(crate) DECIDED: ProposalRow = "SELECT id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_by, decided_at, decided_why, rev
        FROM proposals WHERE state <> 'proposed' AND id < $1 ORDER BY id DESC LIMIT $2";
    OF: ProposalRow = "SELECT id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_by, decided_at, decided_why, rev
        FROM proposals WHERE kind = $1 AND key = $2 ORDER BY id DESC LIMIT 50";
    WAITING_OF: ProposalRow = "SELECT id, kind, key, content, from_day, why, state, proposed_by, proposed_at, decided_by, decided_at, decided_why, rev
        FROM proposals WHERE kind = $1 AND state = 'proposed' ORDER BY id DESC LIMIT 200";
    DECIDE: () = "UPDATE proposals SET state = $3, decided_by = $4, decided_at = $5, decided_why = $6, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'proposed'";
    STATES: (i64, Option<String>) = "SELECT id, state FROM proposals WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::retention! {
    "proposals", keep, "谁提出、谁批准的长期保存。", "Who proposed and who approved is kept.";
}
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "proposal", page: &STATES } }
linli_acts::act_words! {
    "rules.proposed" = "提出一项修改，等另一位批准", "Proposed a change for another officer to approve";
    "rules.approved" = "批准修改", "Approved a change";
    "rules.refused" = "不批准修改", "Refused a change";
    "rules.taken_back" = "撤回了提出的修改", "Took a proposal back";
}

fn log(
    act: &mut Act<'_, '_>,
    id: ProposalId,
    what: &'static str,
    state: ProposalState,
) -> Result<(), RuleError> {
    act.log(Entry::new(Subject::new("proposal", id), what).state(state.word()))?;
    Ok(())
}

/// Longest reason.
const LONGEST_WHY: usize = 300;

/// Proposes a change.
///
/// # Errors
/// If the actor may not, what it says is wrong, or the day lies further back than a year or ahead than five.
pub fn propose(
    act: &mut Act<'_, '_>,
    of: &str,
    key: &str,
    content: &Value,
    from: Day,
    why: &str,
) -> Result<ProposalId, RuleError> {
    let kind = kind(of).ok_or(RuleError::Missing)?;
    act.on_any_duty(kind.proposer)?;
    let today = act.now().day();
    if from < today.plus_days(-366) || from > today.plus_days(5 * 366) {
        return Err(RuleError::field("from", "from-range"));
    }
    if why.chars().count() > LONGEST_WHY {
        return Err(RuleError::field("why", "why-long"));
    }
    (kind.check)(act, key, content, from)?;
    let (id, now, by): (ProposalId, _, _) = (act.next_id(), act.now(), act.actor.officer()?);
    act.run(&ADD, (id, kind.key, key, Json(content), from, why, by, now))?;
    log(act, id, "rules.proposed", ProposalState::Proposed)?;
    Ok(id)
}

/// Approves a proposal of somebody else and does it, or refuses it with a reason.
///
/// # Errors
/// If the actor may not or proposed it herself, a refusal has no reason, or somebody was quicker.
pub fn decide(
    act: &mut Act<'_, '_>,
    id: ProposalId,
    rev: i64,
    approve: bool,
    why: &str,
) -> Result<(), RuleError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(RuleError::Missing)?;
    let kind = kind(&row.kind).ok_or(RuleError::Missing)?;
    act.on_any_duty(kind.approver)?;
    let by = act.actor.officer()?;
    if row.proposed_by == by {
        return Err(Denied::SamePerson.into());
    }
    if !approve && why.is_empty() {
        return Err(RuleError::field("why", "why-empty"));
    }
    if why.chars().count() > LONGEST_WHY {
        return Err(RuleError::field("why", "why-long"));
    }
    let (now, state) = (act.now(), if approve { ProposalState::Approved } else { ProposalState::Refused });
    if !act.run_one(&DECIDE, (id, rev, state, by, now, why))? {
        return Err(RuleError::Changed);
    }
    if approve {
        // What it rests on may have changed since it was proposed.
        (kind.check)(act, &row.key, &row.content.0, row.from_day)?;
        (kind.apply)(act, &row)?;
    }
    log(act, id, if approve { "rules.approved" } else { "rules.refused" }, state)
}

/// Whoever proposed it takes it back.
///
/// # Errors
/// If it is not hers, or somebody decided it.
pub fn take_back(act: &mut Act<'_, '_>, id: ProposalId, rev: i64) -> Result<(), RuleError> {
    let row = act.opt(&BY_ID, (id,))?.ok_or(RuleError::Missing)?;
    let by = act.actor.officer()?;
    if row.proposed_by != by {
        return Err(RuleError::Missing);
    }
    let now = act.now();
    if !act.run_one(&DECIDE, (id, rev, ProposalState::TakenBack, by, now, ""))? {
        return Err(RuleError::Changed);
    }
    log(act, id, "rules.taken_back", ProposalState::TakenBack)
}

/// The proposals of a kind that wait to be decided, newest first: at most 200.
///
/// # Errors
/// If the database fails.
pub fn waiting(read: &mut Read<'_>, kind: &str) -> Result<Vec<ProposalRow>, RuleError> {
    Ok(read.all(&WAITING_OF, (kind,))?)
}

/// The proposals of one thing, newest first.
///
/// # Errors
/// If the database fails.
pub fn of(read: &mut Read<'_>, kind: &str, key: &str) -> Result<Vec<ProposalRow>, RuleError> {
    Ok(read.all(&OF, (kind, key))?)
}
