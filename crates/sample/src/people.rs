//! People, household by household, block by block.

use std::collections::HashSet;

use linli_base::docnum::{DocumentKind, check_digit};
use linli_base::{Day, PlaceCode};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::names;

/// Persons in a block.
pub const BLOCK: usize = 2_000;
/// The census's count of the district (2020).
pub const CENSUS: u64 = 1_819_037;

const BANDS: &str = include_str!("../haizhu/census.csv");

/// Somebody made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePerson {
    pub name: String,
    pub male: bool,
    pub birth: Day,
    pub document_kind: DocumentKind,
    pub document: String,
    /// 11 digits; old people often have none.
    pub phone: Option<String>,
    pub community: PlaceCode,
    /// Ordinal of the building in its community, from 1.
    pub building: u32,
    /// The door: 302.
    pub unit: String,
    /// Ordinal of the household in the district, from 1.
    pub household: u64,
    /// 户主, 配偶, 子女, 父母, 其他.
    pub role: &'static str,
    /// Whether the household registration (户籍) is in the district.
    pub hukou: bool,
    /// Disability level 1–4.
    pub disability: Option<u8>,
}

struct Band {
    male: bool,
    from: i32,
    to: i32,
    upto: u64,
}

/// Makes people. Iterate for blocks.
pub struct Generator {
    rng: ChaCha8Rng,
    today: Day,
    left: u64,
    made: u64,
    offset: u64,
    households: u64,
    bands: Vec<Band>,
    communities: Vec<PlaceCode>,
    doors: Vec<u32>,
    numbers: HashSet<u64>,
}

/// 2^64 divided by the golden ratio: successive multiples fall evenly.
const GOLDEN: u64 = 11_400_714_819_323_198_485;

impl Generator {
    /// `size` persons as of a day.
    #[must_use]
    pub fn new(size: u64, seed: u64, today: Day) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut upto = 0;
        let bands = BANDS
            .lines()
            .skip(1)
            .filter_map(|l| {
                let mut c = l.split(',');
                let male = c.next()? == "male";
                let (from, to) = (c.next()?.parse().ok()?, c.next()?.parse().ok()?);
                upto += c.next()?.parse::<u64>().ok()?;
                Some(Band { male, from, to, upto })
            })
            .collect();
        let communities = crate::communities();
        let doors = vec![0; communities.len()];
        let offset = rng.r#gen();
        Self {
            rng,
            today,
            left: size,
            made: 0,
            offset,
            households: 0,
            bands,
            communities,
            doors,
            numbers: HashSet::new(),
        }
    }

    /// Sex and age of the next person: shares of the census within rounding at any size.
    fn sex_and_age(&mut self) -> (bool, i32) {
        let u = self.offset.wrapping_add(self.made.wrapping_mul(GOLDEN));
        self.made += 1;
        let total = self.bands.last().map_or(1, |b| b.upto);
        let at = u64::try_from((u128::from(u) * u128::from(total)) >> 64).unwrap_or(0);
        let band = self.bands.iter().find(|b| at < b.upto);
        let (male, from, to) = band.map_or((true, 40, 44), |b| (b.male, b.from, b.to));
        (male, self.rng.gen_range(from..=to))
    }

    fn birth(&mut self, age: i32) -> Day {
        let latest = self.today.plus_months(-12 * age);
        latest.plus_days(-self.rng.gen_range(0i64..365))
    }

    fn document(&mut self, male: bool, birth: Day, hukou: bool) -> (DocumentKind, String) {
        let roll: u32 = self.rng.gen_range(0..1000);
        if roll < 12 {
            return self.eighteen(
                male,
                birth,
                &["810000", "820000", "830000"],
                DocumentKind::HkMoTwResidence,
            );
        }
        if roll < 14 {
            let n: u32 = self.rng.gen_range(0..100_000_000);
            return (DocumentKind::ChinesePassport, format!("E{n:08}"));
        }
        const LOCAL: [&str; 4] = ["440105", "440103", "440104", "440102"];
        const ELSEWHERE: [&str; 24] = [
            "440111", "440181", "440221", "440582", "440681", "440781", "440882", "440981", "441224",
            "441302", "441421", "441521", "441621", "441781", "441821", "445121", "445221", "445321",
            "430424", "430921", "450821", "421087", "360821", "512925",
        ];
        if hukou {
            self.eighteen(male, birth, &LOCAL, DocumentKind::ResidentId)
        } else {
            self.eighteen(male, birth, &ELSEWHERE, DocumentKind::ResidentId)
        }
    }

    fn eighteen(
        &mut self,
        male: bool,
        birth: Day,
        regions: &[&str],
        kind: DocumentKind,
    ) -> (DocumentKind, String) {
        let day = birth.to_string().replace('-', "");
        loop {
            let region = regions.choose(&mut self.rng).copied().unwrap_or("440105");
            let serial = self.rng.gen_range(0..500) * 2 + u32::from(male);
            let body = format!("{region}{day}{serial:03}");
            if let (Ok(n), Some(check)) = (body.parse::<u64>(), check_digit(&body))
                && self.numbers.insert(n)
            {
                return (kind, format!("{body}{check}"));
            }
        }
    }

    fn phone(&mut self, age: i32) -> Option<String> {
        let percent = match age {
            ..7 => 0,
            7..13 => 20,
            13..70 => 97,
            70..80 => 72,
            _ => 41,
        };
        // Kept apart from numbers in use: the prefix 1990 with seven digits from the person's ordinal.
        self.rng.gen_ratio(percent, 100).then(|| format!("1990{:07}", self.made % 10_000_000))
    }

    fn door(&mut self) -> (PlaceCode, u32, String) {
        let u = self.offset.rotate_left(17).wrapping_add(self.households.wrapping_mul(GOLDEN));
        let n = u128::try_from(self.communities.len()).unwrap_or(1);
        let i = usize::try_from((u128::from(u) * n) >> 64).unwrap_or(0);
        let door = self.doors.get_mut(i).map_or(0, |d| {
            *d += 1;
            *d - 1
        });
        let community = self.communities.get(i).copied().or_else(|| self.communities.first().copied());
        let (building, inside) = (door / 24 + 1, door % 24);
        let unit = format!("{}{:02}", inside / 4 + 2, inside % 4 + 1);
        match community {
            Some(c) => (c, building, unit),
            None => unreachable!("the data hold 265 communities"),
        }
    }

    fn household_size(&mut self) -> usize {
        // 290,092 of 757,207 households are of one person; the rest so that the mean is 2.18.
        match self.rng.gen_range(0..1000) {
            ..383 => 1,
            383..685 => 2,
            685..865 => 3,
            865..955 => 4,
            955..985 => 5,
            _ => 6,
        }
    }

    fn household(&mut self, members: Vec<(bool, i32)>) -> Vec<SamplePerson> {
        self.households += 1;
        let (community, building, unit) = self.door();
        let hukou = self.rng.gen_ratio(42, 100);
        let family = names::surname(&mut self.rng);
        let head = members.first().copied().unwrap_or((true, 40));
        members
            .into_iter()
            .enumerate()
            .map(|(i, (male, age))| {
                let role = match i {
                    0 => "户主",
                    _ if age + 16 <= head.1 => "子女",
                    _ if age >= head.1 + 16 => "父母",
                    1 if male != head.0 => "配偶",
                    _ => "其他",
                };
                let shares = i == 0 || (role == "子女") || (role == "父母" && male == head.0);
                let surname = if shares { family } else { names::surname(&mut self.rng) };
                let birth = self.birth(age);
                let name = format!("{surname}{}", names::given(male, birth.year(), &mut self.rng));
                let (document_kind, document) = self.document(male, birth, hukou);
                let phone = self.phone(age);
                let disability = self.rng.gen_ratio(24, 1000).then(|| self.rng.gen_range(1..=4));
                SamplePerson {
                    name,
                    male,
                    birth,
                    document_kind,
                    document,
                    phone,
                    community,
                    building,
                    unit: unit.clone(),
                    household: self.households,
                    role,
                    hukou,
                    disability,
                }
            })
            .collect()
    }
}

impl Iterator for Generator {
    type Item = Vec<SamplePerson>;

    fn next(&mut self) -> Option<Vec<SamplePerson>> {
        let size = usize::try_from(self.left).unwrap_or(BLOCK).min(BLOCK);
        if size == 0 {
            return None;
        }
        self.left -= u64::try_from(size).unwrap_or(0);
        let mut adults = Vec::new();
        let mut minors = Vec::new();
        for _ in 0..size {
            let who = self.sex_and_age();
            if who.1 >= 20 { adults.push(who) } else { minors.push(who) }
        }
        adults.shuffle(&mut self.rng);
        minors.shuffle(&mut self.rng);
        let mut out = Vec::with_capacity(size);
        while let Some(head) = adults.pop() {
            let want = self.household_size();
            let mut members = vec![head];
            if want > 1 {
                // A partner of the other sex and near in age, if the block still has one.
                let near =
                    adults.iter().rposition(|(male, age)| *male != head.0 && (age - head.1).abs() <= 6);
                if let Some(i) = near {
                    members.push(adults.swap_remove(i));
                }
            }
            while members.len() < want {
                let young =
                    (head.1 < 62).then(|| minors.iter().rposition(|(_, age)| age + 20 <= head.1)).flatten();
                match (young, adults.pop()) {
                    (Some(i), adult) => {
                        adults.extend(adult);
                        members.push(minors.swap_remove(i));
                    }
                    (None, Some(adult)) => members.push(adult),
                    (None, None) => break,
                }
            }
            let made = self.household(members);
            out.extend(made);
        }
        // Minors that found no household of their age live with the last one.
        if !minors.is_empty() {
            let made = self.household(minors);
            out.extend(made);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use linli_base::docnum::DocumentNumber;

    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 24).unwrap()
    }

    fn people(n: u64, seed: u64) -> Vec<SamplePerson> {
        Generator::new(n, seed, today()).flatten().collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        assert_eq!(people(4_321, 5), people(4_321, 5));
        assert_ne!(people(100, 5), people(100, 6));
        assert_eq!(people(4_321, 5).len(), 4_321);
    }

    #[test]
    fn ages_and_sexes_are_those_of_the_census() {
        let all = people(20_000, 1);
        let mut from = 0;
        for line in BANDS.lines().skip(1) {
            let c: Vec<&str> = line.split(',').collect();
            let (lo, hi): (i32, i32) = (c[1].parse().unwrap(), c[2].parse().unwrap());
            let want: u64 = c[3].parse::<u64>().unwrap() * 20_000;
            let got = all
                .iter()
                .filter(|p| p.male == (c[0] == "male") && (lo..=hi).contains(&today().age_of(p.birth)))
                .count();
            let got = u64::try_from(got).unwrap() * CENSUS;
            assert!(want.abs_diff(got) < 4 * CENSUS, "{line}: {} of {}", got / CENSUS, want / CENSUS);
            from += 1;
        }
        assert_eq!(from, 38);
    }

    #[test]
    fn numbers_are_valid_and_unique_and_everybody_lives_somewhere() {
        let all = people(20_000, 2);
        let mut seen = HashSet::new();
        for p in &all {
            let n = DocumentNumber::parse(p.document_kind, &p.document, today()).unwrap();
            assert!(seen.insert(p.document.clone()));
            if let Some(birth) = n.birth() {
                assert_eq!(birth, p.birth);
            }
        }
        let places: HashSet<_> = all.iter().map(|p| p.community).collect();
        assert_eq!(places.len(), 265);
        let households = all.iter().map(|p| p.household).max().unwrap();
        let mean = 20_000 * 100 / households;
        assert!((200..=240).contains(&mean), "{mean} persons in 100 households");
    }
}
