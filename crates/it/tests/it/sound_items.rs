//! What must hold for every sound item, not only for those that were written so far: no file and no page loses a part of it, and
//! visits are a function that never punishes whoever brings more.

use it::{Page, TestHouse, Visitor, unescaped};
use linli_acts::Actor;
use linli_catalogue::offers as catalogue;
use linli_drafting::codec::{at, document, guide, retyped};
use linli_drafting::exchange::{Filed, head, row};
use linli_drafting::shape::{Record, SECTIONS};
use linli_guide::Papers;
use linli_guide::handling::{Handover, Identity, InPersonKind};
use linli_guide::material::{HandIn, Material, Way};
use linli_guide::visits::{Holder, Reason, best_and_worst, visits};
use linli_guide::{Guide, Pace};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::{office, sound};

fn config() -> Config {
    Config { cases: 200, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_page_shows_and_reads_back_the_same_document(item in sound::guide()) {
        let faults = linli_drafting::acts::faults(&item, &[], &Papers::program());
        prop_assert!(faults.is_empty(), "{faults:?}");
        let stood = document(&item);
        let (made, wrong) = retyped(&stood);
        prop_assert!(wrong.is_empty(), "{wrong:?}");
        prop_assert_eq!(guide(&made), Some(item.clone()));
        prop_assert_eq!(linli_drafting::compare::count(&stood, &made), 0);
        prop_assert_eq!(Guide::read(&serde_json::to_string(&item).unwrap()).unwrap(), item);
    }

    /// Whatever a file brings, it is held to what the pages allow, and then stays as it is.
    #[test]
    fn what_was_tidied_once_stays_as_it_is(item in sound::guide(), odd in sound::raw(), n in any::<u16>()) {
        let mut item = item;
        (item.summary.zh, item.phone, item.legal_days) = (odd.clone(), odd.clone(), n);
        item.words.push(odd.clone());
        if let Some(material) = item.materials.first_mut() { material.name.en = odd; }
        let (made, wrong) = retyped(&document(&item));
        prop_assert_eq!(wrong.is_empty(), n <= 3_650, "{:?}", wrong);
        let (again, _) = retyped(&made);
        prop_assert_eq!(made, again);
    }

    #[test]
    fn visits_lie_between_best_and_worst_and_every_one_has_a_cause(
        item in sound::guide(), some in any::<u64>(), asked in any::<u64>(),
    ) {
        let (best, worst) = best_and_worst(&item);
        let bit = |mask: u64, s: &str| mask >> (s.bytes().map(u64::from).sum::<u64>() % 64) & 1 == 1;
        let holds = |way: &Way| matches!(way, Way::Certificate { kind, .. } | Way::Reuse { kind } if bit(some, kind));
        let wanted = |m: &Material| m.when.is_none() || bit(asked, &m.key);
        let hers = visits(&item, &Holder { holds: &holds, wanted: &wanted, identity: Identity::Remote });
        prop_assert!(best <= hers.count && hers.count <= worst && worst <= 3, "{best} {} {worst}", hers.count);
        let mut occasions: Vec<_> = hers.causes.iter().map(|c| c.occasion).collect();
        occasions.sort_unstable();
        occasions.dedup();
        let visits_of = match item.pace { Pace::Immediate => occasions.len().min(1), Pace::Promised => occasions.len() };
        prop_assert_eq!(usize::from(hers.count), visits_of, "no visit without its cause, no cause without a visit");
        for cause in &hers.causes {
            match cause.reason {
                Reason::Material(m) => prop_assert!(wanted(m) && m.ways.iter().any(Way::at_counter)
                    || !m.ways.iter().any(|w| w.open_to_all() && !w.at_counter())),
                Reason::Presence(p) => prop_assert_ne!(p.kind, InPersonKind::SiteInspection),
                Reason::Identity => prop_assert_eq!(item.identity, Identity::Counter),
                Reason::PickUp => prop_assert_eq!(&item.handover, &[Handover::PickUp]),
            }
        }
    }

    #[test]
    fn whoever_brings_more_never_comes_more_often(
        item in sound::guide(), less in any::<u64>(), more in any::<u64>(), which in any::<usize>(),
    ) {
        let bit = |mask: u64, s: &str| mask >> (s.bytes().map(u64::from).sum::<u64>() % 64) & 1 == 1;
        let of = |mask: u64| move |way: &Way| matches!(way, Way::Certificate { kind, .. } | Way::Reuse { kind } if bit(mask, kind));
        let (few, many) = (of(less), of(less | more));
        let holder = |holds| Holder { holds, wanted: &|_| true, identity: Identity::Remote };
        let before = visits(&item, &holder(&few)).count;
        prop_assert!(visits(&item, &holder(&many)).count <= before, "a certificate");
        prop_assert!(visits(&item, &Holder { identity: Identity::Counter, ..holder(&few) }).count <= before, "known already");
        for more in [Handover::Download, Handover::Post, Handover::HomeVisit, Handover::PickUpByProxy] {
            let mut better = item.clone();
            // Where there is nothing to hand over there is nothing to be fetched either.
            better.handover.push(more);
            prop_assert!(visits(&better, &holder(&few)).count <= before, "{more:?}");
        }
        let mut better = item.clone();
        let n = better.materials.len().max(1);
        if let Some(m) = better.materials.get_mut(which % n) { m.ways.push(Way::Original { hand_in: HandIn::Post }); }
        prop_assert!(visits(&better, &holder(&few)).count <= before, "by post");
        let mut fewer = item.clone();
        fewer.materials.pop();
        fewer.presence.pop();
        prop_assert!(visits(&fewer, &holder(&few)).count <= before, "asking less");
    }
}

/// The same ones in every run.
fn some(n: usize) -> Vec<(String, Guide)> {
    let mut runner = TestRunner::deterministic();
    let strategy = sound::guide();
    (0..n).map(|i| (format!("sound-{i}"), strategy.new_tree(&mut runner).unwrap().current())).collect()
}

/// As approved: live, version 1.
async fn live(h: &TestHouse, items: &[(String, Guide)]) {
    for chunk in items.chunks(20) {
        let chunk = chunk.to_vec();
        h.house
            .act(&Actor::system(), move |act| {
                for (key, guide) in &chunk {
                    catalogue::put_live(act, key, guide, 0)?;
                }
                Ok::<_, linli_catalogue::CatalogueError>(())
            })
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_items_says_the_same_when_it_comes_back() {
    for h in TestHouse::districts().await {
        let items = some(60);
        let mut v = office::sign_in(&h, "editor").await;
        // Before they are there, each is new, and as a draft it is the same.
        let filed: Vec<Filed> = items
            .iter()
            .map(|(key, guide)| Filed { key: key.clone(), version: None, guide: guide.clone() })
            .collect();
        let page = v.upload("/office/catalogue/import", &serde_json::to_vec(&filed).unwrap()).await;
        assert!(page.status == 200 && page.says("可以导入 60 项"), "{}", page.text());
        let page = v.submit(&page.forms().into_iter().find(|f| f.fields.contains_key("rows")).unwrap()).await;
        assert!(page.says("已导入 60 份草稿"), "{}", page.text());
        for (key, guide) in &items {
            let one = v.get(&format!("/office/catalogue/{key}/export")).await;
            let draft: Filed = serde_json::from_slice(&one.body).unwrap();
            assert_eq!(&draft.guide, guide, "{key}");
            v.submit(&crate::drafting::form(
                &v.clone().get(&format!("/office/catalogue/{key}")).await,
                "/drop",
            ))
            .await;
        }
        live(&h, &items).await;
        let all = v.get("/office/catalogue/export?as=json").await;
        let all: Vec<Filed> = serde_json::from_slice(&all.body).unwrap();
        let out: Vec<&Filed> = all.iter().filter(|f| f.key.starts_with("sound-")).collect();
        assert_eq!(out.len(), 60);
        for (key, guide) in &items {
            assert_eq!(&out.iter().find(|f| &f.key == key).unwrap().guide, guide, "{key}");
        }
        let same = |kind: &str, page: &Page| {
            assert!(page.status == 200 && page.says("60 项和现行的一样"), "{kind}: {}", page.text());
        };
        let json = serde_json::to_vec(&out).unwrap();
        same("json", &v.upload("/office/catalogue/import", &json).await);
        let rows = || items.iter().map(|(key, guide)| row(key, guide));
        let csv = linli_sheets::csv(&head(), rows());
        same("csv", &v.upload("/office/catalogue/import", &csv).await);
        let xlsx = linli_sheets::xlsx("items", &head(), rows()).unwrap();
        same("xlsx", &v.upload("/office/catalogue/import", &xlsx).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_held_to_what_the_pages_allow() {
    for h in TestHouse::districts().await {
        let (_, mut guide) = some(1).remove(0);
        (guide.legal_days, guide.summary.en) = (9_999, "a".repeat(3_000));
        let filed = Filed { key: "sound".to_owned(), version: None, guide };
        let mut v = office::sign_in(&h, "editor").await;
        let page = v.upload("/office/catalogue/import", &serde_json::to_vec(&filed).unwrap()).await;
        assert!(page.status == 422 && page.says("数字超出了范围") && page.says("太长了"), "{}", page.text());
        assert!(page.says("legal_days") && page.says("summary_en"), "{}", page.text());
    }
}

/// What a browser sends of a form that nobody touched: in the order of the page, the first choice of a list where none is chosen.
fn untouched(page: &Page) -> Vec<(String, String)> {
    let text = page.text();
    let form =
        text.split("<form").find(|f| f.contains("name=\"seen\"") && f.contains("class=\"act\"")).unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(unescaped)
    };
    let mut out: Vec<(String, String)> = Vec::new();
    // The list that is open, and whether its first choice is still to come.
    let mut list: Option<(String, bool)> = None;
    for piece in form.split('<').skip(1) {
        let (tag, inner) = piece.split_once('>').unwrap_or((piece, ""));
        let value = attribute(tag, "value").unwrap_or_default();
        if let Some((name, first)) = list.as_mut().filter(|_| tag.starts_with("option")) {
            if *first {
                out.push((name.clone(), value));
                *first = false;
            } else if tag.contains(" selected") {
                out.last_mut().unwrap().1 = value;
            }
            continue;
        }
        let Some(name) = attribute(tag, "name") else { continue };
        match (tag.split([' ', '\n']).next().unwrap(), attribute(tag, "type").as_deref()) {
            ("select", _) => list = Some((name, true)),
            ("textarea", _) => out.push((name, unescaped(inner.strip_prefix('\n').unwrap_or(inner)))),
            ("input", Some("checkbox" | "radio")) if !tag.contains(" checked") => {}
            ("input", _) => out.push((name, value)),
            _ => {}
        }
    }
    out
}

/// The addresses of every page of a document.
fn pages(document: &Value) -> Vec<String> {
    fn below(document: &Value, base: &str, record: &Record, out: &mut Vec<String>) {
        for list in record.lists {
            let path = if base.is_empty() { list.key.to_owned() } else { format!("{base}.{}", list.key) };
            for i in 0..at(document, &path).as_array().map_or(0, Vec::len) {
                out.push(format!("{path}.{i}"));
                below(document, &format!("{path}.{i}"), list.record, out);
            }
        }
    }
    let mut out = Vec::new();
    for section in SECTIONS.iter().filter(|s| !at(document, s.base).is_null()) {
        if !section.record.parts.is_empty() {
            out.push(section.name.to_owned());
        }
        below(document, section.base, section.record, &mut out);
    }
    out
}

async fn open_and_save(v: &mut Visitor, key: &str, place: &str) {
    let path = format!("/office/catalogue/{key}/edit/{place}");
    let page = v.get(&path).await;
    assert_eq!(page.status, 200, "{path}");
    let sent = untouched(&page);
    let saved = v.send_pairs(&path, &sent).await;
    assert!(saved.status == 200 && saved.says("已保存"), "{path}: {sent:?} {}", saved.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_opens_and_saves_every_page_changes_nothing() {
    for h in TestHouse::districts().await {
        let items = some(8);
        live(&h, &items).await;
        let mut v = office::sign_in(&h, "editor").await;
        for (key, guide) in &items {
            let page = v.get(&format!("/office/catalogue/{key}")).await;
            v.submit(&crate::drafting::form(&page, "/begin")).await;
            for place in pages(&document(guide)) {
                open_and_save(&mut v, key, &place).await;
            }
            let one = v.get(&format!("/office/catalogue/{key}/export")).await;
            let draft: Filed = serde_json::from_slice(&one.body).unwrap();
            assert_eq!(&draft.guide, guide, "{key}");
        }
    }
}
