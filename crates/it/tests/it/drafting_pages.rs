//! Opening and saving: a document into the inputs of its pages and back, for every delivered item; for any that is sound: `sound_items`.

use linli_drafting::codec::{decode, document, encode, guide, put_at, retyped};
use linli_drafting::shape::spot;
use linli_drafting::typed::Typed;
use linli_guide::Guide;
use serde_json::Value;

#[test]
fn opening_and_saving_every_page_of_every_delivered_item_loses_nothing() {
    let items = linli_catalogue::delivered::items().unwrap();
    assert_eq!(items.len(), 1_203);
    for (key, item) in items {
        let (made, wrong) = retyped(&document(&item));
        assert!(wrong.is_empty(), "{key}: {wrong:?}");
        assert_eq!(guide(&made).as_ref(), Some(&item), "{key}");
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
