//! The officer's side.

use askama::Template;
use linli_acts::{Channel, PersonId};
use linli_base::FieldError;
use linli_base::docnum::{DocumentKind, DocumentNumber, Phone};
use linli_db::DbError;
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Kind, Tick, Tone};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::erasure;
use crate::acts::records::{self, LookPurpose, OpeningId, Query, Why};
use crate::domain::{Disability, NewPerson, Role, Sex, Source, State};
use crate::error::PeopleError;
use crate::offers::REGISTRAR;
use crate::pages::data::{parts, purpose_words};
use crate::pages::door::read_claim;
use crate::pages::me::{Known, facts};
use crate::pages::{
    communities, document_kinds, errors, number_error, place_words, role_words, sex_words, state_words,
    wrong_fields,
};

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

fn purposes(w: &Words) -> Vec<Choice> {
    LookPurpose::ALL.iter().map(|p| Choice::new(p.word(), purpose_words(w, *p))).collect()
}

fn purpose_field(req: &Req, w: &Words, errors: &Errors) -> Choose {
    let typed = req.form().raw("purpose");
    let typed = if typed.is_empty() { LookPurpose::Application.word() } else { typed };
    Choose::new("purpose", w.purpose(), typed, purposes(w))
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
    let w: Words = req.words();
    let (query, why) = match (read_query(&req), read_why(&req)) {
        (Ok(query), Ok(why)) => (query, why),
        (query, why) => {
            let wrong: Vec<_> = query.err().into_iter().chain(why.err()).collect();
            return Ok(search_page(&req, errors(&req, &w, &wrong), None).status(422));
        }
    };
    let found = match req.act(move |act| records::find(act, &query, &why)).await {
        Ok(found) => found,
        Err(e) => {
            let wrong = wrong_fields(e)?;
            return Ok(search_page(&req, errors(&req, &w, &wrong), None).status(422));
        }
    };
    let (lang, today) = (req.lang(), req.now().day());
    let lines = req
        .read(move |r| {
            let w = Words::from(lang);
            let mut out = Vec::new();
            for p in &found {
                let tone = if p.state == State::Active { Tone::Done } else { Tone::Due };
                out.push(FoundLine {
                    id: p.id,
                    name: p.name.clone(),
                    document: p.document.clone(),
                    place: place_words(r, lang, p.place, today)?,
                    state: Chip::new(tone, state_words(&w, p.state)),
                });
            }
            Ok::<_, DbError>(out)
        })
        .await?;
    Ok(search_page(&req, Errors::default(), Some(lines)))
}

pub(crate) async fn open(req: Req) -> Result<Reply, Fault> {
    let id: PersonId = req.path("id")?;
    let w: Words = req.words();
    let why = match read_why(&req) {
        Ok(why) => why,
        Err(e) => return Ok(search_page(&req, errors(&req, &w, &[e]), None).status(422)),
    };
    match req.act(move |act| records::open_for_pages(act, id, &why)).await {
        Ok(opening) => Ok(Reply::see_other(&format!("/desk/people/open/{opening}"))),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(search_page(&req, errors(&req, &w, &wrong), None).status(422))
        }
    }
}

#[derive(Template)]
#[template(path = "desk_person.html")]
struct RecordPage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: String,
    state: Chip,
    until: String,
    purpose: &'static str,
    facts: Vec<Known>,
    base: String,
    rev: i64,
    /// Buttons of what may become of the record.
    next: Vec<(String, String)>,
    verify: bool,
    help: Option<(Choose, Field)>,
    erase: Option<Tick>,
}

fn record_page(req: &Req, opened: records::Opened, place: &str, opening: OpeningId, errors: Errors) -> Reply {
    let w: Words = req.words();
    let p = &opened.person;
    let f = req.frame();
    let registrar = f.duties.iter().any(|d| d == REGISTRAR.key);
    let next = [State::Moved, State::Dead, State::Active]
        .into_iter()
        .filter(|s| registrar && p.state != State::Unverified && p.state.may_become(*s))
        .map(|s| {
            let words = match s {
                State::Moved => w.note_moved(),
                State::Dead => w.note_dead(),
                _ => w.note_back(),
            };
            (s.word().to_owned(), words.to_owned())
        })
        .collect();
    let channel = req.form().raw("channel");
    let channel = if channel.is_empty() { "counter" } else { channel };
    let help = p.state.signs_in().then(|| {
        let channels = vec![
            Choice::new("counter", w.at_counter()),
            Choice::new("door", w.at_door()),
            Choice::new("paper", w.at_paper()),
        ];
        (
            Choose::new("channel", w.help_where(), channel, channels),
            Field::new("evidence", w.evidence(), req.form().raw("evidence"))
                .hint(w.evidence_hint())
                .error(errors.of("evidence")),
        )
    });
    let tone = if p.state == State::Active { Tone::Done } else { Tone::Due };
    Reply::page(&RecordPage {
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        state: Chip::new(tone, state_words(&w, p.state)),
        until: opened.ends_at.minute(),
        purpose: purpose_words(&w, opened.purpose),
        facts: facts(&w, req.lang(), p, place, req.now().day(), true),
        base: format!("/desk/people/open/{opening}"),
        rev: p.rev,
        verify: registrar && p.state == State::Unverified,
        next,
        help,
        erase: (registrar && p.state.may_become(State::Erased)).then(|| {
            Tick::new("sure", w.erase_sure(), false).hint(w.erase_sure_hint()).error(errors.of("sure"))
        }),
        errors,
        f,
        w,
    })
}

async fn record_again(req: &Req, opening: OpeningId, errors: Errors) -> Result<Reply, Fault> {
    let (house, actor) = (req.house().clone(), req.actor().clone());
    let (lang, today) = (req.lang(), req.now().day());
    let (opened, place) = req
        .read(move |r| {
            let opened = records::opened(r, house.vault(), &actor, opening)?;
            let place = place_words(r, lang, opened.person.place, today)?;
            Ok::<_, PeopleError>((opened, place))
        })
        .await?;
    Ok(record_page(req, opened, &place, opening, errors))
}

pub(crate) async fn record(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    record_again(&req, opening, Errors::default()).await
}

fn back_to(opening: OpeningId) -> Reply {
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

#[derive(Template)]
#[template(path = "desk_erased.html")]
struct ErasedPage {
    f: Frame,
    w: Words,
    receipt: String,
    parts: Vec<crate::pages::data::Part>,
}

pub(crate) async fn erase(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    if !req.form().has("sure") {
        let errors = errors(&req, &w, &[FieldError::new("sure", "empty")]);
        return Ok(record_again(&req, opening, errors).await?.status(422));
    }
    let receipt = req.act(move |act| erasure::erase_at_counter(act, opening, rev)).await?;
    let number = receipt.clone();
    let done = req.read(move |r| erasure::receipt(r, &number)).await?.ok_or(Missing)?;
    let parts = parts(&w, req.lang(), &done.report.0);
    Ok(Reply::page(&ErasedPage { f: req.frame(), w, receipt, parts }))
}

pub(crate) async fn help(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    let w: Words = req.words();
    let session = req.session().map(|s| s.id).ok_or(Missing)?;
    let channel = match req.form().raw("channel") {
        "door" => Channel::Door,
        "paper" => Channel::Paper,
        _ => Channel::Counter,
    };
    let evidence = req.form().text("evidence");
    match req.act(move |act| records::start_helping(act, opening, session, channel, &evidence)).await {
        Ok(_) => Ok(Reply::see_other("/me").flash(w.helping())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(record_again(&req, opening, errors(&req, &w, &wrong)).await?.status(422))
        }
    }
}

pub(crate) async fn done_helping(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let session = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| records::stop_helping(act, session)).await?;
    Ok(Reply::see_other("/desk/people").flash(w.helped()))
}

#[derive(Template)]
#[template(path = "desk_person_new.html")]
struct NewPage {
    f: Frame,
    w: Words,
    errors: Errors,
    name: Field,
    kind: Choose,
    number: Field,
    birth: Field,
    sex: Choose,
    phone: Field,
    place: Choose,
    role: Choose,
    disability: Choose,
    hukou: Tick,
    seen: Tick,
}

async fn new_page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let form = req.form();
    let f = req.frame();
    let (lang, today) = (req.lang(), req.now().day());
    let places = req.read(move |r| communities(r, lang, today)).await?;
    let kind = form.raw("kind");
    let kind = if kind.is_empty() { DocumentKind::ResidentId.word() } else { kind };
    let optional = f.words().optional();
    let nothing = || Choice::new("", "—");
    let roles =
        [nothing()].into_iter().chain(Role::ALL.iter().map(|r| Choice::new(r.word(), role_words(&w, *r))));
    let levels = [Choice::new("0", w.disability_none())]
        .into_iter()
        .chain((1..=4u8).map(|n| Choice::new(&n.to_string(), &w.disability_level(&n))));
    let sexes = [nothing()]
        .into_iter()
        .chain([Sex::Female, Sex::Male].into_iter().map(|s| Choice::new(s.word(), sex_words(&w, s))));
    Ok(Reply::page(&NewPage {
        name: Field::new("name", w.field_name(), form.raw("name"))
            .error(errors.of("name"))
            .autocomplete("off"),
        kind: Choose::new("kind", w.document_kind(), kind, document_kinds(lang))
            .error(errors.of("kind"))
            .list(),
        number: Field::new("number", w.document_number(), form.raw("number"))
            .error(errors.of("number"))
            .autocomplete("off"),
        birth: Field::new("birth", w.field_birth(), form.raw("birth"))
            .hint(w.birth_hint())
            .error(errors.of("birth"))
            .kind(Kind::Day)
            .optional(optional),
        sex: Choose::new("sex", w.field_sex(), form.raw("sex"), sexes.collect()).hint(w.birth_hint()).list(),
        phone: Field::new("phone", w.phone(), form.raw("phone"))
            .error(errors.of("phone"))
            .kind(Kind::Phone)
            .autocomplete("off")
            .optional(optional),
        place: Choose::new("place", w.field_place(), form.raw("place"), places)
            .error(errors.of("place"))
            .list(),
        role: Choose::new("role", w.field_role(), form.raw("role"), roles.collect()).list(),
        disability: Choose::new("disability", w.field_disability(), form.raw("disability"), levels.collect())
            .list(),
        hukou: Tick::new("hukou", w.hukou_tick(), form.has("hukou")),
        seen: Tick::new("seen", w.document_seen(), form.has("seen")).error(errors.of("seen")),
        errors,
        f,
        w,
    }))
}

pub(crate) async fn new(req: Req) -> Result<Reply, Fault> {
    new_page(&req, Errors::default()).await
}

fn read_new(req: &Req) -> Result<NewPerson, Vec<FieldError>> {
    let form = req.form();
    let (claim, mut wrong) = match read_claim(req) {
        Ok(claim) => (Some(claim), Vec::new()),
        Err(wrong) => (None, wrong),
    };
    let phone = match form.text("phone").as_str() {
        "" => None,
        typed => Phone::parse(typed).map_err(|e| wrong.push(number_error("phone", e))).ok(),
    };
    let place = form.text("place").parse().map_err(|_| wrong.push(FieldError::new("place", "place"))).ok();
    if !form.has("seen") {
        wrong.push(FieldError::new("seen", "empty"));
    }
    match claim {
        Some(claim) if wrong.is_empty() => Ok(NewPerson {
            sex: match claim.document.is_male() {
                Some(true) => Sex::Male,
                Some(false) => Sex::Female,
                None => Sex::from_word(form.raw("sex")).unwrap_or(Sex::Unknown),
            },
            name: claim.name,
            birth: claim.birth,
            document: claim.document,
            phone,
            place,
            unit: None,
            household: None,
            role: Role::from_word(form.raw("role")),
            hukou: form.has("hukou"),
            disability: form.raw("disability").parse().ok().and_then(Disability::new),
            source: Source::Counter,
        }),
        _ => Err(wrong),
    }
}

pub(crate) async fn create(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let new = match read_new(&req) {
        Ok(new) => new,
        Err(wrong) => return Ok(new_page(&req, errors(&req, &w, &wrong)).await?.status(422)),
    };
    let once = req.once();
    match req.act(move |act| records::create_at_counter(act, &once, &new)).await {
        Ok(opening) => Ok(back_to(opening).flash(w.created())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(new_page(&req, errors(&req, &w, &wrong)).await?.status(422))
        }
    }
}
