//! Electronic certificates of the sample: who holds what follows from age, household and a number of each person, so that what is
//! held in a district of any size is the same share. The shares are ours, told here, and not published figures.

use linli_acts::{Act, PersonId};
use linli_base::Day;
use linli_base::docnum::DocumentKind;
use linli_certificates::offers::{self as certificates, CertificateError, NewCertificate};
use linli_sample::{Cast, SamplePerson};

/// Of a hundred people to whom a paper belongs, how many hold it as an electronic certificate.
const SHARES: &[(&str, u64)] = &[
    ("marriage", 70),
    ("hukou-book", 80),
    ("residence-permit", 65),
    ("hmt-permit", 95),
    ("disability", 90),
    ("senior-card", 75),
    ("diploma", 45),
    ("unemployment-card", 4),
    ("business-licence", 5),
    ("property", 30),
];

/// What a certificate is made from.
struct Holder<'a> {
    name: &'a str,
    birth: Day,
    document_kind: DocumentKind,
    document: &'a str,
    hukou: bool,
    disability: Option<u8>,
    /// Head of a household, or the head's wife or husband.
    pair: bool,
    head: bool,
    spouse: &'a str,
}

/// A number from 0 to 99 that is always the same for one person and one kind.
fn lot(document: &str, kind: &str) -> u64 {
    let fnv = |hash: u64, b: u8| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    document.bytes().chain(kind.bytes()).fold(0xcbf2_9ce4_8422_2325, fnv) % 100
}

fn belongs(h: &Holder<'_>, kind: &str, today: Day) -> bool {
    let age = today.age_of(h.birth);
    match kind {
        "marriage" => h.pair && age >= 25 && !h.spouse.is_empty(),
        "hukou-book" => h.hukou,
        "residence-permit" => !h.hukou && h.document_kind == DocumentKind::ResidentId,
        "hmt-permit" => h.document_kind == DocumentKind::HkMoTwResidence,
        "disability" => h.disability.is_some(),
        "senior-card" => age >= 60,
        "diploma" => (22..=50).contains(&age),
        "unemployment-card" | "business-licence" => (20..=59).contains(&age),
        "property" => h.head && age >= 25,
        _ => false,
    }
}

/// Days ago on which it was issued: within the last year where it runs out in one.
fn issued(h: &Holder<'_>, kind: &str, today: Day) -> Day {
    let n = i64::try_from(lot(h.document, &format!("{kind} day"))).unwrap_or(0);
    match kind {
        "residence-permit" | "unemployment-card" | "minimum-living" => today.plus_days(-n * 3 - 1),
        _ => today.plus_days(-n * 12 - 1),
    }
}

fn values(h: &Holder<'_>, kind: &str, on: Day) -> Vec<(&'static str, String)> {
    let text = |s: &str| s.to_owned();
    match kind {
        "marriage" => vec![
            ("spouse", text(h.spouse)),
            ("spouse-id", text("样例号码")),
            ("registered-on", on.to_string()),
            ("office", text("广州市海珠区民政局婚姻登记处")),
        ],
        "hukou-book" => vec![
            ("household", format!("样例{}", lot(h.document, "household"))),
            ("head", text(h.name)),
            ("relation", text(if h.head { "本人" } else { "家庭成员" })),
            ("address", text("广州市海珠区样例路")),
        ],
        "residence-permit" => vec![
            ("address", text("广州市海珠区样例路")),
            ("home", text("外市（样例）")),
            ("since", on.plus_days(-200).to_string()),
        ],
        "hmt-permit" => vec![("address", text("广州市海珠区样例路")), ("pass", text("样例号码"))],
        "disability" => {
            let level = h.disability.map_or(String::new(), |n| format!("{n}级"));
            vec![("category", text("肢体")), ("level", level)]
        }
        "senior-card" => vec![("from-age", text("60周岁以上"))],
        "diploma" => vec![
            ("school", text("样例大学")),
            ("level", text(if lot(h.document, "level") < 60 { "本科" } else { "专科" })),
            ("graduated-on", Day::new(h.birth.year() + 22, 6, 30).unwrap_or(on).to_string()),
        ],
        "unemployment-card" => vec![("status", text("登记失业")), ("registered-on", on.to_string())],
        "business-licence" => vec![
            ("name", format!("海珠区样例小店{}号", lot(h.document, "shop"))),
            ("credit-code", text("样例代码")),
            ("kind", text("个体工商户")),
            ("place", text("广州市海珠区样例路")),
        ],
        "property" => vec![
            ("location", text("广州市海珠区样例路")),
            ("area", format!("{}", 45 + lot(h.document, "area"))),
            ("use", text("住宅")),
            ("share", text("单独所有")),
        ],
        _ => Vec::new(),
    }
}

fn give(
    act: &mut Act<'_, '_>,
    person: PersonId,
    h: &Holder<'_>,
    kind: &str,
    today: Day,
) -> Result<(), CertificateError> {
    let on = issued(h, kind, today);
    let values = values(h, kind, on).into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    let number = format!("样例{}{:06}", on.to_string().replace('-', ""), person.raw().rem_euclid(1_000_000));
    let new =
        NewCertificate { kind: kind.to_owned(), person, number, issued_on: on, valid_until: None, values };
    certificates::deliver(act, &new).map(drop)
}

/// Gives sample residents of one chunk what they hold.
///
/// # Errors
/// If the database fails.
pub fn of_residents(
    act: &mut Act<'_, '_>,
    people: &[(SamplePerson, PersonId)],
    today: Day,
) -> Result<(), CertificateError> {
    for (p, id) in people {
        let partner = |o: &&(SamplePerson, PersonId)| {
            o.0.household == p.household && o.1 != *id && matches!(o.0.role, "户主" | "配偶")
        };
        let spouse = people.iter().find(partner).map_or("", |o| o.0.name.as_str());
        let h = Holder {
            name: &p.name,
            birth: p.birth,
            document_kind: p.document_kind,
            document: &p.document,
            hukou: p.hukou,
            disability: p.disability,
            pair: matches!(p.role, "户主" | "配偶"),
            head: p.role == "户主",
            spouse,
        };
        for (kind, share) in SHARES {
            if belongs(&h, kind, today) && lot(h.document, kind) < *share {
                give(act, *id, &h, kind, today)?;
            }
        }
    }
    Ok(())
}

/// Gives one of the persons to try all that belongs to her, so that the pages have something to show.
///
/// # Errors
/// If the database fails.
pub fn of_player(act: &mut Act<'_, '_>, c: &Cast, id: PersonId, today: Day) -> Result<(), CertificateError> {
    let married = (25..=50).contains(&today.age_of(c.birth));
    let h = Holder {
        name: c.name,
        birth: c.birth,
        document_kind: c.document_kind,
        document: &c.document,
        hukou: c.hukou,
        disability: c.disability,
        pair: married,
        head: false,
        spouse: if married { "样例配偶" } else { "" },
    };
    for (kind, _) in SHARES {
        if belongs(&h, kind, today) && !matches!(*kind, "business-licence" | "unemployment-card") {
            give(act, id, &h, kind, today)?;
        }
    }
    Ok(())
}
