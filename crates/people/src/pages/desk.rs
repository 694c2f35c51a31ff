//! The officer finds a person and opens her record; the registrar checks who she is and notes what became of her.

use askama::Template;
use linli_acts::PersonId;
use linli_base::FieldError;
use linli_base::docnum::{DocumentKind, DocumentNumber, Phone};
use linli_db::DbError;
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Kind};
use linli_web::{Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::Words;
use crate::acts::records::{self, LookPurpose, OpeningId, Query, Why};
use crate::domain::State;
use crate::form::number_error;
use crate::offers::REGISTRAR;
use crate::pages::{errors, wrong_fields};
use crate::shown::{document_kinds, place_words, purpose_words, state_chip};

struct FoundLine {
    id: PersonId,
    name: String,
    document: String,
    place: String,
    state: Chip,
}

#[derive(Template)]
#[template(path = "desk_people.html")]
struct SearchPage {
    f: Frame,
    w: Words,
    errors: Errors,
    kind: Choose,
    number: Field,
    phone: Field,
    purpose: Choose,
    note: Field,
    asked: bool,
    found: Vec<FoundLine>,
    /// What the buttons of the lines carry on.
    why: (String, String),
    registrar: bool,
}

fn purposes(lang: Lang) -> Vec<Choice> {
    LookPurpose::ALL.iter().map(|p| Choice::new(p.word(), purpose_words(lang, *p))).collect()
}

fn purpose_field(req: &Req, w: &Words, errors: &Errors) -> Choose {
    let typed = req.form().raw("purpose");
    let typed = if typed.is_empty() { LookPurpose::Application.word() } else { typed };
    Choose::new("purpose", w.purpose(), typed, purposes(req.lang()))
        .hint(w.purpose_hint())
        .error(errors.of("purpose"))
        .list()
}

fn note_field(req: &Req, w: &Words, errors: &Errors) -> Field {
    Field::new("note", w.note(), req.form().raw("note"))
        .hint(w.note_hint())
        .error(errors.of("note"))
        .optional(req.frame().words().optional())
}

fn search_page(req: &Req, errors: Errors, found: Option<Vec<FoundLine>>) -> Reply {
    let w: Words = req.words();
    let form = req.form();
    let f = req.frame();
    let kind = form.raw("kind");
    let kind = if kind.is_empty() { DocumentKind::ResidentId.word() } else { kind };
    let optional = f.words().optional();
    Reply::page(&SearchPage {
        kind: Choose::new("kind", w.document_kind(), kind, document_kinds(req.lang())).list(),
        number: Field::new("number", w.document_number(), form.raw("number"))
            .error(errors.of("number"))
            .autocomplete("off")
            .optional(optional),
        phone: Field::new("phone", w.phone(), form.raw("phone"))
            .hint(w.or_phone_hint())
            .error(errors.of("phone"))
            .kind(Kind::Phone)
            .autocomplete("off")
            .optional(optional),
        purpose: purpose_field(req, &w, &errors),
        note: note_field(req, &w, &errors),
        asked: found.is_some(),
        found: found.unwrap_or_default(),
        why: (form.raw("purpose").to_owned(), form.text("note")),
        registrar: f.duties.iter().any(|d| d == REGISTRAR.key),
        errors,
        f,
        w,
    })
}

pub(crate) async fn search(req: Req) -> Result<Reply, Fault> {
    if !records::reads_personal(req.actor()) {
        return Err(linli_acts::Denied::Duty(&REGISTRAR).into());
    }
    Ok(search_page(&req, Errors::default(), None))
}

fn read_why(req: &Req) -> Result<Why, FieldError> {
    let purpose = LookPurpose::from_word(req.form().raw("purpose"));
    let purpose = purpose.ok_or_else(|| FieldError::new("purpose", "choose"))?;
    Ok(Why { purpose, note: req.form().text("note") })
}

fn read_query(req: &Req) -> Result<Query, FieldError> {
    let form = req.form();
    if form.text("number").is_empty() && !form.text("phone").is_empty() {
        return Phone::parse(form.raw("phone")).map(Query::Phone).map_err(|e| number_error("phone", e));
    }
    let kind = DocumentKind::from_word(form.raw("kind")).ok_or_else(|| FieldError::new("kind", "choose"))?;
    DocumentNumber::parse(kind, form.raw("number"), req.now().day())
        .map(Query::Document)
        .map_err(|e| number_error("number", e))
}

/// A number is not put into an address, so the answer to this POST is the page itself.
pub(crate) async fn find(req: Req) -> Result<Reply, Fault> {
    let (query, why) = match (read_query(&req), read_why(&req)) {
        (Ok(query), Ok(why)) => (query, why),
        (query, why) => {
            let wrong: Vec<_> = query.err().into_iter().chain(why.err()).collect();
            return Ok(search_page(&req, errors(&req, &wrong), None).status(422));
        }
    };
    let found = match req.act(move |act| records::find(act, &query, &why)).await {
        Ok(found) => found,
        Err(e) => {
            let wrong = wrong_fields(e)?;
            return Ok(search_page(&req, errors(&req, &wrong), None).status(422));
        }
    };
    let (lang, today) = (req.lang(), req.now().day());
    let lines = req
        .read(move |r| {
            let mut out = Vec::new();
            for p in &found {
                out.push(FoundLine {
                    id: p.id,
                    name: p.name.clone(),
                    document: p.document.clone(),
                    place: place_words(r, lang, p.place, today)?,
                    state: state_chip(lang, p.state),
                });
            }
            Ok::<_, DbError>(out)
        })
        .await?;
    Ok(search_page(&req, Errors::default(), Some(lines)))
}

pub(crate) async fn open(req: Req) -> Result<Reply, Fault> {
    let id: PersonId = req.path("id")?;
    let why = match read_why(&req) {
        Ok(why) => why,
        Err(e) => return Ok(search_page(&req, errors(&req, &[e]), None).status(422)),
    };
    match req.act(move |act| records::open_for_pages(act, id, &why)).await {
        Ok(opening) => Ok(Reply::see_other(&format!("/desk/people/open/{opening}"))),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(search_page(&req, errors(&req, &wrong), None).status(422))
        }
    }
}

pub(crate) fn back_to(opening: OpeningId) -> Reply {
    Reply::see_other(&format!("/desk/people/open/{opening}"))
}

pub(crate) async fn verify(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    req.act(move |act| records::verify(act, opening, rev)).await?;
    // A record that was joined to another is no more to be looked at.
    Ok(Reply::see_other("/desk/people").flash(w.verified()))
}

pub(crate) async fn change_state(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let next = State::from_word(req.form().raw("next")).ok_or(Missing)?;
    let w: Words = req.words();
    req.act(move |act| records::change_state(act, opening, rev, next)).await?;
    Ok(back_to(opening).flash(w.noted()))
}
