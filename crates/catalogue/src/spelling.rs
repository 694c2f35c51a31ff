//! How words are spelt in pinyin, and what is often mistaken for it: zh and z, n and l, -n and -ng.

use pinyin::ToPinyin;

/// The syllables of a phrase; what is not Chinese is left out.
pub(crate) fn syllables(text: &str) -> Vec<&'static str> {
    text.chars().filter_map(|c| c.to_pinyin().map(|p| p.plain())).collect()
}

/// A spelling with what is often mistaken made the same.
pub(crate) fn folded(letters: &str) -> String {
    letters
        .replace("zh", "z")
        .replace("ch", "c")
        .replace("sh", "s")
        .replace("ng", "n")
        .replace('l', "n")
        .replace("hu", "fu")
        .replace('ü', "v")
}

/// How well letters spell the syllables from the first on: 2 for each syllable in full, 1 for one by its initial; `None`: they do not.
/// The last syllable may be unfinished.
pub(crate) fn spells(syllables: &[&str], letters: &str) -> Option<u32> {
    if letters.is_empty() {
        return Some(0);
    }
    let (first, rest) = syllables.split_first()?;
    let full = letters.strip_prefix(first).and_then(|l| spells(rest, l)).map(|n| n + 2);
    let unfinished =
        (letters.len() > 1 && letters.len() < first.len() && first.starts_with(letters)).then_some(1);
    let initial = || {
        let mut typed = letters.chars();
        (typed.next() == first.chars().next()).then(|| spells(rest, typed.as_str())).flatten().map(|n| n + 1)
    };
    full.or(unfinished).or_else(initial)
}

/// The fewest changes of letters that make `needle` stand somewhere in `hay`, if at most `most`.
pub(crate) fn nearly_in(needle: &[u8], hay: &[u8], most: usize) -> Option<usize> {
    // One row of Sellers' table: beginning anywhere costs nothing.
    let mut row: Vec<usize> = (0..=needle.len()).collect();
    let mut best = needle.len();
    for letter in hay {
        let mut diagonal = 0;
        let mut before = 0;
        for (cell, want) in row.iter_mut().skip(1).zip(needle) {
            let cost = diagonal + usize::from(want != letter);
            diagonal = *cell;
            *cell = cost.min(*cell + 1).min(before + 1);
            before = *cell;
        }
        best = best.min(before);
    }
    (best <= most).then_some(best)
}

/// The changes that make one word of another, if at most `most`.
pub(crate) fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b) {
            let cost = diagonal + usize::from(x != y);
            diagonal = *cell;
            *cell = cost.min(*cell + 1).min(before + 1);
            before = *cell;
        }
    }
    row.last().copied().filter(|n| *n <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_spell_in_full_by_initials_and_mixed() {
        let word = syllables("生育津贴");
        assert_eq!(word, ["sheng", "yu", "jin", "tie"]);
        for (typed, score) in [
            ("shengyujintie", Some(8)),
            ("syjt", Some(4)),
            ("shengyujt", Some(6)),
            ("shengyuj", Some(5)),
            ("shangyu", None),
        ] {
            assert_eq!(spells(&word, typed), score, "{typed}");
        }
    }

    #[test]
    fn what_is_often_mistaken_is_the_same() {
        for (a, b) in [("shengyu", "senyu"), ("lan", "nang"), ("zhicheng", "zicen"), ("huli", "funi")] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
    }

    #[test]
    fn near_is_told_from_far() {
        assert_eq!(nearly_in(b"jintei", b"shengyujintie", 2), Some(1));
        assert_eq!(nearly_in(b"canbao", b"gerencanbaozhengming", 1), Some(0));
        assert_eq!(nearly_in(b"tingche", b"gerencanbao", 2), None);
        assert_eq!(distance(b"pention", b"pension", 2), Some(1));
        assert_eq!(distance(b"pension", b"school", 2), None);
    }
}
