//! The acts on files.

use linli_acts::{Act, Entry, Job, Subject};
use linli_db::Read;
use linli_vault::Place;

use crate::domain::{About, FileId, FileKind, FileState, Refusal, Scan, Use};
use crate::error::FileError;
use crate::store::{self, FileRow};
use crate::{LARGEST, MB_PER_DAY, PER_DAY};

const MB: i64 = 1024 * 1024;

pub(crate) fn entry(row: &FileRow, act: &'static str) -> Entry {
    Entry::new(Subject::new("file", row.id), act).person(row.person)
}

/// A file.
///
/// # Errors
/// If there is none.
pub(crate) fn file(read: &mut Read<'_>, id: FileId) -> Result<FileRow, FileError> {
    read.opt(&store::FILE, (id,))?.ok_or(FileError::Missing)
}

/// A file begins to come in; gives how many bytes it may have.
pub(crate) fn begin(act: &mut Act<'_, '_>) -> Result<(FileId, i64), FileError> {
    let person = act.actor.resident()?;
    let now = act.now();
    let today = now.day();
    let value = |act: &mut Act<'_, '_>, rule| Ok::<_, FileError>(linli_rules::value(act, rule, today)?.value);
    let (files, bytes) = act.one(&store::TODAY, (person, today.start()))?;
    if files >= value(act, &PER_DAY)? || bytes >= value(act, &MB_PER_DAY)? * MB {
        return Err(Refusal::Day.into());
    }
    let most = value(act, &LARGEST)? * MB;
    let id: FileId = act.next_id();
    act.run(&store::ADD, (id, person, now))?;
    act.log(
        Entry::new(Subject::new("file", id), "files.begun").state(FileState::Incoming.word()).person(person),
    )?;
    Ok((id, most))
}

/// What is known once all of it came in.
pub(crate) struct Whole {
    pub kind: FileKind,
    pub scan: Scan,
    pub size: i64,
    pub blocks: i64,
    pub about: About,
}

/// All blocks are there: the file can be used.
pub(crate) fn store(act: &mut Act<'_, '_>, id: FileId, whole: &Whole) -> Result<(), FileError> {
    let row = file(act, id)?;
    let bytes = serde_json::to_vec(&whole.about).map_err(|_| FileError::Stored)?;
    let about = act.vault().seal(Place::new("files.about", id), &bytes);
    let args = (id, row.rev, whole.kind, whole.scan, whole.size, whole.blocks, about);
    if !act.run_one(&store::STORED, args)? {
        return Err(FileError::Missing);
    }
    act.log(entry(&row, "files.stored").state(FileState::Stored.word()))?;
    if whole.scan == Scan::Waiting {
        act.enqueue(Job::new(crate::jobs::SCAN, &id).dedup(format!("files.scan/{id}")))?;
    }
    Ok(())
}

/// What did not come in, or is not taken, leaves nothing behind.
pub(crate) fn drop_incoming(act: &mut Act<'_, '_>, id: FileId) -> Result<(), FileError> {
    let Some(row) = act.opt(&store::FILE, (id,))? else { return Ok(()) };
    if row.state == FileState::Incoming {
        act.run(&store::DROP, (id,))?;
        act.log(entry(&row, "files.removed"))?;
    }
    Ok(())
}

/// The scanner answered later.
pub(crate) fn scanned(act: &mut Act<'_, '_>, id: FileId, scan: Scan) -> Result<(), FileError> {
    let Some(row) = act.opt(&store::FILE, (id,))? else { return Ok(()) };
    if row.scan == Scan::Waiting && act.run_one(&store::SCANNED, (id, row.rev, scan))? {
        act.log(entry(&row, "files.scanned").content(&serde_json::json!({ "scan": scan })))?;
    }
    Ok(())
}

/// A room uses a whole file of the person whom the act is for.
pub(crate) fn take_up(act: &mut Act<'_, '_>, id: FileId, by: &Use) -> Result<(), FileError> {
    let row = file(act, id)?;
    if row.state != FileState::Stored || row.person != act.actor.resident()? {
        return Err(FileError::Missing);
    }
    if row.scan == Scan::Infected {
        return Err(FileError::Infected);
    }
    act.run(&store::USE, (id, by.owner.kind, by.owner.id, &by.purpose, by.until))?;
    Ok(())
}

/// A use ends; a file that nothing else uses and no counter has checked goes with it.
pub(crate) fn let_go(
    act: &mut Act<'_, '_>,
    id: FileId,
    owner: &Subject,
    purpose: &str,
) -> Result<(), FileError> {
    act.run(&store::UNUSE, (id, owner.kind, owner.id, purpose))?;
    let Some(row) = act.opt(&store::FILE, (id,))? else { return Ok(()) };
    if row.checked_at.is_none() {
        remove_unused(act, &row)?;
    }
    Ok(())
}

/// Removes a file that nothing uses.
pub(crate) fn remove_unused(act: &mut Act<'_, '_>, row: &FileRow) -> Result<bool, FileError> {
    if act.one(&store::USES, (row.id,))?.0 > 0 {
        return Ok(false);
    }
    act.run(&store::DROP, (row.id,))?;
    act.log(entry(row, "files.removed"))?;
    Ok(true)
}

/// Opens a file for whoever was let in by the room that uses it; that it was opened is logged for its owner.
pub(crate) fn open(act: &mut Act<'_, '_>, id: FileId) -> Result<FileRow, FileError> {
    let row = file(act, id)?;
    if row.state != FileState::Stored {
        return Err(FileError::Missing);
    }
    if row.scan == Scan::Infected {
        return Err(FileError::Infected);
    }
    act.log(entry(&row, "files.opened"))?;
    Ok(row)
}

/// Somebody at a counter held the original beside it.
pub(crate) fn checked(act: &mut Act<'_, '_>, id: FileId, document: &str) -> Result<(), FileError> {
    let row = file(act, id)?;
    if row.state != FileState::Stored || row.scan == Scan::Infected {
        return Err(FileError::Missing);
    }
    let (now, by) = (act.now(), act.actor.officer()?);
    if !act.run_one(&store::CHECKED, (id, row.rev, document, now, by))? {
        return Err(FileError::Missing);
    }
    act.log(entry(&row, "files.checked").content(&serde_json::json!({ "document": document })))?;
    Ok(())
}
