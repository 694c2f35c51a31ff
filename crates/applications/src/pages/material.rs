//! One material: the best way that she has first, the others behind a line.

use askama::Template;
use linli_files::offers::{self as files, FileId};
use linli_guide::Need;
use linli_web::ui::Errors;
use linli_web::{Fault, Frame, Malformed, Missing, Reply, Req};

use super::{FileLine, errors, file_lines};
use crate::error::ApplicationError;
use crate::journey::Step;
use crate::material_acts::{self, word};
use crate::materials::upload_check;
use crate::show::pick;
use crate::{Words, acts, situation, store};

#[derive(Template)]
#[template(path = "material.html")]
struct MaterialPage {
    f: Frame,
    w: Words,
    errors: Errors,
    file_error: String,
    item: String,
    name: String,
    /// Who makes it.
    source: String,
    step: String,
    back: String,
    base: String,
    /// The way that is shown: `files`, `counter`, `post`.
    way: &'static str,
    /// The original is shown once at a counter.
    counter: bool,
    files: Vec<FileLine>,
    /// Word and label of what else she may do.
    others: Vec<(&'static str, String)>,
    place: String,
    phone: String,
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let material: String = req.path("key")?;
    let person = req.actor().resident_for(&key)?;
    let house = req.house().clone();
    let (item, wanted_key) = (key.clone(), material.clone());
    let found = req
        .read(move |r| {
            let Some(row) = r.opt(&store::DRAFT_OF_KEY, (person, &item))? else { return Ok(None) };
            let (_, _, guide) = acts::item(r, &item)?;
            let form = acts::form(&guide)?;
            let answers = row.open(house.vault())?;
            let situation = situation::load(r, house.vault(), person, &guide, Some(row.id))?;
            let way = situation.way(&guide, &form, &answers);
            let asks = way.plan.iter().any(|w| w.material.key == wanted_key && w.asks());
            let first = way.plan.iter().find(|w| w.material.key == wanted_key).map(|w| word(w.way));
            let steps = way.steps;
            drop(form);
            Ok::<_, ApplicationError>(Some((guide, steps, asks, first.unwrap_or_default(), situation.files)))
        })
        .await?;
    let Some((guide, steps, asks, first, all)) = found else {
        let w: Words = req.words();
        return Ok(Reply::see_other(&format!("/apply/{key}")).flash(w.said_no_draft()));
    };
    let m = guide.materials.iter().find(|m| m.key == material).ok_or(Missing)?;
    // Not wanted of her any more: a certificate came, an answer changed.
    if !asks {
        return Ok(Reply::see_other(&format!("/apply/{key}/check")));
    }
    let (lang, w) = (req.lang(), req.words::<Words>());
    let open: Vec<&'static str> = m.ways.iter().map(word).filter(|word| !word.is_empty()).collect();
    let asked = req.query().raw("way");
    let way = open.iter().find(|word| **word == asked).copied().unwrap_or(first);
    let mut others: Vec<(&'static str, String)> = open
        .iter()
        .filter(|word| **word != way)
        .map(|word| {
            let label = match *word {
                "files" => w.other_files(),
                "counter" => w.other_counter(),
                _ => w.other_post(),
            };
            (*word, label.to_owned())
        })
        .collect();
    match m.need {
        Need::Later { days } => others.push(("later", w.other_later(&days))),
        Need::Optional => others.push(("without", w.other_without().to_owned())),
        Need::Must => {}
    }
    let here = Step::Material(material.clone());
    let at = steps.iter().position(|s| *s == here).unwrap_or(0);
    let back = at.checked_sub(1).and_then(|i| steps.get(i));
    let lines = file_lines(req, all.iter().filter(|(_, p)| *p == material).map(|(f, _)| f))?;
    Ok(Reply::page(&MaterialPage {
        item: pick(lang, &guide.name),
        name: pick(lang, &m.name),
        source: lang.pick(&m.source.zh, &m.source.en).into_owned(),
        step: w.step(&(at + 1), &steps.len()),
        back: back.map_or_else(|| format!("/apply/{key}"), |s| s.path(&key)),
        base: format!("/apply/{key}/materials/{material}"),
        way,
        counter: upload_check(m) == Some(linli_guide::Check::Counter),
        files: lines,
        others,
        place: pick(lang, &guide.place),
        phone: guide.phone.clone(),
        file_error: errors.of("file").unwrap_or_default(),
        errors,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    match page(&req, Errors::default()).await {
        Err(fault) if fault.code() == "item-not-open" => super::start::gone(&req).await,
        other => other,
    }
}

/// The refusal of an upload or a choice, told beside its field.
async fn refused(req: &Req, e: ApplicationError) -> Result<Reply, Fault> {
    let wrong = match &e {
        ApplicationError::Wrong(wrong) => wrong.clone(),
        ApplicationError::File(files::FileError::Refused(_, wrong)) => wrong.to_vec(),
        ApplicationError::NotOpen => return super::start::gone(req).await,
        _ => return Err(e.into()),
    };
    Ok(page(req, errors(req, wrong)).await?.status(422))
}

pub(crate) async fn send(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let material: String = req.path("key")?;
    let back = format!("/apply/{key}/materials/{material}");
    req.actor().resident_for(&key)?;
    let file = match files::receive(req.house(), req.actor(), req.incoming()).await {
        Ok(file) => file,
        Err(e) => return refused(&req, e.into()).await,
    };
    match req.act(move |act| material_acts::attach(act, &key, &material, file)).await {
        Ok(()) => Ok(Reply::see_other(&back).flash(req.words::<Words>().said_sent())),
        Err(e) => refused(&req, e).await,
    }
}

pub(crate) async fn choose(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let material: String = req.path("key")?;
    let choice = material_acts::choice(req.form().raw("how")).ok_or(Malformed)?;
    let item = key.clone();
    match req.act(move |act| material_acts::choose(act, &item, &material, choice)).await {
        Ok(next) => Ok(Reply::see_other(&next.path(&key))),
        Err(e) => refused(&req, e).await,
    }
}

pub(crate) async fn drop_file(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("item")?;
    let material: String = req.path("key")?;
    let file: FileId = req.form().parse_as("file")?;
    let back = format!("/apply/{key}/materials/{material}");
    req.act(move |act| material_acts::detach(act, &key, &material, file)).await?;
    Ok(Reply::see_other(&back))
}
