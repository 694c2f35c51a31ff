//! Home, the list of services, the guide of one, what officers see of the visits.

pub(crate) mod guide;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod report;

use std::sync::Arc;

use linli_guide::Both;
use linli_web::ui::{Chip, Row, Tone};
use linli_web::{Fault, Req};
use linli_words::Lang;

use crate::Words;
use crate::cards::{Card, Finder};
use crate::search::Index;
use crate::store;

pub(crate) fn pick(lang: Lang, both: &Both) -> String {
    lang.pick(&both.zh, &both.en).into_owned()
}

/// A card as a row of a list.
pub(crate) fn row(w: Words, c: &Card) -> Row {
    let chip = match c.days {
        0 => Chip::new(Tone::Done, w.at_once()),
        days => Chip::new(Tone::Plain, &w.days(&days)),
    };
    Row {
        href: format!("/services/{}", c.key),
        title: w.lang().pick(&c.name_zh, &c.name_en).into_owned(),
        detail: w.lang().pick(&c.summary_zh, &c.summary_en).into_owned(),
        chip: Some(chip),
    }
}

/// What a page that shows nothing but the catalogue is kept under: every change of an item moves it.
pub(crate) async fn stamp(req: &Req) -> Result<(i64, i64), Fault> {
    let stamp = req.read(|r| r.opt(&store::STAMP, ())).await?;
    Ok((stamp.map_or(0, |(n,)| n), 0))
}

/// What the page of a guide is kept under: what it says of those who applied rests on rules too, as they hold today.
pub(crate) async fn guide_stamp(req: &Req) -> Result<(i64, i64), Fault> {
    let both = req.read(|r| {
        let today = r.now().day();
        let stamp = r.opt(&store::STAMP, ())?.map_or(0, |(n,)| n);
        Ok::<_, linli_db::DbError>((stamp, linli_rules::edition(r, today)?))
    });
    Ok(both.await?)
}

/// The index as it is now.
pub(crate) async fn index(req: &Req) -> Result<Arc<Index>, Fault> {
    let finder = req.house().service::<Finder>();
    Ok(req.read(move |r| finder.index(r)).await?)
}
