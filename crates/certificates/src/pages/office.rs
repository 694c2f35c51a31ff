//! The issuing officer: find the holder, see what she holds, issue, suspend, revoke, replace.

use askama::Template;
use linli_acts::PersonId;
use linli_base::Day;
use linli_base::docnum::{DocumentKind, DocumentNumber};
use linli_people::offers as people;
use linli_web::ui::{Chip, Errors, Field, Kind, Row, Rows};
use linli_web::{Fault, Frame, Reply, Req};

use super::{chip, day_words, errors};
use crate::domain::{CertFieldKind, CertificateId, CertificateState, KindDocument, NewCertificate, standing};
use crate::error::CertificateError;
use crate::{Words, acts, store};

#[derive(Template)]
#[template(path = "office_find.html")]
struct FindPage {
    f: Frame,
    w: Words,
    errors: Errors,
    number: Field,
}

fn find_page(req: &Req, errors: Errors) -> Reply {
    let w: Words = req.words();
    let number = Field::new("document", w.find_number(), req.form().raw("document"))
        .hint(w.find_hint())
        .autocomplete("off")
        .error(errors.of("document"));
    let status = if errors.is_empty() { 200 } else { 422 };
    Reply::page(&FindPage { number, errors, f: req.frame(), w }).status(status)
}

pub(crate) async fn find_form(req: Req) -> Result<Reply, Fault> {
    Ok(find_page(&req, Errors::default()))
}

pub(crate) async fn find(req: Req) -> Result<Reply, Fault> {
    let typed = req.form().text("document");
    let today = req.now().day();
    // Either of the two numbers that people here have.
    let number = [DocumentKind::ResidentId, DocumentKind::HkMoTwResidence]
        .into_iter()
        .find_map(|kind| DocumentNumber::parse(kind, &typed, today).ok());
    let found = match number {
        Some(number) => {
            let house = req.house().clone();
            req.read(move |r| people::find_by_document(r, house.vault(), &number)).await?
        }
        None => None,
    };
    match found {
        Some(person) => Ok(Reply::see_other(&format!("/office/certificates/of/{person}"))),
        None => {
            let wrong = vec![linli_base::FieldError::new("document", "person-none")];
            Ok(find_page(&req, errors(&req, wrong)))
        }
    }
}

#[derive(Template)]
#[template(path = "office_person.html")]
struct PersonPage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: String,
    person: PersonId,
    held: Vec<Held>,
    kinds: Rows,
}

struct Held {
    id: CertificateId,
    rev: i64,
    kind: String,
    name: String,
    detail: String,
    chip: Chip,
    steps: Vec<(CertificateState, &'static str)>,
    replace: bool,
}

async fn person_page(req: &Req, person: PersonId, wrong: Errors) -> Result<Reply, Fault> {
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let (who, held, kinds) = req
        .act(move |act| {
            let (who, rows) = acts::open_person(act, person)?;
            let mut held = Vec::new();
            for row in rows {
                let kind = acts::kind_of(act, &row)?;
                let hers = acts::issues(act, &kind)?;
                let may = |next: CertificateState| hers && row.state.may_become(next);
                let steps = [
                    (CertificateState::Suspended, w.suspend()),
                    (CertificateState::Active, w.resume()),
                    (CertificateState::Revoked, w.revoke()),
                ];
                held.push(Held {
                    id: row.id,
                    rev: row.rev,
                    name: lang.pick(&kind.name.zh, &kind.name.en).into_owned(),
                    detail: day_words(lang, row.issued_on),
                    chip: chip(w, standing(row.state, row.valid_until, today)),
                    steps: steps.into_iter().filter(|(next, _)| may(*next)).collect(),
                    replace: may(CertificateState::Superseded),
                    kind: row.kind,
                });
            }
            let mut kinds = Vec::new();
            for (key, _, kind) in act.all(&store::KINDS, ())? {
                if acts::issues(act, &kind.0)? {
                    kinds.push((key, kind));
                }
            }
            Ok::<_, CertificateError>((who, held, kinds))
        })
        .await?;
    let kinds = kinds
        .into_iter()
        .map(|(key, kind)| Row {
            href: format!("/office/certificates/of/{person}/{key}"),
            title: lang.pick(&kind.0.name.zh, &kind.0.name.en).into_owned(),
            detail: String::new(),
            chip: None,
        })
        .collect();
    let status = if wrong.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&PersonPage {
        name: who.name.map(|n| n.as_str().to_owned()).unwrap_or_default(),
        person,
        held,
        kinds: Rows::new(kinds, w.kinds_none()),
        errors: wrong,
        f: req.frame(),
        w,
    })
    .status(status))
}

pub(crate) async fn person(req: Req) -> Result<Reply, Fault> {
    let person: PersonId = req.path("person")?;
    person_page(&req, person, Errors::default()).await
}

#[derive(Template)]
#[template(path = "office_issue.html")]
struct IssuePage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: String,
    holder: String,
    person: PersonId,
    replaces: String,
    number: Field,
    issued_on: Field,
    valid_until: Field,
    fields: Vec<Field>,
}

/// The certificate that the new one takes the place of: id and revision, as the link carries them.
fn replaces(text: &str) -> Option<(CertificateId, i64)> {
    let (id, rev) = text.split_once('.')?;
    Some((id.parse().ok()?, rev.parse().ok()?))
}

async fn issue_page(req: &Req, wrong: Errors) -> Result<Reply, Fault> {
    let person: PersonId = req.path("person")?;
    let key: String = req.path("kind")?;
    let (lang, w) = (req.lang(), req.words::<Words>());
    let (who, kind): (people::Person, KindDocument) = req
        .act(move |act| {
            let (who, _) = acts::open_person(act, person)?;
            Ok::<_, CertificateError>((who, acts::kind(act, &key)?.1))
        })
        .await?;
    let (form, f) = (req.form(), req.frame());
    let fields = kind
        .fields
        .iter()
        .map(|field| {
            let name = format!("v.{}", field.key);
            let mut input = Field::new(&name, &lang.pick(&field.label.zh, &field.label.en), form.raw(&name))
                .autocomplete("off")
                .error(wrong.of(&name));
            if field.kind == CertFieldKind::Day {
                input = input.kind(Kind::Day);
            }
            if field.optional {
                input = input.optional(f.words().optional());
            }
            input
        })
        .collect();
    let today = req.now().day().to_string();
    let issued = if form.has("issued-on") { form.raw("issued-on").to_owned() } else { today };
    let status = if wrong.is_empty() { 200 } else { 422 };
    let asked = if form.has("replaces") { form.raw("replaces") } else { req.query().raw("replaces") };
    Ok(Reply::page(&IssuePage {
        name: lang.pick(&kind.name.zh, &kind.name.en).into_owned(),
        holder: who.name.map(|n| n.as_str().to_owned()).unwrap_or_default(),
        person,
        replaces: replaces(asked).map(|_| asked.to_owned()).unwrap_or_default(),
        number: Field::new("number", w.number(), form.raw("number"))
            .autocomplete("off")
            .error(wrong.of("number")),
        issued_on: Field::new("issued-on", w.issued_on(), &issued)
            .kind(Kind::Day)
            .error(wrong.of("issued-on")),
        valid_until: Field::new("valid-until", w.valid_until_label(), form.raw("valid-until"))
            .kind(Kind::Day)
            .hint(w.valid_until_hint())
            .optional(f.words().optional())
            .error(wrong.of("valid-until")),
        fields,
        errors: wrong,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn issue_form(req: Req) -> Result<Reply, Fault> {
    issue_page(&req, Errors::default()).await
}

pub(crate) async fn issue(req: Req) -> Result<Reply, Fault> {
    let person: PersonId = req.path("person")?;
    let kind: String = req.path("kind")?;
    let form = req.form();
    let until = form.text("valid-until");
    let day = |field: &str, text: &str| -> Result<Day, CertificateError> {
        text.parse().map_err(|_| CertificateError::field(field, "day-wrong"))
    };
    let read = || {
        Ok::<_, CertificateError>(NewCertificate {
            kind: kind.clone(),
            person,
            number: form.text("number"),
            issued_on: day("issued-on", &form.text("issued-on"))?,
            valid_until: if until.is_empty() { None } else { Some(day("valid-until", &until)?) },
            values: form
                .names()
                .filter_map(|n| n.strip_prefix("v."))
                .map(|key| (key.to_owned(), form.text(&format!("v.{key}"))))
                .collect(),
        })
    };
    let old = replaces(form.raw("replaces"));
    let done = match read() {
        Ok(new) => req.act(move |act| acts::issue(act, &new, old)).await,
        Err(e) => Err(e),
    };
    match done {
        Ok(_) => {
            let w: Words = req.words();
            Ok(Reply::see_other(&format!("/office/certificates/of/{person}")).flash(w.said_issued()))
        }
        Err(CertificateError::Wrong(wrong)) => {
            // A value's key stands as `v.KEY` in the form.
            let own = ["number", "issued-on", "valid-until"];
            let wrong = wrong
                .into_iter()
                .map(|mut e| {
                    if !own.contains(&e.field.as_str()) {
                        e.field = format!("v.{}", e.field);
                    }
                    e
                })
                .collect();
            issue_page(&req, errors(&req, wrong)).await
        }
        Err(e) => Err(e.into()),
    }
}

pub(crate) async fn change(req: Req) -> Result<Reply, Fault> {
    let id: CertificateId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let next = CertificateState::from_word(req.form().raw("state")).ok_or(linli_web::Malformed)?;
    let reason = req.form().text("reason");
    match req.act(move |act| acts::change(act, id, rev, next, &reason)).await {
        Ok(person) => {
            let w: Words = req.words();
            Ok(Reply::see_other(&format!("/office/certificates/of/{person}")).flash(w.said_changed()))
        }
        Err(CertificateError::Wrong(wrong)) => {
            let person = req.read(move |r| acts::one(r, id)).await?.person;
            person_page(&req, person, errors(&req, wrong)).await
        }
        Err(e) => Err(e.into()),
    }
}
