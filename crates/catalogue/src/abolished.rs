//! Proofs that may not be asked for any more (取消的证明). An item that asks for one cannot go live. The list comes with the program as a start
//! and is the officers' from then on.

use linli_db::{DbError, Read, row};
use linli_guide::Guide;

use crate::store;
use crate::terms::{TermId, TermState};

const FILE: &str = include_str!("../items/abolished.txt");

row! {
    /// An abolished proof, with what is done instead and where it is written.
    #[derive(Clone, Debug)]
    pub struct Abolished {
        pub id: TermId,
        /// A material whose name has these words asks for it.
        pub words: String,
        pub instead_zh: String,
        pub instead_en: String,
        pub source: String,
        pub since: String,
        /// 1: written from memory, to be checked.
        pub recalled: i64,
        pub state: TermState,
        pub rev: i64,
    }
}

/// Those that come with the program.
pub fn delivered() -> impl Iterator<Item = Abolished> {
    FILE.lines().filter(|l| !l.starts_with('#')).filter_map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        let [words, instead_zh, instead_en, source, since, certainty] = cells[..] else { return None };
        Some(Abolished {
            id: TermId::from_raw(0),
            words: words.to_owned(),
            instead_zh: instead_zh.to_owned(),
            instead_en: instead_en.to_owned(),
            source: source.to_owned(),
            since: since.to_owned(),
            recalled: i64::from(certainty == "recalled"),
            state: TermState::Live,
            rev: 1,
        })
    })
}

/// All that hold, in the order of the list: at most 1,000.
///
/// # Errors
/// If the database fails.
pub fn all(read: &mut Read<'_>) -> Result<Vec<Abolished>, DbError> {
    read.all(&store::ABOLISHED, ())
}

/// Whether an item asks for a material whose name has these words.
#[must_use]
pub fn asks(guide: &Guide, words: &str) -> bool {
    guide.materials.iter().any(|m| m.name.zh.replace(' ', "").contains(words))
}

/// The first of a list that an item asks for.
#[must_use]
pub fn asked_of<'a>(list: &'a [Abolished], guide: &Guide) -> Option<&'a Abolished> {
    list.iter().find(|a| asks(guide, &a.words))
}

/// The first abolished proof that an item asks for.
///
/// # Errors
/// If the database fails.
pub fn asked(read: &mut Read<'_>, guide: &Guide) -> Result<Option<Abolished>, DbError> {
    Ok(asked_of(&all(read)?, guide).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_a_copy_of_the_identity_card_is_refused() {
        let list: Vec<Abolished> = delivered().collect();
        assert_eq!(list.len(), FILE.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).count());
        let mut guide = Guide::read(crate::DELIVERED[0].1).unwrap();
        assert!(asked_of(&list, &guide).is_none());
        guide.materials[0].name.zh = "身份证 复印件".into();
        assert_eq!(asked_of(&list, &guide).unwrap().words, "身份证复印件");
    }
}
