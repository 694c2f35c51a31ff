//! Proofs that may not be asked for any more (取消的证明). An item that asks for one cannot go live.

use crate::domain::Guide;

const FILE: &str = include_str!("../items/abolished.txt");

/// An abolished proof, with what is done instead and where it is written.
#[derive(Clone, Copy, Debug)]
pub struct Abolished {
    /// A material whose name has these words asks for it.
    pub words: &'static str,
    pub instead_zh: &'static str,
    pub instead_en: &'static str,
    pub source: &'static str,
    pub since: &'static str,
    /// Written from memory: to be checked.
    pub recalled: bool,
}

/// All of them, in the order of the list.
pub fn all() -> impl Iterator<Item = Abolished> {
    FILE.lines().filter(|l| !l.starts_with('#')).filter_map(|line| {
        let cells: Vec<&'static str> = line.split('|').collect();
        let [words, instead_zh, instead_en, source, since, certainty] = cells[..] else { return None };
        let recalled = certainty == "recalled";
        Some(Abolished { words, instead_zh, instead_en, source, since, recalled })
    })
}

/// The first abolished proof that an item asks for.
#[must_use]
pub fn asked(guide: &Guide) -> Option<Abolished> {
    all().find(|a| guide.materials.iter().any(|m| m.name.zh.replace(' ', "").contains(a.words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_a_copy_of_the_identity_card_is_refused() {
        assert_eq!(all().count(), FILE.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).count());
        let mut guide = Guide::read(crate::DELIVERED[0].1).unwrap();
        assert!(asked(&guide).is_none());
        guide.materials[0].name.zh = "身份证 复印件".into();
        assert_eq!(asked(&guide).unwrap().words, "身份证复印件");
    }
}
