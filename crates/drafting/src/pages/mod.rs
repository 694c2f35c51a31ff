//! The editors' and approvers' pages.

pub(crate) mod edit;
pub(crate) mod exchange;
pub(crate) mod item;
pub(crate) mod list;
pub(crate) mod lists;
pub(crate) mod tryout;
pub(crate) mod version;

use linli_catalogue::offers::Finder;
use linli_guide::Form;
use linli_web::ui::{Chip, Tone};
use linli_web::{Fault, Req};

use crate::codec;
use crate::domain::DraftState;
use crate::terms::Terms;
use crate::{DraftingError, Words};

/// The departments that items name, with the value of their choice, by name.
pub(crate) async fn departments(req: &Req) -> Result<Vec<(String, String, String)>, Fault> {
    let finder = req.house().service::<Finder>();
    let lang = req.lang();
    let index = req.read(move |r| finder.index(r)).await?;
    let mut out: Vec<(String, String, String)> = index
        .cards()
        .map(|c| {
            let value = codec::department(&c.department, &c.department_zh, &c.department_en);
            (value, c.department.clone(), lang.pick(&c.department_zh, &c.department_en).into_owned())
        })
        .collect();
    out.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    out.dedup_by(|a, b| a.0 == b.0);
    Ok(out)
}

/// The terms of a page, with the fields of a form that tests may ask.
pub(crate) async fn terms(req: &Req, form: Option<&Form>) -> Result<Terms, Fault> {
    let departments = departments(req).await?.into_iter().map(|(value, _, name)| (value, name)).collect();
    let house = req.house().clone();
    let papers = req.read(move |r| linli_catalogue::offers::papers(r, &house)).await?;
    Ok(Terms::new(req.words::<Words>(), departments, papers, form))
}

pub(crate) fn chip(w: Words, state: DraftState) -> Chip {
    match state {
        DraftState::Draft => Chip::new(Tone::Plain, w.state_draft()),
        DraftState::Proposed => Chip::new(Tone::Due, w.state_proposed()),
        DraftState::Live => Chip::new(Tone::Done, w.state_live()),
        DraftState::Dropped => Chip::new(Tone::Plain, w.state_dropped()),
    }
}

/// Wrong fields in words; anything else is a fault of the whole page.
pub(crate) fn told(w: Words, e: DraftingError) -> Result<Vec<(String, String)>, Fault> {
    match e {
        DraftingError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or_else(|| w.wrong_choose()).to_owned()))
            .collect()),
        e => Err(e.into()),
    }
}
