//! Writing, proposing, approving, revising, withdrawing: no wording is read by anybody that one person alone has seen.

use linli_acts::{Act, BodyId, Denied, Entry, Job, Subject};
use linli_base::{Day, FieldError, PlaceCode};
use linli_db::{DbError, Read};

use crate::domain::{
    self, DocumentKind, DocumentState, LONGEST_NUMBER, LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE,
    PublicationId, Topic, VersionId, VersionState,
};
use crate::error::PublicationError;
use crate::jobs::{TELL, Tell};
use crate::store::{self, PublicationRow, VersionRow};
use crate::{APPROVER, NOTICE_DAYS, PLAN_DAYS, PUBLISHER, RESULT_DAYS};

pub(crate) fn subject(id: PublicationId) -> Subject {
    Subject::new("publication", id)
}

fn version_subject(id: VersionId) -> Subject {
    Subject::new("publication_version", id)
}

/// Where a document stands among the others.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub kind: DocumentKind,
    pub topic: Topic,
    pub place: PlaceCode,
}

/// What it says, as typed.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    pub title_zh: String,
    pub title_en: String,
    pub text_zh: String,
    pub text_en: String,
    pub number: String,
    /// What is other than in the version before; from the second version on.
    pub what_changed: String,
}

impl Wording {
    pub(crate) fn check(&self, first: bool) -> Result<(), PublicationError> {
        let mut wrong = Vec::new();
        let mut length = |name: &str, text: &str, least: usize, most: usize| {
            let n = text.chars().count();
            if n < least {
                wrong.push(FieldError::new(name, "wrong-empty"));
            } else if n > most {
                wrong.push(FieldError::new(name, "wrong-long").arg(most));
            }
        };
        length("title_zh", &self.title_zh, 1, LONGEST_TITLE);
        length("title_en", &self.title_en, 0, LONGEST_TITLE * 2);
        length("text_zh", &self.text_zh, 1, LONGEST_TEXT);
        length("text_en", &self.text_en, 0, LONGEST_TEXT * 2);
        length("number", &self.number, 0, LONGEST_NUMBER);
        length("what_changed", &self.what_changed, usize::from(!first), LONGEST_REASON);
        if wrong.is_empty() { Ok(()) } else { Err(PublicationError::Wrong(wrong)) }
    }
}

pub(crate) fn load(read: &mut Read<'_>, id: PublicationId) -> Result<PublicationRow, PublicationError> {
    read.opt(&store::BY_ID, (id,))?.ok_or(PublicationError::Missing)
}

/// The version in hand, if it may become what is asked.
fn open_version(
    read: &mut Read<'_>,
    id: PublicationId,
    next: VersionState,
) -> Result<VersionRow, PublicationError> {
    let version = read.opt(&store::OPEN_VERSION, (id,))?;
    version.filter(|v| v.state.may_become(next)).ok_or(PublicationError::Changed)
}

fn log_version(
    act: &mut Act<'_, '_>,
    row: &PublicationRow,
    version: VersionId,
    what: &'static str,
    state: VersionState,
) -> Result<(), DbError> {
    act.log(Entry::new(version_subject(version), what).state(state.word()).place(row.place))?;
    Ok(())
}

/// Begins a document.
///
/// # Errors
/// If the actor publishes nothing for this body and place, or what was typed is wrong.
pub fn begin(
    act: &mut Act<'_, '_>,
    body: BodyId,
    placed: Placed,
    wording: &Wording,
) -> Result<PublicationId, PublicationError> {
    act.on_duty(&PUBLISHER, body, placed.place)?;
    wording.check(true)?;
    let (id, version): (PublicationId, VersionId) = (act.next_id(), act.next_id());
    act.run(&store::ADD, (id, body, placed.place, placed.kind, placed.topic))?;
    let by = act.actor.officer()?;
    let w = wording;
    act.run(
        &store::ADD_VERSION,
        (version, id, 1i64, &w.title_zh, &w.title_en, &w.text_zh, &w.text_en, &w.number, "", by),
    )?;
    act.log(
        Entry::new(subject(id), "publications.begun").state(DocumentState::Draft.word()).place(placed.place),
    )?;
    act.log(
        Entry::new(version_subject(version), "publications.begun")
            .state(VersionState::Draft.word())
            .place(placed.place),
    )?;
    Ok(id)
}

/// Changes the draft; kind, topic and place too while nothing of it was published.
///
/// # Errors
/// If somebody was quicker, it is proposed already, or what was typed is wrong.
pub fn write(
    act: &mut Act<'_, '_>,
    id: PublicationId,
    rev: i64,
    placed: Option<Placed>,
    wording: &Wording,
) -> Result<(), PublicationError> {
    let row = load(act, id)?;
    act.on_duty(&PUBLISHER, row.body, row.place).map_err(|_| PublicationError::Missing)?;
    let version = open_version(act, id, VersionState::Proposed)?;
    wording.check(version.n == 1)?;
    if let Some(p) = placed.filter(|_| row.state == DocumentState::Draft) {
        act.on_duty(&PUBLISHER, row.body, p.place)?;
        act.run(&store::PLACE_IT, (id, row.rev, p.kind, p.topic, p.place))?;
    }
    let by = act.actor.officer()?;
    let w = wording;
    let stored = act.run_one(
        &store::WRITE,
        (version.id, rev, &w.title_zh, &w.title_en, &w.text_zh, &w.text_en, &w.number, &w.what_changed, by),
    )?;
    if !stored {
        return Err(PublicationError::Changed);
    }
    Ok(log_version(act, &row, version.id, "publications.written", VersionState::Draft)?)
}

/// Proposes the draft.
///
/// # Errors
/// If somebody was quicker.
pub fn propose(act: &mut Act<'_, '_>, id: PublicationId, rev: i64) -> Result<(), PublicationError> {
    let row = load(act, id)?;
    act.on_duty(&PUBLISHER, row.body, row.place).map_err(|_| PublicationError::Missing)?;
    let version = open_version(act, id, VersionState::Proposed)?;
    let (now, by) = (act.now(), act.actor.officer()?);
    if !act.run_one(&store::PROPOSE, (version.id, rev, by, now))? {
        return Err(PublicationError::Changed);
    }
    Ok(log_version(act, &row, version.id, "publications.proposed", VersionState::Proposed)?)
}

/// The proposed version, for an approver who neither wrote nor proposed it.
fn to_decide(
    act: &mut Act<'_, '_>,
    id: PublicationId,
) -> Result<(PublicationRow, VersionRow), PublicationError> {
    let row = load(act, id)?;
    act.on_duty(&APPROVER, row.body, row.place)?;
    let version = open_version(act, id, VersionState::Live)?;
    let by = act.actor.officer()?;
    if version.written_by == by || version.proposed_by == Some(by) {
        return Err(Denied::SamePerson.into());
    }
    Ok((row, version))
}

/// Sends a proposal back to be written again.
///
/// # Errors
/// If the actor wrote it herself, the reason is missing, or somebody was quicker.
pub fn send_back(
    act: &mut Act<'_, '_>,
    id: PublicationId,
    rev: i64,
    why: &str,
) -> Result<(), PublicationError> {
    let (row, version) = to_decide(act, id)?;
    reason(why)?;
    if !act.run_one(&store::SEND_BACK, (version.id, rev, why))? {
        return Err(PublicationError::Changed);
    }
    Ok(log_version(act, &row, version.id, "publications.sent_back", VersionState::Draft)?)
}

fn reason(why: &str) -> Result<(), PublicationError> {
    match why.chars().count() {
        0 => Err(PublicationError::field("why", "wrong-empty")),
        n if n > LONGEST_REASON => Err(PublicationError::field("why", "wrong-long")),
        _ => Ok(()),
    }
}

/// The last day for objections to what is published today, by the rule of its kind and the calendar of the day.
fn objections_until(act: &mut Act<'_, '_>, kind: DocumentKind) -> Result<Option<Day>, DbError> {
    let rule = match kind {
        DocumentKind::Notice => &NOTICE_DAYS,
        DocumentKind::Plan => &PLAN_DAYS,
        DocumentKind::Result => &RESULT_DAYS,
        DocumentKind::Policy | DocumentKind::Procedure | DocumentKind::Announcement => return Ok(None),
    };
    let today = act.now().day();
    let days = u16::try_from(linli_rules::value(act, rule, today)?.value).unwrap_or(0);
    Ok((days > 0).then_some(linli_rules::calendar(act)?.due(today, days).due))
}

/// Approves what somebody else has written: everybody reads it from here on.
///
/// # Errors
/// If the actor wrote it herself, it was withdrawn, or somebody was quicker.
pub fn approve(act: &mut Act<'_, '_>, id: PublicationId, rev: i64) -> Result<(), PublicationError> {
    let (row, version) = to_decide(act, id)?;
    if row.state == DocumentState::Withdrawn {
        return Err(PublicationError::Changed);
    }
    let (now, by) = (act.now(), act.actor.officer()?);
    if !act.run_one(&store::GO_LIVE, (version.id, rev, by, now))? {
        return Err(PublicationError::Changed);
    }
    if let Some(before) = row.live {
        act.run(&store::ARCHIVE, (before,))?;
        log_version(act, &row, before, "publications.archived", VersionState::Archived)?;
    }
    let until = objections_until(act, row.kind)?;
    if !act.run_one(&store::PUBLISH, (id, row.rev, version.id, now, until))? {
        return Err(PublicationError::Changed);
    }
    act.run(&store::FORGET_GRAMS, (id,))?;
    let texts = [&version.title_zh, &version.title_en, &version.number, &version.text_zh, &version.text_en];
    for gram in domain::grams(&texts.map(String::as_str)) {
        act.run(&store::ADD_GRAM, (gram, id))?;
    }
    log_version(act, &row, version.id, "publications.approved", VersionState::Live)?;
    act.log(
        Entry::new(subject(id), "publications.approved")
            .state(DocumentState::Published.word())
            .place(row.place),
    )?;
    if row.live.is_none() {
        act.enqueue(Job::new(TELL, &Tell::first(id)).dedup(format!("{TELL}/{id}")))?;
    }
    Ok(())
}

/// Begins the next version of what is published, with its wording.
///
/// # Errors
/// If one is begun already.
pub fn revise(act: &mut Act<'_, '_>, id: PublicationId) -> Result<(), PublicationError> {
    let row = load(act, id)?;
    act.on_duty(&PUBLISHER, row.body, row.place).map_err(|_| PublicationError::Missing)?;
    let live = row.live.filter(|_| row.state == DocumentState::Published).ok_or(PublicationError::Changed)?;
    if act.opt(&store::OPEN_VERSION, (id,))?.is_some() {
        return Err(PublicationError::Changed);
    }
    let v = act.opt(&store::VERSION, (live,))?.ok_or(PublicationError::Stored)?;
    let (next, by): (VersionId, _) = (act.next_id(), act.actor.officer()?);
    act.run(
        &store::ADD_VERSION,
        (next, id, v.n + 1, &v.title_zh, &v.title_en, &v.text_zh, &v.text_en, &v.number, "", by),
    )?;
    Ok(log_version(act, &row, next, "publications.revised", VersionState::Draft)?)
}

/// Withdraws what is published: its title and the reason stay, its text is no longer shown.
///
/// # Errors
/// If the reason is missing or somebody was quicker.
pub fn withdraw(
    act: &mut Act<'_, '_>,
    id: PublicationId,
    rev: i64,
    why: &str,
) -> Result<(), PublicationError> {
    let row = load(act, id)?;
    act.on_duty(&APPROVER, row.body, row.place)?;
    reason(why)?;
    let now = act.now();
    if !act.run_one(&store::WITHDRAW, (id, rev, now, why))? {
        return Err(PublicationError::Changed);
    }
    act.run(&store::FORGET_GRAMS, (id,))?;
    act.log(
        Entry::new(subject(id), "publications.withdrawn")
            .state(DocumentState::Withdrawn.word())
            .place(row.place),
    )?;
    Ok(())
}
