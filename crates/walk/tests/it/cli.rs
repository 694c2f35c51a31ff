//! The command line, from a map and a district's files to every result.

use std::path::Path;
use std::process::{Command, Output};

fn walk(dir: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_walk")).current_dir(dir).args(args.split(' ')).output().unwrap()
}

/// What it prints, and what it tells beside.
fn good(dir: &Path, args: &str) -> (String, String) {
    let out = walk(dir, args);
    let (text, told) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert!(out.status.success(), "walk {args}: {told}");
    (text, told)
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn from_a_map_to_every_result() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    good(dir, "synth --seed 4 --km2 2 -o s.walk --osm s.osm --buildings b.csv --facilities f.csv");
    let (_, told) =
        good(dir, "prepare s.osm --buildings b.csv --facilities f.csv --report mend.geojson -o c.walk");
    assert!(told.contains("reading the map … ") && told.contains("to mend: "), "{told}");
    assert_eq!(
        json(&std::fs::read_to_string(dir.join("mend.geojson")).unwrap())["type"],
        "FeatureCollection"
    );

    // read back from its own files, the city answers as it did
    let ask = "--class market --class bank -k 2 --within 10min";
    let (a, told) = good(dir, &format!("nearest c.walk {ask}"));
    assert_eq!(a, good(dir, &format!("nearest s.walk {ask}")).0);
    assert!(told.contains("searching: 2 classes"), "{told}");
    assert!(
        a.starts_with("id,class,rank,verdict,facility,paced_metres,minutes\n")
            && a.contains(",within,market-")
    );
    let shops = "nearest s.osm --facilities f.csv --class market --nodes";
    assert!(good(dir, shops).0.lines().count() > 500);

    let home = std::fs::read_to_string(dir.join("b.csv")).unwrap();
    let at: Vec<&str> = home.lines().nth(40).unwrap().split(',').collect();
    let at = format!("--at={},{}", at[1], at[2]);
    let paths = json(&good(dir, &format!("nearest c.walk --class market --within 30min {at} --paths")).0);
    assert_eq!(paths["features"][0]["geometry"]["type"], "LineString");
    assert!(paths["features"][0]["properties"]["streets"].as_array().is_some_and(|s| !s.is_empty()));

    let reach = json(&good(dir, &format!("isochrone c.walk {at} --minutes 15,5,10 --profile elder")).0);
    let bands: Vec<_> =
        reach["features"].as_array().unwrap().iter().map(|f| f["properties"]["minutes"].as_u64()).collect();
    assert_eq!(bands, [Some(15), Some(10), Some(5), None]);

    let (score, told) = good(dir, "score c.walk --rule market=500m --rule bank=15min --share 50");
    assert!(score.starts_with("area,class,within,beyond,unknown,percent,") && score.contains(",(all),"));
    assert!(told.contains("complete: ") && told.contains("how the count moves"), "{told}");
    let (seats, _) = good(dir, "score c.walk --seats kindergarten");
    assert!(seats.starts_with("id,residents,capacity_per_resident\n"));

    let (sites, told) = good(dir, "gaps c.walk --class health-centre -k 3 --within 5min --exact");
    assert!(told.contains("no choice reaches more than"), "{told}");
    assert!((2..=4).contains(&sites.lines().count()));
    let (links, told) = good(dir, "gaps c.walk --class market --links 150 -k 5");
    assert!(
        links.starts_with("rank,from_lon,") && told.contains("no link between two junctions saves more"),
        "{told}"
    );
    let (_, told) = good(dir, "gaps c.walk --class market --links 150 -k 5 --links-measured 3");
    assert!(told.contains("one left out may save more"), "{told}");

    good(dir, &format!("tiles c.walk -o t --from 14 --to 15 {at} --class market"));
    assert!(std::fs::read_dir(dir.join("t/15")).unwrap().count() > 0);
}

/// The gap finder's options, each moving the answer as it should.
#[test]
fn budget_forbidden_sites_and_weights() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    good(dir, "synth --seed 5 --km2 2 -o c.walk --buildings b.csv");
    let homes = std::fs::read_to_string(dir.join("b.csv")).unwrap();
    let rows: Vec<Vec<&str>> = homes.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let (mut sites, mut weights) = (String::from("id,lon,lat,cost\n"), String::from("id,lon,lat,weight\n"));
    for (i, r) in rows.iter().enumerate().step_by(rows.len() / 30) {
        sites += &format!("s{i},{},{},{}\n", r[1], r[2], 1 + i % 3);
    }
    // only the last building's people count
    for r in &rows {
        let w = if r[0] == rows[rows.len() - 1][0] { 1_000 } else { 0 };
        weights += &format!("{},{},{},{w}\n", r[0], r[1], r[2]);
    }
    std::fs::write(dir.join("sites.csv"), sites).unwrap();
    std::fs::write(dir.join("weights.csv"), weights).unwrap();
    let ask = "gaps c.walk --class health-centre --within 4min --candidates sites.csv";
    let site = |text: &str| -> Vec<String> {
        text.lines().skip(1).map(|l| l.split(',').nth(2).unwrap().to_owned()).collect()
    };
    let free = site(&good(dir, &format!("{ask} -k 3")).0);
    assert_eq!(free.len(), 3);
    let first = rows[free[0][1..].parse::<usize>().unwrap()].clone();
    std::fs::write(dir.join("no.csv"), format!("lon,lat\n{},{}\n", first[1], first[2])).unwrap();
    let others = site(&good(dir, &format!("{ask} -k 3 --forbidden no.csv")).0);
    assert!(!others.contains(&free[0]), "{others:?}");
    let spent = site(&good(dir, &format!("{ask} --budget 4")).0);
    let cost: usize = spent.iter().map(|s| 1 + s[1..].parse::<usize>().unwrap() % 3).sum();
    assert!(!spent.is_empty() && cost <= 4, "{spent:?}");
    let (text, _) = good(dir, &format!("{ask} -k 3 --weights weights.csv"));
    assert!(site(&text).len() <= 1, "{text}");
    let both = good(dir, "gaps c.walk --class health-centre --class police -k 6 --within 4min").0;
    assert!(both.contains(",health-centre,") && both.contains(",police,"), "{both}");
}

#[test]
fn faults_are_told_in_words_and_by_the_status() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::write(dir.join("bad.osm"), "<html>").unwrap();
    let off = (0..9).map(|i| format!("113.{i},23.3\n")).collect::<String>();
    std::fs::write(dir.join("off.csv"), format!("lon,lat\n{off}")).unwrap();
    good(dir, "synth --seed 4 --km2 1 -o s.walk --osm s.osm --buildings b.csv");
    for (args, words) in [
        ("prepare none.osm -o x", "none.osm: "),
        ("prepare bad.osm -o x", "the root element is not <osm>"),
        ("prepare s.osm --buildings off.csv --datum gcj02 -o x", "are the coordinates really gcj02?"),
        ("nearest s.walk --class palace", "no class palace; there are: bank"),
        ("isochrone s.walk --at 0,0", "no path within 500 m"),
        ("score s.osm", "no buildings"),
    ] {
        let out = walk(dir, args);
        let told = String::from_utf8(out.stderr).unwrap();
        assert!(!out.status.success() && told.contains(words), "walk {args}: {told}");
    }
    assert!(!dir.join("x").exists());
}
