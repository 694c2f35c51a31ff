//! What a person is and what may become of her record: pure.

use linli_base::docnum::{DocumentNumber, NumberError, Phone};
use linli_base::{Day, Instant, PlaceCode, text};
use linli_places::UnitId;

linli_db::id! {
    /// A household (户).
    pub struct HouseholdId;
}

linli_db::codes! {
    /// How a person stands to the district.
    pub enum State {
        /// She gave name and number herself; nobody has checked yet that it is she.
        Unverified = "unverified",
        /// Known and checked.
        Active = "active",
        /// Moved away; her papers stay hers.
        Moved = "moved",
        Dead = "dead",
        /// An unverified record that turned out to be somebody already known.
        Merged = "merged",
        /// Erased on her request: nobody any more.
        Erased = "erased",
    }
}

impl State {
    /// Whether a record may go from this state to another.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use State::{Active, Dead, Erased, Merged, Moved, Unverified};
        match self {
            Unverified => matches!(next, Active | Dead | Merged | Erased),
            Active => matches!(next, Moved | Dead | Erased),
            Moved => matches!(next, Active | Dead | Erased),
            // Wrongly reported dead happens; the registrar brings the record back.
            Dead => matches!(next, Active),
            Merged | Erased => false,
        }
    }

    /// Whether she may sign in.
    #[must_use]
    pub fn signs_in(self) -> bool {
        matches!(self, Self::Unverified | Self::Active | Self::Moved)
    }
}

linli_db::codes! {
    /// GB/T 2261.1.
    pub enum Sex {
        Male = "male",
        Female = "female",
        Unknown = "unknown",
    }
}

linli_db::codes! {
    /// Where a record comes from.
    pub enum Source {
        /// The population register, by import.
        Register = "register",
        /// She gave it herself.
        Own = "self",
        /// An officer at a counter or the door.
        Counter = "counter",
        /// Made by the sample district.
        Sample = "sample",
    }
}

linli_db::codes! {
    /// How it was checked that she is who she says.
    pub enum Verified {
        /// She stands in the register with this phone or was imported.
        Register = "register",
        /// An officer saw the document.
        Counter = "counter",
        /// An identity check answered that name, number and phone belong together.
        Check = "check",
    }
}

linli_db::codes! {
    /// Relation to the head of the household (GB/T 4761, the main groups).
    pub enum Role {
        Head = "head",
        Spouse = "spouse",
        Child = "child",
        Grandchild = "grandchild",
        Parent = "parent",
        Grandparent = "grandparent",
        Sibling = "sibling",
        Other = "other",
    }
}

linli_db::codes! {
    /// A field of the record that may be corrected.
    pub enum Field {
        Name = "name",
        Sex = "sex",
        Birth = "birth",
        Document = "document",
        Place = "place",
        Hukou = "hukou",
        Disability = "disability",
    }
}

/// A name: Chinese, or of another people's letters, with the dot between its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(String);

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(…)")
    }
}

/// What is wrong with a name; the words' key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    #[error("name-empty")]
    Empty,
    #[error("name-long")]
    Long,
    #[error("name-characters")]
    Characters,
}

impl NameError {
    /// Key of the words.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::Long => "name-long",
            Self::Characters => "name-characters",
        }
    }
}

impl Name {
    /// Reads what was typed. All the dots that keyboards offer become the one of the standard (U+00B7).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let name = text::tidy(typed);
        let latin = name.chars().any(|c| c.is_ascii_alphabetic());
        let dot = |c| matches!(c, '•' | '・' | '‧' | '●' | '⋅') || (c == '.' && !latin);
        let name: String =
            name.chars().filter(|c| latin || *c != ' ').map(|c| if dot(c) { '·' } else { c }).collect();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.chars().count() > 50 {
            return Err(NameError::Long);
        }
        let fits = |c: char| c.is_alphabetic() || matches!(c, '·' | ' ' | '-' | '\'' | '〇' | '.');
        if !name.chars().all(fits) || !name.chars().any(char::is_alphabetic) {
            return Err(NameError::Characters);
        }
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The first character and a star for each other: `梁**`. For lists where the whole name is not needed.
    #[must_use]
    pub fn masked(&self) -> String {
        let rest = self.0.chars().count().saturating_sub(1).min(3);
        self.0.chars().take(1).chain(std::iter::repeat_n('*', rest)).collect()
    }
}

/// Level of disability (残疾等级), 1 the gravest to 4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Disability(u8);

impl Disability {
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if level >= 1 && level <= 4 { Some(Self(level)) } else { None }
    }
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }
}

/// A person to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    pub name: Name,
    pub sex: Sex,
    pub birth: Day,
    pub document: DocumentNumber,
    pub phone: Option<Phone>,
    pub place: Option<PlaceCode>,
    pub unit: Option<UnitId>,
    pub household: Option<HouseholdId>,
    pub role: Option<Role>,
    pub hukou: bool,
    pub disability: Option<Disability>,
    pub source: Source,
}

/// A person with her fields opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: linli_acts::PersonId,
    pub state: State,
    /// Absent once erased.
    pub name: Option<Name>,
    pub sex: Sex,
    pub birth: Option<Day>,
    pub document: Option<DocumentNumber>,
    pub phone: Option<Phone>,
    /// She signs in with that phone.
    pub account: bool,
    pub place: Option<PlaceCode>,
    pub unit: Option<UnitId>,
    pub household: Option<HouseholdId>,
    pub role: Option<Role>,
    pub hukou: bool,
    pub disability: Option<Disability>,
    pub source: Source,
    pub source_day: Day,
    /// Field, word of the source, day: what came from elsewhere than the record as a whole.
    pub sources: Vec<(String, String, String)>,
    pub verified_at: Option<Instant>,
    pub verified_how: Option<Verified>,
    pub rev: i64,
}

impl Person {
    /// Whole years on a day.
    #[must_use]
    pub fn age(&self, day: Day) -> Option<i32> {
        self.birth.map(|b| day.age_of(b))
    }

    /// The value of a field, in the form in which corrections carry it.
    #[must_use]
    pub fn value(&self, field: Field) -> String {
        match field {
            Field::Name => self.name.as_ref().map(|n| n.as_str().to_owned()),
            Field::Sex => Some(self.sex.word().to_owned()),
            Field::Birth => self.birth.map(|b| b.to_string()),
            Field::Document => self.document.as_ref().map(|d| format!("{}:{}", d.kind().word(), d.value())),
            Field::Place => self.place.map(|p| p.to_string()),
            Field::Hukou => Some(if self.hukou { "1" } else { "0" }.to_owned()),
            Field::Disability => Some(self.disability.map_or(0, Disability::level).to_string()),
        }
        .unwrap_or_default()
    }
}

/// Length of `details`: a day and a digit.
const DETAILS: usize = 11;

/// Day of birth and level of disability as they are sealed: always of one length.
#[must_use]
pub fn details(birth: Day, disability: Option<Disability>) -> String {
    format!("{birth}{}", disability.map_or(0, Disability::level))
}

/// Reads [`details`].
#[must_use]
pub fn read_details(text: &str) -> Option<(Day, Option<Disability>)> {
    if text.len() != DETAILS {
        return None;
    }
    let birth = text.get(..10)?.parse().ok()?;
    Some((birth, Disability::new(text.get(10..)?.parse().ok()?)))
}

/// A value proposed for a field, made regular; or the kind of what is wrong.
///
/// # Errors
/// Key of the words.
pub fn proposed(field: Field, typed: &str, today: Day) -> Result<String, &'static str> {
    let value = text::tidy(typed);
    match field {
        Field::Name => Name::parse(&value).map(|n| n.0).map_err(NameError::kind),
        Field::Sex => Sex::from_word(&value).map(|s| s.word().to_owned()).ok_or("choose"),
        Field::Birth => match value.parse::<Day>() {
            Ok(day) if day <= today && today.age_of(day) <= 150 => Ok(day.to_string()),
            _ => Err("birth"),
        },
        Field::Document => {
            let (kind, number) = value.split_once(':').ok_or("choose")?;
            let kind = linli_base::docnum::DocumentKind::from_word(kind).ok_or("choose")?;
            DocumentNumber::parse(kind, number, today)
                .map(|d| format!("{}:{}", kind.word(), d.value()))
                .map_err(NumberError::kind)
        }
        Field::Place => value.parse::<PlaceCode>().map(|p| p.to_string()).map_err(|_| "place"),
        Field::Hukou => ["0", "1"].contains(&value.as_str()).then_some(value).ok_or("choose"),
        Field::Disability => match value.parse::<u8>() {
            Ok(n) if n <= 4 => Ok(n.to_string()),
            _ => Err("choose"),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 24).unwrap()
    }

    #[test]
    fn names_of_many_peoples_are_names() {
        for (typed, want) in [
            (" 梁 阿珍 ", "梁阿珍"),
            ("阿迪力•吐尔逊", "阿迪力·吐尔逊"),
            ("Mary-Ann O'Neill", "Mary-Ann O'Neill"),
            ("𠀀某", "𠀀某"),
        ] {
            assert_eq!(Name::parse(typed).unwrap().as_str(), want);
        }
        assert_eq!(Name::parse("　"), Err(NameError::Empty));
        assert_eq!(Name::parse("梁1"), Err(NameError::Characters));
        assert_eq!(Name::parse("··"), Err(NameError::Characters));
        assert_eq!(Name::parse(&"梁".repeat(51)), Err(NameError::Long));
        assert_eq!(Name::parse("梁阿珍").unwrap().masked(), "梁**");
    }

    #[test]
    fn an_erased_record_stays_erased() {
        for next in State::ALL {
            assert!(!State::Erased.may_become(*next));
            assert!(!State::Merged.may_become(*next));
            assert!(!next.may_become(*next), "{next:?} to itself");
        }
        assert!(!State::Dead.signs_in() && !State::Erased.signs_in() && State::Moved.signs_in());
    }

    proptest! {
        #[test]
        fn reading_names_never_panics(typed in "\\PC{0,60}") {
            if let Ok(name) = Name::parse(&typed) {
                // What is regular stays as it is.
                prop_assert_eq!(Name::parse(name.as_str()).unwrap(), name);
            }
        }

        #[test]
        fn details_read_back_and_are_of_one_length(days in 0i64..60_000, level in 0u8..5) {
            let birth = Day::new(1900, 1, 1).unwrap().plus_days(days);
            let text = details(birth, Disability::new(level));
            prop_assert_eq!(text.len(), DETAILS);
            prop_assert_eq!(read_details(&text), Some((birth, Disability::new(level))));
        }

        #[test]
        fn what_is_proposed_is_regular(typed in "\\PC{0,30}", i in 0usize..7) {
            let field = Field::ALL[i];
            if let Ok(value) = proposed(field, &typed, today()) {
                prop_assert_eq!(proposed(field, &value, today()), Ok(value));
            }
        }
    }
}
