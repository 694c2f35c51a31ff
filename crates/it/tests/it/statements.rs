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
