//! The acts: begin, save, file, mend.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use linli_acts::{Act, BodyId, Channel, Entry, PersonId, Subject, once};
use linli_base::{Day, FieldError, Level as PlaceLevel, PlaceCode};
use linli_casework::offers as casework;
use linli_casework::offers::{CaseId, Handover, NewCase};
use linli_catalogue::offers::{self as catalogue, ItemId};
use linli_guide::{Form, Guide, Level};
use linli_people::offers as people;

use crate::KIND;
use crate::domain::{Answers, ApplicationId, ApplicationState, shares};
use crate::error::ApplicationError;
use crate::journey::{self, Step};
use crate::materials::{self, Given, How, Met, Stand};
use crate::profile;
use crate::situation::{self, Situation};
use crate::store::{self, ApplicationRow};

pub(crate) fn entry(row: &ApplicationRow, act: &'static str) -> Entry {
    Entry::new(Subject::new("application", row.id), act).person(row.person)
}

/// A live item that has a form.
///
/// # Errors
/// [`ApplicationError::NotOpen`] if it is not live or has pages of its own.
pub fn item(read: &mut linli_db::Read<'_>, key: &str) -> Result<(ItemId, i64, Arc<Guide>), ApplicationError> {
    let live = catalogue::live(read, key)?.ok_or(ApplicationError::NotOpen)?;
    form(&live.2)?;
    Ok(live)
}

/// What an item asks.
///
/// # Errors
/// [`ApplicationError::NotOpen`] if it has pages of its own.
pub(crate) fn form(guide: &Guide) -> Result<Cow<'_, Form>, ApplicationError> {
    guide.form().ok_or(ApplicationError::NotOpen)
}

/// The case of this item that is under way for a person.
pub(crate) fn under_way(
    read: &mut linli_db::Read<'_>,
    person: PersonId,
    key: &str,
) -> Result<Option<CaseId>, ApplicationError> {
    for (case,) in read.all(&store::FILED_OF_ITEM, (person, key))? {
        if casework::is_open(read, case)? {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

/// The applicant begins, or goes on with the draft that is there; gives the first step that is open.
///
/// # Errors
/// If the item is not open, or is under way for her already.
pub fn begin(act: &mut Act<'_, '_>, key: &str) -> Result<Step, ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let (row, guide) = draft(act, person, key)?;
    let form = form(&guide)?;
    let house = act.house;
    let answers = row.open(house.vault())?;
    let situation = situation::load(act, house.vault(), person, &guide, Some(row.id))?;
    Ok(situation.way(&guide, &form, &answers).next)
}

/// Her draft and the item, made if there is none; raised to the item's present version if it changed meanwhile: answers keep their keys.
pub(crate) fn draft(
    act: &mut Act<'_, '_>,
    person: PersonId,
    key: &str,
) -> Result<(ApplicationRow, Arc<Guide>), ApplicationError> {
    let (item, version, guide) = item(act, key)?;
    if let Some(case) = under_way(act, person, key)? {
        return Err(ApplicationError::UnderWay(case));
    }
    if let Some(row) = act.opt(&store::DRAFT, (person, item))? {
        if row.version != version {
            changed(act.run_one(&store::RENEW, (row.id, row.rev, version))?)?;
            let row = act.opt(&store::DRAFT, (person, item))?.ok_or(ApplicationError::Missing)?;
            return Ok((row, guide));
        }
        return Ok((row, guide));
    }
    let (id, now) = (act.next_id::<ApplicationId>(), act.now());
    let sealed = store::seal(act.vault(), id, &Answers::default())?;
    act.run(&store::ADD, (id, person, item, key, version, sealed, now))?;
    let row = act.opt(&store::DRAFT, (person, item))?.ok_or(ApplicationError::Missing)?;
    act.log(entry(&row, "applications.begun").state(ApplicationState::Draft.word()))?;
    Ok((row, guide))
}

pub(crate) fn changed(one: bool) -> Result<(), ApplicationError> {
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

/// Saves the answers of one page, counted from 1; gives the step that follows.
///
/// # Errors
/// Every wrong field; nothing is stored then.
pub fn save(
    act: &mut Act<'_, '_>,
    key: &str,
    page: usize,
    typed: &BTreeMap<String, String>,
) -> Result<Step, ApplicationError> {
    save_page(act, key, page, typed, true)
}

/// Keeps what is right of a page while she is still on it.
///
/// # Errors
/// If the page is not asked of her.
pub fn keep(
    act: &mut Act<'_, '_>,
    key: &str,
    page: usize,
    typed: &BTreeMap<String, String>,
) -> Result<(), ApplicationError> {
    save_page(act, key, page, typed, false).map(drop)
}

fn save_page(
    act: &mut Act<'_, '_>,
    key: &str,
    page: usize,
    typed: &BTreeMap<String, String>,
    whole: bool,
) -> Result<Step, ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let (row, guide) = draft(act, person, key)?;
    let form = form(&guide)?;
    let house = act.house;
    let mut answers = row.open(house.vault())?;
    let situation = situation::load(act, house.vault(), person, &guide, Some(row.id))?;
    let before = earlier(act, house.vault(), person)?;
    let way = situation.way(&guide, &form, &answers);
    let shown = way.pages.iter().find(|p| p.n == page).ok_or(ApplicationError::Missing)?;
    let typed = |key: &str| typed.get(key).cloned().unwrap_or_default();
    let (new, wrong) =
        journey::read_what_is_right(&shown.fields, &typed, &|key| before.get(key).cloned(), act.now().day());
    if whole && !wrong.is_empty() {
        return Err(ApplicationError::Wrong(wrong));
    }
    journey::put(&mut answers, shown, new);
    let way = situation.way(&guide, &form, &answers);
    let next = journey::after(&way.pages, &way.plan, &answers, &Step::Page(page), act.now().day());
    keep_draft(act, &row, &answers, "applications.saved")?;
    Ok(next)
}

/// Days for which an untouched draft and its files are kept; as the retention of `applications` says.
pub(crate) const DRAFT_DAYS: i64 = 180;

/// Writes a draft back.
pub(crate) fn keep_draft(
    act: &mut Act<'_, '_>,
    row: &ApplicationRow,
    answers: &Answers,
    name: &'static str,
) -> Result<(), ApplicationError> {
    let sealed = store::seal(act.vault(), row.id, answers)?;
    let now = act.now();
    changed(act.run_one(&store::SAVE, (row.id, row.rev, sealed, now))?)?;
    let until = now.plus_seconds(DRAFT_DAYS * 86_400);
    linli_files::offers::keep_until(act, &situation::owner(row.id), Some(until))?;
    act.log(entry(row, name).state(ApplicationState::Draft.word()))?;
    Ok(())
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

/// What the applicant states when she files.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    /// That all of it is true.
    pub truth: bool,
    /// Keys of the materials whose statement she has ticked.
    pub declared: Vec<String>,
    /// The plan of materials that she saw ([`Situation::plan_mark`]); empty: not compared.
    pub plan: String,
}

impl Statements {
    /// That it is true, and every statement that the item asks.
    #[must_use]
    pub fn all(guide: &Guide) -> Self {
        let declared = guide.materials.iter().map(|m| m.key.clone()).collect();
        Self { truth: true, declared, plan: String::new() }
    }
}

/// The applicant states that it is true and files it. `once_key` makes a second click harmless.
///
/// # Errors
/// If a statement is missing, something is not answered or handed in, what she saw has changed, or no office is known for where
/// she lives.
pub fn file(
    act: &mut Act<'_, '_>,
    key: &str,
    stated: &Statements,
    once_key: &str,
) -> Result<CaseId, ApplicationError> {
    file_received(act, key, stated, once_key, None)
}

/// As [`file`]; an application on paper, typed in at a counter, counts from the day on which it was `received` there.
///
/// # Errors
/// As there; if the day is missing for paper, in the future, or too long ago.
pub fn file_received(
    act: &mut Act<'_, '_>,
    key: &str,
    stated: &Statements,
    once_key: &str,
    received: Option<Day>,
) -> Result<CaseId, ApplicationError> {
    let person = act.actor.resident_for(key)?;
    people::present(act, person)?;
    let file = |act: &mut Act<'_, '_>| {
        let received =
            if act.actor.channel == Channel::Paper { Some(paper_day(act, received)?) } else { None };
        let (row, guide) = draft(act, person, key)?;
        let answers = row.open(act.house.vault())?;
        put_on_file(act, &row, &guide, answers, Some(stated), received)
    };
    if once_key.is_empty() { file(act) } else { once(act, &format!("applications.file {once_key}"), file) }
}

/// The day on which a counter received a paper application.
fn paper_day(act: &mut Act<'_, '_>, day: Option<Day>) -> Result<Day, ApplicationError> {
    let today = act.now().day();
    let most = linli_rules::value(act, &crate::PAPER_DAYS, today)?.value;
    let wrong = || ApplicationError::field("received", "received-range");
    let day = day.ok_or_else(wrong)?;
    if day > today || today.days_since(day) > most { Err(wrong()) } else { Ok(day) }
}

/// How the result goes out at first; while nothing is on its way the applicant chooses another.
fn handover(guide: &Guide) -> Handover {
    use linli_guide::Handover as Way;
    match guide.handover.first() {
        None => Handover::Page,
        Some(_) if guide.handover.iter().any(|w| matches!(w, Way::Download | Way::Wallet)) => Handover::Page,
        Some(Way::Post) => Handover::Post,
        Some(_) => Handover::Counter,
    }
}

/// Statements that are not ticked, and the last one.
fn missing_statements(stated: &Statements, plan: &[materials::Wanted<'_>]) -> Vec<FieldError> {
    let mut wrong: Vec<FieldError> = plan
        .iter()
        .filter(|w| w.declared() && !stated.declared.contains(&w.material.key))
        .map(|w| FieldError::new(&format!("declare.{}", w.material.key), "declare-missing"))
        .collect();
    if !stated.truth {
        wrong.push(FieldError::new("truth", "truth-missing"));
    }
    wrong
}

/// `stated`: what the applicant ticked; `None`: a counter's system files, and the papers were handed over there.
fn put_on_file(
    act: &mut Act<'_, '_>,
    row: &ApplicationRow,
    guide: &Guide,
    mut answers: Answers,
    stated: Option<&Statements>,
    received: Option<Day>,
) -> Result<CaseId, ApplicationError> {
    let form = form(guide)?;
    let house = act.house;
    let situation = situation::load(act, house.vault(), row.person, guide, Some(row.id))?;
    let way = situation.way(guide, &form, &answers);
    match stated {
        Some(stated) => {
            if way.next != Step::Check {
                return Err(ApplicationError::Open(way.next));
            }
            if !stated.plan.is_empty() && stated.plan != Situation::plan_mark(house.vault(), &way.plan) {
                return Err(ApplicationError::PlanChanged);
            }
            let wrong = missing_statements(stated, &way.plan);
            if !wrong.is_empty() {
                return Err(ApplicationError::Wrong(wrong));
            }
            for w in way.plan.iter().filter(|w| w.declared()) {
                answers.materials.insert(w.material.key.clone(), Given::Declared);
            }
        }
        None => {
            for w in way.plan.iter().filter(|w| w.stand == Stand::Open) {
                answers.materials.insert(w.material.key.clone(), Given::Counter);
            }
        }
    }
    let way = situation.way(guide, &form, &answers);
    if let Some(page) = way.pages.iter().find(|p| !journey::answered(p, &answers, act.now().day())) {
        return Err(ApplicationError::Open(Step::Page(page.n)));
    }
    let met = way
        .plan
        .iter()
        .map(|w| match &w.stand {
            Stand::Met(how) => Ok(Met { key: w.material.key.clone(), how: how.clone() }),
            Stand::Open => Err(ApplicationError::Open(Step::Material(w.material.key.clone()))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    journey::keep_asked(&mut answers, &way.pages);
    answers.known = profile::known(&situation.person, &form.known);
    let (body, place) = office(act, guide, situation.person.place)?;
    let case = casework::file(
        act,
        &NewCase {
            kind: KIND,
            item: row.item_key.clone(),
            title_zh: guide.name.zh.clone(),
            title_en: guide.name.en.clone(),
            person: row.person,
            body,
            place,
            promised_days: guide.promised_days,
            legal_days: guide.legal_days,
            two_persons: form.two_persons,
            handover: handover(guide),
            received,
        },
    )?;
    go_along(act, row, &met, case)?;
    answers.met = met;
    let (fields, prefilled) = shares(&answers);
    let (wanted, waived) = materials::shares(&answers.met);
    let sealed = store::seal(house.vault(), row.id, &answers)?;
    let now = act.now();
    let args = (row.id, row.rev, case, sealed, fields, prefilled, now, wanted, waived);
    changed(act.run_one(&store::FILE, args)?)?;
    act.log(entry(row, "applications.filed").state(ApplicationState::Filed.word()))?;
    Ok(case)
}

/// Certificates are noted for their holder, files stay with the case from here on.
fn go_along(
    act: &mut Act<'_, '_>,
    row: &ApplicationRow,
    met: &[Met],
    case: CaseId,
) -> Result<(), ApplicationError> {
    let owner = situation::owner(row.id);
    for m in met {
        match &m.how {
            How::Certificate { id, .. } => {
                linli_certificates::offers::used(act, *id, row.person, &case.to_string())?;
            }
            How::Reused { file, .. } => {
                linli_files::offers::use_again(act, *file, row.person, &owner, &m.key)?;
            }
            _ => {}
        }
    }
    linli_files::offers::keep_until(act, &owner, None)?;
    Ok(())
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
    let (item_id, version, guide) = item(act, key)?;
    let form = form(&guide)?;
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
    let group_of = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    if let Some(other) = typed.keys().find(|k| !form.fields().any(|f| f.key == group_of(k))) {
        return Err(ApplicationError::field(other, "unknown"));
    }
    let situation = situation::load(act, house.vault(), person, &guide, None)?;
    let mut answers = Answers::default();
    // Page by page: what is asked on one may follow from the one before.
    for page in 1..=form.pages.len() {
        let way = situation.way(&guide, &form, &answers);
        let Some(shown) = way.pages.iter().find(|p| p.n == page) else { continue };
        let typed = |key: &str| typed.get(key).cloned().unwrap_or_default();
        let new = journey::read(&shown.fields, &typed, &|_| None, act.now().day())
            .map_err(ApplicationError::Wrong)?;
        answers.answers.extend(new);
    }
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
    put_on_file(act, &row, &guide, answers, None, None)
}

/// The applicant mends what was asked, and only that: answers as typed, materials by the files that she has sent for them.
///
/// # Errors
/// If it is not hers, nothing is asked, an answer is wrong, or a file is missing.
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
    let guide = guide_of(act, &row)?;
    let form = form(&guide)?;
    let mut answers = row.open(house.vault())?;
    let fields: Vec<_> = form.fields().filter(|f| asked.iter().any(|p| p.key == f.key)).collect();
    let typed = |key: &str| typed.get(key).cloned().unwrap_or_default();
    let (new, mut wrong) = journey::read_what_is_right(&fields, &typed, &|_| None, act.now().day());
    let sent = crate::supplements::sent(act, &row, &guide, &asked)?;
    wrong.extend(
        sent.iter().filter(|s| s.files.is_empty()).map(|s| FieldError::new(&s.point, "material-missing")),
    );
    if !wrong.is_empty() {
        return Err(ApplicationError::Wrong(wrong));
    }
    answers.answers.extend(new);
    for s in &sent {
        crate::supplements::take_over(act, &row, &mut answers, s)?;
    }
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

/// The guide with which an application began.
pub(crate) fn guide_of(
    read: &mut linli_db::Read<'_>,
    row: &ApplicationRow,
) -> Result<Arc<Guide>, ApplicationError> {
    catalogue::version(read, row.item, row.version)?.ok_or(ApplicationError::Missing)
}

/// The form with which an application began.
pub(crate) fn form_of(read: &mut linli_db::Read<'_>, row: &ApplicationRow) -> Result<Form, ApplicationError> {
    Ok(form(&*guide_of(read, row)?)?.into_owned())
}
