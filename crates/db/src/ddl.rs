//! One DDL text for both engines: SQLite's STRICT words, of which PostgreSQL gets two replaced.

use crate::engine::Engine;

/// Cuts a script into statements at `;` outside of quotes and comments. Comments are dropped, except the directive
/// `-- append-only: TABLE`, which comes out as a statement of its own.
fn statements(script: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    for line in script.lines() {
        if let Some(table) = line.trim().strip_prefix("-- append-only:") {
            out.push(format!("-- append-only:{table}"));
            continue;
        }
        let code = without_comment(line);
        for (i, piece) in split_unquoted(code).into_iter().enumerate() {
            if i > 0 {
                out.push(std::mem::take(&mut current));
            }
            current.push_str(piece);
        }
        current.push('\n');
    }
    out.push(current);
    out.into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

/// The line without its `-- comment`. Migrations do not put `--` inside a text.
fn without_comment(line: &str) -> &str {
    line.split_once("--").map_or(line, |(code, _)| code)
}

fn split_unquoted(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut quoted = false;
    let mut rest = line;
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|r| r.find(['\'', ';'])).map(|p| p + from) {
        if rest.as_bytes().get(at) == Some(&b'\'') {
            quoted = !quoted;
            from = at + 1;
        } else if quoted {
            from = at + 1;
        } else {
            let (piece, after) = rest.split_at(at);
            pieces.push(piece);
            rest = after.strip_prefix(';').unwrap_or(after);
            from = 0;
        }
    }
    pieces.push(rest);
    pieces
}

/// Replaces whole words outside of quotes.
fn replace_words(statement: &str, words: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(statement.len());
    for (i, piece) in statement.split('\'').enumerate() {
        if i > 0 {
            out.push('\'');
        }
        if i % 2 == 1 {
            out.push_str(piece);
            continue;
        }
        let mut word = String::new();
        for c in piece.chars().chain(['\0']) {
            if c.is_ascii_alphanumeric() || c == '_' {
                word.push(c);
                continue;
            }
            let replaced = words.iter().find(|(from, _)| *from == word).map_or(word.as_str(), |(_, to)| to);
            out.push_str(replaced);
            word.clear();
            if c != '\0' {
                out.push(c);
            }
        }
    }
    out
}

/// `word IN ('a', 'b')` of a constraint as `(word = 'a' OR word = 'b')`. SQLite builds a table in memory for a list of more than two,
/// anew for each row that it checks: it was a tenth of what an act costs.
fn lists_spelt_out(statement: &str) -> String {
    let mut out = String::with_capacity(statement.len());
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once(" IN (") {
        let (head, word) = before.split_at(before.rfind([' ', '(']).map_or(0, |at| at + 1));
        let Some((list, tail)) = after.split_once(')') else { break };
        let literals: Vec<&str> = list.split(',').map(str::trim).collect();
        let plain = literals.iter().all(|l| l.starts_with('\'') && l.len() > 1 && l.ends_with('\''));
        out.push_str(head);
        if plain && word != "NOT" {
            let spelt: Vec<String> = literals.iter().map(|l| format!("{word} = {l}")).collect();
            out.push_str(&format!("({})", spelt.join(" OR ")));
        } else {
            out.push_str(&format!("{word} IN ({list})"));
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn append_only(engine: Engine, table: &str) -> String {
    match engine {
        // RAISE(ABORT), not ROLLBACK: the latter would end the whole batch of neighbours.
        Engine::Sqlite => format!(
            "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n\
             CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n"
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23000'; END $f$;\n\
             CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_append_only();\n\
             CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();\n"
        ),
    }
}

/// The script in an engine's own words.
pub(crate) fn translate(script: &str, engine: Engine) -> String {
    let mut out = String::new();
    for statement in statements(script) {
        if let Some(table) = statement.strip_prefix("-- append-only:") {
            out.push_str(&append_only(engine, table.trim()));
            continue;
        }
        match engine {
            Engine::Sqlite => {
                let constrains =
                    statement.starts_with("CREATE TABLE") || statement.starts_with("ALTER TABLE");
                let spelt = if constrains { lists_spelt_out(&statement) } else { statement.clone() };
                out.push_str(&replace_words(&spelt, &[("JSON", "TEXT")]));
                if statement.starts_with("CREATE TABLE") {
                    out.push_str(" STRICT");
                }
            }
            Engine::Postgres => {
                out.push_str(&replace_words(&statement, &[("INTEGER", "BIGINT"), ("BLOB", "BYTEA")]));
            }
        }
        out.push_str(";\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_a_constraint_are_spelt_out_for_sqlite() {
        let script = "CREATE TABLE a (s TEXT CHECK (s IS NULL OR s IN ('x', 'y',\n 'z')), n INTEGER CHECK (n NOT IN (1, 2)));";
        let lite = translate(script, Engine::Sqlite);
        assert!(lite.contains("(s IS NULL OR (s = 'x' OR s = 'y' OR s = 'z'))"), "{lite}");
        assert!(lite.contains("n NOT IN (1, 2)"), "{lite}");
        assert!(translate(script, Engine::Postgres).contains("s IN ('x', 'y',\n 'z')"));
        let index = "CREATE INDEX i ON a (s) WHERE s IN ('x', 'y')";
        assert!(
            translate(index, Engine::Sqlite).contains("s IN ('x', 'y')"),
            "a query must find its partial index"
        );
    }

    #[test]
    fn words_are_replaced_outside_of_quotes_only() {
        let script = "CREATE TABLE a ( -- INTEGER; in a comment\n id INTEGER PRIMARY KEY, b BLOB, t TEXT DEFAULT 'INTEGER; x', j JSON\n);\n-- append-only: a\n";
        let lite = translate(script, Engine::Sqlite);
        assert!(
            lite.contains("id INTEGER PRIMARY KEY") && lite.contains(") STRICT;") && lite.contains("j TEXT"),
            "{lite}"
        );
        assert!(lite.contains("a_no_update"));
        let pg = translate(script, Engine::Postgres);
        assert!(
            pg.contains("id BIGINT PRIMARY KEY") && pg.contains("b BYTEA") && pg.contains("'INTEGER; x'"),
            "{pg}"
        );
        assert!(pg.contains("j JSON") && !pg.contains("STRICT"));
    }
}
