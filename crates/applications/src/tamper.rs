//! Whatever fields and values a browser sends: what is known stays as it is known, what was not asked counts for nothing.

use std::collections::{BTreeMap, BTreeSet};

use linli_base::Day;
use linli_certificates::offers::CertificateId;
use linli_files::offers::FileId;
use linli_guide::{Facts, Form, Guide, HandIn, KnownFrom, Material, Value};
use linli_people::offers::Source;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::domain::{Answers, Known, regular};
use crate::journey::{self, row_key, rows};
use crate::materials::{self, Given, HeldCertificate, Holdings, How, Met, Stand};

fn today() -> Day {
    "2026-11-27".parse().unwrap()
}

fn both() -> serde_json::Value {
    serde_json::json!({ "zh": "甲", "en": "a" })
}

/// A choice, a page for each answer to it, rows, and what may be left out.
fn form() -> Form {
    let when = |word: &str| serde_json::json!({ "fact": { "key": "answer:outcome", "op": "is", "than": { "word": word } } });
    let text =
        |key: &str| serde_json::json!({ "key": key, "label": both(), "kind": "text", "optional": true });
    let choices = serde_json::json!([{ "key": "birth", "zh": "甲", "en": "a" }, { "key": "ended", "zh": "乙", "en": "b" }]);
    serde_json::from_value(serde_json::json!({ "two_persons": false, "known": ["name", "document"], "pages": [
        { "title": both(), "fields": [{ "key": "outcome", "label": both(), "kind": "choice", "choices": choices }] },
        { "title": both(), "when": when("birth"), "fields": [text("way")] },
        { "title": both(), "when": when("ended"), "fields": [text("weeks")] },
        { "title": both(), "fields": [{ "key": "children", "label": both(), "kind": "group", "min": 0, "max": 3, "fields": [
            text("name"), { "key": "born", "label": both(), "kind": "day" } ] }] },
        { "title": both(), "fields": [text("note")] },
    ] }))
    .unwrap()
}

fn known() -> Vec<Known> {
    vec![Known { from: KnownFrom::Name, value: "梁阿珍".into(), source: Source::Register, day: today() }]
}

fn held() -> Holdings {
    let one = HeldCertificate { id: CertificateId::from_raw(7), rev: 3, issued_on: today() };
    let checked = BTreeMap::from([("birth".to_owned(), (FileId::from_raw(9), today().start()))]);
    Holdings { certificates: BTreeMap::from([("marriage".to_owned(), one)]), checked }
}

/// One material of each way that the district can meet, and one of each that it cannot.
fn guide() -> Guide {
    let source = serde_json::json!({ "from": "government", "zh": "甲", "en": "a" });
    let material = |key: &str, ways: serde_json::Value| -> Material {
        let json = serde_json::json!({ "key": key, "name": both(), "source": source, "ways": ways });
        serde_json::from_value(json).unwrap()
    };
    let mut guide = Guide::read(linli_catalogue::DELIVERED[0].1).unwrap();
    guide.materials = vec![
        material(
            "marriage",
            serde_json::json!([{ "certificate": { "kind": "marriage" } }, { "upload": { "check": "online" } }]),
        ),
        material(
            "birth",
            serde_json::json!([{ "reuse": { "kind": "birth" } }, { "upload": { "check": "counter" } }]),
        ),
        material("household", serde_json::json!([{ "register": { "register": "population" } }])),
        material("photo", serde_json::json!([{ "upload": { "check": "online" } }])),
        material("paper", serde_json::json!([{ "original": { "hand_in": "post" } }])),
    ];
    guide
}

/// Names of fields that are asked, that are not, of what is known, of rows that are not there, of other records.
fn key() -> impl Strategy<Value = String> {
    let names = [
        "outcome",
        "way",
        "weeks",
        "note",
        "children",
        "children.1.name",
        "children.1.born",
        "children.2.name",
        "children.2.born",
        "children.3.born",
        "children.0.name",
        "children.4.name",
        "children.99.born",
        "children.1.x",
        "children..name",
        "known",
        "known-name",
        "known-document",
        "name",
        "document",
        "answer:outcome",
        "age",
        "hukou",
        "holds:marriage",
        "marriage",
        "materials",
        "materials.marriage",
        "met",
        "person",
        "id",
        "case",
        "rev",
        "state",
        "truth",
        "declare.account",
        "plan",
        "file",
        "birth",
        "photo",
    ];
    prop_oneof![4 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => "[a-z.:\\-]{0,16}"]
}

fn value() -> impl Strategy<Value = String> {
    let words = [
        "birth",
        "ended",
        "0",
        "1",
        "2",
        "3",
        "900",
        "-1",
        "2026-01-02",
        "别人",
        "1",
        "梁阿珍",
        "440105190001011234",
    ];
    prop_oneof![3 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,20}"]
}

fn given() -> impl Strategy<Value = Given> {
    prop::sample::select(vec![
        Given::Declared,
        Given::Uploaded,
        Given::Original(HandIn::Post),
        Given::Original(HandIn::Counter),
        Given::Later,
        Given::Without,
    ])
}

/// What may go along with these answers: the fields of the pages that are asked, and rows as many as there may be.
fn may_go_along(form: &Form, facts: &Facts, answers: &Answers) -> BTreeSet<String> {
    let branch = |page: usize| match (page, answers.value("outcome")) {
        (2, word) => word == "birth" || word.is_empty(),
        (3, word) => word == "ended" || word.is_empty(),
        _ => true,
    };
    let (pages, _) = journey::pages(form, facts, &|_| None, answers);
    let asked: Vec<usize> = pages.iter().map(|p| p.n).collect();
    assert_eq!(
        asked,
        (1..=5).filter(|n| branch(*n)).collect::<Vec<_>>(),
        "the way follows from the answer alone"
    );
    let mut out = BTreeSet::new();
    for field in pages.iter().flat_map(|p| p.fields.iter()) {
        out.insert(field.key.clone());
        for n in 1..=rows(answers, field).min(3) {
            out.extend(field.fields.iter().map(|part| row_key(&field.key, n, &part.key)));
        }
    }
    out
}

proptest! {
    #[test]
    fn nothing_that_is_sent_changes_what_is_known(sent in vec((0usize..8, btree_map(key(), value(), 0..12)), 1..10)) {
        let form = form();
        let facts = Facts::from([("age".to_owned(), Value::Number(80)), ("holds:marriage".to_owned(), Value::Number(1))]);
        let met = vec![Met { key: "marriage".into(), how: How::Declared }];
        let mut answers = Answers { known: known(), met: met.clone(), ..Answers::default() };
        for (n, typed) in &sent {
            let (pages, _) = journey::pages(&form, &facts, &|_| None, &answers);
            let Some(shown) = pages.iter().find(|p| p.n == *n) else { continue };
            let typed = |key: &str| typed.get(key).cloned().unwrap_or_default();
            let (new, _) = journey::read_what_is_right(&shown.fields, &typed, &|_| None, today());
            let before = answers.answers.clone();
            journey::put(&mut answers, shown, new);
            // Of other pages nothing has moved.
            let of_page = |key: &str| shown.fields.iter().any(|f| key.split('.').next() == Some(f.key.as_str()));
            let others = |all: &BTreeMap<String, crate::domain::Answer>| -> Vec<_> {
                all.iter().filter(|(k, _)| !of_page(k)).map(|(k, a)| (k.clone(), a.clone())).collect()
            };
            prop_assert_eq!(others(&before), others(&answers.answers));
        }
        let (pages, told) = journey::pages(&form, &facts, &|_| None, &answers);
        journey::keep_asked(&mut answers, &pages);
        let may = may_go_along(&form, &facts, &answers);
        prop_assert!(answers.answers.keys().all(|k| may.contains(k)), "{:?} beyond {may:?}", answers.answers.keys());
        // Each in its regular form, as its field takes it.
        for field in form.fields().filter(|f| answers.answers.contains_key(&f.key)) {
            let value = answers.value(&field.key);
            prop_assert_eq!(regular(field, value, today()), Ok(value.to_owned()));
        }
        prop_assert_eq!(&answers.known, &known());
        prop_assert_eq!(&answers.met, &met);
        prop_assert!(answers.materials.is_empty());
        // Facts of the register are what they were; only answers were added.
        let of_register: Facts = told.into_iter().filter(|(k, _)| !k.starts_with("answer:")).collect();
        prop_assert_eq!(of_register, facts);
    }

    #[test]
    fn nothing_that_she_says_of_a_material_changes_what_the_district_has(
        said in btree_map(prop_oneof![prop::sample::select(vec!["marriage", "birth", "household", "photo", "paper"]).prop_map(str::to_owned), key()], given(), 0..8),
        files in 0usize..3,
    ) {
        let (guide, holdings) = (guide(), held());
        let plan = |said: &BTreeMap<String, Given>, holdings: &Holdings| -> Vec<(String, Stand, bool)> {
            let plan = materials::plan(&guide, &Facts::new(), &|_| None, holdings, said, &|_| files, today());
            plan.iter().map(|w| (w.material.key.clone(), w.stand.clone(), w.waived())).collect()
        };
        let (with, without) = (plan(&said, &holdings), plan(&BTreeMap::new(), &holdings));
        for (said, silent) in with.iter().zip(&without) {
            prop_assert_eq!(said.2, silent.2, "{}", said.0);
            if silent.2 {
                prop_assert_eq!(said, silent);
            }
        }
        // Whoever holds nothing cannot say that she does.
        for (key, _, waived) in plan(&said, &Holdings::default()) {
            prop_assert_eq!(waived, key == "household", "{}", key);
        }
    }
}
