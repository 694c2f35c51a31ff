//! Showing: the holder chooses, the code is shown, the other side looks.

use askama::Template;
use linli_documents::qr_svg;
use linli_web::ui::{Chip, Choice, Choose, Errors, Fact, Facts, Field, Html, Tick};
use linli_web::{Fault, Frame, Reply, Req};

use super::{chip, errors, values};
use crate::domain::{CertificateId, ShowingId, standing, watermark};
use crate::error::CertificateError;
use crate::showing::{self, Shown, Wish};
use crate::{Words, acts};

#[derive(Template)]
#[template(path = "show.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: CertificateId,
    name: String,
    audience: Field,
    purpose: Field,
    minutes: Choose,
    fields: Vec<Tick>,
    fields_error: String,
}

/// How long people choose from.
const MINUTES: [i64; 3] = [10, 60, 1440];

async fn page(req: &Req, errors: Errors, again: bool) -> Result<Reply, Fault> {
    let id: CertificateId = req.path("id")?;
    let person = req.resident()?;
    let (lang, w) = (req.lang(), req.words::<Words>());
    let kind = req
        .read(move |r| {
            let row = acts::one(r, id)?;
            if row.person != person || row.data.is_none() {
                return Err(CertificateError::Missing);
            }
            acts::kind_of(r, &row)
        })
        .await?;
    let form = req.form();
    let typed = |key: &str| form.raw(key).to_owned();
    let fields = kind
        .fields
        .iter()
        .map(|f| {
            let name = format!("field.{}", f.key);
            let on = if again { form.has(&name) } else { !f.secret };
            Tick::new(&name, &lang.pick(&f.label.zh, &f.label.en), on)
        })
        .collect();
    let minutes = MINUTES
        .iter()
        .map(|n| {
            let words = match n {
                10 => w.minutes_ten(),
                60 => w.minutes_hour(),
                _ => w.minutes_day(),
            };
            Choice::new(&n.to_string(), words)
        })
        .collect();
    let chosen = if again { typed("minutes") } else { "10".to_owned() };
    Ok(Reply::page(&ShowPage {
        id,
        name: lang.pick(&kind.name.zh, &kind.name.en).into_owned(),
        audience: Field::new("audience", w.audience(), &typed("audience"))
            .hint(w.audience_hint())
            .autocomplete("off")
            .error(errors.of("audience")),
        purpose: Field::new("purpose", w.purpose(), &typed("purpose"))
            .hint(w.purpose_hint())
            .autocomplete("off")
            .error(errors.of("purpose")),
        minutes: Choose::new("minutes", w.minutes(), &chosen, minutes).error(errors.of("minutes")),
        fields_error: errors.of("fields").unwrap_or_default(),
        fields,
        errors,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn form(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default(), false).await
}

pub(crate) async fn make(req: Req) -> Result<Reply, Fault> {
    let id: CertificateId = req.path("id")?;
    let wish = Wish {
        fields: req.form().names().filter_map(|n| n.strip_prefix("field.").map(str::to_owned)).collect(),
        audience: req.form().text("audience"),
        purpose: req.form().text("purpose"),
        minutes: req.form().text("minutes").parse().unwrap_or(0),
    };
    match req.act(move |act| showing::show(act, id, &wish)).await {
        Ok(showing) => Ok(Reply::see_other(&format!("/my/showings/{showing}"))),
        Err(CertificateError::Wrong(wrong)) => Ok(page(&req, errors(&req, wrong), true).await?.status(422)),
        Err(CertificateError::State) => {
            let w: Words = req.words();
            Ok(Reply::see_other(&format!("/my/wallet/{id}")).flash(w.said_not_good()))
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Template)]
#[template(path = "showing.html")]
struct MadePage {
    f: Frame,
    w: Words,
    id: ShowingId,
    certificate: CertificateId,
    runs: bool,
    lead: String,
    until: String,
    code: String,
    qr: Html,
}

pub(crate) async fn made(req: Req) -> Result<Reply, Fault> {
    let id: ShowingId = req.path("id")?;
    let person = req.resident()?;
    let house = req.house().clone();
    let (row, about) = req
        .read(move |r| {
            let row = showing::own_showing(r, person, id)?;
            let about = row.open(house.vault())?;
            Ok::<_, CertificateError>((row, about))
        })
        .await?;
    let w: Words = req.words();
    let address = format!("{}/shown?c={}", req.origin(), about.code);
    let svg = qr_svg(&address).map_err(|_| CertificateError::Stored)?;
    Ok(Reply::page(&MadePage {
        id,
        certificate: row.certificate,
        runs: row.runs(req.now()),
        lead: w.shown_line(&about.audience, &about.purpose),
        until: w.shown_until(&row.until.minute()),
        code: spaced(&about.code),
        qr: Html::drawing(&svg),
        f: req.frame(),
        w,
    }))
}

/// In groups of four, to be read out.
fn spaced(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn end(req: Req) -> Result<Reply, Fault> {
    let id: ShowingId = req.path("id")?;
    req.act(move |act| showing::end(act, id)).await?;
    Ok(Reply::see_other(&format!("/my/showings/{id}")).flash(req.words::<Words>().said_ended()))
}

#[derive(Template)]
#[template(path = "shown.html")]
struct LookPage {
    f: Frame,
    w: Words,
    errors: Errors,
    code: Field,
    found: Option<Found>,
}

struct Found {
    name: String,
    chip: Chip,
    watermark: String,
    facts: Facts,
}

fn found(req: &Req, shown: &Shown) -> Found {
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let mut facts = vec![
        Fact::new(w.holder(), &shown.data.holder),
        Fact::new(w.document(), shown.data.document_masked(today)),
    ];
    let chosen = values(&shown.kind, &shown.data, lang, &|f| shown.about.fields.contains(&f.key));
    facts.extend(chosen.into_iter().map(|(name, value)| Fact::new(&name, value)));
    Found {
        name: lang.pick(&shown.kind.name.zh, &shown.kind.name.en).into_owned(),
        chip: chip(w, standing(shown.row.state, shown.row.valid_until, today)),
        watermark: watermark(&shown.about.audience, &shown.about.purpose, &shown.until.minute()),
        facts: Facts { facts, why: req.frame().words().why() },
    }
}

/// Whoever has the code looks; by the QR code's address or typed.
pub(crate) async fn look(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let typed = if req.form().has("c") { req.form().raw("c") } else { req.query().raw("c") };
    let code = linli_base::text::compact(typed);
    let asked = !code.is_empty() || req.form().has("c");
    let shown = if code.is_empty() || code.chars().count() > 40 {
        None
    } else {
        let code = code.clone();
        req.act(move |act| showing::look(act, &code)).await?
    };
    let wrong =
        if asked && shown.is_none() { vec![("c".to_owned(), w.code_wrong().to_owned())] } else { Vec::new() };
    let f = req.frame();
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    let code = Field::new("c", w.code(), typed).hint(w.code_hint()).autocomplete("off").error(errors.of("c"));
    let found = shown.as_ref().map(|s| found(&req, s));
    Ok(Reply::page(&LookPage { code, found, errors, f, w }).status(status))
}
