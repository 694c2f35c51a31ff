//! The materials of a case: for the officer with download and "compared with the original", for the applicant as they went along.

use askama::Template;
use linli_acts::Act;
use linli_casework::offers::{self as casework, CaseId};
use linli_certificates::offers::{self as certificates, Standing};
use linli_files::offers::{self as files, FileId, FileRow, Scan};
use linli_guide::Guide;
use linli_notices::Notice;
use linli_web::ui::{Chip, Fact, Facts, Tone};
use linli_web::{Fault, Frame, Reply, Req};
use linli_words::Lang;

use crate::domain::Answers;
use crate::error::ApplicationError;
use crate::materials::{How, Met, paper};
use crate::show::{how, material_name};
use crate::situation::owner;
use crate::store::{self, ApplicationRow};
use crate::{Words, acts};

linli_notices::notice_kind! {
    /// A counter has compared a paper with its copy: it is not asked for again.
    CHECKED = "applications.original_checked", zh: "窗口已核验您的“{name}”原件，以后办事不用再交。", en: "A counter has compared your {name} with its original. You will not be asked for it again.";
}

#[derive(Template)]
#[template(path = "case_materials.html")]
struct DeskPage {
    f: Frame,
    w: Words,
    number: String,
    case: CaseId,
    materials: Vec<Material>,
}

#[derive(Template)]
#[template(path = "my_materials.html")]
struct MinePage {
    f: Frame,
    w: Words,
    number: String,
    case: CaseId,
    materials: Vec<Material>,
}

struct Material {
    name: String,
    how: String,
    /// What a certificate says, and whether it still stands.
    facts: Facts,
    chip: Option<Chip>,
    files: Vec<File>,
}

struct File {
    id: FileId,
    words: String,
    opens: bool,
    checked: String,
    /// May be noted as compared with its original.
    check: bool,
}

fn file(
    act: &Act<'_, '_>,
    w: Words,
    guide: &Guide,
    met: &Met,
    row: &FileRow,
) -> Result<File, ApplicationError> {
    let checked = row.checked_at.map(|at| {
        let day = at.day();
        w.checked_on(&if w.lang().is_en() { day.en() } else { day.zh() })
    });
    let reusable = guide.materials.iter().find(|m| m.key == met.key).and_then(paper).is_some();
    Ok(File {
        id: row.id,
        words: files::line(act.house.vault(), row, w.lang())?,
        opens: row.scan != Scan::Infected,
        check: checked.is_none() && reusable && row.scan != Scan::Infected,
        checked: checked.unwrap_or_default(),
    })
}

fn material(
    act: &mut Act<'_, '_>,
    w: Words,
    guide: &Guide,
    met: &Met,
    all: &[(FileRow, String)],
) -> Result<Material, ApplicationError> {
    let lang: Lang = w.lang();
    let (mut facts, mut chip) = (Vec::new(), None);
    if let How::Certificate { id, rev, .. } = &met.how {
        let row = certificates::certificate(act, *id)?;
        let today = act.now().day();
        let good = certificates::standing(row.state, row.valid_until, today) == Standing::Good;
        chip = Some(match (good, row.rev == *rev) {
            (true, _) => Chip::new(Tone::Done, w.certificate_good()),
            (false, true) => Chip::new(Tone::Due, w.certificate_run_out()),
            (false, false) => Chip::new(Tone::Late, w.certificate_no_longer()),
        });
        if row.data.is_some() {
            let house = act.house;
            let lines = certificates::lines(act, house.vault(), &row, lang)?;
            facts = lines.into_iter().map(|(name, value)| Fact::new(&name, value)).collect();
        }
    }
    let mut out = Vec::new();
    for (row, _) in all.iter().filter(|(_, purpose)| *purpose == met.key) {
        out.push(file(act, w, guide, met, row)?);
    }
    Ok(Material {
        name: material_name(w, guide, &met.key),
        how: how(act, w, &met.how)?,
        facts: Facts { facts, why: "" },
        chip,
        files: out,
    })
}

fn load(act: &mut Act<'_, '_>, w: Words, row: &ApplicationRow) -> Result<Vec<Material>, ApplicationError> {
    let house = act.house;
    let content: Answers = row.open(house.vault())?;
    let guide = acts::guide_of(act, row)?;
    let all = files::of_owner(act, &owner(row.id))?;
    let mut materials = Vec::new();
    for met in &content.met {
        materials.push(material(act, w, &guide, met, &all)?);
    }
    Ok(materials)
}

pub(crate) async fn desk(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let w: Words = req.words();
    let (number, materials) = req
        .act(move |act| {
            let case = casework::look(act, id)?;
            let row = store::of_case(act, id)?;
            Ok::<_, ApplicationError>((case.number, load(act, w, &row)?))
        })
        .await?;
    Ok(Reply::page(&DeskPage { number, case: id, materials, f: req.frame(), w }))
}

pub(crate) async fn mine(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let w: Words = req.words();
    let (number, materials) = req
        .act(move |act| {
            let case = casework::own(act, id)?;
            let row = store::of_case(act, id)?;
            Ok::<_, ApplicationError>((case.number, load(act, w, &row)?))
        })
        .await?;
    Ok(Reply::page(&MinePage { number, case: id, materials, f: req.frame(), w }))
}

pub(crate) async fn download(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let file: FileId = req.path("file")?;
    let row = req
        .act(move |act| {
            casework::look(act, id)?;
            let row = store::of_case(act, id)?;
            Ok::<_, ApplicationError>(files::open_of(act, file, &owner(row.id))?)
        })
        .await?;
    Ok(files::reply(req.house(), &row))
}

/// The officer has held the original beside it: from here on this person is not asked for it again.
pub(crate) async fn checked(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let file: FileId = req.path("file")?;
    req.act(move |act| {
        let case = casework::look(act, id)?;
        act.on_duty(&linli_casework::HANDLER, case.body, case.place)?;
        let row = store::of_case(act, id)?;
        let guide = acts::guide_of(act, &row)?;
        let all = files::of_owner(act, &owner(row.id))?;
        let purpose = all.iter().find(|(f, _)| f.id == file).map(|(_, purpose)| purpose.clone());
        let purpose = purpose.ok_or(ApplicationError::Missing)?;
        let found = guide.materials.iter().find(|m| m.key == purpose);
        let (material, kind) = found.and_then(|m| Some((m, paper(m)?))).ok_or(ApplicationError::Missing)?;
        files::checked(act, file, kind)?;
        act.log(acts::entry(&row, "applications.original_checked"))?;
        let notice = Notice::new(&CHECKED, row.person, owner(row.id))
            .arg_both("name", &material.name.zh, &material.name.en)
            .link("/my/files");
        linli_notices::tell(act, &notice)?;
        Ok::<_, ApplicationError>(())
    })
    .await?;
    let back = format!("/desk/cases/{id}/materials");
    Ok(Reply::see_other(&back).flash(req.words::<Words>().said_checked()))
}
