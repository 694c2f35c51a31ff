//! Persons to try, written by hand.

use linli_base::Day;
use linli_base::docnum::{DocumentKind, check_digit};

/// A person to try.
#[derive(Clone, Debug)]
pub struct Cast {
    pub name: &'static str,
    pub male: bool,
    pub birth: Day,
    pub document_kind: DocumentKind,
    pub document: String,
    /// Empty: has no phone.
    pub phone: &'static str,
    /// Code of the community.
    pub community: &'static str,
    pub hukou: bool,
    pub disability: Option<u8>,
    /// What she is there to show.
    pub zh: &'static str,
    pub en: &'static str,
}

type Row = (
    &'static str,
    bool,
    (i16, i8, i8),
    &'static str,
    &'static str,
    &'static str,
    bool,
    Option<u8>,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    (
        "梁阿珍",
        false,
        (1946, 3, 8),
        "440105:302",
        "19909990001",
        "440105006102",
        true,
        None,
        "80岁，可以领高龄津贴",
        "80, may have the old-age allowance",
    ),
    (
        "陈志伟",
        true,
        (1988, 3, 14),
        "440105:817",
        "19909990002",
        "440105001101",
        true,
        None,
        "在职，开参保证明",
        "employed, takes an insurance proof",
    ),
    (
        "黄慧敏",
        false,
        (1993, 9, 2),
        "440803:226",
        "19909990003",
        "440105003101",
        false,
        None,
        "年轻妈妈，外地户籍",
        "young mother, registered elsewhere",
    ),
    (
        "李家豪",
        true,
        (1979, 12, 30),
        "810000:015",
        "19909990004",
        "440105005101",
        false,
        None,
        "香港居民，持居住证",
        "Hong Kong resident with a residence permit",
    ),
    (
        "何䶮",
        true,
        (1990, 6, 6),
        "440105:431",
        "19909990005",
        "440105007101",
        true,
        None,
        "姓名里有生僻字",
        "a name with a rare character",
    ),
    (
        "苏建国",
        true,
        (1939, 10, 1),
        "440105:071",
        "",
        "440105008101",
        true,
        Some(2),
        "87岁，没有手机，由社区代办",
        "87, no phone, helped at the door",
    ),
    (
        "欧阳少芬",
        false,
        (1958, 5, 21),
        "440105:164",
        "19909990007",
        "440105002101",
        true,
        Some(3),
        "持残疾人证",
        "holds a disability certificate",
    ),
    (
        "吴梓轩",
        true,
        (2012, 1, 18),
        "440105:293",
        "",
        "440105001101",
        true,
        None,
        "14岁，没有参保",
        "14, not insured",
    ),
];

/// Everybody of the cast.
#[must_use]
pub fn cast() -> Vec<Cast> {
    ROWS.iter()
        .filter_map(|(name, male, (y, m, d), number, phone, community, hukou, disability, zh, en)| {
            let birth = Day::new(*y, *m, *d)?;
            let (region, serial) = number.split_once(':')?;
            let body = format!("{region}{}{serial}", birth.to_string().replace('-', ""));
            let document = format!("{body}{}", check_digit(&body)?);
            let document_kind = if region.starts_with('8') {
                DocumentKind::HkMoTwResidence
            } else {
                DocumentKind::ResidentId
            };
            Some(Cast {
                name,
                male: *male,
                birth,
                document_kind,
                document,
                phone,
                community,
                hukou: *hukou,
                disability: *disability,
                zh,
                en,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use linli_base::docnum::{DocumentNumber, Phone};

    use super::*;

    #[test]
    fn the_cast_is_sound() {
        let today = Day::new(2026, 11, 24).unwrap();
        let known = crate::communities();
        assert_eq!(cast().len(), ROWS.len());
        for c in cast() {
            let n = DocumentNumber::parse(c.document_kind, &c.document, today).unwrap();
            assert_eq!(n.birth(), Some(c.birth));
            assert_eq!(n.is_male(), Some(c.male), "{}", c.name);
            assert!(c.phone.is_empty() || Phone::parse(c.phone).is_ok());
            assert!(known.contains(&c.community.parse().unwrap()), "{}", c.community);
        }
        assert!(today.age_of(cast()[0].birth) >= 80);
    }
}
