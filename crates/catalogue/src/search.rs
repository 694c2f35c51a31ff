//! Finding items by Chinese words, what people say for them, pinyin, initials, English words, and slips of each. An index of about 1,200
//! short texts: every query looks at each, which takes less than a posting list would save.

use std::collections::{HashMap, HashSet};

use crate::cards::Card;
use crate::spelling::{distance, folded, nearly_in, spells, syllables};

/// Words that say nothing about what is looked for, longest first.
const EMPTY: &[&str] = &[
    "我想要",
    "怎么样",
    "怎样",
    "怎么",
    "如何",
    "哪里可以",
    "哪里",
    "在哪",
    "需要什么材料",
    "要什么材料",
    "什么材料",
    "需要什么",
    "多少钱",
    "我要",
    "我想",
    "想要",
    "办理",
    "申请",
    "申领",
    "申报",
    "可以",
    "请问",
    "一下",
    "流程",
    "手续",
    "材料",
    "的",
    "了",
    "吗",
    "呢",
    "？",
    "?",
    "，",
    "。",
];

/// What is done with something one has already: unless it was typed, having it first is what people look for.
const LATER: &[&str] = &[
    "注销", "变更", "延续", "补办", "补发", "换发", "换证", "换领", "遗失", "补证", "终止", "停业", "歇业",
    "转出", "转入",
];

/// What is asked of the index beside the words.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    pub persons: Option<&'static str>,
    pub event: Option<&'static str>,
    pub department: Option<String>,
    pub level: Option<&'static str>,
}

impl Narrow {
    fn keeps(&self, card: &Card) -> bool {
        self.persons.is_none_or(|p| card.persons == p || card.persons == "both")
            && self.event.is_none_or(|e| card.events.contains(&format!(" {e} ")))
            && self.department.as_ref().is_none_or(|d| card.department == *d)
            && self.level.is_none_or(|l| card.level == l)
    }
}

struct Doc {
    card: Card,
    /// Name and other words: phrases without blanks, in small letters.
    name: String,
    words: Vec<String>,
    /// Department and life events.
    around: String,
    /// The syllables of name and words, and the same with what is often mistaken made the same.
    spelt: Vec<Vec<&'static str>>,
    folded: Vec<Vec<String>>,
    /// The folded spelling of name and words without gaps.
    joined: Vec<String>,
    english: Vec<String>,
    pairs: HashSet<(char, char)>,
    heard: HashSet<(String, String)>,
}

/// The index.
pub struct Index {
    docs: Vec<Doc>,
    /// In how many items two characters stand together.
    often: HashMap<(char, char), u32>,
    synonyms: Synonyms,
}

/// What people say, and what items say.
pub type Synonyms = Vec<(String, String)>;

/// The best that a query can be worth.
const BEST: u32 = 1_000;

impl Index {
    /// Reads the cards of everything that is live.
    #[must_use]
    pub fn new(cards: Vec<Card>, synonyms: Synonyms) -> Self {
        let docs: Vec<Doc> = cards.into_iter().map(Doc::new).collect();
        let mut often = HashMap::new();
        for doc in &docs {
            for pair in &doc.pairs {
                *often.entry(*pair).or_insert(0) += 1;
            }
        }
        Self { docs, often, synonyms }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// The card of a key.
    #[must_use]
    pub fn card(&self, key: &str) -> Option<&Card> {
        self.docs.iter().map(|d| &d.card).find(|c| c.key == key)
    }

    /// Every card, in order of their ids.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.docs.iter().map(|d| &d.card)
    }

    /// What fits, best first; without words everything that is not narrowed away: what residents do first, then what is written out.
    #[must_use]
    pub fn find(&self, typed: &str, narrow: &Narrow) -> Vec<&Card> {
        let query = Query::read(typed, &self.synonyms);
        let docs = self.docs.iter().filter(|d| narrow.keeps(&d.card));
        let mut found: Vec<(u32, &Doc)> = if query.parts.is_empty() {
            docs.map(|d| (0, d)).collect()
        } else {
            docs.map(|d| (self.worth(&query, d), d)).filter(|(n, _)| *n > 0).collect()
        };
        // What is far below the best is noise.
        let best = found.iter().map(|(n, _)| *n).max().unwrap_or(0);
        found.retain(|(n, _)| n * 5 >= best * 2);
        found.sort_by_cached_key(|(n, d)| {
            let c = &d.card;
            let later = LATER.iter().any(|w| d.name.contains(w) && !typed.contains(w));
            (
                u32::MAX - n,
                later,
                c.unchecked,
                c.persons == "enterprises",
                d.name.chars().count(),
                c.item.raw(),
            )
        });
        found.into_iter().map(|(_, d)| &d.card).collect()
    }

    fn worth(&self, query: &Query, doc: &Doc) -> u32 {
        let parts: Vec<u32> = query.parts.iter().map(|p| self.part(p, doc)).collect();
        let sum: u32 = parts.iter().sum::<u32>() / u32::try_from(parts.len()).unwrap_or(1).max(1);
        // Each word counts: an item that has only some of them comes far behind.
        if parts.contains(&0) { sum / 2 } else { sum }
    }

    fn part(&self, part: &Part, doc: &Doc) -> u32 {
        match part {
            Part::Han { ways } => ways
                .iter()
                .enumerate()
                .map(|(i, way)| {
                    let n = self.han(way, doc);
                    // What was typed itself counts a little more than another way to say it.
                    if i == 0 { n } else { n * 19 / 20 }
                })
                .max()
                .unwrap_or(0),
            Part::Latin { letters, folded, ways } => {
                let said = ways.iter().map(|w| self.han(w, doc) * 19 / 20).max().unwrap_or(0);
                doc.latin(letters, folded).max(said)
            }
        }
    }

    fn han(&self, way: &Way, doc: &Doc) -> u32 {
        let exact = doc.has(&way.text);
        if exact > 0 {
            return exact;
        }
        let weight = |pair: &(char, char)| {
            let n = self.often.get(pair).copied().unwrap_or(0);
            12u32.saturating_sub((n + 1).ilog2()).max(1)
        };
        let (mut all, mut there) = (0, 0);
        for pair in &way.pairs {
            let w = weight(pair) * 10;
            all += w;
            if doc.pairs.contains(pair) {
                there += w;
            } else if doc.around.contains(&[pair.0, pair.1].iter().collect::<String>()) {
                there += w * 4 / 10;
            }
        }
        let seen = if all > 0 && there * 2 >= all { 480 * there / all } else { 0 };
        seen.max(doc.heard(way))
    }
}

impl Doc {
    fn new(card: Card) -> Self {
        let name = squeezed(&card.name_zh);
        let words: Vec<String> = card.words.split(' ').filter(|w| !w.is_empty()).map(squeezed).collect();
        let events: String = card
            .events
            .split(' ')
            .filter_map(linli_guide::kinds::event)
            .map(|k| k.1)
            .collect::<Vec<_>>()
            .join(" ");
        let around = format!("{} {events} {}", card.department_zh, card.summary_zh);
        let phrases: Vec<&str> =
            std::iter::once(name.as_str()).chain(words.iter().map(String::as_str)).collect();
        let mut pairs = HashSet::new();
        let (mut spelt, mut heard) = (Vec::new(), HashSet::new());
        for phrase in &phrases {
            pairs.extend(pairs_of(phrase));
            let syllables = syllables(phrase);
            if !syllables.is_empty() {
                spelt.push(syllables);
            }
        }
        let folded_all: Vec<Vec<String>> =
            spelt.iter().map(|p| p.iter().map(|s| folded(s)).collect()).collect();
        for phrase in &folded_all {
            heard.extend(phrase.iter().zip(phrase.iter().skip(1)).map(|(a, b)| (a.clone(), b.clone())));
        }
        let joined = folded_all.iter().map(|p| p.concat()).collect();
        let latin = card.words.split(' ').filter(|w| w.is_ascii());
        let english: Vec<String> = card
            .name_en
            .split(|c: char| !c.is_ascii_alphanumeric())
            .chain(latin)
            .filter(|w| w.len() > 1)
            .map(str::to_ascii_lowercase)
            .collect();
        Self { name, words, around, spelt, folded: folded_all, joined, english, pairs, heard, card }
    }

    /// How much it is worth that a text stands here as it is.
    fn has(&self, text: &str) -> u32 {
        let n = |s: &str| u32::try_from(s.chars().count()).unwrap_or(u32::MAX).max(1);
        if self.name == text || self.words.iter().any(|w| w == text) {
            return BEST;
        }
        let short = 150 * n(text) / n(&self.name).max(n(text));
        if self.name.starts_with(text) {
            return 700 + short;
        }
        if self.name.contains(text) {
            return 640 + short;
        }
        if self.words.iter().any(|w| w.contains(text)) {
            return 600;
        }
        if n(text) > 1 && self.around.contains(text) { 240 } else { 0 }
    }

    /// How much of it sounds the same: other characters of the same sound, or nearly.
    fn heard(&self, way: &Way) -> u32 {
        let typed: Vec<&str> = way.folded.iter().map(String::as_str).collect();
        if typed.len() < 2 {
            return 0;
        }
        let run = |phrase: &Vec<String>| {
            phrase.windows(typed.len()).any(|w| w.iter().map(String::as_str).eq(typed.iter().copied()))
        };
        if self.folded.iter().any(run) {
            return 470;
        }
        let all = typed.len() - 1;
        let there = typed
            .iter()
            .zip(typed.iter().skip(1))
            .filter(|(a, b)| self.heard.contains(&((**a).to_owned(), (**b).to_owned())))
            .count();
        if there * 5 >= all * 3 { u32::try_from(300 * there / all).unwrap_or(0) } else { 0 }
    }

    fn latin(&self, letters: &str, bent: &str) -> u32 {
        let n = letters.len();
        let english = self.english.iter().map(|w| english(w, letters)).max().unwrap_or(0);
        if n < 2 {
            return english;
        }
        let mut best = english;
        for phrase in &self.spelt {
            for from in 0..phrase.len() {
                let Some(score) = phrase.get(from..).and_then(|rest| spells(rest, letters)) else { continue };
                let full = usize::try_from(score).unwrap_or(0) * 4 >= n;
                let whole = from == 0;
                let value = match (full, whole) {
                    (true, true) => 760,
                    (true, false) => 700,
                    (false, true) => 560,
                    (false, false) => 480,
                };
                let length = u32::try_from(phrase.len()).unwrap_or(0);
                best = best.max(value + 60u32.saturating_sub(length * 3));
            }
        }
        if best == 0 && n >= 4 {
            for phrase in &self.folded {
                let parts: Vec<&str> = phrase.iter().map(String::as_str).collect();
                if (0..parts.len()).any(|i| {
                    parts
                        .get(i..)
                        .and_then(|rest| spells(rest, bent))
                        .is_some_and(|s| usize::try_from(s).unwrap_or(0) * 4 >= bent.len())
                }) {
                    best = best.max(440);
                }
            }
        }
        if best == 0 && n >= 6 {
            let most = if n >= 10 { 2 } else { 1 };
            let near =
                self.joined.iter().filter_map(|j| nearly_in(bent.as_bytes(), j.as_bytes(), most)).min();
            if let Some(changes) = near {
                best = 360 - 60 * u32::try_from(changes).unwrap_or(3).min(3);
            }
        }
        best
    }
}

fn english(word: &str, typed: &str) -> u32 {
    if word == typed {
        return 620;
    }
    if typed.len() >= 3 && word.starts_with(typed) {
        return 560;
    }
    if typed.len() >= 4 && typed.starts_with(word) && typed.len() - word.len() <= 2 && word.len() >= 3 {
        return 540;
    }
    let most = match typed.len() {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    };
    if most > 0 && distance(typed.as_bytes(), word.as_bytes(), most).is_some() { 420 } else { 0 }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn pairs_of(text: &str) -> Vec<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

struct Way {
    text: String,
    pairs: Vec<(char, char)>,
    folded: Vec<String>,
}

impl Way {
    fn new(text: String) -> Self {
        Self { pairs: pairs_of(&text), folded: syllables(&text).into_iter().map(folded).collect(), text }
    }
}

enum Part {
    Han {
        ways: Vec<Way>,
    },
    /// `ways`: what people say that is spelt so.
    Latin {
        letters: String,
        folded: String,
        ways: Vec<Way>,
    },
}

struct Query {
    parts: Vec<Part>,
}

/// English words that say nothing about what is looked for.
const EMPTY_ENGLISH: &[&str] = &[
    "a", "an", "the", "of", "for", "to", "in", "on", "my", "i", "how", "do", "get", "apply", "and", "is",
    "with",
];

impl Query {
    fn read(typed: &str, synonyms: &Synonyms) -> Self {
        // The index is in simplified characters; what is typed in traditional ones means the same.
        let typed: String = linli_base::text::tidy(typed).to_lowercase().chars().take(60).collect();
        let typed = linli_words::to_hans(&typed);
        let mut bare = typed.clone();
        for word in EMPTY {
            bare = bare.replace(word, " ");
        }
        // Somebody who typed nothing else means the words themselves.
        let bare = if bare.chars().any(char::is_alphanumeric) { bare } else { typed };
        let mut runs: Vec<(bool, String)> = Vec::new();
        let mut last = None;
        for c in bare.chars() {
            let kind = if c.is_ascii_alphanumeric() {
                Some(false)
            } else if c.is_alphanumeric() {
                Some(true)
            } else if c == '\'' {
                continue;
            } else {
                None
            };
            match (kind, runs.last_mut()) {
                (Some(han), Some((same, run))) if last == Some(han) && *same == han => run.push(c),
                (Some(han), _) => runs.push((han, c.to_string())),
                (None, _) => {}
            }
            last = kind;
        }
        let only_latin = runs.iter().all(|(han, _)| !han);
        let words = runs.len();
        let mut parts: Vec<Part> = Vec::new();
        for (han, run) in &runs {
            if *han {
                parts.push(Part::Han { ways: ways(run, synonyms) });
            } else if words == 1 || !EMPTY_ENGLISH.contains(&run.as_str()) {
                parts.push(latin(run, synonyms));
            }
        }
        // `sheng yu jin tie`: syllables with blanks between them are one word.
        if only_latin && words > 1 && runs.iter().all(|(_, r)| is_syllable(r)) {
            let letters: String = runs.iter().map(|(_, r)| r.as_str()).collect();
            parts = vec![latin(&letters, synonyms)];
        }
        Self { parts }
    }
}

/// Whether letters look like one syllable of pinyin: at most six, no digit.
fn is_syllable(letters: &str) -> bool {
    let first = [
        "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z",
        "c", "s", "y", "w", "",
    ];
    let last = [
        "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ve", "ue", "er", "an", "en",
        "in", "un", "vn", "ang", "eng", "ing", "ong", "ia", "iao", "ian", "iang", "iong", "ua", "uo", "uai",
        "uan", "uang",
    ];
    first.iter().any(|f| letters.strip_prefix(f).is_some_and(|rest| last.contains(&rest)))
}

fn latin(letters: &str, synonyms: &Synonyms) -> Part {
    // `dibao`: spelt in full only; initials of what people say would be anything.
    let ways = synonyms
        .iter()
        .filter(|(said, _)| letters.len() > 3 && syllables(said).concat() == letters)
        .map(|(_, meant)| Way::new(squeezed(meant)))
        .collect();
    Part::Latin { letters: letters.to_owned(), folded: folded(letters), ways }
}

/// What was typed, and other ways to say it.
fn ways(run: &str, synonyms: &Synonyms) -> Vec<Way> {
    let mut out = vec![Way::new(run.to_owned())];
    for (said, meant) in synonyms.iter().filter(|(said, _)| run.contains(said.as_str())) {
        out.push(Way::new(run.replace(said, meant)));
        if run != said {
            out.push(Way::new(meant.clone()));
        }
    }
    out.truncate(8);
    out
}
