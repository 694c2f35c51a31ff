//! Items as files: one or many whole, as one JSON form; the main parts of many as a table. What comes in is looked at row by row before
//! anything is taken, and becomes drafts, never live.

use linli_catalogue::offers::{self as catalogue, ItemState, Standing};
use linli_db::Read;
use linli_guide::{Guide, Papers};
use linli_sheets::{Column, Faults, Limits, SheetError};
use linli_web::Req;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::codec::{self, at, put_at};
use crate::error::DraftingError;
use crate::shape::{self, Choice};
use crate::{EDITOR, acts, store};

/// An item as a file: the form of the JSON export.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filed {
    pub key: String,
    /// The version that was exported; told, and not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub guide: Guide,
}

/// What a column of the table holds.
enum Cell {
    Text,
    Number,
    /// Several, parted by `；`.
    Words,
    One(&'static [Choice]),
    Department,
}

/// A column: its name, where it stands in the document, what it holds.
type TableColumn = (&'static str, &'static str, Cell);

const TABLE: &[TableColumn] = &[
    ("name_zh", "name.zh", Cell::Text),
    ("name_en", "name.en", Cell::Text),
    ("summary_zh", "summary.zh", Cell::Text),
    ("summary_en", "summary.en", Cell::Text),
    ("words", "words", Cell::Words),
    ("department", "department", Cell::Department),
    ("level", "level", Cell::One(shape::LEVELS)),
    ("persons", "persons", Cell::One(shape::PERSONS)),
    ("topic_zh", "topic.zh", Cell::Text),
    ("topic_en", "topic.en", Cell::Text),
    ("kind_zh", "kind.zh", Cell::Text),
    ("kind_en", "kind.en", Cell::Text),
    ("pace", "pace", Cell::One(shape::PACES)),
    ("legal_days", "legal_days", Cell::Number),
    ("promised_days", "promised_days", Cell::Number),
    ("limit_note_zh", "limit_note.zh", Cell::Text),
    ("limit_note_en", "limit_note.en", Cell::Text),
    ("fee_zh", "fee.zh", Cell::Text),
    ("fee_en", "fee.en", Cell::Text),
    ("result_zh", "result.zh", Cell::Text),
    ("result_en", "result.en", Cell::Text),
    ("where_zh", "where.zh", Cell::Text),
    ("where_en", "where.en", Cell::Text),
    ("phone", "phone", Cell::Text),
    ("declared_visits", "declared_visits", Cell::Number),
    ("source_zh", "source.zh", Cell::Text),
    ("source_en", "source.en", Cell::Text),
];

/// What the table tells beside: derived, and not read.
const DERIVED: [&str; 2] = ["visits_best", "visits_worst"];

const COLUMNS: [Column; 28] = [
    Column::need("key", &["key", "标识"]),
    Column::may("name_zh", &["name_zh", "名称"]),
    Column::may("name_en", &["name_en", "英文名称"]),
    Column::may("summary_zh", &["summary_zh", "一句话说明"]),
    Column::may("summary_en", &["summary_en"]),
    Column::may("words", &["words", "别的说法"]),
    Column::may("department", &["department", "部门代码"]),
    Column::may("level", &["level", "层级"]),
    Column::may("persons", &["persons", "对象"]),
    Column::may("topic_zh", &["topic_zh", "主题"]),
    Column::may("topic_en", &["topic_en"]),
    Column::may("kind_zh", &["kind_zh", "事项类型"]),
    Column::may("kind_en", &["kind_en"]),
    Column::may("pace", &["pace", "办件类型"]),
    Column::may("legal_days", &["legal_days", "法定时限"]),
    Column::may("promised_days", &["promised_days", "承诺时限"]),
    Column::may("limit_note_zh", &["limit_note_zh", "时限说明"]),
    Column::may("limit_note_en", &["limit_note_en"]),
    Column::may("fee_zh", &["fee_zh", "费用"]),
    Column::may("fee_en", &["fee_en"]),
    Column::may("result_zh", &["result_zh", "结果"]),
    Column::may("result_en", &["result_en"]),
    Column::may("where_zh", &["where_zh", "地点"]),
    Column::may("where_en", &["where_en"]),
    Column::may("phone", &["phone", "电话"]),
    Column::may("declared_visits", &["declared_visits", "公布的跑腿次数"]),
    Column::may("source_zh", &["source_zh", "来源"]),
    Column::may("source_en", &["source_en"]),
];

/// The head of the table.
#[must_use]
pub fn head() -> Vec<&'static str> {
    std::iter::once("key").chain(TABLE.iter().map(|c| c.0)).chain(DERIVED).collect()
}

/// An item as a row of the table.
#[must_use]
pub fn row(key: &str, guide: &Guide) -> Vec<String> {
    let document = codec::document(guide);
    let text = |v: &Value| match v {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    };
    let mut out = vec![key.to_owned()];
    for (_, path, cell) in TABLE {
        let value = at(&document, path);
        out.push(match cell {
            Cell::Words => value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("；"),
            Cell::Department => text(at(value, "code")),
            _ => text(value),
        });
    }
    let (best, worst) = linli_guide::visits::best_and_worst(guide);
    out.extend([best.to_string(), worst.to_string()]);
    out
}

/// What is wrong with a file: line or number of the item, column or path, words key of this crate or of `sheets`, argument.
#[derive(Clone, Debug)]
pub struct Bad {
    pub line: u32,
    pub column: String,
    pub kind: String,
    pub arg: String,
}

/// An item of a file as it would be taken.
#[derive(Clone, Debug)]
pub struct Planned {
    pub filed: Filed,
    /// There is no such item yet.
    pub new: bool,
    /// What is other than in the live text: so many parts.
    pub changed: usize,
}

/// A file that was looked at.
#[derive(Debug, Default)]
pub struct Look {
    pub bad: Vec<Bad>,
    pub planned: Vec<Planned>,
    /// Those that say what is live already.
    pub same: usize,
}

/// Items that one file may bring.
pub const MOST_ITEMS: usize = 200;

/// One row of a table: line, key, and for each column of the file its text.
struct Raw {
    line: u32,
    key: String,
    cells: Vec<(usize, String)>,
}

/// A file as it came: whole items, or rows of the table.
enum Came {
    Whole(Vec<(u32, Filed)>),
    Rows(Vec<Raw>),
}

fn documents(bytes: &[u8], bad: &mut Vec<Bad>) -> Option<Vec<(u32, Filed)>> {
    let start = bytes.trim_ascii_start();
    if !(start.starts_with(b"{") || start.starts_with(b"[")) {
        return None;
    }
    let values: Vec<Value> = match serde_json::from_slice(bytes) {
        Ok(Value::Array(all)) => all,
        Ok(one) => vec![one],
        Err(e) => {
            let (line, column) = (u32::try_from(e.line()).unwrap_or(0), e.column().to_string());
            bad.push(Bad { line, column, kind: "bad-json".to_owned(), arg: String::new() });
            return Some(Vec::new());
        }
    };
    let mut out = Vec::new();
    for (n, value) in (1u32..).zip(values) {
        // No database keeps the character NUL.
        let text = value.to_string();
        match serde_json::from_value::<Filed>(value) {
            Ok(filed) if !text.contains("\\u0000") => out.push((n, filed)),
            Ok(_) => bad.push(Bad {
                line: n,
                column: String::new(),
                kind: "bad-form".to_owned(),
                arg: String::new(),
            }),
            Err(e) => bad.push(Bad {
                line: n,
                column: String::new(),
                kind: "bad-document".to_owned(),
                arg: e.to_string(),
            }),
        }
    }
    Some(out)
}

fn table(bytes: &[u8]) -> Result<(Vec<Raw>, Faults), SheetError> {
    let mut rows = Vec::new();
    let read = linli_sheets::read(bytes, &Limits::default(), &COLUMNS, |row| {
        let Some(key) = row.need("key", 60) else { return };
        let mut cells = Vec::new();
        for (i, (column, _, _)) in TABLE.iter().enumerate() {
            if row.has(column)
                && let Some(text) = row.may_lines(column, 2_000)
            {
                cells.push((i, text));
            }
        }
        if !row.is_bad() {
            rows.push(Raw { line: row.line(), key, cells });
        }
    })?;
    Ok((rows, read.faults))
}

/// The row put into a guide; what is wrong, by column.
fn put_row(
    raw: &Raw,
    guide: &Guide,
    departments: &[(String, String, String)],
    bad: &mut Vec<Bad>,
) -> Option<Guide> {
    let mut document = codec::document(guide);
    let before = bad.len();
    for (i, text) in &raw.cells {
        let Some((column, path, cell)) = TABLE.get(*i) else { continue };
        let mut wrong = |kind: &str| {
            bad.push(Bad {
                line: raw.line,
                column: (*column).to_owned(),
                kind: kind.to_owned(),
                arg: String::new(),
            });
        };
        let value = match cell {
            Cell::Text => Value::from(text.as_str()),
            Cell::Words => codec::words(text),
            Cell::Number if text.is_empty() && *path == "declared_visits" => {
                if let Value::Object(all) = &mut document {
                    all.remove(*path);
                }
                continue;
            }
            Cell::Number => match text.parse::<u16>() {
                Ok(n) => Value::from(n),
                Err(_) => {
                    wrong("wrong-number");
                    continue;
                }
            },
            Cell::One(choices) if choices.iter().any(|c| c.0 == text) => Value::from(text.as_str()),
            Cell::One(_) => {
                wrong("wrong-word");
                continue;
            }
            Cell::Department => {
                let found = departments.iter().find(|(_, code, _)| code == text);
                let cells: Vec<&str> = found.map(|d| d.0.splitn(3, '|').collect()).unwrap_or_default();
                let [code, zh, en] = cells[..] else {
                    wrong("wrong-department");
                    continue;
                };
                serde_json::json!({ "code": code, "zh": zh, "en": en })
            }
        };
        put_at(&mut document, path, value);
    }
    if bad.len() > before { None } else { codec::guide(&document) }
}

/// Reads a file and says what would become of each of its items. Nothing is written.
///
/// # Errors
/// If the file as a whole cannot be read.
pub async fn look(
    req: &Req,
    bytes: &[u8],
    departments: Vec<(String, String, String)>,
) -> Result<Result<Look, SheetError>, DraftingError> {
    let mut look = Look::default();
    let came = match documents(bytes, &mut look.bad) {
        Some(all) => Came::Whole(all),
        None => match table(bytes) {
            Ok((rows, faults)) => {
                let told = |f: &linli_sheets::RowFault| Bad {
                    line: f.line,
                    column: f.column.clone(),
                    kind: f.kind.clone(),
                    arg: f.args.join(" "),
                };
                look.bad.extend(faults.list.iter().map(told));
                Came::Rows(rows)
            }
            Err(e) => return Ok(Err(e)),
        },
    };
    let many = match &came {
        Came::Whole(all) => all.len(),
        Came::Rows(rows) => rows.len(),
    };
    if many > MOST_ITEMS {
        let kind = "bad-too-many".to_owned();
        look.bad.push(Bad { line: 0, column: String::new(), kind, arg: MOST_ITEMS.to_string() });
        return Ok(Ok(look));
    }
    let (actor, house, bad) = (req.actor().clone(), req.house().clone(), look.bad);
    let came = std::sync::Arc::new(came);
    let found = req
        .read(move |r| {
            let mut look = Look { bad: bad.clone(), ..Look::default() };
            let papers = catalogue::papers(r, &house)?;
            match came.as_ref() {
                Came::Whole(all) => {
                    for (line, filed) in all {
                        let stands = catalogue::standing(r, &filed.key)?;
                        plan(r, &actor, *line, filed.clone(), stands.as_ref(), &papers, &mut look)?;
                    }
                }
                Came::Rows(rows) => {
                    for raw in rows {
                        let stands = catalogue::standing(r, &raw.key)?;
                        let guide = stands.as_ref().map_or_else(linli_guide::blank, |s| s.guide.clone());
                        let Some(guide) = put_row(raw, &guide, &departments, &mut look.bad) else { continue };
                        let filed = Filed { key: raw.key.clone(), version: None, guide };
                        plan(r, &actor, raw.line, filed, stands.as_ref(), &papers, &mut look)?;
                    }
                }
            }
            Ok::<_, DraftingError>(look)
        })
        .await?;
    Ok(Ok(found))
}

fn plan(
    read: &mut Read<'_>,
    actor: &linli_acts::Actor,
    line: u32,
    filed: Filed,
    stands: Option<&Standing>,
    papers: &Papers,
    look: &mut Look,
) -> Result<(), DraftingError> {
    let mut bad = |column: &str, kind: &str, arg: &str| {
        look.bad.push(Bad { line, column: column.to_owned(), kind: kind.to_owned(), arg: arg.to_owned() });
    };
    if stands.is_none() && !acts::is_key(&filed.key) {
        bad("key", "bad-key", "");
        return Ok(());
    }
    if look.planned.iter().any(|p| p.filed.key == filed.key) {
        bad("key", "bad-twice", "");
        return Ok(());
    }
    if stands.is_some_and(|s| s.state == ItemState::Retired) {
        bad("key", "item-retired", "");
        return Ok(());
    }
    if read.opt(&store::OPEN, (filed.key.as_str(),))?.is_some() {
        bad("key", "draft-in-hand", "");
        return Ok(());
    }
    let mine = |r: &mut Read<'_>, code: &str| acts::allowed(r, actor, &EDITOR, code);
    let before = match stands {
        Some(s) => mine(read, &s.guide.department.code)?,
        None => true,
    };
    if !before || !mine(read, &filed.guide.department.code)? {
        bad("department", "not-your-department", "");
        return Ok(());
    }
    // A column of the table where there is one, else the path in the document.
    let column = |path: &str| TABLE.iter().find(|c| c.1 == path).map_or(path.to_owned(), |c| c.0.to_owned());
    let (document, wrong) = codec::retyped(&codec::document(&filed.guide));
    let guide = codec::guide(&document).filter(|_| wrong.is_empty());
    let Some(guide) = guide else {
        wrong.iter().for_each(|(path, code)| bad(&column(path), code, ""));
        return Ok(());
    };
    let filed = Filed { guide, ..filed };
    let faults = acts::faults(&filed.guide, &linli_catalogue::abolished::all(read)?, papers);
    if !faults.is_empty() {
        faults.iter().for_each(|(path, code, arg)| bad(&column(path), code, arg));
        return Ok(());
    }
    let changed = match stands {
        Some(s) if s.guide == filed.guide => {
            look.same += 1;
            return Ok(());
        }
        Some(s) => crate::compare::count(&codec::document(&s.guide), &codec::document(&filed.guide)),
        None => 0,
    };
    look.planned.push(Planned { new: stands.is_none(), changed, filed });
    Ok(())
}
