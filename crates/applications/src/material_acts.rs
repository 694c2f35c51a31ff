//! What the applicant does about a material of her draft.

use linli_acts::Act;
use linli_files::offers::{self as files, FileId, Use};
use linli_guide::{HandIn, Way};
use linli_people::offers as people;

use crate::acts::{draft, form, keep_draft};
use crate::error::ApplicationError;
use crate::journey::{Step, after};
use crate::materials::{Given, upload_check};
use crate::situation::{self, owner};
use crate::supplements::MOST_FILES;

/// How she meets it, where it is not by files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The files that lie there are all.
    Files,
    Original(HandIn),
    Later,
    Without,
}

/// She says how a material is met; gives the step that follows.
///
/// # Errors
/// If it is not wanted of her, or not to be met so.
pub fn choose(
    act: &mut Act<'_, '_>,
    key: &str,
    material: &str,
    choice: Choice,
) -> Result<Step, ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let (row, guide) = draft(act, person, key)?;
    let form = form(&guide)?;
    let house = act.house;
    let mut answers = row.open(house.vault())?;
    let situation = situation::load(act, house.vault(), person, &guide, Some(row.id))?;
    let given = match choice {
        Choice::Files => Given::Uploaded,
        Choice::Original(hand_in) => Given::Original(hand_in),
        Choice::Later => Given::Later,
        Choice::Without => Given::Without,
    };
    answers.materials.insert(material.to_owned(), given);
    let way = situation.way(&guide, &form, &answers);
    let wanted = way.plan.iter().find(|w| w.material.key == material && w.asks());
    match wanted.map(|w| &w.stand) {
        Some(crate::materials::Stand::Met(_)) => {}
        Some(crate::materials::Stand::Open) if choice == Choice::Files => {
            return Err(ApplicationError::field("file", "material-missing"));
        }
        Some(crate::materials::Stand::Open) => return Err(ApplicationError::field("file", "way-closed")),
        None => return Err(ApplicationError::Missing),
    }
    let next = after(&way.pages, &way.plan, &answers, &Step::Material(material.to_owned()), act.now().day());
    keep_draft(act, &row, &answers, "applications.saved")?;
    Ok(next)
}

/// A file that she has sent goes with the draft.
///
/// # Errors
/// If the material is not wanted of her or not uploaded, or there are too many files.
pub fn attach(
    act: &mut Act<'_, '_>,
    key: &str,
    material: &str,
    file: FileId,
) -> Result<(), ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let (row, guide) = draft(act, person, key)?;
    let form = form(&guide)?;
    let house = act.house;
    let mut answers = row.open(house.vault())?;
    let situation = situation::load(act, house.vault(), person, &guide, Some(row.id))?;
    let way = situation.way(&guide, &form, &answers);
    let wanted = way.plan.iter().find(|w| w.material.key == material && w.asks());
    let wanted = wanted.ok_or(ApplicationError::Missing)?;
    if upload_check(wanted.material).is_none() {
        return Err(ApplicationError::Missing);
    }
    if situation.files.iter().filter(|(_, purpose)| purpose == material).count() >= MOST_FILES {
        return Err(ApplicationError::field("file", "files-many"));
    }
    files::take_up(act, file, &Use { owner: owner(row.id), purpose: material.to_owned(), until: None })?;
    answers.materials.insert(material.to_owned(), Given::Uploaded);
    keep_draft(act, &row, &answers, "applications.attached")
}

/// She takes a file of her draft away again.
///
/// # Errors
/// If the item is not open.
pub fn detach(
    act: &mut Act<'_, '_>,
    key: &str,
    material: &str,
    file: FileId,
) -> Result<(), ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let (row, _) = draft(act, person, key)?;
    let answers = row.open(act.house.vault())?;
    files::let_go(act, file, &owner(row.id), material)?;
    keep_draft(act, &row, &answers, "applications.detached")
}

/// Reads how she wants to meet it; `None`: a form of another making.
#[must_use]
pub fn choice(word: &str) -> Option<Choice> {
    Some(match word {
        "files" => Choice::Files,
        "counter" => Choice::Original(HandIn::Counter),
        "post" => Choice::Original(HandIn::Post),
        "later" => Choice::Later,
        "without" => Choice::Without,
        _ => return None,
    })
}

/// The word of a way on the material's page; empty: it has no part there.
#[must_use]
pub fn word(way: &Way) -> &'static str {
    match way {
        Way::Upload { .. } => "files",
        Way::Original { hand_in: HandIn::Counter } => "counter",
        Way::Original { hand_in: HandIn::Post } => "post",
        Way::Certificate { .. } | Way::Register { .. } | Way::Reuse { .. } | Way::Declare(_) => "",
    }
}
