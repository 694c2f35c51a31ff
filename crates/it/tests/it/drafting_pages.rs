//! Opening and saving: a document into the inputs of its pages and back, for every delivered item and for any that is sound.

use linli_catalogue::offers::Guide;
use linli_drafting::codec::{at, decode, document, encode, guide, put_at};
use linli_drafting::shape::{Record, SECTIONS, spot};
use linli_drafting::typed::Typed;
use serde_json::Value;

/// Opens and saves one page, and every page below it.
fn open_and_save(document: &mut Value, base: &str, record: &Record) {
    let stood = at(document, base).clone();
    let shown = encode(record, &stood);
    // As a browser sends it.
    let sent = Typed::of(shown.pairs());
    let saved = decode(record, &sent, &stood).unwrap_or_else(|w| panic!("{base}: {w:?}"));
    assert!(put_at(document, base, saved), "{base}");
    for list in record.lists {
        let path = if base.is_empty() { list.key.to_owned() } else { format!("{base}.{}", list.key) };
        let n = at(document, &path).as_array().map_or(0, Vec::len);
        for i in 0..n {
            let path = format!("{path}.{i}");
            assert!(spot(&path).is_some(), "{path} has a page");
            open_and_save(document, &path, list.record);
        }
    }
}

fn through_every_page(item: &Guide) -> Guide {
    let mut document = document(item);
    for section in SECTIONS {
        if !at(&document, section.base).is_null() {
            open_and_save(&mut document, section.base, section.record);
        }
    }
    guide(&document).unwrap_or_else(|| panic!("{document}"))
}

#[test]
fn opening_and_saving_every_page_of_every_delivered_item_loses_nothing() {
    let items = linli_catalogue::delivered::items().unwrap();
    assert_eq!(items.len(), 1_203);
    for (key, item) in items {
        assert_eq!(through_every_page(&item), item, "{key}");
        // And as a file: the same document.
        let json = serde_json::to_string(&item).unwrap();
        assert_eq!(Guide::read(&json).unwrap(), item, "{key}");
    }
}

#[test]
fn a_page_alone_makes_its_record_anew() {
    // Not only what a page leaves alone: every part that it shows is really read back.
    for (key, item) in linli_catalogue::delivered::items().unwrap() {
        let document = document(&item);
        for (i, stood) in document["materials"].as_array().into_iter().flatten().enumerate() {
            let record = spot("materials.0").unwrap().record;
            let made = decode(record, &Typed::of(encode(record, stood).pairs()), &Value::Null).unwrap();
            let mut again = document.clone();
            assert!(put_at(&mut again, &format!("materials.{i}"), made));
            assert_eq!(guide(&again).as_ref(), Some(&item), "{key} {i}");
        }
    }
}
