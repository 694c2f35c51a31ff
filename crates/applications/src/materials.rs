//! Materials of an application: which are wanted of this person, the best way that she has, and what she has done. Pure.

use std::collections::BTreeMap;

use linli_base::{Day, Instant};
use linli_certificates::offers::CertificateId;
use linli_files::offers::FileId;
use linli_guide::{Check, Facts, Guide, HandIn, Material, Need, Way, asked};
use serde::{Deserialize, Serialize};

/// What the applicant did about a material. What the district has needs nothing of her and stands nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// Ticked as true.
    Declared,
    /// Files lie with the draft under the material's key.
    Uploaded,
    /// Will bring or send the paper.
    Original(HandIn),
    /// Will follow (容缺后补).
    Later,
    /// Optional, and she has none.
    Without,
    /// Handed over at the counter whose own system files for her.
    Counter,
}

/// How a material was met when the application was filed: frozen with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Bound by id and revision: the officer sees whether it still stands.
    Certificate {
        id: CertificateId,
        rev: i64,
        kind: String,
    },
    Register {
        register: String,
    },
    /// Compared with the original at a counter before.
    Reused {
        file: FileId,
        checked: Instant,
    },
    Declared,
    Uploaded {
        check: Check,
    },
    Original {
        hand_in: HandIn,
    },
    Later {
        days: u16,
    },
    Without,
}

impl How {
    /// Whether she had nothing to do for it.
    #[must_use]
    pub fn waived(&self) -> bool {
        matches!(self, Self::Certificate { .. } | Self::Register { .. } | Self::Reused { .. })
    }

    /// Whether something of paper is still to come.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        matches!(self, Self::Uploaded { check: Check::Counter } | Self::Original { .. } | Self::Later { .. })
    }
}

/// A material as it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    pub key: String,
    pub how: How,
}

/// A good certificate that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCertificate {
    pub id: CertificateId,
    pub rev: i64,
    pub issued_on: Day,
}

/// What somebody holds, as far as an item asks.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// The newest good certificate of a kind.
    pub certificates: BTreeMap<String, HeldCertificate>,
    /// The newest file that a counter has checked, by kind of paper.
    pub checked: BTreeMap<String, (FileId, Instant)>,
}

impl Holdings {
    /// Whether a way is open to her on a day.
    #[must_use]
    pub fn opens(&self, way: &Way, day: Day) -> bool {
        match way {
            Way::Certificate { kind, within_days } => self.certificates.get(kind).is_some_and(|c| {
                within_days.is_none_or(|most| day.days_since(c.issued_on) <= i64::from(most))
            }),
            Way::Reuse { kind } => self.checked.contains_key(kind),
            _ => true,
        }
    }
}

/// How a wanted material stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nothing to do; or she has done it.
    Met(How),
    /// To do.
    Open,
}

/// A material that is wanted of this person.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub material: &'a Material,
    /// The best way that she has.
    pub way: &'a Way,
    pub stand: Stand,
}

impl Wanted<'_> {
    /// Whether the district has it.
    #[must_use]
    pub fn waived(&self) -> bool {
        matches!(&self.stand, Stand::Met(how) if how.waived())
    }

    /// A statement that is ticked on the last page, not on one of its own.
    #[must_use]
    pub fn declared(&self) -> bool {
        matches!(self.way, Way::Declare(_))
    }

    /// Whether it has a page.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.waived() && !self.declared()
    }
}

/// Every material that is wanted, in order. `files` tells how many files lie under a key.
#[must_use]
pub fn plan<'a>(
    guide: &'a Guide,
    facts: &Facts,
    rule: &dyn Fn(&str) -> Option<i64>,
    holdings: &Holdings,
    given: &BTreeMap<String, Given>,
    files: &dyn Fn(&str) -> usize,
    day: Day,
) -> Vec<Wanted<'a>> {
    guide
        .materials
        .iter()
        .filter(|m| asked(m.when.as_ref(), facts, rule))
        .filter_map(|material| {
            let way = material.way(&|w| holdings.opens(w, day))?;
            let stand = match waived(way, holdings) {
                Some(how) => Stand::Met(how),
                None => {
                    match given.get(&material.key).and_then(|g| did(material, *g, files(&material.key))) {
                        Some(how) => Stand::Met(how),
                        None => Stand::Open,
                    }
                }
            };
            Some(Wanted { material, way, stand })
        })
        .collect()
}

fn waived(way: &Way, holdings: &Holdings) -> Option<How> {
    match way {
        Way::Certificate { kind, .. } => holdings.certificates.get(kind).map(|c| How::Certificate {
            id: c.id,
            rev: c.rev,
            kind: kind.clone(),
        }),
        Way::Register { register } => Some(How::Register { register: register.clone() }),
        Way::Reuse { kind } => {
            holdings.checked.get(kind).map(|(file, checked)| How::Reused { file: *file, checked: *checked })
        }
        Way::Declare(_) | Way::Upload { .. } | Way::Original { .. } => None,
    }
}

/// Whether what she did counts by what the item says today; an item that has changed may ask again.
fn did(material: &Material, given: Given, files: usize) -> Option<How> {
    let has = |f: &dyn Fn(&Way) -> bool| material.ways.iter().any(f);
    match given {
        Given::Declared if has(&|w| matches!(w, Way::Declare(_))) => Some(How::Declared),
        Given::Uploaded if files > 0 => upload_check(material).map(|check| How::Uploaded { check }),
        Given::Original(hand_in) if has(&|w| *w == Way::Original { hand_in }) => {
            Some(How::Original { hand_in })
        }
        Given::Counter => Some(How::Original { hand_in: HandIn::Counter }),
        Given::Later => match material.need {
            Need::Later { days } => Some(How::Later { days }),
            Need::Must | Need::Optional => None,
        },
        Given::Without if material.need == Need::Optional => Some(How::Without),
        _ => None,
    }
}

/// Who looks at an upload of this material; `None`: it is not uploaded.
#[must_use]
pub fn upload_check(material: &Material) -> Option<Check> {
    material.ways.iter().find_map(|w| match w {
        Way::Upload { check } => Some(*check),
        _ => None,
    })
}

/// The kind of paper that a file of this material is once a counter has checked it; `None`: it is not used again.
#[must_use]
pub fn paper(material: &Material) -> Option<&str> {
    let named = |f: fn(&Way) -> Option<&str>| material.ways.iter().find_map(f);
    named(|w| if let Way::Reuse { kind } = w { Some(kind) } else { None })
}

/// How many of the wanted materials were met, and how many of them by what the district has.
#[must_use]
pub fn shares(met: &[Met]) -> (i64, i64) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let asked = met.iter().filter(|m| m.how != How::Without);
    (count(asked.clone().count()), count(asked.filter(|m| m.how.waived()).count()))
}

#[cfg(test)]
mod tests {
    use linli_guide::{Both, Source};

    use super::*;

    fn both() -> Both {
        Both { zh: "甲".into(), en: "a".into() }
    }

    fn guide(ways: Vec<Way>, need: Need) -> Guide {
        let json = linli_catalogue::DELIVERED[0].1;
        let mut guide = Guide::read(json).unwrap();
        let source =
            Source { from: linli_guide::material::Origin::Applicant, zh: "甲".into(), en: "a".into() };
        guide.materials =
            vec![Material { key: "m".into(), name: both(), need, when: None, ways, copies: 1, source }];
        guide
    }

    fn day() -> Day {
        "2026-11-24".parse().unwrap()
    }

    fn stand(guide: &Guide, holdings: &Holdings, given: Option<Given>, files: usize) -> Stand {
        let given = given.map(|g| ("m".to_owned(), g)).into_iter().collect();
        let plan = plan(guide, &Facts::new(), &|_| None, holdings, &given, &|_| files, day());
        plan.into_iter().next().unwrap().stand
    }

    fn held(issued_on: &str) -> Holdings {
        let held =
            HeldCertificate { id: CertificateId::from_raw(7), rev: 3, issued_on: issued_on.parse().unwrap() };
        Holdings { certificates: BTreeMap::from([("marriage".to_owned(), held)]), ..Holdings::default() }
    }

    #[test]
    fn the_best_way_that_she_has_counts() {
        let certificate = Way::Certificate { kind: "marriage".into(), within_days: Some(30) };
        let reuse = Way::Reuse { kind: "marriage".into() };
        let guide = guide(vec![certificate, reuse, Way::Upload { check: Check::Counter }], Need::Must);
        let by = |h: &Holdings| stand(&guide, h, None, 0);
        let certificate =
            How::Certificate { id: CertificateId::from_raw(7), rev: 3, kind: "marriage".into() };
        assert_eq!(by(&held("2026-11-01")), Stand::Met(certificate));
        // Issued too long ago: the next way.
        assert_eq!(by(&held("2026-01-01")), Stand::Open);
        let (file, checked) = (FileId::from_raw(9), day().start());
        let mut both = held("2026-01-01");
        both.checked.insert("marriage".into(), (file, checked));
        assert_eq!(by(&both), Stand::Met(How::Reused { file, checked }));
        assert_eq!(by(&Holdings::default()), Stand::Open);
    }

    #[test]
    fn what_she_did_counts_only_while_the_item_takes_it() {
        let nothing = Holdings::default();
        let upload = guide(vec![Way::Upload { check: Check::Online }], Need::Must);
        assert_eq!(stand(&upload, &nothing, Some(Given::Uploaded), 0), Stand::Open, "no file lies there");
        let met = Stand::Met(How::Uploaded { check: Check::Online });
        assert_eq!(stand(&upload, &nothing, Some(Given::Uploaded), 2), met);
        for given in [Given::Declared, Given::Later, Given::Without, Given::Original(HandIn::Post)] {
            assert_eq!(stand(&upload, &nothing, Some(given), 2), Stand::Open, "{given:?}");
        }
        let optional = guide(vec![Way::Upload { check: Check::Online }], Need::Optional);
        assert_eq!(stand(&optional, &nothing, Some(Given::Without), 0), Stand::Met(How::Without));
        let later = guide(vec![Way::Upload { check: Check::Online }], Need::Later { days: 5 });
        assert_eq!(stand(&later, &nothing, Some(Given::Later), 0), Stand::Met(How::Later { days: 5 }));
        let paper = guide(vec![Way::Original { hand_in: HandIn::Post }], Need::Must);
        let sent = Stand::Met(How::Original { hand_in: HandIn::Post });
        assert_eq!(stand(&paper, &nothing, Some(Given::Original(HandIn::Post)), 0), sent);
        assert_eq!(stand(&paper, &nothing, Some(Given::Original(HandIn::Counter)), 0), Stand::Open);
    }

    #[test]
    fn shares_count_what_was_wanted() {
        let met = |how| Met { key: "m".into(), how };
        let all =
            [met(How::Register { register: "population".into() }), met(How::Declared), met(How::Without)];
        assert_eq!(shares(&all), (2, 1));
    }
}
