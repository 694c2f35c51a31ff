//! For officers: visits as published against visits as derived, by department. For everybody: the proofs that are not asked any more.

use askama::Template;
use linli_figures::Figure;
use linli_guide::visits::{Holder, visits};
use linli_web::{Fault, Frame, Reply, Req};

use super::guide::{came, cause};
use crate::cards::Card;
use crate::domain::ItemId;
use crate::offers::{ExperienceService, Experienced};
use crate::store::{self, DepartmentRow};
use crate::{Words, abolished as list};

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    f: Frame,
    w: Words,
    departments: Vec<DepartmentRow>,
    apart: Vec<Apart>,
    advice: Vec<Advised>,
    figures: Vec<&'static Figure>,
    /// The department whose advice is shown.
    of: String,
}

/// An item whose published visits are not the derived ones.
struct Apart {
    key: String,
    name: String,
    declared: i64,
    worst: i64,
    best: i64,
    came: String,
}

/// An item with visits, why, and how one could be saved.
struct Advised {
    key: String,
    name: String,
    visits: u8,
    came: String,
    causes: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "abolished.html")]
struct AbolishedPage {
    f: Frame,
    w: Words,
    proofs: Vec<list::Abolished>,
}

/// Items whose advice is shown on one page.
const ADVISED: usize = 60;

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    req.officer()?;
    let w: Words = req.words();
    let lang = w.lang();
    let of =
        Some(req.query().text("department")).filter(|d| !d.is_empty()).unwrap_or_else(|| "RS".to_owned());
    let wanted = of.clone();
    let experience = req.house().service::<ExperienceService>();
    let (departments, apart, guides) = req
        .read(move |r| {
            let departments = r.all(&store::DEPARTMENTS, ())?;
            let apart: Vec<Card> = r.all(&store::APART, (ItemId::from_raw(0),))?;
            let mut with_experience = Vec::new();
            for card in apart {
                with_experience.push((experience.0.of(r, &card.key)?, card));
            }
            let mut guides = Vec::new();
            for named in r.all(&store::NAMES_OF, (wanted.as_str(), 1i64, 1_000i64, ItemId::from_raw(0)))? {
                if guides.len() < ADVISED
                    && let Some(row) = r.opt(&store::BY_KEY, (named.key.as_str(),))?
                {
                    guides.push((experience.0.of(r, &row.key)?, row.key, row.document.0));
                }
            }
            Ok::<_, linli_db::DbError>((departments, with_experience, guides))
        })
        .await?;
    let told_of = |e: Option<Experienced>| e.map_or_else(|| w.came_few().to_owned(), |e| came(w, e));
    let advice = guides
        .iter()
        .map(|(e, key, g)| {
            let told = visits(g, &Holder::worst());
            let saving: Vec<_> = told.advice(g.pace).map(|(c, _)| *c).collect();
            let causes = told.causes.iter().map(|c| (cause(w, c), saving.contains(c))).collect();
            Advised {
                key: key.clone(),
                name: super::pick(lang, &g.name),
                visits: told.count,
                came: told_of(*e),
                causes,
            }
        })
        .collect();
    let apart = apart
        .into_iter()
        .map(|(e, c)| Apart {
            came: told_of(e),
            key: c.key,
            name: lang.pick(&c.name_zh, &c.name_en).into_owned(),
            declared: c.declared.unwrap_or(0),
            worst: c.worst,
            best: c.best,
        })
        .collect();
    let figures = ["items.total", "items.hr", "items.hr.zero", "items.hr.one"]
        .into_iter()
        .filter_map(linli_figures::find);
    Ok(Reply::page(&VisitsPage {
        f: req.frame(),
        w,
        departments,
        apart,
        advice,
        figures: figures.collect(),
        of,
    }))
}

pub(crate) async fn abolished(req: Req) -> Result<Reply, Fault> {
    let proofs = req.read(list::all).await?;
    Ok(Reply::page(&AbolishedPage { f: req.frame(), w: req.words(), proofs }))
}
