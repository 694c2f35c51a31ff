//! A person in words, for the pages of this room and of those above: what is known of her and where it comes from, what a field is
//! called, what is wrong with what was typed.

use linli_base::docnum::{DocumentKind, Phone};
use linli_base::{Day, FieldError, PlaceCode};
use linli_db::{DbError, Read};
use linli_web::ui::{Chip, Choice, Tone};
use linli_words::Lang;

use crate::Words;
use crate::acts::records::LookPurpose;
use crate::domain::{Disability, Field, Person, Role, Sex, State};

/// The words of what is wrong at a field.
#[must_use]
pub fn say(lang: Lang, e: &FieldError) -> String {
    let w = Words(lang);
    let arg = |i: usize| e.args.get(i).cloned().unwrap_or_default();
    match e.kind {
        "name-empty" => w.name_empty(),
        "name-long" => w.name_long(),
        "name-characters" => w.name_characters(),
        "number-empty" => w.number_empty(),
        "number-length" => return w.number_length(&arg(0), &arg(1)),
        "number-characters" => w.number_characters(),
        "number-birth" => w.number_birth(),
        "number-region" => w.number_region(),
        "number-check" => w.number_check(),
        "number-taken" => w.number_taken(),
        "birth" => w.birth_wrong(),
        "birth-differs" => w.birth_differs(),
        "place" => w.place_wrong(),
        "too-long" => w.too_long(),
        "empty" => w.empty(),
        _ => w.choose_one(),
    }
    .to_owned()
}

/// Kinds of documents to choose from.
#[must_use]
pub fn document_kinds(lang: Lang) -> Vec<Choice> {
    DocumentKind::ALL.iter().map(|k| Choice::new(k.word(), &lang.pick(k.zh(), k.en()))).collect()
}

/// Street and community, in words.
///
/// # Errors
/// If the database fails.
pub fn place_words(
    read: &mut Read<'_>,
    lang: Lang,
    place: Option<PlaceCode>,
    day: Day,
) -> Result<String, DbError> {
    let Some(code) = place else { return Ok(String::new()) };
    let mut out = String::new();
    for code in code.parent().into_iter().chain([code]) {
        let (zh, en) = linli_places::offers::name(read, code, day)?;
        if !out.is_empty() && lang.is_en() {
            out.push_str(", ");
        }
        out.push_str(&lang.pick(&zh, &en));
    }
    Ok(out)
}

/// Communities that hold today, under their streets' names, to choose from.
///
/// # Errors
/// If the database fails.
pub fn communities(read: &mut Read<'_>, lang: Lang, day: Day) -> Result<Vec<Choice>, DbError> {
    use linli_base::place::Level;
    let mut out = vec![Choice::new("", "—")];
    for street in linli_places::offers::of_level(read, Level::Street, day, 0, 500)? {
        let (zh, en) = street.names();
        let name = lang.pick(&zh, &en).into_owned();
        for community in linli_places::offers::children(read, street.code, day)? {
            let (zh, en) = community.names();
            out.push(Choice::new(&community.code.to_string(), &format!("{name} · {}", lang.pick(&zh, &en))));
        }
    }
    Ok(out)
}

/// How she stands, as a chip.
#[must_use]
pub fn state_chip(lang: Lang, state: State) -> Chip {
    Chip::new(if state == State::Active { Tone::Done } else { Tone::Due }, state_words(lang, state))
}

fn state_words(lang: Lang, state: State) -> &'static str {
    let w = Words(lang);
    match state {
        State::Unverified => w.state_unverified(),
        State::Active => w.state_active(),
        State::Moved => w.state_moved(),
        State::Dead => w.state_dead(),
        State::Merged => w.state_merged(),
        State::Erased => w.state_erased(),
    }
}

/// In words.
#[must_use]
pub fn sex_words(lang: Lang, sex: Sex) -> &'static str {
    let w = Words(lang);
    match sex {
        Sex::Male => w.sex_male(),
        Sex::Female => w.sex_female(),
        Sex::Unknown => w.sex_unknown(),
    }
}

/// Relation to the head of the household, in words.
#[must_use]
pub fn role_words(lang: Lang, role: Role) -> &'static str {
    let w = Words(lang);
    match role {
        Role::Head => w.role_head(),
        Role::Spouse => w.role_spouse(),
        Role::Child => w.role_child(),
        Role::Grandchild => w.role_grandchild(),
        Role::Parent => w.role_parent(),
        Role::Grandparent => w.role_grandparent(),
        Role::Sibling => w.role_sibling(),
        Role::Other => w.role_other(),
    }
}

/// What a field is called.
#[must_use]
pub fn field_words(lang: Lang, field: Field) -> &'static str {
    let w = Words(lang);
    match field {
        Field::Name => w.field_name(),
        Field::Sex => w.field_sex(),
        Field::Birth => w.field_birth(),
        Field::Document => w.field_document(),
        Field::Place => w.field_place(),
        Field::Hukou => w.field_hukou(),
        Field::Disability => w.field_disability(),
    }
}

/// Level of disability in words; 0: none.
#[must_use]
pub fn disability_words(lang: Lang, level: u8) -> String {
    let w = Words(lang);
    if level == 0 { w.disability_none().to_owned() } else { w.disability_level(&level) }
}

/// Where a value comes from, with its day.
fn source_words(lang: Lang, source: &str, day: &str) -> String {
    let w = Words(lang);
    match source {
        "register" => w.source_register(&day),
        "self" => w.source_self(&day),
        "counter" => w.source_counter(&day),
        "sample" => w.source_sample(&day),
        "code" => w.source_code(&day),
        _ => w.source_correction(&day),
    }
}

/// A value of a field, in the form in which corrections carry it, in words.
///
/// # Errors
/// If the database fails.
pub fn value_words(
    read: &mut Read<'_>,
    lang: Lang,
    field: Field,
    value: &str,
    day: Day,
) -> Result<String, DbError> {
    let w = Words(lang);
    Ok(match field {
        Field::Name | Field::Birth => value.to_owned(),
        Field::Sex => Sex::from_word(value).map(|s| sex_words(lang, s)).unwrap_or_default().to_owned(),
        Field::Document => match value.split_once(':') {
            Some((kind, number)) => {
                let kind = DocumentKind::from_word(kind).map(|k| lang.pick(k.zh(), k.en()).into_owned());
                format!("{} {number}", kind.unwrap_or_default())
            }
            None => String::new(),
        },
        Field::Place => place_words(read, lang, value.parse().ok(), day)?,
        Field::Hukou => if value == "1" { w.yes() } else { w.no() }.to_owned(),
        Field::Disability => disability_words(lang, value.parse().unwrap_or(0)),
    })
}

/// Why a record was looked at, in words.
#[must_use]
pub fn purpose_words(lang: Lang, purpose: LookPurpose) -> &'static str {
    let w = Words(lang);
    match purpose {
        LookPurpose::Application => w.why_application(),
        LookPurpose::Identity => w.why_identity(),
        LookPurpose::Correction => w.why_correction(),
        LookPurpose::Contact => w.why_contact(),
        LookPurpose::Visit => w.why_visit(),
        LookPurpose::Complaint => w.why_complaint(),
        LookPurpose::Other => w.why_other(),
    }
}

/// A fact of the record, with its source.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The field by which it may be corrected; absent where another way leads to it.
    pub field: Option<Field>,
    pub name: String,
    pub value: String,
    pub source: String,
}

/// What is known of a person, each value with its source; numbers whole for an officer who opened the record, else masked.
#[must_use]
pub fn facts(lang: Lang, p: &Person, place: &str, today: Day, whole: bool) -> Vec<Fact> {
    let w = Words(lang);
    let source = |field: &str| {
        p.sources.iter().find(|(f, _, _)| f == field).map_or_else(
            || source_words(lang, p.source.word(), &p.source_day.to_string()),
            |(_, s, day)| source_words(lang, s, day),
        )
    };
    let mut out = Vec::new();
    let mut add = |field: Option<Field>, name: &str, key: &str, value: String| {
        if !value.is_empty() {
            out.push(Fact { field, name: name.to_owned(), value, source: source(key) });
        }
    };
    let name = p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default();
    add(Some(Field::Name), w.field_name(), "name", name);
    add(Some(Field::Sex), w.field_sex(), "sex", sex_words(lang, p.sex).to_owned());
    let birth = match (p.birth, p.age(today)) {
        (Some(day), Some(age)) => w.born(&age, &(if lang.is_en() { day.en() } else { day.zh() })),
        _ => String::new(),
    };
    add(Some(Field::Birth), w.field_birth(), "birth", birth);
    let document = p
        .document
        .as_ref()
        .map(|d| {
            let number = if whole { d.value().to_owned() } else { d.masked() };
            format!("{} {number}", lang.pick(d.kind().zh(), d.kind().en()))
        })
        .unwrap_or_default();
    add(Some(Field::Document), w.field_document(), "document", document);
    let shown = |t: &Phone| {
        if whole { t.value().strip_prefix("86").unwrap_or(t.value()).to_owned() } else { t.masked() }
    };
    add(None, w.phone(), "phone", p.phone.as_ref().map(shown).unwrap_or_default());
    add(Some(Field::Place), w.field_place(), "place", place.to_owned());
    add(None, w.field_role(), "role", p.role.map(|r| role_words(lang, r)).unwrap_or_default().to_owned());
    let hukou = if p.hukou { w.yes() } else { w.no() };
    add(Some(Field::Hukou), w.field_hukou(), "hukou", hukou.to_owned());
    let disability = disability_words(lang, p.disability.map_or(0, Disability::level));
    add(Some(Field::Disability), w.field_disability(), "disability", disability);
    out
}
