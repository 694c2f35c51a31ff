//! Real exports: read, written, read again; and how well a cold picture agrees with the published groups.

use crate::oracle::{ari, data};
use opinions::result::{Stamp, json};
use opinions::{History, Limits, Params, Ratings, compute, open, polis, svg};
use std::collections::{BTreeMap, BTreeSet};

const OPEN: [&str; 4] = [
    "15-per-hour-seattle",
    "austria-climate.5twd2jsnkf.2022-08-08",
    "london.youth.policing",
    "vtaiwan.uberx",
];

#[test]
fn open_conversations() {
    let Some(folder) = data("open conversations") else { return };
    for name in OPEN {
        let read = |file: &str| std::fs::read(folder.join("polis").join(name).join(file)).unwrap();
        let limits = Limits::default();
        let comments = polis::read_comments(&read("comments.csv"), &limits).unwrap();
        let votes = polis::read_votes(&read("votes.csv")).unwrap();
        let published = polis::read_participants(&read("participants-votes.csv"), &limits).unwrap();
        let about = polis::read_summary(&read("summary.csv")).unwrap();
        let statements: Vec<_> = comments.iter().map(|c| c.statement).collect();
        let ratings = Ratings::from_votes(&statements, &votes, limits).unwrap();
        let (picture, _) = compute(&ratings, &Params::default(), &History::default());

        let theirs: BTreeMap<u64, u64> =
            published.iter().filter_map(|p| Some((p.person.0, u64::from(p.group?)))).collect();
        let pairs: Vec<(u64, u64)> = picture
            .placed
            .iter()
            .filter_map(|p| Some((u64::from(p.group?), *theirs.get(&p.person.0)?)))
            .collect();
        println!(
            "{name}: {} people, {} statements, {} votes; {} in, {} groups (published {} in {}), shown {:.1} %, ARI {:.3} over {}",
            picture.people,
            picture.statements.len(),
            ratings.votes(),
            picture.placed.len(),
            picture.split.groups.len(),
            theirs.values().collect::<BTreeSet<_>>().len(),
            theirs.len(),
            picture.shown() * 100.0,
            ari(&pairs),
            pairs.len()
        );
        assert!(about.contains_key("topic"));

        // written and read again
        let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
        polis::write_votes(&mut a, &votes).unwrap();
        polis::write_comments(&mut b, &comments, &ratings).unwrap();
        polis::write_participants(&mut c, &ratings, &picture, &comments).unwrap();
        assert!(polis::read_votes(&a).unwrap() == votes);
        assert!(polis::read_comments(&b, &limits).unwrap() == comments);
        let people = polis::read_participants(&c, &limits).unwrap();
        assert_eq!(people.len(), ratings.people().len());

        // what others can read: no small numbers, no person's number
        let files = open::files(&ratings, &picture, &comments, &open::Rules::default()).unwrap();
        assert!(!files.contains_key("votes.csv"));
        assert!(!svg::svg(&picture, &svg::Words::default()).is_empty());
    }
}

#[test]
fn the_result_has_the_published_names() {
    let Some(folder) = data("names of the result") else { return };
    let path = folder.join("polis-production").join("below-100-ptpts").join("math-pca2.json");
    let math: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let r = opinions::synth::conversation(&opinions::synth::Plan::default()).unwrap();
    let (p, _) = compute(&r, &Params::default(), &History::default());
    let ours = json(&p, &r, Stamp::default());
    for (key, theirs) in math.as_object().unwrap() {
        // the time of the last moderation is the caller's
        if key == "lastModTimestamp" {
            continue;
        }
        let value = ours.get(key).unwrap_or_else(|| panic!("{key} is missing"));
        assert!(
            std::mem::discriminant(value) == std::mem::discriminant(theirs) || key == "lastVoteTimestamp",
            "{key}"
        );
        if ["pca", "base-clusters", "consensus"].contains(&key.as_str()) {
            for inner in theirs.as_object().unwrap().keys() {
                assert!(value.get(inner).is_some(), "{key}.{inner}");
            }
        }
    }
}
