//! The keeper's pages: what certificates of a kind hold. What she changes or adds is a proposal; approved, it is the next version.

use askama::Template;
use linli_base::FieldError;
use linli_guide::Both;
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
    /// The bodies that issue it, each to be taken off, and one to be added.
    issuers: Vec<Tick>,
    issuer: Choose,
    valid: Field,
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
    let valid = kind.valid_days.map(|n| n.to_string());
    let valid = valid.unwrap_or_else(|| req.form().text("valid-days"));
    let own_key =
        (version == 0).then(|| plain("key", w.kind_key(), req.form().raw("key")).hint(w.kind_key_hint()));
    let mut parts: Vec<Field> = own_key.into_iter().collect();
    parts
        .extend([plain("name-zh", w.kind_zh(), &kind.name.zh), plain("name-en", w.kind_en(), &kind.name.en)]);
    let valid_field =
        plain("valid-days", w.kind_valid(), &valid).hint(w.kind_valid_hint()).optional(f.words().optional());
    let lang = req.lang();
    let bodies = req.read(linli_duties::offers::open_bodies).await.map_err(CertificateError::Db)?;
    let name_of = |code: &str| {
        let body = bodies.iter().find(|b| b.code == code);
        body.map_or_else(|| code.to_owned(), |b| lang.pick(&b.name_zh, &b.name_en).into_owned())
    };
    let issuers =
        kind.issuers.iter().map(|code| Tick::new(&format!("issuer-{code}"), &name_of(code), true)).collect();
    let others = bodies.iter().filter(|b| !kind.issuers.contains(&b.code));
    let others = others.map(|b| Choice::new(&b.code, &name_of(&b.code)));
    let others = std::iter::once(Choice::new("", w.issuer_none_more())).chain(others).collect();
    let issuer = Choose::new("issuer-new", w.issuer_add(), "", others)
        .list()
        .hint(w.kind_issuers_hint())
        .error(errors.of("issuers"));
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
    Ok(Reply::page(&KindPage {
        name,
        version,
        parts,
        issuers,
        issuer,
        valid: valid_field,
        fields,
        why,
        open,
        errors,
        f,
        w,
    })
    .status(status))
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

/// What was typed, fields in the order of the page, those that are dropped left out; and what of it cannot be.
fn typed(req: &Req) -> (KindDocument, Vec<FieldError>) {
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
    let valid_days = valid.parse().ok().filter(|n| *n > 0);
    let wrong =
        (!valid.is_empty() && valid_days.is_none()).then(|| FieldError::new("valid-days", "days-wrong"));
    // Those that stay ticked, in their order, and the one that is added.
    let mut issuers: Vec<String> = form
        .names()
        .filter_map(|n| n.strip_prefix("issuer-"))
        .filter(|c| *c != "new")
        .map(str::to_owned)
        .collect();
    let added = form.text("issuer-new");
    if !added.is_empty() && !issuers.contains(&added) {
        issuers.push(added);
    }
    let name = both("name-zh", "name-en");
    (KindDocument { name, issuers, valid_days, fields }, wrong.into_iter().collect())
}

pub(crate) async fn save(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let version: i64 = req.form().parse_as("version")?;
    let asked = key.clone();
    req.read(move |r| acts::kind(r, &asked)).await?;
    propose(&req, key, version.max(1)).await
}

pub(crate) async fn add(req: Req) -> Result<Reply, Fault> {
    let key = req.form().text("key");
    propose(&req, key, 0).await
}

/// Proposes what was typed; a button that adds an issuing body shows it again and saves nothing.
async fn propose(req: &Req, key: String, after: i64) -> Result<Reply, Fault> {
    let (new, wrong) = typed(req);
    if req.form().has("more") {
        return page(req, after, &new, Errors::default()).await;
    }
    if !wrong.is_empty() {
        return page(req, after, &new, errors(req, wrong)).await;
    }
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
