//! Acts on a database.

use std::sync::Arc;

use linli_acts::{Actor, BodyId, DutyId, Held, House, Services, StaffId, Subject};
use linli_base::{Chance, Clock, Day, Instant, ManualClock, PlaceCode};
use linli_db::{Db, Options};
use linli_vault::Vault;

use crate::acts::{self, PlacesError};
use crate::domain::{DivisionRow, Dwelling, NewDivision, Wrong};
use crate::offers;

fn code(text: &str) -> PlaceCode {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn row(c: &str, name: &str) -> DivisionRow {
    DivisionRow {
        code: code(c),
        name_zh: name.into(),
        name_en: None,
        valid_from: Some(day("2010-01-01")),
        valid_to: None,
    }
}

pub(crate) async fn house(name: &str) -> (House, ManualClock) {
    let chance = Arc::new(Chance::from_system());
    let path = std::env::temp_dir().join(format!("linli-places-{name}-{}.db", chance.code(10)));
    let clock = ManualClock::at(Instant::from_millis(1_795_000_000_000));
    let options = Options { clock: Arc::new(clock.clone()) as Arc<dyn Clock>, ..Options::default() };
    let db = Db::open(path.to_str().unwrap(), options).await.unwrap();
    db.migrate(&[linli_acts::ROOM, linli_web::ROOM, crate::ROOM]).await.unwrap();
    let names = linli_web::DirectoryService(Box::new(crate::pages::tests::Names));
    let house =
        House::new(db, Arc::new(Vault::new([7; 32], chance)), Services::default().with(Arc::new(names)), &[]);
    house
        .act(&Actor::system(), |act| {
            acts::put_divisions(
                act,
                &[
                    row("440105001101", "下渡社区居委会"),
                    row("440105001000", "赤岗街道"),
                    row("440105000000", "海珠区"),
                ],
            )
        })
        .await
        .unwrap();
    (house, clock)
}

fn editor(place: &str) -> Actor {
    let held = Held {
        duty: DutyId::from_raw(9),
        kind: "places.editor".into(),
        body: BodyId::from_raw(1),
        place: code(place),
        deputy_of: None,
    };
    Actor::staff(StaffId::from_raw(5), vec![held])
}

#[tokio::test]
async fn a_new_name_holds_from_its_day_on_and_the_old_one_before() {
    let (house, _) = house("rename").await;
    let c = code("440105001101");
    house
        .act(&editor("440105001000"), move |act| {
            acts::rename_division(act, c, 1, "上渡社区", "Shangdu", day("2026-01-01"))
        })
        .await
        .unwrap();
    let stale = house
        .act(&editor("440105001000"), move |act| {
            acts::rename_division(act, c, 1, "中渡社区", "", day("2026-02-01"))
        })
        .await;
    assert!(matches!(stale, Err(PlacesError::Changed)), "{stale:?}");
    let names = house
        .read(move |r| {
            Ok::<_, linli_db::DbError>([
                offers::name(r, c, day("2025-12-31"))?,
                offers::name(r, c, day("2026-01-01"))?,
                offers::name(r, c, day("2000-01-01"))?,
                offers::name(r, code("440105009999"), day("2026-01-01"))?,
            ])
        })
        .await
        .unwrap();
    assert_eq!(names[0].0, "下渡社区");
    assert_eq!(names[1], ("上渡社区".to_owned(), "Shangdu".to_owned()));
    assert_eq!(names[2].0, "下渡社区");
    assert_eq!(names[3].0, "440105009999");
}

#[tokio::test]
async fn only_an_editor_of_the_place_may_change_it() {
    let (house, _) = house("may").await;
    let c = code("440105001101");
    for actor in [Actor::anyone(), editor("440105002000"), Actor::staff(StaffId::from_raw(5), vec![])] {
        let out =
            house.act(&actor, move |act| acts::rename_division(act, c, 1, "甲", "", day("2026-01-01"))).await;
        assert!(matches!(out, Err(PlacesError::Denied(_))), "{out:?}");
    }
}

#[tokio::test]
async fn a_community_splits_and_its_buildings_move() {
    let (house, _) = house("split").await;
    let whole = code("440105001101");
    let part = code("440105001130");
    let dwelling = |b: &str| Dwelling {
        community: whole,
        building: b.into(),
        address: "江南大道中12号".into(),
        unit: Some("302".into()),
    };
    let rows = vec![dwelling("木棉苑1栋"), dwelling("木棉苑2栋")];
    let units = house
        .act(&Actor::system(), move |act| acts::put_dwellings(act, Subject::new("import", 1), &rows))
        .await
        .unwrap();
    let parts = vec![NewDivision { code: part, name_zh: "木棉社区".into(), name_en: String::new() }];
    let (few, again) = (parts.clone(), parts.clone());
    let denied = house
        .act(&editor("440105001101"), move |act| {
            acts::split_division(act, whole, 1, day("2026-11-01"), true, &few)
        })
        .await;
    assert!(matches!(denied, Err(PlacesError::Denied(_))));
    house
        .act(&editor("440105001000"), move |act| {
            acts::split_division(act, whole, 1, day("2026-11-01"), true, &parts)
        })
        .await
        .unwrap();
    let twice = house
        .act(&editor("440105001000"), move |act| {
            acts::split_division(act, whole, 2, day("2026-11-02"), true, &again)
        })
        .await;
    assert!(matches!(twice, Err(PlacesError::Wrong(Wrong::Exists))), "{twice:?}");
    let second = units[1].unwrap();
    let found = house.read(|r| offers::find_address(r, "大道中12号木棉苑2", 10)).await.unwrap();
    assert_eq!(found.len(), 1);
    let id = found[0].id;
    house.act(&editor("440105001000"), move |act| acts::move_buildings(act, &[id], part)).await.unwrap();
    let (at, next, children) = house
        .read(move |r| {
            Ok::<_, linli_db::DbError>((
                offers::community_of_unit(r, second)?,
                offers::successors(r, whole)?,
                offers::children(r, code("440105001000"), day("2026-11-01"))?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(at, Some(part));
    assert_eq!(next, vec![(part, day("2026-11-01"))]);
    assert_eq!(children.len(), 2);
}

#[tokio::test]
async fn a_street_with_communities_does_not_end() {
    let (house, _) = house("close").await;
    let (street, community) = (code("440105001000"), code("440105001101"));
    let e = editor("440105000000");
    let out = house.act(&e, move |act| acts::close_division(act, street, 1, day("2026-01-01"), None)).await;
    assert!(matches!(out, Err(PlacesError::Wrong(Wrong::HasChildren))), "{out:?}");
    house.act(&e, move |act| acts::close_division(act, community, 1, day("2026-01-01"), None)).await.unwrap();
    house.act(&e, move |act| acts::close_division(act, street, 1, day("2026-01-01"), None)).await.unwrap();
    let gone = house.read(move |r| offers::by_code(r, street, day("2026-01-01"))).await.unwrap();
    assert_eq!(gone, None);
}

#[tokio::test]
async fn the_same_rows_twice_change_nothing() {
    let (house, _) = house("twice").await;
    let rows = vec![
        DivisionRow { valid_from: Some(day("2020-05-01")), ..row("440105001101", "新渡社区") },
        DivisionRow { valid_to: Some(day("2024-01-01")), ..row("440105001102", "鹭江社区") },
    ];
    let again = rows.clone();
    assert_eq!(
        house.act(&Actor::system(), move |act| acts::put_divisions(act, &rows)).await.unwrap(),
        (1, 1)
    );
    assert_eq!(
        house.act(&Actor::system(), move |act| acts::put_divisions(act, &again)).await.unwrap(),
        (0, 0)
    );
    let orphan = vec![row("440105099101", "孤社区")];
    let out = house.act(&Actor::system(), move |act| acts::put_divisions(act, &orphan)).await;
    assert!(matches!(out, Err(PlacesError::Wrong(Wrong::NoParent))), "{out:?}");
}

#[tokio::test]
async fn every_statement_prepares_and_names_its_columns() {
    let (house, _) = house("prepare").await;
    for entry in linli_db::entries() {
        let described = linli_db::inspect::describe(house.db(), entry.text).await;
        if entry.text.contains("extract(epoch") {
            continue;
        }
        let described = described.unwrap_or_else(|e| panic!("{}: {e}", entry.name));
        assert_eq!(Some(described.parameters), entry.parameters(), "{}", entry.name);
        if !entry.columns.is_empty() {
            assert_eq!(described.columns, entry.columns, "{}", entry.name);
        }
    }
}
