//! Answers and known values in words.

use linli_base::docnum::Phone;
use linli_base::{Day, Fen, PlaceCode};
use linli_db::Read;
use linli_guide::kinds;
use linli_guide::predicate::Op;
use linli_guide::{Both, Check, Field, FieldKind, Finding, Form, Guide, HandIn, KnownFrom, Papers, Value};
use linli_people::offers::Source;
use linli_web::ui::Fact;
use linli_words::Lang;

use crate::Words;
use crate::domain::{AnswerSource, Answers, Known};
use crate::error::ApplicationError;
use crate::journey::{row_key, rows};
use crate::materials::{How, Met};

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
    answer_at(w, field, answers, &field.key)
}

/// The answer under a key: a row of a group has keys of its own.
pub(crate) fn answer_at(w: Words, field: &Field, answers: &Answers, key: &str) -> String {
    let value = answers.value(key);
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

/// Answers as facts; those to what was not asked of her are not there, the rows of a group stand one by one.
pub(crate) fn answer_facts(w: Words, form: &Form, answers: &Answers) -> Vec<Fact> {
    let mut out = Vec::new();
    for f in form.fields().filter(|f| answers.answers.contains_key(&f.key)) {
        let label = pick(w.lang(), &f.label);
        for n in 1..=rows(answers, f) {
            for part in &f.fields {
                let value = answer_at(w, part, answers, &row_key(&f.key, n, &part.key));
                out.push(Fact::new(&w.row_label(&label, &n, &pick(w.lang(), &part.label)), value));
            }
        }
        if f.kind == FieldKind::Group {
            continue;
        }
        let mut value = answer(w, f, answers);
        if answers.answers.get(&f.key).is_some_and(|a| a.source == AnswerSource::Earlier) {
            value = format!("{value} · {}", w.from_earlier());
        }
        out.push(Fact::new(&label, value));
    }
    out
}

/// How a material was met, in words.
pub(crate) fn how(read: &mut Read<'_>, w: Words, how: &How) -> Result<String, ApplicationError> {
    let lang = w.lang();
    Ok(match how {
        How::Certificate { kind, .. } => {
            w.how_certificate(&linli_certificates::offers::kind_name(read, kind, lang)?)
        }
        How::Register { register } => {
            let name = kinds::register(register)
                .map_or_else(|| register.clone(), |(_, zh, en)| lang.pick(zh, en).into_owned());
            w.how_register(&name)
        }
        How::Reused { checked, .. } => w.how_reused(&day(lang, checked.day())),
        How::Declared => w.how_declared().to_owned(),
        How::Uploaded { check: Check::Online } => w.how_uploaded().to_owned(),
        How::Uploaded { check: Check::Counter } => w.how_uploaded_counter().to_owned(),
        How::Original { hand_in: HandIn::Counter } => w.how_counter().to_owned(),
        How::Original { hand_in: HandIn::Post } => w.how_post().to_owned(),
        How::Later { days } => w.how_later(days),
        How::Without => w.how_without().to_owned(),
    })
}

/// Name of a material as the item has it.
pub(crate) fn material_name(w: Words, guide: &Guide, key: &str) -> String {
    guide.materials.iter().find(|m| m.key == key).map_or_else(|| key.to_owned(), |m| pick(w.lang(), &m.name))
}

/// Materials as they were met.
pub(crate) fn met_facts(
    read: &mut Read<'_>,
    w: Words,
    guide: &Guide,
    met: &[Met],
) -> Result<Vec<Fact>, ApplicationError> {
    let mut out = Vec::new();
    for m in met {
        out.push(Fact::new(&material_name(w, guide, &m.key), how(read, w, &m.how)?));
    }
    Ok(out)
}

/// The kinds of paper as they are called now.
pub(crate) fn papers(read: &mut Read<'_>) -> Result<Papers, ApplicationError> {
    Ok(Papers::with(linli_certificates::offers::kinds(read)?))
}

/// One comparison in words: 年龄 80，要求不小于 70.
pub(crate) fn finding(w: Words, papers: &Papers, f: &Finding) -> String {
    let held = f.key.strip_prefix("holds:").map(|kind| w.fact_holds(&papers.name(kind, w.lang())));
    let flag = held.is_some() || matches!(f.key.as_str(), "hukou" | "lives-here" | "verified");
    let name = held.unwrap_or_else(|| w.by_key(&format!("fact-{}", f.key)).unwrap_or_default().to_owned());
    let shown = |v: &Value| match v {
        Value::Number(n) if flag => (if *n == 1 { w.yes() } else { w.no() }).to_owned(),
        Value::Number(n) => n.to_string(),
        Value::Word(word) => w.by_key(word).unwrap_or_default().to_owned(),
    };
    let known = f.known.as_ref().map_or_else(|| w.not_known().to_owned(), &shown);
    let than = shown(&f.than);
    if flag {
        return w.finding_flag(&known, &name);
    }
    match f.op {
        Op::Is => w.finding_is(&known, &name, &than),
        Op::AtLeast => w.finding_at_least(&known, &name, &than),
        Op::AtMost => w.finding_at_most(&known, &name, &than),
    }
}
