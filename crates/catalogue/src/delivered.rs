//! The items that come with the program: those written out (`items/whole`), those of human resources written line by line
//! (`items/hr.txt`), and the rest from templates (`items/others.txt`), which say on their guides that the department has not checked
//! them. Everything here is made from text once and thrown away: documents live in the database.

use std::collections::BTreeMap;

use linli_guide::handling::{
    At, Begin, Department, HandOver, Handover, Identity, InPerson, InPersonKind, LinkOut, Persons,
};
use linli_guide::kinds::{self, Papers};
use linli_guide::material::{Check, HandIn, Material, Need, Origin, Source, Way};
use linli_guide::predicate::{Op, Operand, Predicate};
use linli_guide::visits::best_and_worst;
use linli_guide::{Both, Condition, Guide, Level, Pace};
use sha2::{Digest, Sha256};

/// Raised when the way of reading these files changes, so that every process reads them anew.
const READING: &[u8] = b"1";

const FILES: &[&str] = &[
    include_str!("../items/hr.txt"),
    include_str!("../items/others.txt"),
    include_str!("../items/materials.txt"),
    include_str!("../items/reasons.txt"),
    include_str!("../items/conditions.txt"),
    include_str!("../items/templates.txt"),
    include_str!("../items/departments.txt"),
    include_str!("../items/systems.txt"),
];

/// A line of these files is wrong. Told by tests and at the start, never by what a person types.
#[derive(Debug, thiserror::Error)]
#[error("delivered items: {0}")]
pub struct BadLine(String);

/// Items with their keys, or the line that is wrong.
pub type Items = Result<Vec<(String, Guide)>, BadLine>;

fn bad(line: &str) -> BadLine {
    BadLine(line.chars().take(120).collect())
}

/// The digest of everything that is delivered.
#[must_use]
pub fn digest() -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(READING);
    for file in FILES {
        hash.update(file);
    }
    for (key, json) in crate::DELIVERED {
        hash.update(key);
        hash.update(json);
    }
    hash.finalize().to_vec()
}

/// The rows of a file: no comments, cells parted by `|`.
fn rows(file: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    file.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| (l, l.split('|').collect()))
}

fn both(zh: &str, en: &str) -> Both {
    Both { zh: zh.to_owned(), en: en.to_owned() }
}

/// A template: kind and days, materials, hand-over, presence.
struct Template {
    pace: &'static str,
    materials: &'static str,
    handover: &'static str,
    presence: &'static str,
}

/// The libraries that lines refer to.
pub struct Library {
    materials: BTreeMap<&'static str, Material>,
    reasons: BTreeMap<&'static str, InPerson>,
    conditions: BTreeMap<&'static str, Condition>,
    templates: BTreeMap<&'static str, Template>,
    departments: BTreeMap<&'static str, (Department, Both, &'static str)>,
    systems: BTreeMap<&'static str, LinkOut>,
}

impl Library {
    /// Reads the libraries.
    ///
    /// # Errors
    /// The line that is wrong.
    pub fn read() -> Result<Self, BadLine> {
        let [_, _, materials, reasons, conditions, templates, departments, systems] = FILES else {
            return Err(bad("files"));
        };
        let mut out = Self {
            materials: BTreeMap::new(),
            reasons: BTreeMap::new(),
            conditions: BTreeMap::new(),
            templates: BTreeMap::new(),
            departments: BTreeMap::new(),
            systems: BTreeMap::new(),
        };
        for (line, cells) in rows(materials) {
            let [key, zh, en, ways, by] = cells[..] else { return Err(bad(line)) };
            out.materials.insert(key, material(key, zh, en, ways, by).ok_or_else(|| bad(line))?);
        }
        for (line, cells) in rows(reasons) {
            let [key, at, kind, zh, en] = cells[..] else { return Err(bad(line)) };
            let at = if at == "apply" { At::Apply } else { At::Decide };
            let kind = match kind {
                "legal-presence" => InPersonKind::LegalPresence,
                "biometric" => InPersonKind::Biometric,
                "interview" => InPersonKind::Interview,
                "site-inspection" => InPersonKind::SiteInspection,
                _ => return Err(bad(line)),
            };
            out.reasons.insert(key, InPerson { at, kind, why: both(zh, en) });
        }
        for (line, cells) in rows(conditions) {
            let [key, zh, en, test] = cells[..] else { return Err(bad(line)) };
            let test = match test.split_once(' ') {
                Some((fact, least)) => Some(Predicate::Fact {
                    key: fact.to_owned(),
                    op: Op::AtLeast,
                    than: Operand::Number(least.parse().map_err(|_| bad(line))?),
                }),
                None => None,
            };
            out.conditions.insert(key, Condition { zh: zh.to_owned(), en: en.to_owned(), test });
        }
        for (line, cells) in rows(templates) {
            let [key, pace, materials, handover, presence] = cells[..] else { return Err(bad(line)) };
            out.templates.insert(key, Template { pace, materials, handover, presence });
        }
        for (line, cells) in rows(departments) {
            let [code, zh, en, topic_zh, topic_en, phone] = cells[..] else { return Err(bad(line)) };
            let department = Department { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() };
            out.departments.insert(code, (department, both(topic_zh, topic_en), phone));
        }
        for (line, cells) in rows(systems) {
            let [key, zh, en, address] = cells[..] else { return Err(bad(line)) };
            let out_there = LinkOut {
                system: both(zh, en),
                address: address.to_owned(),
                hand_over: HandOver::Nothing,
                status_import: false,
            };
            out.systems.insert(key, out_there);
        }
        Ok(out)
    }
}

fn material(key: &str, zh: &str, en: &str, ways: &str, by: &str) -> Option<Material> {
    let ways: Vec<Way> = ways.split(';').map(way).collect::<Option<_>>()?;
    let from = match by {
        "a" => Origin::Applicant,
        "g" => Origin::Government,
        "o" => Origin::Other,
        _ => return None,
    };
    let (zh_from, en_from) = match ways.first()? {
        Way::Register { register } => kinds::register(register).map(|k| (k.1, k.2))?,
        Way::Certificate { .. } => ("电子证照", "electronic certificate"),
        Way::Reuse { .. } => ("以前核验过", "checked before"),
        Way::Declare(_) => ("申请时勾选承诺", "ticked when you apply"),
        Way::Upload { .. } => ("您拍照上传", "your own picture"),
        Way::Original { .. } => ("您交来原件", "the paper itself"),
    };
    Some(Material {
        key: key.to_owned(),
        name: both(zh, en),
        need: Need::Must,
        when: None,
        ways,
        copies: 1,
        source: Source { from, zh: zh_from.to_owned(), en: en_from.to_owned() },
    })
}

fn way(word: &str) -> Option<Way> {
    Some(match word {
        "D" => {
            Way::Declare(both("我承诺以上内容真实，并对此负责", "All of this is true, and I answer for it"))
        }
        "U" => Way::Upload { check: Check::Online },
        "UC" => Way::Upload { check: Check::Counter },
        "OC" => Way::Original { hand_in: HandIn::Counter },
        "OP" => Way::Original { hand_in: HandIn::Post },
        other => match other.split_once(':')? {
            ("C", kind) => Way::Certificate { kind: kind.to_owned(), within_days: None },
            ("R", register) => Way::Register { register: register.to_owned() },
            ("Y", kind) => Way::Reuse { kind: kind.to_owned() },
            _ => return None,
        },
    })
}

/// What one line says, before it is made into a guide.
struct Line<'a> {
    department: &'a str,
    level: &'a str,
    persons: &'a str,
    pace: &'a str,
    materials: &'a str,
    handover: &'a str,
    presence: &'a str,
    events: &'a str,
    zh: &'a str,
    en: &'a str,
    words: &'a str,
    begin: Begin,
    source: Both,
    unchecked: bool,
}

/// Every item that comes with the program, with its key. About 1,200 guides: to be written into the database and dropped.
///
/// # Errors
/// The line that is wrong.
pub fn items() -> Items {
    let library = Library::read()?;
    let mut out = written()?;
    let [hr, others, ..] = FILES else { return Err(bad("files")) };
    let source = both(
        "样例：按通行做法凭记忆编写，待部门核对",
        "Sample: written from memory after common practice; to be checked by the bureau",
    );
    for (line, cells) in rows(hr) {
        let [key, level, persons, pace, materials, handover, presence, events, zh, en, words] = cells[..]
        else {
            return Err(bad(line));
        };
        let read = Line {
            department: "RS",
            level,
            persons,
            pace,
            materials,
            handover,
            presence,
            events,
            zh,
            en,
            words,
            begin: Begin::Generic,
            source: source.clone(),
            unchecked: false,
        };
        out.push((key.to_owned(), guide(&library, &read).ok_or_else(|| bad(line))?));
    }
    for (line, cells) in rows(others) {
        let [key, department, level, persons, template, events, zh, en, from] = cells[..] else {
            return Err(bad(line));
        };
        let t = library.templates.get(template).ok_or_else(|| bad(line))?;
        let system = library.systems.get(template).or_else(|| library.systems.get(department));
        let source = if from == "g" {
            both(
                "事项名称取自四川省广安市广安区公开的事项目录（开放数据），内容由模板生成，待部门核对",
                "The name is from the open catalogue of Guang'an District, Sichuan; the content is from a template, to be checked by the department",
            )
        } else {
            both(
                "样例：内容由模板生成，待部门核对",
                "Sample: the content is from a template, to be checked by the department",
            )
        };
        let read = Line {
            department,
            level,
            persons,
            pace: t.pace,
            materials: t.materials,
            handover: t.handover,
            presence: t.presence,
            events,
            zh,
            en,
            words: "",
            begin: system.map_or(Begin::Generic, |s| Begin::LinkOut(s.clone())),
            source,
            unchecked: true,
        };
        out.push((key.to_owned(), guide(&library, &read).ok_or_else(|| bad(line))?));
    }
    Ok(out)
}

/// The items that are written out whole.
///
/// # Errors
/// If one is wrong.
pub fn written() -> Items {
    crate::DELIVERED
        .iter()
        .map(|(key, json)| match Guide::read(json) {
            Ok(guide) => Ok(((*key).to_owned(), guide)),
            Err(e) => Err(BadLine(format!("{key}: {e}"))),
        })
        .collect()
}

fn guide(library: &Library, line: &Line<'_>) -> Option<Guide> {
    let (department, topic, phone) = library.departments.get(line.department)?;
    let persons = match line.persons {
        "p" => Persons::Persons,
        "e" => Persons::Enterprises,
        "b" => Persons::Both,
        _ => return None,
    };
    let level = match line.level {
        "d" => Level::District,
        "s" => Level::Street,
        "c" => Level::Community,
        _ => return None,
    };
    let (kind, days) = line.pace.split_once(' ')?;
    let (promised, legal) = days.split_once('/')?;
    let (promised_days, legal_days): (u16, u16) = (promised.parse().ok()?, legal.parse().ok()?);
    let (kind, result) = kinds_of(kind)?;
    let who = if persons == Persons::Enterprises { "business" } else { "id" };
    let materials: Vec<Material> = words(line.materials)
        .map(|key| library.materials.get(if key == "who" { who } else { key }).cloned())
        .collect::<Option<_>>()?;
    let conditions =
        materials.iter().filter_map(|m| library.conditions.get(m.key.as_str()).cloned()).collect();
    let presence: Vec<InPerson> =
        words(line.presence).map(|key| library.reasons.get(key).cloned()).collect::<Option<_>>()?;
    let handover = words(line.handover).map(handover).collect::<Option<_>>()?;
    let (place_zh, place_en) = match level {
        Level::District => ("网上办理；也可到区政务服务中心", "On line, or at the district's service centre"),
        Level::Street => {
            ("网上办理；也可到住地的街道政务服务中心", "On line, or at the service centre of your street")
        }
        Level::Community => ("网上办理；也可到住地的社区居委会", "On line, or at your residents' committee"),
    };
    let fee = if line.unchecked && kind.zh == "行政许可" {
        both("以部门公布的标准为准", "As the department publishes it")
    } else {
        both("不收费", "Free")
    };
    let mut guide = Guide {
        name: both(line.zh, line.en),
        summary: both("", ""),
        words: line.words.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect(),
        department: department.clone(),
        level,
        topic: both(&format!("{} · {}", topic.zh, kind.zh), &format!("{} · {}", topic.en, kind.en)),
        kind,
        pace: if promised_days == 0 { Pace::Immediate } else { Pace::Promised },
        persons,
        events: words(line.events).map(str::to_owned).collect(),
        identity: Identity::Remote,
        conditions,
        materials,
        presence,
        handover,
        to_do: Vec::new(),
        legal_days,
        promised_days,
        limit_note: if promised_days == 0 {
            both("即时办结", "At once")
        } else {
            both("自受理之日的次日起算", "From the day after acceptance")
        },
        declared_visits: None,
        fee,
        result,
        place: both(place_zh, place_en),
        phone: (*phone).to_owned(),
        source: line.source.clone(),
        unchecked: line.unchecked,
        together: Vec::new(),
        begin: line.begin.clone(),
    };
    guide.summary = summary(&guide);
    guide.check(&Papers::program()).ok()?;
    Some(guide)
}

fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(',').filter(|w| !w.is_empty())
}

fn handover(word: &str) -> Option<Handover> {
    Some(match word {
        "d" => Handover::Download,
        "w" => Handover::Wallet,
        "p" => Handover::Post,
        "k" => Handover::PickUp,
        "x" => Handover::PickUpByProxy,
        "h" => Handover::HomeVisit,
        _ => return None,
    })
}

/// 事项类型 and what comes out of it.
fn kinds_of(word: &str) -> Option<(Both, Both)> {
    Some(match word {
        "give" => (
            both("行政给付", "Benefit"),
            both("决定，款项到账", "The decision, and the money on your account"),
        ),
        "serve" => {
            (both("公共服务", "Public service"), both("办理结果，送到您的页面", "The result, on your page"))
        }
        "confirm" => (both("行政确认", "Confirmation"), both("确认结果", "The confirmation")),
        "licence" => (both("行政许可", "Licence"), both("许可决定和证照", "The decision and the licence")),
        "other" => (both("其他行政权力", "Other power"), both("办理结果通知", "Notice of the result")),
        "rule" => (both("行政裁决", "Ruling"), both("裁决或调解书", "The ruling or agreement")),
        "reward" => (both("行政奖励", "Award"), both("奖励决定", "The award")),
        _ => return None,
    })
}

/// One sentence on what is left to do, as the materials have it.
fn summary(guide: &Guide) -> Both {
    let (_, worst) = best_and_worst(guide);
    let to_give = guide.materials.iter().filter(|m| !m.best().is_some_and(Way::waived)).count();
    let zh = match (worst, to_give) {
        (0, 0) => "网上办理，不用交材料，不用到场".to_owned(),
        (0, n) => format!("网上办理，不用到场；要准备 {n} 份材料"),
        (v, 0) => format!("网上申请，到场 {v} 次；不用交材料"),
        (v, n) => format!("网上申请，到场 {v} 次；要准备 {n} 份材料"),
    };
    let visits = match worst {
        0 => "no visit".to_owned(),
        1 => "one visit".to_owned(),
        v => format!("{v} visits"),
    };
    let papers = match to_give {
        0 => "nothing to hand in".to_owned(),
        1 => "one material to prepare".to_owned(),
        n => format!("{n} materials to prepare"),
    };
    Both { zh, en: format!("On line, {visits}; {papers}") }
}

#[cfg(test)]
mod tests {
    use linli_guide::handling::Begin;

    use super::*;

    fn counts(items: &[(String, Guide)]) -> (usize, usize, usize) {
        let hr: Vec<u8> = items
            .iter()
            .filter(|(_, g)| g.department.code == "RS")
            .map(|(_, g)| best_and_worst(g).1)
            .collect();
        (hr.len(), hr.iter().filter(|v| **v == 0).count(), hr.iter().filter(|v| **v == 1).count())
    }

    #[test]
    fn the_letter_counts_1203_items_126_of_them_of_human_resources() {
        let items = items().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(items.len(), 1_203);
        let mut keys: Vec<&str> = items.iter().map(|(k, _)| k.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 1_203, "every key once");
        assert_eq!(counts(&items), (126, 98, 28));
        let list: Vec<_> = crate::abolished::delivered().collect();
        for (key, guide) in &items {
            assert!(!guide.name.en.is_empty() && !guide.summary.zh.is_empty(), "{key}");
            assert!(crate::abolished::asked_of(&list, guide).is_none(), "{key} asks for an abolished proof");
            for other in &guide.together {
                assert!(keys.binary_search(&other.as_str()).is_ok(), "{key}: {other}");
            }
        }
    }

    #[test]
    fn every_level_and_way_to_begin_is_there() {
        let items = items().unwrap_or_else(|e| panic!("{e}"));
        for level in [Level::District, Level::Street, Level::Community] {
            assert!(items.iter().filter(|(_, g)| g.level == level).count() > 20, "{level:?}");
        }
        let begins = |f: fn(&Begin) -> bool| items.iter().filter(|(_, g)| f(&g.begin)).count();
        assert!(begins(|b| matches!(b, Begin::Form(_))) >= 12);
        assert!(begins(|b| matches!(b, Begin::Generic)) > 500);
        assert!(begins(|b| matches!(b, Begin::LinkOut(_))) > 100);
    }

    #[test]
    fn one_material_that_must_be_brought_moves_the_figure() {
        let mut items = items().unwrap_or_else(|e| panic!("{e}"));
        let (_, guide) = items.iter_mut().find(|(k, _)| k == "unemployment-benefit").unwrap();
        for material in guide.materials.iter_mut().filter(|m| m.key == "leave-proof") {
            material.ways = vec![Way::Original { hand_in: HandIn::Counter }];
        }
        assert_eq!(counts(&items), (126, 97, 29));
    }

    #[test]
    fn what_is_written_out_whole_is_sound() {
        for (key, json) in crate::DELIVERED {
            let guide = Guide::read(json).unwrap_or_else(|e| panic!("{key}: {e}"));
            assert!(!guide.name.en.is_empty() && !guide.summary.zh.is_empty(), "{key}");
        }
    }
}
