//! The log: contiguous, sealed, provable, and still whole after its content is erased.

use it::TestHouse;
use linli_acts::{
    Actor, Checkpoint, Entry, Fault, LogId, PersonId, Subject, check_against, check_chain, concerning,
    contents, erase_contents, history, publish_checkpoint, seal_once,
};
use linli_db::{DbError, sql};

sql! {
    FORGE: () = "UPDATE log SET act = 'forged' WHERE id = $1";
    UNDO: () = "DELETE FROM log WHERE id = $1";
}

async fn some_acts(h: &TestHouse, n: i64) -> Vec<LogId> {
    let mut out = Vec::new();
    for i in 0..n {
        h.clock.advance_seconds(1);
        let id = h
            .house
            .act(&Actor::system(), move |act| {
                let entry = Entry::new(Subject::new("thing", i % 5), "test.done")
                    .state("open")
                    .person(PersonId::from_raw(7))
                    .content(&format!("因为 {i}"));
                act.log(entry)
            })
            .await;
        out.push(id.map_err(|e: DbError| e).unwrap());
    }
    out
}

/// Lines of the two lists of the catalogue that come with the program; they have no content.
fn listed() -> u64 {
    let proofs = linli_catalogue::abolished::delivered().count();
    (proofs + linli_catalogue::terms::delivered_synonyms().count()) as u64
}

/// Kinds of certificates that come with the program.
const CERTIFICATE_KINDS: u64 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_is_whole_and_a_kept_checkpoint_proves_it() {
    for h in TestHouse::each().await {
        some_acts(&h, 12).await;
        let kept = publish_checkpoint(&h.house).await.unwrap().unwrap();
        some_acts(&h, 7).await;
        seal_once(&h.house).await.unwrap();
        let report = check_chain(&h.house).await.unwrap();
        // More: the calendar, the items of the catalogue and the kinds of certificates were delivered when the house was opened; the
        // calendar has no content.
        let items = linli_catalogue::DELIVERED.len() as u64 + CERTIFICATE_KINDS;
        assert_eq!((report.rows, report.contents), (20 + items + listed(), 19 + items));
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        let again = Checkpoint::parse(&kept.file()).unwrap();
        assert_eq!(again, kept);
        assert!(check_against(&h.house, &again).await.unwrap().is_empty());
        let other = Checkpoint { hash: [1; 32], ..kept };
        assert_eq!(
            check_against(&h.house, &other).await.unwrap().len(),
            2,
            "neither signed nor in the chain"
        );
        let rows = h.house.read(|r| history(r, Subject::new("thing", 2), 0)).await.unwrap();
        assert_eq!(
            rows.iter().map(|r| r.rev).collect::<Vec<_>>(),
            (1i64..).take(rows.len()).collect::<Vec<_>>()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_the_log_through_the_program() {
    for h in TestHouse::each().await {
        let ids = some_acts(&h, 3).await;
        let id = ids[1];
        let forged = h.house.db().write(move |tx| tx.run(&FORGE, (id,))).await;
        assert!(forged.is_err());
        let undone = h.house.db().write(move |tx| tx.run(&UNDO, (id,))).await;
        assert!(undone.is_err());
        seal_once(&h.house).await.unwrap();
        assert!(check_chain(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_content_leaves_the_chain_whole() {
    for h in TestHouse::each().await {
        let ids = some_acts(&h, 6).await;
        seal_once(&h.house).await.unwrap();
        let first = ids[0];
        let vaulted = h.house.clone();
        let before = h.house.read(move |r| contents(r, vaulted.vault(), first)).await.unwrap();
        assert_eq!(before, Some(serde_json::json!("因为 0")));
        let erased: u64 = h
            .house
            .act(&Actor::system(), |act| erase_contents(act, PersonId::from_raw(7)))
            .await
            .map_err(|e: DbError| e)
            .unwrap();
        assert_eq!(erased, 6);
        let vaulted = h.house.clone();
        assert_eq!(h.house.read(move |r| contents(r, vaulted.vault(), first)).await.unwrap(), None);
        let report = check_chain(&h.house).await.unwrap();
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        // More, of nobody: the calendar, the items of the catalogue and the kinds of certificates.
        let items = linli_catalogue::DELIVERED.len() as u64 + CERTIFICATE_KINDS;
        assert_eq!((report.rows, report.contents), (7 + items + listed(), items));
        let mine = h
            .house
            .read(|r| concerning(r, PersonId::from_raw(7), LogId::from_raw(i64::MAX), 100))
            .await
            .unwrap();
        assert_eq!(mine.len(), 6, "she still sees what was done");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_changed_behind_the_program_is_found() {
    // Whoever can write the database file directly can drop the triggers: the chain tells all the same.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let h = TestHouse::open(linli_db::Engine::Sqlite).await.unwrap();
    let ids = some_acts(&h, 8).await;
    seal_once(&h.house).await.unwrap();
    h.house.db().copy_to(path.clone()).await.unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/check_log.py");
    let by_script = || std::process::Command::new("python3").arg(script).arg(&path).status().unwrap().code();
    assert_eq!(by_script(), Some(0), "sound, says the script that needs none of this program");
    let python = format!(
        "import sqlite3; c = sqlite3.connect({:?}); c.execute('DROP TRIGGER log_no_update'); \
         c.execute(\"UPDATE log SET state = 'closed' WHERE id = {}\"); c.commit()",
        path.display().to_string(),
        ids[3].raw()
    );
    let status = std::process::Command::new("python3").args(["-c", &python]).status().unwrap();
    assert!(status.success());
    assert_eq!(by_script(), Some(1), "the script finds it too");
    let db = linli_db::Db::open(&format!("sqlite:{}", path.display()), linli_db::Options::default())
        .await
        .unwrap();
    let vault = std::sync::Arc::new(linli_vault::Vault::new(
        [42; 32],
        std::sync::Arc::new(linli_base::Chance::seeded(1)),
    ));
    let house = linli::compose::open(db, vault, None, it::site(), linli::compose::Outside::unconnected())
        .await
        .unwrap();
    let report = check_chain(&house).await.unwrap();
    assert!(report.faults.contains(&Fault::RowsChanged { n: 1 }), "{:?}", report.faults);
}
