#![doc = include_str!("../README.md")]

use askama::Template;
use linli_db::DbError;
use linli_figures::{Figure, find};
use linli_web::{Fault, Frame, Gate, Reply, Req, Route};

linli_words::include_words!();

/// A sentence of the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// `section.number`.
    pub id: &'static str,
    /// The letter's own words.
    pub zh: &'static str,
    /// What must exist, in English.
    pub must: &'static str,
    /// The room or rooms that serve it.
    pub room: &'static str,
    /// Where it is served; empty: not yet.
    pub href: &'static str,
    /// Keys of the figures it states, separated by blanks.
    pub figures: &'static str,
}

const DATA: &str = include_str!("../data/letter.tsv");

/// Titles of the letter's sections, in order.
pub const SECTIONS: [(&str, &str); 8] = [
    ("这封答复", "The reply"),
    ("一、互联网＋政务服务", "1. Services on line"),
    ("二、暖风行动、春风行动", "2. Warm and spring winds"),
    ("三、15分钟生活服务圈", "3. The fifteen-minute life circle"),
    ("四、志愿队伍", "4. Volunteers"),
    ("五、沟通桥梁", "5. Bridges of talk"),
    ("六、权责边界", "6. Who answers for what"),
    ("七、下一步工作", "7. Next"),
];

/// Every sentence, in order.
#[must_use]
pub fn sentences() -> Vec<Sentence> {
    DATA.lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some(Sentence {
                id: cells.next()?,
                zh: cells.next()?,
                must: cells.next()?,
                room: cells.next()?,
                href: cells.next()?,
                figures: cells.next()?,
            })
        })
        .collect()
}

struct Shown {
    sentence: Sentence,
    figures: Vec<ShownFigure>,
}

struct ShownFigure {
    key: &'static str,
    text: String,
}

struct Section {
    title: String,
    shown: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterPage {
    f: Frame,
    w: Words,
    sections: Vec<Section>,
    served: usize,
    total: usize,
}

/// Pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::get("/letter", Gate::Public, show)]
}

async fn show(req: Req) -> Result<Reply, Fault> {
    let lang = req.lang();
    let day = req.now().day();
    let shown = req
        .read(move |r| {
            sentences()
                .into_iter()
                .map(|sentence| {
                    let known: Vec<&'static Figure> = sentence.figures.split(' ').filter_map(find).collect();
                    let mut figures = Vec::new();
                    for figure in known {
                        let value = (figure.value)(r, day)?;
                        let unit = lang.pick(figure.unit_zh, figure.unit_en);
                        let name = lang.pick(figure.zh, figure.en);
                        figures.push(ShownFigure { key: figure.key, text: format!("{name} {value} {unit}") });
                    }
                    Ok(Shown { sentence, figures })
                })
                .collect::<Result<Vec<_>, DbError>>()
        })
        .await?;
    let is_served = |s: &Shown| !s.sentence.href.is_empty() || !s.figures.is_empty();
    let (served, total) = (shown.iter().filter(|s| is_served(s)).count(), shown.len());
    let mut sections: Vec<Section> = SECTIONS
        .iter()
        .map(|(zh, en)| Section { title: lang.pick(zh, en).into_owned(), shown: Vec::new() })
        .collect();
    for s in shown {
        let section = s.sentence.id.split('.').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        if let Some(section) = sections.get_mut(section) {
            section.shown.push(s);
        }
    }
    Ok(Reply::page(&LetterPage { f: req.frame(), w: req.words(), sections, served, total }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_has_its_place() {
        let all = sentences();
        assert_eq!(all.len(), DATA.lines().count() - 1, "a line has not six cells");
        for s in &all {
            assert!(s.id.split('.').next().unwrap().parse::<usize>().unwrap() < SECTIONS.len(), "{}", s.id);
            assert!(!s.zh.is_empty() && !s.must.is_empty() && !s.room.is_empty(), "{}", s.id);
        }
    }
}
