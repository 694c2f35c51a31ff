//! What somebody else has to do for a case: a co-handling body answers (会办), the applicant brings a material later (容缺后补).

use linli_acts::{Act, BodyId, Denied, Entry, StaffId, Subject};
use linli_base::{Day, Instant};
use linli_db::{Read, row, sql};
use linli_vault::Sealed;

use super::{entry, for_handler, intake, one, open, reason, seal};
use crate::domain::{CaseId, Point, State};
use crate::error::CaseError;
use crate::store::{self, CaseRow};
use crate::{CO_DAYS, HANDLER, LATER_DAYS, told};

linli_db::id! {
    /// A task.
    pub struct TaskId;
}

linli_db::codes! {
    /// What is to be done.
    pub enum TaskKind {
        /// A question to a co-handling body.
        Co = "co",
        /// A material that may follow.
        Later = "later",
    }
}

linli_db::codes! {
    /// How a task stands.
    pub enum TaskState {
        Open = "open",
        Answered = "answered",
        /// The officer has what was to follow.
        Settled = "settled",
        /// The co-handling body says that it is none of its business.
        Returned = "returned",
        Cancelled = "cancelled",
    }
}

row! {
    /// A task as it stands.
    #[derive(Clone, Debug)]
    pub struct TaskRow {
        pub id: TaskId,
        pub case_id: CaseId,
        pub kind: TaskKind,
        pub body: Option<BodyId>,
        pub state: TaskState,
        pub asked_by: Option<StaffId>,
        pub asked_at: Instant,
        pub due: Day,
        pub shows: i64,
        pub answered_by: Option<StaffId>,
        pub answered_at: Option<Instant>,
        pub ask: Sealed,
        pub answer: Option<Sealed>,
        pub rev: i64,
    }
}

macro_rules! columns {
    () => {
        "id, case_id, kind, body, state, asked_by, asked_at, due, shows, answered_by, answered_at, ask, answer, rev"
    };
}

sql! {
    TASK: TaskRow = concat!("SELECT ", columns!(), " FROM case_tasks WHERE id = $1");
    pub(crate) OF_CASE: TaskRow = concat!("SELECT ", columns!(), " FROM case_tasks WHERE case_id = $1 ORDER BY id LIMIT 100");
    pub(crate) OF_BODY: TaskRow = concat!("SELECT ", columns!(), " FROM case_tasks WHERE body = $1 AND state = 'open' AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4");
    pub(crate) OF_PERSON: TaskRow = "SELECT t.id, t.case_id, t.kind, t.body, t.state, t.asked_by, t.asked_at, t.due, t.shows, t.answered_by, t.answered_at, t.ask, t.answer, t.rev
        FROM case_tasks t JOIN cases c ON c.id = t.case_id WHERE c.person = $1 AND c.closed_at IS NULL AND COALESCE(t.kind, '') = 'later' AND COALESCE(t.state, '') = 'open' ORDER BY t.due, t.id LIMIT 50";
    ADD: () = "INSERT INTO case_tasks (id, case_id, kind, body, state, asked_by, asked_at, due, shows, ask, rev) VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, 1)";
    ANSWER: () = "UPDATE case_tasks SET state = $3, answered_by = $4, answered_at = $5, answer = $6, rev = rev + 1 WHERE id = $1 AND rev = $2 AND state = 'open'";
    MOVE: () = "UPDATE case_tasks SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    AGAIN: () = "UPDATE case_tasks SET state = 'open', due = $3, ask = $4, rev = rev + 1 WHERE id = $1 AND rev = $2";
    BUMP: () = "UPDATE cases SET rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) TASK_STATES: (i64, Option<String>) = "SELECT id, state FROM case_tasks WHERE id > $1 ORDER BY id LIMIT $2";
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "case_task", page: &TASK_STATES } }

/// Notes the task's own state; what happened stands in the case's history.
fn noted(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    task: TaskId,
    what: &'static str,
    state: TaskState,
) -> Result<(), CaseError> {
    act.log(
        Entry::new(Subject::new("case_task", task), what)
            .state(state.word())
            .person(case.person)
            .place(case.place),
    )?;
    Ok(())
}

fn add(
    act: &mut Act<'_, '_>,
    case: &CaseRow,
    kind: TaskKind,
    body: Option<BodyId>,
    due: Day,
    shows: bool,
    ask: &impl serde::Serialize,
) -> Result<TaskId, CaseError> {
    let id: TaskId = act.next_id();
    let (now, by) = (act.now(), act.actor.officer().ok());
    let sealed = seal(act.vault(), "case_tasks.ask", id.raw(), ask)?;
    act.run(&ADD, (id, case.id, kind, body, by, now, due, i64::from(shows), sealed))?;
    let what = if kind == TaskKind::Co { "casework.co_asked" } else { "casework.later_asked" };
    noted(act, case, id, what, TaskState::Open)?;
    Ok(id)
}

/// A day that a task may take: after today, within a rule's days.
fn within(
    act: &mut Act<'_, '_>,
    due: Day,
    rule: &'static linli_rules::Rule,
    field: &str,
) -> Result<(), CaseError> {
    let today = act.now().day();
    let most = linli_rules::value(act, rule, today)?.value;
    if due <= today || due.days_since(today) > most {
        return Err(CaseError::field(field, "until-range"));
    }
    Ok(())
}

/// The lead asks another body a question with a day by which to answer. `shows`: it sees what the applicant told.
///
/// # Errors
/// If the case is not being handled, the question is empty, the day is out of range, or nobody there handles cases.
pub fn request_co(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    body: BodyId,
    question: &str,
    due: Day,
    shows: bool,
) -> Result<TaskId, CaseError> {
    let case = for_handler(act, id)?;
    if case.state != State::Accepted {
        return Err(CaseError::State(case.state));
    }
    reason("question", question)?;
    within(act, due, &CO_DAYS, "co_due")?;
    let directory = act.house.service::<linli_web::DirectoryService>();
    if body == case.body || directory.0.holders(act, &HANDLER, body)?.is_empty() {
        return Err(CaseError::field("co_body", "nobody-there"));
    }
    one(act.run_one(&BUMP, (id, rev))?)?;
    let task = add(act, &case, TaskKind::Co, Some(body), due, shows, &question)?;
    act.log(entry(&case, "casework.co_asked").content(
        &serde_json::json!({ "task": task, "body": body, "due": due, "question": question, "shows": shows }),
    ))?;
    Ok(task)
}

/// A task of one of the actor's bodies, with its case. Another's is answered like none.
pub(crate) fn for_co(act: &mut Act<'_, '_>, id: TaskId) -> Result<(TaskRow, CaseRow), CaseError> {
    let task = act.opt(&TASK, (id,))?.ok_or(CaseError::Missing)?;
    let body = task.body.ok_or(CaseError::Missing)?;
    let place = act.actor.held.iter().find(|h| h.kind == HANDLER.key && h.body == body).map(|h| h.place);
    match place {
        Some(place) => act.on_duty(&HANDLER, body, place)?,
        None if act.actor.who == linli_acts::Who::Anyone => return Err(Denied::SignIn.into()),
        None => return Err(CaseError::Missing),
    }
    let case = store::load(act, task.case_id)?;
    Ok((task, case))
}

/// The co-handling body looks at what it is asked; the applicant sees that it did.
///
/// # Errors
/// If it is another body's.
pub fn look_co(act: &mut Act<'_, '_>, id: TaskId) -> Result<(TaskRow, CaseRow), CaseError> {
    let (task, case) = for_co(act, id)?;
    super::person::note_look(act, &case)?;
    Ok((task, case))
}

/// The co-handling body answers; `back`: it says that it is none of its business. The answer lands in the case with who gave it.
///
/// # Errors
/// If it was answered, the case has ended, or the words are empty.
pub fn answer_co(
    act: &mut Act<'_, '_>,
    id: TaskId,
    rev: i64,
    words: &str,
    back: bool,
) -> Result<(), CaseError> {
    let (task, case) = for_co(act, id)?;
    if task.state != TaskState::Open || !case.state.is_open() {
        return Err(CaseError::Changed);
    }
    reason("answer", words)?;
    let (now, by) = (act.now(), act.actor.officer()?);
    let state = if back { TaskState::Returned } else { TaskState::Answered };
    let sealed = seal(act.vault(), "case_tasks.answer", id.raw(), &words)?;
    one(act.run_one(&ANSWER, (id, rev, state, by, now, sealed))?)?;
    let what = if back { "casework.co_returned" } else { "casework.co_answered" };
    noted(act, &case, id, what, state)?;
    act.log(
        entry(&case, what).content(&serde_json::json!({ "task": id, "body": task.body, "words": words })),
    )?;
    Ok(())
}

/// Accepts the case although something is still to follow, and tells the applicant what and until when (容缺受理). The decision can be
/// made; the result is handed over when it is there.
///
/// # Errors
/// As [`intake::accept`]; if nothing is named, a point is none of this case, or the day is out of range.
pub fn accept_with_later(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    points: &[Point],
    due: Day,
) -> Result<TaskId, CaseError> {
    let case = for_handler(act, id)?;
    intake::check_points(act, &case, points)?;
    within(act, due, &LATER_DAYS, "later_due")?;
    intake::accept(act, id, rev)?;
    let task = add(act, &case, TaskKind::Later, None, due, false, &points)?;
    act.log(
        entry(&case, "casework.later_asked")
            .content(&serde_json::json!({ "task": task, "points": points, "due": due })),
    )?;
    told::later_asked(act, &case, due)?;
    Ok(task)
}

/// What is still to follow for a case: open or brought and not yet looked at.
pub(crate) fn later_of(read: &mut Read<'_>, case: CaseId) -> Result<Option<TaskRow>, CaseError> {
    let all = read.all(&OF_CASE, (case,))?;
    let waits =
        |t: &TaskRow| t.kind == TaskKind::Later && matches!(t.state, TaskState::Open | TaskState::Answered);
    Ok(all.into_iter().find(waits))
}

/// The points that are to follow and have not been brought.
pub(crate) fn later_points(
    read: &mut Read<'_>,
    vault: &linli_vault::Vault,
    case: CaseId,
) -> Result<Vec<Point>, CaseError> {
    match later_of(read, case)?.filter(|t| t.state == TaskState::Open) {
        Some(t) => open(vault, "case_tasks.ask", t.id.raw(), &t.ask),
        None => Ok(Vec::new()),
    }
}

/// The applicant brought what was to follow. False if nothing was.
pub(crate) fn later_supplied(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<bool, CaseError> {
    let Some(task) = later_of(act, case.id)?.filter(|t| t.state == TaskState::Open) else { return Ok(false) };
    one(act.run_one(&MOVE, (task.id, task.rev, TaskState::Answered))?)?;
    one(act.run_one(&BUMP, (case.id, case.rev))?)?;
    noted(act, case, task.id, "casework.later_supplied", TaskState::Answered)?;
    act.log(entry(case, "casework.later_supplied"))?;
    Ok(true)
}

/// The officer has what was to follow, on the page or on paper: what was decided can be handed over.
///
/// # Errors
/// If nothing is to follow.
pub fn settle_later(act: &mut Act<'_, '_>, id: CaseId, rev: i64) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let task = later_of(act, id)?.ok_or(CaseError::Changed)?;
    one(act.run_one(&BUMP, (id, rev))?)?;
    one(act.run_one(&MOVE, (task.id, task.rev, TaskState::Settled))?)?;
    noted(act, &case, task.id, "casework.later_settled", TaskState::Settled)?;
    act.log(entry(&case, "casework.later_settled"))?;
    super::decide::hand_over_if_ready(act, id)
}

/// What was brought is not what was asked: asked again, until a later day.
///
/// # Errors
/// If nothing was brought, the words are empty, or the day is out of range.
pub fn ask_later_again(
    act: &mut Act<'_, '_>,
    id: CaseId,
    rev: i64,
    words: &str,
    due: Day,
) -> Result<(), CaseError> {
    let case = for_handler(act, id)?;
    let task = later_of(act, id)?.filter(|t| t.state == TaskState::Answered).ok_or(CaseError::Changed)?;
    reason("later_why", words)?;
    within(act, due, &LATER_DAYS, "later_due")?;
    let mut points: Vec<Point> = open(act.vault(), "case_tasks.ask", task.id.raw(), &task.ask)?;
    for p in &mut points {
        words.clone_into(&mut p.what);
    }
    let sealed = seal(act.vault(), "case_tasks.ask", task.id.raw(), &points)?;
    one(act.run_one(&BUMP, (id, rev))?)?;
    one(act.run_one(&AGAIN, (task.id, task.rev, due, sealed))?)?;
    noted(act, &case, task.id, "casework.later_asked", TaskState::Open)?;
    act.log(
        entry(&case, "casework.later_asked")
            .content(&serde_json::json!({ "task": task.id, "why": words, "due": due })),
    )?;
    told::later_asked(act, &case, due)?;
    Ok(())
}

/// The case has ended: nobody has to do anything for it any more.
pub(crate) fn cancel_open(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), CaseError> {
    for task in act.all(&OF_CASE, (case.id,))? {
        if matches!(task.state, TaskState::Open | TaskState::Answered)
            && (task.kind == TaskKind::Later || task.state == TaskState::Open)
        {
            one(act.run_one(&MOVE, (task.id, task.rev, TaskState::Cancelled))?)?;
            noted(act, case, task.id, "casework.task_cancelled", TaskState::Cancelled)?;
        }
    }
    Ok(())
}
