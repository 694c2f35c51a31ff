//! A draft that is about to go: announced once, some days before, to nobody who has filed meanwhile.

use it::{TestHouse, Visitor};
use linli_acts::{check_states, seal_once};
use linli_base::Day;
use linli_db::{DbError, sql};

use crate::cases::{apply, sound, to};
use crate::proof::sign_in;

sql! {
    TOLD: (i64,) = "SELECT count(*) FROM notices WHERE kind = $1";
    DRAFTS: (i64,) = "SELECT count(*) FROM applications WHERE state = 'draft'";
}

async fn told(h: &TestHouse) -> i64 {
    let n = h.house.read(|r| r.one(&TOLD, ("applications.draft_goes",))).await;
    n.unwrap_or_else(|e: DbError| panic!("{e}")).0
}

async fn drafts(h: &TestHouse) -> i64 {
    h.house.read(|r| r.one(&DRAFTS, ())).await.unwrap_or_else(|e: DbError| panic!("{e}")).0
}

async fn days(h: &TestHouse, n: i64) {
    h.clock.advance_seconds(n * 86_400);
    h.house.tick().await.unwrap();
    h.run_jobs().await;
}

async fn begin(v: &mut Visitor, item: &str) {
    let page = v.get(&format!("/apply/{item}")).await;
    v.submit(&to(&page, &format!("/apply/{item}"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_that_is_about_to_go_is_announced_once() {
    for h in TestHouse::districts().await {
        days(&h, 0).await;
        assert_eq!((told(&h).await, drafts(&h).await), (0, 0), "nobody of the sample has a draft");
        // One leaves a card unfinished; another files what she had begun.
        let mut v = sign_in(&h, "梁阿珍").await;
        begin(&mut v, "senior-card").await;
        let mut other = sign_in(&h, "欧阳少芬").await;
        begin(&mut other, "old-age-allowance").await;
        apply(&mut other).await;
        let begun: Day = h.house.now().day();
        days(&h, 150).await;
        assert_eq!(told(&h).await, 0, "too early");
        days(&h, 17).await;
        assert_eq!(told(&h).await, 1);
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = v.get("/me/notices").await;
        let words =
            format!("您填到一半的老年人优待卡申请已经很久没有动，{}会删除", begun.plus_days(180).zh());
        assert!(page.says(&words), "{words}: {}", page.text());
        let (_, row) =
            page.text().split_once("href=\"/me/notices/0").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
        let page = v.get(&format!("/me/notices/0{}", row.split('"').next().unwrap())).await;
        assert!(page.says("/apply/senior-card"), "{}", page.text());
        // Told once; kept as long as was said, then gone.
        days(&h, 1).await;
        assert_eq!((told(&h).await, drafts(&h).await), (1, 1));
        // She saves it: half a year from here, and told again before that has passed.
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = v.get("/apply/senior-card/1").await;
        v.submit(&to(&page, "/apply/senior-card/1").with("delivery", "post")).await;
        days(&h, 20).await;
        assert_eq!((told(&h).await, drafts(&h).await), (1, 1), "it lives on");
        days(&h, 150).await;
        assert_eq!(told(&h).await, 2);
        days(&h, 30).await;
        assert_eq!((told(&h).await, drafts(&h).await), (2, 0));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_long_before_is_a_rule_and_what_cannot_be_gone_on_with_is_not_announced() {
    for h in TestHouse::districts().await {
        days(&h, 0).await;
        let mut v = sign_in(&h, "梁阿珍").await;
        begin(&mut v, "senior-card").await;
        begin(&mut v, "old-age-allowance").await;
        let (now, today) = (h.house.now(), h.house.now().day());
        let set = h.house.db().write(move |tx| tx.run(&SIXTY, (1_i64, today, now))).await;
        set.unwrap_or_else(|e: DbError| panic!("{e}"));
        let retired = h.house.db().write(|tx| tx.run(&RETIRE, ("old-age-allowance",))).await;
        retired.unwrap_or_else(|e: DbError| panic!("{e}"));
        days(&h, 121).await;
        assert_eq!(told(&h).await, 1, "by the rule of the day, and only what is still open");
        seal_once(&h.house).await.unwrap();
        let back = h.house.db().write(|tx| tx.run(&REOPEN, ("old-age-allowance",))).await;
        back.unwrap_or_else(|e: DbError| panic!("{e}"));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

sql! {
    SIXTY: () = "INSERT INTO rule_values (id, key, value, from_day, source, certainty, set_by, set_at) VALUES ($1, 'applications.draft_told_days', 60, $2, 'test', 'ours', 1, $3)";
    RETIRE: () = "UPDATE items SET state = 'retired' WHERE key = $1";
    REOPEN: () = "UPDATE items SET state = 'live' WHERE key = $1";
}
