//! A document into the inputs of a page and back. Nothing may be lost by opening and saving: for every delivered item the way there and
//! back is the same document, and a test shows it.

use linli_guide::Guide;
use serde_json::{Map, Value, json};

use crate::shape::{self, Part, Record, SECTIONS, Shape};
use crate::typed::{MOST_ROWS, Typed};

/// What is wrong with what was typed: name of the input, key of the words.
pub type Wrong = Vec<(String, &'static str)>;

fn below(prefix: &str, key: &str) -> String {
    match (prefix, key) {
        ("", key) => key.to_owned(),
        (prefix, "") => prefix.to_owned(),
        (prefix, key) => format!("{prefix}.{key}"),
    }
}

/// What stands at a path; null where nothing does.
#[must_use]
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    path.split('.').filter(|p| !p.is_empty()).fold(value, |value, step| match value {
        Value::Array(all) => step.parse::<usize>().ok().and_then(|i| all.get(i)).unwrap_or(NOTHING),
        Value::Object(all) => all.get(step).unwrap_or(NOTHING),
        _ => NOTHING,
    })
}

/// Puts something at a path. `new` as the last step appends to a list. False where there is no such place.
pub fn put_at(value: &mut Value, path: &str, new: Value) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if path.is_empty() {
        *value = new;
        return true;
    }
    match value {
        Value::Array(all) if first == "new" && rest.is_empty() => {
            all.push(new);
            true
        }
        Value::Array(all) => match first.parse::<usize>().ok().and_then(|i| all.get_mut(i)) {
            Some(next) => put_at(next, rest, new),
            None => false,
        },
        Value::Object(all) => {
            let empty =
                if rest.split('.').next().is_some_and(|s| s == "new") { json!([]) } else { json!({}) };
            put_at(all.entry(first).or_insert(empty), rest, new)
        }
        _ => false,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// A record as the inputs of its page.
#[must_use]
pub fn encode(record: &Record, value: &Value) -> Typed {
    let mut out = Typed::default();
    for part in record.parts {
        encode_part(part, value, "", &mut out);
    }
    out
}

/// One part of a record as it is typed: two records that are typed alike say the same.
pub(crate) fn typed(part: &Part, record: &Value) -> Typed {
    let mut out = Typed::default();
    encode_part(part, record, "", &mut out);
    out
}

fn encode_part(part: &Part, record: &Value, prefix: &str, out: &mut Typed) {
    let (name, value) = (below(prefix, part.key), at(record, part.key));
    match &part.shape {
        Shape::Line | Shape::Number(..) | Shape::MayNumber(..) | Shape::One(_) | Shape::Rule => {
            out.put(name, text(value))
        }
        Shape::Both | Shape::MayBoth => {
            for lang in ["zh", "en"] {
                out.put(below(&name, lang), text(at(value, lang)));
            }
        }
        Shape::Words => {
            let words: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
            out.put(name, words.join("\n"));
        }
        Shape::Flag => out.put(name, if value == &Value::Bool(true) { "1" } else { "" }),
        Shape::Many(_) | Shape::Events => {
            value.as_array().into_iter().flatten().for_each(|v| out.put(name.clone(), text(v)));
        }
        Shape::Test | Shape::MustTest => encode_test(value, &name, out),
        Shape::Rows(parts) => {
            let rows: &[Value] = value.as_array().map_or(&[], Vec::as_slice);
            out.put(format!("{name}.n"), rows.len().to_string());
            for (i, row) in rows.iter().enumerate() {
                parts.iter().for_each(|p| encode_part(p, row, &format!("{name}.{i}"), out));
            }
        }
        Shape::Department => {
            let of = |key: &str| text(at(value, key));
            out.put(name, department(&of("code"), &of("zh"), &of("en")));
        }
        Shape::Need => {
            let later = at(value, "later");
            let kind = if later.is_null() { text(value) } else { "later".to_owned() };
            out.put(below(&name, "kind"), kind);
            out.put(below(&name, "days"), text(at(later, "days")));
        }
        Shape::Ways => encode_ways(value, &name, out),
        Shape::Begin => {
            let tagged = value.as_object().and_then(|o| o.keys().next().cloned());
            out.put(below(&name, "kind"), tagged.unwrap_or_else(|| text(value)));
            out.put(below(&name, "page"), text(at(value, "page")));
            let link = at(value, "link-out");
            for key in ["system.zh", "system.en", "address", "hand_over"] {
                out.put(below(&name, key), text(at(link, key)));
            }
            let imports = at(link, "status_import") == &Value::Bool(true);
            out.put(below(&name, "status_import"), if imports { "1" } else { "" });
        }
    }
}

/// A department as the value of a choice: code and both names, which go together.
#[must_use]
pub fn department(code: &str, zh: &str, en: &str) -> String {
    format!("{code}|{zh}|{en}")
}

fn encode_ways(value: &Value, name: &str, out: &mut Typed) {
    let ways: &[Value] = value.as_array().map_or(&[], Vec::as_slice);
    out.put(format!("{name}.n"), ways.len().to_string());
    for (i, way) in ways.iter().enumerate() {
        let Some((kind, rest)) = way.as_object().and_then(|o| o.iter().next()) else { continue };
        let mut put = |key: &str, value: String| out.put(format!("{name}.{i}.{key}"), value);
        match kind.as_str() {
            "upload" => put("way", format!("upload-{}", text(at(rest, "check")))),
            "original" => put("way", format!("original-{}", text(at(rest, "hand_in")))),
            kind => put("way", kind.to_owned()),
        }
        match kind.as_str() {
            "certificate" => {
                put("paper", text(at(rest, "kind")));
                put("within_days", text(at(rest, "within_days")));
            }
            "reuse" => put("paper", text(at(rest, "kind"))),
            "register" => put("register", text(at(rest, "register"))),
            "declare" => {
                put("zh", text(at(rest, "zh")));
                put("en", text(at(rest, "en")));
            }
            _ => {}
        }
    }
}

fn encode_test(value: &Value, name: &str, out: &mut Typed) {
    let Some((kind, rest)) = value.as_object().and_then(|o| o.iter().next()) else { return };
    out.put(format!("{name}.kind"), kind.clone());
    match kind.as_str() {
        "fact" => {
            out.put(format!("{name}.fact"), text(at(rest, "key")));
            out.put(format!("{name}.op"), text(at(rest, "op")));
            let Some((than, value)) = at(rest, "than").as_object().and_then(|o| o.iter().next()) else {
                return;
            };
            out.put(format!("{name}.than"), than.clone());
            out.put(format!("{name}.{than}"), text(value));
        }
        "not" => {
            out.put(format!("{name}.n"), "1");
            encode_test(rest, &format!("{name}.0"), out);
        }
        _ => {
            let all: &[Value] = rest.as_array().map_or(&[], Vec::as_slice);
            out.put(format!("{name}.n"), all.len().to_string());
            for (i, one) in all.iter().enumerate() {
                encode_test(one, &format!("{name}.{i}"), out);
            }
        }
    }
}

/// The inputs of a page put into the record that stood there; what the page does not show stays as it was.
///
/// # Errors
/// What was typed that cannot be.
pub fn decode(record: &Record, typed: &Typed, stood: &Value) -> Result<Value, Wrong> {
    let mut out = if stood.is_object() { stood.clone() } else { Value::Object(Map::new()) };
    let mut wrong = Wrong::new();
    for part in record.parts {
        decode_part(part, typed, "", &mut out, &mut wrong);
    }
    // What a list of the record holds has pages of its own; a new one begins empty.
    for list in record.lists.iter().filter(|l| l.key != "grants") {
        if let Value::Object(all) = &mut out {
            all.entry(list.key).or_insert_with(|| json!([]));
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

/// The longest text of an input, characters.
const LONGEST: usize = 2_000;

fn number(typed: &Typed, name: &str, least: i64, most: i64, wrong: &mut Wrong) -> Option<i64> {
    match typed.get(name).parse::<i64>() {
        Ok(n) if (least..=most).contains(&n) => Some(n),
        Ok(_) => {
            wrong.push((name.to_owned(), "wrong-range"));
            None
        }
        Err(_) => {
            wrong.push((name.to_owned(), "wrong-number"));
            None
        }
    }
}

fn line(typed: &Typed, name: &str, wrong: &mut Wrong) -> Value {
    let value = typed.get(name);
    if value.chars().count() > LONGEST {
        wrong.push((name.to_owned(), "wrong-long"));
    }
    Value::String(value.to_owned())
}

/// Several words as they are typed: one in each line, or parted by semicolons, as a table has them.
pub(crate) fn words(typed: &str) -> Value {
    typed.split(['\n', '；', ';']).map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn one_of(typed: &Typed, name: &str, choices: &[shape::Choice], wrong: &mut Wrong) -> Value {
    let value = typed.get(name);
    if !choices.iter().any(|(word, _)| *word == value) {
        wrong.push((name.to_owned(), "wrong-choose"));
    }
    Value::String(value.to_owned())
}

fn drop_at(record: &mut Value, key: &str) {
    if let Value::Object(all) = record {
        all.remove(key);
    }
}

fn decode_part(part: &Part, typed: &Typed, prefix: &str, record: &mut Value, wrong: &mut Wrong) {
    let name = below(prefix, part.key);
    let value = match &part.shape {
        Shape::Line | Shape::Rule => line(typed, &name, wrong),
        Shape::Both | Shape::MayBoth => {
            let (zh, en) = (line(typed, &below(&name, "zh"), wrong), line(typed, &below(&name, "en"), wrong));
            if matches!(part.shape, Shape::MayBoth) && text(&zh).is_empty() && text(&en).is_empty() {
                return drop_at(record, part.key);
            }
            put_at(record, &below(part.key, "zh"), zh);
            put_at(record, &below(part.key, "en"), en);
            return;
        }
        Shape::Words => {
            line(typed, &name, wrong);
            words(typed.get(&name))
        }
        Shape::Number(least, most) => {
            number(typed, &name, *least, *most, wrong).map_or(Value::Null, Value::from)
        }
        Shape::MayNumber(least, most) => {
            if typed.get(&name).is_empty() {
                return drop_at(record, part.key);
            }
            number(typed, &name, *least, *most, wrong).map_or(Value::Null, Value::from)
        }
        Shape::Flag => Value::Bool(typed.get(&name) == "1"),
        Shape::One(choices) => one_of(typed, &name, choices, wrong),
        Shape::Many(choices) => typed.all(&name).filter(|v| choices.iter().any(|c| c.0 == *v)).collect(),
        Shape::Events => typed.all(&name).collect(),
        Shape::Test => match decode_test(typed, &name, 0, wrong) {
            Some(test) => test,
            None => return drop_at(record, part.key),
        },
        Shape::MustTest => decode_test(typed, &name, 0, wrong).unwrap_or_else(|| {
            wrong.push((name.clone(), "wrong-test"));
            Value::Null
        }),
        Shape::Rows(parts) => {
            if typed.get(&below(&name, "n")).parse().is_ok_and(|n: usize| n > MOST_ROWS) {
                wrong.push((name.clone(), "wrong-many"));
            }
            (0..typed.rows(&name))
                .map(|i| {
                    let mut row = Value::Object(Map::new());
                    parts.iter().for_each(|p| decode_part(p, typed, &format!("{name}.{i}"), &mut row, wrong));
                    row
                })
                .collect()
        }
        Shape::Department => {
            let cells: Vec<&str> = typed.get(&name).splitn(3, '|').collect();
            match cells[..] {
                [code, zh, en] => json!({ "code": code, "zh": zh, "en": en }),
                _ => {
                    wrong.push((name.clone(), "wrong-choose"));
                    Value::Null
                }
            }
        }
        Shape::Need => match one_of(typed, &below(&name, "kind"), shape::NEEDS, wrong) {
            Value::String(later) if later == "later" => {
                let days = number(typed, &below(&name, "days"), 1, 365, wrong);
                json!({ "later": { "days": days } })
            }
            other => other,
        },
        Shape::Ways => decode_ways(typed, &name, wrong),
        Shape::Begin => decode_begin(typed, &name, at(record, part.key), wrong),
    };
    put_at(record, part.key, value);
}

fn decode_ways(typed: &Typed, name: &str, wrong: &mut Wrong) -> Value {
    (0..typed.rows(name))
        .map(|i| {
            let of = |key: &str| format!("{name}.{i}.{key}");
            let kind = typed.get(&of("way"));
            match kind {
                "certificate" if typed.get(&of("within_days")).is_empty() => {
                    json!({ "certificate": { "kind": typed.get(&of("paper")) } })
                }
                "certificate" => {
                    let days = number(typed, &of("within_days"), 1, 36_500, wrong);
                    json!({ "certificate": { "kind": typed.get(&of("paper")), "within_days": days } })
                }
                "register" => json!({ "register": { "register": typed.get(&of("register")) } }),
                "reuse" => json!({ "reuse": { "kind": typed.get(&of("paper")) } }),
                "declare" => {
                    let (zh, en) = (line(typed, &of("zh"), wrong), line(typed, &of("en"), wrong));
                    json!({ "declare": { "zh": zh, "en": en } })
                }
                _ => match kind.split_once('-') {
                    Some(("upload", check)) => json!({ "upload": { "check": check } }),
                    Some(("original", hand_in)) => json!({ "original": { "hand_in": hand_in } }),
                    _ => {
                        wrong.push((of("way"), "wrong-choose"));
                        Value::Null
                    }
                },
            }
        })
        .collect()
}

fn decode_begin(typed: &Typed, name: &str, stood: &Value, wrong: &mut Wrong) -> Value {
    match text(&one_of(typed, &below(name, "kind"), shape::BEGINS, wrong)).as_str() {
        "page" => json!({ "page": line(typed, &below(name, "page"), wrong) }),
        "link-out" => json!({ "link-out": {
            "system": {
                "zh": line(typed, &below(name, "system.zh"), wrong),
                "en": line(typed, &below(name, "system.en"), wrong),
            },
            "address": line(typed, &below(name, "address"), wrong),
            "hand_over": one_of(typed, &below(name, "hand_over"), shape::HAND_OVERS, wrong),
            "status_import": typed.get(&below(name, "status_import")) == "1",
        } }),
        // Its pages are edited elsewhere; a first form begins as the one that fits everything.
        "form" if stood.get("form").is_some() => stood.clone(),
        "form" => {
            serde_json::to_value(linli_guide::form::generic()).map_or(Value::Null, |f| json!({ "form": f }))
        }
        _ => json!("generic"),
    }
}

/// Deeper than any test that is sound.
const DEEPEST: usize = 12;

fn decode_test(typed: &Typed, name: &str, depth: usize, wrong: &mut Wrong) -> Option<Value> {
    if depth > DEEPEST {
        wrong.push((name.to_owned(), "bad-deep"));
        return None;
    }
    let kind = typed.get(&format!("{name}.kind"));
    match kind {
        "fact" => {
            let than = match typed.get(&format!("{name}.than")) {
                than @ ("rule" | "word") => {
                    let input = format!("{name}.{than}");
                    if typed.get(&input).is_empty() {
                        wrong.push((input.clone(), "wrong-choose"));
                    }
                    json!({ than: line(typed, &input, wrong) })
                }
                _ => {
                    let n = number(typed, &format!("{name}.number"), i64::MIN, i64::MAX, wrong);
                    json!({ "number": n })
                }
            };
            let op = match typed.get(&format!("{name}.op")) {
                op @ ("at-least" | "at-most") => op,
                _ => "is",
            };
            Some(json!({ "fact": { "key": typed.get(&format!("{name}.fact")), "op": op, "than": than } }))
        }
        "all" | "any" | "not" => {
            let mut all: Vec<Value> = (0..typed.rows(name))
                .filter_map(|i| decode_test(typed, &format!("{name}.{i}"), depth + 1, wrong))
                .collect();
            match (kind, all.len()) {
                (_, 0) => None,
                ("not", 1) => all.pop().map(|one| json!({ "not": one })),
                ("not", _) => Some(json!({ "not": { "any": all } })),
                (kind, _) => Some(json!({ kind: all })),
            }
        }
        _ => None,
    }
}

/// A document from outside as it would be if somebody had typed it: opened and saved page by page, so that a file is held to what the
/// pages allow, and nothing comes in that a page could not show and read back. With what no page would take, by its path.
#[must_use]
pub fn retyped(document: &Value) -> (Value, Wrong) {
    let (mut out, mut wrong) = (document.clone(), Wrong::new());
    for section in SECTIONS.iter().filter(|s| !at(document, s.base).is_null()) {
        retype(&mut out, section.base, section.record, &mut wrong);
    }
    (out, wrong)
}

fn retype(document: &mut Value, base: &str, record: &Record, wrong: &mut Wrong) {
    let stood = at(document, base).clone();
    // As a browser sends it.
    let typed = Typed::of(encode(record, &stood).pairs());
    match decode(record, &typed, &stood) {
        Ok(made) => drop(put_at(document, base, made)),
        Err(found) => wrong.extend(found.into_iter().map(|(name, what)| (below(base, &name), what))),
    }
    for list in record.lists {
        let path = below(base, list.key);
        for i in 0..at(document, &path).as_array().map_or(0, Vec::len) {
            retype(document, &below(&path, &i.to_string()), list.record, wrong);
        }
    }
}

/// A guide as a document.
#[must_use]
pub fn document(guide: &Guide) -> Value {
    serde_json::to_value(guide).unwrap_or_default()
}

/// And back. `None`: a word in it is none of ours, which no page of ours can send.
#[must_use]
pub fn guide(document: &Value) -> Option<Guide> {
    serde_json::from_value(document.clone()).ok()
}
