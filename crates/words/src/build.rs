//! The generator: reads a small part of Fluent and writes `words.rs`.
//!
//! Taken: `key = text`, further lines indented, `# comment`, `{ $name }`, and one selector on a number with the forms `[one]`
//! and `*[other]`, as the whole of a value. Everything else is refused with file and line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::to_hant;

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(String),
    Arg(String),
}

#[derive(Clone, Debug)]
enum Value {
    Plain(Vec<Piece>),
    Plural { arg: String, one: Vec<Piece>, other: Vec<Piece> },
}

impl Value {
    fn args(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut add = |pieces: &[Piece]| {
            for p in pieces {
                if let Piece::Arg(a) = p
                    && !out.contains(a)
                {
                    out.push(a.clone());
                }
            }
        };
        match self {
            Self::Plain(p) => add(p),
            Self::Plural { arg, one, other } => {
                add(&[Piece::Arg(arg.clone())]);
                add(one);
                add(other);
            }
        }
        out.sort();
        out
    }

    fn convert(&self) -> Self {
        let pieces = |pieces: &[Piece]| {
            pieces
                .iter()
                .map(|p| match p {
                    Piece::Text(t) => Piece::Text(to_hant(t)),
                    Piece::Arg(a) => Piece::Arg(a.clone()),
                })
                .collect()
        };
        match self {
            Self::Plain(p) => Self::Plain(pieces(p)),
            Self::Plural { arg, one, other } => {
                Self::Plural { arg: arg.clone(), one: pieces(one), other: pieces(other) }
            }
        }
    }
}

type Book = BTreeMap<String, (usize, Value)>;

/// Writes `$OUT_DIR/words.rs` from `folder/zh-Hans.ftl`, `en.ftl` and, if there is one, `zh-Hant.ftl`.
///
/// # Panics
/// With a plain message where a file is wrong: it fails the build.
pub fn generate(folder: &str) {
    println!("cargo:rerun-if-changed={folder}");
    let read = |name: &str| {
        let path = Path::new(folder).join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => parse(&path.display().to_string(), &text),
            Err(e) => panic!("{}: {e}", path.display()),
        }
    };
    let hans = read("zh-Hans.ftl");
    let en = read("en.ftl");
    let hant = if Path::new(folder).join("zh-Hant.ftl").exists() { read("zh-Hant.ftl") } else { Book::new() };
    let out = write(folder, &hans, &hant, &en);
    let target = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("words.rs");
    if let Err(e) = std::fs::write(&target, out) {
        panic!("{}: {e}", target.display());
    }
}

fn parse(file: &str, text: &str) -> Book {
    let mut book = Book::new();
    let mut current: Option<(String, usize, String)> = None;
    let mut close = |entry: Option<(String, usize, String)>| {
        if let Some((key, line, value)) = entry {
            let parsed = value_of(file, line, value.trim());
            assert!(
                book.insert(key.clone(), (line, parsed)).is_none(),
                "{file}:{line}: the key {key} stands twice"
            );
        }
    };
    for (i, raw) in text.lines().enumerate() {
        let line = i + 1;
        if raw.trim().is_empty() || raw.starts_with('#') {
            continue;
        }
        if raw.starts_with(' ') {
            let Some((_, _, value)) = current.as_mut() else {
                panic!("{file}:{line}: an indented line without a key")
            };
            value.push('\n');
            value.push_str(raw.trim());
            continue;
        }
        let Some((key, value)) = raw.split_once('=') else {
            panic!("{file}:{line}: neither a key nor a comment")
        };
        let key = key.trim();
        assert!(
            key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{file}:{line}: a key is lower-case letters, digits and dashes: {key}"
        );
        close(current.take());
        current = Some((key.to_owned(), line, value.to_owned()));
    }
    close(current.take());
    book
}

fn value_of(file: &str, line: usize, text: &str) -> Value {
    let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    if let Some((head, forms)) = inner.and_then(|t| t.split_once("->")) {
        let arg = head
            .trim()
            .strip_prefix('$')
            .unwrap_or_else(|| panic!("{file}:{line}: a selector needs a $name"));
        let (one, other) = forms
            .split_once("*[other]")
            .unwrap_or_else(|| panic!("{file}:{line}: a selector has [one] and *[other]"));
        let one = one
            .trim()
            .strip_prefix("[one]")
            .unwrap_or_else(|| panic!("{file}:{line}: a selector has [one] and *[other]"));
        return Value::Plural {
            arg: arg.trim().replace('-', "_"),
            one: pieces(file, line, one.trim()),
            other: pieces(file, line, other.trim()),
        };
    }
    Value::Plain(pieces(file, line, text))
}

fn pieces(file: &str, line: usize, text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            out.push(Piece::Text(before.to_owned()));
        }
        let (inside, after) =
            after.split_once('}').unwrap_or_else(|| panic!("{file}:{line}: a {{ without its }}"));
        let name =
            inside.trim().strip_prefix('$').unwrap_or_else(|| panic!("{file}:{line}: expected {{ $name }}"));
        out.push(Piece::Arg(name.trim().replace('-', "_")));
        rest = after;
    }
    if !rest.is_empty() || out.is_empty() {
        out.push(Piece::Text(rest.to_owned()));
    }
    out
}

fn write(folder: &str, hans: &Book, hant: &Book, en: &Book) -> String {
    for (key, (line, value)) in en {
        let Some((_, source)) = hans.get(key) else {
            panic!("{folder}/en.ftl:{line}: {key} is not in zh-Hans.ftl")
        };
        assert!(
            source.args() == value.args(),
            "{folder}/en.ftl:{line}: {key} has the arguments {:?}, zh-Hans {:?}",
            value.args(),
            source.args()
        );
    }
    let mut out = String::from(
        "/// The words of this crate in one language.\n#[derive(Clone, Copy, Debug)]\npub struct Words(pub ::linli_words::Lang);\n\
         impl From<::linli_words::Lang> for Words {\n    fn from(lang: ::linli_words::Lang) -> Self { Self(lang) }\n}\n\
         #[allow(dead_code, clippy::all, clippy::allow_attributes, reason = \"generated from the locales\")]\nimpl Words {\n    pub fn lang(&self) -> ::linli_words::Lang { self.0 }\n",
    );
    let mut by_key = String::new();
    for (key, (line, source)) in hans {
        let Some((_, english)) = en.get(key) else {
            panic!("{folder}/zh-Hans.ftl:{line}: {key} is missing in en.ftl")
        };
        let traditional = hant.get(key).map_or_else(|| source.convert(), |(_, v)| v.clone());
        let name = key.replace('-', "_");
        let args = source.args();
        let arms = [("ZhHans", source), ("ZhHant", &traditional), ("En", english)];
        if args.is_empty() {
            let _ = writeln!(out, "    pub fn {name}(&self) -> &'static str {{ match self.0 {{");
            for (lang, value) in arms {
                let Value::Plain(p) = value else { continue };
                let text: String =
                    p.iter().map(|p| if let Piece::Text(t) = p { t.as_str() } else { "" }).collect();
                let _ = writeln!(out, "        ::linli_words::Lang::{lang} => {text:?},");
            }
            out.push_str("    } }\n");
            let _ = writeln!(by_key, "        {key:?} => Some(self.{name}()),");
        } else {
            let params: String = args.iter().map(|a| format!(", {a}: &dyn ::std::fmt::Display")).collect();
            let _ = writeln!(out, "    pub fn {name}(&self{params}) -> String {{ match self.0 {{");
            for (lang, value) in arms {
                let _ = writeln!(out, "        ::linli_words::Lang::{lang} => {},", expression(value));
            }
            out.push_str("    } }\n");
        }
    }
    let _ = writeln!(
        out,
        "    /// The words of a key without arguments.\n    pub fn by_key(&self, key: &str) -> Option<&'static str> {{ match key {{\n{by_key}        _ => None,\n    }} }}\n}}"
    );
    out
}

fn expression(value: &Value) -> String {
    let format = |pieces: &[Piece]| {
        let mut text = String::new();
        let mut args = String::new();
        for p in pieces {
            match p {
                Piece::Text(t) => text.push_str(&t.replace('{', "{{").replace('}', "}}")),
                Piece::Arg(a) => {
                    text.push_str("{}");
                    let _ = write!(args, ", {a}");
                }
            }
        }
        format!("format!({text:?}{args})")
    };
    match value {
        Value::Plain(p) => format(p),
        Value::Plural { arg, one, other } => {
            format!("if {arg}.to_string() == \"1\" {{ {} }} else {{ {} }}", format(one), format(other))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(text: &str) -> Book {
        parse("test.ftl", text)
    }

    #[test]
    fn a_book_becomes_functions() {
        let hans = book("hello = 您好，里面请\ndays = 还有 { $n } 天\n");
        let en = book("hello = Come in\ndays = { $n ->\n  [one] { $n } day\n  *[other] { $n } days\n }\n");
        let out = write("locales", &hans, &Book::new(), &en);
        assert!(out.contains("pub fn hello(&self) -> &'static str"), "{out}");
        assert!(out.contains("您好，裏面請"), "{out}");
        assert!(out.contains("pub fn days(&self, n: &dyn ::std::fmt::Display) -> String"), "{out}");
    }

    #[test]
    #[should_panic(expected = "missing in en.ftl")]
    fn a_missing_key_fails_the_build() {
        write("locales", &book("a = 甲\n"), &Book::new(), &Book::new());
    }

    #[test]
    #[should_panic(expected = "has the arguments")]
    fn other_arguments_fail_the_build() {
        write("locales", &book("a = 甲 { $x }\n"), &Book::new(), &book("a = A\n"));
    }

    #[test]
    #[should_panic(expected = "stands twice")]
    fn a_key_stands_once() {
        book("a = 1\na = 2\n");
    }
}
