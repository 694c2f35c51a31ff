//! The command line as an engineer meets it. That this file is an integration test also makes `cargo test --workspace` build the
//! program itself, beside which `it` looks for it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::{Command, Output};

fn linli(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_linli"))
        .args(args)
        .current_dir(folder)
        .env("LINLI_LOG", "error")
        .output()
        .unwrap()
}

fn configured(more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "data = \"data\"\n[site]\norigin = \"https://linli.test\"\ndistrict_zh = \"海珠区\"\ndistrict_en = \"Haizhu\"\n\
         place = \"440105000000\"\n[server]\nbehind_proxy = true\n{more}"
    );
    std::fs::write(folder.path().join("linli.toml"), text).unwrap();
    folder
}

fn says(output: &Output, text: &str) -> bool {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).contains(text)
}

#[test]
fn the_configuration_is_shown_with_its_defaults() {
    let folder = configured("");
    let shown = linli(folder.path(), &["config"]);
    assert!(shown.status.success() && says(&shown, "listen = \"127.0.0.1:8080\""), "{shown:?}");
}

#[test]
fn a_slip_in_the_configuration_is_told() {
    let folder = configured("lisen = \"127.0.0.1:1\"\n");
    let refused = linli(folder.path(), &["config"]);
    assert!(!refused.status.success() && says(&refused, "lisen"), "{refused:?}");
    let missing = linli(folder.path(), &["serve", "--config", "nowhere.toml"]);
    assert!(!missing.status.success() && says(&missing, "nowhere.toml"), "{missing:?}");
}

#[test]
fn a_new_district_is_sound() {
    let folder = configured("");
    for args in [&["check"][..], &["check", "log"]] {
        let checked = linli(folder.path(), args);
        assert!(checked.status.success() && says(&checked, "sound"), "{checked:?}");
    }
}
