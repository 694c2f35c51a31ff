//! The editor of notice texts: what each kind says, what it said, how a new text would be read, proposing it; tables out and in.

use askama::Template;
use linli_base::Day;
use linli_rules::exchange::{sent, taken};
use linli_rules::proposals::{self, propose};
use linli_rules::{KEEPER, RuleError};
use linli_sheets::{Column, Faults, SheetError};
use linli_web::ui::{Chip, Errors, Field, Kind, Row, Rows, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::kind::{NoticeKind, notice_kinds, placeholders};
use crate::texts::{self, TEXT, TextContent};

#[derive(Template)]
#[template(path = "texts.html")]
struct ListPage {
    f: Frame,
    w: Words,
    errors: Errors,
    said: String,
    rows: Rows,
    keeper: bool,
}

struct Version {
    from: String,
    chip: Chip,
    zh: String,
    en: String,
    by: String,
}

#[derive(Template)]
#[template(path = "text.html")]
struct TextPage {
    f: Frame,
    w: Words,
    errors: Errors,
    key: &'static str,
    names: String,
    zh: Field,
    en: Field,
    from: Field,
    why: Field,
    preview: Vec<(String, Vec<String>)>,
    versions: Vec<Version>,
    /// Proposals that wait, by address and who proposed.
    open: Vec<(String, String)>,
    keeper: bool,
}

async fn list_page(req: &Req, wrong: Vec<(String, String)>, said: String) -> Result<Reply, Fault> {
    let (today, lang) = (req.now().day(), req.lang());
    let rows = req
        .read(move |r| {
            notice_kinds()
                .into_iter()
                .map(|kind| {
                    let (zh, en) = texts::at(r, kind, today)?;
                    let changed = zh != kind.zh || en != kind.en;
                    Ok((kind.key, lang.pick(&zh, &en).into_owned(), changed))
                })
                .collect::<Result<Vec<_>, linli_db::DbError>>()
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let rows = rows
        .into_iter()
        .map(|(key, text, changed)| Row {
            href: format!("/office/notice-texts/{key}"),
            title: text,
            detail: key.to_owned(),
            chip: changed.then(|| Chip::new(Tone::Done, w.text_changed())),
        })
        .collect();
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ListPage {
        rows: Rows::new(rows, w.none()),
        keeper: req.actor().holds_any(&KEEPER).is_ok(),
        errors,
        said,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    list_page(&req, Vec::new(), String::new()).await
}

fn asked(req: &Req) -> Result<&'static NoticeKind, Fault> {
    let key: String = req.path("key")?;
    texts::find(&key).ok_or_else(|| Missing.into())
}

async fn text_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let kind = asked(req)?;
    let (today, house) = (req.now().day(), req.house().clone());
    let (now, past, open) = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let now = texts::at(r, kind, today)?;
            let mut past = Vec::new();
            for row in r.all(&texts::HISTORY, (kind.key,))? {
                let by = directory.0.staff_name(r, row.set_by)?.unwrap_or_default();
                past.push((row, by));
            }
            let mut open = Vec::new();
            for p in proposals::of(r, TEXT, kind.key)? {
                if p.state == proposals::ProposalState::Proposed {
                    let by = directory.0.staff_name(r, p.proposed_by)?.unwrap_or_default();
                    open.push((format!("/office/proposals/{}", p.id), by));
                }
            }
            Ok::<_, RuleError>((now, past, open))
        })
        .await?;
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let typed = |name: &str, stands: &str| {
        if form.has(name) { form.raw(name).to_owned() } else { stands.to_owned() }
    };
    let shown = TextContent { zh: typed("zh", &now.0), en: typed("en", &now.1) };
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    let mut in_force = true;
    let mut versions: Vec<Version> = past
        .into_iter()
        .map(|(row, by)| {
            let chip = if row.from_day > today {
                Chip::new(Tone::Due, w.text_coming())
            } else if std::mem::take(&mut in_force) {
                Chip::new(Tone::Done, w.text_live())
            } else {
                Chip::new(Tone::Plain, w.text_archived())
            };
            Version {
                from: row.from_day.to_string(),
                chip,
                zh: row.zh,
                en: row.en,
                by: format!("{by} · {}", row.set_at.day()),
            }
        })
        .collect();
    versions.push(Version {
        from: "–".to_owned(),
        chip: if in_force {
            Chip::new(Tone::Done, w.text_live())
        } else {
            Chip::new(Tone::Plain, w.text_archived())
        },
        zh: kind.zh.to_owned(),
        en: kind.en.to_owned(),
        by: w.text_delivered().to_owned(),
    });
    let names = placeholders(kind.zh).unwrap_or_default();
    Ok(Reply::page(&TextPage {
        key: kind.key,
        names: names.iter().map(|n| format!("{{{n}}}")).collect::<Vec<_>>().join(" "),
        preview: texts::preview(w, kind, &shown, req.origin()),
        zh: Field::new("zh", w.text_zh(), &shown.zh).kind(Kind::Lines).error(errors.of("zh")),
        en: Field::new("en", w.text_en(), &shown.en).kind(Kind::Lines).error(errors.of("en")),
        from: Field::new("from", w.text_from(), &typed("from", &today.to_string()))
            .kind(Kind::Day)
            .error(errors.of("from")),
        why: Field::new("why", w.text_why(), &typed("why", "")).error(errors.of("why")),
        versions,
        open,
        keeper: req.actor().holds_any(&KEEPER).is_ok(),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    text_page(&req, Vec::new()).await
}

fn told(w: Words, e: RuleError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        RuleError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or_else(|| w.text_wrong()).to_owned()))
            .collect()),
        other => Err(other.into()),
    }
}

/// Shows how a text would be read, or proposes it.
pub(crate) async fn change(req: Req) -> Result<Reply, Fault> {
    let (kind, w, form) = (asked(&req)?, req.words::<Words>(), req.form());
    let new = TextContent { zh: form.text("zh"), en: form.text("en") };
    if form.raw("do") != "propose" {
        let wrong = texts::faults(kind, &new);
        let words = |k: &str| w.by_key(k).unwrap_or_else(|| w.text_wrong()).to_owned();
        let wrong = wrong.into_iter().map(|(field, k)| (field.to_owned(), words(k))).collect();
        return text_page(&req, wrong).await;
    }
    let Ok(from) = form.text("from").parse::<Day>() else {
        return text_page(&req, vec![("from".to_owned(), w.text_wrong().to_owned())]).await;
    };
    let why = form.text("why");
    let content = serde_json::to_value(&new).map_err(|_| RuleError::Stored)?;
    match req.act(move |act| propose(act, TEXT, kind.key, &content, from, &why)).await {
        Ok(id) => Ok(Reply::see_other(&format!("/office/proposals/{id}")).flash(w.text_proposed())),
        Err(e) => text_page(&req, told(w, e)?).await,
    }
}

const HEADER: [&str; 3] = ["kind", "zh", "en"];
const COLUMNS: [Column; 3] = [
    Column::need("kind", &["kind", "种类"]),
    Column::need("zh", &["zh", "中文"]),
    Column::need("en", &["en", "英文"]),
];

pub(crate) async fn export(req: Req) -> Result<Reply, Fault> {
    let today = req.now().day();
    let rows = req
        .read(move |r| {
            notice_kinds()
                .into_iter()
                .map(|kind| {
                    let (zh, en) = texts::at(r, kind, today)?;
                    Ok(vec![kind.key.to_owned(), zh, en])
                })
                .collect::<Result<Vec<_>, linli_db::DbError>>()
        })
        .await?;
    sent(&req, "notice-texts", &HEADER, rows)
}

fn wrong_file(req: &Req, read: Result<Faults, SheetError>) -> Vec<(String, String)> {
    let w: Words = req.words();
    match read {
        Err(e) => vec![("file".to_owned(), linli_sheets::sheet_words(&e, req.lang()))],
        Ok(faults) => faults
            .list
            .iter()
            .take(20)
            .map(|fault| {
                let what = linli_sheets::fault_words(fault, req.lang())
                    .or_else(|| w.by_key(&fault.kind).map(str::to_owned))
                    .unwrap_or_else(|| w.text_wrong().to_owned());
                ("file".to_owned(), w.line_wrong(&fault.column, &fault.line, &what))
            })
            .collect(),
    }
}

/// What differs from what holds becomes a proposal from today on.
pub(crate) async fn import(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let Some(file) = req.form().upload("file") else {
        return list_page(&req, vec![("file".to_owned(), w.file_missing().to_owned())], String::new()).await;
    };
    let mut found: Vec<(&'static NoticeKind, TextContent)> = Vec::new();
    let read = taken(&file.bytes, &COLUMNS, |row| {
        let (key, zh, en) = (row.need("kind", 100), row.need("zh", 500), row.need("en", 500));
        let (Some(key), Some(zh), Some(en)) = (key, zh, en) else { return };
        let Some(kind) = texts::find(&key) else {
            row.fault("kind", "other", &[]);
            return;
        };
        let new = TextContent { zh, en };
        let wrong = texts::faults(kind, &new);
        for (field, what) in &wrong {
            row.fault(field, what, &[]);
        }
        if wrong.is_empty() {
            found.push((kind, new));
        }
    });
    match read {
        Ok(faults) if faults.is_empty() => {}
        other => {
            let wrong = wrong_file(&req, other);
            return list_page(&req, wrong, String::new()).await;
        }
    }
    let why = file.name.chars().take(100).collect::<String>();
    let n = req
        .act(move |act| {
            let today = act.now().day();
            let mut n = 0usize;
            for (kind, new) in &found {
                let (zh, en) = texts::at(act, kind, today)?;
                if zh != new.zh || en != new.en {
                    let content = serde_json::to_value(new).map_err(|_| RuleError::Stored)?;
                    propose(act, TEXT, kind.key, &content, today, &why)?;
                    n += 1;
                }
            }
            Ok::<_, RuleError>(n)
        })
        .await?;
    list_page(&req, Vec::new(), w.imported(&n)).await
}
