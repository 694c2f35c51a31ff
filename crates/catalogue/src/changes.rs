//! What the editor may do to an item, in its own transaction: a new version goes live, an item is retired and brought back. Whoever calls
//! has asked whether the actor may, and had it approved.

use linli_acts::Act;
use linli_base::Instant;
use linli_db::{DbError, Json, Read};
use linli_guide::visits::best_and_worst;
use linli_guide::{BadGuide, Guide};

use crate::acts::{Arriving, CatalogueError, log, show};
use crate::cards::Card;
use crate::domain::{ItemId, ItemState};
use crate::store::{self, ItemRow};
use crate::{abolished, figures};

/// How an item stands, whatever its state.
#[derive(Clone, Debug)]
pub struct Standing {
    pub id: ItemId,
    pub key: String,
    pub state: ItemState,
    pub version: i64,
    pub guide: Guide,
    pub rev: i64,
    /// Since when residents find it no more, and why.
    pub retired: Option<(Instant, String)>,
}

fn stands(row: ItemRow) -> Standing {
    Standing {
        id: row.id,
        key: row.key,
        state: row.state,
        version: row.version,
        guide: row.document.0,
        rev: row.rev,
        retired: row.retired_at.zip(row.retired_why),
    }
}

/// An item by its key.
///
/// # Errors
/// If the database fails.
pub fn standing(read: &mut Read<'_>, key: &str) -> Result<Option<Standing>, DbError> {
    Ok(read.opt(&store::BY_KEY, (key,))?.map(stands))
}

/// Items that were retired, in pages.
///
/// # Errors
/// If the database fails.
pub fn retired(read: &mut Read<'_>, after: ItemId, most: i64) -> Result<Vec<Standing>, DbError> {
    Ok(read.all(&store::RETIRED, (after, most))?.into_iter().map(stands).collect())
}

/// Live items in pages: id, key, version, guide.
///
/// # Errors
/// If the database fails.
pub fn page(
    read: &mut Read<'_>,
    after: ItemId,
    most: i64,
) -> Result<Vec<(ItemId, String, i64, Guide)>, DbError> {
    let rows = read.all(&store::LIVE_PAGE, (after, most))?;
    Ok(rows.into_iter().map(|(id, key, version, document)| (id, key, version, document.0)).collect())
}

/// Names of live items that ask for a proof whose name has these words: at most `most`.
///
/// # Errors
/// If the database fails.
pub fn asking_for(read: &mut Read<'_>, words: &str, most: usize) -> Result<Vec<(String, String)>, DbError> {
    let (mut out, mut after) = (Vec::new(), ItemId::from_raw(0));
    loop {
        let items = page(read, after, 200)?;
        let Some(last) = items.last().map(|i| i.0) else { return Ok(out) };
        for (.., guide) in items.into_iter().filter(|(.., g)| abolished::asks(g, words)) {
            out.push((guide.name.zh, guide.name.en));
            if out.len() == most {
                return Ok(out);
            }
        }
        after = last;
    }
}

/// The versions of an item, newest first, each with its instant: at most 200.
///
/// # Errors
/// If the database fails.
pub fn versions(read: &mut Read<'_>, item: ItemId) -> Result<Vec<(i64, Instant)>, DbError> {
    read.all(&store::VERSIONS, (item,))
}

/// The text that the program brought for an item that is the district's own, if nobody has looked at it yet.
///
/// # Errors
/// If the database fails.
pub fn newer(read: &mut Read<'_>, item: ItemId) -> Result<Option<(Guide, Instant)>, DbError> {
    let row = read.opt(&store::NEWER, (item,))?;
    Ok(row.filter(|(_, _, _, seen)| *seen == 0).map(|(document, _, at, _)| (document.0, at)))
}

/// Keys of the items for which there is such a text: at most 500.
///
/// # Errors
/// If the database fails.
pub fn newer_open(read: &mut Read<'_>) -> Result<Vec<String>, DbError> {
    Ok(read.all(&store::NEWER_OPEN, ())?.into_iter().map(|(_, key)| key).collect())
}

/// Puts that text aside.
///
/// # Errors
/// If the database fails.
pub fn newer_seen(act: &mut Act<'_, '_>, item: ItemId) -> Result<(), DbError> {
    act.run(&store::NEWER_SEEN, (item,)).map(|_| ())
}

/// A guide becomes the version that residents see: the next one after `base`, or, with base 0, the first of a new item. Gives its number.
///
/// # Errors
/// If the guide is unsound or asks for an abolished proof, or `base` is not the version shown now.
pub fn put_live(
    act: &mut Act<'_, '_>,
    key: &str,
    guide: &Guide,
    base: i64,
) -> Result<(ItemId, i64), CatalogueError> {
    let house = act.house;
    guide.check(&crate::offers::papers(act, house)?)?;
    if !linli_guide::material::is_key(key) {
        return Err(BadGuide::Form("key".to_owned()).into());
    }
    if let Some(proof) = abolished::asked(act, guide)? {
        return Err(BadGuide::Abolished(proof.words).into());
    }
    let new = Arriving::new(key.to_owned(), guide.clone())?;
    let now = act.now();
    let (id, version) = match act.opt(&store::HEAD, (key,))? {
        Some((id, version, _, _)) if version == base => (id, version + 1),
        None if base == 0 => (act.next_id::<ItemId>(), 1),
        _ => return Err(CatalogueError::Changed),
    };
    if version == 1 {
        act.run(&store::ADD, (id, key, 1i64))?;
    }
    act.run(&store::ADD_VERSION, (id, version, Json(guide), new.hash, now))?;
    if version > 1 && !act.run_one(&store::CHANGE, (id, base, version))? {
        return Err(CatalogueError::Changed);
    }
    show(act, &Card::of(id, key, guide))?;
    act.run(&store::RAISE_STAMP, ())?;
    log(act, id, "catalogue.changed", ItemState::Live, version)?;
    Ok((id, version))
}

/// Residents find it no more; the reason is told at its address. Cases that are under way go on.
///
/// # Errors
/// If it is not live, or somebody was quicker.
pub fn retire(act: &mut Act<'_, '_>, item: &Standing, why: &str) -> Result<(), CatalogueError> {
    let now = act.now();
    if !act.run_one(&store::RETIRE, (item.id, item.rev, why, now))? {
        return Err(CatalogueError::Changed);
    }
    act.run(&store::DROP_CARD, (item.id,))?;
    act.run(&store::RAISE_STAMP, ())?;
    log(act, item.id, "catalogue.retired", ItemState::Retired, item.version)
}

/// Brings a retired item back, as it stood.
///
/// # Errors
/// If it is not retired, somebody was quicker, or it asks for a proof that was abolished meanwhile.
pub fn reinstate(act: &mut Act<'_, '_>, item: &Standing) -> Result<(), CatalogueError> {
    if let Some(proof) = abolished::asked(act, &item.guide)? {
        return Err(BadGuide::Abolished(proof.words).into());
    }
    if !act.run_one(&store::REINSTATE, (item.id, item.rev))? {
        return Err(CatalogueError::Changed);
    }
    show(act, &Card::of(item.id, &item.key, &item.guide))?;
    act.run(&store::RAISE_STAMP, ())?;
    log(act, item.id, "catalogue.reinstated", ItemState::Live, item.version)
}

/// The letter's counts of the catalogue, as its figures have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub total: i64,
    pub hr: i64,
    pub zero: i64,
    pub one: i64,
}

impl Counts {
    /// What they would be if a guide came in the place of another, which may be none.
    #[must_use]
    pub fn with(mut self, before: Option<&Guide>, after: Option<&Guide>) -> Self {
        for (guide, by) in [(before, -1), (after, 1)] {
            let Some(guide) = guide else { continue };
            self.total += by;
            if guide.department.code != figures::HR {
                continue;
            }
            self.hr += by;
            match best_and_worst(guide).1 {
                0 => self.zero += by,
                1 => self.one += by,
                _ => {}
            }
        }
        self
    }
}

/// The counts now.
///
/// # Errors
/// If the database fails.
pub fn counts(read: &mut Read<'_>) -> Result<Counts, DbError> {
    let mut of = |least: i64, most: i64| read.one(&store::COUNT_OF, (figures::HR, least, most)).map(|(n,)| n);
    let (hr, zero, one) = (of(0, figures::ANY)?, of(0, 0)?, of(1, 1)?);
    let total = read.one(&store::COUNT_LIVE, ())?.0;
    Ok(Counts { total, hr, zero, one })
}
