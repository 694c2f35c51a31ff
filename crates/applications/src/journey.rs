//! The way through an application: computed from the answers, stored nowhere. Pure.

use std::collections::BTreeMap;

use linli_base::{Day, FieldError};
use linli_guide::predicate;
use linli_guide::{Facts, Field, FieldKind, Form, Page, asked};

use crate::domain::{Answer, AnswerSource, Answers, regular};
use crate::materials::{Stand, Wanted};

/// A page that is asked of her, with those of its fields that are.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// From 1, as the item counts them.
    pub n: usize,
    pub page: &'a Page,
    pub fields: Vec<&'a Field>,
}

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Page(usize),
    Material(String),
    Check,
}

impl Step {
    /// Its address.
    #[must_use]
    pub fn path(&self, item: &str) -> String {
        match self {
            Self::Page(n) => format!("/apply/{item}/{n}"),
            Self::Material(key) => format!("/apply/{item}/materials/{key}"),
            Self::Check => format!("/apply/{item}/check"),
        }
    }
}

/// Key of an answer in a row of a group; rows from 1.
#[must_use]
pub fn row_key(group: &str, row: usize, field: &str) -> String {
    format!("{group}.{row}.{field}")
}

/// How many rows of a group were answered: no more than it may have. Of any other field there are none: a card's number is not a
/// number of rows.
#[must_use]
pub fn rows(answers: &Answers, field: &Field) -> usize {
    if field.kind != FieldKind::Group {
        return 0;
    }
    let most = field.max.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    answers.value(&field.key).parse().unwrap_or(0).min(most)
}

/// The pages that are asked, and the facts of the person with what she answered on them. What stands on a page that is not asked
/// (any more) counts for nothing.
#[must_use]
pub fn pages<'a>(
    form: &'a Form,
    facts: &Facts,
    rule: &dyn Fn(&str) -> Option<i64>,
    answers: &Answers,
) -> (Vec<Shown<'a>>, Facts) {
    let (mut out, mut facts) = (Vec::new(), facts.clone());
    for (i, page) in form.pages.iter().enumerate() {
        if !asked(page.when.as_ref(), &facts, rule) {
            continue;
        }
        let fields: Vec<&Field> =
            page.fields.iter().filter(|f| asked(f.when.as_ref(), &facts, rule)).collect();
        if fields.is_empty() {
            continue;
        }
        for field in &fields {
            if let Some(fact) = field.fact(answers.value(&field.key)) {
                facts.insert(predicate::answer(&field.key), fact);
            }
        }
        out.push(Shown { n: i + 1, page, fields });
    }
    (out, facts)
}

/// Whether everything on a page is answered, by the rules and on the day of today.
#[must_use]
pub fn answered(shown: &Shown<'_>, answers: &Answers, today: Day) -> bool {
    let one = |key: &str, f: &Field| {
        answers.answers.contains_key(key) && regular(f, answers.value(key), today).is_ok()
    };
    shown.fields.iter().all(|f| {
        let of_row = |n: usize| f.fields.iter().all(|part| one(&row_key(&f.key, n, &part.key), part));
        one(&f.key, f) && (1..=rows(answers, f)).all(of_row)
    })
}

/// All steps, in order.
#[must_use]
pub fn steps(pages: &[Shown<'_>], plan: &[Wanted<'_>]) -> Vec<Step> {
    let materials = plan.iter().filter(|w| w.asks()).map(|w| Step::Material(w.material.key.clone()));
    pages.iter().map(|p| Step::Page(p.n)).chain(materials).chain([Step::Check]).collect()
}

/// The first step at which something is to be done.
#[must_use]
pub fn next_open(pages: &[Shown<'_>], plan: &[Wanted<'_>], answers: &Answers, today: Day) -> Step {
    if let Some(page) = pages.iter().find(|p| !answered(p, answers, today)) {
        return Step::Page(page.n);
    }
    let open = plan.iter().find(|w| w.asks() && w.stand == Stand::Open);
    open.map_or(Step::Check, |w| Step::Material(w.material.key.clone()))
}

/// The step to go on to from one: the next at which something is to be done. Whoever changes one answer is not led through all.
#[must_use]
pub fn after(pages: &[Shown<'_>], plan: &[Wanted<'_>], answers: &Answers, step: &Step, today: Day) -> Step {
    let all = steps(pages, plan);
    let behind = all.iter().skip_while(|s| *s != step).skip(1);
    let open = |s: &&Step| match s {
        Step::Page(n) => pages.iter().any(|p| p.n == *n && !answered(p, answers, today)),
        Step::Material(key) => plan.iter().any(|w| w.material.key == *key && w.stand == Stand::Open),
        Step::Check => true,
    };
    behind.into_iter().find(open).cloned().unwrap_or(Step::Check)
}

/// Keys of all answers that are asked, rows of groups included.
#[must_use]
pub fn keys(pages: &[Shown<'_>], answers: &Answers) -> Vec<String> {
    let mut out = Vec::new();
    for field in pages.iter().flat_map(|p| p.fields.iter()) {
        out.push(field.key.clone());
        for n in 1..=rows(answers, field) {
            out.extend(field.fields.iter().map(|part| row_key(&field.key, n, &part.key)));
        }
    }
    out
}

/// Puts the answers of one page in their place. Rows that were taken away do not come back.
pub fn put(answers: &mut Answers, shown: &Shown<'_>, new: BTreeMap<String, Answer>) {
    for group in shown.fields.iter().filter(|f| !f.fields.is_empty()) {
        let rows = format!("{}.", group.key);
        answers.answers.retain(|key, _| !key.starts_with(&rows));
    }
    answers.answers.extend(new);
}

/// Puts what was typed over what was answered, wrong as it may be: for whoever can no longer save it and wants to copy it.
pub fn put_typed(answers: &mut Answers, form: &Form, typed: &BTreeMap<String, String>, today: Day) {
    let mut one = |key: String, field: &Field| {
        let Some(text) = typed.get(&key) else { return };
        let value = regular(field, text, today).unwrap_or_else(|_| text.clone());
        answers.answers.insert(key, Answer { value, source: AnswerSource::Typed });
    };
    for field in form.fields() {
        one(field.key.clone(), field);
        let rows = if field.kind == FieldKind::Group { field.max.unwrap_or(0) } else { 0 };
        for n in 1..=usize::try_from(rows).unwrap_or(0) {
            field.fields.iter().for_each(|part| one(row_key(&field.key, n, &part.key), part));
        }
    }
}

/// What is no longer asked does not go along.
pub fn keep_asked(answers: &mut Answers, pages: &[Shown<'_>]) {
    let asked = keys(pages, answers);
    answers.answers.retain(|key, _| asked.contains(key));
}

/// Reads the answers of a page, its groups' rows included. `earlier` gives what the person answered before elsewhere.
///
/// # Errors
/// Every wrong field, by the name of its input.
pub fn read(
    fields: &[&Field],
    typed: &dyn Fn(&str) -> String,
    earlier: &dyn Fn(&str) -> Option<String>,
    today: Day,
) -> Result<BTreeMap<String, Answer>, Vec<FieldError>> {
    let (out, wrong) = read_what_is_right(fields, typed, earlier, today);
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

/// As [`read`], and keeps what is right where something is wrong.
#[must_use]
pub fn read_what_is_right(
    fields: &[&Field],
    typed: &dyn Fn(&str) -> String,
    earlier: &dyn Fn(&str) -> Option<String>,
    today: Day,
) -> (BTreeMap<String, Answer>, Vec<FieldError>) {
    let (mut out, mut wrong) = (BTreeMap::new(), Vec::new());
    let mut one = |key: &str, field: &Field| match regular(field, &typed(key), today) {
        Ok(value) => {
            let same = !value.is_empty() && earlier(key).is_some_and(|e| e == value);
            let source = if same { AnswerSource::Earlier } else { AnswerSource::Typed };
            out.insert(key.to_owned(), Answer { value, source });
        }
        Err(kind) => wrong.push(FieldError::new(key, kind)),
    };
    for field in fields {
        one(&field.key, field);
        if field.kind == FieldKind::Group {
            let count: usize = typed(&field.key).trim().parse().unwrap_or(0);
            let most = usize::try_from(field.max.unwrap_or(0)).unwrap_or(0);
            for n in 1..=count.min(most) {
                field.fields.iter().for_each(|part| one(&row_key(&field.key, n, &part.key), part));
            }
        }
    }
    (out, wrong)
}

#[cfg(test)]
mod tests {
    use linli_guide::predicate::Op;
    use linli_guide::{Both, Operand, Predicate, Value};

    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 27).unwrap()
    }

    fn both() -> Both {
        Both { zh: "甲".into(), en: "a".into() }
    }

    fn field(key: &str, kind: FieldKind) -> Field {
        serde_json::from_value(serde_json::json!({
            "key": key, "label": both(), "kind": kind, "choices": if kind == FieldKind::Choice {
                serde_json::json!([{"key": "birth", "zh": "甲", "en": "a"}, {"key": "ended", "zh": "乙", "en": "b"}])
            } else { serde_json::json!([]) },
        }))
        .unwrap()
    }

    fn when(key: &str, word: &str) -> Option<Predicate> {
        Some(Predicate::Fact { key: format!("answer:{key}"), op: Op::Is, than: Operand::Word(word.into()) })
    }

    /// A choice; a page for each answer to it; a group.
    fn form() -> Form {
        let mut group = field("children", FieldKind::Group);
        (group.min, group.max) = (Some(1), Some(3));
        group.fields = vec![field("name", FieldKind::Text), field("born", FieldKind::Day)];
        let page = |fields, when| Page { title: both(), when, fields };
        Form {
            two_persons: false,
            known: Vec::new(),
            pages: vec![
                page(vec![field("outcome", FieldKind::Choice)], None),
                page(vec![field("way", FieldKind::Text)], when("outcome", "birth")),
                page(vec![field("weeks", FieldKind::Text)], when("outcome", "ended")),
                page(vec![group], None),
            ],
            grants: Vec::new(),
        }
    }

    fn answers(of: &[(&str, &str)]) -> Answers {
        let one = |(k, v): &(&str, &str)| {
            ((*k).to_owned(), Answer { value: (*v).to_owned(), source: AnswerSource::Typed })
        };
        Answers { answers: of.iter().map(one).collect(), ..Answers::default() }
    }

    fn numbers(form: &Form, answers: &Answers) -> Vec<usize> {
        pages(form, &Facts::new(), &|_| None, answers).0.iter().map(|p| p.n).collect()
    }

    #[test]
    fn the_way_follows_from_the_answers() {
        let form = form();
        assert_eq!(numbers(&form, &Answers::default()), [1, 2, 3, 4], "what nobody knows is asked");
        assert_eq!(numbers(&form, &answers(&[("outcome", "birth")])), [1, 2, 4]);
        let changed = answers(&[("outcome", "ended"), ("way", "natural")]);
        assert_eq!(numbers(&form, &changed), [1, 3, 4]);
        let (_, facts) = pages(&form, &Facts::new(), &|_| None, &changed);
        assert_eq!(facts.get("answer:outcome"), Some(&Value::Word("ended".into())));
        assert!(
            !facts.contains_key("answer:way"),
            "an answer on a page that is not asked counts for nothing"
        );
    }

    #[test]
    fn a_group_is_whole_when_each_of_its_rows_is() {
        let form = form();
        let mut all = answers(&[("outcome", "birth"), ("way", "x"), ("children", "2")]);
        all.answers.extend(answers(&[("children.1.name", "甲"), ("children.1.born", "2026-01-02")]).answers);
        let open = |a: &Answers| next_open(&pages(&form, &Facts::new(), &|_| None, a).0, &[], a, today());
        assert_eq!(open(&all), Step::Page(4));
        all.answers.extend(answers(&[("children.2.name", "乙"), ("children.2.born", "2026-01-03")]).answers);
        assert_eq!(open(&all), Step::Check);
    }

    #[test]
    fn a_long_number_is_no_number_of_rows() {
        let card = field("bank-card", FieldKind::BankCard);
        let typed = answers(&[("bank-card", "6222021234567890128")]);
        assert_eq!(rows(&typed, &card), 0);
        let mut group = field("children", FieldKind::Group);
        group.max = Some(3);
        assert_eq!(rows(&answers(&[("children", "6222021234567890128")]), &group), 3);
    }

    #[test]
    fn rows_are_read_and_each_wrong_one_told() {
        let form = form();
        let group = &form.pages.last().unwrap().fields;
        let fields: Vec<&Field> = group.iter().collect();
        let typed = |key: &str| match key {
            "children" => "2".to_owned(),
            "children.1.name" => "甲".to_owned(),
            "children.1.born" => "2026-01-02".to_owned(),
            "children.2.born" => "tomorrow".to_owned(),
            _ => String::new(),
        };
        let wrong = read(&fields, &typed, &|_| None, today()).unwrap_err();
        let named: Vec<_> = wrong.iter().map(|e| (e.field.as_str(), e.kind)).collect();
        assert_eq!(named, [("children.2.name", "empty"), ("children.2.born", "day-wrong")]);
        let (right, _) = read_what_is_right(&fields, &typed, &|_| None, today());
        assert_eq!(right.get("children.1.name").map(|a| a.value.as_str()), Some("甲"));
        // More rows than the group may have are not read.
        let many = read(
            &fields,
            &|key| if key == "children" { "900".into() } else { "x".into() },
            &|_| None,
            today(),
        );
        assert!(many.unwrap_err().iter().any(|e| e.kind == "number-wrong"));
    }
}
