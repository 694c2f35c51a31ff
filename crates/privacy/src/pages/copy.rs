//! A copy of everything that any room holds of her, to print or to take away.

use askama::Template;
use linli_acts::LogId;
use linli_people::shown::{Fact, facts, place_words};
use linli_web::{Fault, Frame, Reply, Req};

use crate::Words;
use crate::acts::erasure;
use crate::pages::looks::{Look, looks_of};
use crate::pages::own;

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyPage {
    f: Frame,
    w: Words,
    when: String,
    name: String,
    facts: Vec<Fact>,
    looks: Vec<Look>,
    rooms: Vec<(String, Vec<(String, String)>)>,
}

/// A JSON tree as lines that can be read: path and value.
fn flatten(value: &serde_json::Value, path: &str, out: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let under = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path} › {key}") };
    match value {
        Value::Null => {}
        Value::Object(map) => map.iter().for_each(|(k, v)| flatten(v, &under(k), out)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| flatten(v, &under(&(i + 1).to_string()), out));
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let p = own(&req).await?;
    let all = req.act(erasure::copy).await?;
    let w: Words = req.words();
    let (lang, today, place) = (req.lang(), req.now().day(), p.place);
    let place = req.read(move |r| place_words(r, lang, place, today)).await?;
    let looks = looks_of(&req, LogId::from_raw(i64::MAX), 200).await?;
    let mut rooms = Vec::new();
    // Her record and the log stand on this page in words of their own.
    for part in linli_acts::personal_data().into_iter().filter(|part| part.room != "people") {
        let mut lines = Vec::new();
        match all.get("rooms").and_then(|r| r.get(part.room)) {
            Some(serde_json::Value::Object(data)) if part.room == "privacy" => {
                let mut data = data.clone();
                data.remove("log");
                flatten(&data.into(), "", &mut lines);
            }
            Some(data) => flatten(data, "", &mut lines),
            None => {}
        }
        if !lines.is_empty() {
            rooms.push((lang.pick(part.zh, part.en).into_owned(), lines));
        }
    }
    Ok(Reply::page(&CopyPage {
        when: req.now().minute(),
        name: p.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default(),
        facts: facts(lang, &p, &place, today, true),
        looks: looks.into_iter().map(|(_, l)| l).collect(),
        rooms,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn json(req: Req) -> Result<Reply, Fault> {
    let all = req.act(erasure::copy).await?;
    let body = serde_json::to_vec_pretty(&all).unwrap_or_default();
    Ok(Reply::download("application/json", "linli-my-data.json", body))
}
