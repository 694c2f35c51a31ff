//! Files that are sent where an officer has asked for a material again.

use linli_acts::Act;
use linli_casework::offers::{self as casework, CaseId, Point};
use linli_db::Read;
use linli_files::offers::{self as files, FileId, FileRow, Use};
use linli_guide::{Guide, Material};

use crate::acts::{entry, guide_of};
use crate::domain::{Answers, ApplicationState};
use crate::error::ApplicationError;
use crate::materials::{Given, How, Met, upload_check};
use crate::situation::owner;
use crate::store::{self, ApplicationRow};

/// Most files for one material.
pub(crate) const MOST_FILES: usize = 10;

/// Key of the point that asks for a material.
pub(crate) fn point(material: &str) -> String {
    format!("material-{material}")
}

/// Files wait under this until what was asked is sent.
fn waiting(material: &str) -> String {
    format!("mend-{material}")
}

/// A material that was asked for, and what was sent for it.
pub(crate) struct Sent {
    pub point: String,
    pub what: String,
    pub material: Material,
    pub files: Vec<FileRow>,
}

/// Materials among the points that were asked.
pub(crate) fn sent(
    read: &mut Read<'_>,
    row: &ApplicationRow,
    guide: &Guide,
    asked: &[Point],
) -> Result<Vec<Sent>, ApplicationError> {
    let all = files::of_owner(read, &owner(row.id))?;
    let one = |m: &Material| {
        let key = point(&m.key);
        let what = asked.iter().find(|p| p.key == key)?.what.clone();
        let wait = waiting(&m.key);
        let files = all.iter().filter(|(_, purpose)| *purpose == wait).map(|(f, _)| f.clone()).collect();
        Some(Sent { point: key, what, material: m.clone(), files })
    };
    Ok(guide.materials.iter().filter_map(one).collect())
}

/// What was sent takes its place with the application; what lay there before stays, for whoever compares.
pub(crate) fn take_over(
    act: &mut Act<'_, '_>,
    row: &ApplicationRow,
    answers: &mut Answers,
    sent: &Sent,
) -> Result<(), ApplicationError> {
    let (owner, key) = (owner(row.id), &sent.material.key);
    for file in &sent.files {
        files::take_up(act, file.id, &Use { owner, purpose: key.clone(), until: None })?;
        files::let_go(act, file.id, &owner, &waiting(key))?;
    }
    let check = upload_check(&sent.material).unwrap_or(linli_guide::Check::Online);
    answers.materials.insert(key.clone(), Given::Uploaded);
    let how = How::Uploaded { check };
    match answers.met.iter_mut().find(|m| m.key == *key) {
        Some(met) => met.how = how,
        None => answers.met.push(Met { key: key.clone(), how }),
    }
    Ok(())
}

/// The applicant's case, and the material that was asked of her under a key.
fn asked_of_her(
    act: &mut Act<'_, '_>,
    case: CaseId,
    key: &str,
) -> Result<(ApplicationRow, Sent), ApplicationError> {
    casework::own(act, case)?;
    let row = store::of_case(act, case)?;
    let (house, guide) = (act.house, guide_of(act, &row)?);
    let asked = casework::asked(act, house.vault(), case)?;
    let found = sent(act, &row, &guide, &asked)?.into_iter().find(|s| s.material.key == key);
    Ok((row, found.ok_or(ApplicationError::Missing)?))
}

fn note(act: &mut Act<'_, '_>, row: &ApplicationRow, name: &'static str) -> Result<(), ApplicationError> {
    act.log(entry(row, name).state(ApplicationState::Filed.word()))?;
    Ok(())
}

/// She sends a file for a material that was asked again.
///
/// # Errors
/// If it was not asked, or there are too many.
pub(crate) fn attach(
    act: &mut Act<'_, '_>,
    case: CaseId,
    key: &str,
    file: FileId,
) -> Result<(), ApplicationError> {
    let (row, sent) = asked_of_her(act, case, key)?;
    if sent.files.len() >= MOST_FILES {
        return Err(ApplicationError::field("file", "files-many"));
    }
    files::take_up(act, file, &Use { owner: owner(row.id), purpose: waiting(key), until: None })?;
    note(act, &row, "applications.attached")
}

/// She takes one away again before she sends.
///
/// # Errors
/// If it was not asked.
pub(crate) fn detach(
    act: &mut Act<'_, '_>,
    case: CaseId,
    key: &str,
    file: FileId,
) -> Result<(), ApplicationError> {
    let (row, _) = asked_of_her(act, case, key)?;
    files::let_go(act, file, &owner(row.id), &waiting(key))?;
    note(act, &row, "applications.detached")
}
