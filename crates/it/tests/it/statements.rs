//! Every statement of every room, prepared on both engines and refused if it would mean something else on one of them.

use std::collections::BTreeSet;

use it::TestHouse;
use linli_db::{Engine, entries, inspect};

const PARAMETER_TYPES: [&str; 4] = ["int8", "text", "bytea", "json"];
const COLUMN_TYPES: [&str; 6] = ["int8", "int4", "bool", "text", "json", "bytea"];

/// What prepares on both and means two things, or what only SQLite lets pass.
const WORDS: [&str; 9] =
    ["LIKE", "ILIKE", "AVG(", "REPLACE INTO", "SELECT *", "LOWER(", "UPPER(", "DATETIME(", "DEFERRABLE"];

/// The tables that a text reads.
fn tables(text: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).filter(|w| matches!(w[0], "FROM" | "JOIN")).map(|w| w[1]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_prepares_and_reads_as_its_row_says() {
    let mut faults: Vec<String> = Vec::new();
    let mut seen = 0;
    for house in TestHouse::each().await {
        let db = house.house.db().clone();
        for entry in entries() {
            // The tests' own tables are not migrated here; the server's time is asked of PostgreSQL alone.
            let lite = db.engine() == Engine::Sqlite;
            if entry.name.starts_with("it::") || (lite && entry.name.ends_with("SERVER_TIME")) {
                continue;
            }
            seen += 1;
            let fault = |what: String| format!("{:?} {}: {what}", db.engine(), entry.name);
            let upper = entry.text.to_uppercase();
            if !entry.kept.is_empty() && tables(entry.text) != entry.kept.iter().copied().collect() {
                faults.push(fault(format!("kept of {:?}, reads {:?}", entry.kept, tables(entry.text))));
            }
            faults
                .extend(WORDS.iter().filter(|w| upper.contains(**w)).map(|w| fault(format!("the word {w}"))));
            let Some(parameters) = entry.parameters() else {
                faults.push(fault("a number of a parameter is left out".to_owned()));
                continue;
            };
            match inspect::describe(&db, entry.text).await {
                Err(e) => faults.push(fault(e.to_string())),
                Ok(d) => {
                    if d.parameters != parameters {
                        faults.push(fault(format!("{} parameters instead of {parameters}", d.parameters)));
                    }
                    if d.columns.len() != entry.arity {
                        faults.push(fault(format!("{} columns instead of {}", d.columns.len(), entry.arity)));
                    }
                    if !entry.columns.is_empty() && d.columns != entry.columns {
                        faults.push(fault(format!("columns {:?} instead of {:?}", d.columns, entry.columns)));
                    }
                    let odd = |types: &[String], known: &[&str]| -> Vec<String> {
                        types.iter().filter(|t| !known.contains(&t.as_str())).cloned().collect()
                    };
                    let (p, c) =
                        (odd(&d.parameter_types, &PARAMETER_TYPES), odd(&d.column_types, &COLUMN_TYPES));
                    if !p.is_empty() || !c.is_empty() {
                        faults.push(fault(format!("types {p:?} {c:?}: cast them")));
                    }
                }
            }
        }
    }
    assert!(seen > 30, "only {seen} statements: is a room not linked?");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Tables that stay small however long a district runs: what officers keep by hand, and what is one row a day or a seal.
const SMALL: [&str; 20] = [
    "abolished_proofs",
    "bodies",
    "calendar_stretches",
    "certificate_kinds",
    "duties",
    "first_tokens",
    "item_cards",
    "item_newer",
    "items",
    "migrations",
    "notice_texts",
    "place_imports",
    "publications",
    "rule_values",
    "seal_authorities",
    "seals",
    "search_synonyms",
    "staff",
    "standing_authorisations",
    "wechat_tickets",
];

/// Statements that walk a table that grows, and why they may.
const WALKS: [(&str, &str); 20] = [
    ("check::GAPS", "linli check reads everything"),
    ("::SWEEP", "once a day, a thousand rows at once"),
    ("::FORGET_TOLD", "once a day"),
    ("chain::LAST_SEAL", "the last row by its key"),
    ("chain::LATEST_CHECKPOINT", "the last row by its key"),
    ("chain::SEALS_SINCE", "PostgreSQL alone"),
    ("jobs::ALL_INSIDE", "in the order of the index, bounded"),
    ("places::SWEEP_ROWS", "once a day"),
    ("acts::tests", "a test's own"),
    ("::UNTOLD", "drafts alone, which go after half a year"),
    ("::SHARE", "a figure: a sum from the index alone"),
    ("::WAIVED", "a figure: a sum from the index alone"),
    ("::GOOD", "a figure: counted from the index alone"),
    ("::TURN", "in the order of the index, bounded"),
    ("::CO_DUE_BY", "due within days"),
    ("::CO_LATE_ASKED", "what is late and open"),
    ("::LATER_DUE_BY", "due within days"),
    ("::LETTERS", "letters that wait for the post"),
    ("::POSTED", "a place's letters of some days"),
    ("proposals::WAITING", "what waits for a second officer"),
];

/// The table that a line of a plan walks from end to end, or of which it walks all rows of one state.
fn walked<'a>(line: &'a str, text: &'a str) -> Option<&'a str> {
    let (word, rest) = line.split_once(' ')?;
    let name = rest.split_whitespace().next()?;
    let whole = word == "SCAN";
    // Found by a word that many rows share, and by nothing else that is equal.
    let equal: Vec<&str> =
        line.split(['(', ' ']).filter_map(|w| w.split_once("=?").map(|(column, _)| column)).collect();
    let shared = !equal.is_empty() && equal.iter().all(|column| matches!(*column, "state" | "kind"));
    if !(whole || (word == "SEARCH" && shared)) || matches!(name, "CONSTANT" | "json_each") {
        return None;
    }
    // An alias, or the name itself; what is neither is a part of the statement.
    let words: Vec<&str> = text.split_whitespace().chain(["", ""]).collect();
    let named = words.windows(3).find_map(|w| {
        let table = w[1].trim_end_matches([')', ',']);
        // What follows a closed bracket is the name of the whole bracket.
        let alias = if table == w[1] { w[2].trim_end_matches([')', ',']) } else { "" };
        (matches!(w[0], "FROM" | "JOIN" | "UPDATE") && (table == name || alias == name)).then_some(table)
    });
    named.filter(|t| !t.starts_with('(') && !t.starts_with("json_each"))
}

/// What a table holds after ten years must not slow down a page: each statement finds its rows by an index.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_walks_a_table_that_grows() {
    let house = TestHouse::open(Engine::Sqlite).await.unwrap();
    let db = house.house.db().clone();
    let made = linli::compose::ROOMS.iter().flat_map(|room| room.migrations).flat_map(|m| m.text.lines());
    let grown: BTreeSet<&str> =
        made.filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split([' ', '(']).next()).collect();
    assert!(grown.contains("cases"));
    let mut faults = Vec::new();
    for entry in entries() {
        if entry.name.starts_with("it::") || entry.name.ends_with("SERVER_TIME") {
            continue;
        }
        for line in inspect::plan(&db, entry.text).await.unwrap() {
            let table = walked(&line, entry.text);
            // A name that the statement gives to a part of itself is no table.
            let Some(table) = table.filter(|t| grown.contains(t)) else { continue };
            if !SMALL.contains(&table) && !WALKS.iter().any(|(name, _)| entry.name.contains(name)) {
                faults.push(format!("{}: {line}", entry.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let text = "SELECT a.id FROM applications a WHERE a.state = $1 ";
    let found: Vec<Option<&str>> =
        ["SCAN a", "SEARCH a USING INDEX x (state=?)", "SEARCH a USING INDEX x (person=?)"]
            .map(|line| walked(line, text))
            .to_vec();
    assert_eq!(found, [Some("applications"), Some("applications"), None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_says_how_long_it_keeps_what() {
    let mut missing = Vec::new();
    let rules = linli_acts::retentions();
    for room in linli::compose::ROOMS {
        for migration in room.migrations {
            for line in migration.text.lines() {
                if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                    let table = rest.split([' ', '(']).next().unwrap();
                    // A table that is made anew bears another name until it takes the old one's place.
                    let renamed = migration.text.contains(&format!("ALTER TABLE {table} RENAME TO "));
                    if !renamed && !rules.iter().any(|r| r.table == table) {
                        missing.push(format!("{}.{table}", room.name));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "no retention rule: {missing:?}");
}
