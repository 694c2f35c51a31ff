//! Divisions and addresses from a file, CSV or XLSX. Every row is tried before one is written; the good ones are put aside and
//! then switched live in chunks. The same file twice changes nothing, and an import that was interrupted goes on by itself.

use std::collections::HashSet;

use linli_acts::{Act, Actor, Entry, House, Job, JobError, JobRow, Subject, Who};
use linli_base::{Day, Instant, Level, PlaceCode, text};
use linli_db::{DbError, Json, Read};
use linli_sheets::{Column, Faults, Limits, Outcome, Row, RowFault, SheetError};
use linli_words::Lang;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::acts::{self, PlacesError};
use crate::domain::{
    ADDRESS_MAX, BUILDING_MAX, DivisionRow, Dwelling, ImportId, Ledger, NAME_EN_MAX, NAME_ZH_MAX, Step,
    UNIT_MAX,
};
use crate::store::{self, Import, ImportKind, ImportState};
use crate::{EDITOR, Words, offers};

/// Columns of a file of divisions.
pub const DIVISION_COLUMNS: &[Column] = &[
    Column::need("code", &["区划代码", "代码", "code"]),
    Column::need("name", &["名称", "区划名称", "name", "name_zh"]),
    Column::may("name_en", &["英文名称", "英文名", "name_en"]),
    Column::may("valid_from", &["生效日期", "valid_from"]),
    Column::may("valid_to", &["失效日期", "valid_to"]),
];

/// Columns of a file of addresses: one row a unit; a row without a unit tells a building.
pub const DWELLING_COLUMNS: &[Column] = &[
    Column::need("community", &["社区代码", "所属社区", "community"]),
    Column::need("building", &["楼栋", "楼栋名称", "building"]),
    Column::may("address", &["地址", "路名门牌", "address"]),
    Column::may("unit", &["房号", "单元房号", "unit"]),
];

/// Enough for every dwelling of a district of two million.
pub const LIMITS: Limits =
    Limits { bytes: 128 << 20, unpacked: 1 << 30, rows: 1_000_000, columns: 100, cell: 200 };
/// What a browser may send.
pub const UPLOAD_LIMITS: Limits =
    Limits { bytes: 16 << 20, unpacked: 256 << 20, rows: 200_000, columns: 100, cell: 200 };

/// Rows put aside or applied in one act.
const CHUNK: usize = 300;
const MOST_FAULTS: usize = 1_000;

/// A row as it is put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Staged {
    Division(DivisionRow),
    Dwelling(Dwelling),
}

/// A good row, with its line.
type Good = (u32, Staged);

/// An import failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error(transparent)]
    Places(#[from] PlacesError),
    #[error("the reader of the file stopped")]
    Stopped,
}

impl From<DbError> for ImportError {
    fn from(e: DbError) -> Self {
        Self::Places(e.into())
    }
}

/// The words of a bad row.
#[must_use]
pub fn fault_words(fault: &RowFault, lang: Lang) -> String {
    let w = Words(lang);
    let other = || w.by_key(&fault.kind).unwrap_or_else(|| w.value_wrong()).to_owned();
    linli_sheets::fault_words(fault, lang).unwrap_or_else(other)
}

fn division(row: &mut Row<'_>) -> Option<DivisionRow> {
    let code = row.parse::<PlaceCode>("code", "bad-code");
    let name_zh = row.need("name", NAME_ZH_MAX);
    let name_en = row.may("name_en", NAME_EN_MAX);
    let (valid_from, valid_to) = (row.day_may("valid_from"), row.day_may("valid_to"));
    let name_en = if row.has("name_en") { Some(name_en?) } else { None };
    Some(DivisionRow {
        code: code?,
        name_zh: name_zh?,
        name_en,
        valid_from: valid_from?,
        valid_to: valid_to?,
    })
}

fn dwelling(row: &mut Row<'_>) -> Option<Dwelling> {
    let community = row.parse::<PlaceCode>("community", "bad-code");
    let building = row.need("building", BUILDING_MAX);
    let address = row.may("address", ADDRESS_MAX);
    let unit = row.may("unit", UNIT_MAX);
    Some(Dwelling {
        community: community?,
        building: building?,
        address: address?,
        unit: Some(unit?).filter(|u| !u.is_empty()),
    })
}

/// What was read of a file, before the database was asked.
struct Parsed {
    kind: ImportKind,
    good: Vec<Good>,
    outcome: Outcome,
}

fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed, SheetError> {
    let mut good = Vec::new();
    let divisions = linli_sheets::read(bytes, limits, DIVISION_COLUMNS, |row| {
        if let Some(d) = division(row)
            && !row.is_bad()
        {
            good.push((row.line(), Staged::Division(d)));
        }
    });
    match divisions {
        // Not the columns of divisions: perhaps those of addresses. If neither, the shorter list of missing columns is told.
        Err(SheetError::MissingColumns(missing)) => {
            let mut good = Vec::new();
            let dwellings = linli_sheets::read(bytes, limits, DWELLING_COLUMNS, |row| {
                if let Some(d) = dwelling(row)
                    && !row.is_bad()
                {
                    good.push((row.line(), Staged::Dwelling(d)));
                }
            });
            match dwellings {
                Err(SheetError::MissingColumns(also)) if missing.len() <= also.len() => {
                    Err(SheetError::MissingColumns(missing))
                }
                other => other.map(|outcome| Parsed { kind: ImportKind::Dwellings, good, outcome }),
            }
        }
        other => other.map(|outcome| Parsed { kind: ImportKind::Divisions, good, outcome }),
    }
}

/// What the tables say to the rows: those that they would refuse become faults.
fn try_out(
    read: &mut Read<'_>,
    actor: &Actor,
    kind: ImportKind,
    good: Vec<Good>,
    outcome: &Outcome,
) -> Result<(Vec<Good>, Faults), DbError> {
    let today = read.now().day();
    let mut faults: Vec<RowFault> = outcome.faults.list.clone();
    let mut bad = |line: u32, kind: &str| {
        faults.push(RowFault { line, column: String::new(), kind: kind.to_owned(), args: Vec::new() });
    };
    let may = |code: PlaceCode| {
        actor.who == Who::System || actor.held.iter().any(|h| h.kind == EDITOR.key && h.place.contains(code))
    };
    let mut kept = Vec::with_capacity(good.len());
    match kind {
        ImportKind::Divisions => {
            let mut ledger = whole_ledger(read)?;
            let mut sorted = good;
            sorted.sort_by_key(|(line, s)| match s {
                Staged::Division(d) => (d.code.level(), d.valid_to.is_some(), d.valid_from, *line),
                Staged::Dwelling(_) => (Level::Community, false, None, *line),
            });
            // What begins comes from above, what ends from below.
            let (begins, ends): (Vec<_>, Vec<_>) = sorted
                .into_iter()
                .partition(|(_, s)| !matches!(s, Staged::Division(d) if ends_known(&ledger, d)));
            for (line, staged) in begins.into_iter().chain(ends.into_iter().rev()) {
                let Staged::Division(d) = &staged else { continue };
                if !may(d.code) {
                    bad(line, "not-your-place");
                } else if let Err(wrong) = ledger.take(d, today) {
                    bad(line, wrong.kind());
                } else {
                    kept.push((line, staged));
                }
            }
        }
        ImportKind::Dwellings => {
            let mut known: HashSet<PlaceCode> = HashSet::new();
            let mut after = 0;
            loop {
                let page = offers::of_level(read, Level::Community, today, after, 1_000)?;
                let Some(last) = page.last() else { break };
                after = last.code.raw();
                known.extend(page.iter().map(|d| d.code));
            }
            for (line, staged) in good {
                let Staged::Dwelling(d) = &staged else { continue };
                if !known.contains(&d.community) {
                    bad(line, "no-community");
                } else if !may(d.community) {
                    bad(line, "not-your-place");
                } else {
                    kept.push((line, staged));
                }
            }
        }
    }
    faults.sort_by_key(|f| f.line);
    let beyond = outcome.faults.total.saturating_sub(u32::try_from(outcome.faults.list.len()).unwrap_or(0));
    let mut all = Faults::default();
    for fault in faults {
        all.push(fault);
    }
    all.total = all.total.saturating_add(beyond);
    Ok((kept, all))
}

/// Whether the row only ends something that is known already.
fn ends_known(ledger: &Ledger, row: &DivisionRow) -> bool {
    row.valid_to.is_some() && ledger.of(row.code).last().is_some_and(|d| d.valid_to.is_none())
}

fn whole_ledger(read: &mut Read<'_>) -> Result<Ledger, DbError> {
    let mut all = Vec::new();
    let mut after = (0i64, String::new());
    loop {
        let page = read.all(&store::ALL_DIVISIONS, (after.0, &after.1, 1_000))?;
        let Some(last) = page.last() else { break };
        after = (last.code.raw(), last.valid_from.to_string());
        all.extend(page);
    }
    Ok(Ledger::new(all))
}

fn subject(id: ImportId) -> Subject {
    Subject::new("place_import", id)
}

/// Reads a file, tries every row, and puts the good ones aside; a job then switches them live. With bad rows and without
/// `partial` the file is refused as a whole. The same file while it is still on its way gives the import that is under way.
///
/// # Errors
/// If the file as a whole cannot be read, or the database fails.
pub async fn stage(
    house: &House,
    actor: &Actor,
    file_name: &str,
    bytes: impl AsRef<[u8]> + Send + 'static,
    limits: Limits,
    partial: bool,
) -> Result<ImportId, ImportError> {
    let parsing = tokio::task::spawn_blocking(move || {
        let digest: [u8; 32] = Sha256::digest(bytes.as_ref()).into();
        parse(bytes.as_ref(), &limits).map(|p| (digest, p))
    });
    let (digest, parsed) = parsing.await.map_err(|_| ImportError::Stopped)??;
    let Parsed { kind, good, outcome } = parsed;
    let rows_total = outcome.rows;
    let asking = actor.clone();
    let tried = house.db().scan(move |r| try_out(r, &asking, kind, good.clone(), &outcome)).await?;
    let (kept, faults) = tried;
    let refused = !faults.is_empty() && !partial;
    let bad = rows_total.saturating_sub(u32::try_from(kept.len()).unwrap_or(u32::MAX));
    let file_name = text::cut(&text::tidy(file_name), 80);
    let begun = house
        .act(actor, move |act| {
            begin(act, digest, kind, &file_name, partial, refused, rows_total, bad, &faults)
        })
        .await?;
    let id = match begun {
        Begun::New(id) => id,
        Begun::UnderWay(id) => return Ok(id),
    };
    if refused {
        return Ok(id);
    }
    for (i, chunk) in kept.chunks(CHUNK).enumerate() {
        let chunk = chunk.to_vec();
        let first = i64::try_from(i * CHUNK).unwrap_or(i64::MAX);
        house
            .act(actor, move |act| {
                for (n, (line, staged)) in (first..).zip(&chunk) {
                    act.run(&store::STAGE, (id, n, *line, Json(staged)))?;
                }
                Ok::<_, PlacesError>(())
            })
            .await?;
    }
    house
        .act(actor, move |act| {
            move_on(act, id, ImportState::Staging, ImportState::Applying, "places.import_begun")?;
            act.enqueue(Job::new("places.import", &id).dedup(format!("places.import/{id}")))?;
            Ok::<_, PlacesError>(())
        })
        .await?;
    Ok(id)
}

enum Begun {
    New(ImportId),
    UnderWay(ImportId),
}

#[expect(clippy::too_many_arguments, reason = "the facts of one file, told once")]
fn begin(
    act: &mut Act<'_, '_>,
    digest: [u8; 32],
    kind: ImportKind,
    file_name: &str,
    partial: bool,
    refused: bool,
    rows: u32,
    bad: u32,
    faults: &Faults,
) -> Result<Begun, PlacesError> {
    if act.actor.who != Who::System {
        act.on_any_duty(&EDITOR)?;
    }
    let now = act.now();
    // One that stands still for an hour was lost while rows were put aside: it may come again.
    let lately: Instant = now.plus_seconds(-3_600);
    if let Some((id,)) = act.opt(&store::RUNNING_IMPORT, (digest, lately))? {
        return Ok(Begun::UnderWay(id));
    }
    let id: ImportId = act.next_id();
    let state = if refused { ImportState::Refused } else { ImportState::Staging };
    let staff = act.actor.officer().ok();
    let ended = refused.then_some(now);
    act.run(
        &store::INSERT_IMPORT,
        (id, digest, kind, state, partial, staff, file_name, rows, bad, faults.total, now, ended),
    )?;
    for (n, fault) in (1i64..).zip(faults.list.iter().take(MOST_FAULTS)) {
        act.run(&store::FAULT, (id, n, fault.line, &fault.column, &fault.kind, Json(&fault.args)))?;
    }
    let what = if refused { "places.import_refused" } else { "places.import_begun" };
    act.log(Entry::new(subject(id), what).state(state.word()))?;
    Ok(Begun::New(id))
}

fn move_on(
    act: &mut Act<'_, '_>,
    id: ImportId,
    from: ImportState,
    to: ImportState,
    what: &'static str,
) -> Result<(), PlacesError> {
    let ended = (to == ImportState::Done).then(|| act.now());
    if act.run_one(&store::IMPORT_STATE, (id, from, to, ended))? {
        act.log(Entry::new(subject(id), what).state(to.word()))?;
    }
    Ok(())
}

/// What a chunk did.
#[derive(Clone, Copy, Default)]
struct Did {
    rows: i64,
    created: i64,
    changed: i64,
}

impl Did {
    fn add(&mut self, staged: &Staged, step: Done) {
        self.rows += 1;
        match (staged, step) {
            (_, Done::Created) => self.created += 1,
            (_, Done::Changed) => self.changed += 1,
            (_, Done::Nothing) => {}
        }
    }
}

#[derive(Clone, Copy)]
enum Done {
    Nothing,
    Created,
    Changed,
}

fn apply_one(act: &mut Act<'_, '_>, staged: &Staged) -> Result<Done, PlacesError> {
    match staged {
        Staged::Division(row) => Ok(match acts::put_division(act, row)? {
            Step::Nothing => Done::Nothing,
            Step::Create => Done::Created,
            _ => Done::Changed,
        }),
        Staged::Dwelling(row) => {
            let (_, _, new) = acts::ensure_dwelling(act, row)?;
            Ok(if new { Done::Created } else { Done::Nothing })
        }
    }
}

/// Applies the next chunk. `Ok(false)`: nothing was left, the import is done.
fn apply_chunk(act: &mut Act<'_, '_>, id: ImportId, most: usize) -> Result<bool, PlacesError> {
    let rows = act.all(&store::STAGED, (id, most))?;
    let Some((last, _, _)) = rows.last() else {
        move_on(act, id, ImportState::Applying, ImportState::Done, "places.import_done")?;
        return Ok(false);
    };
    let last = *last;
    let mut did = Did::default();
    for (_, _, staged) in &rows {
        let done = apply_one(act, &staged.0)?;
        did.add(&staged.0, done);
    }
    act.run(&store::UNSTAGE, (id, last))?;
    act.run(&store::IMPORT_COUNTS, (id, did.rows, did.created, did.changed, 0))?;
    if did.created > 0 && matches!(rows.first(), Some((_, _, Json(Staged::Dwelling(_))))) {
        act.log(Entry::new(subject(id), "places.dwellings_put").content(&did.created))?;
    }
    Ok(true)
}

/// Puts the next row into the report instead of the tables: it was good when the file was tried, and somebody changed what it
/// rests on meanwhile.
fn set_aside(act: &mut Act<'_, '_>, id: ImportId, why: &str) -> Result<(), PlacesError> {
    let Some((n, line, _)) = act.all(&store::STAGED, (id, 1))?.into_iter().next() else { return Ok(()) };
    let next = act.one(&store::LAST_FAULT, (id,))?.0 + 1;
    let none: Vec<String> = Vec::new();
    act.run(&store::FAULT, (id, next, line, "", why, Json(none)))?;
    act.run(&store::UNSTAGE, (id, n))?;
    act.run(&store::IMPORT_COUNTS, (id, 0, 0, 0, 1))?;
    Ok(())
}

/// Switches everything live that was put aside.
///
/// # Errors
/// If the database fails.
pub async fn apply_all(house: &House, id: ImportId) -> Result<(), PlacesError> {
    let system = Actor::system();
    loop {
        match house.act(&system, move |act| apply_chunk(act, id, CHUNK)).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(PlacesError::Db(e)) => return Err(e.into()),
            // A row of the chunk does not fit any more: the chunk again, row by row.
            Err(_) => {
                for _ in 0..CHUNK {
                    match house.act(&system, move |act| apply_chunk(act, id, 1)).await {
                        Ok(true) => {}
                        Ok(false) => return Ok(()),
                        Err(PlacesError::Db(e)) => return Err(e.into()),
                        Err(e) => {
                            let why = linli_base::Problem::code(&e);
                            house.act(&system, move |act| set_aside(act, id, why)).await?;
                        }
                    }
                }
            }
        }
    }
}

async fn import_job(house: House, row: JobRow) -> Result<(), JobError> {
    let id: ImportId = row.read()?;
    apply_all(&house, id).await.map_err(|e| JobError::Retry(e.to_string()))
}

linli_acts::job! { "places.import" => import_job; }

/// What became of a file: for the command line.
#[derive(Clone, Debug)]
pub struct Report {
    pub import: Import,
    /// The first thousand bad rows, by line.
    pub faults: Vec<RowFault>,
}

impl Report {
    /// Whether nothing was written, because rows are bad and the whole file was wanted.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.import.state == ImportState::Refused
    }
}

/// The report of an import.
///
/// # Errors
/// If the database fails. `None` if there is no such import.
pub fn report(read: &mut Read<'_>, id: ImportId) -> Result<Option<Report>, DbError> {
    let Some(import) = read.opt(&store::IMPORT, (id,))? else { return Ok(None) };
    let faults = read.all(&store::FAULTS, (id, 0, 1_100))?;
    let faults = faults
        .into_iter()
        .map(|f| RowFault { line: f.line, column: f.col, kind: f.kind, args: f.args.0 })
        .collect();
    Ok(Some(Report { import, faults }))
}

/// Stages and applies at once, without waiting for a worker: `linli import places FILE`.
///
/// # Errors
/// As [`stage`].
pub async fn run(
    house: &House,
    file_name: &str,
    bytes: impl AsRef<[u8]> + Send + 'static,
    partial: bool,
) -> Result<Report, ImportError> {
    let id = stage(house, &Actor::system(), file_name, bytes, LIMITS, partial).await?;
    apply_all(house, id).await?;
    house.read(move |r| report(r, id)).await?.ok_or(ImportError::Stopped)
}

/// A file with nothing but the header: what to fill in.
#[must_use]
pub fn template(kind: ImportKind) -> Vec<u8> {
    let columns = match kind {
        ImportKind::Divisions => DIVISION_COLUMNS,
        ImportKind::Dwellings => DWELLING_COLUMNS,
    };
    let header: Vec<&str> = columns.iter().filter_map(|c| c.names.first().copied()).collect();
    linli_sheets::csv(&header, Vec::<Vec<String>>::new())
}

/// Every division that holds on a day, as CSV in the form that the import reads.
///
/// # Errors
/// If the database fails.
pub fn divisions_csv(read: &mut Read<'_>, day: Day) -> Result<Vec<u8>, DbError> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for level in [Level::District, Level::Street, Level::Community] {
        let mut after = 0;
        loop {
            let page = offers::of_level(read, level, day, after, 1_000)?;
            let Some(last) = page.last() else { break };
            after = last.code.raw();
            rows.extend(
                page.into_iter()
                    .map(|d| [d.code.to_string(), d.name_zh, d.name_en, d.valid_from.to_string()]),
            );
        }
    }
    rows.sort();
    Ok(linli_sheets::csv(&["区划代码", "名称", "英文名称", "生效日期"], rows))
}
