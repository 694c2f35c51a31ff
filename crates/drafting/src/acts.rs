//! Beginning, writing, proposing, approving. No text goes live that one officer alone has seen.

use linli_acts::{Act, Denied, DutyKind, Entry, StaffId, Subject};
use linli_base::FieldError;
use linli_catalogue::abolished;
use linli_catalogue::offers::{self as catalogue, ItemState};
use linli_db::{DbError, Json, Read};
use linli_guide::visits::best_and_worst;
use linli_guide::{Guide, Papers};

use crate::domain::{DraftId, DraftState, LONGEST_REASON, StepId, What};
use crate::error::DraftingError;
use crate::store::{self, DraftRow};
use crate::{APPROVER, EDITOR};

/// What is wrong with a document so that it cannot be proposed: what [`Guide::faults`] tells, rules that there are not, and an abolished proof.
#[must_use]
pub fn faults(
    guide: &Guide,
    list: &[abolished::Abolished],
    papers: &Papers,
) -> Vec<(String, &'static str, String)> {
    let mut out: Vec<(String, &'static str, String)> =
        guide.faults(papers).into_iter().map(|f| (f.at, f.what.code(), f.what.to_string())).collect();
    if let Some(proof) = abolished::asked_of(list, guide) {
        let asks = |m: &linli_guide::Material| m.name.zh.replace(' ', "").contains(&proof.words);
        let i = guide.materials.iter().position(asks).unwrap_or(0);
        out.push((format!("materials.{i}.name.zh"), "bad-abolished", proof.words.clone()));
    }
    let known: Vec<&str> = linli_rules::rules().iter().map(|r| r.key).collect();
    for rule in guide.rules() {
        if !known.contains(&rule.as_str()) {
            out.push((String::new(), "bad-rule", rule));
        }
    }
    out
}

/// A duty for the department of an item. Of one whose department is no body here, everybody who holds the duty may take care.
pub(crate) fn may(
    act: &mut Act<'_, '_>,
    kind: &'static DutyKind,
    department: &str,
) -> Result<StaffId, DraftingError> {
    match linli_duties::offers::body_by_code(act, department)? {
        Some(body) => act.on_duty(kind, body.id, body.place)?,
        None => act.on_any_duty(kind)?,
    }
    Ok(act.actor.officer()?)
}

/// As [`may`], asked without acting: for pages.
///
/// # Errors
/// If the database fails.
pub fn allowed(
    read: &mut Read<'_>,
    actor: &linli_acts::Actor,
    kind: &'static DutyKind,
    department: &str,
) -> Result<bool, DbError> {
    Ok(match linli_duties::offers::body_by_code(read, department)? {
        Some(body) => actor.holds(kind, body.id, body.place).is_ok(),
        None => actor.holds_any(kind).is_ok(),
    })
}

fn log(
    act: &mut Act<'_, '_>,
    id: DraftId,
    what: &'static str,
    state: DraftState,
) -> Result<(), DraftingError> {
    act.log(Entry::new(Subject::new("item_draft", id), what).state(state.word()))?;
    Ok(())
}

fn step(
    act: &mut Act<'_, '_>,
    draft: DraftId,
    what: What,
    by: StaffId,
    words: &str,
) -> Result<(), DraftingError> {
    let (id, now): (StepId, _) = (act.next_id(), act.now());
    act.run(&store::STEP, (id, draft, what, by, now, words))?;
    Ok(())
}

/// Whether a new item may be called so: lower case letters, digits and hyphens, and no address of ours.
#[must_use]
pub fn is_key(key: &str) -> bool {
    (2..=60).contains(&key.len())
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !["new", "abolished", "export", "import", "synonyms"].contains(&key)
}

/// Begins a draft with a document: the live text, one of an earlier version, one that was brought, or a first one.
///
/// # Errors
/// If the actor is no editor of its department, it is retired, somebody has begun already, or the key is none.
pub fn begin(act: &mut Act<'_, '_>, key: &str, guide: &Guide) -> Result<DraftId, DraftingError> {
    let by = may(act, &EDITOR, &guide.department.code)?;
    let standing = catalogue::standing(act, key)?;
    match &standing {
        Some(s) if s.state == ItemState::Retired => return Err(DraftingError::Retired),
        Some(s) => drop(may(act, &EDITOR, &s.guide.department.code)?),
        None if !is_key(key) => return Err(DraftingError::field("key", "bad-key")),
        None => {}
    }
    if act.opt(&store::OPEN, (key,))?.is_some() {
        return Err(DraftingError::Changed);
    }
    let (id, now): (DraftId, _) = (act.next_id(), act.now());
    let base = standing.map_or(0, |s| s.version);
    let (zh, en, department) = (&guide.name.zh, &guide.name.en, &guide.department.code);
    act.run(&store::ADD, (id, key, base, Json(guide), zh, en, department, by, now))?;
    act.run(&store::WROTE, (id, by))?;
    step(act, id, What::Begun, by, "")?;
    log(act, id, "drafting.begun", DraftState::Draft)?;
    Ok(id)
}

/// The draft of an item that is in hand.
///
/// # Errors
/// If there is none.
pub fn open(read: &mut Read<'_>, key: &str) -> Result<DraftRow, DraftingError> {
    read.opt(&store::OPEN, (key,))?.ok_or(DraftingError::Missing)
}

/// Puts another document into the draft.
///
/// # Errors
/// If it is proposed, somebody was quicker, or the department is none of the actor's.
pub fn write(act: &mut Act<'_, '_>, draft: &DraftRow, guide: &Guide) -> Result<(), DraftingError> {
    let by = may(act, &EDITOR, &draft.document.0.department.code)?;
    let (zh, en, department) = (&guide.name.zh, &guide.name.en, &guide.department.code);
    may(act, &EDITOR, department)?;
    let now = act.now();
    if !act.run_one(&store::WRITE, (draft.id, draft.rev, Json(guide), zh, en, department, now))? {
        return Err(DraftingError::Changed);
    }
    act.run(&store::WROTE, (draft.id, by))?;
    log(act, draft.id, "drafting.written", DraftState::Draft)
}

/// The draft as it was seen.
fn seen(act: &mut Act<'_, '_>, key: &str, rev: i64, state: DraftState) -> Result<DraftRow, DraftingError> {
    let draft = open(act, key)?;
    if draft.rev == rev && draft.state == state { Ok(draft) } else { Err(DraftingError::Changed) }
}

pub(crate) fn words(field: &'static str, typed: &str) -> Result<(), FieldError> {
    match typed.chars().count() {
        0 => Err(FieldError::new(field, "wrong-empty")),
        n if n > LONGEST_REASON => Err(FieldError::new(field, "wrong-long").arg(LONGEST_REASON)),
        _ => Ok(()),
    }
}

/// Whether an item in its new text asks more visits of somebody than before.
#[must_use]
pub fn asks_more(before: Option<&Guide>, after: &Guide) -> bool {
    before.is_some_and(|before| {
        let (old, new) = (best_and_worst(before), best_and_worst(after));
        new.0 > old.0 || new.1 > old.1
    })
}

/// Proposes the draft, with what is new. Where it asks more visits than before, `more` says that this is meant.
///
/// # Errors
/// If it is unsound, nothing was said, the item went on meanwhile, or somebody was quicker.
pub fn propose(
    act: &mut Act<'_, '_>,
    key: &str,
    rev: i64,
    note: &str,
    more: bool,
) -> Result<(), DraftingError> {
    let draft = seen(act, key, rev, DraftState::Draft)?;
    let guide = &draft.document.0;
    let by = may(act, &EDITOR, &guide.department.code)?;
    let standing = catalogue::standing(act, key)?;
    if standing.as_ref().is_some_and(|s| s.state == ItemState::Retired) {
        return Err(DraftingError::Retired);
    }
    if standing.as_ref().map_or(0, |s| s.version) != draft.base {
        return Err(DraftingError::Moved);
    }
    let house = act.house;
    if !faults(guide, &abolished::all(act)?, &catalogue::papers(act, house)?).is_empty() {
        return Err(DraftingError::Unsound);
    }
    let mut wrong: Vec<FieldError> = words("note", note).err().into_iter().collect();
    if asks_more(standing.as_ref().map(|s| &s.guide), guide) && !more {
        wrong.push(FieldError::new("more", "wrong-more"));
    }
    if !wrong.is_empty() {
        return Err(DraftingError::Wrong(wrong));
    }
    let now = act.now();
    if !act.run_one(&store::PROPOSE, (draft.id, rev, by, note, now))? {
        return Err(DraftingError::Changed);
    }
    step(act, draft.id, What::Proposed, by, note)?;
    log(act, draft.id, "drafting.proposed", DraftState::Proposed)
}

/// Takes a proposal back to go on writing.
///
/// # Errors
/// If the actor is no editor of it, or somebody was quicker.
pub fn take_back(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<(), DraftingError> {
    let draft = seen(act, key, rev, DraftState::Proposed)?;
    let by = may(act, &EDITOR, &draft.document.0.department.code)?;
    let now = act.now();
    if !act.run_one(&store::BACK, (draft.id, rev, "", now))? {
        return Err(DraftingError::Changed);
    }
    step(act, draft.id, What::TakenBack, by, "")?;
    log(act, draft.id, "drafting.taken_back", DraftState::Draft)
}

/// The proposal, for an approver who has neither written in it nor proposed it.
fn to_decide(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<(DraftRow, StaffId), DraftingError> {
    let draft = seen(act, key, rev, DraftState::Proposed)?;
    let by = may(act, &APPROVER, &draft.document.0.department.code)?;
    if let Some(now) = catalogue::standing(act, key)? {
        // Nobody gives away an item of a department that is none of hers.
        may(act, &APPROVER, &now.guide.department.code)?;
    }
    let wrote = act.one(&store::HAS_WRITTEN, (draft.id, by))?.0 > 0;
    if wrote || draft.proposed_by == Some(by) {
        return Err(Denied::SamePerson.into());
    }
    Ok((draft, by))
}

/// Sends a proposal back to be written again.
///
/// # Errors
/// If the actor wrote it herself, gives no reason, or somebody was quicker.
pub fn send_back(act: &mut Act<'_, '_>, key: &str, rev: i64, why: &str) -> Result<(), DraftingError> {
    let (draft, by) = to_decide(act, key, rev)?;
    words("why", why).map_err(|e| DraftingError::Wrong(vec![e]))?;
    let now = act.now();
    if !act.run_one(&store::BACK, (draft.id, rev, why, now))? {
        return Err(DraftingError::Changed);
    }
    step(act, draft.id, What::SentBack, by, why)?;
    log(act, draft.id, "drafting.sent_back", DraftState::Draft)
}

/// Approves what another has written: residents see it from here on.
///
/// # Errors
/// If the actor wrote it herself, it is unsound by now, or the item went on meanwhile.
pub fn approve(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<i64, DraftingError> {
    let (draft, by) = to_decide(act, key, rev)?;
    let guide = &draft.document.0;
    let house = act.house;
    if !faults(guide, &abolished::all(act)?, &catalogue::papers(act, house)?).is_empty() {
        return Err(DraftingError::Unsound);
    }
    if catalogue::standing(act, key)?.is_some_and(|s| s.state == ItemState::Retired) {
        return Err(DraftingError::Retired);
    }
    let (_, version) = match catalogue::put_live(act, key, guide, draft.base) {
        Err(linli_catalogue::CatalogueError::Changed) => return Err(DraftingError::Moved),
        other => other?,
    };
    let now = act.now();
    if !act.run_one(&store::GO_LIVE, (draft.id, rev, version, now))? {
        return Err(DraftingError::Changed);
    }
    step(act, draft.id, What::Approved, by, "")?;
    log(act, draft.id, "drafting.approved", DraftState::Live)?;
    Ok(version)
}

/// The draft goes on from the version that is live now; what it says stays.
///
/// # Errors
/// If the actor is no editor of it, or somebody was quicker.
pub fn rebase(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<(), DraftingError> {
    let draft = seen(act, key, rev, DraftState::Draft)?;
    may(act, &EDITOR, &draft.document.0.department.code)?;
    let version = catalogue::standing(act, key)?.map_or(0, |s| s.version);
    if !act.run_one(&store::REBASE, (draft.id, rev, version))? {
        return Err(DraftingError::Changed);
    }
    log(act, draft.id, "drafting.written", DraftState::Draft)
}

/// Gives a draft up. It stays in the history.
///
/// # Errors
/// If the actor is no editor of it, or somebody was quicker.
pub fn give_up(act: &mut Act<'_, '_>, key: &str, rev: i64) -> Result<(), DraftingError> {
    let draft = seen(act, key, rev, DraftState::Draft)?;
    let by = may(act, &EDITOR, &draft.document.0.department.code)?;
    let now = act.now();
    if !act.run_one(&store::DROP, (draft.id, rev, now))? {
        return Err(DraftingError::Changed);
    }
    step(act, draft.id, What::Dropped, by, "")?;
    log(act, draft.id, "drafting.dropped", DraftState::Dropped)
}

/// The text that the program brought becomes a draft, or is put aside.
///
/// # Errors
/// If there is none, or a draft is in hand already.
pub fn newer(act: &mut Act<'_, '_>, key: &str, take: bool) -> Result<(), DraftingError> {
    let item = catalogue::standing(act, key)?.ok_or(DraftingError::Missing)?;
    may(act, &EDITOR, &item.guide.department.code)?;
    let (guide, _) = catalogue::newer(act, item.id)?.ok_or(DraftingError::Missing)?;
    if take {
        begin(act, key, &guide)?;
    }
    catalogue::newer_seen(act, item.id)?;
    act.log(Entry::new(Subject::new("item", item.id), "catalogue.newer_looked_at"))?;
    Ok(())
}
