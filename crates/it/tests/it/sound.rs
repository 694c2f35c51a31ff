//! Sound items of any kind: every field, way, test and place of beginning, texts that no officer would write but one may.

use linli_base::text::{tidy, tidy_lines};
use linli_guide::form::{Choice, Field, FieldKind, Form, Grant, KnownFrom, Page};
use linli_guide::handling::{
    At, Begin, Department, HandOver, Handover, Identity, InPerson, InPersonKind, LinkOut, Persons,
};
use linli_guide::kinds;
use linli_guide::material::{Check, HandIn, Material, Need, Origin, Source, Way};
use linli_guide::predicate::{FACTS, Op, Operand, Predicate};
use linli_guide::{Both, Condition, Guide, Level, Pace};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

/// Marks that some page, table or file has a meaning for.
const MARKS: &str = "甲乙丙aB1 \n<>&\"';；，|=+-@{}⟦⟧#/\\%０Ａ😀é\t";

fn character() -> impl Strategy<Value = char> {
    let marks: Vec<char> = MARKS.chars().collect();
    prop_oneof![9 => select(marks), 1 => any::<char>()]
}

/// As it came from somewhere: blanks, control characters, breaks of every kind.
pub fn raw() -> impl Strategy<Value = String> {
    vec(character(), 0..24).prop_map(String::from_iter)
}

fn lines() -> impl Strategy<Value = String> {
    raw().prop_map(|s| tidy_lines(&s))
}

/// Never empty.
fn words() -> impl Strategy<Value = String> {
    lines().prop_map(|s| tidy_lines(&format!("甲{s}")))
}

fn word() -> impl Strategy<Value = String> {
    raw().prop_map(|s| tidy(&format!("乙{s}").replace([';', '；', '\n'], "")))
}

fn both() -> impl Strategy<Value = Both> {
    (words(), lines()).prop_map(|(zh, en)| Both { zh, en })
}

fn key() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{0,8}"
}

/// A test before it is known which answers it may ask.
#[derive(Clone, Debug)]
enum Seed {
    Fact(Index, Op, Than),
    All(Vec<Seed>),
    Any(Vec<Seed>),
    Not(Box<Seed>),
}

#[derive(Clone, Debug)]
enum Than {
    Number(i64),
    Word(String),
    Rule(Index),
}

fn seed() -> impl Strategy<Value = Seed> {
    let op = select(vec![Op::Is, Op::AtLeast, Op::AtMost]);
    let than = prop_oneof![
        any::<i64>().prop_map(Than::Number),
        word().prop_map(Than::Word),
        any::<Index>().prop_map(Than::Rule)
    ];
    let leaf = (any::<Index>(), op, than).prop_map(|(fact, op, than)| Seed::Fact(fact, op, than));
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Seed::All),
            vec(inner.clone(), 1..4).prop_map(Seed::Any),
            inner.prop_map(|one| Seed::Not(Box::new(one))),
        ]
    })
}

fn rule(index: &Index) -> String {
    index.get(&linli_rules::rules()).key.to_owned()
}

impl Seed {
    fn grow(self, answered: &[String]) -> Predicate {
        match self {
            Self::All(of) => Predicate::All(of.into_iter().map(|s| s.grow(answered)).collect()),
            Self::Any(of) => Predicate::Any(of.into_iter().map(|s| s.grow(answered)).collect()),
            Self::Not(one) => Predicate::Not(Box::new(one.grow(answered))),
            Self::Fact(fact, op, than) => {
                let own = FACTS.iter().map(|f| (*f).to_owned());
                let holds = kinds::PAPERS.iter().map(|p| format!("holds:{}", p.0));
                let all: Vec<String> =
                    own.chain(holds).chain(answered.iter().map(|a| format!("answer:{a}"))).collect();
                let than = match than {
                    Than::Number(n) => Operand::Number(n),
                    Than::Word(w) => Operand::Word(w),
                    Than::Rule(index) => Operand::Rule(rule(&index)),
                };
                Predicate::Fact { key: fact.get(&all).clone(), op, than }
            }
        }
    }
}

/// A field without its test, and the test.
type FieldSeed = (Field, Option<Seed>, Vec<(Field, Option<Seed>)>);

fn plain_kind() -> impl Strategy<Value = FieldKind> {
    use FieldKind::*;
    select(vec![
        Text, Lines, Day, Phone, BankCard, Choice, Number, Money, YesNo, IdNumber, Email, Place, Address,
    ])
}

fn plain_field() -> impl Strategy<Value = Field> {
    let choices = vec((key(), both()), 1..4);
    let limits = (of(-9_000i64..9_000), of(0i64..9_000));
    (key(), both(), of(both()), plain_kind(), any::<bool>(), choices, limits).prop_map(
        |(key, label, hint, kind, optional, choices, (min, more))| {
            let limited = matches!(kind, FieldKind::Number | FieldKind::Money);
            let choices = if kind == FieldKind::Choice { choices } else { Vec::new() };
            Field {
                key,
                label,
                hint,
                kind,
                choices: choices
                    .into_iter()
                    .map(|(key, text)| Choice { key, zh: text.zh, en: text.en })
                    .collect(),
                optional,
                when: None,
                min: min.filter(|_| limited),
                max: more.filter(|_| limited).map(|more| min.unwrap_or(0) + more),
                fields: Vec::new(),
            }
        },
    )
}

fn field() -> impl Strategy<Value = FieldSeed> {
    let rows = (vec((plain_field(), of(seed())), 1..4), of(0i64..=20), 1i64..=20);
    let group = (plain_field(), of(seed()), rows).prop_map(|(mut field, when, (fields, min, max))| {
        field.kind = FieldKind::Group;
        field.choices.clear();
        (field.min, field.max) = (min.filter(|min| *min <= max), Some(max));
        (field, when, fields)
    });
    prop_oneof![4 => (plain_field(), of(seed())).prop_map(|(f, when)| (f, when, Vec::new())), 1 => group]
}

fn form() -> impl Strategy<Value = Form> {
    use KnownFrom::*;
    let known =
        subsequence(vec![Name, Document, Birth, Sex, Phone, Place, Hukou, Disability], 0..=8).prop_shuffle();
    let pages = vec((both(), of(seed()), vec(field(), 1..5)), 0..4);
    let grants = vec((seed(), lines(), any::<Index>()), 0..3);
    (any::<bool>(), known, pages, grants).prop_map(|(two_persons, known, pages, grants)| {
        let mut answered: Vec<String> = Vec::new();
        let mut made = Vec::new();
        for (title, when, seeds) in pages {
            let earlier = answered.clone();
            let mut fields = Vec::new();
            for (mut field, when, inner) in seeds {
                field.key = format!("{}-{}", field.key, answered.len());
                field.when = when.map(|w| w.grow(&earlier));
                field.fields = inner
                    .into_iter()
                    .enumerate()
                    .map(|(i, (mut own, when))| {
                        own.key = format!("{}-{i}", own.key);
                        own.when = when.map(|w| w.grow(&earlier));
                        own
                    })
                    .collect();
                answered.push(field.key.clone());
                fields.push(field);
            }
            made.push(Page { title, when: when.map(|w| w.grow(&earlier)), fields });
        }
        let grants = grants
            .into_iter()
            .map(|(when, text, index)| Grant {
                when: when.grow(&answered),
                text: Both { zh: format!("甲{{value}}{text}"), en: format!("{{value}}{text}") },
                rule: rule(&index),
            })
            .collect();
        Form { two_persons, known, pages: made, grants }
    })
}

fn paper() -> impl Strategy<Value = String> {
    select(kinds::PAPERS).prop_map(|k| k.0.to_owned())
}

pub fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        (paper(), of(1u16..36_500)).prop_map(|(kind, within_days)| Way::Certificate { kind, within_days }),
        select(kinds::REGISTERS).prop_map(|k| Way::Register { register: k.0.to_owned() }),
        paper().prop_map(|kind| Way::Reuse { kind }),
        both().prop_map(Way::Declare),
        select(vec![Check::Online, Check::Counter]).prop_map(|check| Way::Upload { check }),
        select(vec![HandIn::Counter, HandIn::Post]).prop_map(|hand_in| Way::Original { hand_in }),
    ]
}

fn material() -> impl Strategy<Value = (Material, Option<Seed>)> {
    let need = prop_oneof![
        Just(Need::Must),
        Just(Need::Optional),
        (1u16..365).prop_map(|days| Need::Later { days })
    ];
    let origin = select(vec![Origin::Applicant, Origin::Government, Origin::Other]);
    (both(), need, vec(way(), 1..7), 1u8..=20, (origin, both()), of(seed())).prop_map(
        |(name, need, mut ways, copies, (from, source), when)| {
            if !ways.iter().any(Way::open_to_all) {
                ways.push(Way::Upload { check: Check::Counter });
            }
            let source = Source { from, zh: source.zh, en: source.en };
            (Material { key: String::new(), name, need, when: None, ways, copies, source }, when)
        },
    )
}

fn presence() -> impl Strategy<Value = InPerson> {
    use InPersonKind::*;
    let kind = select(vec![LegalPresence, Biometric, Interview, SiteInspection]);
    (select(vec![At::Apply, At::Decide]), kind, both()).prop_map(|(at, kind, why)| InPerson { at, kind, why })
}

fn handover() -> impl Strategy<Value = Vec<Handover>> {
    use Handover::*;
    subsequence(vec![Download, Wallet, Post, PickUp, PickUpByProxy, HomeVisit], 0..=6).prop_shuffle()
}

fn begin() -> impl Strategy<Value = Begin> {
    let over = select(vec![HandOver::Nothing, HandOver::Reference]);
    let elsewhere =
        (both(), key(), over, any::<bool>()).prop_map(|(system, host, hand_over, status_import)| {
            Begin::LinkOut(LinkOut { system, address: format!("https://{host}/"), hand_over, status_import })
        });
    prop_oneof![
        1 => key().prop_map(|k| Begin::Page(format!("/{k}"))),
        5 => form().prop_map(Begin::Form),
        1 => Just(Begin::Generic),
        1 => elsewhere,
    ]
}

/// A sound guide of the department of human resources.
pub fn guide() -> impl Strategy<Value = Guide> {
    let events: Vec<String> = kinds::EVENTS.iter().map(|e| e.0.to_owned()).collect();
    let said = (both(), both(), vec(word(), 0..4), both(), both(), subsequence(events, 0..4).prop_shuffle());
    let level = select(vec![Level::District, Level::Street, Level::Community]);
    let persons = select(vec![Persons::Persons, Persons::Enterprises, Persons::Both]);
    let identity = select(vec![Identity::Account, Identity::Remote, Identity::Counter]);
    let handled = (
        select(vec![Pace::Immediate, Pace::Promised]),
        level,
        persons,
        identity,
        (0u16..3_650, 0u16..3_650),
        of(0u8..=20),
    );
    let told = (both(), both(), both(), both(), lines(), both());
    let asked = (vec((both(), of(seed())), 0..3), vec(material(), 0..5), vec(presence(), 0..3), handover());
    let rest = (vec(both(), 0..3), vec(key(), 0..3), any::<bool>(), begin());
    (said, handled, told, asked, rest).prop_map(|(said, handled, told, asked, rest)| {
        let mut g = linli_guide::blank();
        (g.name, g.summary, g.words, g.topic, g.kind, g.events) = said;
        let days;
        (g.pace, g.level, g.persons, g.identity, days, g.declared_visits) = handled;
        (g.legal_days, g.promised_days) = (days.0.max(days.1), days.0.min(days.1));
        (g.limit_note, g.fee, g.result, g.place, g.phone, g.source) = told;
        let (conditions, materials);
        (conditions, materials, g.presence, g.handover) = asked;
        (g.to_do, g.together, g.unchecked, g.begin) = rest;
        g.department =
            Department { code: "RS".into(), zh: "区人力资源和社会保障局".into(), en: "HR".into() };
        g.conditions = conditions
            .into_iter()
            .map(|(text, test)| Condition { zh: text.zh, en: text.en, test: test.map(|t| t.grow(&[])) })
            .collect();
        let answered: Vec<String> =
            g.form().iter().flat_map(|f| f.fields().map(|f| f.key.clone()).collect::<Vec<_>>()).collect();
        g.materials = materials
            .into_iter()
            .enumerate()
            .map(|(i, (material, when))| Material {
                key: format!("m-{i}"),
                when: when.map(|w| w.grow(&answered)),
                ..material
            })
            .collect();
        g
    })
}
