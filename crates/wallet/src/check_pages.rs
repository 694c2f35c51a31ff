//! The public check of a paper, and the log's checkpoints. Shows what the paper says and no more.

use askama::Template;
use linli_acts::{Checkpoint, latest_checkpoint};
use linli_documents::{Verdict, verify};
use linli_web::ui::{Errors, Fact, Facts, Field};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::acts::{self, Checked};
use crate::domain::typed_code;
use crate::error::WalletError;
use crate::{Words, store};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    f: Frame,
    w: Words,
    errors: Errors,
    number: Field,
    code: Field,
    found: Option<Found>,
    file: Option<FileVerdict>,
}

struct Found {
    title: String,
    good: bool,
    revoked: bool,
    facts: Facts,
    lines: Vec<[String; 5]>,
}

struct FileVerdict {
    good: bool,
    text: String,
    signers: Vec<String>,
}

#[derive(Template)]
#[template(path = "checkpoints.html")]
struct CheckpointsPage {
    f: Frame,
    w: Words,
    short: Option<String>,
    key: String,
}

struct Typed {
    number: String,
    code: String,
    wrong: bool,
    empty: bool,
}

fn page(req: &Req, typed: &Typed, found: Option<Found>, file: Option<FileVerdict>) -> Reply {
    let (f, w) = (req.frame(), req.words::<Words>());
    let mut list = Vec::new();
    if typed.empty {
        list.push(("n".to_owned(), w.check_empty().to_owned()));
    } else if typed.wrong {
        list.push(("n".to_owned(), w.check_wrong().to_owned()));
    }
    let errors = Errors::new(f.words().errors_title(), list);
    let number = Field::new("n", w.number(), &typed.number)
        .hint(w.number_hint())
        .autocomplete("off")
        .error(errors.of("n"));
    let code = Field::new("c", w.code(), &typed.code).hint(w.code_hint()).autocomplete("off");
    let status = if errors.is_empty() { 200 } else { 422 };
    Reply::page(&CheckPage { f, w, errors, number, code, found, file }).status(status)
}

fn shown(req: &Req, c: Checked) -> Found {
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let day = |d: linli_base::Day| if lang.is_en() { d.en() } else { d.zh() };
    let document = linli_base::docnum::DocumentKind::from_word(&c.data.document_kind);
    let facts = vec![
        Fact::new(w.number(), &c.number),
        Fact::new(w.holder(), &c.data.name),
        Fact::new(
            &document.map_or_else(String::new, |k| lang.pick(k.zh(), k.en()).into_owned()),
            &c.data.document_masked,
        ),
        Fact::new(w.issued_by(), &c.data.body),
        Fact::new(w.issued_on(), day(c.data.day)),
        Fact::new(w.valid_until(), day(c.data.valid_until)),
    ];
    let lines = c
        .data
        .record
        .lines
        .iter()
        .map(|l| {
            let pick = |zh: &str, en: &str| lang.pick(zh, en).into_owned();
            [
                pick(&l.zh, &l.en),
                l.first.clone(),
                l.last.clone(),
                l.months.to_string(),
                pick(&l.state_zh, &l.state_en),
            ]
        })
        .collect();
    Found {
        title: lang.pick(c.kind.zh(), c.kind.en()).into_owned(),
        good: !c.revoked && !c.expired,
        revoked: c.revoked,
        facts: Facts { facts, why: f.words().why() },
        lines,
    }
}

/// The form; with number and code in the address (from the QR code on the paper) the answer at once.
pub(crate) async fn form(req: Req) -> Result<Reply, Fault> {
    let (number, code) = (req.query().text("n"), req.query().text("c"));
    if number.is_empty() && code.is_empty() {
        let typed = Typed { number, code, wrong: false, empty: false };
        return Ok(page(&req, &typed, None, None));
    }
    answer(&req, number, code).await
}

pub(crate) async fn check(req: Req) -> Result<Reply, Fault> {
    let (number, code) = (req.form().text("n"), req.form().text("c"));
    if number.is_empty() || code.is_empty() {
        let typed = Typed { number, code, wrong: false, empty: true };
        return Ok(page(&req, &typed, None, None));
    }
    answer(&req, number, code).await
}

async fn answer(req: &Req, number: String, code: String) -> Result<Reply, Fault> {
    let remote = req.remote();
    req.act(move |act| acts::count_try(act, &remote)).await?;
    let (n, c) = (number.clone(), typed_code(&code));
    let typed = Typed { number, code, wrong: false, empty: false };
    match req.act(move |act| acts::check(act, &n, &c)).await {
        Ok(checked) => {
            let found = shown(req, checked);
            Ok(page(req, &typed, Some(found), None))
        }
        Err(WalletError::Missing) => Ok(page(req, &Typed { wrong: true, ..typed }, None, None)),
        Err(e) => Err(e.into()),
    }
}

/// A paper as a file: whether its signatures hold.
pub(crate) async fn file(req: Req) -> Result<Reply, Fault> {
    let remote = req.remote();
    req.act(move |act| acts::count_try(act, &remote)).await?;
    let w: Words = req.words();
    let typed = Typed { number: String::new(), code: String::new(), wrong: false, empty: false };
    let Some(upload) = req.form().upload("file").cloned() else {
        let verdict = FileVerdict { good: false, text: w.file_none().to_owned(), signers: Vec::new() };
        return Ok(page(&req, &typed, None, Some(verdict)).status(422));
    };
    let roots = req.read(|r| r.all(&store::ROOTS, ())).await?.into_iter().map(|(c,)| c).collect::<Vec<_>>();
    let verdict =
        tokio::task::spawn_blocking(move || verify(&upload.bytes, &roots)).await.map_err(|_| Missing)?;
    let verdict = match verdict {
        Err(_) => FileVerdict { good: false, text: w.file_not_pdf().to_owned(), signers: Vec::new() },
        Ok(v) => {
            let text = if v.holds() {
                w.file_good()
            } else if v.signatures.is_empty() {
                w.file_unsigned()
            } else if v.signatures.iter().any(|s| s.verdict == Verdict::Untrusted) {
                w.file_stranger()
            } else {
                w.file_changed()
            };
            let signers = v.signatures.iter().map(|s| s.signer.clone()).filter(|s| !s.is_empty()).collect();
            FileVerdict { good: v.holds(), text: text.to_owned(), signers }
        }
    };
    Ok(page(&req, &typed, None, Some(verdict)))
}

pub(crate) async fn checkpoints(req: Req) -> Result<Reply, Fault> {
    let latest = req.read(latest_checkpoint).await?;
    let key = req.house().vault().checkpoint_key().verifying_key().to_bytes();
    let key = key.iter().map(|b| format!("{b:02x}")).collect();
    Ok(Reply::page(&CheckpointsPage {
        f: req.frame(),
        w: req.words(),
        short: latest.map(|c| c.short()),
        key,
    }))
}

pub(crate) async fn latest_checkpoint_file(req: Req) -> Result<Reply, Fault> {
    let latest: Checkpoint = req.read(latest_checkpoint).await?.ok_or(Missing)?;
    let name = format!("linli-checkpoint-{}.txt", latest.n);
    Ok(Reply::download("text/plain; charset=utf-8", &name, latest.file().into_bytes()))
}
