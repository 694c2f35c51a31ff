//! The seam: the same acts, the same errors, the same fate on both engines.

use std::sync::Arc;

use it::TestHouse;
use linli_acts::{Actor, once};
use linli_db::{DbError, IdSet, Kind, LockKey, Migration, Room, kept, sql};

const TABLES: &[Migration] = &[Migration {
    number: 1,
    text: "CREATE TABLE seam_seats (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL CHECK (taken >= 0), rev INTEGER NOT NULL);
           CREATE TABLE seam_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note JSON);",
}];
const ROOM: Room = Room { name: "seam_test", migrations: TABLES };

sql! {
    ADD: () = "INSERT INTO seam_seats (id, taken, rev) VALUES ($1, $2, 1)";
    TAKEN: (i64, i64) = "SELECT taken, rev FROM seam_seats WHERE id = $1";
    TAKE: () = "UPDATE seam_seats SET rev = rev + 1, taken = taken + 1 WHERE id = $2 AND rev = $1";
    NAME: () = "INSERT INTO seam_names (id, name, note) VALUES ($1, $2, $3)";
    NAMES: (i64, String) = "SELECT id, name FROM seam_names ORDER BY name";
    SOME: (i64,) = "SELECT id FROM seam_names WHERE id IN (SELECT CAST(key AS BIGINT) FROM json_each($1)) ORDER BY id";
}

kept! {
    SEAT of ["seam_seats"]: (i64,) = "SELECT taken FROM seam_seats WHERE id = $1";
}

async fn houses() -> Vec<TestHouse> {
    let all = TestHouse::each().await;
    for h in &all {
        h.house.db().migrate(&[ROOM]).await.unwrap();
        h.house.db().write(|tx| tx.run(&ADD, (1, 0))).await.unwrap();
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_hundred_callers_for_fifty_seats() {
    for h in houses().await {
        for key in [None, Some(LockKey(5))] {
            let db = h.house.db().clone();
            let seat = 1;
            let before = db.read(move |r| r.one(&TAKEN, (seat,))).await.unwrap().0;
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..300 {
                let db = db.clone();
                tasks.spawn(async move {
                    let act = move |tx: &mut linli_db::Tx<'_>| -> Result<bool, DbError> {
                        let (taken, rev) = tx.one(&TAKEN, (seat,))?;
                        if taken >= before + 50 {
                            return Ok(false);
                        }
                        assert!(tx.run_one(&TAKE, (rev, seat))?);
                        Ok(true)
                    };
                    match key {
                        None => db.write(act).await,
                        Some(key) => db.write_keyed(key, act).await,
                    }
                });
            }
            let mut admitted = 0;
            while let Some(out) = tasks.join_next().await {
                admitted += i64::from(matches!(out.unwrap(), Ok(true)));
            }
            let after = db.read(move |r| r.one(&TAKEN, (seat,))).await.unwrap().0;
            assert_eq!(after - before, admitted, "what was acknowledged is stored");
            assert!(admitted <= 50, "{admitted} of 50 on {:?}", db.engine());
            assert!(key.is_none() || admitted == 50, "{admitted} of 50 with a key");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn good_acts_stay_when_neighbours_fail_or_panic() {
    for h in houses().await {
        let db = h.house.db().clone();
        let mut tasks = tokio::task::JoinSet::new();
        for i in 0..120i64 {
            let db = db.clone();
            tasks.spawn(async move {
                let out: Result<(), DbError> = db
                    .write(move |tx| {
                        tx.run(&NAME, (1000 + i, format!("名{i}"), Option::<&str>::None))?;
                        match i % 3 {
                            0 => Ok(()),
                            1 => tx.run(&NAME, (1000 + i, "again", Option::<&str>::None)).map(drop),
                            _ => panic!("on purpose"),
                        }
                    })
                    .await;
                (i, out)
            });
        }
        while let Some(done) = tasks.join_next().await {
            let (i, out) = done.unwrap();
            match i % 3 {
                0 => out.unwrap(),
                1 => assert_eq!(out.unwrap_err().kind, Kind::Unique),
                _ => assert_eq!(out.unwrap_err().kind, Kind::Panic),
            }
        }
        assert_eq!(db.read(|r| r.all(&NAMES, ())).await.unwrap().len(), 40);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_statement_fails_the_whole_act() {
    for h in houses().await {
        let out: Result<(), DbError> = h
            .house
            .db()
            .write(|tx| {
                tx.run(&NAME, (1, "甲", Option::<&str>::None))?;
                // An act that swallows the error cannot store anything either.
                let _ = tx.run(&NAME, (1, "乙", Option::<&str>::None));
                Ok(())
            })
            .await;
        assert_eq!(out.unwrap_err().kind, Kind::Unique);
        assert!(h.house.db().read(|r| r.all(&NAMES, ())).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_sorts_by_code_point_and_sets_of_ids_work_on_both() {
    let mut answers = Vec::new();
    for h in houses().await {
        for (i, name) in (0i64..).zip(["b", "B", "a", "Z", "陈", "阿", "😀", "é"]) {
            h.house.db().write(move |tx| tx.run(&NAME, (i, name, "{\"b\":1,\"a\":2}"))).await.unwrap();
        }
        let names = h.house.db().read(|r| r.all(&NAMES, ())).await.unwrap();
        let some = h.house.db().read(|r| r.all(&SOME, (IdSet::new([5i64, 2, 99]),))).await.unwrap();
        assert_eq!(some, [(2,), (5,)]);
        answers.push(names);
        let nul = h.house.db().write(|tx| tx.run(&NAME, (77, "a\0b", Option::<&str>::None))).await;
        assert!(nul.is_err());
    }
    assert!(answers.windows(2).all(|w| w[0] == w[1]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_sent_twenty_times_is_done_once() {
    for h in houses().await {
        let house = Arc::new(h.house.clone());
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let house = Arc::clone(&house);
            tasks.spawn(async move {
                house
                    .act(&Actor::system(), |act| {
                        once(act, "key-1", |act| {
                            let id: i64 = act.next_id();
                            act.run(&NAME, (id, format!("n{id}"), Option::<&str>::None))?;
                            Ok::<i64, DbError>(id)
                        })
                    })
                    .await
            });
        }
        let mut answers = Vec::new();
        while let Some(out) = tasks.join_next().await {
            answers.push(out.unwrap().unwrap());
        }
        assert!(answers.windows(2).all(|w| w[0] == w[1]), "{answers:?}");
        assert_eq!(h.house.db().read(|r| r.all(&NAMES, ())).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_kept_is_never_older_than_an_answer() {
    for h in houses().await {
        let db = h.house.db().clone();
        let taken =
            |r: &mut linli_db::Read<'_>| Ok::<_, DbError>(r.kept_opt(&SEAT, (1,))?.map_or(0, |s| s.0));
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        // Readers who fill what is kept all the time.
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..3 {
            let (db, stop) = (db.clone(), Arc::clone(&stop));
            readers.spawn(async move {
                let mut last = 0;
                while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                    let now = db.read(taken).await.unwrap();
                    assert!(now >= last, "{now} after {last}");
                    last = now;
                    tokio::task::yield_now().await;
                }
            });
        }
        for n in 1..=200i64 {
            let (before, own) = db
                .write(move |tx| {
                    let before = taken(tx)?;
                    assert!(tx.run_one(&TAKE, (n, 1))?);
                    Ok::<_, DbError>((before, taken(tx)?))
                })
                .await
                .unwrap();
            assert_eq!((before, own), (n - 1, n), "an act sees what it did itself, on {:?}", db.engine());
            assert_eq!(db.read(taken).await.unwrap(), n, "whoever was answered sees it");
            // What is rolled back was never kept.
            let refused: Result<(), DbError> = db
                .write(move |tx| {
                    tx.run_one(&TAKE, (n + 1, 1))?;
                    assert_eq!(taken(tx)?, n + 1);
                    Err(DbError { kind: Kind::Other, what: "refused".into() })
                })
                .await;
            assert!(refused.is_err());
            assert_eq!(db.read(taken).await.unwrap(), n);
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        while let Some(done) = readers.join_next().await {
            done.unwrap();
        }
    }
}
