//! The acts: begin, save, file, mend.

use std::collections::BTreeMap;

use linli_acts::{Act, BodyId, Entry, PersonId, Subject, once};
use linli_base::{Level as PlaceLevel, PlaceCode};
use linli_casework::offers as casework;
use linli_casework::offers::{CaseId, Handover, NewCase};
use linli_catalogue::offers::{self as catalogue, Form, Guide, ItemId, Level};
use linli_people::offers::{self as people, Person};

use crate::KIND;
use crate::domain::{Answer, Answers, ApplicationId, ApplicationState, first_open, read_answers, shares};
use crate::error::ApplicationError;
use crate::profile;
use crate::store::{self, ApplicationRow};

fn entry(row: &ApplicationRow, act: &'static str) -> Entry {
    Entry::new(Subject::new("application", row.id), act).person(row.person)
}

/// A live item with its form.
///
/// # Errors
/// [`ApplicationError::NotOpen`] if it is not live or has pages of its own.
pub fn item(
    read: &mut linli_db::Read<'_>,
    key: &str,
) -> Result<(ItemId, i64, Guide, Form), ApplicationError> {
    let (id, version, guide) = catalogue::live(read, key)?.ok_or(ApplicationError::NotOpen)?;
    let form = guide.form().ok_or(ApplicationError::NotOpen)?.into_owned();
    Ok((id, version, guide, form))
}

/// The case of this item that is under way for a person.
pub(crate) fn under_way(
    read: &mut linli_db::Read<'_>,
    person: PersonId,
    key: &str,
) -> Result<Option<CaseId>, ApplicationError> {
    for (case,) in read.all(&store::FILED_OF_ITEM, (person, key))? {
        if casework::case(read, case)?.state.is_open() {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

/// The applicant begins, or goes on with the draft that is there.
///
/// # Errors
/// If the item is not open, or is under way for her already.
pub fn begin(act: &mut Act<'_, '_>, key: &str) -> Result<(), ApplicationError> {
    let person = act.actor.resident()?;
    people::present(act, person)?;
    draft(act, person, key).map(|_| ())
}

/// Her draft, made if there is none; raised to the item's present version if it changed meanwhile: answers keep their keys.
fn draft(act: &mut Act<'_, '_>, person: PersonId, key: &str) -> Result<ApplicationRow, ApplicationError> {
    let (item, version, ..) = item(act, key)?;
    if let Some(case) = under_way(act, person, key)? {
        return Err(ApplicationError::UnderWay(case));
    }
    if let Some(row) = act.opt(&store::DRAFT, (person, item))? {
        if row.version != version {
            changed(act.run_one(&store::RENEW, (row.id, row.rev, version))?)?;
            return act.opt(&store::DRAFT, (person, item))?.ok_or(ApplicationError::Missing);
        }
        return Ok(row);
    }
    let (id, now) = (act.next_id::<ApplicationId>(), act.now());
    let sealed = store::seal(act.vault(), id, &Answers::default())?;
    act.run(&store::ADD, (id, person, item, key, version, sealed, now))?;
    let row = act.opt(&store::DRAFT, (person, item))?.ok_or(ApplicationError::Missing)?;
    act.log(entry(&row, "applications.begun").state(ApplicationState::Draft.word()))?;
    Ok(row)
}

fn changed(one: bool) -> Result<(), ApplicationError> {
    if one { Ok(()) } else { Err(ApplicationError::Changed) }
}

/// What a person answered to a field in her newest application that had it.
pub(crate) fn earlier(
    read: &mut linli_db::Read<'_>,
    vault: &linli_vault::Vault,
    person: PersonId,
) -> Result<BTreeMap<String, String>, ApplicationError> {
    let mut out = BTreeMap::new();
    for row in read.all(&store::EARLIER, (person,))? {
        for (key, answer) in row.open(vault).unwrap_or_default().answers {
            if !answer.value.is_empty() {
                out.entry(key).or_insert(answer.value);
            }
        }
    }
    Ok(out)
}

/// Saves the answers of one page, counted from 1.
///
/// # Errors
/// Every wrong field; nothing is stored then.
pub fn save(
    act: &mut Act<'_, '_>,
    key: &str,
    page: usize,
    typed: &BTreeMap<String, String>,
) -> Result<(), ApplicationError> {
    let person = act.actor.resident()?;
    people::present(act, person)?;
    let row = draft(act, person, key)?;
    let (_, _, _, form) = item(act, key)?;
    let asked = page.checked_sub(1).and_then(|i| form.pages.get(i)).ok_or(ApplicationError::Missing)?;
    let house = act.house;
    let before = earlier(act, house.vault(), person)?;
    let new = read(asked.fields.iter(), typed, &before)?;
    let mut answers = row.open(house.vault())?;
    answers.answers.extend(new);
    let sealed = store::seal(house.vault(), row.id, &answers)?;
    let now = act.now();
    changed(act.run_one(&store::SAVE, (row.id, row.rev, sealed, now))?)?;
    act.log(entry(&row, "applications.saved").state(ApplicationState::Draft.word()))?;
    Ok(())
}

fn read<'a>(
    fields: impl Iterator<Item = &'a catalogue::Field>,
    typed: &BTreeMap<String, String>,
    before: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Answer>, ApplicationError> {
    let typed = |key: &str| typed.get(key).cloned().unwrap_or_default();
    read_answers(fields, &typed, &|key| before.get(key).cloned()).map_err(ApplicationError::Wrong)
}

/// The body that handles an item for somebody who lives in a place, and the place in its sense.
fn office(
    act: &mut Act<'_, '_>,
    guide: &Guide,
    place: Option<PlaceCode>,
) -> Result<(BodyId, PlaceCode), ApplicationError> {
    let place = place.ok_or(ApplicationError::NoPlace)?;
    let code = match guide.level {
        Level::District => guide.department.code.clone(),
        Level::Community => format!("C{place}"),
        Level::Street => {
            let mut street = place;
            while street.level() > PlaceLevel::Street {
                street = street.parent().ok_or(ApplicationError::NoPlace)?;
            }
            format!("S{street}")
        }
    };
    let body = linli_duties::offers::body_by_code(act, &code)?.ok_or(ApplicationError::NoPlace)?;
    Ok((body.id, place))
}

/// The applicant states that it is true and files it. `once_key` makes a second click harmless.
///
/// # Errors
/// If the statement is missing, something is not answered, or no office is known for where she lives.
pub fn file(
    act: &mut Act<'_, '_>,
    key: &str,
    truth: bool,
    once_key: &str,
) -> Result<CaseId, ApplicationError> {
    let person = act.actor.resident()?;
    people::present(act, person)?;
    let file = |act: &mut Act<'_, '_>| {
        if !truth {
            return Err(ApplicationError::field("truth", "truth-missing"));
        }
        let row = draft(act, person, key)?;
        let answers = row.open(act.house.vault())?;
        put_on_file(act, &row, answers)
    };
    if once_key.is_empty() { file(act) } else { once(act, &format!("applications.file {once_key}"), file) }
}

fn put_on_file(
    act: &mut Act<'_, '_>,
    row: &ApplicationRow,
    mut answers: Answers,
) -> Result<CaseId, ApplicationError> {
    let (_, _, guide, form) = item(act, &row.item_key)?;
    if let Some(page) = first_open(&form, &answers) {
        return Err(ApplicationError::Open(page));
    }
    // What a page no longer asks does not go with it.
    answers.answers.retain(|key, _| form.fields().any(|f| f.key == *key));
    let house = act.house;
    let person: Person = people::person(act, house.vault(), row.person)?.ok_or(ApplicationError::Missing)?;
    answers.known = profile::known(&person, &form.known);
    let (body, place) = office(act, &guide, person.place)?;
    let case = casework::file(
        act,
        &NewCase {
            kind: KIND,
            title_zh: guide.name.zh.clone(),
            title_en: guide.name.en.clone(),
            person: row.person,
            body,
            place,
            promised_days: guide.promised_days,
            legal_days: guide.legal_days,
            two_persons: form.two_persons,
            handover: Handover::Page,
        },
    )?;
    let (fields, prefilled) = shares(&answers);
    let sealed = store::seal(house.vault(), row.id, &answers)?;
    let now = act.now();
    changed(act.run_one(&store::FILE, (row.id, row.rev, case, sealed, fields, prefilled, now))?)?;
    act.log(entry(row, "applications.filed").state(ApplicationState::Filed.word()))?;
    Ok(case)
}

/// A counter's own system files for somebody who stands before it: `evidence` says how her consent is kept there.
///
/// # Errors
/// If the token's duty does not reach her body and place, an answer is wrong, or the same item is under way.
pub fn file_for(
    act: &mut Act<'_, '_>,
    key: &str,
    person: PersonId,
    typed: &BTreeMap<String, String>,
    evidence: &str,
) -> Result<CaseId, ApplicationError> {
    let (item_id, version, guide, form) = item(act, key)?;
    let house = act.house;
    let who = people::person(act, house.vault(), person)?
        .filter(|p| p.state.signs_in())
        .ok_or(ApplicationError::Missing)?;
    let (body, place) = office(act, &guide, who.place)?;
    act.on_duty(&linli_casework::HANDLER, body, place)?;
    if evidence.is_empty() || evidence.chars().count() > 200 {
        return Err(ApplicationError::field("evidence", "evidence-empty"));
    }
    if let Some(case) = under_way(act, person, key)? {
        return Err(ApplicationError::UnderWay(case));
    }
    let known: Vec<&str> = form.fields().map(|f| f.key.as_str()).collect();
    if let Some(other) = typed.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(ApplicationError::field(other, "unknown"));
    }
    let answers = Answers { answers: read(form.fields(), typed, &BTreeMap::new())?, known: Vec::new() };
    // A draft of her own ends with it: the same item is filed once.
    let row = match act.opt(&store::DRAFT, (person, item_id))? {
        Some(row) => row,
        None => {
            let (id, now) = (act.next_id::<ApplicationId>(), act.now());
            let sealed = store::seal(house.vault(), id, &answers)?;
            act.run(&store::ADD, (id, person, item_id, key, version, sealed, now))?;
            act.opt(&store::DRAFT, (person, item_id))?.ok_or(ApplicationError::Missing)?
        }
    };
    act.log(
        entry(&row, "applications.begun")
            .state(ApplicationState::Draft.word())
            .content(&serde_json::json!({ "evidence": evidence })),
    )?;
    put_on_file(act, &row, answers)
}

/// The applicant mends what was asked, and only that.
///
/// # Errors
/// If it is not hers, nothing is asked, or an answer is wrong.
pub fn mend(
    act: &mut Act<'_, '_>,
    case: CaseId,
    typed: &BTreeMap<String, String>,
) -> Result<(), ApplicationError> {
    casework::own(act, case)?;
    let row = store::of_case(act, case)?;
    let house = act.house;
    let asked = casework::asked(act, house.vault(), case)?;
    if asked.is_empty() {
        return Err(ApplicationError::Changed);
    }
    let form = form_of(act, &row)?;
    let mut answers = row.open(house.vault())?;
    let fields = form.fields().filter(|f| asked.iter().any(|p| p.key == f.key));
    let new = read(fields, typed, &BTreeMap::new())?;
    answers.answers.extend(new);
    // What the register knows may have been put right meanwhile; what was asked of it is read again.
    let person = people::person(act, house.vault(), row.person)?.ok_or(ApplicationError::Missing)?;
    answers.known = profile::known(&person, &form.known);
    let sealed = store::seal(house.vault(), row.id, &answers)?;
    let now = act.now();
    changed(act.run_one(&store::SAVE, (row.id, row.rev, sealed, now))?)?;
    act.log(entry(&row, "applications.mended").state(ApplicationState::Filed.word()))?;
    casework::supplied(act, case)?;
    Ok(())
}

/// The form with which an application began.
pub(crate) fn form_of(read: &mut linli_db::Read<'_>, row: &ApplicationRow) -> Result<Form, ApplicationError> {
    let guide = catalogue::version(read, row.item, row.version)?.ok_or(ApplicationError::Missing)?;
    Ok(guide.form().ok_or(ApplicationError::NotOpen)?.into_owned())
}
