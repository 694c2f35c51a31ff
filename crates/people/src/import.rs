//! Persons from a file of the population register: CSV or XLSX. Every row is looked at before any is written; then the good
//! ones are written in chunks. The same file twice changes nothing, so an import that was interrupted is simply run again.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use linli_acts::{Act, Actor, Entry, House, PersonId, Subject, Who};
use linli_base::docnum::{DocumentKind, DocumentNumber, NumberError, Phone};
use linli_base::place::Level;
use linli_base::{Day, FieldError, PlaceCode};
use linli_db::{DbError, Read};
use linli_sheets::{Column, Limits, Outcome, Row, RowFault, SheetError};
use linli_words::Lang;
use tokio::sync::mpsc;

use crate::Words;
use crate::acts::records::on_registrar_duty;
use crate::acts::register::{self, CHUNK};
use crate::domain::{Disability, Name, NewPerson, Person, Role, Sex, Source, State};
use crate::error::PeopleError;
use crate::store;

/// The columns, by every name that files give them.
pub const COLUMNS: &[Column] = &[
    Column::need("name", &["姓名", "name"]),
    Column::may("kind", &["证件类型", "证件种类", "document_kind"]),
    Column::need("number", &["证件号码", "身份证号", "身份证号码", "公民身份号码", "document"]),
    Column::may("sex", &["性别", "sex"]),
    Column::may("birth", &["出生日期", "生日", "birth"]),
    Column::may("phone", &["手机号", "联系电话", "手机号码", "phone"]),
    Column::need("community", &["社区代码", "居委会代码", "区划代码", "community"]),
    Column::may("building", &["楼栋", "building"]),
    Column::may("unit", &["房号", "门牌", "unit"]),
    Column::may("household", &["户号", "household"]),
    Column::may("role", &["与户主关系", "role"]),
    Column::may("hukou", &["户籍", "是否户籍", "hukou"]),
    Column::may("disability", &["残疾等级", "disability"]),
];

/// A whole district in one file.
pub const LIMITS: Limits =
    Limits { bytes: 1 << 30, unpacked: 4 << 30, rows: 3_000_000, columns: 200, cell: 200 };

/// A row that obeys the rules that need no database.
#[derive(Clone, Debug)]
struct Read1 {
    line: u32,
    person: NewPerson,
    building: String,
    unit: String,
    household: String,
}

/// What an import found and did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub rows: u32,
    pub bad_rows: u32,
    /// All faults, also those beyond the list.
    pub faults_total: u32,
    /// The first thousand, by line.
    pub faults: Vec<RowFault>,
    /// Columns that nobody asked for.
    pub ignored: Vec<String>,
    pub created: u64,
    pub changed: u64,
    pub same: u64,
    /// Whether anything may have been written: no bad row, or only the good ones were wanted.
    pub applied: bool,
}

/// An import failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error("the reader of the file stopped")]
    Stopped,
}

impl From<DbError> for ImportError {
    fn from(e: DbError) -> Self {
        Self::People(e.into())
    }
}

/// The words of a fault.
#[must_use]
pub fn fault_words(fault: &RowFault, lang: Lang) -> String {
    if let Some(words) = linli_sheets::fault_words(fault, lang) {
        return words;
    }
    let w = Words(lang);
    match fault.kind.as_str() {
        "unit-unknown" => w.unit_unknown().to_owned(),
        "sex-differs" => w.sex_differs().to_owned(),
        kind => {
            let kind = KINDS.iter().copied().find(|k| *k == kind).unwrap_or("choose");
            crate::shown::say(lang, &FieldError { field: String::new(), kind, args: fault.args.clone() })
        }
    }
}

const KINDS: [&str; 12] = [
    "name-empty",
    "name-long",
    "name-characters",
    "number-empty",
    "number-length",
    "number-characters",
    "number-birth",
    "number-region",
    "number-check",
    "birth",
    "birth-differs",
    "place",
];

fn number_fault(row: &mut Row<'_>, key: &str, e: NumberError) {
    match e {
        NumberError::Length { got, want } => row.fault(key, e.kind(), &[&got, &want]),
        _ => row.fault(key, e.kind(), &[]),
    }
}

/// One of some words; empty is `None`, another word is a fault.
fn word<T: Copy>(row: &mut Row<'_>, key: &str, words: &[(&[&str], T)]) -> Option<T> {
    let text = row.text(key);
    if text.is_empty() {
        return None;
    }
    let found = words.iter().find(|(names, _)| names.contains(&text.as_str())).map(|(_, v)| *v);
    if found.is_none() {
        row.fault(key, "choose", &[]);
    }
    found
}

const KIND_WORDS: &[(&[&str], DocumentKind)] = &[
    (&["居民身份证", "身份证", "resident-id"], DocumentKind::ResidentId),
    (&["港澳台居民居住证", "hkmotw-residence"], DocumentKind::HkMoTwResidence),
    (&["外国人永久居留身份证", "foreign-permanent"], DocumentKind::ForeignPermanent),
    (&["港澳居民来往内地通行证", "回乡证", "hkmo-pass"], DocumentKind::HkMoPass),
    (&["台湾居民来往大陆通行证", "台胞证", "tw-pass"], DocumentKind::TwPass),
    (&["护照", "chinese-passport"], DocumentKind::ChinesePassport),
];
const SEX_WORDS: &[(&[&str], Sex)] =
    &[(&["男", "1", "male"], Sex::Male), (&["女", "2", "female"], Sex::Female)];
const YES_NO: &[(&[&str], bool)] = &[
    (&["是", "1", "户籍", "本区户籍", "yes"], true),
    (&["否", "0", "非户籍", "来穗人员", "流动人口", "no"], false),
];
const LEVELS: &[(&[&str], u8)] = &[
    (&["无", "0"], 0),
    (&["一级", "1级", "1"], 1),
    (&["二级", "2级", "2"], 2),
    (&["三级", "3级", "3"], 3),
    (&["四级", "4级", "4"], 4),
];
const ROLES: &[(&[&str], Role)] = &[
    (&["户主", "本人", "head"], Role::Head),
    (&["配偶", "夫", "妻", "丈夫", "妻子", "spouse"], Role::Spouse),
    (&["子女", "子", "女", "儿子", "女儿", "长子", "次子", "长女", "次女", "child"], Role::Child),
    (
        &["孙子女", "孙子", "孙女", "外孙子", "外孙女", "孙子、孙女或外孙子、外孙女", "grandchild"],
        Role::Grandchild,
    ),
    (&["父母", "父亲", "母亲", "公公", "婆婆", "岳父", "岳母", "parent"], Role::Parent),
    (&["祖父母", "祖父", "祖母", "外祖父", "外祖母", "grandparent"], Role::Grandparent),
    (&["兄弟姐妹", "兄", "弟", "姐", "妹", "sibling"], Role::Sibling),
    (&["其他", "非亲属", "other"], Role::Other),
];

/// Reads one row; what is wrong is noted on it.
fn read_row(row: &mut Row<'_>, today: Day) -> Option<Read1> {
    let name = match Name::parse(&row.text("name")) {
        Ok(name) => Some(name),
        Err(e) => {
            row.fault("name", e.kind(), &[]);
            None
        }
    };
    let kind = word(row, "kind", KIND_WORDS).unwrap_or(DocumentKind::ResidentId);
    let number = match DocumentNumber::parse(kind, &row.text("number"), today) {
        Ok(number) => Some(number),
        // A cell that could not be taken has its fault already.
        Err(NumberError::Empty) if row.is_bad() => None,
        Err(e) => {
            number_fault(row, "number", e);
            None
        }
    };
    let phone = match row.text("phone").as_str() {
        "" => None,
        text => Phone::parse(text).map_err(|e| number_fault(row, "phone", e)).ok(),
    };
    let said = word(row, "sex", SEX_WORDS);
    let told =
        number.as_ref().and_then(DocumentNumber::is_male).map(|m| if m { Sex::Male } else { Sex::Female });
    if let (Some(said), Some(told)) = (said, told)
        && said != told
    {
        row.fault("sex", "sex-differs", &[]);
    }
    let written = row.day_may("birth").flatten();
    let birth = match (number.as_ref().and_then(DocumentNumber::birth), written) {
        (Some(told), Some(written)) if told != written => {
            row.fault("birth", "birth-differs", &[]);
            None
        }
        (Some(told), _) => Some(told),
        (None, Some(day)) if day <= today && today.age_of(day) <= 150 => Some(day),
        (None, _) => {
            if number.is_some() && !row.is_bad() {
                row.fault("birth", "birth", &[]);
            }
            None
        }
    };
    let place: Option<PlaceCode> = row.parse("community", "place");
    let role = word(row, "role", ROLES);
    let hukou = word(row, "hukou", YES_NO).unwrap_or(false);
    let disability = word(row, "disability", LEVELS).and_then(Disability::new);
    let (building, unit, household) =
        (row.may("building", 60)?, row.may("unit", 40)?, row.may("household", 40)?);
    if row.is_bad() {
        return None;
    }
    Some(Read1 {
        line: row.line(),
        person: NewPerson {
            name: name?,
            sex: told.or(said).unwrap_or(Sex::Unknown),
            birth: birth?,
            document: number?,
            phone,
            place: Some(place?),
            unit: None,
            household: None,
            role,
            hukou,
            disability,
            source: Source::Register,
        },
        building,
        unit,
        household,
    })
}

/// Reads the file on a thread of its own and hands over chunks of good rows, so that a district's file never lies parsed in
/// memory as a whole. The second row with the same number is a fault.
fn chunks(
    bytes: Arc<Vec<u8>>,
    limits: Limits,
    today: Day,
) -> (mpsc::Receiver<Vec<Read1>>, tokio::task::JoinHandle<Result<Outcome, SheetError>>) {
    let (send, receive) = mpsc::channel(4);
    let reader = tokio::task::spawn_blocking(move || {
        let mut seen: HashMap<u64, u32> = HashMap::new();
        let mut chunk = Vec::with_capacity(CHUNK);
        let outcome = linli_sheets::read(&bytes, &limits, COLUMNS, |row| {
            let Some(read) = read_row(row, today) else { return };
            let mut hasher = DefaultHasher::new();
            (read.person.document.kind(), read.person.document.value()).hash(&mut hasher);
            if let Some(first) = seen.get(&hasher.finish()) {
                row.fault("number", "doubled", &[first]);
                return;
            }
            seen.insert(hasher.finish(), read.line);
            chunk.push(read);
            if chunk.len() == CHUNK {
                // The other side gave up: the rest is read for its faults alone.
                let _ = send.blocking_send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)));
            }
        });
        if !chunk.is_empty() {
            let _ = send.blocking_send(chunk);
        }
        outcome
    });
    (receive, reader)
}

/// What the database knows against a row: the community must hold, the unit must be there.
fn settle(
    read: &mut Read<'_>,
    row: &mut Read1,
    today: Day,
) -> Result<Option<(&'static str, &'static str)>, DbError> {
    let Some(place) = row.person.place else { return Ok(Some(("community", "place"))) };
    if place.level() != Level::Community || linli_places::offers::by_code(read, place, today)?.is_none() {
        return Ok(Some(("community", "place")));
    }
    if !row.building.is_empty() && !row.unit.is_empty() {
        match linli_places::offers::unit_by_name(read, place, &row.building, &row.unit)? {
            Some(unit) => row.person.unit = Some(unit.id),
            None => return Ok(Some(("unit", "unit-unknown"))),
        }
    }
    Ok(None)
}

/// What one row became.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    New,
    Changed,
    Same,
}

/// Imports a file. `partial`: the good rows are written although others are bad; otherwise one bad row keeps everything out.
/// `progress` is told how many rows were written or found unchanged so far.
///
/// # Errors
/// If the file cannot be taken as a whole, the actor may not, or the database fails. Rows written before stay; running the
/// same file again goes on from there.
pub async fn import(
    house: &House,
    actor: &Actor,
    bytes: Vec<u8>,
    limits: Limits,
    partial: bool,
    progress: impl Fn(u64),
) -> Result<Report, ImportError> {
    let bytes = Arc::new(bytes);
    let today = house.now().day();
    let mut report = check(house, Arc::clone(&bytes), limits, today).await?;
    if report.bad_rows > 0 && !partial {
        return Ok(report);
    }
    report.applied = true;
    let (mut receive, reader) = chunks(bytes, limits, today);
    while let Some(chunk) = receive.recv().await {
        let became = house.act(actor, move |act| write_chunk(act, &chunk, today)).await?;
        for b in became {
            match b {
                Some(Became::New) => report.created += 1,
                Some(Became::Changed) => report.changed += 1,
                Some(Became::Same) => report.same += 1,
                None => {}
            }
        }
        progress(report.created + report.changed + report.same);
    }
    reader.await.map_err(|_| ImportError::Stopped)??;
    Ok(report)
}

/// Looks at every row and writes nothing.
async fn check(
    house: &House,
    bytes: Arc<Vec<u8>>,
    limits: Limits,
    today: Day,
) -> Result<Report, ImportError> {
    let (mut receive, reader) = chunks(bytes, limits, today);
    let mut faults: Vec<RowFault> = Vec::new();
    let (mut total, mut bad_rows) = (0u32, 0u32);
    while let Some(chunk) = receive.recv().await {
        let found = house
            .read(move |r| {
                let mut found = Vec::new();
                for row in &chunk {
                    let mut row = row.clone();
                    if let Some((key, kind)) = settle(r, &mut row, today)? {
                        found.push((row.line, key, kind));
                    }
                }
                Ok::<_, DbError>(found)
            })
            .await?;
        for (line, key, kind) in found {
            total += 1;
            bad_rows += 1;
            if faults.len() < 1_000 {
                let column = COLUMNS.iter().find(|c| c.key == key).and_then(|c| c.names.first());
                let column = (*column.unwrap_or(&key)).to_owned();
                faults.push(RowFault { line, column, kind: kind.to_owned(), args: Vec::new() });
            }
        }
    }
    let outcome = reader.await.map_err(|_| ImportError::Stopped)??;
    faults.extend(outcome.faults.list.iter().cloned());
    faults.sort_by_key(|f| f.line);
    faults.truncate(1_000);
    Ok(Report {
        rows: outcome.rows,
        bad_rows: bad_rows + outcome.faults.bad_rows,
        faults_total: total + outcome.faults.total,
        faults,
        ignored: outcome.ignored,
        ..Report::default()
    })
}

/// Writes one chunk in one act. `None`: a row that no longer fits (a unit closed since it was looked at).
fn write_chunk(
    act: &mut Act<'_, '_>,
    chunk: &[Read1],
    today: Day,
) -> Result<Vec<Option<Became>>, PeopleError> {
    let mut may: Option<PlaceCode> = None;
    let mut out = Vec::with_capacity(chunk.len());
    for row in chunk {
        let mut row = row.clone();
        if act.actor.who != Who::System && may != row.person.place {
            on_registrar_duty(act, row.person.place)?;
            may = row.person.place;
        }
        if settle(act, &mut row, today)?.is_some() {
            out.push(None);
            continue;
        }
        if !row.household.is_empty() {
            row.person.household = Some(register::household(act, Some(&row.household), row.person.place)?);
        }
        out.push(Some(write_row(act, &row.person)?));
    }
    Ok(out)
}

fn write_row(act: &mut Act<'_, '_>, new: &NewPerson) -> Result<Became, PeopleError> {
    let house = act.house;
    let key = store::document_key(house.vault(), &new.document);
    let Some((id,)) = act.opt(&store::BY_DOCUMENT, (key,))? else {
        return Ok(register::create(act, new)?.map_or(Became::Same, |_| Became::New));
    };
    let mut person = store::load(act, house.vault(), id)?.ok_or(PeopleError::Missing)?;
    let former = update(&mut person, new);
    if former.is_empty() {
        return Ok(Became::Same);
    }
    person.source = Source::Register;
    person.source_day = act.now().day();
    store::save(act, house.vault(), &person)?;
    log_update(act, id, &person, &former)?;
    Ok(Became::Changed)
}

fn log_update(
    act: &mut Act<'_, '_>,
    id: PersonId,
    person: &Person,
    former: &serde_json::Map<String, serde_json::Value>,
) -> Result<(), DbError> {
    let mut entry = Entry::new(Subject::new("person", id), "people.updated")
        .state(person.state.word())
        .person(id)
        .content(&serde_json::json!({ "former": former }));
    if let Some(place) = person.place {
        entry = entry.place(place);
    }
    act.log(entry)?;
    Ok(())
}

/// Takes over what the register says otherwise; gives the former values. What was corrected here by decision, and the phone
/// with which she signs in, stay. What the register leaves empty stays too.
fn update(person: &mut Person, new: &NewPerson) -> serde_json::Map<String, serde_json::Value> {
    let mut former = serde_json::Map::new();
    if matches!(person.state, State::Dead | State::Erased | State::Merged) {
        return former;
    }
    let decided: Vec<String> =
        person.sources.iter().filter(|(_, s, _)| s == "correction").map(|(f, _, _)| f.clone()).collect();
    let free = |field: &str| !decided.iter().any(|d| d == field);
    macro_rules! take {
        ($field:ident, $value:expr, $show:expr) => {
            if free(stringify!($field)) && person.$field != $value {
                former.insert(stringify!($field).to_owned(), $show.into());
                person.$field = $value;
            }
        };
    }
    take!(name, Some(new.name.clone()), person.name.as_ref().map(|n| n.as_str().to_owned()));
    take!(sex, new.sex, person.sex.word());
    take!(birth, Some(new.birth), person.birth.map(|d| d.to_string()));
    if new.phone.is_some() && !person.account {
        take!(phone, new.phone.clone(), person.phone.as_ref().map(|p| p.value().to_owned()));
    }
    let moved = free("place") && person.place != new.place;
    take!(place, new.place, person.place.map(|p| p.to_string()));
    // A unit belongs to its community: with another community the former unit is not hers.
    if free("place") && (new.unit.is_some() || moved) {
        take!(unit, new.unit, person.unit.map(|u| u.to_string()));
    }
    if new.household.is_some() {
        take!(household, new.household, person.household.map(|h| h.to_string()));
    }
    if new.role.is_some() {
        take!(role, new.role, person.role.map(|r| r.word()));
    }
    take!(hukou, new.hukou, person.hukou);
    take!(disability, new.disability, person.disability.map(Disability::level));
    former
}
