//! The quality of the search over the whole catalogue: what people type, and what they must find among the first five.

use linli_catalogue::cards::Card;
use linli_catalogue::delivered;
use linli_catalogue::domain::ItemId;
use linli_catalogue::search::{Index, Narrow};

fn index() -> Index {
    let items = delivered::items().expect("the items are read");
    let cards = (1i64..).zip(&items).map(|(n, (key, guide))| Card::of(ItemId::from_raw(n), key, guide));
    Index::new(cards.collect(), linli_catalogue::terms::delivered_synonyms().collect())
}

fn queries() -> Vec<(&'static str, &'static str)> {
    include_str!("queries.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_once('|'))
        .collect()
}

#[test]
fn what_people_type_finds_what_they_mean() {
    let (index, queries) = (index(), queries());
    assert!(queries.len() >= 150, "{}", queries.len());
    let mut missed = Vec::new();
    for (typed, meant) in &queries {
        let found = index.find(typed, &Narrow::default());
        let first: Vec<&str> = found.iter().take(5).map(|c| c.name_zh.as_str()).collect();
        if !first.iter().any(|name| name.contains(meant)) {
            missed.push(format!("{typed}: wanted {meant}, found {first:?}"));
        }
    }
    println!("{} of {} found", queries.len() - missed.len(), queries.len());
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn nonsense_finds_little_and_nothing_finds_all() {
    let index = index();
    assert_eq!(index.find("", &Narrow::default()).len(), index.len());
    for typed in ["的", "？", "   "] {
        assert!(!index.find(typed, &Narrow::default()).is_empty() || typed == "的", "{typed}");
    }
    assert!(index.find("zzzzqqqq", &Narrow::default()).is_empty());
    assert!(index.find("火星移民签证", &Narrow::default()).len() < 40);
}

#[test]
fn narrowing_keeps_only_what_was_asked() {
    let index = index();
    let narrow = Narrow { persons: Some("persons"), level: Some("community"), ..Narrow::default() };
    let found = index.find("", &narrow);
    assert!(found.len() > 20);
    assert!(found.iter().all(|c| c.level == "community" && c.persons != "enterprises"));
    let narrow = Narrow { department: Some("RS".into()), ..Narrow::default() };
    assert_eq!(index.find("", &narrow).len(), 126);
    let narrow = Narrow { event: Some("marriage"), ..Narrow::default() };
    assert!(index.find("", &narrow).iter().all(|c| c.events.contains(" marriage ")));
}
