//! Answers: read at the edge into what cannot be wrong, kept with their source. Pure.

use std::collections::BTreeMap;

use linli_base::docnum::{BankCard, DocumentKind, DocumentNumber, Phone};
use linli_base::{Day, PlaceCode, text};
use linli_guide::{Field, FieldKind, KnownFrom};
use linli_people::offers::Source;
use serde::{Deserialize, Serialize};

use crate::materials::{Given, Met};

linli_db::id! {
    /// An application.
    pub struct ApplicationId;
}

linli_db::codes! {
    /// How an application stands; what is filed goes on as a case.
    pub enum ApplicationState {
        Draft = "draft",
        Filed = "filed",
    }
}

linli_db::codes! {
    /// Where an answer came from.
    pub enum AnswerSource {
        Typed = "typed",
        /// Offered from an earlier application and left as it was.
        Earlier = "earlier",
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// In regular form: digits of a card, a day as 2026-11-27, the key of a choice. Empty: left out.
    pub value: String,
    pub source: AnswerSource,
}

/// A value that was known, as it was on the day of filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub from: KnownFrom,
    /// In the register's regular form: `1` for registered in the city, the code of a place.
    pub value: String,
    pub source: Source,
    /// Since when the source says so.
    pub day: Day,
}

/// What lies sealed in an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    pub answers: BTreeMap<String, Answer>,
    /// Filled when it is filed: known values never pass through a form, so nobody can change them on the way.
    pub known: Vec<Known>,
    /// What she did about materials, by key.
    #[serde(default)]
    pub materials: BTreeMap<String, Given>,
    /// How each was met; filled when it is filed.
    #[serde(default)]
    pub met: Vec<Met>,
}

impl Answers {
    /// What was answered to a field; empty if nothing.
    #[must_use]
    pub fn value(&self, key: &str) -> &str {
        self.answers.get(key).map_or("", |a| a.value.as_str())
    }
}

/// The regular form of what was typed into a field, or the kind of what is wrong. Empty is right for an optional field.
///
/// # Errors
/// Key of the words.
pub fn regular(field: &Field, typed: &str, today: Day) -> Result<String, &'static str> {
    let tidy = match field.kind {
        FieldKind::Lines => text::tidy_lines(typed),
        _ => text::tidy(typed),
    };
    if tidy.is_empty() {
        return if field.optional { Ok(tidy) } else { Err(missing(field.kind)) };
    }
    match field.kind {
        FieldKind::Text if tidy.chars().count() > 100 => Err("too-long"),
        FieldKind::Lines if tidy.chars().count() > 1_000 => Err("too-long"),
        FieldKind::Text | FieldKind::Lines => Ok(tidy),
        FieldKind::Day => tidy.parse::<Day>().map(|d| d.to_string()).map_err(|_| "day-wrong"),
        // As it is dialled here: a number of the mainland without the country's code.
        FieldKind::Phone => Phone::parse(&tidy)
            .map(|p| p.value().strip_prefix("86").unwrap_or(p.value()).to_owned())
            .map_err(|_| "phone-wrong"),
        FieldKind::BankCard => BankCard::parse(&tidy).map(|c| c.value().to_owned()).map_err(|e| match e {
            linli_base::docnum::NumberError::CheckDigit => "card-digit",
            _ => "card-wrong",
        }),
        FieldKind::Choice => {
            field.choices.iter().find(|c| c.key == tidy).map(|c| c.key.clone()).ok_or("choose")
        }
        FieldKind::YesNo if matches!(tidy.as_str(), "0" | "1") => Ok(tidy),
        FieldKind::YesNo => Err("choose"),
        // Of a group, how many rows there are; their fields are answered by themselves.
        FieldKind::Number | FieldKind::Group => {
            tidy.parse().ok().and_then(|n| within(field, n)).ok_or("number-wrong")
        }
        FieldKind::Money => fen(&tidy).and_then(|n| within(field, n)).ok_or("money-wrong"),
        FieldKind::IdNumber => DocumentNumber::parse(DocumentKind::ResidentId, &tidy, today)
            .map(|d| d.value().to_owned())
            .map_err(|e| e.kind()),
        FieldKind::Email => email(&tidy).then_some(tidy).ok_or("email-wrong"),
        FieldKind::Place => tidy.parse::<PlaceCode>().map(|p| p.to_string()).map_err(|_| "place-wrong"),
        FieldKind::Address if tidy.chars().count() > 200 => Err("too-long"),
        FieldKind::Address => Ok(tidy),
    }
}

fn within(field: &Field, n: i64) -> Option<String> {
    let fits = field.min.is_none_or(|min| n >= min) && field.max.is_none_or(|max| n <= max);
    fits.then(|| n.to_string())
}

/// Yuan with at most two decimals, as fen.
fn fen(typed: &str) -> Option<i64> {
    let typed = typed.trim_end_matches('元').trim().replace([',', '，'], "");
    let (yuan, cents) = typed.split_once('.').unwrap_or((&typed, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if yuan.is_empty() || !digits(yuan) || cents.len() > 2 || !digits(cents) {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

fn email(typed: &str) -> bool {
    typed.len() <= 200
        && !typed.contains(char::is_whitespace)
        && typed.split_once('@').is_some_and(|(who, host)| {
            !who.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
}

fn missing(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::YesNo => "choose",
        FieldKind::BankCard => "card-empty",
        FieldKind::Choice => "choose",
        FieldKind::Phone => "phone-empty",
        FieldKind::Day => "day-wrong",
        _ => "empty",
    }
}

/// How many values go with an application, and how many of them nobody had to type.
#[must_use]
pub fn shares(answers: &Answers) -> (i64, i64) {
    let given = answers.answers.values().filter(|a| !a.value.is_empty());
    let (mut fields, mut filled) = (0i64, 0i64);
    for a in given {
        fields += 1;
        filled += i64::from(a.source == AnswerSource::Earlier);
    }
    let known = i64::try_from(answers.known.len()).unwrap_or(i64::MAX);
    (fields + known, filled + known)
}

#[cfg(test)]
mod tests {
    use linli_guide::{Form, Guide};

    use super::*;

    fn form() -> Form {
        let json = linli_catalogue::DELIVERED.iter().find(|(k, _)| *k == "old-age-allowance").unwrap().1;
        Guide::read(json).unwrap().form().unwrap().into_owned()
    }

    fn today() -> Day {
        Day::new(2026, 11, 27).unwrap()
    }

    fn answer(form: &Form, key: &str, typed: &str) -> Result<String, &'static str> {
        regular(form.fields().find(|f| f.key == key).unwrap(), typed, today())
    }

    #[test]
    fn a_card_number_is_read_with_spaces_and_checked() {
        let form = form();
        assert_eq!(answer(&form, "bank-card", "6222 0212 3456 7890 128"), Ok("6222021234567890128".into()));
        assert_eq!(answer(&form, "bank-card", "6222 0212 3456 7890 129"), Err("card-digit"));
        assert_eq!(answer(&form, "bank-card", ""), Err("card-empty"));
        assert_eq!(answer(&form, "bank-card", "六二二二"), Err("card-wrong"));
        assert_eq!(answer(&form, "contact-phone", ""), Ok(String::new()));
        assert_eq!(answer(&form, "bank-name", "nobank"), Err("choose"));
    }

    #[test]
    fn the_number_of_a_child_is_taken_and_one_of_tomorrow_is_not() {
        let field: Field = serde_json::from_value(serde_json::json!({
            "key": "pupil-id", "label": { "zh": "身份证号码", "en": "Identity number" }, "kind": "id-number",
        }))
        .unwrap();
        let number = |body: &str| format!("{body}{}", linli_base::docnum::check_digit(body).unwrap());
        let child = number("44010520170908123");
        assert_eq!(regular(&field, &child, today()), Ok(child));
        assert_eq!(regular(&field, &number("44010520261128123"), today()), Err("number-birth"));
    }

    #[test]
    fn what_nobody_typed_is_counted() {
        let answer = |value: &str, source| Answer { value: value.to_owned(), source };
        let mut answers = Answers::default();
        answers.answers.insert("bank-card".into(), answer("6222021234567890128", AnswerSource::Typed));
        answers.answers.insert("bank-name".into(), answer("icbc", AnswerSource::Typed));
        answers.answers.insert("contact-phone".into(), answer("", AnswerSource::Typed));
        assert_eq!(shares(&answers), (2, 0));
        answers.answers.insert("bank-name".into(), answer("icbc", AnswerSource::Earlier));
        assert_eq!(shares(&answers), (2, 1));
    }

    #[test]
    fn every_rule_that_an_item_asks_is_declared() {
        for (key, json) in linli_catalogue::DELIVERED {
            let guide = Guide::read(json).unwrap();
            for rule in guide.rules() {
                assert!(linli_rules::rules().iter().any(|r| r.key == rule), "{key}: {rule}");
            }
        }
    }
}
