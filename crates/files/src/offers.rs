//! What rooms may call: all on the caller's transaction, but for [`receive`] and [`reply`], which stream.

use linli_acts::{Act, House, PersonId, Subject};
use linli_base::Instant;
use linli_db::Read;
use linli_vault::Vault;
use linli_web::Reply;
use linli_words::Lang;

use crate::Words;
pub use crate::domain::{About, FileId, FileKind, Mark, Refusal, Scan, Use, shown_size};
pub use crate::error::FileError;
pub use crate::intake::receive;
pub use crate::scan::{Call, Clamd, NoScanner, Scanner, ScannerDown, ScannerService, Verdict};
pub use crate::store::FileRow;
use crate::{acts, intake, store};

/// A file of the resident who acts is used from here on; using it again for the same purpose is harmless.
///
/// # Errors
/// If it is not hers or not whole, or something was found in it.
pub fn take_up(act: &mut Act<'_, '_>, id: FileId, by: &Use) -> Result<(), FileError> {
    acts::take_up(act, id, by)
}

/// A file of a person that a counter has checked is used once more, for another record.
///
/// # Errors
/// If it is not hers, was not checked, or something was found in it.
pub fn use_again(
    act: &mut Act<'_, '_>,
    id: FileId,
    person: PersonId,
    owner: &Subject,
    purpose: &str,
) -> Result<(), FileError> {
    let row = acts::file(act, id)?;
    if row.person != person || row.checked_at.is_none() {
        return Err(FileError::Missing);
    }
    if row.scan == Scan::Infected {
        return Err(FileError::Infected);
    }
    act.run(&store::USE, (id, owner.kind, owner.id, purpose, None::<Instant>))?;
    Ok(())
}

/// A use ends. A file that nothing uses any more goes, unless a counter has checked it.
///
/// # Errors
/// If the database fails.
pub fn let_go(act: &mut Act<'_, '_>, id: FileId, owner: &Subject, purpose: &str) -> Result<(), FileError> {
    acts::let_go(act, id, owner, purpose)
}

/// All uses of a record end, its files go, those that a counter has checked too: for erasure.
///
/// # Errors
/// If the database fails.
pub fn let_all_go(act: &mut Act<'_, '_>, owner: &Subject) -> Result<(), FileError> {
    for (id, purpose) in act.all(&store::OF_OWNER, (owner.kind, owner.id))? {
        act.run(&store::UNUSE, (id, owner.kind, owner.id, &purpose))?;
        if let Some(row) = act.opt(&store::FILE, (id,))? {
            acts::remove_unused(act, &row)?;
        }
    }
    Ok(())
}

/// All uses of a record end by themselves at a moment, or with their record.
///
/// # Errors
/// If the database fails.
pub fn keep_until(act: &mut Act<'_, '_>, owner: &Subject, until: Option<Instant>) -> Result<(), FileError> {
    act.run(&store::UNTIL, (owner.kind, owner.id, until))?;
    Ok(())
}

/// A file.
///
/// # Errors
/// If there is none.
pub fn file(read: &mut Read<'_>, id: FileId) -> Result<FileRow, FileError> {
    acts::file(read, id)
}

/// Files of a record, with the purpose of each, at most 200.
///
/// # Errors
/// If the database fails.
pub fn of_owner(read: &mut Read<'_>, owner: &Subject) -> Result<Vec<(FileRow, String)>, FileError> {
    let mut out = Vec::new();
    for (id, purpose) in read.all(&store::OF_OWNER, (owner.kind, owner.id))? {
        if let Some(row) = read.opt(&store::FILE, (id,))? {
            out.push((row, purpose));
        }
    }
    Ok(out)
}

/// The newest file of a person that a counter has compared with the original of a document since a moment.
///
/// # Errors
/// If the database fails.
pub fn checked_before(
    read: &mut Read<'_>,
    person: PersonId,
    document: &str,
    since: Instant,
) -> Result<Option<FileRow>, FileError> {
    Ok(read.opt(&store::REUSABLE, (person, document, since))?)
}

/// Documents of a person that a counter has checked, with the newest moment of each, at most 100.
///
/// # Errors
/// If the database fails.
pub fn documents(read: &mut Read<'_>, person: PersonId) -> Result<Vec<(String, Instant)>, FileError> {
    Ok(read.all(&store::DOCUMENTS, (person,))?)
}

/// Notes that the officer who acts has held the original of `document` beside the file. The room has asked what she may.
///
/// # Errors
/// If the actor is no officer, or the file is gone or infected.
pub fn checked(act: &mut Act<'_, '_>, id: FileId, document: &str) -> Result<(), FileError> {
    acts::checked(act, id, document)
}

/// Opens a file that a record uses, for whoever the room has let in. It is logged for the file's owner.
///
/// # Errors
/// If the record does not use it, it is gone, or something was found in it.
pub fn open_of(act: &mut Act<'_, '_>, id: FileId, owner: &Subject) -> Result<FileRow, FileError> {
    if act.one(&store::IS_USED, (id, owner.kind, owner.id))?.0 == 0 {
        return Err(FileError::Missing);
    }
    acts::open(act, id)
}

/// Sends an opened file to be kept, never to be shown by the browser as a page.
#[must_use]
pub fn reply(house: &House, row: &FileRow) -> Reply {
    let (blocks, _) = intake::blocks(house, row.id, row.blocks);
    let (mime, ending) = row.kind.map_or(("application/octet-stream", "bin"), |k| (k.mime(), k.extension()));
    let size = u64::try_from(row.size).unwrap_or(0);
    Reply::download_blocks(mime, &format!("file-{}.{ending}", row.id), size, blocks)
}

/// A file in one line: name, kind, size, what the scanner said.
///
/// # Errors
/// If it does not open.
pub fn line(vault: &Vault, row: &FileRow, lang: Lang) -> Result<String, FileError> {
    let w = Words::from(lang);
    let about = row.open(vault)?;
    let kind = row.kind.and_then(|k| w.by_key(&format!("kind-{}", k.word()))).unwrap_or_default();
    let mut out =
        format!("{} · {kind} · {} · {}", about.name, shown_size(row.size), scan_words(row.scan, lang));
    if about.marks.contains(&Mark::Locked) {
        out.push_str(" · ");
        out.push_str(w.mark_locked());
    }
    Ok(out)
}

/// What the scanner said, in words.
#[must_use]
pub fn scan_words(scan: Scan, lang: Lang) -> &'static str {
    let w = Words::from(lang);
    match scan {
        Scan::Waiting => w.scan_waiting(),
        Scan::NotScanned => w.scan_unscanned(),
        Scan::Clean => w.scan_clean(),
        Scan::Infected => w.scan_infected(),
    }
}

/// Why a file was not taken, in words with what to do.
#[must_use]
pub fn refusal_words(kind: &str, lang: Lang) -> Option<&'static str> {
    Refusal::from_word(kind)?;
    Words::from(lang).by_key(kind)
}
