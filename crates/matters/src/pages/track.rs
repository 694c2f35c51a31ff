//! `/track`: how a case stands, by number and phone, told to whoever has both. State, days, and what to do; nothing of the matter.

use askama::Template;
use linli_casework::CaseRow;
use linli_casework::offers::State;
use linli_casework::shown::{day_words, due_of, state_chip};
use linli_web::ui::{Errors, Fact, Facts, Field, Kind};
use linli_web::{Fault, Frame, Reply, Req};

use crate::Words;
use crate::acts::{self as track, Tracked};

#[derive(Template)]
#[template(path = "track.html")]
struct TrackPage {
    f: Frame,
    w: Words,
    errors: Errors,
    number: Field,
    phone: Field,
    found: Option<Found>,
}

struct Found {
    number: String,
    state: linli_web::ui::Chip,
    now: String,
    more: String,
    facts: Facts,
}

fn found(w: Words, lang: linli_words::Lang, case: &CaseRow, why: &'static str) -> Found {
    let due = day_words(lang, due_of(case));
    let (now, more) = match case.state {
        State::Submitted => (w.answer_until(&due), w.submitted_more()),
        State::Supplementing => (w.mend_until(&due), w.track_sign_in()),
        State::Accepted | State::Proposed => (w.done_until(&due), w.accepted_more()),
        State::Paused => (w.paused_until(&due), w.paused_more()),
        State::Decided => (w.track_decided().to_owned(), w.track_sign_in()),
        State::Closed => (w.track_closed().to_owned(), w.track_sign_in()),
        State::Refused | State::Lapsed | State::Withdrawn => (w.track_ended().to_owned(), w.track_sign_in()),
    };
    let mut facts = vec![Fact::new(w.filed_at(), day_words(lang, case.filed_at.day()))];
    if case.state.clock_runs() {
        facts.push(Fact::new(w.due(), &due));
    }
    if let Some(day) = case.decided_on {
        facts.push(Fact::new(w.decided_on(), day_words(lang, day)));
    }
    // Not how it was decided: that is hers.
    let state = match case.state {
        State::Closed => linli_web::ui::Chip::new(linli_web::ui::Tone::Done, w.state_closed()),
        _ => state_chip(lang, case),
    };
    Found { number: case.number.clone(), state, now, more: more.to_owned(), facts: Facts { facts, why } }
}

async fn page(req: &Req, errors: Errors, case: Option<CaseRow>) -> Result<Reply, Fault> {
    let digits = req.read(track::digits).await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let hint = if digits >= 11 { w.track_phone_whole().to_owned() } else { w.track_phone_hint(&digits) };
    Ok(Reply::page(&TrackPage {
        number: Field::new("number", w.number(), req.form().raw("number"))
            .hint(w.track_number_hint())
            .autocomplete("off")
            .error(errors.of("number")),
        phone: Field::new("phone", w.track_phone(), req.form().raw("phone"))
            .hint(&hint)
            .kind(Kind::Code)
            .autocomplete("off")
            .error(errors.of("phone")),
        found: case.map(|c| found(w, lang, &c, f.words().why())),
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default(), None).await
}

pub(crate) async fn look(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let number: String = req.form().text("number").chars().filter(|c| !c.is_whitespace()).collect();
    let phone: String = req.form().text("phone").chars().filter(|c| c.is_ascii_digit()).collect();
    let digits = req.read(track::digits).await?;
    let mut wrong = Vec::new();
    if number.is_empty() || number.chars().count() > 30 {
        wrong.push(("number".to_owned(), w.track_number_empty().to_owned()));
    }
    if phone.len() < digits || phone.len() > 11 {
        wrong.push(("phone".to_owned(), w.track_phone_short(&digits)));
    }
    let title = req.frame().words().errors_title();
    if !wrong.is_empty() {
        return Ok(page(&req, Errors::new(title, wrong), None).await?.status(422));
    }
    let net = req.remote();
    match req.act(move |act| track::track(act, &number, &phone, &net)).await? {
        Tracked::Found(case) => page(&req, Errors::default(), Some(*case)).await,
        Tracked::Nothing => {
            let errors = Errors::new(title, vec![("number".to_owned(), w.track_nothing().to_owned())]);
            Ok(page(&req, errors, None).await?.status(404))
        }
        Tracked::TooMany => {
            let errors = Errors::new(title, vec![(String::new(), w.track_too_many().to_owned())]);
            Ok(page(&req, errors, None).await?.status(429))
        }
    }
}
