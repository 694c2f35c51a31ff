//! The command line as a person uses it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("opinions-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
    fn at(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_opinions"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn conversation(folder: &Folder) {
    let plan = opinions::synth::Plan { people: 80, statements: 20, votes_each: 12, ..Default::default() };
    let mut votes = Vec::new();
    opinions::polis::write_votes(&mut votes, &opinions::synth::votes(&plan).unwrap()).unwrap();
    std::fs::write(folder.at("votes.csv"), votes).unwrap();
    let mut comments = String::from("comment-id,moderated,comment-body\n");
    for s in 0..20 {
        comments.push_str(&format!("{s},1,Statement number {s}\n"));
    }
    std::fs::write(folder.at("comments.csv"), comments).unwrap();
}

#[test]
fn compute_tells_writes_and_explains() {
    let f = Folder::new("compute");
    conversation(&f);
    let folder = f.0.to_str().unwrap();
    let out = run(&["compute", folder], "");
    assert!(out.status.success(), "{}", text(&out.stderr));
    let told = text(&out.stdout);
    assert!(
        told.contains("80 people, 20 statements")
            && told.contains("Group A")
            && told.contains("Statement number")
    );
    let (json, svg, table) = (f.at("r.json"), f.at("p.svg"), f.at("t.html"));
    let out = run(&["compute", folder, "-o", &json, "--svg", &svg, "--table", &table, "--explain", "3"], "");
    let e: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(e["statement"], 3);
    assert!(e["groups"][0]["because"].is_string());
    let result: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!(result["n"], 80);
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg") && Path::new(&table).exists());
    // the same base clusters again: the same groups
    let out = run(&["compute", folder, "--base-of", &json, "-o", "-"], "");
    let again: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(again["group-clusters"], result["group-clusters"]);
    assert_eq!(again["repness"], result["repness"]);
}

#[test]
fn watch_follows_and_saves() {
    let f = Folder::new("watch");
    let state = f.at("talk.state");
    let mut input = String::new();
    for s in 0..8 {
        input.push_str(&format!("statement,{s},accepted\n"));
    }
    for p in 0..20 {
        for s in 0..8 {
            let vote = if (p % 2 == 0) == (s % 2 == 0) { "agree" } else { "disagree" };
            input.push_str(&format!("vote,{p},{s},{vote}\n"));
        }
    }
    input.push_str("nonsense\nvote,1,99,agree\n");
    let out = run(&["watch", "--state", &state], &input);
    assert!(out.status.success());
    let told = text(&out.stderr);
    assert!(
        told.contains("not a vote and not a statement: nonsense")
            && told.contains("there is no statement 99")
    );
    let lines: Vec<serde_json::Value> =
        text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((&last["votes"], &last["n"]), (&160.into(), &20.into()));
    assert_eq!(last["groups"].as_array().unwrap().len(), 2);
    // taken up again where it was
    let out = run(&["watch", "--state", &state], "vote,77,0,pass\n");
    let lines: Vec<serde_json::Value> =
        text(&out.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines[0]["math_tick"].as_u64() > last["math_tick"].as_u64());
    assert_eq!(lines.last().unwrap()["votes"], 161);
    let out = run(&["compute", "--state", &state], "");
    assert!(text(&out.stdout).contains("21 people, 8 statements, 161 votes"));
}

#[test]
fn export_writes_both_kinds() {
    let f = Folder::new("export");
    conversation(&f);
    let (all, open) = (f.at("all"), f.at("open"));
    let folder = f.0.to_str().unwrap();
    assert!(run(&["export", folder, "-o", &all], "").status.success());
    for name in ["votes.csv", "comments.csv", "participants-votes.csv", "summary.csv"] {
        assert!(Path::new(&all).join(name).exists());
    }
    // what it wrote is a conversation again
    let told = |folder: &str| text(&run(&["compute", folder], "").stdout);
    assert_eq!(told(&all), told(folder));
    assert!(run(&["export", folder, "-o", &open, "--open"], "").status.success());
    let names: Vec<String> =
        std::fs::read_dir(&open).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|n| ["about.txt", "groups.csv", "statements.csv"].contains(&n.as_str())));
}

#[test]
fn mistakes_are_told() {
    let f = Folder::new("mistakes");
    let folder = f.0.to_str().unwrap();
    let told = |args: &[&str]| {
        let out = run(args, "");
        assert!(!out.status.success());
        text(&out.stderr)
    };
    assert!(told(&["compute"]).contains("give a folder"));
    assert!(told(&["compute", folder]).contains("votes.json"));
    std::fs::write(f.at("votes.json"), "[]").unwrap();
    assert!(told(&["compute", folder]).contains("--agree-is"));
    std::fs::write(f.at("votes.csv"), "comment-id,voter-id,vote\n1,1,7\n").unwrap();
    assert!(told(&["compute", folder]).contains("votes.csv, record 1: a vote is"));
    std::fs::write(f.at("s.state"), "rubbish").unwrap();
    assert!(told(&["compute", "--state", &f.at("s.state")]).contains("saved state"));
}

#[test]
fn bench_speaks_json() {
    let out = run(&["bench", "--json", "--only", "growth-1000x100", "--runs", "1"], "");
    let line: serde_json::Value = serde_json::from_str(text(&out.stdout).lines().next().unwrap()).unwrap();
    for key in ["name", "value", "unit", "peer", "peer_value", "ratio", "goal"] {
        assert!(line.get(key).is_some(), "{key}");
    }
}
