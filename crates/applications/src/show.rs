//! Answers and known values in words.

use linli_base::docnum::Phone;
use linli_base::{Day, Fen, PlaceCode};
use linli_catalogue::offers::{Both, Field, FieldKind, Finding, Form, KnownFrom, Value};
use linli_catalogue::predicate::Op;
use linli_db::Read;
use linli_people::offers::Source;
use linli_web::ui::Fact;
use linli_words::Lang;

use crate::Words;
use crate::domain::{AnswerSource, Answers, Known};
use crate::error::ApplicationError;

pub(crate) fn pick(lang: Lang, both: &Both) -> String {
    lang.pick(&both.zh, &both.en).into_owned()
}

fn day(lang: Lang, day: Day) -> String {
    if lang.is_en() { day.en() } else { day.zh() }
}

/// What a known value is called.
pub(crate) fn known_name(w: Words, from: KnownFrom) -> &'static str {
    match from {
        KnownFrom::Name => w.known_name(),
        KnownFrom::Document => w.known_document(),
        KnownFrom::Birth => w.known_birth(),
        KnownFrom::Sex => w.known_sex(),
        KnownFrom::Phone => w.known_phone(),
        KnownFrom::Place => w.known_place(),
        KnownFrom::Hukou => w.known_hukou(),
        KnownFrom::Disability => w.known_disability(),
    }
}

/// Key by which a known value can be asked to be mended.
pub(crate) fn known_key(from: KnownFrom) -> &'static str {
    match from {
        KnownFrom::Name => "known-name",
        KnownFrom::Document => "known-document",
        KnownFrom::Birth => "known-birth",
        KnownFrom::Sex => "known-sex",
        KnownFrom::Phone => "known-phone",
        KnownFrom::Place => "known-place",
        KnownFrom::Hukou => "known-hukou",
        KnownFrom::Disability => "known-disability",
    }
}

/// The middle of a number is nobody's business on a page that somebody may look over her shoulder at.
fn masked(value: &str, head: usize, tail: usize) -> String {
    let n = value.chars().count();
    if n <= head + tail {
        return value.to_owned();
    }
    value.chars().enumerate().map(|(i, c)| if i < head || i >= n - tail { c } else { '*' }).collect()
}

fn known_value(read: &mut Read<'_>, w: Words, k: &Known, today: Day) -> Result<String, ApplicationError> {
    let lang = w.lang();
    Ok(match k.from {
        KnownFrom::Document => masked(&k.value, 6, 4),
        KnownFrom::Phone => Phone::parse(&k.value).map_or_else(|_| masked(&k.value, 3, 4), |p| p.masked()),
        KnownFrom::Birth => k.value.parse::<Day>().map_or_else(|_| k.value.clone(), |d| day(lang, d)),
        KnownFrom::Sex => (if k.value == "female" { w.female() } else { w.male() }).to_owned(),
        KnownFrom::Hukou => (if k.value == "1" { w.hukou_here() } else { w.hukou_elsewhere() }).to_owned(),
        KnownFrom::Disability => w.disability_level(&k.value),
        KnownFrom::Place => match k.value.parse::<PlaceCode>() {
            Ok(code) => {
                let path = linli_places::offers::path(read, code, today)?;
                let names = path.iter().map(|d| d.names());
                if lang.is_en() {
                    names.rev().map(|(_, en)| en).collect::<Vec<_>>().join(", ")
                } else {
                    lang.pick(&names.map(|(zh, _)| zh).collect::<String>(), "").into_owned()
                }
            }
            Err(_) => k.value.clone(),
        },
        KnownFrom::Name => k.value.clone(),
    })
}

fn source(w: Words, source: Source) -> &'static str {
    match source {
        Source::Register => w.source_register(),
        Source::Own => w.source_self(),
        Source::Counter => w.source_counter(),
        Source::Sample => w.source_sample(),
    }
}

/// Known values as facts, each with where it comes from.
pub(crate) fn known_facts(
    read: &mut Read<'_>,
    w: Words,
    known: &[Known],
    today: Day,
) -> Result<Vec<Fact>, ApplicationError> {
    let mut out = Vec::new();
    for k in known {
        let value = known_value(read, w, k, today)?;
        let from = w.from_source(&day(w.lang(), k.day), &source(w, k.source));
        out.push(Fact::new(known_name(w, k.from), format!("{value} · {from}")));
    }
    Ok(out)
}

/// An answer in words; an empty one says so.
pub(crate) fn answer(w: Words, field: &Field, answers: &Answers) -> String {
    let value = answers.value(&field.key);
    if value.is_empty() {
        return w.left_empty().to_owned();
    }
    match field.kind {
        FieldKind::Choice => field
            .choices
            .iter()
            .find(|c| c.key == value)
            .map_or_else(|| value.to_owned(), |c| w.lang().pick(&c.zh, &c.en).into_owned()),
        FieldKind::YesNo => (if value == "1" { w.yes() } else { w.no() }).to_owned(),
        FieldKind::Money => value.parse().map_or_else(|_| value.to_owned(), |n| Fen::new(n).to_string()),
        FieldKind::Day => value.parse::<Day>().map_or_else(|_| value.to_owned(), |d| day(w.lang(), d)),
        // In groups of four, as it stands on the card.
        FieldKind::BankCard => {
            let digits: Vec<char> = value.chars().collect();
            digits.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
        }
        _ => value.to_owned(),
    }
}

/// Answers as facts.
pub(crate) fn answer_facts(w: Words, form: &Form, answers: &Answers) -> Vec<Fact> {
    form.fields()
        .map(|f| {
            let mut value = answer(w, f, answers);
            if answers.answers.get(&f.key).is_some_and(|a| a.source == AnswerSource::Earlier) {
                value = format!("{value} · {}", w.from_earlier());
            }
            Fact::new(&pick(w.lang(), &f.label), value)
        })
        .collect()
}

/// One comparison in words: 年龄 80，要求不小于 70.
pub(crate) fn finding(w: Words, f: &Finding) -> String {
    let name = w.by_key(&format!("fact-{}", f.key)).unwrap_or_default();
    let shown = |v: &Value| match (f.key.as_str(), v) {
        ("hukou" | "lives-here" | "verified", Value::Number(n)) => {
            (if *n == 1 { w.yes() } else { w.no() }).to_owned()
        }
        (_, Value::Number(n)) => n.to_string(),
        (_, Value::Word(word)) => w.by_key(word).unwrap_or_default().to_owned(),
    };
    let known = f.known.as_ref().map_or_else(|| w.not_known().to_owned(), &shown);
    let than = shown(&f.than);
    if matches!(f.key.as_str(), "hukou" | "lives-here" | "verified") {
        return w.finding_flag(&known, &name);
    }
    match f.op {
        Op::Is => w.finding_is(&known, &name, &than),
        Op::AtLeast => w.finding_at_least(&known, &name, &than),
        Op::AtMost => w.finding_at_most(&known, &name, &than),
    }
}
