//! The table of edges in ARCHITECTURE.md against what cargo says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn root() -> String {
    format!("{}/../..", env!("CARGO_MANIFEST_DIR"))
}

/// First cells of a markdown table after a heading, split into the names in back quotes.
fn table(text: &str, heading: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let (_, after) = text.split_once(heading).unwrap();
    after
        .lines()
        .skip_while(|l| !l.starts_with('|'))
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .map(|l| {
            let cells: Vec<&str> = l.trim_matches('|').split('|').collect();
            let names = |s: &str| s.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            (names(cells[0]), names(cells[1]))
        })
        .collect()
}

#[test]
fn a_crate_uses_only_what_the_table_allows() {
    let text = std::fs::read_to_string(format!("{}/ARCHITECTURE.md", root())).unwrap();
    let mut floors: BTreeMap<String, usize> = BTreeMap::new();
    let (_, after) = text.split_once("## Floors").unwrap();
    for line in after.lines().skip_while(|l| !l.starts_with('|')).skip(2).take_while(|l| l.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        // "beside" stands below the ground: anybody may use it, it uses nothing.
        let floor = cells[0].trim().chars().next().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
        for name in cells[1].split('`').skip(1).step_by(2) {
            floors.insert(name.to_owned(), floor);
        }
    }
    let mut allowed: BTreeSet<(String, String)> = BTreeSet::new();
    for (from, to) in table(&text, "## Edges within a floor") {
        for f in &from {
            for t in &to {
                allowed.insert((f.clone(), t.clone()));
            }
        }
    }
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let short = |name: &str| name.strip_prefix("linli-").unwrap_or(name).to_owned();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let from = short(package["name"].as_str().unwrap());
        let Some(from_floor) = floors.get(&from) else {
            faults.push(format!("{from} stands on no floor"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            if dependency["path"].is_null() || !dependency["kind"].is_null() {
                continue;
            }
            let to = short(dependency["name"].as_str().unwrap());
            let fine = floors.get(&to).is_some_and(|f| f < from_floor)
                || allowed.contains(&(from.clone(), to.clone()))
                || (from == "it" && to == "linli");
            if !fine {
                faults.push(format!("{from} → {to}"));
            }
        }
    }
    assert!(faults.is_empty(), "not in ARCHITECTURE.md: {faults:?}");
}
