//! Results that Polis itself published, with the votes they came from, and open conversations.
//!
//! The data stay outside the repository: `LINLI_CONFORMANCE_DATA` names the folder that holds `polis-production` and
//! `polis`. Without it these tests say loudly that they did not run.

use opinions::history::{KeptComponents, KeptGroups};
use opinions::kmeans::Kept;
use opinions::{
    Cast, History, Limits, Moderation, Params, PersonId, Picture, Ratings, Statement, StatementId, Vote,
    compute, compute_with_base,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

const NAMES: [&str; 3] =
    ["150ptpt-3gp-no-strict-no-meta", "25ptpt-3gp-no-strict-with-meta", "below-100-ptpts"];

/// Folder of the data, or a loud word.
pub fn data(what: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("LINLI_CONFORMANCE_DATA") else {
        // straight to the terminal: what a passing test prints is swallowed
        let _ = writeln!(std::io::stderr(), "\n*** NOT RUN: {what}: LINLI_CONFORMANCE_DATA is not set ***\n");
        return None;
    };
    Some(PathBuf::from(folder))
}

struct Published {
    ratings: Ratings,
    math: Value,
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn field<'a>(v: &'a Value, names: &[&str]) -> &'a Value {
    names.iter().map(|n| &v[*n]).find(|v| !v.is_null()).unwrap_or(&Value::Null)
}

fn number(v: &Value) -> f64 {
    v.as_f64().or_else(|| v.as_str().and_then(|s| s.parse().ok())).unwrap()
}

fn load(folder: &Path, name: &str) -> Published {
    let dir = folder.join("polis-production").join(name);
    let statements: Vec<Statement> = json(&dir.join("comments.json"))
        .as_array()
        .unwrap()
        .iter()
        .map(|c| Statement {
            id: StatementId(number(field(c, &["statement_id", "tid"])) as u64),
            moderation: Moderation::from_number(number(field(c, &["moderated", "mod"])) as i64).unwrap(),
            meta: c["is_meta"].as_bool().unwrap(),
        })
        .collect();
    // in these files +1 is agree (checked against the published counts below)
    let votes: Vec<Cast> = json(&dir.join("votes.json"))
        .as_array()
        .unwrap()
        .iter()
        .map(|v| Cast {
            person: PersonId(number(field(v, &["participant_id", "pid"])) as u64),
            statement: StatementId(number(field(v, &["statement_id", "tid"])) as u64),
            vote: Vote::from_exported(number(&v["vote"]) as i64).unwrap(),
            at_ms: number(&v["modified"]) as i64,
        })
        .collect();
    let ratings = Ratings::from_votes(&statements, &votes, Limits::default()).unwrap();
    Published { ratings, math: json(&dir.join("math-pca2.json")) }
}

fn floats(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(number).collect()
}

fn ids(v: &Value) -> Vec<u64> {
    v.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect()
}

/// What the published result tells of the history: base clusters always, components and groups if wanted.
fn base(math: &Value) -> Vec<Kept<PersonId>> {
    let b = &math["base-clusters"];
    ids(&b["id"])
        .into_iter()
        .zip(b["members"].as_array().unwrap())
        .map(|(id, m)| Kept { id: id as u32, members: ids(m).into_iter().map(PersonId).collect() })
        .collect()
}

fn components(math: &Value) -> KeptComponents {
    let comps = math["pca"]["comps"].as_array().unwrap();
    KeptComponents {
        statements: ids(&math["tids"]).into_iter().map(StatementId).collect(),
        comps: [floats(&comps[0]), floats(&comps[1])],
    }
}

fn close(ours: &[f64], theirs: &[f64], what: &str) -> f64 {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst <= 1e-9, "{what}: {worst}");
    worst
}

fn by_tid(v: &Value, p: &Picture) -> Vec<f64> {
    p.statements.iter().map(|s| number(&v[s.id.to_string()])).collect()
}

/// Everything published against everything computed; groups are matched by their members.
fn compare(name: &str, p: &Picture, math: &Value) {
    let mut worst = BTreeMap::new();
    let mut check = |what: &'static str, a: &[f64], b: &[f64]| {
        worst.insert(what, close(a, b, &format!("{name}: {what}")));
    };
    check("center", &p.pca.center, &floats(&math["pca"]["center"]));
    for k in 0..2 {
        check(["comp 1", "comp 2"][k], &p.pca.comps[k], &floats(&math["pca"]["comps"][k]));
        let ours: Vec<f64> = p.statement_projection.iter().map(|x| x[k]).collect();
        check(["comments 1", "comments 2"][k], &ours, &floats(&math["pca"]["comment-projection"][k]));
        let ours: Vec<f64> = p.base.iter().map(|b| b.center[k]).collect();
        check(["base x", "base y"][k], &ours, &floats(&math["base-clusters"][["x", "y"][k]]));
    }
    check("extremity", &p.extremity, &floats(&math["pca"]["comment-extremity"]));
    check("priorities", &p.priorities, &by_tid(&math["comment-priorities"], p));
    check("group-aware consensus", &p.group_aware_consensus, &by_tid(&math["group-aware-consensus"], p));
    println!("{name}: largest differences {worst:?}");

    let inside: BTreeSet<u64> = p.placed.iter().map(|x| x.person.0).collect();
    assert_eq!(inside, ids(&math["in-conv"]).into_iter().collect());
    consensus(p, math);
    let groups = math["group-clusters"].as_array().unwrap();
    assert_eq!(p.split.groups.len(), groups.len(), "{name}: number of groups");
    for theirs in groups {
        let members: BTreeSet<u64> = ids(&theirs["members"]).into_iter().collect();
        let ours = p
            .split
            .groups
            .iter()
            .find(|g| {
                g.base.iter().map(|&b| u64::from(p.base[b as usize].id)).collect::<BTreeSet<_>>() == members
            })
            .unwrap_or_else(|| panic!("{name}: group {} is not ours", theirs["id"]));
        close(&ours.center, &floats(&theirs["center"]), "center of a group");
        let id = theirs["id"].to_string();
        let votes = &math["group-votes"][&id];
        assert_eq!(u64::from(ours.people), votes["n-members"].as_u64().unwrap());
        for (s, t) in p.statements.iter().zip(&ours.votes) {
            let v = &votes["votes"][s.id.to_string()];
            assert_eq!(serde_json::to_value(t).unwrap(), *v);
        }
        let list = math["repness"][&id].as_array().unwrap();
        assert_eq!(ours.representative.len(), list.len(), "{name}: list of group {id}");
        for (a, b) in ours.representative.iter().zip(list) {
            let a = serde_json::to_value(a).unwrap();
            for (key, theirs) in b.as_object().unwrap() {
                match theirs.as_f64() {
                    // this one is published in single precision
                    Some(x) if key == "repness-test" => {
                        assert!((number(&a[key]) - x).abs() <= 1e-6 * x.abs())
                    }
                    Some(x) => assert!((number(&a[key]) - x).abs() <= 1e-9, "{name} {id} {key}"),
                    None => assert_eq!(a[key], *theirs, "{name} {id} {key}"),
                }
            }
        }
    }
}

fn consensus(p: &Picture, math: &Value) {
    let ours = serde_json::to_value(&p.consensus).unwrap();
    for side in ["agree", "disagree"] {
        let (ours, theirs) = (ours[side].as_array().unwrap(), math["consensus"][side].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(theirs) {
            for (key, x) in b.as_object().unwrap() {
                assert!((number(&a[key]) - number(x)).abs() <= 1e-9, "{side} {key}");
            }
        }
    }
}

#[test]
fn published_results_from_a_cold_start_on_the_base_clusters() {
    let Some(folder) = data("published results, cold start on base clusters") else { return };
    for name in NAMES {
        let p = load(&folder, name);
        // the sign of a component is free: it is taken from the published one
        let history = History { components: Some(components(&p.math)), ..History::default() };
        let (picture, _) = compute_with_base(&p.ratings, &Params::default(), &history, &base(&p.math));
        compare(name, &picture, &p.math);
    }
}

#[test]
fn published_results_continue_with_their_groups() {
    let Some(folder) = data("published results, continued") else { return };
    for name in NAMES {
        let p = load(&folder, name);
        let groups: Vec<Kept<u32>> = p.math["group-clusters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| Kept {
                id: g["id"].as_u64().unwrap() as u32,
                members: ids(&g["members"]).into_iter().map(|m| m as u32).collect(),
            })
            .collect();
        let mut kept = KeptGroups::default();
        kept.by_k.insert(groups.len() as u32, groups);
        let history = History { components: Some(components(&p.math)), groups: kept, ..History::default() };
        let (picture, _) = compute_with_base(&p.ratings, &Params::default(), &history, &base(&p.math));
        compare(name, &picture, &p.math);
        // with the history the groups' numbers are the published ones too
        for (ours, theirs) in picture.split.groups.iter().zip(p.math["group-clusters"].as_array().unwrap()) {
            assert_eq!(u64::from(ours.id), theirs["id"].as_u64().unwrap());
            let ours: Vec<u64> = ours.base.iter().map(|&b| u64::from(picture.base[b as usize].id)).collect();
            assert_eq!(ours, ids(&theirs["members"]));
        }
    }
}

/// Adjusted Rand index: 1 for the same partition, about 0 for unrelated ones.
pub fn ari(pairs: &[(u64, u64)]) -> f64 {
    let two = |n: u64| (n * n.saturating_sub(1)) as f64 / 2.0;
    let mut both: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    for &(a, b) in pairs {
        *both.entry((a, b)).or_default() += 1;
        *left.entry(a).or_insert(0u64) += 1;
        *right.entry(b).or_insert(0u64) += 1;
    }
    let joint: f64 = both.values().map(|&n| two(n)).sum();
    let (a, b): (f64, f64) = (left.values().map(|&n| two(n)).sum(), right.values().map(|&n| two(n)).sum());
    let expected = a * b / two(pairs.len() as u64).max(1.0);
    let most = f64::midpoint(a, b);
    if (most - expected).abs() < 1e-300 { 1.0 } else { (joint - expected) / (most - expected) }
}

#[test]
fn published_results_without_any_history() {
    let Some(folder) = data("published results, without any history") else { return };
    for name in NAMES {
        let p = load(&folder, name);
        let history = History { components: Some(components(&p.math)), ..History::default() };
        let (picture, _) = compute(&p.ratings, &Params::default(), &history);
        // centre, components, statements and consensus do not depend on history
        close(&picture.pca.center, &floats(&p.math["pca"]["center"]), "center");
        for k in 0..2 {
            close(&picture.pca.comps[k], &floats(&p.math["pca"]["comps"][k]), "comp");
        }
        consensus(&picture, &p.math);
        let theirs: BTreeMap<u64, u64> = p.math["group-clusters"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|g| ids(&g["members"]).into_iter().map(|b| (b, g["id"].as_u64().unwrap())))
            .collect();
        let group_of: BTreeMap<u64, u64> = base(&p.math)
            .iter()
            .flat_map(|b| b.members.iter().map(|m| (m.0, theirs[&u64::from(b.id)])))
            .collect();
        let pairs: Vec<(u64, u64)> = picture
            .placed
            .iter()
            .filter_map(|x| Some((u64::from(x.group?), *group_of.get(&x.person.0)?)))
            .collect();
        println!(
            "{name}: without history {} of {} people in, {} groups (published {}), ARI {:.3}",
            picture.placed.len(),
            group_of.len(),
            picture.split.groups.len(),
            theirs.values().collect::<BTreeSet<_>>().len(),
            ari(&pairs)
        );
        if name != "150ptpt-3gp-no-strict-no-meta" {
            // here everybody is a base cluster of her own, so nothing depends on history beside who is in
            assert!(picture.placed.len() == group_of.len() || name == "below-100-ptpts");
        }
    }
}
