//! The registrar writes down a resident who stands before her with her document.

use askama::Template;
use linli_base::FieldError;
use linli_base::docnum::{DocumentKind, Phone};
use linli_web::ui::{Choice, Choose, Errors, Field, Kind, Tick};
use linli_web::{Fault, Frame, Reply, Req};

use crate::Words;
use crate::acts::records;
use crate::domain::{Disability, NewPerson, Role, Sex, Source};
use crate::form::{number_error, read_claim};
use crate::pages::desk::back_to;
use crate::pages::{errors, wrong_fields};
use crate::shown::{communities, disability_words, document_kinds, role_words, sex_words};

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
        [nothing()].into_iter().chain(Role::ALL.iter().map(|r| Choice::new(r.word(), role_words(lang, *r))));
    let levels = (0..=4u8).map(|n| Choice::new(&n.to_string(), &disability_words(lang, n)));
    let sexes = [nothing()]
        .into_iter()
        .chain([Sex::Female, Sex::Male].into_iter().map(|s| Choice::new(s.word(), sex_words(lang, s))));
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

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
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
        Err(wrong) => return Ok(new_page(&req, errors(&req, &wrong)).await?.status(422)),
    };
    let once = req.once();
    match req.act(move |act| records::create_at_counter(act, &once, &new)).await {
        Ok(opening) => Ok(back_to(opening).flash(w.created())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(new_page(&req, errors(&req, &wrong)).await?.status(422))
        }
    }
}
