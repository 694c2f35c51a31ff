//! Import: the form, the report, the bad rows as a file.

use askama::Template;
use linli_web::ui::{Errors, Fact, Facts, Tick};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::domain::ImportId;
use crate::import::{self, ImportError, Report};
use crate::pages::office::state_words;
use crate::store::{ImportKind, ImportState};

#[derive(Template)]
#[template(path = "office_import.html")]
struct FormPage {
    f: Frame,
    w: Words,
    errors: Errors,
    file_error: String,
    partial: Tick,
}

fn form_page(req: &Req, wrong: Option<String>) -> Reply {
    let (f, w) = (req.frame(), req.words::<Words>());
    let file_error = wrong.clone().unwrap_or_default();
    let list: Vec<_> = wrong.into_iter().map(|words| ("file".to_owned(), words)).collect();
    let errors = Errors::new(f.words().errors_title(), list);
    let status = if errors.is_empty() { 200 } else { 422 };
    let partial = Tick::new("partial", w.partial(), req.form().has("partial")).hint(w.partial_hint());
    Reply::page(&FormPage { f, w, errors, file_error, partial }).status(status)
}

pub(crate) async fn form(req: Req) -> Result<Reply, Fault> {
    Ok(form_page(&req, None))
}

pub(crate) async fn take(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let Some(upload) = req.form().upload("file").cloned() else {
        return Ok(form_page(&req, Some(w.choose_file().to_owned())));
    };
    let partial = req.form().has("partial");
    let staged =
        import::stage(req.house(), req.actor(), &upload.name, upload.bytes, import::UPLOAD_LIMITS, partial)
            .await;
    match staged {
        Ok(id) => Ok(Reply::see_other(&format!("/office/places/imports/{id}"))),
        Err(ImportError::Sheet(e)) => Ok(form_page(&req, Some(linli_sheets::sheet_words(&e, req.lang())))),
        Err(ImportError::Places(e)) => Err(e.into()),
        Err(ImportError::Stopped) => Ok(form_page(&req, Some(w.value_wrong().to_owned()))),
    }
}

pub(crate) async fn template(req: Req) -> Result<Reply, Fault> {
    let kind: String = req.path("kind")?;
    let kind = ImportKind::from_word(&kind).ok_or(Missing)?;
    Ok(Reply::download("text/csv; charset=utf-8", &format!("{}.csv", kind.word()), import::template(kind)))
}

#[derive(Template)]
#[template(path = "office_import_report.html")]
struct ReportPage {
    f: Frame,
    w: Words,
    id: ImportId,
    file_name: String,
    state: ImportState,
    state_words: &'static str,
    facts: Facts,
    /// Line, column, reason.
    faults: Vec<(u32, String, String)>,
    more: bool,
}

/// How many bad rows the page shows; the file has up to a thousand.
const SHOWN: usize = 100;

async fn load(req: &Req, id: ImportId) -> Result<Report, Fault> {
    Ok(req.read(move |r| import::report(r, id)).await?.ok_or(Missing)?)
}

pub(crate) async fn report(req: Req) -> Result<Reply, Fault> {
    let id: ImportId = req.path("id")?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let Report { import: i, faults } = load(&req, id).await?;
    let mut facts = vec![
        Fact::new(w.rows_total(), i.rows_total),
        Fact::new(w.rows_bad(), i.rows_bad),
        Fact::new(w.rows_applied(), i.rows_applied),
        Fact::new(w.rows_created(), i.created),
        Fact::new(w.rows_changed(), i.changed),
        Fact::new(w.begun_at(), i.begun_at.minute()),
    ];
    if let Some(at) = i.ended_at {
        facts.push(Fact::new(w.ended_at(), at.minute()));
    }
    let shown = faults.iter().take(SHOWN);
    Ok(Reply::page(&ReportPage {
        state_words: state_words(&w, &i),
        facts: Facts { facts, why: f.words().why() },
        faults: shown.map(|x| (x.line, x.column.clone(), import::fault_words(x, lang))).collect(),
        more: i.faults_total > i64::try_from(SHOWN).unwrap_or(i64::MAX),
        file_name: i.file_name,
        state: i.state,
        id,
        f,
        w,
    }))
}

pub(crate) async fn faults(req: Req) -> Result<Reply, Fault> {
    let id: ImportId = req.path("id")?;
    let (w, lang) = (req.words::<Words>(), req.lang());
    let report = load(&req, id).await?;
    let rows =
        report.faults.iter().map(|x| [x.line.to_string(), x.column.clone(), import::fault_words(x, lang)]);
    let csv = linli_sheets::csv(&[w.line(), w.column(), w.reason()], rows);
    Ok(Reply::download("text/csv; charset=utf-8", "faults.csv", csv))
}
