//! Pure rules: what a division's rows over time may be, what an imported row does, how an address is searched.

use linli_base::text;
use std::collections::BTreeMap;

use linli_base::{Day, Level, PlaceCode};

linli_db::id! {
    /// A building.
    pub struct BuildingId;
}
linli_db::id! {
    /// A unit (房) in a building.
    pub struct UnitId;
}
linli_db::id! {
    /// A file on its way in.
    pub struct ImportId;
}

/// The longest Chinese name of a division, in characters.
pub const NAME_ZH_MAX: usize = 60;
/// The longest English name.
pub const NAME_EN_MAX: usize = 120;
/// The longest name of a building.
pub const BUILDING_MAX: usize = 60;
/// The longest address.
pub const ADDRESS_MAX: usize = 120;
/// The longest name of a unit.
pub const UNIT_MAX: usize = 40;

/// The stored word of a level.
#[must_use]
pub const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Province => "province",
        Level::City => "city",
        Level::District => "district",
        Level::Street => "street",
        Level::Community => "community",
    }
}

linli_db::row! {
    /// A division in one span of time.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Division {
        pub code: PlaceCode,
        pub valid_from: Day,
        /// The first day on which it holds no more.
        pub valid_to: Option<Day>,
        pub name_zh: String,
        /// May be empty; [`Division::en`] then gives the Chinese name.
        pub name_en: String,
        pub rev: i64,
    }
}

impl Division {
    /// The level, which the code tells.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.code.level()
    }
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
    /// The English name, or the Chinese one where there is none.
    #[must_use]
    pub fn en(&self) -> &str {
        if self.name_en.is_empty() { &self.name_zh } else { &self.name_en }
    }
    /// Chinese and English name.
    #[must_use]
    pub fn names(&self) -> (String, String) {
        (self.name_zh.clone(), self.en().to_owned())
    }
}

/// A division to be made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NewDivision {
    pub code: PlaceCode,
    pub name_zh: String,
    pub name_en: String,
}

/// What is wrong with a change of divisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The name is empty or too long.
    Name,
    /// The day lies before the last change of this division.
    DayTooEarly,
    /// It has ended already.
    Ended,
    /// A division of this code exists already.
    Exists,
    /// The division above does not exist on that day.
    NoParent,
    /// It still has divisions below it.
    HasChildren,
    /// The successor does not exist on that day, or is the division itself.
    Successor,
    /// A part has another level or lies elsewhere than what is split.
    Part,
    /// Splitting gives at least one new division, or two if the old one ends; and no code twice.
    TooFewParts,
}

impl Wrong {
    /// Word key, the same for forms and for the report of an import.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DayTooEarly => "day-too-early",
            Self::Ended => "ended",
            Self::Exists => "exists",
            Self::NoParent => "no-parent",
            Self::HasChildren => "has-children",
            Self::Successor => "successor",
            Self::Part => "part",
            Self::TooFewParts => "too-few-parts",
        }
    }
}

/// Names as they are stored: tidied; a community that a list calls by its committee (“下渡社区居委会”) gets its own name.
#[must_use]
pub fn division_name(level: Level, typed: &str) -> String {
    let name = text::tidy(typed);
    if level == Level::Community {
        for committee in ["居民委员会", "居委会"] {
            if let Some(rest) = name.strip_suffix(committee)
                && rest.ends_with("社区")
            {
                return rest.to_owned();
            }
        }
    }
    name
}

/// Whether names have a right length.
///
/// # Errors
/// [`Wrong::Name`].
pub fn check_names(zh: &str, en: &str) -> Result<(), Wrong> {
    let fits = !zh.is_empty() && zh.chars().count() <= NAME_ZH_MAX && en.chars().count() <= NAME_EN_MAX;
    if fits { Ok(()) } else { Err(Wrong::Name) }
}

/// How a change of name is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renaming {
    /// The new name stands in a row of its own from the day on.
    From(Day),
    /// The same day as the row began: the row is corrected.
    Correction,
}

/// Whether the last row may be renamed from a day on.
///
/// # Errors
/// If it has ended or the day lies before it.
pub fn renaming(last: &Division, day: Day) -> Result<Renaming, Wrong> {
    if last.valid_to.is_some() {
        Err(Wrong::Ended)
    } else if day < last.valid_from {
        Err(Wrong::DayTooEarly)
    } else if day == last.valid_from {
        Ok(Renaming::Correction)
    } else {
        Ok(Renaming::From(day))
    }
}

/// Whether the last row may end on a day.
///
/// # Errors
/// If it has ended already, the day is not after its beginning, or divisions below it still hold.
pub fn ending(last: &Division, day: Day, has_children: bool) -> Result<(), Wrong> {
    if last.valid_to.is_some() {
        Err(Wrong::Ended)
    } else if day <= last.valid_from {
        Err(Wrong::DayTooEarly)
    } else if has_children {
        Err(Wrong::HasChildren)
    } else {
        Ok(())
    }
}

/// Whether a division may be split into these parts.
///
/// # Errors
/// If parts are of another level or place, doubled, or too few.
pub fn splitting(whole: &Division, day: Day, stays: bool, parts: &[NewDivision]) -> Result<(), Wrong> {
    if whole.valid_to.is_some() {
        return Err(Wrong::Ended);
    }
    if day <= whole.valid_from {
        return Err(Wrong::DayTooEarly);
    }
    if parts.len() + usize::from(stays) < 2 || parts.len() > 20 {
        return Err(Wrong::TooFewParts);
    }
    for (i, part) in parts.iter().enumerate() {
        check_names(&part.name_zh, &part.name_en)?;
        if part.code == whole.code || parts.iter().take(i).any(|p| p.code == part.code) {
            return Err(Wrong::Exists);
        }
        if part.code.level() != whole.level() || part.code.parent() != whole.code.parent() {
            return Err(Wrong::Part);
        }
    }
    Ok(())
}

/// A division as a file tells it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DivisionRow {
    pub code: PlaceCode,
    pub name_zh: String,
    /// `None` where the file has no such column: what is known stays.
    pub name_en: Option<String>,
    pub valid_from: Option<Day>,
    pub valid_to: Option<Day>,
}

/// What an imported row does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Nothing,
    Create,
    /// Names of the last row are put right.
    Correct,
    /// A new name from a day on.
    Rename(Day),
    /// The last row ends on a day.
    End(Day),
}

/// What a row of a file does to what is known of its code (`known` in the order of time). The same row a second time does
/// nothing.
///
/// # Errors
/// If the row contradicts what is known.
pub fn import_step(known: &[Division], row: &DivisionRow) -> Result<Step, Wrong> {
    let Some(last) = known.last() else { return Ok(Step::Create) };
    let same_en = |d: &Division| row.name_en.as_ref().is_none_or(|en| *en == d.name_en);
    let same = |d: &Division| d.name_zh == row.name_zh && same_en(d);
    // A row about an earlier span that is known as told.
    if let Some(from) = row.valid_from
        && from < last.valid_from
    {
        let told = |d: &&Division| {
            d.valid_from == from && same(d) && (row.valid_to.is_none() || d.valid_to == row.valid_to)
        };
        return if known.iter().any(|d| told(&d)) { Ok(Step::Nothing) } else { Err(Wrong::DayTooEarly) };
    }
    match (last.valid_to, row.valid_to) {
        (Some(_), None) if row.valid_from.is_none_or(|f| f == last.valid_from) && same(last) => {
            return Ok(Step::Nothing);
        }
        (Some(end), Some(told)) if end == told && same(last) => return Ok(Step::Nothing),
        (Some(_), _) => return Err(Wrong::Ended),
        (None, _) => {}
    }
    match row.valid_from {
        Some(from) if from > last.valid_from && !same(last) => Ok(Step::Rename(from)),
        _ if !same(last) => Ok(Step::Correct),
        _ => match row.valid_to {
            Some(end) if end <= last.valid_from => Err(Wrong::DayTooEarly),
            Some(end) => Ok(Step::End(end)),
            None => Ok(Step::Nothing),
        },
    }
}

/// Divisions in memory: a file is tried out on it before anything is written, so that "the whole file or nothing" is known
/// beforehand.
#[derive(Clone, Debug, Default)]
pub struct Ledger(BTreeMap<PlaceCode, Vec<Division>>);

impl Ledger {
    /// Of rows in any order.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = Division>) -> Self {
        let mut all: BTreeMap<PlaceCode, Vec<Division>> = BTreeMap::new();
        for row in rows {
            all.entry(row.code).or_default().push(row);
        }
        for spans in all.values_mut() {
            spans.sort_by_key(|d| d.valid_from);
        }
        Self(all)
    }

    /// What is known of a code, in the order of time.
    #[must_use]
    pub fn of(&self, code: PlaceCode) -> &[Division] {
        self.0.get(&code).map_or(&[], Vec::as_slice)
    }

    fn holds(&self, code: PlaceCode, day: Day) -> bool {
        self.of(code).iter().any(|d| d.holds_on(day))
    }

    fn has_below(&self, code: PlaceCode, day: Day) -> bool {
        let (from, to) = code.range();
        let still = |d: &Division| d.valid_to.is_none_or(|end| end > day);
        self.0.range(from..=to).any(|(c, spans)| *c != code && spans.iter().any(still))
    }

    /// Does to itself what a row does to the tables, by the same rules. Gives the first step.
    ///
    /// # Errors
    /// Why the tables would refuse it.
    pub fn take(&mut self, row: &DivisionRow, today: Day) -> Result<Step, Wrong> {
        let name_zh = division_name(row.code.level(), &row.name_zh);
        let en = row.name_en.clone().or_else(|| self.of(row.code).last().map(|d| d.name_en.clone()));
        let en = en.unwrap_or_default();
        check_names(&name_zh, &en)?;
        let told = DivisionRow { name_zh: name_zh.clone(), ..row.clone() };
        let mut first = None;
        // A new name and an end are two steps of one row.
        for _ in 0..3 {
            let step = import_step(self.of(row.code), &told)?;
            if step == Step::Nothing {
                break;
            }
            self.step(&step, &told, &en, today)?;
            first.get_or_insert(step);
        }
        Ok(first.unwrap_or(Step::Nothing))
    }

    fn step(&mut self, step: &Step, row: &DivisionRow, en: &str, today: Day) -> Result<(), Wrong> {
        let new = |from: Day, to: Option<Day>| Division {
            code: row.code,
            valid_from: from,
            valid_to: to,
            name_zh: row.name_zh.clone(),
            name_en: en.to_owned(),
            rev: 1,
        };
        let low = matches!(row.code.level(), Level::Street | Level::Community);
        let parent_holds = |day: Day| !low || row.code.parent().is_none_or(|p| self.holds(p, day));
        match step {
            Step::Nothing => {}
            Step::Create => {
                let from = row.valid_from.unwrap_or(today);
                if row.valid_to.is_some_and(|to| to <= from) {
                    return Err(Wrong::DayTooEarly);
                }
                if !parent_holds(from) {
                    return Err(Wrong::NoParent);
                }
                self.0.entry(row.code).or_default().push(new(from, row.valid_to));
            }
            Step::Correct => {
                if let Some(last) = self.0.get_mut(&row.code).and_then(|s| s.last_mut()) {
                    last.name_zh.clone_from(&row.name_zh);
                    en.clone_into(&mut last.name_en);
                }
            }
            Step::Rename(day) => {
                if !parent_holds(*day) {
                    return Err(Wrong::NoParent);
                }
                let spans = self.0.entry(row.code).or_default();
                if let Some(last) = spans.last_mut() {
                    last.valid_to = Some(*day);
                }
                spans.push(new(*day, None));
            }
            Step::End(day) => {
                let has_below = self.has_below(row.code, *day);
                let last = self.0.get_mut(&row.code).and_then(|s| s.last_mut()).ok_or(Wrong::Ended)?;
                ending(last, *day, has_below)?;
                last.valid_to = Some(*day);
            }
        }
        Ok(())
    }
}

/// A dwelling as a file tells it: one row a unit; a row without a unit tells a building.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dwelling {
    pub community: PlaceCode,
    pub building: String,
    /// Road and number. Empty: the building's name stands for it.
    pub address: String,
    pub unit: Option<String>,
}

/// An address as it is searched: half-width, capital letters, no blanks, dashes or “号” at the end.
#[must_use]
pub fn address_key(typed: &str) -> String {
    let flat: String =
        text::tidy(typed).chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    flat
}

/// Every end of a key of at least two characters: a part of an address is the beginning of one of these.
#[must_use]
pub fn tails(key: &str) -> Vec<String> {
    const MOST: usize = 40;
    let chars: Vec<char> = key.chars().collect();
    let ends = chars.len().saturating_sub(1).min(MOST);
    let mut out: Vec<String> = (0..ends).map(|i| chars.iter().skip(i).collect()).collect();
    if chars.len() == 1 {
        out.push(key.to_owned());
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn community(from: &str, to: Option<&str>) -> Division {
        Division {
            code: "440105001101".parse().unwrap(),
            valid_from: day(from),
            valid_to: to.map(day),
            name_zh: "下渡社区".into(),
            name_en: String::new(),
            rev: 1,
        }
    }

    fn told(name: &str, from: Option<&str>, to: Option<&str>) -> DivisionRow {
        DivisionRow {
            code: "440105001101".parse().unwrap(),
            name_zh: name.into(),
            name_en: None,
            valid_from: from.map(day),
            valid_to: to.map(day),
        }
    }

    #[test]
    fn a_list_that_names_committees_names_communities() {
        assert_eq!(division_name(Level::Community, " 下渡社区居委会"), "下渡社区");
        assert_eq!(division_name(Level::Community, "下渡社区居民委员会"), "下渡社区");
        assert_eq!(division_name(Level::Community, "北山村委会"), "北山村委会");
        assert_eq!(division_name(Level::Street, "赤岗街道"), "赤岗街道");
    }

    #[test]
    fn what_an_imported_row_does() {
        let known = [community("2010-01-01", None)];
        assert_eq!(import_step(&[], &told("下渡社区", None, None)), Ok(Step::Create));
        assert_eq!(import_step(&known, &told("下渡社区", None, None)), Ok(Step::Nothing));
        assert_eq!(import_step(&known, &told("上渡社区", None, None)), Ok(Step::Correct));
        assert_eq!(
            import_step(&known, &told("上渡社区", Some("2026-01-01"), None)),
            Ok(Step::Rename(day("2026-01-01")))
        );
        assert_eq!(
            import_step(&known, &told("下渡社区", None, Some("2026-01-01"))),
            Ok(Step::End(day("2026-01-01")))
        );
        assert_eq!(import_step(&known, &told("下渡社区", Some("2009-01-01"), None)), Err(Wrong::DayTooEarly));
        let ended = [community("2010-01-01", Some("2020-01-01"))];
        assert_eq!(import_step(&ended, &told("下渡社区", None, Some("2020-01-01"))), Ok(Step::Nothing));
        assert_eq!(import_step(&ended, &told("上渡社区", None, None)), Err(Wrong::Ended));
    }

    #[test]
    fn a_split_keeps_level_and_parent() {
        let whole = community("2010-01-01", None);
        let part = |code: &str| NewDivision {
            code: code.parse().unwrap(),
            name_zh: "新".into(),
            name_en: String::new(),
        };
        let d = day("2026-01-01");
        assert_eq!(splitting(&whole, d, true, &[part("440105001130")]), Ok(()));
        assert_eq!(splitting(&whole, d, false, &[part("440105001130")]), Err(Wrong::TooFewParts));
        assert_eq!(splitting(&whole, d, true, &[part("440105002130")]), Err(Wrong::Part));
        assert_eq!(splitting(&whole, d, true, &[part("440105001101")]), Err(Wrong::Exists));
        assert_eq!(
            splitting(&whole, day("2010-01-01"), true, &[part("440105001130")]),
            Err(Wrong::DayTooEarly)
        );
    }

    proptest! {
        #[test]
        fn any_part_of_an_address_begins_one_of_its_tails(key in "[\\u{4e00}-\\u{4fff}0-9A-Z]{2,30}", at in 0usize..28, len in 2usize..30) {
            let chars: Vec<char> = key.chars().collect();
            let at = at.min(chars.len() - 2);
            let part: String = chars.iter().skip(at).take(len).collect();
            prop_assert!(tails(&key).iter().any(|t| t.starts_with(&part)));
        }

        #[test]
        fn a_row_twice_does_nothing_the_second_time(known in any::<bool>(), name in prop::sample::select(vec!["下渡社区", "上渡社区"]),
            from in prop::option::of(0i64..4000), to in prop::option::of(4001i64..9000)) {
            let base = day("2010-01-01");
            let mut ledger = Ledger::new(if known { vec![community("2010-01-01", None)] } else { vec![] });
            let street = Division { code: "440105001000".parse().unwrap(), ..community("2000-01-01", None) };
            ledger.0.insert(street.code, vec![street]);
            let row = DivisionRow {
                code: "440105001101".parse().unwrap(), name_zh: name.into(), name_en: None,
                valid_from: from.map(|d| base.plus_days(d)), valid_to: to.map(|d| base.plus_days(d)),
            };
            prop_assert!(ledger.take(&row, base.plus_days(2000)).is_ok());
            let before = ledger.0.clone();
            prop_assert_eq!(ledger.take(&row, base.plus_days(2000)), Ok(Step::Nothing), "{:?}", before);
            prop_assert_eq!(before, ledger.0);
        }
    }
}
