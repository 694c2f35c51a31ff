//! What a list needs of an item, and the index that every process keeps of them.

use std::sync::{Arc, Mutex, PoisonError};

use linli_db::{DbError, Read, row};
use linli_guide::handling::Persons;
use linli_guide::visits::best_and_worst;
use linli_guide::{Guide, Level, Pace};

use crate::domain::ItemId;
use crate::search::Index;
use crate::store;

row! {
    /// What a list needs of an item: a row of `item_cards`.
    #[derive(Clone, Debug)]
    pub struct Card {
        pub item: ItemId,
        pub key: String,
        pub name_zh: String,
        pub name_en: String,
        pub summary_zh: String,
        pub summary_en: String,
        pub words: String,
        pub department: String,
        pub department_zh: String,
        pub department_en: String,
        pub level: String,
        pub persons: String,
        pub events: String,
        pub days: i64,
        pub best: i64,
        pub worst: i64,
        pub declared: Option<i64>,
        pub unchecked: i64,
    }
}

/// The word of a level in cards and addresses.
#[must_use]
pub fn level(level: Level) -> &'static str {
    match level {
        Level::District => "district",
        Level::Street => "street",
        Level::Community => "community",
    }
}

/// The word of who may ask.
#[must_use]
pub fn persons(persons: Persons) -> &'static str {
    match persons {
        Persons::Persons => "persons",
        Persons::Enterprises => "enterprises",
        Persons::Both => "both",
    }
}

impl Card {
    /// The card of a guide.
    #[must_use]
    pub fn of(item: ItemId, key: &str, guide: &Guide) -> Self {
        let (best, worst) = best_and_worst(guide);
        Self {
            item,
            key: key.to_owned(),
            name_zh: guide.name.zh.clone(),
            name_en: guide.name.en.clone(),
            summary_zh: guide.summary.zh.clone(),
            summary_en: guide.summary.en.clone(),
            words: guide.words.join(" "),
            department: guide.department.code.clone(),
            department_zh: guide.department.zh.clone(),
            department_en: guide.department.en.clone(),
            level: level(guide.level).to_owned(),
            persons: persons(guide.persons).to_owned(),
            events: format!(" {} ", guide.events.join(" ")),
            days: match guide.pace {
                Pace::Immediate => 0,
                Pace::Promised => i64::from(guide.promised_days),
            },
            best: best.into(),
            worst: worst.into(),
            declared: guide.declared_visits.map(i64::from),
            unchecked: i64::from(guide.unchecked),
        }
    }
}

/// Every card, read in pages.
///
/// # Errors
/// If the database fails.
pub fn all(read: &mut Read<'_>) -> Result<Vec<Card>, DbError> {
    let mut out: Vec<Card> = Vec::new();
    // More than a district has items.
    while out.len() < 10_000 {
        let after = out.last().map_or(ItemId::from_raw(0), |c| c.item);
        let page = read.all(&store::CARDS, (after,))?;
        if page.is_empty() {
            break;
        }
        out.extend(page);
    }
    Ok(out)
}

/// The index of this process: made when it is first wanted, and again when another process or this one changed an item.
#[derive(Default)]
pub struct Finder(Mutex<Option<(i64, Arc<Index>)>>);

impl Finder {
    /// The index as the transaction sees the catalogue.
    ///
    /// # Errors
    /// If the database fails.
    pub fn index(&self, read: &mut Read<'_>) -> Result<Arc<Index>, DbError> {
        let stamp = read.opt(&store::STAMP, ())?.map_or(0, |(n,)| n);
        if let Some((same, index)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && *same == stamp
        {
            return Ok(Arc::clone(index));
        }
        let synonyms = crate::terms::synonyms(read)?.into_iter().map(|s| (s.said, s.meant)).collect();
        let index = Arc::new(Index::new(all(read)?, synonyms));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, Arc::clone(&index)));
        Ok(index)
    }
}
