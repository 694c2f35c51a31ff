//! A record that an officer holds open, with all that can be done with it: what the registrar notes (`people`), helping, erasing.

use askama::Template;
use linli_acts::Channel;
use linli_base::FieldError;
use linli_people::offers::records::{Opened, OpeningId, opened};
use linli_people::offers::{REGISTRAR, State};
use linli_people::shown::{Fact, facts, place_words, purpose_words, state_chip};
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Tick};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::{erasure, helping};
use crate::error::PrivacyError;
use crate::pages::erase::{Part, parts};
use crate::pages::{errors, wrong_fields};

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
    facts: Vec<Fact>,
    base: String,
    rev: i64,
    /// Buttons of what may become of the record.
    next: Vec<(String, String)>,
    verify: bool,
    help: Option<(Choose, Field)>,
    erase: Option<Tick>,
}

fn record_page(req: &Req, opened: Opened, place: &str, opening: OpeningId, errors: Errors) -> Reply {
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
    Reply::page(&RecordPage {
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        state: state_chip(req.lang(), p.state),
        until: opened.ends_at.minute(),
        purpose: purpose_words(req.lang(), opened.purpose),
        facts: facts(req.lang(), p, place, req.now().day(), true),
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
            let opened = opened(r, house.vault(), &actor, opening)?;
            let place = place_words(r, lang, opened.person.place, today)?;
            Ok::<_, PrivacyError>((opened, place))
        })
        .await?;
    Ok(record_page(req, opened, &place, opening, errors))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    record_again(&req, opening, Errors::default()).await
}

#[derive(Template)]
#[template(path = "desk_erased.html")]
struct ErasedPage {
    f: Frame,
    w: Words,
    receipt: String,
    parts: Vec<Part>,
}

pub(crate) async fn erase(req: Req) -> Result<Reply, Fault> {
    let opening: OpeningId = req.path("opening")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let w: Words = req.words();
    if !req.form().has("sure") {
        let errors = errors(&req, &[FieldError::new("sure", "empty")]);
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
    match req.act(move |act| helping::start_helping(act, opening, session, channel, &evidence)).await {
        Ok(_) => Ok(Reply::see_other("/me").flash(w.helping())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(record_again(&req, opening, errors(&req, &wrong)).await?.status(422))
        }
    }
}

pub(crate) async fn done_helping(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let session = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| helping::stop_helping(act, session)).await?;
    Ok(Reply::see_other("/desk/people").flash(w.helped()))
}
