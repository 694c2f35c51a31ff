//! The prepared file: there and back through the memory map, and what damage meets.

use walk::prepared::{check_sum, from_bytes, load, save, to_bytes};
use walk::synth::{Plan, city};
use walk::{City, Error};

fn town() -> City {
    city(&Plan::of_area(3, 0.3).unwrap()).unwrap()
}

#[test]
fn saved_and_mapped_it_is_the_same_and_stays_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("town.walk");
    let town = town();
    save(&town, &path).unwrap();
    let back = load(&path).unwrap();
    assert_eq!(back, town);
    // what happens to the file after reading cannot reach what was read
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(back, town);
    assert!(matches!(load(&path), Err(Error::Damaged { .. })));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(load(&path), Err(Error::Damaged { .. })));
    assert!(matches!(load(&dir.path().join("none")), Err(Error::File { .. })));
    // a new file takes the old one's place; nothing is left beside it
    save(&town, &path).unwrap();
    assert_eq!(load(&path).unwrap(), town);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn damage_is_found() {
    let whole = to_bytes(&town());
    assert!(from_bytes(&whole).is_ok());
    for end in (0..whole.len()).step_by(37) {
        assert!(from_bytes(&whole[..end]).is_err(), "cut at {end}");
    }
    for i in (0..whole.len()).step_by(211) {
        let mut b = whole.clone();
        b[i] ^= 0x10;
        assert!(from_bytes(&b).is_err() || (12..16).contains(&i), "byte {i}");
    }
    let mut other = whole;
    other[8] = 9;
    assert!(matches!(from_bytes(&other), Err(Error::Unsupported { .. })));
}

#[test]
fn malice_that_mends_the_sum_meets_the_checks() {
    let whole = to_bytes(&town());
    let mut refused = 0;
    for i in (32..whole.len()).step_by(97) {
        let mut b = whole.clone();
        b[i] = 0xff;
        let sum = check_sum(&b[32..]);
        b[16..24].copy_from_slice(&sum.to_le_bytes());
        match from_bytes(&b) {
            Err(_) => refused += 1,
            // what passes must hold for the searches
            Ok(c) => {
                let costs = c.net.costs(&walk::Profile::elder());
                let places = &c.classes[0].places;
                let t = walk::nearest::Table::compute(
                    &c.net,
                    &costs,
                    places,
                    2,
                    100_000,
                    &mut Default::default(),
                );
                std::hint::black_box(t.answers(&c.net, &costs, &c.buildings.places));
            }
        }
    }
    assert!(refused > 100, "{refused}");
}
