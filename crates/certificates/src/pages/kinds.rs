//! The keeper's pages: what certificates of a kind hold. What she changes or adds is a proposal; approved, it is the next version.

use askama::Template;
use linli_catalogue::offers::Both;
use linli_rules::RuleError;
use linli_rules::proposals::{self, ProposalState};
use linli_web::ui::{Choice, Choose, Errors, Field, Row, Rows, Tick};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use super::errors;
use crate::domain::{CertField, CertFieldKind, KindDocument};
use crate::error::CertificateError;
use crate::proposals::KIND;
use crate::{Words, acts, store};

#[derive(Template)]
#[template(path = "kinds.html")]
struct KindsPage {
    f: Frame,
    w: Words,
    rows: Rows,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let (lang, w) = (req.lang(), req.words::<Words>());
    let kinds = req.read(|r| r.all(&store::KINDS, ())).await.map_err(CertificateError::Db)?;
    let rows = kinds
        .into_iter()
        .map(|(key, version, kind)| Row {
            href: format!("/office/certificate-kinds/{key}"),
            title: lang.pick(&kind.0.name.zh, &kind.0.name.en).into_owned(),
            detail: w.kind_line(&kind.0.fields.len(), &version),
            chip: None,
        })
        .collect();
    Ok(Reply::page(&KindsPage { rows: Rows::new(rows, w.kinds_none()), f: req.frame(), w }))
}

#[derive(Template)]
#[template(path = "kind.html")]
struct KindPage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: String,
    version: i64,
    parts: Vec<Field>,
    fields: Vec<FieldForm>,
    why: Field,
    /// Proposals that wait, by address and who proposed.
    open: Vec<(String, String)>,
}

struct FieldForm {
    title: String,
    key: Field,
    zh: Field,
    en: Field,
    kind: Choose,
    secret: Tick,
    optional: Tick,
    drop: Option<Tick>,
}

fn field_form(w: Words, n: &str, field: &CertField, errors: &Errors, new: bool) -> FieldForm {
    let name = |part: &str| format!("{part}-{n}");
    let input = |part: &str, label: &str, value: &str| {
        Field::new(&name(part), label, value).autocomplete("off").error(errors.of(&name(part)))
    };
    let kind = if field.kind == CertFieldKind::Day { "day" } else { "text" };
    FieldForm {
        title: if new { w.field_new().to_owned() } else { field.label.zh.clone() },
        key: input("key", w.field_key_label(), &field.key).hint(w.field_key_hint()),
        zh: input("zh", w.field_zh(), &field.label.zh),
        en: input("en", w.field_en(), &field.label.en),
        kind: Choose::new(
            &name("kind"),
            w.field_kind(),
            kind,
            vec![Choice::new("text", w.field_kind_text()), Choice::new("day", w.field_kind_day())],
        ),
        secret: Tick::new(&name("secret"), w.field_secret(), field.secret),
        optional: Tick::new(&name("optional"), w.field_optional(), field.optional),
        drop: (!new).then(|| Tick::new(&name("drop"), w.field_drop(), false)),
    }
}

/// Proposals of a kind that wait.
async fn open(req: &Req, key: &str) -> Result<Vec<(String, String)>, Fault> {
    let (key, house) = (key.to_owned(), req.house().clone());
    let found = req.read(move |r| {
        let directory = house.service::<DirectoryService>();
        let mut out = Vec::new();
        for p in proposals::of(r, KIND, &key)? {
            if p.state == ProposalState::Proposed {
                let by = directory.0.staff_name(r, p.proposed_by)?.unwrap_or_default();
                out.push((format!("/office/proposals/{}", p.id), by));
            }
        }
        Ok::<_, RuleError>(out)
    });
    Ok(found.await?)
}

/// `version` 0: a kind that is not there yet.
async fn page(req: &Req, version: i64, kind: &KindDocument, errors: Errors) -> Result<Reply, Fault> {
    let key: String = if version == 0 { String::new() } else { req.path("key")? };
    let open = if version == 0 { Vec::new() } else { open(req, &key).await? };
    let (f, w) = (req.frame(), req.words::<Words>());
    let plain = |name: &str, label: &str, value: &str| {
        Field::new(name, label, value).autocomplete("off").error(errors.of(name))
    };
    let valid = kind.valid_days.map(|n| n.to_string()).unwrap_or_default();
    let own_key =
        (version == 0).then(|| plain("key", w.kind_key(), req.form().raw("key")).hint(w.kind_key_hint()));
    let mut parts: Vec<Field> = own_key.into_iter().collect();
    parts.extend([
        plain("name-zh", w.kind_zh(), &kind.name.zh),
        plain("name-en", w.kind_en(), &kind.name.en),
        plain("issuers", w.kind_issuers(), &kind.issuers.join(" ")).hint(w.kind_issuers_hint()),
        plain("valid-days", w.kind_valid(), &valid).hint(w.kind_valid_hint()).optional(f.words().optional()),
    ]);
    let mut fields: Vec<FieldForm> = kind
        .fields
        .iter()
        .enumerate()
        .map(|(n, field)| field_form(w, &n.to_string(), field, &errors, false))
        .collect();
    let empty = CertField {
        key: String::new(),
        label: Both { zh: String::new(), en: String::new() },
        kind: CertFieldKind::Text,
        secret: false,
        optional: false,
    };
    fields.push(field_form(w, "new", &empty, &errors, true));
    let name = match version {
        0 => w.kind_new().to_owned(),
        _ => req.lang().pick(&kind.name.zh, &kind.name.en).into_owned(),
    };
    let why = Field::new("why", w.kind_why(), req.form().raw("why")).error(errors.of("why"));
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&KindPage { name, version, parts, fields, why, open, errors, f, w }).status(status))
}

fn empty() -> KindDocument {
    let name = Both { zh: String::new(), en: String::new() };
    KindDocument { name, issuers: Vec::new(), valid_days: None, fields: Vec::new() }
}

pub(crate) async fn new(req: Req) -> Result<Reply, Fault> {
    page(&req, 0, &empty(), Errors::default()).await
}

pub(crate) async fn one(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let (version, kind) = req.read(move |r| acts::kind(r, &key)).await?;
    page(&req, version, &kind, Errors::default()).await
}

/// What was typed, fields in the order of the page; those that are dropped left out.
fn typed(req: &Req) -> Result<KindDocument, CertificateError> {
    let form = req.form();
    let both = |zh: &str, en: &str| Both { zh: form.text(zh), en: form.text(en) };
    let mut fields = Vec::new();
    for n in (0..crate::domain::MOST_FIELDS).map(|n| n.to_string()).chain(["new".to_owned()]) {
        let key = form.text(&format!("key-{n}"));
        let label = both(&format!("zh-{n}"), &format!("en-{n}"));
        let absent = !form.has(&format!("key-{n}")) || form.has(&format!("drop-{n}"));
        if absent || (n == "new" && key.is_empty() && label.zh.is_empty()) {
            continue;
        }
        fields.push(CertField {
            key,
            label,
            kind: if form.raw(&format!("kind-{n}")) == "day" {
                CertFieldKind::Day
            } else {
                CertFieldKind::Text
            },
            secret: form.has(&format!("secret-{n}")),
            optional: form.has(&format!("optional-{n}")),
        });
    }
    let valid = form.text("valid-days");
    let valid_days = match valid.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| CertificateError::field("valid-days", "days-wrong"))?,
        ),
    };
    Ok(KindDocument {
        name: both("name-zh", "name-en"),
        issuers: form.text("issuers").split_whitespace().map(str::to_owned).collect(),
        valid_days,
        fields,
    })
}

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let version: i64 = req.form().parse_as("version")?;
    let asked = key.clone();
    let (_, stands) = req.read(move |r| acts::kind(r, &asked)).await?;
    propose(&req, key, version.max(1), stands).await
}

pub(crate) async fn add(req: Req) -> Result<Reply, Fault> {
    let key = req.form().text("key");
    propose(&req, key, 0, empty()).await
}

/// Proposes what was typed; `stands` is shown again where it could not be read.
async fn propose(req: &Req, key: String, after: i64, stands: KindDocument) -> Result<Reply, Fault> {
    let new = match typed(req) {
        Ok(new) => new,
        Err(CertificateError::Wrong(wrong)) => return page(req, after, &stands, errors(req, wrong)).await,
        Err(e) => return Err(e.into()),
    };
    let (document, why) = (new.clone(), req.form().text("why"));
    match req.act(move |act| acts::propose_kind(act, &key, after, &document, &why)).await {
        Ok(id) => {
            let said = req.words::<Words>().said_proposed();
            Ok(Reply::see_other(&format!("/office/proposals/{id}")).flash(said))
        }
        Err(CertificateError::Wrong(wrong) | CertificateError::Proposal(RuleError::Wrong(wrong))) => {
            page(req, after, &new, errors(req, wrong)).await
        }
        Err(e) => Err(e.into()),
    }
}
